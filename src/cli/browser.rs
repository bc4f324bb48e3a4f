//! The browser of whoever sits at the terminal.
//!
//! Knows how each system opens a file, not what the file says.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::Stdio;

use super::failure::Failure;
use crate::child;
use crate::exit::Exit;

/// Opens a page in a file of its own, which stays, since a browser reads it when it likes.
pub(super) fn open(page: &str) -> Result<PathBuf, Failure> {
    let path = keep(page).map_err(|error| {
        Failure::new(Exit::Failed, error).context("failed to write the page to a temporary file".to_owned())
    })?;
    let program = opener();
    let started =
        child::command(program).arg(&path).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    let failed = match started {
        // Windows' own answers 1 whatever it did.
        Ok(status) if status.success() || cfg!(windows) => return Ok(path),
        Ok(status) => anyhow::anyhow!("`{program}` failed: {status}"),
        Err(error) => anyhow::anyhow!("failed to run `{program}`: {error}"),
    };
    Err(Failure::new(Exit::Failed, failed).hint(format!("open `{}` yourself", path.display())))
}

fn keep(page: &str) -> anyhow::Result<PathBuf> {
    let mut file = tempfile::Builder::new().prefix("slugline-plan-").suffix(".html").tempfile()?;
    file.write_all(page.as_bytes())?;
    let (_, path) = file.keep()?;
    Ok(path)
}

/// Returns the program by which the system opens a file.
fn opener() -> &'static str {
    if cfg!(target_os = "macos") {
        "open"
    } else if cfg!(windows) {
        "explorer"
    } else {
        "xdg-open"
    }
}
