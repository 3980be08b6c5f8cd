//! Assets: the style sheet, put together from its parts, and the icon, each under an address that
//! changes with its content, so that it can be cached for ever.

use data_encoding::HEXLOWER;
use render::bundle::Assets;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// The templates folder, split into what it holds.
pub(crate) struct Split {
    /// The templates by name.
    pub(crate) templates: BTreeMap<String, String>,
    /// The assets by address.
    pub(crate) files: BTreeMap<String, Vec<u8>>,
    /// The addresses that pages use.
    pub(crate) addresses: Assets,
}

/// Splits the templates folder: `assets/css/*.css` in the order of their names make the style
/// sheet, `assets/icon.svg` is the icon, other `.html` files are templates.
pub(crate) fn split(folder: BTreeMap<String, Vec<u8>>) -> Split {
    let mut templates = BTreeMap::new();
    let mut css = Vec::new();
    let mut icon = Vec::new();
    for (path, bytes) in folder {
        if path.starts_with("assets/css/") {
            css.extend(squeeze(&String::from_utf8_lossy(&bytes)).into_bytes());
        } else if path == "assets/icon.svg" {
            icon = bytes;
        } else if path.ends_with(".html") {
            templates.insert(path, String::from_utf8_lossy(&bytes).into_owned());
        }
    }
    let addresses = Assets {
        css: address("site", "css", &css),
        icon: address("icon", "svg", &icon),
    };
    let files = BTreeMap::from([(addresses.css.clone(), css), (addresses.icon.clone(), icon)]);
    Split {
        templates,
        files,
        addresses,
    }
}

fn address(name: &str, ending: &str, bytes: &[u8]) -> String {
    let digest = HEXLOWER.encode(&Sha256::digest(bytes));
    format!("/assets/{name}.{}.{ending}", &digest[..12])
}

/// Without the white space that begins lines: half of what a style sheet weighs uncompressed.
fn squeeze(css: &str) -> String {
    css.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect::<Vec<_>>()
        .join("\n")
        + "\n"
}
