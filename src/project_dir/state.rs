//! The state folder, `.slugline`, and the folders in it. Nothing in it may be a link, not even to another place in it.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use cap_fs_ext::{DirExt as _, FollowSymlinks, OpenOptionsFollowExt as _};
use cap_std::ambient_authority;
use cap_std::fs::{Dir, DirEntry, OpenOptions};

use super::file::{self, ReadError};

/// An open state folder, or a folder in it.
#[derive(Debug)]
pub struct StateDir {
    dir: Dir,
}

impl StateDir {
    /// Opens the state folder at a path. Only the last name of the path must not be a link.
    pub fn open(path: &Path) -> io::Result<Self> {
        let (outer, name) = outer(path)?;
        nofollow(&outer, name)
    }

    /// Opens the state folder at a path, and makes it if it is missing.
    pub fn make(path: &Path) -> io::Result<Self> {
        let (outer, name) = outer(path)?;
        make(&outer, name)
    }

    /// Returns the first link among the entries of the state folder at a path and of its folder of runs; the state folder
    /// itself counts. What lies deeper, or cannot be read, is refused when it is opened.
    pub fn find_link(path: &Path) -> Option<PathBuf> {
        let (outer, name) = outer(path).ok()?;
        if outer.symlink_metadata(name).ok()?.is_symlink() {
            return Some(path.to_owned());
        }
        let state = nofollow(&outer, name).ok()?;
        if let Some(link) = state.first_link() {
            return Some(path.join(link));
        }
        let link = state.folder("runs").ok()?.first_link()?;
        Some(path.join("runs").join(link))
    }

    fn first_link(&self) -> Option<String> {
        let is_link = |entry: &DirEntry| entry.file_type().is_ok_and(|kind| kind.is_symlink());
        let links = self.dir.entries().ok()?.filter_map(Result::ok).filter(is_link);
        links.map(|entry| entry.file_name().to_string_lossy().into_owned()).min()
    }

    /// Opens a folder in it.
    pub fn folder(&self, name: &str) -> io::Result<Self> {
        nofollow(&self.dir, name)
    }

    /// Opens a folder in it, and makes it if it is missing.
    pub fn make_folder(&self, name: &str) -> io::Result<Self> {
        make(&self.dir, name)
    }

    /// Makes a folder that must not exist yet.
    pub fn create_folder(&self, name: &str) -> io::Result<Self> {
        self.dir.create_dir(name)?;
        nofollow(&self.dir, name)
    }

    /// Removes a folder and everything in it. Links in it are removed and not followed.
    pub fn remove_folder(&self, name: &str) -> io::Result<()> {
        self.dir.remove_dir_all(name)
    }

    /// Returns the names of the entries, in no order.
    pub fn names(&self) -> io::Result<Vec<String>> {
        let names = self.dir.entries()?.filter_map(Result::ok).map(|entry| entry.file_name());
        Ok(names.map(|name| name.to_string_lossy().into_owned()).collect())
    }

    /// Returns whether it has an entry that could be a file. A link counts, so that opening it fails instead of passing
    /// for a file that is not there.
    pub fn has_file(&self, name: &str) -> bool {
        self.dir.symlink_metadata(name).is_ok_and(|found| !found.is_dir())
    }

    /// Reads a file.
    pub fn read(&self, name: &str, limit: u64) -> Result<Vec<u8>, ReadError> {
        file::read(self.open_file(name)?, limit)
    }

    /// Opens a file to read it piece by piece.
    pub fn open_file(&self, name: &str) -> Result<File, ReadError> {
        self.regular(name, OpenOptions::new().read(true))
    }

    /// Opens a file to write at its end, and makes it if it is missing.
    pub fn append(&self, name: &str) -> Result<File, ReadError> {
        self.regular(name, OpenOptions::new().create(true).append(true))
    }

    /// Opens a file to read and write it, as it is, and makes it if it is missing.
    pub fn open_or_create(&self, name: &str) -> Result<File, ReadError> {
        self.regular(name, OpenOptions::new().read(true).write(true).create(true))
    }

    /// Writes a file in one step: under another name first, so that a file of this name is always whole.
    pub fn replace(&self, name: &str, text: &str) -> io::Result<()> {
        let part = Path::new(name).with_extension("part");
        match self.dir.remove_file(&part) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        }
        let mut options = OpenOptions::new();
        let mut file = self.dir.open_with(&part, options.write(true).create_new(true))?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        self.dir.rename(&part, &self.dir, name)
    }

    /// Removes a file, or the link of that name.
    pub fn remove_file(&self, name: &str) -> io::Result<()> {
        self.dir.remove_file(name)
    }

    /// Makes the names in it survive a crash, where the system can.
    pub fn sync(&self) -> io::Result<()> {
        if cfg!(unix) { self.dir.open(".")?.sync_all() } else { Ok(()) }
    }

    fn regular(&self, name: &str, options: &mut OpenOptions) -> Result<File, ReadError> {
        refuse_link(&self.dir, name)?;
        file::open_regular(&self.dir, name, options.follow(FollowSymlinks::No))
    }
}

/// Opens the folder that holds the state folder; the path to it may contain links.
fn outer(path: &Path) -> io::Result<(Dir, &str)> {
    let name = path.file_name().and_then(|name| name.to_str()).ok_or(io::ErrorKind::InvalidInput)?;
    let outer = path.parent().filter(|outer| !outer.as_os_str().is_empty()).unwrap_or(Path::new("."));
    Ok((Dir::open_ambient_dir(outer, ambient_authority())?, name))
}

fn nofollow(dir: &Dir, name: &str) -> io::Result<StateDir> {
    refuse_link(dir, name)?;
    dir.open_dir_nofollow(name).map(|dir| StateDir { dir })
}

fn make(dir: &Dir, name: &str) -> io::Result<StateDir> {
    match dir.create_dir(name) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        Ok(()) | Err(_) => nofollow(dir, name),
    }
}

/// Fails with a clear message. The flags of the open that follows refuse a link that appears in between.
fn refuse_link(dir: &Dir, name: &str) -> io::Result<()> {
    match dir.symlink_metadata(name) {
        Ok(found) if found.is_symlink() => Err(io::Error::other("it is a link, and links are not followed here")),
        Ok(_) | Err(_) => Ok(()),
    }
}
