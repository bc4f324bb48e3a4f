//! Files and outputs that the documents show.

use super::document::{self, Block};
use super::stage::Stage;
use super::{CI, transcript, tutorial};

/// What a project file says at least.
const PROJECT: &str = "version: 1\nsite: 6258612d1ee792848f805dcf\n";

/// The file that is shown most.
const MANIFEST: &str = "pages/guide-to-the-galaxy.yaml";

/// The section with the manifest that other examples use, and an error in it.
const MANIFEST_SECTION: &str = "A page manifest";

/// The section with the first apply.
const DEMO: &str = "Try it in two minutes";

/// The section with the output of a pull.
const PULL: &str = "Taking over edits from the site";

/// The languages of blocks, and the sections in which each of them is tried out by a test of its own; without one, all
/// blocks of the language are tried out alike.
const TRIED: &[(&str, &[&str])] = &[
    ("console", &[]),
    ("yaml", &[]),
    ("sh", &[]),
    ("text", &[DEMO, MANIFEST_SECTION]),
    ("diff", &[PULL]),
    ("mermaid", &[]),
];

#[test]
fn every_block_is_tried_out() {
    for Block { file, section, language, line, text: _ } in document::blocks() {
        let sections = TRIED.iter().find(|(tried, _)| *tried == language).map(|(_, sections)| *sections);
        let is_tried = sections.is_some_and(|sections| sections.is_empty() || sections.contains(&section.as_str()));
        assert!(
            is_tried || file == CI,
            "{file}:{line}: no test tries out `{language}` blocks in `{section}`; show a command and its answer in a \
             `console` block, or see tests/it/docs/examples.rs"
        );
    }
}

#[test]
fn each_command_answers_as_it_is_shown() {
    let mut blocks = document::blocks();
    blocks.retain(|block| block.language == "console" && ![CI, tutorial::FILE].contains(&&*block.file));
    assert!(!blocks.is_empty(), "the documents show no commands");
    for block in blocks {
        transcript::play(&[block], &mut Stage::with_example());
    }
}

#[test]
fn the_first_apply_is_as_it_is_shown() {
    let commands = document::blocks_of(DEMO, "sh").remove(0).text;
    let command = commands.trim_end().strip_prefix("cargo run -- ").expect("it runs the program from the clone");
    // The steps go to stderr.
    let (exit, answer) = Stage::with_example().type_in(&format!("slugline {command} 2>/dev/null"));
    assert_eq!(exit, 0, "{answer}");
    transcript::show(&document::block_of(DEMO, "text"), &answer);
}

#[test]
fn a_pull_is_as_it_is_shown() {
    let pull = "slugline -C examples/galaxy pull --sandbox --diff --page /guide-to-the-galaxy --locale en-US";
    let (exit, answer) = Stage::with_example().type_in(pull);
    assert_eq!(exit, 0, "{answer}");
    transcript::show(&document::block_of(PULL, "diff"), &answer);
}

#[test]
fn a_mistake_is_told_as_it_is_shown() {
    let mut stage = Stage::new();
    stage.write("slugline.yaml", PROJECT);
    stage.write(MANIFEST, &manifest().replacen("seo:", "Seo:", 1));
    let (_, answer) = stage.type_in("slugline validate --offline");
    let first = answer.split("\n\n").next().unwrap_or_default();
    transcript::show(&document::block_of(MANIFEST_SECTION, "text"), first);
}

#[test]
fn each_file_is_valid() {
    for block in document::blocks().iter().filter(|block| block.language == "yaml" && block.file != CI) {
        let mut stage = Stage::new();
        stage.write(MANIFEST, &manifest());
        if block.text.starts_with("version:") {
            stage.write("slugline.yaml", &block.text);
        } else if block.text.starts_with("id:") {
            stage.write("slugline.yaml", PROJECT);
        } else {
            stage.write("slugline.yaml", &format!("{PROJECT}{}", block.text));
        }
        let environment = if block.text.contains("environments:") { "--env staging" } else { "" };
        let (exit, answer) = stage.type_in(&format!("slugline validate --offline {environment}"));
        assert_eq!(exit, 0, "{}: this is not valid:\n{answer}", block.at(block.line));
    }
}

/// Returns the manifest that is shown.
fn manifest() -> String {
    document::block_of(MANIFEST_SECTION, "yaml").text
}
