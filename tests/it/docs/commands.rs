//! Commands that the documents name: each is one that the program understands.
//!
//! With `--help` behind it, a command does nothing, but what stands before is read as ever: flags that do not exist and
//! values that are none are refused.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::stage::Stage;
use super::{document, tables};

/// What stands for something in a usage, and something that it may stand for.
const PLACEHOLDERS: &[(&str, &str)] = &[("COMMAND", "plan"), ("SHELL", "bash"), ("N", "1")];

#[test]
fn each_command_can_be_typed() {
    let mut stage = Stage::new();
    let mut problems = String::new();
    let commands = named();
    assert!(commands.len() > 40, "of {} commands nobody can tell anything", commands.len());
    for (line, command) in commands {
        let typed = filled_in(&command);
        // Help has no help.
        let more = if typed.starts_with("slugline help ") { "" } else { " --help" };
        let (exit, answer) = stage.type_in(&format!("{typed}{more}"));
        if exit != 0 {
            let _ = writeln!(problems, "{line}: `{command}`: {}", answer.lines().next().unwrap_or_default());
        }
    }
    assert!(problems.is_empty(), "\n{problems}");
}

#[test]
fn a_command_that_cannot_be_typed_is_found() {
    let mut stage = Stage::new();
    for command in ["pan", "plan --nonsense", "plan --format bogus", "schema sites", "sandbox serve --pages many"] {
        let (exit, answer) = stage.type_in(&format!("slugline {command} --help"));
        assert_eq!(exit, 64, "{command}: {answer}");
    }
}

#[test]
fn each_flag_is_there() {
    let known = flags(&mut Stage::new());
    // One is named because it does not exist, and three dashes part the pages in a file.
    let is_flag = |code: &str| code.starts_with("--") && code != "---" && code != "--force";
    let spans = document::spans().into_iter().filter(|(_, code)| is_flag(code));
    let (mut problems, mut count) = (String::new(), 0);
    for (line, code) in spans {
        count += 1;
        if !known.contains(flag(&code)) {
            let _ = writeln!(problems, "{line}: `{code}`: no command has that flag");
        }
    }
    assert!(problems.is_empty(), "\n{problems}");
    assert!(count > 20, "of {count} flags nobody can tell anything");
}

/// Returns all flags of all commands.
fn flags(stage: &mut Stage) -> BTreeSet<String> {
    let of_sandbox = tables::commands(stage, "sandbox").into_iter().map(|command| format!("sandbox {command}"));
    let commands: Vec<String> = tables::commands(stage, "").into_iter().chain(of_sandbox).collect();
    let helps = commands.iter().map(|command| stage.type_in(&format!("slugline help {command}")).1);
    let words = helps.flat_map(|help| help.split_whitespace().map(|word| flag(word).to_owned()).collect::<Vec<_>>());
    words.filter(|word| word.starts_with("--")).collect()
}

/// Returns a flag without what surrounds it in a sentence, and without its value.
fn flag(text: &str) -> &str {
    let is_part = |character: char| character.is_ascii_alphabetic() || character == '-';
    text.split(|character| !is_part(character)).next().unwrap_or_default()
}

/// Returns every command of the program that the documents name, and where.
fn named() -> Vec<(String, String)> {
    let mut named: Vec<(String, String)> = document::spans();
    for block in document::blocks().iter().filter(|block| block.language == "sh") {
        let lines =
            block.text.lines().enumerate().map(|(index, text)| (block.at(block.line + index), text.trim_start()));
        named.extend(lines.map(|(line, text)| (line, text.replace("cargo run -- ", "slugline "))));
    }
    // What a shell does with a command is none of the program's business.
    let alone = |text: &str| text.split(['>', '&', '#']).next().unwrap_or_default().trim().to_owned();
    named
        .into_iter()
        .map(|(line, text)| (line, alone(&text)))
        .filter(|(_, text)| text.starts_with("slugline "))
        .collect()
}

/// Returns a usage such as `slugline show FILE\|RUN` or `slugline plan [-o FILE]` as somebody may type it.
fn filled_in(usage: &str) -> String {
    let words = usage.split(' ').map(|word| {
        let word = word.split("\\|").next().unwrap_or_default().replace(['[', ']'], "");
        let known = PLACEHOLDERS.iter().find(|(placeholder, _)| *placeholder == word);
        known.map_or(word, |(_, value)| (*value).to_owned())
    });
    let words: Vec<String> = words.collect();
    words.join(" ")
}
