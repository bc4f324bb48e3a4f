//! Opening regular files, and reading them up to a limit.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use cap_fs_ext::OpenOptionsSyncExt as _;
use cap_std::fs::{Dir, OpenOptions};

/// Why a file was not read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// It is larger than the limit.
    #[error("it is larger than {}", size(*.0))]
    TooLarge(u64),
    /// It is a folder, a pipe, a socket or a device.
    #[error("it is not a regular file")]
    NotAFile,
    /// It cannot be opened or read.
    #[error(transparent)]
    Failed(#[from] io::Error),
}

impl ReadError {
    /// Returns whether there is no such file.
    pub fn is_missing(&self) -> bool {
        matches!(self, Self::Failed(error) if error.kind() == io::ErrorKind::NotFound)
    }
}

impl From<ReadError> for io::Error {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Failed(error) => error,
            ReadError::TooLarge(_) | ReadError::NotAFile => Self::other(error),
        }
    }
}

fn size(bytes: u64) -> String {
    match bytes >> 20 {
        0 => format!("{} KiB", bytes >> 10),
        megabytes => format!("{megabytes} MiB"),
    }
}

/// Opens a file, and fails if it is anything but a regular file. Does not wait for the other end of a pipe.
pub(super) fn open_regular(dir: &Dir, name: impl AsRef<Path>, options: &mut OpenOptions) -> Result<File, ReadError> {
    let file = dir.open_with(name, options.nonblock(true))?.into_std();
    if file.metadata()?.is_file() { Ok(file) } else { Err(ReadError::NotAFile) }
}

/// Reads a regular file.
pub(super) fn read(file: File, limit: u64) -> Result<Vec<u8>, ReadError> {
    if file.metadata()?.len() > limit {
        return Err(ReadError::TooLarge(limit));
    }
    read_to_limit(file, limit)
}

/// Reads to the end, and fails if that takes more bytes than the limit. A length is only a promise: a file may grow while
/// it is read.
pub fn read_to_limit(source: impl Read, limit: u64) -> Result<Vec<u8>, ReadError> {
    let mut bytes = Vec::new();
    source.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit { Err(ReadError::TooLarge(limit)) } else { Ok(bytes) }
}
