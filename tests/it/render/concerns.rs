//! What a plan asks to be looked at, in the formats for pipelines.

use insta::assert_snapshot;
use slugline::diagnostic::{Code, Diagnostic, Severity};
use slugline::model::Field;
use slugline::plan::{Finding, Plan, Revision};
use slugline::render::concerns::concerns;
use slugline::render::problems::{Problem, problems, worst_first};
use slugline::render::sarif;
use slugline::render::view::PlanView;
use slugline::source::touched::TouchedLines;

use super::held::show;
use crate::plan::{World, world};

/// Returns a site and manifests with a conflict, drift, an address that moves, and a value that is cleared.
fn reviewed() -> World {
    let mut world = world();
    world.page("guide").page("towels");
    for (field, base, live, wanted) in [
        (Field::SeoTitle, "Old title", "Title of the site", "Title of the manifest"),
        (Field::SeoDescription, "Old text", "Text of the site", "Old text"),
        (Field::Slug, "guide", "guide", "handbook"),
        (Field::OpenGraphTitle, "Old card", "Old card", "A card"),
    ] {
        world.wanted("guide", "en", field, base).reads_everywhere("guide", field, live);
        world.wants("guide", "en", field, wanted);
    }
    world.wanted("towels", "fr", Field::SeoDescription, "Des serviettes");
    world.reads("towels", "fr", Field::SeoDescription, "Des serviettes");
    world.wants("towels", "fr", Field::SeoDescription, "");
    world
}

/// Returns its plan as it is told by a base, with something that the lint has to say.
fn plan() -> Plan {
    let mut plan = reviewed().plan();
    plan.revision = Some(Revision { commit: "c".repeat(40), dirty: false, base: Some("b".repeat(40)) });
    let change = plan.changes.iter().find(|change| change.field == Field::OpenGraphTitle).unwrap();
    let diagnostic = Diagnostic::warning(Code::new("og-title/too-long"), "the card is too long").help("say less");
    plan.findings.push(Finding { address: change.address.clone(), field: change.field, diagnostic });
    plan
}

/// Returns what is asked to be looked at, in the order in which it is told.
fn told(plan: &Plan) -> Vec<String> {
    let concerns = concerns(&PlanView::new(plan));
    let line = |problem: &&Problem| {
        let Problem { diagnostic, page, locale, field, .. } = problem;
        let words = [page.as_deref(), locale.as_deref(), *field].map(Option::unwrap_or_default);
        format!("{} {} {}", diagnostic.severity.as_str(), diagnostic.code, words.join(" ")).trim_end().to_owned()
    };
    worst_first(&concerns).iter().map(line).collect()
}

#[test]
fn everything_is_told_at_the_line_that_asks_for_it_worst_first() {
    let plan = plan();
    assert_eq!(
        told(&plan),
        [
            "error conflict /guide en seo.title",
            "warning slug-change /guide en slug",
            "warning blanking /towels fr seo.description",
            "warning og-title/too-long /guide en openGraph.title",
            "info drift /guide en seo.description",
        ]
    );
    assert_snapshot!(show(&plan).github, @"
    ::error file=site/pages/x.yaml,line=1,col=1,title=conflict::seo.title of /guide @ en: changed here, and on the site as well, to `Title of the site`%0A`slugline pull --page /guide --locale en --field seo.title` takes the site's value over; `--on-conflict desired` writes this one
    ::warning file=site/pages/x.yaml,line=1,col=1,title=slug-change::slug of /guide @ en: a published address changes%0A/guide → /handbook, /fr/guide → /fr/handbook, /es/guide → /es/handbook; if this is meant, apply the plan with --allow slug-change
    ::warning file=site/pages/x.yaml,line=1,col=1,title=blanking::seo.description of /towels @ fr: a value is cleared%0Aif this is meant, apply the plan with --allow blanking
    ::warning file=site/pages/x.yaml,line=1,col=1,title=og-title/too-long::the card is too long%0Asay less
    ::notice file=site/pages/x.yaml,line=1,col=1,title=drift::seo.description of /guide @ en: changed on the site to `Text of the site`, and kept%0A`slugline pull --page /guide --locale en --field seo.description` takes it over; `--on-drift revert` writes what stands here
    ::notice title=slugline::The plan has 1 conflict and cannot be applied.
    ");
}

#[test]
fn every_list_has_the_same_entries() {
    let plan = plan();
    let shown = show(&plan);
    let (issues, run) = (shown.gitlab.as_array().unwrap(), &shown.sarif["runs"][0]);
    let results = run["results"].as_array().unwrap();
    assert_eq!((issues.len(), results.len()), (5, 5));
    for issue in issues {
        let same = |result: &&serde_json::Value| {
            result["partialFingerprints"]["slugline/v1"] == issue["fingerprint"]
                && result["ruleId"] == issue["check_name"]
        };
        assert_eq!(results.iter().filter(same).count(), 1, "{issue}");
        assert_eq!(issue["location"]["path"], "site/pages/x.yaml");
    }
    assert_eq!(run["automationDetails"]["id"], "slugline/plan/");
    for rule in run["tool"]["driver"]["rules"].as_array().unwrap() {
        assert!(rule["help"]["text"].as_str().unwrap().contains("slugline explain"), "{rule}");
    }
}

/// What somebody goes on writing on stays the same entry of a dashboard, wherever it moves in its file.
#[test]
fn fingerprints_are_of_rule_page_locale_and_field() {
    let prints = |plan: &Plan| concerns(&PlanView::new(plan)).into_iter().map(|it| it.fingerprint).collect::<Vec<_>>();
    let (first, mut second) = (plan(), plan());
    for change in second.changes.iter_mut().chain(&mut second.kept) {
        change.source.line += 7;
        change.path = "/elsewhere".into();
    }
    second.findings[0].diagnostic.message = "the card is much too long".to_owned();
    assert_eq!(prints(&first), prints(&second));
    let mut all = prints(&first);
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 5);
}

/// A value that is taken back on the site is in no line of the branch.
#[test]
fn lines_that_the_branch_touched_come_first() {
    let mut world = world();
    world.page("a").page("b");
    for (page, base) in [("a", ""), ("b", "Was")] {
        world.wanted(page, "en", Field::SeoTitle, base).reads_everywhere(page, Field::SeoTitle, "Was");
        world.wants(page, "en", Field::SeoTitle, "");
    }
    world.reverts_drift();
    let mut plan = world.plan();
    let blanked = |plan: &Plan| told(plan).into_iter().filter(|it| it.contains("blanking")).collect::<Vec<_>>();
    let (a, b) = ("warning blanking /a en seo.title", "warning blanking /b en seo.title");
    assert_eq!(blanked(&plan), [a, b], "without a base nobody knows");
    plan.revision = Some(Revision { commit: "c".repeat(40), dirty: false, base: Some("b".repeat(40)) });
    assert_eq!(blanked(&plan), [b, a]);
}

#[test]
fn a_guard_without_a_line_stands_where_guards_are_set() {
    let mut world = world();
    for number in 0..40 {
        let page = format!("page-{number}");
        world.page(&page);
        world.wants(&page, "en", Field::SeoTitle, format!("Title {number}").as_str());
    }
    let shown = show(&world.plan());
    assert_eq!(shown.gitlab[0]["check_name"], "mass-update");
    assert_eq!(shown.gitlab[0]["location"]["path"], "site/slugline.yaml");
    let location = &shown.sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
    assert_eq!(location["artifactLocation"]["uri"], "site/slugline.yaml");
    assert!(shown.github.starts_with("::warning title=mass-update::40 of 40 managed"), "{}", shown.github);
}

#[test]
fn annotations_are_ten_at_most_and_say_how_many_more_there_are() {
    for (risky, left) in [(8, None), (9, None), (10, Some("1 warning")), (40, Some("31 warnings"))] {
        let mut world = world();
        for number in 0..risky {
            let page = format!("page-{number:02}");
            world.page(&page);
            world.reads_everywhere(&page, Field::SeoTitle, format!("Title {number}").as_str());
            world.wants(&page, "en", Field::SeoTitle, "");
        }
        let mut plan = world.plan();
        plan.guards.clear();
        let github = show(&plan).github;
        assert_eq!(github.lines().count(), risky.min(9) + 1, "{github}");
        let last = github.lines().last().unwrap();
        assert!(last.starts_with("::notice title=slugline::Plan: "), "{last}");
        match left {
            None => assert!(!last.contains("more"), "{last}"),
            Some(left) => assert!(last.contains(&format!("%0AAnd {left} more; `slugline show`")), "{last}"),
        }
    }
}

/// Of more than 5,000 results GitHub keeps some, and of more than 25,000 none.
#[test]
fn code_scanning_gets_the_worst_and_is_told_how_many_are_left_out() {
    let problem = |number: usize| {
        let severity = if number.is_multiple_of(2) { Severity::Warning } else { Severity::Info };
        let diagnostic = Diagnostic { severity, ..Diagnostic::error(Code::new("drift"), format!("number {number}")) };
        problems(vec![diagnostic], Vec::new(), &TouchedLines::default()).remove(0)
    };
    let problems: Vec<Problem> = (0..6_000).map(problem).collect();
    let log = sarif::log("plan", &problems, "");
    let run = &log["runs"][0];
    let levels: Vec<&str> = run["results"].as_array().unwrap().iter().map(|it| it["level"].as_str().unwrap()).collect();
    assert_eq!((levels.len(), levels[2_999], levels[3_000]), (5_000, "warning", "note"));
    let notice = &run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"];
    assert_eq!(notice, "1000 of 6000 results are left out, the least important ones");
}
