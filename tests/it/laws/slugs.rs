//! Sites of slugs, and the order of their changes, by playing the operations on a map of who has which slug.
//!
//! Also for the fuzz targets, so it uses nothing of the other tests.

use std::collections::{BTreeMap, BTreeSet};

use slugline::model::{
    Desired, DesiredLocale, DesiredPage, Field, FolderId, Live, LiveLocale, LivePage, Locale, LocaleTag, Metadata,
    NamedBy, PageId, PageKind, PagePath, Site, Stated, Value,
};
use slugline::plan::{Inputs, Operation, Plan, Policy, Provenance, Purpose, plan};
use slugline::source::Span;

/// A site of slugs: for each page its folder and its slug in each locale; without one, a locale inherits.
#[derive(Debug, Clone)]
pub(crate) struct Slugs {
    locales: usize,
    pages: Vec<Page>,
}

#[derive(Debug, Clone)]
struct Page {
    folder: usize,
    slugs: Vec<Option<String>>,
    /// What the manifest states.
    wanted: Vec<Option<String>>,
}

/// A folder, a locale and a slug.
type Place = (usize, usize, String);

impl Slugs {
    /// Returns a site of these pages, each with its folder and whether it has a slug of its own in each secondary locale.
    /// No manifest states anything yet.
    pub(crate) fn new(locales: usize, pages: impl IntoIterator<Item = (usize, Vec<bool>)>) -> Self {
        let page = |(number, (folder, own)): (usize, (usize, Vec<bool>))| {
            let own = |locale: usize| locale == 0 || own[locale - 1];
            let slug = |locale: usize| own(locale).then(|| format!("s{number}-{locale}"));
            Page { folder, slugs: (0..locales).map(slug).collect(), wanted: vec![None; locales] }
        };
        Self { locales, pages: pages.into_iter().enumerate().map(page).collect() }
    }

    pub(crate) fn locales(&self) -> usize {
        self.locales
    }

    pub(crate) fn len(&self) -> usize {
        self.pages.len()
    }

    /// States a slug.
    pub(crate) fn state(&mut self, page: usize, locale: usize, slug: String) {
        self.pages[page].wanted[locale] = Some(slug);
    }

    /// States of each page in the folder of the first that it takes the slug of the next, and of the last that it takes
    /// `last`, or without one the slug of the first.
    pub(crate) fn rotate(&mut self, pages: &[usize], locale: usize, last: Option<String>) {
        let mut ring: Vec<usize> = Vec::new();
        for page in pages {
            if self.pages[*page].folder == self.pages[pages[0]].folder && !ring.contains(page) {
                ring.push(*page);
            }
        }
        let old: Vec<String> = ring.iter().map(|page| self.wanted(*page, locale)).collect();
        for (place, page) in ring.iter().enumerate() {
            let slug = old.get(place + 1).or(last.as_ref()).unwrap_or(&old[0]).clone();
            self.state(*page, locale, slug);
        }
    }

    /// Returns the slug that a page has.
    pub(crate) fn now(&self, page: usize, locale: usize) -> String {
        let slugs = &self.pages[page].slugs;
        slugs[locale].clone().or_else(|| slugs[0].clone()).unwrap()
    }

    /// Returns the slug that a page should have in the end, by what is stated here or, where it inherits, in the primary.
    pub(crate) fn wanted(&self, page: usize, locale: usize) -> String {
        let Page { slugs, wanted, folder: _ } = &self.pages[page];
        let chain = [&wanted[locale], &slugs[locale], &wanted[0], &slugs[0]];
        chain.into_iter().flatten().next().cloned().unwrap()
    }

    pub(crate) fn cells(&self) -> impl Iterator<Item = (usize, usize)> + use<> {
        let locales = self.locales;
        (0..self.pages.len()).flat_map(move |page| (0..locales).map(move |locale| (page, locale)))
    }

    pub(crate) fn has_clash(&self) -> bool {
        let mut seen = BTreeSet::new();
        !self.cells().all(|(page, locale)| seen.insert((self.pages[page].folder, locale, self.wanted(page, locale))))
    }

    /// Returns the slugs that move, and for each whom it must wait for: who has the slug that it takes.
    fn waits(&self) -> BTreeMap<(usize, usize), (usize, usize)> {
        let mut waits = BTreeMap::new();
        for (page, locale) in self.cells().filter(|cell| self.now(cell.0, cell.1) != self.wanted(cell.0, cell.1)) {
            let wanted = self.wanted(page, locale);
            let same_folder = |other: &usize| self.pages[*other].folder == self.pages[page].folder;
            let holder = (0..self.pages.len()).filter(same_folder).find(|other| self.now(*other, locale) == wanted);
            waits.extend(holder.map(|holder| ((page, locale), (holder, locale))));
        }
        waits
    }

    /// Returns the rings among the moves of one locale.
    pub(crate) fn rings(&self) -> usize {
        let waits = self.waits();
        let mut in_rings: BTreeSet<BTreeSet<(usize, usize)>> = BTreeSet::new();
        for start in waits.keys() {
            let mut walk = vec![*start];
            while let Some(next) = waits.get(walk.last().unwrap()) {
                if next == start {
                    in_rings.insert(walk.iter().copied().collect());
                    break;
                }
                if walk.contains(next) {
                    break;
                }
                walk.push(*next);
            }
        }
        in_rings.len()
    }

    pub(crate) fn plan(&self) -> Plan {
        let provenance = Provenance { environment: None, revision: None, requests: 0 };
        let policy = Policy::default();
        plan(Inputs { desired: &self.desired(), base: None, live: &self.live(), policy: &policy }, provenance)
    }

    fn live(&self) -> Live {
        let locale = |number: usize| Locale {
            id: Some(format!("id{number}").into()),
            tag: tag(number),
            subdirectory: String::new(),
            enabled: true,
        };
        let site = Site {
            id: "site".into(),
            name: "Site".to_owned(),
            primary: locale(0),
            secondary: (1..self.locales).map(locale).collect(),
        };
        let page = |number: usize| {
            let reads = |locale: usize| {
                let mut metadata = Metadata::default();
                metadata.set(Field::Slug, Value::Text(self.now(number, locale)));
                (tag(locale), LiveLocale { metadata, ..LiveLocale::default() })
            };
            let page = LivePage {
                id: id(number),
                folder: Some(FolderId::from(format!("folder{}", self.pages[number].folder))),
                kind: PageKind::Static,
                draft: false,
                archived: false,
                locales: (0..self.locales).map(reads).collect(),
            };
            (id(number), page)
        };
        Live { site, pages: (0..self.pages.len()).map(page).collect(), folders: BTreeMap::new() }
    }

    fn desired(&self) -> Desired {
        let location = Span::default().within(&"pages/all.yaml".into());
        let page = |number: usize| {
            let wanted = self.pages[number].wanted.iter().enumerate();
            let stated = wanted.filter_map(|(locale, slug)| Some((locale, slug.clone()?)));
            let locales = stated.map(|(locale, slug)| {
                let stated = Stated { value: Value::Text(slug), location: location.clone() };
                (tag(locale), DesiredLocale { location: location.clone(), fields: [(Field::Slug, stated)].into() })
            });
            let page = DesiredPage {
                path: PagePath::from(format!("/{number}")),
                named_by: NamedBy::Id,
                location: location.clone(),
                locales: locales.collect(),
            };
            (id(number), page)
        };
        Desired { pages: (0..self.pages.len()).map(page).collect() }
    }

    /// Carries out operations that may go side by side: none may take a slug that is still held when they start, and no
    /// two may take the same.
    fn play(&mut self, operations: &[&Operation]) {
        let held: BTreeMap<Place, usize> = self.places().into_iter().map(|(page, place)| (place, page)).collect();
        let mut taken: BTreeSet<Place> = BTreeSet::new();
        for operation in operations {
            let (page, locale) = self.cell(operation);
            let before = operation.precondition[&Field::Slug].as_text().unwrap();
            assert_eq!(before, self.now(page, locale), "the precondition holds: {operation:?}");
            let old: BTreeSet<Place> = self.places_of(page);
            self.pages[page].slugs[locale] = operation.body.fields[&Field::Slug].as_text().map(str::to_owned);
            for place in self.places_of(page).difference(&old) {
                let holder = held.get(place).filter(|holder| **holder != page);
                assert_eq!(holder, None, "{place:?} is held when {operation:?} starts");
                assert!(taken.insert(place.clone()), "{place:?} is taken twice at once");
            }
        }
    }

    /// Returns the page and the locale that an operation writes.
    fn cell(&self, operation: &Operation) -> (usize, usize) {
        let locale = (0..self.locales).find(|locale| tag(*locale) == operation.address.locale);
        (number(&operation.address.page), locale.unwrap())
    }

    /// Returns the writes that must go before the write of a cell: of a primary those of its secondary locales, and of
    /// those who have a slug that it takes, here or where the primary is followed.
    fn earlier(&self, (page, locale): (usize, usize), written: &BTreeSet<(usize, usize)>) -> Vec<(usize, usize)> {
        let mut earlier: Vec<(usize, usize)> = Vec::new();
        if locale == 0 {
            earlier.extend((1..self.locales).map(|locale| (page, locale)));
        }
        let follows =
            |other: &usize| self.pages[page].slugs[*other].is_none() && self.pages[page].wanted[*other].is_none();
        let locales = (0..self.locales).filter(|other| *other == locale || (locale == 0 && follows(other)));
        for locale in locales {
            let slug = self.wanted(page, locale);
            let others = (0..self.pages.len()).filter(|other| *other != page);
            let same_folder = others.filter(|other| self.pages[*other].folder == self.pages[page].folder);
            for holder in same_folder.filter(|other| self.now(*other, locale) == slug) {
                // A holder that is not written here itself moves with its primary.
                earlier.push(if written.contains(&(holder, locale)) { (holder, locale) } else { (holder, 0) });
            }
        }
        earlier.retain(|cell| written.contains(cell));
        earlier
    }

    /// Returns whether a write would have to come before itself, which only a temporary slug can solve.
    fn waits_for_itself(&self, start: (usize, usize)) -> bool {
        let is_written = |cell: &(usize, usize)| self.pages[cell.0].wanted[cell.1].is_some();
        let written: BTreeSet<(usize, usize)> = self.cells().filter(is_written).collect();
        let mut seen: BTreeSet<(usize, usize)> = BTreeSet::new();
        let mut open = self.earlier(start, &written);
        while let Some(cell) = open.pop() {
            if seen.insert(cell) {
                open.extend(self.earlier(cell, &written));
            }
        }
        seen.contains(&start)
    }

    /// Returns whether a primary waits for itself by way of other locales, some of which follow their primaries and some
    /// of which do not. Not all of those can be put in an order; a plan may say so.
    fn is_tangled(&self) -> bool {
        let waiting = |locale: usize| (0..self.pages.len()).any(|page| self.waits_for_itself((page, locale)));
        waiting(0) && (1..self.locales).any(waiting)
    }

    fn places_of(&self, page: usize) -> BTreeSet<Place> {
        (0..self.locales).map(|locale| (self.pages[page].folder, locale, self.now(page, locale))).collect()
    }

    fn places(&self) -> Vec<(usize, Place)> {
        (0..self.pages.len())
            .flat_map(|page| self.places_of(page).into_iter().map(move |place| (page, place)))
            .collect()
    }
}

fn tag(locale: usize) -> LocaleTag {
    LocaleTag::from(["en-US", "fr-FR", "de-DE"][locale])
}

fn id(page: usize) -> PageId {
    PageId::from(format!("page{page}"))
}

fn number(id: &PageId) -> usize {
    id.as_str().trim_start_matches("page").parse().unwrap()
}

/// Plays a plan level by level, and checks that each operation comes after those it needs.
fn play(slugs: &Slugs, plan: &Plan) -> Slugs {
    let mut played = slugs.clone();
    let levels: BTreeSet<u32> = plan.operations.iter().map(|operation| operation.level).collect();
    for level in levels {
        let operations: Vec<&Operation> = plan.operations.iter().filter(|operation| operation.level == level).collect();
        played.play(&operations);
    }
    for operation in &plan.operations {
        assert!(operation.needs.iter().all(|need| plan.operations[*need].level < operation.level), "{operation:?}");
    }
    assert!(plan.operations.is_sorted_by_key(|operation| operation.level));
    played
}

fn temporary(plan: &Plan) -> impl Iterator<Item = &Operation> {
    plan.operations.iter().filter(|operation| operation.purpose == Purpose::TemporarySlug)
}

/// Checks the plan of any moves: it is refused, or no slug is taken before it is free and every page gets its slug.
pub(crate) fn holds(slugs: &Slugs) {
    let plan = slugs.plan();
    if slugs.has_clash() {
        assert!(plan.is_invalid());
        return;
    }
    if plan.diagnostics.iter().any(|problem| problem.code.as_str() == "slug-order") {
        assert!(slugs.is_tangled());
        return;
    }
    assert!(plan.diagnostics.is_empty(), "{:#?}", plan.diagnostics);
    let played = play(slugs, &plan);
    for (page, locale) in slugs.cells() {
        assert_eq!(played.now(page, locale), slugs.wanted(page, locale));
    }
    let mut moved_away = BTreeSet::new();
    for operation in temporary(&plan) {
        assert!(slugs.waits_for_itself(slugs.cell(operation)), "{operation:?}");
        assert!(moved_away.insert(slugs.cell(operation)), "a second temporary slug for {:?}", operation.address);
    }
    if slugs.locales == 1 {
        holds_in_one_locale(slugs, &plan);
    }
}

/// Where no locale inherits from another, each ring costs one more write and nothing else does.
fn holds_in_one_locale(slugs: &Slugs, plan: &Plan) {
    assert_eq!(temporary(plan).count(), slugs.rings());
    let moving = slugs.cells().filter(|cell| slugs.now(cell.0, cell.1) != slugs.wanted(cell.0, cell.1));
    assert_eq!(plan.operations.len(), moving.count() + slugs.rings());
}
