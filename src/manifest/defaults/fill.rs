//! From the `defaults` of a project file to the values of a page that states none itself.
//!
//! Must not know the site: what a page is called there is handed in.

use std::collections::BTreeMap;

use fast_glob::glob_match;

use super::super::codes;
use super::super::lint::value::{PagePattern, did_you_mean};
use super::super::lower;
use super::super::page::LocaleManifest;
use super::super::read::ProjectDocument;
use super::super::yaml::Node;
use super::DefaultEntry;
use super::template::{Template, is_name};
use crate::diagnostic::{Diagnostic, Problems, Severity};
use crate::model::{Field, LocaleTag, PagePath, Stated, Value};
use crate::source::Location;

/// The names that always stand for something of the page.
const PAGE_NAMES: [&str; 3] = ["title", "slug", "path"];

/// What pages say that say nothing themselves.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Defaults {
    /// The most specific first.
    entries: Vec<Entry>,
    vars: BTreeMap<String, String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    /// The globs, and where each stands.
    paths: Vec<(String, Location)>,
    locales: Vec<String>,
    /// Where the locales are named.
    named_at: Location,
    fields: BTreeMap<Field, (Says, Location)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Says {
    Text(Template),
    Flag(bool),
}

/// A page in a locale, as far as it is known.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// The page's path in the primary locale.
    pub path: Option<&'a str>,
    /// The locale.
    pub locale: &'a LocaleTag,
    /// Whether that is the primary locale.
    pub is_primary: bool,
    /// The page's name in the locale.
    pub title: Option<&'a str>,
    /// The page's slug in the locale.
    pub slug: Option<&'a str>,
}

/// Defaults that are compared with each page; more are an error.
pub(in crate::manifest) const MAX_DEFAULTS: usize = 1_000;

impl Defaults {
    /// Returns the defaults of a project, and what cannot be meant in them.
    pub fn of(project: &ProjectDocument) -> (Self, Vec<Diagnostic>) {
        let mut reader = Reader { project, problems: Problems::default() };
        let vars = reader.vars();
        let nodes = project.node(&["defaults"]).map_or(&[][..], Node::items);
        let mut entries = Vec::new();
        for (entry, node) in project.manifest.defaults.iter().zip(nodes).take(MAX_DEFAULTS) {
            entries.push((specificity(entry), reader.entry(entry, node, &vars)));
        }
        // The last of two that are equally specific decides.
        entries.reverse();
        entries.sort_by_key(|(specificity, _)| std::cmp::Reverse(*specificity));
        let entries = entries.into_iter().map(|(_, entry)| entry).collect();
        (Self { entries, vars }, reader.problems.into_diagnostics(&project.location.file))
    }

    /// Returns the locales that defaults are for, and where they say so.
    pub fn locales(&self) -> impl Iterator<Item = (&str, &Location)> {
        self.entries.iter().flat_map(|entry| entry.locales.iter().map(|key| (key.as_str(), &entry.named_at)))
    }

    /// Returns a warning for each glob that none of the pages matches.
    pub fn idle(&self, pages: &[PagePath]) -> Vec<Diagnostic> {
        let globs = self.entries.iter().flat_map(|entry| &entry.paths);
        let idle = globs.filter(|(glob, _)| !pages.iter().any(|path| glob_match(glob, path.as_str())));
        let warning = |(glob, at): &(String, Location)| {
            Diagnostic::warning(codes::IDLE_DEFAULT, format!("no page that the manifests describe matches `{glob}`"))
                .at(at.clone())
                .help("the glob is matched against whole paths in the primary locale, such as `/blog/**`")
        };
        idle.map(warning).collect()
    }

    /// Returns whether what pages say depends on where they are.
    pub fn ask_for_paths(&self) -> bool {
        let names_path = |says: &Says| match says {
            Says::Text(template) => template.names().any(|name| name == "path"),
            Says::Flag(_) => false,
        };
        self.entries
            .iter()
            .any(|entry| !entry.paths.is_empty() || entry.fields.values().any(|(says, _)| names_path(says)))
    }

    /// Returns what a page says in a locale that it names, beside what it states itself. A default whose names stand for
    /// nothing known says nothing.
    pub fn fields(&self, place: Place<'_>, own: &BTreeMap<Field, Stated>) -> BTreeMap<Field, Stated> {
        let mut fields: BTreeMap<Field, Stated> = BTreeMap::new();
        for entry in self.entries.iter().filter(|entry| entry.is_for(place)) {
            // An Open Graph text and its flag are one choice.
            let is_open = |field: &Field, fields: &BTreeMap<Field, Stated>| {
                let taken = |field: Field| own.contains_key(&field) || fields.contains_key(&field);
                !taken(*field) && !field.copied_flag().or(field.flagged_text()).is_some_and(taken)
            };
            let open: Vec<Field> = entry.fields.keys().copied().filter(|field| is_open(field, &fields)).collect();
            for field in open {
                let (says, location) = &entry.fields[&field];
                let value = match says {
                    Says::Text(template) => template.render(|name| self.value(name, place)).map(Value::Text),
                    Says::Flag(flag) => Some(Value::Flag(*flag)),
                };
                if let Some(value) = value {
                    if let Some(flag) = field.copied_flag() {
                        fields.insert(flag, Stated { value: Value::Flag(false), location: location.clone() });
                    }
                    fields.insert(field, Stated { value, location: location.clone() });
                }
            }
        }
        fields
    }

    fn value<'v>(&'v self, name: &str, place: Place<'v>) -> Option<&'v str> {
        match name {
            "title" => place.title,
            "slug" => place.slug,
            "path" => place.path,
            _ => self.vars.get(name).map(String::as_str),
        }
    }
}

impl Entry {
    fn is_for(&self, place: Place<'_>) -> bool {
        let Place { path, locale, is_primary, title: _, slug: _ } = place;
        let is_path = |(glob, _): &(String, Location)| path.is_some_and(|path| glob_match(glob, path));
        let is_locale =
            |key: &String| locale.matches(key) || (is_primary && key.eq_ignore_ascii_case(LocaleTag::PRIMARY));
        (self.paths.is_empty() || self.paths.iter().any(is_path))
            && (self.locales.is_empty() || self.locales.iter().any(is_locale))
    }
}

/// Returns how specific an entry is: the fixed letters of its widest glob, then whether it names locales.
fn specificity(entry: &DefaultEntry) -> (usize, bool) {
    let fixed = |PagePattern(glob): &PagePattern| glob.chars().filter(|letter| !"*?[]{}".contains(*letter)).count();
    (entry.paths.iter().map(fixed).min().unwrap_or(0), !entry.locales.is_empty())
}

/// Returns a single brace and what follows it, if it opens no name.
fn stray_brace(text: &str) -> Option<String> {
    let single = text.match_indices('{').map(|(at, _)| at).find(|at| {
        let (before, after) = (&text[..*at], &text[at + 1..]);
        let is_name = after.split_once('}').is_some_and(|(word, _)| is_name(word));
        !before.ends_with('{') && !after.starts_with('{') && !is_name && !before.contains("{{wf")
    })?;
    Some(text[single..].chars().take(SHOWN).collect())
}

/// Characters of a text that are shown where it goes wrong.
const SHOWN: usize = 12;

struct Reader<'a> {
    project: &'a ProjectDocument,
    problems: Problems,
}

impl Reader<'_> {
    fn vars(&mut self) -> BTreeMap<String, String> {
        let vars = &self.project.manifest.vars;
        for name in vars.keys() {
            let (message, help) = if PAGE_NAMES.contains(&name.as_str()) {
                (format!("`{{{name}}}` always stands for that of the page"), "choose another name")
            } else if !is_name(name) {
                (
                    format!("`{name}` cannot be a name"),
                    "a name has letters, digits, `-` and `_`, and begins with a letter",
                )
            } else {
                continue;
            };
            let at = self.project.key_location_of(&["vars", name]);
            self.problems.push(Diagnostic::error(codes::INVALID_VALUE, message).at(at).help(help));
        }
        vars.clone()
    }

    fn entry(&mut self, entry: &DefaultEntry, node: &Node, vars: &BTreeMap<String, String>) -> Entry {
        let DefaultEntry { paths, locales, seo, open_graph } = entry;
        if seo.is_empty() && open_graph.is_empty() {
            let help = "write what pages say: `seo: {title: \"{title} | Galaxy\"}`";
            self.refuse("this default says nothing", help, node);
        }
        let values = LocaleManifest { seo: seo.clone(), open_graph: open_graph.clone(), ..LocaleManifest::default() };
        let mut fields = BTreeMap::new();
        for field in Field::ALL {
            let Some(value) = lower::value(&values, field) else { continue };
            let at = field.keys().iter().try_fold(node, |node, key| node.get(key)).unwrap_or(node);
            let says = match value {
                Value::Flag(flag) => Says::Flag(flag),
                Value::Text(text) => Says::Text(self.template(&text, at, vars)),
            };
            fields.insert(field, (says, at.span.within(&self.project.location.file)));
        }
        for (text, flag) in fields.keys().filter_map(|text| Some((text, text.copied_flag()?))) {
            if let Some((Says::Flag(true), _)) = fields.get(&flag) {
                let message = format!("`{}` has a text, but `{}` says to copy it", text.name(), flag.name());
                self.refuse(&message, "keep one of the two", node);
            }
        }
        let named_at = node.get("locales").unwrap_or(node).span.within(&self.project.location.file);
        let places = node.get("paths").map_or(&[][..], Node::items);
        let place = |(PagePattern(glob), at): (&PagePattern, &Node)| {
            (glob.clone(), at.span.within(&self.project.location.file))
        };
        let paths = paths.iter().zip(places).map(place).collect();
        Entry { paths, locales: locales.clone(), named_at, fields }
    }

    fn template(&mut self, text: &str, at: &Node, vars: &BTreeMap<String, String>) -> Template {
        let template = Template::parse(text);
        for name in template.names().filter(|name| !PAGE_NAMES.contains(name) && !vars.contains_key(*name)) {
            let location = at.span.within(&self.project.location.file);
            self.problems.report(Severity::Error, || {
                let known = PAGE_NAMES.into_iter().chain(vars.keys().map(String::as_str)).collect();
                let help = match did_you_mean(name, known) {
                    near if near.starts_with("did") => near,
                    _ => format!("give it a value: `vars: {{{name}: …}}`; `{{{{{name}}}}}` is `{{{name}}}` itself"),
                };
                Diagnostic::error(codes::UNKNOWN_NAME, format!("nothing is called `{name}`")).at(location).help(help)
            });
        }
        if let Some(brace) = stray_brace(text) {
            let message = format!("`{brace}` begins no name, and will read as it stands");
            let help = "write a name in single braces without spaces: `{title}`";
            let location = at.span.within(&self.project.location.file);
            self.problems.push(Diagnostic::warning(codes::UNKNOWN_NAME, message).at(location).help(help));
        }
        template
    }

    fn refuse(&mut self, message: &str, help: &str, node: &Node) {
        let at = node.span.within(&self.project.location.file);
        self.problems.push(Diagnostic::error(codes::INVALID_VALUE, message).at(at).help(help));
    }
}
