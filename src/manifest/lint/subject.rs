//! From manifests to what is linted: each text as it will read, and as it was.
//!
//! The site and an earlier commit are known at times; without them, the manifests alone have to do.

use std::collections::{BTreeMap, BTreeSet};

use super::super::defaults::fill::{Defaults, Place};
use super::super::lower::{self, keys_in_order, stated_fields};
use super::super::project::MAX_REQUIRED;
use super::super::read::{PageDocument, ProjectDocument};
use super::tags::Tags;
use crate::lint::subject::{Before, Locales, Origin, Page, PageLocale, PageName, Standing, Subject, Text, Touched};
use crate::model::{
    Desired, DesiredLocale, DesiredPage, Field, Kind, Live, LivePage, LocaleTag, PageId, PageKind, PagePath, Stated,
    Value,
};
use crate::source::Location;

/// What is known of the pages.
#[derive(Debug, Clone, Copy, Default)]
pub struct Known<'a> {
    /// The manifests.
    pub documents: &'a [PageDocument],
    /// The project file.
    pub project: Option<&'a ProjectDocument>,
    /// The site, and what the manifests want of it.
    pub site: Option<(&'a Desired, &'a Live)>,
    /// The project as it was at an earlier commit.
    pub earlier: Option<AsItWas<'a>>,
}

/// The files of an earlier commit.
#[derive(Debug, Clone, Copy)]
pub struct AsItWas<'a> {
    /// The manifests.
    pub documents: &'a [PageDocument],
    /// The project file.
    pub project: Option<&'a ProjectDocument>,
}

/// Returns what is linted.
pub fn subject(known: Known<'_>) -> Subject {
    let tags = Tags::of(&known);
    let required = known.project.map(|project| &project.manifest.locales.required[..]).unwrap_or_default();
    let defaults = known.project.map(|project| Defaults::of(project).0).unwrap_or_default();
    let earlier = known.earlier.map(Earlier::of);
    let builder = Builder { tags: &tags, known: &known, earlier, pages: pages(&known), defaults };
    let pages = known.documents.iter().map(|document| builder.page(document)).collect();
    Subject {
        locales: Locales {
            required: required.iter().take(MAX_REQUIRED).filter_map(|key| tags.tag(key)).collect(),
            subdirectories: tags.subdirectories(),
            is_site_known: known.site.is_some(),
            primary: tags.primary,
        },
        pages,
    }
}

/// Returns what each document says, locale by locale, with what its project says in its stead; no site is asked.
pub(in crate::manifest) fn locales(known: Known<'_>, tags: &Tags<'_>) -> Vec<BTreeMap<LocaleTag, DesiredLocale>> {
    let defaults = known.project.map(|project| Defaults::of(project).0).unwrap_or_default();
    let builder = Builder { tags, known: &known, earlier: None, pages: BTreeMap::new(), defaults };
    let locales = |document: &PageDocument| {
        let mut locales: BTreeMap<LocaleTag, DesiredLocale> = BTreeMap::new();
        for (key, location) in keys_in_order(document) {
            let Some(tag) = tags.tag(key) else { continue };
            let fields = builder.fields(document, key, &tag, None, &builder.defaults).into_iter();
            let fields = fields.map(|(field, (stated, _))| (field, stated)).collect();
            locales.entry(tag).or_insert(DesiredLocale { location, fields });
        }
        locales
    };
    known.documents.iter().map(locales).collect()
}

/// The manifests of an earlier commit, by what names their pages.
pub(in crate::manifest) struct Earlier<'a> {
    by_id: BTreeMap<&'a str, &'a PageDocument>,
    by_path: BTreeMap<&'a str, &'a PageDocument>,
    defaults: Defaults,
}

impl<'a> Earlier<'a> {
    pub(in crate::manifest) fn of(known: AsItWas<'a>) -> Self {
        let AsItWas { documents, project } = known;
        let ids = documents.iter().filter_map(|document| Some((document.manifest.id.as_ref()?.as_str(), document)));
        let paths = documents.iter().filter_map(|document| Some((document.manifest.path.as_ref()?.as_str(), document)));
        let defaults = project.map(|project| Defaults::of(project).0).unwrap_or_default();
        Self { by_id: ids.collect(), by_path: paths.collect(), defaults }
    }

    /// Returns what described the same page: by its id if both have one, else by its path.
    pub(in crate::manifest) fn document(&self, document: &PageDocument) -> Option<&'a PageDocument> {
        let id = document.manifest.id.as_ref().map(|id| id.as_str());
        let by_id = id.and_then(|id| self.by_id.get(id)).copied();
        by_id.or_else(|| {
            let same_path = *self.by_path.get(document.manifest.path.as_ref()?.as_str())?;
            (id.is_none() || same_path.manifest.id.is_none()).then_some(same_path)
        })
    }
}

/// Returns the pages that the documents mean, by where these begin.
fn pages<'a>(known: &Known<'a>) -> BTreeMap<&'a Location, (&'a DesiredPage, &'a LivePage)> {
    let Some((desired, live)) = known.site else { return BTreeMap::new() };
    let found = |(id, page): (&'a PageId, &'a DesiredPage)| Some((&page.location, (page, live.pages.get(id)?)));
    desired.pages.iter().filter_map(found).collect()
}

struct Builder<'a> {
    tags: &'a Tags<'a>,
    known: &'a Known<'a>,
    earlier: Option<Earlier<'a>>,
    pages: BTreeMap<&'a Location, (&'a DesiredPage, &'a LivePage)>,
    defaults: Defaults,
}

/// What a manifest states, by locale and field.
type Statements = BTreeMap<LocaleTag, BTreeMap<Field, Value>>;

impl Builder<'_> {
    fn page(&self, document: &PageDocument) -> Page {
        let found = self.pages.get(&document.location);
        let earlier = self
            .earlier
            .as_ref()
            .map(|earlier| earlier.document(document).map(|it| self.statements(it, &earlier.defaults)));
        let mut locales: BTreeMap<LocaleTag, PageLocale> = BTreeMap::new();
        for (key, at) in keys_in_order(document) {
            let Some(tag) = self.tags.tag(key).filter(|tag| !locales.contains_key(tag)) else { continue };
            let mut texts = BTreeMap::new();
            for (field, (stated, origin)) in self.fields(document, key, &tag, found, &self.defaults) {
                if let Value::Text(value) = stated.value {
                    let before = self.before(&earlier, found.map(|(_, live)| *live), &tag, field);
                    texts.insert(field, Text { value, location: stated.location, origin, before });
                }
            }
            locales.insert(tag, PageLocale { location: Some(at), texts });
        }
        if let Some((_, page)) = found {
            self.add_live(page, document, &mut locales);
        }
        let PageName { id, path } = document.name();
        let known_path = found.map(|(desired, _)| desired.path.clone()).filter(|path| !path.as_str().starts_with("/…"));
        Page {
            name: PageName { id, path: path.or(known_path) },
            location: document.location.clone(),
            standing: found.map_or(Standing::Public, |(_, page)| standing(page)),
            locales,
            touched: earlier.map(|earlier| match earlier {
                None => Touched::New,
                Some(earlier) => Touched::Fields(difference(&earlier, &self.statements(document, &self.defaults))),
            }),
        }
    }

    /// Returns what a page says in a locale, and whether it does so itself.
    fn fields(
        &self,
        document: &PageDocument,
        key: &str,
        tag: &LocaleTag,
        found: Option<&(&DesiredPage, &LivePage)>,
        defaults: &Defaults,
    ) -> BTreeMap<Field, (Stated, Origin)> {
        let own = stated_fields(document, key, &document.manifest.locales[key]);
        let text = |field: Field| match (own.get(&field), self.known.site.zip(found.copied())) {
            (Some(stated), _) => stated.value.as_text(),
            (None, Some(((_, live), (_, page)))) => lower::will_read(document, page, &live.site, tag, field),
            // A locale without a name of its own has that of the primary.
            (None, None) => self.primary_text(document, field),
        };
        let stated = document.manifest.path.as_ref().map(|path| PagePath::from(path.as_str()));
        let path = match self.known.site.zip(found.copied()) {
            Some(((_, live), (desired, page))) => lower::path_to_be(document, page, &live.site, &desired.path),
            None => stated,
        };
        let path = path.as_ref().map(PagePath::as_str);
        let place = Place {
            path,
            locale: tag,
            is_primary: *tag == self.tags.primary,
            title: text(Field::Title),
            slug: text(Field::Slug).or_else(|| path.and_then(|path| path.rsplit('/').next())),
        };
        let defaults = defaults.fields(place, &own);
        let own = own.into_iter().map(|(field, stated)| (field, (stated, Origin::Stated)));
        own.chain(defaults.into_iter().map(|(field, stated)| (field, (stated, Origin::Template)))).collect()
    }

    fn primary_text<'d>(&self, document: &'d PageDocument, field: Field) -> Option<&'d str> {
        let mut locales = document.manifest.locales.iter();
        let (_, values) = locales.find(|(key, _)| self.tags.tag(key).as_ref() == Some(&self.tags.primary))?;
        lower::text(values, field)
    }

    /// Returns what the files alone say of a page, by itself or by default.
    fn statements(&self, document: &PageDocument, defaults: &Defaults) -> Statements {
        let keys = document.manifest.locales.keys();
        let stated = keys.filter_map(|key| {
            let tag = self.tags.tag(key)?;
            let fields = self.fields(document, key, &tag, None, defaults).into_iter();
            let values = fields.map(|(field, (stated, _))| (field, stated.value)).collect();
            Some((tag, values))
        });
        stated.collect()
    }

    /// Returns what a text was: at the earlier commit if there is one, else on the site.
    fn before(
        &self,
        earlier: &Option<Option<Statements>>,
        page: Option<&LivePage>,
        tag: &LocaleTag,
        field: Field,
    ) -> Before {
        match (earlier, page) {
            (Some(earlier), _) => {
                let value = earlier.as_ref().and_then(|earlier| earlier.get(tag)?.get(&field));
                value.and_then(Value::as_text).map_or(Before::Absent, |value| Before::Was(value.to_owned()))
            }
            // Nobody has a link to what was never published.
            (None, Some(page)) if field == Field::Slug && page.published_path(tag).is_none() => Before::Unknown,
            (None, Some(page)) => page.locales.get(tag).map_or(Before::Absent, |live| {
                Before::OnSite(live.metadata.effective(field).as_text().unwrap_or_default().to_owned())
            }),
            (None, None) => Before::Unknown,
        }
    }

    /// Adds what the site has and the manifest leaves as it is.
    fn add_live(&self, page: &LivePage, document: &PageDocument, locales: &mut BTreeMap<LocaleTag, PageLocale>) {
        let primary = page.locales.get(&self.tags.primary).map(|live| &live.metadata);
        for (tag, live) in &page.locales {
            let is_primary = *tag == self.tags.primary;
            let values = locales.entry(tag.clone()).or_insert(PageLocale { location: None, texts: BTreeMap::new() });
            let location = values.location.clone().unwrap_or_else(|| document.location.clone());
            for field in Field::ALL.into_iter().filter(|field| field.kind() == Kind::Text) {
                let value = live.metadata.effective(field);
                // What equals the primary's is taken as inherited, as everywhere.
                let is_inherited = !is_primary && primary.is_some_and(|primary| primary.effective(field) == value);
                if let (Value::Text(value), false) = (value, is_inherited) {
                    let before = Before::OnSite(value.clone());
                    let text = Text { value, location: location.clone(), origin: Origin::Live, before };
                    values.texts.entry(field).or_insert(text);
                }
            }
        }
        debug_assert!(self.known.site.is_some());
    }
}

fn standing(page: &LivePage) -> Standing {
    match page.kind {
        _ if page.draft || page.archived => Standing::Hidden,
        PageKind::Utility => Standing::Utility,
        PageKind::Static | PageKind::Home | PageKind::Template => Standing::Public,
    }
}

/// Returns the places at which two manifests of a page do not state the same.
fn difference(earlier: &Statements, now: &Statements) -> BTreeSet<(LocaleTag, Field)> {
    let places = |statements: &Statements| -> BTreeSet<(LocaleTag, Field)> {
        let locales = statements.iter();
        locales.flat_map(|(tag, fields)| fields.keys().map(|field| (tag.clone(), *field))).collect()
    };
    let value = |statements: &Statements, (tag, field): &(LocaleTag, Field)| {
        statements.get(tag).and_then(|fields| fields.get(field)).cloned()
    };
    let all = places(earlier).into_iter().chain(places(now));
    all.filter(|place| value(earlier, place) != value(now, place)).collect()
}
