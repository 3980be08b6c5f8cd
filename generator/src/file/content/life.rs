//! When a file is on the site: `draft`, `publish_on`, `expires_on`, `review_by`, and `retired`.
//! One reader for all kinds of files, so that the keys mean the same everywhere.

use crate::diagnostic::{Diagnostic, Place};
use crate::file::front_matter::Parts;
use crate::file::read::{self, Keys};
use crate::file::yaml::{Node, Value};
use crate::paths::Folder;
use domain::Period;
use jiff::civil::Date;

/// The keys. They are facts: they stand in the source's file alone.
pub(crate) const KEYS: [&str; 5] = ["draft", "publish_on", "expires_on", "review_by", "retired"];

/// When a file is on the site.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Life {
    /// Whether it is still being written.
    pub(crate) draft: bool,
    /// From `publish_on` until `expires_on`, or until `retired` of topics and branches.
    pub(crate) period: Period,
    /// The day by which somebody should read it again.
    pub(crate) review_by: Option<Date>,
}

impl Life {
    /// Reads it. Topics and branches are retired; pages, posts and services expire.
    pub(crate) fn read(file: &str, folder: Folder, parts: &Parts) -> (Self, Vec<Diagnostic>) {
        let mut keys = Keys::new(file, &parts.keys);
        let draft = keys.optional("draft", read::flag).unwrap_or(false);
        let publish_on = keys.optional("publish_on", read::date);
        let review_by = keys.optional("review_by", read::date);
        let end = folder.end_key();
        let other = if end == "retired" { "expires_on" } else { "retired" };
        let expires_on = keys.optional(end, read::date);
        let mut diagnostics = std::mem::take(&mut keys.diagnostics);
        let at = |key: &str| place(&parts.keys, key).unwrap_or(Place::START);
        if keys.node(other).is_some() {
            let help = if folder.records_ids() {
                "write `retired: DATE`: open cases keep its name, and its id never returns"
            } else {
                "write `expires_on: DATE`; only topics and libraries are retired"
            };
            let message = format!("{other}: {} don't have this key", folder.name());
            diagnostics.push(Diagnostic::error("wrong-value", file, at(other), message, help));
        }
        let period = Period { from: publish_on, until: expires_on };
        if let Some(from) = publish_on.filter(|_| period.is_empty()) {
            let message = format!("{end}: it would be gone before it is published on {from}");
            let help = "choose a later day, or take one of the two lines out";
            diagnostics.push(Diagnostic::error("wrong-value", file, at(end), message, help));
        }
        if let (Some(until), Some(review)) = (expires_on, review_by)
            && until <= review
        {
            let message = format!("review_by: it is gone by then, on {until}");
            let help = "choose an earlier day, or take this line out";
            diagnostics.push(Diagnostic::error(
                "wrong-value",
                file,
                at("review_by"),
                message,
                help,
            ));
        }
        (Self { draft, period, review_by }, diagnostics)
    }
}

/// Where a key stands.
fn place(node: &Node, key: &str) -> Option<Place> {
    let Value::Map(entries) = &node.value else { return None };
    entries.iter().find(|entry| entry.key == key).map(|entry| entry.node.place)
}
