//! In which form an answer travels: what a browser accepts, and how it is packed.
//!
//! **What may be packed.** How long a packed answer is tells what it repeats, even through TLS. That
//! gives a secret away where three things come together: an answer that holds the secret, text in
//! it that a stranger chose, and a stranger who can make the victim's browser ask for it again and
//! again (BREACH). Here they never do, so that packing is safe:
//!
//! - Pages of the site hold no secret.
//! - The form's pages show what was typed, beside a token. A foreign page can post there, but only
//!   its own words: no cookie goes along, so that nothing of the victim's is in the answer, and the
//!   token is made anew for those words each time.
//! - A receipt holds a patron's words and shows nothing of what is asked. Who can ask for it has
//!   its address, and could just read it.
//! - Staff's pages go by a cookie. They are few and small: those aren't packed at all, so that
//!   nobody needs to think of this when one of them begins to show what was searched for.

use axum::http::{HeaderMap, HeaderValue, header};
use generator::pack;

/// A form in which an answer travels. Those that make it smaller come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Coding {
    Brotli,
    Gzip,
    Identity,
}

/// Bytes below which packing saves nothing: they go into one packet as they are.
pub(super) const LEAST: usize = 1_024;

impl Coding {
    /// For `Content-Encoding`.
    pub(super) fn header(self) -> Option<HeaderValue> {
        match self {
            Self::Brotli => Some(HeaderValue::from_static("br")),
            Self::Gzip => Some(HeaderValue::from_static("gzip")),
            Self::Identity => None,
        }
    }

    /// Bytes packed once, and sent many times: as small as takes a few milliseconds. `None` if they
    /// don't become smaller.
    pub(super) fn pack_to_keep(self, bytes: &[u8]) -> Option<Vec<u8>> {
        self.pack(bytes, 5, 6)
    }

    /// Bytes packed once, and sent many times, in whatever time it takes.
    pub(super) fn pack_smallest(self, bytes: &[u8]) -> Option<Vec<u8>> {
        self.pack(bytes, 10, 9)
    }

    /// Bytes packed to be sent once: in less time than it took to make them.
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
        // Into memory nothing fails.
        packed.ok().filter(|packed| packed.len() < bytes.len())
    }
}

/// What a browser accepts, in thousandths: 0 is "not at all".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Accepted {
    brotli: u16,
    gzip: u16,
    identity: u16,
}

impl Accepted {
    /// By the headers of a request. Who says nothing gets the bytes as they are.
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
        // Unless it is refused it is the last resort.
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

    /// Whether an answer may travel like this.
    pub(super) fn allows(self, coding: Coding) -> bool {
        self.weight(coding) > 0
    }

    /// What is accepted, the best first; of what is equally good, the smallest. Where everything is
    /// refused, bytes as they are: they can be read, and a refusal can't.
    pub(super) fn best_first(self) -> Vec<Coding> {
        let mut all = vec![Coding::Brotli, Coding::Gzip, Coding::Identity];
        all.retain(|coding| self.allows(*coding));
        all.sort_by_key(|coding| (std::cmp::Reverse(self.weight(*coding)), *coding));
        if all.is_empty() { vec![Coding::Identity] } else { all }
    }
}

/// A weight of 1.
const MOST: u16 = 1_000;

/// `q=0.5`, in thousandths. What can't be read asks for nothing.
fn quality(parameter: &str) -> Option<u16> {
    let (name, value) = parameter.split_once('=')?;
    if !name.trim().eq_ignore_ascii_case("q") {
        return None;
    }
    let weight = value.trim().parse::<f32>().ok().filter(|weight| (0.0..=1.0).contains(weight));
    // Within bounds, and cut off on purpose.
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
