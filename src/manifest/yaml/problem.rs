//! What is wrong with a text that is no YAML, in words that help its writer.

use std::sync::Arc;

use granit_parser::{ErrorKind, ScanError};

use super::position;
use crate::diagnostic::Diagnostic;
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
    let (code, message, help) = explain(error.kind());
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

type Explanation = (crate::diagnostic::Code, String, Option<&'static str>);

fn explain(kind: &ErrorKind) -> Explanation {
    let (message, help) = match kind {
        ErrorKind::RecursionLimitExceeded => {
            let message = "lists and mappings are nested too deeply".to_owned();
            return (codes::TOO_DEEP, message, None);
        }
        ErrorKind::MappingValueNotAllowed => {
            ("a `:` is not expected here".to_owned(), Some("quote text that holds `: `, and check the indentation"))
        }
        ErrorKind::SimpleKeyExpected | ErrorKind::InvalidSimpleKey => (
            "a line without `:` is not expected here".to_owned(),
            Some("write `key: value`, with a space after the colon, and indent the further lines of a text"),
        ),
        ErrorKind::UnexpectedCharacter { character: '`' } => {
            ("a value cannot start with a backtick".to_owned(), Some("quote the text: `\"…\"`"))
        }
        ErrorKind::UnexpectedCharacter { character } => (
            format!("a value cannot start with, or hold, `{}` here", character.escape_default()),
            Some("quote the text: `\"…\"`"),
        ),
        ErrorKind::UnclosedFlowCollection { open } => {
            (format!("this `{open}` is not closed"), Some("close it, or quote the text: `\"…\"`"))
        }
        ErrorKind::ExpectedFlowMappingSeparator
        | ErrorKind::UnexpectedEofFlowMapping
        | ErrorKind::UnexpectedEofImplicitFlowMapping => (
            "a `{` opens a mapping, and this does not fit into it".to_owned(),
            Some("quote text that starts with `{`: `'{{wf …}}'`"),
        ),
        ErrorKind::ExpectedFlowSequenceSeparator | ErrorKind::UnexpectedEofFlowSequence => (
            "a `[` opens a list, and this does not fit into it".to_owned(),
            Some("quote text that starts with `[`, or close the list with `]`"),
        ),
        ErrorKind::InvalidQuotedScalarIndent | ErrorKind::UnclosedQuotedScalar => (
            "a quote that starts here or above is not closed".to_owned(),
            Some(
                "close it; inside single quotes write `''` for an apostrophe, inside double quotes `\\\"` for a quote",
            ),
        ),
        ErrorKind::InvalidTrailingSingleQuotedScalar | ErrorKind::InvalidTrailingDoubleQuotedScalar => (
            "text goes on after the closing quote".to_owned(),
            Some("quote the whole text; inside, write `''` in single quotes or `\\\"` in double quotes"),
        ),
        ErrorKind::UnknownQuotedScalarEscape => (
            "a `\\` inside these double quotes starts no known escape".to_owned(),
            Some("write `\\\\` for a backslash, or use single quotes"),
        ),
        ErrorKind::ExpectedBlockMappingKey | ErrorKind::ExpectedBlockSequenceEntry => {
            ("this is indented like nothing around it".to_owned(), Some("give it the same indentation as its siblings"))
        }
        other => (other.to_string(), None),
    };
    (codes::SYNTAX, message, help)
}
