//! A mail server that lies: it answers each step of a conversation with each code there is, hangs up
//! there, or says nothing, to one recipient or to all, for half an hour. No mail is lost, and
//! nobody waits for another's sake.
//!
//! By itself it tries a part of the codes. `LYING_MAIL_SERVER=all` tries each of them, and
//! `LYING_MAIL_SERVER_TABLE=FILE` writes what became of each mail.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test may fail, and tells how")]

#[path = "../smtp_server/mod.rs"]
mod smtp_server;
#[path = "../support/mod.rs"]
mod support;
mod table;
mod town;

use smtp_server::{At, Does};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use table::{Row, Table};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use town::Town;

/// Basic codes with the enhanced ones that servers give with them.
const CODES: [&str; 64] = [
    "421",
    "421 4.3.2",
    "421 4.4.2",
    "421 4.7.0",
    "432 4.7.12",
    "450",
    "450 4.1.1",
    "450 4.2.0",
    "450 4.2.1",
    "450 4.7.1",
    "451",
    "451 4.3.0",
    "451 4.4.1",
    "451 4.7.1",
    "452",
    "452 4.2.2",
    "452 4.3.1",
    "452 4.5.3",
    "454 4.7.0",
    "455",
    "500",
    "500 5.5.1",
    "501",
    "501 5.1.3",
    "501 5.5.4",
    "502 5.5.1",
    "503",
    "503 5.5.1",
    "504 5.5.4",
    "521",
    "530 5.7.0",
    "534 5.7.9",
    "535 5.7.8",
    "538 5.7.11",
    "541",
    "550",
    "550 5.0.0",
    "550 5.1.0",
    "550 5.1.1",
    "550 5.1.2",
    "550 5.1.8",
    "550 5.2.0",
    "550 5.2.1",
    "550 5.2.2",
    "550 5.4.1",
    "550 5.4.5",
    "550 5.7.1",
    "550 5.7.23",
    "550 5.7.54",
    "551 5.1.6",
    "552",
    "552 5.2.2",
    "552 5.3.4",
    "553",
    "553 5.1.3",
    "554",
    "554 5.6.0",
    "554 5.7.1",
    "555 5.5.4",
    "556",
    "556 5.1.10",
    "571",
    "571 5.7.1",
    "599 5.9.9",
];

/// What is tried of them by each run of the tests: each kind once.
const SOME: [&str; 10] = [
    "421",
    "450 4.2.0",
    "452 4.2.2",
    "503",
    "535 5.7.8",
    "550",
    "550 5.1.1",
    "550 5.7.1",
    "552",
    "554 5.7.1",
];

const STEPS: [&str; 8] = ["GREETING", "EHLO", "RSET", "MAIL", "RCPT", "DATA", ".", "QUIT"];

/// Whose mail the server lies about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Victim {
    /// One patron's; at a step that knows of no recipient, the first mail's.
    Patron,
    /// One library's.
    Library,
    /// Everybody's.
    All,
}

#[derive(Debug, Clone)]
pub(crate) struct Lie {
    pub(crate) step: &'static str,
    pub(crate) does: Does,
    pub(crate) victim: Victim,
}

impl Lie {
    pub(crate) fn told(&self) -> String {
        match &self.does {
            Does::Says(code) => code.clone(),
            Does::HangsUp => "hangs up".to_owned(),
            other => format!("{other:?}"),
        }
    }

    /// Whether the server knows by then whom the mail is for.
    fn knows_whom(&self) -> bool {
        ["RCPT", "DATA", "."].contains(&self.step)
    }

    /// Whether the mail is rightly given up: there is no such mailbox.
    fn is_final(&self) -> bool {
        let enhanced = self.told();
        let enhanced = enhanced.split(' ').nth(1).unwrap_or_default().to_owned();
        let no_mailbox = enhanced.starts_with("5.1.") && !["5.1.7", "5.1.8"].contains(&&*enhanced);
        self.step == "RCPT" && (no_mailbox || enhanced == "5.2.1")
    }

    /// What the server does at each step while `lies` holds.
    fn rule(&self, lies: Arc<AtomicBool>) -> impl FnMut(&At) -> Option<Does> + Send + 'static {
        let lie = self.clone();
        let mut first = true;
        let knows_whom = lie.knows_whom();
        move |at: &At| {
            if !lies.load(Ordering::SeqCst) || at.step != lie.step {
                return None;
            }
            let is_victim = match lie.victim {
                Victim::All => true,
                Victim::Patron if knows_whom => at.to == town::VICTIM_PATRON,
                Victim::Library if knows_whom => at.to == town::VICTIM_LIBRARY,
                Victim::Patron | Victim::Library => std::mem::take(&mut first),
            };
            is_victim.then(|| lie.does.clone())
        }
    }
}

/// Tells one lie for half an hour of the desk's time, and sees what becomes of each mail.
async fn told(lie: Lie) -> (Lie, Row) {
    let lies = Arc::new(AtomicBool::new(true));
    let town = Town::with(lie.rule(Arc::clone(&lies)), &lie.does).await;
    town.deliver_at([0, 1, 2, 5, 10, 20, 30]).await;
    lies.store(false, Ordering::SeqCst);
    town.deliver_at((31..12 * 60).step_by(10)).await;
    let mut row = Row::default();
    let fates = town.fates().await;
    // A lie that was told once, to nobody by name: whose mail is the latest was the one.
    let latest = fates.iter().enumerate().max_by_key(|(_, (_, fate))| fate.minute());
    let latest = latest.map(|(place, _)| place);
    for (place, (whom, fate)) in fates.iter().enumerate() {
        let is_victim = match lie.victim {
            Victim::All => true,
            _ if !lie.knows_whom() => latest == Some(place),
            Victim::Patron => whom == town::VICTIM_PATRON,
            Victim::Library => whom == town::VICTIM_LIBRARY,
        };
        row.count(fate, is_victim);
    }
    (lie, row)
}

fn lies() -> Vec<Lie> {
    let all = std::env::var("LYING_MAIL_SERVER").is_ok_and(|which| which == "all");
    let codes: &[&str] = if all { &CODES } else { &SOME };
    let says = codes.iter().map(|code| Does::Says((*code).to_owned()));
    let does: Vec<_> = says.chain([Does::HangsUp, Does::IsSilent]).collect();
    let mut lies = Vec::new();
    for step in STEPS {
        for victim in [Victim::Patron, Victim::Library, Victim::All] {
            lies.extend(does.iter().map(|does| Lie { step, does: does.clone(), victim }));
        }
    }
    lies
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_a_mail_server_answers_no_mail_is_lost_and_none_waits_for_another() {
    let at_once = Arc::new(Semaphore::new(24));
    let mut telling = JoinSet::new();
    for lie in lies() {
        let permit = Arc::clone(&at_once).acquire_owned().await.unwrap();
        telling.spawn(async move {
            let row = told(lie).await;
            drop(permit);
            row
        });
    }
    let mut table = Table::default();
    while let Some(row) = telling.join_next().await {
        let (lie, row) = row.unwrap();
        table.add(lie, row);
    }
    let written = table.written();
    println!("{written}");
    if let Ok(path) = std::env::var("LYING_MAIL_SERVER_TABLE") {
        std::fs::write(path, written).unwrap();
    }
    assert_eq!(table.wrong(), Vec::<String>::new());
}
