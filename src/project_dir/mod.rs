//! The folder of a project, as the only way to its files: no name leads out of it.
//!
//! Names are relative to the root, with forward slashes. The repository that holds the project is untrusted: it may
//! contain links to any place, pipes, or files of any size. See `docs/decisions/confined-files.md`.

mod entries;
mod file;
mod state;

use std::ffi::OsString;
use std::io::{self, Write as _};
use std::path::{Component, Path, PathBuf};

use cap_fs_ext::{FollowSymlinks, OpenOptionsFollowExt as _};
use cap_std::ambient_authority;
use cap_std::fs::{Dir, OpenOptions};

pub use entries::{Entry, EntryKind};
pub use file::{ReadError, read_to_limit};
pub use state::StateDir;

/// Folders that no manifest lies in: git's own, with credentials in its configuration, and the state folder. Windows
/// also finds them under the short names.
const PRIVATE: [&str; 4] = [".git", ".slugline", "git~1", "slugli~1"];

/// An open project folder.
#[derive(Debug)]
pub struct ProjectDir {
    dir: Dir,
}

/// Why a name leads to nothing that may be read or written.
#[derive(Debug, thiserror::Error)]
pub enum Detour {
    /// It leads out of the project.
    #[error("it is a link that leads out of the project")]
    Outside,
    /// It leads into a hidden folder.
    #[error("it is a link into a hidden folder")]
    Hidden,
    /// It leads nowhere, or cannot be followed.
    #[error(transparent)]
    Failed(#[from] io::Error),
}

impl From<Detour> for io::Error {
    fn from(detour: Detour) -> Self {
        match detour {
            Detour::Failed(error) => error,
            Detour::Outside | Detour::Hidden => Self::new(io::ErrorKind::PermissionDenied, detour),
        }
    }
}

/// Returns the nearest folder that has an entry of that name: the folder itself or one above it. A link counts, wherever
/// it leads.
pub fn find(start: &Path, name: &str) -> Option<PathBuf> {
    let has_entry = |folder: &&Path| folder.join(name).symlink_metadata().is_ok();
    start.ancestors().find(has_entry).map(Path::to_owned)
}

impl ProjectDir {
    /// Opens the folder. The path to it may contain links; they are followed once, here.
    pub fn open(root: &Path) -> io::Result<Self> {
        Dir::open_ambient_dir(root, ambient_authority()).map(|dir| Self { dir })
    }

    /// Returns whether there is an entry of that name, even a link that leads nowhere.
    pub fn has(&self, name: &str) -> bool {
        self.dir.symlink_metadata(name).is_ok()
    }

    /// Returns whether the name leads to a folder in the project.
    pub fn is_folder(&self, name: &str) -> bool {
        self.dir.is_dir(in_dir(name))
    }

    /// Reads a file. Links inside the project are followed.
    pub fn read(&self, name: &str, limit: u64) -> Result<Vec<u8>, ReadError> {
        let real = self.resolve(name).map_err(io::Error::from)?;
        self.read_real(&real, limit)
    }

    /// Reads a file by the name that it has without any link.
    pub fn read_real(&self, real: &str, limit: u64) -> Result<Vec<u8>, ReadError> {
        let mut options = OpenOptions::new();
        options.read(true).follow(FollowSymlinks::No);
        file::read(file::open_regular(&self.dir, real, &mut options)?, limit)
    }

    /// Writes a file where there is none, and makes the folders that lead to it.
    pub fn create(&self, name: &str, text: &str) -> io::Result<()> {
        let (folder, name) = self.folder_of(name)?;
        let draft = Draft::write(&folder, text)?;
        match folder.hard_link(&draft.name, &folder, &name) {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
            // Some file systems have no hard links.
            Err(_) if folder.symlink_metadata(&name).is_err() => draft.rename(&name),
            Err(_) => Err(io::ErrorKind::AlreadyExists.into()),
        }
    }

    /// Writes a file in place of the one of that name, if there is one. A link is not written through.
    pub fn replace(&self, name: &str, text: &str) -> io::Result<()> {
        let (folder, name) = self.folder_of(name)?;
        if folder.symlink_metadata(&name).is_ok_and(|found| !found.is_file()) {
            return Err(io::Error::other("it is a link or a folder, and not a regular file"));
        }
        Draft::write(&folder, text)?.rename(&name)
    }

    /// Writes a file that must still have the text that was read, and keeps its permissions. A link inside the project is
    /// followed.
    pub fn rewrite(&self, name: &str, before: &str, after: &str) -> io::Result<()> {
        let real = self.resolve(name)?;
        let (folder, name) = self.folder_of(&real)?;
        let draft = Draft::write(&folder, after)?;
        folder.set_permissions(&draft.name, folder.symlink_metadata(&name)?.permissions())?;
        let found = self.read_real(&real, before.len() as u64);
        if !found.is_ok_and(|found| found == before.as_bytes()) {
            return Err(io::Error::other("it has changed since it was read"));
        }
        draft.rename(&name)
    }

    /// Returns the name that a file or folder has without any link.
    fn resolve(&self, name: &str) -> Result<String, Detour> {
        let path = in_dir(name);
        self.dir.metadata(path).map_err(detour)?;
        let real = self.dir.canonicalize(path).map_err(detour)?;
        let real = name_of(&real).ok_or(Detour::Outside)?;
        if leads_into_hidden(name, &real) { Err(Detour::Hidden) } else { Ok(real) }
    }

    /// Opens the folder of a file that is to be written, and makes it if it is missing.
    fn folder_of(&self, name: &str) -> io::Result<(Dir, OsString)> {
        let path = Path::new(name);
        let file = path.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_owned();
        let folder = path.parent().and_then(Path::to_str).unwrap_or_default();
        if !folder.is_empty() {
            self.dir.create_dir_all(folder).map_err(|error| io::Error::from(detour(error)))?;
        }
        let real = self.resolve(folder)?;
        Ok((self.dir.open_dir(in_dir(&real))?, file))
    }
}

/// A file under a temporary name, with its text on disk. It is removed unless it is renamed.
struct Draft<'d> {
    folder: &'d Dir,
    name: String,
}

impl<'d> Draft<'d> {
    /// How many names are tried; one is taken where a process of that number was killed.
    const TRIES: u32 = 100;

    fn write(folder: &'d Dir, text: &str) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true).follow(FollowSymlinks::No);
        let mut number = 0;
        let (draft, mut file) = loop {
            let name = format!(".slugline-{}-{number}.tmp", std::process::id());
            match folder.open_with(&name, &options) {
                Ok(file) => break (Self { folder, name }, file),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists && number < Self::TRIES => number += 1,
                Err(error) => return Err(error),
            }
        };
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        Ok(draft)
    }

    fn rename(self, name: &OsString) -> io::Result<()> {
        self.folder.rename(&self.name, self.folder, name)
    }
}

impl Drop for Draft<'_> {
    fn drop(&mut self) {
        // After a rename there is nothing of that name.
        let _ = self.folder.remove_file(&self.name);
    }
}

/// Returns the name as a path that can be opened; the root is `.`.
fn in_dir(name: &str) -> &str {
    if name.is_empty() { "." } else { name }
}

/// Returns a path as a name, with forward slashes; nothing if it is not UTF-8, or goes up.
fn name_of(path: &Path) -> Option<String> {
    let mut parts = Vec::new();
    for component in path.components() {
        match component {
            Component::Normal(part) => parts.push(part.to_str()?),
            Component::CurDir => {}
            Component::ParentDir | Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(parts.join("/"))
}

/// Returns whether a real name lies in a private folder, or in a hidden one that the name it was reached by does not
/// begin with.
fn leads_into_hidden(name: &str, real: &str) -> bool {
    let is_private = |part: &str| PRIVATE.iter().any(|private| part.eq_ignore_ascii_case(private));
    if real.split('/').any(is_private) {
        return true;
    }
    let mut named = name.split('/');
    let rest = real.split('/').skip_while(|part| named.next() == Some(part));
    rest.into_iter().any(|part| part.starts_with('.'))
}

/// Returns the error of a name that cannot be followed. `cap-std` reports a way out of the folder without a number of
/// the system.
fn detour(error: io::Error) -> Detour {
    match error.kind() {
        io::ErrorKind::PermissionDenied if error.raw_os_error().is_none() => Detour::Outside,
        _ => Detour::Failed(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_hidden_folders_in_real_names() {
        for (name, real) in [
            ("pages/a.yaml", ".git/config"),
            ("pages/a.yaml", "sub/.GIT/config"),
            (".git/config", ".git/config"),
            ("pages/a.yaml", ".env"),
            (".site/a.yaml", ".site/.secret/a.yaml"),
        ] {
            assert!(leads_into_hidden(name, real), "{name} -> {real}");
        }
        for (name, real) in [("pages/a.yaml", "kept/a.yaml"), (".site/a.yaml", ".site/b.yaml"), ("pages", "")] {
            assert!(!leads_into_hidden(name, real), "{name} -> {real}");
        }
    }

    #[test]
    fn refuses_to_rewrite_a_file_that_has_changed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("page.yaml");
        std::fs::write(&path, "theirs").unwrap();
        let project = ProjectDir::open(folder.path()).unwrap();
        assert!(project.rewrite("page.yaml", "read", "ours").is_err());
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "theirs");
        assert!(project.rewrite("page.yaml", "theirs", "ours").is_ok());
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "ours");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        assert!(project.rewrite("gone.yaml", "", "ours").is_err());
    }

    #[test]
    fn creates_a_file_only_where_there_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let project = ProjectDir::open(folder.path()).unwrap();
        project.create("a/b/c.yaml", "first").unwrap();
        assert_eq!(project.create("a/b/c.yaml", "second").unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(std::fs::read_to_string(folder.path().join("a/b/c.yaml")).unwrap(), "first");
        assert_eq!(std::fs::read_dir(folder.path().join("a/b")).unwrap().count(), 1);
        assert!(project.create("../out.yaml", "").is_err());
    }
}
