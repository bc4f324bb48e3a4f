//! No text gets out of its place, whichever command tells of it and in whatever form.
//!
//! A site and manifests full of texts that try to, and the program told all kinds of things by them. What the texts are, and
//! how Markdown is taken apart, stands with the tests of what reviewers see.

use std::fmt::Write as _;

use serde_json::{Value as Json, json};
use slugline::diagnostic::{Code, Diagnostic};
use slugline::exit::Exit;
use slugline::plan::{Finding, Revision, file};
use slugline::render::escape;
use slugline::source::Location;

use super::environment::{Ran, TOKEN, TestEnvironment};
use crate::render::{forge, hostile, opens_group, parse, runner_command, sarif_shape};
use crate::webflow::scripted::{self, Server};

/// What plays the part of the text where a project can have only one.
const NASTY: &str = "::error::x ##[error]y ##vso[task.complete]y ##teamcity[x]y \u{1b}[31m\u{202e}\u{200b} `|<b>@user</b> [l](https://evil.example) -->\n::warning::z";

/// Rules that would hold such texts back; here they are to travel as far as they can.
const LENIENT: &str = "lint: {rules: {text/control: off, text/bidi-control: off, text/unresolved-template: off}}\n";

/// Returns every attack in one of its wrappings or in two.
fn texts() -> Vec<String> {
    hostile().into_iter().step_by(7).filter(|text| text.len() < 1_000).collect()
}

/// Returns them together with texts of 100 KB.
fn texts_with_long_ones() -> Vec<String> {
    let long = hostile().into_iter().filter(|text| text.len() > 90_000);
    texts().into_iter().chain(long).collect()
}

/// Returns the text as a string that YAML and JSON take for the same.
fn quoted(text: &str) -> String {
    let mut out = String::from('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => out.extend(['\\', character]),
            ' '..='~' => out.push(character),
            _ if (character as u32) < 0x1_0000 => write!(out, "\\u{:04x}", character as u32).unwrap(),
            _ => out.push(character),
        }
    }
    out + "\""
}

/// Returns a site that has the texts in its names, paths and values.
fn site(texts: &[String]) -> Json {
    let page = |(number, text): (usize, &String)| {
        let path: String = text.chars().take(200).collect();
        let values = json!({
            "primary": {
                "title": text,
                "slug": format!("{path}{number}"),
                "seo": {"title": text, "description": text},
                "openGraph": {"title": text},
            },
            "fr-FR": {"seo": {"title": format!("fr {text}")}},
        });
        json!({"id": format!("pg{number}"), "values": values})
    };
    json!({
        "site": {"id": "siteGalaxy", "displayName": NASTY},
        "tokens": [{"token": TOKEN, "rateLimit": 100_000}],
        "locales": {
            "primary": {"tag": "en-US", "id": "locEn"},
            "secondary": [
                {"tag": "fr-FR", "id": "locFr", "subdirectory": "fr"},
                {"tag": NASTY, "id": "locNasty", "subdirectory": "nasty"},
            ],
        },
        "pages": texts.iter().enumerate().map(page).collect::<Vec<_>>(),
    })
}

/// Returns manifests that clear what the site has, and say something new.
fn manifests(texts: &[String]) -> String {
    let page = |(number, text): (usize, &String)| {
        let locales = [
            format!("en-US: {{title: {}, seo: {{title: {}}}}}", quoted(&format!("before {text} after")), quoted(text)),
            format!("fr-FR: {{seo: {{title: \"\", description: {}}}}}", quoted(&format!("{text} a"))),
            format!("{}: {{openGraph: {{title: {}}}}}", quoted(NASTY), quoted(text)),
        ];
        format!("id: pg{number}\nlocales:\n  {}\n", locales.join("\n  "))
    };
    texts.iter().enumerate().map(page).collect::<Vec<_>>().join("---\n")
}

/// Returns a project that does all that with the site, in an environment and in files of such names.
fn nasty(lint: &str, texts: &[String]) -> TestEnvironment {
    let mut environment = TestEnvironment::empty();
    environment.serve(&site(texts));
    let project = format!("version: 1\nenvironments: {{{}: {{site: siteGalaxy}}}}\n{lint}", quoted(NASTY));
    environment.write("slugline.yaml", project);
    environment.write(&format!("pages/{}.yaml", NASTY.replace('/', "|")), manifests(texts));
    environment
}

/// Runs a command and holds both of its outputs against what is so for all of them.
#[track_caller]
fn run(environment: &TestEnvironment, arguments: &[&str]) -> Ran {
    let has_environments = environment.read("slugline.yaml").contains("environments");
    let env: &[&str] = if has_environments { &["--env", NASTY] } else { &[] };
    let ran = environment.run_with(&[arguments, env].concat(), "");
    let is_github = arguments.contains(&"github");
    let is_patch = arguments.contains(&"--diff");
    for (name, output) in [("stdout", &ran.stdout), ("stderr", &ran.stderr)] {
        let is_file = is_patch && name == "stdout";
        for line in output.lines() {
            let line =
                if is_file { line.trim_end_matches('\r').replace(['\t', '\u{feff}'], "") } else { line.to_owned() };
            let hazard = line.chars().find(|character| escape::is_hazard(*character));
            assert_eq!(hazard, None, "{arguments:?}, {name}: {line}");
            assert_eq!(runner_command(&line), None, "{arguments:?}, {name}: {line}");
            assert!(is_file || !opens_group(&line), "{arguments:?}, {name}: {line}");
            // Three of them and a space are ours, before the name of another file, and no command is called `:`.
            let is_command = line.trim_start().starts_with("::") && !line.starts_with(" ::: ");
            assert!(!is_command || (is_github && name == "stdout"), "{arguments:?}, {name}: {line}");
        }
    }
    ran
}

fn is_json(ran: &Ran) -> Json {
    serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {:.2000}", ran.stdout))
}

/// Holds Markdown against the parts that ours is made of.
fn check_markdown(markdown: &str) {
    let made = parse(&forge(markdown));
    let ours = "html head body h3 h4 p ul li strong code del ins br sub table thead tbody tr th td details summary";
    let strange =
        made.elements.iter().filter(|element| !ours.split(' ').any(|it| it == element.split(' ').next().unwrap()));
    assert_eq!(strange.collect::<Vec<_>>(), Vec::<&String>::new());
    assert!(!made.prose.contains(['@', '`', '|']) && !made.prose.contains("evil"), "a text stands outside of code");
}

#[test]
fn of_validate() {
    let environment = nasty("", &texts());
    for format in ["text", "json", "github", "gitlab", "sarif"] {
        let ran = run(&environment, &["validate", "--offline", "--format", format]);
        assert_eq!(ran.exit, 3, "{format}");
        match format {
            "github" => check_annotations(&ran.stdout),
            "sarif" => check_sarif(&is_json(&ran)),
            "json" | "gitlab" => drop(is_json(&ran)),
            _ => assert!(ran.stdout.contains("text/control")),
        }
    }
}

/// Each line is one of ours, of at most ten.
fn check_annotations(output: &str) {
    assert!((1..=10).contains(&output.lines().count()), "{output}");
    for line in output.lines() {
        let properties = line.split("::").nth(1).unwrap().split_once(' ').unwrap().1;
        let names = properties.split(',').map(|pair| pair.split('=').next().unwrap());
        assert!(names.clone().all(|name| ["file", "line", "col", "title"].contains(&name)), "{line}");
    }
}

fn check_sarif(log: &Json) {
    let validator = jsonschema::validator_for(&sarif_shape()).unwrap();
    let problems: Vec<String> = validator.iter_errors(log).map(|error| error.to_string()).collect();
    assert_eq!(problems, [""; 0]);
}

#[test]
fn of_a_plan_and_what_comes_of_it() {
    let environment = nasty(LENIENT, &texts_with_long_ones());
    let ran = run(&environment, &["plan", "-o", "plan.json"]);
    assert_eq!(ran.exit, 0, "{}", ran.stderr);
    for format in ["text", "json", "markdown", "html", "github", "gitlab", "gitlab-terraform", "sarif"] {
        let ran = run(&environment, &["show", "plan.json", "--format", format]);
        assert_eq!(ran.exit, 0, "{format}");
        match format {
            "json" | "gitlab" | "gitlab-terraform" => drop(is_json(&ran)),
            "sarif" => check_sarif(&is_json(&ran)),
            "github" => check_annotations(&ran.stdout),
            "markdown" => check_markdown(&ran.stdout),
            _ => assert!(ran.stdout.contains("/approve"), "{format}"),
        }
    }
    let allowed = ["--allow", "blanking", "--allow", "mass-update", "--allow", "duplicate-value"];
    let refused = run(&environment, &["apply", "plan.json", "--format", "json"]);
    assert_eq!((refused.exit, &is_json(&refused)["exit"]["name"]), (4, &json!("refused")));
    let allowed = [&allowed[..], &["--allow", "binding-overwrite"]].concat();
    let ran = run(&environment, &[&["apply", "plan.json", "--events", "events.jsonl"][..], &allowed].concat());
    assert!(ran.stdout.contains("Applied"), "{:.3000}", ran.stderr);
    for line in environment.read("events.jsonl").lines() {
        serde_json::from_str::<Json>(line).unwrap();
        assert!(!line.chars().any(escape::is_hazard) && runner_command(line).is_none(), "{line}");
    }
    drop(is_json(&run(&environment, &["log", "--format", "json"])));
    assert!(run(&environment, &["log"]).stdout.contains("apply"));
}

#[test]
fn of_a_receipt_and_of_an_undo() {
    let environment = nasty(LENIENT, &texts());
    let guards = ["blanking", "mass-update", "duplicate-value", "binding-overwrite"];
    let allowed: Vec<&str> = guards.iter().flat_map(|guard| ["--allow", guard]).collect();
    let ran = run(&environment, &[&["apply", "--yes", "--format", "json"][..], &allowed].concat());
    assert!(is_json(&ran)["operations"].as_array().is_some_and(|it| !it.is_empty()), "{:.3000}", ran.stderr);
    let undone = run(&environment, &[&["undo", "--yes"][..], &allowed].concat());
    assert!(undone.stdout.contains("Applied"), "{:.3000}", undone.stdout);
}

#[test]
fn of_pull_and_status() {
    let environment = nasty(LENIENT, &texts());
    assert!(run(&environment, &["pull", "--diff"]).stdout.contains("\n-"));
    for format in ["text", "json", "markdown", "csv"] {
        let ran = run(&environment, &["status", "--format", format]);
        assert_eq!(ran.exit, 0, "{}", ran.stderr);
        match format {
            "json" => drop(is_json(&ran)),
            "markdown" => check_markdown(&ran.stdout),
            "csv" => check_csv(ran.stdout.as_bytes()),
            _ => assert!(ran.stdout.contains("managed")),
        }
    }
    drop(is_json(&run(&environment, &["pull", "--format", "json"])));
    run(&environment, &["export", "--csv", "table.csv"]);
    check_csv(environment.read("table.csv").as_bytes());
}

/// No cell is a formula to a spreadsheet.
fn check_csv(table: &[u8]) {
    let mut rows = 0;
    for record in csv::ReaderBuilder::new().has_headers(false).from_reader(table).records() {
        for cell in record.unwrap().iter() {
            assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']), "{cell:?}");
        }
        rows += 1;
    }
    assert!(rows > 90, "{rows}");
}

/// A spreadsheet takes such a tag for a formula.
#[test]
fn of_a_table_of_what_only_the_site_says() {
    let mut site = site(&["text".to_owned()]);
    site["locales"]["secondary"][1]["tag"] = "@SUM(1)".into();
    let mut environment = TestEnvironment::empty();
    environment.serve(&site);
    environment.write("slugline.yaml", "version: 1\nsite: siteGalaxy\n");
    let table = environment.run("status --format csv").stdout;
    assert!(table.contains(",'@SUM(1),") && !table.contains(",@"), "{table}");
}

#[test]
fn of_what_is_wrong() {
    let mut environment = nasty("", &texts());
    let errors = [
        format!(
            "id: pg1\npath: {0}\n{0}: x\nlocales: {{{0}: {{seo: {{{0}: x}}, title: [{0}], slug: {0}}}}}\n",
            quoted(NASTY)
        ),
        format!("id: {0}\nlocales: {{{0}: {{title: *{1}}}}}\n", quoted(NASTY), NASTY.replace([' ', '\n'], "")),
        format!("id: pg2\nlocales: !{} x\n# {NASTY}", NASTY.replace('\n', "")),
        "id: \"\\ud800\"\n".to_owned(),
    ];
    for (number, text) in errors.iter().enumerate() {
        environment.write(&format!("pages/{number} {}.yaml", NASTY.replace('/', "|")), text);
    }
    for format in ["text", "json", "github", "gitlab", "sarif"] {
        let ran = run(&environment, &["validate", "--offline", "--format", format]);
        assert_eq!(ran.exit, 3, "{format}");
        assert!(ran.stdout.contains("unknown-key") || format == "github", "{format}: {:.3000}", ran.stdout);
    }
    for arguments in [
        &["plan"][..],
        &["plan", "--format", "json"],
        &["plan", "--page", NASTY],
        &["plan", "--locale", NASTY],
        &["plan", "--base", NASTY, "--format", "json"],
        &["validate", "--baseline", NASTY],
        &["explain", NASTY],
        &["show", NASTY],
        &["log", "-n", NASTY],
        &["apply", NASTY],
        &["status", "--format", NASTY],
        &[NASTY],
    ] {
        let ran = run(&environment, arguments);
        assert_ne!(ran.exit, 0, "{arguments:?}");
    }
    let ran = environment.run_with(&["plan", "--env", "::error::other"], "");
    assert!(!ran.stderr.lines().any(|line| line.starts_with("::")), "{}", ran.stderr);
    environment.unset("WEBFLOW_TOKEN");
    environment.set("WEBFLOW_TOKEN_FILE", NASTY);
    run(&environment, &["plan"]);
}

/// A plan file may come from a stranger's pull request.
#[test]
fn of_a_plan_file() {
    let environment = TestEnvironment::with_pages([("guide.yaml", super::galaxy::GUIDE_CHANGED)]);
    environment.run("plan -o plan.json");
    let mut plan = file::decode(&environment.read("plan.json")).unwrap();
    let at = Location { file: NASTY.into(), ..plan.changes[0].source.clone() };
    let diagnostic = Diagnostic::warning(Code::from(NASTY.to_owned()), NASTY).help(NASTY).at(at.clone());
    plan.diagnostics.push(diagnostic.clone());
    let change = &mut plan.changes[0];
    plan.findings.push(Finding { address: change.address.clone(), field: change.field, diagnostic });
    (change.path, change.source, plan.operations[0].path) = (NASTY.into(), at, NASTY.into());
    plan.revision = Some(Revision { commit: NASTY.to_owned(), dirty: false, base: Some(NASTY.to_owned()) });
    let text = file::encode(&plan, Exit::Ok);
    environment.write("plan.json", &text);
    for format in ["text", "json", "markdown", "html", "github", "gitlab", "sarif"] {
        assert_eq!(run(&environment, &["show", "plan.json", "--format", format]).exit, 0, "{format}");
    }
    // Half a character is no text; whoever made it is told so.
    for half in ["\\ud800", "\\udc00x", "\\ud800\\ud800"] {
        environment.write("half.json", text.replacen("Ultimate", half, 1));
        let ran = environment.run("show half.json --format json");
        assert_eq!(ran.exit, 3, "{ran}");
        assert!(ran.json()["error"]["message"].as_str().unwrap().contains("no JSON at line"), "{ran}");
    }
    // The path is that of no page.
    let ran = environment.run("apply plan.json");
    assert_eq!((ran.exit, ran.writes.len()), (4, 0), "{ran}");
    for line in ran.stderr.lines().chain(ran.stdout.lines()) {
        assert!(!line.chars().any(escape::is_hazard) && runner_command(line).is_none(), "{line}");
        assert!(!line.trim_start().starts_with("::"), "{line}");
    }
}

/// The site may say half a character, of which there is no text.
#[test]
fn of_half_a_character_from_the_site() {
    let mut environment = TestEnvironment::with_pages([("guide.yaml", super::galaxy::GUIDE_CHANGED)]);
    environment.set("WEBFLOW_TOKEN", TOKEN);
    let pages = r#"{"pages":[{"id":"pgGuide","title":"\ud800","slug":"guide"}],"pagination":{"limit":100,"offset":0,"total":1}}"#;
    let site = r#"{"id":"siteGalaxy","displayName":"Galaxy"}"#;
    let replies = ["{}", site, pages].map(|body| scripted::json("200 OK", body));
    let server = Server::start(replies);
    let ran = run(&environment, &["plan", "--format", "json", "--api-url", &server.url]);
    // The page is left out, and named.
    assert_eq!(is_json(&ran)["changes"], serde_json::json!([]), "{ran}");
    assert_eq!(ran.exit, 0, "{ran}");
    assert!(ran.stderr.contains("the page pgGuide is left out: its text cannot be read: `title` in primary"), "{ran}");
}

/// A table in a pipe holds the values as they are, so one that a log would act on is not printed.
#[test]
fn of_a_table_in_a_log() {
    for text in ["a ##vso[task.complete]", "\\u001b[31mx", "a\\n::error::x", "a\\n--- x"] {
        let page = format!("id: pgGuide\nlocales: {{en-US: {{title: \"{text}\"}}}}\n");
        let environment = TestEnvironment::with_pages([("guide.yaml", page.as_str())]);
        let ran = run(&environment, &["export"]);
        assert_eq!((ran.exit, ran.stdout.as_str()), (64, ""), "{text}: {ran}");
        assert!(ran.stderr.contains("`--csv table.csv`"), "{ran}");
        assert_eq!(run(&environment, &["export", "--csv", "table.csv"]).exit, 0, "{text}");
    }
}

/// A file name may come from a stranger, and a shell hands it to the program.
#[test]
fn of_arguments_that_open_a_group() {
    let environment = TestEnvironment::with_pages([]);
    for argument in ["x\n--- y", "x\ntravis_fold:start:y", "x\n##vso[task.complete]y", "x\n::error::y"] {
        let ran = run(&environment, &["plan", argument]);
        assert_eq!(ran.exit, 64, "{ran}");
    }
}
