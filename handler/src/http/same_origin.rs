//! Whether a form was posted from one of our own pages. A foreign page can make a browser post
//! anything, but can't fake where it comes from.

use super::Desk;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, header};
use std::convert::Infallible;
use thiserror::Error;
use url::Url;

/// How browsers since 2020 to 2023 report where a request comes from.
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The site's origin, as browsers name it: `https://help.example`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin(String);

/// An address that isn't an origin.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("\"{0}\" is no address of a site; write it like https://help.library.example")]
pub struct OriginError(String);

impl Origin {
    /// The origin of the site's base URL. Never from a `Host` header, which the client writes.
    pub fn of(base_url: &str) -> Result<Self, OriginError> {
        let url = Url::parse(base_url).ok().filter(|url| url.origin().is_tuple());
        let url = url.ok_or_else(|| OriginError(base_url.to_owned()))?;
        Ok(Self(url.origin().ascii_serialization()))
    }
}

/// Where a form was posted from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PostedFrom {
    /// One of our own pages.
    OurPage,
    /// Another site's page, or unknown.
    Elsewhere,
}

impl PostedFrom {
    /// The newest header present of the three decides. `Origin` may be absent in browsers before
    /// 2020; `Referer` is the fallback that they all send.
    fn of(headers: &HeaderMap, ours: &Origin) -> Self {
        let is_ours = if headers.contains_key(SEC_FETCH_SITE) {
            only(headers, SEC_FETCH_SITE) == Some("same-origin")
        } else if headers.contains_key(header::ORIGIN) {
            only(headers, header::ORIGIN) == Some(&ours.0)
        } else {
            let page = only(headers, header::REFERER).map(Origin::of);
            page.is_some_and(|page| page.as_ref() == Ok(ours))
        };
        if is_ours { Self::OurPage } else { Self::Elsewhere }
    }
}

/// The value of a header that occurs once.
fn only(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok();
    value.filter(|_| values.next().is_none())
}

impl FromRequestParts<Desk> for PostedFrom {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, desk: &Desk) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.headers, &desk.origin))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(base_url: &str, headers: &[(HeaderName, &'static str)], expected: PostedFrom) {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(name, axum::http::HeaderValue::from_static(value));
        }
        let ours = Origin::of(base_url).unwrap();
        assert_eq!(PostedFrom::of(&map, &ours), expected, "{base_url}: {headers:?}");
    }

    const BASE: &str = "https://help.library.example";

    #[test]
    fn the_newest_header_decides() {
        use PostedFrom::{Elsewhere, OurPage};
        let fetch = |value| (SEC_FETCH_SITE, value);
        let origin = |value| (header::ORIGIN, value);
        let referer = |value| (header::REFERER, value);
        check(BASE, &[fetch("same-origin")], OurPage);
        check(BASE, &[fetch("same-origin"), origin("null")], OurPage);
        for other in ["same-site", "cross-site", "none", "", "Same-Origin"] {
            check(BASE, &[fetch(other), origin(BASE), referer(BASE)], Elsewhere);
        }
        check(BASE, &[fetch("same-origin"), fetch("same-origin")], Elsewhere);
        check(BASE, &[origin(BASE)], OurPage);
        for other in ["null", "", "https://evil.example", "http://help.library.example"] {
            check(BASE, &[origin(other), referer("https://help.library.example/")], Elsewhere);
        }
        check(BASE, &[referer("https://help.library.example/desk/en/check")], OurPage);
        for other in [
            "https://help.library.example.evil.example/",
            "https://help.library.example@evil.example/",
            "https://help.library.example:8443/",
            "/desk/en/check",
            "",
        ] {
            check(BASE, &[referer(other)], Elsewhere);
        }
        check(BASE, &[], Elsewhere);
    }

    #[test]
    fn a_base_url_is_read_as_browsers_name_it() {
        for (base_url, named) in [
            ("https://Help.Library.example:443", "https://help.library.example"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("http://[::1]:8080/", "http://[::1]:8080"),
            ("https://thư-viện.example", "https://xn--th-vin-4zb3960d.example"),
        ] {
            let named = Origin(named.to_owned());
            assert_eq!(Origin::of(base_url), Ok(named), "{base_url}");
        }
        for none in ["help.library.example", "data:text/html,x", ""] {
            assert_eq!(Origin::of(none), Err(OriginError(none.to_owned())));
        }
    }
}
