//! Reading the two folders: every text in them, by its path.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use thiserror::Error;
use walkdir::WalkDir;

/// Why a folder can't be read.
#[derive(Debug, Error)]
pub enum SourceError {
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

/// The files of a folder by their path in it, with `/` between folders, in order. Hidden files and
/// what editors leave behind are passed over.
pub(crate) fn read(
    folder: &Path,
    flag: &'static str,
) -> Result<BTreeMap<String, Vec<u8>>, SourceError> {
    if !folder.is_dir() {
        return Err(SourceError::Missing { path: folder.to_owned(), flag });
    }
    let mut files = BTreeMap::new();
    let visible = |name: &str| !name.starts_with('.') && !name.ends_with('~');
    let walk = WalkDir::new(folder)
        .into_iter()
        .filter_entry(|entry| entry.depth() == 0 || visible(&entry.file_name().to_string_lossy()));
    for entry in walk {
        let entry = entry.map_err(|error| SourceError::File {
            path: error.path().unwrap_or(folder).to_owned(),
            error: error.into(),
        })?;
        if !entry.file_type().is_file() {
            continue;
        }
        let bytes = std::fs::read(entry.path())
            .map_err(|error| SourceError::File { path: entry.path().to_owned(), error })?;
        let relative = entry.path().strip_prefix(folder).unwrap_or(entry.path());
        let parts: Vec<_> =
            relative.components().map(|part| part.as_os_str().to_string_lossy()).collect();
        files.insert(parts.join("/"), bytes);
    }
    Ok(files)
}
