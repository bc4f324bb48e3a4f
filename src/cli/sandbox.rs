//! `slugline sandbox`: the simulated Webflow, for other programs and the curious.

mod edit;

use std::path::PathBuf;

use super::context;
use super::failure::Failure;
use super::ui::Ui;
use super::{Global, block_on, files};
use crate::exit::Exit;
use crate::manifest::load;
use crate::render::escape;
use crate::sandbox::{self, Options, Server, Shape};

/// The simulated Webflow that `--sandbox` works on.
#[derive(Debug, clap::Args)]
pub(crate) struct Sandbox {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    Serve(Serve),
    Edit(edit::Edit),
    /// Forget what was written to the project's sandbox; the next use starts from sandbox.json again.
    Reset,
}

/// Serve a simulated Webflow on loopback until stopped. Prints one line of JSON once it accepts requests.
#[derive(Debug, clap::Args)]
struct Serve {
    /// The port; by default a free one.
    #[arg(long, value_name = "N", default_value = "0")]
    port: u16,

    /// A file that holds the site; written after each change. Made if it is missing.
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,

    /// Make a site with so many pages.
    #[arg(long, value_name = "N")]
    pages: Option<usize>,

    /// Make a site with so many locales.
    #[arg(long, value_name = "L")]
    locales: Option<usize>,

    /// The seed of the site that is made.
    #[arg(long, value_name = "S", default_value = "1")]
    seed: u64,

    /// How many times faster its clock runs, for the rate limit.
    #[arg(long, value_name = "X", default_value = "1")]
    speed: f64,

    /// Answer any number of requests a minute.
    #[arg(long)]
    no_limit: bool,
}

impl Sandbox {
    pub(super) fn run(self, global: &Global, ui: &Ui) -> Result<Exit, Failure> {
        if global.api_url.is_some() {
            return Err(Failure::usage("`slugline sandbox` knows only the project's own sandbox, and asks no server")
                .hint("leave out `--api-url`"));
        }
        match self.command {
            Command::Serve(serve) => serve.run(ui),
            Command::Edit(edit) => edit.run(ui),
            Command::Reset => reset(ui),
        }
    }
}

impl Serve {
    fn run(self, ui: &Ui) -> Result<Exit, Failure> {
        if !(self.speed.is_finite() && self.speed > 0.0) {
            return Err(Failure::usage(format!("`--speed {}` is no speed", self.speed)).hint("give a number above 0"));
        }
        let site = self.site()?;
        let site_id = site.id().to_owned();
        let token = site.token().to_owned();
        let options = Options {
            port: self.port,
            speed: self.speed,
            limit: !self.no_limit,
            save: self.state.clone().map(|path| sandbox::Save::new(move |text| files::replace(&path, text))),
            history: false,
        };
        block_on(async {
            let server = Server::start(site, options).await.map_err(|error| {
                Failure::new(Exit::Failed, error).context(format!("failed to serve on port {}", self.port))
            })?;
            let line = serde_json::json!({"url": server.url(), "token": token, "site": site_id});
            ui.sandbox_access(&format!("{}\n", escape::json(&line.to_string())))?;
            let exit = stopped().await?;
            server.stop().await;
            Ok(exit)
        })
    }

    fn site(&self) -> Result<sandbox::Site, Failure> {
        if let Some(path) = &self.state
            && files::Target::of(path) != files::Target::Missing
        {
            let text = files::read_text(path, context::MAX_SANDBOX).map_err(|error| {
                Failure::new(Exit::Invalid, error).context(format!("failed to read `{}`", path.display()))
            })?;
            return sandbox::Site::from_json(&text).map_err(|error| {
                Failure::message(Exit::Invalid, format!("`{}` is no sandbox: {error}", path.display()))
            });
        }
        if self.pages.is_none() && self.locales.is_none() {
            return context::sandbox_site(&root()?);
        }
        let shape = Shape { pages: self.pages.unwrap_or(20), locales: self.locales.unwrap_or(3), seed: self.seed };
        if shape.pages == 0 || shape.locales == 0 {
            return Err(Failure::usage("a site has at least one page and one locale"));
        }
        Ok(sandbox::generate(shape))
    }
}

/// Waits until somebody stops the program.
async fn stopped() -> Result<Exit, Failure> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate())?;
        tokio::select! {
            result = tokio::signal::ctrl_c() => result?,
            _ = terminate.recv() => {}
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await?;
    // To be stopped is what it waits for.
    Ok(Exit::Ok)
}

/// Returns the folder whose sandbox is meant: the project's, or the current one.
fn root() -> Result<PathBuf, Failure> {
    let folder = context::folder()?;
    Ok(load::find_project(&folder).unwrap_or(folder))
}

fn reset(ui: &Ui) -> Result<Exit, Failure> {
    ui.note(match context::reset_sandbox(&root()?)? {
        true => "The sandbox starts afresh.",
        false => "The sandbox has not been used yet.",
    });
    Ok(Exit::Ok)
}
