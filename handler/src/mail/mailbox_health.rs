//! Mailboxes that refuse mail. One that does for long while others are written to is given no new
//! requests. A mail server that refuses everything says nothing of any mailbox.

use crate::store::mailboxes::{self, Cause};
use crate::store::{Record, RecordKey, Store, StoreError};
use domain::BranchId;
use domain::directory::Service;
use domain::mailbox;
use domain::request::Audience;
use domain::routing::MailboxHealth;
use jiff::{SignedDuration, Timestamp};

/// How old the record may be that mail is taken: writing it anew for each mail would double what a
/// mail writes.
const TAKEN_AGE: SignedDuration = SignedDuration::from_mins(10);

fn find<'a>(records: &'a [Record], key: &RecordKey) -> Option<&'a Record> {
    records.iter().find(|record| record.key == *key)
}

/// A branch's mailbox refused mail, by an answer that is about this mailbox. Whether it is unhealthy
/// by now.
pub(crate) async fn refused(
    store: &dyn Store,
    branch: &BranchId,
    cause: Cause,
    service: &Service,
    now: Timestamp,
) -> Result<MailboxHealth, StoreError> {
    let [refusing, taken] = [RecordKey::refusing_mailbox(branch), RecordKey::staff_mail_taken()];
    let records = store.records(&[refusing.clone(), taken.clone()], now).await?;
    let moment = |key: &RecordKey| find(&records, key).and_then(|it| mailboxes::moment(it, now));
    let since = moment(&refusing).unwrap_or(now);
    store.put_record(&mailboxes::refusing(branch, since, now)).await?;
    // Whoever took mail since was another: this one's would have ended the record.
    let others_take_mail = moment(&taken).is_some_and(|taken| since <= taken);
    if others_take_mail && mailbox::is_unhealthy(since, now, service) {
        store.put_record(&mailboxes::unhealthy(branch, cause, now)).await?;
        return Ok(MailboxHealth::Unhealthy);
    }
    Ok(MailboxHealth::Healthy)
}

/// How long a mail that was taken shows that the server takes mail: until each that waits has been
/// tried once more.
const TAKEN_LATELY: SignedDuration = SignedDuration::from_hours(4);

/// Whether somebody's mail was taken lately.
pub(crate) async fn taken_lately(store: &dyn Store, now: Timestamp) -> Result<bool, StoreError> {
    let records = store.records(&[RecordKey::staff_mail_taken()], now).await?;
    let taken = records.first().and_then(|record| mailboxes::moment(record, now));
    Ok(taken.is_some_and(|taken| now.duration_since(taken) < TAKEN_LATELY))
}

/// Whether a mail that is taken shows that its mailbox takes mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shows {
    /// The mailbox was asked.
    TheMailbox,
    /// Mail is taken for everybody, and comes back later.
    Nothing,
}

/// A mail was taken.
pub(crate) async fn taken(
    store: &dyn Store,
    to: &Audience,
    shows: Shows,
    now: Timestamp,
) -> Result<(), StoreError> {
    let lately = RecordKey::staff_mail_taken();
    let mut keys = vec![lately.clone()];
    if let (Audience::Branch(branch), Shows::TheMailbox) = (to, shows) {
        keys.extend([RecordKey::refusing_mailbox(branch), RecordKey::unhealthy_mailbox(branch)]);
    }
    for record in store.records(&keys, now).await? {
        let is_unhealthy = record.key.as_unhealthy_mailbox().is_some();
        if record.key == lately {
            let taken = mailboxes::moment(&record, now);
            if taken.is_some_and(|taken| now.duration_since(taken) < TAKEN_AGE) {
                keys.retain(|key| *key != lately);
            }
        } else if !is_unhealthy || mailboxes::ends_when_mail_is_taken(&record) {
            store.put_record(&mailboxes::ended(record, now)).await?;
        }
    }
    if keys.contains(&lately) {
        store.put_record(&mailboxes::taken(now)).await?;
    }
    Ok(())
}
