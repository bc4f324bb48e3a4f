//! The program in a project of its own, with bounds on its time and memory, and checks that hold for every run.

use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use super::site::FILES;

/// The token of these tests. No output and no file may hold it.
pub(super) const TOKEN: &str = "t0ken-Zu7wqK3xR9vB5nM1";
/// Parts of the token, and of its base64, that no redacted spelling keeps.
const SECRETS: [&str; 3] = [TOKEN, "Zu7wqK3xR9", "WnU3d3FLM3hSO"];

/// A run takes 8 s at most here, most of it the pauses before a request is repeated.
const LONGEST_RUN: Duration = Duration::from_secs(60);

pub(super) struct Project {
    root: tempfile::TempDir,
}

pub(super) struct Ran {
    pub(super) exit: i32,
    pub(super) stdout: String,
    pub(super) stderr: String,
}

impl Project {
    pub(super) fn new() -> Self {
        let root = tempfile::Builder::new().prefix("slugline-hostile-").tempdir().unwrap();
        let project = Self { root };
        for (name, text) in FILES {
            project.write(name, text);
        }
        project
    }

    pub(super) fn write(&self, name: &str, text: &str) {
        let path = self.root.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    pub(super) fn remove(&self, name: &str) {
        std::fs::remove_file(self.root.path().join(name)).unwrap();
    }

    /// Runs the program. Fails if it takes too long, panics, is killed, or shows or keeps the token or anything that a
    /// terminal or a CI runner would act on.
    pub(super) fn run(&self, url: &str, arguments: &str) -> Ran {
        let mut command = program(arguments);
        command.args(["--api-url", url]).current_dir(self.root.path()).env_clear();
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("HOME", self.root.path());
        command.env("WEBFLOW_TOKEN", TOKEN).env("TOKIO_WORKER_THREADS", "2").env("MALLOC_ARENA_MAX", "2");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let output = within_bounds(command, arguments);
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("output is UTF-8");
        let (stdout, stderr) = (text(output.stdout), text(output.stderr));
        let shown = format!("{arguments}\n{:?}\n--- stdout\n{stdout}--- stderr\n{stderr}", output.status);
        let exit = output.status.code().unwrap_or_else(|| panic!("killed by a signal: {shown}"));
        assert!([0, 2, 3, 4, 5, 6].contains(&exit), "not in the table of exit codes: {shown}");
        assert!(!shown.contains("panicked"), "{shown}");
        assert!(!shown.contains(['\x1b', '\0', '\u{202e}']), "{shown:?}");
        assert!(shown.len() < 20_000, "{} bytes of output", shown.len());
        for line in shown.lines() {
            let is_command =
                ["::", "##[", "##vso[", "##teamcity["].iter().any(|mark| line.trim_start().starts_with(mark));
            assert!(!is_command, "a runner acts on {line:?}");
        }
        self.check_secrets(&shown);
        Ran { exit, stdout, stderr }
    }

    fn check_secrets(&self, shown: &str) {
        let mut texts = vec![("the output".to_owned(), shown.to_owned())];
        collect(self.root.path(), &mut texts);
        for (name, text) in texts {
            for secret in SECRETS {
                assert!(!text.contains(secret), "`{secret}` is in {name}:\n{text}");
            }
        }
    }

    /// Returns whether any file of the project holds the text.
    pub(super) fn keeps(&self, text: &str) -> bool {
        let mut files = Vec::new();
        collect(self.root.path(), &mut files);
        files.iter().any(|(_, content)| content.contains(text))
    }
}

/// Returns the program, on Linux with bounded memory.
fn program(arguments: &str) -> Command {
    let slugline = env!("CARGO_BIN_EXE_slugline");
    let mut command = if cfg!(target_os = "linux") {
        let mut command = Command::new("sh");
        // Of address space; what is resident is a part of it.
        command.args(["-c", "ulimit -c 0; ulimit -v 800000; exec \"$@\"", "sh", slugline]);
        command
    } else {
        Command::new(slugline)
    };
    command.args(arguments.split_whitespace());
    command
}

fn within_bounds(mut command: Command, arguments: &str) -> Output {
    let child = command.spawn().unwrap();
    let id = child.id();
    let (ended, end) = mpsc::channel();
    std::thread::spawn(move || ended.send(child.wait_with_output()));
    match end.recv_timeout(LONGEST_RUN) {
        Ok(output) => output.unwrap(),
        Err(_) => {
            let _ = Command::new("kill").args(["-9", &id.to_string()]).status();
            panic!("`{arguments}` does not end");
        }
    }
}

fn collect(folder: &Path, texts: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, texts);
        } else {
            let text = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
            texts.push((path.display().to_string(), text));
        }
    }
}
