//! The filters: what excludes a branch from a request. Each gives its reason.

use super::receipt::{Exclusion, LanguageHelp, Relaxation, WayClosed};
use super::snapshot::{BranchSnapshot, MailboxHealth, Snapshot};
use crate::answers::{AccessNeed, Answers, SpokenLanguage};
use crate::branch::{Days, Skill};
use crate::calendar::Calendar;
use crate::topic::WhoCanHelp;
use crate::{Branch, Directory, Topic, WayToMeet};
use jiff::Timestamp;
use jiff::civil::Date;
use std::collections::BTreeSet;

/// What the filters ask of every branch.
pub(super) struct Asked<'a> {
    pub(super) answers: &'a Answers,
    pub(super) directory: &'a Directory,
    pub(super) snapshot: &'a Snapshot,
    pub(super) now: Timestamp,
    pub(super) due: Timestamp,
}

/// What the filters found out about a branch that passed them.
pub(super) struct Passed {
    pub(super) ways: BTreeSet<WayToMeet>,
    pub(super) language: LanguageHelp,
}

impl<'a> Asked<'a> {
    pub(super) fn today(&self) -> Date {
        let zone = self.directory.service.time_zone.clone();
        self.now.to_zoned_datetime(zone).date()
    }

    pub(super) fn topic(&self) -> Option<&'a Topic> {
        self.directory.topics.get(&self.answers.topic)
    }

    pub(super) fn calendar(&self, branch: &'a Branch) -> Calendar<'a> {
        Calendar::of_branch(branch, &self.directory.service)
    }

    pub(super) fn skill(&self, branch: &'a Branch) -> Option<&'a Skill> {
        branch.skills.get(&self.answers.topic)
    }

    /// Whether the branch answers before the deadline on one of these days.
    pub(super) fn in_time(&self, branch: &'a Branch, days: &'a Days) -> bool {
        self.calendar(branch).on(days).answers_between(self.now, self.due)
    }

    /// Applies all filters. All reasons are returned, not just the first.
    pub(super) fn filter(
        &self,
        branch: &'a Branch,
        relaxed: &[Relaxation],
    ) -> Result<Passed, Vec<Exclusion>> {
        let moment = self.snapshot.of(&branch.id);
        let mut reasons = self.not_taking_part(branch, &moment);
        if !self.calendar(branch).answers_between(self.now, self.due) {
            reasons.push(Exclusion::ClosedUntilDeadline);
        }
        let ways = self.ways(branch, &moment).unwrap_or_else(|closed| {
            reasons.push(Exclusion::NoWayToMeet(closed));
            BTreeSet::new()
        });
        if !relaxed.contains(&Relaxation::Skill) {
            reasons.extend(self.lacks_skill(branch));
        }
        if self.answers.access.contains(&AccessNeed::Asl) && !branch.asl {
            reasons.push(Exclusion::NoAsl);
        }
        let language = self.language(branch);
        if language.is_none() {
            reasons.push(Exclusion::NoLanguage);
        }
        if !relaxed.contains(&Relaxation::PerWeek) && moment.sent_this_week >= branch.per_week {
            let (sent, limit) = (moment.sent_this_week, branch.per_week);
            reasons.push(Exclusion::WeekFull { sent, limit });
        }
        match (language, reasons.is_empty()) {
            (Some(language), true) => Ok(Passed { ways, language }),
            _ => Err(reasons),
        }
    }

    fn not_taking_part(&self, branch: &Branch, moment: &BranchSnapshot) -> Vec<Exclusion> {
        let today = self.today();
        let pilot = self.directory.service.pilot.as_ref();
        let mut reasons = Vec::new();
        reasons.extend(branch.published.filter(|on| today < *on).map(Exclusion::NotYet));
        reasons.extend(branch.retired.filter(|on| *on <= today).map(Exclusion::Retired));
        if pilot.is_some_and(|pilot| !pilot.contains(&branch.id)) {
            reasons.push(Exclusion::NotInPilot);
        }
        if self.snapshot.tried.contains(&branch.id) {
            reasons.push(Exclusion::Tried);
        }
        if moment.paused {
            reasons.push(Exclusion::Paused);
        }
        reasons.extend(
            moment.staff_away_until.filter(|until| today <= *until).map(Exclusion::StaffAway),
        );
        match moment.mailbox {
            MailboxHealth::Healthy => {}
            MailboxHealth::Unconfirmed => reasons.push(Exclusion::MailboxUnconfirmed),
            MailboxHealth::Unhealthy => reasons.push(Exclusion::MailboxUnhealthy),
        }
        reasons
    }

    /// The ways to meet that the patron chose (or all), are open and are usable at the branch; if
    /// there are none, why each is unusable.
    fn ways(
        &self,
        branch: &Branch,
        moment: &BranchSnapshot,
    ) -> Result<BTreeSet<WayToMeet>, Vec<WayClosed>> {
        let today = self.today();
        let step_free = self.answers.access.contains(&AccessNeed::StepFree);
        let building_closed = moment.building_closed_until.is_some_and(|until| today <= until);
        let mut closed = Vec::new();
        let mut open = BTreeSet::new();
        for way in WayToMeet::ALL {
            if !self.answers.meet.is_empty() && !self.answers.meet.contains(&way) {
                continue;
            }
            let in_person = way == WayToMeet::InPerson;
            if self.directory.suspension(way, today).is_some() {
                closed.push(WayClosed::Suspended(way));
            } else if !branch.meet.contains(&way) {
                closed.push(WayClosed::NotOffered(way));
            } else if in_person && step_free && !branch.step_free {
                closed.push(WayClosed::Steps);
            } else if in_person && building_closed {
                closed.push(WayClosed::BuildingClosed);
            } else {
                open.insert(way);
            }
        }
        if open.is_empty() { Err(closed) } else { Ok(open) }
    }

    fn lacks_skill(&self, branch: &'a Branch) -> Option<Exclusion> {
        let listed = self.topic().is_none_or(|topic| topic.who == WhoCanHelp::Listed);
        match self.skill(branch) {
            _ if !listed => None,
            None => Some(Exclusion::SkillMissing),
            Some(skill) if !self.in_time(branch, &skill.days) => Some(Exclusion::SkillNotInTime),
            Some(_) => None,
        }
    }

    /// How the patron's language is spoken at the branch before the deadline. For a language
    /// outside our list staff look for an interpreter, so it excludes no branch.
    fn language(&self, branch: &'a Branch) -> Option<LanguageHelp> {
        let tag = match &self.answers.language {
            SpokenLanguage::Other(_) => return Some(LanguageHelp::Interpreter),
            SpokenLanguage::Tag(tag) if tag.is_source() => return Some(LanguageHelp::Speaker),
            SpokenLanguage::Tag(tag) => tag,
        };
        if branch.speaks.get(tag).is_some_and(|days| self.in_time(branch, days)) {
            return Some(LanguageHelp::Speaker);
        }
        let interpreters = &self.directory.service.interpreters;
        interpreters.contains(tag).then_some(LanguageHelp::Interpreter)
    }
}
