//! Pulling in times that were stored by a clock that was ahead.

use super::attributes::{millis, n, s};
use super::cases;
use super::items::{self, AWAKE, CASE, Found, MAIL, Read};
use super::table::{Answer, Table};
use super::update::Update;
use crate::store::{StoreError, ahead};
use domain::Reference;
use jiff::Timestamp;

/// How many keys are read per page of the index.
const PAGE: i32 = 100;

pub(super) async fn pull_in(table: &Table, now: Timestamp) -> Result<(), StoreError> {
    // A case with mail is indexed by the earlier of mail and case, so all of those are checked.
    let too_far = ahead::furthest(now, ahead::WAKE);
    for (kind, after) in [(MAIL, Timestamp::MIN), (CASE, too_far)] {
        let mut from = None;
        loop {
            let (page, next) = cases::awake_after(table, kind, after, PAGE, from).await?;
            for item in &page {
                pull_in_one(table, items::id(item)?, now).await?;
            }
            if next.is_none() {
                break;
            }
            from = next;
        }
    }
    Ok(())
}

async fn pull_in_one(table: &Table, id: Reference, now: Timestamp) -> Result<(), StoreError> {
    let mut update = Update::default();
    match cases::read(table, id).await? {
        Some(Found::Case(read)) => {
            let Read { mut case, revision } = *read;
            let too_far = |at, bound| at > ahead::furthest(now, bound);
            let mut found = too_far(case.wake, ahead::WAKE);
            if found {
                case.wake = now;
                update.set(&["wake"], millis(now));
            }
            for pending in case.outbox.iter_mut() {
                if too_far(pending.ready, ahead::bound(pending)) {
                    found = true;
                    pending.ready = now;
                    update.set(&["outbox", pending.id.as_str(), "ready"], millis(now));
                    update.remove(&["outbox", pending.id.as_str(), "lease"]);
                    // Whoever had it may have sent it: it can't be taken back any more.
                    if pending.lease.is_some() {
                        let tries = pending.tries.max(1);
                        update.set(&["outbox", pending.id.as_str(), "tries"], n(tries));
                    }
                }
            }
            if !found {
                return Ok(());
            }
            update.set(&[AWAKE], s(items::awake(&case)));
            update.set(&["awake_at"], millis(items::awake_at(&case)));
            update.add("revision", n(1));
            update.only_if(&["revision"], "=", n(revision));
        }
        Some(Found::Tombstone(_)) => {
            update.set(&["awake_at"], millis(now));
            update.only_if_there("awake_at");
        }
        None => return Ok(()),
    }
    // On a conflict the next sweep looks again.
    table.update(items::key(id), update, Answer::Nothing).await.map(drop)
}
