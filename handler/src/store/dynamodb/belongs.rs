//! The owner and format of the tables: an item in the table of cases and one in that of keys, so
//! that neither is read with another desk's secrets, beside another desk's table, or by a release
//! too old for it.

use super::attributes::{Item, n, number, s, text};
use super::table::{self, Answer, Table, Written};
use super::update::Update;
use super::{DynamoDbStore, records};
use crate::crypto::secrets::DeskId;
use crate::store::{Access, RecordKey, StoreError};

/// The id of the item, which no reference, count or key can have.
pub(super) const ID: &str = "desk";

/// Its attributes.
const DESK: &str = "desk";
const FORMAT_OF: &str = "format";

/// The newest format of all three tables that this version knows, and the one it writes: items,
/// attributes and the contents of small records. In format 1 the item had no number. Sealed bodies
/// have their own ([`crate::case::body::FORMAT`]).
const FORMAT: u32 = 2;

/// The contents of the item.
struct Owner {
    desk: String,
    /// `None`: written before tables had a format.
    format: Option<u32>,
}

impl Owner {
    fn of(item: &Item) -> Result<Self, StoreError> {
        let format = item.get(FORMAT_OF).map(|_| number(item, FORMAT_OF)).transpose()?;
        Ok(Self { desk: text(item, DESK)?.to_owned(), format })
    }
}

/// Reads and writes all tables, as requests do.
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
        if owner.desk != desk.as_str() {
            return Err(StoreError::Away(format!(
                "the table {} belongs to another desk than the secrets: name this desk's own tables \
                 and parameter",
                table.name
            )));
        }
        match owner.format {
            Some(found) if found > FORMAT => {
                return Err(StoreError::Away(format!(
                    "the table {} has format {found}, this version knows up to {FORMAT}; use the \
                     newer version",
                    table.name
                )));
            }
            Some(FORMAT) => {}
            older if access == Access::Writes => raise(table, older).await?,
            _ => {}
        }
    }
    Ok(())
}

async fn owner(table: &Table) -> Result<Option<Owner>, StoreError> {
    let item = table.get(table::item([("id", s(ID))])).await?;
    item.as_ref().map(Owner::of).transpose()
}

/// Makes the table this desk's, unless another write came first. Returns its owner.
async fn give(table: &Table, desk: &DeskId) -> Result<Owner, StoreError> {
    let mut update = Update::default();
    update.set_if_absent(DESK, s(desk.as_str()));
    update.set_if_absent(FORMAT_OF, n(FORMAT));
    match table.update(table::item([("id", s(ID))]), update, Answer::NewItem).await? {
        Written::Done(Some(item)) => Owner::of(&item),
        Written::Done(None) | Written::ConditionFailed => {
            Err(StoreError::Away("UpdateItem: whose a table is was not answered".to_owned()))
        }
    }
}

/// Records that this version writes here from now on. If another process has recorded something
/// since, that stands: it may be a newer version.
async fn raise(table: &Table, older: Option<u32>) -> Result<(), StoreError> {
    let mut update = Update::default();
    update.set(&[FORMAT_OF], n(FORMAT));
    match older {
        None => update.only_if_absent(&[FORMAT_OF]),
        Some(older) => update.only_if(&[FORMAT_OF], "=", n(older)),
    }
    table.update(table::item([("id", s(ID))]), update, Answer::Nothing).await.map(drop)
}
