//! Coverage as a table of pages and locales: for a terminal, for a pull request, for programs.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde_json::{Value as Json, json};
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use super::escape;
use super::print::{Line, Look, Screen};
use super::view::count;
use crate::model::LocaleTag;
use crate::status::{PageStatus, State, Status};
use crate::table;

/// The width of a table where there is no screen to ask.
const WIDTH: usize = 100;
/// The least room for a path.
const PATH_WIDTH: usize = 24;
/// Rows of a table before pages of one folder in the same state are shown as one.
const MOST_ROWS: usize = 40;
/// Pages of one folder in the same state that make a row together.
const ALIKE: usize = 4;

/// One or more pages that are shown in one row.
struct Row<'a> {
    label: String,
    page: &'a PageStatus,
}

/// Writes the coverage for a terminal.
pub fn text(status: &Status, screen: Screen, out: &mut dyn Write) -> io::Result<()> {
    if status.pages.is_empty() {
        return Line::indented(0).with(Look::Plain, "No page.").print(screen, out);
    }
    totals(status, screen, out)?;
    writeln!(out)?;
    pages(status, screen, out)?;
    let legend: Vec<String> = State::ALL.map(|state| format!("{} {}", letter(Some(state)), words(state))).to_vec();
    writeln!(out)?;
    Line::indented(0).hanging(2).with(Look::Faint, &legend.join("   ")).print(screen, out)?;
    Line::indented(0).hanging(2).with(Look::Faint, &about(status)).print(screen, out)
}

/// Says what was counted.
fn about(status: &Status) -> String {
    let fields: Vec<&str> = status.fields.iter().map(|field| field.name()).collect();
    format!("Of {}; a page shows the worst of its fields.", fields.join(" and "))
}

fn totals(status: &Status, screen: Screen, out: &mut dyn Write) -> io::Result<()> {
    let first = tags(status).map(|tag| tag.width()).max().unwrap_or(0).max("locale".len());
    let mut head = format!("{:first$}", "locale");
    for state in State::ALL {
        head.push_str(&format!("  {:>width$}", words(state), width = column(state)));
    }
    row(Look::Strong, &head, screen, out)?;
    for locale in &status.locales {
        let totals = status.totals(locale);
        let all: usize = totals.values().sum();
        let mut line = format!("{:first$}", escape::line(locale.as_str()));
        for state in State::ALL {
            let number = totals.get(&state).copied().unwrap_or(0);
            let cell = if state == State::Managed && all > 0 {
                format!("{number} ({}%)", number * 100 / all)
            } else {
                number.to_string()
            };
            line.push_str(&format!("  {cell:>width$}", width = column(state)));
        }
        row(Look::Plain, &line, screen, out)?;
    }
    Ok(())
}

/// Returns the width of a column of the totals; that of what is managed has a share in it.
fn column(state: State) -> usize {
    words(state).len().max(if state == State::Managed { 12 } else { 6 })
}

fn pages(status: &Status, screen: Screen, out: &mut dyn Write) -> io::Result<()> {
    let rows = rows(status);
    let room = screen.width.unwrap_or(WIDTH).max(PATH_WIDTH + 2);
    let grid = Grid::new(status, room);
    let longest = rows.iter().map(|row| row.label.width()).max().unwrap_or(0);
    let first = longest.max("page".len()).min(room.saturating_sub(grid.width()).max(PATH_WIDTH));
    for line in grid.head(first) {
        row(Look::Strong, &line, screen, out)?;
    }
    for Row { label, page } in &rows {
        let cells: String =
            status.locales.iter().zip(&grid.pitches).map(|(locale, pitch)| cell(page, locale, *pitch)).collect();
        row(Look::Plain, &format!("{}{cells}", fitted(label, first)), screen, out)?;
    }
    Ok(())
}

fn cell(page: &PageStatus, locale: &LocaleTag, pitch: usize) -> String {
    format!("{:pitch$}{}", "", letter(page.worst(locale)), pitch = pitch - 1)
}

/// How the columns of the locales stand: side by side with their tags over them, or each as narrow as can be with its
/// tag written downwards.
struct Grid<'a> {
    tags: Vec<&'a str>,
    /// The width of each column.
    pitches: Vec<usize>,
    is_upright: bool,
}

impl<'a> Grid<'a> {
    fn new(status: &'a Status, room: usize) -> Self {
        let tags: Vec<&str> = tags(status).collect();
        let wide: Vec<usize> = tags.iter().map(|tag| tag.width() + 2).collect();
        let is_upright = wide.iter().sum::<usize>() + PATH_WIDTH > room;
        let narrow = if tags.len() * 2 + PATH_WIDTH > room { 1 } else { 2 };
        let pitches = if is_upright { vec![narrow; tags.len()] } else { wide };
        Self { tags, pitches, is_upright }
    }

    fn width(&self) -> usize {
        self.pitches.iter().sum()
    }

    fn head(&self, first: usize) -> Vec<String> {
        if !self.is_upright {
            let tags: String =
                self.tags.iter().zip(&self.pitches).map(|(tag, pitch)| format!("{tag:>pitch$}")).collect();
            return vec![format!("{:first$}{tags}", "page")];
        }
        let height = self.tags.iter().map(|tag| tag.chars().count()).max().unwrap_or(0);
        let line = |at: usize| {
            let letters = self.tags.iter().zip(&self.pitches).map(|(tag, pitch)| {
                // The tags end on the same line.
                let skipped = height - tag.chars().count();
                let letter = at.checked_sub(skipped).and_then(|at| tag.chars().nth(at)).unwrap_or(' ');
                format!("{:pitch$}{letter}", "", pitch = pitch - 1)
            });
            let label = if at + 1 == height { "page" } else { "" };
            format!("{label:first$}{}", letters.collect::<String>())
        };
        (0..height).map(line).collect()
    }
}

/// Returns the rows of the table. Where there are many, pages of a folder in the same state share one.
fn rows(status: &Status) -> Vec<Row<'_>> {
    let alone = |page| Row { label: label(page), page };
    if status.pages.len() <= MOST_ROWS {
        return status.pages.iter().map(alone).collect();
    }
    let alike = |a: &PageStatus, b: &PageStatus| {
        a.path.folder() == b.path.folder() && status.locales.iter().all(|locale| a.worst(locale) == b.worst(locale))
    };
    let groups = status.pages.chunk_by(alike);
    let rows = groups.flat_map(|pages| match pages {
        [first, ..] if pages.len() >= ALIKE => {
            let folder = escape::line(first.path.folder());
            vec![Row { label: format!("{folder}/… ({})", count(pages.len(), "page", "pages")), page: first }]
        }
        few => few.iter().map(alone).collect(),
    });
    rows.collect()
}

fn label(page: &PageStatus) -> String {
    escape::line(page.path.as_str()).into_owned()
}

fn tags(status: &Status) -> impl Iterator<Item = &str> {
    status.locales.iter().map(LocaleTag::as_str)
}

/// Returns the text in exactly that many columns; the end of a path says more than its middle.
fn fitted(text: &str, width: usize) -> String {
    if text.width() <= width {
        return format!("{text}{:1$}", "", width - text.width());
    }
    let mut kept = String::new();
    let mut used = 1;
    for character in text.chars().rev() {
        let wide = character.width().unwrap_or(0);
        if used + wide > width {
            break;
        }
        used += wide;
        kept.push(character);
    }
    let kept: String = kept.chars().rev().collect();
    format!("…{kept}{:1$}", "", width - used)
}

fn row(look: Look, text: &str, screen: Screen, out: &mut dyn Write) -> io::Result<()> {
    // The table has been fitted; where the screen is narrower still, a row that wraps is of no use.
    Line::indented(0).with(look, text.trim_end()).print(Screen { width: None, ..screen }, out)
}

fn letter(state: Option<State>) -> char {
    match state {
        Some(State::Managed) => 'M',
        Some(State::Inherited) => 'i',
        Some(State::Same) => '=',
        Some(State::Unmanaged) => 'u',
        Some(State::Missing) | None => '-',
    }
}

fn words(state: State) -> &'static str {
    match state {
        State::Managed => "managed",
        State::Inherited => "inherited",
        State::Same => "same as primary",
        State::Unmanaged => "unmanaged",
        State::Missing => "missing",
    }
}

/// Writes the coverage as Markdown: the totals, and the pages folded away.
pub fn markdown(status: &Status, out: &mut dyn Write) -> io::Result<()> {
    let heads: Vec<&str> = State::ALL.map(words).to_vec();
    writeln!(out, "| locale | {} |", heads.join(" | "))?;
    writeln!(out, "| --- |{}", " ---: |".repeat(heads.len()))?;
    for locale in &status.locales {
        let totals = status.totals(locale);
        let cells = State::ALL.map(|state| totals.get(&state).copied().unwrap_or(0).to_string());
        writeln!(out, "| {} | {} |", escape::markdown_code(locale.as_str()), cells.join(" | "))?;
    }
    let pages = count(status.pages.len(), "page", "pages");
    writeln!(out, "\n<details><summary>{pages}</summary>\n")?;
    let locales: Vec<String> = tags(status).map(escape::markdown_code).collect();
    writeln!(out, "| page | {} |", locales.join(" | "))?;
    writeln!(out, "| --- |{}", " --- |".repeat(locales.len()))?;
    for Row { label, page } in rows(status) {
        let states = status.locales.iter().map(|locale| page.worst(locale).map_or("missing", words));
        writeln!(out, "| {} | {} |", escape::markdown_code(&label), states.collect::<Vec<_>>().join(" | "))?;
    }
    writeln!(out, "\n</details>\n\n{}", about(status))
}

/// Returns the coverage as JSON, field by field.
pub fn json(status: &Status, format_version: &str) -> Json {
    let pages = status.pages.iter().map(|page| {
        let locales = page.locales.iter().map(|(locale, fields)| {
            let fields = fields.iter().map(|(field, state)| (field.name().to_owned(), state.name().into()));
            (locale.to_string(), Json::Object(fields.collect()))
        });
        let locales = Json::Object(locales.collect());
        json!({"page": page.id.as_str(), "path": page.path.as_str(), "locales": locales})
    });
    let totals = status.locales.iter().map(|locale| {
        let totals: BTreeMap<&str, usize> =
            status.totals(locale).into_iter().map(|(state, number)| (state.name(), number)).collect();
        (locale.to_string(), json!(totals))
    });
    json!({
        "format_version": format_version,
        "fields": status.fields.iter().map(|field| field.name()).collect::<Vec<_>>(),
        "totals": Json::Object(totals.collect()),
        "pages": pages.collect::<Vec<_>>(),
    })
}

/// Writes the coverage as CSV, a row a field of a page in a locale.
pub fn csv(status: &Status, out: &mut dyn Write) -> io::Result<()> {
    let mut rows = csv::Writer::from_writer(out);
    rows.write_record(["page", "path", "locale", "field", "state"])?;
    for page in &status.pages {
        for (locale, fields) in &page.locales {
            for (field, state) in fields {
                let place = [page.id.as_str(), page.path.as_str(), locale.as_str()];
                let place = place.map(|text| table::guarded(&escape::line(text)));
                let cells = place.iter().map(String::as_str);
                rows.write_record(cells.chain([field.name(), state.name()]))?;
            }
        }
    }
    rows.flush()
}
