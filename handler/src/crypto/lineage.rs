//! Where a form comes from: the nonce that it began with, and the tokens of the check pages that it
//! went through. **A form belongs to the browser that began it**: only our own pages carry its
//! lineage on, signed, so nobody can give theirs to somebody else.

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use domain::request::EventId;
use hmac::{Hmac, Mac};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;

/// The most tokens that a form can descend from. A patron who goes back more often begins a new
/// form, so no page grows without limit.
const ANCESTORS_MAX: usize = 8;

/// 128 random bits that a form carries from its first check to its last: all submissions with the
/// same nonce are one request. Debug output hides them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Nonce([u8; 16]);

impl Nonce {
    fn random() -> Result<Self, getrandom::Error> {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes)?;
        Ok(Self(bytes))
    }

    /// The hash that the case keeps.
    pub fn hash(self) -> NonceHash {
        NonceHash(Sha256::digest(self.0).into())
    }

    pub(crate) fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Debug for Nonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Nonce(hidden)")
    }
}

/// The SHA-256 of a form's nonce.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct NonceHash(pub [u8; 32]);

impl NonceHash {
    /// In hexadecimal digits.
    pub fn to_hex(self) -> String {
        HEXLOWER.encode(&self.0)
    }
}

impl Serialize for NonceHash {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_hex())
    }
}

impl<'de> Deserialize<'de> for NonceHash {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let bytes = HEXLOWER.decode(text.as_bytes()).map_err(serde::de::Error::custom)?;
        let bytes = bytes.try_into().map_err(|_| serde::de::Error::custom("not 32 bytes"))?;
        Ok(Self(bytes))
    }
}

/// The stored hash of a token: 128 bits of a SHA-256, from which the token can't be recovered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TokenHash([u8; TokenHash::BYTES]);

impl TokenHash {
    const BYTES: usize = 16;

    /// The hash of a token's signature, which is unique.
    pub(crate) fn of(signature: &[u8]) -> Self {
        let digest: [u8; 32] = Sha256::digest(signature).into();
        let mut bytes = [0; Self::BYTES];
        bytes.copy_from_slice(&digest[..Self::BYTES]);
        Self(bytes)
    }

    /// The id of the event of a form sent with this token. So the history records which token
    /// brought its answers, and sending the token again repeats the event.
    pub fn event_id(self) -> EventId {
        EventId::of_digest(&self.0)
    }
}

/// A form's nonce and the tokens that it descends from, oldest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lineage {
    nonce: Nonce,
    ancestors: Vec<TokenHash>,
}

impl Lineage {
    /// A new form's lineage. Fails only if the system has no random numbers.
    pub fn begin() -> Result<Self, getrandom::Error> {
        Ok(Self { nonce: Nonce::random()?, ancestors: Vec::new() })
    }

    /// The nonce.
    pub fn nonce(&self) -> Nonce {
        self.nonce
    }

    /// The lineage of a form made from the check page with this token. `None` if it would have too
    /// many ancestors.
    pub fn after(&self, token: TokenHash) -> Option<Self> {
        if self.ancestors.len() >= ANCESTORS_MAX {
            return None;
        }
        let ancestors = self.ancestors.iter().copied().chain([token]).collect();
        Some(Self { nonce: self.nonce, ancestors })
    }

    /// Whether it descends from the token that made this event.
    pub fn descends_from(&self, event: &EventId) -> bool {
        self.ancestors.iter().any(|ancestor| ancestor.event_id() == *event)
    }

    /// Two parts of a hidden field, separated by a dot.
    pub(crate) fn to_text(&self) -> String {
        let ancestors: Vec<u8> = self.ancestors.iter().flat_map(|hash| hash.0).collect();
        let encode = |bytes: &[u8]| BASE64URL_NOPAD.encode(bytes);
        format!("{}.{}", encode(&self.nonce.0), encode(&ancestors))
    }

    /// Parses the two parts. The caller must verify them.
    pub(crate) fn from_text(nonce: &str, ancestors: &str) -> Option<Self> {
        let nonce = BASE64URL_NOPAD.decode(nonce.as_bytes()).ok()?.try_into().ok()?;
        let bytes = BASE64URL_NOPAD.decode(ancestors.as_bytes()).ok()?;
        let (hashes, rest) = bytes.as_chunks::<{ TokenHash::BYTES }>();
        if !rest.is_empty() || hashes.len() > ANCESTORS_MAX {
            return None;
        }
        let ancestors = hashes.iter().copied().map(TokenHash).collect();
        Some(Self { nonce: Nonce(nonce), ancestors })
    }

    /// Includes all of it in a signature.
    pub(crate) fn sign(&self, mac: &mut Hmac<Sha256>) {
        mac.update(&self.nonce.0);
        // The number of ancestors, so that the next signed part can't pass for one.
        mac.update(&u64::try_from(self.ancestors.len()).unwrap_or(u64::MAX).to_be_bytes());
        for ancestor in &self.ancestors {
            mac.update(&ancestor.0);
        }
    }
}
