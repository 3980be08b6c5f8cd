//! Keeps the pictures that were made, so that each is made once. File names change with content and
//! settings, so a cached file is always right unless it is damaged.

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// Where made pictures are kept.
#[derive(Debug)]
pub struct Cache {
    place: Place,
    made: AtomicUsize,
}

#[derive(Debug)]
enum Place {
    Folder(PathBuf),
    Memory(Mutex<BTreeMap<String, Vec<u8>>>),
}

impl Cache {
    /// In a folder, from one build to the next. A folder that can't be written costs time, nothing
    /// else.
    pub fn in_folder(folder: &Path) -> Self {
        Self { place: Place::Folder(folder.to_owned()), made: AtomicUsize::new(0) }
    }

    /// As long as a server runs.
    pub fn in_memory() -> Self {
        Self { place: Place::Memory(Mutex::default()), made: AtomicUsize::new(0) }
    }

    /// How many pictures had to be made.
    pub fn made(&self) -> usize {
        self.made.load(Ordering::Relaxed)
    }

    pub(super) fn get(&self, name: &str) -> Option<Vec<u8>> {
        match &self.place {
            Place::Folder(folder) => whole(std::fs::read(folder.join(name)).ok()?),
            Place::Memory(made) => {
                made.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
            }
        }
    }

    pub(super) fn put(&self, name: &str, bytes: &[u8]) {
        self.made.fetch_add(1, Ordering::Relaxed);
        match &self.place {
            Place::Folder(folder) => drop(write(folder, name, bytes)),
            Place::Memory(made) => {
                let mut made = made.lock().unwrap_or_else(PoisonError::into_inner);
                made.insert(name.to_owned(), bytes.to_vec());
            }
        }
    }
}

/// A file's bytes if they are those that were written: its first line is their hash.
fn whole(file: Vec<u8>) -> Option<Vec<u8>> {
    let end = file.iter().position(|byte| *byte == b'\n')?;
    let bytes = &file[end + 1..];
    (file[..end] == *HEXLOWER.encode(&Sha256::digest(bytes)).as_bytes()).then(|| bytes.to_vec())
}

fn write(folder: &Path, name: &str, bytes: &[u8]) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let mut staged = tempfile::Builder::new().prefix(".").tempfile_in(folder)?;
    writeln!(staged, "{}", HEXLOWER.encode(&Sha256::digest(bytes)))?;
    staged.write_all(bytes)?;
    staged.persist(folder.join(name)).map_err(|error| error.error)?;
    Ok(())
}
