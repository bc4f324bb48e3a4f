//! What a list of plans shows of one, read without holding the plan in memory.

use std::fmt;
use std::io::Read;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, SeqAccess, Visitor};

use super::format::Source;
use super::{Error, check_version, convert};
use crate::plan::Revision;

/// What a plan file is of. Its digest is not checked.
#[derive(Debug)]
pub struct Header {
    /// The commit of the manifests, if they lie in a git repository.
    pub revision: Option<Revision>,
    /// The number of requests.
    pub operations: usize,
}

#[derive(Deserialize)]
struct Shape {
    format_version: Option<String>,
    source: Option<Source>,
    #[serde(default)]
    operations: Count,
    error: Option<IgnoredAny>,
}

/// The length of a list whose items are skipped.
#[derive(Default)]
struct Count(usize);

impl Header {
    /// Reads the text of a plan file to its end.
    pub fn read(text: impl Read) -> Result<Self, Error> {
        let Shape { format_version, source, operations, error } = serde_json::from_reader(text).map_err(problem)?;
        check_version(&format_version.ok_or(Error::NotAPlan)?)?;
        match error {
            Some(IgnoredAny) => Err(Error::FailedPlan),
            None => Ok(Self { revision: source.map(convert::revision_from_file), operations: operations.0 }),
        }
    }
}

fn problem(error: serde_json::Error) -> Error {
    match error.classify() {
        serde_json::error::Category::Data => Error::damaged("the top level", error.to_string()),
        _ => Error::NotJson(error),
    }
}

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Items;
        impl<'de> Visitor<'de> for Items {
            type Value = Count;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Count, A::Error> {
                let mut count = 0;
                while items.next_element::<IgnoredAny>()?.is_some() {
                    count += 1;
                }
                Ok(Count(count))
            }
        }
        deserializer.deserialize_seq(Items)
    }
}
