//! Texts that end before a `#`: YAML takes what follows for a comment, and whoever wrote `Our #1 choice` does not know.

use std::sync::Arc;

use super::codes;
use super::yaml::{Node, Resolved, ScalarStyle, place_near};
use crate::diagnostic::{Diagnostic, Problems, Severity};

/// Reports each text without quotes that is followed by a `#` and, at once, a letter or a digit. A comment that is meant as
/// one has a space after its `#`, or stands in a line of its own.
pub(super) fn texts(root: &Node, file: &Arc<str>, text: &str, problems: &mut Problems) {
    let mut waiting = vec![root];
    while let Some(node) = waiting.pop() {
        waiting.extend(node.items().iter().chain(node.entries().iter().map(|(_, value)| value)).rev());
        let is_plain = node.scalar().is_some_and(|scalar| {
            scalar.style == ScalarStyle::Plain && scalar.resolved == Resolved::Text && node.anchored.is_none()
        });
        if is_plain && let Some(place) = cut_at(text, node.span.bytes.range().end) {
            problems.report(Severity::Warning, || {
                let cut: String = text[place..].chars().take_while(|character| !character.is_whitespace()).collect();
                Diagnostic::warning(
                    codes::CUT_TEXT,
                    format!("the text ends before `{cut}`, which YAML takes for a comment"),
                )
                .at(place_near(text, node.span, place).within(file))
                .help("put the whole text in quotes; a comment that is meant has a space after its `#`")
            });
        }
    }
}

/// Returns where in the same line such a comment begins.
fn cut_at(text: &str, end: usize) -> Option<usize> {
    let rest = text.get(end..)?;
    let comment = rest.trim_start_matches([' ', '\t']);
    let is_cut = comment.strip_prefix('#')?.starts_with(char::is_alphanumeric);
    is_cut.then(|| text.len() - comment.len())
}
