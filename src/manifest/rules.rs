//! What the types alone cannot say: keys that need or exclude each other.
//!
//! Works on the tree before it is decoded, so that a key with a bad value does not count as missing.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::codes;
use super::decode::suggests;
use super::defaults::fill::MAX_DEFAULTS;
use super::globs::MAX_GLOBS;
use super::lint::ENTRY_KEYS;
use super::lint::policy::MAX_ALLOWED;
use super::project::MAX_REQUIRED;
use super::read::PageDocument;
use super::yaml::{Key, Kind, Node, Resolved};
use crate::diagnostic::{Diagnostic, Problems, Severity};
use crate::source::Location;

/// Reports what is wrong with a page as a whole.
pub(super) fn page(root: &Node, file: &Arc<str>, problems: &mut Problems) {
    let Kind::Mapping(_) = root.kind else { return };
    if lacks(root, &["id", "path"]) {
        problems.push(
            Diagnostic::error(codes::MISSING_KEY, "a page needs `id` or `path`")
                .at(start(root, file))
                .help("`id` stays the same when the page moves; `path` is where it is now: `path: /guide`"),
        );
    }
    if lacks(root, &["locales"]) {
        problems.push(
            Diagnostic::error(codes::MISSING_KEY, "a page needs `locales`")
                .at(start(root, file))
                .help("write `locales: {primary: {…}}` for a page in the primary locale"),
        );
    }
    let Some((key, locales)) = root.entry("locales") else { return };
    if is_empty_collection(locales) {
        problems.push(empty(key, file, "name at least one locale, such as `primary`"));
    }
    same_locale(locales, file, problems);
    for (_, locale) in locales.entries() {
        if let Some(card) = locale.get("openGraph") {
            copied_text(card, "title", "titleCopied", file, problems);
            copied_text(card, "description", "descriptionCopied", file, problems);
        }
    }
}

/// Reports what is wrong with the project file as a whole.
pub(super) fn project(root: &Node, file: &Arc<str>, problems: &mut Problems) {
    let Kind::Mapping(_) = root.kind else { return };
    if lacks(root, &["version"]) {
        problems.push(
            Diagnostic::error(codes::MISSING_KEY, "the key `version` is missing")
                .at(start(root, file))
                .help("write `version: 1`"),
        );
    }
    problems.extend(sites(root, file));
    for (name, help) in [
        ("environments", "name at least one: `environments: {production: {site: …}}`"),
        ("pages", "name the files that hold pages: `pages: [pages/**/*.yaml]`, or remove the key"),
    ] {
        if let Some((key, value)) = root.entry(name)
            && is_empty_collection(value)
        {
            problems.push(empty(key, file, help));
        }
    }
    let entries = root.get("lint").and_then(|lint| lint.get("allow")).map_or(&[][..], Node::items);
    for entry in entries.iter().filter(|entry| matches!(entry.kind, Kind::Mapping(_))) {
        for key in ENTRY_KEYS.into_iter().filter(|key| lacks(entry, &[key])) {
            let help = match key {
                "reason" => "say why this is let pass, for whoever reads it next year",
                "page" => "name the page by its id, or pages by a glob of their paths: `page: /legal/*`",
                _ => "name the rule, as the finding does: `rule: seo-title/too-wide`",
            };
            let message = format!("an entry of `allow` needs `{key}`");
            problems.push(Diagnostic::error(codes::MISSING_KEY, message).at(start(entry, file)).help(help));
        }
    }
    for (keys, most) in MOST_ITEMS {
        let [outer @ .., last] = keys else { continue };
        let parent = outer.iter().try_fold(root, |node, key| node.get(key));
        if let Some((key, list)) = parent.and_then(|parent| parent.entry(last))
            && list.items().len() > *most
        {
            let message = format!("`{last}` has more than {most} entries");
            let help = "no project needs so many: each is compared with each page";
            problems.push(Diagnostic::error(codes::INVALID_VALUE, message).at(key.span.within(file)).help(help));
        }
    }
}

/// Lists that are compared with each page or file, and how many entries they may have. More would cost the product of the
/// two.
const MOST_ITEMS: &[(&[&str], usize)] = &[
    (&["pages"], MAX_GLOBS),
    (&["locales", "required"], MAX_REQUIRED),
    (&["defaults"], MAX_DEFAULTS),
    (&["lint", "allow"], MAX_ALLOWED),
    (&["lint", "do-not-translate"], 1_000),
];

/// Exactly one of `site` and `environments` says where the pages live.
fn sites(root: &Node, file: &Arc<str>) -> Option<Diagnostic> {
    if lacks(root, &["site", "environments"]) {
        let message = "a project needs `site` or `environments`";
        return Some(
            Diagnostic::error(codes::MISSING_KEY, message)
                .at(start(root, file))
                .help("write `site:` and the id of the site; it stands in the site's settings"),
        );
    }
    let (site, _) = root.entry("site")?;
    let (environments, _) = root.entry("environments")?;
    let first = site.span.min(environments.span);
    let second = site.span.max(environments.span);
    let message = "`site` and `environments` exclude each other";
    Some(
        Diagnostic::error(codes::CONFLICTING_KEYS, message)
            .at(second.within(file))
            .also(first.within(file), "the other is here")
            .help("keep `site` for one site, or `environments` for several"),
    )
}

/// Returns an error for each document that describes a page which another one before it describes.
pub(super) fn duplicate_pages(pages: &[PageDocument]) -> Vec<Diagnostic> {
    let mut by_id: BTreeMap<&str, &PageDocument> = BTreeMap::new();
    let mut by_path: BTreeMap<&str, &PageDocument> = BTreeMap::new();
    let mut by_path_alone: BTreeMap<&str, &PageDocument> = BTreeMap::new();
    let mut diagnostics = Vec::new();
    for page in pages {
        let id = page.manifest.id.as_ref().map(|id| id.as_str());
        let path = page.manifest.path.as_ref().map(|path| path.as_str());
        let same_id = id.and_then(|id| by_id.get(id).copied());
        // Two ids are two pages, whatever their paths: an id decides, and a path may be out of date.
        let others = if id.is_none() { &by_path } else { &by_path_alone };
        let same_path = path.and_then(|path| others.get(path).copied());
        if let (Some(other), Some(id)) = (same_id, id) {
            diagnostics.push(duplicate_page(page, other, "id", id));
        } else if let (Some(other), Some(path)) = (same_path, path) {
            diagnostics.push(duplicate_page(page, other, "path", path));
        }
        if let Some(id) = id {
            by_id.entry(id).or_insert(page);
        }
        if let Some(path) = path {
            by_path.entry(path).or_insert(page);
            if id.is_none() {
                by_path_alone.entry(path).or_insert(page);
            }
        }
    }
    diagnostics
}

fn duplicate_page(page: &PageDocument, other: &PageDocument, key: &str, name: &str) -> Diagnostic {
    let message = format!("the page `{name}` is described twice");
    Diagnostic::error(codes::DUPLICATE_PAGE, message)
        .at(page.location_of(&[key]))
        .also(other.location_of(&[key]), "first described here")
        .help("keep one document a page; it may hold all locales")
}

/// Keys of a mapping that are compared with those that it lacks.
const MAX_SUGGESTED: usize = 100;

/// Returns whether none of the keys is there, nor one that is meant for one of them and reported as unknown.
fn lacks(root: &Node, keys: &[&str]) -> bool {
    // A suggestion is costly, and a key that was meant for one of them stands among the first.
    let mut first = root.entries().iter().take(MAX_SUGGESTED).map(|(key, _)| key.text.as_str());
    !keys.iter().any(|key| root.entry(key).is_some()) && !first.any(|key| suggests(key, keys))
}

fn start(root: &Node, file: &Arc<str>) -> Location {
    let first = root.entries().first().map(|(key, _)| key.span);
    first.unwrap_or(root.span).within(file)
}

fn is_empty_collection(node: &Node) -> bool {
    match &node.kind {
        Kind::Scalar(_) => false,
        Kind::Sequence(items) => items.is_empty(),
        Kind::Mapping(entries) => entries.is_empty(),
    }
}

fn empty(key: &Key, file: &Arc<str>, help: &str) -> Diagnostic {
    Diagnostic::error(codes::INVALID_VALUE, format!("`{}` is empty", key.text)).at(key.span.within(file)).help(help)
}

/// Tags are matched without regard to case, so two spellings are one locale.
fn same_locale(locales: &Node, file: &Arc<str>, problems: &mut Problems) {
    let mut seen: BTreeMap<String, &Key> = BTreeMap::new();
    for (key, _) in locales.entries() {
        let Some(earlier) = seen.insert(key.text.to_lowercase(), key) else {
            continue;
        };
        problems.report(Severity::Error, || {
            Diagnostic::error(codes::DUPLICATE_LOCALE, format!("`{}` and `{}` are one locale", earlier.text, key.text))
                .at(key.span.within(file))
                .also(earlier.span.within(file), "first set here")
                .help("keep one of the two")
        });
    }
}

fn copied_text(card: &Node, text: &str, copied: &str, file: &Arc<str>, problems: &mut Problems) {
    let (Some((text, value)), Some((copied, flag))) = (card.entry(text), card.entry(copied)) else {
        return;
    };
    let is_copied = flag.scalar().map(|scalar| scalar.resolved) == Some(Resolved::Bool(true));
    if !is_copied || value.text().is_none() {
        return;
    }
    problems.push(
        Diagnostic::error(
            codes::CONFLICTING_KEYS,
            format!("`{}` has a text, but `{}` says to copy it", text.text, copied.text),
        )
        .at(value.span.within(file))
        .also(flag.span.within(file), "copied from `seo`")
        .help(format!("remove `{}` to use the text, or `{}` to copy", copied.text, text.text)),
    );
}
