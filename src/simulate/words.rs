//! The words of `simulate`.

use domain::answers::{Answers, Prefer};
use domain::branch::SkillLevel;
use domain::routing::{
    Because, Candidate, Decision, Destination, Exclusion, LanguageHelp, Relaxation, Standing, Tier,
    WayClosed,
};
use domain::{BranchId, Directory};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::fmt::Write;

/// How many branches that can take it are shown.
const SHOWN: usize = 6;

/// The whole output, on one screen.
pub(super) fn screen(
    answers: &Answers,
    decision: &Decision,
    directory: &Directory,
    now: Timestamp,
    due: Timestamp,
) -> String {
    let name = |id: &BranchId| {
        directory.branches.get(id).map_or_else(|| id.to_string(), |branch| branch.name.clone())
    };
    let moment = |at: Timestamp| {
        let zone = directory.service.time_zone.clone();
        at.to_zoned_datetime(zone).strftime("%a, %b %-d, %-I:%M %p").to_string()
    };
    let receipt = &decision.receipt;
    let mut screen = String::new();
    // Writing into a String can't fail.
    let mut line = |text: String| {
        let _ = writeln!(screen, "{text}");
    };
    let to = match &decision.to {
        Destination::Branch(id) => format!("{} ({id})", name(id)),
        Destination::Coordinator => "the coordinator".to_owned(),
    };
    line(format!("Goes to   {to}"));
    line(format!("because   {}", because(&receipt.because, &name)));
    line(format!("Sent      {}; a librarian will get in touch by {}", moment(now), moment(due)));
    line(format!(
        "Asked     {}, preferred library {}, what matters most: {}",
        answers.topic,
        receipt.preferred.as_ref().map_or_else(|| "any".to_owned(), &name),
        prefer(receipt.prefer)
    ));
    if let Some(preferred) = &receipt.preferred {
        let reasons = receipt.exclusions(preferred);
        if !reasons.is_empty() {
            line(format!("{} can't: {}", name(preferred), all(reasons)));
        }
    }
    for relaxed in &receipt.relaxed {
        line(format!("Given up because nobody was left: {}", relaxation(*relaxed)));
    }
    let ranked: Vec<_> = receipt
        .considered
        .iter()
        .filter_map(|considered| match &considered.outcome {
            Candidate::Ranked(standing) => Some((&considered.branch, standing)),
            Candidate::Excluded(_) => None,
        })
        .collect();
    if !ranked.is_empty() {
        line(format!("\n{} can take it, in this order:", count(ranked.len())));
    }
    for (branch, standing) in ranked.iter().take(SHOWN) {
        let at = moment(standing.answers_at);
        line(format!("  {:>2}. {:<22} {}", standing.rank, name(branch), place(standing, &at)));
    }
    if ranked.len() > SHOWN {
        line(format!("      and {} more", ranked.len() - SHOWN));
    }
    let mut excluded: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for considered in &receipt.considered {
        if let Candidate::Excluded(reasons) = &considered.outcome {
            excluded.entry(all(reasons)).or_default().push(name(&considered.branch));
        }
    }
    if !excluded.is_empty() {
        let left_out = excluded.values().map(Vec::len).sum();
        line(format!("\n{} can't:", count(left_out)));
    }
    for (reasons, branches) in &excluded {
        line(format!("  {reasons}: {}", branches.join(", ")));
    }
    screen
}

fn count(libraries: usize) -> String {
    if libraries == 1 { "1 library".to_owned() } else { format!("{libraries} libraries") }
}

fn prefer(prefer: Prefer) -> &'static str {
    match prefer {
        Prefer::MyLibrary => "my library",
        Prefer::Soonest => "soonest",
        Prefer::MyLanguage => "my language",
    }
}

fn because(because: &Because, name: &dyn Fn(&BranchId) -> String) -> String {
    match because {
        Because::Preferred => "it is the preferred library".to_owned(),
        Because::NearestNeighbor(preferred) => {
            format!("it is the first of {}'s neighbors that can", name(preferred))
        }
        Because::FirstOfOthers => {
            "neither the preferred library nor its neighbors can; of the others it is first".into()
        }
        Because::Soonest => "it can answer first".to_owned(),
        Because::SpeaksLanguage => "somebody there speaks the language".to_owned(),
        Because::ExpertFirst => "it has an expert, and the topic wants experts first".to_owned(),
        Because::HelpedBefore => "it helped with the request before".to_owned(),
        Because::NobodyElseCan => "no library can".to_owned(),
    }
}

fn relaxation(relaxed: Relaxation) -> &'static str {
    match relaxed {
        Relaxation::PerWeek => "the weekly limits",
        Relaxation::Skill => "that the topic is listed",
    }
}

fn place(standing: &Standing, at: &str) -> String {
    let tier = match standing.tier {
        Tier::Preferred => "preferred".to_owned(),
        Tier::Neighbor(place) => format!("neighbor {place}"),
        Tier::Other => "other".to_owned(),
    };
    let skill = match standing.skill {
        Some(SkillLevel::Expert) => "expert",
        Some(SkillLevel::Able) => "able",
        None => "-",
    };
    let language = match standing.language {
        LanguageHelp::Speaker => "speaker",
        LanguageHelp::Interpreter => "interpreter",
    };
    let times = if standing.suits_times { "times fit" } else { "times don't fit" };
    format!("{tier} · {skill} · {language} · answers {at} · {times} · load {}", standing.load)
}

fn all(reasons: &[Exclusion]) -> String {
    reasons.iter().map(exclusion).collect::<Vec<_>>().join("; ")
}

fn exclusion(exclusion: &Exclusion) -> String {
    match exclusion {
        Exclusion::NotYet(on) => format!("takes part from {on} on"),
        Exclusion::Retired(on) => format!("retired on {on}"),
        Exclusion::NotInPilot => "not in the pilot".to_owned(),
        Exclusion::Tried => "tried for this request".to_owned(),
        Exclusion::Paused => "paused".to_owned(),
        Exclusion::StaffAway(until) => format!("staff away until {until}"),
        Exclusion::ClosedUntilDeadline => "nobody answers before the deadline".to_owned(),
        Exclusion::NoWayToMeet(ways) => {
            format!("no way to meet: {}", ways.iter().map(closed).collect::<Vec<_>>().join(", "))
        }
        Exclusion::SkillMissing => "doesn't list the topic".to_owned(),
        Exclusion::SkillNotInTime => {
            "whoever knows the topic isn't there before the deadline".to_owned()
        }
        Exclusion::NoAsl => "can't hold a session in ASL".to_owned(),
        Exclusion::NoLanguage => "no speaker and no interpreter".to_owned(),
        Exclusion::WeekFull { sent, limit } => format!("{sent} of {limit} requests this week"),
        Exclusion::MailboxUnconfirmed => "mailbox not confirmed".to_owned(),
        Exclusion::MailboxUnhealthy => "mail to it comes back".to_owned(),
    }
}

fn closed(way: &WayClosed) -> String {
    match way {
        WayClosed::Suspended(way) => format!("{} suspended", way.as_str()),
        WayClosed::NotOffered(way) => format!("{} not offered", way.as_str()),
        WayClosed::Steps => "steps".to_owned(),
        WayClosed::BuildingClosed => "building closed".to_owned(),
    }
}
