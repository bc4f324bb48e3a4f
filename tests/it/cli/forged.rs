//! Plan files that somebody has changed and sealed anew: what is sent is what is shown, and what is risky is guarded.

use serde_json::{Value as Json, json};

use super::base::Repository;
use super::environment::TestEnvironment;
use crate::plan::digest;

const GUIDE: &str = "\
id: pgGuide
locales:
  en-US: {slug: the-guide, seo: {title: The Ultimate Guide, description: ''}}
";

const ABOUT: &str = "id: pgAbout\nlocales: {en-US: {title: About us}}\n";

fn planned() -> (TestEnvironment, Json) {
    let environment = TestEnvironment::with_pages([("about.yaml", ABOUT), ("guide.yaml", GUIDE)]);
    assert_eq!(environment.run("plan -o plan.json").exit, 0);
    let plan = environment.read_json("plan.json");
    let guards: Vec<&str> = plan["guards"].as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap()).collect();
    assert_eq!(guards, ["slug-change", "blanking"]);
    (environment, plan)
}

fn write(environment: &TestEnvironment, plan: &Json) {
    let mut plan = plan.clone();
    plan["digest"] = digest(&plan).into();
    environment.write("plan.json", plan.to_string());
}

/// Returns the place of the change of a field in the list.
fn change(plan: &Json, field: &str) -> usize {
    plan["changes"].as_array().unwrap().iter().position(|change| change["field"] == field).unwrap()
}

/// Returns the place of the operation on a page.
fn operation(plan: &Json, page: &str) -> usize {
    plan["operations"].as_array().unwrap().iter().position(|operation| operation["page"] == page).unwrap()
}

#[test]
fn what_is_forged_is_neither_shown_nor_applied() {
    type Forgery = (&'static str, fn(&mut Json), &'static str);
    let forgeries: [Forgery; 14] = [
        ("nothing is shown", |plan| plan["changes"] = json!([]), "it is sent, and no change of the plan says so"),
        (
            "another text is sent",
            |plan| {
                let at = operation(plan, "pgGuide");
                plan["operations"][at]["body"]["seo"]["title"] = "Buy now".into();
            },
            "body.seo.title: it is sent, and no change of the plan says so",
        ),
        (
            "a field more is sent",
            |plan| {
                let at = operation(plan, "pgAbout");
                plan["operations"][at]["body"]["slug"] = "elsewhere".into();
            },
            "body.slug: it is sent, and no change of the plan says so",
        ),
        (
            "another page is written",
            |plan| {
                let at = operation(plan, "pgAbout");
                plan["operations"][at]["page"] = "pgTowel".into();
            },
            "it is sent, and no change of the plan says so",
        ),
        (
            "what it reads is made up",
            |plan| {
                let at = change(plan, "seo.title");
                plan["changes"][at]["before"] = "Something bad".into();
            },
            "body.seo.title: it is sent, and no change of the plan says so",
        ),
        (
            "a change is not sent",
            |plan| {
                let at = operation(plan, "pgAbout");
                plan["operations"].as_array_mut().unwrap().remove(at);
            },
            "no operation of the plan sends it",
        ),
        (
            "a field changes twice",
            |plan| {
                let mut again = plan["changes"][0].clone();
                again["after"] = "Another".into();
                plan["changes"].as_array_mut().unwrap().insert(0, again);
            },
            "a field changes twice",
        ),
        ("the guards are gone", |plan| plan["guards"] = json!([]), "guards: `slug-change` is missing"),
        ("a guard is gone", |plan| drop(plan["guards"].as_array_mut().unwrap().pop()), "guards: `blanking` is missing"),
        (
            "the risks are gone, and so are the guards",
            |plan| {
                plan["guards"] = json!([]);
                for change in plan["changes"].as_array_mut().unwrap() {
                    change["risks"] = json!([]);
                }
            },
            "its values are riskier than it says",
        ),
        (
            "a change passes for a pin",
            |plan| {
                plan["guards"] = json!([]);
                for change in plan["changes"].as_array_mut().unwrap() {
                    change["class"] = "pinned".into();
                    change["risks"] = json!([]);
                }
            },
            "what is pinned reads as wanted already",
        ),
        (
            "the lint is about nothing",
            |plan| {
                let error = json!({"code": "x", "severity": "error", "message": "m", "page": "pgTowel", "locale": "en-US", "field": "title"});
                plan["diagnostics"].as_array_mut().unwrap().push(error);
            },
            "diagnostics: one is about a field that does not change",
        ),
        (
            "operations wait for each other",
            |plan| plan["operations"][0]["needs"] = json!([0]),
            "operations[0].needs: it needs one that is not before it",
        ),
        (
            "an old address is taken by a page and by a draft",
            |plan| {
                let at = change(plan, "slug");
                let redirect = &mut plan["changes"][at]["redirects"][0];
                (redirect["reused"], redirect["reused_by_draft"]) = (true.into(), true.into());
            },
            "redirects: a page and a draft cannot both move to `",
        ),
    ];
    let (environment, plan) = planned();
    write(&environment, &plan);
    assert_eq!(environment.run("show plan.json").exit, 0, "sealed anew, the plan itself is sound");
    for (name, forge, told) in forgeries {
        let mut forged = plan.clone();
        forge(&mut forged);
        assert_ne!(forged, plan, "{name}");
        write(&environment, &forged);
        let allowed = "--allow slug-change --allow blanking";
        for command in ["show plan.json".to_owned(), format!("apply plan.json {allowed}")] {
            let ran = environment.run(&command);
            assert_eq!((ran.exit, ran.writes.len()), (3, 0), "{name}: {ran}");
            assert!(ran.stderr.contains("the plan file is damaged: ") && ran.stderr.contains(told), "{name}: {ran}");
        }
    }
}

/// Returns a project with a conflict over whether a text is copied, and a change that nobody disputes.
fn disputed() -> Repository {
    let repository = Repository::new();
    repository.say("    seo:\n", "    openGraph: {title: Explore the galaxy}\n    seo:\n");
    repository.commit();
    repository.edit_on_the_site("pgGuide", "en-US", json!({"openGraph": {"title": null, "titleCopied": true}}));
    repository.say("title: Explore the galaxy", "title: Explore the universe");
    repository.say("The Guide", "The Ultimate Guide");
    repository
}

/// What the texts of a card are is told in place of the values, so it must be the same.
#[test]
fn what_a_card_says_is_what_the_values_say() {
    const TEXT: &str = "openGraph.title";
    const FLAG: &str = "openGraph.titleCopied";
    const LIES: &str = ".card: it says otherwise than the values";
    let own = |text: &str| json!({"copied": false, "text": text});
    let (copied, unstated) = (json!({"copied": true}), json!({"copied": false}));
    let sides: [(&str, &str, Json, &str); 13] = [
        (TEXT, "after", own("Harmless"), LIES),
        (TEXT, "after", copied.clone(), LIES),
        (TEXT, "after", unstated.clone(), LIES),
        (TEXT, "before", own("Harmless"), LIES),
        (TEXT, "base", own("Harmless"), LIES),
        (TEXT, "base", unstated.clone(), LIES),
        (TEXT, "base", Json::Null, LIES),
        (FLAG, "after", copied.clone(), LIES),
        (FLAG, "before", own("Harmless"), LIES),
        (FLAG, "before", unstated, LIES),
        (FLAG, "base", copied, LIES),
        (FLAG, "after", own("Harmless"), ".card: it says otherwise than that of the other half"),
        (FLAG, "before", json!({"copied": true, "text": "Harmless"}), "card: what is copied has no text of its own"),
    ];
    let repository = disputed();
    for decided in ["", " --on-conflict desired"] {
        repository.run(&format!("plan --base HEAD -o plan.json{decided}"));
        let plan = repository.environment.read_json("plan.json");
        assert!(!repository.run("show plan.json").stderr.contains("damaged"), "{plan:#}");
        let refuse = |forged: &Json, told: &str| {
            assert_ne!(*forged, plan);
            write(&repository.environment, forged);
            for command in ["show plan.json", "show plan.json --format github", "apply plan.json"] {
                let ran = repository.run(command);
                assert_eq!((ran.exit, ran.writes.len()), (3, 0), "{told}: {ran}");
                assert!(
                    ran.stderr.contains("the plan file is damaged: ") && ran.stderr.contains(told),
                    "{told}: {ran}"
                );
            }
        };
        for (field, side, card, told) in &sides {
            let mut forged = plan.clone();
            let at = change(&plan, field);
            forged["changes"][at]["card"][side] = card.clone();
            refuse(&forged, told);
        }
        let (text, flag, other) = (change(&plan, TEXT), change(&plan, FLAG), change(&plan, "seo.title"));
        let mut forged = plan.clone();
        forged["changes"][flag].as_object_mut().unwrap().remove("base");
        refuse(&forged, LIES);
        let mut forged = plan.clone();
        forged["changes"][other]["card"] = plan["changes"][text]["card"].clone();
        refuse(&forged, ".card: it is for what was changed on the site of an Open Graph text");
        let mut forged = plan.clone();
        forged["changes"][text]["class"] = "change".into();
        refuse(&forged, ".card: it is for what was changed on the site of an Open Graph text");
    }
}

/// What came since has a meaning where it is missing.
#[test]
fn a_plan_of_the_first_version_is_read() {
    let (environment, mut plan) = planned();
    plan["format_version"] = "1.0".into();
    plan.as_object_mut().unwrap().remove("offline");
    let summary = plan["summary"].as_object_mut().unwrap();
    summary.retain(|key, _| !["new", "drift", "conflicts", "kept"].contains(&key.as_str()));
    let mut moved = 0;
    for change in plan["changes"].as_array_mut().unwrap() {
        change.as_object_mut().unwrap().retain(|key, _| !["written", "base"].contains(&key.as_str()));
        for redirect in change["redirects"].as_array_mut().unwrap() {
            redirect.as_object_mut().unwrap().remove("reused");
            moved += 1;
        }
    }
    assert!(moved > 0);
    write(&environment, &plan);
    assert_eq!(environment.run("show plan.json").stdout, environment.run("plan").stdout);
    let ran = environment.run("apply plan.json --allow slug-change --allow blanking");
    assert_eq!((ran.exit, ran.writes.len()), (0, 2), "{ran}");
}

/// Returns a project with a change in French and one of a slug that is published, and its plan.
fn translated() -> (TestEnvironment, Json) {
    let french = "id: pgAbout\nlocales: {fr-FR: {title: À propos}}\n";
    let environment = TestEnvironment::with_pages([("about.yaml", french), ("guide.yaml", GUIDE)]);
    assert_eq!(environment.run("plan -o plan.json").exit, 0);
    let plan = environment.read_json("plan.json");
    (environment, plan)
}

const ALLOWED: &str = "--allow slug-change --allow blanking";

/// What a plan shows of the site is compared with the site before the first write.
#[test]
fn refuses_a_plan_that_the_site_contradicts() {
    type Forgery = (&'static str, fn(&mut Json), &'static str);
    fn both(plan: &mut Json, page: &str, key: &str, value: &Json) {
        for list in ["changes", "operations"] {
            for item in plan[list].as_array_mut().unwrap().iter_mut().filter(|item| item["page"] == page) {
                item[key] = value.clone();
            }
        }
    }
    let forgeries: [Forgery; 14] = [
        (
            "the id of another locale",
            |plan| {
                let at = operation(plan, "pgAbout");
                plan["operations"][at]["locale_id"] = "locJa".into();
            },
            "locale id",
        ),
        (
            "no locale id, which writes the primary locale",
            |plan| {
                let at = operation(plan, "pgAbout");
                plan["operations"][at].as_object_mut().unwrap().remove("locale_id");
            },
            "locale id",
        ),
        ("another tag", |plan| both(plan, "pgAbout", "locale", &"ja-JP".into()), "locale id"),
        ("an unknown tag", |plan| both(plan, "pgAbout", "locale", &"de-DE".into()), "no such locale"),
        ("the path of another page", |plan| both(plan, "pgAbout", "path", &"/guide".into()), "path"),
        (
            "another path in the changes only",
            |plan| {
                for change in plan["changes"].as_array_mut().unwrap() {
                    change["path"] = "/blog/towel-day".into();
                }
            },
            "path",
        ),
        ("another page", |plan| both(plan, "pgAbout", "page", &"pgDraft".into()), "path"),
        ("another site name", |plan| plan["target"]["name"] = "Staging".into(), "site name"),
        ("an environment", |plan| plan["target"]["environment"] = "staging".into(), "environment"),
        (
            "a published address that does not move",
            |plan| {
                let at = change(plan, "slug");
                plan["changes"][at]["redirects"] = json!([]);
                plan["changes"][at]["risks"] = json!([]);
                plan["guards"].as_array_mut().unwrap().retain(|guard| guard["name"] != "slug-change");
            },
            "published addresses that move",
        ),
        (
            "an address that moves elsewhere",
            |plan| {
                let at = change(plan, "slug");
                plan["changes"][at]["redirects"][0]["to"] = "/harmless".into();
            },
            "published addresses that move",
        ),
        (
            "a locale that does not follow",
            |plan| {
                let at = change(plan, "slug");
                plan["changes"][at]["followers"].as_array_mut().unwrap().pop();
            },
            "locales that follow",
        ),
        (
            "a sibling is not sent along",
            |plan| {
                let at = operation(plan, "pgGuide");
                plan["operations"][at]["precondition"]["openGraph.title"] = "x".into();
            },
            "precondition",
        ),
        ("an order of its own", |plan| plan["operations"][1]["level"] = 7.into(), "level"),
    ];
    let (environment, plan) = translated();
    for (name, forge, told) in forgeries {
        let mut forged = plan.clone();
        forge(&mut forged);
        assert_ne!(forged, plan, "{name}");
        write(&environment, &forged);
        let ran = environment.run(&format!("apply plan.json {ALLOWED}"));
        assert!(matches!(ran.exit, 3 | 4) && ran.writes.is_empty(), "{name}: {ran}");
        assert!(ran.stderr.contains(told) || ran.stderr.contains("stale"), "{name}: {ran}");
    }
    let mut forged = plan.clone();
    let at = operation(&plan, "pgAbout");
    forged["operations"][at]["locale_id"] = "locJa".into();
    write(&environment, &forged);
    let ran = environment.run(&format!("apply plan.json --format json {ALLOWED}"));
    let mismatch = &ran.json()["mismatches"][0];
    assert_eq!((&mismatch["what"], &mismatch["plan"]), (&json!("locale id"), &json!("locJa")), "{ran}");
    write(&environment, &plan);
    assert_eq!(environment.run(&format!("apply plan.json {ALLOWED}")).exit, 0, "the plan itself is sound");
}

#[test]
fn refuses_two_operations_for_one_address() {
    let (environment, mut plan) = translated();
    let again = plan["operations"][operation(&plan, "pgAbout")].clone();
    plan["operations"].as_array_mut().unwrap().push(again);
    write(&environment, &plan);
    let ran = environment.run(&format!("apply plan.json {ALLOWED}"));
    assert_eq!((ran.exit, ran.writes.len()), (3, 0), "{ran}");
    assert!(ran.stderr.contains("another operation writes this page and locale"), "{ran}");
}

/// Guards are counted again, whatever the file says of them.
#[test]
fn counts_the_guards_again() {
    let mut environment = TestEnvironment::empty();
    environment.serve(&super::galaxy::site_with_pages(20));
    environment.write("slugline.yaml", super::galaxy::PROJECT);
    for number in 1..=12 {
        environment.write(
            &format!("pages/{number}.yaml"),
            format!("id: pg{number}\nlocales: {{en-US: {{title: Same for all}}}}\n"),
        );
    }
    assert_eq!(environment.run("plan -o plan.json").exit, 0);
    let mut plan = environment.read_json("plan.json");
    plan["guards"] = json!([]);
    plan["summary"]["managed_page_locales"] = 1_000_000.into();
    write(&environment, &plan);
    let ran = environment.run("apply plan.json");
    assert_eq!((ran.exit, ran.writes.len()), (4, 0), "{ran}");
    assert!(ran.stderr.contains("refused by the guards mass-update, duplicate-value"), "{ran}");
}

/// Returns a project with a run that another machine could have left there: a plan, and a log with these lines.
fn planted(id: &str, lines: &[Json]) -> (TestEnvironment, Json) {
    let (environment, plan) = translated();
    let folder = format!(".slugline/runs/{id}");
    environment.write(&format!("{folder}/plan.json"), environment.read("plan.json"));
    let opened = json!({
        "at": "2026-12-01T00:00:00Z", "event": "opened", "format_version": "1.0", "kind": "apply",
        "digest": plan["digest"], "remote": "a server on this machine", "pid": 1,
    });
    let log: String = std::iter::once(&opened).chain(lines).map(|line| format!("{line}\n")).collect();
    environment.write(&format!("{folder}/events.jsonl"), log);
    (environment, plan)
}

/// A recorded run is no permission: what is left is shown, judged by every guard and confirmed.
#[test]
fn resumes_only_what_is_shown_allowed_and_confirmed() {
    let began = json!({"at": "2026-12-01T00:00:00Z", "event": "began", "operations": 2});
    for lines in [&[][..], &[began]] {
        let (environment, _) = planted("20200101T000000.000Z", lines);
        let ran = environment.run(&format!("apply --resume {ALLOWED}"));
        assert_eq!((ran.exit, ran.writes.len()), (64, 0), "{ran}");
        let ran = environment.run("apply --resume --yes");
        assert_eq!((ran.exit, ran.writes.len()), (4, 0), "{ran}");
        assert!(ran.stdout.contains("À propos"), "what is left is shown: {ran}");
        assert!(ran.stderr.contains("refused by the guards slug-change, blanking"), "{ran}");
        let log = environment.read(".slugline/runs/20200101T000000.000Z/events.jsonl");
        assert_eq!(log.lines().count(), 1 + lines.len(), "a refusal leaves the record alone");
        let ran = environment.run(&format!("apply --resume --yes {ALLOWED}"));
        assert_eq!((ran.exit, ran.writes.len()), (0, 2), "{ran}");
    }
}

#[test]
fn shows_only_what_is_left_of_a_run() {
    let at = "2026-12-01T00:00:00Z";
    let (environment, plan) = planted("20200101T000000.000Z", &[]);
    let done = operation(&plan, "pgGuide");
    let lines = [
        json!({"at": at, "event": "began", "operations": 2}),
        json!({"at": at, "event": "finished", "operation": done, "outcome": "done"}),
    ];
    let log = ".slugline/runs/20200101T000000.000Z/events.jsonl";
    environment.write(log, lines.iter().fold(environment.read(log), |log, line| format!("{log}{line}\n")));
    let ran = environment.run("apply --resume --yes");
    assert_eq!((ran.exit, ran.writes.len()), (0, 1), "the guards count what is left: {ran}");
    assert!(ran.stdout.contains("À propos") && !ran.stdout.contains("the-guide"), "{ran}");
}

#[test]
fn refuses_a_run_whose_plan_the_site_contradicts() {
    let (environment, plan) = planted("20200101T000000.000Z", &[]);
    let mut forged = plan.clone();
    let at = operation(&plan, "pgAbout");
    forged["operations"][at]["locale_id"] = "locJa".into();
    forged["digest"] = digest(&forged).into();
    environment.write(".slugline/runs/20200101T000000.000Z/plan.json", forged.to_string());
    let ran = environment.run(&format!("apply --resume --yes {ALLOWED}"));
    assert_eq!((ran.exit, ran.writes.len()), (4, 0), "{ran}");
    assert!(ran.stderr.contains("locale id"), "{ran}");
}

/// A log that does not fit its plan could name operations that do not exist.
#[test]
fn refuses_a_log_that_does_not_fit_its_plan() {
    let at = "2026-12-01T00:00:00Z";
    for line in [
        json!({"at": at, "event": "began", "operations": 4_000_000_000_000_u64}),
        json!({"at": at, "event": "sending", "operation": 2}),
        json!({"at": at, "event": "finished", "operation": 0, "outcome": "skipped", "needs": 9}),
    ] {
        let (environment, _) = planted("20200101T000000.000Z", &[line]);
        let ran = environment.run(&format!("apply --resume --yes {ALLOWED}"));
        assert_eq!((ran.exit, ran.writes.len()), (3, 0), "{ran}");
        assert!(ran.stderr.contains("line 2: it does not fit the plan, which has 2 operations"), "{ran}");
    }
}

/// A run of the future would pass for the newest one until its time has come.
#[test]
fn refuses_a_run_of_the_future() {
    let began = json!({"at": "2026-12-01T00:00:00Z", "event": "began", "operations": 2});
    let sending = json!({"at": "2026-12-01T00:00:00Z", "event": "sending", "operation": 0});
    for id in ["99990101T000000.000Z", "99999999T999999.999Z"] {
        let (environment, _) = planted(id, &[began.clone(), sending.clone()]);
        for command in [
            "undo --yes".to_owned(),
            format!("undo {id} --yes"),
            "apply --resume --yes".to_owned(),
            format!("apply --resume={id} --yes"),
        ] {
            let ran = environment.run(&format!("{command} {ALLOWED}"));
            assert_eq!((ran.exit, ran.writes.len()), (4, 0), "{ran}");
            assert!(ran.stderr.contains("is dated in the future") && ran.stderr.contains(id), "{ran}");
        }
        assert_eq!(environment.run(&format!("apply plan.json {ALLOWED}")).exit, 0);
        let mut runs: Vec<String> = std::fs::read_dir(environment.path(".slugline/runs"))
            .unwrap()
            .map(|run| run.unwrap().file_name().into_string().unwrap())
            .collect();
        runs.sort();
        assert_eq!(runs.len(), 2);
        assert!(runs[0].as_str() < "9999", "the new run is dated now: {runs:?}");
    }
}

/// An undo that cannot be written in any order says why.
#[test]
fn says_why_an_undo_cannot_be_planned() {
    let environment =
        TestEnvironment::with_pages([("guide.yaml", "id: pgGuide\nlocales: {en-US: {slug: the-guide}}\n")]);
    assert_eq!(environment.run("apply --yes --allow slug-change").exit, 0);
    environment.edit_by_someone(&json!({"id": "pgAbout", "slug": "guide"}));
    assert_eq!(environment.run("plan").exit, 0);
    let ran = environment.run("undo --yes --format json");
    assert_eq!((ran.exit, ran.writes.len()), (3, 0), "{ran}");
    let json = ran.json();
    assert_eq!(json["diagnostics"][0]["code"], "slug-taken", "{ran}");
    assert!(json["error"]["message"].as_str().unwrap().contains("1 error in the plan"), "{ran}");
}
