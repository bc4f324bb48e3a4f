//! A hostile repository runs nothing: not through a bare repository among the project's files, and not through the
//! configuration of the repository around it. No child process receives a token.
//!
//! The canary is a script that leaves a file outside the project when it runs.

mod bounded;
mod configuration;
mod programs;

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;

use super::base::{CHANGE, Repository, git};
use super::environment::{Ran, TOKEN};

/// Commands that compare with a commit.
const COMMANDS: [&str; 5] = [
    "plan --format json",
    "plan --base main --format json",
    "plan --offline --base main --format json",
    "validate --changed-since main --format json",
    "apply --yes --base main",
];

/// Other commands, in an order in which each finds something to do.
const OTHER_COMMANDS: [&str; 6] = ["validate", "status", "plan -o plan.json", "show plan.json", "log", "pull"];

/// A script, and the file that it leaves when it runs.
struct Canary {
    script: PathBuf,
    trace: PathBuf,
}

impl Canary {
    fn new(repository: &Repository) -> Self {
        let folder = repository.environment.path("../canary");
        fs::create_dir_all(&folder).unwrap();
        let (script, trace) = (folder.join("run"), folder.join("trace"));
        executable(&script, &format!("#!/bin/sh\n(echo \"$0 $@\"; env) >> '{}'\nexit 1\n", trace.display()));
        let canary = Self { script, trace };
        // The test fails if the script cannot run at all.
        Command::new(&canary.script).status().unwrap();
        assert!(canary.trace.exists());
        fs::remove_file(&canary.trace).unwrap();
        canary
    }

    #[track_caller]
    fn did_not_run(&self, after: &str) {
        assert!(!self.trace.exists(), "{after}: {}", fs::read_to_string(&self.trace).unwrap_or_default());
    }
}

fn executable(path: &Path, text: &str) {
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

/// Returns the settings by which a repository makes git run a program, write a file or connect, with attributes that use
/// them. Some apply only to subcommands that slugline does not run.
fn hostile_configuration(canary: &Canary) -> String {
    let (run, trace) = (canary.script.display(), canary.trace.display());
    let folder = canary.script.parent().unwrap().display();
    let mut text = format!(
        "[core]\n\tfsmonitor = {run}\n\thooksPath = {folder}\n\tsshCommand = {run}\n\tgitProxy = {run}\n\tpager = {run}\n\
         \teditor = {run}\n\taskPass = {run}\n\talternateRefsCommand = {run}\n\tattributesFile = {folder}/attributes\n\
         [filter \"evil\"]\n\tclean = {run}\n\tsmudge = {run}\n\tprocess = {run}\n\trequired = true\n\
         [diff]\n\texternal = {run}\n[diff \"evil\"]\n\ttextconv = {run}\n\tcommand = {run}\n\
         [merge \"evil\"]\n\tdriver = {run}\n[interactive]\n\tdiffFilter = {run}\n\
         [gpg]\n\tprogram = {run}\n[log]\n\tshowSignature = true\n[credential]\n\thelper = !{run}\n\
         [protocol]\n\tallow = always\n[protocol \"ext\"]\n\tallow = always\n[protocol \"file\"]\n\tallow = always\n\
         [uploadpack]\n\tpackObjectsHook = {run}\n[sequence]\n\teditor = {run}\n[fetch]\n\tbundleURI = {run}\n\
         [remote \"evil\"]\n\turl = ext::{run}\n\tuploadpack = {run}\n\tproxy = {run}\n\tpromisor = true\n\
         [submodule \"evil\"]\n\tupdate = !{run}\n[trace2]\n\tnormalTarget = {trace}\n\teventTarget = {trace}\n\
         [safe]\n\tbareRepository = all\n\tdirectory = *\n",
    );
    for subcommand in ["rev-parse", "ls-files", "ls-tree", "cat-file", "merge-base", "diff", "status"] {
        let _ = writeln!(text, "[alias]\n\t{subcommand} = !{run}\n[pager]\n\t{subcommand} = {run}");
    }
    let included = canary.script.with_file_name("included");
    fs::write(&included, format!("[core]\n\tfsmonitor = {run}\n\thooksPath = {folder}\n")).unwrap();
    let _ = writeln!(text, "[include]\n\tpath = {0}\n[includeIf \"gitdir:**\"]\n\tpath = {0}", included.display());
    text
}

/// Makes the repository of a project hostile: its configuration, its attributes and its hooks.
fn make_hostile(repository: &Repository, canary: &Canary) {
    for hook in ["post-index-change", "pre-commit", "post-checkout", "fsmonitor-watchman", "reference-transaction"] {
        fs::copy(&canary.script, canary.script.with_file_name(hook)).unwrap();
    }
    let configuration = repository.environment.path(".git/config");
    let own = fs::read_to_string(&configuration).unwrap();
    fs::write(&configuration, own + &hostile_configuration(canary)).unwrap();
    repository.write(".git/info/attributes", "* filter=evil diff=evil\n");
    repository.write(".gitattributes", "* filter=evil diff=evil\n");
}

#[test]
fn a_hostile_configuration_runs_nothing() {
    let repository = Repository::new();
    repository.say("The Guide", "The Ultimate Guide");
    let canary = Canary::new(&repository);
    make_hostile(&repository, &canary);
    for command in COMMANDS {
        let ran = repository.run(command);
        assert!([0, 3, 6].contains(&ran.exit), "{command}: {ran}");
        canary.did_not_run(command);
    }
    for command in OTHER_COMMANDS {
        let ran = repository.run(command);
        assert_eq!(ran.exit, 0, "{command}: {ran}");
        canary.did_not_run(command);
    }
    // git itself would run it.
    let mut status = Command::new("git");
    let _ = status.args(["status"]).current_dir(repository.environment.path("")).output().unwrap();
    assert!(canary.trace.exists(), "the configuration is not hostile");
}

/// Returns a project in the folder `site` that is a bare repository as well, with another history.
fn nested(canary: &Canary, repository: &Repository) {
    let (site, other) = (repository.environment.path("site"), repository.environment.path("../other"));
    git(&repository.environment.path(""), &["clone", "-q", "--bare", ".", other.to_str().unwrap()]);
    for name in ["HEAD", "objects", "refs", "packed-refs"] {
        let _ = Command::new("cp").args(["-r".as_ref(), other.join(name).as_os_str(), site.as_os_str()]).status();
    }
    let configuration = format!(
        "[core]\n\trepositoryformatversion = 0\n\tbare = false\n\tworktree = .\n{}",
        hostile_configuration(canary)
    );
    fs::write(site.join("config"), configuration).unwrap();
    fs::copy(repository.environment.path(".git/index"), site.join("index")).unwrap();
}

#[test]
fn a_bare_repository_among_the_files_is_not_used() {
    let repository = Repository::in_folder("site/");
    let canary = Canary::new(&repository);
    nested(&canary, &repository);
    repository.say("The Guide", "The Ultimate Guide");
    for command in COMMANDS {
        let ran = repository.run(command);
        canary.did_not_run(command);
        match command.contains("main") {
            true => refused_as_bare(&ran),
            false => assert_eq!((ran.exit, &ran.json()["source"]), (0, &json!(null)), "{ran}"),
        }
    }
    // Without it, the repository around the project decides.
    fs::remove_file(repository.environment.path("site/HEAD")).unwrap();
    assert_eq!(repository.told("--base main"), CHANGE);
}

#[track_caller]
fn refused_as_bare(ran: &Ran) {
    assert_ne!(ran.exit, 0, "{ran}");
    assert!(ran.stderr.contains("looks like a bare git repository"), "{ran}");
    ran.wrote_nothing();
}

#[test]
fn a_partial_clone_is_not_completed() {
    let repository = Repository::new();
    repository.say("The Guide", "The Old Guide");
    repository.commit();
    repository.say("The Old Guide", "The Ultimate Guide");
    repository.commit();
    let canary = Canary::new(&repository);
    let folder = repository.environment.path("");
    git(&folder, &["config", "uploadpack.allowFilter", "true"]);
    let origin = format!("file://{}", folder.display());
    let clone = repository.environment.path("../clone");
    git(&folder, &["clone", "-q", "--filter=blob:none", &origin, clone.to_str().unwrap()]);
    for (name, value) in [
        ("core.sshCommand", canary.script.to_str().unwrap()),
        ("protocol.ssh.allow", "always"),
        ("protocol.ext.allow", "always"),
        ("remote.origin.url", "ssh://galaxy.example/site.git"),
    ] {
        git(&clone, &["config", name, value]);
    }
    for url in ["ssh://galaxy.example/site.git".to_owned(), format!("ext::{}", canary.script.display())] {
        git(&clone, &["config", "remote.origin.url", &url]);
        let ran = repository.environment.run("plan -C ../clone --offline --base HEAD~1");
        assert_ne!(ran.exit, 0, "{ran}");
        assert!(ran.stderr.contains("git fetch"), "{ran}");
        canary.did_not_run(&url);
    }
}

#[test]
fn a_revision_is_not_an_option() {
    let repository = Repository::new();
    let canary = Canary::new(&repository);
    let upload = format!("--upload-pack={}", canary.script.display());
    for revision in [&*upload, "-x", "--exec=x", "^HEAD", "HEAD..main", "HEAD\n--output=x", "", "--help", ":/[", "@{u}"]
    {
        let base = format!("--base={revision}");
        let ran = repository.environment.run_with(&["plan", &base], "");
        assert_ne!(ran.exit, 0, "{revision}: {ran}");
        ran.wrote_nothing();
        canary.did_not_run(revision);
    }
}

/// Puts recording programs first on the PATH. Returns the record.
fn record(repository: &mut Repository) -> PathBuf {
    let folder = repository.environment.path("../programs");
    fs::create_dir_all(&folder).unwrap();
    let path = std::env::var("PATH").unwrap();
    let record = repository.environment.path("../record");
    let real = String::from_utf8(Command::new("sh").args(["-c", "command -v git"]).output().unwrap().stdout).unwrap();
    let recording = |then: &str| format!("#!/bin/sh\n(echo \"$0 $@\"; env) >> '{}'\n{then}\n", record.display());
    executable(&folder.join("git"), &recording(&format!("exec {} \"$@\"", real.trim())));
    for browser in ["xdg-open", "open"] {
        executable(&folder.join(browser), &recording("exit 0"));
    }
    repository.environment.set("PATH", format!("{}:{path}", folder.display()));
    record
}

/// Opens a plan in a browser, which needs a terminal: that of `script`. Returns false where that is not installed.
fn opens_a_browser(repository: &Repository) -> bool {
    let show = repository.environment.command(&["show", "plan.json", "--open"]);
    let line = format!("'{}' show plan.json --open", show.get_program().to_str().unwrap());
    let variables: Vec<_> =
        show.get_envs().map(|(name, value)| (name.to_owned(), value.map(ToOwned::to_owned))).collect();
    let mut script = Command::new("script");
    script.args(["-q", "-e", "-c", &line, "/dev/null"]).env_clear().current_dir(repository.environment.path(""));
    variables.into_iter().for_each(|(name, value)| {
        let _ = value.map(|value| script.env(name, value));
    });
    let Ok(output) = script.output() else {
        std::io::stderr().write_all(b"\nnot tried: `script` is not installed\n").unwrap();
        return false;
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    true
}

#[test]
fn no_child_process_has_the_token() {
    let mut repository = Repository::new();
    repository.environment.set("WEBFLOW_API_TOKEN", TOKEN);
    repository.environment.set("webflow_token_of_the_shell", TOKEN);
    let record = record(&mut repository);
    repository.say("The Guide", "The Ultimate Guide");
    repository.run("plan --base HEAD -o plan.json");
    for command in COMMANDS {
        repository.run(command);
    }
    let has_terminal = opens_a_browser(&repository);
    let record = fs::read_to_string(record).unwrap();
    assert!(record.contains("/git "), "nothing was recorded: {record}");
    assert!(!has_terminal || record.contains("open "), "no browser was recorded: {record}");
    for line in record.lines() {
        assert!(!line.contains(TOKEN), "{line}");
        assert!(!line.to_ascii_uppercase().starts_with("WEBFLOW_"), "{line}");
    }
    let subcommands = record.lines().filter(|line| line.contains("/git ")).map(|line| {
        let words = line.split(' ').skip(1);
        let mut words = words.skip_while(|word| word.starts_with('-') || word.contains('='));
        words.next().unwrap_or_default()
    });
    let unexpected: Vec<&str> = subcommands
        .filter(|subcommand| !["cat-file", "ls-files", "ls-tree", "merge-base", "rev-parse"].contains(subcommand))
        .collect();
    assert_eq!(unexpected, [""; 0]);
}

#[test]
fn a_checkout_with_other_line_ends_is_clean() {
    let repository = Repository::new();
    git(&repository.environment.path(""), &["config", "core.autocrlf", "true"]);
    let text = repository.environment.read("pages/guide.yaml");
    repository.write("pages/guide.yaml", &text.replace('\n', "\r\n"));
    let dirty = || repository.run("plan --format json").json()["source"]["dirty"] == true;
    assert!(!dirty());
    repository.write("pages/guide.yaml", &text.replace('\n', "\r\n").replace("The Guide", "The Ultimate Guide"));
    assert!(dirty());
}

#[test]
fn a_repository_with_sha256_ids_is_compared() {
    let repository = Repository::new();
    fs::remove_dir_all(repository.environment.path(".git")).unwrap();
    git(&repository.environment.path(""), &["init", "-q", "-b", "main", "--object-format=sha256"]);
    repository.commit();
    let dirty = || repository.run("plan --format json").json()["source"]["dirty"] == true;
    assert!(!dirty());
    repository.say("The Guide", "The Ultimate Guide");
    assert!(dirty());
}
