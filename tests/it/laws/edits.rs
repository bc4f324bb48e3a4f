//! Edits of manifests: what people state, change, clear and stop stating.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::sample::Index;
use slugline::model::{Field, Value};
use slugline::sandbox::{LocaleKey, Site};

use super::reading::{self, Values};
use super::sites::{Card, Leaf, Spot, card, leaf, spot, text};
use super::slug_table::{SlugEdit, SlugTable, slug_edit};

/// What the manifests state, by page id and locale. Open Graph text comes with its flag.
pub(crate) type Stated = BTreeMap<(String, LocaleKey), Values>;

#[derive(Debug, Clone)]
pub(crate) enum Edit {
    Leaf(Spot, Leaf, Wish),
    Card(Spot, Card, CardWish),
    /// The field is no longer managed.
    Forget(Spot, Index),
    Slugs(SlugEdit),
    /// The slug of a folder beside the page, which no list shows.
    SlugOfFolder(Spot, Index),
}

#[derive(Debug, Clone)]
pub(crate) enum Wish {
    Text(String),
    AsItReads,
    AsThePrimaryReads,
}

#[derive(Debug, Clone)]
pub(crate) enum CardWish {
    Text(Wish),
    Copied,
    NotCopied,
}

fn wish(text: impl Strategy<Value = String>) -> impl Strategy<Value = Wish> {
    prop_oneof![
        5 => text.prop_map(Wish::Text),
        1 => Just(Wish::Text(String::new())),
        2 => Just(Wish::AsItReads),
        2 => Just(Wish::AsThePrimaryReads),
    ]
}

fn edit_with(text: impl Strategy<Value = String> + Clone) -> impl Strategy<Value = Edit> {
    let card_wish = prop_oneof![
        3 => wish(text.clone()).prop_map(CardWish::Text),
        2 => Just(CardWish::Copied),
        1 => Just(CardWish::NotCopied),
    ];
    prop_oneof![
        6 => (spot(), leaf(), wish(text)).prop_map(|(spot, leaf, wish)| Edit::Leaf(spot, leaf, wish)),
        6 => (spot(), card(), card_wish).prop_map(|(spot, card, wish)| Edit::Card(spot, card, wish)),
        2 => (spot(), any::<Index>()).prop_map(|(spot, field)| Edit::Forget(spot, field)),
        3 => slug_edit().prop_map(Edit::Slugs),
    ]
}

/// Edits that a willing server carries out in full.
pub(crate) fn edits() -> impl Strategy<Value = Vec<Edit>> {
    proptest::collection::vec(edit_with(text().boxed()), 0..25)
}

/// Edits among which are some that a server may refuse or bend.
pub(crate) fn bold_edits() -> impl Strategy<Value = Vec<Edit>> {
    let padded = Just(" padded\u{a0}".to_owned());
    let text = prop_oneof![3 => text(), 1 => padded];
    let edit = prop_oneof![
        9 => edit_with(text.boxed()),
        1 => (spot(), any::<Index>()).prop_map(|(spot, folder)| Edit::SlugOfFolder(spot, folder)),
    ];
    proptest::collection::vec(edit, 1..25)
}

/// Returns what is stated after the edits.
pub(crate) fn apply(site: &Site, mut stated: Stated, edits: &[Edit]) -> Stated {
    let mut slugs = SlugTable::new(site);
    for edit in edits {
        match edit {
            Edit::Leaf(spot, leaf, wish) => {
                let (page, key) = spot.on(site);
                let field = leaf.field();
                put(site, &mut stated, page, &key, &[(field, wish.value(site, page, &key, field))]);
            }
            Edit::Card(spot, card, wish) => {
                let (page, key) = spot.on(site);
                put_card(site, &mut stated, page, &key, *card, wish);
            }
            Edit::Forget(spot, field) => {
                let (page, key) = spot.on(site);
                if let Some(values) = stated.get_mut(&(site.pages[page].id.clone(), key)) {
                    forget(values, *field.get(&Field::ALL));
                }
            }
            Edit::Slugs(edit) => slugs.edit(edit),
            Edit::SlugOfFolder(spot, folder) => {
                let (page, key) = spot.on(site);
                let beside = site.folders.iter().filter(|folder| folder.parent == site.pages[page].folder);
                let beside: Vec<_> = beside.collect();
                if reading::has_free_slug(&site.pages[page]) && !beside.is_empty() {
                    let slug = folder.get(&beside).slug.as_str();
                    put(site, &mut stated, page, &key, &[(Field::Slug, slug.into())]);
                }
            }
        }
    }
    for (page, key, slug) in slugs.stated(site) {
        put(site, &mut stated, page, &key, &[(Field::Slug, slug.into())]);
    }
    stated
}

/// States values, unless the page is a branch, which is none of the program's business.
fn put(site: &Site, stated: &mut Stated, page: usize, key: &LocaleKey, values: &[(Field, Value)]) {
    if site.pages[page].branch.is_none() {
        let id = site.pages[page].id.clone();
        stated.entry((id, key.clone())).or_default().extend(values.iter().cloned());
    }
}

fn put_card(site: &Site, stated: &mut Stated, page: usize, key: &LocaleKey, card: Card, wish: &CardWish) {
    let (text, flag) = card.fields();
    if let Some(values) = stated.get_mut(&(site.pages[page].id.clone(), key.clone())) {
        values.remove(&text);
    }
    match wish {
        CardWish::Text(wish) => {
            let value = wish.value(site, page, key, text);
            put(site, stated, page, key, &[(text, value), (flag, false.into())]);
        }
        CardWish::Copied => put(site, stated, page, key, &[(flag, true.into())]),
        CardWish::NotCopied => put(site, stated, page, key, &[(flag, false.into())]),
    }
}

/// Text cannot be stated without its flag, so the two are forgotten together.
fn forget(values: &mut Values, field: Field) {
    values.remove(&field);
    if let Some(text) = field.flagged_text() {
        values.remove(&text);
    }
    if let Some(flag) = field.copied_flag() {
        values.remove(&flag);
    }
}

impl Wish {
    fn value(&self, site: &Site, page: usize, key: &LocaleKey, field: Field) -> Value {
        match self {
            Self::Text(text) => Value::Text(text.clone()),
            Self::AsItReads => reading::reads(site, &site.pages[page], key, field),
            Self::AsThePrimaryReads => reading::reads(site, &site.pages[page], &LocaleKey::Primary, field),
        }
    }
}

impl Leaf {
    fn field(self) -> Field {
        match self {
            Self::Title => Field::Title,
            Self::SeoTitle => Field::SeoTitle,
            Self::SeoDescription => Field::SeoDescription,
        }
    }
}

impl Card {
    fn fields(self) -> (Field, Field) {
        match self {
            Self::Title => (Field::OpenGraphTitle, Field::OpenGraphTitleCopied),
            Self::Description => (Field::OpenGraphDescription, Field::OpenGraphDescriptionCopied),
        }
    }
}
