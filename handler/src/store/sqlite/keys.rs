//! Keys of cases and of days, and the contacts of cases: in `keys.sqlite`.

use super::rows::reference;
use super::{SqliteStore, cases};
use crate::crypto::contact_hash::ContactHash;
use crate::crypto::secrets::SecretKey;
use crate::store::{Keys, StoreError};
use async_trait::async_trait;
use domain::Reference;
use jiff::civil::Date;
use rusqlite::{Connection, OptionalExtension, params};
use std::ops::RangeInclusive;

/// Makes the key of a case, and reads it.
pub(super) const CASE_KEY: [&str; 2] = [
    "INSERT OR IGNORE INTO case_keys (id, key) VALUES (?, ?)",
    "SELECT key FROM case_keys WHERE id = ?",
];

#[async_trait]
impl Keys for SqliteStore {
    async fn forget_keys(&self, ids: &[Reference]) -> Result<(), StoreError> {
        let ids = ids.to_vec();
        let erased = self.reader.run(move |desk| cases::erased_of(desk, &ids)).await?;
        if erased.is_empty() {
            return Ok(());
        }
        let forgotten = erased.clone();
        self.keys.run(move |keys| forget_keys(keys, &forgotten)).await?;
        // Deleted data remains in the logs. Only once both are empty do the tombstones sleep.
        self.keys.empty_log().await?;
        self.writer.empty_log().await?;
        self.writer.run(move |desk| cases::sleep(desk, &erased)).await
    }

    async fn key(&self, id: Reference) -> Result<SecretKey, StoreError> {
        self.keys.run(move |keys| get_or_make_key(keys, CASE_KEY, &id.compact())).await
    }

    async fn existing_key(&self, id: Reference) -> Result<Option<SecretKey>, StoreError> {
        self.keys_reader.run(move |keys| case_key(keys, &id.compact())).await
    }

    async fn set_contacts(
        &self,
        id: Reference,
        contacts: &[ContactHash],
    ) -> Result<(), StoreError> {
        let contacts = contacts.to_vec();
        self.keys.run(move |keys| set_contacts(keys, id, &contacts)).await
    }

    async fn ids_of(&self, contact: &ContactHash) -> Result<Vec<Reference>, StoreError> {
        let contact = *contact;
        self.keys_reader.run(move |keys| ids_of(keys, &contact)).await
    }

    async fn day_key(&self, day: Date) -> Result<SecretKey, StoreError> {
        const SQL: [&str; 2] = [
            "INSERT OR IGNORE INTO day_keys (day, key) VALUES (?, ?)",
            "SELECT key FROM day_keys WHERE day = ?",
        ];
        if let Some(key) = self.days.get(day) {
            return Ok(key);
        }
        let make = move |keys: &Connection| get_or_make_key(keys, SQL, &day.to_string());
        let key = self.keys.run(make).await?;
        self.days.put(day, &key);
        Ok(key)
    }

    async fn delete_day_keys_outside(
        &self,
        needed: RangeInclusive<Date>,
    ) -> Result<(), StoreError> {
        self.days.forget_outside(&needed);
        self.keys
            .run(move |keys| {
                keys.prepare_cached("DELETE FROM day_keys WHERE day < ? OR day > ?")?
                    .execute([needed.start().to_string(), needed.end().to_string()])?;
                Ok(())
            })
            .await?;
        self.keys.empty_log().await
    }
}

pub(super) fn case_key(connection: &Connection, id: &str) -> Result<Option<SecretKey>, StoreError> {
    let bytes = connection
        .prepare_cached("SELECT key FROM case_keys WHERE id = ?")?
        .query_row([id], |row| row.get(0))
        .optional()?;
    Ok(bytes.map(SecretKey::from_bytes))
}

pub(super) fn forget_keys(connection: &Connection, ids: &[Reference]) -> Result<(), StoreError> {
    for table in ["case_keys", "contacts"] {
        let mut forget = connection.prepare_cached(&format!("DELETE FROM {table} WHERE id = ?"))?;
        for id in ids {
            forget.execute([id.compact()])?;
        }
    }
    Ok(())
}

pub(super) fn set_contacts(
    connection: &Connection,
    id: Reference,
    contacts: &[ContactHash],
) -> Result<(), StoreError> {
    let id = id.compact();
    connection.prepare_cached("DELETE FROM contacts WHERE id = ?")?.execute([&id])?;
    let mut add = connection.prepare_cached("INSERT OR IGNORE INTO contacts VALUES (?, ?)")?;
    for contact in contacts {
        add.execute(params![contact.as_bytes(), id])?;
    }
    Ok(())
}

pub(super) fn ids_of(
    connection: &Connection,
    contact: &ContactHash,
) -> Result<Vec<Reference>, StoreError> {
    let mut ids =
        connection.prepare_cached("SELECT id FROM contacts WHERE hash = ? ORDER BY id")?;
    let rows = ids.query_map([contact.as_bytes()], |row| row.get::<_, String>(0))?;
    rows.map(|row| reference(&row?)).collect()
}

/// The existing key, else a new one.
pub(super) fn get_or_make_key(
    connection: &Connection,
    [insert, select]: [&str; 2],
    of: &str,
) -> Result<SecretKey, StoreError> {
    let fresh = SecretKey::random()?;
    if connection.prepare_cached(insert)?.execute(params![of, fresh.as_bytes()])? == 1 {
        return Ok(fresh);
    }
    let bytes: [u8; 32] = connection.prepare_cached(select)?.query_row([of], |row| row.get(0))?;
    Ok(SecretKey::from_bytes(bytes))
}
