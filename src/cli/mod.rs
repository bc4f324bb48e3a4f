//! The command line: one file a verb, and how each of them ends.
//!
//! On top of everything else; nothing else knows of it.

mod against;
mod apply;
mod approval;
mod baseline;
mod browser;
mod completions;
mod context;
mod describe;
mod explain;
mod export;
mod failure;
mod fix;
mod files;
mod import;
mod invocation;
mod log;
mod lint;
mod offline;
mod output;
mod plan;
mod progress;
mod pull;
mod recorder;
mod remarks;
mod rewrite;
mod sandbox;
mod schema;
mod secrets;
mod send;
mod sentence;
mod show;
mod signals;
mod status;
mod table;
mod ui;
mod undo;
mod validate;

use std::ffi::OsString;
use std::future::Future;
use std::num::{NonZeroU32, NonZeroUsize};
use std::path::PathBuf;

use clap::{Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use self::failure::Failure;
use self::invocation::Invocation;
use self::output::Answer;
use self::ui::{Color, Ui};
use crate::exit::Exit;
use crate::render::sarif;
use crate::webflow::Namespace;

/// Keep a Webflow site's SEO and Open Graph metadata as YAML in git, and reconcile the live site with it.
#[derive(Debug, Parser)]
#[command(name = "slugline", version, max_term_width = 100)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Import(import::Import),
    Validate(validate::Validate),
    Plan(plan::Plan),
    Show(show::Show),
    Apply(apply::Apply),
    Pull(pull::Pull),
    Undo(undo::Undo),
    Log(log::Log),
    Status(status::Status),
    Export(export::Export),
    Schema(schema::Schema),
    Sandbox(sandbox::Sandbox),
    Explain(explain::Explain),
    Completions(completions::Completions),
}

/// Flags of every command.
#[derive(Debug, Args)]
#[command(next_help_heading = "Common options")]
pub(crate) struct Global {
    /// Change to this folder first.
    #[arg(short = 'C', value_name = "DIR", global = true)]
    directory: Option<PathBuf>,

    /// The environment of slugline.yaml to work on.
    #[arg(long, value_name = "NAME", global = true)]
    env: Option<String>,

    /// Work on a simulated site inside the process: no token, no network. Its state lies in .slugline/sandbox.json.
    #[arg(long, global = true, conflicts_with = "api_url")]
    sandbox: bool,

    /// The API's address: https, or http on loopback.
    #[arg(long, value_name = "URL", global = true)]
    api_url: Option<String>,

    /// The API's namespace: v2 or beta.
    #[arg(long, value_name = "NAME", global = true, default_value = "v2")]
    api_namespace: Namespace,

    /// Requests under way at once, at most.
    #[arg(long, value_name = "N", global = true, default_value = "4", value_parser = one_or_more)]
    concurrency: NonZeroUsize,

    /// Requests a minute, at most; by default what the token's limit allows.
    #[arg(long, value_name = "N", global = true, value_parser = one_or_more_a_minute)]
    rpm: Option<NonZeroU32>,

    /// When to use colors.
    #[arg(long, value_enum, value_name = "WHEN", global = true, default_value = "auto")]
    color: Color,

    /// Say nothing but data, errors and warnings.
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    quiet: bool,

    /// Say more of what is going on.
    #[arg(short, long, global = true)]
    verbose: bool,
}

fn one_or_more(text: &str) -> Result<NonZeroUsize, &'static str> {
    text.parse().map_err(|_| "a whole number of 1 or more is expected")
}

fn one_or_more_a_minute(text: &str) -> Result<NonZeroU32, &'static str> {
    text.parse().map_err(|_| "a whole number of 1 or more is expected")
}

/// Runs the program with these arguments and returns how it ended.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> Exit {
    std::panic::set_hook(Box::new(ui::panic));
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let parsed = Cli::command().try_get_matches_from(&arguments).and_then(|matches| Cli::from_arg_matches(&matches));
    match parsed {
        // A panic has been told on stderr; Rust's own exit code for it is none of ours.
        Ok(cli) => std::panic::catch_unwind(|| run(cli)).unwrap_or(Exit::Failed),
        Err(error) => {
            ui::usage(&error, &arguments);
            if error.use_stderr() { Exit::Usage } else { Exit::Ok }
        }
    }
}

fn run(cli: Cli) -> Exit {
    let Cli { global, command } = cli;
    let ui = Ui::new(global.color, global.quiet, global.verbose, Invocation::of(&global));
    let answer = command.answer();
    let category = command.category(&global);
    let result = change_folder(&global).and_then(|()| {
        // A relative path is meant from the folder that is the current one from here on.
        ui.secrets().add_file();
        command.run(&global, &ui)
    });
    match result {
        Ok(exit) => exit,
        Err(failure) => fail(&failure, answer, &category, &ui),
    }
}

/// Changes the folder of the whole process, so that every path given is meant from there.
fn change_folder(global: &Global) -> Result<(), Failure> {
    let Some(folder) = &global.directory else { return Ok(()) };
    std::env::set_current_dir(folder).map_err(|error| {
        Failure::new(Exit::Usage, error).context(format!("failed to change to the folder `{}`", folder.display()))
    })
}

impl Command {
    fn run(self, global: &Global, ui: &Ui) -> Result<Exit, Failure> {
        match self {
            Self::Import(command) => command.run(global, ui),
            Self::Validate(command) => command.run(global, ui),
            Self::Plan(command) => command.run(global, ui),
            Self::Show(command) => command.run(ui),
            Self::Apply(command) => command.run(global, ui),
            Self::Pull(command) => command.run(global, ui),
            Self::Undo(command) => command.run(global, ui),
            Self::Log(command) => command.run(ui),
            Self::Status(command) => command.run(global, ui),
            Self::Export(command) => command.run(global, ui),
            Self::Schema(command) => command.run(ui),
            Self::Sandbox(command) => command.run(global, ui),
            Self::Explain(command) => command.run(ui),
            Self::Completions(command) => command.run(ui),
        }
    }

    /// How a failure is told on stdout.
    fn answer(&self) -> Answer {
        match self {
            Self::Validate(command) => command.format.answer(),
            Self::Plan(command) => command.shown.answer(),
            Self::Show(command) => command.shown.answer(),
            Self::Apply(command) => command.format.into(),
            Self::Pull(command) => command.format.into(),
            Self::Undo(command) => command.format.into(),
            Self::Log(command) => command.format.into(),
            Self::Status(command) => command.error_format().into(),
            Self::Import(_) | Self::Export(_) | Self::Schema(_) | Self::Sandbox(_) | Self::Explain(_) => {
                Answer::Nothing
            }
            Self::Completions(_) => Answer::Nothing,
        }
    }

    /// What code scanning knows it by, so that the next one that comes to a result takes a failure's place.
    fn category(&self, global: &Global) -> String {
        match self {
            Self::Validate(_) => "validate".to_owned(),
            _ => sarif::plan_category(global.env.as_deref()),
        }
    }
}

fn fail(failure: &Failure, answer: Answer, category: &str, ui: &Ui) -> Exit {
    ui.diagnostics(&failure.diagnostics, &failure.sources);
    ui.error(&failure.error, failure.hint.as_ref());
    // The error stands on stderr already; a stdout that cannot be written changes nothing about it.
    let _ = output::answer(failure, answer, category, show::prefix, ui);
    failure.exit
}

/// Runs a command that talks to a server.
fn block_on<T>(future: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(future)
}
