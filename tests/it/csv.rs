//! Tables: what goes out comes back, through every spreadsheet, and only what somebody has changed there changes.

use std::collections::BTreeSet;

use slugline::manifest::edit::{Edit, edit};
use slugline::manifest::read::PageDocument;
use slugline::model::{Field, Kind, Value};
use slugline::table;

use crate::edit::dice::Dice;
use crate::edit::{file, generate, order, pages};

/// Files of an ordinary run.
const FILES: u64 = 150;

/// Texts that a spreadsheet, or CSV itself, takes for something else.
const TEXTS: [&str; 18] = [
    "=1+1",
    "'=1+1",
    "+49 30 123",
    "-",
    "@mention",
    "\ttab",
    "\rreturn",
    "\nbreak",
    "\"\"",
    "'\"\"",
    "'Tis the season",
    "''",
    "a,b;c\td",
    "say \"hi\"",
    "two\r\nlines\nand three",
    "שלום \u{202e}abc",
    "＝１",
    "",
];

#[test]
fn what_is_exported_and_imported_changes_nothing() {
    for seed in 0..FILES {
        let generated = generate::file(seed);
        let text = with_hard_texts(&generated.text, seed);
        let pages = pages(&text);
        let table = table::write(pages.iter(), |_| true);
        let stated = format!("sep=|\r\n{}", as_saved(&table, b'|'));
        for table in [table.clone(), as_saved(&table, b';'), as_saved(&table, b'\t'), as_saved(&table, b','), stated] {
            assert_eq!(read(&table, &pages), [], "seed {seed}\n{table}\n{text}");
        }
    }
}

#[test]
fn a_cell_that_is_changed_is_all_that_changes() {
    let mut changed = 0;
    for seed in 0..FILES {
        let mut dice = Dice::new(seed ^ 0xce11);
        let generated = generate::file(seed);
        let pages_before = pages(&generated.text);
        let mut rows = rows(&table::write(pages_before.iter(), |_| true));
        if rows.len() < 2 {
            continue;
        }
        let row = 1 + dice.below(rows.len() - 1);
        let field = *dice.pick(&Field::ALL);
        let column = 3 + Field::ALL.iter().position(|other| *other == field).unwrap();
        let partner = field.copied_flag().or(field.flagged_text());
        // A text beside a flag that says to copy would be refused.
        if let Some(partner) = partner {
            rows[row][3 + Field::ALL.iter().position(|other| *other == partner).unwrap()] = String::new();
        }
        rows[row][column] = match field.kind() {
            Kind::Text => (*dice.pick(&["", "\"\"", "New", "'=1", "a\nb"])).to_owned(),
            Kind::Flag => (*dice.pick(&["", "TRUE", "false"])).to_owned(),
        };
        let edits = read(&written(&rows, b','), &pages_before);
        let edited = edit(&file(), &generated.text, &edits, &order());
        if edited.refused.is_empty() {
            rows[row][column] = rows[row][column].to_lowercase().replace("new", "New");
            let after = table::write(pages(&edited.text).iter(), |_| true);
            assert_eq!(self::rows(&after), rows, "seed {seed}\n{}", edited.text);
            changed += usize::from(!edits.is_empty());
        }
    }
    assert!(changed > FILES as usize / 2, "{changed}");
}

#[test]
fn no_table_is_too_strange() {
    let generated = generate::file(7);
    let pages = pages(&generated.text);
    let table = table::write(pages.iter(), |_| true);
    for seed in 0..2_000 {
        let mut dice = Dice::new(seed ^ 0x57a4);
        let mut strange = table.clone();
        for _ in 0..1 + dice.below(4) {
            let mut at = dice.below(strange.len() + 1);
            while !strange.is_char_boundary(at) {
                at -= 1;
            }
            let slip =
                *dice.pick(&["\"", ",", ";", "\t", "\n", "\r", "\0", "'", "=", "\u{feff}", "\u{202e}", "page", "x"]);
            strange.insert_str(at, slip);
        }
        let (edits, _) = table::read(&"words.csv".into(), &strange, &pages, &BTreeSet::new());
        let edited = edit(&file(), &generated.text, &edits, &order());
        assert!(edited.refused.len() <= edits.len());
        self::pages(&edited.text);
    }
}

/// Gives some texts values that are hard for a table.
fn with_hard_texts(text: &str, seed: u64) -> String {
    let mut dice = Dice::new(seed ^ 0x7ab1e);
    let pages = pages(text);
    let mut edits = Vec::new();
    for page in &pages {
        for locale in page.manifest.locales.keys() {
            let field = *dice.pick(&[Field::Title, Field::Slug, Field::SeoTitle, Field::SeoDescription]);
            let to = Some(Value::from(*dice.pick(&TEXTS)));
            edits.push(Edit { document: page.location.clone(), locale: locale.clone(), field, to });
        }
    }
    edit(&file(), text, &edits, &order()).text
}

fn read(table: &str, pages: &[PageDocument]) -> Vec<Edit> {
    let (edits, problems) = table::read(&"words.csv".into(), table, pages, &BTreeSet::new());
    assert_eq!(problems, [], "{table}");
    edits
}

fn rows(table: &str) -> Vec<Vec<String>> {
    let table = table.trim_start_matches('\u{feff}');
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(table.as_bytes());
    reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect()
}

fn written(rows: &[Vec<String>], delimiter: u8) -> String {
    let mut builder = csv::WriterBuilder::new();
    let mut writer = builder
        .delimiter(delimiter)
        .quote_style(csv::QuoteStyle::Always)
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    rows.iter().for_each(|row| writer.write_record(row).unwrap());
    String::from_utf8(writer.into_inner().unwrap()).unwrap()
}

/// Returns the table as another program saves it: other separators, quotes everywhere, no mark, empty rows, capitals.
fn as_saved(table: &str, delimiter: u8) -> String {
    let mut rows = rows(table);
    for row in &mut rows {
        for cell in row.iter_mut().filter(|cell| matches!(cell.as_str(), "true" | "false")) {
            *cell = cell.to_uppercase();
        }
    }
    let columns = rows[0].len();
    rows.push(vec![String::new(); columns]);
    written(&rows, delimiter)
}
