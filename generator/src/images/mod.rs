//! Pictures: from the files that editors put beside their texts to what pages show. A file is
//! looked at when it is loaded, and decoded only when one of its sizes is asked for. Whatever it
//! holds besides the picture (where it was taken, with what, by whom) goes into no page.

mod cache;
mod encode;
mod header;

pub use cache::Cache;
pub use encode::ImageError;

use crate::diagnostic::{Diagnostic, Place};
use crate::paths::resolve;
use data_encoding::HEXLOWER;
use header::Header;
use rayon::prelude::*;
use render::html::{Html, escape};
use render::markdown::Image;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

pub use crate::paths::IMAGES as FOLDER;

/// The widths that a picture is offered in, none larger than the picture.
const WIDTHS: [u32; 3] = [480, 960, 1440];

/// The largest width of a picture for browsers without WebP.
const FALLBACK_WIDTH: u32 = 960;

/// The quality of WebP and JPEG. A picture's address changes with all that its bytes depend on.
const QUALITY: [u8; 2] = [75, 82];

/// How wide a picture is shown: as wide as the text.
const SIZES: &str = "(min-width:42em) 38rem,100vw";

/// All pictures of the content.
#[derive(Default)]
pub struct Pictures {
    by_file: BTreeMap<Arc<str>, Arc<Picture>>,
}

/// A picture and what its header says.
#[derive(Debug)]
pub(crate) struct Picture {
    pub(crate) bytes: Vec<u8>,
    header: Header,
    /// Its file's name and a hash, for addresses.
    name: String,
}

/// What takes a file that was made, by its address.
pub type Write<'w, E> = dyn Fn(&str, &[u8]) -> Result<(), E> + Sync + 'w;

/// One size and format of a picture.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Variant {
    address: String,
    width: u32,
    height: u32,
    kind: Format,
}

/// A format that is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    WebP,
    Jpeg,
    Png,
}

impl Format {
    fn ending(self) -> &'static str {
        match self {
            Self::WebP => "webp",
            Self::Jpeg => "jpg",
            Self::Png => "png",
        }
    }
}

impl Pictures {
    /// Looks at the files, each with its path from the content folder's parent, and says which
    /// can't be shown.
    pub fn load(files: BTreeMap<String, Vec<u8>>) -> (Self, Vec<Diagnostic>) {
        let read: Vec<_> = files
            .into_par_iter()
            .map(|(file, bytes)| (Picture::read(&file, bytes), Arc::from(file)))
            .collect();
        let mut pictures = Self::default();
        let mut diagnostics = Vec::new();
        for (picture, file) in read {
            match picture {
                Ok(picture) => pictures.insert(&file, &Arc::new(picture)),
                Err(diagnostic) => diagnostics.push(diagnostic),
            }
        }
        (pictures, diagnostics)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.by_file.is_empty()
    }

    /// One more, by its file.
    pub(crate) fn insert(&mut self, file: &Arc<str>, picture: &Arc<Picture>) {
        self.by_file.insert(Arc::clone(file), Arc::clone(picture));
    }

    /// The paths of the pictures that can be shown.
    pub fn files(&self) -> impl Iterator<Item = &str> {
        self.by_file.keys().map(|file| &**file)
    }

    /// The element for an image of a content file, if it names one of these pictures.
    pub fn html(&self, from: &str, image: &Image<'_>) -> Option<Html> {
        let picture = self.by_file.get(&*resolve(from, image.target))?;
        let (small, fallback) = picture.variants();
        let srcset: Vec<String> = match &small[..] {
            [one] => vec![one.address.clone()],
            several => several.iter().map(|v| format!("{} {}w", v.address, v.width)).collect(),
        };
        let sizes = if small.len() > 1 { format!(" sizes=\"{SIZES}\"") } else { String::new() };
        let title = image.title.map(|title| format!(" title=\"{}\"", escape(title)));
        Some(Html::trusted(format!(
            "<picture><source type=\"image/webp\" srcset=\"{}\"{sizes}><img src=\"{}\" \
             width=\"{}\" height=\"{}\" alt=\"{}\"{} loading=\"lazy\" decoding=\"async\"></picture>",
            srcset.join(", "),
            fallback.address,
            fallback.width,
            fallback.height,
            escape(image.alt),
            title.unwrap_or_default(),
        )))
    }

    /// Every address that a page may name.
    pub fn addresses(&self) -> BTreeSet<String> {
        let all = self.by_file.values().flat_map(|picture| picture.all());
        all.map(|variant| variant.address).collect()
    }

    /// The bytes at an address, made now unless the cache has them. `None` if no picture is there.
    pub fn file(&self, address: &str, cache: &Cache) -> Option<Result<Vec<u8>, ImageError>> {
        let (file, picture, variant) = self.at(address)?;
        let made = encode::make(file, picture, &[variant], cache);
        Some(made.map(|made| made.into_iter().map(|(_, bytes)| bytes).next().unwrap_or_default()))
    }

    /// Whether a picture is at an address.
    pub fn has(&self, address: &str) -> bool {
        self.at(address).is_some()
    }

    fn at(&self, address: &str) -> Option<(&Arc<str>, &Picture, Variant)> {
        let name = address.strip_prefix(FOLDER)?;
        // Names are compared first, so that requests for pictures that don't exist are cheap.
        let named = self.by_file.iter().filter(|(_, picture)| name.starts_with(&picture.name));
        named.map(|(file, picture)| (file, &**picture)).find_map(|(file, picture)| {
            let variant = picture.all().into_iter().find(|variant| variant.address == address)?;
            Some((file, picture, variant))
        })
    }

    /// Makes all files of these addresses, in parallel, and hands each to `write`.
    pub fn make<E: From<ImageError> + Send>(
        &self,
        addresses: &BTreeSet<String>,
        cache: &Cache,
        write: &Write<'_, E>,
    ) -> Result<(), E> {
        self.by_file.par_iter().try_for_each(|(file, picture)| {
            let mut wanted = picture.all();
            wanted.retain(|variant| addresses.contains(&variant.address));
            for (address, bytes) in encode::make(file, picture, &wanted, cache)? {
                write(&address, &bytes)?;
            }
            Ok(())
        })
    }
}

impl Picture {
    /// Looks at a file, or says why it can't be shown.
    pub(crate) fn read(file: &str, bytes: Vec<u8>) -> Result<Self, Diagnostic> {
        match header::read(file, &bytes) {
            Ok(header) => Ok(Self::new(file, bytes, header)),
            Err((code, message, help)) => {
                Err(Diagnostic::error(code, file, Place::START, message, help))
            }
        }
    }

    fn new(file: &str, bytes: Vec<u8>, header: Header) -> Self {
        let mut hash = Sha256::new();
        hash.update(&bytes);
        hash.update(format!("{WIDTHS:?} {FALLBACK_WIDTH} {QUALITY:?} {}", encode::VERSION));
        let digest = HEXLOWER.encode(&hash.finalize());
        let stem = file.rsplit('/').next().and_then(|name| name.rsplit_once('.'));
        let stem: String = stem
            .map_or("", |(stem, _)| stem)
            .to_lowercase()
            .split(|c: char| !c.is_ascii_alphanumeric())
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join("-");
        let stem = if stem.is_empty() { "picture".to_owned() } else { stem };
        Self { bytes, header, name: format!("{stem}.{}", &digest[..12]) }
    }

    /// The sizes as WebP, the smallest first, and the one for browsers without it.
    fn variants(&self) -> (Vec<Variant>, Variant) {
        let own = self.header.width;
        let mut widths: Vec<u32> = WIDTHS.into_iter().filter(|width| *width < own).collect();
        if own <= WIDTHS[WIDTHS.len() - 1] {
            widths.push(own);
        }
        let webp = widths.into_iter().map(|width| self.variant(width, Format::WebP)).collect();
        (webp, self.variant(own.min(FALLBACK_WIDTH), self.header.fallback))
    }

    fn all(&self) -> Vec<Variant> {
        let (mut all, fallback) = self.variants();
        all.push(fallback);
        all
    }

    fn variant(&self, width: u32, kind: Format) -> Variant {
        let Header { width: own, height, .. } = self.header;
        // Rounded; whole numbers are the same on any machine.
        let scaled = (u64::from(height) * u64::from(width) + u64::from(own) / 2) / u64::from(own);
        Variant {
            address: format!("{FOLDER}{}-{width}.{}", self.name, kind.ending()),
            width,
            height: u32::try_from(scaled).unwrap_or(height).max(1),
            kind,
        }
    }
}

/// What a picture's file is, by its address.
pub fn content_type(address: &str) -> &'static str {
    match address.rsplit_once('.') {
        Some((_, "webp")) => "image/webp",
        Some((_, "png")) => "image/png",
        _ => "image/jpeg",
    }
}

/// The pictures that a page names: only those are written.
pub(crate) fn named_in(page: &[u8]) -> BTreeSet<String> {
    let ends = |byte: &u8| *byte == b'"' || *byte == b',' || byte.is_ascii_whitespace();
    memchr::memmem::find_iter(page, FOLDER)
        .map(|at| {
            let rest = &page[at..];
            let address = &rest[..rest.iter().position(ends).unwrap_or(rest.len())];
            String::from_utf8_lossy(address).into_owned()
        })
        .collect()
}
