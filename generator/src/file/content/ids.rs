//! `content/ids.yaml`: every id that a topic or branch has ever had. An id never changes and is
//! never used again, so a missing file is noticed.

use crate::diagnostic::{Diagnostic, Place};
use crate::file::front_matter;
use crate::file::read::{self, Keys, Read};
use crate::file::yaml::{self, Node};
use crate::paths::IDS_YAML;

/// The ids and where each stands, in the order of the file.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ids {
    pub(crate) topics: Vec<(String, Place)>,
    pub(crate) branches: Vec<(String, Place)>,
}

/// The whole file.
pub(crate) fn ids_yaml(text: &str) -> (Option<Ids>, Vec<Diagnostic>) {
    let node = match yaml::parse(text, 1) {
        Ok(node) => node,
        Err(error) => return (None, vec![front_matter::syntax(IDS_YAML, error)]),
    };
    let mut keys = Keys::new(IDS_YAML, &node);
    let topics =
        keys.required("topics", |node| read::list(node, placed(|n| read::topic_id(n).map(drop))));
    let branches = keys
        .required("branches", |node| read::list(node, placed(|n| read::branch_id(n).map(drop))));
    let mut diagnostics = Vec::new();
    for list in [&topics, &branches].into_iter().flatten() {
        for (index, (id, place)) in list.iter().enumerate() {
            if list.iter().take(index).any(|(other, _)| other == id) {
                let message = format!("{id} stands here twice");
                let help = "delete this line";
                diagnostics.push(Diagnostic::error("wrong-value", IDS_YAML, *place, message, help));
            }
        }
    }
    diagnostics.extend(keys.finish(&[]));
    let ids = topics.zip(branches).map(|(topics, branches)| Ids { topics, branches });
    (ids, diagnostics)
}

fn placed(check: impl Fn(&Node) -> Read<()>) -> impl Fn(&Node) -> Read<(String, Place)> {
    move |node| {
        check(node)?;
        Ok((read::text(node)?, node.place))
    }
}
