//! The one place that starts other programs: git, and the browser of `show --open`. No child process receives a token.

use std::env;
use std::process::Command;

/// How the names of the variables begin that can hold a token, or name a file with one.
const SECRET_PREFIX: &str = "WEBFLOW_";

/// Returns a command whose environment is this process's, without every variable that can hold a token.
pub fn command(program: &str) -> Command {
    let mut command = Command::new(program);
    let names = env::vars_os().map(|(name, _)| name);
    // Names of variables are case-insensitive on Windows.
    let secret = names.filter(|name| name.to_string_lossy().to_ascii_uppercase().starts_with(SECRET_PREFIX));
    secret.for_each(|name| {
        command.env_remove(name);
    });
    command
}
