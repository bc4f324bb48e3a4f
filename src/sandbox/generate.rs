//! Large sites with the lengths, scripts and gaps of real ones.
//!
//! A function of the shape: the same seed gives the same site, byte by byte.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::dice::Dice;
use super::document::{
    Domain, Folder, Identity, Locale, LocaleKey, Locales, Metadata, OpenGraph, Page, PageKind, Seo, Site, Token,
};
use super::file::object_id;
use super::switches::Switches;
use super::words::{LANGUAGES, Language};

/// How large a generated site is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// As many as the list returns: branches, templates and utility pages are among them, folders are not.
    pub pages: usize,
    /// The primary one counts; a site of one locale is without localization.
    pub locales: usize,
    pub seed: u64,
}

/// Every how many pages there is one more of a special sort; small sites have the first of each.
const PERIOD: usize = 50;

/// Pages a folder holds on average.
const PAGES_PER_FOLDER: usize = 12;

/// Makes a site up.
pub fn generate(shape: Shape) -> Site {
    let mut dice = Dice(shape.seed);
    let languages: Vec<&Language> =
        (0..shape.locales.max(1)).map(|index| &LANGUAGES[index % LANGUAGES.len()]).collect();
    let locales = (shape.locales > 1).then(|| locales(shape, &languages));
    let folders = folders(shape, &mut dice);
    let mut writer = Writer { shape, languages, dice, taken: BTreeSet::new(), folders };
    let mut pages = Vec::with_capacity(shape.pages);
    for index in 0..shape.pages {
        let page = writer.page(index, &pages);
        pages.push(page);
    }
    let last = pages.iter().map(Page::updated).max();
    Site {
        identity: identity(shape, last),
        tokens: vec![Token {
            token: format!("sandbox-{}", object_id(&format!("token {}", shape.seed))),
            scopes: Token::all_scopes(),
            rate_limit: 120,
        }],
        locales,
        localized_slugs: true,
        switches: Switches::default(),
        folders: writer.folders,
        pages,
    }
}

fn identity(shape: Shape, last: Option<Timestamp>) -> Identity {
    let id = |what: &str| object_id(&format!("{what} {}", shape.seed));
    Identity {
        id: id("site"),
        display_name: format!("Generated Site {}", shape.seed),
        short_name: format!("generated-site-{}", shape.seed),
        time_zone: "Europe/Berlin".to_owned(),
        created_on: created(0),
        last_updated: last,
        last_published: last,
        custom_domains: vec![Domain { id: id("domain"), url: "www.example.com".to_owned(), last_published: last }],
    }
}

fn locales(shape: Shape, languages: &[&Language]) -> Locales {
    let mut locales = languages.iter().enumerate().map(|(index, language)| {
        let tag = tag(index, language);
        Locale {
            id: object_id(&format!("locale {tag} {}", shape.seed)),
            cms_locale_id: object_id(&format!("cms locale {tag} {}", shape.seed)),
            display_name: language.name.to_owned(),
            subdirectory: Some(if index == 0 { String::new() } else { subdirectory(index, language, &tag) }),
            // The last of many is being prepared and not yet shown.
            enabled: index < 4 || index + 1 < languages.len(),
            tag,
        }
    });
    let primary = locales.next().expect("there is at least one locale");
    Locales { primary, secondary: locales.collect() }
}

/// Returns a tag; beyond the known ones, the language with a made-up region.
fn tag(index: usize, language: &Language) -> String {
    match index / LANGUAGES.len() {
        0 => language.tag.to_owned(),
        round => format!("{}-{:03}", &language.tag[..2], 100 + round),
    }
}

/// As in life it cannot be told from the tag: some are the language only.
fn subdirectory(index: usize, language: &Language, tag: &str) -> String {
    if index < LANGUAGES.len() && index % 2 == 1 { language.tag[..2].to_owned() } else { tag.to_lowercase() }
}

fn folders(shape: Shape, dice: &mut Dice) -> Vec<Folder> {
    let mut folders: Vec<Folder> = Vec::new();
    for index in 0..shape.pages / PAGES_PER_FOLDER {
        // Every third is inside an earlier one, which makes chains of several.
        let parent = (index % 3 == 2).then(|| folders[dice.below(folders.len())].id.clone());
        let word = dice.pick(&LANGUAGES[0].words());
        folders.push(Folder {
            id: object_id(&format!("folder {index} {}", shape.seed)),
            parent,
            slug: format!("{word}-{index}"),
            title: Some(capitalized(word)),
        });
    }
    folders
}

/// Makes up one page after the other.
struct Writer<'a> {
    shape: Shape,
    languages: Vec<&'a Language>,
    dice: Dice,
    taken: BTreeSet<(LocaleKey, String)>,
    folders: Vec<Folder>,
}

impl Writer<'_> {
    fn page(&mut self, index: usize, earlier: &[Page]) -> Page {
        let id = object_id(&format!("page {index} {}", self.shape.seed));
        let created_on = created(index);
        let last_updated = Some(created_on.saturating_add(self.some_time()).unwrap_or(created_on));
        // The branch of a page repeats it under an id of its own.
        if index % PERIOD == 11 {
            let branch = Some(object_id(&format!("branch {index} {}", self.shape.seed)));
            return Page { id, branch, created_on, last_updated, ..earlier[index - 10].clone() };
        }
        let kind = kind(index);
        let in_folder = kind == PageKind::Static && !self.folders.is_empty() && index % 3 != 1;
        let folder = in_folder.then(|| self.folders[self.dice.below(self.folders.len())].id.clone());
        let values = self.values(index, kind);
        Page {
            id,
            kind,
            folder,
            draft: index % (PERIOD / 2) == 7,
            archived: index % PERIOD == 9,
            branch: None,
            created_on,
            last_updated,
            published: None,
            published_paths: BTreeMap::new(),
            values,
        }
    }

    fn values(&mut self, index: usize, kind: PageKind) -> BTreeMap<LocaleKey, Metadata> {
        let mut values = BTreeMap::from([(LocaleKey::Primary, self.primary(index, kind))]);
        for position in 1..self.languages.len() {
            let language = self.languages[position];
            let key = LocaleKey::Secondary(tag(position, language));
            let own = self.secondary(index, kind, &key, language);
            if own != Metadata::default() {
                values.insert(key, own);
            }
        }
        values
    }

    fn primary(&mut self, index: usize, kind: PageKind) -> Metadata {
        let language = self.languages[0];
        let (title, slug) = match kind {
            PageKind::Home => ("Home".to_owned(), None),
            PageKind::Utility => utility(index),
            PageKind::Template => {
                let word = self.dice.pick(&language.words());
                (format!("{} Template", capitalized(word)), Some(format!("detail_{word}-{index}")))
            }
            PageKind::Static => {
                let title = self.text(language, 8, 40);
                let slug = self.free_slug(&LocaleKey::Primary, &title, index);
                (title, Some(slug))
            }
        };
        let seo = match kind {
            PageKind::Template => bindings(index),
            PageKind::Static | PageKind::Home | PageKind::Utility => Seo {
                title: self.sometimes(90, |writer| writer.text(language, 18, 80)),
                description: self.sometimes(75, |writer| writer.text(language, 60, 210)),
                ..Seo::default()
            },
        };
        let mut own =
            Metadata { title: Some(title), slug, seo, open_graph: self.open_graph(language, 30), last_updated: None };
        self.add_undocumented(&mut own, index, "");
        own
    }

    /// A third is not translated at all; the others have what someone found time for.
    fn secondary(&mut self, index: usize, kind: PageKind, key: &LocaleKey, language: &Language) -> Metadata {
        if self.dice.percent(33) || kind == PageKind::Template {
            return Metadata::default();
        }
        let title = self.sometimes(85, |writer| writer.text(language, 6, 36));
        let slug = match &title {
            Some(title) if kind == PageKind::Static && self.dice.percent(50) => Some(self.free_slug(key, title, index)),
            Some(_) | None => None,
        };
        let seo = Seo {
            title: self.sometimes(70, |writer| writer.text(language, 14, 70)),
            description: self.sometimes(50, |writer| writer.text(language, 50, 180)),
            ..Seo::default()
        };
        let mut own = Metadata { title, slug, seo, open_graph: self.open_graph(language, 12), last_updated: None };
        if own != Metadata::default() && index.is_multiple_of(4) {
            self.add_undocumented(&mut own, index, language.tag);
        }
        own
    }

    /// Gives a page what the API reference does not describe: a share image to every second one, by one of its leaves or
    /// by both, and another leaf to some. No dice, so that everything else stays as it is.
    fn add_undocumented(&self, own: &mut Metadata, index: usize, tag: &str) {
        let id = object_id(&format!("share image {index} {tag} {}", self.shape.seed));
        let url = ("imageUrl".to_owned(), json!(format!("https://cdn.example.com/{id}_share.png")));
        let asset = ("imageAssetId".to_owned(), json!(id));
        let leaves = &mut own.open_graph.undocumented;
        match index % 6 {
            // Another value in each locale: a value that equals the primary locale's counts as inherited.
            0 => leaves.extend([url, asset, ("imageName".to_owned(), json!(format!("share-{index}-{tag}.png")))]),
            2 => leaves.extend([url]),
            4 => leaves.extend([asset]),
            _ => {}
        }
        if index % 5 == 1 {
            own.seo.undocumented.insert("robots".to_owned(), json!(format!("max-snippet:{index} {tag}")));
        }
    }

    /// Returns Open Graph text of its own in so many of a hundred cases.
    fn open_graph(&mut self, language: &Language, percent: u64) -> OpenGraph {
        let title = self.sometimes(percent, |writer| writer.text(language, 16, 90));
        let description = self.sometimes(percent, |writer| writer.text(language, 50, 200));
        OpenGraph {
            title_copied: title.is_some().then_some(false),
            title,
            description_copied: description.is_some().then_some(false),
            description,
            ..OpenGraph::default()
        }
    }

    /// Returns up to a year and a bit.
    fn some_time(&mut self) -> SignedDuration {
        SignedDuration::from_hours(i64::try_from(self.dice.below(24 * 400)).unwrap_or(0))
    }

    fn sometimes(&mut self, percent: u64, make: impl FnOnce(&mut Self) -> String) -> Option<String> {
        self.dice.percent(percent).then(|| make(self))
    }

    /// Returns words up to a length between two bounds, with the marks that people write.
    fn text(&mut self, language: &Language, least: usize, most: usize) -> String {
        // A word of an ideographic script says as much as two or three of an alphabet.
        let share = if language.space.is_empty() { 2 } else { 1 };
        let length = (least + self.dice.below(most - least)) / share;
        let words = language.words();
        let mut text = capitalized(self.dice.pick(&words));
        while text.chars().count() < length {
            let mark = match self.dice.below(24) {
                0 => ",",
                1 => " &",
                2 => " –",
                3 => " |",
                4 => ":",
                _ => "",
            };
            text.push_str(mark);
            text.push_str(if mark.is_empty() { language.space } else { " " });
            text.push_str(self.dice.pick(&words));
        }
        match self.dice.below(30) {
            0 => text.push_str(" \"2.0\""),
            1 => text.push_str(" 🚀"),
            2 => text.push_str("’s"),
            3 => text.push_str(" <beta>"),
            _ => {}
        }
        text
    }

    /// Returns a slug that no page of the locale has, in whatever folder.
    fn free_slug(&mut self, key: &LocaleKey, title: &str, index: usize) -> String {
        let plain = |character: char| {
            if character.is_alphanumeric() { character } else { ' ' }
        };
        let text: String = title.to_lowercase().chars().map(plain).collect();
        let slug = text.split_whitespace().take(4).collect::<Vec<_>>().join("-");
        // The number also keeps it apart from folders and from slugs that a locale inherits.
        let slug = if self.taken.contains(&(key.clone(), slug.clone())) || !slug.contains('-') {
            format!("{slug}-{index}")
        } else {
            slug
        };
        self.taken.insert((key.clone(), slug.clone()));
        slug
    }
}

fn kind(index: usize) -> PageKind {
    match (index, index % PERIOD) {
        (0, _) => PageKind::Home,
        (2 | 3, _) => PageKind::Utility,
        (_, 5) => PageKind::Template,
        (_, _) => PageKind::Static,
    }
}

fn utility(index: usize) -> (String, Option<String>) {
    let (title, slug) = if index == 2 { ("404", "404") } else { ("Password", "401") };
    (title.to_owned(), Some(slug.to_owned()))
}

/// Templates say which field of an item goes where, in one of two spellings.
fn bindings(index: usize) -> Seo {
    let title = if index == 5 {
        r#"{{wf {"path":"name","type":"PlainText"} }} | Generated"#
    } else {
        r"{{wf {&quot;path&quot;:&quot;name&quot;,&quot;type&quot;:&quot;PlainText&quot;\} }}"
    };
    let description = r#"{{wf {"path":"summary","type":"PlainText"} }}"#;
    Seo { title: Some(title.to_owned()), description: Some(description.to_owned()), ..Seo::default() }
}

fn created(index: usize) -> Timestamp {
    let first: Timestamp = "2023-01-09T08:30:00Z".parse().expect("a constant in RFC 3339");
    let minutes = i64::try_from(index).unwrap_or(i64::MAX).saturating_mul(97);
    first.saturating_add(SignedDuration::from_mins(minutes.min(100_000_000))).unwrap_or(first)
}

fn capitalized(word: &str) -> String {
    let mut characters = word.chars();
    characters.next().map(|first| first.to_uppercase().chain(characters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(pages: usize, locales: usize, seed: u64) -> Shape {
        Shape { pages, locales, seed }
    }

    #[test]
    fn the_seed_decides() {
        let text = |seed| generate(shape(60, 5, seed)).to_json();
        assert_eq!(text(1), text(1));
        assert_ne!(text(1), text(2));
    }

    #[test]
    fn every_count_gives_a_valid_site_of_that_size() {
        for pages in (1..30).chain([100, 333]) {
            for locales in [1, 2, 3, 16, 40] {
                let site = generate(shape(pages, locales, pages as u64));
                assert_eq!(site.pages.len(), pages);
                assert_eq!(site.locale_keys().len(), locales);
                let read = Site::from_json(&site.to_json()).expect("a generated site is valid");
                assert_eq!(read, site);
            }
        }
    }

    #[test]
    fn a_large_site_has_some_of_everything() {
        let site = generate(shape(200, 4, 7));
        let count = |test: fn(&&Page) -> bool| site.pages.iter().filter(test).count();
        assert_eq!(count(|page| page.kind == PageKind::Home && page.branch.is_none()), 1);
        assert!(count(|page| page.kind == PageKind::Template) > 1);
        assert!(count(|page| page.kind == PageKind::Utility) > 0);
        assert!(count(|page| page.draft) > 1);
        assert!(count(|page| page.archived) > 1);
        assert!(count(|page| page.branch.is_some()) > 1);
        assert!(count(|page| page.folder.is_some()) > 50);
        assert!(count(|page| page.values.len() == 1) > 1);
        assert!(site.folders.iter().any(|folder| folder.parent.is_some()));
    }

    #[test]
    fn paths_are_unique_in_every_locale() {
        let site = generate(shape(300, 6, 3));
        for key in site.locale_keys() {
            let pages: Vec<&Page> = site.pages.iter().filter(|page| page.branch.is_none()).collect();
            let paths: BTreeSet<String> = pages.iter().map(|page| site.staged_path(page, &key)).collect();
            assert_eq!(paths.len(), pages.len(), "{key:?}");
        }
    }
}
