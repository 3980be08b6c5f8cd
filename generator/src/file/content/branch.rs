//! `content/branches/*.md`.

use super::aliases::aliases;
use super::life;
use super::words::{Words, translation};
use crate::diagnostic::Diagnostic;
use crate::file::front_matter::Parts;
use crate::file::read::{self, Keys, Read};
use crate::file::yaml::{Node, Value};
use domain::branch::{Branch, Days, Skill, SkillLevel};
use domain::{BranchId, LanguageTag, TopicId, WayToMeet};
use std::collections::BTreeMap;

const FACTS: [&str; 15] = [
    "name",
    "mailbox",
    "phone",
    "area",
    "neighbors",
    "skills",
    "speaks",
    "asl",
    "step_free",
    "meet",
    "answering_hours",
    "open_hours",
    "per_week",
    "closures",
    "aliases",
];

/// A branch's facts, from its source file, and its words: the Markdown alone.
pub(crate) fn branch(
    file: &str,
    id: &BranchId,
    language: &LanguageTag,
    parts: &Parts,
) -> (Option<Branch>, Option<Words<()>>, Vec<Diagnostic>) {
    if !language.is_source() {
        let (words, diagnostics) = translation(file, parts, &FACTS, |_| Some(()));
        return (None, words, diagnostics);
    }
    let mut keys = Keys::new(file, &parts.keys);
    let name = keys.required("name", read::text);
    let mailbox = keys.required("mailbox", read::email);
    let phone = keys.required("phone", read::phone);
    let area = keys.required("area", read::area_id);
    let neighbors = keys.required("neighbors", |node| read::list(node, read::branch_id));
    let skills = keys.required("skills", skills);
    let speaks = keys.required("speaks", speaks);
    let asl = keys.required("asl", read::flag);
    let step_free = keys.required("step_free", read::flag);
    let meet = keys.required("meet", |node| read::set(node, way));
    let answering_hours = keys.required("answering_hours", read::hours);
    let open_hours = keys.required("open_hours", read::hours);
    let per_week = keys.required("per_week", read::number);
    let closures = keys.optional("closures", |node| read::list(node, read::closure));
    keys.known(&life::KEYS);
    let aliases = aliases(file, &mut keys);
    let branch = (|| {
        Some(Branch {
            id: id.clone(),
            name: name?,
            mailbox: mailbox?,
            phone: phone?,
            area: area?,
            neighbors: neighbors?,
            skills: skills?,
            speaks: speaks?,
            asl: asl?,
            step_free: step_free?,
            meet: meet?,
            answering_hours: answering_hours?,
            open_hours: open_hours?,
            per_week: per_week?,
            closures: closures.unwrap_or_default(),
            published: None,
            retired: None,
        })
    })();
    let words = Words::new(file, parts, (), true).moved_from(aliases);
    (branch, Some(words), keys.finish(&[]))
}

/// A way to meet.
pub(super) fn way(node: &Node) -> Read<WayToMeet> {
    let words = WayToMeet::ALL.map(|way| (way.as_str(), way));
    read::one_of(node, &words)
}

fn level(node: &Node) -> Read<SkillLevel> {
    read::one_of(node, &[("expert", SkillLevel::Expert), ("able", SkillLevel::Able)])
}

/// `genealogy: expert`, or `genealogy: { level: able, days: [tue, thu] }`.
fn skills(node: &Node) -> Read<BTreeMap<TopicId, Skill>> {
    const KEYS: [&str; 2] = ["level", "days"];
    let mut skills = BTreeMap::new();
    for entry in read::entries(node)? {
        let name = Node { value: Value::Text(entry.key.clone()), place: entry.place };
        let skill = match entry.node.value {
            Value::Map(_) => Skill {
                level: read::needed(&entry.node, "level", &KEYS, level)?,
                days: read::inner(&entry.node, "days", &KEYS, read::days)?.unwrap_or(Days::Every),
            },
            _ => Skill { level: level(&entry.node)?, days: Days::Every },
        };
        skills.insert(read::topic_id(&name)?, skill);
    }
    Ok(skills)
}

/// `[es, { tag: vi, days: [mon] }]`.
fn speaks(node: &Node) -> Read<BTreeMap<LanguageTag, Days>> {
    const KEYS: [&str; 2] = ["tag", "days"];
    let items = read::list(node, |item| match item.value {
        Value::Map(_) => Ok((
            read::needed(item, "tag", &KEYS, read::language)?,
            read::needed(item, "days", &KEYS, read::days)?,
        )),
        _ => Ok((read::language(item)?, Days::Every)),
    })?;
    Ok(items.into_iter().collect())
}
