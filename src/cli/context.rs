//! From flags, environment and project file to what a command works with: manifests, a client, a site.

use std::fmt;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Global;
use super::failure::Failure;
use super::files;
use super::secrets::{MAX_TOKEN_FILE, Secrets, TOKEN_FILE_VARIABLE};
use super::sentence::Sentence;
use super::ui::Ui;
use crate::diagnostic::{self, Diagnostic};
use crate::exit::Exit;
use crate::git;
use crate::live;
use crate::manifest::load::{self, Loaded};
use crate::manifest::lower::{self, Terms};
use crate::manifest::project::{MassUpdate, Project};
use crate::model::{Desired, Live, SiteId};
use crate::plan::Limits;
use crate::project_dir::{ProjectDir, ReadError, StateDir};
use crate::render::escape;
use crate::sandbox::{self, Server};
use crate::webflow::{self, Authorization, Client, Token};

/// The variables that hold the token, the first one that is set wins.
const TOKEN_VARIABLES: [&str; 2] = ["WEBFLOW_TOKEN", "WEBFLOW_API_TOKEN"];
/// Requests a minute that every plan of Webflow allows.
const LEAST_RATE_LIMIT: u32 = 60;
/// The folder of what the program keeps for itself.
pub(crate) const STATE_FOLDER: &str = ".slugline";
/// The sandbox that a project brings along, and the name of its state in the state folder.
const SANDBOX: &str = "sandbox.json";
/// The file in the state folder that has git ignore it.
const IGNORE: &str = ".gitignore";
/// Bytes of that file, at most.
const MAX_IGNORE: u64 = 64 << 10;
/// Bytes of a sandbox, at most.
pub(crate) const MAX_SANDBOX: u64 = 256 << 20;

/// The project on disk: its folder, its files, and the site they are for.
pub(crate) struct Workspace {
    pub(crate) root: PathBuf,
    pub(crate) loaded: Loaded,
    pub(crate) site: SiteId,
    pub(crate) environment: Option<String>,
}

impl Workspace {
    /// Finds and reads the project. Problems of its pages are kept, those of the project file are a failure.
    pub(crate) fn open(global: &Global, ui: &Ui) -> Result<Self, Failure> {
        let root = find_project()?;
        let loaded = load(&root, ui);
        Self::of(root, loaded, global)
    }

    /// Finds the site that a project which has been read is for.
    pub(crate) fn of(root: PathBuf, mut loaded: Loaded, global: &Global) -> Result<Self, Failure> {
        let chosen = loaded.project.as_ref().and_then(|project| choose_site(&project.manifest, global.env.as_deref()));
        let Some(chosen) = chosen else {
            return Err(Failure::invalid(std::mem::take(&mut loaded.diagnostics), loaded.sources));
        };
        let (site, environment) = chosen?;
        Ok(Self { root, loaded, site, environment })
    }

    /// Fails if anything is wrong with the pages.
    pub(crate) fn check(&mut self) -> Result<(), Failure> {
        if diagnostic::has_errors(&self.loaded.diagnostics) {
            let diagnostics = std::mem::take(&mut self.loaded.diagnostics);
            return Err(Failure::invalid(diagnostics, std::mem::take(&mut self.loaded.sources)));
        }
        Ok(())
    }

    /// Returns what the manifests want of the site, or all that is wrong with them.
    pub(crate) fn lower(&mut self, live: &Live, ui: &Ui) -> Result<Desired, Failure> {
        let (desired, diagnostics) = self.lower_all(live);
        if diagnostic::has_errors(&diagnostics) {
            return Err(Failure::invalid(diagnostics, std::mem::take(&mut self.loaded.sources)));
        }
        ui.diagnostics(&diagnostics, &self.loaded.sources);
        Ok(desired)
    }

    /// Returns what the manifests want of the site as far as it fits, and all that is wrong with them.
    pub(crate) fn lower_all(&mut self, live: &Live) -> (Desired, Vec<Diagnostic>) {
        let (desired, found) = lower::lower(&self.loaded.pages, &self.terms(), live);
        let mut diagnostics: Vec<Diagnostic> = std::mem::take(&mut self.loaded.diagnostics);
        diagnostics.extend(found);
        let project = self.loaded.project.as_ref();
        diagnostics.extend(project.and_then(|project| lower::check_primary(project, &live.site)));
        diagnostic::sort_and_bound(&mut diagnostics);
        (desired, diagnostics)
    }

    /// Returns what the project file says of all pages.
    pub(crate) fn terms(&self) -> Terms {
        self.loaded.terms()
    }

    /// Returns what the project file says.
    pub(crate) fn project(&self) -> Option<&Project> {
        self.loaded.project.as_ref().map(|document| &document.manifest)
    }

    /// Returns how many page locales the manifests manage, whether the site has them or not.
    pub(crate) fn managed(&self) -> usize {
        self.loaded.pages.iter().map(|document| document.manifest.locales.len()).sum()
    }

    /// Returns the guards' thresholds.
    pub(crate) fn limits(&self) -> Limits {
        let default = Limits::default();
        let Some(project) = self.project() else { return default };
        let MassUpdate { percent, floor, ceiling } = &project.guards.mass_update;
        Limits {
            percent: percent.map_or(default.percent, |percent| u32::from(percent.get())),
            floor: floor.map_or(default.floor, |floor| floor as usize),
            ceiling: ceiling.map_or(default.ceiling, |ceiling| ceiling as usize),
            alike: default.alike,
        }
    }
}

/// Reads the project. A file that holds the API token is an error.
pub(crate) fn load(root: &Path, ui: &Ui) -> Loaded {
    let mut loaded = load::load(root);
    ui.secrets().report(&mut loaded);
    loaded
}

/// Returns the folder of the project: the current one, or one above it.
pub(crate) fn find_project() -> Result<PathBuf, Failure> {
    load::find_project(&folder()?).map_err(|error| {
        let hint = Sentence::from("make one with ").command("import", ["--site", "ID"]);
        Failure::new(Exit::Invalid, error).hint(hint.words(", or change folder with `-C DIR`"))
    })
}

/// The site to work on, and the environment that names it.
type Chosen = (SiteId, Option<String>);

/// Returns the site that the project file names; nothing if it names none, which has been diagnosed.
fn choose_site(project: &Project, wanted: Option<&str>) -> Option<Result<Chosen, Failure>> {
    if let Some(site) = &project.site {
        return Some(match wanted {
            None => Ok((site.as_str().into(), None)),
            Some(name) => Err(Failure::usage(format!("the project has no environments, so `--env {name}` names none"))
                .hint("leave the flag out, or replace `site` by `environments` in slugline.yaml")),
        });
    }
    let environments = project.environments.as_ref().filter(|environments| !environments.is_empty())?;
    let known = names(environments.keys());
    Some(match wanted {
        Some(name) => match environments.get(name) {
            Some(environment) => Ok((environment.site.as_str().into(), Some(name.to_owned()))),
            None => {
                Err(Failure::usage(format!("the project has no environment `{name}`")).hint(format!("it has {known}")))
            }
        },
        None => Err(none_chosen(environments.keys().map(ToString::to_string).collect())),
    })
}

fn none_chosen(environments: Vec<String>) -> Failure {
    match environments.as_slice() {
        [only] => {
            let flag = escape::shell_flag("--env", only);
            Failure::usage(format!("the project has one environment, `{only}`, and it is not chosen"))
                .hint(format!("choose it with `{flag}`, or replace `environments` by `site` in slugline.yaml"))
        }
        several => Failure::usage("the project has several environments, and none is chosen")
            .hint(format!("choose one with `--env NAME`: {}", names(several.iter()))),
    }
}

fn names<T: fmt::Display>(names: impl Iterator<Item = T>) -> String {
    names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// A client, and the sandbox it talks to if it is not the real API.
pub(crate) struct Connection {
    pub(crate) client: Client,
    /// The one site that the token is for, if it says so.
    pub(crate) token_sites: Vec<String>,
    /// Requests a minute that the token, or the user, allows.
    pub(crate) per_minute: u32,
    /// Kept running for as long as the client is used.
    sandbox: Option<Server>,
}

impl Connection {
    /// Connects, and asks what the token is and may do: one request, which tells the rate limit.
    pub(crate) async fn open(global: &Global, root: &Path, ui: &Ui) -> Result<Self, Failure> {
        let sandbox = if global.sandbox { Some(start_sandbox(root).await?) } else { None };
        let options = match &sandbox {
            Some(server) => {
                client_options(global, server.url().parse().map_err(anyhow::Error::from)?, sandbox_token(server)?, ui)
            }
            None => client_options(global, api_url(global)?, token(ui.secrets())?, ui),
        };
        let client = Client::new(options)?;
        let asked = match client.reader().introspect().await {
            Ok(introspection) => introspection.authorization,
            // Not every kind of token can be asked; the first answer's headers tell the limit then.
            Err(error) if error.status().is_some_and(|status| status != 401) => {
                ui.detail(&format!("the token cannot be introspected: {error}"));
                Authorization::default()
            }
            Err(error) => return Err(error.into()),
        };
        let limit = asked.rate_limit.unwrap_or(LEAST_RATE_LIMIT);
        let per_minute = global.rpm.map_or(limit, |rpm| limit.min(rpm.get()));
        Ok(Self { client, token_sites: asked.authorized_to.site_ids, per_minute, sandbox })
    }

    /// Stops the sandbox, if there is one.
    pub(crate) async fn close(self) {
        if let Some(server) = self.sandbox {
            server.stop().await;
        }
    }
}

/// Returns the API's address. Parsed here and not by clap, which would print what was given, and that may hold a secret.
fn api_url(global: &Global) -> Result<webflow::BaseUrl, Failure> {
    match &global.api_url {
        None => Ok(webflow::BaseUrl::default()),
        Some(url) => url.parse().map_err(|error| Failure::new(Exit::Usage, error)),
    }
}

fn client_options(global: &Global, base_url: webflow::BaseUrl, token: Token, ui: &Ui) -> webflow::Options {
    let mut options = webflow::Options::new(token);
    options.base_url = base_url;
    options.namespace = global.api_namespace;
    options.requests_per_minute = global.rpm.map(|rpm| rpm.get());
    let ui = ui.clone();
    options.on_wait = Some(Arc::new(move |wait: webflow::Wait| {
        ui.wait(format!("{}, {} s", wait.reason, wait.length.as_secs_f64().ceil()));
    }));
    options
}

/// Returns whether a token is at hand, good or not.
pub(crate) fn has_token() -> bool {
    let variables = TOKEN_VARIABLES.iter().chain([&TOKEN_FILE_VARIABLE]);
    variables.into_iter().any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}

fn token(secrets: &Secrets) -> Result<Token, Failure> {
    for name in TOKEN_VARIABLES {
        if let Some(value) = std::env::var_os(name).filter(|value| !value.is_empty()) {
            let value = value.into_string().map_err(|_| bad_token(&format!("`{name}` is no UTF-8")))?;
            return Token::new(value).map_err(|error| bad_token(&format!("`{name}` cannot be used: {error}")));
        }
    }
    if let Some(path) = std::env::var_os(TOKEN_FILE_VARIABLE).filter(|value| !value.is_empty()) {
        let path = PathBuf::from(path);
        let text = files::read_text(&path, MAX_TOKEN_FILE).map_err(|error| {
            bad_token(&format!(
                "the file `{}` named by `{TOKEN_FILE_VARIABLE}` cannot be read: {error}",
                path.display()
            ))
        })?;
        secrets.add(&text);
        return Token::new(text).map_err(|error| bad_token(&format!("`{}` cannot be used: {error}", path.display())));
    }
    Err(Failure::message(Exit::Unavailable, "no token: `WEBFLOW_TOKEN` is not set").hint(
        "make a site token with the scopes sites:read, pages:read and pages:write in the site's settings under \
         Apps & integrations, and put it in `WEBFLOW_TOKEN`; or try `--sandbox`, which needs none",
    ))
}

fn bad_token(message: &str) -> Failure {
    Failure::message(Exit::Unavailable, message).hint("put the token there as Webflow showed it, and nothing else")
}

fn sandbox_token(server: &Server) -> Result<Token, Failure> {
    Token::new(server.site().token().to_owned())
        .map_err(|error| Failure::message(Exit::Invalid, format!("the sandbox has no usable token: {error}")))
}

/// Starts the project's sandbox where it was left; the first time, from what the project brings along.
async fn start_sandbox(root: &Path) -> Result<Server, Failure> {
    let site = sandbox_site(root)?;
    let state = make_state_folder(root)?;
    let save = sandbox::Save::new(move |text| StateDir::open(&state)?.replace(SANDBOX, text));
    let options = sandbox::Options { save: Some(save), ..sandbox::Options::default() };
    let server = Server::start(site, options).await;
    server.map_err(|error| Failure::new(Exit::Failed, error).context("failed to start the sandbox".to_owned()))
}

/// Returns the sandbox's site: as it was left, else the project's seed, else the sample.
pub(crate) fn sandbox_site(root: &Path) -> Result<sandbox::Site, Failure> {
    let state = state_folder(root)?;
    let left = StateDir::open(&state).map_err(ReadError::from).and_then(|state| state.read(SANDBOX, MAX_SANDBOX));
    if let Some(site) = site_of(left, &state.join(SANDBOX)) {
        let reset = || Sentence::default().command("sandbox reset", []).words(" starts it afresh");
        return site.map_err(|failure| failure.hint(reset()));
    }
    let seed = ProjectDir::open(root).map_err(ReadError::from).and_then(|project| project.read(SANDBOX, MAX_SANDBOX));
    site_of(seed, &root.join(SANDBOX)).unwrap_or_else(|| Ok(sandbox::sample()))
}

/// Returns the site that a file holds; nothing if there is no such file.
fn site_of(read: Result<Vec<u8>, ReadError>, path: &Path) -> Option<Result<sandbox::Site, Failure>> {
    let name = path.display();
    let bytes = match read {
        Ok(bytes) => bytes,
        Err(error) if error.is_missing() => return None,
        Err(error) => {
            let failure = Failure::new(Exit::Failed, error);
            return Some(Err(failure.context(format!("failed to read the sandbox `{name}`"))));
        }
    };
    let site = sandbox::Site::from_json(&String::from_utf8_lossy(&bytes));
    Some(site.map_err(|error| Failure::message(Exit::Invalid, format!("`{name}` is no sandbox: {error}"))))
}

/// Keeps the site of a project's sandbox.
pub(crate) fn save_sandbox(root: &Path, site: &sandbox::Site) -> Result<(), Failure> {
    let state = state_folder(root)?;
    let saved = StateDir::open(&state).and_then(|state| state.replace(SANDBOX, &site.to_json()));
    saved.map_err(|error| {
        Failure::new(Exit::Failed, error).context(format!("failed to write `{}`", state.join(SANDBOX).display()))
    })
}

/// Removes the state of a project's sandbox, and returns whether there was one.
pub(crate) fn reset_sandbox(root: &Path) -> Result<bool, Failure> {
    let state = state_folder(root)?;
    match StateDir::open(&state).and_then(|state| state.remove_file(SANDBOX)) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
        Err(error) => {
            Err(Failure::new(Exit::Failed, error)
                .context(format!("failed to remove `{}`", state.join(SANDBOX).display())))
        }
    }
}

/// Returns what the record of a run calls the place that it writes to. Servers on this machine are for trying things,
/// on another port each time, so they are one place.
pub(crate) fn remote_name(global: &Global) -> Result<String, Failure> {
    if global.sandbox {
        return Ok("sandbox".to_owned());
    }
    let url = api_url(global)?;
    Ok(if url.is_loopback() { "a server on this machine".to_owned() } else { url.to_string() })
}

/// Returns the folder of what the program keeps for itself, whether it exists or not. Fails if the repository brought it
/// along: what is recorded there is trusted.
pub(crate) fn state_folder(root: &Path) -> Result<PathBuf, Failure> {
    let folder = root.join(STATE_FOLDER);
    if let Some(link) = StateDir::find_link(&folder) {
        let message = format!("`{}` is a link, and links are not followed in `{STATE_FOLDER}`", link.display());
        return Err(Failure::message(Exit::Invalid, message)
            .hint(format!("nothing was written; remove the link, `{STATE_FOLDER}` is made again when it is needed")));
    }
    let is_tracked = files::Target::of(&folder) != files::Target::Missing
        && git::tracks(root, STATE_FOLDER).map_err(|error| {
            let hint = error.hint();
            let context = format!("failed to find out whether git tracks files in `{}`", folder.display());
            Failure::new(Exit::Invalid, error).context(context).hint(hint)
        })?;
    if is_tracked {
        let message =
            format!("git tracks files in `{}`, which is no place for files of a repository", folder.display());
        return Err(Failure::message(Exit::Invalid, message).hint(format!(
            "nothing was written; check what the files are, then run `git rm -r --cached {STATE_FOLDER}` and commit"
        )));
    }
    Ok(folder)
}

/// Makes the folder of what the program keeps for itself, which git ignores.
pub(crate) fn make_state_folder(root: &Path) -> Result<PathBuf, Failure> {
    let folder = state_folder(root)?;
    let made = StateDir::make(&folder).and_then(|state| match state.read(IGNORE, MAX_IGNORE) {
        Ok(text) if text.is_empty() => state.replace(IGNORE, "*\n"),
        Err(error) if error.is_missing() => state.replace(IGNORE, "*\n"),
        // One that is too large to read is not empty, as one on a full disk may be.
        Ok(_) | Err(ReadError::TooLarge(_)) => Ok(()),
        Err(error) => Err(error.into()),
    });
    made.map_err(|error| {
        Failure::new(Exit::Failed, error)
            .context(format!("failed to make the folder `{}`", folder.display()))
            .hint("nothing was written; what happens is recorded there before anything is sent")
    })?;
    Ok(folder)
}

/// Returns who runs the program: the actor of a pipeline, or the user of the machine.
pub(crate) fn actor() -> Option<String> {
    let names = ["GITHUB_ACTOR", "GITLAB_USER_LOGIN", "USER", "USERNAME"];
    names.iter().find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
}

/// Returns the folder that the command works from.
pub(crate) fn folder() -> Result<PathBuf, Failure> {
    std::env::current_dir()
        .map_err(|error| Failure::new(Exit::Failed, error).context("failed to find the current folder".to_owned()))
}

/// Reads the site, and the folders that the manifests' paths need.
pub(crate) async fn read_live(
    connection: &Connection,
    workspace: &Workspace,
    concurrency: NonZeroUsize,
) -> Result<Live, Failure> {
    let reader = connection.client.reader();
    let mut live = live::read(&reader, &workspace.site, concurrency).await?;
    let folders = lower::folders_needed(&workspace.loaded.pages, &workspace.terms(), &live);
    live::read_folders(&reader, &mut live, folders, concurrency).await?;
    Ok(live)
}
