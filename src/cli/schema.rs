//! `slugline schema`: the JSON Schemas of the formats.

use super::failure::Failure;
use super::ui::Ui;
use crate::exit::Exit;
use crate::{manifest, plan, run};

/// Print a JSON Schema; the copies in the project's `schema/` are its output.
#[derive(Debug, clap::Args)]
pub(crate) struct Schema {
    /// Which format.
    #[arg(value_enum)]
    of: Kind,
}

/// A format with a schema.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Kind {
    /// slugline.yaml.
    Project,
    /// A page's manifest.
    Page,
    /// A saved plan.
    Plan,
    /// A line of a run's event log.
    Events,
}

impl Schema {
    pub(super) fn run(self, ui: &Ui) -> Result<Exit, Failure> {
        let schema = match self.of {
            Kind::Project => manifest::schema::project_schema(),
            Kind::Page => manifest::schema::page_schema(),
            Kind::Plan => plan::file::schema(),
            Kind::Events => run::format::schema(),
        };
        ui.text(&format!("{schema:#}\n"))?;
        Ok(Exit::Ok)
    }
}
