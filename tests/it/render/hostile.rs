//! No text gets out of its place: whatever it says, an output is made of the same parts.

use slugline::diagnostic::{Code, Diagnostic};
use slugline::model::{Field, Value};
use slugline::plan::{Change, Class, Finding, Plan, file};
use slugline::render::view::PlanView;
use slugline::render::{escape, html};

use super::markup::{forge, parse};
use super::shape::sarif_shape;
use super::values::hostile;
use super::{Shown, show};
use crate::plan::world;

/// Returns a plan that has the text everywhere a site, a manifest or a plan file could have put one.
fn plan_with(text: &str) -> Plan {
    plan_with_all(&[text.to_owned()])
}

/// Returns a plan with a page for each text, and the first of them where there is only one place.
fn plan_with_all(texts: &[String]) -> Plan {
    let mut world = world();
    let ids: Vec<String> = (0..texts.len()).map(|number| format!("{number:03}")).collect();
    for (text, page) in texts.iter().map(String::as_str).zip(&ids) {
        world.page(page);
        world.wants(page, "en", Field::Slug, format!("moved-{page}").as_str());
        for field in [Field::Title, Field::SeoTitle, Field::OpenGraphTitle] {
            world.reads(page, "en", field, text);
            world.wants(page, "en", field, format!("before {text} after").as_str());
        }
        world.reads(page, "fr", Field::SeoDescription, text);
        world.wants(page, "fr", Field::SeoDescription, "");
        world.wants(page, "es", Field::SeoTitle, text);
    }
    let mut plan = world.plan();
    for change in &mut plan.changes {
        let text = texts[change.address.page.as_str().parse::<usize>().unwrap()].as_str();
        change.path = text.into();
        change.source.file = text.into();
        change.followers = vec![text.into()];
        for redirect in &mut change.redirects {
            (redirect.from, redirect.to, redirect.locale) = (text.into(), text.into(), text.into());
        }
    }
    let text = texts[0].as_str();
    plan.target.name = text.to_owned();
    plan.target.site = text.into();
    plan.target.environment = Some(text.to_owned());
    let of_lint = plan.changes.iter().map(|change| {
        let text = change.path.as_str();
        let diagnostic = Diagnostic::warning(Code::from(text.to_owned()), text).help(text).at(change.source.clone());
        Finding { address: change.address.clone(), field: change.field, diagnostic }
    });
    plan.findings = of_lint.collect();
    for (class, field) in [(Class::Conflict, Field::SeoDescription), (Class::Drift, Field::OpenGraphTitle)] {
        let change = plan.changes.iter().find(|change| change.field == field).unwrap().clone();
        let base = Some(Value::from(format!("{} once", texts[0]).as_str()));
        plan.kept.push(Change { class, base, ..change });
    }
    plan.diagnostics.push(Diagnostic::error(Code::from(text.to_owned()), text).help(text));
    for tripped in &mut plan.guards {
        tripped.message = text.to_owned();
        tripped.worst = vec![text.to_owned(); 3];
    }
    plan
}

/// Holds an output against what is so for all of them.
fn check_lines(output: &str, text: &str) {
    let hazard = output.chars().find(|character| *character != '\n' && escape::is_hazard(*character));
    assert_eq!(hazard, None, "a character acts on what is around it: {text:?}\n{output}");
    assert!(!output.contains("##["), "a command for a runner: {text:?}\n{output}");
}

#[test]
fn there_are_enough_texts() {
    assert!(hostile().len() > 500);
}

#[test]
fn no_line_of_text_is_a_command_to_a_runner() {
    for text in hostile() {
        let Shown { text: shown, .. } = show(&plan_with(&text));
        check_lines(&shown, &text);
        let command = shown.lines().find(|line| line.trim_start().starts_with("::"));
        assert_eq!(command, None, "{text:?}");
    }
}

#[test]
fn annotations_are_ours_alone() {
    for text in hostile() {
        let Shown { github, .. } = show(&plan_with(&text));
        check_lines(&github, &text);
        let levels: Vec<&str> = github.lines().map(|line| line.split(' ').next().unwrap()).collect();
        let count = |level: &str| levels.iter().filter(|found| **found == level).count();
        // What is wrong and the conflict; then seven of what else there is, and the plan in a sentence.
        let counts = [count("::error"), count("::warning"), count("::notice")];
        assert_eq!((counts, levels.len()), ([2, 7, 1], 10), "{text:?}\n{github}");
        for line in github.lines() {
            let properties = line.split("::").nth(1).unwrap();
            let names = properties.split_once(' ').unwrap().1.split(',').map(|pair| pair.split('=').next().unwrap());
            assert!(names.clone().all(|name| ["file", "line", "col", "title"].contains(&name)), "{line}");
        }
    }
}

#[test]
fn a_comment_is_made_of_the_same_parts_whatever_it_tells() {
    let plain = parse(&forge(&show(&plan_with("plain")).markdown));
    for text in hostile() {
        let Shown { markdown, .. } = show(&plan_with(&text));
        check_lines(&markdown, &text);
        assert!(markdown.starts_with("<!-- slugline:plan env="), "{text:?}");
        assert_eq!(markdown.matches("<!-- slugline").count(), 1, "{text:?}");
        let made = parse(&forge(&markdown));
        let strange = |element: &&String| !plain.elements.contains(element);
        let changed = ["del", "ins", "br"].map(str::to_owned);
        let strange: Vec<&String> = made.elements.iter().filter(strange).filter(|it| !changed.contains(it)).collect();
        assert!(strange.is_empty(), "{text:?} makes {strange:?}\n{markdown}");
        assert!(made.comments[1..].iter().all(|comment| comment == " "), "{text:?} makes {:?}", made.comments);
        let mark = made.prose.find(['@', '`', '|']);
        assert_eq!(mark, None, "{text:?} stands outside of code\n{markdown}");
        assert!(!made.prose.contains("user") && !made.prose.contains("evil"), "{text:?} stands outside of code");
    }
}

#[test]
fn a_report_is_made_of_the_same_parts_whatever_it_tells() {
    let plain = parse(&html::report(&PlanView::new(&plan_with_all(&vec!["plain".to_owned(); 16]))));
    let name = |element: &String| element.split('=').next().unwrap().to_owned();
    let known: Vec<String> = plain.elements.iter().map(name).collect();
    for texts in hostile().chunks(16) {
        let html = html::report(&PlanView::new(&plan_with_all(texts)));
        let text = texts.join("\n\n");
        check_lines(&html, &text);
        let made = parse(&html);
        let may_come = ["s class", "strong", "br", "details class", "span class", "del", "ins"];
        let is_known = |element: &String| known.contains(element) || may_come.contains(&element.as_str());
        let strange: Vec<String> = made.elements.iter().map(name).filter(|element| !is_known(element)).collect();
        assert!(strange.is_empty(), "{text:?} makes {strange:?}");
        assert_eq!(made.comments, Vec::<String>::new(), "{text:?}");
        let links = made.elements.iter().filter(|element| element.contains("href="));
        assert!(links.clone().all(|link| link.contains("href=#")), "{text:?}");
        assert_eq!(made.elements.iter().filter(|element| element.starts_with("style")).count(), 1, "{text:?}");
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
        let issues = gitlab.as_array().unwrap();
        for issue in issues {
            let lasting = issue["fingerprint"].as_str().unwrap();
            assert!(lasting.len() == 32 && lasting.bytes().all(|byte| byte.is_ascii_hexdigit()), "{issue}");
            let words = [&issue["description"], &issue["check_name"]];
            let hazard = |word: &str| word.chars().any(escape::is_hazard);
            assert!(!words.iter().any(|word| hazard(word.as_str().unwrap())), "{text:?}");
        }
        let results = sarif["runs"][0]["results"].as_array().unwrap();
        let bindings = if text.contains("{{wf ") { 1 } else { 0 };
        let found = (issues.len() - bindings, results.len() - bindings);
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
        let plan = plan_with(&text);
        let read = file::decode(&file::encode(&plan, slugline::exit::Exit::Ok)).unwrap();
        assert_eq!(read.target, plan.target);
        let texts = |plan: &Plan| plan.changes.iter().map(|change| change.after.clone()).collect::<Vec<Value>>();
        assert_eq!(texts(&read), texts(&plan), "{text:?}");
        let parts = |plan: &Plan| (plan.diagnostics.len(), plan.findings.len(), file::digest_of(plan));
        assert_eq!(parts(&read), parts(&plan), "{text:?}");
    }
}
