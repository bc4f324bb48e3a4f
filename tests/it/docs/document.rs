//! The documents as sections and blocks.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// Held while a document is rewritten, since tests run in parallel.
static REWRITING: Mutex<()> = Mutex::new(());

/// A block between fences.
#[derive(Debug, Clone)]
pub(super) struct Block {
    /// The document, relative to the repository.
    pub(super) file: String,
    /// The heading above it.
    pub(super) section: String,
    /// What follows the opening fence.
    pub(super) language: String,
    /// The number of the first line within, from 1.
    pub(super) line: usize,
    /// The lines within, each with its end.
    pub(super) text: String,
}

impl Block {
    /// Returns the position of a line of the block, such as `docs/lint.md:12`.
    pub(super) fn at(&self, line: usize) -> String {
        format!("{}:{line}", self.file)
    }
}

pub(super) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Returns the names of all documents, relative to the repository.
pub(super) fn names() -> Vec<String> {
    let docs = fs::read_dir(root().join("docs")).unwrap().map(|entry| entry.unwrap().file_name());
    let docs = docs.map(|name| format!("docs/{}", name.to_str().unwrap()));
    let mut names: Vec<String> = docs.filter(|name| Path::new(name).extension().is_some_and(|it| it == "md")).collect();
    names.extend(["CONTRIBUTING.md", "README.md", "SECURITY.md"].map(str::to_owned));
    names.sort();
    names
}

pub(super) fn text(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap()
}

/// Returns all blocks of all documents.
pub(super) fn blocks() -> Vec<Block> {
    names().iter().flat_map(|name| blocks_in(name)).collect()
}

fn blocks_in(name: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut section = String::new();
    let mut is_open = false;
    for (index, line) in text(name).lines().enumerate() {
        // A block in a list is indented.
        match line.trim_start().strip_prefix("```") {
            Some(_) if is_open => is_open = false,
            Some(language) => {
                is_open = true;
                let (file, section, language) = (name.to_owned(), section.clone(), language.to_owned());
                blocks.push(Block { file, section, language, line: index + 2, text: String::new() });
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
    assert!(!is_open, "the last block of {name} has no end");
    blocks
}

/// Returns the blocks of a section that have a language.
pub(super) fn blocks_of(section: &str, language: &str) -> Vec<Block> {
    let mut blocks = blocks();
    blocks.retain(|block| block.section == section && block.language == language);
    assert!(!blocks.is_empty(), "no document has a section `{section}` with a `{language}` block");
    blocks
}

/// Returns the one block of a section that has a language.
pub(super) fn block_of(section: &str, language: &str) -> Block {
    let mut blocks = blocks_of(section, language);
    assert_eq!(blocks.len(), 1, "the section `{section}` has more than one `{language}` block");
    blocks.remove(0)
}

/// Fails if there are problems, unless `SLUGLINE_UPDATE` asks for the blocks to be corrected.
#[track_caller]
pub(super) fn hold(problems: &str, blocks: &[Block], right: &[String]) {
    if problems.is_empty() {
        return;
    }
    if std::env::var_os("SLUGLINE_UPDATE").is_none() {
        panic!("\n{problems}if that is right, run `SLUGLINE_UPDATE=1 cargo test`, and read the difference");
    }
    let _guard = REWRITING.lock();
    for (block, right) in blocks.iter().zip(right) {
        let fenced = |text: &str| format!("```{}\n{text}```\n", block.language);
        let (all, old) = (text(&block.file), fenced(&block.text));
        assert_eq!(all.matches(&old).count(), 1, "the block at {} occurs more than once", block.at(block.line));
        fs::write(root().join(&block.file), all.replace(&old, &fenced(right))).unwrap();
    }
}

/// Returns the text of a document with the lines of all blocks empty, so that line numbers stay.
pub(super) fn prose(name: &str) -> String {
    let mut is_open = false;
    let mut prose = String::new();
    for line in text(name).lines() {
        let is_fence = line.trim_start().starts_with("```");
        is_open ^= is_fence;
        prose += if is_open || is_fence { "" } else { line };
        prose += "\n";
    }
    prose
}

/// Returns what stands between backticks in the prose of all documents, and where its paragraph begins.
pub(super) fn spans() -> Vec<(String, String)> {
    names().iter().flat_map(|name| spans_in(name)).collect()
}

fn spans_in(name: &str) -> Vec<(String, String)> {
    let mut spans = Vec::new();
    let mut line = 1;
    for paragraph in prose(name).split("\n\n") {
        let code = paragraph.split('`').skip(1).step_by(2);
        let at = format!("{name}:{line}");
        spans.extend(code.map(|code| (at.clone(), code.split_whitespace().collect::<Vec<_>>().join(" "))));
        line += paragraph.matches('\n').count() + 2;
    }
    spans
}

/// Returns the cells of the table of a section, without its head.
pub(super) fn table(section: &str) -> Vec<Vec<String>> {
    let rows = names().iter().map(|name| rows(&prose(name), section)).find(|rows| rows.len() > 2);
    rows.unwrap_or_else(|| panic!("no document has a section `{section}` with a table"))[2..].to_vec()
}

fn rows(prose: &str, section: &str) -> Vec<Vec<String>> {
    let heading = |line: &&str| line.starts_with('#') && line.trim_start_matches('#').trim() == section;
    let lines = prose.lines().skip_while(|line| !heading(line)).skip(1).take_while(|line| !line.starts_with('#'));
    lines.filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |")).map(cells).collect()
}

fn cells(row: &str) -> Vec<String> {
    row.split(" | ").map(|cell| cell.trim().to_owned()).collect()
}
