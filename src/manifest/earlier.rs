//! The manifests of an earlier commit beside those at hand: what they wanted of the same pages.
//!
//! Files may have come, gone and moved in between; a page is known by its id, or else by its path. Pure.

use std::collections::{BTreeMap, BTreeSet};

use super::lint::subject::{AsItWas, Earlier, Known, locales};
use super::lint::tags::Tags;
use super::lower::{self, Terms};
use super::read::{PageDocument, ProjectDocument};
use super::value::ObjectId;
use crate::diagnostic::Diagnostic;
use crate::model::{Base, Desired, DesiredLocale, DesiredPage, Live, LocaleTag, NamedBy, PageId, PagePath, Site};
use crate::source::Location;

/// The files of a commit, or of the work tree.
#[derive(Debug, Clone, Copy)]
pub struct Files<'a> {
    /// The manifests.
    pub pages: &'a [PageDocument],
    /// The project file.
    pub project: Option<&'a ProjectDocument>,
}

impl<'a> Files<'a> {
    fn known(self) -> Known<'a> {
        Known { documents: self.pages, project: self.project, ..Known::default() }
    }
}

/// Gives the ids of manifests to the earlier ones of the same pages that have none: a page that has moved since is not at
/// its earlier path any more.
pub fn adopt_ids(earlier: &mut [PageDocument], now: &[PageDocument]) {
    let known = Earlier::of(AsItWas { documents: earlier, project: None });
    let adopted = now.iter().filter_map(|document| {
        let before = known.document(document).filter(|before| before.manifest.id.is_none())?;
        Some((before.location.clone(), document.manifest.id.clone()?))
    });
    let adopted: BTreeMap<Location, ObjectId> = adopted.collect();
    for document in earlier {
        if let Some(id) = adopted.get(&document.location) {
            document.manifest.id = Some(id.clone());
        }
    }
}

/// Returns what earlier manifests want of the site as it is now. What does not fit it any more is no problem: nobody can
/// mend it.
pub fn base(earlier: Files<'_>, live: &Live) -> Base {
    let terms = earlier.project.map(Terms::of).unwrap_or_default();
    let (desired, _) = lower::lower(earlier.pages, &terms, live);
    let paths: BTreeSet<PagePath> = live.pages.values().filter_map(|page| live.exact_path(page)).collect();
    let is_lost = |document: &&PageDocument| match (&document.manifest.id, &document.manifest.path) {
        (Some(id), _) => !live.pages.contains_key(&PageId::from(id.as_str())),
        (None, Some(path)) => !paths.contains(&PagePath::from(path.as_str())),
        (None, None) => false,
    };
    let lost: BTreeSet<String> = earlier.pages.iter().filter(is_lost).map(name).collect();
    Base { desired, lost: lost.into_iter().collect() }
}

/// Returns the locales that earlier manifests state and the site does not have now, by their keys: it has lost them, or
/// calls them otherwise.
pub fn lost_locales<'a>(earlier: Files<'a>, site: &Site) -> Vec<&'a str> {
    let keys: BTreeSet<&str> =
        earlier.pages.iter().flat_map(|page| page.manifest.locales.keys()).map(String::as_str).collect();
    keys.into_iter().filter(|key| site.locale(key).is_none()).collect()
}

/// What the manifests and the earlier ones want, without the site.
#[derive(Debug)]
pub struct WithoutSite {
    pub desired: Desired,
    pub base: Base,
    /// The primary locale, as far as that is known without the site.
    pub primary: LocaleTag,
    /// What is worth knowing of how the two were compared.
    pub remarks: Vec<Diagnostic>,
}

/// Returns what the manifests and the earlier ones want, without the site. Keys mean in both what they mean at hand.
pub fn without_site(now: Files<'_>, earlier: Files<'_>) -> WithoutSite {
    let as_it_was = AsItWas { documents: earlier.pages, project: earlier.project };
    let paired = Earlier::of(as_it_was);
    let both = Known { earlier: Some(as_it_was), ..now.known() };
    let tags = Tags::of(&both);
    let before = locales(earlier.known(), &tags);
    let before: BTreeMap<&Location, Locales> = earlier.pages.iter().map(|page| &page.location).zip(before).collect();
    let (mut desired, mut base) = (Desired::default(), Base::default());
    let mut gone: BTreeMap<&Location, &PageDocument> =
        earlier.pages.iter().map(|page| (&page.location, page)).collect();
    for (document, locales) in now.pages.iter().zip(locales(now.known(), &tags)) {
        let id = id_of(document);
        if let Some(earlier) = paired.document(document)
            && let Some(locales) = before.get(&earlier.location)
        {
            gone.remove(&earlier.location);
            base.desired.pages.insert(id.clone(), page(earlier, locales.clone()));
        }
        desired.pages.insert(id, page(document, locales));
    }
    for (location, document) in gone {
        let Some(locales) = before.get(location) else { continue };
        base.desired.pages.insert(id_of(document), page(document, locales.clone()));
    }
    WithoutSite { desired, base, remarks: unclear_primary(&tags).into_iter().collect(), primary: tags.primary }
}

/// Where nobody can tell whether `primary` is a locale that had another name, its texts read as new.
fn unclear_primary(tags: &Tags<'_>) -> Option<Diagnostic> {
    let at = tags.unclear.clone()?;
    let message = "whether `primary` is the same locale as one of another key in the base cannot be told";
    let help = "name it in slugline.yaml, such as `locales: {primary: en-US}`; until then its texts count as new";
    Some(Diagnostic::warning(lower::codes::PRIMARY_LOCALE, message).at(at).help(help))
}

/// What a document says, locale by locale.
type Locales = BTreeMap<LocaleTag, DesiredLocale>;

fn page(document: &PageDocument, locales: Locales) -> DesiredPage {
    DesiredPage {
        path: PagePath::from(name(document).as_str()),
        named_by: if document.manifest.id.is_some() { NamedBy::Id } else { NamedBy::Path },
        location: document.location.clone(),
        locales,
    }
}

/// Returns what stands for the id of a page; its path, where a manifest states no other.
fn id_of(document: &PageDocument) -> PageId {
    document.manifest.id.as_ref().map_or_else(|| PageId::from(name(document).as_str()), |id| PageId::from(id.as_str()))
}

/// Returns what a page is called without the site.
fn name(document: &PageDocument) -> String {
    let (id, path) = (&document.manifest.id, &document.manifest.path);
    let path = path.as_ref().map(|path| path.as_str().to_owned());
    path.or_else(|| id.as_ref().map(|id| format!("/…/{}", id.as_str()))).unwrap_or_default()
}
