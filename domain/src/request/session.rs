//! Sessions, and the times that are offered for them.

use super::EventId;
use crate::WayToMeet;
use crate::text::Text;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::fmt;
use thiserror::Error;

/// The longest description of a place, in characters.
pub const PLACE_MAX: usize = 200;

/// How many minutes a session takes: 5 to 240.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u16", into = "u16")]
pub struct Minutes(u16);

/// A number of minutes that no session takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a session takes 5 to 240 minutes, not {0}")]
pub struct MinutesError(u16);

impl Minutes {
    /// Takes a number of minutes.
    pub fn new(minutes: u16) -> Result<Self, MinutesError> {
        if (5..=240).contains(&minutes) { Ok(Self(minutes)) } else { Err(MinutesError(minutes)) }
    }

    /// The number.
    pub fn get(self) -> u16 {
        self.0
    }
}

impl TryFrom<u16> for Minutes {
    type Error = MinutesError;
    fn try_from(minutes: u16) -> Result<Self, MinutesError> {
        Self::new(minutes)
    }
}

impl From<Minutes> for u16 {
    fn from(minutes: Minutes) -> u16 {
        minutes.0
    }
}

/// A web address for a patron to open: `https`, a host, at most 2,000 printable ASCII characters
/// and nothing that could end an attribute or a line. The form that takes it checks its host.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct WebLink(String);

/// A text that is no such address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a link begins with https:// and a host, and has no spaces")]
pub struct WebLinkError;

impl WebLink {
    /// Reads an address.
    pub fn parse(text: &str) -> Result<Self, WebLinkError> {
        let text = text.trim();
        let printable = text.bytes().all(|byte| byte.is_ascii_graphic());
        let plain = !text.contains(['"', '<', '>', '\\', '`']);
        let link = Self(text.to_owned());
        // A name before an `@` can look like a host that it isn't.
        let host = link.host().filter(|host| {
            host.split('.').all(|part| !part.is_empty())
                && host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-'))
        });
        if printable && plain && text.len() <= 2_000 && host.is_some() {
            Ok(link)
        } else {
            Err(WebLinkError)
        }
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The host that it leads to, without a port.
    pub fn host(&self) -> Option<&str> {
        let rest = self.0.strip_prefix("https://")?;
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let (host, port) = authority.split_once(':').unwrap_or((authority, "443"));
        let is_port = !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
        (is_port && !host.is_empty()).then_some(host)
    }
}

impl fmt::Display for WebLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for WebLink {
    type Error = WebLinkError;
    fn try_from(text: String) -> Result<Self, WebLinkError> {
        Self::parse(&text)
    }
}

impl From<WebLink> for String {
    fn from(link: WebLink) -> String {
        link.0
    }
}

/// A session: when, how, for how long, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// When it begins.
    pub at: Timestamp,
    /// How patron and librarian meet.
    pub way: WayToMeet,
    /// How long it takes.
    pub minutes: Minutes,
    /// Where, if the way alone doesn't say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub venue: Option<Venue>,
}

/// Where a session is held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Venue {
    /// In a video call behind this link.
    Link(WebLink),
    /// At this place: "at the reference desk".
    Place(Text<PLACE_MAX>),
}

impl Session {
    /// When it ends.
    pub fn until(&self) -> Timestamp {
        let length = SignedDuration::from_mins(i64::from(self.minutes.get()));
        self.at.checked_add(length).unwrap_or(Timestamp::MAX)
    }
}

/// Whether the patron has agreed to a time that staff set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Agreement {
    /// They have, on the phone or in writing.
    Agreed,
    /// Not yet: staff set it because of what the patron had written.
    Proposed,
}

/// One to four times that are offered at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Session>", into = "Vec<Session>")]
pub struct Offers(Vec<Session>);

/// Fewer than one time, more than four, or two that overlap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("one to four times can be offered, none within another")]
pub struct OffersError;

impl Offers {
    /// The most times that can be offered at once.
    pub const MAX: usize = 4;

    /// Takes times in the order in which they are shown.
    pub fn new(times: Vec<Session>) -> Result<Self, OffersError> {
        let overlap = times.iter().enumerate().any(|(n, time)| {
            times.iter().take(n).any(|other| time.at < other.until() && other.at < time.until())
        });
        let fits = (1..=Self::MAX).contains(&times.len()) && !overlap;
        if fits { Ok(Self(times)) } else { Err(OffersError) }
    }

    /// The times.
    pub fn times(&self) -> &[Session] {
        &self.0
    }
}

impl TryFrom<Vec<Session>> for Offers {
    type Error = OffersError;
    fn try_from(times: Vec<Session>) -> Result<Self, OffersError> {
        Self::new(times)
    }
}

impl From<Offers> for Vec<Session> {
    fn from(offers: Offers) -> Vec<Session> {
        offers.0
    }
}

/// One of the offered times: the event that offered it, and its index from 0. So a page opened
/// before other times were offered can't pick the wrong one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferId {
    /// The event that offered it.
    pub offered: EventId,
    /// Its index among the times of that event, from 0.
    pub place: u8,
}
