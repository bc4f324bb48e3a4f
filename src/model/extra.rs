//! Leaves of `seo` and `openGraph` that are not fields of the program, such as the share image.
//!
//! They are never managed. They are known so that a write of the same object keeps them, whether the server merges or
//! replaces objects. Does not depend on where the values come from.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value as Json;

use super::field::{Field, Group};
use super::metadata::Value;

/// The name of a leaf that is not a field: its object and its key there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Extra {
    group: Group,
    key: String,
}

/// The value of such a leaf. Missing, `null` and `""` mean the same, and have no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExtraValue {
    /// A text, number or flag as it was read.
    Scalar(Json),
    /// The SHA-256 of an object, a list or a long text, in hexadecimal. It can be compared, and not sent.
    Digest(String),
}

/// Such leaves and their values.
pub type Extras = BTreeMap<Extra, ExtraValue>;

/// A leaf of a page's metadata, whether it is a field of the program or not.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Leaf {
    /// A field.
    Field(Field),
    /// Any other leaf.
    Extra(Extra),
}

impl Extra {
    /// The leaf of the share image that the Designer shows.
    pub const IMAGE_URL: &str = "imageUrl";
    /// The other leaf of the share image. An update takes one of the two.
    pub const IMAGE_ASSET_ID: &str = "imageAssetId";
    /// The longest key, in bytes.
    const LONGEST_KEY: usize = 64;

    /// Returns the leaf of that key, or nothing if it is a field, or no key that can be printed as it is.
    pub fn new(group: Group, key: &str) -> Option<Self> {
        let is_plain = key.bytes().all(|byte| byte.is_ascii_graphic());
        let extra = Self { group, key: key.to_owned() };
        let is_known = Field::from_name(&extra.to_string()).is_some();
        (is_plain && !key.is_empty() && key.len() <= Self::LONGEST_KEY && !is_known).then_some(extra)
    }

    /// Returns the leaf of that name, `openGraph.imageUrl`.
    pub fn from_name(name: &str) -> Option<Self> {
        let (object, key) = name.split_once('.')?;
        let group = Group::OBJECTS.into_iter().find(|group| group.key() == object)?;
        Self::new(group, key)
    }

    /// Returns the object that holds it.
    pub fn group(&self) -> Group {
        self.group
    }

    /// Returns its key in the object.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Returns whether it is a leaf of the share image.
    pub fn is_image(&self) -> bool {
        self.group == Group::OpenGraph && [Self::IMAGE_URL, Self::IMAGE_ASSET_ID].contains(&self.key.as_str())
    }
}

impl fmt::Display for Extra {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.group.key(), self.key)
    }
}

impl ExtraValue {
    /// Returns the value if it can be sent.
    pub fn as_scalar(&self) -> Option<&Json> {
        match self {
            Self::Scalar(value) => Some(value),
            Self::Digest(_) => None,
        }
    }

    /// Returns how the value of a leaf is shown beside those of fields; a missing one as an empty text.
    pub fn shown(value: Option<&Self>) -> Value {
        match value {
            None => Value::Text(String::new()),
            Some(Self::Scalar(Json::String(text))) => Value::Text(text.clone()),
            Some(Self::Scalar(Json::Bool(flag))) => Value::Flag(*flag),
            Some(Self::Scalar(other)) => Value::Text(other.to_string()),
            Some(Self::Digest(digest)) => Value::Text(format!("sha256:{digest}")),
        }
    }
}

impl Leaf {
    /// Returns the leaf of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Field::from_name(name).map(Self::Field).or_else(|| Extra::from_name(name).map(Self::Extra))
    }

    /// Returns the name, `seo.title`.
    pub fn name(&self) -> String {
        match self {
            Self::Field(field) => field.name().to_owned(),
            Self::Extra(extra) => extra.to_string(),
        }
    }

    /// Returns the field, if it is one.
    pub fn as_field(&self) -> Option<Field> {
        match self {
            Self::Field(field) => Some(*field),
            Self::Extra(_) => None,
        }
    }

    /// Returns the other leaf, if it is one.
    pub fn as_extra(&self) -> Option<&Extra> {
        match self {
            Self::Field(_) => None,
            Self::Extra(extra) => Some(extra),
        }
    }
}

impl From<Field> for Leaf {
    fn from(field: Field) -> Self {
        Self::Field(field)
    }
}

impl PartialEq<Field> for Leaf {
    fn eq(&self, field: &Field) -> bool {
        self.as_field() == Some(*field)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_leads_back_to_its_leaf() {
        let image = Extra::new(Group::OpenGraph, Extra::IMAGE_URL).unwrap();
        assert_eq!(image.to_string(), "openGraph.imageUrl");
        assert_eq!(Leaf::from_name("openGraph.imageUrl"), Some(Leaf::Extra(image)));
        assert_eq!(Leaf::from_name("seo.title"), Some(Leaf::Field(Field::SeoTitle)));
    }

    #[test]
    fn refuses_names_of_fields_and_names_that_cannot_be_printed() {
        let long = "a".repeat(65);
        for key in ["title", "", "image url", "b\u{1b}[31m", "ä", &long] {
            assert_eq!(Extra::new(Group::Seo, key), None, "{key:?}");
        }
        for name in ["title", "slug.imageUrl", "imageUrl", "openGraph."] {
            assert_eq!(Extra::from_name(name), None, "{name:?}");
        }
    }
}
