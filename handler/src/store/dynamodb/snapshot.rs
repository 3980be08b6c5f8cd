//! The routing snapshot: counted by the sweep each minute and stored as one small record, so that a
//! request reads it in one call, however many cases are open.

use super::attributes::{Item, json, n, s, text};
use super::records;
use super::table::{self, Answer, Table};
use super::update::Update;
use crate::store::{RecordKey, StoreError, WEEK, after, mailboxes};
use aws_sdk_dynamodb::types::AttributeValue;
use domain::BranchId;
use domain::routing::Snapshot;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

/// The most pages of open cases that are counted, each of up to 1 MB.
const PAGES: u32 = 20;

fn day(moment: Timestamp) -> Date {
    moment.to_zoned_datetime(TimeZone::UTC).date()
}

/// The attribute with a branch's requests of a day.
fn attribute(branch: &str) -> String {
    format!("n {branch}")
}

pub(super) async fn count_sent(
    table: &Table,
    branch: &BranchId,
    sent: Timestamp,
) -> Result<(), StoreError> {
    let day = day(sent);
    let expires = sent.checked_add(SignedDuration::from_hours(24 * (WEEK + 2)));
    let mut update = Update::default();
    update.add(&attribute(branch.as_str()), n(1));
    update.set(&["expires"], n(expires.unwrap_or(sent).as_second()));
    table.update(records::key(&RecordKey::sent_on(day)), update, Answer::Nothing).await.map(drop)
}

pub(super) async fn read(table: &Table, now: Timestamp) -> Result<Snapshot, StoreError> {
    let items = table.get_many(vec![records::key(&RecordKey::snapshot())]).await?;
    of(&items, now)
}

/// The snapshot in the item that was read, if there was one.
pub(super) fn of(items: &[Item], now: Timestamp) -> Result<Snapshot, StoreError> {
    let record = items.first().map(records::record).transpose()?;
    let Some(record) = record.filter(|record| now < record.expires) else {
        // No sweep has run for long. Treating everybody as idle is better than taking no request.
        return Ok(Snapshot::default());
    };
    Ok(serde_json::from_str(&record.value).unwrap_or_else(|error| {
        // Another version wrote it: during a deployment each version counts in its own way. The
        // next sweep counts again.
        tracing::warn!(%error, "the snapshot can't be read");
        Snapshot::default()
    }))
}

pub(super) async fn refresh(
    cases: &Table,
    small: &Table,
    branches: &[BranchId],
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut snapshot = Snapshot::default();
    if !count_open(cases, &mut snapshot).await? {
        // A partial count would make branches in the unread part look idle.
        tracing::warn!(pages = PAGES, "open requests were not counted: there are too many");
        for (branch, before) in read(small, now).await?.branches {
            snapshot.branches.entry(branch).or_default().open_requests = before.open_requests;
        }
    }
    let days = (0..=WEEK).map(|back| day(now).saturating_sub(back.days()));
    let keys = days.map(|day| records::key(&RecordKey::sent_on(day))).collect();
    for item in small.get_many(keys).await? {
        for branch in branches {
            let count = item.get(&attribute(branch.as_str())).and_then(|count| count.as_n().ok());
            if let Some(count) = count.and_then(|count| count.parse::<u32>().ok()) {
                let counts = snapshot.branches.entry(branch.clone()).or_default();
                counts.sent_this_week = counts.sent_this_week.saturating_add(count);
            }
        }
    }
    let keys: Vec<_> = branches.iter().map(RecordKey::unhealthy_mailbox).collect();
    let mailboxes = records::get_many(small, &keys, now).await?;
    mailboxes::merge(&mut snapshot, &mailboxes, now);
    let expires = after(now, SignedDuration::from_hours(24));
    small
        .put_over(table::item([
            ("key", s(RecordKey::snapshot().as_str())),
            ("value", json(&snapshot)?),
            ("expires", AttributeValue::N(expires.as_second().to_string())),
        ]))
        .await
}

/// Counts the index of queues, which holds only open cases. Returns whether all were counted.
async fn count_open(cases: &Table, snapshot: &mut Snapshot) -> Result<bool, StoreError> {
    let mut from = None;
    for _ in 0..PAGES {
        let (page, next) = cases.scan(Some("queue"), None, from).await?;
        for item in &page {
            // The coordinator's queue is no branch's load, and its name is no branch id.
            if let Ok(branch) = BranchId::parse(text(item, "queue")?) {
                snapshot.branches.entry(branch).or_default().open_requests += 1;
            }
        }
        if next.is_none() {
            return Ok(true);
        }
        from = next;
    }
    Ok(false)
}
