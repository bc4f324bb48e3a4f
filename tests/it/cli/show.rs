//! A saved plan in every format, and what is refused.

use insta::assert_snapshot;
use serde_json::{Value as Json, json};
use slugline::diagnostic::{Code, Diagnostic};
use slugline::exit::Exit;
use slugline::plan::file;

use super::environment::TestEnvironment;
use super::galaxy::GUIDE_CHANGED;

fn planned() -> TestEnvironment {
    let environment = TestEnvironment::with_pages([("guide.yaml", GUIDE_CHANGED)]);
    assert_eq!(environment.run("plan -o plan.json").exit, 0);
    environment
}

#[test]
fn plan_and_show_say_the_same() {
    let environment = planned();
    for format in ["text", "json", "markdown", "html", "github", "gitlab", "gitlab-terraform", "sarif"] {
        let planned = environment.run(&format!("plan --format {format}"));
        let shown = environment.run(&format!("show plan.json --format {format}"));
        assert_eq!((planned.exit, planned.stdout), (shown.exit, shown.stdout), "{format}");
    }
}

#[test]
fn each_format_begins_as_its_reader_expects() {
    let environment = planned();
    let show = |format: &str| environment.run(&format!("show plan.json --format {format}")).stdout;
    assert!(show("markdown").starts_with("<!-- slugline:plan v=1 digest=sha256:"));
    assert!(show("html").starts_with("<!DOCTYPE html><html lang=\"en\">"));
    assert!(show("github").starts_with("::notice title=slugline::Plan: "));
    assert_eq!(show("gitlab-terraform"), "{\"create\":0,\"update\":1,\"delete\":0}\n");
}

/// Two texts of a page with something to be said of them, and one that nothing changes.
const LINTED: &str = "\
id: pgGuide
path: /guide
locales:
  en-US:
    seo:
      title: 'The  Guide'
      description: 'Everything there is to know about towels, <b>tea</b> and the  galaxy.'
";

#[test]
fn what_the_lint_says_stands_at_the_change() {
    let environment = TestEnvironment::with_pages([("guide.yaml", LINTED)]);
    let planned = environment.run("plan -o plan.json");
    assert_snapshot!(planned, @"
    exit: 0
    files: plan.json
    writes: none
    --- stdout
    Galaxy (siteGalaxy)

    /guide
      en-US
        seo.title  pages/guide.yaml:6:14
          - The[-·-]Guide
          + The{+··+}Guide
          moves along in fr-FR, ja-JP, which inherit it
          ! the SEO title holds several spaces in a row  text/double-space
        seo.description  pages/guide.yaml:7:20
          - All you need to know.
          + Everything there is to know about towels, <b>tea</b> and the  galaxy.
          moves along in fr-FR, ja-JP, which inherit it
          ! the SEO description holds several spaces in a row  text/double-space
          ! the SEO description holds the HTML tag `<b>`  text/html-tag

    Plan: 2 fields to change in 1 page-locale of 1 page; 1 request to send.
    --- stderr
    Saved. `slugline apply --api-url http://[SERVER] plan.json` sends exactly this.
    ");
    let markdown = environment.run("show plan.json --format markdown").stdout;
    let (_, markdown) = markdown.split_once('\n').unwrap();
    assert_snapshot!(markdown, @"
    ### slugline: <code>Galaxy</code>

    **Plan: 2 fields to change in 1 page-locale of 1 page; 1 request to send.**

    - 3 warnings of the lint

    #### Changes

    <details open><summary><code>/guide</code>: 2 fields in <code>en-US</code>; 3 warnings</summary>

    | Locale | Field | Change |
    | --- | --- | --- |
    | <code>en-US</code> | `seo.title` | <code>The<del>·</del><ins>··</ins>Guide</code><br><sub>moves along in <code>fr-FR</code>, <code>ja-JP</code>, which inherit it</sub><br><sub>**warning** <code>text/double-space</code>: the SEO title holds several spaces in a row</sub> |
    | <code>en-US</code> | `seo.description` | <code><del>All you need to know&#46;<!-- --></del><br><ins>Everything there is to know about towels, &#60;b&#62;tea&#60;/b&#62; and the  galaxy.</ins></code><br><sub>moves along in <code>fr-FR</code>, <code>ja-JP</code>, which inherit it</sub><br><sub>**warning** <code>text/double-space</code>: the SEO description holds several spaces in a row</sub><br><sub>**warning** <code>text/html-tag</code>: the SEO description holds the HTML tag <code>&#60;b&#62;</code></sub> |

    </details>
    ");
    assert_snapshot!(environment.run("show plan.json --format github").stdout, @"
    ::warning file=pages/guide.yaml,line=6,col=14,title=text/double-space::the SEO title holds several spaces in a row%0Aleave one of them
    ::warning file=pages/guide.yaml,line=7,col=20,title=text/double-space::the SEO description holds several spaces in a row%0Aleave one of them
    ::warning file=pages/guide.yaml,line=7,col=20,title=text/html-tag::the SEO description holds the HTML tag `<b>`%0Awrite the text without it
    ::notice title=slugline::Plan: 2 fields to change in 1 page-locale of 1 page; 1 request to send.
    ");
    // Each says of which change it is.
    let plan = environment.read_json("plan.json");
    for problem in plan["diagnostics"].as_array().unwrap() {
        let of = |change: &&Json| ["page", "locale", "field"].iter().all(|key| change[key] == problem[key]);
        assert_eq!(plan["changes"].as_array().unwrap().iter().filter(of).count(), 1, "{problem}");
    }
    // What is not written is not told of.
    environment.run("apply plan.json");
    assert_eq!(environment.run("plan --format json").json()["diagnostics"], json!([]));
}

#[test]
fn an_error_of_the_lint_stands_in_the_way_and_at_the_change() {
    let environment = TestEnvironment::with_pages([("guide.yaml", LINTED)]);
    let project = environment.read("slugline.yaml");
    environment.write("slugline.yaml", format!("{project}lint: {{rules: {{text/html-tag: error}}}}\n"));
    let ran = environment.run("plan --format json");
    let json = ran.json();
    assert_eq!(ran.exit, 3);
    let errors: Vec<&Json> =
        json["diagnostics"].as_array().unwrap().iter().filter(|it| it["severity"] == "error").collect();
    assert_eq!(errors.len(), 1, "{json:#}");
    assert_eq!((&errors[0]["code"], &errors[0]["field"]), (&json!("text/html-tag"), &json!("seo.description")));
    let html = environment.run("plan --format html").stdout;
    // Among the problems of the plan, and below the text.
    assert_eq!(html.matches("text/html-tag").count(), 2);
    assert!(environment.run("plan --format github").stdout.starts_with("::error file=pages/guide.yaml,line=7,"));
}

#[test]
fn what_a_plan_was_warned_of_is_told_again() {
    let environment = planned();
    let mut plan = file::decode(&environment.read("plan.json")).unwrap();
    plan.diagnostics
        .push(Diagnostic::warning(Code::new("base-empty"), "the project is not in the base").help("look twice"));
    environment.write("plan.json", file::encode(&plan, Exit::Ok));
    assert_snapshot!(environment.run("show plan.json").stderr, @"
    warning[base-empty]: the project is not in the base
     |
     = help: look twice
    ");
    assert_eq!(environment.run("show plan.json --format markdown").stderr, "");
}

#[test]
fn a_browser_opens_only_for_somebody() {
    let environment = planned();
    assert_snapshot!(environment.run("show plan.json --open"), @"
    exit: 64
    files: none
    writes: none
    --- stdout
    --- stderr
    error: `--open` opens a browser only for somebody at a terminal
      hint: `--format html` writes the page to stdout
    ");
    assert_eq!(environment.run("show plan.json --open --format html").exit, 64);
}

#[test]
fn a_comment_has_room_for_its_heading() {
    assert_snapshot!(planned().run("show plan.json --format markdown --max-bytes 100"), @"
    exit: 64
    files: none
    writes: none
    --- stdout
    --- stderr
    error: invalid value '100' for '--max-bytes <N>': a whole number of 2000 or more is expected

    For more information, try '--help'.
    ");
}

#[test]
fn a_run_is_no_comment() {
    let environment = planned();
    assert_eq!(environment.run("apply plan.json").exit, 0);
    let runs = std::fs::read_dir(environment.path(".slugline/runs")).unwrap();
    let run = runs.map(|entry| entry.unwrap().file_name().into_string().unwrap()).next().unwrap();
    for arguments in [format!("show {run} --format markdown"), format!("show {run} --open")] {
        let ran = environment.run(&arguments);
        assert_eq!((ran.exit, ran.stdout.as_str()), (64, ""), "{arguments}");
        assert!(ran.stderr.starts_with("error: a run is shown as text or as JSON\n"), "{}", ran.stderr);
    }
}

#[test]
fn half_a_character_is_told_with_its_place() {
    let environment = planned();
    let plan = environment.read("plan.json").replacen("Guide", "\\ud800", 1);
    environment.write("plan.json", plan);
    for format in ["text", "markdown", "html"] {
        let ran = environment.run(&format!("show plan.json --format {format}"));
        assert_eq!((ran.exit, ran.stdout.as_str()), (3, ""), "{format}");
        assert!(ran.stderr.contains("not a plan file: no JSON at line "), "{}", ran.stderr);
    }
}

#[test]
fn the_year_of_a_run_is_too_little() {
    let ran = TestEnvironment::empty().run("show 2026");
    assert_eq!(ran.exit, 3);
    assert!(ran.stderr.contains("hint: `slugline log` lists the runs"), "{ran}");
}
