//! Two texts, word by word: what stayed and what changed.
//!
//! Pure and bounded by size, not by time, so that the same texts always read the same.

use similar::{ChangeTag, TextDiff};

/// Texts longer than this are shown as replaced whole; comparing them could take quadratic time.
const MAX_BYTES: usize = 20_000;

/// Share of the letters that must have stayed for an emphasis to help the reader.
const MIN_KEPT: f32 = 0.3;

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
    /// Both texts have it, and it is far from any change; where there is little room, a mark stands in its place.
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

/// What becomes of a stretch when the two texts are shown as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// It stays.
    Same,
    /// It stays, and is far from any change.
    Elided,
    /// It goes.
    Gone,
    /// It comes.
    New,
}

impl WordDiff {
    /// Returns both texts as one, what goes before what comes in its place.
    pub fn merged(&self) -> Vec<(Mark, &str)> {
        let mut merged = Vec::new();
        let mut after = self.after.iter().peekable();
        for piece in &self.before {
            let mark = match piece.kind {
                PieceKind::Changed | PieceKind::Whole => Mark::Gone,
                kind @ (PieceKind::Same | PieceKind::Elided) => {
                    // What stays stands in both texts, in the same order; what comes before it there comes first.
                    push_new(&mut merged, &mut after);
                    after.next();
                    if kind == PieceKind::Same { Mark::Same } else { Mark::Elided }
                }
            };
            merged.push((mark, piece.text.as_str()));
        }
        push_new(&mut merged, &mut after);
        merged
    }
}

/// Appends what only the new text has, up to the next piece that stays.
fn push_new<'a>(merged: &mut Vec<(Mark, &'a str)>, after: &mut std::iter::Peekable<impl Iterator<Item = &'a Piece>>) {
    let is_new = |piece: &&Piece| matches!(piece.kind, PieceKind::Changed | PieceKind::Whole);
    while let Some(piece) = after.next_if(is_new) {
        merged.push((Mark::New, piece.text.as_str()));
    }
}

/// A stretch of both texts: what the old one has, and what the new one has in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Stretch {
    Same(String),
    Changed { before: String, after: String },
}

/// Compares two texts word by word.
pub fn compare(before: &str, after: &str) -> WordDiff {
    if before.is_empty() || after.is_empty() || before.len() + after.len() > MAX_BYTES {
        return replaced(before, after);
    }
    let stretches = join(stretches(before, after));
    if kept(&stretches) < MIN_KEPT * letters(before).max(letters(after)) as f32 {
        return replaced(before, after);
    }
    show(&stretches)
}

/// Returns two texts of which one takes the place of the other as a whole.
pub fn replaced(before: &str, after: &str) -> WordDiff {
    let whole = |text: &str| {
        if text.is_empty() { Vec::new() } else { vec![Piece { kind: PieceKind::Whole, text: text.to_owned() }] }
    };
    WordDiff { before: whole(before), after: whole(after) }
}

fn stretches(before: &str, after: &str) -> Vec<Stretch> {
    let mut stretches = Vec::new();
    for change in TextDiff::from_unicode_words(before, after).iter_all_changes() {
        let text = change.value();
        match (change.tag(), stretches.last_mut()) {
            (ChangeTag::Equal, Some(Stretch::Same(same))) => same.push_str(text),
            (ChangeTag::Equal, _) => stretches.push(Stretch::Same(text.to_owned())),
            (ChangeTag::Delete, Some(Stretch::Changed { before, .. })) => before.push_str(text),
            (ChangeTag::Delete, _) => {
                stretches.push(Stretch::Changed { before: text.to_owned(), after: String::new() })
            }
            (ChangeTag::Insert, Some(Stretch::Changed { after, .. })) => after.push_str(text),
            (ChangeTag::Insert, _) => {
                stretches.push(Stretch::Changed { before: String::new(), after: text.to_owned() })
            }
        }
    }
    stretches
}

/// Takes a lone space or mark between two changes as changed, so that they read as one.
fn join(stretches: Vec<Stretch>) -> Vec<Stretch> {
    let mut joined: Vec<Stretch> = Vec::new();
    let last = stretches.len().saturating_sub(1);
    for (index, stretch) in stretches.into_iter().enumerate() {
        let is_gap = |text: &str| letters(text) == 0 && index > 0 && index < last;
        let (old, new) = match stretch {
            Stretch::Same(text) if is_gap(&text) => (text.clone(), text),
            Stretch::Same(_) => {
                joined.push(stretch);
                continue;
            }
            Stretch::Changed { before, after } => (before, after),
        };
        match joined.last_mut() {
            Some(Stretch::Changed { before, after }) => {
                before.push_str(&old);
                after.push_str(&new);
            }
            Some(Stretch::Same(_)) | None => joined.push(Stretch::Changed { before: old, after: new }),
        }
    }
    joined
}

/// Returns the number of letters that stayed.
fn kept(stretches: &[Stretch]) -> f32 {
    let same = stretches.iter().map(|stretch| match stretch {
        Stretch::Same(text) => letters(text),
        Stretch::Changed { .. } => 0,
    });
    same.sum::<usize>() as f32
}

fn letters(text: &str) -> usize {
    text.chars().filter(|character| character.is_alphanumeric()).count()
}

/// Lays the stretches out on both sides. What stayed is shortened in the same way on both, so that the eye finds the
/// same words around a change.
fn show(stretches: &[Stretch]) -> WordDiff {
    let mut sides = WordDiff::default();
    let last = stretches.len().saturating_sub(1);
    for (index, stretch) in stretches.iter().enumerate() {
        match stretch {
            Stretch::Same(text) => {
                let pieces = elided(text, index == 0, index == last);
                sides.before.extend(pieces.clone());
                sides.after.extend(pieces);
            }
            Stretch::Changed { before, after } => {
                push(&mut sides.before, PieceKind::Changed, before);
                push(&mut sides.after, PieceKind::Changed, after);
            }
        }
    }
    sides
}

/// Shortens a stretch that stayed, at word boundaries: the beginning, the end, or what is between two changes.
fn elided(text: &str, is_first: bool, is_last: bool) -> Vec<Piece> {
    let keep_head = if is_first { 0 } else { CONTEXT };
    let keep_tail = if is_last { 0 } else { CONTEXT };
    let mut pieces = Vec::new();
    // A few characters more are better than a mark in their place.
    if text.chars().count() <= keep_head + keep_tail + 12 {
        push(&mut pieces, PieceKind::Same, text);
        return pieces;
    }
    let (head, tail) = (head(text, keep_head), tail(text, keep_tail));
    push(&mut pieces, PieceKind::Same, head);
    push(&mut pieces, PieceKind::Elided, &text[head.len()..text.len() - tail.len()]);
    push(&mut pieces, PieceKind::Same, tail);
    pieces
}

fn push(pieces: &mut Vec<Piece>, kind: PieceKind, text: &str) {
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
            PieceKind::Same => piece.text.clone(),
            PieceKind::Elided => "…".to_owned(),
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
        check("Towel Day", "Towel Day on May 25", ["Towel Day", "Towel Day[ on May 25]"]);
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
    fn both_texts_can_be_read_as_one() {
        let long = "the quick brown fox jumps over the lazy dog and then it rests under the old oak tree for a while";
        let (before, after) = (format!("a {long} b c"), format!("1 {long} b 3 4"));
        let diff = compare(&before, &after);
        let side = |left_out: Mark| -> String {
            diff.merged().iter().filter(|(mark, _)| *mark != left_out).map(|(_, text)| *text).collect()
        };
        assert_eq!([side(Mark::New), side(Mark::Gone)], [before.clone(), after.clone()]);
        let marks: Vec<Mark> = diff.merged().iter().map(|(mark, _)| *mark).collect();
        let expected = [Mark::Gone, Mark::New, Mark::Same, Mark::Elided, Mark::Same, Mark::Gone, Mark::New];
        assert_eq!(marks, expected);
        assert_eq!(compare("", "new").merged(), [(Mark::New, "new")]);
        assert_eq!(compare("old", "").merged(), [(Mark::Gone, "old")]);
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
