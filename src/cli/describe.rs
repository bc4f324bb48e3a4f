//! Manifests for pages that have none yet, and the schemas that editors check them with. For `import` and `pull --new`.
//!
//! The schemas lie in the user's repository, so that an editor finds them after a plain clone and without a network.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use super::failure::Failure;
use crate::exit::Exit;
use crate::import::{self, NewPage, Wanted};
use crate::manifest::edit::{self, Edit};
use crate::manifest::globs::PageGlobs;
use crate::manifest::lower::Terms;
use crate::manifest::page::PageManifest;
use crate::manifest::read::{self, PageDocument};
use crate::manifest::value::{ObjectId, PagePath};
use crate::manifest::{emit, lower, schema};
use crate::model::{Live, PageId};
use crate::project_dir::{EntryKind, ProjectDir};
use crate::pull::{self, Adoption, Origin};

/// The folder of the schemas, beside the project file. Not hidden, since it is meant to be committed.
pub(super) const SCHEMA_FOLDER: &str = "schema";

/// The copies of the schemas by their names in that folder.
pub(super) const PAGE_SCHEMA: &str = "slugline-page.schema.json";
pub(super) const PROJECT_SCHEMA: &str = "slugline-project.schema.json";

/// Bytes of a schema, at most.
const MAX_SCHEMA: u64 = 1 << 20;

/// What all of them hold, and nothing else does.
const SCHEMA_MARK: &str = "urn:slugline:schema:";

/// A file to be written, by its name relative to the project.
pub(super) struct NewFile {
    pub(super) name: String,
    pub(super) text: String,
}

/// Where new manifests go and whether they name their schema.
pub(super) struct Describer<'a> {
    pub(super) root: &'a Path,
    pub(super) globs: &'a PageGlobs,
    pub(super) has_schema: bool,
    /// What the project says for pages that say nothing themselves.
    pub(super) terms: Terms,
}

impl Describer<'_> {
    /// Returns the manifests of the pages that are wanted and not described yet.
    pub(super) fn manifests(
        &self,
        live: &Live,
        described: &BTreeSet<PageId>,
        wanted: &Wanted,
    ) -> Result<Vec<NewFile>, Failure> {
        let pages = import::new_pages(live, described, wanted);
        let folder = match self.globs.folders().first() {
            Some(&"") | None => String::new(),
            Some(folder) => format!("{folder}/"),
        };
        let names = import::file_names(&pages, &folder, &self.existing(folder.trim_end_matches('/'))?);
        if let Some(name) = names.iter().find(|name| !self.globs.matches(name)) {
            return Err(Failure::message(
                Exit::Invalid,
                format!("no glob of `pages` in slugline.yaml would find `{name}`"),
            )
            .hint("add one such as `pages/**/*.yaml`; nothing was written"));
        }
        let order: Vec<&str> = live.site.locales().map(|locale| locale.tag.as_str()).collect();
        let files = pages.iter().zip(names).map(|(page, name)| {
            let text = self.modeline(&name, PAGE_SCHEMA) + &emit::emit_page(&manifest(page), &order);
            NewFile { name, text }
        });
        let mut files: Vec<NewFile> = files.collect();
        self.hold_against_defaults(live, &mut files);
        Ok(files)
    }

    /// Has new pages state what the site reads where the project would say something else for them.
    fn hold_against_defaults(&self, live: &Live, files: &mut [NewFile]) {
        let pages: Vec<PageDocument> =
            files.iter().flat_map(|file| read::pages(&file.name.as_str().into(), &file.text).0).collect();
        let (desired, _) = lower::lower(&pages, &self.terms, live);
        let adoptions = pull::adoptions(&desired, live, &pages, &pull::Wanted::default(), Origin::All);
        let mut edits: BTreeMap<Arc<str>, Vec<Edit>> = BTreeMap::new();
        for Adoption { edit, .. } in adoptions {
            edits.entry(Arc::clone(&edit.document.file)).or_default().push(edit);
        }
        for file in files {
            if let Some((name, edits)) = edits.get_key_value(file.name.as_str()) {
                file.text = edit::edit(name, &file.text, edits, &[]).text;
            }
        }
    }

    /// Returns the line that tells editors where the schema of a file lies, if it is to have one.
    pub(super) fn modeline(&self, name: &str, schema: &str) -> String {
        match self.has_schema {
            true => {
                let up = "../".repeat(name.matches('/').count());
                format!("# yaml-language-server: $schema={up}{SCHEMA_FOLDER}/{schema}\n")
            }
            false => String::new(),
        }
    }

    /// Returns the schemas that are missing, if they are needed, and those that another version has left. That of pages
    /// knows the locales of the site, so that editors offer them.
    pub(super) fn schemas(&self, live: &Live, are_needed: bool) -> Result<Vec<NewFile>, Failure> {
        let mut files = Vec::new();
        let page = schema::page_schema_for(live.site.locales().map(|locale| locale.tag.as_str()));
        for (name, schema) in [(PAGE_SCHEMA, page), (PROJECT_SCHEMA, schema::project_schema())] {
            let (name, text) = (format!("{SCHEMA_FOLDER}/{name}"), format!("{schema:#}\n"));
            let found = self.dir()?.read(&name, MAX_SCHEMA);
            let found = match found {
                Ok(bytes) => Some(String::from_utf8_lossy(&bytes).into_owned()),
                Err(error) if error.is_missing() => None,
                Err(error) => {
                    return Err(Failure::new(Exit::Invalid, error)
                        .context(format!("failed to read the schema `{name}`"))
                        .hint("remove it, or leave the schemas out with `--no-schema`; nothing was written"));
                }
            };
            match found {
                None if !are_needed || !self.has_schema => {}
                Some(found) if found == text => {}
                Some(found) if !found.contains(SCHEMA_MARK) => {
                    if are_needed && self.has_schema {
                        return Err(Failure::message(
                            Exit::Failed,
                            format!("`{name}` exists and is no schema of ours"),
                        )
                        .hint("rename it, or leave the schemas out with `--no-schema`; nothing was written"));
                    }
                }
                None | Some(_) => files.push(NewFile { name, text }),
            }
        }
        Ok(files)
    }

    /// Returns the names that exist in the folder of new manifests, in lower case.
    fn existing(&self, folder: &str) -> Result<BTreeSet<String>, Failure> {
        let entries = self.dir()?.entries(folder);
        let refused = entries
            .iter()
            .find(|entry| entry.file == folder && matches!(entry.kind, EntryKind::Outside(_) | EntryKind::Hidden(_)));
        match refused {
            Some(_) => {
                Err(Failure::message(Exit::Invalid, format!("`{folder}` is a link that leads out of the project"))
                    .hint("replace the link by a folder; nothing was written"))
            }
            None => Ok(entries.iter().map(|entry| entry.file.to_lowercase()).collect()),
        }
    }

    fn dir(&self) -> Result<ProjectDir, Failure> {
        ProjectDir::open(self.root).map_err(|error| {
            Failure::new(Exit::Failed, error).context(format!("failed to open the folder `{}`", self.root.display()))
        })
    }

    /// Writes a file where there is none.
    pub(super) fn create(&self, file: &NewFile) -> Result<(), Failure> {
        let created = self.dir()?.create(&file.name, &file.text);
        created.map_err(|error| Failure::new(Exit::Failed, error).context(format!("failed to write `{}`", file.name)))
    }

    /// Writes the schemas, in place of older ones.
    pub(super) fn write_schemas(&self, schemas: &[NewFile]) -> Result<(), Failure> {
        for NewFile { name, text } in schemas {
            let written = self.dir()?.replace(name, text);
            written.map_err(|error| Failure::new(Exit::Failed, error).context(format!("failed to write `{name}`")))?;
        }
        Ok(())
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

pub(super) fn object_id(id: &str) -> Option<ObjectId> {
    ObjectId::try_from(id.to_owned()).ok()
}
