//! Where in a JSON text a value stands, so that problems that the parser does not see have a place too.

use serde::de::{DeserializeOwned, IgnoredAny};

/// Returns line and column, from 1, of the value at a path such as `pages[2].values.fr-FR`. Where the text goes less
/// far than the path, the last value on the way is meant. The text must be valid JSON.
pub(super) fn locate(text: &str, path: &str) -> (usize, usize) {
    let mut cursor = Cursor { text, offset: 0 };
    let mut found = 0;
    for step in path.split(['.', '[']).map(|step| step.trim_end_matches(']')) {
        if cursor.enter(step).is_none() {
            break;
        }
        found = cursor.offset;
    }
    let before = &text[..found];
    let line = before.matches('\n').count() + 1;
    let column = before.chars().rev().take_while(|character| *character != '\n').count() + 1;
    (line, column)
}

struct Cursor<'a> {
    text: &'a str,
    offset: usize,
}

impl Cursor<'_> {
    /// Goes from the start of an object or array to the start of one of its values.
    fn enter(&mut self, step: &str) -> Option<()> {
        let is_object = self.take(['{', '['])? == '{';
        for index in 0.. {
            if self.peek()? == '}' || self.peek()? == ']' {
                return None;
            }
            let name = if is_object {
                let key = self.read::<String>()?;
                self.take([':', ':'])?;
                key
            } else {
                index.to_string()
            };
            self.peek()?;
            if name == step {
                return Some(());
            }
            self.read::<IgnoredAny>()?;
            if self.peek()? == ',' {
                self.offset += 1;
            }
        }
        None
    }

    /// Goes to the next character that is not white space.
    fn peek(&mut self) -> Option<char> {
        let rest = self.text[self.offset..].trim_start();
        self.offset = self.text.len() - rest.len();
        rest.chars().next()
    }

    fn take(&mut self, wanted: [char; 2]) -> Option<char> {
        let next = self.peek().filter(|next| wanted.contains(next))?;
        self.offset += next.len_utf8();
        Some(next)
    }

    fn read<T: DeserializeOwned>(&mut self) -> Option<T> {
        self.peek()?;
        let mut values = serde_json::Deserializer::from_str(&self.text[self.offset..]).into_iter();
        let value = values.next()?.ok()?;
        self.offset += values.byte_offset();
        Some(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_by_their_path() {
        let text = "{\"a\": [1,\n {\"b\\u0062\": {}, \"ü\": \"]}\", \"c\": [[], \"x\"]}\n],\n\"d\" : 2}";
        for (path, place) in [
            ("a", (1, 7)),
            ("a[0]", (1, 8)),
            ("a[1]", (2, 2)),
            ("a[1].bb", (2, 14)),
            ("a[1].c[1]", (2, 39)),
            ("d", (4, 7)),
            ("a[1].c.nowhere.at[2]", (2, 34)),
            ("a[7]", (1, 7)),
            ("nowhere", (1, 1)),
        ] {
            assert_eq!(locate(text, path), place, "{path}");
        }
    }
}
