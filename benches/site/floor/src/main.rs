//! The floor of a site generator: it knows the bytes already.
//!
//! ```text
//! floor pack  FOLDER PACKED     all files of a folder into one file
//! floor write PACKED FOLDER     the same files into a new folder, with a thread for each core
//! ```
//!
//! `write` as a whole process is what is measured: it reads one file, makes folders, opens, writes
//! and closes. Nothing is parsed, rendered, compared or renamed.

use std::collections::BTreeSet;
use std::error::Error;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// Files that a thread takes at a time.
const BATCH: usize = 16;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["pack", folder, packed] => pack(Path::new(folder), Path::new(packed)),
        ["write", packed, folder] => write(Path::new(packed), Path::new(folder)),
        _ => Err("usage: floor pack FOLDER PACKED | floor write PACKED FOLDER".into()),
    }
}

/// Each file as the lengths of its path and of its bytes, then both.
fn pack(folder: &Path, packed: &Path) -> Result<()> {
    let mut files = Vec::new();
    list(folder, &mut files)?;
    files.sort();
    let mut out = std::io::BufWriter::new(fs::File::create(packed)?);
    for file in files {
        let path = file.strip_prefix(folder)?.to_str().ok_or("a path is not UTF-8")?.to_owned();
        let bytes = fs::read(&file)?;
        out.write_all(&u64::try_from(path.len())?.to_le_bytes())?;
        out.write_all(&u64::try_from(bytes.len())?.to_le_bytes())?;
        out.write_all(path.as_bytes())?;
        out.write_all(&bytes)?;
    }
    Ok(out.flush()?)
}

fn list(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() { list(&path, files)? } else { files.push(path) }
    }
    Ok(())
}

fn write(packed: &Path, folder: &Path) -> Result<()> {
    let packed = fs::read(packed)?;
    let files = unpack(&packed)?;
    fs::create_dir_all(folder)?;
    // Paths from here on are short: the system looks up less.
    std::env::set_current_dir(folder)?;
    let folders: BTreeSet<&Path> = files.iter().filter_map(|(path, _)| path.parent()).collect();
    // Folders with folders in them come first; each other one is made by whoever fills it.
    let outer: BTreeSet<&Path> = folders.iter().filter_map(|folder| folder.parent()).collect();
    for folder in &outer {
        fs::create_dir_all(folder)?;
    }
    let next = AtomicUsize::new(0);
    let threads = std::thread::available_parallelism()?.get();
    std::thread::scope(|scope| {
        let work = || -> Result<()> {
            loop {
                let from = next.fetch_add(BATCH, Ordering::Relaxed);
                let Some(batch) = files.get(from..files.len().min(from + BATCH)) else {
                    return Ok(());
                };
                if batch.is_empty() {
                    return Ok(());
                }
                for (path, bytes) in batch {
                    write_one(path, bytes)?;
                }
            }
        };
        let running: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
        work()?;
        for thread in running {
            thread.join().map_err(|_| "a thread failed")??;
        }
        Ok(())
    })
}

fn write_one(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut file = match fs::File::create(path) {
        Ok(file) => file,
        Err(_) => {
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder)?;
            }
            fs::File::create(path)?
        }
    };
    Ok(file.write_all(bytes)?)
}

fn unpack(mut packed: &[u8]) -> Result<Vec<(&Path, &[u8])>> {
    let mut files = Vec::new();
    while !packed.is_empty() {
        let (lengths, rest) = packed.split_at_checked(16).ok_or("the packed file is cut off")?;
        let (path, bytes) = lengths.split_at(8);
        let [path, bytes] = [path, bytes].map(|length| length.try_into().map(u64::from_le_bytes));
        let [path, bytes] = [usize::try_from(path?)?, usize::try_from(bytes?)?];
        let (path, rest) = rest.split_at_checked(path).ok_or("the packed file is cut off")?;
        let (bytes, rest) = rest.split_at_checked(bytes).ok_or("the packed file is cut off")?;
        files.push((Path::new(std::str::from_utf8(path)?), bytes));
        packed = rest;
    }
    Ok(files)
}
