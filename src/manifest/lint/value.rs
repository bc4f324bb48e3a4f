//! Values of the `lint` part with a form of their own. One that exists is well formed.

use std::fmt;

use jiff::civil::Date;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::lint::profile::Profile;
use crate::lint::rule::Level;
use crate::manifest::value::Malformed;
use crate::model::Field;
use crate::suggest;

/// A value that is written as text.
macro_rules! text_form {
    ($(#[$meta:meta])* $name:ident($inner:ty), $words:literal, $schema:expr) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct $name(pub $inner);

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

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.written())
            }
        }

        impl JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                $schema
            }
        }
    };
}

text_form!(
    /// How much a rule weighs.
    SeverityName(Level), "a severity", json_schema!({"type": "string", "enum": LEVELS.map(Level::name)})
);
text_form!(
    /// A profile, by its name.
    ProfileName(Profile), "a profile", json_schema!({"type": "string", "enum": Profile::ALL.map(Profile::name)})
);
text_form!(
    /// A field, by its name.
    FieldName(Field), "a field", json_schema!({"type": "string", "enum": texts()})
);
text_form!(
    /// A page's id, or a glob of paths.
    PagePattern(String), "a path", json_schema!({"type": "string", "pattern": r"^/|^[A-Za-z0-9]+$"})
);
text_form!(
    /// Why something is let pass.
    Reason(String), "text", json_schema!({"type": "string", "pattern": r"\S"})
);
text_form!(
    /// A day.
    Day(Date), "a date", json_schema!({"type": "string", "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"})
);

/// The levels, as they are written.
const LEVELS: [Level; 4] = [
    Level::Off,
    Level::On(crate::diagnostic::Severity::Info),
    Level::On(crate::diagnostic::Severity::Warning),
    Level::On(crate::diagnostic::Severity::Error),
];

impl TryFrom<String> for SeverityName {
    type Error = Malformed;

    fn try_from(text: String) -> Result<Self, Malformed> {
        let level = LEVELS.into_iter().find(|level| level.name() == text);
        let help = "write `off`, `info`, `warning` or `error`";
        level.map(Self).ok_or_else(|| Malformed::new(format!("`{text}` is no severity"), help))
    }
}

impl SeverityName {
    fn written(&self) -> String {
        self.0.name().to_owned()
    }
}

impl TryFrom<String> for ProfileName {
    type Error = Malformed;

    fn try_from(text: String) -> Result<Self, Malformed> {
        let profile = Profile::ALL.into_iter().find(|profile| profile.name() == text);
        let help = || did_you_mean(&text, Profile::ALL.map(Profile::name).to_vec());
        profile.map(Self).ok_or_else(|| Malformed::new(format!("`{text}` is no profile"), help()))
    }
}

impl ProfileName {
    fn written(&self) -> String {
        self.0.name().to_owned()
    }
}

/// The names of the fields that hold text, which are those that the lint looks at.
fn texts() -> Vec<&'static str> {
    let is_text = |field: &Field| field.flagged_text().is_none();
    Field::ALL.into_iter().filter(is_text).map(Field::name).collect()
}

impl TryFrom<String> for FieldName {
    type Error = Malformed;

    fn try_from(text: String) -> Result<Self, Malformed> {
        let field = Field::from_name(&text).filter(|field| field.flagged_text().is_none());
        field.map(Self).ok_or_else(|| Malformed::new(format!("`{text}` is no field"), did_you_mean(&text, texts())))
    }
}

impl FieldName {
    fn written(&self) -> String {
        self.0.name().to_owned()
    }
}

impl TryFrom<String> for PagePattern {
    type Error = Malformed;

    fn try_from(text: String) -> Result<Self, Malformed> {
        let refuse = |problem: &str, help: &'static str| Err(Malformed::new(format!("`{text}` {problem}"), help));
        let is_id = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if !is_id && !text.starts_with('/') {
            return refuse("is neither a path nor an id", "a path starts with `/`, as in `/legal/**`");
        }
        if let Err(error) = fast_glob::validate(&text) {
            return refuse(&format!("is no valid glob: {error}"), "close every `[` and `{`");
        }
        Ok(Self(text))
    }
}

impl PagePattern {
    fn written(&self) -> String {
        self.0.clone()
    }
}

impl TryFrom<String> for Reason {
    type Error = Malformed;

    fn try_from(text: String) -> Result<Self, Malformed> {
        match text.trim() {
            "" => {
                Err(Malformed::new("the reason is empty", "say why this is let pass, for whoever reads it next year"))
            }
            _ => Ok(Self(text)),
        }
    }
}

impl Reason {
    fn written(&self) -> String {
        self.0.clone()
    }
}

impl TryFrom<String> for Day {
    type Error = Malformed;

    fn try_from(text: String) -> Result<Self, Malformed> {
        // jiff takes more forms than people should have to know.
        let date = text.parse::<Date>().ok().filter(|date| date.to_string() == text);
        let help = "write year, month and day, as in `2027-01-31`";
        date.map(Self).ok_or_else(|| Malformed::new(format!("`{text}` is no date"), help))
    }
}

impl Day {
    fn written(&self) -> String {
        self.0.to_string()
    }
}

/// What a rule measures against, in thousandths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ThresholdNumber(pub u32);

/// Nothing that is measured comes near this.
const MOST: u32 = 100_000;

impl<'de> Deserialize<'de> for ThresholdNumber {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Number;

        impl Visitor<'_> for Number {
            type Value = ThresholdNumber;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number")
            }

            fn visit_u64<E: de::Error>(self, number: u64) -> Result<ThresholdNumber, E> {
                let whole = u32::try_from(number).ok().filter(|number| *number <= MOST);
                whole.map(|number| ThresholdNumber(number * 1000)).ok_or_else(|| E::custom(out_of_range(number)))
            }

            fn visit_i64<E: de::Error>(self, number: i64) -> Result<ThresholdNumber, E> {
                match u64::try_from(number) {
                    Ok(number) => self.visit_u64(number),
                    Err(_) => Err(E::custom(out_of_range(number))),
                }
            }

            fn visit_f64<E: de::Error>(self, number: f64) -> Result<ThresholdNumber, E> {
                if number.is_nan() {
                    // That is what a missing value is handed over as.
                    return Err(E::invalid_type(de::Unexpected::Float(number), &self));
                }
                if !(0.0..=f64::from(MOST)).contains(&number) {
                    return Err(E::custom(out_of_range(number)));
                }
                Ok(ThresholdNumber((number * 1000.0).round() as u32))
            }
        }

        deserializer.deserialize_any(Number)
    }
}

fn out_of_range(number: impl fmt::Display) -> Malformed {
    Malformed::new(format!("`{number}` is no threshold"), "write a number from 0 to 100000")
}

impl Serialize for ThresholdNumber {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 % 1000 {
            0 => serializer.serialize_u32(self.0 / 1000),
            _ => serializer.serialize_f64(f64::from(self.0) / 1000.0),
        }
    }
}

impl JsonSchema for ThresholdNumber {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "ThresholdNumber".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "number", "minimum": 0, "maximum": MOST})
    }
}

/// Names that are listed where none is near.
const MAX_LISTED: usize = 100;

/// Returns the way out for a name that does not exist.
pub(in crate::manifest) fn did_you_mean(name: &str, known: Vec<&str>) -> String {
    match suggest::nearest(name, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if known.len() > MAX_LISTED => format!("there are {} names", known.len()),
        None => {
            let names: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
            format!("there are {}", names.join(", "))
        }
    }
}
