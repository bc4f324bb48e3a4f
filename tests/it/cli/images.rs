//! The share image, and what else the API reference does not describe: a write keeps it, and a loss is reported.

use insta::assert_snapshot;
use serde_json::{Value as Json, json};

use super::environment::{Ran, TestEnvironment};
use super::galaxy;
use crate::plan::digest;

const URL: &str = "https://cdn.example.com/guide.png";
const FRENCH: &str = "https://cdn.example.com/guide-fr.png";

/// Changes the Open Graph title of the guide in two locales, and the name of another page.
const PAGES: &str = "\
id: pgGuide
locales:
  en-US: {openGraph: {title: Explore the universe}}
  fr-FR: {openGraph: {title: Explorez l'univers}}
---
id: pgAbout
locales: {en-US: {title: About us}}
";

/// Returns the site with a share image on the guide, another one of the French guide's own, and other leaves.
fn site(switches: Json) -> Json {
    let mut site = galaxy::site();
    site["switches"] = switches;
    let values = &mut site["pages"][1]["values"];
    values["primary"]["openGraph"]["undocumented"] =
        json!({"imageUrl": URL, "imageAssetId": "asset1", "imageWidth": 1200});
    values["primary"]["seo"]["undocumented"] = json!({"robots": "max-snippet:50"});
    values["fr-FR"]["openGraph"] = json!({"undocumented": {"imageUrl": FRENCH}});
    site
}

fn environment(switches: Json) -> TestEnvironment {
    let environment = TestEnvironment::serving(&site(switches));
    environment.write("pages/all.yaml", PAGES);
    environment
}

fn extras(environment: &TestEnvironment) -> Vec<Json> {
    let leaves = |locale| {
        let values = environment.values("pgGuide", locale);
        [values["seo"]["undocumented"].clone(), values["openGraph"]["undocumented"].clone()]
    };
    ["en-US", "fr-FR", "ja-JP"].into_iter().flat_map(leaves).collect()
}

/// Returns what the program prints after the plan.
fn report(ran: &Ran) -> String {
    let (_, report) = ran.stdout.split_once("to send.\n").unwrap();
    format!("exit: {}\nwrites: {}\n{report}", ran.exit, ran.writes.join(", "))
}

fn planned(switches: Json) -> (TestEnvironment, Json) {
    let environment = environment(switches);
    assert_eq!(environment.run("plan -o plan.json").exit, 0);
    let plan = environment.read_json("plan.json");
    (environment, plan)
}

fn write(environment: &TestEnvironment, plan: &Json) {
    let mut plan = plan.clone();
    plan["digest"] = digest(&plan).into();
    environment.write("plan.json", plan.to_string());
}

/// Returns the place of the operation on a page in a locale.
fn operation(plan: &Json, page: &str, locale: &str) -> usize {
    let operations = plan["operations"].as_array().unwrap();
    operations.iter().position(|it| it["page"] == page && it["locale"] == locale).unwrap()
}

#[test]
fn a_plan_sends_one_leaf_of_the_share_image_and_the_others_as_they_read() {
    let (_, plan) = planned(json!({"shareImage": "dropped"}));
    let parts = |page, locale| {
        let operation = &plan["operations"][operation(&plan, page, locale)];
        [operation["body"].clone(), operation["extra"].clone()]
    };
    assert_eq!(
        parts("pgGuide", "en-US"),
        [
            json!({"openGraph": {
                "title": "Explore the universe", "titleCopied": false, "descriptionCopied": true,
                "imageUrl": URL, "imageWidth": 1200,
            }}),
            json!({"openGraph.imageAssetId": "asset1", "openGraph.imageUrl": URL, "openGraph.imageWidth": 1200}),
        ]
    );
    // What equals the primary's is inherited: sent, it would no longer be.
    assert_eq!(
        parts("pgGuide", "fr-FR"),
        [
            json!({"openGraph": {"title": "Explorez l'univers", "titleCopied": false, "imageUrl": FRENCH}}),
            json!({"openGraph.imageUrl": FRENCH, "openGraph.imageWidth": 1200}),
        ]
    );
    assert_eq!(parts("pgAbout", "en-US"), [json!({"title": "About us"}), Json::Null]);
    assert_eq!(plan["format_version"], "1.3");
}

#[test]
fn a_run_and_its_undo_keep_the_share_image() {
    for share_image in ["absent", "kept", "dropped"] {
        for merge in ["merges", "replaces"] {
            for apply in ["apply --yes", "apply --yes --bulk"] {
                let environment = environment(json!({"shareImage": share_image, "merge": merge}));
                let before = extras(&environment);
                let ran = environment.run(apply);
                assert_eq!((ran.exit, extras(&environment)), (0, before.clone()), "{share_image} {merge}: {ran}");
                assert_eq!(environment.values("pgGuide", "fr-FR")["openGraph"]["title"], "Explorez l'univers");
                let ran = environment.run("undo --yes --allow blanking");
                assert_eq!((ran.exit, extras(&environment)), (0, before), "{share_image} {merge}: {ran}");
            }
        }
    }
}

#[test]
fn an_undo_keeps_a_share_image_that_was_set_since() {
    let environment = environment(json!({"shareImage": "dropped", "merge": "replaces"}));
    assert_eq!(environment.run("apply --yes").exit, 0);
    environment.edit_by_someone(&json!({"id": "pgGuide", "openGraph": {"imageUrl": "https://example.com/new.png"}}));
    let ran = environment.run("undo --yes --allow blanking");
    assert_eq!(ran.exit, 0, "{ran}");
    let values = environment.values("pgGuide", "en-US");
    assert_eq!(values["openGraph"]["title"], "Explore the galaxy");
    assert_eq!(values["openGraph"]["undocumented"]["imageUrl"], "https://example.com/new.png");
}

#[test]
fn refuses_a_plan_when_the_share_image_has_changed() {
    let (environment, _) = planned(json!({"shareImage": "kept"}));
    environment.edit_by_someone(&json!({"id": "pgGuide", "openGraph": {"imageUrl": "https://example.com/new.png"}}));
    let ran = environment.run("apply plan.json");
    assert_eq!(ran.wrote_nothing().exit, 4, "{ran}");
    assert_snapshot!(ran.stderr, @r#"
      /guide @ en-US: openGraph.imageAssetId
          planned on "asset1"
          now reads  ""
      /guide @ en-US: openGraph.imageUrl
          planned on "https://cdn.example.com/guide.png"
          now reads  "https://example.com/new.png"
    error: the plan is stale: the site has moved since in 2 places
      hint: nothing was written; plan again, or take the live values into the manifests
    "#);
}

/// A server may show leaves today that it did not show when the plan was made, by an earlier version or another.
#[test]
fn refuses_a_plan_that_does_not_have_the_share_image() {
    let (environment, mut plan) = planned(json!({"shareImage": "dropped"}));
    for operation in plan["operations"].as_array_mut().unwrap() {
        operation.as_object_mut().unwrap().shift_remove("extra");
        let open_graph = operation["body"].get_mut("openGraph").and_then(Json::as_object_mut);
        open_graph.into_iter().for_each(|leaves| leaves.retain(|leaf, _| !leaf.starts_with("image")));
    }
    write(&environment, &plan);
    let ran = environment.run("apply plan.json");
    assert_eq!(ran.wrote_nothing().exit, 4, "{ran}");
    assert!(ran.stderr.contains("/guide @ en-US: openGraph.imageUrl"), "{ran}");
}

#[test]
fn reports_a_share_image_that_a_write_has_lost() {
    let mut site = site(json!({"shareImage": "dropped", "inheritedReads": "null"}));
    // Its own, although it equals the primary's, which the API does not tell from an inherited one.
    site["pages"][1]["values"]["fr-FR"]["openGraph"]["undocumented"] =
        json!({"imageUrl": URL, "imageAssetId": "asset1"});
    for arguments in ["apply --yes", "apply --yes --bulk"] {
        let environment = TestEnvironment::serving(&site);
        environment.write("pages/all.yaml", PAGES);
        let ran = environment.run(arguments);
        assert_eq!(ran.exit, 6, "{ran}");
        if arguments == "apply --yes" {
            assert_snapshot!(report(&ran), @r#"
            exit: 6
            writes: PUT pgAbout primary 200, PUT pgGuide fr-FR 200, PUT pgGuide primary 200
            /guide @ fr-FR: written, but the site reads otherwise
                openGraph.imageAssetId: was "asset1", reads ""
                openGraph.imageUrl: was "https://cdn.example.com/guide.png", reads ""
            hint: set the share image again in the page settings of the Designer, in that locale
            Applied: 2 written, 1 did not take of 3 requests.
            "#);
        }
        assert!(ran.stdout.contains(&format!("openGraph.imageUrl: was \"{URL}\", reads \"\"")), "{ran}");
        let resumed = environment.run("apply --yes --resume");
        assert_eq!((resumed.exit, resumed.writes.len()), (6, 0), "{resumed}");
    }
    let environment = TestEnvironment::serving(&site);
    environment.write("pages/all.yaml", PAGES);
    let json = environment.run("apply --yes --format json").json();
    let operations = json["operations"].as_array().unwrap();
    let lost = operations.iter().find(|it| it["outcome"] == "did-not-take").unwrap();
    assert_eq!(
        lost["fields"],
        json!([
            {"field": "openGraph.imageAssetId", "expected": "asset1", "found": ""},
            {"field": "openGraph.imageUrl", "expected": URL, "found": ""},
        ])
    );
    assert!(lost["hint"].as_str().unwrap().contains("share image"), "{lost}");
}

/// An answer that was lost is settled by a read, which shows the loss as well.
#[test]
fn reports_a_loss_also_if_the_answer_did_not_come() {
    use slugline::sandbox::{Action, Fault};
    let mut site = site(json!({"shareImage": "dropped"}));
    site["pages"][1]["values"]["primary"]["openGraph"]["undocumented"]["sizes"] = json!([1, 2]);
    let environment = TestEnvironment::serving(&site);
    environment.write("pages/all.yaml", "id: pgGuide\nlocales: {en-US: {openGraph: {title: Explore}}}\n");
    assert_eq!(environment.run("plan -o plan.json").exit, 0);
    let plan = environment.read_json("plan.json");
    assert_eq!(plan["operations"][0]["extra"]["openGraph.sizes"].as_object().unwrap().len(), 1, "by its digest");
    assert_eq!(plan["operations"][0]["body"]["openGraph"].get("sizes"), None);
    environment.server().set_faults(vec![Fault::new("PUT", "/v2/pages/pgGuide", Action::ResetAfter)]);
    let ran = environment.run("apply plan.json");
    assert_eq!((ran.exit, ran.writes.len()), (6, 1), "{ran}");
    assert!(ran.stdout.contains("openGraph.sizes: was \"sha256:"), "{ran}");
}

#[test]
fn refuses_a_plan_file_that_sends_another_share_image() {
    type Forgery = (&'static str, fn(&mut Json), &'static str);
    const OTHER: &str = "https://evil.example.com/x.png";
    fn guide<'p>(plan: &'p mut Json, locale: &str) -> &'p mut Json {
        let at = operation(plan, "pgGuide", locale);
        &mut plan["operations"][at]
    }
    let forgeries: [Forgery; 9] = [
        (
            "another image",
            |plan| guide(plan, "en-US")["body"]["openGraph"]["imageUrl"] = OTHER.into(),
            "body.openGraph.imageUrl: it is sent, and is not what the page reads",
        ),
        (
            "another image in a secondary locale",
            |plan| guide(plan, "fr-FR")["body"]["openGraph"]["imageUrl"] = OTHER.into(),
            "body.openGraph.imageUrl: it is sent, and is not what the page reads",
        ),
        (
            "another leaf",
            |plan| guide(plan, "en-US")["body"]["openGraph"]["imageWidth"] = 1.into(),
            "body.openGraph.imageWidth: it is sent, and is not what the page reads",
        ),
        (
            "a new leaf",
            |plan| guide(plan, "en-US")["body"]["openGraph"]["noIndex"] = true.into(),
            "body.openGraph.noIndex: it is sent, and is not what the page reads",
        ),
        (
            "no image",
            |plan| drop(guide(plan, "en-US")["body"]["openGraph"].as_object_mut().unwrap().shift_remove("imageUrl")),
            "body.openGraph.imageUrl: it is not sent, so the server could drop it",
        ),
        (
            "both leaves of the image",
            |plan| guide(plan, "en-US")["body"]["openGraph"]["imageAssetId"] = "asset1".into(),
            "body.openGraph.imageAssetId: it is sent beside another leaf of the share image",
        ),
        (
            "an object that nothing else of the operation touches",
            |plan| {
                let at = operation(plan, "pgAbout", "en-US");
                plan["operations"][at]["body"]["openGraph"] = json!({"imageUrl": OTHER});
                plan["operations"][at]["extra"] = json!({"openGraph.imageUrl": OTHER});
            },
            "body.openGraph.imageUrl: it is sent, and is not what the page reads",
        ),
        (
            "an object for a value",
            |plan| guide(plan, "en-US")["body"]["openGraph"]["imageUrl"] = json!({"url": OTHER}),
            "body.openGraph.imageUrl: `{\"url\":\"https://evil.example.com/x.png\"}` is no value",
        ),
        (
            "a name that cannot be printed",
            |plan| guide(plan, "en-US")["extra"]["openGraph.\u{1b}[31m"] = OTHER.into(),
            "is not known",
        ),
    ];
    let (environment, plan) = planned(json!({"shareImage": "dropped"}));
    write(&environment, &plan);
    assert_eq!(environment.run("show plan.json").exit, 0, "sealed anew, the plan itself is sound");
    for (name, forge, expected) in forgeries {
        let mut forged = plan.clone();
        forge(&mut forged);
        assert_ne!(forged, plan, "{name}");
        write(&environment, &forged);
        for command in ["show plan.json", "apply plan.json"] {
            let ran = environment.run(command);
            assert_eq!((ran.exit, ran.writes.len()), (3, 0), "{name}: {ran}");
            assert!(
                ran.stderr.contains("the plan file is damaged: ") && ran.stderr.contains(expected),
                "{name}: {ran}"
            );
        }
    }
    // Without its own image, a secondary locale could inherit the primary's. The site decides.
    let mut forged = plan.clone();
    guide(&mut forged, "fr-FR")["body"]["openGraph"].as_object_mut().unwrap().shift_remove("imageUrl");
    write(&environment, &forged);
    let ran = environment.run("apply plan.json");
    assert_eq!(ran.wrote_nothing().exit, 4, "{ran}");
    // In both places it is consistent, and does not fit the site.
    let mut forged = plan.clone();
    guide(&mut forged, "en-US")["body"]["openGraph"]["imageUrl"] = OTHER.into();
    guide(&mut forged, "en-US")["extra"]["openGraph.imageUrl"] = OTHER.into();
    write(&environment, &forged);
    let ran = environment.run("apply plan.json");
    assert_eq!(ran.wrote_nothing().exit, 4, "{ran}");
    assert!(ran.stderr.contains("openGraph.imageUrl") && ran.stderr.contains(OTHER), "{ran}");
}
