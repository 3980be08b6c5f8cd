//! Links that open a case: `{reference}.{tag}`. The tag is computed, never stored, so the store
//! can't leak it; a new link is a new generation.

use crate::crypto::secrets::{KeyRing, SecretKey};
use crate::crypto::token::keyed;
use data_encoding::BASE64URL_NOPAD;
use domain::{LanguageTag, Reference};
use hmac::Mac;
use serde::{Deserialize, Serialize};

/// The audience of a link, which decides what it shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The patron, at the end of the form: everything.
    Receipt,
    /// The patron's mailbox, which others may read: where it stands, never what was written.
    Mail,
    /// Staff, in the mail to them: what that mail says, and nothing more.
    Staff,
}

impl Role {
    const ALL: [Self; 3] = [Self::Receipt, Self::Mail, Self::Staff];

    fn purpose(self) -> &'static str {
        match self {
            Self::Receipt => "link-receipt",
            Self::Mail => "link-mail",
            Self::Staff => "link-staff",
        }
    }
}

/// The generations of a case's links, incremented to revoke old ones, and the number of their key.
/// Each role has its own: renewing one leaves the others valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkVersion {
    /// The generation of the receipt's link.
    #[serde(rename = "generation")]
    pub receipt: u32,
    /// The generation of links in mails to the patron; 0 in records from before there was one.
    #[serde(default)]
    pub mail: u32,
    /// The link key's number.
    pub key: u32,
}

impl LinkVersion {
    /// The first links of a case.
    pub fn first(keys: &KeyRing) -> Self {
        Self { receipt: 0, mail: 0, key: keys.current().0 }
    }

    /// The same links, each renewed this many more times.
    pub fn renewed(self, receipt: u32, mail: u32) -> Self {
        Self {
            receipt: self.receipt.saturating_add(receipt),
            mail: self.mail.saturating_add(mail),
            ..self
        }
    }

    fn of(self, role: Role) -> u32 {
        match role {
            Role::Receipt => self.receipt,
            Role::Mail => self.mail,
            // Staff who can open it stay staff when the patron's links are renewed.
            Role::Staff => 0,
        }
    }
}

/// The last part of a link's address. `None` if the key no longer exists.
pub fn locator(keys: &KeyRing, role: Role, id: Reference, version: LinkVersion) -> Option<String> {
    let key = keys.get(version.key)?;
    Some(format!("{}.{}", id.compact(), BASE64URL_NOPAD.encode(&tag(key, role, id, version))))
}

/// A patron's address of their request, from the site's root.
pub fn patron_path(language: &LanguageTag, locator: &str) -> String {
    format!("/desk/{}/request/{locator}", language.in_address())
}

/// The staff's address of a request, from the site's root.
pub fn staff_path(locator: &str) -> String {
    format!("/desk/staff/request/{locator}")
}

/// Splits a locator into the reference and the tag, checking neither.
pub fn split(locator: &str) -> Option<(Reference, Vec<u8>)> {
    let (id, tag) = locator.split_once('.')?;
    let tag = BASE64URL_NOPAD.decode(tag.as_bytes()).ok().filter(|tag| tag.len() == TAG_BYTES)?;
    Some((Reference::parse(id).ok()?, tag))
}

/// The role that a tag was made for, if it was made for this case.
pub fn role(keys: &KeyRing, id: Reference, given: &[u8], version: LinkVersion) -> Option<Role> {
    let key = keys.get(version.key)?;
    Role::ALL
        .into_iter()
        .find(|role| mac(key, *role, id, version).verify_truncated_left(given).is_ok())
}

const TAG_BYTES: usize = 16;

fn tag(key: &SecretKey, role: Role, id: Reference, version: LinkVersion) -> Vec<u8> {
    let full = mac(key, role, id, version).finalize().into_bytes();
    full.iter().copied().take(TAG_BYTES).collect()
}

fn mac(
    key: &SecretKey,
    role: Role,
    id: Reference,
    version: LinkVersion,
) -> hmac::Hmac<sha2::Sha256> {
    let mut mac = keyed(key, role.purpose());
    mac.update(id.compact().as_bytes());
    mac.update(&version.of(role).to_be_bytes());
    mac
}
