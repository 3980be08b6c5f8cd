//! Words that found nothing, for the editors' report: what patrons call things that no topic is
//! called by yet.
//!
//! Anything may be typed into a search, names among it. So a word is kept only if it is short,
//! holds no digits and no `@`, and was asked on three different days. Until then there is nothing
//! to read: a keyed hash, the number of days, and the last of them. A day takes a bounded number
//! of new words, a month's list too, so that nobody can fill the store.

use crate::crypto::secrets::Secrets;
use crate::crypto::token::keyed;
use crate::store::{Created, Record, RecordKey, Store, StoreError, after};
use domain::{LanguageTag, find};
use hmac::Mac;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

/// On how many different days a word must be asked before anybody can read it.
const DAYS: u32 = 3;

/// Within what time: then its hash is gone.
const MARK_LIFE: SignedDuration = SignedDuration::from_hours(60 * 24);

/// How long a month's list is kept.
const LIST_LIFE: SignedDuration = SignedDuration::from_hours(400 * 24);

/// A little longer than a day: the place's own day ends first.
const PLACE_LIFE: SignedDuration = SignedDuration::from_hours(49);

/// How many new words a day takes.
const PLACES: u64 = 200;

/// How many of the day's places a word looks at.
const TRIES: u64 = 3;

/// How many words a month's list takes.
const LIST_MAX: usize = 300;

/// How many lists may be there at once.
const MONTHS: i32 = 14;

/// A word that patrons asked for and that found nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unfound {
    /// The month in which it was asked, by its first day.
    pub month: Date,
    /// The language of the page on which it was asked.
    pub language: LanguageTag,
    /// The word, or up to three: in small letters, without accents.
    pub word: String,
    /// On how many days it was asked, up to that month's last; at least three.
    pub days: u32,
}

/// The words without result that may be read, the newest month first, those asked on the most days
/// first.
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

/// Takes note of what found nothing, if it may be kept.
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
        // Before the mark: if this is cut off, the next who asks does it again.
        let month = today.first_of_month();
        let word = Unfound { month, language: language.clone(), word, days: mark.days };
        add_to_list(store, word, now).await?;
    }
    store.put_record(&Record { key, value: mark.to_text(), expires }).await
}

/// All that is known of a word that may not be read yet.
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

/// Under a key of its own, made from one that never rotates: the hash must be the same for months.
fn hash(secrets: &Secrets, parts: &[&str]) -> [u8; 32] {
    let mut mac = keyed(&secrets.id_key, "found nothing");
    for part in parts {
        mac.update(part.as_bytes());
        mac.update(&[0]);
    }
    mac.finalize().into_bytes().into()
}

/// Whether the day has a place left for a new word. Places are claimed, not counted: of writers
/// that come at once, each gets its own, and there are never more. Which places a word may take is
/// another on each day, so that none is kept out for ever.
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

/// Writes the word into its month's list, which is one record. If two do so at once, one word is
/// lost until it is asked again.
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

/// The key names a month; what serde says of a text that isn't JSON doesn't quote it.
fn unreadable(key: &RecordKey, error: &serde_json::Error) -> StoreError {
    let place = format!("line {}, column {}", error.line(), error.column());
    StoreError::Unreadable { what: key.to_string(), error: place }
}
