//! Lists what lies below a folder of the project. Links inside the project are followed, others are reported.

use std::collections::BTreeSet;
use std::io;
use std::rc::Rc;

use cap_std::fs::{DirEntry, FileType, Metadata};

use super::{Detour, ProjectDir, in_dir};

/// Something in a folder of the project.
#[derive(Debug)]
pub struct Entry {
    /// Its name as the folders show it.
    pub file: String,
    /// Its name without any link. One file has one, however many links lead to it.
    pub real: String,
    /// What it is, or why that cannot be found out.
    pub kind: EntryKind,
}

/// What an entry is.
#[derive(Debug)]
pub enum EntryKind {
    /// A regular file, or a link to one.
    File,
    /// A folder, or a link to one.
    Folder,
    /// A pipe, a socket, a device.
    Special,
    /// A link that leads nowhere.
    DanglingLink,
    /// A link that leads out of the project, and its target as the link has it.
    Outside(String),
    /// A link into a hidden folder, and its target as the link has it.
    Hidden(String),
    /// A link to a folder that is not followed, since links lead to too many files.
    TooManyLinked,
    /// Something with a name that is no UTF-8.
    Unnamed,
    /// Something that cannot be read.
    Unreadable(io::Error),
}

/// Entries behind links to folders, at most: links to links multiply.
const MOST_LINKED: usize = 100_000;

/// A folder that is still to be listed.
struct Pending {
    file: String,
    real: String,
    /// The real names of the folders that lead here. A link back to one of them adds no file.
    above: Rc<BTreeSet<String>>,
    is_linked: bool,
}

impl ProjectDir {
    /// Returns what a name leads to.
    pub fn entry(&self, name: &str) -> Entry {
        match self.dir.symlink_metadata(in_dir(name)) {
            // As of a link, whatever was there is gone.
            Err(error) if is_none(&error) => {
                Entry { file: name.to_owned(), real: name.to_owned(), kind: EntryKind::DanglingLink }
            }
            Err(error) => Entry { file: name.to_owned(), real: name.to_owned(), kind: EntryKind::Unreadable(error) },
            Ok(found) => self.of_type(name.to_owned(), name, found.file_type()),
        }
    }

    /// Returns everything below a folder, sorted by name. Hidden entries are left out. A folder that does not exist has
    /// no entries.
    pub fn entries(&self, folder: &str) -> Vec<Entry> {
        let mut entries = Vec::new();
        let start = match self.resolve(folder) {
            Ok(real) => real,
            Err(Detour::Failed(error)) if is_none(&error) => return entries,
            Err(detour) => {
                entries.push(self.refused(folder.to_owned(), folder, detour));
                return entries;
            }
        };
        let above = Rc::default();
        let mut pending = vec![Pending { file: folder.to_owned(), real: start, above, is_linked: false }];
        let mut linked = 0;
        while let Some(folder) = pending.pop() {
            for entry in self.list(&folder) {
                let is_linked =
                    folder.is_linked || (matches!(entry.kind, EntryKind::Folder) && entry.real != entry.file);
                linked += usize::from(is_linked);
                if linked > MOST_LINKED {
                    entries.push(Entry { kind: EntryKind::TooManyLinked, ..entry });
                    return sorted(entries);
                }
                if matches!(entry.kind, EntryKind::Folder) && entry.real != folder.real {
                    let mut above = BTreeSet::clone(&folder.above);
                    above.insert(folder.real.clone());
                    if !above.contains(&entry.real) {
                        let (file, real) = (entry.file.clone(), entry.real.clone());
                        pending.push(Pending { file, real, above: Rc::new(above), is_linked });
                    }
                }
                entries.push(entry);
            }
        }
        sorted(entries)
    }

    /// Returns the entries of a folder.
    fn list(&self, folder: &Pending) -> Vec<Entry> {
        let unreadable = |error| {
            let (file, real) = (folder.file.clone(), folder.real.clone());
            Entry { file, real, kind: EntryKind::Unreadable(error) }
        };
        let found = match self.dir.read_dir(in_dir(&folder.real)) {
            Ok(found) => found,
            Err(error) if is_none(&error) => return Vec::new(),
            Err(error) => return vec![unreadable(error)],
        };
        let entries = found.filter_map(|item| match item {
            Ok(item) => self.item(folder, &item),
            Err(error) => Some(unreadable(error)),
        });
        entries.collect()
    }

    /// Returns an entry; nothing for what is hidden.
    fn item(&self, folder: &Pending, item: &DirEntry) -> Option<Entry> {
        let (name, is_utf8) = match item.file_name().into_string() {
            Ok(name) => (name, true),
            Err(name) => (name.to_string_lossy().into_owned(), false),
        };
        if name.starts_with('.') {
            return None;
        }
        let (file, real) = (joined(&folder.file, &name), joined(&folder.real, &name));
        if !is_utf8 {
            return Some(Entry { file, real, kind: EntryKind::Unnamed });
        }
        Some(match item.file_type() {
            Ok(kind) => self.of_type(file, &real, kind),
            Err(error) => Entry { file, real, kind: EntryKind::Unreadable(error) },
        })
    }

    /// Returns the entry for a name whose folder is real already, so that only it can be a link.
    fn of_type(&self, file: String, name: &str, kind: FileType) -> Entry {
        if !kind.is_symlink() {
            return Entry { file, real: name.to_owned(), kind: plain(kind) };
        }
        let found = self.resolve(name).and_then(|real| {
            let kind = self.dir.metadata(in_dir(&real)).map(|found: Metadata| plain(found.file_type()))?;
            Ok((real, kind))
        });
        match found {
            Ok((real, kind)) => Entry { file, real, kind },
            Err(detour) => self.refused(file, name, detour),
        }
    }

    fn refused(&self, file: String, name: &str, detour: Detour) -> Entry {
        let target = || {
            let target = self.dir.read_link_contents(name).unwrap_or_default();
            target.to_string_lossy().into_owned()
        };
        let kind = match detour {
            Detour::Outside => EntryKind::Outside(target()),
            Detour::Hidden => EntryKind::Hidden(target()),
            Detour::Failed(error) if is_none(&error) => EntryKind::DanglingLink,
            Detour::Failed(error) => EntryKind::Unreadable(error),
        };
        Entry { file, real: name.to_owned(), kind }
    }
}

fn sorted(mut entries: Vec<Entry>) -> Vec<Entry> {
    entries.sort_by(|a, b| a.file.cmp(&b.file));
    entries
}

fn plain(kind: FileType) -> EntryKind {
    if kind.is_file() {
        EntryKind::File
    } else if kind.is_dir() {
        EntryKind::Folder
    } else {
        EntryKind::Special
    }
}

fn joined(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

fn is_none(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}
