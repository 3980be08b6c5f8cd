//! Writing the site: the same bytes for the same content, whatever the number of threads; only
//! what changed; and what no longer belongs is removed, inside `site/` alone.

use crate::images::{self, Cache, ImageError};
use crate::pack;
use crate::site::{Options, Site};
use data_encoding::HEXLOWER;
use rayon::prelude::*;
use render::{RenderError, Renderer};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, ErrorKind, Read, Write};
use std::ops::Bound::{Included, Unbounded};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use thiserror::Error;

/// What a build did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BuildReport {
    /// The pages of the site.
    pub pages: usize,
    /// The files that were written because they changed.
    pub written: usize,
    /// The files that were removed because they no longer belong.
    pub removed: usize,
    /// The pictures that had to be made; all others were in the cache.
    pub pictures_made: usize,
}

/// Why a site could not be written.
#[derive(Debug, Error)]
pub enum WriteError {
    /// There are files in the folder that no build wrote.
    #[error(
        "{} holds files, and no manifest.json beside it says that a build wrote them; a build \
         removes what doesn't belong, so give another --out, or empty that folder", .0.display()
    )]
    NotOurs(PathBuf),
    /// A page could not be rendered.
    #[error("{address}: {error}")]
    Render {
        /// Its address.
        address: String,
        /// What is wrong.
        error: RenderError,
    },
    /// The templates or strings can't be read.
    #[error(transparent)]
    Templates(#[from] RenderError),
    /// A picture could not be made.
    #[error(transparent)]
    Picture(#[from] ImageError),
    /// The bundle could not be made.
    #[error("the desk's bundle: {0}")]
    Bundle(#[from] serde_json::Error),
    /// A file could not be written.
    #[error("{}: {error}; the folder must be writable for this user", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
}

/// What is written beside each file for browsers that take it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compress {
    /// The same in brotli (`.br`) and gzip (`.gz`).
    All,
    /// Nothing: the web server compresses the files.
    None,
}

/// Writes `site/`, `desk/bundle.json` and `manifest.json` into a folder. `progress` is told of each
/// page.
pub fn build(
    site: &Site,
    options: &Options,
    out: &Path,
    compress: Compress,
    progress: &(dyn Fn() + Sync),
) -> Result<BuildReport, WriteError> {
    let bundle = Arc::new(site.bundle());
    let json = serde_json::to_vec(&*bundle)?;
    let renderer = Renderer::new(bundle)?;
    let folder = out.join("site");
    let is_new = !folder.exists();
    claim(out, &folder)?;
    let mut ids = site.page_ids(options.today);
    ids.retain(|id| options.base_url.is_some() || !id.needs_base_url());
    // Feeds and sitemaps take longest, so they start first.
    ids.sort_by_key(|id| !id.needs_base_url());
    let named = Mutex::new(BTreeSet::new());
    let pages = ids.par_iter().map(|id| {
        let made = site.render(id, &renderer, options);
        let page = made.map_err(|error| WriteError::Render { address: id.address(), error })?;
        let path = id.file();
        if is_new {
            // Each page has a folder of its own; trying without would cost a failed call a page.
            make_folder(&folder.join(&path))?;
        }
        let written = write_served(&folder, path, &page.bytes, compress)?;
        if !site.pictures.is_empty() {
            let pictures = images::named_in(&page.bytes);
            named.lock().unwrap_or_else(PoisonError::into_inner).extend(pictures);
        }
        progress();
        Ok::<_, WriteError>(written)
    });
    let mut files = pages.collect::<Result<Vec<_>, _>>()?;
    for (address, bytes) in site.assets() {
        let file = address.trim_start_matches('/').to_owned();
        files.push(write_served(&folder, file, bytes, compress)?);
    }
    let named = named.into_inner().unwrap_or_else(PoisonError::into_inner);
    let cache = Cache::in_folder(&out.join(".cache/images"));
    let pictures = Mutex::new(Vec::new());
    site.pictures.make(&named, &cache, &|address, bytes| {
        // They are as small as they get: packed again, they would grow.
        let file = address.trim_start_matches('/').to_owned();
        let served = write_served(&folder, file, bytes, Compress::None)?;
        pictures.lock().unwrap_or_else(PoisonError::into_inner).push(served);
        Ok::<_, WriteError>(())
    })?;
    files.extend(pictures.into_inner().unwrap_or_else(PoisonError::into_inner));
    let written = files.iter().map(|file| file.written).sum::<usize>();
    let entries: BTreeMap<_, _> =
        files.into_iter().map(|file| (file.path, (file.bytes, file.sha256))).collect();
    let desk = write_if_changed(&out.join("desk/bundle.json"), &json)?;
    let manifest = manifest(&entries);
    let told = write_if_changed(&out.join("manifest.json"), manifest.as_bytes())?;
    let removed = if is_new { 0 } else { remove_others(&folder, &entries, compress)? };
    Ok(BuildReport {
        pages: ids.len(),
        written: written + desk + told,
        removed,
        pictures_made: cache.made(),
    })
}

/// What no longer belongs is removed from `site/`, so it must be ours: a manifest lies beside it
/// from the first moment of the first build.
fn claim(out: &Path, folder: &Path) -> Result<(), WriteError> {
    let manifest = out.join("manifest.json");
    if manifest.exists() {
        return Ok(());
    }
    let is_empty = std::fs::read_dir(folder).map_or(true, |mut entries| entries.next().is_none());
    if !is_empty {
        return Err(WriteError::NotOurs(folder.to_owned()));
    }
    write_if_changed(&manifest, self::manifest(&BTreeMap::new()).as_bytes()).map(drop)
}

/// A file of the site.
struct Served {
    /// Its path below `site/`.
    path: String,
    bytes: usize,
    sha256: [u8; 32],
    /// How many files were written for it.
    written: usize,
}

/// Every file of the site with its size and SHA-256, a line each, in the order of their paths:
/// comparing two of them shows what changed.
fn manifest(entries: &BTreeMap<String, (usize, [u8; 32])>) -> String {
    let lines: Vec<_> = entries
        .iter()
        .map(|(path, (bytes, sha256))| {
            let path = serde_json::Value::from(format!("site/{path}"));
            format!("{path}:{{\"bytes\":{bytes},\"sha256\":\"{}\"}}", HEXLOWER.encode(sha256))
        })
        .collect();
    format!("{{\"files\":{{\n{}\n}}}}\n", lines.join(",\n"))
}

/// A file, and beside it the same for browsers that take brotli or gzip.
fn write_served(
    folder: &Path,
    path: String,
    bytes: &[u8],
    compress: Compress,
) -> Result<Served, WriteError> {
    let file = folder.join(&path);
    let mut written = write_if_changed(&file, bytes)?;
    if compress == Compress::All {
        let [br, gz] = ["br", "gz"].map(|ending| folder.join(format!("{path}.{ending}")));
        let failed = |path: &Path| {
            let path = path.to_owned();
            move |error| WriteError::File { path, error }
        };
        // A build that was cut off may have left a part of them; unpacking is cheap, and packing
        // again is not.
        if written > 0 || !is_whole(&br, &gz, bytes) {
            written += write_if_changed(&br, &pack::brotli(bytes, 9).map_err(failed(&br))?)?;
            written += write_if_changed(&gz, &pack::gzip(bytes, 9).map_err(failed(&gz))?)?;
        }
    }
    Ok(Served { path, bytes: bytes.len(), sha256: Sha256::digest(bytes).into(), written })
}

/// Whether what lies beside a file that didn't change says the same.
fn is_whole(br: &Path, gz: &Path, bytes: &[u8]) -> bool {
    let mut plain = Vec::with_capacity(bytes.len());
    let unpacked = std::fs::read(br).is_ok_and(|packed| {
        brotli::BrotliDecompress(&mut &packed[..], &mut plain).is_ok() && plain == bytes
    });
    plain.clear();
    unpacked
        && std::fs::read(gz).is_ok_and(|packed| {
            flate2::read::GzDecoder::new(&packed[..]).read_to_end(&mut plain).is_ok()
                && plain == bytes
        })
}

/// A file that is there is replaced whole, under a temporary name first, so that readers never see
/// a part of one. A new file is written in place: nobody reads it yet, and if the build is cut off
/// the next one finds that it differs.
fn write_if_changed(path: &Path, bytes: &[u8]) -> Result<usize, WriteError> {
    let failed = |error| WriteError::File { path: path.to_owned(), error };
    let mut created = File::create_new(path);
    if created.as_ref().is_err_and(|error| error.kind() == ErrorKind::NotFound) {
        make_folder(path)?;
        created = File::create_new(path);
    }
    match created {
        Ok(mut file) => file.write_all(bytes).map_err(failed)?,
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            if has_bytes(path, bytes) {
                return Ok(0);
            }
            replace(path, bytes).map_err(failed)?;
        }
        Err(error) => return Err(failed(error)),
    }
    Ok(1)
}

fn make_folder(file: &Path) -> Result<(), WriteError> {
    let folder = file.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)
        .map_err(|error| WriteError::File { path: folder.to_owned(), error })
}

/// By as few calls as can be: it is asked of every file of every build but the first.
fn has_bytes(path: &Path, bytes: &[u8]) -> bool {
    let same = |mut file: File| {
        if file.metadata()?.len() != bytes.len() as u64 {
            return Ok(false);
        }
        let mut there = vec![0; bytes.len()];
        file.read_exact(&mut there)?;
        Ok(there == bytes)
    };
    File::open(path).and_then(same).unwrap_or(false)
}

fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut staged = tempfile::Builder::new()
        .prefix(".")
        .permissions(std::fs::Permissions::from_mode(0o644))
        .tempfile_in(path.parent().unwrap_or(Path::new(".")))?;
    staged.write_all(bytes)?;
    staged.persist(path)?;
    Ok(())
}

fn remove_others<T>(
    folder: &Path,
    belongs: &BTreeMap<String, T>,
    compress: Compress,
) -> Result<usize, WriteError> {
    let mut removed = 0;
    for entry in walkdir::WalkDir::new(folder).contents_first(true) {
        let failed = |error: io::Error| WriteError::File { path: folder.to_owned(), error };
        let entry = entry.map_err(|error| failed(error.into()))?;
        let relative = entry.path().strip_prefix(folder).unwrap_or(entry.path());
        if entry.file_type().is_dir() {
            // Only an empty folder goes: it fails on all others, and that is what is wanted.
            if entry.depth() > 0 && !holds(relative, belongs) {
                let _ = std::fs::remove_dir(entry.path());
            }
        } else if !relative.to_str().is_some_and(|path| belongs_here(path, belongs, compress)) {
            std::fs::remove_file(entry.path())
                .map_err(|error| WriteError::File { path: entry.path().to_owned(), error })?;
            removed += 1;
        }
    }
    Ok(removed)
}

/// Whether something in a folder belongs here.
fn holds<T>(folder: &Path, belongs: &BTreeMap<String, T>) -> bool {
    let inside = format!("{}/", folder.display());
    let next = belongs.range::<str, _>((Included(inside.as_str()), Unbounded)).next();
    next.is_some_and(|(path, _)| path.starts_with(&inside))
}

fn belongs_here<T>(path: &str, belongs: &BTreeMap<String, T>, compress: Compress) -> bool {
    let plain = path.strip_suffix(".br").or_else(|| path.strip_suffix(".gz"));
    let packed = plain.is_some_and(|plain| belongs.contains_key(plain));
    belongs.contains_key(path) || (packed && compress == Compress::All)
}
