//! Outputs: whatever a text holds, it stays a text in the Markdown comment, in the HTML report and in the terminal.

use std::sync::LazyLock;

use crate::render::held::Plain;

static PLAIN: LazyLock<Plain> = LazyLock::new(Plain::new);

pub(super) fn markdown(input: &[u8]) {
    PLAIN.holds_in_comment(&String::from_utf8_lossy(input));
}

pub(super) fn html(input: &[u8]) {
    PLAIN.holds_in_report(&String::from_utf8_lossy(input));
}

pub(super) fn terminal(input: &[u8]) {
    PLAIN.holds_in_lines(&String::from_utf8_lossy(input));
}
