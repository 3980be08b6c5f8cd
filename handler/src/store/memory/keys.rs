//! Keys, and the contacts of cases.

use super::MemoryStore;
use crate::case::Stored;
use crate::crypto::contact_hash::ContactHash;
use crate::crypto::secrets::SecretKey;
use crate::store::{Keys, StoreError};
use async_trait::async_trait;
use domain::Reference;
use jiff::civil::Date;
use std::ops::RangeInclusive;

#[async_trait]
impl Keys for MemoryStore {
    async fn forget_keys(&self, ids: &[Reference]) -> Result<(), StoreError> {
        let mut inside = self.inside();
        for id in ids {
            if matches!(inside.stored.get(id), Some(Stored::Erased(_))) {
                inside.keys.remove(id);
                inside.contacts.remove(id);
                inside.unforgotten.remove(id);
            }
        }
        Ok(())
    }

    async fn key(&self, id: Reference) -> Result<SecretKey, StoreError> {
        let fresh = SecretKey::random()?;
        Ok(self.inside().keys.entry(id).or_insert(fresh).clone())
    }

    async fn existing_key(&self, id: Reference) -> Result<Option<SecretKey>, StoreError> {
        Ok(self.inside().keys.get(&id).cloned())
    }

    async fn set_contacts(
        &self,
        id: Reference,
        contacts: &[ContactHash],
    ) -> Result<(), StoreError> {
        self.inside().contacts.insert(id, contacts.to_vec());
        Ok(())
    }

    async fn ids_of(&self, contact: &ContactHash) -> Result<Vec<Reference>, StoreError> {
        let inside = self.inside();
        let of = inside.contacts.iter().filter(|(_, contacts)| contacts.contains(contact));
        Ok(of.map(|(id, _)| *id).collect())
    }

    async fn day_key(&self, day: Date) -> Result<SecretKey, StoreError> {
        let fresh = SecretKey::random()?;
        Ok(self.inside().day_keys.entry(day).or_insert(fresh).clone())
    }

    async fn delete_day_keys_outside(
        &self,
        needed: RangeInclusive<Date>,
    ) -> Result<(), StoreError> {
        self.inside().day_keys.retain(|day, _| needed.contains(day));
        Ok(())
    }
}
