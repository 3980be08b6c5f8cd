//! A contact as a keyed hash: with the number or address its requests can be found, but with the
//! store alone nobody can tell whose they are.

use super::secrets::Secrets;
use super::token::keyed;
use data_encoding::HEXLOWER;
use domain::{Email, Phone};
use hmac::Mac;
use std::fmt;

/// The keyed hash of an e-mail address or a phone number. It is made with the id key, which never
/// rotates, so a contact is found for as long as its request is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContactHash([u8; 32]);

impl ContactHash {
    /// Of an address, ignoring case.
    pub fn of_email(secrets: &Secrets, email: &Email) -> Self {
        Self::of(secrets, "email", &email.folded())
    }

    /// Of a number, however it is written.
    pub fn of_phone(secrets: &Secrets, phone: &Phone) -> Self {
        Self::of(secrets, "phone", &phone.dial())
    }

    fn of(secrets: &Secrets, kind: &str, contact: &str) -> Self {
        let mut mac = keyed(&secrets.id_key, "contact");
        mac.update(kind.as_bytes());
        mac.update(&[0]);
        mac.update(contact.as_bytes());
        Self(mac.finalize().into_bytes().into())
    }

    /// The bytes, for a store.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for ContactHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}
