//! From the live site to manifests for the pages that have none yet.
//!
//! States only what a page has of its own: nothing inherited, nothing copied, nothing empty, no slug that cannot be
//! set. Pure: knows names of files, not the disk.

use std::collections::{BTreeMap, BTreeSet};

use unicode_normalization::UnicodeNormalization as _;

use crate::model::{Field, Live, LivePage, Metadata, PageId, PagePath, Value};
use crate::plan::Selection;

/// A page to be described.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPage {
    /// The page's id.
    pub id: PageId,
    /// Its path in the primary locale.
    pub path: PagePath,
    /// Its own values by locale, in the site's order. A locale without any is left out.
    pub locales: Vec<(String, BTreeMap<Field, Value>)>,
}

/// Which pages to describe.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Wanted {
    /// The pages, by their paths.
    pub selection: Selection,
    /// Whether archived and utility pages are wanted too.
    pub all: bool,
}

/// Returns the pages that are wanted and not described yet, by path.
pub fn new_pages(live: &Live, described: &BTreeSet<PageId>, wanted: &Wanted) -> Vec<NewPage> {
    let pages = live.pages.values().filter(|page| !described.contains(&page.id) && !page.is_damaged());
    let pages = pages.filter(|page| wanted.all || !page.is_aside());
    let pages =
        pages.map(|page| NewPage { id: page.id.clone(), path: live.known_path(page), locales: own_values(live, page) });
    let mut pages: Vec<NewPage> = pages.filter(|page| wanted.selection.has_page(&page.id, &page.path)).collect();
    pages.sort_by(|a, b| (&a.path, &a.id).cmp(&(&b.path, &b.id)));
    pages
}

/// Returns how many pages without a description are left out unless all are wanted.
pub fn left_out(live: &Live, described: &BTreeSet<PageId>) -> usize {
    live.pages.values().filter(|page| page.is_aside() && !described.contains(&page.id)).count()
}

fn own_values(live: &Live, page: &LivePage) -> Vec<(String, BTreeMap<Field, Value>)> {
    let primary = live.primary_metadata(&page.id);
    let locales = live.site.locales().filter_map(|locale| {
        let values = &page.locales.get(&locale.tag)?.metadata;
        let inherited = primary.filter(|_| !live.site.is_primary(&locale.tag));
        let own: BTreeMap<Field, Value> = Field::ALL
            .into_iter()
            .filter(|field| !(*field == Field::Slug && page.kind.ignores_slug()))
            .filter(|field| is_own(values, inherited, *field))
            .map(|field| (field, values.get(field).clone()))
            .collect();
        (!own.is_empty()).then(|| (locale.tag.to_string(), own))
    });
    locales.collect()
}

/// Returns whether a field has a value that is worth stating: a text that is neither empty nor copied nor inherited; a
/// flag only where it sets a secondary locale apart.
fn is_own(values: &Metadata, inherited: Option<&Metadata>, field: Field) -> bool {
    match values.effective(field) {
        Value::Text(text) => {
            !text.is_empty() && inherited.is_none_or(|primary| primary.effective(field) != Value::Text(text))
        }
        Value::Flag(flag) => flag && inherited.is_some_and(|primary| !primary.flag(field)),
    }
}

/// Chooses a file for each page, in folders that follow its path: `/blog/hello` becomes `blog/hello.yaml`. No two names
/// are equal on a disk that ignores case, and none is in `taken` (compared in lower case). Paths and ids come from the
/// site, so names hold letters, digits, `-`, `_` and `.` only, and have a bounded length.
pub fn file_names(pages: &[NewPage], folder: &str, taken: &BTreeSet<String>) -> Vec<String> {
    let mut taken = taken.clone();
    let mut names = Vec::with_capacity(pages.len());
    for page in pages {
        let stem = format!("{folder}{}", stem(&page.path));
        let id = id_segment(page.id.as_str());
        let mut name = format!("{stem}.yaml");
        if taken.contains(&name.to_lowercase()) {
            name = format!("{stem}-{id}.yaml");
        }
        while taken.contains(&name.to_lowercase()) {
            name = name.replace(".yaml", "-.yaml");
        }
        taken.insert(name.to_lowercase());
        names.push(name);
    }
    names
}

fn stem(path: &PagePath) -> String {
    if path.as_str() == PagePath::HOME {
        return "index".to_owned();
    }
    let segments = path.as_str().split('/').filter(|segment| !segment.is_empty());
    let mut segments: Vec<String> = segments.map(file_segment).collect();
    let last = segments.pop().unwrap_or_else(|| "index".to_owned());
    // Of a path that is too long, the first folders and the end are kept.
    let mut length = last.len();
    segments.retain(|segment| {
        length += segment.len() + 1;
        length <= MAX_STEM
    });
    segments.push(last);
    segments.join("/")
}

/// Names that Windows reserves, whatever follows a dot.
const RESERVED: [&str; 4] = ["con", "prn", "aux", "nul"];

/// Longest file name that every common disk takes is 255 bytes; this leaves room for an id and the ending.
const MAX_SEGMENT: usize = 180;
/// Bytes of an id in a file name, at most. Webflow's have 24.
const MAX_ID: usize = 64;
/// Bytes of a name below the folder of manifests, at most, before its ending. Windows takes paths of 260 characters.
const MAX_STEM: usize = 512;

/// Returns an id as a part of a file name.
fn id_segment(id: &str) -> String {
    let safe = |character: char| if character.is_ascii_alphanumeric() { character } else { '-' };
    id.chars().take(MAX_ID).map(safe).collect()
}

/// Returns a path's segment as a file name that every system takes.
fn file_segment(segment: &str) -> String {
    let safe = |character: char| match character {
        '-' | '_' | '.' => character,
        _ if character.is_alphanumeric() => character,
        _ => '-',
    };
    // Some disks take one letter in two spellings for one name.
    let mut name: String = segment.nfc().map(safe).collect();
    while name.len() > MAX_SEGMENT {
        name.pop();
    }
    // A leading dot would hide the file, a trailing one is dropped by Windows.
    if name.starts_with('.') || name.ends_with('.') || is_reserved(&name) {
        name = format!("_{}", name.trim_matches('.'));
    }
    name
}

/// Returns whether Windows takes the name for a device: `nul`, `com1`, `lpt9.txt`.
fn is_reserved(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().to_lowercase();
    let port = stem.strip_prefix("com").or_else(|| stem.strip_prefix("lpt"));
    RESERVED.contains(&stem.as_str()) || port.is_some_and(|number| number.chars().count() == 1 && number != "0")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(path: &str, id: &str) -> NewPage {
        NewPage { id: id.into(), path: path.into(), locales: Vec::new() }
    }

    #[test]
    fn files_follow_paths() {
        let pages = [page("/", "1"), page("/blog/hello", "2"), page("/été", "3")];
        let names = file_names(&pages, "pages/", &BTreeSet::new());
        assert_eq!(names, ["pages/index.yaml", "pages/blog/hello.yaml", "pages/été.yaml"]);
    }

    #[test]
    fn no_two_files_have_one_name() {
        let pages = [page("/", "a1"), page("/index", "b2"), page("/Index", "c3"), page("/x", "d4")];
        let taken = BTreeSet::from(["pages/x.yaml".to_owned()]);
        let names = file_names(&pages, "pages/", &taken);
        assert_eq!(names, ["pages/index.yaml", "pages/index-b2.yaml", "pages/Index-c3.yaml", "pages/x-d4.yaml"]);
    }

    #[test]
    fn names_stay_inside_the_folder_and_visible() {
        for (segment, name) in
            [("..", "_"), (".git", "_git"), ("a:b", "a-b"), ("nul", "_nul"), ("com2.x", "_com2.x"), ("…", "-")]
        {
            assert_eq!(file_segment(segment), name, "{segment}");
        }
        assert!(file_segment(&"x".repeat(500)).len() <= MAX_SEGMENT);
    }

    #[test]
    fn keeps_hostile_ids_and_paths_out_of_file_names() {
        let long = format!("/{}", ["x".repeat(200).as_str(); 40].join("/"));
        let deep = format!("/{}", ["y"; 2000].join("/"));
        let ids = ["../../x", "a\\b\u{1b}[31m\nc", "con", &"9".repeat(400), "", "\u{202e}"];
        for path in ["/", "/a", "/..", "/con/COM\u{b9}", "/a\\..\\b", "/e\u{301}\u{0}", &long, &deep] {
            let pages: Vec<NewPage> = ids.iter().map(|id| page(path, id)).collect();
            let names = file_names(&pages, "pages/", &BTreeSet::new());
            assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), ids.len(), "{names:?}");
            for name in names {
                let rest = name.strip_prefix("pages/").unwrap();
                assert!(rest.len() < 700 && rest.split('/').all(|part| part.len() <= 255), "{name}");
                assert!(rest.chars().all(|c| c.is_alphanumeric() || "-_./".contains(c)), "{name}");
                assert!(rest.split('/').all(|part| !part.starts_with('.') && !is_reserved(part)), "{name}");
            }
        }
    }

    #[test]
    fn takes_two_spellings_of_a_letter_for_one_name() {
        let pages = [page("/\u{e9}", "a1"), page("/e\u{301}", "b2")];
        assert_eq!(file_names(&pages, "", &BTreeSet::new()), ["\u{e9}.yaml", "\u{e9}-b2.yaml"]);
    }
}
