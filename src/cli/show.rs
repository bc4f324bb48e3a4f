//! `slugline show`: renders what was saved.

use std::path::{Path, PathBuf};

use super::browser;
use super::context;
use super::failure::Failure;
use super::files::{self, Target};
use super::output::{self, PlanFormat, Shown};
use super::sentence::Sentence;
use super::ui::Ui;
use crate::base;
use crate::event::Receipt;
use crate::exit::Exit;
use crate::manifest::load;
use crate::plan::{self, Guard};
use crate::project_dir::read_to_limit;
use crate::render::view::PlanView;
use crate::render::{account, escape, html, receipt};
use crate::run::{self, Recorded, RunId};
use crate::source::Sources;

/// Show a saved plan, or a run.
#[derive(Debug, clap::Args)]
pub(crate) struct Show {
    /// The plan file, or the id of a run or how it begins; `-` reads a plan from stdin.
    #[arg(value_name = "FILE|RUN")]
    file: PathBuf,

    #[command(flatten)]
    pub(super) shown: Shown,

    /// Open the plan as HTML in your browser; only on a terminal.
    #[arg(long, conflicts_with_all = ["format", "max_bytes"])]
    open: bool,
}

impl Show {
    pub(super) fn run(self, ui: &Ui) -> Result<Exit, Failure> {
        let may_be_run =
            self.file.to_str().filter(|text| RunId::may_begin_with(text) && Target::of(&self.file) == Target::Missing);
        if let Some(id) = may_be_run {
            if self.open {
                return Err(no_run());
            }
            return self.show_run(id, ui);
        }
        let plan = read(&self.file, ui)?;
        if self.open {
            return open(&plan, ui);
        }
        output::show(&plan, self.shown, Exit::Ok, prefix, ui)?;
        if self.shown.format == PlanFormat::Text {
            // As when it was made; the other formats tell of it themselves.
            ui.diagnostics(&plan.diagnostics, &Sources::default());
        }
        Ok(Exit::Ok)
    }
}

impl Show {
    /// Shows what a run set out to do and how far it came.
    fn show_run(&self, id: &str, ui: &Ui) -> Result<Exit, Failure> {
        let folder = context::folder()?;
        let root = load::find_project(&folder).unwrap_or(folder);
        let Recorded { id, purpose, remote: _, actor: _, plan, events, exit: _ } =
            run::read(&context::state_folder(&root)?, Some(id))?;
        let receipt = Receipt::of(&events);
        match self.shown.format {
            PlanFormat::Text => {
                ui.note(&format!("The run {id}, an {}.", purpose.name()));
                super::plan::show(&plan, &Guard::ALL, ui)?;
                ui.data(|screen, out| account::receipt(&plan, &receipt, screen, out))?;
            }
            PlanFormat::Json => ui.text(&escape::json(&receipt::json(&plan, &receipt)))?,
            PlanFormat::Markdown
            | PlanFormat::Html
            | PlanFormat::Github
            | PlanFormat::Gitlab
            | PlanFormat::GitlabTerraform
            | PlanFormat::Sarif => {
                return Err(no_run());
            }
        }
        Ok(Exit::Ok)
    }
}

/// Returns why a run is not shown in every format.
fn no_run() -> Failure {
    Failure::usage("a run is shown as text or as JSON").hint("the other formats are for plans, before they are applied")
}

/// Opens the plan in the browser of whoever sits at the terminal.
fn open(plan: &plan::Plan, ui: &Ui) -> Result<Exit, Failure> {
    if !ui.has_reader() {
        return Err(Failure::usage("`--open` opens a browser only for somebody at a terminal")
            .hint("`--format html` writes the page to stdout"));
    }
    let path = browser::open(&ui.redacted(&html::report(&PlanView::new(plan))))?;
    ui.note(&format!("Opened `{}`.", path.display()));
    Ok(Exit::Ok)
}

/// Returns what leads from the top of the repository to the project; nothing where there is none to be found.
pub(super) fn prefix() -> String {
    let root = context::folder().ok().and_then(|folder| load::find_project(&folder).ok());
    root.and_then(|root| base::prefix(&root)).unwrap_or_default()
}

/// Reads a saved plan.
pub(super) fn read(path: &Path, ui: &Ui) -> Result<plan::Plan, Failure> {
    let name = path.display();
    let bytes = if path == Path::new("-") {
        read_to_limit(std::io::stdin().lock(), plan::file::MAX_BYTES)
    } else {
        files::read(path, plan::file::MAX_BYTES)
    };
    let bytes = bytes.map_err(|error| {
        // A run is known by eight digits of its day at least.
        let is_day =
            path.to_str().is_some_and(|text| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()));
        let hint = match is_day {
            true => {
                let hint = Sentence::default().command("log", []);
                hint.words(" lists the runs; give the id of one, or how it begins, from the day on")
            }
            false => make_plan(),
        };
        Failure::new(Exit::Invalid, error).context(format!("failed to read the plan `{name}`")).hint(hint)
    })?;
    let text = String::from_utf8(bytes).map_err(|_| {
        Failure::message(Exit::Invalid, format!("`{name}` is not a plan file: it is no UTF-8")).hint(make_plan())
    })?;
    // Some editors and shells put a mark in front of what is UTF-8.
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    ui.secrets().check(&format!("the plan `{name}`"), text)?;
    plan::file::decode(text).map_err(|error| Failure::from(error).context(format!("failed to read the plan `{name}`")))
}

/// Returns how to come by a plan file.
pub(super) fn make_plan() -> Sentence {
    Sentence::from("make one with ").command("plan", ["-o", "FILE"])
}
