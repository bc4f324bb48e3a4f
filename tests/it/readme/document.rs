//! The README as sections and blocks.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// Held while the file is rewritten, since tests run side by side.
static REWRITING: Mutex<()> = Mutex::new(());

/// A block between fences.
#[derive(Debug, Clone)]
pub(super) struct Block {
    /// The heading above it.
    pub(super) section: String,
    /// What stands behind the fence.
    pub(super) language: String,
    /// The number of the first line within, from 1.
    pub(super) line: usize,
    /// The lines within, each with its end.
    pub(super) text: String,
}

pub(super) fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")
}

pub(super) fn text() -> String {
    fs::read_to_string(path()).unwrap()
}

/// Returns all blocks.
pub(super) fn blocks() -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut section = String::new();
    let mut is_open = false;
    for (index, line) in text().lines().enumerate() {
        match line.strip_prefix("```") {
            Some(_) if is_open => is_open = false,
            Some(language) => {
                is_open = true;
                let (section, language) = (section.clone(), language.to_owned());
                blocks.push(Block { section, language, line: index + 2, text: String::new() });
            }
            None if is_open => {
                let block = blocks.last_mut().unwrap();
                block.text += line;
                block.text += "\n";
            }
            None => {
                if line.starts_with('#') {
                    line.trim_start_matches('#').trim().clone_into(&mut section);
                }
            }
        }
    }
    assert!(!is_open, "the last block of README.md has no end");
    blocks
}

/// Returns the blocks of a section that are of a language.
pub(super) fn blocks_of(section: &str, language: &str) -> Vec<Block> {
    let mut blocks = blocks();
    blocks.retain(|block| block.section == section && block.language == language);
    assert!(!blocks.is_empty(), "README.md has no section `{section}` with a `{language}` block any more");
    blocks
}

/// Returns the one block of a section that is of a language.
pub(super) fn block_of(section: &str, language: &str) -> Block {
    let mut blocks = blocks_of(section, language);
    assert_eq!(blocks.len(), 1, "the section `{section}` has more than one `{language}` block");
    blocks.remove(0)
}

/// Fails if there are problems, unless the blocks are to be put right.
#[track_caller]
pub(super) fn hold(problems: &str, blocks: &[Block], right: &[String]) {
    if problems.is_empty() {
        return;
    }
    if std::env::var_os("SLUGLINE_UPDATE").is_none() {
        panic!("\n{problems}if that is right, run `SLUGLINE_UPDATE=1 cargo test`, and read the difference");
    }
    let _guard = REWRITING.lock();
    let mut all = text();
    for (block, right) in blocks.iter().zip(right) {
        let fenced = |text: &str| format!("```{}\n{text}```\n", block.language);
        let old = fenced(&block.text);
        assert_eq!(all.matches(&old).count(), 1, "the block at README.md:{} is there more than once", block.line);
        all = all.replace(&old, &fenced(right));
    }
    fs::write(path(), all).unwrap();
}

/// Returns the text with the lines of all blocks empty, so that line numbers stay.
pub(super) fn prose() -> String {
    let mut is_open = false;
    let mut prose = String::new();
    for line in text().lines() {
        let is_fence = line.starts_with("```");
        is_open ^= is_fence;
        prose += if is_open || is_fence { "" } else { line };
        prose += "\n";
    }
    prose
}

/// Returns what stands between backticks in the prose, and the number of the line in which its paragraph begins.
pub(super) fn spans() -> Vec<(usize, String)> {
    let mut spans = Vec::new();
    let mut line = 1;
    for paragraph in prose().split("\n\n") {
        let code = paragraph.split('`').skip(1).step_by(2);
        spans.extend(code.map(|code| (line, code.split_whitespace().collect::<Vec<_>>().join(" "))));
        line += paragraph.matches('\n').count() + 2;
    }
    spans
}

/// Returns the cells of the table of a section, without its head.
pub(super) fn table(section: &str) -> Vec<Vec<String>> {
    let prose = prose();
    let heading = |line: &&str| line.starts_with('#') && line.trim_start_matches('#').trim() == section;
    let lines = prose.lines().skip_while(|line| !heading(line)).skip(1).take_while(|line| !line.starts_with('#'));
    let rows: Vec<Vec<String>> =
        lines.filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |")).map(cells).collect();
    assert!(rows.len() > 2, "README.md has no section `{section}` with a table any more");
    rows[2..].to_vec()
}

fn cells(row: &str) -> Vec<String> {
    row.split(" | ").map(|cell| cell.trim().to_owned()).collect()
}
