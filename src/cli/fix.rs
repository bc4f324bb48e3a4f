//! `validate --fix`: corrects in the manifests what nobody would see a difference of.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::fix::fixed;
use crate::lint::subject::{Origin, Page, Subject};
use crate::lint::{Finding, fix};
use crate::manifest::edit::Edit;
use crate::manifest::read::PageDocument;
use crate::model::{Field, LocaleTag, Value};

/// A text of a manifest, by the place of its page among the documents.
type Place = (usize, LocaleTag, Field);

/// Returns the edits that correct what was found. What is correct then may show the next thing to correct: taking out what
/// nobody sees may leave two spaces where there was one.
pub(super) fn edits(subject: &Subject, documents: &[PageDocument], findings: &[Finding]) -> Vec<Edit> {
    let mut texts: BTreeMap<Place, String> = BTreeMap::new();
    for finding in findings.iter().filter(|finding| fix::exists(finding.rule)) {
        let (Some((place, stated)), Some(locale)) = (stated(subject, finding), &finding.locale) else { continue };
        // What stands in a binding is Webflow's own.
        if stated.contains("{{wf") {
            continue;
        }
        let text = texts.get(&place).map_or(stated, String::as_str);
        // A text of nothing but what cannot be seen is not meant to become none, which would clear it.
        if let Some(better) = fixed(finding.rule, locale, text).filter(|better| !better.is_empty()) {
            texts.insert(place, better);
        }
    }
    let edits = texts.into_iter().filter_map(|((page, tag, field), text)| {
        let (document, page) = (documents.get(page)?, subject.pages.get(page)?);
        Some(Edit {
            document: document.location.clone(),
            locale: key(document, page, &tag)?.to_owned(),
            field,
            to: Some(Value::Text(text)),
        })
    });
    edits.collect()
}

/// Returns the text that a finding is about, if a manifest states it.
fn stated<'s>(subject: &'s Subject, finding: &Finding) -> Option<(Place, &'s str)> {
    let (name, tag, field) = (finding.page.as_ref()?, finding.locale.as_ref()?, finding.field?);
    let index = subject.pages.iter().position(|page| page.name == *name)?;
    let text = subject.pages[index].locales.get(tag)?.texts.get(&field)?;
    (text.origin == Origin::Stated).then_some(((index, tag.clone(), field), text.value.as_str()))
}

/// Returns the locale's key as the document writes it.
fn key<'d>(document: &'d PageDocument, page: &Page, tag: &LocaleTag) -> Option<&'d str> {
    let location = page.locales.get(tag)?.location.as_ref()?;
    let mut keys = document.manifest.locales.keys().map(String::as_str);
    keys.find(|key| document.key_location_of(&["locales", key]) == *location)
}

/// Says why an edit was not carried out, in the words of a warning: what was found stays among the findings.
pub(super) fn left(why: Diagnostic) -> Diagnostic {
    Diagnostic { severity: Severity::Warning, ..why }
}
