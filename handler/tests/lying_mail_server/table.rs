//! What became of the mails, as a table to read.

use crate::Lie;
use crate::town::Fate;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The mails of one lie.
#[derive(Debug, Clone, Default)]
pub(crate) struct Row {
    at_once: usize,
    within_a_minute: usize,
    /// In the half hour of the lie.
    meanwhile: usize,
    /// When it was over.
    after: usize,
    latest: i64,
    given_up: usize,
    waits: usize,
    lost: usize,
    /// Sent more than once.
    again: usize,
    /// Others' mail that went later than a minute.
    others_late: usize,
}

impl Row {
    pub(crate) fn count(&mut self, fate: &Fate, is_victim: bool) {
        match fate {
            Fate::Sent { minute, times } => {
                match minute {
                    0 => self.at_once += 1,
                    1 => self.within_a_minute += 1,
                    2..=30 => self.meanwhile += 1,
                    _ => self.after += 1,
                }
                self.latest = self.latest.max(*minute);
                self.again += usize::from(*times > 1);
                self.others_late += usize::from(!is_victim && *minute > 1);
            }
            Fate::GivenUp => self.given_up += 1,
            Fate::Waits => self.waits += 1,
            Fate::Lost => self.lost += 1,
        }
    }

    fn add(&mut self, other: &Self) {
        self.at_once += other.at_once;
        self.within_a_minute += other.within_a_minute;
        self.meanwhile += other.meanwhile;
        self.after += other.after;
        self.latest = self.latest.max(other.latest);
        self.given_up += other.given_up;
        self.waits += other.waits;
        self.lost += other.lost;
        self.again += other.again;
        self.others_late += other.others_late;
    }
}

/// All of them.
#[derive(Default)]
pub(crate) struct Table {
    rows: Vec<(Lie, Row)>,
}

impl Table {
    pub(crate) fn add(&mut self, lie: Lie, row: Row) {
        self.rows.push((lie, row));
    }

    /// What must not be.
    pub(crate) fn wrong(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        for (lie, row) in &self.rows {
            let mut say = |what: &str| {
                wrong.push(format!(
                    "{} {} {:?}: {what}: {row:?}",
                    lie.step,
                    lie.told(),
                    lie.victim
                ));
            };
            if row.lost > 0 {
                say("lost");
            }
            if row.waits > 0 {
                say("not sent in twelve hours");
            }
            if row.others_late > 0 {
                say("others waited");
            }
            if (row.given_up > 0) != lie.is_final() {
                say("given up, or not");
            }
        }
        wrong.sort();
        wrong
    }

    pub(crate) fn written(&self) -> String {
        let mut by_step: BTreeMap<(usize, String), (usize, Row)> = BTreeMap::new();
        for (lie, row) in &self.rows {
            let place = crate::STEPS.iter().position(|step| *step == lie.step).unwrap();
            let key = (place, format!("{:?}", lie.victim));
            let (lies, sum) = by_step.entry(key).or_default();
            *lies += 1;
            sum.add(row);
        }
        let mut text = HEAD.replace("{what}", "lies");
        let mut total = (0, Row::default());
        for ((place, victim), (lies, row)) in &by_step {
            total.0 += lies;
            total.1.add(row);
            text += &line(&format!("{} | {victim} | {lies}", crate::STEPS[*place]), row);
        }
        text += &line(&format!("**all** | | {}", total.0), &total.1);
        text += "\n";
        text += &HEAD.replace("{what}", "answer");
        let mut rows: Vec<_> = self.rows.iter().collect();
        rows.sort_by_key(|(lie, _)| {
            let place = crate::STEPS.iter().position(|step| *step == lie.step);
            (place, format!("{:?}", lie.victim), lie.told())
        });
        for (lie, row) in rows {
            text += &line(&format!("{} | {:?} | {}", lie.step, lie.victim, lie.told()), row);
        }
        text
    }
}

const HEAD: &str = "| at | to | {what} | mails | at once | a minute later | in the half hour | \
                    after it (latest, minutes) | given up, told | waits | twice | others late | \
                    **lost** |\n|---|---|---|---|---|---|---|---|---|---|---|---|---|\n";

fn line(begin: &str, row: &Row) -> String {
    let sent = row.at_once + row.within_a_minute + row.meanwhile + row.after;
    let mails = sent + row.given_up + row.waits + row.lost;
    let mut line = String::new();
    let _ = writeln!(
        line,
        "| {begin} | {mails} | {} | {} | {} | {} ({}) | {} | {} | {} | {} | **{}** |",
        row.at_once,
        row.within_a_minute,
        row.meanwhile,
        row.after,
        row.latest,
        row.given_up,
        row.waits,
        row.again,
        row.others_late,
        row.lost
    );
    line
}
