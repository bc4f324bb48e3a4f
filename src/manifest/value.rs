//! Values with a form of their own: ids, paths, globs. One that exists is well formed.

use std::borrow::Cow;
use std::fmt;

use schemars::JsonSchema;
use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

/// Why a text is no such value, and the way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Malformed {
    pub message: String,
    pub help: Cow<'static, str>,
}

impl Malformed {
    pub(super) fn new(message: impl Into<String>, help: impl Into<Cow<'static, str>>) -> Self {
        Self { message: message.into(), help: help.into() }
    }
}

/// serde carries an error as one text: the help travels behind a line break, and `decode` takes the two apart.
impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n{}", self.message.replace('\n', "\\n"), self.help)
    }
}

impl std::error::Error for Malformed {}

macro_rules! text_value {
    ($name:ident, $words:literal) => {
        impl $name {
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = Malformed;

            fn try_from(text: String) -> Result<Self, Malformed> {
                Self::check(&text)?;
                Ok(Self(text))
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Text;

                impl Visitor<'_> for Text {
                    type Value = $name;

                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str($words)
                    }

                    fn visit_str<E: de::Error>(self, text: &str) -> Result<$name, E> {
                        $name::try_from(text.to_owned()).map_err(E::custom)
                    }
                }

                deserializer.deserialize_str(Text)
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

/// The id of a site or a page, such as `63c720f9347c2139b248e552`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(transparent)]
#[schemars(
    inline,
    example = &"63c720f9347c2139b248e552",
    extend("patternErrorMessage" = "an id consists of letters and digits: `63c720f9347c2139b248e552`")
)]
pub struct ObjectId(#[schemars(regex(pattern = r"^[A-Za-z0-9]+$"))] String);

text_value!(ObjectId, "an id");

impl ObjectId {
    fn check(text: &str) -> Result<(), Malformed> {
        if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Ok(());
        }
        Err(Malformed::new(
            format!("`{text}` is no id"),
            "an id consists of letters and digits, as in the address bar of the Designer: `63c720f9347c2139b248e552`",
        ))
    }
}

/// The path of a page in the primary locale, such as `/guide-to-the-galaxy`; `/` is the home page.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(transparent)]
#[schemars(
    inline,
    example = &"/",
    example = &"/guide-to-the-galaxy",
    extend("patternErrorMessage" = "a path begins at the root of the site and does not end with `/`: `/about/team`")
)]
pub struct PagePath(#[schemars(regex(pattern = r"^/$|^(/[^/?#\s]+)+$"))] String);

text_value!(PagePath, "a path");

impl PagePath {
    fn check(text: &str) -> Result<(), Malformed> {
        let refuse = |problem: &str, help| Err(Malformed::new(format!("the path `{text}` {problem}"), help));
        if text == "/" {
            return Ok(());
        }
        if text.contains("://") {
            return refuse("is an address", "write the path alone: `/about/team`");
        }
        if !text.starts_with('/') {
            return refuse("does not start with `/`", "write the path from the root of the site: `/about/team`");
        }
        if text.contains(['?', '#']) {
            return refuse("holds a query or a fragment", "write the path alone, without `?…` and `#…`");
        }
        if text.contains("//") {
            return refuse("holds an empty segment", "write one `/` between two segments");
        }
        if text.ends_with('/') {
            return refuse("ends with `/`", "leave out the last `/`; only the home page is `/`");
        }
        if text.contains(char::is_whitespace) {
            return refuse("holds white space", "write the path as it stands in the address bar");
        }
        Ok(())
    }
}

/// Which files hold pages, such as `pages/**/*.yaml`, relative to the project file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(transparent)]
#[schemars(
    inline,
    example = &"pages/**/*.yaml",
    extend("patternErrorMessage" = "write it relative to slugline.yaml: `pages/**/*.yaml`")
)]
pub struct Glob(#[schemars(regex(pattern = r"^(?!(\./)*([/!]|[A-Za-z]:|$))(?!(.*/)?\.\.(/|$)).+$"))] String);

text_value!(Glob, "a glob");

impl Glob {
    /// Returns the glob without `./` at its start.
    pub fn relative(&self) -> &str {
        without_dot(&self.0)
    }

    fn check(text: &str) -> Result<(), Malformed> {
        let refuse = |problem: &str, help| Err(Malformed::new(format!("the glob `{text}` {problem}"), help));
        if without_dot(text).is_empty() {
            return refuse("is empty", "write the files that hold pages: `pages/**/*.yaml`");
        }
        let relative = without_dot(text);
        if relative.starts_with('/') || starts_with_drive(relative) {
            return refuse("is absolute", "write it relative to `slugline.yaml`: `pages/**/*.yaml`");
        }
        if text.split('/').any(|segment| segment == "..") {
            return refuse("leads out of the project", "pages lie beside or below `slugline.yaml`");
        }
        if relative.starts_with('!') {
            return refuse("excludes files", "name the files that hold pages; to leave some out, move them elsewhere");
        }
        if let Err(error) = fast_glob::validate(text) {
            return Err(Malformed::new(
                format!("the glob `{text}` is not valid: {error}"),
                "close every `[` and `{`; write `\\` before one that is meant as it stands",
            ));
        }
        Ok(())
    }
}

fn without_dot(glob: &str) -> &str {
    // What is left of `.//etc` is absolute.
    glob.trim_start_matches("./")
}

/// Returns whether a path is absolute, or relative to another folder than the project's, on Windows: `C:\x`, `C:/x`, `C:x`.
fn starts_with_drive(path: &str) -> bool {
    matches!(path.as_bytes(), [letter, b':', ..] if letter.is_ascii_alphabetic())
}

/// A share of the whole, 0 to 100.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "u64", into = "u64")]
#[schemars(inline, extend("maximum" = 100))]
pub struct Percent(u8);

impl Percent {
    pub fn get(self) -> u8 {
        self.0
    }
}

impl TryFrom<u64> for Percent {
    type Error = Malformed;

    fn try_from(number: u64) -> Result<Self, Malformed> {
        match u8::try_from(number) {
            Ok(percent) if percent <= 100 => Ok(Self(percent)),
            _ => Err(Malformed::new(format!("`{number}` is no percentage"), "write a number from 0 to 100")),
        }
    }
}

impl From<Percent> for u64 {
    fn from(percent: Percent) -> Self {
        Self::from(percent.0)
    }
}

/// The version of the file formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "u64", into = "u64")]
#[schemars(inline, with = "u64", extend("const" = 1))]
pub enum Version {
    #[default]
    V1,
}

impl TryFrom<u64> for Version {
    type Error = Malformed;

    fn try_from(number: u64) -> Result<Self, Malformed> {
        match number {
            1 => Ok(Self::V1),
            _ => Err(Malformed::new(
                format!("version {number} of the project file is not known"),
                "this program reads version 1; a newer one may read it",
            )),
        }
    }
}

impl From<Version> for u64 {
    fn from(version: Version) -> Self {
        match version {
            Version::V1 => 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths() {
        for good in ["/", "/a", "/a/b-c", "/%C3%A9t%C3%A9", "/été"] {
            assert!(PagePath::try_from(good.to_owned()).is_ok(), "{good}");
        }
        for bad in ["", "a", "a/b", "/a/", "//", "/a//b", "/a?b", "/a#b", "/a b", "https://x.test/a"] {
            assert!(PagePath::try_from(bad.to_owned()).is_err(), "{bad}");
        }
    }

    #[test]
    fn globs() {
        for good in ["pages/**/*.yaml", "*.yml", "./a.yaml", "p/{a,b}/[!x]*.yaml", "..a/b"] {
            assert!(Glob::try_from(good.to_owned()).is_ok(), "{good}");
        }
        for bad in ["", "/etc/*", "../x", "a/../b", "!a", "a[", "{a", "C:\\x", "C:/x", "C:x"] {
            assert!(Glob::try_from(bad.to_owned()).is_err(), "{bad}");
            assert!(Glob::try_from(format!("././{bad}")).is_err(), "././{bad}");
        }
    }
}
