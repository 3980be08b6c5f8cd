//! `docs/requests.md` is printed from the code. `PRINT_DOCS=1 cargo test -p domain --test life` writes
//! it anew.

use crate::samples::{
    actors, answers, coordinator, events, id, in_phase, later, name, sent, start, to_branch,
};
use crate::table::PHASES;
use domain::request::*;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;

const HEAD: &str = "# The life of a request

This page is printed from `domain/src/request/` by `domain/tests/life/page.rs`; change the code, not
this page. `PRINT_DOCS=1 cargo test -p domain --test life` prints it anew.

A request is its history. Each entry is an event: who did what, and when. `State::of` folds the history,
without what was undone; `allowed` says what can happen next; `notices` what must be said of it;
`escalation::timers` what the time asks for.

";

const EVENTS: &str = "## Events

*Who*: the patron (through a link), staff where the request is (*there*; a branch that took a call counts
for half an hour), staff elsewhere, the coordinator, the service. *In*: the phases in which it is legal.
*Then*: the phase afterwards. *Is told*: who gets which notice, if they can be mailed. *Undo*: whether
whoever did it can take it back within two minutes. What is legal only on a condition (a session is set,
its time has come) may lack a phase here: the table is tried on one sample of each phase.

| event | who | in | then | is told | undo |
|---|---|---|---|---|---|
";

#[derive(Default)]
struct Row {
    who: Vec<&'static str>,
    phases: Vec<&'static str>,
    then: BTreeSet<&'static str>,
    told: BTreeSet<String>,
    undo: bool,
}

fn kind(event: &Event) -> String {
    match event {
        Event::Closed(how) => format!("closed: {}", how.outcome().as_str()),
        event => name(event),
    }
}

/// Who is told of an event that happens to a request; the patron's acts and staff's say the same.
fn tell(notice: &Notice) -> String {
    let to = match notice.to {
        Audience::Patron => "patron",
        Audience::FormerPatron => "the address of before",
        Audience::Branch(_) => "library",
        Audience::Coordinator => "coordinator",
    };
    let what = serde_json::to_value(notice.what).unwrap();
    format!("{to}: {}", what.as_str().unwrap().replace('_', " "))
}

fn try_out(phase: &'static str, rows: &mut BTreeMap<String, Row>, order: &mut Vec<String>) {
    let plain = in_phase(phase);
    let mut on_hold = plain.clone();
    let held = on_hold.apply(id("hold"), Event::LegalHoldSet, coordinator(), later(start(), 230));
    assert_eq!(held.is_ok(), phase != "unsent");
    let state = plain.state();
    // Once soon, and once when all that was to come is over.
    for now in [later(start(), 240), later(start(), 60 * 24 * 6)] {
        let variants = [
            sent(answers(Some("lan@example.com"), true), now, Some(HeldFor::Suspicious)),
            Event::AnswersChanged {
                answers: Box::new(answers(Some("lan@example.com"), true)),
                as_of: now,
                decision: Some(to_branch("birch")),
            },
        ];
        for event in events(&state, now).into_iter().chain(variants) {
            let kind = kind(&event);
            if !order.contains(&kind) {
                order.push(kind.clone());
            }
            let row = rows.entry(kind).or_default();
            let released = event == Event::LegalHoldReleased;
            let request = if released { &on_hold } else { &plain };
            for (who, actor) in actors() {
                let mut after = request.clone();
                let Ok(notices) = after.apply(id("it"), event.clone(), actor.clone(), now) else {
                    continue;
                };
                if !row.who.contains(&who) {
                    row.who.push(who);
                }
                if !row.phases.contains(&phase) {
                    row.phases.push(phase);
                }
                let then = after.state().phase.as_str();
                row.then.insert(if then == phase { "same" } else { then });
                row.told.extend(notices.iter().map(tell));
                row.undo |= is_undoable(&event, &actor);
            }
        }
    }
}

fn or_dash(words: String) -> String {
    if words.is_empty() { "–".to_owned() } else { words }
}

fn printed() -> String {
    let (mut rows, mut order) = (BTreeMap::new(), Vec::new());
    for phase in PHASES {
        try_out(phase, &mut rows, &mut order);
    }
    let mut page = HEAD.to_owned() + EVENTS;
    for kind in order {
        let Row { who, phases, then, told, undo } = rows.remove(&kind).unwrap();
        let then: Vec<_> = then.into_iter().collect();
        let told: Vec<_> = told.into_iter().collect();
        let cells =
            [who.join(", "), phases.join(", "), then.join(", "), told.join(" · ")].map(or_dash);
        let undo = if undo { "✓" } else { "–" };
        writeln!(page, "| `{kind}` | {} | {undo} |", cells.join(" | ")).unwrap();
    }
    page += "
`undone` takes back the last event, not counting `shown`, `noted` and `mail_returned`: by the same role, of
the same branch, while nothing of it has left.

## Who may

| | receipt link | mail link | branch | coordinator | moderator |
|---|---|---|---|---|---|
";
    for right in Right::ALL {
        let grants = Viewer::ALL.map(|viewer| match may(viewer, right) {
            Grant::No => "–",
            Grant::InTheirName => "on the phone, in their name",
            Grant::OwnByShow => "by *Show*, what it has",
            Grant::ByShow => "by *Show*, all",
            Grant::Own => "what it has",
            Grant::Yes => "✓",
        });
        writeln!(page, "| {} | {} |", right_in_words(right), grants.join(" | ")).unwrap();
    }
    page
}

fn right_in_words(right: Right) -> &'static str {
    match right {
        Right::ReadWords => "what was written, contact",
        Right::ReadState => "state, times, what was left",
        Right::TakePart => "message, pick a time, cancel, another session",
        Right::ChangeContact => "change the contact",
        Right::Manage => "change answers, new link, read all that is kept",
        Right::Erase => "erase",
        Right::Work => "claim … close, refer",
        Right::Oversee => "held, absences of others, closures, legal hold",
        Right::Moderate => "comments",
    }
}

#[test]
fn the_page_says_what_the_code_does() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/requests.md");
    let printed = printed();
    if std::env::var_os("PRINT_DOCS").is_some() {
        std::fs::write(&path, &printed).unwrap();
    }
    let page = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(page == printed, "docs/requests.md is of another code: PRINT_DOCS=1 prints it anew");
}
