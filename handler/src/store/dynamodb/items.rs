//! A case as an item: plain fields as attributes, personal data in one sealed attribute, waiting
//! mail as a map by id.

use super::attributes::{
    Item, blob, bytes, json, map, millis, moment, n, number, parsed, s, text, unreadable,
};
use crate::case::{Case, LeaseId, NoticeId, PendingNotice, Stored, Tombstone};
use crate::crypto::seal::{Sealed, first_format};
use crate::store::{QueuePlace, StoreError, queue_name, queue_of};
use aws_sdk_dynamodb::types::AttributeValue;
use domain::Reference;
use jiff::Timestamp;
use std::collections::HashMap;

/// The hash key of the index `wake`.
pub(super) const AWAKE: &str = "awake";

/// Its values: cases with waiting mail, and cases that only the sweep looks at. Mail is searched
/// among the first alone, however many cases fall due at once.
pub(super) const MAIL: &str = "mail";
pub(super) const CASE: &str = "yes";

/// The partition in which a case is awake.
pub(super) fn awake(case: &Case) -> &'static str {
    if case.outbox.is_empty() { CASE } else { MAIL }
}

/// A case as it was read, and its revision, which every write changes, also to its mail.
pub(super) struct Read {
    pub(super) case: Case,
    pub(super) revision: u64,
}

/// The contents of an item. Counts are in the same table, but never among these.
pub(super) enum Found {
    Case(Box<Read>),
    Tombstone(Tombstone),
}

impl Found {
    pub(super) fn stored(self) -> Stored {
        match self {
            Self::Case(read) => Stored::Case(Box::new(read.case)),
            Self::Tombstone(tombstone) => Stored::Erased(tombstone),
        }
    }
}

pub(super) fn key(id: Reference) -> Item {
    Item::from([("id".to_owned(), s(id.compact()))])
}

pub(super) fn id(item: &Item) -> Result<Reference, StoreError> {
    let id = text(item, "id")?;
    Reference::parse(id).map_err(|error| unreadable(format!("the reference {id}"), error))
}

/// When the sweep must look, for the case itself or for its mail.
pub(super) fn awake_at(case: &Case) -> Timestamp {
    case.outbox.iter().map(|pending| pending.ready).fold(case.wake, Timestamp::min)
}

/// The partition of the queue's index; closed cases and canaries are in none.
pub(super) fn queue(case: &Case) -> Option<String> {
    queue_of(case).as_ref().map(queue_name).map(str::to_owned)
}

/// The key at which a queue's index goes on after a place.
pub(super) fn queue_key(name: &str, place: &QueuePlace) -> Item {
    let mut item = key(place.id);
    item.insert("queue".to_owned(), s(name));
    item.insert("due".to_owned(), millis(place.due));
    item
}

/// The item of a case that is new to the table.
pub(super) fn new_item(case: &Case) -> Result<Item, StoreError> {
    let mut outbox = Item::new();
    for pending in &case.outbox {
        outbox.insert(pending.id.as_str().to_owned(), notice(pending)?);
    }
    let mut item = Item::from(
        [
            ("id", s(case.id.compact())),
            ("kind", json(&case.kind)?),
            ("nonce_hash", json(&case.nonce_hash)?),
            ("revision", n(1)),
            ("outbox", AttributeValue::M(outbox)),
            (AWAKE, s(awake(case))),
            ("awake_at", millis(awake_at(case))),
        ]
        .map(|(name, value)| (name.to_owned(), value)),
    );
    for (name, value) in changing(case)? {
        item.insert(name.to_owned(), value);
    }
    if let Some(queue) = queue(case) {
        item.insert("queue".to_owned(), s(queue));
    }
    if !case.outbox.is_empty() {
        item.insert("mail".to_owned(), s("waits"));
    }
    Ok(item)
}

/// The attributes that each version rewrites.
pub(super) fn changing(case: &Case) -> Result<[(&'static str, AttributeValue); 8], StoreError> {
    Ok([
        ("version", n(case.version)),
        ("wake", millis(case.wake)),
        ("due", millis(case.summary.due)),
        ("summary", json(&case.summary)?),
        ("links", json(&case.links)?),
        ("format", n(case.sealed.format)),
        ("master", n(case.sealed.master)),
        ("sealed", bytes(case.sealed.bytes.clone())),
    ])
}

/// The item of a tombstone. `awake_at` is set while its key is still to be deleted.
pub(super) fn tombstone_item(
    tombstone: &Tombstone,
    awake_at: Option<Timestamp>,
) -> Result<Item, StoreError> {
    let mut item = key(tombstone.id);
    item.insert("tombstone".to_owned(), json(tombstone)?);
    if let Some(at) = awake_at {
        item.insert(AWAKE.to_owned(), s(CASE));
        item.insert("awake_at".to_owned(), millis(at));
    }
    Ok(item)
}

/// Parses an item of the table of cases.
pub(super) fn found(item: &Item) -> Result<Found, StoreError> {
    if item.contains_key("tombstone") {
        return Ok(Found::Tombstone(parsed(item, "tombstone")?));
    }
    let case = Case {
        id: id(item)?,
        kind: parsed(item, "kind")?,
        version: number(item, "version")?,
        wake: moment(item, "wake")?,
        outbox: outbox(item)?,
        summary: parsed(item, "summary")?,
        sealed: sealed(item)?,
        nonce_hash: parsed(item, "nonce_hash")?,
        links: parsed(item, "links")?,
    };
    Ok(Found::Case(Box::new(Read { case, revision: number(item, "revision")? })))
}

fn sealed(item: &Item) -> Result<Sealed, StoreError> {
    let format = match item.get("format") {
        Some(_) => number(item, "format")?,
        None => first_format(),
    };
    Ok(Sealed { format, master: number(item, "master")?, bytes: blob(item, "sealed")? })
}

fn outbox(item: &Item) -> Result<Vec<PendingNotice>, StoreError> {
    let waiting = map(item, "outbox")?.iter();
    let mut outbox: Vec<_> = waiting
        .map(|(id, value)| {
            let fields = value.as_m().map_err(|_| unreadable(format!("notice {id}"), "no map"))?;
            Ok(PendingNotice {
                id: NoticeId::from_stored(id),
                notice: parsed(fields, "notice")?,
                since: moment(fields, "since")?,
                tries: number(fields, "tries")?,
                ready: moment(fields, "ready")?,
                lease: match fields.get("lease") {
                    Some(_) => Some(LeaseId::from_number(number(fields, "lease")?)),
                    None => None,
                },
            })
        })
        .collect::<Result<_, StoreError>>()?;
    outbox.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(outbox)
}

/// A notice as it is stored in the map.
pub(super) fn notice(pending: &PendingNotice) -> Result<AttributeValue, StoreError> {
    let mut fields = HashMap::from([
        ("notice".to_owned(), json(&pending.notice)?),
        ("since".to_owned(), millis(pending.since)),
        ("tries".to_owned(), n(pending.tries)),
        ("ready".to_owned(), millis(pending.ready)),
    ]);
    if let Some(lease) = pending.lease {
        fields.insert("lease".to_owned(), n(lease.number()));
    }
    Ok(AttributeValue::M(fields))
}
