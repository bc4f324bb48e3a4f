//! Whether the quotes of a table close. Readers of CSV forgive one that does not, and lose the rows that it swallows.

/// Returns the row in which a quote opens that nothing closes, or that is followed by more text; counted from 1.
pub(super) fn stray(text: &str, delimiter: u8) -> Option<u64> {
    let delimiter = char::from(delimiter);
    let (mut row, mut opened) = (1, None);
    let mut is_start = true;
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match (opened, character) {
            (None, '"') if is_start => opened = Some(row),
            (Some(_), '"') if characters.peek() == Some(&'"') => drop(characters.next()),
            (Some(at), '"') => {
                opened = None;
                let is_closed = characters.peek().is_none_or(|next| *next == delimiter || matches!(next, '\r' | '\n'));
                if !is_closed {
                    return Some(at);
                }
            }
            _ => {}
        }
        is_start = opened.is_none() && (character == delimiter || character == '\n');
        row += u64::from(opened.is_none() && character == '\n');
    }
    opened
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_that_close() {
        for text in ["", "a,b\nc,d\n", "\"a\",\"b\nc\"\r\nd,e", "\"say \"\"hi\"\"\",x", "5\" wide,x\n", "\"\""] {
            assert_eq!(stray(text, b','), None, "{text}");
        }
    }

    #[test]
    fn quotes_that_do_not() {
        assert_eq!(stray("a,b\nc,\"unclosed\nd,e\n", b','), Some(2));
        assert_eq!(stray("a\n\"b\nc,x\ny,\"z\"\n", b','), Some(2));
        assert_eq!(stray("a;\"b\" c;d", b';'), Some(1));
    }
}
