//! `slugline show`: renders what was saved.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::failure::Failure;
use super::output::Format;
use super::ui::Ui;
use crate::exit::Exit;
use crate::plan;

/// Show a saved plan.
#[derive(Debug, clap::Args)]
pub(crate) struct Show {
    /// The plan file; `-` reads it from stdin.
    #[arg(value_name = "FILE")]
    file: PathBuf,

    /// How to show it.
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "text")]
    pub(super) format: Format,
}

impl Show {
    pub(super) fn run(self, ui: &Ui) -> Result<Exit, Failure> {
        let plan = read(&self.file)?;
        super::plan::show(&plan, &[], self.format, Exit::Ok, ui)?;
        Ok(Exit::Ok)
    }
}

/// Reads a saved plan.
pub(super) fn read(path: &Path) -> Result<plan::Plan, Failure> {
    let name = path.display();
    let bytes = if path == Path::new("-") {
        let mut bytes = Vec::new();
        std::io::stdin().lock().read_to_end(&mut bytes).map(|_| bytes)
    } else {
        std::fs::read(path)
    };
    let bytes = bytes.map_err(|error| {
        Failure::new(Exit::Invalid, error)
            .context(format!("failed to read the plan `{name}`"))
            .hint("make one with `slugline plan -o FILE`")
    })?;
    let text = String::from_utf8(bytes).map_err(|_| {
        Failure::message(Exit::Invalid, format!("`{name}` is not a plan file: it is no UTF-8"))
            .hint("make one with `slugline plan -o FILE`")
    })?;
    plan::file::decode(&text).map_err(|error| Failure::from(error).context(format!("failed to read the plan `{name}`")))
}
