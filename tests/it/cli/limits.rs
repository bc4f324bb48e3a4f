//! No hostile file costs more than its size: what is reported is bounded, and errors are listed first. The files are made here,
//! since they are large. No time is measured: what used to take minutes ends in seconds.

use std::fmt::Write as _;

use serde_json::Value as Json;

use super::environment::{Ran, TestEnvironment};

const PROJECT: &str = "version: 1\nsite: siteGalaxy\n";
/// Bytes of an output whose problems are listed up to the limit.
const MAX_OUTPUT: usize = 4_000_000;

fn project(project: &str, files: &[(String, String)]) -> TestEnvironment {
    let environment = TestEnvironment::empty();
    environment.write("slugline.yaml", project);
    for (name, text) in files {
        environment.write(&format!("pages/{name}"), text);
    }
    environment
}

fn page(text: String) -> TestEnvironment {
    project(PROJECT, &[("a.yaml".to_owned(), text)])
}

fn lines(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).fold(String::new(), |mut text, number| {
        let _ = writeln!(text, "{}", line(number));
        text
    })
}

/// Validates in a format, and checks what holds for every output.
#[track_caller]
fn validate(environment: &TestEnvironment, format: &str) -> Ran {
    let ran = environment.run(&format!("validate --offline --format {format}"));
    assert_eq!(ran.exit, 3, "{format}: {:.2000}", ran.stderr);
    assert!(ran.stdout.len() < MAX_OUTPUT, "{format}: {} bytes", ran.stdout.len());
    ran
}

/// Returns the entries that count further problems, by their messages.
fn further(json: &Json) -> Vec<String> {
    let problems = json["problems"].as_array().unwrap().iter();
    let counts = problems.filter(|problem| problem["code"] == "too-many-problems");
    counts.map(|problem| problem["message"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn lists_200_problems_of_a_file_and_counts_the_others() {
    let environment =
        page(format!("path: /a\nlocales: {{primary: {{title: A}}}}\n{}", lines(100_000, |n| format!("k{n}: x"))));
    let ran = validate(&environment, "text");
    assert_eq!(ran.stdout.matches("error[unknown-key]").count(), 200);
    assert!(
        ran.stdout.contains("error[too-many-problems]: 99,800 more errors in `pages/a.yaml`"),
        "{:.3000}",
        ran.stdout
    );
    assert!(ran.stdout.ends_with("100000 errors in 1 page.\n"), "{}", &ran.stdout[ran.stdout.len() - 200..]);
    let json = validate(&environment, "json").json();
    assert_eq!(further(&json), ["99,800 more errors in `pages/a.yaml`"]);
    assert_eq!((&json["summary"]["errors"], &json["summary"]["left_out"]), (&100_000.into(), &99_800.into()));
    let last = json["problems"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(last["left_out"], 99_800);
    for format in ["gitlab", "sarif"] {
        assert!(validate(&environment, format).stdout.contains("99,800 more errors"), "{format}");
    }
    assert!(validate(&environment, "github").stdout.contains("::error title=slugline::and 99991 errors more"));
    // Other commands list as many.
    let ran = environment.run("plan --format json");
    assert_eq!((ran.exit, &ran.json()["left_out"]), (3, &99_800.into()));
    assert!(ran.stderr.contains("99,800 more errors in `pages/a.yaml`") && ran.stderr.len() < MAX_OUTPUT);
    assert!(ran.stderr.contains("error: 100000 errors in the project's files"), "{:.300}", ran.stderr);
}

#[test]
fn lists_2000_problems_of_all_files_and_counts_the_others() {
    let file = |number| (format!("{number:03}.yaml"), lines(300, |key| format!("k{key}: x")));
    let files: Vec<_> = (0..100).map(file).collect();
    let environment = project(PROJECT, &files);
    let json = validate(&environment, "json").json();
    let listed = json["problems"].as_array().unwrap();
    assert_eq!(listed.iter().filter(|problem| problem["left_out"].is_null()).count(), 2_000);
    let total: u64 = listed.iter().map(|problem| problem["left_out"].as_u64().unwrap_or(1)).sum();
    // A key of each file is reported as unknown, and that it has neither page nor locales.
    assert_eq!((total, &json["summary"]["errors"]), (100 * 302, &(100 * 302).into()));
    assert!(
        listed.last().unwrap()["message"].as_str().unwrap().ends_with(" more errors"),
        "{}",
        listed.last().unwrap()
    );
}

#[test]
fn lists_errors_before_warnings() {
    let cut = lines(5_000, |number| format!("  l{number}:\n    title: a #b"));
    let environment = page(format!("path: /a\nlocales:\n{cut}\nwrong: x\n"));
    let json = validate(&environment, "json").json();
    let of =
        |severity: &str| json["problems"].as_array().unwrap().iter().filter(|it| it["severity"] == severity).count();
    assert_eq!(of("error"), 1);
    assert!(further(&json).contains(&"4,801 more warnings in `pages/a.yaml`".to_owned()), "{:?}", further(&json));
}

#[test]
fn reads_many_documents_and_many_locales() {
    let cases = [
        "a\n---\n".repeat(200_000),
        "a: b\n---\n".repeat(100_000),
        format!("path: /a\nlocales:\n{}", lines(100_000, |n| format!("  l{n}: {{title: 4}}"))),
        format!("path: /a\nlocales:\n{}", lines(100_000, |n| format!("  l{n}: {{titel: x}}"))),
        format!("path: /a\nlocales: {{primary: {{{}}}}}\n", lines(100_000, |n| format!(" k{n}: *x{n},"))),
        lines(20_000, |n| format!("id: {n:024x}\npath: /a\nlocales: {{primary: {{title: A, x: y}}}}\n---")),
    ];
    for text in cases {
        let environment = page(text);
        let ran = validate(&environment, "text");
        assert!(ran.stdout.matches("\nerror[").count() <= 201, "{:.500}", ran.stdout);
    }
}

#[test]
fn reads_lines_of_many_megabytes() {
    let keys: String = (0..100_000).map(|number| format!("k{number}: x, ")).collect();
    let cases = [
        format!("path: /a\nlocales: {{primary: {{titel: {}}}}}\n", "x".repeat(8_000_000)),
        format!("path: /a\nlocales: {{primary: {{{}: x}}}}\n", "x".repeat(900)),
        format!("path: /a\n\"{}\": x\n", "x".repeat(1_000)),
        format!("path: /a\nlocales: {{primary: {{{keys}}}}}\n"),
    ];
    for text in cases {
        validate(&page(text), "text");
    }
    // A place far into a line has no excerpt, and its column is right.
    let environment = page(format!("path: /a\nlocales: {{primary: {{title: {}, titel: x}}}}\n", "é".repeat(9_000)));
    let ran = validate(&environment, "text");
    assert!(ran.stdout.contains("--> pages/a.yaml:2:9030\n"), "{:.1000}", ran.stdout);
}

#[test]
fn reads_files_of_one_sign() {
    for sign in [
        "[",
        "{",
        "- ",
        "? ",
        "\"\\u0000",
        "\t",
        "a: ",
        "&a ",
        "*a ",
        "! ",
        "---\n",
        "...\n",
        "%a\n",
        "|\n",
        "<<: {a: b}\n",
    ] {
        let ran = validate(&page(sign.repeat(1_000_000 / sign.len())), "text");
        assert!(ran.stdout.len() < 100_000, "{sign:?}: {} bytes", ran.stdout.len());
    }
}

#[test]
fn refuses_lists_that_are_compared_with_each_page() {
    let lists = [
        ("pages:\n", "- pages/**/x{}*.yaml", 1_001),
        ("locales:\n  required:\n", "  - l{}", 201),
        ("defaults:\n", "- {paths: ['/x{}*'], seo: {title: x}}", 1_001),
        ("lint:\n  allow:\n", "  - {rule: seo-title/missing, page: '/x{}*', reason: x}", 10_001),
    ];
    for (key, item, count) in lists {
        let entries = lines(count, |number| item.replace("{}", &number.to_string()));
        let pages =
            (0..20).map(|n| (format!("{n}.yaml"), format!("path: /p{n}\nlocales: {{primary: {{title: A}}}}\n")));
        let environment = project(&format!("{PROJECT}{key}{entries}"), &pages.collect::<Vec<_>>());
        let ran = validate(&environment, "text");
        let line = 2 + key.lines().count();
        assert!(ran.stdout.contains(&format!("has more than {} entries", count - 1)), "{key}: {:.1000}", ran.stdout);
        assert!(ran.stdout.contains(&format!("--> slugline.yaml:{line}:")), "{key}: {:.1000}", ran.stdout);
    }
}

#[test]
fn suggests_names_for_few_problems_only() {
    let rules = lines(20_000, |number| format!("    seo-titel/r{number}: error"));
    let names = lines(50_000, |number| format!("  v{number}: x"));
    let defaults = lines(1_000, |number| format!("- {{seo: {{title: \"{{w{number}}}\"}}}}"));
    for text in [format!("lint:\n  rules:\n{rules}"), format!("vars:\n{names}defaults:\n{defaults}")] {
        let environment = project(&format!("{PROJECT}{text}"), &[]);
        let ran = validate(&environment, "text");
        assert!(ran.stdout.matches("\nerror[").count() <= 201, "{:.500}", ran.stdout);
    }
}

#[test]
fn lists_200_problems_of_a_table() {
    let environment = TestEnvironment::with_pages([("guide.yaml", "path: /guide\nlocales: {en-US: {title: Guide}}\n")]);
    environment.write("table.csv", format!("path,locale,title\n{}", lines(100_000, |n| format!("/guid{n},en-US,x"))));
    let ran = environment.run("import --csv table.csv");
    assert_eq!((ran.exit, ran.stderr.matches("error[").count()), (3, 201), "{:.1000}", ran.stderr);
    assert!(ran.stderr.contains("99,800 more errors in `table.csv`"));
    assert!(ran.stderr.contains("100000 errors in the table"), "{:.1000}", &ran.stderr[ran.stderr.len() - 300..]);
}
