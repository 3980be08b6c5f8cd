//! Assets: the style sheet, put together from its parts, and the icon, each under an address that
//! changes with its content, so that it can be cached for ever.

use crate::paths::asset;
use render::bundle::Assets;
use std::collections::BTreeMap;

/// The templates folder, split into what it holds.
#[derive(Default)]
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
    let addresses = Assets { css: asset("site", "css", &css), icon: asset("icon", "svg", &icon) };
    let files = BTreeMap::from([(addresses.css.clone(), css), (addresses.icon.clone(), icon)]);
    Split { templates, files, addresses }
}

/// Without comments and the white space that only people need. A style sheet has strings with
/// neither in them.
fn squeeze(css: &str) -> String {
    let mut bare = String::with_capacity(css.len());
    let mut rest = css;
    while let Some((before, comment)) = rest.split_once("/*") {
        bare.push_str(before);
        rest = comment.split_once("*/").map_or("", |(_, after)| after);
    }
    bare.push_str(rest);
    let lines: String = bare.lines().map(str::trim).collect();
    ["{", "}", ":", ";", ","]
        .iter()
        .fold(lines, |css, mark| {
            // A space before a colon or a brace belongs to a selector: `a :hover`, `:root {`.
            css.replace(&format!("{mark} "), mark)
        })
        .replace(" {", "{")
        .replace(";}", "}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_style_sheet_keeps_its_meaning() {
        let css = "/* Why. */\n.a .b:hover,\n.c > d {\n  margin: 0 auto;\n  font: 1em/2 x, y;\n}\n\n\
                   @media (min-width: 9em) {\n  :root { --a: 1; }\n}\n";
        assert_eq!(
            squeeze(css),
            ".a .b:hover,.c > d{margin:0 auto;font:1em/2 x,y}@media (min-width:9em){:root{--a:1}}"
        );
    }
}
