//! The order of slug changes: a name is free before it is taken, and a round goes through one temporary name.

use insta::assert_snapshot;
use serde_json::json;

use super::environment::TestEnvironment;
use super::slugs::{letters, rename};

fn slug(environment: &TestEnvironment, page: &str) -> String {
    environment.values(page, "en-US")["slug"].as_str().unwrap().to_owned()
}

#[test]
fn two_pages_swap_their_slugs() {
    let environment = letters();
    rename(&environment, "A", "b");
    rename(&environment, "B", "a");
    assert_snapshot!(environment.run("plan -o plan.json"), @"
    exit: 0
    files: plan.json
    writes: none
    --- stdout
    Galaxy (siteGalaxy)

    /a
      en-US
        slug  pages/a.yaml:4:11
          - a
          + b
          moves along in fr-FR, ja-JP, which inherit it

    /b
      en-US
        slug  pages/b.yaml:4:11
          - b
          + a
          moves along in fr-FR, ja-JP, which inherit it

    /a @ en-US goes through the temporary slug `slugline-tmp-pgA`, since pages exchange theirs

    Plan: 2 fields to change in 2 page-locales of 2 pages; 3 requests to send.
    --- stderr
    Saved. `slugline apply --api-url http://[SERVER] plan.json` sends exactly this.
    ");
    assert_snapshot!(environment.run("apply plan.json -q"), @"
    exit: 0
    files: none
    writes: PUT pgA primary 200, PUT pgB primary 200, PUT pgA primary 200
    --- stdout
    Galaxy (siteGalaxy)

    /a
      en-US
        slug  pages/a.yaml:4:11
          - a
          + b
          moves along in fr-FR, ja-JP, which inherit it

    /b
      en-US
        slug  pages/b.yaml:4:11
          - b
          + a
          moves along in fr-FR, ja-JP, which inherit it

    /a @ en-US goes through the temporary slug `slugline-tmp-pgA`, since pages exchange theirs

    Plan: 2 fields to change in 2 page-locales of 2 pages; 3 requests to send.
    Applied: 3 written of 3 requests.
    --- stderr
    ");
    assert_eq!((slug(&environment, "pgA"), slug(&environment, "pgB")), ("b".to_owned(), "a".to_owned()));
    assert_eq!(environment.run("plan --detailed-exitcode").exit, 0);
}

#[test]
fn three_pages_go_round() {
    let environment = letters();
    for (letter, slug) in [("A", "b"), ("B", "c"), ("C", "a")] {
        rename(&environment, letter, slug);
    }
    let ran = environment.run("apply --yes");
    assert_eq!((ran.exit, ran.writes.len()), (0, 4), "{ran}");
    assert_eq!(["pgA", "pgB", "pgC"].map(|page| slug(&environment, page)), ["b", "c", "a"]);
}

#[test]
fn a_chain_is_freed_from_its_end() {
    let environment = letters();
    for (letter, slug) in [("A", "b"), ("B", "c"), ("C", "d")] {
        rename(&environment, letter, slug);
    }
    assert_snapshot!(environment.run("apply --yes -q"), @"
    exit: 0
    files: none
    writes: PUT pgC primary 200, PUT pgB primary 200, PUT pgA primary 200
    --- stdout
    Galaxy (siteGalaxy)

    /a
      en-US
        slug  pages/a.yaml:4:11
          - a
          + b
          moves along in fr-FR, ja-JP, which inherit it

    /b
      en-US
        slug  pages/b.yaml:4:11
          - b
          + c
          moves along in fr-FR, ja-JP, which inherit it

    /c
      en-US
        slug  pages/c.yaml:4:11
          - c
          + d
          moves along in fr-FR, ja-JP, which inherit it

    Plan: 3 fields to change in 3 page-locales of 3 pages; 3 requests to send.
    Applied: 3 written of 3 requests.
    --- stderr
    ");
    assert_eq!(["pgA", "pgB", "pgC"].map(|page| slug(&environment, page)), ["b", "c", "d"]);
}

#[test]
fn what_waits_for_a_slug_is_not_sent_if_that_was_not_freed() {
    use slugline::sandbox::{Action, Fault};
    let environment = letters();
    rename(&environment, "A", "b");
    rename(&environment, "B", "z");
    assert_eq!(environment.run("plan -o plan.json").exit, 0);
    let fault = Fault { times: 3, ..Fault::new("PUT", "/v2/pages/pgB", Action::InternalError) };
    environment.server().set_faults(vec![fault]);
    assert_snapshot!(environment.run("apply plan.json"), @"
    exit: 5
    files: none
    writes: PUT pgB primary 500, PUT pgB primary 500, PUT pgB primary 500
    --- stdout
    Galaxy (siteGalaxy)

    /a
      en-US
        slug  pages/a.yaml:4:11
          - a
          + b
          moves along in fr-FR, ja-JP, which inherit it

    /b
      en-US
        slug  pages/b.yaml:4:11
          - b
          + z
          moves along in fr-FR, ja-JP, which inherit it

    Plan: 2 fields to change in 2 page-locales of 2 pages; 2 requests to send.
    /b @ en-US: not written: `PUT /v2/pages/pgB` answered 500 internal server error: An Internal Error occurred
    /a @ en-US: not sent: it needs /b @ en-US to be written first
    hint: try again later; https://status.webflow.com tells of outages
    Applied: 1 failed, 1 not sent of 2 requests.
    --- stderr
    [1/2] /b @ en-US: failed
    [2/2] /a @ en-US: skipped
    Recorded as [RUN] `slugline apply --api-url http://[SERVER] --resume=[RUN]` goes on with it, `slugline undo --api-url http://[SERVER] [RUN]` takes it back.
    ");
    assert_eq!(["pgA", "pgB"].map(|page| slug(&environment, page)), ["a", "b"]);
    assert_eq!(environment.run("apply plan.json").exit, 0);
}

#[test]
fn a_slug_that_a_locale_states_as_it_inherits_it_is_pinned() {
    let environment = TestEnvironment::with_pages([(
        "draft.yaml",
        "id: pgDraft\nlocales:\n  en-US: {slug: milliways}\n  fr-FR: {slug: restaurant}\n",
    )]);
    let ran = environment.run("apply --yes -q");
    assert_eq!((ran.exit, &*ran.writes.join(", ")), (0, "PUT pgDraft fr-FR 200, PUT pgDraft primary 200"), "{ran}");
    assert_eq!(environment.values("pgDraft", "fr-FR"), json!({"slug": "restaurant"}));
    assert_eq!(slug(&environment, "pgDraft"), "milliways");
}
