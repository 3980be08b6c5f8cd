//! What no longer fits, or not yet: dated facts on a day.

use super::check::{About, DirectoryProblem, Misfit};
use super::coverage::Gap;
use super::{Directory, Service};
use crate::branch::Closure;
use jiff::ToSpan;
use jiff::civil::Date;
use std::collections::BTreeSet;

impl Directory {
    /// Everything that doesn't fit on this day: what [`Self::problems`] finds, and what is over.
    pub fn problems_on(&self, today: Date) -> Vec<DirectoryProblem> {
        let mut problems = self.problems();
        let mut say = |about: About, misfits: Vec<Misfit>| {
            let about = |misfit| DirectoryProblem { about: about.clone(), misfit };
            problems.extend(misfits.into_iter().map(about));
        };
        say(About::Service, overlapping_modes(&self.service));
        say(About::Service, over(&self.service, today));
        say(About::Service, holidays(&self.service, today));
        for branch in self.branches.values() {
            say(About::Branch(branch.id.clone()), ended(&branch.closures, today));
        }
        problems
    }

    /// Requests that nobody could take on this day.
    pub fn gap_problems(&self, today: Date) -> Vec<DirectoryProblem> {
        let problem = |gap: Gap| {
            let about = match gap.topics.as_slice() {
                [topic] => About::Topic(topic.clone()),
                _ => About::Service,
            };
            DirectoryProblem { about, misfit: Misfit::NobodyCanTake(gap) }
        };
        self.gaps(today).into_iter().map(problem).collect()
    }
}

fn overlapping_modes(service: &Service) -> Vec<Misfit> {
    let mut misfits = Vec::new();
    for (item, mode) in service.modes.iter().enumerate() {
        let earlier = service.modes.iter().take(item).filter(|m| m.suspended == mode.suspended);
        for other in earlier {
            let on = mode.from.max(other.from);
            if mode.covers(on) && other.covers(on) {
                misfits.push(Misfit::OverlappingModes { way: mode.suspended, on, item });
            }
        }
    }
    misfits
}

fn over(service: &Service, today: Date) -> Vec<Misfit> {
    let modes = service.modes.iter().enumerate();
    let ended_modes = modes.filter_map(|(item, mode)| {
        let on = mode.until.filter(|until| *until <= today)?;
        Some(Misfit::EndedMode { on, item })
    });
    ended_modes.chain(ended(&service.closures, today)).collect()
}

fn ended(closures: &[Closure], today: Date) -> Vec<Misfit> {
    let closures = closures.iter().enumerate();
    let over = closures.filter(|(_, closure)| closure.until < today);
    over.map(|(item, closure)| Misfit::EndedClosure { on: closure.until, item }).collect()
}

fn holidays(service: &Service, today: Date) -> Vec<Misfit> {
    let mut seen = BTreeSet::new();
    let mut misfits = Vec::new();
    for (item, holiday) in service.holidays.iter().enumerate() {
        if !seen.insert(holiday.date) {
            misfits.push(Misfit::HolidayTwice { on: holiday.date, item });
        }
    }
    let in_a_year = today.saturating_add(1.year());
    if !seen.iter().any(|date| (today..in_a_year).contains(date)) {
        misfits.push(Misfit::NoHolidaysAhead(today));
    }
    misfits
}
