//! What lies in the folders of a project.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Something in a folder, by its name relative to the project root, with forward slashes.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) file: String,
    pub(super) kind: EntryKind,
}

#[derive(Debug)]
pub(super) enum EntryKind {
    File,
    /// A folder, or a link to one.
    Folder,
    /// A pipe, a socket, a device.
    Special,
    /// A link that leads nowhere.
    DanglingLink,
    /// Something with a name that is no UTF-8.
    Unnamed,
    Unreadable(io::Error),
}

/// Returns everything below a folder of the project, sorted, hidden entries left out; links to folders are not
/// followed. A folder that does not exist holds nothing.
pub(super) fn entries(root: &Path, folder: &str) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let found = match fs::read_dir(path(root, &folder)) {
            Ok(found) => found,
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
                continue;
            }
            Err(error) => {
                entries.push(Entry { file: folder, kind: EntryKind::Unreadable(error) });
                continue;
            }
        };
        for item in found {
            let Some((entry, is_followed)) = entry(&folder, item) else {
                continue;
            };
            if is_followed {
                folders.push(entry.file.clone());
            }
            entries.push(entry);
        }
    }
    entries.sort_by(|a, b| a.file.cmp(&b.file));
    entries
}

/// Returns where a file of the project lies.
pub(super) fn path(root: &Path, file: &str) -> PathBuf {
    root.join(file)
}

/// Returns the entry, and whether the walk goes on below it; nothing for what is hidden.
fn entry(folder: &str, item: io::Result<fs::DirEntry>) -> Option<(Entry, bool)> {
    let item = match item {
        Ok(item) => item,
        Err(error) => {
            let file = folder.to_owned();
            let kind = EntryKind::Unreadable(error);
            return Some((Entry { file, kind }, false));
        }
    };
    let (name, is_utf8) = name(item.file_name());
    if name.starts_with('.') {
        return None;
    }
    let file = match folder {
        "" => name,
        _ => format!("{folder}/{name}"),
    };
    if !is_utf8 {
        let kind = EntryKind::Unnamed;
        return Some((Entry { file, kind }, false));
    }
    let (kind, is_followed) = match item.file_type() {
        Ok(kind) if kind.is_symlink() => (linked(&item.path()), false),
        Ok(kind) if kind.is_dir() => (EntryKind::Folder, true),
        Ok(kind) => (not_folder(kind), false),
        Err(error) => (EntryKind::Unreadable(error), false),
    };
    Some((Entry { file, kind }, is_followed))
}

fn name(name: OsString) -> (String, bool) {
    match name.into_string() {
        Ok(name) => (name, true),
        Err(name) => (name.to_string_lossy().into_owned(), false),
    }
}

fn linked(link: &Path) -> EntryKind {
    match fs::metadata(link) {
        Ok(metadata) if metadata.is_dir() => EntryKind::Folder,
        Ok(metadata) => not_folder(metadata.file_type()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => EntryKind::DanglingLink,
        Err(error) => EntryKind::Unreadable(error),
    }
}

fn not_folder(kind: fs::FileType) -> EntryKind {
    match kind.is_file() {
        true => EntryKind::File,
        false => EntryKind::Special,
    }
}
