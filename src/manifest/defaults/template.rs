//! A text with names in braces that stand for other texts: `{title} | Galaxy`.
//!
//! Only a single word in single braces is a name, so that Webflow's `{{wf …}}` and other braces stay as they are;
//! `{{title}}` is `{title}` itself. Must not know what the names mean.

/// A text with names in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Name(String),
}

impl Template {
    /// Reads a template. Every text is one.
    pub fn parse(text: &str) -> Self {
        let mut parts = Vec::new();
        let mut plain = String::new();
        let mut rest = text;
        while let Some(open) = rest.find('{') {
            plain.push_str(&rest[..open]);
            rest = &rest[open..];
            if let Some((literal, after)) = doubled(rest) {
                plain.push_str(literal);
                rest = after;
            } else if let Some((name, after)) = name_in_braces(rest) {
                parts.push(Part::Text(std::mem::take(&mut plain)));
                parts.push(Part::Name(name.to_owned()));
                rest = after;
            } else {
                // All braces at once, so that the second of two is not taken for the first of a name.
                let braces = rest.len() - rest.trim_start_matches('{').len();
                plain.push_str(&rest[..braces]);
                rest = &rest[braces..];
            }
        }
        plain.push_str(rest);
        parts.push(Part::Text(plain));
        parts.retain(|part| *part != Part::Text(String::new()));
        Self { parts }
    }

    /// Returns the names in it, each as often as it stands there.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Text(_) => None,
            Part::Name(name) => Some(name.as_str()),
        })
    }

    /// Returns the text with what the names stand for; nothing if one of them stands for nothing known.
    pub fn render<'v>(&'v self, value: impl Fn(&str) -> Option<&'v str>) -> Option<String> {
        let parts = self.parts.iter().map(|part| match part {
            Part::Text(text) => Some(text.as_str()),
            Part::Name(name) => value(name),
        });
        parts.collect()
    }
}

/// Returns whether a word can be a name.
pub fn is_name(word: &str) -> bool {
    word.starts_with(|first: char| first.is_ascii_alphabetic())
        && word.chars().all(|character| character.is_ascii_alphanumeric() || "-_".contains(character))
}

/// Splits `{name}` from what follows.
fn name_in_braces(text: &str) -> Option<(&str, &str)> {
    let (word, after) = text.strip_prefix('{')?.split_once('}')?;
    is_name(word).then_some((word, after))
}

/// Splits `{{name}}` from what follows, and returns it with single braces.
fn doubled(text: &str) -> Option<(&str, &str)> {
    let inner = text.strip_prefix('{')?;
    let (word, _) = name_in_braces(inner)?;
    let (literal, after) = inner.split_at(word.len() + 2);
    Some((literal, after.strip_prefix('}')?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn render(text: &str) -> Option<String> {
        Template::parse(text).render(|name| match name {
            "title" => Some("Towels"),
            "brand-name" => Some("{title} & co"),
            _ => None,
        })
    }

    #[test]
    fn names_give_way_to_what_they_stand_for() {
        assert_eq!(render("{title} | Galaxy").as_deref(), Some("Towels | Galaxy"));
        assert_eq!(render("{title}{title}").as_deref(), Some("TowelsTowels"));
        assert_eq!(render("").as_deref(), Some(""));
    }

    #[test]
    fn what_a_name_stands_for_is_no_template() {
        assert_eq!(render("{brand-name}").as_deref(), Some("{title} & co"));
    }

    #[test]
    fn a_name_that_stands_for_nothing_known() {
        assert_eq!(render("{title} {other}"), None);
        assert_eq!(Template::parse("{title} {other}").names().collect::<Vec<_>>(), ["title", "other"]);
    }

    #[test]
    fn other_braces_stay() {
        for text in
            ["{", "}", "{}", "{ title }", "{a b}", "{1}", r#"{{wf {"path":"name","type":"PlainText"} }}"#, "a {b"]
        {
            assert_eq!(render(text).as_deref(), Some(text));
        }
        assert_eq!(render("{{title}}").as_deref(), Some("{title}"));
        assert_eq!(render("{{{title}").as_deref(), Some("{{{title}"));
        assert_eq!(render("{{title}").as_deref(), Some("{{title}"));
        assert_eq!(render("{ {title}").as_deref(), Some("{ Towels"));
    }
}
