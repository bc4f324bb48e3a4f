//! Edits of page files: an edit changes its value and no other byte, or it is refused and changes nothing.
//!
//! An input is four decisions, the text of a file and, behind a NUL, the text of the new value.

use std::ops::Range;
use std::sync::Arc;

use serde_yaml::Value as Yaml;
use slugline::diagnostic::has_errors;
use slugline::manifest::edit::{Edit, Edited, edit, stated};
use slugline::manifest::read::{self, PageDocument};
use slugline::manifest::yaml::{self, Form, Written};
use slugline::model::{Field, Kind, Value};
use slugline::source::{ByteRange, Location};

use super::choices::Choices;
use crate::edit::other_reader::{documents, is_subsequence, put, without_last_breaks};

/// Locales that an edit may add.
const NEW_LOCALES: [&str; 3] = ["en-US", "fr-FR", "no"];

pub(super) fn holds(input: &[u8]) {
    let mut choices = Choices::new(input);
    let decisions = [(); 4].map(|()| choices.below(256));
    let rest = String::from_utf8_lossy(choices.rest());
    let (text, value) = rest.split_once('\0').unwrap_or((&rest, "New"));
    let (pages, problems) = read::pages(&"page.yaml".into(), text);
    let wish = Wish::of(decisions, &pages, value);
    let edited = edit(&"page.yaml".into(), text, &wish.edits, &NEW_LOCALES.map(str::to_owned));
    if has_errors(&problems) || pages.is_empty() || !edited.refused.is_empty() {
        assert_eq!(edited.text, text, "a refused edit changes the file");
        assert_eq!(edited.refused.len(), wish.edits.len(), "{text:?}");
        return;
    }
    wish.holds_in_manifest(text, &pages, &edited);
    wish.holds_in_other_reader(text, &edited);
    wish.holds_in_bytes(text, &edited);
}

/// One change of a value. An Open Graph text replaces its flag and the other way round, so it may be two edits.
struct Wish {
    document: usize,
    locale: String,
    edits: Vec<Edit>,
}

impl Wish {
    fn of([document, locale, field, to]: [usize; 4], pages: &[PageDocument], text: &str) -> Self {
        let document = document % pages.len().max(1);
        let page = pages.get(document);
        let mut locales: Vec<&str> = page.map(PageDocument::locales_in_order).unwrap_or_default();
        locales.extend(NEW_LOCALES);
        let locale = locales[locale % locales.len()].to_owned();
        let field = Field::ALL[field % Field::ALL.len()];
        let value = match field.kind() {
            Kind::Text => Value::from(text),
            Kind::Flag => Value::Flag(to % 8 < 6),
        };
        let to = (to % 4 != 0).then_some(value);
        let at = page.map_or_else(nowhere, |page| page.location.clone());
        let edit = |field, to| Edit { document: at.clone(), locale: locale.clone(), field, to };
        let partner = field.copied_flag().or(field.flagged_text()).filter(|partner| {
            to.is_some() && page.is_some_and(|page| stated(&page.manifest, &locale, *partner).is_some())
        });
        let edits = [edit(field, to.clone())].into_iter().chain(partner.map(|partner| edit(partner, None)));
        Self { document, edits: edits.collect(), locale }
    }

    /// The file is accepted, and every key of every page is as before but for those of the edits.
    fn holds_in_manifest(&self, text: &str, before: &[PageDocument], edited: &Edited) {
        let (after, problems) = read::pages(&"page.yaml".into(), &edited.text);
        assert!(!has_errors(&problems), "{text:?}\n{:?}\n{problems:#?}", edited.text);
        assert_eq!(after.len(), before.len(), "{text:?}\n{:?}", edited.text);
        for (number, (before, after)) in before.iter().zip(&after).enumerate() {
            let names = [before, after].map(|page| (page.manifest.id.clone(), page.manifest.path.clone()));
            assert_eq!(names[0], names[1]);
            for locale in before.manifest.locales.keys().chain(after.manifest.locales.keys()) {
                for field in Field::ALL {
                    let is_meant =
                        |edit: &&Edit| number == self.document && *locale == self.locale && edit.field == field;
                    let edit = self.edits.iter().find(is_meant);
                    let expected = edit.map_or_else(|| stated(&before.manifest, locale, field), |edit| edit.to.clone());
                    let found = stated(&after.manifest, locale, field);
                    assert_eq!(found, expected, "{locale} {field:?}\n{text:?}\n{:?}", edited.text);
                }
            }
        }
    }

    /// Another reader of YAML finds the same change. Of what it cannot read, nothing is expected.
    fn holds_in_other_reader(&self, text: &str, edited: &Edited) {
        let Ok(mut expected) = documents(text) else { return };
        let is_read = |page: &Yaml| page.get("locales").is_some_and(Yaml::is_mapping) && has_plain_keys(page);
        if !expected.get(self.document).is_some_and(is_read) {
            return;
        }
        let found = documents(&edited.text);
        let mut found = found.unwrap_or_else(|error| panic!("{error}\n{text:?}\n{:?}", edited.text));
        for edit in &self.edits {
            put(&mut expected[self.document]["locales"], &self.locale, edit.field.keys(), edit.to.as_ref());
        }
        expected.iter_mut().chain(&mut found).for_each(without_last_breaks);
        assert_eq!(found, expected, "{text:?}\n{:?}", edited.text);
    }

    /// What stands outside of the edited values is the same.
    fn holds_in_bytes(&self, before: &str, edited: &Edited) {
        let after = edited.text.as_str();
        let roots = yaml::written(before).expect("the text was read without errors");
        let place = |edit: &Edit| place(&roots[self.document], &edit.keys());
        match self.edits.as_slice() {
            [Edit { to: Some(_), .. }] => match place(&self.edits[0]) {
                Some(place) => {
                    let is_kept = after.starts_with(&before[..place.start]) && after.ends_with(&before[place.end..]);
                    assert!(is_kept, "more than {place:?} is replaced\n{before:?}\n{after:?}");
                }
                None => assert!(is_subsequence(before, after), "an addition removes bytes\n{before:?}\n{after:?}"),
            },
            [Edit { to: None, .. }] => {
                let is_shorter = is_subsequence(after, before) || is_subsequence(&after.replacen(" {}", "", 1), before);
                assert!(is_shorter, "a removal adds bytes\n{before:?}\n{after:?}");
            }
            // One key gives way to the other: what stands before the object and behind its last line stays.
            _ => {
                let object = ["locales", self.locale.as_str(), "openGraph"];
                let place =
                    place_of_entry(&roots[self.document], &object).expect("the object has the flag or the text");
                let end = before[place.end..].find('\n').map_or(before.len(), |end| place.end + end);
                let is_kept = after.starts_with(&before[..place.start]) && after.ends_with(before[end..].trim_start());
                assert!(is_kept, "more than {place:?} is replaced\n{before:?}\n{after:?}");
            }
        }
    }
}

/// Returns whether no key of a mapping has a tag, which the other reader keeps: `! en-US`.
fn has_plain_keys(value: &Yaml) -> bool {
    match value {
        Yaml::Mapping(mapping) => {
            mapping.iter().all(|(key, value)| matches!(key, Yaml::String(_)) && has_plain_keys(value))
        }
        Yaml::Tagged(tagged) => has_plain_keys(&tagged.value),
        _ => true,
    }
}

/// Returns the place of a value that is written under these keys, not taken over from elsewhere.
fn place(root: &Written, keys: &[&str]) -> Option<Range<usize>> {
    let value = keys.iter().try_fold(root, |node, key| Some(&node.mapping()?.get(key)?.value))?;
    matches!(value.form, Form::Scalar(_)).then(|| value.start..value.bytes.end)
}

/// Returns the place of a key and its value.
fn place_of_entry(root: &Written, keys: &[&str]) -> Option<Range<usize>> {
    let (last, path) = keys.split_last()?;
    let owner = path.iter().try_fold(root, |node, key| Some(&node.mapping()?.get(key)?.value))?;
    let entry = owner.mapping()?.get(last)?;
    Some(entry.key_bytes.start..entry.value.bytes.end)
}

fn nowhere() -> Location {
    Location { file: Arc::from("page.yaml"), line: 1, column: 1, bytes: ByteRange::default() }
}
