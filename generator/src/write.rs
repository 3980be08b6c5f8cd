//! Writing the site: the same bytes for the same content, whatever the number of threads; only
//! what changed; and what no longer belongs is removed, inside the folder alone.

use crate::site::{Options, PageId, Site};
use rayon::prelude::*;
use render::{RenderError, Renderer};
use std::collections::BTreeSet;
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
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
}

/// Why a site could not be written.
#[derive(Debug, Error)]
pub enum WriteError {
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

/// Writes `site/` and `desk/bundle.json` into a folder. `progress` is told of each page.
pub fn build(
    site: &Site,
    options: &Options,
    out: &Path,
    progress: &(dyn Fn() + Sync),
) -> Result<BuildReport, WriteError> {
    let bundle = Arc::new(site.bundle());
    let json = serde_json::to_vec(&*bundle)?;
    let renderer = Renderer::new(bundle)?;
    let ids = site.page_ids(options.today);
    let pages = ids.par_iter().map(|id| {
        let made = site.render(id, &renderer, options);
        let page = made.map_err(|error| WriteError::Render { address: id.address(), error })?;
        let written = write_compressed(&out.join("site"), &id.file(), &page.bytes)?;
        progress();
        Ok::<_, WriteError>(written)
    });
    let mut written = pages.try_reduce(|| 0, |a, b| Ok(a + b))?;
    let mut belongs: BTreeSet<PathBuf> = ids.iter().map(PageId::file).map(PathBuf::from).collect();
    for (address, bytes) in site.assets() {
        let file = address.trim_start_matches('/');
        written += write_compressed(&out.join("site"), file, bytes)?;
        belongs.insert(PathBuf::from(file));
    }
    written += write_if_changed(&out.join("desk/bundle.json"), &json)?;
    let removed = remove_others(&out.join("site"), &belongs)?;
    Ok(BuildReport { pages: ids.len(), written, removed })
}

/// A file, and beside it the same for browsers that take brotli or gzip.
fn write_compressed(folder: &Path, file: &str, bytes: &[u8]) -> Result<usize, WriteError> {
    let path = folder.join(file);
    let written = write_if_changed(&path, bytes)?;
    let [br, gz] = ["br", "gz"].map(|ending| folder.join(format!("{file}.{ending}")));
    if written == 0 && br.exists() && gz.exists() {
        return Ok(0);
    }
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |error| WriteError::File { path, error }
    };
    let brotli = brotli(bytes).map_err(failed(&br))?;
    let gzip = gzip(bytes).map_err(failed(&gz))?;
    Ok(written + write_if_changed(&br, &brotli)? + write_if_changed(&gz, &gzip)?)
}

fn brotli(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut compressed = Vec::new();
    let settings = brotli::enc::BrotliEncoderParams { quality: 9, lgwin: 22, ..Default::default() };
    brotli::BrotliCompress(&mut &bytes[..], &mut compressed, &settings)?;
    Ok(compressed)
}

fn gzip(bytes: &[u8]) -> io::Result<Vec<u8>> {
    // No time and no name in the header: the same bytes each time.
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes)?;
    encoder.finish()
}

/// Under a temporary name first: a build that is cut off leaves whole files.
fn write_if_changed(path: &Path, bytes: &[u8]) -> Result<usize, WriteError> {
    let failed = |error| WriteError::File { path: path.to_owned(), error };
    if std::fs::read(path).is_ok_and(|before| before == bytes) {
        return Ok(0);
    }
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).map_err(failed)?;
    let mut staged = tempfile::Builder::new()
        .prefix(".")
        .permissions(std::fs::Permissions::from_mode(0o644))
        .tempfile_in(folder)
        .map_err(failed)?;
    staged.write_all(bytes).map_err(failed)?;
    staged.persist(path).map_err(|error| failed(error.error))?;
    Ok(1)
}

fn remove_others(folder: &Path, belongs: &BTreeSet<PathBuf>) -> Result<usize, WriteError> {
    let mut removed = 0;
    for entry in walkdir::WalkDir::new(folder).contents_first(true) {
        let failed = |error: io::Error| WriteError::File { path: folder.to_owned(), error };
        let entry = entry.map_err(|error| failed(error.into()))?;
        let relative = entry.path().strip_prefix(folder).unwrap_or(entry.path());
        if entry.file_type().is_dir() {
            // Only an empty folder goes: it fails on all others, and that is what is wanted.
            if entry.depth() > 0 {
                let _ = std::fs::remove_dir(entry.path());
            }
        } else if !belongs.contains(&without_compression(relative)) {
            std::fs::remove_file(entry.path())
                .map_err(|error| WriteError::File { path: entry.path().to_owned(), error })?;
            removed += 1;
        }
    }
    Ok(removed)
}

fn without_compression(path: &Path) -> PathBuf {
    match path.extension().and_then(|ending| ending.to_str()) {
        Some("br" | "gz") => path.with_extension(""),
        _ => path.to_owned(),
    }
}
