//! Three ways: who has changed a field since the base, the manifests or somebody on the site.
//!
//! Must not know what is done about it; that is `diff`'s business and the user's.

use super::Class;
use crate::model::{Base, DesiredLocale, Field, LocaleTag, Metadata, PageId, Value};

/// A page in a locale, as the base, the manifests and the site have it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sides<'a> {
    pub(super) page: &'a PageId,
    pub(super) locale: &'a LocaleTag,
    /// Nothing if there is nothing to tell the two apart by.
    pub(super) base: Option<&'a Base>,
    pub(super) desired: &'a DesiredLocale,
    pub(super) live: &'a Metadata,
}

impl Sides<'_> {
    fn base(&self, field: Field) -> Option<Value> {
        self.base?.value(self.page, self.locale, field)
    }

    /// Returns what the manifest says of a field. To copy an Open Graph text is to say that it has none.
    fn desired(&self, field: Field) -> Option<Value> {
        let stated = |field: Field| self.desired.fields.get(&field).map(|stated| stated.value.clone());
        let is_copied = || Some(stated(field.copied_flag()?)? == Value::Flag(true));
        stated(field).or_else(|| is_copied()?.then(|| Value::unset(field.kind())))
    }

    /// Returns why a managed field that reads otherwise than wanted does so.
    pub(super) fn class(&self, field: Field) -> Class {
        if self.base.is_none() {
            return Class::Change;
        }
        match field.copied_flag().map(|flag| (field, flag)).or(field.flagged_text().map(|text| (text, field))) {
            None => three_ways(self.base(field), self.desired(field), Some(self.live.effective(field))),
            Some((text, flag)) => self.class_of_pair(field, text, flag),
        }
    }

    /// An Open Graph text and its flag are one choice: whoever has touched one of them has made it anew.
    fn class_of_pair(&self, field: Field, text: Field, flag: Field) -> Class {
        let live = |field: Field| Some(self.live.effective(field));
        let Some(flag_before) = self.base(flag) else { return Class::New };
        match (self.base(text), self.desired(text)) {
            (Some(before), Some(wanted)) => three_ways(
                Some((before, flag_before)),
                self.desired(flag).map(|flag| (wanted, flag)),
                live(text).zip(live(flag)),
            ),
            // The text is managed by nobody, or only from now on.
            (_, None) => three_ways(Some(flag_before), self.desired(flag), live(flag)),
            (None, Some(_)) if live(flag) != Some(flag_before) => Class::Conflict,
            (None, Some(_)) => {
                if field == text {
                    Class::New
                } else {
                    Class::Change
                }
            }
        }
    }
}

/// Returns the class of what reads otherwise than wanted. Without a value in the base it is new.
fn three_ways<T: PartialEq>(base: Option<T>, desired: Option<T>, live: Option<T>) -> Class {
    match (base.is_none(), base == desired, base == live) {
        (true, ..) => Class::New,
        (false, _, true) => Class::Change,
        (false, true, false) => Class::Drift,
        (false, false, false) => Class::Conflict,
    }
}
