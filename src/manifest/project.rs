//! The format of the project file; nothing but the format.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::defaults::DefaultEntry;
use super::lint::Lint;
use super::page::present;
use super::value::{Glob, ObjectId, Percent, Version};

/// The name of the project file.
pub const FILE_NAME: &str = "slugline.yaml";

/// Locales that each page is checked for; more are an error. A site has some dozens at most.
pub(in crate::manifest) const MAX_REQUIRED: usize = 200;

/// What is read as pages where the project file does not say.
pub const DEFAULT_PAGES: &str = "pages/**/*.{yaml,yml}";

/// The project file `slugline.yaml`: which site, which files, which limits.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(
    title = "slugline project",
    extend("required" = ["version"], "oneOf" = [{"required": ["site"]}, {"required": ["environments"]}])
)]
pub struct Project {
    /// The version of this format; always 1.
    #[serde(default)]
    pub version: Version,
    /// The id of the site. Either this or `environments`.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "ObjectId")]
    pub site: Option<ObjectId>,
    /// Several sites that the same manifests are for, by name; `--env` picks one. Either this or `site`.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "BTreeMap<String, Environment>", extend("minProperties" = 1))]
    pub environments: Option<BTreeMap<String, Environment>>,
    /// Which files hold pages, relative to this file. Without it, all YAML files in the folder `pages`.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Vec<Glob>", length(min = 1))]
    pub pages: Option<Vec<Glob>>,
    /// What holds for the locales.
    #[serde(default, skip_serializing_if = "Locales::is_empty")]
    pub locales: Locales,
    /// What pages say that say nothing themselves.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub defaults: Vec<DefaultEntry>,
    /// Texts that the defaults can name: `vars: {brand: Galaxy}` for `{brand}`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub vars: BTreeMap<String, String>,
    /// What the lint looks for, and what it lets pass.
    #[serde(default, skip_serializing_if = "Lint::is_empty")]
    pub lint: Lint,
    /// When an apply is refused.
    #[serde(default, skip_serializing_if = "Guards::is_empty")]
    pub guards: Guards,
}

/// One of several sites.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct Environment {
    /// The id of the site.
    pub site: ObjectId,
}

/// What holds for the locales.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct Locales {
    /// The site's primary locale, such as `en-US`, for the commands that do not ask the site. Without it, the locale that
    /// stands first in most manifests.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pub primary: Option<String>,
    /// The locales that every managed page must state, such as `en-US`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub required: Vec<String>,
}

/// When an apply is refused.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(inline)]
pub struct Guards {
    /// How many page-locales one apply may change.
    #[serde(default, skip_serializing_if = "MassUpdate::is_empty")]
    pub mass_update: MassUpdate,
}

/// How many page-locales one apply may change.
///
/// Refused are more than `percent` of those managed if that is more than `floor`, and more than `ceiling` in any case.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct MassUpdate {
    /// The share of the managed page-locales, in percent.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Percent")]
    pub percent: Option<Percent>,
    /// So many are allowed whatever their share.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "u32")]
    pub floor: Option<u32>,
    /// More than this are refused whatever their share.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "u32")]
    pub ceiling: Option<u32>,
}

impl Project {
    /// Returns whether it is for a site. One that names none, by mistake, may be for any.
    pub fn names_site(&self, id: &str) -> bool {
        let mut sites = self.sites().peekable();
        sites.peek().is_none() || sites.any(|site| site == id)
    }

    /// Returns the ids of the sites that it names.
    pub fn sites(&self) -> impl Iterator<Item = &str> {
        let environments = self.environments.iter().flat_map(|environments| environments.values());
        self.site.iter().chain(environments.map(|environment| &environment.site)).map(ObjectId::as_str)
    }
}

impl Locales {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Guards {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl MassUpdate {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
