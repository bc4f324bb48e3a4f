//! What is wrong with a text that is no YAML, in words that help its writer.

use std::sync::Arc;

use granit_parser::{ErrorKind, ScanError};

use super::position;
use crate::diagnostic::{Code, Diagnostic};
use crate::manifest::codes;

/// Returns the diagnostic for an error of the parser.
pub(super) fn syntax(error: &ScanError, file: &Arc<str>, text: &str) -> Diagnostic {
    let near = position::mark(error.marker());
    let marked = near.bytes.start as usize;
    if is_tab(error.kind())
        && let Some(tab) = position::indenting_tab(text, near)
    {
        return Diagnostic::error(codes::TAB, "a tab cannot indent a line")
            .at(position::visible_character(text, near, tab).within(file))
            .help("indent with spaces");
    }
    let at = position::visible_character(text, near, marked).within(file);
    let (code, (message, help)) = explain(error.kind());
    let diagnostic = Diagnostic::error(code, message).at(at);
    match help {
        Some(help) => diagnostic.help(help),
        None => diagnostic,
    }
}

fn is_tab(kind: &ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::TabNotAllowed
            | ErrorKind::TabInBlockIndentation
            | ErrorKind::TabAtBlockScalarStart
            | ErrorKind::TabInIndentation
            | ErrorKind::TabInPlainScalar
    )
}

/// What is wrong, and the way out.
type Words = (String, Option<&'static str>);

fn explain(kind: &ErrorKind) -> (Code, Words) {
    match kind {
        ErrorKind::RecursionLimitExceeded => {
            (codes::TOO_DEEP, ("lists and mappings are nested too deeply".to_owned(), None))
        }
        other => (codes::SYNTAX, quotes(other).or_else(|| brackets(other)).unwrap_or_else(|| lines(other))),
    }
}

/// About text in quotes.
fn quotes(kind: &ErrorKind) -> Option<Words> {
    let (message, help) = match kind {
        ErrorKind::InvalidQuotedScalarIndent | ErrorKind::UnclosedQuotedScalar => (
            "a quote that starts here or above is not closed",
            "close it; inside single quotes write `''` for an apostrophe, inside double quotes `\\\"` for a quote",
        ),
        ErrorKind::InvalidTrailingSingleQuotedScalar | ErrorKind::InvalidTrailingDoubleQuotedScalar => (
            "text goes on after the closing quote",
            "quote the whole text; inside, write `''` in single quotes or `\\\"` in double quotes",
        ),
        ErrorKind::UnknownQuotedScalarEscape => (
            "a `\\` inside these double quotes starts no known escape",
            "write `\\\\` for a backslash, or use single quotes",
        ),
        _ => return None,
    };
    Some((message.to_owned(), Some(help)))
}

/// About `{…}` and `[…]`, which text with a CMS binding starts by accident.
fn brackets(kind: &ErrorKind) -> Option<Words> {
    let (message, help) = match kind {
        ErrorKind::UnclosedFlowCollection { open } => {
            return Some((format!("this `{open}` is not closed"), Some("close it, or quote the text: `\"…\"`")));
        }
        ErrorKind::ExpectedFlowMappingSeparator
        | ErrorKind::UnexpectedEofFlowMapping
        | ErrorKind::UnexpectedEofImplicitFlowMapping => {
            ("a `{` opens a mapping, and this does not fit into it", "quote text that starts with `{`: `'{{wf …}}'`")
        }
        ErrorKind::ExpectedFlowSequenceSeparator | ErrorKind::UnexpectedEofFlowSequence => (
            "a `[` opens a list, and this does not fit into it",
            "quote text that starts with `[`, or close the list with `]`",
        ),
        _ => return None,
    };
    Some((message.to_owned(), Some(help)))
}

/// About keys, values and indentation.
fn lines(kind: &ErrorKind) -> Words {
    let (message, help) = match kind {
        ErrorKind::MappingValueNotAllowed => {
            ("a `:` is not expected here", "quote text that holds `: `, and check the indentation")
        }
        ErrorKind::SimpleKeyExpected | ErrorKind::InvalidSimpleKey => (
            "a line without `:` is not expected here",
            "write `key: value`, with a space after the colon, and indent the further lines of a text",
        ),
        ErrorKind::UnexpectedCharacter { character: '`' } => {
            ("a value cannot start with a backtick", "quote the text: `\"…\"`")
        }
        ErrorKind::UnexpectedCharacter { character } => {
            let message = format!("a value cannot start with, or hold, `{}` here", character.escape_default());
            return (message, Some("quote the text: `\"…\"`"));
        }
        ErrorKind::ExpectedBlockMappingKey | ErrorKind::ExpectedBlockSequenceEntry => {
            ("this is indented like nothing around it", "give it the same indentation as its siblings")
        }
        // The parser's own words; quoting is the way out of most of what they are about.
        other => return (other.to_string(), Some("quote the text if it holds `|`, `>`, `#`, `:` or brackets")),
    };
    (message.to_owned(), Some(help))
}
