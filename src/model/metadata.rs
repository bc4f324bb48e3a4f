//! The values of one page in one locale.
//!
//! Knows how the API means them (what is the same, what is ignored), not where they come from.

use super::extra::Extras;
use super::field::{Field, Kind};

/// The value of a field.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value {
    /// Text; empty where nothing is set.
    Text(String),
    /// A flag.
    Flag(bool),
}

impl Value {
    /// Returns what a field reads while nothing is set.
    pub fn unset(kind: Kind) -> Self {
        match kind {
            Kind::Text => Self::Text(String::new()),
            Kind::Flag => Self::Flag(false),
        }
    }

    /// Returns the text, or nothing for a flag.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Flag(_) => None,
        }
    }

    /// Returns the flag, or nothing for text.
    pub fn as_flag(&self) -> Option<bool> {
        match self {
            Self::Text(_) => None,
            Self::Flag(flag) => Some(*flag),
        }
    }

    /// Returns whether it is text and empty.
    pub fn is_empty(&self) -> bool {
        self.as_text() == Some("")
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

/// All values of a page in a locale. Missing, `null` and `""` have become `""`; a missing flag is `false`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Metadata {
    values: [Value; Field::ALL.len()],
    /// The leaves that are not fields.
    pub extras: Extras,
}

impl Default for Metadata {
    fn default() -> Self {
        Self { values: Field::ALL.map(|field| Value::unset(field.kind())), extras: Extras::new() }
    }
}

impl Metadata {
    /// Returns the value as it was read.
    pub fn get(&self, field: Field) -> &Value {
        &self.values[field as usize]
    }

    /// Sets a value.
    pub fn set(&mut self, field: Field, value: Value) {
        debug_assert_eq!(matches!(value, Value::Flag(_)), field.kind() == Kind::Flag);
        self.values[field as usize] = value;
    }

    /// Returns whether the flag is set; `false` for a text field.
    pub fn flag(&self, field: Field) -> bool {
        *self.get(field) == Value::Flag(true)
    }

    /// Returns the value as the API means it: Open Graph text is nothing while its copied flag is set, whatever the
    /// server answers for it.
    pub fn effective(&self, field: Field) -> Value {
        match field.copied_flag() {
            Some(flag) if self.flag(flag) => Value::unset(Kind::Text),
            Some(_) | None => self.get(field).clone(),
        }
    }

    /// Returns the text as it was read, `""` for a flag.
    pub fn text(&self, field: Field) -> &str {
        self.get(field).as_text().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copied_text_does_not_count() {
        let mut metadata = Metadata::default();
        metadata.set(Field::OpenGraphTitle, "as answered".into());
        assert_eq!(metadata.effective(Field::OpenGraphTitle), "as answered".into());
        metadata.set(Field::OpenGraphTitleCopied, true.into());
        assert!(metadata.effective(Field::OpenGraphTitle).is_empty());
        assert_eq!(metadata.effective(Field::OpenGraphTitleCopied), true.into());
    }
}
