//! A project in a folder of its own, a simulated Webflow, and the program run between the two.
//!
//! Every run is held against what always must be so: nothing but `apply` sends anything but GET, and the token turns
//! up nowhere. So no test has to ask.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::LazyLock;

use serde_json::Value as Json;
use slugline::sandbox::{Action, Fault, LogEntry, Options, Server, Site};
use tokio::runtime::Runtime;

use super::galaxy;

/// The token of the simulated Webflow, unlike any text that could be anywhere for another reason.
pub(super) const TOKEN: &str = "t0ken-Zu7wqK3xR9vB5nM1";

/// The servers of all tests run here while the tests wait for the program.
static RUNTIME: LazyLock<Runtime> =
    LazyLock::new(|| tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap());

/// A folder with a project, and everything that the program run in it can see.
pub(super) struct TestEnvironment {
    root: tempfile::TempDir,
    variables: BTreeMap<&'static str, OsString>,
    server: Option<Server>,
    hidden: Vec<(String, &'static str)>,
}

/// How a run ended, as one text: exit code, files changed, writes sent, stdout and stderr.
pub(super) struct Ran {
    pub(super) exit: i32,
    pub(super) stdout: String,
    pub(super) stderr: String,
    /// What stdout got, byte by byte; in all else, what differs from run to run is replaced.
    pub(super) bytes: Vec<u8>,
    /// The files of the project that it made, changed or removed.
    pub(super) files: Vec<String>,
    /// The requests that were no GET, such as `PUT pgGuide fr-FR 200`.
    pub(super) writes: Vec<String>,
    text: String,
}

impl TestEnvironment {
    /// Returns an empty folder: no project, no server, no token.
    pub(super) fn empty() -> Self {
        let root = tempfile::Builder::new().prefix("slugline-test-").tempdir().unwrap();
        for folder in ["home", "project"] {
            std::fs::create_dir(root.path().join(folder)).unwrap();
        }
        Self { root, variables: BTreeMap::new(), server: None, hidden: Vec::new() }
    }

    /// Returns a project for a site that is served.
    pub(super) fn serving(site: &Json) -> Self {
        let mut environment = Self::empty();
        environment.serve(site);
        environment.write("slugline.yaml", galaxy::PROJECT);
        environment
    }

    /// Returns a project for the usual site, with these files.
    pub(super) fn with_pages<const N: usize>(pages: [(&str, &str); N]) -> Self {
        let environment = Self::serving(&galaxy::site());
        for (name, text) in pages {
            environment.write(&format!("pages/{name}"), text);
        }
        environment
    }

    /// Serves a site from now on, in place of another one if there is one, and sets the token.
    pub(super) fn serve(&mut self, site: &Json) {
        let site = Site::from_json(&site.to_string()).unwrap();
        let options = Options { limit: false, ..Options::default() };
        self.server = Some(RUNTIME.block_on(Server::start(site, options)).unwrap());
        self.set("WEBFLOW_TOKEN", TOKEN);
    }

    pub(super) fn set(&mut self, variable: &'static str, value: impl Into<OsString>) {
        self.variables.insert(variable, value.into());
    }

    pub(super) fn unset(&mut self, variable: &'static str) {
        self.variables.remove(variable);
    }

    /// Has a text that differs from run to run shown as another one.
    pub(super) fn hide(&mut self, text: &str, shown: &'static str) {
        self.hidden.push((text.to_owned(), shown));
    }

    /// Returns where a file of the project lies; `""` is the project's folder.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.root.path().join("project").join(name)
    }

    pub(super) fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    pub(super) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    pub(super) fn read_json(&self, name: &str) -> Json {
        serde_json::from_str(&self.read(name)).unwrap()
    }

    pub(super) fn server(&self) -> &Server {
        self.server.as_ref().expect("the test serves a site")
    }

    /// Returns the site as it is now, as a JSON document.
    pub(super) fn site(&self) -> Json {
        serde_json::from_str(&self.server().site().to_json()).unwrap()
    }

    /// Returns what a page of the site holds of its own in a locale, `null` for nothing.
    pub(super) fn values(&self, page: &str, locale: &str) -> Json {
        let site = self.site();
        let pages = site["pages"].as_array().unwrap();
        let page = pages.iter().find(|candidate| candidate["id"] == page).unwrap();
        let locale = if locale == "en-US" { "primary" } else { locale };
        page["values"][locale].clone()
    }

    /// Has somebody else write an entry of the bulk endpoint, just before the next run's first request is answered.
    pub(super) fn edit_by_someone(&self, entry: &Json) {
        let edit = Action::Edit(entry.to_string());
        self.server().set_faults(vec![Fault::new("GET", "/v2/token/introspect", edit)]);
    }

    /// Runs the program with arguments that have no spaces in them.
    pub(super) fn run(&self, arguments: &str) -> Ran {
        self.run_with(&arguments.split_whitespace().collect::<Vec<_>>(), "")
    }

    /// Runs the program with these arguments and this stdin.
    pub(super) fn run_with(&self, arguments: &[&str], stdin: &str) -> Ran {
        let files = self.files();
        if let Some(server) = &self.server {
            server.clear_log();
        }
        let mut child = self.command(arguments).stdin(Stdio::piped()).spawn().unwrap();
        // A program that does not read its input closes it, which is its right.
        let _ = child.stdin.take().unwrap().write_all(stdin.as_bytes());
        let output = child.wait_with_output().unwrap();
        self.ran(arguments, &output, &files)
    }

    /// Returns the program about to be run, with both outputs captured.
    pub(super) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.of_program(env!("CARGO_BIN_EXE_slugline"));
        command.args(arguments);
        let talks =
            matches!(arguments.first(), Some(&("plan" | "apply" | "undo" | "import" | "pull" | "status" | "validate")));
        let has_target = arguments.iter().any(|argument| matches!(*argument, "--sandbox" | "--api-url" | "--offline"));
        if let Some(server) = self.server.as_ref().filter(|_| talks && !has_target) {
            command.args(["--api-url", server.url()]);
            if !arguments.contains(&"--concurrency") {
                // One request at a time, so that they come in one order.
                command.args(["--concurrency", "1"]);
            }
        }
        command
    }

    /// Returns the program about to be run under strace, with these options of strace.
    #[cfg(target_os = "linux")]
    pub(super) fn command_under(&self, strace: &Path, options: &[&str], log: &Path, arguments: &[&str]) -> Command {
        let program = self.command(arguments);
        let mut command = self.of_program(&strace.to_string_lossy());
        command.arg("-f").args(options).arg("-o").arg(log);
        command.arg(program.get_program()).args(program.get_args());
        command
    }

    /// Runs a line in a shell, as somebody does who has the program installed. Nothing is masked in what comes out.
    #[cfg(unix)]
    pub(super) fn run_in_shell(&self, line: &str) -> Output {
        let program = Path::new(env!("CARGO_BIN_EXE_slugline"));
        let rest = std::env::var_os("PATH").unwrap_or_default();
        let folders = std::iter::once(program.parent().unwrap().to_owned()).chain(std::env::split_paths(&rest));
        let mut command = self.of_program("sh");
        command.env("PATH", std::env::join_paths(folders).unwrap());
        command.args(["-c", line]).output().unwrap()
    }

    /// Returns a program about to be run in the project's folder, with both outputs captured.
    fn of_program(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.current_dir(self.path("")).env_clear();
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("HOME", self.root.path().join("home"));
        // A repository around the folder for temporary files is none of ours.
        command.env("GIT_CEILING_DIRECTORIES", self.root.path());
        command.envs(&self.variables);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    fn ran(&self, arguments: &[&str], output: &Output, before: &BTreeMap<String, Vec<u8>>) -> Ran {
        let stdout = self.shown(&String::from_utf8(output.stdout.clone()).unwrap());
        let stderr = self.shown(&String::from_utf8(output.stderr.clone()).unwrap());
        let exit = output.status.code().expect("the program is not killed by a signal");
        let after = self.files();
        let is_changed = |name: &&String| before.get(*name) != after.get(*name);
        let mut files: Vec<String> = before.keys().chain(after.keys()).filter(is_changed).cloned().collect();
        files.sort();
        files.dedup();
        let writes: Vec<String> =
            self.log().iter().filter(|entry| entry.method != "GET").map(|e| self.sent(e)).collect();
        if !matches!(arguments.first(), Some(&("apply" | "undo"))) {
            assert_eq!(writes, [""; 0], "{arguments:?} sends something that is no GET");
        }
        for (name, bytes) in &files_below(self.root.path()) {
            assert!(!String::from_utf8_lossy(bytes).contains(TOKEN), "the token is in the file {name}");
        }
        assert!(!stdout.contains(TOKEN) && !stderr.contains(TOKEN), "the token is in the output:\n{stdout}\n{stderr}");
        let mut text = format!("exit: {exit}\n");
        let list = |items: &[String]| if items.is_empty() { "none".to_owned() } else { items.join(", ") };
        let _ = writeln!(text, "files: {}\nwrites: {}", list(&files), list(&writes));
        let _ = write!(text, "--- stdout\n{stdout}--- stderr\n{stderr}");
        Ran { exit, stdout, stderr, bytes: output.stdout.clone(), files, writes, text }
    }

    /// Returns the requests of the last run.
    pub(super) fn log(&self) -> Vec<LogEntry> {
        self.server.as_ref().map(Server::log).unwrap_or_default()
    }

    fn sent(&self, entry: &LogEntry) -> String {
        let LogEntry { number: _, method, path, query, status, milliseconds: _, body_digest: _, faults: _ } = entry;
        let page = path.rsplit('/').next().unwrap_or_default();
        let locale = match query.strip_prefix("localeId=") {
            None => "primary".to_owned(),
            Some(id) => galaxy::tag_of(id),
        };
        let status = status.map_or("no answer".to_owned(), |status| status.to_string());
        format!("{method} {page} {locale} {status}")
    }

    /// Returns the files of the project by name, what the program keeps for itself left out.
    fn files(&self) -> BTreeMap<String, Vec<u8>> {
        let mut files = files_below(&self.path(""));
        files.retain(|name, _| !name.starts_with(".slugline/"));
        files
    }

    /// Returns the text without what differs from run to run.
    fn shown(&self, text: &str) -> String {
        let mut text = text.replace(&self.path("").to_string_lossy().trim_end_matches('/').to_owned(), "[FOLDER]");
        if let Some(server) = &self.server {
            text = text.replace(server.url(), "http://[SERVER]");
        }
        for (hidden, shown) in &self.hidden {
            text = text.replace(hidden, shown);
        }
        let text = masked(&text, "sha256:", "[DIGEST]", |character| character.is_ascii_hexdigit());
        // The numbers of errors are the system's own.
        let text = masked(&text, "(os error ", "[N]", |character| character.is_ascii_digit());
        let is_of_id = |character: char| character.is_ascii_digit() || "TZ.".contains(character);
        ["ecorded as ", "--resume=", "undo --api-url http://[SERVER] ", "The run "]
            .iter()
            .fold(text, |text, before| masked(&text, before, "[RUN]", is_of_id))
    }
}

impl Ran {
    /// Fails unless the run has written nothing, neither to the site nor to the project.
    #[track_caller]
    pub(super) fn wrote_nothing(&self) -> &Self {
        assert_eq!((&self.files, &self.writes), (&vec![], &vec![]), "{self}");
        self
    }

    /// Returns stdout as JSON, and fails if it is anything else or says another exit code than the process.
    #[track_caller]
    pub(super) fn json(&self) -> Json {
        let json: Json = serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}\n{self}"));
        assert_eq!(json["exit"]["code"], self.exit, "{self}");
        json
    }
}

impl std::fmt::Display for Ran {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

/// Returns the contents of all files in a folder by their names relative to it.
fn files_below(root: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && !path.is_symlink() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
                files.insert(name, std::fs::read(&path).unwrap_or_default());
            }
        }
    }
    files
}

/// Returns the text with another one in place of the characters that follow a mark.
fn masked(text: &str, mark: &str, shown: &str, is_masked: fn(char) -> bool) -> String {
    let mut parts = text.split(mark);
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.extend([mark, shown, part.trim_start_matches(is_masked)]);
    }
    out
}
