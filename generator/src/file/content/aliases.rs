//! `aliases: [/old/address/]`: the addresses at which a page once was.

use crate::diagnostic::{Diagnostic, Place};
use crate::file::read::{self, Keys};

/// An address at which a page once was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Alias {
    /// The address, with a slash at its end unless it names a file.
    pub(crate) address: String,
    /// Where it stands in the page's file.
    pub(crate) place: Place,
}

const HELP: &str = "write the old address without the site's name, like /services/tutoring/";

/// Reads the key from a source file. A translation has none: what an old address leads to is a
/// fact, and its language stands at its beginning, as in `/vi/old/`.
pub(super) fn aliases(file: &str, keys: &mut Keys<'_>) -> Vec<Alias> {
    let nodes = keys.optional("aliases", |node| read::list(node, Ok)).unwrap_or_default();
    let mut aliases = Vec::new();
    for node in nodes {
        match read::text(node).map_err(|_| "this is no address".to_owned()).and_then(normal) {
            Ok(address) => aliases.push(Alias { address, place: node.place }),
            Err(message) => {
                keys.diagnostics.push(Diagnostic::error(
                    "bad-alias",
                    file,
                    node.place,
                    message,
                    HELP,
                ));
            }
        }
    }
    aliases
}

/// An address as the site would write it: `/old` and `/old/index.html` are `/old/`.
fn normal(text: String) -> Result<String, String> {
    let Some(path) = text.strip_prefix('/') else {
        return Err(format!("\"{text}\" doesn't begin with a slash"));
    };
    if let Some(mark) = text.chars().find(|c| ['?', '#'].contains(c)) {
        return Err(format!("\"{text}\" holds {mark}: what follows it is no part of an address"));
    }
    let path = path.strip_suffix("index.html").unwrap_or(path);
    let path = path.strip_suffix('/').unwrap_or(path);
    let parts: Vec<_> = path.split('/').collect();
    let fits = |c: char| c.is_ascii_alphanumeric() || "-_.~".contains(c);
    for part in &parts {
        if let Some(other) = part.chars().find(|c| !fits(*c)) {
            return Err(format!("\"{text}\" holds {other:?}"));
        }
        // `.` and `..` are steps and not names; servers don't show files that begin with a dot.
        if part.starts_with('.') || (part.is_empty() && parts.len() > 1) {
            return Err(format!("\"{text}\" has a part that is no name: {part:?}"));
        }
    }
    let is_file = [".html", ".htm"].iter().any(|ending| path.ends_with(ending));
    Ok(match path {
        "" => "/".to_owned(),
        _ if is_file => format!("/{path}"),
        _ => format!("/{path}/"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<&str>) {
        assert_eq!(normal(text.to_owned()).ok().as_deref(), expected, "{text}");
    }

    #[test]
    fn an_old_address_is_kept_as_the_site_would_write_it() {
        check("/old", Some("/old/"));
        check("/old/", Some("/old/"));
        check("/old/index.html", Some("/old/"));
        check("/vi/Old_page-1.html", Some("/vi/Old_page-1.html"));
        check("/old.php", Some("/old.php/"));
        check("/", Some("/"));
    }

    #[test]
    fn what_is_no_address_of_ours_is_refused() {
        for text in
            ["old", "https://old.example/", "/a?b=c", "/a#b", "/a/../b/", "//a/", "/a b/", "/.git/"]
        {
            check(text, None);
        }
    }
}
