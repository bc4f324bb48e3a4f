//! A site and what is wanted of it, in a few lines each. Also for the fuzz targets, so it uses nothing of the other tests.

use std::collections::BTreeMap;
use std::sync::Arc;

use slugline::model::{
    Base, Desired, DesiredLocale, DesiredPage, Field, FolderId, Live, LiveLocale, LivePage, Locale, LocaleTag,
    Metadata, NamedBy, PageId, PageKind, PagePath, Site, Stated, Value,
};
use slugline::plan::{self, Inputs, Plan, Policy, Provenance};
use slugline::source::{ByteRange, Location};

/// A site and its manifests.
pub(crate) struct World {
    pub(crate) live: Live,
    pub(super) desired: Desired,
    pub(super) base: Option<Base>,
    pub(crate) policy: Policy,
}

pub(super) const LOCALES: [&str; 3] = ["en", "fr", "es"];

pub(crate) fn world() -> World {
    let locale = |tag: &str| Locale {
        id: Some(format!("id-{tag}").into()),
        tag: tag.into(),
        subdirectory: if tag == "en" { String::new() } else { tag.to_owned() },
        enabled: true,
    };
    let site = Site {
        id: "site".into(),
        name: "Site".to_owned(),
        primary: locale("en"),
        secondary: LOCALES[1..].iter().map(|tag| locale(tag)).collect(),
    };
    World {
        live: Live { site, pages: BTreeMap::new(), folders: BTreeMap::new() },
        desired: Desired::default(),
        base: None,
        policy: Policy::default(),
    }
}

fn location(line: u32) -> Location {
    Location { file: Arc::from("pages/x.yaml"), line, column: 1, bytes: ByteRange::default() }
}

impl World {
    /// Adds a published page of the site, its title and slug being its id. Secondary locales inherit everything.
    pub(crate) fn page(&mut self, id: &str) -> &mut Self {
        self.page_in(id, None)
    }

    pub(super) fn page_in(&mut self, id: &str, folder: Option<&str>) -> &mut Self {
        let mut metadata = Metadata::default();
        metadata.set(Field::Title, id.into());
        metadata.set(Field::Slug, id.into());
        let locales = LOCALES.map(|tag| {
            let prefix = if tag == "en" { String::new() } else { format!("/{tag}") };
            let published_path = Some(PagePath::from(format!("{prefix}/{id}")));
            (LocaleTag::from(tag), LiveLocale { metadata: metadata.clone(), published_path, ..LiveLocale::default() })
        });
        let page = LivePage {
            id: id.into(),
            folder: folder.map(FolderId::from),
            kind: PageKind::Static,
            draft: false,
            archived: false,
            locales: locales.into(),
        };
        self.live.pages.insert(id.into(), page);
        self
    }

    /// Sets what a page reads.
    pub(crate) fn reads(&mut self, page: &str, locale: &str, field: Field, value: impl Into<Value>) -> &mut Self {
        let page = self.live.pages.get_mut(&PageId::from(page)).unwrap();
        page.locales.get_mut(&LocaleTag::from(locale)).unwrap().metadata.set(field, value.into());
        self
    }

    /// Sets what a page reads in every locale.
    pub(crate) fn reads_everywhere(&mut self, page: &str, field: Field, value: impl Into<Value>) -> &mut Self {
        let value = value.into();
        for locale in LOCALES {
            self.reads(page, locale, field, value.clone());
        }
        self
    }

    /// States what a page shall read, as a manifest would.
    pub(crate) fn wants(&mut self, page: &str, locale: &str, field: Field, value: impl Into<Value>) -> &mut Self {
        state(&mut self.desired, page, locale, field, value.into());
        self
    }

    /// States what the manifest of the base wanted a page to read.
    pub(crate) fn wanted(&mut self, page: &str, locale: &str, field: Field, value: impl Into<Value>) -> &mut Self {
        state(&mut self.base.get_or_insert_default().desired, page, locale, field, value.into());
        self
    }

    /// Has drift written over.
    pub(crate) fn reverts_drift(&mut self) -> &mut Self {
        self.policy.on_drift = plan::OnDrift::Revert;
        self
    }

    pub(crate) fn plan(&self) -> Plan {
        let provenance = Provenance { environment: None, revision: None, requests: 0 };
        plan::plan(
            Inputs { desired: &self.desired, base: self.base.as_ref(), live: &self.live, policy: &self.policy },
            provenance,
        )
    }
}

fn state(desired: &mut Desired, page: &str, locale: &str, field: Field, value: Value) {
    let stated = |value: Value| Stated { value, location: location(1) };
    let page = desired.pages.entry(page.into()).or_insert_with(|| DesiredPage {
        path: PagePath::from(format!("/{page}")),
        named_by: NamedBy::Id,
        location: location(1),
        locales: BTreeMap::new(),
    });
    let locale = page
        .locales
        .entry(locale.into())
        .or_insert_with(|| DesiredLocale { location: location(2), fields: BTreeMap::new() });
    if let Some(flag) = field.copied_flag() {
        locale.fields.insert(flag, stated(false.into()));
    }
    locale.fields.insert(field, stated(value));
}
