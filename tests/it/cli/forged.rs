//! Plan files that somebody has changed and sealed anew: what is sent is what is shown, and what is risky is guarded.

use serde_json::{Value as Json, json};

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
    let forgeries: [Forgery; 13] = [
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
