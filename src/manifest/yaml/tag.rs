//! Tags: those of YAML itself are honored, all others refused.

use granit_parser::Tag;

use super::scalar::Resolved;

/// What is wrong with a tag, and the way out.
pub(super) struct TagProblem {
    pub(super) message: String,
    pub(super) help: &'static str,
}

/// Returns what a scalar with a tag is, and whether the tag can be there.
pub(super) fn scalar(tag: &Tag, text: &str) -> (Resolved, Option<TagProblem>) {
    // A lone `!` means: as text, whatever it looks like.
    if tag.original() == "!" {
        return (Resolved::Text, None);
    }
    let plain = Resolved::of_plain(text);
    match (tag.core_suffix(), plain) {
        (Some("str"), _) => (Resolved::Text, None),
        (Some("null"), Resolved::Null) | (Some("bool"), Resolved::Bool(_)) | (Some("int"), Resolved::Int) => {
            (plain, None)
        }
        (Some("float"), Resolved::Int | Resolved::Float) => (Resolved::Float, None),
        (Some(_), _) => (Resolved::Broken, Some(misfit(tag))),
        (None, _) => (Resolved::Broken, Some(unknown(tag))),
    }
}

/// Returns what is wrong with the tag of a collection, if anything.
pub(super) fn collection(tag: Option<&Tag>, expected: &str) -> Option<TagProblem> {
    let tag = tag?;
    match tag.core_suffix() {
        Some(suffix) if suffix == expected => None,
        _ if tag.original() == "!" => None,
        Some(_) => Some(misfit(tag)),
        None => Some(unknown(tag)),
    }
}

fn misfit(tag: &Tag) -> TagProblem {
    TagProblem { message: format!("the tag `{}` does not fit its value", tag.original()), help: "remove the tag" }
}

fn unknown(tag: &Tag) -> TagProblem {
    TagProblem {
        message: format!("the tag `{}` has no meaning here", tag.original()),
        help: "manifests are plain data: remove the tag, or quote the text",
    }
}
