//! A change in HTML: what stays, what goes and what comes of a value.
//!
//! Knows one change, not the page it stands on.

use std::borrow::Cow;

use maud::{Markup, html};

use super::escape;
use super::review::{self, Remark};
use super::text::{shortened, with_visible_spaces};
use super::view::{FieldView, KeptFieldView, KeptView, ValuesView};
use super::words::{Mark, WordDiff};
use crate::diagnostic::Diagnostic;
use crate::lint::language;
use crate::model::{Field, LocaleTag, PagePath};

/// Returns foreign text for maud, which escapes what means something to HTML.
pub(super) fn text(text: &str) -> Cow<'_, str> {
    escape::line(text)
}

/// Returns the locale's tag where it can stand in a `lang`.
pub(super) fn language(tag: &LocaleTag) -> Option<&str> {
    let mut parts = tag.as_str().split('-');
    let first = parts.next().unwrap_or_default();
    let is_language = (2..=3).contains(&first.len()) && first.bytes().all(|byte| byte.is_ascii_alphabetic());
    let is_part = |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    (is_language && parts.all(is_part)).then_some(tag.as_str())
}

/// Returns the direction in which the locale's texts run.
pub(super) fn direction(tag: &LocaleTag) -> &'static str {
    if language::is_right_to_left(tag) { "rtl" } else { "ltr" }
}

/// Returns a field's name, which a narrow screen may break at its words.
fn field_name(field: Field) -> Markup {
    let name = field.name();
    html! {
        code {
            @match name.split_once('.') {
                Some((object, key)) => { (object) "." wbr; (key) }
                None => (name),
            }
        }
    }
}

/// A row of the table of a page in a locale.
pub(super) fn field_row(field: &FieldView<'_>) -> Markup {
    html! {
        tr {
            th scope="row" { (field_name(field.change.field)) }
            td { (change(field)) p.remark { (text(&field.change.source.to_string())) } }
        }
    }
}

/// A row of a table of changes from many pages.
pub(super) fn change_row(path: &PagePath, field: &FieldView<'_>) -> Markup {
    html! {
        tr {
            th.path scope="row" { bdi { (text(path.as_str())) } }
            td { (text(field.change.address.locale.as_str())) }
            td { (field_name(field.change.field)) " " (change(field)) }
        }
    }
}

pub(super) fn kept_row(view: &KeptView<'_>, field: &KeptFieldView<'_>) -> Markup {
    let (lang, dir) = (language(view.tag), direction(view.tag));
    html! {
        tr {
            th.path scope="row" { bdi { (text(view.path.as_str())) } }
            td { (text(view.tag.as_str())) " " (field_name(field.change.field)) }
            td {
                p.remark { "On the site" }
                div.value lang=[lang] dir=(dir) { (texts(&field.site)) }
                @match &field.manifest {
                    Some(diff) => {
                        p.remark { "In the manifests" }
                        div.value lang=[lang] dir=(dir) { (texts(diff)) }
                    }
                    None => p.remark { "The manifests say as before." },
                }
            }
        }
    }
}

fn change(field: &FieldView<'_>) -> Markup {
    let tag = &field.change.address.locale;
    html! {
        @match &field.values {
            ValuesView::Texts(diff) => div.value lang=[language(tag)] dir=(direction(tag)) { (texts(diff)) },
            ValuesView::Flag { before, after, given_up } => {
                div { del { (before) } " " ins { (after) } }
                @if let Some(given_up) = given_up {
                    p.remark { "gives up " q lang=[language(tag)] dir=(direction(tag)) { (text(&shortened(given_up))) } }
                }
            }
            ValuesView::Begun(value) => {
                div.value lang=[language(tag)] dir=(direction(tag)) { ins { (text(&shortened(value))) } }
            }
            ValuesView::Pinned(value) => {
                div.value lang=[language(tag)] dir=(direction(tag)) { (text(&shortened(value))) }
            }
        }
        @for remark in review::remarks(field.change) { p.remark { (remark_text(remark)) } }
        @for finding in &field.findings { (finding_text(finding)) }
    }
}

/// What the lint says of the text above.
fn finding_text(finding: &Diagnostic) -> Markup {
    let Diagnostic { code, severity, message, at: _, also: _, help, left_out: _ } = finding;
    html! {
        p.finding {
            strong { (severity.as_str()) } " " (text(message)) " " code { (text(code.as_str())) }
            @if let Some(help) = help { span.remark.line { (text(help)) } }
        }
    }
}

fn remark_text(remark: Remark<'_>) -> Markup {
    let [before, after] = remark.words();
    html! {
        (before)
        @for (index, tag) in remark.locales().iter().enumerate() {
            @if index > 0 { ", " }
            (text(tag.as_str()))
        }
        (after)
    }
}

fn texts(diff: &WordDiff) -> Markup {
    let merged = diff.merged();
    // What replaces the whole text stands below it.
    let is_replaced = matches!(merged.as_slice(), [(Mark::Gone, _), (Mark::New, _)]);
    html! {
        @for (mark, piece) in &merged {
            @match mark {
                Mark::Same | Mark::Elided => (text(&shortened(piece))),
                Mark::Gone => span.line[is_replaced] { del { (text(&with_visible_spaces(&shortened(piece)))) } },
                Mark::New => span.line[is_replaced] { ins { (text(&with_visible_spaces(&shortened(piece)))) } },
            }
        }
        @if diff.after.is_empty() { " " span.none { "becomes empty" } }
    }
}
