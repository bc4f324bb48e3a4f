//! No text gets out of its place: whatever it says, an output is made of the same parts.

use slugline::render::html;
use slugline::render::view::PlanView;

use super::held::{
    Plain, Shown, holds_as_annotations, holds_as_code_quality, holds_as_comment, holds_as_plan_file, holds_as_report,
    holds_as_text, plan_with, plan_with_all, show,
};
use super::markup::{forge, parse};
use super::shape::sarif_shape;
use super::values::hostile;

#[test]
fn there_are_enough_texts() {
    assert!(hostile().len() > 500);
}

/// What a fuzzer begins with.
#[test]
fn no_text_is_too_short() {
    let plain = Plain::new();
    for text in ["", " ", "\n", "\0", ":", "#", "`"] {
        plain.holds(text);
    }
}

/// A view cuts texts into what stays, what changes and what is far from both, and each piece may be harmless.
#[test]
fn no_cut_leaves_what_a_runner_takes_for_a_command() {
    let plain = Plain::new();
    for letters in 0..64 {
        plain.holds(&format!("{}##[error]{}", "x".repeat(letters), "y".repeat(80 - letters)));
    }
}

#[test]
fn no_line_of_text_is_a_command_to_a_runner() {
    for text in hostile() {
        holds_as_text(&show(&plan_with(&text)).text, &text);
    }
}

#[test]
fn annotations_are_ours_alone() {
    for text in hostile() {
        let Shown { github, .. } = show(&plan_with(&text));
        holds_as_annotations(&github, &text);
        let levels: Vec<&str> = github.lines().map(|line| line.split(' ').next().unwrap()).collect();
        let count = |level: &str| levels.iter().filter(|found| **found == level).count();
        // What is wrong and the conflict; then seven of what else there is, and the plan in a sentence.
        let counts = [count("::error"), count("::warning"), count("::notice")];
        assert_eq!((counts, levels.len()), ([2, 7, 1], 10), "{text:?}\n{github}");
    }
}

#[test]
fn a_comment_is_made_of_the_same_parts_whatever_it_tells() {
    let plain = parse(&forge(&show(&plan_with("plain")).markdown));
    for text in hostile() {
        holds_as_comment(&show(&plan_with(&text)).markdown, &plain, &text);
    }
}

#[test]
fn a_report_is_made_of_the_same_parts_whatever_it_tells() {
    let plain = parse(&html::report(&PlanView::new(&plan_with_all(&vec!["plain".to_owned(); 16]))));
    for texts in hostile().chunks(16) {
        holds_as_report(&html::report(&PlanView::new(&plan_with_all(texts))), &plain, &texts.join("\n\n"));
    }
}

#[test]
fn reports_for_other_programs_are_of_the_same_shape_whatever_they_tell() {
    let sarif_validator = jsonschema::validator_for(&sarif_shape()).unwrap();
    let mut shape: Option<(usize, usize)> = None;
    for text in hostile() {
        let Shown { gitlab, sarif, .. } = show(&plan_with(&text));
        let problems: Vec<String> = sarif_validator.iter_errors(&sarif).map(|error| error.to_string()).collect();
        assert_eq!(problems, [""; 0], "{text:?}");
        holds_as_code_quality(&gitlab, &text);
        let results = sarif["runs"][0]["results"].as_array().unwrap();
        let bindings = if text.contains("{{wf ") { 1 } else { 0 };
        let found = (gitlab.as_array().unwrap().len() - bindings, results.len() - bindings);
        assert_eq!(found, *shape.get_or_insert(found), "{text:?}");
    }
}

#[test]
fn a_text_is_told_whole_where_there_is_room() {
    let text = "a | `b` <c> @d #1 https://e.example -->";
    let Shown { markdown, html, .. } = show(&plan_with(text));
    for made in [parse(&forge(&markdown)), parse(&html)] {
        assert!(made.words.contains(&format!("before {text} after")), "{}", made.words);
    }
}

#[test]
fn a_plan_file_with_hostile_texts_reads_back_the_same() {
    for text in hostile() {
        holds_as_plan_file(&plan_with(&text), &text);
    }
}
