//! Reads JSON as it comes, not as the schema promises: fields may be missing, null or of another
//! type. Must not know what the fields mean.

use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer};
use serde_json::{Map, Value};

use super::json;

/// Returns the field, or nothing if it is null or of another type.
pub(super) fn optional<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    Ok(T::deserialize(Value::deserialize(deserializer)?).ok())
}

/// Returns the list, empty if it is null. An entry of another type is an error, because a list
/// that silently lacks an entry is worse than none.
pub(super) fn list<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// How many fields an object may hold beside those that are described.
const MOST_REST: usize = 64;

/// The longest name of such a field, in bytes.
const LONGEST_NAME: usize = 64;

/// The fields of an object, taken one by one. Keeps the names of those that are of another type
/// than expected, so that nobody takes an unreadable value for an empty one.
#[derive(Default)]
pub(super) struct Fields {
    map: Map<String, Value>,
    prefix: String,
    unreadable: Vec<String>,
    damaged: Vec<String>,
}

impl Fields {
    pub(super) fn new(map: Map<String, Value>) -> Self {
        Self { map, ..Self::default() }
    }

    pub(super) fn take<T: DeserializeOwned>(&mut self, name: &str) -> Option<T> {
        let value = self.map.remove(name).filter(|value| !value.is_null())?;
        if json::is_damaged(&value) {
            self.damaged.push(format!("{}{name}", self.prefix));
            return None;
        }
        self.read(name, value)
    }

    fn read<T: DeserializeOwned>(&mut self, name: &str, value: Value) -> Option<T> {
        let read = T::deserialize(value).ok();
        if read.is_none() {
            self.unreadable.push(format!("{}{name}", self.prefix));
        }
        read
    }

    /// Takes an object, reads its fields with `read`, and keeps what was unreadable in it.
    pub(super) fn take_object<T>(&mut self, name: &str, read: impl FnOnce(&mut Self) -> T) -> Option<T> {
        let value = self.map.remove(name).filter(|value| !value.is_null())?;
        if json::is_taken_out(&value) {
            self.damaged.push(format!("{}{name}", self.prefix));
            return None;
        }
        let map = self.read(name, value)?;
        let mut inner = Self { map, prefix: format!("{}{name}.", self.prefix), ..Self::default() };
        let object = read(&mut inner);
        self.unreadable.append(&mut inner.unreadable);
        self.damaged.append(&mut inner.damaged);
        Some(object)
    }

    /// Takes what is left of an object. If that is too much, or has a name that cannot be printed, the whole object counts
    /// as damaged: what is not known cannot be kept by a write. A name is empty if it was taken out.
    pub(super) fn take_rest(&mut self) -> Map<String, Value> {
        let names: Vec<String> = self.map.keys().cloned().collect();
        let is_plain = |name: &String| {
            (1..=LONGEST_NAME).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_graphic())
        };
        if names.len() > MOST_REST || !names.iter().all(is_plain) {
            self.damaged.push(self.prefix.trim_end_matches('.').to_owned());
            return Map::new();
        }
        names.into_iter().filter_map(|name| self.take(&name).map(|value| (name, value))).collect()
    }

    /// Returns the names of the fields that were of another type, and of those whose text was taken out, as paths:
    /// `seo.title`.
    pub(super) fn left_out(self) -> (Vec<String>, Vec<String>) {
        (self.unreadable, self.damaged)
    }
}
