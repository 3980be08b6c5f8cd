//! Pages for this machine alone, under `/dev/`. They show mail, so a request must come from here,
//! ask for this machine by name, and have passed no proxy. For all other requests they don't
//! exist.

use super::site::Pages;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderValue, Version, header};
use axum::middleware::Next;
use axum::response::Response;
use std::net::{IpAddr, SocketAddr};

/// Headers by which proxies, load balancers and CDNs name the original client. Those with a prefix
/// of [`PROXIES_BEGIN`] needn't be listed.
const PROXIES: [&str; 16] = [
    "client-ip",
    "do-connecting-ip",
    "fly-client-ip",
    "forwarded",
    "front-end-https",
    "incap-client-ip",
    "proxy-client-ip",
    "remote-addr",
    "true-client-ip",
    "via",
    "wl-proxy-client-ip",
    "x-client-ip",
    "x-cluster-client-ip",
    "x-host",
    "x-original-host",
    "x-real-ip",
];

const PROXIES_BEGIN: [&str; 14] = [
    "ali-cdn-",
    "cdn-",
    "cf-",
    "cloudfront-",
    "fastly-",
    "x-amz",
    "x-appengine-",
    "x-arr-",
    "x-azure-",
    "x-envoy-",
    "x-forwarded",
    "x-nf-",
    "x-original-forwarded",
    "x-proxy",
];

/// Lets requests from this machine through; others get the not-found
/// page.
pub(super) async fn only(State(pages): State<Pages>, request: Request, next: Next) -> Response {
    if is_from_here(&request) {
        next.run(request).await
    } else {
        pages.not_found(request.headers()).await
    }
}

fn is_from_here(request: &Request) -> bool {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let authority = request.uri().authority().map(Authority::as_str);
    let from = [header::ORIGIN, header::REFERER];
    let mut from = from.iter().flat_map(|name| request.headers().get_all(name));
    peer.is_some_and(|ConnectInfo(peer)| is_loopback(peer.ip()))
        // A foreign page that resolves its own name to this machine (DNS rebinding) is requested
        // under that name, and can't change it.
        && names_this_machine(request.headers())
        && authority.is_none_or(is_loopback_authority)
        && from.all(is_url_of_this_machine)
        && !was_forwarded(request.headers())
        // Browsers no longer speak HTTP/1.0; proxies that add no header do.
        && request.version() >= Version::HTTP_11
}

/// Exactly one `Host`, and it is this machine.
fn names_this_machine(headers: &HeaderMap) -> bool {
    let mut hosts = headers.get_all(header::HOST).iter();
    let (host, other) = (hosts.next(), hosts.next());
    other.is_none() && host.and_then(|host| host.to_str().ok()).is_some_and(is_loopback_authority)
}

fn is_url_of_this_machine(url: &HeaderValue) -> bool {
    url.to_str().is_ok_and(is_loopback_url)
}

fn was_forwarded(headers: &HeaderMap) -> bool {
    headers.keys().any(|name| {
        let name = name.as_str();
        PROXIES.contains(&name) || PROXIES_BEGIN.iter().any(|begin| name.starts_with(begin))
    })
}

/// Whether an address with its scheme, like `http://127.0.0.1:8080`, leads to this machine.
pub(super) fn is_loopback_url(url: &str) -> bool {
    let rest = url.strip_prefix("http://").or_else(|| url.strip_prefix("https://"));
    let authority = rest.and_then(|rest| rest.split(['/', '?', '#']).next());
    authority.is_some_and(is_loopback_authority)
}

/// Whether a host with or without a port is this machine: by an address, or by the one name that
/// is never resolved by DNS.
fn is_loopback_authority(text: &str) -> bool {
    let Ok(authority) = text.parse::<Authority>() else { return false };
    let host = authority.host();
    // Nothing may be around them: parsers differ in how they read it.
    let port = text.strip_prefix(host).map(|rest| rest.strip_prefix(':').unwrap_or(rest));
    if !port.is_some_and(|port| port.bytes().all(|byte| byte.is_ascii_digit())) {
        return false;
    }
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    host.eq_ignore_ascii_case("localhost") || bare.parse::<IpAddr>().is_ok_and(is_loopback)
}

/// Whether an address belongs to this machine alone.
pub(super) fn is_loopback(address: IpAddr) -> bool {
    address.to_canonical().is_loopback()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_has_few_names() {
        for here in [
            "localhost",
            "LocalHost:8080",
            "127.0.0.1",
            "127.0.0.1:80",
            "127.8.9.10:8080",
            "[::1]",
            "[::1]:8080",
            "[::ffff:127.0.0.1]:8080",
        ] {
            assert!(is_loopback_authority(here), "{here}");
        }
        for elsewhere in [
            "",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "evil.example:8080",
            "0.0.0.0",
            "127.1",
            "2130706433",
            "localhost@evil.example",
            "127.0.0.1:80@evil.example",
            "::1",
            "[::2]",
            "192.168.0.1:8080",
            "localhost:80,evil.example",
            "localhost/",
            "[::]",
        ] {
            assert!(!is_loopback_authority(elsewhere), "{elsewhere}");
        }
        assert!(is_loopback_url("http://127.0.0.1:8080/dev/outbox"));
        for elsewhere in ["http://localhost:80@evil.example", "null", "//localhost", "localhost"] {
            assert!(!is_loopback_url(elsewhere), "{elsewhere}");
        }
    }
}
