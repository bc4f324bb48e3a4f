//! What a social card reads: an Open Graph text and its flag are one choice, and neither tells anything without the other.
//!
//! Must not know who has made which choice; that is `sides`' business.

use crate::model::Value;

/// What an Open Graph text and its flag say together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Card {
    /// It reads as the SEO field does.
    Copied,
    /// It has a text of its own.
    Own(String),
    /// It has one of its own, of which nothing is said.
    Unstated,
}

impl Card {
    /// Returns what a flag and a text say together; the text does not count while the flag is set.
    pub(super) fn of(flag: Option<&Value>, text: Option<&Value>) -> Self {
        if flag == Some(&Value::Flag(true)) {
            return Self::Copied;
        }
        text.and_then(Value::as_text).map_or(Self::Unstated, |text| Self::Own(text.to_owned()))
    }
}

/// A card on all sides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cards {
    /// As the base states it, if it does.
    pub base: Option<Card>,
    /// As the site has it.
    pub before: Card,
    /// As the manifests state it.
    pub after: Card,
}
