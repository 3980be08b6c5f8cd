//! The ticket of a form page: the form's lineage, signed, for `/check` to carry on. It authorizes
//! nobody by itself: it counts only when posted from one of our own pages
//! (`http/same_origin.rs`).

use crate::crypto::lineage::Lineage;
use crate::crypto::secrets::{KeyRing, SecretKey};
use crate::crypto::token::keyed;
use data_encoding::BASE64URL_NOPAD;
use hmac::{Hmac, Mac};
use sha2::Sha256;

/// Makes the ticket of a form page.
pub fn issue(keys: &KeyRing, lineage: &Lineage) -> String {
    let (number, key) = keys.current();
    let signature = mac(key, number, lineage).finalize().into_bytes();
    format!("{number}.{}.{}", lineage.to_text(), BASE64URL_NOPAD.encode(&signature))
}

/// The lineage in a ticket that was issued here, as long as its key is kept.
pub fn read(keys: &KeyRing, text: &str) -> Option<Lineage> {
    let mut parts = text.split('.');
    let number = parts.next()?.parse().ok()?;
    let lineage = Lineage::from_text(parts.next()?, parts.next()?)?;
    let signature = BASE64URL_NOPAD.decode(parts.next()?.as_bytes()).ok()?;
    let fits = mac(keys.get(number)?, number, &lineage).verify_slice(&signature).is_ok();
    (fits && parts.next().is_none()).then_some(lineage)
}

fn mac(key: &SecretKey, number: u32, lineage: &Lineage) -> Hmac<Sha256> {
    let mut mac = keyed(key, "ticket");
    mac.update(&number.to_be_bytes());
    lineage.sign(&mut mac);
    mac
}
