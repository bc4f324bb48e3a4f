//! Finds and reads the files of a project, through [`ProjectDir`].

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::globs::PageGlobs;
use super::lower::Terms;
use super::project::FILE_NAME;
use super::read::{self, PageDocument, ProjectDocument};
use super::{codes, rules};
use crate::diagnostic::{self, Code, Diagnostic};
use crate::project_dir::{self, Entry, EntryKind, ProjectDir, ReadError};
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

/// The largest file that is read. No manifest comes near this; whatever does is no manifest.
pub const MAX_FILE_BYTES: u64 = 16 * 1024 * 1024;

/// Returns the nearest folder with a project file: the folder itself or one above it.
pub fn find_project(start: &Path) -> Result<PathBuf, ProjectNotFound> {
    let absolute = std::path::absolute(start).unwrap_or_else(|_| start.to_owned());
    // Any entry of the name is meant as the project file; `load` reports a folder, or a link that leads nowhere.
    project_dir::find(&absolute, FILE_NAME).ok_or(ProjectNotFound { start: absolute })
}

/// Reads the project file and all pages; goes on after every problem.
pub fn load(root: &Path) -> Loaded {
    let loaded = Loaded { project: None, pages: Vec::new(), sources: Sources::default(), diagnostics: Vec::new() };
    let dir = match ProjectDir::open(root) {
        Ok(dir) => dir,
        Err(error) => return Loaded { diagnostics: vec![unreadable(&FILE_NAME.into(), &error)], ..loaded },
    };
    let mut loader = Loader { dir, loaded };
    loader.project();
    loader.pages();
    let mut loaded = loader.loaded;
    loaded.diagnostics.extend(rules::duplicate_pages(&loaded.pages));
    diagnostic::sort_and_bound(&mut loaded.diagnostics);
    loaded
}

struct Loader {
    dir: ProjectDir,
    loaded: Loaded,
}

impl Loader {
    fn project(&mut self) {
        let file: Arc<str> = FILE_NAME.into();
        let Entry { real, kind, file: _ } = self.dir.entry(FILE_NAME);
        let Some(text) = self.text(&file, &real, kind) else {
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
        // By the names without links, so that a file is read once, however many links lead to it.
        let mut files: BTreeMap<String, EntryKind> = BTreeMap::new();
        for folder in globs.folders() {
            for entry in self.dir.entries(folder) {
                // A link may lead to the project file, which is no page.
                if entry.real == FILE_NAME {
                    continue;
                }
                let mut is_page = match &entry.kind {
                    // A folder on the way to pages may match too; one that is named like a file is a mistake.
                    EntryKind::Folder if !is_named_like_a_manifest(&entry.file) => continue,
                    EntryKind::Unreadable(_) | EntryKind::TooManyLinked => true,
                    EntryKind::Outside(_) | EntryKind::Hidden(_) => globs.may_match_link(&entry.file),
                    EntryKind::File
                    | EntryKind::Folder
                    | EntryKind::Special
                    | EntryKind::DanglingLink
                    | EntryKind::Unnamed => false,
                };
                for number in globs.matching(&entry.file) {
                    used[number] = true;
                    is_page = true;
                }
                if is_page {
                    files.insert(entry.real, entry.kind);
                }
            }
        }
        for (file, kind) in files {
            self.page(&file.into(), kind);
        }
        self.unused(&globs, &used);
    }

    fn page(&mut self, file: &Arc<str>, kind: EntryKind) {
        let Some(text) = self.text(file, file, kind) else {
            return;
        };
        let (pages, problems) = read::pages(file, &text);
        self.loaded.pages.extend(pages);
        self.loaded.diagnostics.extend(problems);
        // A project of many files has many problems; only so many are listed in the end.
        if self.loaded.diagnostics.len() > 2 * diagnostic::MAX_IN_ALL {
            diagnostic::sort_and_bound(&mut self.loaded.diagnostics);
        }
        self.loaded.sources.insert(Arc::clone(file), text);
    }

    /// Returns the text of a file if it is one.
    fn text(&mut self, file: &Arc<str>, real: &str, kind: EntryKind) -> Option<String> {
        let problem = match kind {
            EntryKind::File => match self.dir.read_real(real, MAX_FILE_BYTES) {
                Ok(bytes) => {
                    let (text, problem) = read::text(file, bytes);
                    let Some(problem) = problem else {
                        return Some(text);
                    };
                    self.loaded.sources.insert(Arc::clone(file), text);
                    problem
                }
                Err(error) => unread(file, error),
            },
            other => not_a_file(file, other),
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
            let is_folder = self.dir.is_folder(glob);
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

/// Returns why an entry is not read.
fn not_a_file(file: &Arc<str>, kind: EntryKind) -> Diagnostic {
    let is_project = &**file == FILE_NAME;
    match kind {
        EntryKind::File | EntryKind::Special => unread(file, ReadError::NotAFile),
        EntryKind::Folder => problem(file, codes::NOT_A_FILE, format!("`{file}` is a folder")).help(match is_project {
            true => "the project file is a file: rename the folder",
            false => "a manifest is a file: rename the folder, or change the glob",
        }),
        EntryKind::DanglingLink => problem(file, codes::UNREADABLE, format!("`{file}` is a link that leads nowhere"))
            .help("remove the link, or restore what it names"),
        EntryKind::Outside(target) => {
            let message = format!("`{file}` is a link to `{target}`, which is not in the project");
            problem(file, codes::OUTSIDE_PROJECT, message)
                .help("replace the link by what it names, or by a relative link to a place in the project")
        }
        EntryKind::Hidden(target) => {
            let message = format!("`{file}` is a link to `{target}`, which is in a hidden folder");
            problem(file, codes::OUTSIDE_PROJECT, message)
                .help("replace the link by what it names, or by a link to a file that is not hidden")
        }
        EntryKind::TooManyLinked => {
            problem(file, codes::TOO_LARGE, format!("links to folders lead to too many files, up to `{file}`"))
                .help("remove links to folders, or name the folders in `pages`")
        }
        EntryKind::Unnamed => {
            problem(file, codes::FILE_NAME, format!("the file name `{file}` is no UTF-8")).help("rename the file")
        }
        EntryKind::Unreadable(error) => unreadable(file, &error),
    }
}

fn unread(file: &Arc<str>, error: ReadError) -> Diagnostic {
    match error {
        ReadError::TooLarge(_) => too_large(file),
        ReadError::NotAFile => {
            problem(file, codes::NOT_A_FILE, format!("`{file}` is not a regular file")).help("remove it, or rename it")
        }
        ReadError::Failed(error) => unreadable(file, &error),
    }
}

/// Returns the problem that a file is which is larger than [`MAX_FILE_BYTES`].
pub fn too_large(file: &Arc<str>) -> Diagnostic {
    problem(file, codes::TOO_LARGE, format!("`{file}` is larger than 16 MB"))
        .help("split it: pages may lie in any number of files")
}

fn problem(file: &Arc<str>, code: Code, message: String) -> Diagnostic {
    Diagnostic::error(code, message).at(Location::whole(file))
}

fn unreadable(file: &Arc<str>, error: &io::Error) -> Diagnostic {
    problem(file, codes::UNREADABLE, format!("failed to read `{file}`: {}", error.kind()))
}
