//! Content coding: what a browser accepts, and how a response is compressed.
//!
//! **What may be compressed.** The length of a compressed response reveals repetitions in it, even
//! through TLS. That leaks a secret where three things come together: a response that holds the
//! secret, text in it that an attacker chose, and an attacker who can make the victim's browser
//! request it again and again (BREACH). Here they never do, so compression is safe:
//!
//! - Pages of the site hold no secret.
//! - The form's pages show what was typed, beside a token. A foreign page can post there, but only
//!   its own text: no cookie is sent, so the response holds nothing of the victim's, and the token
//!   is made anew for that text each time.
//! - A receipt holds a patron's words and nothing from the query. Anybody who can request it has
//!   its address, and could simply read it.
//! - Staff pages rely on a cookie. They are few and small, and never compressed, so that nobody
//!   needs to think of this when one of them begins to show a search term.

use axum::http::{HeaderMap, HeaderValue, header};
use generator::pack;

/// A content coding, the smallest result first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Coding {
    Brotli,
    Gzip,
    Identity,
}

/// Below this many bytes compression saves nothing: they fit into one packet.
pub(super) const LEAST: usize = 1_024;

impl Coding {
    /// The value of `Content-Encoding`.
    pub(super) fn header(self) -> Option<HeaderValue> {
        match self {
            Self::Brotli => Some(HeaderValue::from_static("br")),
            Self::Gzip => Some(HeaderValue::from_static("gzip")),
            Self::Identity => None,
        }
    }

    /// Compresses what is sent many times, as far as a few milliseconds allow. `None` if it
    /// doesn't get smaller.
    pub(super) fn pack_to_keep(self, bytes: &[u8]) -> Option<Vec<u8>> {
        self.pack(bytes, 5, 6)
    }

    /// Compresses what is sent many times as far as possible, however long it takes.
    pub(super) fn pack_smallest(self, bytes: &[u8]) -> Option<Vec<u8>> {
        self.pack(bytes, 10, 9)
    }

    /// Compresses what is sent once, in less time than it took to make.
    pub(super) fn pack_to_send(self, bytes: &[u8]) -> Option<Vec<u8>> {
        self.pack(bytes, 1, 1)
    }

    fn pack(self, bytes: &[u8], brotli: i32, gzip: u32) -> Option<Vec<u8>> {
        if bytes.len() < LEAST {
            return None;
        }
        let packed = match self {
            Self::Brotli => pack::brotli(bytes, brotli),
            Self::Gzip => pack::gzip(bytes, gzip),
            Self::Identity => return None,
        };
        // Writing into memory doesn't fail.
        packed.ok().filter(|packed| packed.len() < bytes.len())
    }
}

/// What a browser accepts, as weights in thousandths: 0 is "not at all".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Accepted {
    brotli: u16,
    gzip: u16,
    identity: u16,
}

impl Accepted {
    /// From the headers of a request. Without any, the bytes are sent as they are.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let mut said = [None; 3];
        let mut all_else = None;
        let lines = headers.get_all(header::ACCEPT_ENCODING).iter();
        for element in lines.filter_map(|line| line.to_str().ok()).flat_map(|line| line.split(','))
        {
            let mut parts = element.split(';').map(str::trim);
            let name = parts.next().unwrap_or_default().to_ascii_lowercase();
            let weight = parts.find_map(quality).unwrap_or(MOST);
            match &*name {
                "br" => said[0] = Some(weight),
                "gzip" | "x-gzip" => said[1] = Some(weight),
                "identity" => said[2] = Some(weight),
                "*" => all_else = Some(weight),
                _ => {}
            }
        }
        let packed = |said: Option<u16>| said.or(all_else).unwrap_or(0);
        // Unless refused, identity is the last resort.
        let plain = said[2].or(all_else.filter(|weight| *weight == 0)).unwrap_or(1);
        Self { brotli: packed(said[0]), gzip: packed(said[1]), identity: plain }
    }

    fn weight(self, coding: Coding) -> u16 {
        match coding {
            Coding::Brotli => self.brotli,
            Coding::Gzip => self.gzip,
            Coding::Identity => self.identity,
        }
    }

    /// Whether a response may use this coding.
    pub(super) fn allows(self, coding: Coding) -> bool {
        self.weight(coding) > 0
    }

    /// The accepted codings, the preferred first; at equal weight, the smallest. If all are
    /// refused, identity: it can be read, unlike a refusal.
    pub(super) fn best_first(self) -> Vec<Coding> {
        let mut all = vec![Coding::Brotli, Coding::Gzip, Coding::Identity];
        all.retain(|coding| self.allows(*coding));
        all.sort_by_key(|coding| (std::cmp::Reverse(self.weight(*coding)), *coding));
        if all.is_empty() { vec![Coding::Identity] } else { all }
    }
}

/// A weight of 1.
const MOST: u16 = 1_000;

/// `q=0.5`, in thousandths. An unreadable weight counts as 0.
fn quality(parameter: &str) -> Option<u16> {
    let (name, value) = parameter.split_once('=')?;
    if !name.trim().eq_ignore_ascii_case("q") {
        return None;
    }
    let weight = value.trim().parse::<f32>().ok().filter(|weight| (0.0..=1.0).contains(weight));
    // In range, and truncation is intended.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 1,000")]
    Some(weight.map_or(0, |weight| (weight * f32::from(MOST)).ceil() as u16))
}

#[cfg(test)]
mod tests {
    use super::*;
    use Coding::{Brotli, Gzip, Identity};

    fn check(said: &[&'static str], expected: &[Coding]) {
        let mut headers = HeaderMap::new();
        for line in said {
            headers.append(header::ACCEPT_ENCODING, HeaderValue::from_static(line));
        }
        assert_eq!(Accepted::of(&headers).best_first(), expected, "{said:?}");
    }

    #[test]
    fn a_browser_gets_what_it_accepts() {
        check(&[], &[Identity]);
        check(&[""], &[Identity]);
        check(&["gzip, deflate, br, zstd"], &[Brotli, Gzip, Identity]);
        check(&["gzip", "br"], &[Brotli, Gzip, Identity]);
        check(&["GZip"], &[Gzip, Identity]);
        check(&["br;q=0.5, gzip;q=0.8"], &[Gzip, Brotli, Identity]);
        check(&["br ; q=0.5 ,gzip; Q=0.500"], &[Brotli, Gzip, Identity]);
        check(&["zstd, x-gzip;level=9;q=0.1"], &[Gzip, Identity]);
        check(&["identity"], &[Identity]);
        check(&["identity;q=1, gzip;q=0.5"], &[Identity, Gzip]);
    }

    #[test]
    fn nothing_travels_as_was_refused() {
        check(&["br;q=0, gzip"], &[Gzip, Identity]);
        check(&["gzip;q=0"], &[Identity]);
        check(&["gzip;q=0.000, *"], &[Brotli, Identity]);
        check(&["*"], &[Brotli, Gzip, Identity]);
        check(&["*;q=0.5, br;q=0.2"], &[Gzip, Brotli, Identity]);
        check(&["gzip, identity;q=0"], &[Gzip]);
        check(&["gzip, *;q=0"], &[Gzip]);
        check(&["identity;q=0.5, *;q=0"], &[Identity]);
        check(&["gzip;q=much, br;q=2, identity;q=0"], &[Identity]);
        check(&["*;q=0"], &[Identity]);
    }
}
