//! From manifests to what is wanted of a site: which page each document means, and which locale each key.
//!
//! Needs the site for that, so it is the one part of `manifest` that knows the model. Pure.

mod names;

use std::collections::{BTreeMap, BTreeSet};

use self::names::Names;
use super::defaults::fill::{Defaults, Place};
use super::page::LocaleManifest;
use super::project::MAX_REQUIRED;
use super::read::{PageDocument, ProjectDocument};
use super::value::ObjectId;
use crate::diagnostic::{self, Code, Diagnostic};
use crate::model::{
    Desired, DesiredLocale, DesiredPage, Field, FolderId, Live, LivePage, LocaleTag, NamedBy, PageId, PagePath, Site,
    Stated, Value,
};
use crate::source::Location;
use crate::suggest;

/// A locale that every managed page must state, and where the project file says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequiredLocale {
    /// The tag, as written.
    pub key: String,
    /// Where it stands.
    pub location: Location,
}

/// What a project file says of all pages.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Terms {
    /// The locales that every managed page must state.
    pub required: Vec<RequiredLocale>,
    /// What pages say that say nothing themselves.
    pub defaults: Defaults,
}

impl Terms {
    /// Returns what a project file says.
    pub fn of(project: &ProjectDocument) -> Self {
        // What is wrong with the defaults was told when the file was read.
        Self { required: required_locales(project), defaults: Defaults::of(project).0 }
    }
}

/// Returns the locales that a project requires.
fn required_locales(project: &ProjectDocument) -> Vec<RequiredLocale> {
    let items = project.node(&["locales", "required"]).map_or(&[][..], |node| node.items());
    let stated = items.iter().take(MAX_REQUIRED).filter_map(|item| Some((item.text()?.to_owned(), item.span)));
    stated.map(|(key, span)| RequiredLocale { key, location: span.within(&project.location.file) }).collect()
}

/// Returns what is wrong if a project names another primary locale than the site has.
pub fn check_primary(project: &ProjectDocument, site: &Site) -> Option<Diagnostic> {
    let stated = project.manifest.locales.primary.as_deref()?;
    let is_primary = site.locale(stated).is_some_and(|locale| site.is_primary(&locale.tag));
    (!is_primary).then(|| {
        let primary = &site.primary.tag;
        Diagnostic::error(codes::PRIMARY_LOCALE, format!("the site's primary locale is {primary}, not `{stated}`"))
            .at(project.location_of(&["locales", "primary"]))
            .help(format!("write `primary: {primary}`, or remove the key"))
    })
}

/// The problems that only the site can tell, by their codes.
pub mod codes {
    use super::Code;

    /// The site has no such page.
    pub const UNKNOWN_PAGE: Code = Code::new("unknown-page");
    /// The site has several pages of that path.
    pub const AMBIGUOUS_PAGE: Code = Code::new("ambiguous-page");
    /// The page is not where the manifest says.
    pub const PATH_MOVED: Code = Code::new("path-moved");
    /// The site has no such locale.
    pub const UNKNOWN_LOCALE: Code = Code::new("unknown-locale");
    /// The site has another primary locale.
    pub const PRIMARY_LOCALE: Code = Code::new("primary-locale");
    /// The site does not list the page in the locale.
    pub const PAGE_NOT_IN_LOCALE: Code = Code::new("page-not-in-locale");
    /// A required locale is not stated.
    pub const MISSING_LOCALE: Code = Code::new("missing-locale");
    /// A text of the page cannot be used.
    pub const DAMAGED_TEXT: Code = Code::new("damaged-text");
    /// Two documents mean one page.
    pub const DUPLICATE_PAGE: Code = Code::new("duplicate-page");
    /// Two keys mean one locale.
    pub const DUPLICATE_LOCALE: Code = Code::new("duplicate-locale");
}

/// Returns the folders that must be read before paths can be matched: those of pages whose slug is the last segment of
/// a path that stands without an id of the site, and those of pages that only have an id where a default asks for paths.
pub fn folders_needed(documents: &[PageDocument], terms: &Terms, live: &Live) -> BTreeSet<FolderId> {
    // A page whose id is wrong is named by its path in the message that says so.
    let is_known = |id: &ObjectId| live.pages.contains_key(&PageId::from(id.as_str()));
    let unnamed = documents.iter().filter(|document| !document.manifest.id.as_ref().is_some_and(is_known));
    let paths = unnamed.filter_map(|document| document.manifest.path.as_ref());
    let paths: Vec<PagePath> = paths.map(|path| PagePath::from(path.as_str())).collect();
    let slugs: BTreeSet<&str> = paths.iter().filter(|path| path.is_nested()).map(PagePath::slug).collect();
    let primary = &live.site.primary.tag;
    let candidates = live.pages.values().filter(|page| slugs.contains(page.slug(primary)));
    let pathless =
        documents.iter().filter(|document| document.manifest.path.is_none() && terms.defaults.ask_for_paths());
    let ids = pathless.filter_map(|document| document.manifest.id.as_ref());
    let pathless = ids.filter_map(|id| live.pages.get(&PageId::from(id.as_str())));
    candidates.chain(pathless).filter_map(|page| page.folder.clone()).collect()
}

/// Returns what the manifests want of the site, and everything in them that does not fit it.
pub fn lower(documents: &[PageDocument], terms: &Terms, live: &Live) -> (Desired, Vec<Diagnostic>) {
    let names = Names::of(live);
    let mut lowering = Lowering { live, required: Vec::new(), defaults: &terms.defaults, diagnostics: Vec::new() };
    lowering.resolve_required(&terms.required);
    lowering.check_defaults(&terms.defaults);
    let mut desired = Desired::default();
    let mut described: BTreeMap<PageId, &PageDocument> = BTreeMap::new();
    for document in documents {
        let (page, problem) = names.page(document);
        // What is wrong with a name that leads to a page nevertheless is that its path leads elsewhere.
        let stated_path = document.manifest.path.as_ref().filter(|_| problem.is_none());
        lowering.diagnostics.extend(problem);
        let Some(page) = page else { continue };
        let first = described.entry(page.id.clone()).or_insert(document);
        if !std::ptr::eq(*first, document) {
            lowering.diagnostics.push(twice(document, first, page));
            continue;
        }
        if page.is_damaged() {
            lowering.diagnostics.push(damaged(document, page));
            continue;
        }
        desired
            .pages
            .insert(page.id.clone(), lowering.desired_page(document, page, stated_path.map(|path| path.as_str())));
    }
    // While pages are missing, what they would match is not known.
    if !diagnostic::has_errors(&lowering.diagnostics) {
        let path = |(id, document): (&PageId, &&PageDocument)| {
            path_to_be(document, live.pages.get(id)?, &live.site, &desired.pages.get(id)?.path)
        };
        let paths: Vec<PagePath> = described.iter().filter_map(path).collect();
        lowering.diagnostics.extend(terms.defaults.idle(&paths));
    }
    (desired, lowering.diagnostics)
}

fn twice(document: &PageDocument, first: &PageDocument, page: &LivePage) -> Diagnostic {
    Diagnostic::error(codes::DUPLICATE_PAGE, format!("this page is described twice (page {})", page.id))
        .at(document.location.clone())
        .also(first.location.clone(), "first described here")
        .help("merge the two documents into one")
}

fn damaged(document: &PageDocument, page: &LivePage) -> Diagnostic {
    let message = format!("the page {} is left out: its text cannot be read: {}", page.id, page.damaged_fields());
    Diagnostic::warning(codes::DAMAGED_TEXT, message)
        .at(document.location.clone())
        .help("the text on the site is not valid or holds the API token; enter it again in the Designer")
}

struct Lowering<'a> {
    live: &'a Live,
    required: Vec<&'a LocaleTag>,
    defaults: &'a Defaults,
    diagnostics: Vec<Diagnostic>,
}

impl<'a> Lowering<'a> {
    fn desired_page(&mut self, document: &PageDocument, page: &LivePage, path: Option<&str>) -> DesiredPage {
        let path = path.map_or_else(|| self.live.known_path(page), PagePath::from);
        let mut locales: BTreeMap<LocaleTag, DesiredLocale> = BTreeMap::new();
        for (key, at) in keys_in_order(document) {
            let values = &document.manifest.locales[key];
            let Some(locale) = self.live.site.locale(key) else {
                self.unknown_locale(key, at);
                continue;
            };
            if !page.locales.contains_key(&locale.tag) {
                let message = format!("the page is not listed in {}", locale.tag);
                let help = "remove the locale here, or try again if the locale was just added to the site";
                self.diagnostics.push(Diagnostic::error(codes::PAGE_NOT_IN_LOCALE, message).at(at).help(help));
                continue;
            }
            let mut fields = stated_fields(document, key, values);
            self.add_defaults(&mut fields, document, page, &locale.tag, &path);
            if let Some(first) = locales.get(&locale.tag) {
                let message = format!("the locale {} is stated twice", locale.tag);
                let diagnostic = Diagnostic::error(codes::DUPLICATE_LOCALE, message).at(at);
                let diagnostic = diagnostic.also(first.location.clone(), "first stated here");
                self.diagnostics.push(diagnostic.help("`primary` and the primary locale's tag are the same; keep one"));
                continue;
            }
            locales.insert(locale.tag.clone(), DesiredLocale { location: at, fields });
        }
        self.check_required(document, &locales);
        DesiredPage {
            path,
            named_by: if document.manifest.id.is_some() { NamedBy::Id } else { NamedBy::Path },
            location: document.location.clone(),
            locales,
        }
    }

    /// Adds what the project says where the page says nothing.
    fn add_defaults(
        &self,
        own: &mut BTreeMap<Field, Stated>,
        document: &PageDocument,
        page: &LivePage,
        tag: &LocaleTag,
        path: &PagePath,
    ) {
        let text = |field: Field| match own.get(&field) {
            Some(stated) => stated.value.as_text(),
            None => will_read(document, page, &self.live.site, tag, field),
        };
        let path = path_to_be(document, page, &self.live.site, path);
        let place = Place {
            path: path.as_ref().map(PagePath::as_str),
            locale: tag,
            is_primary: self.live.site.is_primary(tag),
            title: text(Field::Title),
            slug: text(Field::Slug),
        };
        let defaults = self.defaults.fields(place, own);
        own.extend(defaults);
    }

    fn unknown_locale(&mut self, key: &str, at: Location) {
        let help = locale_help(key, &self.live.site);
        let message = format!("the site has no locale `{key}`");
        self.diagnostics.push(Diagnostic::error(codes::UNKNOWN_LOCALE, message).at(at).help(help));
    }

    /// A required locale that the site lacks is told once, of the project file, and not of each page.
    fn resolve_required(&mut self, required: &'a [RequiredLocale]) {
        for RequiredLocale { key, location } in required {
            match self.live.site.locale(key) {
                Some(locale) => self.required.push(&locale.tag),
                None => self.unknown_locale(key, location.clone()),
            }
        }
    }

    /// A default for a locale that the site lacks would never say anything.
    fn check_defaults(&mut self, defaults: &Defaults) {
        for (key, location) in defaults.locales() {
            if self.live.site.locale(key).is_none() {
                self.unknown_locale(key, location.clone());
            }
        }
    }

    fn check_required(&mut self, document: &PageDocument, stated: &BTreeMap<LocaleTag, DesiredLocale>) {
        for tag in &self.required {
            if !stated.contains_key(*tag) {
                let message = format!("the page does not state the required locale {tag}");
                let diagnostic = Diagnostic::warning(codes::MISSING_LOCALE, message);
                let help = format!("add `{tag}:` under `locales`, or take it out of `required` in slugline.yaml");
                self.diagnostics.push(diagnostic.at(document.location.clone()).help(help));
            }
        }
    }
}

/// Returns the path that a page will have: with the slug that its document states. Nothing if its folder is not known.
pub(super) fn path_to_be(document: &PageDocument, page: &LivePage, site: &Site, path: &PagePath) -> Option<PagePath> {
    let slug =
        primary_values(document, site).and_then(|values| values.slug.as_deref()).filter(|_| !page.kind.ignores_slug());
    let is_known = !path.as_str().starts_with("/…");
    is_known.then(|| slug.map_or_else(|| path.clone(), |slug| path.with_slug(slug)))
}

/// Returns what a document states in the primary locale.
fn primary_values<'d>(document: &'d PageDocument, site: &Site) -> Option<&'d LocaleManifest> {
    let is_primary = |key: &str| site.locale(key).is_some_and(|locale| site.is_primary(&locale.tag));
    document.manifest.locales.iter().find(|(key, _)| is_primary(key)).map(|(_, values)| values)
}

/// Returns what a text that a page does not state in a locale will read there: as now, or as the primary states it if it
/// reads as that does now.
pub(super) fn will_read<'a>(
    document: &'a PageDocument,
    page: &'a LivePage,
    site: &Site,
    tag: &LocaleTag,
    field: Field,
) -> Option<&'a str> {
    let read = |tag: &LocaleTag| page.locales.get(tag).map(|live| live.metadata.text(field));
    let primary = &site.primary.tag;
    let values = primary_values(document, site);
    let follows = *tag != *primary && read(tag) == read(primary);
    values.and_then(|values| text(values, field)).filter(|_| follows).or_else(|| read(tag))
}

/// Returns the way out for a locale that the site does not have.
pub fn locale_help(key: &str, site: &Site) -> String {
    if !site.is_localized() {
        return "the site is not localized; write `primary`".to_owned();
    }
    let tags: Vec<&str> = site.locales().map(|locale| locale.tag.as_str()).collect();
    match suggest::nearest(key, tags.iter().copied()).or_else(|| same_language(key, &tags)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("the site has {}", tags.join(", ")),
    }
}

/// Returns the locale keys of a document and where they stand, from its top to its bottom.
pub(super) fn keys_in_order(document: &PageDocument) -> Vec<(&str, Location)> {
    let keys = document.manifest.locales.keys();
    let mut keys: Vec<(&str, Location)> =
        keys.map(|key| (key.as_str(), document.key_location_of(&["locales", key]))).collect();
    keys.sort_by(|a, b| a.1.cmp(&b.1));
    keys
}

/// Returns the tag of the same language, as `fr` or `fr-CA` means `fr-FR` most of the time.
fn same_language<'t>(key: &str, tags: &[&'t str]) -> Option<&'t str> {
    let language = |tag: &str| tag.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
    tags.iter().find(|tag| language(tag) == language(key)).copied()
}

/// Returns the fields that a locale of a document states. Open Graph text implies that it is not copied.
pub(super) fn stated_fields(document: &PageDocument, key: &str, values: &LocaleManifest) -> BTreeMap<Field, Stated> {
    let mut fields = BTreeMap::new();
    for field in Field::ALL {
        if let Some(value) = value(values, field) {
            let steps: Vec<&str> = ["locales", key].into_iter().chain(field.keys().iter().copied()).collect();
            let location = document.location_of(&steps);
            if let Some(flag) = field.copied_flag() {
                fields.insert(flag, Stated { value: Value::Flag(false), location: location.clone() });
            }
            fields.insert(field, Stated { value, location });
        }
    }
    fields
}

/// Returns what the values of a locale state of a field.
pub fn value(values: &LocaleManifest, field: Field) -> Option<Value> {
    match field {
        Field::OpenGraphTitleCopied => values.open_graph.title_copied.map(Value::Flag),
        Field::OpenGraphDescriptionCopied => values.open_graph.description_copied.map(Value::Flag),
        Field::Title | Field::Slug => text(values, field).map(Value::from),
        Field::SeoTitle | Field::SeoDescription => text(values, field).map(Value::from),
        Field::OpenGraphTitle | Field::OpenGraphDescription => text(values, field).map(Value::from),
    }
}

/// Returns the text that the values of a locale state of a field.
pub(super) fn text(values: &LocaleManifest, field: Field) -> Option<&str> {
    let LocaleManifest { title, slug, seo, open_graph } = values;
    match field {
        Field::Title => title.as_deref(),
        Field::Slug => slug.as_deref(),
        Field::SeoTitle => seo.title.as_deref(),
        Field::SeoDescription => seo.description.as_deref(),
        Field::OpenGraphTitle => open_graph.title.as_deref(),
        Field::OpenGraphDescription => open_graph.description.as_deref(),
        Field::OpenGraphTitleCopied | Field::OpenGraphDescriptionCopied => None,
    }
}

/// The other way round: returns values in the shape of a manifest.
pub fn raise(values: &BTreeMap<Field, Value>) -> LocaleManifest {
    let mut manifest = LocaleManifest::default();
    let LocaleManifest { title, slug, seo, open_graph } = &mut manifest;
    for (field, value) in values {
        let (text, flag) = (value.as_text().map(str::to_owned), value.as_flag());
        match field {
            Field::Title => *title = text,
            Field::Slug => *slug = text,
            Field::SeoTitle => seo.title = text,
            Field::SeoDescription => seo.description = text,
            Field::OpenGraphTitle => open_graph.title = text,
            Field::OpenGraphTitleCopied => open_graph.title_copied = flag,
            Field::OpenGraphDescription => open_graph.description = text,
            Field::OpenGraphDescriptionCopied => open_graph.description_copied = flag,
        }
    }
    manifest
}
