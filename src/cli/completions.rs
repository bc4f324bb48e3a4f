//! `slugline completions`: what a shell needs to complete commands and flags.

use clap::CommandFactory as _;
use clap_complete::Shell;

use super::Cli;
use super::failure::Failure;
use super::ui::Ui;
use crate::exit::Exit;

/// Print a script that teaches a shell to complete commands and flags.
#[derive(Debug, clap::Args)]
pub(crate) struct Completions {
    /// The shell.
    shell: Shell,
}

impl Completions {
    pub(super) fn run(self, ui: &Ui) -> Result<Exit, Failure> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "slugline", &mut script);
        ui.data(|_, out| out.write_all(&script))?;
        Ok(Exit::Ok)
    }
}
