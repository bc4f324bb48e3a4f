//! `slugline pull`: live values into the manifests.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value as Json, json};

use super::context::{self, Connection, Workspace};
use super::describe::{Describer, NewFile, SCHEMA_FOLDER};
use super::failure::Failure;
use super::output::{self, Format};
use super::plan::{self, Selected};
use super::rewrite::{Rewrite, Unwritten};
use super::ui::Ui;
use super::{Global, block_on};
use crate::diagnostic::{self, Diagnostic};
use crate::exit::Exit;
use crate::import;
use crate::live;
use crate::manifest::defaults::fill::Defaults;
use crate::manifest::globs::PageGlobs;
use crate::manifest::lower;
use crate::manifest::read::PageDocument;
use crate::model::{Address, Desired, Field, FolderId, Live, PageId};
use crate::plan::file;
use crate::pull::{self, Adoption, Follower, Origin, Wanted};
use crate::render::{patch, pull as view, view as words};
use crate::run::Lock;
use crate::source::Location;

/// Write the live values into the manifests, where the two differ. Comments, order, quotes and every other byte stay.
#[derive(Debug, clap::Args)]
pub(crate) struct Pull {
    #[command(flatten)]
    selected: Selected,

    /// Only this field, such as seo.title (repeatable); an Open Graph text stands for its flag too.
    #[arg(long, value_name = "FIELD", value_parser = field)]
    field: Vec<Field>,

    /// Show how the files would change, as a patch, and write nothing.
    #[arg(long)]
    diff: bool,

    /// Write manifests for pages that have none yet, as `slugline import` does.
    #[arg(long)]
    new: bool,

    /// In new manifests, leave out the JSON Schemas for editors.
    #[arg(long, requires = "new")]
    no_schema: bool,

    /// How to show it.
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "text", conflicts_with = "diff")]
    pub(super) format: Format,
}

pub(super) fn field(name: &str) -> Result<Field, String> {
    let names = || Field::ALL.map(Field::name).join(", ");
    Field::from_name(name).ok_or_else(|| format!("the fields are {}", names()))
}

/// What a pull takes over.
struct Adopted {
    /// The keys that change, by path, locale and field.
    adoptions: Vec<Adoption>,
    /// The paths that change with them.
    followers: Vec<Follower>,
    /// What they make of the files.
    rewrite: Rewrite,
    /// What could not be taken over.
    refused: Vec<Diagnostic>,
}

/// What a pull does, before it is done.
struct Pulled {
    adopted: Adopted,
    /// Pages and locales that the site does not have.
    missing: Vec<Diagnostic>,
    new: Vec<NewFile>,
    schemas: Vec<NewFile>,
}

impl Pull {
    pub(super) fn run(self, global: &Global, ui: &Ui) -> Result<Exit, Failure> {
        let mut workspace = Workspace::open(global, ui)?;
        workspace.check()?;
        // Of values that a run is about to write, the site has the old ones still.
        Lock::check(&context::state_folder(&workspace.root)?)?;
        let live = block_on(async {
            let connection = Connection::open(global, &workspace.root, ui).await?;
            let live = self.read(global, &workspace, &connection).await;
            connection.close().await;
            live
        })?;
        let (desired, found) = workspace.lower_all(&live);
        let (missing, remarks): (Vec<_>, Vec<_>) =
            found.into_iter().partition(|one| diagnostic::has_errors(std::slice::from_ref(one)));
        ui.diagnostics(&remarks, &workspace.loaded.sources);
        let pulled = self.pulled(&workspace, &desired, &live, missing)?;
        if self.diff {
            ui.text(&pulled.patch(&workspace))?;
            if !pulled.schemas.is_empty() {
                ui.note(&format!("The schemas for editors would be written to {SCHEMA_FOLDER}/."));
            }
            return pulled.end(&workspace, &[], ui);
        }
        let failed = self.write(&workspace, &pulled)?;
        self.report(&pulled, &failed, ui)?;
        pulled.end(&workspace, &failed, ui)
    }

    async fn read(&self, global: &Global, workspace: &Workspace, connection: &Connection) -> Result<Live, Failure> {
        let mut live = context::read_live(connection, workspace, global.concurrency).await?;
        if self.new {
            let folders: BTreeSet<FolderId> = live.pages.values().filter_map(|page| page.folder.clone()).collect();
            live::read_folders(&connection.client.reader(), &mut live, folders, global.concurrency).await?;
        }
        Ok(live)
    }

    fn pulled(
        &self,
        workspace: &Workspace,
        desired: &Desired,
        live: &Live,
        missing: Vec<Diagnostic>,
    ) -> Result<Pulled, Failure> {
        let selection = plan::selection(&self.selected, live)?;
        if !self.new {
            plan::check_selection(&selection, desired)?;
        }
        let described: BTreeSet<PageId> = desired.pages.keys().cloned().collect();
        let globs = PageGlobs::of(workspace.project());
        let describer = self.describer(workspace, &globs);
        let (mut new, mut schemas) = (Vec::new(), Vec::new());
        if self.new {
            let wanted = import::Wanted { selection: selection.clone(), all: false };
            new = describer.manifests(live, &described, &wanted)?;
            schemas = describer.schemas(live, !new.is_empty())?;
        }
        let wanted = Wanted { selection, fields: self.field.iter().copied().collect() };
        let adopted = adopted(workspace, desired, live, &wanted);
        Ok(Pulled { adopted, missing, new, schemas })
    }

    fn describer<'w>(&self, workspace: &'w Workspace, globs: &'w PageGlobs) -> Describer<'w> {
        Describer { root: &workspace.root, globs, has_schema: !self.no_schema, terms: workspace.terms() }
    }

    /// Writes the files and returns those that could not be written, and why.
    fn write(&self, workspace: &Workspace, pulled: &Pulled) -> Result<Vec<Unwritten>, Failure> {
        let failed = pulled.adopted.rewrite.write(&workspace.root, &workspace.loaded);
        let globs = PageGlobs::of(workspace.project());
        let describer = self.describer(workspace, &globs);
        describer.write_schemas(&pulled.schemas)?;
        pulled.new.iter().try_for_each(|file| describer.create(file))?;
        Ok(failed)
    }

    fn report(&self, pulled: &Pulled, failed: &[Unwritten], ui: &Ui) -> Result<(), Failure> {
        let done: Vec<&Adoption> = pulled.done(failed).collect();
        if self.format == Format::Json {
            let exit = pulled.exit(failed);
            return Ok(output::json(&pulled.json(&done, failed, exit), ui)?);
        }
        let followers: Vec<&Follower> = pulled.followers(failed).collect();
        ui.data(|screen, out| {
            view::adoptions(&done, screen, out)?;
            view::followers(&followers, screen, out)
        })?;
        let files: BTreeSet<&str> = done.iter().map(|adoption| &*adoption.edit.document.file).collect();
        if !done.is_empty() {
            let values = words::count(done.len(), "key", "keys");
            ui.note(&format!("Changed {values} in {}.", words::count(files.len(), "manifest", "manifests")));
        }
        if !pulled.new.is_empty() {
            ui.note(&format!("Wrote {}.", words::count(pulled.new.len(), "manifest", "manifests")));
        }
        if done.is_empty() && pulled.new.is_empty() && pulled.exit(failed) == Exit::Ok {
            ui.note("Nothing to pull: the manifests say what the site reads.");
        }
        Ok(())
    }
}

/// Takes over what the pages state themselves, then what still differs: what the project says for them.
fn adopted(workspace: &Workspace, desired: &Desired, live: &Live, wanted: &Wanted) -> Adopted {
    let order: Vec<String> = live.site.locales().map(|locale| locale.tag.to_string()).collect();
    let mut rewrite = Rewrite::default();
    let mut done: Vec<Adoption> = Vec::new();
    let mut refused: BTreeMap<(Address, Field), Diagnostic> = BTreeMap::new();
    let mut followers: Vec<Follower> = Vec::new();
    for origin in [Origin::Pages, Origin::All] {
        let (pages, desired) = match origin {
            Origin::Pages => (Cow::Borrowed(&workspace.loaded.pages), Cow::Borrowed(desired)),
            Origin::All if workspace.terms().defaults == Defaults::default() => break,
            Origin::All => {
                let pages = rewrite.pages(&workspace.loaded);
                let (desired, _) = lower::lower(&pages, &workspace.terms(), live);
                (Cow::Owned(pages), Cow::Owned(desired))
            }
        };
        let mut found = pull::adoptions(&desired, live, &pages, wanted, origin);
        found.retain(|adoption| !refused.contains_key(&adoption.key()));
        let places: BTreeMap<&Location, &PageDocument> =
            pages.iter().map(|page| &page.location).zip(&workspace.loaded.pages).collect();
        let why = rewrite.apply(&workspace.loaded, found.iter().map(|adoption| &adoption.edit), &order);
        for (index, mut adoption) in found.into_iter().enumerate() {
            // What is said of a place is said of the file as it is now.
            if let Some(page) = places.get(&adoption.edit.document) {
                adoption.source = page.location_of(&adoption.edit.keys());
            }
            match why.get(&index) {
                Some(why) => {
                    refused.insert(adoption.key(), why.clone().at(adoption.source));
                }
                None => done.push(adoption),
            }
        }
        if origin == Origin::Pages {
            // Before the project's defaults are asked, which may depend on paths.
            followers = rewrite.follow(&workspace.loaded, pull::followers(&done, live, &workspace.loaded.pages));
        }
    }
    done.sort_by(|a, b| {
        let place =
            |one: &Adoption| (one.path.clone(), one.address.page.clone(), live.site.position(&one.address.locale));
        (place(a), a.field).cmp(&(place(b), b.field))
    });
    Adopted { adoptions: done, followers, rewrite, refused: refused.into_values().collect() }
}

impl Pulled {
    /// Returns what has been taken over.
    fn done<'p>(&'p self, failed: &'p [Unwritten]) -> impl Iterator<Item = &'p Adoption> {
        self.adopted.adoptions.iter().filter(|one| failed.iter().all(|(file, _)| *file != one.edit.document.file))
    }

    /// Returns the paths that have changed.
    fn followers<'p>(&'p self, failed: &'p [Unwritten]) -> impl Iterator<Item = &'p Follower> {
        self.adopted.followers.iter().filter(|one| failed.iter().all(|(file, _)| *file != one.document.file))
    }

    fn exit(&self, failed: &[Unwritten]) -> Exit {
        match (self.missing.is_empty(), self.adopted.refused.is_empty() && failed.is_empty()) {
            (false, _) => Exit::Invalid,
            (true, false) => Exit::Partial,
            (true, true) => Exit::Ok,
        }
    }

    fn patch(&self, workspace: &Workspace) -> String {
        let new = self.new.iter().map(|file| patch::patch(&file.name, None, &file.text));
        std::iter::once(self.adopted.rewrite.patch(&workspace.loaded)).chain(new).collect()
    }

    fn json(&self, done: &[&Adoption], failed: &[Unwritten], exit: Exit) -> Json {
        let diagnostics = self.missing.iter().chain(&self.adopted.refused).map(file::diagnostic);
        json!({
            "format_version": file::FORMAT_VERSION,
            "changes": done.iter().map(|adoption| view::json(adoption)).collect::<Vec<_>>(),
            "paths": self.followers(failed).map(view::follower_json).collect::<Vec<_>>(),
            "new": self.new.iter().map(|file| file.name.as_str()).collect::<Vec<_>>(),
            "failed": failed.iter().map(|(file, why)| json!({"file": &**file, "error": why.to_string()})).collect::<Vec<_>>(),
            "diagnostics": diagnostics.collect::<Vec<_>>(),
            "exit": file::exit(exit),
        })
    }

    /// Tells what was not taken over, and ends.
    fn end(&self, workspace: &Workspace, failed: &[Unwritten], ui: &Ui) -> Result<Exit, Failure> {
        let mut problems: Vec<Diagnostic> = self.missing.iter().chain(&self.adopted.refused).cloned().collect();
        diagnostic::sort(&mut problems);
        ui.diagnostics(&problems, &workspace.loaded.sources);
        for (file, error) in failed {
            ui.error(&anyhow::anyhow!("failed to write `{file}`: {error}"), None);
        }
        Ok(self.exit(failed))
    }
}
