//! A plan as text, for a terminal, a pipe or a log.
//!
//! Legible without color: what goes is marked `-` and `[-…-]`, what comes `+` and `{+…+}`. Writes to what it is given
//! and decides nothing else.

use std::io::{self, Write};

use super::kept;
use super::print::{Line, Look, Screen};
use super::review::{Override, Remark};
use super::view::{FieldView, PageView, PlanView, ValuesView, count};
use super::words::{Piece, PieceKind};
use crate::diagnostic::Severity;
use crate::model::{Field, LocaleTag, Value};
use crate::plan::{Change, Class, Operation, Redirect, Risk, Successor, Tripped};

/// Characters of one stretch of a value that are shown at most; more would drown the rest of the plan.
const MAX_VALUE: usize = 2_000;

/// What whoever reads the text would give the program again, so that a command in it is about the same project and
/// remote. Each as a shell takes it, with a space before it, or empty. The environment is the plan's, and not among them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Flags<'a> {
    /// What stands before the command.
    pub folder: &'a str,
    /// What stands after it.
    pub remote: &'a str,
}

/// Writes a plan, for somebody who calls the program with these flags.
pub fn plan(view: &PlanView<'_>, flags: Flags<'_>, screen: Screen, out: &mut dyn Write) -> io::Result<()> {
    heading(view, screen, out)?;
    for page in &view.pages {
        page_lines(page, screen, out)?;
    }
    for operation in &view.detours {
        detour(operation, screen, out)?;
    }
    kept::drift(view, flags, screen, out)?;
    kept::conflicts(view, flags, screen, out)?;
    if !view.plan.guards.is_empty() {
        writeln!(out)?;
        guards(&view.plan.guards, screen, out)?;
        let allow = view.plan.guards.iter().map(|tripped| format!("--allow {}", tripped.guard.name()));
        let text = match view.standing().next() {
            None => "allowed".to_owned(),
            Some(_) => format!("if this is meant, apply it with {}", allow.collect::<Vec<_>>().join(" ")),
        };
        Line::indented(2).hanging(2).with(Look::Faint, &text).print(screen, out)?;
    }
    writeln!(out)?;
    Line::indented(0).with(Look::Strong, &summary(view)).print(screen, out)
}

fn heading(view: &PlanView<'_>, screen: Screen, out: &mut dyn Write) -> io::Result<()> {
    let target = &view.plan.target;
    let about = match view.plan.is_offline {
        true => format!(" (not asked; compared with {})", kept::base(view)),
        false => format!(" ({})", target.site),
    };
    Line::indented(0).with(Look::Strong, &target.name).with(Look::Faint, &about).print(screen, out)
}

/// Returns the plan in a sentence.
pub fn summary(view: &PlanView<'_>) -> String {
    let totals = view.totals;
    if view.plan.is_invalid() {
        let errors = view.plan.problems().filter(|problem| problem.severity == Severity::Error).count();
        return format!("The plan has {} and cannot be applied.", count(errors, "error", "errors"));
    }
    if view.plan.is_offline {
        return offline_summary(view);
    }
    if !view.conflicts.is_empty() {
        let conflicts = count(view.plan.conflicts().count(), "conflict", "conflicts");
        return format!("The plan has {conflicts} and cannot be applied.");
    }
    let kept = match view.plan.kept.len() {
        0 => String::new(),
        number => format!(" {} on the site and kept.", count(number, "field was changed", "fields were changed")),
    };
    let released = released(view);
    if view.plan.is_empty() && !kept.is_empty() {
        return format!("Nothing to write.{kept}{released}");
    }
    if view.plan.is_empty() {
        let managed = count(view.plan.managed, "page-locale", "page-locales");
        let nothing = if released.is_empty() { "change" } else { "write" };
        return format!("Nothing to {nothing}: the site reads as the manifests say ({managed} managed).{released}");
    }
    let pinned = if totals.pinned > 0 { format!(" and {} pinned", totals.pinned) } else { String::new() };
    format!(
        "Plan: {}{pinned} in {} of {}; {} to send.{kept}{released}",
        count(totals.changed, "field to change", "fields to change"),
        count(totals.page_locales, "page-locale", "page-locales"),
        count(totals.pages, "page", "pages"),
        count(totals.requests, "request", "requests"),
    )
}

/// Returns what the manifests have let go of, in a sentence of its own; nothing if that is nothing.
fn released(view: &PlanView<'_>) -> String {
    match view.plan.released {
        0 => String::new(),
        1 => " 1 page, or a part of it, is not managed any more.".to_owned(),
        number => format!(" {number} pages or parts of pages are not managed any more."),
    }
}

fn offline_summary(view: &PlanView<'_>) -> String {
    let changes = &view.plan.changes;
    let new = changes.iter().filter(|change| change.class == Class::New).count();
    let released = released(view);
    if changes.is_empty() && !released.is_empty() {
        return format!("Nothing to write, compared with {}.{released}", kept::base(view));
    }
    if changes.is_empty() {
        let managed = count(view.plan.managed, "page-locale", "page-locales");
        return format!("The manifests say the same as in {} ({managed} managed).", kept::base(view));
    }
    let parts = [
        (changes.len() - new, count(changes.len() - new, "field changes", "fields change")),
        (new, count(new, "field is new", "fields are new")),
    ];
    let parts: Vec<String> = parts.into_iter().filter(|(number, _)| *number > 0).map(|(_, part)| part).collect();
    let pages = count(view.pages.len(), "page", "pages");
    format!("{} in {pages}; the site was not asked.{released}", parts.join(" and "))
}

fn page_lines(page: &PageView<'_>, screen: Screen, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out)?;
    Line::indented(0).with(Look::Strong, page.path.as_str()).print(screen, out)?;
    for locale in &page.locales {
        let is_off = locale.fields.iter().any(|field| field.change.risks.contains(&Risk::LocaleOff));
        let note = if is_off { "  (this locale is switched off on the site)" } else { "" };
        let line = Line::indented(2).with(Look::Plain, locale.tag.as_str()).with(Look::Warning, note);
        line.print(screen, out)?;
        for field in &locale.fields {
            field_lines(field, screen, out)?;
        }
    }
    Ok(())
}

fn field_lines(field: &FieldView<'_>, screen: Screen, out: &mut dyn Write) -> io::Result<()> {
    let heading = Line::indented(4).hanging(2).with(Look::Plain, field.change.field.name());
    heading.with(Look::Faint, &format!("  {}", field.change.source)).print(screen, out)?;
    value_lines(&field.values, screen, out)?;
    remark_lines(field.change, screen, out)?;
    for finding in &field.findings {
        let look = if finding.severity == Severity::Error { Look::Error } else { Look::Warning };
        let line = Line::indented(6).hanging(2).with(look, &format!("! {}", finding.message));
        line.with(Look::Faint, &format!("  {}", finding.code)).print(screen, out)?;
    }
    Ok(())
}

fn value_lines(values: &ValuesView, screen: Screen, out: &mut dyn Write) -> io::Result<()> {
    match values {
        ValuesView::Texts(diff) => {
            value_line('-', &diff.before, screen, out)?;
            value_line('+', &diff.after, screen, out)?;
        }
        ValuesView::Flag { before, after, given_up } => {
            let line = Line::indented(6).with(Look::Old, &before.to_string()).with(Look::Plain, " → ");
            line.with(Look::New, &after.to_string()).print(screen, out)?;
            if let Some(text) = given_up {
                note(&format!("gives up \"{}\"", shortened(text)), Look::Faint, screen, out)?;
            }
        }
        ValuesView::Begun(value) => {
            let value = if value.is_empty() { "(empty)" } else { value };
            let line = Line::indented(6).hanging(2).with(Look::New, &format!("+ {}", shortened(value)));
            line.print(screen, out)?;
        }
        ValuesView::Pinned(value) => {
            let line = Line::indented(6).hanging(2).with(Look::Plain, &format!("= {}", shortened(value)));
            line.print(screen, out)?;
            note(Remark::Pinned.words()[0], Look::Faint, screen, out)?;
        }
    }
    Ok(())
}

/// Writes what else a reviewer should know of a change.
fn remark_lines(change: &Change, screen: Screen, out: &mut dyn Write) -> io::Result<()> {
    let Change { followers, redirects, risks, .. } = change;
    if !followers.is_empty() {
        let tags: Vec<&str> = followers.iter().map(LocaleTag::as_str).collect();
        let [before, after] = Remark::Followed(followers).words();
        note(&format!("{before}{}{after}", tags.join(", ")), Look::Faint, screen, out)?;
    }
    for redirect in redirects {
        let Redirect { locale: _, from, to, successor } = redirect;
        let text = match successor {
            Successor::Nobody => format!("! redirect needed: {from} → {to}"),
            Successor::Page => format!("! {from} → {to}; no redirect: another page moves to {from}"),
            Successor::Draft => {
                format!("! redirect needed: {from} → {to}, until the draft that moves to {from} is published")
            }
        };
        note(&text, Look::Warning, screen, out)?;
    }
    if risks.contains(&Risk::SlugChange) && redirects.is_empty() {
        note("! if the page is published, its address moves, and a redirect is needed", Look::Warning, screen, out)?;
    }
    if let Some(way) = Override::of(change) {
        note(&format!("! {}", way.words()), Look::Warning, screen, out)?;
    }
    let marked = [(Risk::Blanking, "! becomes empty"), (Risk::BindingOverwrite, "! replaces a CMS binding")];
    for (risk, text) in marked {
        if risks.contains(&risk) {
            note(text, Look::Warning, screen, out)?;
        }
    }
    Ok(())
}

fn note(text: &str, look: Look, screen: Screen, out: &mut dyn Write) -> io::Result<()> {
    Line::indented(6).hanging(2).with(look, text).print(screen, out)
}

pub(super) fn value_line(mark: char, pieces: &[Piece], screen: Screen, out: &mut dyn Write) -> io::Result<()> {
    let side = if mark == '-' { Side::Old } else { Side::New };
    let line = Line::indented(6).hanging(2).with(side.look(), &format!("{mark} "));
    with_pieces(line, side, pieces, screen).print(screen, out)
}

/// Which of two texts is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Old,
    New,
}

impl Side {
    fn look(self) -> Look {
        match self {
            Self::Old => Look::Old,
            Self::New => Look::New,
        }
    }
}

/// Adds a text to a line, with the words that differ.
pub(super) fn with_pieces(mut line: Line, side: Side, pieces: &[Piece], screen: Screen) -> Line {
    let look = side.look();
    if pieces.is_empty() {
        line = line.with(Look::Faint, "(empty)");
    }
    for piece in pieces {
        line = match piece.kind {
            PieceKind::Same => line.with(look, &shortened(&piece.text)),
            PieceKind::Whole => line.with(look, &shortened(&piece.text)),
            PieceKind::Elided => line.with(Look::Faint, "…"),
            // The marks carry the meaning where there is no color to do it.
            PieceKind::Changed => {
                let text = with_visible_spaces(&shortened(&piece.text));
                match (screen.color, side) {
                    (true, Side::Old) => line.with(Look::OldWord, &text),
                    (true, Side::New) => line.with(Look::NewWord, &text),
                    (false, Side::Old) => line.with(look, &format!("[-{text}-]")),
                    (false, Side::New) => line.with(look, &format!("{{+{text}+}}")),
                }
            }
        };
    }
    line
}

/// Spaces that differ and nothing else would differ invisibly.
pub(super) fn with_visible_spaces(text: &str) -> String {
    let text = text.replace(['\u{a0}', '\u{202f}'], "⍽");
    if text.trim().is_empty() { text.replace(' ', "·") } else { text }
}

pub(super) fn shortened(text: &str) -> String {
    match text.char_indices().nth(MAX_VALUE) {
        None => text.to_owned(),
        Some((cut, _)) => format!("{}… ({} more characters)", &text[..cut], text[cut..].chars().count()),
    }
}

fn detour(operation: &Operation, screen: Screen, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out)?;
    let slug = operation.body.fields.get(&Field::Slug).and_then(Value::as_text).unwrap_or_default();
    let text = format!(
        "{} @ {} goes through the temporary slug `{slug}`, since pages exchange theirs",
        operation.path, operation.address.locale
    );
    Line::indented(0).hanging(2).with(Look::Warning, &text).print(screen, out)
}

/// Writes the guards that a plan trips.
pub fn guards(tripped: &[Tripped], screen: Screen, out: &mut dyn Write) -> io::Result<()> {
    for Tripped { guard, count, limit, message, worst } in tripped {
        let limit = if *limit > 0 { format!(" (limit {limit})") } else { String::new() };
        let line = Line::indented(0).hanging(2).with(Look::Warning, &format!("guard {}: ", guard.name()));
        line.with(Look::Plain, &format!("{count} {message}{limit}")).print(screen, out)?;
        for example in worst {
            Line::indented(4).hanging(2).with(Look::Plain, example).print(screen, out)?;
        }
        if *count > worst.len() && !worst.is_empty() {
            Line::indented(4).with(Look::Faint, &format!("and {} more", count - worst.len())).print(screen, out)?;
        }
    }
    Ok(())
}
