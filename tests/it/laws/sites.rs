//! Sites to try the laws on: generated ones, with values of every sort put in here and there.

use std::fmt;

use proptest::prelude::*;
use proptest::sample::{Index, select};
use slugline::sandbox::{
    Copied, CopiedText, InheritedReads, LocaleKey, Merge, Metadata, Normalize, OpenGraph, Shape, ShareImage, Site,
    SlugTaken, Switches, Updated, generate,
};

/// A leaf that can hold any text; slugs have rules of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Leaf {
    Title,
    SeoTitle,
    SeoDescription,
}

/// One of the two Open Graph pairs of a text and its flag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Card {
    Title,
    Description,
}

/// A page and a locale of whatever site.
#[derive(Debug, Clone)]
pub(crate) struct Spot {
    pub(crate) page: Index,
    pub(crate) locale: Index,
}

/// Something about a site that generated ones seldom have.
#[derive(Debug, Clone)]
enum Twist {
    Leaf(Spot, Leaf, Own),
    Card(Spot, Card, OwnCard),
    Draft(Index),
}

/// What a leaf has of its own.
#[derive(Debug, Clone)]
enum Own {
    Text(String),
    Inherited,
    CopyOfPrimary,
}

#[derive(Debug, Clone)]
enum OwnCard {
    Text(String),
    Copied,
    /// Not copied, and without text.
    Bare,
    Inherited,
    CopyOfPrimary,
}

pub(crate) fn spot() -> impl Strategy<Value = Spot> {
    (any::<Index>(), any::<Index>()).prop_map(|(page, locale)| Spot { page, locale })
}

pub(crate) fn leaf() -> impl Strategy<Value = Leaf> {
    select(vec![Leaf::Title, Leaf::SeoTitle, Leaf::SeoDescription])
}

pub(crate) fn card() -> impl Strategy<Value = Card> {
    select(vec![Card::Title, Card::Description])
}

/// Few texts, so that equal ones meet; among them what YAML, HTML and CMS bindings make hard.
pub(crate) fn text() -> impl Strategy<Value = String> {
    let texts = [
        "A",
        "B",
        "C",
        "no",
        "404",
        "null",
        "# not a comment",
        "two\nlines",
        "{{wf {\"path\":\"name\"} }}",
        "a: b, [c]",
        "\"quoted\" 'twice' \\",
        "Über uns – 🚀",
        "שלום \u{202e}abc",
        "<b>&amp;</b>",
    ];
    select(texts.map(str::to_owned).to_vec())
}

fn twist() -> impl Strategy<Value = Twist> {
    let own = prop_oneof![
        3 => text().prop_map(Own::Text),
        1 => Just(Own::Text(String::new())),
        2 => Just(Own::Inherited),
        2 => Just(Own::CopyOfPrimary),
    ];
    let own_card = prop_oneof![
        3 => text().prop_map(OwnCard::Text),
        1 => Just(OwnCard::Text(String::new())),
        2 => Just(OwnCard::Copied),
        1 => Just(OwnCard::Bare),
        2 => Just(OwnCard::Inherited),
        2 => Just(OwnCard::CopyOfPrimary),
    ];
    prop_oneof![
        6 => (spot(), leaf(), own).prop_map(|(spot, leaf, own)| Twist::Leaf(spot, leaf, own)),
        6 => (spot(), card(), own_card).prop_map(|(spot, card, own)| Twist::Card(spot, card, own)),
        1 => any::<Index>().prop_map(Twist::Draft),
    ]
}

/// A site that shows itself on one line, as the document that makes it again.
#[derive(Clone)]
pub(crate) struct Shown(pub(crate) Site);

impl fmt::Debug for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&serde_json::to_string(&self.0).map_err(|_| fmt::Error)?)
    }
}

/// Returns sites of up to so many pages, all switches at their defaults.
pub(crate) fn site(most_pages: usize) -> impl Strategy<Value = Shown> {
    // On a small site many edits meet; a large one has folders, branches and templates.
    let pages = prop_oneof![1..=most_pages.min(5), 1..=most_pages];
    let shape = (pages, 1..=4_usize, 0..1_000_u64);
    (shape, proptest::collection::vec(twist(), 0..30)).prop_map(|((pages, locales, seed), twists)| {
        let mut site = generate(Shape { pages, locales, seed });
        twists.iter().for_each(|twist| apply(&mut site, twist));
        let text = site.to_json();
        Shown(Site::from_json(&text).expect("a twisted site is still a document"))
    })
}

/// Returns the switches with which every plan can be carried out in full. The bulk endpoint is not used.
pub(crate) fn willing_switches() -> impl Strategy<Value = Switches> {
    let first = (select(Merge::ALL), select(InheritedReads::ALL), select(Copied::ALL), select(CopiedText::ALL));
    let second = (select(SlugTaken::ALL), select(Normalize::ALL), select(Updated::ALL), select(ShareImage::ALL));
    (first, second).prop_map(
        |((merge, inherited_reads, copied, copied_text), (slug_taken, normalize, updated, share_image))| Switches {
            merge,
            inherited_reads,
            copied,
            copied_text,
            slug_taken,
            normalize,
            updated,
            share_image,
            ..Switches::default()
        },
    )
}

impl Spot {
    /// Returns what is here on a site: the place of the page, and the locale.
    pub(crate) fn on(&self, site: &Site) -> (usize, LocaleKey) {
        let keys = site.locale_keys();
        (self.page.index(site.pages.len()), self.locale.get(&keys).clone())
    }
}

fn apply(site: &mut Site, twist: &Twist) {
    match twist {
        Twist::Draft(page) => {
            let index = page.index(site.pages.len());
            let page = &mut site.pages[index];
            page.draft = !page.draft;
        }
        Twist::Leaf(spot, leaf, own) => {
            let (page, key) = spot.on(site);
            let values = &mut site.pages[page].values;
            let primary = leaf.of(&mut values.entry(LocaleKey::Primary).or_default().clone()).clone();
            let value = match own {
                Own::Text(text) => Some(text.clone()),
                Own::Inherited => None,
                Own::CopyOfPrimary => primary,
            };
            // The document wants a name for every page.
            if value.is_some() || !(*leaf == Leaf::Title && key == LocaleKey::Primary) {
                *leaf.of(values.entry(key).or_default()) = value;
            }
        }
        Twist::Card(spot, card, own) => {
            let (page, key) = spot.on(site);
            let values = &mut site.pages[page].values;
            let primary = values.entry(LocaleKey::Primary).or_default().open_graph.clone();
            let (text, flag) = match own {
                OwnCard::Text(text) => (Some(text.clone()), Some(false)),
                OwnCard::Copied => (None, Some(true)),
                OwnCard::Bare => (None, Some(false)),
                OwnCard::Inherited => (None, None),
                OwnCard::CopyOfPrimary => card.get(&primary),
            };
            card.set(&mut values.entry(key).or_default().open_graph, text, flag);
        }
    }
}

impl Leaf {
    fn of(self, values: &mut Metadata) -> &mut Option<String> {
        match self {
            Self::Title => &mut values.title,
            Self::SeoTitle => &mut values.seo.title,
            Self::SeoDescription => &mut values.seo.description,
        }
    }
}

impl Card {
    fn get(self, open_graph: &OpenGraph) -> (Option<String>, Option<bool>) {
        match self {
            Self::Title => (open_graph.title.clone(), open_graph.title_copied),
            Self::Description => (open_graph.description.clone(), open_graph.description_copied),
        }
    }

    fn set(self, open_graph: &mut OpenGraph, text: Option<String>, flag: Option<bool>) {
        match self {
            Self::Title => (open_graph.title, open_graph.title_copied) = (text, flag),
            Self::Description => (open_graph.description, open_graph.description_copied) = (text, flag),
        }
    }
}
