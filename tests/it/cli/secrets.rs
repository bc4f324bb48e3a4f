//! The API token appears in no output and in no file, wherever it stood before.

use super::environment::{TOKEN, TestEnvironment};

const GUIDE: &str = "id: pgGuide\nlocales:\n  en-US:\n    seo:\n      title: Guide\n";

fn guide_with(text: &str) -> String {
    GUIDE.replace("title: Guide", &format!("title: {text}"))
}

/// Runs the program without the check that no file holds the token: here a manifest does.
fn output_of(environment: &TestEnvironment, arguments: &[&str]) -> (i32, String, String) {
    let output = environment.command(arguments).output().unwrap();
    let [stdout, stderr] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    (output.status.code().unwrap(), stdout, stderr)
}

#[test]
fn refuses_a_manifest_that_holds_the_token() {
    let environment = TestEnvironment::with_pages([("guide.yaml", guide_with(TOKEN).as_str())]);
    for format in ["text", "json", "github", "gitlab", "sarif"] {
        let (exit, stdout, stderr) = output_of(&environment, &["validate", "--offline", "--format", format]);
        assert_eq!(exit, 3, "{format}: {stdout}{stderr}");
        assert!(stdout.contains("token-in-file"), "{format}: {stdout}");
        assert!(!stdout.contains(TOKEN) && !stderr.contains(TOKEN), "{format}: {stdout}{stderr}");
    }
    let (_, stdout, _) = output_of(&environment, &["validate", "--offline"]);
    assert!(
        stdout.contains("error[token-in-file]: `pages/guide.yaml` holds the API token\n--> pages/guide.yaml:5:14\n")
    );
    for arguments in [&["plan", "-o", "plan.json"][..], &["apply", "--yes"], &["status"], &["export"], &["pull"]] {
        let (exit, stdout, stderr) = output_of(&environment, arguments);
        assert_eq!(exit, 3, "{arguments:?}: {stdout}{stderr}");
        assert!(!stdout.contains(TOKEN) && !stderr.contains(TOKEN), "{arguments:?}: {stdout}{stderr}");
    }
    assert!(!environment.path("plan.json").exists());
}

#[test]
fn redacts_the_token_in_every_problem() {
    let text = format!("id: pgGuide\n{TOKEN}: x\nlocales: {{en-US: {{seo: {{title: [{TOKEN}]}}, slug: *{TOKEN}}}}}\n");
    let environment = TestEnvironment::with_pages([("guide.yaml", text.as_str())]);
    for format in ["text", "json", "github", "gitlab", "sarif"] {
        let (exit, stdout, stderr) = output_of(&environment, &["validate", "--offline", "--format", format]);
        assert_eq!(exit, 3, "{format}");
        assert!(!stdout.contains(TOKEN) && !stderr.contains(TOKEN), "{format}: {stdout}{stderr}");
        assert!(stdout.contains("***"), "{format}: {stdout}");
    }
}

#[test]
fn refuses_a_plan_whose_template_puts_the_token_together() {
    let (start, end) = TOKEN.split_at(9);
    let environment = TestEnvironment::with_pages([("guide.yaml", "id: pgGuide\nlocales: {en-US: {title: Guide}}\n")]);
    let project = format!(
        "version: 1\nsite: siteGalaxy\nvars: {{a: \"{start}\", b: \"{end}\"}}\ndefaults: [{{seo: {{title: \"{{a}}{{b}}\"}}}}]\n"
    );
    environment.write("slugline.yaml", project);
    let (exit, stdout, stderr) = output_of(&environment, &["plan", "-o", "plan.json"]);
    assert_eq!(exit, 3, "{stdout}{stderr}");
    assert!(stderr.starts_with("error: the plan holds the API token\n  hint: remove the token, revoke it"), "{stderr}");
    assert!(!environment.path("plan.json").exists());
}

#[test]
fn refuses_a_plan_file_that_holds_the_token() {
    let environment = TestEnvironment::with_pages([("guide.yaml", GUIDE)]);
    environment.run("plan -o plan.json");
    environment.write("plan.json", environment.read("plan.json").replace("Guide", TOKEN));
    for arguments in [&["show", "plan.json"][..], &["apply", "plan.json"]] {
        let (exit, stdout, stderr) = output_of(&environment, arguments);
        assert_eq!(exit, 3, "{stdout}{stderr}");
        assert!(stderr.starts_with("error: the plan `plan.json` holds the API token\n"), "{stderr}");
    }
}

#[test]
fn redacts_the_token_in_arguments() {
    let mut environment = TestEnvironment::with_pages([("guide.yaml", GUIDE)]);
    for arguments in [&["plan", "--token", TOKEN][..], &[TOKEN], &["explain", TOKEN], &["show", TOKEN]] {
        let (exit, stdout, stderr) = output_of(&environment, arguments);
        assert_ne!(exit, 0, "{arguments:?}");
        assert!(!stdout.contains(TOKEN) && !stderr.contains(TOKEN), "{arguments:?}: {stdout}{stderr}");
    }
    // The file that holds the token counts as well, also for a command that needs no token.
    environment.unset("WEBFLOW_TOKEN");
    environment.write("token.txt", format!("{TOKEN}\n"));
    environment.set("WEBFLOW_TOKEN_FILE", "token.txt");
    let (exit, _, stderr) = output_of(&environment, &["explain", TOKEN]);
    assert_eq!(exit, 64, "{stderr}");
    assert!(!stderr.contains(TOKEN) && stderr.contains("***"), "{stderr}");
}

#[test]
fn keeps_short_values_of_the_environment() {
    let mut environment = TestEnvironment::with_pages([("guide.yaml", GUIDE)]);
    environment.set("WEBFLOW_TOKEN", "Guide");
    let (exit, stdout, stderr) = output_of(&environment, &["export"]);
    assert_eq!(exit, 0, "{stderr}");
    assert!(stdout.contains("Guide"), "{stdout}");
}
