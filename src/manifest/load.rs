//! Finds and reads the files of a project. The only place of `manifest` that touches the disk, with `walk`.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::globs::PageGlobs;
use super::lower::Terms;
use super::project::FILE_NAME;
use super::read::{self, PageDocument, ProjectDocument};
use super::walk::{self, EntryKind};
use super::{codes, rules};
use crate::diagnostic::{self, Code, Diagnostic};
use crate::source::{Location, Sources};

/// Everything that the files of a project say, and everything that is wrong with them.
#[derive(Debug)]
pub struct Loaded {
    /// Nothing if the project file cannot be read; with errors in it, what could be understood.
    pub project: Option<ProjectDocument>,
    /// By file name and place in the file.
    pub pages: Vec<PageDocument>,
    pub sources: Sources,
    /// Sorted by place.
    pub diagnostics: Vec<Diagnostic>,
}

impl Loaded {
    /// Returns what the project file says of all pages.
    pub fn terms(&self) -> Terms {
        self.project.as_ref().map(Terms::of).unwrap_or_default()
    }
}

/// There is no project file in the folder or above it.
#[derive(Debug, thiserror::Error)]
#[error("no `{FILE_NAME}` in `{}` or above it", start.display())]
pub struct ProjectNotFound {
    /// Where the search began.
    pub start: PathBuf,
}

/// No manifest comes near this; whatever does is no manifest.
const MAX_FILE_BYTES: u64 = 16 * 1024 * 1024;

/// Returns the nearest folder with a project file: the folder itself or one above it.
pub fn find_project(start: &Path) -> Result<PathBuf, ProjectNotFound> {
    let absolute = std::path::absolute(start).unwrap_or_else(|_| start.to_owned());
    absolute
        .ancestors()
        // Whatever has the name is meant as the project file; `load` says so if it is a folder or leads nowhere.
        .find(|folder| folder.join(FILE_NAME).symlink_metadata().is_ok())
        .map(Path::to_owned)
        .ok_or(ProjectNotFound { start: absolute })
}

/// Reads the project file and all pages; goes on after every problem.
pub fn load(root: &Path) -> Loaded {
    let mut loader = Loader {
        root,
        loaded: Loaded { project: None, pages: Vec::new(), sources: Sources::default(), diagnostics: Vec::new() },
    };
    loader.project();
    loader.pages();
    let mut loaded = loader.loaded;
    loaded.diagnostics.extend(rules::duplicate_pages(&loaded.pages));
    diagnostic::sort(&mut loaded.diagnostics);
    loaded
}

struct Loader<'r> {
    root: &'r Path,
    loaded: Loaded,
}

impl Loader<'_> {
    fn project(&mut self) {
        let file: Arc<str> = FILE_NAME.into();
        let kind = match walk::path(self.root, FILE_NAME).metadata() {
            Ok(metadata) if metadata.is_file() => EntryKind::File,
            Ok(metadata) if metadata.is_dir() => EntryKind::Folder,
            Ok(_) => EntryKind::Special,
            // The name was found, so what is missing is what it leads to.
            Err(error) if error.kind() == io::ErrorKind::NotFound => EntryKind::DanglingLink,
            Err(error) => EntryKind::Unreadable(error),
        };
        let Some(text) = self.text(&file, kind) else {
            return;
        };
        let (project, problems) = read::project(&file, &text);
        self.loaded.project = project;
        self.loaded.diagnostics.extend(problems);
        self.loaded.sources.insert(file, text);
    }

    fn pages(&mut self) {
        let project = self.loaded.project.as_ref();
        let globs = PageGlobs::of(project.map(|project| &project.manifest));
        let mut used = vec![false; globs.len()];
        let mut files: BTreeMap<String, EntryKind> = BTreeMap::new();
        for folder in globs.folders() {
            for entry in walk::entries(self.root, folder) {
                // A folder on the way to pages may match too; one that is named like a file is a mistake.
                if matches!(entry.kind, EntryKind::Folder) && !is_named_like_a_manifest(&entry.file) {
                    continue;
                }
                let mut is_page = matches!(entry.kind, EntryKind::Unreadable(_));
                for number in globs.matching(&entry.file) {
                    used[number] = true;
                    is_page = true;
                }
                if is_page {
                    files.insert(entry.file, entry.kind);
                }
            }
        }
        for (file, kind) in files {
            self.page(&file.into(), kind);
        }
        self.unused(&globs, &used);
    }

    fn page(&mut self, file: &Arc<str>, kind: EntryKind) {
        let Some(text) = self.text(file, kind) else {
            return;
        };
        let (pages, problems) = read::pages(file, &text);
        self.loaded.pages.extend(pages);
        self.loaded.diagnostics.extend(problems);
        self.loaded.sources.insert(Arc::clone(file), text);
    }

    /// Returns the text of a file if it is one.
    fn text(&mut self, file: &Arc<str>, kind: EntryKind) -> Option<String> {
        let problem = match kind {
            EntryKind::File => match bytes(&walk::path(self.root, file)) {
                Ok(bytes) => {
                    let (text, problem) = read::text(file, bytes);
                    let Some(problem) = problem else {
                        return Some(text);
                    };
                    self.loaded.sources.insert(Arc::clone(file), text);
                    problem
                }
                Err(Unread::TooLarge) => {
                    let message = format!("`{file}` is larger than 16 MB");
                    problem(file, codes::TOO_LARGE, message).help("split it: pages may lie in any number of files")
                }
                Err(Unread::Failed(error)) => unreadable(file, &error),
            },
            EntryKind::Folder => {
                let help = match &**file == FILE_NAME {
                    true => "the project file is a file: rename the folder",
                    false => "a manifest is a file: rename the folder, or change the glob",
                };
                problem(file, codes::NOT_A_FILE, format!("`{file}` is a folder")).help(help)
            }
            EntryKind::Special => problem(file, codes::NOT_A_FILE, format!("`{file}` is no ordinary file")),
            EntryKind::DanglingLink => {
                problem(file, codes::UNREADABLE, format!("`{file}` is a link that leads nowhere"))
                    .help("remove the link, or restore what it names")
            }
            EntryKind::Unnamed => {
                problem(file, codes::FILE_NAME, format!("the file name `{file}` is no UTF-8")).help("rename the file")
            }
            EntryKind::Unreadable(error) => unreadable(file, &error),
        };
        self.loaded.diagnostics.push(problem);
        None
    }

    /// Reports globs that no file matches: the user expects pages there.
    fn unused(&mut self, globs: &PageGlobs, used: &[bool]) {
        let Some(project) = &self.loaded.project else {
            return;
        };
        let file = &project.location.file;
        if globs.is_default {
            if !used.contains(&true) {
                self.loaded.diagnostics.push(
                    Diagnostic::warning(codes::NO_MATCH, "the folder `pages` holds no manifest")
                        .at(Location::whole(file))
                        .help("run `slugline import`, or name the files with `pages: […]`"),
                );
            }
            return;
        }
        let items = project.node(&["pages"]).map_or(&[][..], |node| node.items());
        for (item, _) in items.iter().zip(used).filter(|(_, used)| !**used) {
            let glob = item.text().unwrap_or_default();
            let diagnostic = Diagnostic::error(codes::NO_MATCH, format!("no file matches the glob `{glob}`"))
                .at(item.span.within(file));
            let is_folder = walk::path(self.root, glob).is_dir();
            self.loaded.diagnostics.push(match is_folder {
                true => {
                    let folder = glob.trim_end_matches('/');
                    diagnostic.help(format!("it is a folder; for the files in it, write `{folder}/**/*.yaml`"))
                }
                false => diagnostic.help("globs are relative to `slugline.yaml`; `**` stands for any folders"),
            });
        }
    }
}

fn is_named_like_a_manifest(file: &str) -> bool {
    [".yaml", ".yml"].iter().any(|ending| file.ends_with(ending))
}

enum Unread {
    TooLarge,
    Failed(io::Error),
}

fn bytes(path: &Path) -> Result<Vec<u8>, Unread> {
    let file = fs::File::open(path).map_err(Unread::Failed)?;
    let length = file.metadata().map_or(0, |metadata| metadata.len());
    if length > MAX_FILE_BYTES {
        return Err(Unread::TooLarge);
    }
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or_default() + 1);
    // The length is a promise only: a file may grow while it is read.
    file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes).map_err(Unread::Failed)?;
    match bytes.len() as u64 > MAX_FILE_BYTES {
        true => Err(Unread::TooLarge),
        false => Ok(bytes),
    }
}

fn problem(file: &Arc<str>, code: Code, message: String) -> Diagnostic {
    Diagnostic::error(code, message).at(Location::whole(file))
}

fn unreadable(file: &Arc<str>, error: &io::Error) -> Diagnostic {
    problem(file, codes::UNREADABLE, format!("failed to read `{file}`: {}", error.kind()))
}
