//! The table of cases: cases, tombstones, counts.

use super::attributes::{Item, millis, moment, n, number, parsed, s, text};
use super::belongs;
use super::items::{self, AWAKE, CASE, Found, MAIL};
use super::table::{self, Answer, Query, Table, Written};
use super::update::Update;
use crate::case::{Case, Stored, Tombstone};
use crate::store::{
    Count, Created, QueueEntry, QueuePlace, Queued, Replaced, Replacement, StoreError, queue_name,
};
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{Put, TransactWriteItem, Update as UpdateItem};
use domain::Reference;
use domain::routing::Destination;
use jiff::Timestamp;

/// How often a write is retried when mail of the case was marked since, or when two erasures add to
/// the same count.
pub(super) const ROUNDS: u32 = 12;

/// The prefix of counts' ids, which no reference has.
const COUNT: &str = "count ";

const NEW: &str = "attribute_not_exists(id)";

pub(super) async fn read(table: &Table, id: Reference) -> Result<Option<Found>, StoreError> {
    table.get(items::key(id)).await?.as_ref().map(items::found).transpose()
}

pub(super) async fn create(table: &Table, case: &Case) -> Result<Created, StoreError> {
    put_new(table, items::new_item(case)?).await
}

async fn put_new(table: &Table, item: Item) -> Result<Created, StoreError> {
    Ok(match table.put(item, NEW, None, &[]).await? {
        Written::Done(_) => Created::Created,
        Written::ConditionFailed => Created::AlreadyExists,
    })
}

pub(super) async fn import(table: &Table, stored: &Stored) -> Result<Created, StoreError> {
    let item = match stored {
        Stored::Case(case) => {
            let mut item = items::new_item(case)?;
            // Importing a whole archive rings no bell: the sweep sends what waits.
            item.remove("mail");
            item
        }
        Stored::Erased(tombstone) => items::tombstone_item(tombstone, None)?,
    };
    put_new(table, item).await
}

pub(super) async fn replace(
    table: &Table,
    records: &Table,
    replacement: &Replacement,
) -> Result<Replaced, StoreError> {
    let key = items::key(replacement.case.id);
    let update = next_version(replacement)?;
    if replacement.swaps.is_empty() {
        return Ok(match table.update(key, update, Answer::Nothing).await? {
            Written::Done(_) => Replaced::Replaced,
            Written::ConditionFailed => Replaced::Conflict,
        });
    }
    let update = UpdateItem::builder()
        .table_name(&table.name)
        .set_key(Some(key))
        .update_expression(update.expression())
        .set_condition_expression(update.condition())
        .set_expression_attribute_names(Some(update.names))
        .set_expression_attribute_values(Some(update.values))
        .build();
    let mut writes = vec![TransactWriteItem::builder().update(built(update)?).build()];
    for swap in &replacement.swaps {
        let put = super::records::swapped(&records.name, swap);
        writes.push(TransactWriteItem::builder().put(built(put)?).build());
    }
    transact(table, writes).await
}

/// Does all of these writes, or none. `Conflict` if a condition fails.
async fn transact(table: &Table, writes: Vec<TransactWriteItem>) -> Result<Replaced, StoreError> {
    for round in 0..ROUNDS {
        let call = table.client.transact_write_items().set_transact_items(Some(writes.clone()));
        match call.send().await {
            Ok(_) => return Ok(Replaced::Replaced),
            Err(error) => match cancelled(&error) {
                Some(Cancelled::ByCondition) => return Ok(Replaced::Conflict),
                // Another transaction touches one of the items: retry in a moment.
                Some(Cancelled::ByOther) => table::pause(round).await,
                None => return Err(table::away("TransactWriteItems", &error)),
            },
        }
    }
    Err(StoreError::Away(format!("TransactWriteItems: others were faster {ROUNDS} times")))
}

/// The update to the next version, with its conditions.
fn next_version(replacement: &Replacement) -> Result<Update, StoreError> {
    let Replacement { case, read_version, withdrawn, rings, .. } = replacement;
    let mut update = Update::default();
    for (name, value) in items::changing(case)? {
        update.set(&[name], value);
    }
    match items::queue(case) {
        Some(queue) => update.set(&["queue"], s(queue)),
        None => update.remove(&["queue"]),
    }
    for pending in &case.outbox {
        update.set(&["outbox", pending.id.as_str()], items::notice(pending)?);
    }
    for id in withdrawn {
        let path = ["outbox", id.as_str()];
        update.remove(&path);
        update.only_if(&[path[0], path[1], "tries"], "=", n(0));
        update.only_if_absent(&[path[0], path[1], "lease"]);
    }
    if !case.outbox.is_empty() {
        update.set(&[AWAKE], s(MAIL));
    }
    if *rings {
        update.set(&["mail"], s("waits"));
    }
    // When the rest of the outbox is ready isn't known here: too early is harmless. If new mail is
    // ready, its time is enough, as a lease takes all of a case's ready mail.
    let now = case.outbox.iter().map(|pending| pending.ready).min();
    let wake = now.filter(|_| *rings).unwrap_or(Timestamp::UNIX_EPOCH);
    update.set(&["awake_at"], millis(wake));
    update.add("revision", n(1));
    update.only_if(&["version"], "=", n(*read_version));
    Ok(update)
}

/// A page of a queue, from the index that holds open requests alone.
pub(super) async fn queue(
    table: &Table,
    of: &Destination,
    after: Option<&QueuePlace>,
    limit: usize,
) -> Result<Queued, StoreError> {
    let name = queue_name(of);
    let mut items = Vec::new();
    let mut from = after.map(|place| items::queue_key(name, place));
    // One more tells whether this is the last page.
    while items.len() <= limit {
        let most = i32::try_from(limit + 1 - items.len()).unwrap_or(i32::MAX);
        let query = Query { index: "queue", hash: ("queue", name), range: None };
        let (page, next) = table.query(&query, most, from).await?;
        items.extend(page);
        if next.is_none() {
            break;
        }
        from = next;
    }
    let is_last = items.len() <= limit;
    items.truncate(limit);
    let next = match items.last().filter(|_| !is_last) {
        Some(last) => Some(QueuePlace { due: moment(last, "due")?, id: items::id(last)? }),
        None => None,
    };
    let mut entries = Vec::new();
    for item in &items {
        let id = items::id(item)?;
        match parsed(item, "summary") {
            Ok(summary) => entries.push(QueueEntry { id, summary }),
            // One that can't be read hides no other.
            Err(error) => tracing::error!(%id, %error, "a request was left out of a queue"),
        }
    }
    Ok(Queued { entries, next })
}

pub(super) async fn wake_at(
    table: &Table,
    id: Reference,
    read_version: u64,
    wake: Timestamp,
) -> Result<Replaced, StoreError> {
    for _ in 0..ROUNDS {
        let read = match read(table, id).await? {
            Some(Found::Case(read)) if read.case.version == read_version => read,
            _ => return Ok(Replaced::Conflict),
        };
        let case = read.case.waking(wake);
        let mut update = Update::default();
        update.set(&["wake"], millis(wake));
        update.set(&[AWAKE], s(items::awake(&case)));
        update.set(&["awake_at"], millis(items::awake_at(&case)));
        // Otherwise mail that was added or released since would sleep too long.
        update.only_if(&["revision"], "=", n(read.revision));
        if let Written::Done(_) = table.update(items::key(id), update, Answer::Nothing).await? {
            return Ok(Replaced::Replaced);
        }
    }
    Ok(Replaced::Conflict)
}

pub(super) async fn woken(
    table: &Table,
    now: Timestamp,
    limit: usize,
) -> Result<Vec<Reference>, StoreError> {
    let mut woken = Vec::new();
    for kind in [CASE, MAIL] {
        let mut from = None;
        let mut left = limit;
        while left > 0 {
            let most = i32::try_from(left).unwrap_or(i32::MAX);
            let (page, next) = awake(table, kind, Some(now), most, from).await?;
            for item in &page {
                woken.push((moment(item, "awake_at")?, items::id(item)?));
            }
            left = left.saturating_sub(page.len());
            from = next;
            if from.is_none() {
                break;
            }
        }
    }
    woken.sort_unstable();
    Ok(woken.into_iter().map(|(_, id)| id).take(limit).collect())
}

/// A page of the cases that are awake, from a partition of the index: keys and wake times.
pub(super) async fn awake(
    table: &Table,
    kind: &str,
    up_to: Option<Timestamp>,
    limit: i32,
    from: Option<Item>,
) -> Result<(Vec<Item>, Option<Item>), StoreError> {
    let range = up_to.map(|now| ("awake_at", "<=", millis(now)));
    table.query(&Query { index: "wake", hash: (AWAKE, kind), range }, limit, from).await
}

/// A page of the cases that wake only after a moment, from a partition of the index.
pub(super) async fn awake_after(
    table: &Table,
    kind: &str,
    after: Timestamp,
    limit: i32,
    from: Option<Item>,
) -> Result<(Vec<Item>, Option<Item>), StoreError> {
    let range = Some(("awake_at", ">", millis(after)));
    table.query(&Query { index: "wake", hash: (AWAKE, kind), range }, limit, from).await
}

pub(super) async fn next_mail(table: &Table) -> Result<Option<Timestamp>, StoreError> {
    let (page, _) = awake(table, MAIL, None, 1, None).await?;
    page.first().map(|item| moment(item, "awake_at")).transpose()
}

/// Puts a tombstone to sleep.
pub(super) async fn sleep(table: &Table, id: Reference) -> Result<(), StoreError> {
    let mut update = Update::default();
    update.remove(&[AWAKE]);
    update.remove(&["awake_at"]);
    update.only_if_there("tombstone");
    table.update(items::key(id), update, Answer::Nothing).await.map(drop)
}

pub(super) async fn erase(
    table: &Table,
    tombstone: &Tombstone,
    read_version: u64,
    counts: &[Count],
    now: Timestamp,
) -> Result<Replaced, StoreError> {
    let put = Put::builder()
        .table_name(&table.name)
        .set_item(Some(items::tombstone_item(tombstone, Some(now))?))
        .condition_expression("version = :version")
        .expression_attribute_values(":version", n(read_version))
        .build();
    let mut writes = vec![TransactWriteItem::builder().put(built(put)?).build()];
    for count in counts {
        let add = UpdateItem::builder()
            .table_name(&table.name)
            .set_key(Some(count_key(&count.name)))
            .update_expression("ADD #number :number")
            .expression_attribute_names("#number", "number")
            .expression_attribute_values(":number", n(count.number))
            .build();
        writes.push(TransactWriteItem::builder().update(built(add)?).build());
    }
    transact(table, writes).await
}

enum Cancelled {
    ByCondition,
    ByOther,
}

/// Why a transaction was cancelled, if that is no error.
fn cancelled(error: &SdkError<TransactWriteItemsError>) -> Option<Cancelled> {
    match error.as_service_error()? {
        TransactWriteItemsError::TransactionCanceledException(cancelled) => {
            let by_condition = cancelled
                .cancellation_reasons()
                .iter()
                .any(|reason| reason.code() == Some("ConditionalCheckFailed"));
            Some(if by_condition { Cancelled::ByCondition } else { Cancelled::ByOther })
        }
        TransactWriteItemsError::TransactionInProgressException(_) => Some(Cancelled::ByOther),
        _ => None,
    }
}

fn built<T>(built: Result<T, aws_sdk_dynamodb::error::BuildError>) -> Result<T, StoreError> {
    built.map_err(|error| StoreError::Away(error.to_string()))
}

fn count_key(name: &str) -> Item {
    table::item([("id", s(format!("{COUNT}{name}")))])
}

pub(super) async fn counts(table: &Table) -> Result<Vec<Count>, StoreError> {
    let mut counts = Vec::new();
    let mut from = None;
    loop {
        let (page, next) = table.scan(None, None, from).await?;
        for item in &page {
            if let Some(name) = text(item, "id")?.strip_prefix(COUNT) {
                counts.push(Count { name: name.to_owned(), number: number(item, "number")? });
            }
        }
        if next.is_none() {
            counts.sort_by(|a, b| a.name.cmp(&b.name));
            return Ok(counts);
        }
        from = next;
    }
}

pub(super) async fn import_count(table: &Table, count: &Count) -> Result<(), StoreError> {
    let mut item = count_key(&count.name);
    item.insert("number".to_owned(), n(count.number));
    table.put_over(item).await
}

pub(super) async fn ids_after(
    table: &Table,
    after: Option<Reference>,
    limit: usize,
) -> Result<Vec<Reference>, StoreError> {
    let mut ids = Vec::new();
    let mut from = after.map(items::key);
    while ids.len() < limit {
        let left = i32::try_from(limit - ids.len()).unwrap_or(i32::MAX);
        let (page, next) = table.scan(None, Some(left), from).await?;
        for item in page.iter().filter(|item| is_stored(item)) {
            ids.push(items::id(item)?);
        }
        if next.is_none() {
            break;
        }
        from = next;
    }
    Ok(ids)
}

/// Whether it is a case or a tombstone.
fn is_stored(item: &Item) -> bool {
    !text(item, "id").is_ok_and(|id| id.starts_with(COUNT) || id == belongs::ID)
}
