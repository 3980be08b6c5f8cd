//! Pages as browsers keep them: tags, "you have it already", and packed forms.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use std::fs;
use std::io::Read;
use std::path::Path;
use support::socket::{Raw, get, request};
use support::{Server, copy};

/// An address of each kind: a page, a feed, an asset.
fn addresses(server: &Server) -> Vec<String> {
    let home = server.get("/").body;
    let css = home.split("<link rel=\"stylesheet\" href=\"").nth(1).unwrap();
    let css = css.split('"').next().unwrap().to_owned();
    vec!["/".to_owned(), "/vi/topics/genealogy/".to_owned(), "/vi/feed.xml".to_owned(), css]
}

fn unpacked(answer: &Raw) -> Vec<u8> {
    let mut bytes = Vec::new();
    match answer.header("content-encoding") {
        "br" => brotli::BrotliDecompress(&mut &answer.body[..], &mut bytes).unwrap(),
        "gzip" => {
            flate2::read::GzDecoder::new(&answer.body[..]).read_to_end(&mut bytes).unwrap();
        }
        _ => bytes.clone_from(&answer.body),
    }
    bytes
}

#[test]
fn what_a_browser_has_already_is_not_sent_again() {
    let server = Server::start();
    for address in addresses(&server) {
        let mut tags = Vec::new();
        for accepted in ["Accept-Encoding: br", "Accept-Encoding: gzip", "Accept: */*"] {
            let whole = get(&server.base, &address, &[accepted]);
            let tag = whole.header("etag").to_owned();
            assert!(tag.starts_with('"') && tag.ends_with('"'), "{address}: {}", whole.head);
            assert_eq!(whole.header("vary"), "accept-encoding", "{address}");
            for known in [tag.clone(), format!("W/{tag}"), format!("\"x\", {tag}"), "*".to_owned()]
            {
                let line = format!("If-None-Match: {known}");
                let again = get(&server.base, &address, &[accepted, &line]);
                assert_eq!((again.status, again.body.len()), (304, 0), "{address} {known}");
                for name in ["etag", "cache-control", "vary", "content-security-policy"] {
                    assert_eq!(again.header(name), whole.header(name), "{address} {known}: {name}");
                }
                assert_eq!(again.header("content-type"), "");
            }
            let other = get(&server.base, &address, &[accepted, "If-None-Match: \"other\""]);
            assert_eq!(other.status, 200, "{address}");
            tags.push(tag);
        }
        tags.sort();
        tags.dedup();
        assert_eq!(tags.len(), 3, "{address}: each form has a name of its own");
    }
}

#[test]
fn a_page_travels_as_the_browser_accepts_it() {
    let server = Server::start();
    for address in addresses(&server) {
        let plain = get(&server.base, &address, &[]).body;
        for (accepted, form) in [
            ("gzip, deflate, br, zstd", "br"),
            ("gzip", "gzip"),
            ("br;q=0, gzip", "gzip"),
            ("gzip;q=0.2, br;q=0.1", "gzip"),
            ("gzip;q=0", ""),
            ("gzip, identity;q=0", "gzip"),
            ("*", "br"),
            ("identity", ""),
        ] {
            let line = format!("Accept-Encoding: {accepted}");
            let answer = get(&server.base, &address, &[&line]);
            assert_eq!(answer.header("content-encoding"), form, "{address} {accepted}");
            assert!(unpacked(&answer) == plain, "{address} {accepted}");
        }
    }
}

#[test]
fn a_head_says_what_the_page_would_be() {
    let server = Server::start();
    for address in addresses(&server) {
        for accepted in ["Accept-Encoding: br", "Accept: */*"] {
            let whole = get(&server.base, &address, &[accepted]);
            let mut socket = request(&server.base, "HEAD", &address, &[accepted]);
            let head = socket.head_alone();
            let without_date = |raw: &Raw| {
                raw.head
                    .lines()
                    .filter(|l| !l.starts_with("date"))
                    .map(str::to_owned)
                    .collect::<Vec<_>>()
            };
            assert_eq!(without_date(&head), without_date(&whole), "{address}");
            // Nothing follows: the next answer on this connection begins right after.
            socket
                .send(b"GET /robots.txt HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            assert!(socket.until_closed().starts_with("HTTP/1.1 200 "), "{address}");
        }
    }
}

#[test]
fn a_save_gives_the_page_another_tag() {
    let folder = tempfile::tempdir().unwrap();
    let content = folder.path().join("content");
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("content"), &content);
    let server = Server::start_with(&["--content", content.to_str().unwrap()]);
    let before = get(&server.base, "/topics/catalog/", &["Accept-Encoding: br"]);
    let file = content.join("topics/catalog.md");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, format!("{text}\nA sentence that was just saved.\n")).unwrap();
    server.get_until("/topics/catalog/", |page| page.body.contains("just saved"));
    let line = format!("If-None-Match: {}", before.header("etag"));
    let after = get(&server.base, "/topics/catalog/", &["Accept-Encoding: br", &line]);
    assert_eq!(after.status, 200);
    assert!(String::from_utf8(unpacked(&after)).unwrap().contains("just saved"));
}

#[test]
fn unknown_addresses_get_one_page_that_no_browser_keeps() {
    let server = Server::start();
    for path in ["/nowhere/", "/nowhere/else", "/assets/images/none.webp", "/desk", "/dev/nothing"]
    {
        let answer = get(&server.base, path, &["Accept-Encoding: br", "If-None-Match: *"]);
        if path == "/desk" {
            assert_eq!(answer.status, 410);
            continue;
        }
        assert_eq!((answer.status, answer.header("etag")), (404, ""), "{path}");
        assert_eq!(answer.header("content-encoding"), "br", "{path}");
    }
}

#[test]
fn the_desks_pages_are_packed_but_not_staffs() {
    let server = Server::start();
    let find = get(&server.base, "/desk/en/find?q=e-mail", &["Accept-Encoding: gzip, br"]);
    assert_eq!((find.status, find.header("content-encoding")), (200, "br"));
    assert_eq!(find.header("vary"), "accept-encoding");
    let plain = get(&server.base, "/desk/en/find?q=e-mail", &[]);
    assert!(unpacked(&find) == plain.body);
    let staff = get(&server.base, "/desk/staff/request/123456789.AAAA", &["Accept-Encoding: br"]);
    assert_eq!((staff.status, staff.header("content-encoding")), (410, ""));
}
