//! Draws diagnostics as a compiler does: code, place, the line itself with the spot underlined, the way out.
//!
//! Everything that comes from a file is made harmless here, excerpts included.

use annotate_snippets::renderer::Renderer;
use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Origin, Snippet};

use super::escape;
use crate::diagnostic::{Diagnostic, Severity};
use crate::source::{Location, Sources};

/// Whether the result holds terminal colors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    Plain,
    Color,
}

/// Places of one problem that are further apart than this get excerpts of their own.
const MAX_EXCERPT_LINES: u32 = 200;
/// Bytes between two places of one excerpt, and bytes of a line on each side of a place. A line can have many megabytes,
/// and an excerpt of it is made for each problem.
const MAX_EXCERPT_BYTES: usize = 2_000;

/// Returns all diagnostics, each followed by an empty line; long source lines are cut to the width.
pub fn render_diagnostics(diagnostics: &[Diagnostic], sources: &Sources, style: Style, width: usize) -> String {
    let renderer = match style {
        Style::Plain => Renderer::plain(),
        Style::Color => Renderer::styled(),
    }
    .term_width(width);
    let mut out = String::new();
    for diagnostic in diagnostics {
        out.push_str(&renderer.render(&[report(diagnostic, sources)]));
        out.push_str("\n\n");
    }
    // Pieces that are harmless each may together be a runner command.
    escape::without_command(&out)
}

fn report<'a>(diagnostic: &'a Diagnostic, sources: &Sources) -> Group<'a> {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Info => Level::INFO,
    };
    let title = level.primary_title(escape::line(&diagnostic.message)).id(escape::line(diagnostic.code.as_str()));
    let mut group = Group::with_title(title);
    for excerpt in excerpts(diagnostic) {
        group = match excerpt.snippet(sources) {
            Some(snippet) => group.element(snippet),
            None => group.element(origin(excerpt.marks[0].at)),
        };
    }
    match &diagnostic.help {
        Some(help) => group.element(Level::HELP.message(escape::line(help))),
        None => group,
    }
}

fn origin(at: &Location) -> Origin<'_> {
    let origin = Origin::path(escape::line(&at.file));
    match at.line {
        0 => origin,
        line => origin.line(line as usize).char_column((at.column as usize).max(1)),
    }
}

/// A place with its part in the problem; the place the problem is about has no label.
struct Mark<'a> {
    at: &'a Location,
    label: Option<&'a str>,
}

/// Places that are shown in one stretch of source.
struct Excerpt<'a> {
    marks: Vec<Mark<'a>>,
}

/// Returns the places of a problem, those of one file that are close together in one excerpt, the main one first.
fn excerpts(diagnostic: &Diagnostic) -> Vec<Excerpt<'_>> {
    let main = diagnostic.at.iter().map(|at| Mark { at, label: None });
    let also = diagnostic.also.iter().map(|(at, label)| Mark { at, label: Some(label) });
    let mut excerpts: Vec<Excerpt<'_>> = Vec::new();
    for mark in main.chain(also) {
        match excerpts.iter_mut().find(|excerpt| excerpt.takes(mark.at)) {
            Some(excerpt) => excerpt.marks.push(mark),
            None => excerpts.push(Excerpt { marks: vec![mark] }),
        }
    }
    excerpts
}

impl<'a> Excerpt<'a> {
    fn takes(&self, at: &Location) -> bool {
        let first = self.marks[0].at;
        first.file == at.file
            && first.line.abs_diff(at.line) <= MAX_EXCERPT_LINES
            && first.bytes.range().start.abs_diff(at.bytes.range().start) <= MAX_EXCERPT_BYTES
            && first.bytes.is_empty() == at.bytes.is_empty()
    }

    /// Returns the lines concerned, or nothing if the text is not at hand, or if the line begins too far before the place: the
    /// column is counted from there.
    fn snippet(&self, sources: &Sources) -> Option<Snippet<'a, Annotation<'a>>> {
        let file = &self.marks[0].at.file;
        let text = sources.text(file)?;
        let mut start = usize::MAX;
        let mut end = 0;
        let mut first_line = u32::MAX;
        for mark in &self.marks {
            let range = mark.at.bytes.range();
            text.get(range.clone()).filter(|marked| !marked.is_empty())?;
            start = start.min(line_start(text, range.start)?);
            end = end.max(line_end(text, range.start));
            first_line = first_line.min(mark.at.line);
        }
        let lines = &text[start..end];
        let annotations = self.marks.iter().map(|mark| {
            let range = mark.at.bytes.range();
            // Only the first line of a longer value is underlined: the place is what matters.
            let stop = range.end.min(line_end(text, range.start));
            let from = harmless(&lines[..range.start - start]).len();
            let to = harmless(&lines[..stop - start]).len();
            match mark.label {
                None => AnnotationKind::Primary.span(from..to.max(from)),
                Some(label) => AnnotationKind::Context.span(from..to.max(from)).label(escape::line(label)),
            }
        });
        Some(
            Snippet::source(harmless(lines))
                .path(escape::line(file))
                .line_start(first_line as usize)
                .annotations(annotations),
        )
    }
}

fn line_start(text: &str, at: usize) -> Option<usize> {
    let nearest = text.floor_char_boundary(at.saturating_sub(MAX_EXCERPT_BYTES));
    match text[nearest..at].rfind(['\n', '\r']) {
        Some(found) => Some(nearest + found + 1),
        None => (nearest == 0).then_some(0),
    }
}

/// Returns where the line ends, or where the excerpt of a long one does.
fn line_end(text: &str, at: usize) -> usize {
    let farthest = text.floor_char_boundary((at + MAX_EXCERPT_BYTES).min(text.len()));
    text[at..farthest].find(['\n', '\r']).map_or(farthest, |found| at + found)
}

/// Returns source lines with every hazardous character spelled out; tabs are left to the renderer.
fn harmless(lines: &str) -> String {
    let mut out = String::with_capacity(lines.len());
    let mut characters = lines.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\n' | '\t' => out.push(character),
            '\r' if characters.peek() == Some(&'\n') => {}
            // YAML takes a lone carriage return as a line break, and line numbers count it.
            '\r' => out.push('\n'),
            '\u{feff}' if out.is_empty() => {}
            _ => escape::push(&mut out, character),
        }
    }
    escape::without_command(&out)
}
