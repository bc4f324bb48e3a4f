//! What is so of every output, whatever the texts in it are. Also for the fuzz targets, so it uses nothing of the other
//! tests but the planner's world and the readers of markup.

use serde_json::Value as Json;
use slugline::diagnostic::{Code, Diagnostic};
use slugline::exit::Exit;
use slugline::model::{Field, Value};
use slugline::plan::{Card, Cards, Change, Class, Finding, Plan, file};
use slugline::render::concerns::concerns;
use slugline::render::print::Screen;
use slugline::render::view::PlanView;
use slugline::render::{escape, github, gitlab, html, markdown, sarif, text};

use super::markup::{Made, forge, parse};
use crate::plan::world;

/// A plan in a form that is made for people or pipelines.
pub(super) struct Shown {
    pub(super) text: String,
    pub(super) markdown: String,
    pub(super) html: String,
    pub(super) github: String,
    pub(super) gitlab: Json,
    pub(super) sarif: Json,
}

pub(super) fn show(plan: &Plan) -> Shown {
    let view = PlanView::new(plan);
    let screen = Screen { color: false, width: None };
    let (mut text, mut github) = (Vec::new(), Vec::new());
    text::plan(&view, text::Flags::default(), screen, &mut text).unwrap();
    github::plan(&view, "site/", &mut github).unwrap();
    Shown {
        text: String::from_utf8(text).unwrap(),
        markdown: markdown::comment(&view, markdown::MAX_BYTES),
        html: html::report(&view),
        github: String::from_utf8(github).unwrap(),
        gitlab: gitlab::report(&concerns(&view), "site/"),
        sarif: sarif::plan(&view, "site/"),
    }
}

/// Returns a plan that has the text everywhere a site, a manifest or a plan file could have put one.
pub(super) fn plan_with(text: &str) -> Plan {
    plan_with_all(&[text.to_owned()])
}

/// Returns a plan with a page for each text, and the first of them where there is only one place.
pub(super) fn plan_with_all(texts: &[String]) -> Plan {
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
        // Of an empty text there is nothing to be emptied.
        let Some(change) = plan.changes.iter().find(|change| change.field == field).cloned() else { continue };
        let change = Change { class, base: Some(format!("{} once", texts[0]).as_str().into()), ..change };
        let own = |value: &Value| Card::Own(value.as_text().unwrap().to_owned());
        let cards = Cards { base: Some(Card::Copied), before: own(&change.before), after: own(&change.after) };
        plan.kept.push(match field.copied_flag() {
            None => change,
            Some(_) => Change { base: Some("".into()), cards: Some(cards), ..change },
        });
    }
    plan.diagnostics.push(Diagnostic::error(Code::from(text.to_owned()), text).help(text));
    // More of a kind than are told one by one.
    let warning = Diagnostic::warning(Code::from(text.to_owned()), text).help(text);
    plan.diagnostics.extend(std::iter::repeat_n(warning, 12));
    // A change that writes over an edit on the site.
    if let Some(change) = plan.changes.iter_mut().find(|change| change.field == Field::Title) {
        change.class = Class::Conflict;
    }
    for tripped in &mut plan.guards {
        tripped.message = text.to_owned();
        tripped.worst = vec![text.to_owned(); 3];
    }
    plan
}

/// What the comment and the report of a harmless text are made of.
pub(crate) struct Plain {
    comment: Made,
    report: Made,
}

impl Plain {
    pub(crate) fn new() -> Self {
        let report = plan_with_all(&vec!["plain".to_owned(); 16]);
        let report = parse(&html::report(&PlanView::new(&report)));
        Self { comment: parse(&forge(&show(&plan_with("plain")).markdown)), report }
    }

    /// Checks every output of a plan that has the text everywhere a site, a manifest or a plan file can put one.
    pub(super) fn holds(&self, text: &str) {
        self.holds_in_comment(text);
        self.holds_in_report(text);
        self.holds_in_lines(text);
    }

    /// Checks the Markdown comment.
    pub(crate) fn holds_in_comment(&self, text: &str) {
        let plan = plan_with(text);
        holds_as_comment(&markdown::comment(&PlanView::new(&plan), markdown::MAX_BYTES), &self.comment, text);
    }

    /// Checks the HTML report.
    pub(crate) fn holds_in_report(&self, text: &str) {
        holds_as_report(&html::report(&PlanView::new(&plan_with(text))), &self.report, text);
    }

    /// Checks what a terminal or a pipeline's log shows, line by line, and the files for other programs.
    pub(crate) fn holds_in_lines(&self, text: &str) {
        let plan = plan_with(text);
        let view = PlanView::new(&plan);
        let screen = Screen { color: false, width: None };
        let (mut shown, mut annotations) = (Vec::new(), Vec::new());
        text::plan(&view, text::Flags::default(), screen, &mut shown).unwrap();
        github::plan(&view, "site/", &mut annotations).unwrap();
        holds_as_text(&String::from_utf8(shown).unwrap(), text);
        holds_as_annotations(&String::from_utf8(annotations).unwrap(), text);
        holds_as_code_quality(&gitlab::report(&concerns(&view), "site/"), text);
        holds_as_plan_file(&plan, text);
    }
}

/// Holds an output against what is so for all of them.
pub(crate) fn check_lines(output: &str, text: &str) {
    let hazard = output.chars().find(|character| *character != '\n' && escape::is_hazard(*character));
    assert_eq!(hazard, None, "a character acts on what is around it: {text:?}\n{output}");
    assert_eq!(runner_command(output), None, "a command for a runner: {text:?}\n{output}");
}

/// Returns the first runner command that is recognized anywhere in a line: `##[…]`, `##vso[…]` or `##teamcity[…]`.
pub(crate) fn runner_command(output: &str) -> Option<&str> {
    let parts = output.split("##").skip(1);
    parts.map(|part| part.trim_start_matches('#')).find(|part| {
        let name = part.find(|character: char| !character.is_ascii_alphanumeric()).unwrap_or(part.len());
        part[name..].starts_with('[')
    })
}

/// Returns whether the line opens a group in the log of Buildkite or Travis CI, or a section in that of GitLab.
pub(crate) fn opens_group(line: &str) -> bool {
    let starts = ["--- ", "+++ ", "~~~ ", "^^^ +++", "travis_fold:", "travis_time:"];
    starts.iter().any(|start| line.starts_with(start)) || line.contains("\u{1b}[0K")
}

pub(super) fn holds_as_text(shown: &str, text: &str) {
    check_lines(shown, text);
    let command = shown.lines().find(|line| line.trim_start().starts_with("::"));
    assert_eq!(command, None, "{text:?}");
    assert_eq!(shown.lines().find(|line| opens_group(line)), None, "{text:?}");
}

/// Every line is one of ours, with properties that we gave it; no more of them than GitHub shows.
pub(super) fn holds_as_annotations(github: &str, text: &str) {
    check_lines(github, text);
    assert!(github.lines().count() <= 10, "{text:?}\n{github}");
    for line in github.lines() {
        let command = line.split("::").nth(1).unwrap_or_else(|| panic!("{text:?} makes a line\n{github}"));
        let (level, properties) = command.split_once(' ').unwrap();
        assert!(line.starts_with("::") && ["error", "warning", "notice"].contains(&level), "{text:?}\n{github}");
        let names = properties.split(',').map(|pair| pair.split('=').next().unwrap());
        assert!(names.clone().all(|name| ["file", "line", "col", "title"].contains(&name)), "{line}");
    }
}

/// `plain` is what the comment of a harmless text is made of.
pub(super) fn holds_as_comment(markdown: &str, plain: &Made, text: &str) {
    check_lines(markdown, text);
    assert!(markdown.len() <= markdown::MAX_BYTES, "{text:?}");
    assert!(markdown.starts_with("<!-- slugline:plan env="), "{text:?}");
    assert_eq!(markdown.matches("<!-- slugline").count(), 1, "{text:?}");
    // GitLab takes a line that begins so for a quick action.
    assert!(!markdown.lines().any(|line| line.trim_start().starts_with('/')), "{text:?}\n{markdown}");
    let made = parse(&forge(markdown));
    let strange = |element: &&String| !plain.elements.contains(element);
    let changed = ["del", "ins", "br"].map(str::to_owned);
    let strange: Vec<&String> = made.elements.iter().filter(strange).filter(|it| !changed.contains(it)).collect();
    assert!(strange.is_empty(), "{text:?} makes {strange:?}\n{markdown}");
    assert!(made.comments[1..].iter().all(|comment| comment == " "), "{text:?} makes {:?}", made.comments);
    let mark = made.prose.find(['@', '`', '|']);
    assert_eq!(mark, None, "{text:?} stands outside of code\n{markdown}");
    assert!(!made.prose.contains("user") && !made.prose.contains("evil"), "{text:?} stands outside of code");
}

/// `plain` is what the report of harmless texts is made of.
pub(super) fn holds_as_report(html: &str, plain: &Made, text: &str) {
    check_lines(html, text);
    let name = |element: &String| element.split('=').next().unwrap().to_owned();
    let known: Vec<String> = plain.elements.iter().map(name).collect();
    let made = parse(html);
    let may_come = ["s class", "strong", "br", "details class", "span class", "del", "ins"];
    let is_known = |element: &String| known.contains(element) || may_come.contains(&element.as_str());
    let strange: Vec<String> = made.elements.iter().map(name).filter(|element| !is_known(element)).collect();
    assert!(strange.is_empty(), "{text:?} makes {strange:?}");
    assert_eq!(made.comments, Vec::<String>::new(), "{text:?}");
    let links = made.elements.iter().filter(|element| element.contains("href="));
    assert!(links.clone().all(|link| link.contains("href=#")), "{text:?}");
    assert_eq!(made.elements.iter().filter(|element| element.starts_with("style")).count(), 1, "{text:?}");
}

pub(super) fn holds_as_plan_file(plan: &Plan, text: &str) {
    let read = file::decode(&file::encode(plan, Exit::Ok)).unwrap();
    assert_eq!(read.target, plan.target);
    let texts = |plan: &Plan| plan.changes.iter().map(|change| change.after.clone()).collect::<Vec<Value>>();
    assert_eq!(texts(&read), texts(plan), "{text:?}");
    let parts = |plan: &Plan| (plan.diagnostics.len(), plan.findings.len(), file::digest_of(plan));
    assert_eq!(parts(&read), parts(plan), "{text:?}");
}

/// Each entry of the code quality report is known again by its fingerprint, and what is for people in it stays on its line.
pub(super) fn holds_as_code_quality(report: &Json, text: &str) {
    for issue in report.as_array().unwrap() {
        let lasting = issue["fingerprint"].as_str().unwrap();
        assert!(lasting.len() == 32 && lasting.bytes().all(|byte| byte.is_ascii_hexdigit()), "{issue}");
        let words = [&issue["description"], &issue["check_name"]];
        let hazard = |word: &str| word.contains('\n') || word.chars().any(escape::is_hazard);
        assert!(!words.iter().any(|word| hazard(word.as_str().unwrap())), "{text:?}");
    }
}
