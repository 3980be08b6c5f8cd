//! The order of the branches that passed the filters: tiers first, then tie-breaks.

use super::filter::{Asked, Passed};
use super::receipt::{Because, Candidate, Considered, LanguageHelp, Relaxation, Standing, Tier};
use crate::answers::Prefer;
use crate::branch::{Days, SkillLevel};
use crate::calendar;
use crate::{Branch, BranchId};
use jiff::{Timestamp, ToSpan};
use std::cmp::Reverse;

/// Every branch of the directory: ranked ones in order, then the excluded ones by id.
pub(super) fn ranked(asked: &Asked<'_>, prefer: Prefer, relaxed: &[Relaxation]) -> Vec<Considered> {
    let mut ranked = Vec::new();
    let mut excluded = Vec::new();
    for branch in asked.directory.branches.values() {
        match asked.filter(branch, relaxed) {
            Ok(passed) => ranked.push((standing(asked, branch, passed), branch.id.clone())),
            Err(reasons) => excluded.push(Considered {
                branch: branch.id.clone(),
                outcome: Candidate::Excluded(reasons),
            }),
        }
    }
    let experts_first = asked.topic().is_some_and(|topic| topic.experts_first);
    let helped = asked.snapshot.helped.as_ref();
    ranked.sort_by_cached_key(|(standing, id)| {
        (helped != Some(id), key(standing, id, prefer, experts_first))
    });
    let placed = (1..).zip(ranked).map(|(rank, (standing, branch))| Considered {
        branch,
        outcome: Candidate::Ranked(Standing { rank, ..standing }),
    });
    placed.chain(excluded).collect()
}

fn standing(asked: &Asked<'_>, branch: &Branch, passed: Passed) -> Standing {
    let calendar = asked.calendar(branch);
    let skill = asked.skill(branch).filter(|skill| asked.in_time(branch, &skill.days));
    let days = skill.map_or(&Days::Every, |skill| &skill.days);
    let times = &asked.answers.times;
    Standing {
        rank: 0,
        tier: tier(asked, branch),
        skill: skill.map(|skill| skill.level),
        language: passed.language,
        ways: passed.ways,
        answers_at: calendar.on(days).next_answer(asked.now).unwrap_or(asked.due),
        suits_times: times.is_empty()
            || times.iter().any(|part| calendar::overlaps(&branch.answering_hours, *part)),
        load: load(asked, branch),
    }
}

fn tier(asked: &Asked<'_>, branch: &Branch) -> Tier {
    let Some(preferred) = asked.answers.library.branch() else {
        return Tier::Other;
    };
    if preferred == &branch.id {
        return Tier::Preferred;
    }
    let neighbors = asked.directory.branches.get(preferred).map(|branch| &branch.neighbors);
    let place = neighbors.and_then(|ids| ids.iter().position(|id| id == &branch.id));
    match place.and_then(|place| u32::try_from(place).ok()) {
        Some(place) => Tier::Neighbor(place.saturating_add(1)),
        None => Tier::Other,
    }
}

/// Open requests per hundred answering hours of the next seven days; a branch without hours then
/// counts as fully loaded.
fn load(asked: &Asked<'_>, branch: &Branch) -> u32 {
    let week = asked.now.checked_add((7 * 24).hours()).unwrap_or(asked.now);
    let minutes = asked.calendar(branch).minutes_between(asked.now, week);
    let open = u64::from(asked.snapshot.of(&branch.id).open_requests);
    match u64::try_from(minutes) {
        Ok(minutes) if minutes > 0 => u32::try_from(open * 6_000 / minutes).unwrap_or(u32::MAX),
        _ => u32::MAX,
    }
}

/// The sort key, most significant part first. The id at the end makes the order total.
type Key = (bool, bool, Option<Timestamp>, Tier, u8, LanguageHelp, Reverse<bool>, u32, BranchId);

/// The key of a branch that didn't help before.
fn key(standing: &Standing, id: &BranchId, prefer: Prefer, experts_first: bool) -> Key {
    let (speaker_elsewhere, soonest, tier) = match prefer {
        Prefer::MyLibrary => (false, None, standing.tier),
        Prefer::Soonest => (false, Some(standing.answers_at), Tier::Other),
        Prefer::MyLanguage => (standing.language != LanguageHelp::Speaker, None, standing.tier),
    };
    let skill = match standing.skill {
        Some(SkillLevel::Expert) => 0,
        Some(SkillLevel::Able) => 1,
        None => 2,
    };
    let no_expert = experts_first && standing.skill != Some(SkillLevel::Expert);
    (
        no_expert,
        speaker_elsewhere,
        soonest,
        tier,
        skill,
        standing.language,
        Reverse(standing.suits_times),
        standing.load,
        id.clone(),
    )
}

/// Why the first branch won.
pub(super) fn because(
    asked: &Asked<'_>,
    branch: &BranchId,
    standing: &Standing,
    prefer: Prefer,
) -> Because {
    let experts_first = asked.topic().is_some_and(|topic| topic.experts_first);
    let expert = standing.skill == Some(SkillLevel::Expert);
    let preferred = asked.answers.library.branch();
    match (prefer, standing.tier) {
        _ if asked.snapshot.helped.as_ref() == Some(branch) => Because::HelpedBefore,
        (_, Tier::Preferred) => Because::Preferred,
        _ if experts_first && expert => Because::ExpertFirst,
        (Prefer::MyLanguage, _) if standing.language == LanguageHelp::Speaker => {
            Because::SpeaksLanguage
        }
        (Prefer::Soonest, _) => Because::Soonest,
        (_, Tier::Neighbor(_)) => Because::NearestNeighbor(preferred.unwrap_or(branch).clone()),
        (_, Tier::Other) => Because::FirstOfOthers,
    }
}
