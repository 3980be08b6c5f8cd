//! Adding an id to `content/ids.yaml`, whose comments and order stay as they are.

use super::NewError;
use crate::site::Site;
use crate::source::Folders;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// Adds an id to the record. Without a record one is written that holds all ids that there are.
pub(super) fn add(
    folders: &Folders,
    site: Option<&Site>,
    list: &'static str,
    id: &str,
    made: &Path,
) -> Result<(), NewError> {
    let path = folders.content.join("ids.yaml");
    let failed = |error| NewError::File { path: path.clone(), error };
    let before = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => all(site),
        Err(error) => return Err(failed(error)),
    };
    let unrecorded = || NewError::Unrecorded { path: made.to_owned(), id: id.to_owned(), list };
    let after = with(&before, list, id).ok_or_else(unrecorded)?;
    // Under a temporary name first: the record is never half there.
    let mut staged = tempfile::Builder::new()
        .prefix(".")
        .permissions(std::fs::Permissions::from_mode(0o644))
        .tempfile_in(&folders.content)
        .map_err(failed)?;
    staged.write_all(after.as_bytes()).map_err(failed)?;
    staged.persist(&path).map_err(|error| failed(error.error))?;
    Ok(())
}

/// A record of everything that is there.
fn all(site: Option<&Site>) -> String {
    let mut text = String::from(
        "# Every id of a topic and a library that there ever was. An id never changes and never\n\
         # returns. One that is no longer on offer stays here, and its file gets `retired: DATE`.\n\n\
         topics:\n",
    );
    let topics = site.into_iter().flat_map(|site| site.topics.keys().map(ToString::to_string));
    topics.for_each(|id| text.push_str(&format!("  - {id}\n")));
    text.push_str("\nbranches:\n");
    let branches = site.into_iter().flat_map(|site| site.branches.keys().map(ToString::to_string));
    branches.for_each(|id| text.push_str(&format!("  - {id}\n")));
    text
}

/// The text with one more line at the end of a list; `None` if the list isn't written a line each.
fn with(text: &str, list: &str, id: &str) -> Option<String> {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let key = format!("{list}:");
    let head = lines.iter().position(|line| {
        line.strip_prefix(&key).is_some_and(|rest| matches!(rest.trim(), "" | "[]"))
    })?;
    lines[head] = key;
    let mut last = head;
    let mut indent = "  ".to_owned();
    for (index, line) in lines.iter().enumerate().skip(head + 1) {
        let inner = line.trim_start();
        if inner.starts_with("- ") {
            last = index;
            indent = line[..line.len() - inner.len()].to_owned();
        } else if !inner.is_empty() && !inner.starts_with('#') {
            break;
        }
    }
    lines.insert(last + 1, format!("{indent}- {id}"));
    Some(lines.join("\n") + "\n")
}

#[cfg(test)]
mod tests {
    use super::with;

    #[test]
    fn an_id_is_added_below_the_others_and_comments_stay() {
        let before =
            "# Ids\ntopics:\n  - a\n  # the first\n  - b # kept\n\n# Libraries\nbranches:\n- x\n";
        let after = with(before, "topics", "c").unwrap();
        assert_eq!(after, before.replace("  - b # kept\n", "  - b # kept\n  - c\n"));
        let after = with(before, "branches", "y").unwrap();
        assert_eq!(after, format!("{before}- y\n"));
    }

    #[test]
    fn an_empty_list_is_begun_and_one_in_a_line_is_left_to_its_editor() {
        assert_eq!(with("topics: []\n", "topics", "a").unwrap(), "topics:\n  - a\n");
        assert_eq!(with("topics: [a]\n", "topics", "b"), None);
    }
}
