//! The format of the `lint` part of the project file; nothing but the format.
//!
//! What it means to the rules stands in `policy`, what is linted in `subject`.

use std::collections::BTreeMap;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, MapAccess, Visitor, value::MapAccessDeserializer};
use serde::ser::{Serialize, Serializer};
use serde::{Deserialize, Deserializer, Serialize as DeriveSerialize};

use super::page::present;
use crate::lint;

pub mod policy;
pub mod subject;
pub(super) mod tags;
pub mod value;

use value::{Day, FieldName, PagePattern, ProfileName, Reason, SeverityName, ThresholdNumber};

/// What the lint looks for, and what it lets pass.
#[derive(Debug, Clone, PartialEq, Eq, Default, DeriveSerialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(inline)]
pub struct Lint {
    /// Where the rules' defaults come from: `default`, `google-only`, `yoast`, `screaming-frog` or `strict`.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "ProfileName")]
    pub profile: Option<ProfileName>,
    /// How much each rule weighs, by its name: a severity, or a mapping with more.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(extend("propertyNames" = rule_names()))]
    pub rules: BTreeMap<String, RuleSetting>,
    /// Findings that are let pass, each with its reason.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allow: Vec<AllowEntry>,
    /// Names and terms that are the same in every language.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub do_not_translate: Vec<String>,
}

/// What holds for a rule: a severity alone, or a mapping.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RuleSetting {
    pub options: RuleOptions,
}

/// What holds for a rule.
#[derive(Debug, Clone, PartialEq, Eq, Default, DeriveSerialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct RuleOptions {
    /// How much it weighs: `off`, `info`, `warning` or `error`.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "SeverityName")]
    pub severity: Option<SeverityName>,
    /// What it measures against; `slugline explain RULE` says in which unit.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "ThresholdNumber")]
    pub threshold: Option<ThresholdNumber>,
    /// Where it is otherwise; the last one that fits decides.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub overrides: Vec<RuleOverride>,
}

/// What holds for a rule in some locales, or on some pages.
#[derive(Debug, Clone, PartialEq, Eq, Default, DeriveSerialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline, extend("anyOf" = [{"required": ["locales"]}, {"required": ["paths"]}]))]
pub struct RuleOverride {
    /// The locales, by tag or language; without them, all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("minItems" = 1))]
    pub locales: Vec<String>,
    /// The pages, by globs of their paths such as `/legal/**`; without them, all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("minItems" = 1))]
    pub paths: Vec<PagePattern>,
    /// How much the rule weighs there.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "SeverityName")]
    pub severity: Option<SeverityName>,
    /// What it measures against there.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "ThresholdNumber")]
    pub threshold: Option<ThresholdNumber>,
}

/// Findings that are let pass.
#[derive(Debug, Clone, PartialEq, Eq, DeriveSerialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline, extend("required" = ENTRY_KEYS))]
pub struct AllowEntry {
    /// The rule.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "rule_name")]
    pub rule: Option<String>,
    /// The page: its id, or a glob of paths such as `/legal/*`.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "PagePattern")]
    pub page: Option<PagePattern>,
    /// The locale, by tag or language; without it, all.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pub locale: Option<String>,
    /// The field, such as `seo.title`; without it, all.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "FieldName")]
    pub field: Option<FieldName>,
    /// Why.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Reason")]
    pub reason: Option<Reason>,
    /// The last day on which it holds, such as `2027-01-31`.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Day")]
    pub until: Option<Day>,
}

/// The keys that every entry must have. They are options all the same, so that a key with a bad value does not count as
/// missing.
pub(super) const ENTRY_KEYS: [&str; 3] = ["rule", "page", "reason"];

impl Lint {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl<'de> Deserialize<'de> for RuleSetting {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Setting;

        impl<'de> Visitor<'de> for Setting {
            type Value = RuleSetting;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a severity or a mapping")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<RuleSetting, E> {
                let severity = SeverityName::try_from(text.to_owned()).map_err(E::custom)?;
                let options = RuleOptions { severity: Some(severity), ..RuleOptions::default() };
                Ok(RuleSetting { options })
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<RuleSetting, A::Error> {
                let options = RuleOptions::deserialize(MapAccessDeserializer::new(map))?;
                Ok(RuleSetting { options })
            }
        }

        deserializer.deserialize_any(Setting)
    }
}

impl Serialize for RuleSetting {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.options {
            RuleOptions { severity: Some(severity), threshold: None, overrides } if overrides.is_empty() => {
                severity.serialize(serializer)
            }
            options => options.serialize(serializer),
        }
    }
}

impl JsonSchema for RuleSetting {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "RuleSetting".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let severity = SeverityName::json_schema(generator);
        let options = RuleOptions::json_schema(generator);
        json_schema!({"anyOf": [severity, options]})
    }
}

fn rule_names() -> serde_json::Value {
    let names: Vec<&str> = lint::rules().map(|rule| rule.id).collect();
    serde_json::json!({ "enum": names })
}

fn rule_name(_: &mut SchemaGenerator) -> Schema {
    let names: Vec<&str> = lint::rules().map(|rule| rule.id).collect();
    json_schema!({"type": "string", "enum": names})
}
