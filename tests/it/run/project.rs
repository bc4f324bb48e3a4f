//! A project with a dozen changes, or with fifty, the site they are for, and the program as a process between the two.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::LazyLock;

use serde_json::{Value as Json, json};
use slugline::event::Receipt;
use slugline::run::{self, Recorded};
use slugline::sandbox::{LogEntry, Options, Server, Site};
use tempfile::TempDir;
use tokio::runtime::Runtime;

pub(super) const PROGRAM: &str = env!("CARGO_BIN_EXE_slugline");

const TOKEN: &str = "t0ken-Hj3mW8sLq2";

/// What the manifests of the small project state, page by page: two pages swap their slugs, two locales keep what their
/// primary gives up.
const MANIFESTS: [(&str, &str); 8] = [
    ("one", "{en-US: {slug: two}}"),
    ("two", "{en-US: {slug: one, seo: {title: Two is one}}}"),
    ("three", "{en-US: {seo: {title: Changed}}, fr-FR: {seo: {title: three in search}}}"),
    ("four", "{en-US: {title: Changed, seo: {description: Changed too}}, fr-FR: {title: four, seo: {title: Quatre}}}"),
    ("five", "{en-US: {openGraph: {title: A card}}, fr-FR: {openGraph: {titleCopied: true}}}"),
    ("six", "{en-US: {title: Sixth}, fr-FR: {slug: six-fr}}"),
    ("seven", "{fr-FR: {title: Sept, seo: {title: Sept}}}"),
    ("eight", "{en-US: {title: Eighth}}"),
];

/// What the large project states besides: slugs that go round among three pages, and two that are swapped in French only.
const MORE_CYCLES: [(&str, &str); 5] = [
    ("east", "{en-US: {slug: south}}"),
    ("south", "{en-US: {slug: west}}"),
    ("west", "{en-US: {slug: east}}"),
    ("left", "{fr-FR: {slug: right}}"),
    ("right", "{fr-FR: {slug: left}}"),
];

/// How often the large project repeats what the small one states apart from slugs that are swapped.
const COPIES: usize = 3;

/// The servers of all tests run here.
static RUNTIME: LazyLock<Runtime> =
    LazyLock::new(|| tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap());

pub(super) struct Project {
    pub(super) server: Server,
    folder: TempDir,
}

/// How the program ended.
pub(super) struct Ended {
    /// Nothing if it was killed.
    pub(super) exit: Option<i32>,
    pub(super) stdout: String,
    pub(super) stderr: String,
}

impl Project {
    /// Returns a project and its site, both as they always are at first.
    pub(super) fn new() -> Self {
        let manifests = MANIFESTS.map(|(name, locales)| (name.to_owned(), locales.to_owned()));
        Self::of(&manifests, &json!([french()]))
    }

    /// Returns a project of fifty operations: three cycles of slugs, and pins in two secondary locales.
    pub(super) fn fifty() -> Self {
        let mut manifests: Vec<(String, String)> = Vec::new();
        for (name, locales) in MANIFESTS.into_iter().chain(MORE_CYCLES) {
            manifests.push((name.to_owned(), locales.to_owned()));
        }
        for copy in 1..=COPIES {
            for (name, locales) in &MANIFESTS[2..] {
                let own_name = format!("{name}{copy}");
                let locales = locales.replace(name, &own_name);
                let locales = if copy == 1 { locales.replace("fr-FR", "de-DE") } else { locales };
                manifests.push((own_name, locales));
            }
        }
        Self::of(&manifests, &json!([french(), {"tag": "de-DE", "id": "locDe", "subdirectory": "de"}]))
    }

    fn of(manifests: &[(String, String)], secondary: &Json) -> Self {
        let site = Site::from_json(&site(manifests, secondary).to_string()).unwrap();
        let options = Options { limit: false, ..Options::default() };
        let server = RUNTIME.block_on(Server::start(site, options)).unwrap();
        let project = Self { server, folder: tempfile::tempdir().unwrap() };
        std::fs::write(project.path("slugline.yaml"), "version: 1\nsite: siteNumbers\n").unwrap();
        std::fs::create_dir(project.path("pages")).unwrap();
        for (name, locales) in manifests {
            let manifest = format!("id: {name}\nlocales: {locales}\n");
            std::fs::write(project.path(&format!("pages/{name}.yaml")), manifest).unwrap();
        }
        project
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Returns where the program keeps its runs.
    pub(super) fn state(&self) -> PathBuf {
        self.path(".slugline")
    }

    /// Returns the log of the newest run.
    pub(super) fn log(&self) -> PathBuf {
        self.state().join("runs").join(self.recorded().0.id.as_str()).join("events.jsonl")
    }

    /// Returns the number of runs on record.
    pub(super) fn runs(&self) -> usize {
        run::list(&self.state()).unwrap().len()
    }

    /// Removes all runs but the oldest so many.
    pub(super) fn forget_runs_after(&self, kept: usize) {
        for id in run::list(&self.state()).unwrap().iter().skip(kept) {
            std::fs::remove_dir_all(self.state().join("runs").join(id.as_str())).unwrap();
        }
    }

    /// Returns the newest run, and how far it came.
    pub(super) fn recorded(&self) -> (Recorded, Receipt) {
        let recorded = run::read(&self.state(), None).unwrap();
        let receipt = Receipt::of(&recorded.events);
        (recorded, receipt)
    }

    /// Starts the program, which will talk to the server by way of that URL.
    pub(super) fn start(&self, url: &str, arguments: &[&str]) -> Child {
        self.start_by(Command::new(PROGRAM), url, arguments)
    }

    /// Starts it where no file can grow beyond so many blocks of 512 bytes.
    pub(super) fn start_limited(&self, blocks: usize, url: &str, arguments: &[&str]) -> Child {
        let mut shell = Command::new("/bin/sh");
        shell.args(["-c", &format!(r#"trap '' XFSZ; ulimit -f {blocks}; exec "$0" "$@""#), PROGRAM]);
        self.start_by(shell, url, arguments)
    }

    /// Runs it without what lets the superuser write where nobody may.
    pub(super) fn run_without_privilege(&self, arguments: &[&str]) -> Ended {
        let mut shell = Command::new("/bin/sh");
        let drop = "setpriv --bounding-set=-dac_override,-dac_read_search";
        shell.args([
            "-c",
            &format!(r#"if [ "$(id -u)" = 0 ]; then exec {drop} "$0" "$@"; else exec "$0" "$@"; fi"#),
            PROGRAM,
        ]);
        Ended::of(self.start_by(shell, self.server.url(), arguments))
    }

    /// Starts a command that starts the program, with the arguments of both.
    pub(super) fn start_by(&self, mut command: Command, url: &str, arguments: &[&str]) -> Child {
        command.args(arguments).args(["--api-url", url]).current_dir(self.folder.path()).env_clear();
        command.env("WEBFLOW_TOKEN", TOKEN).env("GIT_CEILING_DIRECTORIES", self.folder.path());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().unwrap()
    }

    /// Runs the program to its end.
    pub(super) fn run(&self, arguments: &[&str]) -> Ended {
        Ended::of(self.start(self.server.url(), arguments))
    }

    /// Returns the site without the times that writes move.
    pub(super) fn site(&self) -> Json {
        let mut site: Json = serde_json::from_str(&self.server.site().to_json()).unwrap();
        forget_times(&mut site);
        site
    }

    /// Brings the site and the record of the newest run back to an earlier time, as if the program had died then.
    pub(super) fn go_back(&self, site: &Site, log: &Path, text: &[u8]) {
        self.server.set_site(site.clone());
        self.server.clear_log();
        std::fs::write(log, text).unwrap();
    }

    /// Returns the writes that have reached the server.
    pub(super) fn writes(&self) -> Vec<LogEntry> {
        let mut log = self.server.log();
        log.retain(|entry| entry.method != "GET");
        log
    }
}

impl Ended {
    /// Waits for the program's end.
    pub(super) fn of(child: Child) -> Self {
        let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Self { exit: status.code(), stdout: text(stdout), stderr: text(stderr) }
    }

    #[track_caller]
    pub(super) fn expect(self, exit: i32) -> Self {
        assert_eq!(self.exit, Some(exit), "{}\n--- stderr\n{}", self.stdout, self.stderr);
        self
    }
}

/// Returns a command with the flags without which it would ask, or guards would refuse what the manifests state.
pub(super) fn agreed(command: &'static str) -> Vec<&'static str> {
    vec![command, "--yes", "--allow", "slug-change", "--allow", "mass-update"]
}

/// Returns a command that resumes the newest run, with the flags that [`agreed`] gives.
pub(super) fn resume() -> Vec<&'static str> {
    vec!["apply", "--resume", "--yes", "--allow", "slug-change", "--allow", "mass-update"]
}

/// Says to whoever runs the tests what this machine does not let them try. Printing would be lost in the capture of what
/// tests print that pass.
pub(super) fn not_tried(why: &str) {
    std::io::stderr().write_all(format!("\nnot tried: {why}\n").as_bytes()).unwrap();
}

fn french() -> Json {
    json!({"tag": "fr-FR", "id": "locFr", "subdirectory": "fr"})
}

fn site(manifests: &[(String, String)], secondary: &Json) -> Json {
    let pages: Vec<Json> = manifests
        .iter()
        .map(|(name, _)| {
            let seo = json!({"title": format!("{name} in search"), "description": format!("All about {name}")});
            json!({"id": name, "values": {"primary": {"title": name, "slug": name, "seo": seo}}})
        })
        .collect();
    json!({
        "site": {"id": "siteNumbers", "displayName": "Numbers"},
        "tokens": [{"token": TOKEN, "rateLimit": 100_000}],
        "locales": {"primary": {"tag": "en-US", "id": "locEn"}, "secondary": secondary},
        "folders": [],
        "pages": pages,
    })
}

fn forget_times(json: &mut Json) {
    match json {
        Json::Object(object) => {
            object.retain(|key, _| key != "lastUpdated");
            object.values_mut().for_each(forget_times);
        }
        Json::Array(items) => items.iter_mut().for_each(forget_times),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
    }
}
