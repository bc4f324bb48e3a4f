//! A page in a locale from all sides: which of its fields differ, and three ways, who has changed each since the base, the
//! manifests or somebody on the site. Every change of a plan is made here.
//!
//! Must not know what is done about it; that is `diff`'s business and the user's.

use std::collections::BTreeSet;

use super::{Card, Cards, Change, Class};
use crate::model::{Address, Base, DesiredLocale, Field, LocaleTag, Metadata, PageId, PagePath, Stated, Value};

/// A page in a locale, as the base, the manifests and the site have it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sides<'a> {
    pub(super) page: &'a PageId,
    pub(super) path: &'a PagePath,
    pub(super) locale: &'a LocaleTag,
    /// Nothing if there is nothing to tell the two apart by.
    pub(super) base: Option<&'a Base>,
    pub(super) desired: &'a DesiredLocale,
    /// Nothing if the site was not asked; then the base is what the manifests are compared with.
    pub(super) live: Option<&'a Metadata>,
}

impl<'a> Sides<'a> {
    /// Returns the managed fields that read otherwise than wanted.
    pub(super) fn differing(self) -> impl Iterator<Item = (Field, &'a Stated)> {
        let fields = self.desired.fields.iter().map(|(field, stated)| (*field, stated));
        fields.filter(move |(field, stated)| self.now(*field).as_ref() != Some(&stated.value))
    }

    /// Returns the change of a field that reads otherwise than wanted.
    pub(super) fn change(&self, field: Field, stated: &Stated) -> Change {
        self.change_of(self.class(field), field, stated)
    }

    /// Returns the change of a field that reads as wanted and is written so that it stays.
    pub(super) fn pin(&self, field: Field, stated: &Stated) -> Change {
        self.change_of(Class::Pinned, field, stated)
    }

    fn change_of(&self, class: Class, field: Field, stated: &Stated) -> Change {
        Change {
            address: Address { page: self.page.clone(), locale: self.locale.clone() },
            path: self.path.clone(),
            field,
            class,
            base: self.base(field),
            before: self.now(field).unwrap_or_else(|| Value::unset(field.kind())),
            after: stated.value.clone(),
            cards: self.cards(class, field),
            source: stated.location.clone(),
            // What moves along, and what all that risks, only the plan as a whole tells.
            risks: BTreeSet::new(),
            followers: Vec::new(),
            redirects: Vec::new(),
        }
    }

    /// Returns what a field reads now, as far as that is known; nothing if nobody has stated it yet.
    fn now(&self, field: Field) -> Option<Value> {
        match self.live {
            Some(live) => Some(live.effective(field)),
            None => self.base(field),
        }
    }

    /// Returns what the base says of a field.
    pub(super) fn base(&self, field: Field) -> Option<Value> {
        self.base?.value(self.page, self.locale, field)
    }

    /// Returns what the manifest says of a field. To copy an Open Graph text is to say that it has none.
    fn desired(&self, field: Field) -> Option<Value> {
        let stated = |field: Field| self.desired.fields.get(&field).map(|stated| stated.value.clone());
        let is_copied = || Some(stated(field.copied_flag()?)? == Value::Flag(true));
        stated(field).or_else(|| is_copied()?.then(|| Value::unset(field.kind())))
    }

    /// Returns why a managed field that reads otherwise than wanted does so.
    fn class(&self, field: Field) -> Class {
        if self.base.is_none() {
            return Class::Change;
        }
        let Some(live) = self.live else {
            return if self.base(field).is_some() { Class::Change } else { Class::New };
        };
        match pair(field) {
            None => three_ways(self.base(field), self.desired(field), Some(live.effective(field))),
            Some((text, flag)) => self.class_of_pair(live, field, text, flag),
        }
    }

    /// Returns the card that a field belongs to, where it is to be told who has changed it.
    fn cards(&self, class: Class, field: Field) -> Option<Cards> {
        match class {
            Class::Drift | Class::Conflict => {}
            Class::Change | Class::New | Class::Pinned => return None,
        }
        let (live, (text, flag)) = self.live.zip(pair(field))?;
        Some(Cards {
            base: self.base(flag).map(|copied| Card::of(Some(&copied), self.base(text).as_ref())),
            before: Card::of(Some(live.get(flag)), Some(live.get(text))),
            after: Card::of(self.desired(flag).as_ref(), self.desired(text).as_ref()),
        })
    }

    /// An Open Graph text and its flag are one choice: whoever has touched one of them has made it anew.
    fn class_of_pair(&self, live: &Metadata, field: Field, text: Field, flag: Field) -> Class {
        let live = |field: Field| Some(live.effective(field));
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

/// Returns an Open Graph text and its flag, given either.
fn pair(field: Field) -> Option<(Field, Field)> {
    field.copied_flag().map(|flag| (field, flag)).or(field.flagged_text().map(|text| (text, field)))
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
