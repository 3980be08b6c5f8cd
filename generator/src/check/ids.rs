//! Ids of topics and branches against the record of those that ever were.

use crate::diagnostic::nearest;
use crate::diagnostic::{Diagnostic, Place};
use crate::file::FileContent;
use crate::paths::{Folder, IDS_YAML};
use crate::site::Site;

pub(super) fn check(site: &Site) -> Vec<Diagnostic> {
    let Some(parsed) = site.files.get(IDS_YAML) else {
        let message = "this file is missing, so nobody notices an id that is gone";
        let help = "take it back from the last version; `new` writes it too";
        return vec![
            Diagnostic::error("missing-file", IDS_YAML, Place::START, message, help).hint(),
        ];
    };
    let FileContent::Ids(Some(ids)) = &parsed.content else { return Vec::new() };
    let topics: Vec<_> = site.topics.keys().map(|id| id.as_str()).collect();
    let branches: Vec<_> = site.branches.keys().map(|id| id.as_str()).collect();
    let mut diagnostics = of_folder(site, Folder::Topics, &topics, &ids.topics);
    diagnostics.extend(of_folder(site, Folder::Branches, &branches, &ids.branches));
    diagnostics
}

fn of_folder(
    site: &Site,
    folder: Folder,
    there: &[&str],
    recorded: &[(String, Place)],
) -> Vec<Diagnostic> {
    let is_recorded = |id: &str| recorded.iter().any(|(recorded, _)| recorded == id);
    let new: Vec<_> = there.iter().copied().filter(|id| !is_recorded(id)).collect();
    let mut diagnostics = Vec::new();
    for (id, place) in recorded.iter().filter(|(id, _)| !there.contains(&id.as_str())) {
        let file = folder.file(id);
        let help = match nearest(id, &new) {
            Some(new) => {
                format!("did you rename it to {new}? An id never changes: name it {id}.md")
            }
            None => format!(
                "take {file} back and give it `retired: DATE`: open cases need its name; if it was \
                 never published, delete this line"
            ),
        };
        let message = format!("there is no {file}, but an id never goes");
        diagnostics.push(Diagnostic::error("removed-id", IDS_YAML, *place, message, help));
    }
    let published = |id: &&str| !site.drafts.contains(&folder.stem(id));
    for id in new.into_iter().filter(published) {
        let file = folder.file(id);
        if !site.files.contains_key(file.as_str()) {
            continue;
        }
        let message = format!("the id {id} isn't recorded, so nobody would notice if it went");
        let help = format!("add a line `- {id}` to {} in content/ids.yaml", folder.name());
        let told = Diagnostic::error("unrecorded-id", &file, Place::START, message, help);
        diagnostics.push(told.hint());
    }
    diagnostics
}
