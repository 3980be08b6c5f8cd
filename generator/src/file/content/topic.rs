//! `content/topics/*.md`.

use super::aliases::aliases;
use super::life;
use super::words::{TopicWords, Words, translation};
use crate::diagnostic::Diagnostic;
use crate::file::front_matter::Parts;
use crate::file::read::{self, Keys};
use domain::topic::{LibraryCard, Topic, WhoCanHelp};
use domain::{LanguageTag, TopicId};

const FACTS: [&str; 7] =
    ["group", "who", "library_card", "order", "session_minutes", "experts_first", "aliases"];

/// A topic's facts, from its source file, and its words.
pub(crate) fn topic(
    file: &str,
    id: &TopicId,
    language: &LanguageTag,
    parts: &Parts,
) -> (Option<Topic>, Option<Words<TopicWords>>, Vec<Diagnostic>) {
    if !language.is_source() {
        let (words, diagnostics) = translation(file, parts, &FACTS, TopicWords::read);
        return (None, words, diagnostics);
    }
    let mut keys = Keys::new(file, &parts.keys);
    let words = TopicWords::read(&mut keys);
    let group = keys.required("group", read::group_id);
    let who = keys.required("who", |node| {
        read::one_of(node, &[("any", WhoCanHelp::Any), ("listed", WhoCanHelp::Listed)])
    });
    let library_card = keys.required("library_card", |node| {
        read::one_of(
            node,
            &[
                ("needed", LibraryCard::Needed),
                ("helpful", LibraryCard::Helpful),
                ("no", LibraryCard::No),
            ],
        )
    });
    let order = keys.required("order", read::number);
    let session_minutes = keys.optional("session_minutes", read::number);
    let experts_first = keys.optional("experts_first", read::flag).unwrap_or(false);
    keys.known(&life::KEYS);
    let aliases = aliases(file, &mut keys);
    let topic = (|| {
        Some(Topic {
            id: id.clone(),
            group: group?,
            who: who?,
            library_card: library_card?,
            order: order?,
            session_minutes,
            experts_first,
            published: None,
            retired: None,
        })
    })();
    let words = words.map(|words| Words::new(file, parts, words, true).moved_from(aliases));
    (topic, words, keys.finish(&[]))
}
