//! What is typed and what it answers: `$ command`, and the lines below it.
//!
//! A line `…` stands for any lines that are left out, and one that ends in `…` for any that begin so. Hashes and the
//! ids of runs differ from reader to reader, so of these only counts which are the same.

use std::fmt::Write as _;

use super::document::{self, Block};
use super::stage::Stage;

const CUT: &str = "…";

/// A command and what is shown of its output.
struct Step<'b> {
    command: &'b str,
    shown: Vec<&'b str>,
    /// Where it stands, such as `docs/lint.md:12`.
    at: String,
}

/// Types all commands of the blocks, one after the other, and holds what they answer against what is shown.
#[track_caller]
pub(super) fn play(blocks: &[Block], stage: &mut Stage) {
    let mut names = Names::default();
    let mut problems = String::new();
    let mut right: Vec<String> = Vec::new();
    for block in blocks {
        let mut text = String::new();
        for Step { command, shown, at } in steps(block) {
            let (exit, output) = stage.type_in(command);
            assert_eq!(exit, 0, "{at}: `{command}` fails:\n{output}");
            let answer: Vec<&str> = output.lines().collect();
            let pairs = fit(&shown, &answer).filter(|pairs| names.agree(pairs, &shown, &answer));
            let renewed = match pairs {
                Some(pairs) => renewed(&shown, &answer, &pairs),
                None => {
                    let renewed = cut(&answer, &shown);
                    let _ = writeln!(problems, "{at}: `{command}` prints\n{renewed}");
                    renewed
                }
            };
            let _ = write!(text, "$ {command}\n{renewed}");
        }
        right.push(text);
    }
    document::hold(&problems, blocks, &right);
}

/// Holds a block that shows no command against the answer of the one that it is about.
#[track_caller]
pub(super) fn show(block: &Block, answer: &str) {
    let (shown, answer): (Vec<&str>, Vec<&str>) = (block.text.lines().collect(), answer.lines().collect());
    if fit(&shown, &answer).is_none() {
        let right = cut(&answer, &shown);
        let problem = format!("{}: the output has changed, it is\n{right}", block.at(block.line));
        document::hold(&problem, std::slice::from_ref(block), &[right]);
    }
}

/// Returns which line of the answer each line is that is shown of it; nothing if it is not what is shown.
fn fit(shown: &[&str], answer: &[&str]) -> Option<Vec<usize>> {
    fit_from(shown, answer, 0)
}

fn fit_from(shown: &[&str], answer: &[&str], done: usize) -> Option<Vec<usize>> {
    let left = answer.get(done..).unwrap_or_default();
    let Some((first, rest)) = shown.split_first() else { return left.is_empty().then(Vec::new) };
    if *first == CUT {
        let found = (done..=answer.len()).find_map(|next| fit_from(rest, answer, next))?;
        return Some([vec![done], found].concat());
    }
    let line = masked(left.first()?);
    let begins = first.strip_suffix(CUT).is_some_and(|beginning| line.starts_with(&masked(beginning)));
    if !begins && masked(first) != line {
        return None;
    }
    Some([vec![done], fit_from(rest, answer, done + 1)?].concat())
}

/// Returns what is shown, with the hashes and ids of the answer.
fn renewed(shown: &[&str], answer: &[&str], pairs: &[usize]) -> String {
    let line = |(shown, place): (&&str, &usize)| match shown.ends_with(CUT) {
        true => format!("{shown}\n"),
        false => format!("{}\n", answer[*place]),
    };
    shown.iter().zip(pairs).map(line).collect()
}

/// Returns a new answer with the cut of the old one, if that had one: as many lines stay before and after it.
fn cut(answer: &[&str], shown: &[&str]) -> String {
    let cuts: Vec<usize> = (0..shown.len()).filter(|index| shown[*index] == CUT).collect();
    let mut lines: Vec<&str> = answer.to_vec();
    if let [cut] = cuts[..]
        && shown.len() < answer.len()
    {
        let after = shown.len() - cut - 1;
        lines.splice(cut..answer.len() - after, [CUT]);
    }
    lines.iter().map(|line| format!("{line}\n")).collect()
}

fn steps(block: &Block) -> Vec<Step<'_>> {
    let mut steps: Vec<Step<'_>> = Vec::new();
    for (index, text) in block.text.lines().enumerate() {
        let at = block.at(block.line + index);
        match (text.strip_prefix("$ "), steps.last_mut()) {
            (Some(command), _) => steps.push(Step { command, shown: Vec::new(), at }),
            (None, Some(step)) => step.shown.push(text),
            (None, None) => panic!("{at}: a command is expected, such as `$ slugline plan`"),
        }
    }
    steps
}

/// What is called how in the documents, and how in the outputs.
#[derive(Default)]
struct Names(Vec<(String, String)>);

impl Names {
    /// Returns whether all lines that are shown mean the same things by their names as the answer does.
    fn agree(&mut self, pairs: &[usize], shown: &[&str], answer: &[&str]) -> bool {
        let lines = shown.iter().zip(pairs).filter(|(line, _)| **line != CUT);
        let names = lines.flat_map(|(line, place)| names(line).into_iter().zip(names(answer[*place])));
        // All of them are looked at, so that each is known from here on.
        names.filter(|(shown, answered)| !self.is_so_called(shown, answered)).count() == 0
    }

    fn is_so_called(&mut self, shown: &str, answered: &str) -> bool {
        // The same commit is told by more digits in one place and by fewer in another.
        let is_same = |one: &str, other: &str| one.starts_with(other) || other.starts_with(one);
        let fits = self.0.iter().all(|known| is_same(&known.0, shown) == is_same(&known.1, answered));
        self.0.push((shown.to_owned(), answered.to_owned()));
        fits
    }
}

/// Returns the words of a line and what is between them, in order.
fn words(line: &str) -> impl Iterator<Item = &str> {
    let is_part = |character: char| character.is_ascii_alphanumeric() || character == '.';
    let mut rest = line;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let end = rest.find(|character| is_part(character) != is_part(first)).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        rest = after;
        Some(word)
    })
}

fn names(line: &str) -> Vec<&str> {
    words(line).filter(|word| is_name(word)).collect()
}

/// Returns the line with all names alike.
fn masked(line: &str) -> String {
    words(line).map(|word| if is_name(word) { "<name>" } else { word }).collect()
}

fn is_name(word: &str) -> bool {
    is_hash(word) || is_run(word)
}

/// Whether it is a short hash: of a plan or of `log`.
fn is_hash(word: &str) -> bool {
    matches!(word.len(), 10 | 12) && word.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// Whether it looks like `20261122T114500.123Z`.
fn is_run(word: &str) -> bool {
    word.len() == 20
        && word.bytes().zip(*b"00000000T000000.000Z").all(|(byte, like)| match like {
            b'0' => byte.is_ascii_digit(),
            other => byte == other,
        })
}

#[test]
fn what_is_cut_may_be_anything() {
    let fits = |shown: &str, answer: &str| fit(&lines(shown), &lines(answer)).is_some();
    assert!(fits("a\nb", "a\nb") && fits("", ""));
    assert!(!fits("a", "a\nb") && !fits("a\nb", "a") && !fits("", "a") && !fits("a", "b"));
    assert!(fits("…\nc", "a\nb\nc") && fits("a\n…", "a\nb\nc") && fits("a\n…\nc\n…", "a\nb\nc") && fits("a\n…", "a"));
    assert!(!fits("…\nc", "a\nb") && !fits("a\n…\nd", "a\nb\nc"));
    assert!(fits("words, …", "words, words") && !fits("words, …", "word"));
}

#[test]
fn a_cut_stays_where_it_was() {
    let cut = |answer: &'static str, shown: &'static str| cut(&lines(answer), &lines(shown));
    assert_eq!(cut("1\n2\n3\n4", "a\n…\nz"), "1\n…\n4\n");
    assert_eq!(cut("1\n2\n3\n4", "…\nz"), "…\n4\n");
    assert_eq!(cut("1\n2", "a\n…\nz"), "1\n2\n");
    assert_eq!(cut("1\n2", "a\nb\nc"), "1\n2\n");
}

#[test]
fn of_hashes_and_runs_only_counts_which_are_the_same() {
    let (old, new) = ("since 2c3c1e1a614c\n…\n2c3c1e1a61", "since 9970dfe000aa\nmore\n9970dfe000");
    let agree = |shown: &str, answer: &str| {
        let (shown, answer) = (lines(shown), lines(answer));
        Names::default().agree(&fit(&shown, &answer).unwrap(), &shown, &answer)
    };
    assert!(agree(old, new));
    assert!(!agree(old, &new.replace("9970dfe000aa", "acb90f4769aa")));
    assert!(!agree("2c3c1e1a614c 9970dfe000aa", "9970dfe000aa 9970dfe000aa"));
    let pairs = fit(&lines(old), &lines(new)).unwrap();
    assert_eq!(renewed(&lines(old), &lines(new), &pairs), "since 9970dfe000aa\n…\n9970dfe000\n");
    assert_eq!(masked("run 20261122T114500.123Z by ford"), "run <name> by ford");
    assert_eq!(masked("site 6258612d1ee792848f805dcf of 2026"), "site 6258612d1ee792848f805dcf of 2026");
}

fn lines(text: &str) -> Vec<&str> {
    text.lines().collect()
}
