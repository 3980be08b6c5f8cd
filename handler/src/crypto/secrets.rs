//! The keys of ids, tokens, links and sealed bodies. They rotate by number, except the id key:
//! a form that is sent again must find its case.

use crate::crypto::token::keyed;
use data_encoding::{BASE64, HEXLOWER};
use hmac::Mac;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::io::Write;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// 256 secret bits. Debug output hides them.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SecretKey([u8; 32]);

/// A text that is no key. The error doesn't hold the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a key is 32 bytes in base64")]
pub struct SecretKeyError;

impl SecretKey {
    /// A new key. Fails only if the system has no random numbers.
    pub fn random() -> Result<Self, getrandom::Error> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes)?;
        Ok(Self(bytes))
    }

    /// A key from its stored bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes, for cryptographic functions.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey(hidden)")
    }
}

impl TryFrom<String> for SecretKey {
    type Error = SecretKeyError;
    fn try_from(text: String) -> Result<Self, SecretKeyError> {
        let bytes = BASE64.decode(text.as_bytes()).map_err(|_| SecretKeyError)?;
        bytes.try_into().map(Self).map_err(|_| SecretKeyError)
    }
}

impl From<SecretKey> for String {
    fn from(key: SecretKey) -> String {
        BASE64.encode(&key.0)
    }
}

/// Keys of one purpose by number. The highest number makes new things; the others still verify old
/// ones. There is always at least one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "BTreeMap<u32, SecretKey>", into = "BTreeMap<u32, SecretKey>")]
pub struct KeyRing {
    current: (u32, SecretKey),
    older: BTreeMap<u32, SecretKey>,
}

impl KeyRing {
    fn random() -> Result<Self, getrandom::Error> {
        Ok(Self { current: (1, SecretKey::random()?), older: BTreeMap::new() })
    }

    /// The key for new things, and its number.
    pub fn current(&self) -> (u32, &SecretKey) {
        (self.current.0, &self.current.1)
    }

    /// The key of a number, if it still exists.
    pub fn get(&self, number: u32) -> Option<&SecretKey> {
        if number == self.current.0 { Some(&self.current.1) } else { self.older.get(&number) }
    }
}

/// A ring without any key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a key ring needs at least one key")]
pub struct EmptyRingError;

impl TryFrom<BTreeMap<u32, SecretKey>> for KeyRing {
    type Error = EmptyRingError;
    fn try_from(mut keys: BTreeMap<u32, SecretKey>) -> Result<Self, EmptyRingError> {
        let current = keys.pop_last().ok_or(EmptyRingError)?;
        Ok(Self { current, older: keys })
    }
}

impl From<KeyRing> for BTreeMap<u32, SecretKey> {
    fn from(ring: KeyRing) -> Self {
        let mut keys = ring.older;
        keys.insert(ring.current.0, ring.current.1);
        keys
    }
}

/// The newest format of the keys as JSON that this version knows, and the one it writes: in
/// `secrets.json` and in the cloud's parameter. Without a number it is format 1. In an archive the
/// archive's own format counts.
const FORMAT: u32 = 1;

/// The number alone: a newer format may have any shape.
#[derive(Deserialize)]
struct Numbered {
    #[serde(default = "first_format")]
    format: u32,
}

/// The format of keys from before they had a number.
fn first_format() -> u32 {
    1
}

/// The keys with their number, as they are written.
#[derive(Serialize)]
struct Written<'a> {
    format: u32,
    #[serde(flatten)]
    secrets: &'a Secrets,
}

/// A text that isn't the desk's keys. The error holds nothing of the text.
#[derive(Debug, Error)]
pub enum SecretsJsonError {
    /// A newer version has written it.
    #[error("it has format {found}, this version knows up to {FORMAT}; use the newer version")]
    TooNew {
        /// Its format.
        found: u32,
    },
    /// It isn't the JSON of keys.
    #[error(transparent)]
    Unreadable(#[from] serde_json::Error),
}

/// All keys of a desk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Secrets {
    /// Makes references from nonces. Never rotates.
    pub id_key: SecretKey,
    /// For tokens: kept for 48 hours after being replaced.
    pub token_keys: KeyRing,
    /// For links: kept as long as a case needs them.
    pub link_keys: KeyRing,
    /// For sealed bodies, together with each case's own key: kept as long as a case needs them.
    pub master_keys: KeyRing,
}

/// Which desk something belongs to. Derived from the id key, which never rotates, but reveals
/// nothing of it, so it needn't be secret: each database and each table stores it, and any later
/// copy of the secrets still matches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeskId(String);

impl DeskId {
    /// In hexadecimal digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// An id that was stored.
    pub(crate) fn from_stored(text: String) -> Self {
        Self(text)
    }
}

/// Why the keys could not be read or made.
#[derive(Debug, Error)]
pub enum SecretsError {
    /// The file can't be read or written.
    #[error("{}: {error}; the folder must be writable for this user", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
    /// The file isn't the JSON of keys.
    #[error(
        "{} does not hold the desk's keys ({error}); put the file back from a copy: \
         without its keys the stored requests can't be opened", path.display()
    )]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        error: serde_json::Error,
    },
    /// A newer version has written the file.
    #[error(
        "{} has format {found}, this version knows up to {FORMAT}; use the newer version",
        path.display()
    )]
    TooNew {
        /// Which file.
        path: PathBuf,
        /// Its format.
        found: u32,
    },
    /// The system has no random numbers.
    #[error("no random numbers to be had: {0}")]
    Random(#[from] getrandom::Error),
}

impl Secrets {
    /// New keys.
    pub fn random() -> Result<Self, getrandom::Error> {
        Ok(Self {
            id_key: SecretKey::random()?,
            token_keys: KeyRing::random()?,
            link_keys: KeyRing::random()?,
            master_keys: KeyRing::random()?,
        })
    }

    /// The desk that has these keys.
    pub fn desk_id(&self) -> DeskId {
        let digest = keyed(&self.id_key, "desk").finalize().into_bytes();
        DeskId(HEXLOWER.encode(&digest).chars().take(32).collect())
    }

    /// Reads the keys from JSON of this version or an earlier one.
    pub fn from_json(json: &[u8]) -> Result<Self, SecretsJsonError> {
        match serde_json::from_slice(json)? {
            Numbered { format: found } if found > FORMAT => Err(SecretsJsonError::TooNew { found }),
            Numbered { .. } => Ok(serde_json::from_slice(json)?),
        }
    }

    /// Compact, as a parameter's size is limited. The file has line breaks, for people who must
    /// read it.
    #[cfg(feature = "aws")]
    pub(crate) fn to_json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(&self.written())
    }

    fn written(&self) -> Written<'_> {
        Written { format: FORMAT, secrets: self }
    }

    /// The keys in `secrets.json` of this folder, if the file exists.
    pub fn there(folder: &Path) -> Result<Option<Self>, SecretsError> {
        let path = path_in(folder);
        match std::fs::read(&path) {
            Ok(bytes) => Self::from_json(&bytes).map(Some).map_err(|error| match error {
                SecretsJsonError::TooNew { found } => SecretsError::TooNew { path, found },
                SecretsJsonError::Unreadable(error) => SecretsError::Unreadable { path, error },
            }),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(SecretsError::File { path, error }),
        }
    }

    /// Writes them into `secrets.json` of this folder, readable by this user alone. Fails without a
    /// change if the file exists.
    pub fn put(&self, folder: &Path) -> Result<(), SecretsError> {
        let path = path_in(folder);
        let file = |error| SecretsError::File { path: path.clone(), error };
        let mut staged = tempfile::NamedTempFile::new_in(folder).map_err(file)?;
        let json = serde_json::to_vec_pretty(&self.written())
            .map_err(|error| SecretsError::Unreadable { path: path.clone(), error })?;
        staged.write_all(&json).and_then(|()| staged.as_file().sync_all()).map_err(file)?;
        staged.persist_noclobber(&path).map_err(|lost| file(lost.error))?;
        Ok(())
    }
}

/// Their path in a folder.
pub(crate) fn path_in(folder: &Path) -> PathBuf {
    folder.join("secrets.json")
}
