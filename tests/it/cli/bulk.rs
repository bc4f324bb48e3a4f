//! `apply --bulk`: many changes in one request, and one by one what does not take that way.

use insta::assert_snapshot;
use serde_json::{Value as Json, json};
use slugline::sandbox::{Action, Bulk, Fault};

use super::environment::{Ran, TestEnvironment};
use super::galaxy;

/// How many entries the API takes at once.
const MOST: usize = 100;

/// Returns a project that changes so many pages, and what else its site is.
fn environment(pages: usize, switches: Json) -> TestEnvironment {
    let mut site = galaxy::site_with_pages(pages);
    site["switches"] = switches;
    for page in site["pages"].as_array_mut().unwrap() {
        page["values"]["primary"]["seo"] = json!({"title": "A title", "description": "A description"});
    }
    let environment = TestEnvironment::serving(&site);
    let manifest = |number| format!("id: pg{number}\nlocales: {{en-US: {{title: Changed {number}}}}}\n");
    let manifests: Vec<String> = (1..=pages).map(manifest).collect();
    environment.write("pages/all.yaml", manifests.join("---\n"));
    environment
}

fn apply(environment: &TestEnvironment) -> Ran {
    environment.run("apply --yes --bulk --allow mass-update --allow blanking")
}

/// Returns what the program says after the plan.
fn report(ran: &Ran) -> String {
    let (_, report) = ran.stdout.split_once("to send.\n").unwrap();
    format!("exit: {}\nwrites: {}\n{report}", ran.exit, ran.writes.join(", "))
}

#[test]
fn what_can_go_side_by_side_shares_a_request() {
    let environment = environment(3, json!({}));
    assert_snapshot!(report(&apply(&environment)), @"
    exit: 0
    writes: PATCH pages primary 200
    Applied: 3 written of 3 requests.
    ");
    for number in 1..=3 {
        assert_eq!(environment.values(&format!("pg{number}"), "en-US")["title"], format!("Changed {number}"));
    }
    let again = apply(&environment);
    assert_eq!((again.exit, again.writes.len()), (0, 0), "{again}");
}

#[test]
fn a_request_takes_a_hundred() {
    let environment = environment(2 * MOST + 2, json!({}));
    let ran = apply(&environment);
    assert_eq!((ran.exit, ran.writes), (0, vec!["PATCH pages primary 200".to_owned(); 3]));
}

/// A single one is sent as ever: the endpoint for many is a beta.
#[test]
fn one_change_is_no_bulk() {
    let environment = environment(MOST + 1, json!({}));
    let ran = apply(&environment);
    assert_eq!(
        (ran.exit, ran.writes),
        (0, vec!["PATCH pages primary 200".to_owned(), "PUT pg99 primary 200".to_owned()])
    );
}

/// 300 pages in five locales are 1,500 changes.
#[test]
fn fifteen_hundred_changes_are_fifteen_requests() {
    let tags = ["fr-FR", "de-DE", "it-IT", "es-ES"];
    let mut site = galaxy::site_with_pages(300);
    let locales = tags.map(|tag| json!({"tag": tag, "id": format!("loc{}", &tag[..2]), "subdirectory": &tag[..2]}));
    site["locales"]["secondary"] = json!(locales);
    for page in site["pages"].as_array_mut().unwrap() {
        page["values"].as_object_mut().unwrap().retain(|locale, _| locale == "primary");
    }
    let environment = TestEnvironment::serving(&site);
    let mut manifests = String::new();
    for number in 1..=300 {
        manifests.push_str(&format!("---\nid: pg{number}\nlocales:\n"));
        for tag in ["en-US"].iter().chain(&tags) {
            manifests.push_str(&format!("  {tag}: {{seo: {{description: Page {number} in {tag}}}}}\n"));
        }
    }
    environment.write("pages/all.yaml", manifests);
    let ran = apply(&environment);
    assert_eq!((ran.exit, ran.writes.clone()), (0, vec!["PATCH pages primary 200".to_owned(); 15]), "{}", ran.stderr);
    assert!(ran.stdout.ends_with("Applied: 1500 written of 1500 requests.\n"), "{}", ran.stdout);
    // The token, the site and five lists of four parts to plan; the same lists once more before the first write, since
    // the last part holds pages too; and before each of the others the parts with its pages. Each part is read once then,
    // or twice where a request ends within it.
    let reads = environment.log().len() - ran.writes.len() - (1 + 1 + 5 * 4 + 5 * 4);
    assert!((5 * 4 - 2..5 * 4 + 14).contains(&reads), "{reads}");
    let again = environment.run("plan --detailed-exitcode -q");
    assert_eq!(again.exit, 0, "{again}");
}

/// What the server does with the other entries when one is bad is its secret; each way ends the same.
#[test]
fn one_bad_entry_among_a_hundred() {
    // By its path, page 55 is the 52nd.
    for (bulk, requests) in [(Bulk::AllOrNothing, 1 + MOST), (Bulk::UntilFirstBad, 1 + MOST - 51), (Bulk::EveryGood, 2)]
    {
        let environment = environment(MOST, json!({"clear": "400", "bulk": bulk}));
        let manifest = environment.read("pages/all.yaml");
        let middle = "title: Changed 55";
        assert!(manifest.contains(middle));
        environment.write("pages/all.yaml", manifest.replace(middle, "seo: {description: ''}"));
        let ran = apply(&environment);
        assert_eq!(ran.exit, 6, "{bulk:?}: {ran}");
        assert_eq!(ran.writes.len(), requests, "{bulk:?}: {}", ran.writes.join("\n"));
        let told = "/page-55 @ en-US: not written: `PUT /v2/pages/pg55` answered 400";
        assert!(ran.stdout.contains(told), "{bulk:?}: {}", ran.stdout);
        assert!(ran.stdout.ends_with("Applied: 99 written, 1 failed of 100 requests.\n"), "{bulk:?}: {}", ran.stdout);
        for number in 1..=MOST {
            let title = if number == 55 { "Page 55".to_owned() } else { format!("Changed {number}") };
            assert_eq!(environment.values(&format!("pg{number}"), "en-US")["title"], title, "{bulk:?}");
        }
    }
}

#[test]
fn an_answer_that_is_lost_is_settled_by_reading_the_list() {
    for action in [Action::ResetAfter, Action::ResetMiddle, Action::Truncate, Action::NotJson] {
        let environment = environment(3, json!({}));
        environment.server().set_faults(vec![Fault::new("PATCH", "/beta/pages", action.clone())]);
        let ran = apply(&environment);
        assert_eq!((ran.exit, ran.writes.len()), (0, 1), "{action:?}: nothing is sent twice: {ran}");
        let singles = environment.log().iter().filter(|entry| entry.path.starts_with("/v2/pages/")).count();
        assert_eq!(singles, 0, "{action:?}: one list request shows all");
    }
}

#[test]
fn what_was_not_carried_out_goes_one_by_one() {
    for action in [Action::ResetBefore, Action::InternalError, Action::BadGateway, Action::Unavailable] {
        let environment = environment(3, json!({}));
        environment.server().set_faults(vec![Fault::new("PATCH", "/beta/pages", action.clone())]);
        let ran = apply(&environment);
        assert_eq!((ran.exit, ran.writes.len()), (0, 4), "{action:?}\n{ran}");
        for number in 1..=3 {
            assert_eq!(environment.values(&format!("pg{number}"), "en-US")["title"], format!("Changed {number}"));
        }
    }
}

#[test]
fn a_token_that_may_not_write_stops_the_run() {
    let environment = environment(2, json!({}));
    let faults =
        [Fault::new("PATCH", "/beta/pages", Action::Forbidden), Fault::new("PUT", "/v2/pages/*", Action::Forbidden)];
    environment.server().set_faults(faults.to_vec());
    assert_snapshot!(report(&apply(&environment)), @"
    exit: 5
    writes: PATCH pages primary 403, PUT pg1 primary 403
    /page-1 @ en-US: not written: `PUT /v2/pages/pg1` answered 403 forbidden: User is not authorized to perform this action
    hint: this request needs a token with the scope `pages:write`; scopes are chosen when a token is made, in the site's settings under Apps & integrations
    stopped: the token is not accepted; 1 request not sent
    Applied: 1 failed, 1 not sent of 2 requests.
    ");
}

#[test]
fn a_token_that_may_not_use_the_beta_writes_all_the_same() {
    let environment = environment(2, json!({}));
    environment.server().set_faults(vec![Fault::new("PATCH", "/beta/pages", Action::Forbidden)]);
    let ran = apply(&environment);
    let writes = ["PATCH pages primary 403", "PUT pg1 primary 200", "PUT pg2 primary 200"];
    assert_eq!((ran.exit, ran.writes.as_slice()), (0, writes.map(str::to_owned).as_slice()), "{ran}");
}

/// A slug that the server ignores reads as it did, so it is tried once more in the other way before that is told.
#[test]
fn what_the_server_ignores_is_told() {
    let mut site = galaxy::site();
    site["localizedSlugs"] = false.into();
    let environment = TestEnvironment::serving(&site);
    environment.write("pages/guide.yaml", "id: pgGuide\nlocales: {fr-FR: {slug: le-guide}, ja-JP: {title: ガイド}}\n");
    let ran = environment.run("apply --yes --bulk --allow slug-change");
    assert_snapshot!(report(&ran), @r#"
    exit: 6
    writes: PATCH pages primary 200, PUT pgGuide fr-FR 200
    /guide @ fr-FR: written, but the site reads otherwise
        slug: sent "le-guide", reads "guide"
    Applied: 1 written, 1 did not take of 2 requests.
    "#);
}

/// Somebody edits a page after the check and before its list is read again for the write.
#[test]
fn what_somebody_edits_meanwhile_is_left_alone() {
    let environment = environment(3, json!({}));
    assert_eq!(environment.run("plan -o plan.json").exit, 0);
    // Three lists are those of the gate, one for each locale; the fourth is that of the check.
    let edit = Action::Edit(json!({"id": "pg2", "title": "Theirs"}).to_string());
    environment.server().set_faults(vec![Fault { after: 4, ..Fault::new("GET", "/v2/sites/siteGalaxy/pages", edit) }]);
    let ran = environment.run("apply plan.json --bulk --max-read-age 0.000001");
    assert_snapshot!(report(&ran), @r#"
    exit: 6
    writes: PATCH pages primary 200
    /page-2 @ en-US: left alone: somebody else has changed it since
        title: planned on "Page 2", reads "Theirs"
    Applied: 2 written, 1 left alone of 3 requests.
    "#);
    assert_eq!(environment.values("pg2", "en-US")["title"], "Theirs");
}

#[test]
fn slugs_that_are_swapped_keep_their_order() {
    let environment = TestEnvironment::serving(&galaxy::site());
    environment.write("pages/guide.yaml", "id: pgGuide\nlocales: {en-US: {slug: about}}\n");
    environment.write("pages/about.yaml", "id: pgAbout\nlocales: {en-US: {slug: guide, title: Guide}}\n");
    let ran = environment.run("apply --yes --bulk --allow slug-change");
    assert_eq!(ran.exit, 0, "{ran}");
    let slugs = ["pgGuide", "pgAbout"].map(|page| environment.values(page, "en-US")["slug"].clone());
    assert_eq!(slugs, ["about", "guide"]);
}
