//! The token of a check page: proof that these answers were shown to this patron at this time, and
//! the nonce that makes a form sent twice one request.

use crate::case::NonceHash;
use crate::secrets::{KeyRing, SecretKey};
use data_encoding::BASE64URL_NOPAD;
use domain::Answers;
use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};
use std::fmt;
use thiserror::Error;

/// How long a token can be sent.
const LIFE: SignedDuration = SignedDuration::from_hours(24);

/// How far ahead of ours the clock may be that issued it: several functions share the keys.
const SKEW: SignedDuration = SignedDuration::from_mins(5);

/// 128 random bits that a form carries from its first check to its last. Whoever has them can
/// change the answers, so debug output hides them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Nonce([u8; 16]);

impl Nonce {
    /// A new one. Fails only where the system has no random numbers to give.
    pub fn random() -> Result<Self, getrandom::Error> {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes)?;
        Ok(Self(bytes))
    }

    /// Reads the text of a hidden field.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).ok()?;
        bytes.try_into().ok().map(Self)
    }

    /// The text of a hidden field.
    pub fn to_text(self) -> String {
        BASE64URL_NOPAD.encode(&self.0)
    }

    /// What the case keeps of it.
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

/// A token that was verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// The form's nonce.
    pub nonce: Nonce,
    /// When the answers were shown to be checked, to the millisecond.
    pub at: Timestamp,
}

/// Why a token doesn't stand for its answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum TokenProblem {
    /// Missing, cut, made for other answers or with a key that is gone.
    #[error("the token doesn't fit the answers")]
    Altered,
    /// Older than a day.
    #[error("the token is older than a day")]
    Expired,
}

/// Makes the token of a check page.
pub fn issue(keys: &KeyRing, answers: &Answers, nonce: Nonce, now: Timestamp) -> String {
    let (number, key) = keys.current();
    let millis = now.as_millisecond();
    let mac = mac(key, number, millis, nonce, answers).finalize().into_bytes();
    format!("{number}.{millis}.{}.{}", nonce.to_text(), BASE64URL_NOPAD.encode(&mac))
}

/// Verifies that a token was issued for these answers, within the last day.
pub fn verify(
    keys: &KeyRing,
    text: &str,
    answers: &Answers,
    now: Timestamp,
) -> Result<Token, TokenProblem> {
    let (number, millis, nonce, given) = split(text).ok_or(TokenProblem::Altered)?;
    let key = keys.get(number).ok_or(TokenProblem::Altered)?;
    mac(key, number, millis, nonce, answers)
        .verify_slice(&given)
        .map_err(|_| TokenProblem::Altered)?;
    let at = Timestamp::from_millisecond(millis).map_err(|_| TokenProblem::Altered)?;
    let age = now.duration_since(at);
    if age > LIFE {
        Err(TokenProblem::Expired)
    } else if age < -SKEW {
        Err(TokenProblem::Altered)
    } else {
        Ok(Token { nonce, at })
    }
}

/// The nonce in a token, unverified: a fresh token for the same form carries it on.
pub fn nonce_of(text: &str) -> Option<Nonce> {
    split(text).map(|(_, _, nonce, _)| nonce)
}

fn split(text: &str) -> Option<(u32, i64, Nonce, Vec<u8>)> {
    let mut parts = text.split('.');
    let number = parts.next()?.parse().ok()?;
    let millis = parts.next()?.parse().ok()?;
    let nonce = Nonce::parse(parts.next()?)?;
    let mac = BASE64URL_NOPAD.decode(parts.next()?.as_bytes()).ok()?;
    parts.next().is_none().then_some((number, millis, nonce, mac))
}

/// The answers go in as JSON: their fields are structs and ordered sets, so equal answers give
/// equal bytes.
fn mac(key: &SecretKey, number: u32, millis: i64, nonce: Nonce, answers: &Answers) -> Hmac<Sha256> {
    let mut mac = keyed(key, "token");
    mac.update(&number.to_be_bytes());
    mac.update(&millis.to_be_bytes());
    mac.update(nonce.as_bytes());
    // Answers are plain data: turning them into JSON has no way to fail. Were it to, the empty
    // text would only make the token fit no answers at all.
    mac.update(&serde_json::to_vec(answers).unwrap_or_default());
    mac
}

/// HMAC-SHA-256 under a key, for one purpose: what is made for another never fits.
pub(crate) fn keyed(key: &SecretKey, purpose: &str) -> Hmac<Sha256> {
    // HMAC fills a key up to its block with zeros; done here, no length can be wrong.
    let mut block = [0; 64];
    block[..32].copy_from_slice(key.as_bytes());
    let mut mac = <Hmac<Sha256> as KeyInit>::new(&block.into());
    mac.update(purpose.as_bytes());
    mac.update(&[0]);
    mac
}
