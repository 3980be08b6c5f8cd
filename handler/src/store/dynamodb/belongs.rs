//! Whose the tables are: an item in that of cases and one in that of keys, so that neither is read
//! with another desk's secrets, nor beside another's table.

use super::attributes::{s, text};
use super::table::{self, Answer, Table, Written};
use super::update::Update;
use super::{DynamoDbStore, records};
use crate::crypto::secrets::DeskId;
use crate::store::{Access, RecordKey, StoreError};

/// The id of the item. No reference, count or key has it.
pub(super) const ID: &str = "desk";

/// Its attribute.
const DESK: &str = "desk";

/// Reads and writes in all tables, as requests do.
pub(super) async fn look(store: &DynamoDbStore, desk: &DeskId) -> Result<(), StoreError> {
    must_be_of(store, desk, Access::Writes).await?;
    let probe = getrandom::u64()?.to_string();
    let key = records::key(&RecordKey::health());
    let mut item = key.clone();
    item.insert("value".to_owned(), s(&probe));
    store.records.put_over(item).await?;
    let read = store.records.get(key).await?;
    match read.as_ref().map(|item| text(item, "value")).transpose()? {
        Some(_) => Ok(()),
        None => Err(StoreError::Away(format!("{}: what was written is gone", store.records.name))),
    }
}

pub(super) async fn must_be_of(
    store: &DynamoDbStore,
    desk: &DeskId,
    access: Access,
) -> Result<(), StoreError> {
    for table in [&store.cases, &store.keys] {
        let owner = match (owner(table).await?, access) {
            (Some(owner), _) => owner,
            (None, Access::Reads) => continue,
            (None, Access::Writes) => give(table, desk).await?,
        };
        if owner != desk.as_str() {
            return Err(StoreError::Away(format!(
                "the table {} belongs to another desk than the secrets: name this desk's own tables \
                 and parameter",
                table.name
            )));
        }
    }
    Ok(())
}

async fn owner(table: &Table) -> Result<Option<String>, StoreError> {
    let item = table.get(table::item([("id", s(ID))])).await?;
    item.map(|item| text(&item, DESK).map(str::to_owned)).transpose()
}

/// Makes it this desk's, unless somebody was faster. Whose it is then.
async fn give(table: &Table, desk: &DeskId) -> Result<String, StoreError> {
    let mut update = Update::default();
    update.set_if_absent(DESK, s(desk.as_str()));
    match table.update(table::item([("id", s(ID))]), update, Answer::NewItem).await? {
        Written::Done(Some(item)) => text(&item, DESK).map(str::to_owned),
        Written::Done(None) | Written::ConditionFailed => {
            Err(StoreError::Away("UpdateItem: whose a table is was not answered".to_owned()))
        }
    }
}
