//! A change in Markdown: what stays, what goes and what comes of a value, and whatever else is foreign, as code.
//!
//! Knows one change, not the comment it stands in.

use std::fmt::Write as _;

use super::escape;
use super::review::{self, Remark};
use super::text::with_visible_spaces;
use super::view::{FieldView, KeptFieldView, KeptView, ValuesView, count};
use super::words::{Mark, WordDiff};
use crate::diagnostic::Diagnostic;
use crate::lint::language;
use crate::model::LocaleTag;

/// Characters of a value, a path and a name that are shown at most.
pub(super) const MAX_VALUE: usize = 600;
pub(super) const MAX_PATH: usize = 120;
pub(super) const MAX_NAME: usize = 60;

/// Returns the name of a field and what becomes of it, as two cells of a table.
pub(super) fn field_cells(field: &FieldView<'_>) -> String {
    let mut cells = vec![match &field.values {
        ValuesView::Texts(diff) => texts(diff, &field.change.address.locale),
        ValuesView::Flag { before, after, given_up } => {
            let given_up = given_up.as_ref().map(|text| format!("<br>gives up {}", code(text, MAX_VALUE)));
            format!("<del>{before}</del> <ins>{after}</ins>{}", given_up.unwrap_or_default())
        }
        ValuesView::Pinned(value) => format!("stays {}", code(value, MAX_VALUE)),
        ValuesView::Begun(value) => format!("<ins>{}</ins>", code(value, MAX_VALUE)),
    }];
    cells.extend(review::remarks(field.change).into_iter().map(remark));
    cells.extend(field.findings.iter().copied().map(finding));
    format!("`{}` | {}", field.change.field.name(), cells.join("<br>"))
}

pub(super) fn kept_row(view: &KeptView<'_>, field: &KeptFieldView<'_>) -> String {
    let manifest = field.manifest.as_ref().map_or_else(|| "as before".to_owned(), |diff| texts(diff, view.tag));
    format!(
        "| {} | {} | `{}` | {} | {manifest} |\n",
        code(view.path.as_str(), MAX_PATH),
        code(view.tag.as_str(), MAX_NAME),
        field.change.field.name(),
        texts(&field.site, view.tag),
    )
}

/// Returns what the lint says of a text, to stand below it.
pub(super) fn finding(finding: &Diagnostic) -> String {
    let (severity, rule) = (finding.severity.as_str(), code(finding.code.as_str(), MAX_NAME));
    format!("<sub>**{severity}** {rule}: {}</sub>", said(&finding.message))
}

pub(super) fn remark(remark: Remark<'_>) -> String {
    let [before, after] = remark.words();
    let locales: Vec<String> = remark.locales().iter().map(|tag| code(tag.as_str(), MAX_NAME)).collect();
    format!("<sub>{before}{}{after}</sub>", locales.join(", "))
}

/// Returns what goes, what comes, and enough of what stays to find the place.
fn texts(diff: &WordDiff, locale: &LocaleTag) -> String {
    let mut out = if language::is_right_to_left(locale) { "<code dir=\"rtl\">" } else { "<code>" }.to_owned();
    let mut room = MAX_VALUE;
    let merged = diff.merged();
    for (index, (mark, text)) in merged.iter().enumerate() {
        let text = if matches!(mark, Mark::Gone | Mark::New) { with_visible_spaces(text) } else { (*text).to_owned() };
        let (text, left) = escape_up_to(&text, room);
        match mark {
            Mark::Elided => out.push('…'),
            Mark::Same => out.push_str(&text),
            Mark::Gone => {
                let _ = write!(out, "<del>{text}</del>");
            }
            Mark::New => {
                let _ = write!(out, "<ins>{text}</ins>");
            }
        }
        if *mark != Mark::Elided {
            room = left;
        }
        // What replaces the whole text stands below it.
        if *mark == Mark::Gone && merged.len() == 2 && index == 0 && merged[1].0 == Mark::New {
            out.push_str("<br>");
            room = MAX_VALUE;
        }
        if room == 0 {
            break;
        }
    }
    out.push_str("</code>");
    out
}

/// Returns the text made harmless, as much of it as there is room for, and the room that is left.
fn escape_up_to(text: &str, room: usize) -> (String, usize) {
    match text.char_indices().nth(room) {
        None => (escape::markdown(text), room - text.chars().count()),
        Some((cut, _)) => {
            let more = count(text[cut..].chars().count(), "more character", "more characters");
            (format!("{}… ({more})", escape::markdown(&text[..cut])), 0)
        }
    }
}

/// Returns a message of ours to be read as a sentence, with what it quotes as code. A plan file may say anything, so what
/// has more than plain words in it is code as a whole.
pub(super) fn said(message: &str) -> String {
    let mut parts = message.split('`').enumerate();
    if message.len() > MAX_VALUE || !parts.clone().step_by(2).all(|(_, words)| escape::is_plain(words)) {
        return code(message, MAX_VALUE);
    }
    let part = |(index, text): (usize, &str)| match index % 2 {
        0 => text.to_owned(),
        _ => code(text, MAX_VALUE),
    };
    parts.by_ref().map(part).collect()
}

pub(super) fn code(text: &str, room: usize) -> String {
    format!("<code>{}</code>", escape_up_to(text, room).0)
}
