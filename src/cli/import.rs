//! `slugline import`: from the live site to files.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::context::{self, Connection, Workspace};
use super::failure::Failure;
use super::ui::Ui;
use super::{Global, block_on, files};
use crate::exit::Exit;
use crate::import::{self, NewPage, Wanted};
use crate::live;
use crate::manifest::globs::PageGlobs;
use crate::manifest::load;
use crate::manifest::page::PageManifest;
use crate::manifest::project::{FILE_NAME, Project};
use crate::manifest::value::{ObjectId, PagePath};
use crate::manifest::{emit, lower};
use crate::model::{FolderId, Live, PageId, SiteId};
use crate::plan::Selection;
use crate::render::view;

/// Write slugline.yaml and a manifest for each page of the site that has none yet. Existing files stay as they are.
#[derive(Debug, clap::Args)]
pub(crate) struct Import {
    /// The site's id; by default the project's, or the only one that the token reaches.
    #[arg(long, value_name = "ID")]
    site: Option<String>,

    /// Archived pages and utility pages (not found, password, search) too.
    #[arg(long)]
    all: bool,

    /// Only pages whose path matches the glob, such as '/blog/**' (repeatable).
    #[arg(long, value_name = "GLOB")]
    page: Vec<String>,
}

impl Import {
    pub(super) fn run(self, global: &Global, ui: &Ui) -> Result<Exit, Failure> {
        let folder = context::folder()?;
        let mut workspace = match load::find_project(&folder) {
            Ok(_) => Some(Workspace::open(global)?),
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
        let reader = connection.client.reader();
        let mut live = live::read(&reader, &site, global.concurrency).await?;
        let folders: BTreeSet<FolderId> = live.pages.values().filter_map(|page| page.folder.clone()).collect();
        live::read_folders(&reader, &mut live, folders, global.concurrency).await?;

        let globs = PageGlobs::of(workspace.as_ref().and_then(Workspace::project));
        let described = match workspace {
            Some(mut workspace) => workspace.lower(&live, ui)?.pages.into_keys().collect(),
            None => BTreeSet::new(),
        };
        let is_new_project = !root.join(FILE_NAME).exists();
        if is_new_project {
            // First, so that an import that is cut short finds its own files when it is run again.
            let project = Project { site: object_id(site.as_str()), ..Project::default() };
            write_new(root, FILE_NAME, &emit::emit_project(&project))?;
        }
        let pages = self.write_pages(root, &live, &described, &globs)?;
        let left_out = if self.all { 0 } else { import::left_out(&live, &described) };
        report(&live, pages, left_out, described.len(), is_new_project, ui);
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
                    format!("choose one with `--site ID`: {}", sites.join(", "))
                };
                Err(Failure::usage("there is no slugline.yaml here that says which site").hint(hint))
            }
        }
    }

    /// Writes the manifests and returns their number.
    fn write_pages(
        &self,
        root: &Path,
        live: &Live,
        described: &BTreeSet<PageId>,
        globs: &PageGlobs,
    ) -> Result<usize, Failure> {
        let selection = Selection { pages: self.page.clone(), ..Selection::default() };
        let wanted = Wanted { selection, all: self.all };
        let pages = import::new_pages(live, described, &wanted);
        let folder = match globs.folders().first() {
            Some(&"") | None => String::new(),
            Some(folder) => format!("{folder}/"),
        };
        let names = import::file_names(&pages, &folder, &existing(root, &folder));
        if let Some(name) = names.iter().find(|name| !globs.matches(name)) {
            return Err(Failure::message(
                Exit::Invalid,
                format!("no glob of `pages` in slugline.yaml would find `{name}`"),
            )
            .hint("add one such as `pages/**/*.yaml`; nothing was written"));
        }
        let order: Vec<&str> = live.site.locales().map(|locale| locale.tag.as_str()).collect();
        for (page, name) in pages.iter().zip(&names) {
            write_new(root, name, &emit::emit_page(&manifest(page), &order))?;
        }
        Ok(pages.len())
    }
}

/// Returns a page in the shape of a manifest. A path that a manifest could not hold is left out; the id is enough.
fn manifest(page: &NewPage) -> PageManifest {
    PageManifest {
        id: object_id(page.id.as_str()),
        path: PagePath::try_from(page.path.to_string()).ok(),
        locales: page.locales.iter().map(|(tag, values)| (tag.clone(), lower::raise(values))).collect(),
    }
}

fn object_id(id: &str) -> Option<ObjectId> {
    ObjectId::try_from(id.to_owned()).ok()
}

/// Returns the names of the files that exist, in lower case.
fn existing(root: &Path, folder: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut waiting = vec![folder.trim_end_matches('/').to_owned()];
    while let Some(folder) = waiting.pop() {
        let Ok(entries) = fs::read_dir(root.join(&folder)) else { continue };
        for entry in entries.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = if folder.is_empty() { name } else { format!("{folder}/{name}") };
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                waiting.push(path);
            } else {
                found.insert(path.to_lowercase());
            }
        }
    }
    found
}

fn write_new(root: &Path, name: &str, text: &str) -> Result<(), Failure> {
    files::create(&root.join(name), text)
        .map_err(|error| Failure::new(Exit::Failed, error).context(format!("failed to write `{name}`")))
}

fn report(live: &Live, new: usize, left_out: usize, described: usize, is_new_project: bool, ui: &Ui) {
    let site = &live.site;
    let locales = view::count(site.locales().count(), "locale", "locales");
    ui.note(&format!("{} ({}): {locales}", site.name, site.id));
    if is_new_project {
        ui.note(&format!("Wrote {FILE_NAME}."));
    }
    if new > 0 {
        ui.note(&format!("Wrote {}.", view::count(new, "manifest", "manifests")));
    }
    if described > 0 {
        let pages = view::count(described, "page was", "pages were");
        ui.note(&format!("{pages} described already and left alone."));
    }
    if left_out > 0 {
        let pages = view::count(left_out, "archived or utility page", "archived or utility pages");
        ui.note(&format!("Left out {pages}; `--all` takes them in."));
    }
    if new == 0 && !is_new_project {
        ui.note("Nothing to add.");
    }
}
