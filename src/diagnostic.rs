//! Problems in what the user wrote: collected, sorted and shown together, never thrown.
//!
//! Knows places, not what is wrong there and not how a problem is drawn.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::source::Location;

/// The stable name of a kind of problem, in kebab-case, such as `unknown-key`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(Cow<'static, str>);

impl Code {
    pub const fn new(name: &'static str) -> Self {
        Self(Cow::Borrowed(name))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A code read back from a saved plan, which a newer program may have named.
impl From<String> for Code {
    fn from(name: String) -> Self {
        Self(Cow::Owned(name))
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How much a problem weighs; the gravest comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    Error,
    Warning,
    Info,
}

impl Severity {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Info => "info",
        }
    }
}

/// One problem: what it is, where it is, and the way out.
///
/// Message and labels may hold text from a file as it stands there; whoever shows them makes it harmless.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    pub code: Code,
    pub severity: Severity,
    pub message: String,
    pub at: Option<Location>,
    /// Further places that take part, each with what it has to do with the problem.
    pub also: Vec<(Location, String)>,
    pub help: Option<String>,
    /// How many further problems this entry counts; 0 for a problem.
    pub left_out: usize,
}

impl Diagnostic {
    pub fn error(code: Code, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, message.into())
    }

    pub fn warning(code: Code, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, code, message.into())
    }

    pub fn info(code: Code, message: impl Into<String>) -> Self {
        Self::new(Severity::Info, code, message.into())
    }

    fn new(severity: Severity, code: Code, message: String) -> Self {
        Self { code, severity, message: shortened(message), at: None, also: Vec::new(), help: None, left_out: 0 }
    }

    /// Returns what diagnostics are sorted by: the place, and the entries that count further problems at the end of a file
    /// and at the end of all.
    pub fn place(&self) -> impl Ord + '_ {
        let is_count = self.left_out > 0;
        (is_count && self.at.is_none(), self.at.as_ref().map(|at| &at.file), is_count, &self.at)
    }

    #[must_use]
    pub fn at(mut self, location: Location) -> Self {
        self.at = Some(location);
        self
    }

    #[must_use]
    pub fn also(mut self, location: Location, label: impl Into<String>) -> Self {
        self.also.push((location, label.into()));
        self
    }

    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(shortened(help.into()));
        self
    }
}

/// Sorts by file, line, column and code, and drops what is said twice (a value that is merged into several places).
pub fn sort(diagnostics: &mut Vec<Diagnostic>) {
    diagnostics.sort_by(|a, b| {
        a.place()
            .cmp(&b.place())
            .then_with(|| (&a.code, &a.message, a.severity).cmp(&(&b.code, &b.message, b.severity)))
    });
    diagnostics.dedup();
}

/// Returns whether anything is wrong enough to stop.
pub fn has_errors(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
}

/// Characters of a message or a help. A file can hold a key or a value of many megabytes.
const MAX_TEXT: usize = 2_000;
/// Problems of one file that are listed; the others are counted.
pub const MAX_IN_FILE: usize = 200;
/// Problems of a project that are listed; the others are counted.
pub const MAX_IN_ALL: usize = 2_000;

/// Further problems that are not listed.
pub const TOO_MANY_PROBLEMS: Code = Code::new("too-many-problems");

fn shortened(text: String) -> String {
    match text.char_indices().nth(MAX_TEXT) {
        None => text,
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

/// The problems of one file while they are collected. Memory stays bounded: beyond [`MAX_IN_FILE`] of a severity, they are
/// only counted.
#[derive(Debug, Default)]
pub struct Problems {
    listed: Vec<Diagnostic>,
    found: BTreeMap<Severity, usize>,
}

impl Problems {
    /// Adds a problem, which is made only if it is listed.
    pub fn report(&mut self, severity: Severity, make: impl FnOnce() -> Diagnostic) {
        let found = self.found.entry(severity).or_default();
        *found += 1;
        if *found <= MAX_IN_FILE {
            self.listed.push(make());
        }
    }

    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.report(diagnostic.severity, || diagnostic);
    }

    /// Returns whether another problem of the severity would be listed.
    pub fn has_room(&self, severity: Severity) -> bool {
        self.found.get(&severity).is_none_or(|found| *found < MAX_IN_FILE)
    }

    pub fn len(&self) -> usize {
        self.found.values().sum()
    }

    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// Returns the listed problems, and an entry of each severity for those that are only counted.
    pub fn into_diagnostics(self, file: &Arc<str>) -> Vec<Diagnostic> {
        let Self { mut listed, found } = self;
        for (severity, found) in found {
            let left_out = found.saturating_sub(MAX_IN_FILE);
            if left_out > 0 {
                listed.push(further(severity, Some(file), left_out));
            }
        }
        bound(&mut listed);
        listed
    }
}

impl Extend<Diagnostic> for Problems {
    fn extend<T: IntoIterator<Item = Diagnostic>>(&mut self, diagnostics: T) {
        diagnostics.into_iter().for_each(|diagnostic| self.push(diagnostic));
    }
}

/// Replaces diagnostics beyond [`MAX_IN_FILE`] and [`MAX_IN_ALL`] by entries that count them; errors are listed first. The
/// order stays.
pub fn bound(diagnostics: &mut Vec<Diagnostic>) {
    let Bounds { is_listed, further } = bounds(diagnostics.iter());
    let mut is_listed = is_listed.into_iter();
    diagnostics.retain(|_| is_listed.next().unwrap_or_default());
    diagnostics.extend(further);
}

/// Sorts the diagnostics as [`sort`] does, and bounds them.
pub fn sort_and_bound(diagnostics: &mut Vec<Diagnostic>) {
    sort(diagnostics);
    bound(diagnostics);
    sort(diagnostics);
}

/// Which of several diagnostics are listed, and entries for those that are not.
#[derive(Debug)]
pub struct Bounds {
    /// By the number of the diagnostic.
    pub is_listed: Vec<bool>,
    pub further: Vec<Diagnostic>,
}

/// Returns which diagnostics are listed.
pub fn bounds<'d>(diagnostics: impl IntoIterator<Item = &'d Diagnostic>) -> Bounds {
    let diagnostics: Vec<&Diagnostic> = diagnostics.into_iter().collect();
    let mut is_listed = vec![false; diagnostics.len()];
    let mut by_severity: Vec<usize> = (0..diagnostics.len()).collect();
    by_severity.sort_by_key(|number| diagnostics[*number].severity);
    let mut of_file: BTreeMap<Option<&Arc<str>>, usize> = BTreeMap::new();
    let mut further_of: BTreeMap<(Severity, Option<&Arc<str>>), usize> = BTreeMap::new();
    let mut in_all = 0;
    for number in by_severity {
        let diagnostic = diagnostics[number];
        let file = diagnostic.at.as_ref().map(|at| &at.file);
        if diagnostic.left_out > 0 {
            *further_of.entry((diagnostic.severity, file)).or_default() += diagnostic.left_out;
            continue;
        }
        let in_file = of_file.entry(file).or_default();
        if *in_file >= MAX_IN_FILE {
            *further_of.entry((diagnostic.severity, file)).or_default() += 1;
        } else if in_all >= MAX_IN_ALL {
            *further_of.entry((diagnostic.severity, None)).or_default() += 1;
        } else {
            *in_file += 1;
            in_all += 1;
            is_listed[number] = true;
        }
    }
    let is_shown = |file: &Option<&Arc<str>>| file.is_some_and(|file| of_file.get(&Some(file)).is_some_and(|n| *n > 0));
    let mut further_in: BTreeMap<(Severity, Option<&Arc<str>>), usize> = BTreeMap::new();
    for ((severity, file), count) in further_of {
        *further_in.entry((severity, file.filter(|_| is_shown(&file)))).or_default() += count;
    }
    let further = further_in.into_iter().map(|((severity, file), count)| further(severity, file, count)).collect();
    Bounds { is_listed, further }
}

/// Returns the entry for problems that are not listed.
fn further(severity: Severity, file: Option<&Arc<str>>, left_out: usize) -> Diagnostic {
    let (one, many) = match severity {
        Severity::Error => ("error", "errors"),
        Severity::Warning => ("warning", "warnings"),
        Severity::Info => ("info", "infos"),
    };
    let noun = if left_out == 1 { one } else { many };
    let count = thousands(left_out);
    let message = match file {
        Some(file) => format!("{count} more {noun} in `{file}`"),
        None => format!("{count} more {noun}"),
    };
    let help = format!("at most {MAX_IN_FILE} problems of a file are listed, and {MAX_IN_ALL} in all; fix these first");
    let entry = Diagnostic::new(severity, TOO_MANY_PROBLEMS, message).help(help);
    let entry = Diagnostic { left_out, ..entry };
    match file {
        Some(file) => entry.at(Location::whole(file)),
        None => entry,
    }
}

/// Returns the number with commas between groups of three digits.
fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code() -> Code {
        Code::from("x".to_owned())
    }

    fn problem(severity: Severity, file: &str, line: u32) -> Diagnostic {
        let at = Location { line, ..Location::whole(&file.into()) };
        Diagnostic::new(severity, code(), format!("problem {line}")).at(at)
    }

    #[test]
    fn counts_problems_beyond_the_limit_of_a_file() {
        let mut problems = Problems::default();
        let mut made = 0;
        for line in 1..=1_500 {
            problems.report(Severity::Warning, || {
                made += 1;
                problem(Severity::Warning, "a", line)
            });
        }
        (1..=50).for_each(|line| problems.push(problem(Severity::Error, "a", line)));
        let diagnostics = problems.into_diagnostics(&"a".into());
        assert_eq!((made, diagnostics.len()), (200, 201));
        assert_eq!(diagnostics.iter().filter(|it| it.severity == Severity::Error).count(), 50);
        let further = diagnostics.iter().find(|it| it.left_out > 0).unwrap();
        assert_eq!((further.left_out, further.message.as_str()), (1_350, "1,350 more warnings in `a`"));
    }

    #[test]
    fn lists_errors_before_warnings_in_all() {
        let files: Vec<String> = (0..30).map(|number| format!("{number:02}")).collect();
        let severity = |file: &str| if file == "29" { Severity::Error } else { Severity::Warning };
        let all = files.iter().flat_map(|file| (1..=100).map(move |line| problem(severity(file), file, line)));
        let mut diagnostics: Vec<Diagnostic> = all.collect();
        sort_and_bound(&mut diagnostics);
        assert_eq!(diagnostics.len(), MAX_IN_ALL + 1);
        assert_eq!(diagnostics.iter().filter(|it| it.severity == Severity::Error).count(), 100);
        let total: usize = diagnostics.iter().map(|it| it.left_out.max(1)).sum();
        assert_eq!(total, 3_000);
        let once = diagnostics.clone();
        sort_and_bound(&mut diagnostics);
        assert_eq!(diagnostics, once);
    }

    #[test]
    fn shortens_a_long_message() {
        let diagnostic = Diagnostic::error(code(), "é".repeat(1_000_000)).help("y".repeat(1_000_000));
        assert_eq!(diagnostic.message.chars().count(), MAX_TEXT + 1);
        assert_eq!(diagnostic.help.unwrap().chars().count(), MAX_TEXT + 1);
    }
}
