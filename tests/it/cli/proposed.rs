//! Commands that the program names in what it says: taken from there, and run in a shell as they are.

use std::process::Output;

use insta::assert_snapshot;
use serde_json::{Value as Json, json};

use super::base::git;
use super::environment::TestEnvironment;
use super::galaxy::{self, GUIDE_CHANGED, PROJECT};

/// A manifest whose slug a folder may take in the meantime.
const DRAFT: &str = "id: pgDraft\nlocales:\n  en-US: {slug: milliways}\n";
/// A project file for the same site, among others.
const ENVIRONMENTS: &str =
    "version: 1\nenvironments:\n  production: {site: siteOther}\n  staging: {site: siteGalaxy}\n";

/// Writes a project with two changes to a folder, and a sandbox for it.
fn project(environment: &TestEnvironment, folder: &str, project: &str) {
    environment.write(&format!("{folder}/slugline.yaml"), project);
    environment.write(&format!("{folder}/sandbox.json"), galaxy::site().to_string());
    environment.write(&format!("{folder}/pages/guide.yaml"), GUIDE_CHANGED);
    environment.write(&format!("{folder}/pages/draft.yaml"), DRAFT);
}

/// Runs a line, and fails unless it ends so. Returns what it said to people.
#[track_caller]
fn ends(environment: &TestEnvironment, line: &str, exit: i32) -> String {
    let Output { status, stdout, stderr } = environment.run_in_shell(line);
    let [stdout, stderr] = [stdout, stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    assert_eq!(status.code(), Some(exit), "{line}\n{stdout}\n{stderr}");
    stderr
}

/// Returns the commands that a text names.
fn commands(text: &str) -> Vec<&str> {
    let quoted = text.split('`').skip(1).step_by(2);
    quoted.filter(|command| command.starts_with("slugline ")).collect()
}

/// Sets the folders of the sandbox at the root of the site. No list of pages holds them.
fn set_folders(environment: &TestEnvironment, folder: &str, folders: Json) {
    let state = format!("{folder}/.slugline/sandbox.json");
    let is_saved = environment.path(&state).is_file();
    let mut site = environment.read_json(&if is_saved { state.clone() } else { format!("{folder}/sandbox.json") });
    site["folders"].as_array_mut().unwrap().retain(|folder| folder["id"] == "fdBlog");
    site["folders"].as_array_mut().unwrap().extend(folders.as_array().cloned().unwrap_or_default());
    environment.write(&state, site.to_string());
}

/// Goes from a plan to the manifests that agree with the site again, by what each command names as the next, while a folder
/// has the new slug for a while.
#[track_caller]
fn follow(environment: &TestEnvironment, folder: &str, flags: &str) {
    let saved = ends(environment, &format!("slugline -C '{folder}' plan {flags} -o 'the plan.json'"), 0);
    set_folders(environment, folder, json!([{"id": "fdMilliways", "slug": "milliways"}]));
    let stopped = ends(environment, commands(&saved)[0], 6);
    set_folders(environment, folder, json!([]));
    let [resume, undo] = commands(&stopped)[..] else { panic!("{stopped}") };
    ends(environment, &format!("{resume} --yes"), 0);
    let undone = ends(environment, &format!("{undo} --yes"), 0);
    ends(environment, commands(&undone)[0], 0);
    assert!(environment.read(&format!("{folder}/pages/guide.yaml")).contains("title: The Guide\n"));
    assert!(environment.read(&format!("{folder}/pages/draft.yaml")).contains("slug: restaurant"));
}

#[test]
fn in_a_folder_elsewhere() {
    let environment = TestEnvironment::empty();
    project(&environment, "it's my site", PROJECT);
    // Quotes mean the same to the shell of this test as to whoever types them.
    let folder = r"it'\''s my site";
    let saved = ends(&environment, &format!("slugline -C '{folder}' plan --sandbox -o '../the plan.json'"), 0);
    assert_eq!(
        commands(&saved),
        [r"slugline -C 'it'\''s my site' apply --sandbox '../the plan.json'"],
        "the path is meant from the project's folder, where `-C` leads before it is read"
    );
    ends(&environment, commands(&saved)[0], 0);
    assert!(environment.path("the plan.json").is_file());
}

#[test]
fn from_a_plan_to_an_undo_in_a_folder_elsewhere() {
    let environment = TestEnvironment::empty();
    project(&environment, "my site", PROJECT);
    follow(&environment, "my site", "--sandbox");
}

#[test]
fn from_a_plan_to_an_undo_of_one_environment() {
    let environment = TestEnvironment::empty();
    project(&environment, ".", ENVIRONMENTS);
    follow(&environment, ".", "--env staging --sandbox");
}

#[test]
fn at_another_address() {
    let mut environment = TestEnvironment::empty();
    environment.serve(&galaxy::site());
    project(&environment, ".", ENVIRONMENTS);
    let flags = format!("--api-namespace beta --api-url {}/ --env staging", environment.server().url());
    let saved = ends(&environment, &format!("slugline plan {flags} -o=-plan.json"), 0);
    ends(&environment, commands(&saved)[0], 0);
    assert_eq!(environment.values("pgGuide", "en-US")["seo"]["title"], "The Ultimate Guide");
    let log = environment.log();
    assert!(log.iter().any(|entry| entry.method == "PUT"), "{log:?}");
    assert!(log.iter().all(|entry| !entry.path.starts_with("/v2/pages")), "{log:?}");
}

#[test]
fn a_run_that_never_ended() {
    let environment = TestEnvironment::empty();
    project(&environment, "site", PROJECT);
    ends(&environment, "slugline -C site apply --sandbox --yes", 0);
    let runs = std::fs::read_dir(environment.path("site/.slugline/runs")).unwrap();
    let record = runs.map(|run| run.unwrap().path().join("events.jsonl")).find(|path| path.is_file()).unwrap();
    let events = std::fs::read_to_string(&record).unwrap();
    // As a machine leaves it that was switched off before the end was recorded.
    let (kept, _) = events.trim_end().rsplit_once('\n').unwrap();
    std::fs::write(&record, format!("{kept}\n")).unwrap();
    let told = ends(&environment, "slugline -C site apply --sandbox --yes", 0);
    let [resume] = commands(&told)[..] else { panic!("{told}") };
    assert!(resume.starts_with("slugline -C site apply --sandbox --resume="), "{resume}");
    ends(&environment, &format!("{resume} --yes"), 0);
}

/// Has somebody edit the site of a project in a repository, and takes that over by the command that the plan names. Returns
/// the command, once in what the plan says and once in what `show` says of it without being told of an environment.
#[track_caller]
fn take_over(environment: &TestEnvironment, folder: &str, flags: &str) -> [String; 2] {
    git(&environment.path(folder), &["init", "-q"]);
    git(&environment.path(folder), &["add", "-A"]);
    git(&environment.path(folder), &["commit", "-q", "-m", "Start"]);
    let slugline = |rest: &str| {
        let Output { status, stdout, stderr } = environment.run_in_shell(&format!("slugline -C '{folder}' {rest}"));
        assert!(status.success(), "{rest}\n{}", String::from_utf8_lossy(&stderr));
        String::from_utf8(stdout).unwrap()
    };
    slugline("sandbox edit --page /guide 'seo.title=The Official Guide'");
    let pull = |text: &str| {
        let lines = text.lines().map(str::trim).filter(|line| line.starts_with("slugline "));
        let of_guide: Vec<&str> = lines.filter(|line| line.contains(" --page /guide ")).collect();
        let [line] = of_guide[..] else { panic!("{text}") };
        line.to_owned()
    };
    let plan = format!("plan {flags} --sandbox --base HEAD");
    let told = pull(&slugline(&format!("{plan} -o plan.json")));
    let shown = pull(&slugline("show plan.json --sandbox"));
    // What is read on other machines does not depend on where it was made.
    for format in ["markdown", "html", "github", "gitlab", "sarif", "json"] {
        let text = slugline(&format!("{plan} --format {format}"));
        assert!(text.contains("Official"), "{format}: {text}");
        assert_eq!(text.contains("slugline pull "), format != "json", "{format}: {text}");
        assert!(!text.contains("slugline -C") && !text.contains("--sandbox"), "{format}: {text}");
    }
    ends(environment, &told, 0);
    assert!(environment.read(&format!("{folder}/pages/guide.yaml")).contains("title: The Official Guide\n"));
    [told, shown]
}

#[test]
fn what_was_changed_on_the_site_of_a_folder_elsewhere() {
    let environment = TestEnvironment::empty();
    project(&environment, "my site", PROJECT);
    let command = "slugline -C 'my site' pull --sandbox --page /guide --locale en-US --field seo.title";
    assert_eq!(take_over(&environment, "my site", ""), [command; 2]);
}

#[test]
fn what_was_changed_on_the_site_of_one_environment() {
    let environment = TestEnvironment::empty();
    project(&environment, "site", ENVIRONMENTS);
    let command = "slugline -C site pull --env staging --sandbox --page /guide --locale en-US --field seo.title";
    assert_eq!(take_over(&environment, "site", "--env staging"), [command; 2]);
}

#[test]
fn the_only_environment_with_a_name_of_several_words() {
    let environment = TestEnvironment::empty();
    project(&environment, ".", "version: 1\nenvironments: {-my site: {site: siteGalaxy}}\n");
    let told = ends(&environment, "slugline plan --sandbox", 64);
    let flag = told.split('`').find(|word| word.starts_with("--env")).unwrap();
    assert_eq!(flag, "--env='-my site'");
    ends(&environment, &format!("slugline plan --sandbox {flag}"), 0);
}

#[test]
fn hints_are_completed_in_every_form() {
    let environment = TestEnvironment::empty();
    let ran = environment.run("log --sandbox --format json");
    assert_eq!(ran.exit, 0, "{ran}");
    let ran = environment.run("show 20261122 --env staging --sandbox --format json -C .");
    let hint = ran.json()["error"]["hint"].as_str().unwrap().to_owned();
    assert_eq!(commands(&hint), ["slugline -C . log --env staging --sandbox"]);
    assert!(ran.stderr.contains(&hint), "{ran}");
    ends(&environment, commands(&hint)[0], 0);
    let ran = environment.run("show plan.json --sandbox --format github");
    assert!(ran.stdout.contains("`slugline plan --sandbox -o FILE`"), "{ran}");
}

#[test]
fn an_address_with_a_password_stays_with_who_gave_it() {
    let environment = TestEnvironment::empty();
    let ran = environment.run("status --api-url https://me:hunter2@proxy.example --api-namespace beta");
    assert_snapshot!(ran, @"
    exit: 3
    files: none
    writes: none
    --- stdout
    --- stderr
    error: no `slugline.yaml` in `[FOLDER]` or above it
      hint: make one with `slugline import --api-url URL --api-namespace beta --site ID`, or change folder with `-C DIR`
    ");
    assert!(!ran.to_string().contains("hunter2"));
}

#[test]
fn a_value_of_a_flag_is_harmless() {
    let environment = TestEnvironment::empty();
    let arguments = ["status", "--sandbox", "--env", "\u{1b}[31m\n::error::`id`$(id)\u{202e}"];
    assert_snapshot!(environment.run_with(&arguments, ""), @r"
    exit: 3
    files: none
    writes: none
    --- stdout
    --- stderr
    error: no `slugline.yaml` in `[FOLDER]` or above it
      hint: make one with `slugline import --env '␛[31m\n::error::`id`$(id)\u{202e}' --sandbox --site ID`, or change folder with `-C DIR`
    ");
}
