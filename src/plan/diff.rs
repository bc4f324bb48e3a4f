//! Field by field: which managed fields differ from the site, which of them are written, and which need to be pinned.
//!
//! Must not know what is sent for them; see `body`.

use std::collections::{BTreeMap, BTreeSet};

use fast_glob::glob_match;

use super::class::Sides;
use super::{Change, Class, Inputs, Policy, Redirect, Risk, codes, guard};
use crate::diagnostic::Diagnostic;
use crate::model::{
    Address, Base, DesiredPage, Field, Live, LivePage, Locale, LocaleTag, NamedBy, PageId, PagePath, Stated, Value,
};

/// The pages and locales to plan for; everything where nothing is chosen.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Selection {
    /// Globs over page paths, and ids; any may match.
    pub pages: Vec<String>,
    /// Locales, as the site spells them.
    pub locales: BTreeSet<LocaleTag>,
}

impl Selection {
    /// Returns whether a page is selected.
    pub fn has_page(&self, id: &PageId, path: &PagePath) -> bool {
        self.pages.is_empty() || self.pages.iter().any(|name| name == id.as_str() || glob_match(name, path.as_str()))
    }

    /// Returns whether a locale is selected.
    pub fn has_locale(&self, locale: &LocaleTag) -> bool {
        self.locales.is_empty() || self.locales.contains(locale)
    }
}

/// Returns how many of the managed page-locales are selected.
pub(super) fn selected(inputs: Inputs<'_>) -> usize {
    let Inputs { desired, base: _, live: _, policy } = inputs;
    let pages = desired.pages.iter().filter(|(id, page)| policy.selection.has_page(id, &page.path));
    let locales = pages.flat_map(|(_, page)| page.locales.keys());
    locales.filter(|locale| policy.selection.has_locale(locale)).count()
}

/// The managed fields that read otherwise than wanted, by path, locale in the site's order, and field.
#[derive(Debug, Default)]
pub(super) struct Differences {
    /// Those that are written.
    pub(super) written: Vec<Change>,
    /// Those that somebody has changed on the site, and that stay as they are there.
    pub(super) kept: Vec<Change>,
}

/// Returns the fields that differ.
pub(super) fn differences(inputs: Inputs<'_>, diagnostics: &mut Vec<Diagnostic>) -> Differences {
    let Inputs { desired, base, live, policy } = inputs;
    let mut pages: Vec<(&PageId, &DesiredPage)> =
        desired.pages.iter().filter(|(id, page)| policy.selection.has_page(id, &page.path)).collect();
    pages.sort_by(|a, b| (&a.1.path, a.0).cmp(&(&b.1.path, b.0)));

    let mut all = Differences::default();
    for (id, wanted) in pages {
        let Some(page) = live.pages.get(id) else { continue };
        let Differences { written, kept } = PageDiff { live, page, wanted, base, policy }.differences(diagnostics);
        all.written.extend(written);
        all.kept.extend(kept);
    }
    mark_reused(&mut all.written);
    all
}

/// Marks the old addresses that another page moves to: a redirect from one would hide the page that lives there then.
fn mark_reused(changes: &mut [Change]) {
    let redirects = changes.iter().flat_map(|change| &change.redirects);
    let taken: BTreeSet<PagePath> = redirects.map(|redirect| redirect.to.clone()).collect();
    for redirect in changes.iter_mut().flat_map(|change| &mut change.redirects) {
        redirect.is_reused = taken.contains(&redirect.from);
    }
}

/// One page on all sides.
struct PageDiff<'a> {
    live: &'a Live,
    page: &'a LivePage,
    wanted: &'a DesiredPage,
    base: Option<&'a Base>,
    policy: &'a Policy,
}

impl PageDiff<'_> {
    fn differences(&self, diagnostics: &mut Vec<Diagnostic>) -> Differences {
        let mut of_page = self.in_locale(&self.live.site.primary, diagnostics);
        // What is not written moves nothing.
        let pins = self.pins(&of_page.written);
        for locale in &self.live.site.secondary {
            let Differences { mut written, kept } = self.in_locale(locale, diagnostics);
            written.extend(pins.iter().filter(|pin| pin.address.locale == locale.tag).cloned());
            written.sort_by_key(|change| change.field);
            of_page.written.extend(written);
            of_page.kept.extend(kept);
        }
        self.complete(&mut of_page.written);
        of_page
    }

    fn in_locale(&self, locale: &Locale, diagnostics: &mut Vec<Diagnostic>) -> Differences {
        let wanted = self.wanted.locales.get(&locale.tag).filter(|_| self.policy.selection.has_locale(&locale.tag));
        let live = self.page.locales.get(&locale.tag).map(|values| &values.metadata);
        let (Some(desired), Some(live)) = (wanted, live) else { return Differences::default() };
        let sides = Sides { page: &self.page.id, locale: &locale.tag, base: self.base, desired, live };
        let differing = desired.fields.iter().filter(|(field, stated)| live.effective(**field) != stated.value);
        let changes = differing
            .filter(|(field, stated)| self.can_change(locale, **field, stated, diagnostics))
            .map(|(field, stated)| self.change(locale, *field, stated, sides.class(*field)));
        let (written, kept) = changes.partition(|change| self.policy.writes(change.class));
        Differences { written, kept }
    }

    /// Returns the managed fields of secondary locales that read as wanted only because the primary reads the same,
    /// while it is about to change.
    ///
    /// The API does not tell an inherited value from one of the same text, so equal is taken as inherited.
    fn pins(&self, primary_changes: &[Change]) -> Vec<Change> {
        let mut pins = Vec::new();
        for change in primary_changes {
            for locale in &self.live.site.secondary {
                let stated = self.wanted.locales.get(&locale.tag).and_then(|wanted| wanted.fields.get(&change.field));
                let (Some(stated), true) = (stated, self.inherits(locale, change.field)) else { continue };
                if stated.value == change.before {
                    pins.push(self.change(locale, change.field, stated, Class::Pinned));
                }
            }
        }
        pins
    }

    fn inherits(&self, locale: &Locale, field: Field) -> bool {
        let primary = self.live.primary_metadata(&self.page.id);
        let secondary = self.live.metadata(&self.page.id, &locale.tag);
        primary
            .zip(secondary)
            .is_some_and(|(primary, secondary)| primary.effective(field) == secondary.effective(field))
    }

    fn change(&self, locale: &Locale, field: Field, stated: &Stated, class: Class) -> Change {
        let metadata = self.live.metadata(&self.page.id, &locale.tag);
        let before = metadata.map(|metadata| metadata.effective(field));
        let mut change = Change {
            address: Address { page: self.page.id.clone(), locale: locale.tag.clone() },
            path: self.wanted.path.clone(),
            field,
            class,
            base: self.base(locale, field),
            before: before.unwrap_or_else(|| Value::unset(field.kind())),
            after: stated.value.clone(),
            source: stated.location.clone(),
            risks: BTreeSet::new(),
            followers: Vec::new(),
            redirects: Vec::new(),
        };
        if !locale.enabled && !self.live.site.is_primary(&locale.tag) {
            change.risks.insert(Risk::LocaleOff);
        }
        change
    }

    /// Returns what the base says of a field.
    fn base(&self, locale: &Locale, field: Field) -> Option<Value> {
        self.base?.value(&self.page.id, &locale.tag, field)
    }

    /// Completes the changes of the page, now that all of them are known: what moves along, and what that risks.
    fn complete(&self, changes: &mut [Change]) {
        let texts: BTreeSet<(LocaleTag, Field)> = changes
            .iter()
            .filter(|change| change.after.as_text().is_some_and(|text| !text.is_empty()))
            .map(|change| (change.address.locale.clone(), change.field))
            .collect();
        let written: BTreeSet<(LocaleTag, Field)> =
            changes.iter().map(|change| (change.address.locale.clone(), change.field)).collect();
        for change in changes {
            if self.live.site.is_primary(&change.address.locale) {
                change.followers = self.followers(change.field, &written);
            }
            if change.field == Field::Slug && change.class != Class::Pinned {
                change.redirects = self.redirects(change);
            }
            change.risks.extend(guard::risks(change));
            if self.leaves_nothing(change, &texts) {
                change.risks.insert(Risk::Blanking);
            }
        }
    }

    /// Returns the secondary locales that read as the primary does and are not written: they inherit, as far as the API
    /// lets one tell.
    fn followers(&self, field: Field, written: &BTreeSet<(LocaleTag, Field)>) -> Vec<LocaleTag> {
        let secondary = self.live.site.secondary.iter().filter(|locale| self.inherits(locale, field));
        let tags = secondary.map(|locale| locale.tag.clone());
        tags.filter(|tag| !written.contains(&(tag.clone(), field))).collect()
    }

    /// Returns whether a change stops copying an Open Graph text that has nothing of its own to show.
    fn leaves_nothing(&self, change: &Change, texts: &BTreeSet<(LocaleTag, Field)>) -> bool {
        let copied = match change.field {
            Field::OpenGraphTitleCopied => Field::SeoTitle,
            Field::OpenGraphDescriptionCopied => Field::SeoDescription,
            Field::Title | Field::Slug | Field::SeoTitle | Field::SeoDescription => return false,
            Field::OpenGraphTitle | Field::OpenGraphDescription => return false,
        };
        let locale = &change.address.locale;
        let had_text = self.live.metadata(&self.page.id, locale).is_some_and(|live| !live.text(copied).is_empty());
        let has_text = change.field.flagged_text().is_some_and(|text| texts.contains(&(locale.clone(), text)));
        change.class != Class::Pinned && change.after == Value::Flag(false) && had_text && !has_text
    }

    /// Returns the published addresses that a new slug moves.
    fn redirects(&self, change: &Change) -> Vec<Redirect> {
        let slug = change.after.as_text().unwrap_or_default();
        let locales = std::iter::once(&change.address.locale).chain(&change.followers);
        let redirects = locales.filter_map(|locale| {
            let from = self.page.published_path(locale)?.clone();
            let to = from.with_slug(slug);
            (from != to).then(|| Redirect { locale: locale.clone(), from, to, is_reused: false })
        });
        redirects.collect()
    }

    /// Returns whether the server would take the change; else says why not.
    fn can_change(&self, locale: &Locale, field: Field, stated: &Stated, diagnostics: &mut Vec<Diagnostic>) -> bool {
        if field != Field::Slug {
            return true;
        }
        let refusal = if self.page.kind.ignores_slug() {
            Some(ignored_slug(self.page, locale, stated))
        } else if self.wanted.named_by == NamedBy::Path && self.live.site.is_primary(&locale.tag) {
            Some(nameless_slug(self.page, self.wanted, stated))
        } else if stated.value.is_empty() {
            Some(empty_slug(stated))
        } else {
            stated.value.as_text().filter(|slug| !is_one_segment(slug)).map(|slug| no_segment(slug, stated))
        };
        let can_change = refusal.is_none();
        diagnostics.extend(refusal);
        can_change
    }
}

fn ignored_slug(page: &LivePage, locale: &Locale, stated: &Stated) -> Diagnostic {
    let message = format!("the slug of a {} cannot be set; the server would ignore it", page.kind.describe());
    let help = match page.slug(&locale.tag) {
        "" => "remove the `slug` key".to_owned(),
        slug => format!("remove the `slug` key, or write `{slug}` as it is"),
    };
    Diagnostic::error(codes::IGNORED_SLUG, message).at(stated.location.clone()).help(help)
}

fn nameless_slug(page: &LivePage, wanted: &DesiredPage, stated: &Stated) -> Diagnostic {
    let message =
        format!("a page named by its path alone cannot change its slug; `{}` would name nothing then", wanted.path);
    let help = format!("name the page by its id as well: `id: {}`", page.id);
    Diagnostic::error(codes::SLUG_WITHOUT_ID, message).at(stated.location.clone()).help(help)
}

/// Returns whether a text can be a segment of a path at all. What else the server wants of a slug is not documented.
fn is_one_segment(slug: &str) -> bool {
    !slug.contains(|character: char| character.is_whitespace() || character.is_control() || "/?#".contains(character))
}

fn no_segment(slug: &str, stated: &Stated) -> Diagnostic {
    let words = slug.split(|character: char| !character.is_alphanumeric() && character != '-' && character != '_');
    let words: Vec<String> = words.filter(|word| !word.is_empty()).map(str::to_lowercase).collect();
    let diagnostic = Diagnostic::error(codes::INVALID_SLUG, format!("`{slug}` cannot be part of an address"));
    diagnostic.at(stated.location.clone()).help(format!("write it in one piece, such as `{}`", words.join("-")))
}

fn empty_slug(stated: &Stated) -> Diagnostic {
    Diagnostic::error(codes::EMPTY_SLUG, "a slug cannot be empty")
        .at(stated.location.clone())
        .help("write the slug, or remove the key to leave it as it is")
}

/// Groups changes by page and locale, keeping their order within it.
pub(super) fn by_address(changes: &[Change]) -> BTreeMap<&Address, Vec<&Change>> {
    let mut groups: BTreeMap<&Address, Vec<&Change>> = BTreeMap::new();
    for change in changes {
        groups.entry(&change.address).or_default().push(change);
    }
    groups
}
