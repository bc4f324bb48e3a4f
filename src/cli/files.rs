//! Files that an argument or a variable names. The user chose the path, so links in it are followed, wherever they lead.
//!
//! The files of a project are read and written through [`crate::project_dir`] instead.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::Path;

use tempfile::NamedTempFile;

use crate::project_dir::{ReadError, read_to_limit};

/// What a path leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    Missing,
    Folder,
    File,
    /// A device or a pipe, such as /dev/stdout.
    Special,
}

impl Target {
    pub(crate) fn of(path: &Path) -> Self {
        match path.metadata() {
            Err(_) => Self::Missing,
            Ok(found) if found.is_dir() => Self::Folder,
            Ok(found) if found.is_file() => Self::File,
            Ok(_) => Self::Special,
        }
    }
}

/// Reads a file, a pipe or a device to its end.
pub(crate) fn read(path: &Path, limit: u64) -> Result<Vec<u8>, ReadError> {
    read_to_limit(File::open(path)?, limit)
}

/// Reads text.
pub(crate) fn read_text(path: &Path, limit: u64) -> Result<String, ReadError> {
    let not_utf8 = |error| ReadError::Failed(io::Error::new(io::ErrorKind::InvalidData, error));
    String::from_utf8(read(path, limit)?).map_err(not_utf8)
}

/// Reads text, but not from a pipe or a device, which can be read only once and may never end.
pub(crate) fn read_regular(path: &Path, limit: u64) -> Result<String, ReadError> {
    match path.metadata()?.is_file() {
        true => read_text(path, limit),
        false => Err(ReadError::Failed(io::ErrorKind::InvalidInput.into())),
    }
}

/// Opens a file to write to it piece by piece. What it held before is gone.
pub(crate) fn stream(path: &Path) -> io::Result<File> {
    File::create(path)
}

/// Writes a file whole or not at all, in place of the one that is there, if any. A link is replaced and not followed.
pub(crate) fn replace(path: &Path, text: &str) -> io::Result<()> {
    // A device such as /dev/stdout is written to and not replaced.
    if matches!(Target::of(path), Target::Folder | Target::Special) {
        return std::fs::write(path, text);
    }
    let mut file = beside(path)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}

/// Returns why no file can be written there, if none can.
pub(crate) fn check_folder(path: &Path) -> io::Result<()> {
    beside(path).map(|_| ())
}

/// Returns an empty file beside the path, which is removed unless it is kept. Its permissions are those of any new file,
/// as the umask has them.
fn beside(path: &Path) -> io::Result<NamedTempFile> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    // Checked first, since the error of the temporary file would name that.
    folder.metadata()?;
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder)
}
