//! Every event that a history may hold, in each of its shapes.

use crate::pin::{numbered, pinned};
use crate::samples::{
    coordinator, event, id, in_phase, initials, later, name, reach, sent, session, staff, start,
    text, to_branch, words,
};
use crate::support::{branch_id, tag, topic_id};
use crate::{samples, words::words_of};
use domain::answers::Voicemail;
use domain::answers::{AccessNeed, Answers, LibraryChoice, PartOfWeek, Prefer, SpokenLanguage};
use domain::branch::SkillLevel;
use domain::request::*;
use domain::routing::*;
use domain::text::Text;
use domain::{ContactWay, PhraseId, Reach, Reference, WayToMeet};
use jiff::civil::date;
use std::collections::BTreeSet;

/// All that a form asks for.
pub(crate) fn all_answers() -> Answers {
    let reach = reach(Some("lan@example.com"), true);
    let reach =
        Reach::new(reach.email().cloned(), reach.phone().cloned(), Some(ContactWay::Text)).unwrap();
    Answers {
        topic: topic_id("genealogy"),
        details: Text::parse("a ship's list\nof 1911").ok(),
        name: Text::parse("Lan").ok(),
        reach,
        voicemail: Voicemail::Yes,
        library: LibraryChoice::Branch(branch_id("ash")),
        meet: WayToMeet::ALL.into(),
        language: SpokenLanguage::Other(Text::parse("Lushootseed").unwrap()),
        page_language: tag("vi"),
        prefer: Some(Prefer::MyLibrary),
        times: PartOfWeek::ALL.iter().copied().collect(),
        needed_by: Some(date(2026, 12, 24)),
        access: AccessNeed::ALL.iter().copied().collect(),
        access_details: Text::parse("a ramp").ok(),
    }
}

/// A decision in which everything was considered that can be.
fn full_decision() -> Box<Decision> {
    let day = date(2026, 12, 24);
    let standing = |rank, tier, skill, language| {
        Candidate::Ranked(Standing {
            rank,
            tier,
            skill,
            language,
            ways: BTreeSet::from([WayToMeet::Phone]),
            answers_at: start(),
            suits_times: true,
            load: 250,
        })
    };
    let ways = vec![
        WayClosed::Suspended(WayToMeet::InPerson),
        WayClosed::NotOffered(WayToMeet::Video),
        WayClosed::Steps,
        WayClosed::BuildingClosed,
    ];
    let excluded = Candidate::Excluded(vec![
        Exclusion::NotYet(day),
        Exclusion::Retired(day),
        Exclusion::NotInPilot,
        Exclusion::Tried,
        Exclusion::Paused,
        Exclusion::StaffAway(day),
        Exclusion::ClosedUntilDeadline,
        Exclusion::NoWayToMeet(ways),
        Exclusion::SkillMissing,
        Exclusion::SkillNotInTime,
        Exclusion::NoAsl,
        Exclusion::NoLanguage,
        Exclusion::WeekFull { sent: 4, limit: 3 },
        Exclusion::MailboxUnconfirmed,
        Exclusion::MailboxUnhealthy,
    ]);
    let outcomes = [
        ("ash", standing(1, Tier::Preferred, Some(SkillLevel::Expert), LanguageHelp::Speaker)),
        (
            "birch",
            standing(2, Tier::Neighbor(1), Some(SkillLevel::Able), LanguageHelp::Interpreter),
        ),
        ("cedar", standing(3, Tier::Other, None, LanguageHelp::Speaker)),
        ("fir", excluded),
    ];
    let considered = outcomes
        .map(|(branch, outcome)| Considered { branch: branch_id(branch), outcome })
        .into_iter()
        .collect();
    Box::new(Decision {
        to: Destination::Branch(branch_id("ash")),
        receipt: Receipt {
            preferred: Some(branch_id("ash")),
            prefer: Prefer::MyLanguage,
            considered,
            relaxed: Relaxation::IN_ORDER.into(),
            because: Because::NearestNeighbor(branch_id("ash")),
        },
    })
}

/// Shapes that the sample of each kind doesn't have.
fn other_shapes() -> Vec<Event> {
    let now = start();
    let reopening = Reopening { due: later(now, 600) };
    let with = |held| sent(samples::answers(None, true), now, held);
    let because = |because| {
        let mut decision = to_branch("ash");
        decision.receipt.because = because;
        Event::Moved { decision }
    };
    let closings = [
        Closing::Completed { minutes: None },
        Closing::AnsweredInWriting,
        Closing::CancelledByPatron,
        Closing::CancelledByLibrary { reason: Some(CancelReason::LibraryClosed) },
        Closing::CancelledByLibrary { reason: None },
        Closing::Declined { reason: Some(DeclineReason::BetterElsewhere) },
        Closing::Declined { reason: None },
        Closing::Duplicate { of: None },
        Closing::NotTheirs,
    ];
    let venues = [
        Venue::Link(WebLink::parse("https://video.example/r/1").unwrap()),
        Venue::Place(Text::parse("the small room").unwrap()),
    ];
    let mut events = vec![
        Event::Sent {
            answers: Box::new(all_answers()),
            as_of: now,
            due: later(now, 600),
            decision: full_decision(),
            signals: Signals {
                honeypot_filled: true,
                token_age_seconds: 9,
                earlier_by_email: Some(Reference::from_number(2)),
                earlier_by_phone: Some(Reference::from_number(3)),
            },
            held: Some(HeldFor::OpenLimit),
            after: Some(Reference::from_number(4)),
        },
        Event::AnswersChanged {
            answers: Box::new(all_answers()),
            as_of: now,
            decision: Some(full_decision()),
        },
        Event::Message { text: text(), reopens: None },
        Event::Message { text: text(), reopens: Some(reopening) },
        Event::Picked { offer: OfferId { offered: id("offered"), place: 3 } },
        Event::Solved { answer: Solved::Yes },
        Event::LinkRenewed { role: LinkRole::Receipt },
        Event::QuestionAsked { words: Words::new(Vec::new(), Some(text())).unwrap() },
        Event::QuestionAsked { words: words() },
        Event::Told { findings: Box::new(findings()) },
        Event::Referred { to: Referral::Found(full_decision()) },
        because(Because::NobodyElseCan),
        Event::Moved {
            decision: Box::new(Decision { to: Destination::Coordinator, ..*to_branch("ash") }),
        },
        Event::Undone { event: id("event-12") },
    ];
    events.extend(HeldFor::ALL.iter().map(|held| with(Some(*held))));
    events.extend(TryResult::ALL.iter().map(|result| Event::Tried { result: *result }));
    events.extend(CancelReason::ALL.iter().map(|why| Event::SessionCancelled { why: *why }));
    events.extend(closings.map(Event::Closed));
    events.extend(venues.map(|venue| Event::SessionSet {
        session: Box::new(Session { venue: Some(venue), ..session(later(now, 900)) }),
        agreed: Agreement::Proposed,
    }));
    let audiences =
        [Audience::FormerPatron, Audience::Branch(branch_id("ash")), Audience::Coordinator];
    events.extend(audiences.map(|to| Event::MailReturned { to }));
    events
}

fn findings() -> Findings {
    let phrase = |name| PhraseId::parse(name).unwrap();
    let title = Text::parse("Passenger lists").unwrap();
    let link = WebLink::parse("https://archive.example/lists").unwrap();
    Findings::new(FindingsParts {
        sentences: vec![phrase("found-these")],
        steps: vec![phrase("ask-for-the-film")],
        links: vec![FoundLink { title: title.clone(), link }],
        list: vec![title],
        own: Some(text()),
    })
    .unwrap()
}

/// One entry for each: by everybody in turn, and some of them can be undone.
pub(crate) fn entries() -> Vec<Entry> {
    let asked = in_phase("asked");
    let state = asked.state();
    let kinds = (0..samples::KINDS).map(|kind| event(kind, &state, start()));
    let actors = [Actor::Patron, staff("ash", "đn"), coordinator(), Actor::Service];
    let actors = actors.iter().cycle().cloned();
    let entry = |(n, (event, actor)): (i64, (Event, Actor))| Entry {
        id: id(&format!("event-{n}")),
        at: later(start(), n),
        actor,
        event,
        undo_until: (n % 3 == 0).then(|| later(start(), n + 2)),
    };
    (1..).zip(kinds.chain(other_shapes()).zip(actors)).map(entry).collect()
}

#[test]
fn every_event_is_read_as_it_was_written_and_written_as_it_was_read() {
    let entries = entries();
    let held: BTreeSet<_> = entries.iter().map(|entry| name(&entry.event)).collect();
    let all: BTreeSet<_> = words_of::<Event>().into_iter().collect();
    assert_eq!(held, all, "there is an event of which no sample is pinned: add one");
    pinned("events.json", &numbered(entries, |entry| name(&entry.event)));
}

#[test]
fn initials_and_actors_are_read_as_they_were_written() {
    let actors = [Actor::Patron, staff("ash", "jd"), coordinator(), Actor::Service];
    pinned("actors.json", &numbered(actors, |actor| format!("{:?}", actor.role())));
    assert_eq!(initials("jd").as_str(), "JD");
}
