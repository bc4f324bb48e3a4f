//! `apply --publish`: after everything is written and known to be, and never otherwise.

use insta::assert_snapshot;
use serde_json::Value as Json;
use slugline::sandbox::{Action, Fault};

use super::environment::{Ran, TestEnvironment};
use super::galaxy;

const PUBLISH: &str = "/v2/sites/siteGalaxy/publish";

const ABOUT_CHANGED: &str = "id: pgAbout\nlocales: {en-US: {title: About us}}\n";

/// Somebody has staged another slug for the page of towels.
fn environment<const N: usize>(pages: [(&str, &str); N]) -> TestEnvironment {
    let mut site = galaxy::site();
    for page in site["pages"].as_array_mut().unwrap() {
        if page["id"] == "pgTowel" {
            page["publishedPaths"] = serde_json::json!({"primary": "/blog/old-towel-day"});
        }
    }
    site["site"]["customDomains"] = serde_json::json!([{"id": "dom1", "url": "www.galaxy.example"}]);
    let environment = TestEnvironment::serving(&site);
    for (name, text) in pages {
        environment.write(&format!("pages/{name}"), text);
    }
    environment
}

/// Returns whether what somebody else has staged is public.
fn has_published_all(environment: &TestEnvironment) -> bool {
    let site = environment.site();
    let pages = site["pages"].as_array().unwrap();
    pages.iter().find(|page| page["id"] == "pgTowel").unwrap().get("publishedPaths").is_none()
}

fn last_published(environment: &TestEnvironment) -> Json {
    environment.site()["site"]["lastPublished"].clone()
}

/// Returns what is told after the plan.
fn report(ran: &Ran) -> String {
    let (_, report) = ran.stdout.split_once("to send.\n").unwrap();
    format!("exit: {}\nwrites: {}\n{report}--- stderr\n{}", ran.exit, ran.writes.join(", "), ran.stderr)
}

#[test]
fn a_single_page_is_published_alone() {
    let environment = environment([("guide.yaml", galaxy::GUIDE_CHANGED)]);
    let ran = environment.run("apply --yes --publish");
    assert_snapshot!(report(&ran), @"
    exit: 0
    writes: PUT pgGuide primary 200, POST publish primary 202
    Applied: 1 written of 1 request.
    Publishing the page /guide in all its locales, to www.galaxy.example: queued by the server.
    --- stderr
    When all is written, slugline publishes the page /guide in all its locales.
    [1/1] /guide @ en-US: done
    publishing
    ");
    assert!(!last_published(&environment).is_null());
    assert!(!has_published_all(&environment), "what somebody else has staged stays staged");
}

#[test]
fn several_pages_take_the_site_and_that_is_said_before() {
    let environment = environment([("guide.yaml", galaxy::GUIDE_CHANGED), ("about.yaml", ABOUT_CHANGED)]);
    let ran = environment.run("apply --yes --publish");
    assert_snapshot!(report(&ran), @"
    exit: 0
    writes: PUT pgAbout primary 200, PUT pgGuide primary 200, POST publish primary 202
    Applied: 2 written of 2 requests.
    Publishing the whole site, with everything that anyone has staged, to www.galaxy.example: queued by the server.
    --- stderr
    When all is written, slugline publishes the whole site, with everything that anyone has staged.
    [1/2] /about @ en-US: done
    [2/2] /guide @ en-US: done
    publishing
    ");
    assert!(has_published_all(&environment));
}

#[test]
fn a_site_without_domains_of_its_own_goes_to_its_subdomain() {
    let environment = TestEnvironment::with_pages([("guide.yaml", galaxy::GUIDE_CHANGED)]);
    let ran = environment.run("apply --yes --publish -q");
    assert!(ran.stdout.contains("to the site's webflow.io subdomain: queued"), "{ran}");
}

#[test]
fn nothing_written_is_nothing_published() {
    let environment = environment([("guide.yaml", galaxy::GUIDE)]);
    let ran = environment.run("apply --yes --publish");
    assert_eq!((ran.exit, ran.writes.len()), (0, 0), "{ran}");
}

#[test]
fn what_somebody_else_has_written_is_theirs_to_publish() {
    let environment = environment([("guide.yaml", galaxy::GUIDE_CHANGED)]);
    assert_eq!(environment.run("plan -o plan.json").exit, 0);
    environment.edit_by_someone(&serde_json::json!({"id": "pgGuide", "seo": {"title": "The Ultimate Guide"}}));
    let ran = environment.run("apply plan.json --publish");
    assert_eq!((ran.exit, ran.writes.len()), (0, 0), "{ran}");
    assert!(ran.stdout.contains("1 already as wanted"), "{ran}");
}

/// Between a publish that was refused and the one that makes it good, somebody breaks what was written.
#[test]
fn what_reads_otherwise_by_now_is_not_made_public() {
    let environment = environment([("guide.yaml", galaxy::GUIDE_CHANGED)]);
    environment.server().set_faults(vec![Fault::new("POST", PUBLISH, Action::Forbidden)]);
    assert_eq!(environment.run("apply --yes --publish").exit, 6);
    environment.edit_by_someone(&serde_json::json!({"id": "pgGuide", "seo": {"title": "Broken"}}));
    let ran = environment.run("apply --yes --resume --publish");
    assert_eq!((ran.exit, ran.writes.len()), (6, 0), "{ran}");
    assert!(ran.stdout.contains("reads otherwise by now"), "{ran}");
    assert!(last_published(&environment).is_null());
}

#[test]
fn what_is_not_all_written_is_not_published() {
    let environment = environment([("guide.yaml", galaxy::GUIDE_CHANGED), ("about.yaml", ABOUT_CHANGED)]);
    let refused = Fault::new("PUT", "/v2/pages/pgAbout", Action::DeletePage(None));
    environment.server().set_faults(vec![refused]);
    let ran = environment.run("apply --yes --publish");
    assert_eq!((ran.exit, ran.writes.len()), (6, 2), "{ran}");
    assert!(last_published(&environment).is_null());
}

#[test]
fn a_refusal_to_publish_is_partial_and_can_be_made_good() {
    let environment = environment([("guide.yaml", galaxy::GUIDE_CHANGED)]);
    environment.server().set_faults(vec![Fault::new("POST", PUBLISH, Action::Forbidden)]);
    assert_snapshot!(report(&environment.run("apply --yes --publish")), @"
    exit: 6
    writes: PUT pgGuide primary 200, POST publish primary 403
    Applied: 1 written of 1 request.
    Not published: `POST /v2/sites/siteGalaxy/publish` answered 403 forbidden: User is not authorized to perform this action
    hint: this request needs a token with the scope `sites:write`; scopes are chosen when a token is made, in the site's settings under Apps & integrations
    --- stderr
    When all is written, slugline publishes the page /guide in all its locales.
    [1/1] /guide @ en-US: done
    publishing
    Written, but not known to be published. `slugline apply --api-url http://[SERVER] --resume=[RUN] --publish` tries again.
    ");
    assert!(last_published(&environment).is_null());

    let again = environment.run("apply --yes --resume --publish");
    assert_snapshot!(again, @"
    exit: 0
    files: none
    writes: POST publish primary 202
    --- stdout
    Applied: 1 written of 1 request.
    Publishing the page /guide in all its locales, to www.galaxy.example: queued by the server.
    --- stderr
    The run [RUN] is done; there is nothing more to write.
    When all is written, slugline publishes the page /guide in all its locales.
    publishing
    ");
    assert!(!last_published(&environment).is_null());

    let third = environment.run("apply --yes --resume --publish");
    assert_eq!((third.exit, third.writes.len()), (0, 0), "once is enough: {third}");
}

#[test]
fn an_answer_that_is_lost_is_settled_by_the_time_of_the_last_publish() {
    for (action, exit) in
        [(Action::ResetAfter, 0), (Action::Truncate, 0), (Action::ResetBefore, 6), (Action::Unavailable, 6)]
    {
        let environment = environment([("guide.yaml", galaxy::GUIDE_CHANGED), ("about.yaml", ABOUT_CHANGED)]);
        environment.server().set_faults(vec![Fault::new("POST", PUBLISH, action.clone())]);
        let ran = environment.run("apply --yes --publish --format json");
        assert_eq!(ran.exit, exit, "{action:?}: {ran}");
        let outcome = if exit == 0 { "queued" } else { "unknown" };
        assert_eq!(ran.json()["publication"]["outcome"], outcome, "{action:?}: {ran}");
    }
}

/// Whose publish it was that moved the time, the time does not say; and only one of the site takes all along.
#[test]
fn a_lost_answer_for_a_single_page_stays_unknown() {
    let environment = environment([("guide.yaml", galaxy::GUIDE_CHANGED)]);
    environment.server().set_faults(vec![Fault::new("POST", PUBLISH, Action::ResetAfter)]);
    let ran = environment.run("apply --yes --publish");
    assert_eq!(ran.exit, 6, "{ran}");
    assert!(ran.stdout.contains("outcome unknown"), "{ran}");
}

#[test]
fn being_asked_to_wait_a_minute_is_no_failure() {
    let environment = environment([("guide.yaml", galaxy::GUIDE_CHANGED)]);
    environment.server().set_faults(vec![Fault::new("POST", PUBLISH, Action::TooManyRequests(Some(0)))]);
    let ran = environment.run("apply --yes --publish -q");
    let writes = ["PUT pgGuide primary 200", "POST publish primary 429", "POST publish primary 202"];
    assert_eq!((ran.exit, ran.writes.as_slice()), (0, writes.map(str::to_owned).as_slice()));
}

#[test]
fn a_run_on_record_tells_of_its_publishing() {
    let mut environment = environment([("guide.yaml", galaxy::GUIDE_CHANGED)]);
    let ran = environment.run("apply --yes --publish --events events.jsonl");
    assert_eq!(ran.exit, 0, "{ran}");
    let events = environment.read("events.jsonl");
    let published: Json = serde_json::from_str(events.lines().rev().nth(1).unwrap()).unwrap();
    assert_eq!(published["event"], "published");
    assert_eq!(published["page"], "pgGuide");
    assert_eq!(published["domains"][0], "www.galaxy.example");
    let runs: Vec<_> = std::fs::read_dir(environment.path(".slugline/runs")).unwrap().map(Result::unwrap).collect();
    let id = runs[0].file_name().into_string().unwrap();
    environment.unset("WEBFLOW_TOKEN");
    let shown = environment.run(&format!("show {id}"));
    assert!(shown.stdout.ends_with("to www.galaxy.example: queued by the server.\n"), "{shown}");
}

#[test]
fn events_may_have_stdout_to_themselves() {
    let environment = environment([("guide.yaml", galaxy::GUIDE_CHANGED)]);
    let ran = environment.run("apply --yes --events -");
    assert_eq!(ran.exit, 0, "{ran}");
    let events: Vec<Json> = ran.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let names: Vec<&str> = events.iter().map(|event| event["event"].as_str().unwrap()).collect();
    assert_eq!(names, ["opened", "began", "sending", "finished", "ended"]);
    assert!(ran.stderr.contains("Ultimate") && ran.stderr.contains("Applied: 1 written"), "{ran}");

    let both = environment.run("apply --yes --events - --format json");
    assert_eq!(both.exit, 64, "{both}");
    both.wrote_nothing();
}
