//! Locales: what a secondary one inherits stays or moves as the manifests say, whatever is written to the primary.

use insta::assert_snapshot;
use serde_json::{Value as Json, json};

use super::environment::TestEnvironment;
use super::galaxy;

#[test]
fn a_text_that_a_locale_states_as_it_inherits_it_is_pinned() {
    let environment = TestEnvironment::with_pages([(
        "guide.yaml",
        "id: pgGuide\nlocales:\n  en-US:\n    seo: {title: The Ultimate Guide}\n  fr-FR:\n    seo: {title: The Guide}\n",
    )]);
    assert_snapshot!(environment.run("plan -o plan.json"), @"
    exit: 0
    files: plan.json
    writes: none
    --- stdout
    Galaxy (siteGalaxy)

    /guide
      en-US
        seo.title  pages/guide.yaml:4:18
          - The Guide
          + The {+Ultimate +}Guide
          moves along in ja-JP, which inherits it
      fr-FR
        seo.title  pages/guide.yaml:6:18
          = The Guide
          pinned: it reads the same as the primary locale, which this plan changes

    Plan: 1 field to change and 1 pinned in 2 page-locales of 1 page; 2 requests to send.
    --- stderr
    Saved. `slugline apply --api-url http://[SERVER] plan.json` sends exactly this.
    ");
    assert_snapshot!(environment.run("apply plan.json -q"), @"
    exit: 0
    files: none
    writes: PUT pgGuide fr-FR 200, PUT pgGuide primary 200
    --- stdout
    Galaxy (siteGalaxy)

    /guide
      en-US
        seo.title  pages/guide.yaml:4:18
          - The Guide
          + The {+Ultimate +}Guide
          moves along in ja-JP, which inherits it
      fr-FR
        seo.title  pages/guide.yaml:6:18
          = The Guide
          pinned: it reads the same as the primary locale, which this plan changes

    Plan: 1 field to change and 1 pinned in 2 page-locales of 1 page; 2 requests to send.
    Applied: 2 written of 2 requests.
    --- stderr
    ");
    assert_eq!(environment.values("pgGuide", "fr-FR")["seo"], json!({"title": "The Guide"}));
    assert_eq!(environment.values("pgGuide", "ja-JP"), Json::Null);
    assert_eq!(environment.run("plan --detailed-exitcode").exit, 0);
}

#[test]
fn a_primary_is_not_written_if_a_pin_was_not() {
    use slugline::sandbox::{Action, Fault};
    let environment = TestEnvironment::with_pages([(
        "guide.yaml",
        "id: pgGuide\nlocales:\n  en-US:\n    seo: {title: The Ultimate Guide}\n  fr-FR:\n    seo: {title: The Guide}\n",
    )]);
    assert_eq!(environment.run("plan -o plan.json").exit, 0);
    let fault = Fault { times: 3, ..Fault::new("PUT", "/v2/pages/pgGuide", Action::InternalError) };
    environment.server().set_faults(vec![fault]);
    assert_snapshot!(environment.run("apply plan.json -q"), @"
    exit: 6
    files: none
    writes: PUT pgGuide fr-FR 500, PUT pgGuide fr-FR 500, PUT pgGuide fr-FR 500
    --- stdout
    Galaxy (siteGalaxy)

    /guide
      en-US
        seo.title  pages/guide.yaml:4:18
          - The Guide
          + The {+Ultimate +}Guide
          moves along in ja-JP, which inherits it
      fr-FR
        seo.title  pages/guide.yaml:6:18
          = The Guide
          pinned: it reads the same as the primary locale, which this plan changes

    Plan: 1 field to change and 1 pinned in 2 page-locales of 1 page; 2 requests to send.
    /guide @ fr-FR: sent, outcome unknown: `PUT /v2/pages/pgGuide?localeId=locFr` answered 500 internal server error: An Internal Error occurred
    /guide @ en-US: not sent: it needs /guide @ fr-FR to be written first
    Applied: 1 not sent, 1 unknown of 2 requests.
    --- stderr
    ");
    assert_eq!(environment.values("pgGuide", "en-US")["seo"]["title"], "The Guide");
}

/// Whether a pin was written cannot be read off the page: it reads the same before and after.
#[test]
fn a_pin_whose_answer_is_lost_is_sent_again() {
    use slugline::sandbox::{Action, Fault};
    for action in [Action::InternalError, Action::ResetBefore, Action::ResetAfter, Action::Truncate] {
        let environment = TestEnvironment::with_pages([(
            "guide.yaml",
            "id: pgGuide\nlocales:\n  en-US:\n    seo: {title: The Ultimate Guide}\n  fr-FR:\n    seo: {title: The Guide}\n",
        )]);
        assert_eq!(environment.run("plan -o plan.json").exit, 0);
        environment.server().set_faults(vec![Fault::new("PUT", "/v2/pages/pgGuide", action.clone())]);
        let ran = environment.run("apply plan.json");
        assert_eq!((ran.exit, ran.writes.len()), (0, 3), "{action:?}\n{ran}");
        assert_eq!(environment.values("pgGuide", "fr-FR")["seo"], json!({"title": "The Guide"}));
    }
}

#[test]
fn both_locales_change() {
    let environment = TestEnvironment::with_pages([(
        "guide.yaml",
        "id: pgGuide\nlocales:\n  en-US: {title: The Guide}\n  fr-FR: {title: Le guide ultime}\n",
    )]);
    let ran = environment.run("apply --yes -q");
    assert_eq!(ran.writes, ["PUT pgGuide fr-FR 200", "PUT pgGuide primary 200"]);
}

#[test]
fn a_selection_of_the_primary_pins_what_the_others_state() {
    let environment = TestEnvironment::with_pages([(
        "guide.yaml",
        "id: pgGuide\nlocales:\n  en-US:\n    seo: {title: The Ultimate Guide}\n  fr-FR:\n    seo: {title: The Guide}\n",
    )]);
    assert_snapshot!(environment.run("plan --locale en-US"), @"
    exit: 0
    files: none
    writes: none
    --- stdout
    Galaxy (siteGalaxy)

    /guide
      en-US
        seo.title  pages/guide.yaml:4:18
          - The Guide
          + The {+Ultimate +}Guide
          moves along in ja-JP, which inherits it
      fr-FR
        seo.title  pages/guide.yaml:6:18
          = The Guide
          pinned: it reads the same as the primary locale, which this plan changes

    Plan: 1 field to change and 1 pinned in 2 page-locales of 1 page; 2 requests to send.
    --- stderr
    ");
}

#[test]
fn a_page_can_be_selected() {
    let environment = TestEnvironment::with_pages([
        ("about.yaml", "id: pgAbout\nlocales: {en-US: {title: About us}}\n"),
        ("guide.yaml", "id: pgGuide\nlocales: {en-US: {title: The Guide}}\n"),
        ("towel.yaml", "id: pgTowel\npath: /blog/towel-day\nlocales: {en-US: {title: The Towel}}\n"),
    ]);
    assert_snapshot!(environment.run_with(&["plan", "--page", "/blog/**", "--page", "/a*"], ""), @"
    exit: 0
    files: none
    writes: none
    --- stdout
    Galaxy (siteGalaxy)

    /about
      en-US
        title  pages/about.yaml:2:26
          - About
          + About{+ us+}
          moves along in fr-FR, ja-JP, which inherit it

    /blog/towel-day
      en-US
        title  pages/towel.yaml:3:26
          - Towel[- Day-]
          + {+The +}Towel
          moves along in ja-JP, which inherits it

    Plan: 2 fields to change in 2 page-locales of 2 pages; 2 requests to send.
    --- stderr
    ");
}

/// In every command that takes it, an id means the page.
#[test]
fn a_page_can_be_selected_by_its_id() {
    let environment = TestEnvironment::with_pages([
        ("about.yaml", "id: pgAbout\npath: /about\nlocales: {en-US: {title: About us}}\n"),
        ("guide.yaml", "id: pgGuide\nlocales: {en-US: {title: The Guide}}\n"),
    ]);
    for command in ["plan", "pull --diff", "status", "export", "validate"] {
        let ran = environment.run(&format!("{command} --page pgAbout"));
        let is_there = |name: &str| format!("{ran}").contains(name);
        assert_eq!(ran.exit, 0, "{ran}");
        assert!((command == "validate" || is_there("about")) && !is_there("guide"), "{command}: {ran}");
    }
}

#[test]
fn a_selection_of_no_page_is_no_success() {
    let environment = TestEnvironment::with_pages([("guide.yaml", galaxy::GUIDE_CHANGED)]);
    assert_snapshot!(environment.run("plan --page /giude").wrote_nothing(), @"
    exit: 64
    files: none
    writes: none
    --- stdout
    --- stderr
    error: no page that the manifests describe matches `--page /giude`
      hint: the glob is matched against whole paths, such as `/blog/**`, or is a page's id
    ");
}

#[test]
fn a_site_without_localization() {
    let environment = TestEnvironment::serving(&galaxy::unlocalized_site());
    environment.write("pages/guide.yaml", "id: pgGuide\nlocales:\n  primary:\n    title: The Guide\n");
    assert_snapshot!(environment.run("apply --yes"), @"
    exit: 0
    files: none
    writes: PUT pgGuide primary 200
    --- stdout
    Galaxy (siteGalaxy)

    /guide
      primary
        title  pages/guide.yaml:4:12
          - Guide
          + {+The +}Guide

    Plan: 1 field to change in 1 page-locale of 1 page; 1 request to send.
    Applied: 1 written of 1 request.
    --- stderr
    [1/1] /guide @ primary: done
    Written as staged changes: nothing is public until the site is published.
    ");
    environment.write("pages/about.yaml", "id: pgAbout\nlocales:\n  en-US:\n    title: The About\n");
    assert_snapshot!(environment.run("plan").wrote_nothing(), @"
    exit: 3
    files: none
    writes: none
    --- stdout
    --- stderr
    error[unknown-locale]: the site has no locale `en-US`
     --> pages/about.yaml:3:3
      |
    3 |   en-US:
      |   ^^^^^
      |
      = help: the site is not localized; write `primary`

    error: 1 error in the project's files; nothing was written
    ");
}

#[test]
fn the_primary_locale_by_the_name_primary() {
    let environment =
        TestEnvironment::with_pages([("guide.yaml", "id: pgGuide\nlocales:\n  primary:\n    title: Guide\n")]);
    assert_eq!(environment.run("plan --detailed-exitcode --locale primary").exit, 0);
}

#[test]
fn a_locale_that_is_switched_off() {
    let mut site = galaxy::site();
    site["locales"]["secondary"][0]["enabled"] = json!(false);
    let environment = TestEnvironment::serving(&site);
    environment.write("pages/guide.yaml", "id: pgGuide\nlocales:\n  fr-FR:\n    title: Le guide ultime\n");
    assert_snapshot!(environment.run("apply --yes"), @"
    exit: 0
    files: none
    writes: PUT pgGuide fr-FR 200
    --- stdout
    Galaxy (siteGalaxy)

    /guide
      fr-FR  (this locale is switched off on the site)
        title  pages/guide.yaml:4:12
          - Le guide
          + Le guide{+ ultime+}

    Plan: 1 field to change in 1 page-locale of 1 page; 1 request to send.
    Applied: 1 written of 1 request.
    --- stderr
    [1/1] /guide @ fr-FR: done
    Written as staged changes: nothing is public until the site is published.
    ");
    assert_eq!(environment.values("pgGuide", "fr-FR")["title"], "Le guide ultime");
}

#[test]
fn open_graph_text_is_sent_with_its_flag() {
    let environment = TestEnvironment::with_pages([(
        "about.yaml",
        "id: pgAbout\nlocales:\n  en-US:\n    openGraph: {title: About us, descriptionCopied: true}\n",
    )]);
    assert_snapshot!(environment.run("apply --yes"), @"
    exit: 0
    files: none
    writes: PUT pgAbout primary 200
    --- stdout
    Galaxy (siteGalaxy)

    /about
      en-US
        openGraph.title  pages/about.yaml:4:24
          - (empty)
          + About us
          moves along in fr-FR, ja-JP, which inherit it
        openGraph.titleCopied  pages/about.yaml:4:24
          true → false
          moves along in fr-FR, ja-JP, which inherit it

    Plan: 2 fields to change in 1 page-locale of 1 page; 1 request to send.
    Applied: 1 written of 1 request.
    --- stderr
    [1/1] /about @ en-US: done
    Written as staged changes: nothing is public until the site is published.
    ");
    let open_graph = json!({"title": "About us", "titleCopied": false, "descriptionCopied": true});
    assert_eq!(environment.values("pgAbout", "en-US")["openGraph"], open_graph);
}

/// Nobody says whether a write merges or replaces `seo` and `openGraph`: unmanaged siblings stay in both cases.
#[test]
fn unmanaged_siblings_stay_whether_the_server_merges_or_replaces() {
    for merge in ["merges", "replaces"] {
        let mut site = galaxy::site();
        site["switches"] = json!({"merge": merge});
        let environment = TestEnvironment::serving(&site);
        environment.write("pages/guide.yaml", galaxy::GUIDE_CHANGED);
        assert_eq!(environment.run("apply --yes").exit, 0);
        let values = environment.values("pgGuide", "en-US");
        assert_eq!(
            values["seo"],
            json!({"title": "The Ultimate Guide", "description": "All you need to know."}),
            "{merge}"
        );
        assert_eq!(values["openGraph"]["title"], "Explore the galaxy", "{merge}");
    }
}

#[test]
fn what_the_server_normalizes_is_told_field_by_field() {
    let mut site = galaxy::site();
    site["switches"] = json!({"normalize": "trimmed"});
    let environment = TestEnvironment::serving(&site);
    environment.write("pages/guide.yaml", "id: pgGuide\nlocales:\n  en-US:\n    title: 'Guide  '\n");
    assert_snapshot!(environment.run("apply --yes -q"), @r#"
    exit: 6
    files: none
    writes: PUT pgGuide primary 200
    --- stdout
    Galaxy (siteGalaxy)

    /guide
      en-US
        title  pages/guide.yaml:4:12
          - Guide
          + Guide{+··+}
          moves along in ja-JP, which inherits it
          ! the page's name ends with white space  text/edge-space

    Plan: 1 field to change in 1 page-locale of 1 page; 1 request to send.
    /guide @ en-US: written, but the site reads otherwise
        title: sent "Guide  ", reads "Guide"
    Applied: 1 did not take of 1 request.
    --- stderr
    "#);
}
