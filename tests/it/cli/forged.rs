//! Plan files that somebody has changed and sealed anew: what is sent is what is shown, and what is risky is guarded.

use serde_json::{Value as Json, json};

use super::base::Repository;
use super::environment::TestEnvironment;
use super::plan_files::digest;

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
