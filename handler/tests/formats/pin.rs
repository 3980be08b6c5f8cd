//! A file of samples, one a line, that this version must read, and write as it stands there.

use crate::desk::stored::stored;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::fmt::Debug;
use std::fmt::Write;

/// What a difference means, and what to do about it.
const RULE: &str = "
Releases run side by side while functions are replaced, and one may be put back: a release must read
what the one before it and the one after it write. So
- a new field is an Option with #[serde(default, skip_serializing_if = \"Option::is_none\")], and nothing
  relies on it before every release in use keeps it;
- a new word (a variant) is read by one release before the next one writes it;
- what can't be done so gets a new format number (docs/upgrade.md), read by one release before the next
  one writes it, and the old form is read for as long as it may lie somewhere.
If that is done, or there are only new samples: PRINT_STORED=1 writes the file anew.";

/// Holds samples to the file of this name.
pub(crate) fn pinned<T>(file: &str, samples: &[(String, T)])
where
    T: Serialize + DeserializeOwned + PartialEq + Debug,
{
    let path = stored("v2").join(file);
    let today: Map<_, _> = samples
        .iter()
        .map(|(name, sample)| (name.clone(), serde_json::to_value(sample).unwrap()))
        .collect();
    assert_eq!(today.len(), samples.len(), "{file}: each sample has a name of its own");
    if std::env::var_os("PRINT_STORED").is_some() {
        std::fs::write(&path, lines(samples)).unwrap();
    }
    let there = std::fs::read_to_string(&path).unwrap_or_else(|error| {
        panic!("{}: {error}; PRINT_STORED=1 writes it", path.display());
    });
    let there: Map<String, Value> = serde_json::from_str(&there).unwrap();
    for (name, json) in &there {
        let read: T = serde_json::from_value(json.clone()).unwrap_or_else(|error| {
            panic!(
                "{file}: {name} can't be read any more ({error}). Everything like it that is stored \
                 would be lost to this release.\n{RULE}"
            );
        });
        let written = serde_json::to_value(&read).unwrap();
        assert!(
            written == *json,
            "{file}: {name} is written otherwise than it was read. A release before this one, which \
             may run beside it, would meet\n{written}\nwhere it wrote\n{json}\n{RULE}"
        );
        let again: T = serde_json::from_value(written).unwrap();
        assert!(again == read, "{file}: {name}: what was written back is read as something else");
    }
    for (name, json) in &today {
        let pinned = there.get(name);
        assert!(
            pinned == Some(json),
            "{file}: {name} is written as\n{json}\nand the file has\n{}\n{RULE}",
            pinned.map_or_else(|| "nothing of that name".to_owned(), Value::to_string),
        );
    }
    for name in there.keys() {
        let is_written = today.contains_key(name);
        assert!(is_written, "{file}: {name} is written no more; it must still be read\n{RULE}");
    }
}

/// An object with a sample a line: a difference shows which.
fn lines<T: Serialize>(samples: &[(String, T)]) -> String {
    let mut text = "{\n".to_owned();
    for (n, (name, sample)) in samples.iter().enumerate() {
        let comma = if n + 1 < samples.len() { "," } else { "" };
        let json = serde_json::to_string(sample).unwrap();
        writeln!(text, "{}: {json}{comma}", Value::from(name.as_str())).unwrap();
    }
    text + "}\n"
}

/// Names samples by their number and what they are.
pub(crate) fn numbered<T>(
    samples: impl IntoIterator<Item = T>,
    what: impl Fn(&T) -> String,
) -> Vec<(String, T)> {
    let numbered = (1..).zip(samples);
    numbered.map(|(n, sample): (u32, T)| (format!("{n:03} {}", what(&sample)), sample)).collect()
}
