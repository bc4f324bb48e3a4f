//! Tables of `export` and `import`: values survive the way through a table, no cell is a formula, and any other table
//! becomes edits that can be carried out.
//!
//! An input that begins with `T` is a table for two fixed pages. Any other decides about pages and their values.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use slugline::diagnostic::has_errors;
use slugline::manifest::edit::{Edit, Edited, edit, stated};
use slugline::manifest::emit::emit_page;
use slugline::manifest::lower::raise;
use slugline::manifest::page::PageManifest;
use slugline::manifest::read::{self, PageDocument};
use slugline::model::{Field, Kind, Value};
use slugline::table;

use super::choices::Choices;

const LOCALES: [&str; 2] = ["en-US", "fr-FR"];

/// What spreadsheets take for the start of a formula or for a break of the cell.
const FORMULAS: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

pub(super) fn holds(input: &[u8]) {
    match input.split_first() {
        Some((b'T', table)) => any_table(&String::from_utf8_lossy(table)),
        _ => values_survive(&mut Choices::new(input)),
    }
}

/// Writes pages as a table and reads it for the same pages with other values: the edits make the other pages equal.
fn values_survive(choices: &mut Choices<'_>) {
    let [wanted, now] = [(); 2].map(|()| pages_text(choices));
    let (Some(wanted), Some(pages)) = (accepted(&wanted), accepted(&now)) else { return };
    let table = table::write(wanted.iter(), |_| true);
    no_cell_is_a_formula(&table);
    assert_eq!(edits(&table, &wanted), [], "a table changes the pages that it is made of\n{table}");
    let edits = edits(&table, &pages);
    let Edited { text, refused } = edit(&file(), &now, &edits, &LOCALES.map(str::to_owned));
    assert!(refused.is_empty(), "{refused:#?}\n{now}");
    let after = accepted(&text).unwrap_or_else(|| panic!("the edits of a table damage the file\n{text}"));
    for (wanted, after) in wanted.iter().zip(&after) {
        for (locale, field) in LOCALES.iter().flat_map(|locale| Field::ALL.map(|field| (locale, field))) {
            let [wanted, found] = [wanted, after].map(|page| stated(&page.manifest, locale, field));
            assert_eq!(found, wanted, "{locale} {field:?}\n{table}");
        }
    }
}

fn no_cell_is_a_formula(table: &str) {
    let table = table.strip_prefix('\u{feff}').expect("a table begins with a byte order mark");
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(table.as_bytes());
    for record in reader.records() {
        let record = record.unwrap_or_else(|error| panic!("{error}\n{table}"));
        let formula = record.iter().find(|cell| cell.starts_with(FORMULAS));
        assert_eq!(formula, None, "a spreadsheet takes the cell for a formula\n{table}");
    }
}

/// Reads any text as a table. What it changes is in the pages, and a second reading changes nothing.
fn any_table(table: &str) {
    let text = "id: a0\npath: /a\nlocales:\n  en-US: {title: A, seo: {title: \"=1\"}, openGraph: {titleCopied: true}}\n\
                ---\nid: a1\nlocales:\n  en-US:\n    slug: b\n    openGraph: {title: B}\n";
    let pages = accepted(text).expect("the pages are valid");
    let locales = BTreeSet::from(["fr-FR".to_owned()]);
    let (edits, problems) = table::read(&file(), table, &pages, &locales);
    if has_errors(&problems) {
        return;
    }
    for edit in &edits {
        let page = pages.iter().find(|page| page.location == edit.document).expect("the edit is for one of the pages");
        assert_ne!(
            stated(&page.manifest, &edit.locale, edit.field),
            edit.to,
            "an edit that changes nothing: {table:?}"
        );
        assert!(LOCALES.contains(&edit.locale.as_str()), "{edit:?}");
    }
    let edited = edit(&file(), text, &edits, &LOCALES.map(str::to_owned));
    assert!(edited.refused.is_empty(), "{table:?}\n{:#?}", edited.refused);
    let after = accepted(&edited.text).unwrap_or_else(|| panic!("the edits of {table:?} damage the file"));
    let (again, problems) = table::read(&file(), table, &after, &locales);
    assert!(!has_errors(&problems), "{table:?}\n{problems:#?}");
    assert_eq!(again, [], "{table:?}");
}

/// Returns the text of a file with one page or two.
fn pages_text(choices: &mut Choices<'_>) -> String {
    let page = |number: usize, choices: &mut Choices<'_>| {
        let id = Some(format!("a{number}").try_into().expect("letters and digits are an id"));
        let locales = LOCALES.map(|locale| (locale.to_owned(), raise(&fields(choices))));
        emit_page(&PageManifest { id, path: None, locales: locales.into() }, &LOCALES)
    };
    [0, 1].map(|number| page(number, choices)).join("---\n")
}

fn fields(choices: &mut Choices<'_>) -> BTreeMap<Field, Value> {
    let mut fields = BTreeMap::new();
    for field in Field::ALL {
        if !choices.chance(128) {
            continue;
        }
        // A manifest cannot hold a text beside a flag that says to copy.
        let value = match field.kind() {
            Kind::Text => Value::Text(choices.text()),
            Kind::Flag => {
                Value::Flag(choices.chance(128) && field.flagged_text().is_none_or(|text| !fields.contains_key(&text)))
            }
        };
        fields.insert(field, value);
    }
    fields
}

fn edits(table: &str, pages: &[PageDocument]) -> Vec<Edit> {
    let (edits, problems) = table::read(&file(), table, pages, &BTreeSet::new());
    assert_eq!(problems, [], "{table}");
    edits
}

/// Returns the pages of a text; nothing if the rules of a manifest refuse it.
fn accepted(text: &str) -> Option<Vec<PageDocument>> {
    let (pages, problems) = read::pages(&file(), text);
    (!has_errors(&problems)).then_some(pages)
}

fn file() -> Arc<str> {
    Arc::from("page.yaml")
}
