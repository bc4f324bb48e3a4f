//! From a table back to edits, and everything that is wrong with it, by row and column.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use csv::StringRecord;

use super::{Column, MARK, cell, codes, quotes};
use crate::diagnostic::{Code, Diagnostic, Problems, Severity};
use crate::manifest::edit::{self, Edit};
use crate::manifest::read::PageDocument;
use crate::model::{Field, Value};
use crate::source::Location;
use crate::suggest;

/// Returns what the table would change in these pages. New locales must be among those known.
pub fn read(
    file: &Arc<str>,
    text: &str,
    pages: &[PageDocument],
    locales: &BTreeSet<String>,
) -> (Vec<Edit>, Vec<Diagnostic>) {
    let mut reading = Reading {
        file,
        names: Names::of(pages),
        locales,
        columns: Vec::new(),
        rows: BTreeMap::new(),
        problems: Problems::default(),
    };
    reading.table(text.strip_prefix(MARK).unwrap_or(text));
    let edits = reading.rows.iter().flat_map(|((page, key), row)| row.edits(&pages[*page], key));
    (edits.collect(), reading.problems.into_diagnostics(file))
}

/// The pages by what names them.
struct Names<'p> {
    pages: &'p [PageDocument],
    by_id: BTreeMap<&'p str, usize>,
    by_path: BTreeMap<&'p str, usize>,
}

impl<'p> Names<'p> {
    fn of(pages: &'p [PageDocument]) -> Self {
        let ids =
            pages.iter().enumerate().filter_map(|(index, page)| Some((page.manifest.id.as_ref()?.as_str(), index)));
        let paths =
            pages.iter().enumerate().filter_map(|(index, page)| Some((page.manifest.path.as_ref()?.as_str(), index)));
        Self { pages, by_id: ids.collect(), by_path: paths.collect() }
    }
}

/// What the rows of a page and locale say.
struct Row {
    /// As the spreadsheet counts, the first row holding the names of the columns.
    number: u64,
    values: BTreeMap<Field, Option<Value>>,
}

impl Row {
    fn edits(&self, page: &PageDocument, locale: &str) -> Vec<Edit> {
        let mut values = self.values.clone();
        // Where only one of the two columns is there, the other key gives way: a manifest cannot hold both.
        for text in Field::ALL {
            let Some(flag) = text.copied_flag() else { continue };
            let has_text = matches!(values.get(&text), Some(Some(_)));
            let is_copied = values.get(&flag) == Some(&Some(Value::Flag(true)));
            if has_text && edit::stated(&page.manifest, locale, flag) == Some(Value::Flag(true)) {
                values.entry(flag).or_insert(None);
            } else if is_copied {
                values.entry(text).or_insert(None);
            }
        }
        let changed = values.iter().filter(|(field, to)| edit::stated(&page.manifest, locale, **field) != **to);
        let edit = |(field, to): (&Field, &Option<Value>)| Edit {
            document: page.location.clone(),
            locale: locale.to_owned(),
            field: *field,
            to: to.clone(),
        };
        changed.map(edit).collect()
    }
}

struct Reading<'a> {
    file: &'a Arc<str>,
    names: Names<'a>,
    locales: &'a BTreeSet<String>,
    columns: Vec<Option<Column>>,
    rows: BTreeMap<(usize, String), Row>,
    problems: Problems,
}

impl Reading<'_> {
    fn table(&mut self, text: &str) {
        let (delimiter, text, first) = separated(text);
        if let Some(row) = quotes::stray(text, delimiter) {
            let row = row + first - 1;
            let message = format!("row {row} has a quote that is not closed, or that something follows");
            let help = "a cell with quotes in it begins and ends with one, and has each of its own twice";
            return self.report(codes::MALFORMED, message, Some(help.to_owned()));
        }
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter)
            .from_reader(text.as_bytes());
        for (number, record) in (first..).zip(reader.records()) {
            match record {
                Ok(record) if number == first => {
                    if !self.header(&record) {
                        return;
                    }
                }
                Ok(record) => self.row(number, &record),
                Err(error) => self.report(codes::MALFORMED, format!("row {number} cannot be read: {error}"), None),
            }
        }
        if self.columns.is_empty() {
            self.report(codes::MALFORMED, "the table is empty".to_owned(), Some(HEADER_HELP.to_owned()));
        }
    }

    /// Reads the names of the columns; returns whether rows can be read by them.
    fn header(&mut self, record: &StringRecord) -> bool {
        let names: Vec<&str> = Column::all().map(Column::name).collect();
        for name in record {
            let name = name.trim();
            let column = Column::all().find(|column| column.name().eq_ignore_ascii_case(name));
            if column.is_some() && self.columns.contains(&column) {
                self.report(codes::COLUMN, format!("the column `{name}` stands twice"), Some("keep one".to_owned()));
            }
            if column.is_none() && !name.is_empty() {
                let near = suggest::nearest(name, names.iter().copied());
                let message = format!("the column `{name}` is not known");
                match near {
                    Some(near) => self.report(codes::COLUMN, message, Some(format!("did you mean `{near}`?"))),
                    // Notes of those who work with the table.
                    None => self.problems.push(
                        Diagnostic::warning(codes::COLUMN, message)
                            .at(Location::whole(self.file))
                            .help("it is left alone"),
                    ),
                }
            }
            self.columns.push(column);
        }
        let has = |column: Column| self.columns.contains(&Some(column));
        let (names_page, names_locale) = (has(Column::Page) || has(Column::Path), has(Column::Locale));
        if !names_page {
            self.report(codes::COLUMN, "no column says which page".to_owned(), Some(HEADER_HELP.to_owned()));
        }
        if !names_locale {
            self.report(codes::COLUMN, "no column says which locale".to_owned(), Some(HEADER_HELP.to_owned()));
        }
        names_page && names_locale
    }

    fn row(&mut self, number: u64, record: &StringRecord) {
        // Spreadsheets write out rows that somebody once touched.
        if record.iter().all(|cell| cell.trim().is_empty()) {
            return;
        }
        if record.len() != self.columns.len() {
            let message =
                format!("row {number} has {} cells, but the first row names {}", record.len(), self.columns.len());
            let help = "a cell that holds a line break or a separator stands in double quotes";
            return self.report(codes::MALFORMED, message, Some(help.to_owned()));
        }
        let Some(page) = self.page(number, record) else { return };
        let Some(locale) = self.locale(number, record, page) else { return };
        let values = self.values(number, record);
        self.check_cards(number, &values);
        self.keep(page, locale, Row { number, values });
    }

    fn cell<'r>(&self, record: &'r StringRecord, column: Column) -> &'r str {
        let index = self.columns.iter().position(|found| *found == Some(column));
        cell::unguarded(index.and_then(|index| record.get(index)).unwrap_or_default().trim())
    }

    /// Returns the page that a row means: by its id if it has one, else by its path.
    fn page(&mut self, number: u64, record: &StringRecord) -> Option<usize> {
        let (id, path) = (self.cell(record, Column::Page), self.cell(record, Column::Path));
        let (column, name, known) = match id {
            "" => (Column::Path, path, &self.names.by_path),
            id => (Column::Page, id, &self.names.by_id),
        };
        if let Some(page) = known.get(name).copied() {
            self.check_path(number, record, page);
            return Some(page);
        }
        let is_listed = self.problems.has_room(Severity::Error);
        let near = is_listed.then(|| suggest::nearest(name, known.keys().copied()));
        let help = match near.flatten() {
            Some(near) => format!("did you mean `{near}`?"),
            None => "`slugline import` describes the pages that have no manifest yet".to_owned(),
        };
        let message = match name {
            "" => format!("row {number} names no page"),
            name => format!("row {number}, column `{}`: no manifest describes the page `{name}`", column.name()),
        };
        self.report(codes::ROW, message, Some(help));
        None
    }

    /// A table moves no page; somebody may expect it to.
    fn check_path(&mut self, number: u64, record: &StringRecord, page: usize) {
        let path = self.cell(record, Column::Path);
        let own = self.names.pages[page].manifest.path.as_ref().map_or("", |path| path.as_str());
        if !path.is_empty() && !own.is_empty() && path != own {
            let message = format!("row {number}, column `path`: the manifest has `{own}`, not `{path}`");
            if self.names.by_path.get(path).is_some_and(|other| *other != page) {
                // Whoever has sorted a column alone has texts beside pages that they are not for.
                let help = format!(
                    "`{path}` is another page; put the cells back together, or leave one of the two columns out"
                );
                return self.report(codes::ROW, message, Some(help));
            }
            self.problems.push(
                Diagnostic::warning(codes::ROW, message)
                    .at(Location::whole(self.file))
                    .help("the id decides, and the path stays as it is"),
            );
        }
    }

    /// Returns the locale's key as the page writes it, or would.
    fn locale(&mut self, number: u64, record: &StringRecord, page: usize) -> Option<String> {
        let key = self.cell(record, Column::Locale);
        let is_meant = |known: &&String| known.eq_ignore_ascii_case(key);
        let own = self.names.pages[page].manifest.locales.keys().find(is_meant);
        if let Some(known) = own.or_else(|| self.locales.iter().find(is_meant)) {
            return Some(known.clone());
        }
        let is_listed = self.problems.has_room(Severity::Error);
        let near = is_listed.then(|| suggest::nearest(key, self.locales.iter().map(String::as_str)));
        let help = match near.flatten() {
            Some(near) => format!("did you mean `{near}`?"),
            None => {
                "a locale that no manifest has yet is named in `locales: {required: […]}` of slugline.yaml".to_owned()
            }
        };
        let message = match key {
            "" => format!("row {number} names no locale"),
            key => format!("row {number}, column `locale`: no manifest has the locale `{key}`"),
        };
        self.report(codes::ROW, message, Some(help));
        None
    }

    fn values(&mut self, number: u64, record: &StringRecord) -> BTreeMap<Field, Option<Value>> {
        let mut values = BTreeMap::new();
        for (column, cell) in self.columns.clone().into_iter().zip(record) {
            let Some(Column::Field(field)) = column else { continue };
            match cell::decode(field.kind(), cell) {
                Ok(value) => {
                    values.insert(field, value);
                }
                Err(problem) => {
                    let message = format!("row {number}, column `{}`: {problem}", field.name());
                    let help = "write one of them, or leave the cell empty if the manifest says nothing of it";
                    self.report(codes::CELL, message, Some(help.to_owned()));
                }
            }
        }
        values
    }

    /// A text beside a flag that says to copy is an error in a manifest, too.
    fn check_cards(&mut self, number: u64, values: &BTreeMap<Field, Option<Value>>) {
        for text in Field::ALL {
            let Some(flag) = text.copied_flag() else { continue };
            let has_text = matches!(values.get(&text), Some(Some(_)));
            if has_text && values.get(&flag) == Some(&Some(Value::Flag(true))) {
                let message = format!(
                    "row {number}, column `{}`: there is a text, but `{}` says to copy it",
                    text.name(),
                    flag.name()
                );
                let help = "empty one of the two cells";
                self.report(codes::CELL, message, Some(help.to_owned()));
            }
        }
    }

    /// Keeps a row, unless one before it says something else.
    fn keep(&mut self, page: usize, locale: String, row: Row) {
        let first = self.rows.entry((page, locale)).or_insert(Row { number: row.number, values: row.values.clone() });
        let differs = |(field, value): &(&Field, &Option<Value>)| first.values.get(field) != Some(value);
        let Some((field, _)) = row.values.iter().find(differs) else { return };
        let message = format!(
            "row {}, column `{}`: row {} says something else of the same page and locale",
            row.number,
            field.name(),
            first.number
        );
        self.report(codes::CONFLICT, message, Some("keep one of the two rows".to_owned()));
    }

    fn report(&mut self, code: Code, message: String, help: Option<String>) {
        let diagnostic = Diagnostic::error(code, message).at(Location::whole(self.file));
        self.problems.push(match help {
            Some(help) => diagnostic.help(help),
            None => diagnostic,
        });
    }
}

const HEADER_HELP: &str = "the first row names the columns: `page` or `path`, `locale`, and fields such as `seo.title`; \
                           `slugline export` writes such a table";

/// Returns what separates the cells, the table, and the row that it begins in. Some write a line of its own before the
/// table, such as `sep=;`, to tell Excel.
fn separated(text: &str) -> (u8, &str, u64) {
    let (line, rest) = text.split_once('\n').unwrap_or((text, ""));
    match line.trim_end_matches('\r').trim_matches('"').as_bytes() {
        [b's' | b'S', b'e' | b'E', b'p' | b'P', b'=', stated] => (*stated, rest, 2),
        _ => (delimiter(text), text, 1),
    }
}

/// Returns what separates the cells: spreadsheets write a semicolon where the comma belongs to numbers.
fn delimiter(text: &str) -> u8 {
    let header = text.lines().next().unwrap_or_default();
    let count = |delimiter: &u8| header.bytes().filter(|byte| byte == delimiter).count();
    [b'\t', b';', b','].into_iter().max_by_key(count).unwrap_or(b',')
}
