//! Two texts, word by word: what stayed and what changed.
//!
//! Pure and bounded by size, not by time, so that the same texts always read the same.

use similar::{ChangeTag, TextDiff};

/// Texts longer than this are shown as replaced whole; comparing them could take quadratic time.
const MAX_BYTES: usize = 20_000;

/// Share of the words that must have stayed for an emphasis to help the reader.
const MIN_RATIO: f32 = 0.3;

/// Characters of an unchanged stretch that are kept beside a change; enough for a handful of words.
const CONTEXT: usize = 28;

/// A stretch of text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// What is said of it.
    pub kind: PieceKind,
    /// The text, as it is.
    pub text: String,
}

/// What is said of a stretch of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PieceKind {
    /// Both texts have it.
    Same,
    /// Only this text has it.
    Changed,
    /// The whole text is new or gone, so that nothing in it needs emphasis.
    Whole,
    /// Left out because both texts have it.
    Elided,
}

/// The two texts in pieces.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WordDiff {
    /// The old text.
    pub before: Vec<Piece>,
    /// The new text.
    pub after: Vec<Piece>,
}

/// Compares two texts word by word.
pub fn compare(before: &str, after: &str) -> WordDiff {
    if before.is_empty() || after.is_empty() || before.len() + after.len() > MAX_BYTES {
        return WordDiff { before: whole(before), after: whole(after) };
    }
    let diff = TextDiff::from_unicode_words(before, after);
    if diff.ratio() < MIN_RATIO {
        return WordDiff { before: whole(before), after: whole(after) };
    }
    let mut sides = WordDiff::default();
    for change in diff.iter_all_changes() {
        let text = change.value();
        match change.tag() {
            ChangeTag::Equal => {
                push(&mut sides.before, PieceKind::Same, text);
                push(&mut sides.after, PieceKind::Same, text);
            }
            ChangeTag::Delete => push(&mut sides.before, PieceKind::Changed, text),
            ChangeTag::Insert => push(&mut sides.after, PieceKind::Changed, text),
        }
    }
    WordDiff { before: elide(join(sides.before)), after: elide(join(sides.after)) }
}

fn whole(text: &str) -> Vec<Piece> {
    if text.is_empty() { Vec::new() } else { vec![Piece { kind: PieceKind::Whole, text: text.to_owned() }] }
}

fn push(pieces: &mut Vec<Piece>, kind: PieceKind, text: &str) {
    match pieces.last_mut().filter(|last| last.kind == kind) {
        Some(last) => last.text.push_str(text),
        None => pieces.push(Piece { kind, text: text.to_owned() }),
    }
}

/// Takes a lone space between two changed words as changed, so that they read as one change.
fn join(pieces: Vec<Piece>) -> Vec<Piece> {
    let mut joined: Vec<Piece> = Vec::new();
    let last = pieces.len().saturating_sub(1);
    for (index, piece) in pieces.into_iter().enumerate() {
        let is_gap = piece.kind == PieceKind::Same && piece.text == " " && index > 0 && index < last;
        let kind = if is_gap { PieceKind::Changed } else { piece.kind };
        push(&mut joined, kind, &piece.text);
    }
    joined
}

/// Shortens the stretches that stayed, at word boundaries.
fn elide(pieces: Vec<Piece>) -> Vec<Piece> {
    let last = pieces.len().saturating_sub(1);
    let mut short = Vec::new();
    for (index, piece) in pieces.into_iter().enumerate() {
        let keep_head = if index == 0 { 0 } else { CONTEXT };
        let keep_tail = if index == last { 0 } else { CONTEXT };
        let length = piece.text.chars().count();
        // A few characters more are better than a mark in their place.
        if piece.kind != PieceKind::Same || length <= keep_head + keep_tail + 12 {
            short.push(piece);
            continue;
        }
        let (head, tail) = (head(&piece.text, keep_head), tail(&piece.text, keep_tail));
        for (kind, text) in [(PieceKind::Same, head), (PieceKind::Elided, "…"), (PieceKind::Same, tail)] {
            push_some(&mut short, kind, text);
        }
    }
    short
}

fn push_some(pieces: &mut Vec<Piece>, kind: PieceKind, text: &str) {
    if !text.is_empty() {
        pieces.push(Piece { kind, text: text.to_owned() });
    }
}

/// Returns about so many characters from the start, up to the end of a word where there is one.
fn head(text: &str, characters: usize) -> &str {
    let cut = text.char_indices().nth(characters).map_or(text.len(), |(index, _)| index);
    let head = &text[..cut];
    head.rfind(' ').map_or(head, |space| &head[..=space])
}

/// Returns about so many characters from the end, from the start of a word where there is one.
fn tail(text: &str, characters: usize) -> &str {
    let skip = text.chars().count().saturating_sub(characters);
    let cut = text.char_indices().nth(skip).map_or(text.len(), |(index, _)| index);
    let tail = &text[cut..];
    tail.find(' ').map_or(tail, |space| &tail[space..])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(pieces: &[Piece]) -> String {
        let show = |piece: &Piece| match piece.kind {
            PieceKind::Same | PieceKind::Elided => piece.text.clone(),
            PieceKind::Changed => format!("[{}]", piece.text),
            PieceKind::Whole => format!("<{}>", piece.text),
        };
        pieces.iter().map(show).collect()
    }

    fn check(before: &str, after: &str, expected: [&str; 2]) {
        let diff = compare(before, after);
        assert_eq!([show(&diff.before), show(&diff.after)], expected);
    }

    #[test]
    fn changed_words_are_marked() {
        check("Guide to the Galaxy", "Guide to the Universe", ["Guide to the [Galaxy]", "Guide to the [Universe]"]);
        check("one two three four five", "one 2 3 four five", ["one [two three] four five", "one [2 3] four five"]);
        check("a b c", "a b c d", ["a b c", "a b c[ d]"]);
    }

    #[test]
    fn what_has_little_in_common_is_not_torn_apart() {
        check("Alpha beta gamma", "Delta epsilon", ["<Alpha beta gamma>", "<Delta epsilon>"]);
        check("", "new", ["", "<new>"]);
    }

    #[test]
    fn long_context_is_cut_at_words() {
        let long = "the quick brown fox jumps over the lazy dog and then it rests under the old oak tree for a while";
        check(
            &format!("{long} here"),
            &format!("{long} there"),
            ["… old oak tree for a while [here]", "… old oak tree for a while [there]"],
        );
    }

    #[test]
    fn texts_without_spaces_are_compared_too() {
        check(
            "銀河ヒッチハイクの案内",
            "銀河ヒッチハイクの手引",
            ["銀河ヒッチハイクの[案内]", "銀河ヒッチハイクの[手引]"],
        );
    }

    #[test]
    fn huge_texts_are_not_compared() {
        let huge = "word ".repeat(10_000);
        assert_eq!(compare(&huge, &format!("{huge}x")).after.len(), 1);
    }
}
