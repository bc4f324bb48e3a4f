//! The one place that starts other programs: git, and the browser of `show --open`. No child process receives a token, and
//! no program comes from the project folder.

use std::env;
use std::ffi::{OsStr, OsString};
use std::process::Command;

/// How the names of the variables begin that can hold a token, or name a file with one.
const SECRET_PREFIX: &str = "WEBFLOW_";

/// The variable with the folders of programs.
const PATH: &str = "PATH";

/// Returns a command whose environment is this process's, without every variable that can hold a token, and without the
/// relative folders of `PATH`: `node_modules/.bin` and the like name a folder of the project, where a program called `git`
/// is a file of the repository.
pub fn command(program: &str) -> Command {
    let mut command = Command::new(program);
    let names = env::vars_os().map(|(name, _)| name);
    // Names of variables are case-insensitive on Windows.
    let secret = names.filter(|name| name.to_string_lossy().to_ascii_uppercase().starts_with(SECRET_PREFIX));
    secret.for_each(|name| {
        command.env_remove(name);
    });
    if let Some(path) = env::var_os(PATH) {
        match absolute(&path) {
            Some(path) => command.env(PATH, path),
            // An empty value means the current folder; without the variable, the system's own folders are searched.
            None => command.env_remove(PATH),
        };
    }
    command
}

/// Returns the absolute folders of a `PATH`. None if there is none.
fn absolute(path: &OsStr) -> Option<OsString> {
    let folders = env::split_paths(path).filter(|folder| folder.is_absolute());
    env::join_paths(folders).ok().filter(|path| !path.is_empty())
}
