//! The token of a check page: proof that these answers were shown at this time to the person who
//! filled in the form, and all that `/send` needs to tell a repeated form from another.

use crate::crypto::lineage::{Lineage, TokenHash};
use crate::crypto::secrets::{KeyRing, SecretKey};
use data_encoding::BASE64URL_NOPAD;
use domain::{Answers, LanguageTag};
use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp};
use sha2::Sha256;
use thiserror::Error;

/// How long a token stays valid.
const LIFE: SignedDuration = SignedDuration::from_hours(24);

/// The tolerated clock skew of the issuer: several functions share the keys.
const SKEW: SignedDuration = SignedDuration::from_mins(5);

/// A token that was verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// The form's nonce, and the tokens before this one.
    pub lineage: Lineage,
    /// The stored hash of the token.
    pub hash: TokenHash,
    /// When the answers were shown to be checked, to the millisecond.
    pub at: Timestamp,
}

impl Token {
    /// The lineage of a page made from this check page.
    pub fn descendant(&self) -> Option<Lineage> {
        self.lineage.after(self.hash)
    }
}

/// Why a token isn't valid for its answers.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TokenProblem {
    /// Missing, truncated, for other answers, or made with a key that no longer exists.
    #[error("the token doesn't fit the answers")]
    Altered,
    /// Authentic, but older than a day.
    #[error("the token is older than a day")]
    Expired(Token),
    /// Authentic, but from the future: a clock was set back since.
    #[error("the token is from the future")]
    Early(Token),
}

/// Makes the token of a check page.
pub fn issue(keys: &KeyRing, answers: &Answers, lineage: &Lineage, now: Timestamp) -> String {
    let (number, key) = keys.current();
    let millis = now.as_millisecond();
    let signature = mac(key, number, millis, lineage, answers).finalize().into_bytes();
    let (language, lineage) = (answers.page_language.as_str(), lineage.to_text());
    format!("{number}.{millis}.{language}.{lineage}.{}", BASE64URL_NOPAD.encode(&signature))
}

/// Verifies that a token was issued for these answers, within the last day.
pub fn verify(
    keys: &KeyRing,
    text: &str,
    answers: &Answers,
    now: Timestamp,
) -> Result<Token, TokenProblem> {
    let parts = Parts::split(text).ok_or(TokenProblem::Altered)?;
    let key = keys.get(parts.number).ok_or(TokenProblem::Altered)?;
    mac(key, parts.number, parts.millis, &parts.lineage, answers)
        .verify_slice(&parts.signature)
        .map_err(|_| TokenProblem::Altered)?;
    let at = Timestamp::from_millisecond(parts.millis).map_err(|_| TokenProblem::Altered)?;
    let hash = TokenHash::of(&parts.signature);
    let token = Token { lineage: parts.lineage, hash, at };
    let age = now.duration_since(at);
    if age > LIFE {
        Err(TokenProblem::Expired(token))
    } else if age < -SKEW {
        Err(TokenProblem::Early(token))
    } else {
        Ok(token)
    }
}

/// The language of the page whose answers a token is for, unverified: reading the answers, which
/// comes before verification, needs it, and a form may be shown in another.
pub fn language_of(text: &str) -> Option<LanguageTag> {
    Parts::split(text).map(|parts| parts.language)
}

struct Parts {
    number: u32,
    millis: i64,
    language: LanguageTag,
    lineage: Lineage,
    signature: Vec<u8>,
}

impl Parts {
    fn split(text: &str) -> Option<Self> {
        let mut parts = text.split('.');
        let split = Self {
            number: parts.next()?.parse().ok()?,
            millis: parts.next()?.parse().ok()?,
            language: LanguageTag::parse(parts.next()?).ok()?,
            lineage: Lineage::from_text(parts.next()?, parts.next()?)?,
            signature: BASE64URL_NOPAD.decode(parts.next()?.as_bytes()).ok()?,
        };
        parts.next().is_none().then_some(split)
    }
}

/// The MAC covers the answers as JSON: their fields are structs and ordered sets, so equal answers
/// give equal bytes. The page's language is one of them.
fn mac(
    key: &SecretKey,
    number: u32,
    millis: i64,
    lineage: &Lineage,
    answers: &Answers,
) -> Hmac<Sha256> {
    let mut mac = keyed(key, "token");
    mac.update(&number.to_be_bytes());
    mac.update(&millis.to_be_bytes());
    lineage.sign(&mut mac);
    // Answers are plain data, so serializing them can't fail. If it did, the empty text would only
    // make the token fit no answers at all.
    mac.update(&serde_json::to_vec(answers).unwrap_or_default());
    mac
}

/// HMAC-SHA-256 under a key, with domain separation by purpose.
pub(crate) fn keyed(key: &SecretKey, purpose: &str) -> Hmac<Sha256> {
    // HMAC zero-pads a key to its block; done here, no key length can be invalid.
    let mut block = [0; 64];
    block[..32].copy_from_slice(key.as_bytes());
    let mut mac = <Hmac<Sha256> as KeyInit>::new(&block.into());
    mac.update(purpose.as_bytes());
    mac.update(&[0]);
    mac
}
