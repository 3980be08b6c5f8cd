//! The two folders that a site is made from, and reading the files in them.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use thiserror::Error;
use walkdir::WalkDir;

/// The folders that a site is made from.
#[derive(Debug, Clone)]
pub struct Folders {
    /// What editors write.
    pub content: PathBuf,
    /// What designers write.
    pub templates: PathBuf,
}

/// Why a folder can't be read.
#[derive(Debug, Error)]
pub enum LoadError {
    /// It isn't there.
    #[error("there is no folder {}; run this where it is, or name it with --{flag}", path.display())]
    Missing {
        /// The folder.
        path: PathBuf,
        /// The flag that names it.
        flag: &'static str,
    },
    /// A file in it can't be read.
    #[error("{}: {error}; check that this user may read it", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
}

/// The files of a folder: their paths in it, with `/` between folders, and where they are. Hidden
/// files and editors' leftovers are skipped. The order is not defined.
pub(crate) fn walk(folder: &Path, flag: &'static str) -> Result<Vec<(String, PathBuf)>, LoadError> {
    if !folder.is_dir() {
        return Err(LoadError::Missing { path: folder.to_owned(), flag });
    }
    let walk = WalkDir::new(folder).into_iter().filter_entry(|entry| {
        entry.depth() == 0 || is_visible(&entry.file_name().to_string_lossy())
    });
    let mut files = Vec::new();
    for entry in walk {
        let entry = entry.map_err(|error| LoadError::File {
            path: error.path().unwrap_or(folder).to_owned(),
            error: error.into(),
        })?;
        if !entry.file_type().is_dir() {
            let path = entry.into_path();
            files.extend(relative(folder, &path).map(|relative| (relative, path)));
        }
    }
    Ok(files)
}

/// Whether a path in a folder is neither hidden nor something that editors leave behind.
pub(crate) fn is_visible(relative: &str) -> bool {
    relative.split('/').all(|part| !part.starts_with('.') && !part.ends_with('~'))
}

/// A path in a folder, with `/` between folders.
pub(crate) fn relative(folder: &Path, path: &Path) -> Option<String> {
    let relative = path.strip_prefix(folder).ok()?;
    let parts: Vec<_> =
        relative.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    Some(parts.join("/"))
}

/// A file's bytes; `None` if it is gone, or is no file.
pub(crate) fn read_file(path: &Path) -> Result<Option<Vec<u8>>, LoadError> {
    match std::fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::IsADirectory) => {
            Ok(None)
        }
        Err(error) => Err(LoadError::File { path: path.to_owned(), error }),
    }
}
