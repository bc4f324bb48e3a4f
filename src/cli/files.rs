//! Writes files whole or not at all.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::Path;

use tempfile::NamedTempFile;

/// Writes a file, in place of the one that is there, if any.
pub(crate) fn replace(path: &Path, text: &str) -> io::Result<()> {
    // A device such as /dev/stdout is written to and not replaced.
    if path.metadata().is_ok_and(|target| !target.is_file()) {
        return std::fs::write(path, text);
    }
    written(path, text)?.persist(path)?;
    Ok(())
}

/// Writes a file that must still read as it did before, with the rights that it has. Where it is a link, what it leads
/// to is written.
pub(crate) fn rewrite(path: &Path, before: &str, after: &str) -> io::Result<()> {
    let path = path.canonicalize()?;
    let file = written(&path, after)?;
    file.as_file().set_permissions(path.metadata()?.permissions())?;
    if std::fs::read(&path)? != before.as_bytes() {
        return Err(io::Error::other("somebody has changed it meanwhile"));
    }
    file.persist(&path)?;
    Ok(())
}

/// Writes a file where there is none, and the folders that lead to it.
pub(crate) fn create(path: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    written(path, text)?.persist_noclobber(path).map_err(|error| error.error)?;
    Ok(())
}

/// Returns why no file can be written there, if none can.
pub(crate) fn check_folder(path: &Path) -> io::Result<()> {
    beside(path).map(|_| ())
}

/// Returns an empty file beside the path, which is gone again unless it is kept.
fn beside(path: &Path) -> io::Result<NamedTempFile> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    // Asked first, since the error of the temporary file would name that.
    folder.metadata()?;
    NamedTempFile::new_in(folder)
}

/// Returns a temporary file beside the path that holds the text.
fn written(path: &Path, text: &str) -> io::Result<NamedTempFile> {
    let mut file = beside(path)?;
    file.write_all(text.as_bytes())?;
    // A temporary file is private; what is written here is for everyone who may read the folder.
    make_readable(file.as_file())?;
    file.as_file().sync_all()?;
    Ok(file)
}

#[cfg(unix)]
fn make_readable(file: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    file.set_permissions(std::fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn make_readable(_: &File) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_somebody_has_changed_is_not_rewritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("page.yaml");
        std::fs::write(&path, "theirs").unwrap();
        assert!(rewrite(&path, "read", "ours").is_err());
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "theirs");
        assert!(rewrite(&path, "theirs", "ours").is_ok());
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "ours");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        assert!(rewrite(&folder.path().join("gone.yaml"), "", "ours").is_err());
    }
}
