//! A project in a temporary folder, written by hand: flow style, which the program itself never writes.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde_json::{Map, Value as Json, json};
use slugline::import::NewPage;
use slugline::manifest::load::{Loaded, load};
use slugline::model::{Field, Value};
use slugline::sandbox::{LocaleKey, Site};
use tempfile::TempDir;

use super::edits::Stated;
use super::reading::{self, Values};

/// How the pages are laid out in files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layout {
    FileEach,
    /// The same files, made in the opposite order.
    FileEachBackwards,
    OneFile,
}

pub(crate) struct Project {
    folder: TempDir,
}

impl Project {
    /// Writes manifests that state exactly this. Pages among `by_path` have their path alone for a name.
    pub(crate) fn new(site: &Site, stated: &Stated, by_path: &BTreeMap<String, String>, layout: Layout) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("slugline.yaml"), format!("version: 1\nsite: {}\n", site.id())).unwrap();
        fs::create_dir(folder.path().join("pages")).unwrap();
        let mut documents: BTreeMap<&str, Json> = BTreeMap::new();
        for ((page, key), values) in stated.iter().filter(|(_, values)| !values.is_empty()) {
            let document = documents.entry(page).or_insert_with(|| match by_path.get(page) {
                Some(path) => json!({"path": path, "locales": {}}),
                None => json!({"id": page, "locales": {}}),
            });
            document["locales"][reading::tag(site, key)] = locale(values);
        }
        let project = Self { folder };
        let mut files: Vec<(String, String)> =
            documents.iter().map(|(page, document)| (format!("pages/{page}.yaml"), format!("{document}\n"))).collect();
        match layout {
            Layout::FileEach => {}
            Layout::FileEachBackwards => files.reverse(),
            Layout::OneFile => {
                let all: String = files.iter().map(|(_, text)| format!("---\n{text}")).collect();
                files = if all.is_empty() { Vec::new() } else { vec![("pages/all.yaml".to_owned(), all)] };
            }
        }
        files.iter().for_each(|(name, text)| fs::write(project.path().join(name), text).unwrap());
        project
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Gives each file of pages another text.
    pub(crate) fn rewrite(&self, change: impl Fn(&str, &str) -> String) {
        for entry in fs::read_dir(self.path().join("pages")).unwrap() {
            let path = entry.unwrap().path();
            let name = format!("pages/{}", path.file_name().unwrap().to_string_lossy());
            let text = fs::read_to_string(&path).unwrap();
            fs::write(&path, change(&name, &text)).unwrap();
        }
    }

    /// Reads the project. What was written is valid, but a project without any pages is worth a remark.
    pub(crate) fn load(&self) -> Loaded {
        let loaded = load(self.path());
        assert!(!slugline::diagnostic::has_errors(&loaded.diagnostics), "{:#?}", loaded.diagnostics);
        loaded
    }
}

fn locale(values: &Values) -> Json {
    let mut locale = Map::new();
    for (field, value) in values.iter().filter(|(field, _)| !is_implied(values, **field)) {
        let value = match value {
            Value::Text(text) => json!(text),
            Value::Flag(flag) => json!(flag),
        };
        match field.keys() {
            [key] => locale.insert((*key).to_owned(), value),
            [object, key] => {
                let object = locale.entry(*object).or_insert_with(|| json!({}));
                object[*key] = value;
                None
            }
            keys => panic!("no field has the keys {keys:?}"),
        };
    }
    Json::Object(locale)
}

/// A flag beside its text says nothing new.
fn is_implied(values: &Values, field: Field) -> bool {
    field.flagged_text().is_some_and(|text| values.contains_key(&text))
}

/// Returns what imported manifests state.
pub(crate) fn imported(site: &Site, pages: &[NewPage]) -> Stated {
    let mut stated = Stated::new();
    for page in pages {
        for (tag, values) in &page.locales {
            let mut values = values.clone();
            let flags: BTreeSet<Field> = values.keys().filter_map(|field| field.copied_flag()).collect();
            values.extend(flags.into_iter().map(|flag| (flag, Value::Flag(false))));
            stated.insert((page.id.to_string(), reading::key(site, tag)), values);
        }
    }
    stated
}

/// Returns the values stated of a page in a locale.
pub(crate) fn stated_at<'s>(stated: &'s Stated, page: &str, key: &LocaleKey) -> Option<&'s Values> {
    stated.get(&(page.to_owned(), key.clone()))
}
