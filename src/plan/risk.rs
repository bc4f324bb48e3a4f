//! What a reviewer should look at twice in a change. Every risk of a plan is decided here.
//!
//! Must not know how many of them are too many; that is `guard`'s business.

use std::collections::BTreeSet;

use super::{Change, Class, Risk};
use crate::model::{Address, Field, Live, Value};

/// Marks what is written to a site.
pub(super) fn mark_written(changes: &mut [Change], live: &Live) {
    let texts = changes.iter().filter(|change| change.after.as_text().is_some_and(|text| !text.is_empty()));
    let texts: BTreeSet<(&Address, Field)> = texts.map(|change| (&change.address, change.field)).collect();
    let risks = changes.iter().map(|change| {
        let mut risks = of_values(change);
        risks.extend(of_locale(change, live));
        if leaves_nothing(change, &texts, live) {
            risks.insert(Risk::Blanking);
        }
        risks
    });
    let risks: Vec<BTreeSet<Risk>> = risks.collect();
    for (change, risks) in changes.iter_mut().zip(risks) {
        change.risks = risks;
    }
}

/// Marks what stays on a site as it is; its values cannot do harm.
pub(super) fn mark_kept(changes: &mut [Change], live: &Live) {
    for change in changes {
        change.risks.extend(of_locale(change, live));
    }
}

/// Marks what would be written to a site that was not asked.
pub(super) fn mark_unasked(changes: &mut [Change]) {
    for change in changes {
        change.risks = of_values(change);
        // Whether the page is published, only the site knows.
        if change.field == Field::Slug && change.class == Class::Change {
            change.risks.insert(Risk::SlugChange);
        }
    }
}

/// Returns the risks of a change that its own values tell.
pub(super) fn of_values(change: &Change) -> BTreeSet<Risk> {
    let mut risks = BTreeSet::new();
    if change.class == Class::Pinned {
        return risks;
    }
    if !change.redirects.is_empty() {
        risks.insert(Risk::SlugChange);
    }
    // A slug cannot be emptied, and a flag is never empty.
    if change.after.is_empty() && !change.before.is_empty() && change.field != Field::Slug {
        risks.insert(Risk::Blanking);
    }
    if has_binding(&change.before) && !has_binding(&change.after) {
        risks.insert(Risk::BindingOverwrite);
    }
    risks
}

/// The mark of a CMS binding in a text; the rest may be JSON or the same with HTML entities.
fn has_binding(value: &Value) -> bool {
    value.as_text().is_some_and(|text| text.contains("{{wf "))
}

/// The primary locale is never off, whatever the site says of it.
fn of_locale(change: &Change, live: &Live) -> Option<Risk> {
    let mut secondary = live.site.secondary.iter();
    secondary.any(|locale| locale.tag == change.address.locale && !locale.enabled).then_some(Risk::LocaleOff)
}

/// Returns whether a change stops copying an Open Graph text that has nothing of its own to show.
fn leaves_nothing(change: &Change, texts: &BTreeSet<(&Address, Field)>, live: &Live) -> bool {
    let copied = match change.field {
        Field::OpenGraphTitleCopied => Field::SeoTitle,
        Field::OpenGraphDescriptionCopied => Field::SeoDescription,
        Field::Title | Field::Slug | Field::SeoTitle | Field::SeoDescription => return false,
        Field::OpenGraphTitle | Field::OpenGraphDescription => return false,
    };
    let Address { page, locale } = &change.address;
    let had_text = live.metadata(page, locale).is_some_and(|live| !live.text(copied).is_empty());
    let has_text = change.field.flagged_text().is_some_and(|text| texts.contains(&(&change.address, text)));
    change.class != Class::Pinned && change.after == Value::Flag(false) && had_text && !has_text
}
