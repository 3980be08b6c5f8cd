//! Sealing: encrypts bytes under two keys, bound to the place where they belong.

use super::secrets::{SecretKey, Secrets};
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use data_encoding::BASE64;
use hkdf::Hkdf;
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use thiserror::Error;

/// Sealed bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sealed {
    /// The format of the content. Format 1 had no number.
    #[serde(default = "first_format")]
    pub format: u32,
    /// The master key's number.
    pub master: u32,
    /// A 24-byte random nonce, new with each write, and the ciphertext; base64 in text formats.
    #[serde(with = "as_base64")]
    pub bytes: Vec<u8>,
}

/// The format of records from before formats had numbers.
pub(crate) fn first_format() -> u32 {
    1
}

/// Why bytes could not be sealed or opened.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CipherError {
    /// The master key of this number is gone from the secrets.
    #[error("master key {0} is missing from the secrets")]
    MasterMissing(u32),
    /// The keys don't fit, the bytes were changed, or they belong elsewhere.
    #[error("the sealed bytes can't be opened")]
    Broken,
    /// The cipher refused: the input is too long.
    #[error("the bytes can't be sealed")]
    Refused,
    /// The system has no random numbers.
    #[error("no random numbers to be had: {0}")]
    Random(#[from] getrandom::Error),
}

const NONCE_BYTES: usize = 24;

/// Seals bytes of a format under the newest master key and a key of their own. Opening them needs
/// the same `belongs_to`.
pub fn seal(
    secrets: &Secrets,
    key: &SecretKey,
    format: u32,
    plain: &[u8],
    belongs_to: &[u8],
) -> Result<Sealed, CipherError> {
    let (master, master_key) = secrets.master_keys.current();
    let mut nonce = [0; NONCE_BYTES];
    getrandom::fill(&mut nonce)?;
    let payload = Payload { msg: plain, aad: belongs_to };
    let sealed = cipher(master_key, key)?
        .encrypt(&XNonce::from(nonce), payload)
        .map_err(|_| CipherError::Refused)?;
    let mut bytes = nonce.to_vec();
    bytes.extend(sealed);
    Ok(Sealed { format, master, bytes })
}

/// Opens sealed bytes. The caller interprets their format.
pub fn open(
    secrets: &Secrets,
    key: &SecretKey,
    sealed: &Sealed,
    belongs_to: &[u8],
) -> Result<Vec<u8>, CipherError> {
    let master = secrets.master_keys.get(sealed.master);
    let master = master.ok_or(CipherError::MasterMissing(sealed.master))?;
    let (nonce, bytes) =
        sealed.bytes.split_first_chunk::<NONCE_BYTES>().ok_or(CipherError::Broken)?;
    let payload = Payload { msg: bytes, aad: belongs_to };
    cipher(master, key)?.decrypt(&XNonce::from(*nonce), payload).map_err(|_| CipherError::Broken)
}

fn cipher(master: &SecretKey, key: &SecretKey) -> Result<XChaCha20Poly1305, CipherError> {
    let mut derived = [0; 32];
    Hkdf::<Sha256>::new(Some(key.as_bytes()), master.as_bytes())
        .expand(b"book-a-librarian case", &mut derived)
        .map_err(|_| CipherError::Refused)?;
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
