//! What goes wrong while a plan is applied: faults, and what somebody else does to the site between two requests.

use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value as Json, json};
use slugline::model::{Field, Value};
use slugline::plan::Plan;
use slugline::sandbox::{Action, Fault, LocaleKey, Match, Site};

use crate::laws::reading;
use crate::laws::sites::{Spot, spot};

/// Something that meets the requests of a kind, once so many of them have passed.
#[derive(Debug, Clone)]
pub(super) struct Trouble {
    method: Option<&'static str>,
    after: u64,
    times: u64,
    what: What,
}

#[derive(Debug, Clone)]
enum What {
    Fault(Action),
    Meddling(Meddling),
    DeletePage(Index),
}

/// A write of somebody else.
#[derive(Debug, Clone)]
pub(super) struct Meddling {
    place: Place,
    flag: Option<bool>,
}

/// Where somebody else writes.
#[derive(Debug, Clone)]
enum Place {
    /// A field that the plan writes.
    Planned(Index, Index),
    Anywhere(Spot, Index),
}

pub(super) fn meddling() -> impl Strategy<Value = Meddling> {
    let place = prop_oneof![
        3 => (any::<Index>(), any::<Index>()).prop_map(|(operation, field)| Place::Planned(operation, field)),
        1 => (spot(), any::<Index>()).prop_map(|(spot, field)| Place::Anywhere(spot, field)),
    ];
    let flag = prop_oneof![3 => Just(None), 1 => any::<bool>().prop_map(Some)];
    (place, flag).prop_map(|(place, flag)| Meddling { place, flag })
}

fn what() -> impl Strategy<Value = What> {
    let fault = prop_oneof![
        3 => Just(Action::TooManyRequests(Some(0))),
        2 => Just(Action::TooManyRequestsBare),
        2 => Just(Action::InternalError),
        2 => Just(Action::BadGateway),
        2 => Just(Action::Unavailable),
        1 => Just(Action::Forbidden),
        2 => Just(Action::ResetBefore),
        5 => Just(Action::ResetAfter),
        2 => Just(Action::ResetMiddle),
        2 => Just(Action::HangAfter),
        2 => Just(Action::Truncate),
        2 => Just(Action::NotJson),
        2 => (1..30_u64).prop_map(Action::Delay),
        1 => Just(Action::AddPage),
        1 => Just(Action::Stale),
    ];
    prop_oneof![
        6 => fault.prop_map(What::Fault),
        3 => meddling().prop_map(What::Meddling),
        1 => any::<Index>().prop_map(What::DeletePage),
    ]
}

fn trouble() -> impl Strategy<Value = Trouble> {
    let method = prop_oneof![4 => Just(Some("PUT")), 1 => Just(Some("PATCH")), 2 => Just(Some("GET")), 1 => Just(None)];
    let times = prop_oneof![7 => Just(1_u64), 2 => 2..4_u64, 1 => Just(12_u64)];
    // Most are met by a run of a few requests, and some by a long one.
    let after = prop_oneof![3 => 0..6_u64, 2 => 0..14_u64, 1 => 0..40_u64];
    (method, after, times, what()).prop_map(|(method, after, times, what)| Trouble { method, after, times, what })
}

/// Returns up to so many troubles.
pub(super) fn weather(most: usize) -> impl Strategy<Value = Vec<Trouble>> {
    proptest::collection::vec(trouble(), 0..=most)
}

/// Returns the script of it for the sandbox. What somebody else writes is unlike anything else there, and each time
/// another value.
pub(super) fn script(weather: &[Trouble], site: &Site, plan: &Plan) -> Vec<Fault> {
    let mut script = Vec::new();
    for (number, Trouble { method, after, times, what }) in weather.iter().enumerate() {
        let action = match what {
            What::Fault(action) => action.clone(),
            What::DeletePage(index) => Action::DeletePage(Some(index.get(&site.pages).id.clone())),
            What::Meddling(meddling) => Action::Edit(meddling.entry(number, site, plan).to_string()),
        };
        // A page is edited once; more of the same would be no edit any more.
        let times = if matches!(what, What::Fault(_)) { *times } else { 1 };
        let matching = Match { method: method.map(str::to_owned), path: None };
        script.push(Fault { matching, after: *after, times, action });
    }
    script
}

impl Meddling {
    /// Returns the entry of the bulk endpoint that somebody else writes.
    pub(super) fn entry(&self, number: usize, site: &Site, plan: &Plan) -> Json {
        let (page, key, field) = self.place(site, plan);
        let text = format!("theirs-{number}");
        let value = self.flag.map_or_else(|| text.as_str().into(), Value::Flag);
        let field = match (field.copied_flag(), &value) {
            (Some(flag), Value::Flag(_)) => flag,
            _ => field,
        };
        let mut entry = json!({"id": page});
        if let Some(id) = locale_id(site, &key) {
            entry["localeId"] = json!(id);
        }
        match (field, value) {
            (Field::Title, _) => entry["title"] = json!(text),
            (Field::Slug, _) => entry["slug"] = json!(text),
            (Field::SeoTitle, _) => entry["seo"] = json!({"title": text}),
            (Field::SeoDescription, _) => entry["seo"] = json!({"description": text}),
            (Field::OpenGraphTitle, _) => entry["openGraph"] = json!({"title": text, "titleCopied": false}),
            (Field::OpenGraphDescription, _) => {
                entry["openGraph"] = json!({"description": text, "descriptionCopied": false});
            }
            (Field::OpenGraphTitleCopied, value) => entry["openGraph"] = json!({"titleCopied": flag(&value)}),
            (Field::OpenGraphDescriptionCopied, value) => {
                entry["openGraph"] = json!({"descriptionCopied": flag(&value)});
            }
        }
        entry
    }

    fn place(&self, site: &Site, plan: &Plan) -> (String, LocaleKey, Field) {
        match &self.place {
            Place::Planned(operation, field) if !plan.operations.is_empty() => {
                let operation = operation.get(&plan.operations);
                let fields: Vec<Field> = operation.body.fields.keys().copied().collect();
                let key = reading::key(site, operation.address.locale.as_str());
                (operation.address.page.to_string(), key, *field.get(&fields))
            }
            // A plan without operations is not applied; any place is as good.
            Place::Planned(page, field) => {
                (page.get(&site.pages).id.clone(), LocaleKey::Primary, *field.get(&Field::ALL))
            }
            Place::Anywhere(spot, field) => {
                let (page, key) = spot.on(site);
                (site.pages[page].id.clone(), key, *field.get(&Field::ALL))
            }
        }
    }
}

fn flag(value: &Value) -> bool {
    value.as_flag().unwrap_or(true)
}

/// Returns the id that addresses a locale; none for the primary.
pub(super) fn locale_id<'s>(site: &'s Site, key: &LocaleKey) -> Option<&'s str> {
    let LocaleKey::Secondary(tag) = key else { return None };
    let mut secondary = site.locales.iter().flat_map(|locales| &locales.secondary);
    secondary.find(|locale| locale.tag == *tag).map(|locale| locale.id.as_str())
}
