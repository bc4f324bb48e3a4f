//! From serde's errors to diagnostics: what stands there, what belongs there, and how to write it.
//!
//! serde hands out its errors as text of a fixed form. Only the kind of the error and what was expected are taken
//! from it; what was found is read from the tree, as the user wrote it.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{OwnedStep, Refused, suggest};
use crate::diagnostic::{Diagnostic, Problems, Severity};
use crate::manifest::codes;
use crate::manifest::yaml::{Key, Kind, Node, Resolved, Step};
use crate::source::{ByteRange, Location};

/// Records what is wrong at the end of the steps, and returns what to leave out next time.
pub(super) fn explain(
    root: &Node,
    steps: &[Step<'_>],
    message: &str,
    file: &Arc<str>,
    problems: &mut Problems,
) -> Refused {
    if let Some(Step::Key(key)) = steps.last()
        && let Some(expected) = message.strip_prefix(&format!("unknown field `{key}`, "))
    {
        let parent = &steps[..steps.len() - 1];
        return unknown_keys(root, parent, &quoted(expected), file, problems);
    }
    let (key, node) = root.trace(steps);
    let place = Place { key, node, list: list_name(steps), file };
    let is_broken = node.scalar().is_some_and(|scalar| scalar.resolved == Resolved::Broken);
    let mut parent: Vec<OwnedStep> = steps.iter().map(OwnedStep::of).collect();
    let refused = Refused { children: parent.pop().into_iter().collect(), parent };
    if is_broken {
        // The parser has reported what cannot be read.
        return refused;
    }
    problems.report(Severity::Error, || {
        if let Some(missing) = message.strip_prefix("missing field ") {
            Diagnostic::error(codes::MISSING_KEY, format!("the key {missing} is missing")).at(place.name())
        } else if let Some(expected) = expectation(message) {
            place.mismatch(expected)
        } else {
            place.malformed(message)
        }
    });
    refused
}

/// Reports all unknown keys of a mapping at once, so that a mapping full of them takes one round.
fn unknown_keys(
    root: &Node,
    parent: &[Step<'_>],
    allowed: &[&str],
    file: &Arc<str>,
    problems: &mut Problems,
) -> Refused {
    let (_, mapping) = root.trace(parent);
    let unknown = mapping.entries().iter().map(|(key, _)| key).filter(|key| !allowed.contains(&key.text.as_str()));
    let mut children = BTreeSet::new();
    for key in unknown {
        // Few problems are listed, and a suggestion costs more than all else.
        problems.report(Severity::Error, || unknown_key(key, allowed, file));
        children.insert(OwnedStep::Key(key.text.clone()));
    }
    Refused { parent: parent.iter().map(OwnedStep::of).collect(), children }
}

fn unknown_key(key: &Key, allowed: &[&str], file: &Arc<str>) -> Diagnostic {
    let mut at = key.span.within(file);
    if suggest::is_secret(&key.text) {
        // Without an excerpt: its line holds the secret, and logs are kept.
        at.bytes = ByteRange::default();
    }
    Diagnostic::error(codes::UNKNOWN_KEY, format!("unknown key `{}`", key.text))
        .at(at)
        .help(suggest::for_key(&key.text, allowed))
}

/// Returns what stands between backticks.
fn quoted(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

/// Returns the key of the list that the last step leads into.
fn list_name<'a>(steps: &[Step<'a>]) -> Option<&'a str> {
    match steps {
        [.., Step::Key(list), Step::Index(_)] => Some(list),
        _ => None,
    }
}

/// What belongs at a place.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Expected<'m> {
    Text,
    /// Text of a form that has a name, such as `an id`.
    Named(&'m str),
    Flag,
    Count,
    Number,
    /// A severity, or a mapping with more.
    Setting,
    List,
    Mapping,
}

impl<'m> Expected<'m> {
    const fn words(self) -> &'m str {
        match self {
            Self::Text => "text",
            Self::Named(name) => name,
            Self::Flag => "`true` or `false`",
            Self::Count => "a whole number that is not negative",
            Self::Number => "a number",
            Self::Setting => "a severity or a mapping",
            Self::List => "a list",
            Self::Mapping => "a mapping",
        }
    }
}

/// Returns what serde expected, if the error is about the kind of a value.
fn expectation(message: &str) -> Option<Expected<'_>> {
    if !message.starts_with("invalid type: ") && !message.starts_with("invalid value: ") {
        return None;
    }
    // What was found stands before it and may hold anything; what was expected comes from the types.
    let (_, expected) = message.rsplit_once(", expected ")?;
    Some(match expected {
        "a string" => Expected::Text,
        "a boolean" => Expected::Flag,
        "a sequence" => Expected::List,
        "u8" | "u16" | "u32" | "u64" | "usize" => Expected::Count,
        "a number" => Expected::Number,
        "a severity or a mapping" => Expected::Setting,
        "a map" => Expected::Mapping,
        _ if expected.starts_with("struct ") => Expected::Mapping,
        name => Expected::Named(name),
    })
}

/// A value that does not fit.
struct Place<'a> {
    key: Option<&'a Key>,
    node: &'a Node,
    list: Option<&'a str>,
    file: &'a Arc<str>,
}

impl Place<'_> {
    /// Returns the place of the key, or that of the value if it has none.
    fn name(&self) -> Location {
        self.key.map_or(self.node.span, |key| key.span).within(self.file)
    }

    /// Returns the place of the value, or that of the key where nothing is written.
    fn at(&self) -> Location {
        match self.node.is_absent() {
            true => self.name(),
            false => self.node.span.within(self.file),
        }
    }

    fn subject(&self) -> String {
        match (self.key, self.list) {
            (Some(key), _) => format!("`{}`", key.text),
            (None, Some(list)) => format!("an entry of `{list}`"),
            (None, None) => "a document".to_owned(),
        }
    }

    fn error(&self, code: crate::diagnostic::Code, message: String) -> Diagnostic {
        let diagnostic = Diagnostic::error(code, message).at(self.at());
        match self.node.anchored {
            Some(written) => diagnostic.also(written.within(self.file), "the value is written here"),
            None => diagnostic,
        }
    }

    fn mismatch(&self, expected: Expected<'_>) -> Diagnostic {
        let subject = self.subject();
        let Some(scalar) = self.node.scalar() else {
            let found = match self.node.kind {
                Kind::Sequence(_) => "a list",
                Kind::Scalar(_) | Kind::Mapping(_) => "a mapping",
            };
            let message = format!("{subject} must be {}, but this is {found}", expected.words());
            let diagnostic = self.error(codes::WRONG_TYPE, message);
            return match (expected, &self.node.kind) {
                (Expected::Text | Expected::Named(_), Kind::Mapping(_)) => {
                    diagnostic.help("quote text that starts with `{`, or holds `: `")
                }
                (Expected::Text | Expected::Named(_), _) => diagnostic.help("quote text that starts with `[` or `- `"),
                _ => diagnostic,
            };
        };
        let found = match scalar.resolved {
            Resolved::Null => return self.null(expected),
            Resolved::Bool(_) => "a boolean",
            Resolved::Int | Resolved::Float => "a number",
            Resolved::Text | Resolved::Broken => "text",
        };
        let words = expected.words();
        let message = match (expected, scalar.resolved) {
            (Expected::Count, Resolved::Int | Resolved::Float) => {
                format!("{subject} must be {words}, but this is `{}`", scalar.text)
            }
            (_, Resolved::Text) => format!("{subject} must be {words}, but this is text"),
            _ => format!("{subject} must be {words}, but `{}` is {found}", scalar.text),
        };
        let diagnostic = self.error(codes::WRONG_TYPE, message);
        match self.correction(expected, &scalar.text, scalar.resolved) {
            Some(help) => diagnostic.help(help),
            None => diagnostic,
        }
    }

    /// Returns how the value would be written so that it fits.
    fn correction(&self, expected: Expected<'_>, text: &str, resolved: Resolved) -> Option<String> {
        let key = match self.key {
            Some(key) => format!("{}: ", key.text),
            None => "- ".to_owned(),
        };
        match (expected, resolved) {
            (Expected::Text | Expected::Named(_), _) => Some(format!("quote it: `{key}\"{text}\"`")),
            (Expected::Flag, Resolved::Text) => match text.to_ascii_lowercase().as_str() {
                "true" | "yes" | "on" | "y" => Some(format!("write `{key}true`")),
                "false" | "no" | "off" | "n" => Some(format!("write `{key}false`")),
                _ => None,
            },
            (Expected::Flag, Resolved::Int) => match text {
                "1" => Some(format!("write `{key}true`")),
                "0" => Some(format!("write `{key}false`")),
                _ => None,
            },
            (Expected::Setting, Resolved::Bool(false)) => Some(format!("write `{key}off`")),
            (Expected::Setting, _) => Some(format!("write `{key}off`, or `info`, `warning` or `error`")),
            (Expected::Number, Resolved::Text)
                if matches!(Resolved::of_plain(text), Resolved::Int | Resolved::Float) =>
            {
                Some(format!("remove the quotes: `{key}{text}`"))
            }
            (Expected::Count, Resolved::Text) if Resolved::of_plain(text) == Resolved::Int => {
                Some(format!("remove the quotes: `{key}{text}`"))
            }
            (Expected::List, Resolved::Text) => Some(format!("write `{key}[{text}]`")),
            _ => None,
        }
    }

    fn null(&self, expected: Expected<'_>) -> Diagnostic {
        let Some(key) = self.key else {
            return self
                .error(codes::NULL_VALUE, format!("{} has no value", self.subject()))
                .help(format!("write {}, or remove it", expected.words()));
        };
        let help = match expected {
            // A slug is the one text that cannot be cleared.
            Expected::Text if key.text == "slug" => "write the slug, or remove the key".to_owned(),
            Expected::Text => format!("write `{}: \"\"` to clear it, or remove the key", key.text),
            Expected::Named(_) | Expected::Flag | Expected::Count | Expected::Number | Expected::Setting => {
                format!("write {}, or remove the key", expected.words())
            }
            Expected::List | Expected::Mapping => {
                format!("indent what belongs under `{}`, or remove the key", key.text)
            }
        };
        self.error(codes::NULL_VALUE, format!("`{}` has no value", key.text)).help(help)
    }

    /// Returns the diagnostic for a value that its own type refuses; see `value::Malformed`.
    fn malformed(&self, message: &str) -> Diagnostic {
        match message.split_once('\n') {
            Some((message, help)) => self.error(codes::INVALID_VALUE, message.to_owned()).help(help),
            None => self.error(codes::INVALID_VALUE, message.to_owned()),
        }
    }
}
