//! Laws 7, 11 and 12 for the program as people run it: its requests are read off the sandbox's log, and everything that
//! it prints and writes is searched for the token.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value as Json, json};
use slugline::sandbox::{Action, Fault, Options, Server, Shape, Token, generate};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use super::world::is_read;

/// Looks like nothing else.
const TOKEN: &str = "5ecre7-t0ken-0f-the-5ite";

/// A sandbox, and an empty folder to run the program in.
struct Shell {
    server: Server,
    folder: TempDir,
    token: &'static str,
    /// All that the program has printed.
    printed: String,
    _runtime: Runtime,
}

impl Shell {
    fn new(shape: Shape) -> Self {
        let mut site = generate(shape);
        site.tokens = vec![Token { token: TOKEN.to_owned(), ..site.tokens[0].clone() }];
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let server = runtime.block_on(Server::start(site, Options { limit: false, ..Options::default() })).unwrap();
        let folder = tempfile::tempdir().unwrap();
        Self { server, folder, token: TOKEN, printed: String::new(), _runtime: runtime }
    }

    /// Runs the program with nothing of the surroundings but the token, and returns its exit code.
    fn run(&mut self, arguments: &[&str]) -> i32 {
        self.output(arguments).status.code().unwrap()
    }

    fn output(&mut self, arguments: &[&str]) -> Output {
        let output = Command::new(env!("CARGO_BIN_EXE_slugline"))
            .args(["-v", "--api-url", self.server.url()])
            .args(arguments)
            .current_dir(self.folder.path())
            .env_clear()
            .env("WEBFLOW_TOKEN", self.token)
            .output()
            .unwrap();
        for stream in [&output.stdout, &output.stderr] {
            self.printed.push_str(&String::from_utf8_lossy(stream));
        }
        output
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn manifests(&self) -> Vec<PathBuf> {
        files(&self.path().join("pages"))
    }

    /// Returns the requests since the last call, as `GET /v2/sites/…`.
    fn requests(&self) -> Vec<String> {
        let log = self.server.log();
        self.server.clear_log();
        log.iter().map(|entry| format!("{} {}?{}", entry.method, entry.path, entry.query)).collect()
    }

    /// States another title in the primary locale of so many pages; returns their ids.
    fn edit_titles(&self, count: usize) -> BTreeSet<String> {
        let mut edited = BTreeSet::new();
        for path in self.manifests().into_iter().take(count) {
            let text = fs::read_to_string(&path).unwrap();
            let id = text.lines().find_map(|line| line.strip_prefix("id: ")).unwrap();
            let id = id.trim_matches(['"', '\'']).to_owned();
            let title = json!(format!("Edited {id}"));
            fs::write(&path, format!("{}\n", json!({"id": id, "locales": {"primary": {"title": title}}}))).unwrap();
            edited.insert(id);
        }
        edited
    }
}

/// Returns all files below a folder, sorted.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        if entry.file_type().unwrap().is_dir() {
            found.extend(files(&entry.path()));
        } else {
            found.push(entry.path());
        }
    }
    found.sort();
    found
}

#[test]
fn a_plan_costs_two_requests_and_the_lists() {
    for pages in [1, 100, 101, 1_000] {
        let locales = 3;
        let mut shell = Shell::new(Shape { pages, locales, seed: 7 });
        let site = shell.server.site().id().to_owned();
        assert_eq!(shell.run(&["import", "--all"]), 0, "{}", shell.printed);
        shell.requests();

        let output = shell.output(&["plan", "--format", "json", "--detailed-exitcode"]);
        assert_eq!(output.status.code(), Some(0), "{}", shell.printed);
        let plan: Json = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(plan["changes"], json!([]));

        let requests = shell.requests();
        let lists = requests.iter().filter(|request| request.starts_with(&format!("GET /v2/sites/{site}/pages?")));
        assert_eq!(lists.count(), locales * pages.div_ceil(100));
        assert_eq!(requests.len(), 2 + locales * pages.div_ceil(100));
        assert_eq!(plan["live"]["requests"], json!(requests.len()));
        let others: BTreeSet<&str> = requests.iter().map(String::as_str).filter(|it| !it.contains("/pages?")).collect();
        let site = format!("GET /v2/sites/{site}?");
        assert_eq!(others, BTreeSet::from(["GET /v2/token/introspect?", &*site]));
    }
}

#[test]
fn as_many_writes_as_page_locales_change() {
    let mut shell = Shell::new(Shape { pages: 101, locales: 2, seed: 3 });
    assert_eq!(shell.run(&["import"]), 0, "{}", shell.printed);
    let edited = shell.edit_titles(9);
    shell.requests();
    assert_eq!(shell.run(&["apply", "--yes"]), 0, "{}", shell.printed);
    let requests = shell.requests();
    let mut written: Vec<&str> = requests.iter().filter_map(|request| request.strip_prefix("PUT /v2/pages/")).collect();
    written.sort_unstable();
    let expected: Vec<String> = edited.iter().map(|id| format!("{id}?")).collect();
    assert_eq!(written, expected);
    // Introspection, the site, the lists of the plan, and the primary locale's list once more as far as needed; then each
    // page right before its write.
    let lists = 2 * 2 + 2;
    assert!(requests.len() - 2 * written.len() <= 2 + lists, "{requests:#?}");
    let mut read: Vec<&str> = requests.iter().filter_map(|request| request.strip_prefix("GET /v2/pages/")).collect();
    read.sort_unstable();
    // Nothing is sent between the list and the first write.
    assert_eq!(read.len(), written.len() - 1, "{requests:#?}");
    assert!(read.iter().all(|page| written.contains(page)) && read.windows(2).all(|two| two[0] != two[1]));
    assert_eq!(shell.run(&["plan", "--detailed-exitcode"]), 0, "{}", shell.printed);
}

#[test]
fn only_apply_sends_anything_but_get() {
    let mut shell = Shell::new(Shape { pages: 30, locales: 3, seed: 5 });
    let before = shell.server.site();
    assert_eq!(shell.run(&["import", "--all"]), 0, "{}", shell.printed);
    assert_eq!(shell.run(&["import", "--all"]), 0, "{}", shell.printed);
    shell.edit_titles(4);
    let plan = ["plan", "-o", "saved.json"];
    for arguments in [
        &["plan"][..],
        &plan,
        &["plan", "--format", "json"],
        &["plan", "--page", "/**", "--locale", "en-US"],
        &["pull", "--diff"],
        &["pull", "--new", "--locale", "en-US", "--page", "/nothing"],
        &["show", "saved.json"],
        &["show", "saved.json", "--format", "json"],
        &["schema", "plan"],
        &["completions", "bash"],
    ] {
        assert_eq!(shell.run(arguments), 0, "{arguments:?}: {}", shell.printed);
    }
    // Nobody can be asked here, so this is none.
    assert_eq!(shell.run(&["apply"]), 64);
    assert!(shell.server.log().iter().all(is_read));
    assert_eq!(shell.server.site(), before);
    assert_eq!(shell.run(&["apply", "saved.json"]), 0, "{}", shell.printed);
    assert_eq!(shell.server.log().iter().filter(|entry| entry.method == "PUT").count(), 4);
}

#[test]
fn the_token_is_nowhere() {
    let mut shell = Shell::new(Shape { pages: 12, locales: 2, seed: 9 });
    assert_eq!(shell.run(&["import"]), 0, "{}", shell.printed);
    shell.edit_titles(3);
    assert_eq!(shell.run(&["plan", "-o", "saved.json"]), 0, "{}", shell.printed);
    let (introspect, list, page) = ("/v2/token/introspect", "/v2/sites/*/pages", "/v2/pages/*");
    for (method, path, action) in [
        ("GET", introspect, Action::Forbidden),
        ("GET", list, Action::Forbidden),
        ("PUT", page, Action::Forbidden),
        ("PUT", page, Action::NotJson),
        ("PUT", page, Action::Truncate),
        ("PUT", page, Action::ResetMiddle),
    ] {
        shell.server.set_faults(vec![Fault::new(method, path, action)]);
        shell.run(&["plan", "--format", "json"]);
        shell.run(&["apply", "saved.json", "--format", "json"]);
    }
    shell.server.set_faults(Vec::new());
    for token in ["wr0ng-t0ken", "5ecre7\nt0ken", TOKEN] {
        shell.token = token;
        shell.run(&["plan"]);
        shell.run(&["apply", "--yes", "--format", "json"]);
    }
    assert_eq!(shell.run(&["plan", "--detailed-exitcode"]), 0, "{}", shell.printed);

    for secret in [TOKEN, "wr0ng-t0ken", "5ecre7"] {
        assert!(!shell.printed.contains(secret), "{}", shell.printed);
        for file in files(shell.path()) {
            assert!(!fs::read_to_string(&file).unwrap().contains(secret), "{}", file.display());
        }
    }
}
