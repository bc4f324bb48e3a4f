//! `slugline status`: how far the manifests cover the site.

use super::context::{self, Connection, Workspace};
use super::failure::Failure;
use super::output;
use super::plan::{self, Selected};
use super::ui::Ui;
use super::{Global, block_on};
use crate::exit::Exit;
use crate::model::{Field, Kind};
use crate::plan::file::{self, FORMAT_VERSION};
use crate::render;
use crate::status::{self, Scope};

/// Show how far the manifests cover the pages and locales of the site; write nothing.
#[derive(Debug, clap::Args)]
pub(crate) struct Status {
    #[command(flatten)]
    selected: Selected,

    /// Look at this field, such as `openGraph.title` (repeatable); by default at `seo.title` and `seo.description`.
    #[arg(long, value_name = "FIELD", value_parser = field)]
    field: Vec<Field>,

    /// Count archived and utility pages too, which are left out unless a manifest describes them.
    #[arg(long)]
    all: bool,

    /// How to show it.
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

/// How a table of coverage is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For a terminal.
    Text,
    /// For programs, field by field.
    Json,
    /// For a pull request.
    Markdown,
    /// For a spreadsheet, a row a field.
    Csv,
}

fn field(name: &str) -> Result<Field, String> {
    let texts = || Field::ALL.into_iter().filter(|field| field.kind() == Kind::Text);
    texts().find(|field| field.name() == name).ok_or_else(|| {
        let names: Vec<&str> = texts().map(Field::name).collect();
        format!("the fields are {}", names.join(", "))
    })
}

impl Status {
    /// Returns the format that also an error must have.
    pub(super) fn error_format(&self) -> output::Format {
        match self.format {
            Format::Json => output::Format::Json,
            Format::Text | Format::Markdown | Format::Csv => output::Format::Text,
        }
    }

    pub(super) fn run(self, global: &Global, ui: &Ui) -> Result<Exit, Failure> {
        let mut workspace = Workspace::open(global, ui)?;
        workspace.check()?;
        block_on(async {
            let connection = Connection::open(global, &workspace.root, ui).await?;
            let status = self.status(global, &mut workspace, &connection, ui).await;
            connection.close().await;
            self.show(&status?, ui)
        })
    }

    async fn status(
        &self,
        global: &Global,
        workspace: &mut Workspace,
        connection: &Connection,
        ui: &Ui,
    ) -> Result<status::Status, Failure> {
        let live = context::read_live(connection, workspace, global.concurrency).await?;
        let desired = workspace.lower(&live, ui)?;
        let fields = if self.field.is_empty() { status::USUAL_FIELDS.to_vec() } else { self.field.clone() };
        let scope = Scope { selection: plan::selection(&self.selected, &live)?, fields, all: self.all };
        Ok(status::status(&desired, &live, &scope))
    }

    fn show(&self, status: &status::Status, ui: &Ui) -> Result<Exit, Failure> {
        match self.format {
            Format::Text => ui.data(|screen, out| render::status::text(status, screen, out))?,
            Format::Markdown => ui.data(|_, out| render::status::markdown(status, out))?,
            Format::Csv => ui.data(|_, out| render::status::csv(status, out))?,
            Format::Json => {
                let mut json = render::status::json(status, FORMAT_VERSION);
                json["exit"] = file::exit(Exit::Ok);
                output::json(&json, ui)?;
            }
        }
        Ok(Exit::Ok)
    }
}
