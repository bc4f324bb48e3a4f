//! From text to a checked [`Site`] and back.
//!
//! Everything else may rely on what is checked here: ids are unique, references lead somewhere, every page has
//! values in the primary locale. Knows nothing of files: text comes in, text goes out.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::document::{Folder, Locale, LocaleKey, Metadata, Page, PageKind, Site, is_image};
use super::locate::locate;

/// Why a text is no site.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The JSON, its types or its keys.
    #[error("{0}")]
    Json(#[from] serde_json::Error),
    /// What it says.
    #[error("{path}: {problem} at line {line} column {column}")]
    Meaning { path: String, problem: String, line: usize, column: usize },
}

/// What is wrong with the value at a path.
#[derive(Debug)]
struct Problem {
    path: String,
    text: String,
}

impl Site {
    /// Reads a site, fills in what was left out, and checks it.
    pub fn from_json(text: &str) -> Result<Self, Error> {
        let mut site: Self = serde_json::from_str(text)?;
        site.complete().map_err(|problem| {
            let (line, column) = locate(text, &problem.path);
            let Problem { path, text: problem } = problem;
            Error::Meaning { path, problem, line, column }
        })?;
        Ok(site)
    }

    /// Returns the document: the same site gives the same text.
    pub fn to_json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).expect("string keys and plain values only");
        text.push('\n');
        text
    }

    fn complete(&mut self) -> Result<(), Problem> {
        self.complete_locales();
        self.check_site()?;
        self.check_folders()?;
        for index in 0..self.pages.len() {
            self.complete_page(index)?;
        }
        self.check_pages()
    }

    fn complete_locales(&mut self) {
        let Some(locales) = &mut self.locales else {
            return;
        };
        complete_locale(&mut locales.primary, String::new());
        for locale in &mut locales.secondary {
            let subdirectory = locale.tag.to_lowercase();
            complete_locale(locale, subdirectory);
        }
    }

    fn check_site(&self) -> Result<(), Problem> {
        check_id("site.id", &self.identity.id)?;
        if self.tokens.is_empty() {
            return problem("tokens", "there must be at least one");
        }
        for (index, token) in self.tokens.iter().enumerate() {
            let path = format!("tokens[{index}]");
            if token.token.is_empty() || token.token.contains(char::is_whitespace) {
                return problem(format!("{path}.token"), "must be one word");
            }
            if token.rate_limit == 0 {
                return problem(format!("{path}.rateLimit"), "must be at least 1");
            }
        }
        let mut seen = BTreeSet::new();
        for locale in self.locale_list() {
            for name in [&locale.tag, &locale.id] {
                if !seen.insert(name.to_lowercase()) {
                    return problem("locales", format!("`{name}` is there twice"));
                }
            }
        }
        Ok(())
    }

    fn check_folders(&self) -> Result<(), Problem> {
        let parents: BTreeMap<&str, Option<&str>> =
            self.folders.iter().map(|folder| (folder.id.as_str(), folder.parent.as_deref())).collect();
        for (index, Folder { id, parent, slug, title: _ }) in self.folders.iter().enumerate() {
            let path = format!("folders[{index}]");
            check_id(&format!("{path}.id"), id)?;
            if slug.is_empty() {
                return problem(format!("{path}.slug"), "must not be empty");
            }
            // A chain longer than the number of folders goes in a circle.
            let mut next = parent.as_deref();
            for step in 0.. {
                let Some(current) = next else { break };
                let Some(above) = parents.get(current) else {
                    return problem(format!("{path}.parent"), format!("there is no folder `{current}`"));
                };
                if step > parents.len() {
                    return problem(format!("{path}.parent"), "the folder is inside itself");
                }
                next = *above;
            }
        }
        Ok(())
    }

    /// Spells the locales as the site does, and fills in what follows from the rest.
    fn complete_page(&mut self, index: usize) -> Result<(), Problem> {
        let path = format!("pages[{index}]");
        let page = &self.pages[index];
        let values = self.respell(&format!("{path}.values"), page.values.clone())?;
        let paths = self.respell(&format!("{path}.publishedPaths"), page.published_paths.clone())?;
        let page = &mut self.pages[index];
        page.values = values;
        page.published_paths = paths;
        for (key, own) in &mut page.values {
            let path = format!("{path}.values.{}", String::from(key.clone()));
            complete_open_graph(&path, own)?;
            check_undocumented(&path, own)?;
        }
        let kind = page.kind;
        let Some(primary) = page.values.get_mut(&LocaleKey::Primary) else {
            return problem(
                format!("{path}.values"),
                "the primary locale is missing (its key is `primary` or its tag)",
            );
        };
        let Some(title) = &primary.title else {
            return problem(format!("{path}.values.primary.title"), "must be given");
        };
        if kind != PageKind::Home && primary.slug.is_none() {
            primary.slug = Some(slug_of(title, kind));
        }
        if kind == PageKind::Home {
            page.values.values_mut().for_each(|own| own.slug = None);
        }
        Ok(())
    }

    fn respell<T>(&self, path: &str, map: BTreeMap<LocaleKey, T>) -> Result<BTreeMap<LocaleKey, T>, Problem> {
        let mut respelled = BTreeMap::new();
        for (key, value) in map {
            let name = String::from(key.clone());
            let known = match key {
                LocaleKey::Primary => Some(LocaleKey::Primary),
                LocaleKey::Secondary(tag) => self.key_of_tag(&tag),
            };
            let Some(known) = known else {
                return problem(format!("{path}.{name}"), "the site has no such locale");
            };
            if respelled.insert(known, value).is_some() {
                return problem(format!("{path}.{name}"), "the same locale is there twice");
            }
        }
        Ok(respelled)
    }

    fn check_pages(&self) -> Result<(), Problem> {
        let mut ids: BTreeSet<&str> = BTreeSet::new();
        let mut slugs: BTreeSet<(Option<&str>, &str)> = BTreeSet::new();
        for (index, folder) in self.folders.iter().enumerate() {
            if !ids.insert(&folder.id) {
                return twice(format!("folders[{index}].id"), &folder.id);
            }
            if !slugs.insert((folder.parent.as_deref(), &folder.slug)) {
                return taken(format!("folders[{index}].slug"), &folder.slug);
            }
        }
        let mut home = None;
        for (index, page) in self.pages.iter().enumerate() {
            let path = format!("pages[{index}]");
            check_id(&format!("{path}.id"), &page.id)?;
            if !ids.insert(&page.id) {
                return twice(format!("{path}.id"), &page.id);
            }
            self.check_folder_of(&path, page)?;
            // A branch repeats what its page has.
            if page.branch.is_some() {
                continue;
            }
            if page.kind == PageKind::Home && home.replace(index).is_some() {
                return problem(format!("{path}.kind"), "there is a home page already");
            }
            // Only the primary locale: a secondary one may come to inherit a slug that another page has there.
            if let Some(slug) = self.slug(page, &LocaleKey::Primary)
                && !slugs.insert((page.folder.as_deref(), slug))
            {
                return taken(format!("{path}.values.primary.slug"), slug);
            }
        }
        Ok(())
    }

    fn check_folder_of(&self, path: &str, page: &Page) -> Result<(), Problem> {
        match &page.folder {
            Some(folder) if self.folder(folder).is_none() => {
                problem(format!("{path}.folder"), format!("there is no folder `{folder}`"))
            }
            Some(_) | None => Ok(()),
        }
    }
}

/// Returns 24 hexadecimal digits, as the ids of the real server, that depend on the seed only.
pub(super) fn object_id(seed: &str) -> String {
    hex(&Sha256::digest(seed.as_bytes())[..12])
}

/// Returns the bytes as hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn complete_locale(locale: &mut Locale, subdirectory: String) {
    if locale.id.is_empty() {
        locale.id = object_id(&format!("locale {}", locale.tag));
    }
    if locale.cms_locale_id.is_empty() {
        locale.cms_locale_id = object_id(&format!("cms locale {}", locale.tag));
    }
    if locale.display_name.is_empty() {
        locale.display_name.clone_from(&locale.tag);
    }
    locale.subdirectory.get_or_insert(subdirectory);
}

/// Text implies that it is not copied.
fn complete_open_graph(path: &str, own: &mut Metadata) -> Result<(), Problem> {
    let open_graph = &mut own.open_graph;
    for (name, text, copied) in [
        ("title", &open_graph.title, &mut open_graph.title_copied),
        ("description", &open_graph.description, &mut open_graph.description_copied),
    ] {
        if text.is_some() && *copied == Some(true) {
            return problem(format!("{path}.openGraph.{name}"), format!("has text although `{name}Copied` is true"));
        }
        if text.is_some() {
            *copied = Some(false);
        }
    }
    Ok(())
}

/// A leaf that the reference describes has a place of its own, and the share image is a text.
fn check_undocumented(path: &str, own: &Metadata) -> Result<(), Problem> {
    let described = ["title", "titleCopied", "description", "descriptionCopied"];
    for (object, leaves) in [("seo", &own.seo.undocumented), ("openGraph", &own.open_graph.undocumented)] {
        let path = |leaf: &str| format!("{path}.{object}.undocumented.{leaf}");
        if let Some(leaf) = leaves.keys().find(|leaf| described.contains(&leaf.as_str())) {
            return problem(path(leaf), format!("belongs into `{object}` itself"));
        }
        let is_text = |value: &Value| value.as_str().is_some_and(|text| !text.is_empty());
        if let Some((leaf, _)) = leaves.iter().find(|(leaf, value)| is_image(leaf) && !is_text(value)) {
            return problem(path(leaf), "must be a text that is not empty");
        }
    }
    Ok(())
}

fn slug_of(title: &str, kind: PageKind) -> String {
    let mut slug = String::new();
    for character in title.to_lowercase().chars() {
        if character.is_alphanumeric() {
            slug.push(character);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    let slug = slug.trim_end_matches('-');
    match kind {
        PageKind::Template => format!("detail_{slug}"),
        PageKind::Static | PageKind::Home | PageKind::Utility => slug.to_owned(),
    }
}

fn check_id(path: &str, id: &str) -> Result<(), Problem> {
    let plain = id.chars().all(|character| character.is_ascii_alphanumeric() || character == '-' || character == '_');
    if id.is_empty() || !plain {
        return problem(path, format!("`{id}` is no id: letters, digits, `-` and `_` only"));
    }
    Ok(())
}

fn twice(path: String, id: &str) -> Result<(), Problem> {
    problem(path, format!("`{id}` is there twice"))
}

fn taken(path: String, slug: &str) -> Result<(), Problem> {
    problem(path, format!("`{slug}` is taken in its folder"))
}

fn problem<T>(path: impl Into<String>, text: impl Into<String>) -> Result<T, Problem> {
    Err(Problem { path: path.into(), text: text.into() })
}
