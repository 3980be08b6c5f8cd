//! Sealing: everything personal of a case, under a key of its own. Without that key, in the second
//! store, it can't be opened again: deleting the key is the erasure.

use crate::case::Case;
use crate::secrets::{SecretKey, Secrets};
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use data_encoding::BASE64;
use domain::{Reference, Request};
use hkdf::Hkdf;
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use thiserror::Error;

/// A sealed request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sealed {
    /// The master key's number.
    pub master: u32,
    /// 24 random bytes, new with each write, and the ciphertext; in base64 where it is text.
    #[serde(with = "as_base64")]
    pub bytes: Vec<u8>,
}

/// Why something could not be sealed or opened.
#[derive(Debug, Error)]
pub enum SealError {
    /// A request to which nothing has happened is no case.
    #[error("the request has not been sent")]
    Empty,
    /// The master key of this number is gone from the secrets.
    #[error("master key {0} is missing from the secrets")]
    MasterMissing(u32),
    /// The case is there and its own key is not.
    #[error("the key of {0} is missing: put the keys back from a copy")]
    KeyMissing(Reference),
    /// The key doesn't fit, or the bytes were changed.
    #[error("the sealed body of {0} can't be opened")]
    Broken(Reference),
    /// The opened bytes are no request.
    #[error("the opened body of {0} is not a request: it was written by another version")]
    NotARequest(Reference),
    /// The cipher refused: more than it can take.
    #[error("the request can't be sealed")]
    Refused,
    /// The system has no random numbers.
    #[error("no random numbers to be had: {0}")]
    Random(#[from] getrandom::Error),
}

const NONCE_BYTES: usize = 24;

/// Seals a request for the given version of its case.
pub fn seal(
    secrets: &Secrets,
    key: &SecretKey,
    request: &Request,
    version: u64,
) -> Result<Sealed, SealError> {
    let (master, master_key) = secrets.master_keys.current();
    let plain = serde_json::to_vec(request).map_err(|_| SealError::Refused)?;
    let mut nonce = [0; NONCE_BYTES];
    getrandom::fill(&mut nonce)?;
    let aad = associated(request.id(), version);
    let payload = Payload { msg: &plain, aad: &aad };
    let sealed = cipher(master_key, key)?
        .encrypt(&XNonce::from(nonce), payload)
        .map_err(|_| SealError::Refused)?;
    let mut bytes = nonce.to_vec();
    bytes.extend(sealed);
    Ok(Sealed { master, bytes })
}

/// Opens a case.
pub fn open(secrets: &Secrets, key: &SecretKey, case: &Case) -> Result<Request, SealError> {
    let master = case.sealed.master;
    let master_key = secrets.master_keys.get(master).ok_or(SealError::MasterMissing(master))?;
    let broken = || SealError::Broken(case.id);
    let (nonce, sealed) =
        case.sealed.bytes.split_first_chunk::<NONCE_BYTES>().ok_or_else(broken)?;
    let aad = associated(case.id, case.version);
    let payload = Payload { msg: sealed, aad: &aad };
    let plain =
        cipher(master_key, key)?.decrypt(&XNonce::from(*nonce), payload).map_err(|_| broken())?;
    serde_json::from_slice(&plain).map_err(|_| SealError::NotARequest(case.id))
}

/// A body belongs to one case in one version: an old one put back, or another's, doesn't open.
fn associated(id: Reference, version: u64) -> Vec<u8> {
    format!("case {} version {version}", id.compact()).into_bytes()
}

fn cipher(master: &SecretKey, key: &SecretKey) -> Result<XChaCha20Poly1305, SealError> {
    let mut derived = [0; 32];
    Hkdf::<Sha256>::new(Some(key.as_bytes()), master.as_bytes())
        .expand(b"book-a-librarian case", &mut derived)
        .map_err(|_| SealError::Refused)?;
    Ok(XChaCha20Poly1305::new(&derived.into()))
}

mod as_base64 {
    use super::{BASE64, Deserialize};

    pub(super) fn serialize<S: serde::Serializer>(
        bytes: &[u8],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&BASE64.encode(bytes))
    }

    pub(super) fn deserialize<'de, D: serde::Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<u8>, D::Error> {
        let text = String::deserialize(deserializer)?;
        BASE64.decode(text.as_bytes()).map_err(serde::de::Error::custom)
    }
}
