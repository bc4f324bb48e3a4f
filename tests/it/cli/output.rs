//! What comes out, and in which form: exit codes, JSON, colors, silence, pipes.

use std::io::Read as _;

use insta::assert_snapshot;
use serde_json::Value as Json;

use super::environment::{Ran, TestEnvironment};
use super::galaxy::{self, GUIDE, GUIDE_CHANGED};

#[test]
fn exit_codes_do_not_depend_on_the_format() {
    let unchanged = [("guide.yaml", GUIDE)];
    let changed = [("guide.yaml", GUIDE_CHANGED)];
    let refused = [("home.yaml", "id: pgHome\nlocales: {en-US: {slug: home}}\n")];
    let invalid = [("guide.yaml", "id: pgGuide\nlocales: {en-US: {titel: Guide}}\n")];
    for (pages, arguments, code, name) in [
        (unchanged, "", 0, "ok"),
        (unchanged, " --detailed-exitcode", 0, "ok"),
        (changed, "", 0, "ok"),
        (changed, " --detailed-exitcode", 2, "changes"),
        (refused, "", 3, "invalid"),
        (refused, " --detailed-exitcode", 3, "invalid"),
        (invalid, "", 3, "invalid"),
        (changed, " --env staging", 64, "usage"),
        (changed, " --locale xx", 64, "usage"),
    ] {
        let environment = TestEnvironment::with_pages(pages);
        let text = environment.run(&format!("plan{arguments}"));
        assert_eq!(text.exit, code, "{arguments}\n{text}");
        let json = environment.run(&format!("plan{arguments} --format json"));
        assert_eq!(json.json()["exit"], serde_json::json!({"code": code, "name": name}), "{arguments}\n{json}");
        assert_eq!(json.stderr, text.stderr, "the format is one of stdout");
    }
}

#[test]
fn a_saved_plan_says_how_planning_ended() {
    let environment = TestEnvironment::with_pages([("guide.yaml", GUIDE_CHANGED)]);
    assert_eq!(environment.run("plan --detailed-exitcode -o plan.json").exit, 2);
    assert_eq!(environment.read_json("plan.json")["exit"]["code"], 2);
    // To show it is another matter, and that went well.
    assert_eq!(environment.run("show plan.json").exit, 0);
}

#[test]
fn a_plan_with_errors_is_saved_to_be_shown_and_cannot_be_applied() {
    let environment = TestEnvironment::with_pages([("home.yaml", "id: pgHome\nlocales: {en-US: {slug: home}}\n")]);
    let ran = environment.run("plan -o plan.json");
    assert_eq!((ran.exit, &ran.files[..]), (3, &["plan.json".to_owned()][..]), "{ran}");
    assert!(ran.stderr.contains("Saved, to be shown; with errors in it, it cannot be applied."), "{ran}");
    let comment = environment.run("show plan.json --format markdown");
    assert!(comment.stdout.contains("**The plan has 1 error and cannot be applied.**"), "{comment}");
    assert_snapshot!(environment.run("apply plan.json").wrote_nothing(), @"
    exit: 3
    files: none
    writes: none
    --- stdout
    Galaxy (siteGalaxy)

    The plan has 1 error and cannot be applied.
    --- stderr
    error[ignored-slug]: the slug of a home page cannot be set; the server would ignore it
    --> pages/home.yaml:2:25
     = help: remove the `slug` key

    error: 1 error in the project's files; nothing was written
    ");
}

#[test]
fn a_plan_that_cannot_be_applied_says_so() {
    let environment = TestEnvironment::with_pages([("home.yaml", "id: pgHome\nlocales: {en-US: {slug: home}}\n")]);
    let ran = environment.run("plan");
    assert!(!ran.stdout.contains("Nothing to change"), "{ran}");
}

#[test]
fn failures_are_json_too() {
    let mut environment = TestEnvironment::with_pages([("guide.yaml", "id: pgGuide\nlocales: {en: {titel: Guide}}\n")]);
    assert_snapshot!(environment.run("plan --format json").wrote_nothing(), @r#"
    exit: 3
    files: none
    writes: none
    --- stdout
    {
      "format_version": "1.3",
      "error": {
        "message": "1 error in the project's files; nothing was written",
        "hint": null
      },
      "diagnostics": [
        {
          "code": "unknown-key",
          "severity": "error",
          "message": "unknown key `titel`",
          "location": {
            "file": "pages/guide.yaml",
            "line": 2,
            "column": 16
          },
          "help": "did you mean `title`?"
        }
      ],
      "exit": {
        "code": 3,
        "name": "invalid"
      }
    }
    --- stderr
    error[unknown-key]: unknown key `titel`
     --> pages/guide.yaml:2:16
      |
    2 | locales: {en: {titel: Guide}}
      |                ^^^^^
      |
      = help: did you mean `title`?

    error: 1 error in the project's files; nothing was written
    "#);
    environment.write("pages/guide.yaml", GUIDE);
    environment.unset("WEBFLOW_TOKEN");
    assert_snapshot!(environment.run("plan --format json").wrote_nothing(), @r#"
    exit: 5
    files: none
    writes: none
    --- stdout
    {
      "format_version": "1.3",
      "error": {
        "message": "no token: `WEBFLOW_TOKEN` is not set",
        "hint": "make a site token with the scopes sites:read, pages:read and pages:write in the site's settings under Apps & integrations, and put it in `WEBFLOW_TOKEN`; or try `--sandbox`, which needs none"
      },
      "diagnostics": [],
      "exit": {
        "code": 5,
        "name": "unavailable"
      }
    }
    --- stderr
    error: no token: `WEBFLOW_TOKEN` is not set
      hint: make a site token with the scopes sites:read, pages:read and pages:write in the site's settings under Apps & integrations, and put it in `WEBFLOW_TOKEN`; or try `--sandbox`, which needs none
    "#);
    for (arguments, exit) in [
        ("apply --yes --format json", 5),
        ("apply --format json", 64),
        ("apply gone.json --format json", 3),
        ("show gone.json --format json", 3),
        ("plan --format json -C nowhere/at/all", 64),
    ] {
        let ran = environment.run(arguments);
        assert_eq!(ran.exit, exit, "{ran}");
        ran.json();
    }
}

#[test]
fn a_failure_in_the_middle_is_json_too() {
    use slugline::sandbox::{Action, Fault};
    let environment = TestEnvironment::with_pages([("guide.yaml", GUIDE_CHANGED)]);
    let fault = Fault::new("GET", "/v2/sites/siteGalaxy/pages", Action::Forbidden);
    environment.server().set_faults(vec![fault]);
    let ran = environment.run("plan --format json");
    assert_eq!((ran.exit, &ran.json()["exit"]["name"]), (5, &serde_json::json!("unavailable")));
    assert_eq!(environment.run("apply --yes --format json").json()["operations"][0]["outcome"], "done");
}

#[test]
fn the_same_inputs_give_the_same_bytes() {
    let environment = TestEnvironment::with_pages([
        ("about.yaml", "id: pgAbout\nlocales: {en-US: {title: About us, slug: about-us}, fr-FR: {title: À propos}}\n"),
        ("guide.yaml", GUIDE_CHANGED),
        ("towel.yaml", "path: /blog/towel-day\nlocales: {ja-JP: {title: タオルの日}}\n"),
    ]);
    let first = environment.run("plan --format json -o first.json").bytes;
    let second = environment.run("plan --format json -o second.json --concurrency 4").bytes;
    assert_eq!(first, second);
    // The files are what stdout gets.
    assert_eq!(environment.read("first.json").as_bytes(), first);
    assert_eq!(environment.read("second.json").as_bytes(), first);
}

#[test]
fn a_plan_reads_the_site_by_list() {
    let environment = TestEnvironment::serving(&galaxy::site_with_pages(250));
    for number in [1, 120, 250] {
        let manifest = format!("id: pg{number}\nlocales: {{en-US: {{title: Changed {number}}}}}\n");
        environment.write(&format!("pages/{number}.yaml"), manifest);
    }
    let ran = environment.run("plan -o plan.json");
    assert_eq!(ran.exit, 0, "{ran}");
    // The token, the site, and for 257 pages three lists in each of three locales.
    assert_eq!(environment.log().len(), 1 + 1 + 3 * 3);
    let ran = environment.run("apply plan.json");
    assert_eq!((ran.exit, ran.writes.len()), (0, 3));
    // The gate reads what the plan was made from: without all locales it could not decide which of them follow a change.
    // Then only the locale concerned is read again, and each page right before its write.
    assert_eq!(environment.log().len(), 1 + (1 + 3 * 3) + 3 + 3 + 3);
}

#[test]
fn quiet_says_nothing_but_data() {
    let environment = TestEnvironment::with_pages([("guide.yaml", GUIDE_CHANGED)]);
    let ran = environment.run("plan -q -o plan.json");
    assert_eq!((&*ran.stdout, &*ran.stderr), (&*environment.run("plan").stdout, ""));
    let ran = environment.run("apply plan.json -q --format json");
    assert_eq!((ran.exit, &*ran.stderr), (0, ""));
    assert_eq!(ran.json()["exit"]["code"], 0);
}

#[test]
fn verbose_says_what_was_read() {
    let environment = TestEnvironment::with_pages([("guide.yaml", GUIDE_CHANGED)]);
    assert_snapshot!(environment.run("plan -v").stderr, @"read 7 pages in 3 locales with 5 requests");
    assert_snapshot!(environment.run("apply --yes -v").stderr, @"
    read 7 pages in 3 locales with 5 requests
    the site was read again; 1 write to send, recorded as [RUN]
    [1/1] /guide @ en-US: done
    Written as staged changes: nothing is public until the site is published.
    ");
}

#[test]
fn colors() {
    let mut environment = TestEnvironment::with_pages([("guide.yaml", GUIDE_CHANGED)]);
    let plain = environment.run("plan").stdout;
    assert!(!plain.contains('\x1b'), "a pipe wants no colors");
    let colored = environment.run("plan --color always").stdout;
    assert_snapshot!(colored.replace('\x1b', "␛"), @"
    ␛[1mGalaxy ␛[0m␛[2m(siteGalaxy)␛[0m

    ␛[1m/guide␛[0m
      en-US
        seo.title  ␛[2mpages/guide.yaml:6:14␛[0m
          ␛[31m- The Guide␛[0m
          ␛[32m+ The ␛[0m␛[1m␛[4m␛[32mUltimate ␛[0m␛[32mGuide␛[0m
          ␛[2mmoves along in fr-FR, ja-JP, which inherit it␛[0m

    ␛[1mPlan: 1 field to change in 1 page-locale of 1 page; 1 request to send.␛[0m
    ");
    environment.set("CLICOLOR_FORCE", "1");
    assert_eq!(environment.run("plan").stdout, colored);
    assert_eq!(environment.run("plan --color never").stdout, plain);
    environment.set("NO_COLOR", "1");
    assert_eq!(environment.run("plan").stdout, plain, "NO_COLOR wins");
    assert_eq!(environment.run("plan --color always").stdout, colored, "the flag wins over both");
    let json = environment.run("plan --color always --format json");
    assert!(!json.stdout.contains('\x1b'), "JSON has no colors");
}

#[test]
fn colors_of_problems() {
    let mut environment = TestEnvironment::with_pages([("guide.yaml", "id: pgGuide\n")]);
    let plain = environment.run("plan").stderr;
    assert!(!plain.contains('\x1b'));
    assert!(environment.run("plan --color always").stderr.contains('\x1b'));
    environment.set("CLICOLOR_FORCE", "1");
    environment.set("NO_COLOR", "1");
    assert_eq!(environment.run("plan").stderr, plain);
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let environment = TestEnvironment::serving(&galaxy::site_with_pages(100));
    // More than a pipe holds, so that the program is still writing when the reader leaves.
    let text = "towels and ".repeat(100);
    for number in 1..=100 {
        let manifest = format!("id: pg{number}\nlocales: {{en-US: {{title: '{text}{number}'}}}}\n");
        environment.write(&format!("pages/{number}.yaml"), manifest);
    }
    for arguments in [&["plan"][..], &["plan", "--format", "json"]] {
        let mut child = environment.command(arguments).spawn().unwrap();
        let mut first = [0; 1];
        child.stdout.take().unwrap().read_exact(&mut first).unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!((output.status.code(), String::from_utf8(output.stderr).unwrap()), (Some(0), String::new()));
    }
}

#[test]
fn text_of_the_site_and_of_manifests_stays_in_its_place() {
    let mut site = galaxy::site();
    site["site"]["displayName"] = "Galaxy\x1b]0;gone\x07\r\nsecond line".into();
    site["pages"][2]["values"]["primary"]["title"] = "\x1b[31mred\u{202e}live".into();
    let environment = TestEnvironment::serving(&site);
    // The lint would hold such text back; here it is to travel as far as it can.
    let rules = "lint: {rules: {text/control: off, text/bidi-control: off}}";
    environment.write("slugline.yaml", format!("{}{rules}\n", galaxy::PROJECT));
    environment.write(
        "pages/about.yaml",
        "id: pgAbout\nlocales:\n  en-US:\n    title: \"\\e[2Jclear\\u202E \\r\\n::error::no\"\n",
    );
    let ran = environment.run("plan -o plan.json");
    assert_snapshot!(ran, @r"
    exit: 0
    files: plan.json
    writes: none
    --- stdout
    Galaxy␛]0;gone␇\r\nsecond line (siteGalaxy)

    /about
      en-US
        title  pages/about.yaml:4:12
          - ␛[31mred\u{202e}live
          + ␛[2Jclear\u{202e} \r\n::error::no
          moves along in fr-FR, ja-JP, which inherit it
          ! the page's name holds a line break  text/newline

    Plan: 1 field to change in 1 page-locale of 1 page; 1 request to send.
    --- stderr
    Saved. `slugline apply --api-url http://[SERVER] plan.json` sends exactly this.
    ");
    assert!(ran.stdout.chars().all(|character| character == '\n' || !character.is_control()), "{ran:#}");
    assert_eq!(environment.run("show plan.json").stdout, ran.stdout);
}

#[test]
fn help_and_version_are_data() {
    let environment = TestEnvironment::empty();
    for arguments in ["--help", "--version", "plan --help", "help apply"] {
        let ran = environment.run(arguments);
        assert_eq!((ran.exit, &*ran.stderr), (0, ""), "{arguments}");
        assert!(!ran.stdout.is_empty());
    }
}

#[test]
fn schemas_are_json_schemas() {
    let environment = TestEnvironment::empty();
    for kind in ["project", "page", "plan"] {
        let ran = environment.run(&format!("schema {kind}"));
        let schema: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
        assert!(jsonschema::validator_for(&schema).is_ok(), "{kind}");
    }
    let plan: serde_json::Value = serde_json::from_str(&environment.run("schema plan").stdout).unwrap();
    let validator = jsonschema::validator_for(&plan).unwrap();
    let environment = TestEnvironment::with_pages([(
        "guide.yaml",
        "id: pgGuide\npath: /guide\nlocales: {en-US: {slug: about, openGraph: {descriptionCopied: false}}, fr-FR: {seo: {title: ''}}}\n",
    )]);
    let planned = environment.run("plan --format json").json();
    let problems: Vec<String> = validator.iter_errors(&planned).map(|error| error.to_string()).collect();
    assert_eq!(problems, [""; 0]);
}

/// Returns what is JSON of another program's.
fn parsed(ran: &Ran) -> Json {
    serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}\n{ran}"))
}

/// Whatever reads the format is never left without an answer.
#[test]
fn a_failure_is_told_in_the_format_that_was_asked_for() {
    let environment = TestEnvironment::with_pages([("guide.yaml", "id: pgGuide\nlocales: {en-US: {titel: Guide}}\n")]);
    assert_snapshot!(
        environment.run("plan --format github").stdout,
        @"::error file=pages/guide.yaml,line=2,col=19,title=unknown-key::unknown key `titel`%0Adid you mean `title`?"
    );
    let gitlab = environment.run("plan --format gitlab");
    assert_eq!(gitlab.exit, 3);
    let issue = &parsed(&gitlab)[0];
    let line = serde_json::json!({"path": "pages/guide.yaml", "lines": {"begin": 2}});
    assert_eq!((&issue["severity"], &issue["location"]), (&"major".into(), &line));
    let sarif = parsed(&environment.run("plan --format sarif"));
    let run = &sarif["runs"][0];
    assert_eq!(run["invocations"][0]["executionSuccessful"], false);
    assert_eq!(run["automationDetails"]["id"], "slugline/plan/");
    assert_eq!(run["results"].as_array().unwrap().len(), 1);
    for format in ["markdown", "html", "gitlab-terraform"] {
        let ran = environment.run(&format!("plan --format {format}"));
        assert_eq!((ran.exit, ran.stdout.as_str()), (3, ""), "what is not there is not told of");
    }
}

#[test]
fn a_failure_without_a_place_is_told_by_its_exit() {
    let mut environment = TestEnvironment::with_pages([("guide.yaml", GUIDE)]);
    assert_snapshot!(
        environment.run("plan --locale xx --format github").stdout,
        @"::error title=usage::the site has no locale `xx`%0Athe site has en-US, fr-FR, ja-JP"
    );
    environment.unset("WEBFLOW_TOKEN");
    for (command, code) in
        [("show nowhere.json", "invalid"), ("validate --offline --page /x", "usage"), ("plan", "unavailable")]
    {
        let ran = environment.run(&format!("{command} --format github"));
        assert!(ran.stdout.starts_with(&format!("::error title={code}::")), "{ran}");
        assert_eq!((ran.stdout.lines().count(), ran.stdout.contains("%0A")), (1, true), "{ran}");
    }
    let issue = &parsed(&environment.run("plan --format gitlab"))[0];
    assert_eq!((&issue["severity"], &issue["location"]["path"]), (&"major".into(), &"slugline.yaml".into()));
}
