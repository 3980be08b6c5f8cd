//! The reference: nine digits that can be said on the phone in any language.

use crate::typed;
use serde::{Deserialize, Serialize};
use std::fmt;
use thiserror::Error;

/// A case's number: eight digits and a check digit (Damm), in groups of three: `482 913 057`.
/// The Damm algorithm detects every single wrong digit and every swap of neighbors.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Reference(u32);

/// Why a text is no reference.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ReferenceError {
    /// Other than nine digits.
    #[error("a reference has nine digits; this has {0}")]
    NotNineDigits(usize),
    /// A character that is neither digit, space nor hyphen.
    #[error("a reference has digits only")]
    NotDigits,
    /// The check digit doesn't fit: misheard or mistyped.
    #[error("one of the digits is wrong, or two are swapped")]
    WrongCheckDigit,
}

/// Damm's quasigroup of order ten (H. Michael Damm, 2004).
const DAMM: [[u8; 10]; 10] = [
    [0, 3, 1, 7, 5, 9, 8, 6, 4, 2],
    [7, 0, 9, 2, 1, 5, 4, 8, 6, 3],
    [4, 2, 0, 6, 8, 7, 1, 3, 5, 9],
    [1, 7, 5, 0, 9, 8, 3, 4, 2, 6],
    [6, 1, 2, 3, 0, 4, 5, 9, 7, 8],
    [3, 6, 7, 4, 2, 0, 9, 5, 8, 1],
    [5, 8, 6, 9, 7, 2, 0, 1, 3, 4],
    [8, 9, 4, 5, 3, 6, 2, 0, 1, 7],
    [9, 4, 3, 8, 6, 1, 7, 2, 0, 5],
    [2, 5, 8, 1, 4, 3, 6, 7, 9, 0],
];

fn damm(digits: impl IntoIterator<Item = u8>) -> u8 {
    digits.into_iter().fold(0, |row, digit| DAMM[usize::from(row)][usize::from(digit)])
}

impl Reference {
    /// How many different references there are.
    pub const COUNT: u32 = 100_000_000;

    /// The reference for a number below [`Self::COUNT`] (larger ones wrap round), with its check digit.
    pub fn from_number(number: u32) -> Self {
        let number = number % Self::COUNT;
        let digits = format!("{number:08}");
        Self(number * 10 + u32::from(damm(digits.bytes().map(|b| b - b'0'))))
    }

    /// Reads what a person typed: spaces, hyphens, digits of other scripts and invisible characters
    /// are accepted.
    pub fn parse(text: &str) -> Result<Self, ReferenceError> {
        let mut digits = Vec::with_capacity(9);
        for c in typed::plain(text).chars() {
            match typed::digit(c) {
                Some(value) => digits.push(value),
                None if c.is_whitespace() || typed::is_dash(c) => {}
                None => return Err(ReferenceError::NotDigits),
            }
        }
        if digits.len() != 9 {
            return Err(ReferenceError::NotNineDigits(digits.len()));
        }
        if damm(digits.iter().copied()) != 0 {
            return Err(ReferenceError::WrongCheckDigit);
        }
        Ok(Self(digits.iter().fold(0, |number, digit| number * 10 + u32::from(*digit))))
    }

    /// Nine digits without spaces, for addresses and keys.
    pub fn compact(self) -> String {
        format!("{:09}", self.0)
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.compact();
        write!(f, "{} {} {}", &digits[0..3], &digits[3..6], &digits[6..9])
    }
}

impl fmt::Debug for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reference({self})")
    }
}

impl TryFrom<String> for Reference {
    type Error = ReferenceError;
    fn try_from(text: String) -> Result<Self, ReferenceError> {
        Self::parse(&text)
    }
}

impl From<Reference> for String {
    fn from(reference: Reference) -> String {
        reference.compact()
    }
}
