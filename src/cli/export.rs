//! `slugline export`: the words of the manifests as a table.

use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::context::Workspace;
use super::failure::Failure;
use super::ui::Ui;
use super::{Global, files};
use crate::exit::Exit;
use crate::lint::policy::is_page;
use crate::model::LocaleTag;
use crate::render::{escape, view};
use crate::table;

/// Write what the manifests say as a CSV table, for people who work in a spreadsheet; `slugline import --csv` takes it
/// back.
#[derive(Debug, clap::Args)]
pub(crate) struct Export {
    /// The file to write, or - for stdout.
    #[arg(long, value_name = "FILE", default_value = "-")]
    csv: PathBuf,

    /// Only pages whose path in the manifest matches the glob, such as '/blog/**', or the page of that id (repeatable).
    #[arg(long, value_name = "GLOB")]
    page: Vec<String>,

    /// Only this locale, by its key in the manifests (repeatable).
    #[arg(long, value_name = "TAG")]
    locale: Vec<String>,
}

impl Export {
    pub(super) fn run(self, global: &Global, ui: &Ui) -> Result<Exit, Failure> {
        let mut workspace = Workspace::open(global, ui)?;
        workspace.check()?;
        let pages = workspace.loaded.pages.iter().filter(|page| {
            let name = page.name();
            self.page.is_empty() || self.page.iter().any(|glob| is_page(glob, &name))
        });
        let is_wanted =
            |key: &str| self.locale.is_empty() || self.locale.iter().any(|tag| LocaleTag::from(key).matches(tag));
        let pages: Vec<_> = pages.collect();
        let has_rows = pages.iter().any(|page| page.manifest.locales.keys().any(|key| is_wanted(key)));
        let is_narrowed = !self.page.is_empty() || !self.locale.is_empty();
        if is_narrowed && !has_rows {
            return Err(Failure::usage("no manifest has a page and locale that is chosen").hint(
                "the glob is matched against whole paths in the manifests, such as `/blog/**`, or is a page's id",
            ));
        }
        let table = table::write(pages.iter().copied(), is_wanted);
        ui.secrets().check("the table", &table)?;
        if self.csv == Path::new("-") {
            if !ui.has_reader() && escape::acts_on_a_log(&table) {
                let message =
                    "a text holds a control character or a runner command, which the log of a pipeline would act on";
                return Err(Failure::usage(message).hint("write the table to a file: `--csv table.csv`"));
            }
            ui.data(|screen, out| match screen.width {
                Some(_) => out.write_all(escape::log(&table).as_bytes()),
                // A pipe gets the values as they are.
                None => out.write_all(table.as_bytes()),
            })?;
            return Ok(Exit::Ok);
        }
        files::replace(&self.csv, &table)
            .with_context(|| format!("failed to write the table to `{}`", self.csv.display()))?;
        let written = view::count(pages.len(), "page", "pages");
        ui.note(&format!("Wrote {written} to {}.", self.csv.display()));
        Ok(Exit::Ok)
    }
}
