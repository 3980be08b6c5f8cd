//! Searches that found nothing, for the editors' report: what patrons call things by names that no
//! topic has yet.
//!
//! Anything may be typed into a search, names included. So a word is kept only if it is short,
//! holds no digits and no `@`, and was searched on three different days. Until then only a keyed
//! hash, the number of days and the last of them are stored. The new words of a day and the list of
//! a month are limited, so that nobody can fill the store.

use crate::crypto::secrets::Secrets;
use crate::crypto::token::keyed;
use crate::store::{Created, Record, RecordKey, Store, StoreError, after};
use domain::{LanguageTag, find};
use hmac::Mac;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

/// On how many different days a word must be searched before anybody can read it.
const DAYS: u32 = 3;

/// Within which time; then its hash is deleted.
const MARK_LIFE: SignedDuration = SignedDuration::from_hours(60 * 24);

/// How long a month's list is kept.
const LIST_LIFE: SignedDuration = SignedDuration::from_hours(400 * 24);

/// A little longer than a day: the place's own day ends first.
const PLACE_LIFE: SignedDuration = SignedDuration::from_hours(49);

/// How many new words a day takes.
const PLACES: u64 = 200;

/// How many of the day's places are tried for a word.
const TRIES: u64 = 3;

/// How many words a month's list takes.
const LIST_MAX: usize = 300;

/// How many months' lists may exist at once.
const MONTHS: i32 = 14;

/// A word that patrons searched without a result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unfound {
    /// The month in which it was searched, by its first day.
    pub month: Date,
    /// The language of the page on which it was searched.
    pub language: LanguageTag,
    /// One to three words, in lower case without accents.
    pub word: String,
    /// On how many days it was searched, up to the end of that month; at least three.
    pub days: u32,
}

/// The words without result that may be read: newest month first, then those searched on the most
/// days.
pub async fn words_without_result(
    store: &dyn Store,
    today: Date,
    now: Timestamp,
) -> Result<Vec<Unfound>, StoreError> {
    let months = (0..MONTHS)
        .map(|ago| RecordKey::unfound_list(today.first_of_month().saturating_sub(ago.months())));
    let records = store.records(&months.collect::<Vec<_>>(), now).await?;
    let mut words = Vec::new();
    for record in &records {
        words.extend(read_list(record)?);
    }
    words.sort_by(|a, b| (b.month, b.days, &a.word).cmp(&(a.month, a.days, &b.word)));
    Ok(words)
}

/// Records a search without result, if it may be kept.
pub(crate) async fn note(
    store: &dyn Store,
    secrets: &Secrets,
    language: &LanguageTag,
    asked: &str,
    today: Date,
    now: Timestamp,
) -> Result<(), StoreError> {
    let Some(word) = find::candidate(asked) else {
        return Ok(());
    };
    let hash = hash(secrets, &[language.as_str(), &word]);
    let key = RecordKey::unfound(&hash);
    let record = store.records(std::slice::from_ref(&key), now).await?.pop();
    let mark = record.as_ref().and_then(|record| Mark::parse(&record.value));
    let (mark, expires) = match (mark, record) {
        (Some(mark), _) if mark.last == today => return Ok(()),
        (Some(mark), Some(record)) => {
            (Mark { days: mark.days.saturating_add(1), last: today }, record.expires)
        }
        _ => {
            if !has_place(store, secrets, &key, today, now).await? {
                return Ok(());
            }
            (Mark { days: 1, last: today }, after(now, MARK_LIFE))
        }
    };
    if DAYS <= mark.days {
        // Before the mark: if this is interrupted, the next search repeats it.
        let month = today.first_of_month();
        let word = Unfound { month, language: language.clone(), word, days: mark.days };
        add_to_list(store, word, now).await?;
    }
    store.put_record(&Record { key, value: mark.to_text(), expires }).await
}

/// What is stored of a word that may not be read yet.
struct Mark {
    days: u32,
    last: Date,
}

impl Mark {
    fn parse(text: &str) -> Option<Self> {
        let (days, last) = text.split_once(' ')?;
        Some(Self { days: days.parse().ok()?, last: last.parse().ok()? })
    }

    fn to_text(&self) -> String {
        format!("{} {}", self.days, self.last)
    }
}

/// Under a separate key, derived from one that never rotates: hashes must last for months.
fn hash(secrets: &Secrets, parts: &[&str]) -> [u8; 32] {
    let mut mac = keyed(&secrets.id_key, "found nothing");
    for part in parts {
        mac.update(part.as_bytes());
        mac.update(&[0]);
    }
    mac.finalize().into_bytes().into()
}

/// Whether the day has a place left for a new word. Places are claimed rather than counted, so that
/// concurrent writers can't exceed the limit. The places that a word may claim differ by day, so
/// that no word is shut out for ever.
async fn has_place(
    store: &dyn Store,
    secrets: &Secrets,
    mark: &RecordKey,
    today: Date,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let hash = hash(secrets, &[mark.as_str(), &today.to_string()]);
    let start = hash.iter().take(4).fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    for place in (start..start + TRIES).map(|place| place % PLACES) {
        let claim = Record {
            key: RecordKey::unfound_place(today, place),
            value: String::new(),
            expires: after(now, PLACE_LIFE),
        };
        if store.claim_record(&claim, now).await? == Created::Created {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Writes the word into its month's list, which is a single record. If two writes race, one word is
/// lost until it is searched again.
async fn add_to_list(store: &dyn Store, word: Unfound, now: Timestamp) -> Result<(), StoreError> {
    let key = RecordKey::unfound_list(word.month);
    let there = store.records(std::slice::from_ref(&key), now).await?;
    let mut words = there.first().map(read_list).transpose()?.unwrap_or_default();
    let same = |other: &Unfound| other.language == word.language && other.word == word.word;
    if let Some(other) = words.iter_mut().find(|other| same(other)) {
        other.days = other.days.max(word.days);
    } else if words.len() < LIST_MAX {
        words.push(word);
    } else {
        return Ok(());
    }
    let value = serde_json::to_string(&words).map_err(|error| unreadable(&key, &error))?;
    store.put_record(&Record { key, value, expires: after(now, LIST_LIFE) }).await
}

fn read_list(record: &Record) -> Result<Vec<Unfound>, StoreError> {
    serde_json::from_str(&record.value).map_err(|error| unreadable(&record.key, &error))
}

/// The key names only a month, and serde doesn't quote a text that isn't JSON.
fn unreadable(key: &RecordKey, error: &serde_json::Error) -> StoreError {
    let place = format!("line {}, column {}", error.line(), error.column());
    StoreError::Unreadable { what: key.to_string(), error: place }
}
