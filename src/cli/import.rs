//! `slugline import`: from the live site to files.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::context::{self, Connection, Workspace};
use super::describe::{self, Describer, NewFile, PROJECT_SCHEMA, SCHEMA_FOLDER};
use super::failure::Failure;
use super::ui::Ui;
use super::{Global, block_on, table};
use crate::exit::Exit;
use crate::import::{self, Wanted};
use crate::live;
use crate::manifest::globs::PageGlobs;
use crate::manifest::project::{FILE_NAME, Project};
use crate::manifest::{emit, load};
use crate::model::{FolderId, Live, SiteId};
use crate::plan::Selection;
use crate::render::view;

/// How many of the sites that a token reaches a hint lists.
const MOST_SITES_SHOWN: usize = 10;

/// Write slugline.yaml and a manifest for each page of the site that has none yet. Existing files stay as they are.
#[derive(Debug, clap::Args)]
pub(crate) struct Import {
    /// The site's id; by default the project's, or the only one that the token reaches.
    #[arg(long, value_name = "ID")]
    site: Option<String>,

    /// Archived pages and utility pages (not found, password, search) too.
    #[arg(long)]
    all: bool,

    /// Only pages whose path matches the glob, such as '/blog/**', or the page of that id (repeatable).
    #[arg(long, value_name = "GLOB")]
    page: Vec<String>,

    /// In place of the site, a table that `slugline export` wrote: what it says goes into the manifests that are there.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["site", "all", "page", "no_schema"])]
    csv: Option<PathBuf>,

    /// Show how the table would change the manifests, as a patch, and write nothing.
    #[arg(long, requires = "csv")]
    diff: bool,

    /// Leave out the JSON Schemas for editors, and the line in each file that names its own.
    #[arg(long)]
    no_schema: bool,
}

impl Import {
    pub(super) fn run(self, global: &Global, ui: &Ui) -> Result<Exit, Failure> {
        if let Some(csv) = &self.csv {
            return table::import(global, csv, self.diff, ui);
        }
        let folder = context::folder()?;
        let mut workspace = match load::find_project(&folder) {
            Ok(_) => Some(Workspace::open(global, ui)?),
            Err(_) => None,
        };
        if let Some(workspace) = &mut workspace {
            workspace.check()?;
            self.check_site(workspace)?;
        }
        let root = workspace.as_ref().map_or(folder, |workspace| workspace.root.clone());
        block_on(async {
            let connection = Connection::open(global, &root, ui).await?;
            let result = self.import(global, &root, workspace, &connection, ui).await;
            connection.close().await;
            result
        })
    }

    fn check_site(&self, workspace: &Workspace) -> Result<(), Failure> {
        match &self.site {
            Some(site) if site != workspace.site.as_str() => {
                Err(Failure::usage(format!("the project here is for the site `{}`, not `{site}`", workspace.site))
                    .hint("leave `--site` out, or import into another folder with `-C DIR`"))
            }
            Some(_) | None => Ok(()),
        }
    }

    async fn import(
        &self,
        global: &Global,
        root: &Path,
        workspace: Option<Workspace>,
        connection: &Connection,
        ui: &Ui,
    ) -> Result<Exit, Failure> {
        let site = match &workspace {
            Some(workspace) => workspace.site.clone(),
            None => self.chosen_site(connection)?,
        };
        let is_new_project = workspace.is_none();
        let reader = connection.client.reader();
        let mut live = live::read(&reader, &site, global.concurrency).await?;
        let folders: BTreeSet<FolderId> = live.pages.values().filter_map(|page| page.folder.clone()).collect();
        live::read_folders(&reader, &mut live, folders, global.concurrency).await?;

        let globs = PageGlobs::of(workspace.as_ref().and_then(Workspace::project));
        let terms = workspace.as_ref().map(Workspace::terms).unwrap_or_default();
        let described = match workspace {
            Some(mut workspace) => workspace.lower(&live, ui)?.pages.into_keys().collect(),
            None => BTreeSet::new(),
        };
        let describer = Describer { root, globs: &globs, has_schema: !self.no_schema, terms };
        let selection = Selection { pages: self.page.clone(), ..Selection::default() };
        let manifests = describer.manifests(&live, &described, &Wanted { selection, all: self.all })?;
        let schemas = describer.schemas(&live, is_new_project || !manifests.is_empty())?;
        if is_new_project {
            // First, so that an import that is cut short finds its own files when it is run again.
            let project = Project { site: describe::object_id(site.as_str()), ..Project::default() };
            let text = describer.modeline(FILE_NAME, PROJECT_SCHEMA) + &emit::emit_project(&project);
            describer.create(&NewFile { name: FILE_NAME.to_owned(), text })?;
        }
        describer.write_schemas(&schemas)?;
        manifests.iter().try_for_each(|file| describer.create(file))?;
        let left_out = if self.all { 0 } else { import::left_out(&live, &described) };
        let written = Written { manifests: manifests.len(), schemas: schemas.len(), is_new_project };
        report(&live, &written, left_out, described.len(), ui);
        Ok(Exit::Ok)
    }

    fn chosen_site(&self, connection: &Connection) -> Result<SiteId, Failure> {
        match (&self.site, connection.token_sites.as_slice()) {
            (Some(site), _) => Ok(site.as_str().into()),
            (None, [only]) => Ok(only.as_str().into()),
            (None, sites) => {
                let hint = if sites.is_empty() {
                    "give it with `--site ID`; it stands in the site's settings under General".to_owned()
                } else {
                    let shown = &sites[..sites.len().min(MOST_SITES_SHOWN)];
                    let more = if shown.len() < sites.len() { ", …" } else { "" };
                    format!("choose one with `--site ID`: {}{more}", shown.join(", "))
                };
                Err(Failure::usage("there is no slugline.yaml here that says which site").hint(hint))
            }
        }
    }
}

/// What an import has added.
struct Written {
    manifests: usize,
    schemas: usize,
    is_new_project: bool,
}

fn report(live: &Live, written: &Written, left_out: usize, described: usize, ui: &Ui) {
    let Written { manifests: new, schemas, is_new_project } = *written;
    let site = &live.site;
    let locales = view::count(site.locales().count(), "locale", "locales");
    ui.note(&format!("{} ({}): {locales}", site.name, site.id));
    if is_new_project {
        ui.note(&format!("Wrote {FILE_NAME}."));
    }
    if schemas > 0 {
        ui.note(&format!("Wrote the schemas for editors to {SCHEMA_FOLDER}/."));
    }
    if new > 0 {
        ui.note(&format!("Wrote {}.", view::count(new, "manifest", "manifests")));
    }
    if described > 0 {
        let pages = view::count(described, "page was", "pages were");
        ui.note(&format!("{pages} described already and left alone."));
    }
    for page in live.pages.values().filter(|page| page.is_damaged()) {
        ui.note(&format!("Left out the page {}: cannot read {}.", page.id, page.damaged_fields()));
    }
    if left_out > 0 {
        let pages = view::count(left_out, "archived or utility page", "archived or utility pages");
        ui.note(&format!("Left out {pages}; `--all` takes them in."));
    }
    if new == 0 && schemas == 0 && !is_new_project {
        ui.note("Nothing to add.");
    }
}
