//! Mailboxes that refuse mail. A mailbox that refuses for long, without taking any in between,
//! while mail to others is taken, gets no new requests. A mail server that refuses everything says
//! nothing of any one mailbox.

use crate::store::mailboxes::{self, Cause};
use crate::store::{Record, RecordKey, Store, StoreError};
use domain::BranchId;
use domain::directory::Service;
use domain::mailbox;
use domain::request::Audience;
use domain::routing::MailboxHealth;
use jiff::{SignedDuration, Timestamp};

/// How old the record that mail is taken may get: rewriting it for each mail would double the
/// writes.
const TAKEN_AGE: SignedDuration = SignedDuration::from_mins(10);

fn find<'a>(records: &'a [Record], key: &RecordKey) -> Option<&'a Record> {
    records.iter().find(|record| record.key == *key)
}

/// Records that a branch's mailbox itself refused mail. Returns whether it is unhealthy by
/// now.
pub(crate) async fn refused(
    store: &dyn Store,
    branch: &BranchId,
    cause: Cause,
    service: &Service,
    now: Timestamp,
) -> Result<MailboxHealth, StoreError> {
    let [refusing, others] = [RecordKey::refusing_mailbox(branch), cause.others()];
    let records = store.records(&[refusing.clone(), others.clone()], now).await?;
    let moment = |key: &RecordKey| find(&records, key).and_then(|it| mailboxes::moment(it, now));
    let since = moment(&refusing).unwrap_or(now);
    store.put_record(&mailboxes::refusing(branch, since, now)).await?;
    // Others took mail since: from this mailbox it would have ended the record.
    let others_take_mail = moment(&others).is_some_and(|taken| since <= taken);
    if others_take_mail && mailbox::is_unhealthy(since, now, service) {
        store.put_record(&mailboxes::unhealthy(branch, cause, now)).await?;
        return Ok(MailboxHealth::Unhealthy);
    }
    Ok(MailboxHealth::Healthy)
}

/// How long an accepted mail shows that the server takes mail: until each waiting mail has been
/// tried once more.
const TAKEN_LATELY: SignedDuration = SignedDuration::from_hours(4);

/// Whether any mail was taken lately.
pub(crate) async fn taken_lately(store: &dyn Store, now: Timestamp) -> Result<bool, StoreError> {
    let records = store.records(&[RecordKey::staff_mail_taken()], now).await?;
    let taken = records.first().and_then(|record| mailboxes::moment(record, now));
    Ok(taken.is_some_and(|taken| now.duration_since(taken) < TAKEN_LATELY))
}

/// Whether an accepted mail shows that its mailbox takes mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shows {
    /// The mailbox was asked.
    TheMailbox,
    /// Mail is taken for everybody, and bounces later.
    Nothing,
}

/// Records that a mail was taken.
pub(crate) async fn taken(
    store: &dyn Store,
    to: &Audience,
    shows: Shows,
    now: Timestamp,
) -> Result<(), StoreError> {
    let asked = match (to, shows) {
        (Audience::Branch(branch), Shows::TheMailbox) => Some(branch),
        _ => None,
    };
    let ends = |record: &Record| {
        let is_refusal = record.key.as_unhealthy_mailbox().is_none();
        is_refusal || mailboxes::cause(record) == Cause::Refused
    };
    goes(store, RecordKey::staff_mail_taken(), asked, ends, now).await
}

/// Records that a mail arrived in a branch's mailbox. Records from after its arrival stand, since
/// events come out of order.
pub(crate) async fn arrived(
    store: &dyn Store,
    branch: &BranchId,
    at: Timestamp,
    now: Timestamp,
) -> Result<(), StoreError> {
    let ends = |record: &Record| mailboxes::is_older(record, at);
    goes(store, RecordKey::staff_mail_arrived(), Some(branch), ends, now).await
}

/// Records that mail is taken, and ends the records of the mailbox that was asked; nearly always
/// there are none, and nothing is written.
async fn goes(
    store: &dyn Store,
    key: RecordKey,
    asked: Option<&BranchId>,
    ends: impl Fn(&Record) -> bool,
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut keys = vec![key.clone()];
    if let Some(branch) = asked {
        keys.extend([RecordKey::refusing_mailbox(branch), RecordKey::unhealthy_mailbox(branch)]);
    }
    let mut is_known = false;
    for record in store.records(&keys, now).await? {
        if record.key == key {
            let since = mailboxes::moment(&record, now);
            is_known = since.is_some_and(|since| now.duration_since(since) < TAKEN_AGE);
        } else if ends(&record) {
            store.put_record(&mailboxes::ended(record, now)).await?;
        }
    }
    if !is_known {
        store.put_record(&mailboxes::goes(key, now)).await?;
    }
    Ok(())
}
