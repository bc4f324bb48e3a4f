//! Saved plans: what is shown is what was planned, and what is applied is exactly that.

use insta::assert_snapshot;
use serde_json::{Value as Json, json};

use super::environment::TestEnvironment;
use super::galaxy::GUIDE_CHANGED;
use crate::plan::digest;

/// Returns a project with a change and its saved plan.
fn planned() -> TestEnvironment {
    let environment = TestEnvironment::with_pages([("guide.yaml", GUIDE_CHANGED)]);
    let ran = environment.run("plan -o plan.json");
    assert_eq!((ran.exit, &*ran.files), (0, &["plan.json".to_owned()][..]));
    environment
}

/// Edits the saved plan; the digest is made to fit if asked.
fn edited(edit: impl FnOnce(&mut Json), digest: Option<fn(&Json) -> String>) -> TestEnvironment {
    let environment = planned();
    let mut plan = environment.read_json("plan.json");
    edit(&mut plan);
    if let Some(digest) = digest {
        plan["digest"] = digest(&plan).into();
    }
    environment.write("plan.json", plan.to_string());
    environment
}

#[test]
fn a_plan_file_is_json() {
    let environment = planned();
    let plan = environment.read_json("plan.json");
    assert_eq!(plan["digest"], digest(&plan));
    let shown = environment.run("show plan.json --format json");
    assert_eq!(shown.bytes, environment.run("plan --format json").bytes);
    assert_snapshot!(shown.wrote_nothing(), @r#"
    exit: 0
    files: none
    writes: none
    --- stdout
    {
      "format_version": "1.3",
      "digest": "sha256:[DIGEST]",
      "target": {
        "site": "siteGalaxy",
        "name": "Galaxy"
      },
      "live": {
        "pages": 7,
        "locales": 3,
        "requests": 5
      },
      "summary": {
        "changes": 1,
        "pinned": 0,
        "new": 0,
        "drift": 0,
        "conflicts": 0,
        "kept": 0,
        "operations": 1,
        "pages": 1,
        "page_locales": 1,
        "managed_page_locales": 1
      },
      "changes": [
        {
          "page": "pgGuide",
          "path": "/guide",
          "locale": "en-US",
          "field": "seo.title",
          "class": "change",
          "written": true,
          "before": "The Guide",
          "after": "The Ultimate Guide",
          "source": {
            "file": "pages/guide.yaml",
            "line": 6,
            "column": 14
          },
          "risks": [],
          "followers": [
            "fr-FR",
            "ja-JP"
          ],
          "redirects": []
        }
      ],
      "operations": [
        {
          "order": 0,
          "level": 0,
          "needs": [],
          "page": "pgGuide",
          "path": "/guide",
          "locale": "en-US",
          "purpose": "write",
          "pins": false,
          "body": {
            "seo": {
              "title": "The Ultimate Guide",
              "description": "All you need to know."
            }
          },
          "precondition": {
            "seo.description": "All you need to know.",
            "seo.title": "The Guide"
          }
        }
      ],
      "guards": [],
      "diagnostics": [],
      "exit": {
        "code": 0,
        "name": "ok"
      }
    }
    --- stderr
    "#);
}

#[test]
fn show_renders_what_plan_rendered() {
    let environment = planned();
    let planned = environment.run("plan");
    let shown = environment.run("show plan.json");
    assert_eq!((&shown.stdout, shown.exit), (&planned.stdout, 0));
    assert_eq!(environment.log(), []);
    let piped = environment.run_with(&["show", "-"], &environment.read("plan.json"));
    assert_eq!(piped.stdout, planned.stdout);
    // The plan is complete: neither the project nor a token is needed to show it.
    let mut elsewhere = TestEnvironment::empty();
    elsewhere.write("plan.json", environment.read("plan.json"));
    elsewhere.unset("WEBFLOW_TOKEN");
    assert_eq!(elsewhere.run("show plan.json").stdout, planned.stdout);
}

#[test]
fn apply_sends_exactly_the_plan() {
    let environment = planned();
    // What the manifests say meanwhile makes no difference.
    environment.write("pages/guide.yaml", "id: pgGuide\nlocales: {en-US: {title: Other}}\n");
    environment.write("pages/broken.yaml", "id: [");
    assert_snapshot!(environment.run("apply plan.json"), @"
    exit: 0
    files: none
    writes: PUT pgGuide primary 200
    --- stdout
    Galaxy (siteGalaxy)

    /guide
      en-US
        seo.title  pages/guide.yaml:6:14
          - The Guide
          + The {+Ultimate +}Guide
          moves along in fr-FR, ja-JP, which inherit it

    Plan: 1 field to change in 1 page-locale of 1 page; 1 request to send.
    Applied: 1 written of 1 request.
    --- stderr
    [1/1] /guide @ en-US: done
    Written as staged changes: nothing is public until the site is published.
    ");
    assert_eq!(
        environment.values("pgGuide", "en-US"),
        json!({
            "title": "Guide",
            "slug": "guide",
            "seo": {"title": "The Ultimate Guide", "description": "All you need to know."},
            "openGraph": {"title": "Explore the galaxy", "titleCopied": false},
        })
    );
}

#[test]
fn a_plan_applied_twice_finds_everything_done() {
    let environment = planned();
    environment.run("apply plan.json");
    assert_snapshot!(environment.run("apply plan.json").wrote_nothing(), @"
    exit: 0
    files: none
    writes: none
    --- stdout
    Galaxy (siteGalaxy)

    /guide
      en-US
        seo.title  pages/guide.yaml:6:14
          - The Guide
          + The {+Ultimate +}Guide
          moves along in fr-FR, ja-JP, which inherit it

    Plan: 1 field to change in 1 page-locale of 1 page; 1 request to send.
    Applied: 1 already as wanted of 1 request.
    --- stderr
    [1/1] /guide @ en-US: converged
    ");
}

#[test]
fn apply_without_a_plan_file_plans_first() {
    let environment = TestEnvironment::with_pages([("guide.yaml", GUIDE_CHANGED)]);
    assert_snapshot!(environment.run("apply --yes"), @"
    exit: 0
    files: none
    writes: PUT pgGuide primary 200
    --- stdout
    Galaxy (siteGalaxy)

    /guide
      en-US
        seo.title  pages/guide.yaml:6:14
          - The Guide
          + The {+Ultimate +}Guide
          moves along in fr-FR, ja-JP, which inherit it

    Plan: 1 field to change in 1 page-locale of 1 page; 1 request to send.
    Applied: 1 written of 1 request.
    --- stderr
    [1/1] /guide @ en-US: done
    Written as staged changes: nothing is public until the site is published.
    ");
    assert_snapshot!(environment.run("apply --yes").wrote_nothing(), @"
    exit: 0
    files: none
    writes: none
    --- stdout
    Galaxy (siteGalaxy)

    Nothing to change: the site reads as the manifests say (1 page-locale managed).
    Applied: nothing to write.
    --- stderr
    ");
}

#[test]
fn a_plan_file_that_does_not_exist() {
    assert_snapshot!(planned().run("apply plan.jsn").wrote_nothing(), @"
    exit: 3
    files: none
    writes: none
    --- stdout
    --- stderr
    error: failed to read the plan `plan.jsn`
      because: No such file or directory (os error [N])
      hint: make one with `slugline plan --api-url http://[SERVER] -o FILE`
    ");
}

#[test]
fn a_folder_in_place_of_the_plan_file() {
    let environment = planned();
    assert_snapshot!(environment.run("show pages").wrote_nothing(), @"
    exit: 3
    files: none
    writes: none
    --- stdout
    --- stderr
    error: failed to read the plan `pages`
      because: Is a directory (os error [N])
      hint: make one with `slugline plan -o FILE`
    ");
    assert_snapshot!(environment.run("plan -o pages").wrote_nothing(), @"
    exit: 64
    files: none
    writes: none
    --- stdout
    --- stderr
    error: `pages` is a folder, and no place for a plan
      hint: name a file in it, such as `-o pages/plan.json`
    ");
}

/// A plan would be lost that took minutes to make.
#[test]
fn a_place_where_no_file_can_be_is_told_before_anybody_is_asked() {
    let environment = planned();
    for path in ["nowhere/plan.json", "slugline.yaml/plan.json"] {
        environment.log();
        let ran = environment.run(&format!("plan -o {path}"));
        assert_eq!((ran.wrote_nothing().exit, ran.stdout.as_str()), (64, ""), "{ran}");
        assert!(ran.stderr.starts_with(&format!("error: failed to write the plan to `{path}`\n")), "{ran}");
        assert!(ran.stderr.contains("hint: name a file in a folder that is there"), "{ran}");
        assert_eq!(environment.log().len(), 0, "nobody is asked");
    }
}

#[test]
fn a_plan_replaces_nothing_but_a_plan() {
    let environment = planned();
    environment.write("notes.json", "{\"format_version\": 1}");
    for path in ["slugline.yaml", "pages/guide.yaml", "notes.json"] {
        let before = environment.read(path);
        environment.log();
        let ran = environment.run(&format!("plan -o {path}"));
        assert_eq!((ran.wrote_nothing().exit, ran.stdout.as_str()), (64, ""), "{ran}");
        assert!(ran.stderr.contains("holds something else than a plan, and stays as it is"), "{ran}");
        assert_eq!((environment.read(path), environment.log().len()), (before, 0));
    }
    environment.write("empty.json", "\n");
    environment.write("failed.json", &environment.run("plan --locale xx --format json").stdout);
    for path in ["empty.json", "failed.json", "failed.json"] {
        assert_eq!(environment.run(&format!("plan -o {path}")).exit, 0);
        assert_eq!(environment.run(&format!("show {path}")).exit, 0);
    }
}

#[test]
fn a_mark_in_front_of_a_plan_is_none_of_it() {
    let environment = planned();
    assert_eq!(environment.run("plan -o plan.json").exit, 0);
    environment.write("marked.json", format!("\u{feff}{}", environment.read("plan.json")));
    assert_eq!(environment.run("show marked.json").stdout, environment.run("show plan.json").stdout);
}

#[test]
fn text_in_place_of_a_plan() {
    let environment = planned();
    environment.write("notes.txt", "Not a plan.\n");
    assert_snapshot!(environment.run("apply notes.txt").wrote_nothing(), @"
    exit: 3
    files: none
    writes: none
    --- stdout
    --- stderr
    error: failed to read the plan `notes.txt`
      because: not a plan file: no JSON at line 1, column 1
      hint: make a new one with `slugline plan -o FILE`
    ");
    environment.write("notes.txt", b"\xff\xfe");
    assert_snapshot!(environment.run("apply notes.txt").wrote_nothing(), @"
    exit: 3
    files: none
    writes: none
    --- stdout
    --- stderr
    error: `notes.txt` is not a plan file: it is no UTF-8
      hint: make one with `slugline plan --api-url http://[SERVER] -o FILE`
    ");
    environment.write("notes.txt", "");
    assert_eq!(environment.run("apply notes.txt").wrote_nothing().exit, 3);
}

#[test]
fn json_of_another_kind() {
    let environment = planned();
    environment.write("package.json", r#"{"name": "galaxy", "version": "1.0.0"}"#);
    assert_snapshot!(environment.run("apply package.json").wrote_nothing(), @"
    exit: 3
    files: none
    writes: none
    --- stdout
    --- stderr
    error: failed to read the plan `package.json`
      because: not a plan file: it has no `format_version`
      hint: make a new one with `slugline plan -o FILE`
    ");
    environment.write("list.json", "[]");
    assert_eq!(environment.run("show list.json").wrote_nothing().exit, 3);
    // What `plan --format json` says of a failure is no plan either.
    environment.write("failure.json", environment.run("plan --format json --env staging").bytes);
    assert_eq!(environment.run("apply failure.json").wrote_nothing().exit, 3);
}

#[test]
fn an_edited_plan() {
    let environment = edited(|plan| plan["operations"][0]["body"]["seo.title"] = "Mine".into(), None);
    assert_snapshot!(environment.run("apply plan.json").wrote_nothing(), @"
    exit: 3
    files: none
    writes: none
    --- stdout
    --- stderr
    error: failed to read the plan `plan.json`
      because: the plan's digest does not fit its content; it was changed after it was made
      hint: make a new one with `slugline plan -o FILE`
    ");
    assert_eq!(environment.log(), []);
}

#[test]
fn a_plan_with_another_body_and_a_digest_that_fits() {
    let environment = edited(|plan| plan["operations"][0]["body"] = json!({"seo.titel": "Mine"}), Some(digest));
    assert_snapshot!(environment.run("apply plan.json").wrote_nothing(), @"
    exit: 3
    files: none
    writes: none
    --- stdout
    --- stderr
    error: failed to read the plan `plan.json`
      because: the plan file is damaged: operations[0].body.seo.titel: it is sent, and is not what the page reads
      hint: make a new one with `slugline plan -o FILE`
    ");
}

#[test]
fn a_plan_without_a_part() {
    let environment = edited(|plan| drop(plan.as_object_mut().unwrap().remove("operations")), Some(digest));
    assert_snapshot!(environment.run("apply plan.json").wrote_nothing(), @"
    exit: 3
    files: none
    writes: none
    --- stdout
    --- stderr
    error: failed to read the plan `plan.json`
      because: the plan file is damaged: the top level: missing field `operations`
      hint: make a new one with `slugline plan -o FILE`
    ");
}

#[test]
fn a_plan_of_a_newer_major_version() {
    let environment = edited(|plan| plan["format_version"] = "2.0".into(), Some(digest));
    assert_snapshot!(environment.run("apply plan.json").wrote_nothing(), @"
    exit: 3
    files: none
    writes: none
    --- stdout
    --- stderr
    error: failed to read the plan `plan.json`
      because: the plan has format version `2.0`; this program reads 1.x
      hint: use the newer version of slugline that made it, or plan again
    ");
    assert_eq!(environment.run("show plan.json").exit, 3);
}

#[test]
fn a_plan_of_a_newer_minor_version_with_keys_nobody_knows() {
    let edit = |plan: &mut Json| {
        plan["format_version"] = "1.7".into();
        plan["weather"] = "fine".into();
        plan["changes"][0]["mood"] = json!({"good": true});
        plan["operations"][0]["retries"] = json!(3);
    };
    let environment = edited(edit, Some(digest));
    assert_eq!(environment.run("show plan.json").stdout, environment.run("plan").stdout);
    let ran = environment.run("apply plan.json");
    assert_eq!((ran.exit, ran.writes), (0, vec!["PUT pgGuide primary 200".to_owned()]));
}

#[test]
fn a_plan_with_a_version_that_is_none() {
    let environment = edited(|plan| plan["format_version"] = "one".into(), Some(digest));
    assert_snapshot!(environment.run("apply plan.json").wrote_nothing(), @"
    exit: 3
    files: none
    writes: none
    --- stdout
    --- stderr
    error: failed to read the plan `plan.json`
      because: the plan's format version `one` is not of the form `1.0`
      hint: make a new one with `slugline plan -o FILE`
    ");
}

#[test]
fn a_plan_names_the_commit_of_the_manifests() {
    let environment = TestEnvironment::with_pages([("guide.yaml", GUIDE_CHANGED)]);
    let git = |arguments: &[&str]| {
        let mut git = std::process::Command::new("git");
        git.args(["-c", "user.name=Ford", "-c", "user.email=ford@galaxy.example"]).args(arguments);
        // Nothing of whoever runs the tests: neither their settings nor their hooks.
        git.current_dir(environment.path("")).env("HOME", environment.path("")).env("GIT_CONFIG_NOSYSTEM", "1");
        String::from_utf8(git.output().unwrap().stdout).unwrap().trim().to_owned()
    };
    git(&["init", "-q"]);
    git(&["add", "."]);
    git(&["commit", "-q", "-m", "Manage the guide"]);
    let commit = git(&["rev-parse", "HEAD"]);
    let clean = environment.run("plan --format json").json();
    assert_eq!(clean["source"], json!({"commit": commit, "dirty": false}));
    environment.write("notes.txt", "");
    assert_eq!(environment.run("plan --format json").json()["source"], clean["source"], "nobody reads the notes");
    environment.write("pages/guide.yaml", format!("{GUIDE_CHANGED}# To be continued.\n"));
    let dirty = environment.run("plan --format json").json();
    assert_eq!(dirty["source"], json!({"commit": commit, "dirty": true}));
    assert_eq!(clean["digest"], dirty["digest"], "the commit says where a plan comes from, not what it does");
}

#[test]
fn a_plan_file_lies_in_the_folder_changed_to() {
    let environment = TestEnvironment::with_pages([("guide.yaml", GUIDE_CHANGED)]);
    assert_eq!(environment.run("plan -C pages -o plan.json").files, ["pages/plan.json"]);
    assert_eq!(environment.run("show -C pages plan.json").exit, 0);
    assert_eq!(environment.run("apply -C pages plan.json").exit, 0);
}
