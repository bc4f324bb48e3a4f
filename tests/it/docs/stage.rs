//! A folder of its own in which commands are typed as a reader would, and in which nothing depends on whose machine,
//! which day or which place it is.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// When everything is committed.
const DATE: &str = "2026-05-11T12:00:00+00:00";

/// Whoever plays the story; a reader's own settings are as good.
const GIT_SETTINGS: &str = "[user]\n\tname = Trillian\n\temail = trillian@galaxy.example\n";

pub(super) struct Stage {
    root: tempfile::TempDir,
    /// Where the last command has left the shell.
    folder: PathBuf,
}

impl Stage {
    /// Returns an empty folder.
    pub(super) fn new() -> Self {
        let root = tempfile::Builder::new().prefix("slugline-docs-").tempdir().unwrap();
        for folder in ["home", "work"] {
            fs::create_dir(root.path().join(folder)).unwrap();
        }
        fs::write(root.path().join("home/.gitconfig"), GIT_SETTINGS).unwrap();
        let folder = root.path().join("work");
        Self { root, folder }
    }

    /// Returns a folder with a copy of the example where a fresh clone has it.
    pub(super) fn with_example() -> Self {
        let stage = Self::new();
        let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/galaxy");
        copy(&example, &stage.folder.join("examples/galaxy"));
        stage
    }

    /// Runs a command where the last one has left the shell; returns its exit code, and both outputs as they came.
    pub(super) fn type_in(&mut self, command: &str) -> (i32, String) {
        let left = self.root.path().join("left");
        let script = format!("exec 2>&1\ntrap 'pwd -P >\"$LEFT\"' EXIT\n{command}\n");
        let mut shell = Command::new("sh");
        shell.args(["-c", &script]).current_dir(&self.folder).env_clear().envs(self.variables()).env("LEFT", &left);
        let output = shell.stdin(Stdio::null()).output().unwrap_or_else(|error| {
            panic!("the documents are tried out with the shell `sh`, which cannot be run here: {error}")
        });
        self.folder = fs::read_to_string(&left).unwrap().trim_end_matches('\n').into();
        let exit = output.status.code().expect("no signal ends it");
        // A mark of the byte order, before a table for spreadsheets, is nothing that a reader sees.
        (exit, String::from_utf8(output.stdout).unwrap().replace('\u{feff}', ""))
    }

    fn variables(&self) -> Vec<(&'static str, OsString)> {
        let program = Path::new(env!("CARGO_BIN_EXE_slugline")).parent().unwrap().to_owned();
        let inherited = std::env::var_os("PATH").unwrap_or_default();
        let path = std::env::join_paths([program].into_iter().chain(std::env::split_paths(&inherited))).unwrap();
        let home = self.root.path().join("home");
        vec![
            ("PATH", path),
            ("HOME", home.into()),
            ("USER", "trillian".into()),
            ("LC_ALL", "C".into()),
            ("TZ", "UTC".into()),
            ("TERM", "dumb".into()),
            ("GIT_CONFIG_NOSYSTEM", "1".into()),
            // A repository around the folder for temporary files is none of ours.
            ("GIT_CEILING_DIRECTORIES", self.root.path().into()),
            ("GIT_AUTHOR_DATE", DATE.into()),
            ("GIT_COMMITTER_DATE", DATE.into()),
        ]
    }

    pub(super) fn write(&self, name: &str, text: &str) {
        let path = self.folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

/// Copies a folder, without what an earlier run on it left behind.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.file_name() == ".slugline" {
            continue;
        } else if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
