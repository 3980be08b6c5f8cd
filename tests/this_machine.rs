//! `/dev/*` is for this machine alone, and every answer carries the headers.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use support::socket::{get, request};
use support::{Server, command};

const PAGES: [&str; 4] = ["/dev/outbox", "/dev/mails", "/dev/overlay.css", "/dev/outbox/none"];

#[test]
fn the_development_pages_are_not_there_for_a_proxy() {
    let server = Server::start();
    for header in [
        "Forwarded: for=192.0.2.1",
        "X-Forwarded-For: 192.0.2.1",
        "X-Forwarded-Host: help.example",
        "X-Forwarded-Proto: https",
        "Via: 1.1 proxy.example",
        "X-Real-IP: 192.0.2.1",
        "CF-Connecting-IP: 192.0.2.1",
        "CF-Ray: 1",
        "True-Client-IP: 192.0.2.1",
        "X-Client-IP: 192.0.2.1",
        "X-Cluster-Client-IP: 192.0.2.1",
        "Fastly-Client-IP: 192.0.2.1",
        "Fly-Client-IP: 192.0.2.1",
        "CDN-Loop: cloudflare",
        "X-Amzn-Trace-Id: 1",
        "X-Envoy-External-Address: 192.0.2.1",
        "Origin: https://help.example",
        "Referer: https://help.example/",
    ] {
        for page in PAGES {
            assert_eq!(get(&server.base, page, &[header]).status, 404, "{page} {header}");
        }
        assert_eq!(get(&server.base, "/dev/reload", &[header]).status, 404, "{header}");
        assert_eq!(get(&server.base, "/", &[header]).status, 200, "{header}");
    }
}

#[test]
fn the_development_pages_are_not_there_under_another_name() {
    let server = Server::start();
    let port = server.base.rsplit(':').next().unwrap();
    for host in
        ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "0.0.0.0", "[::2]", ""]
    {
        let line = format!("Host: {host}:{port}");
        for page in PAGES {
            assert_eq!(get(&server.base, page, &[&line]).status, 404, "{page} {host}");
        }
        assert_eq!(get(&server.base, "/dev/reload", &[&line]).status, 404, "{host}");
    }
    let lines = ["Host: localhost", "Host: evil.example"];
    assert_ne!(get(&server.base, "/dev/outbox", &lines).status, 200);
    assert_eq!(get(&server.base, "http://evil.example/dev/outbox", &[]).status, 404);
    for host in ["localhost", "127.0.0.1", "[::1]", "127.1.2.3"] {
        let line = format!("Host: {host}:{port}");
        for page in &PAGES[..3] {
            assert_eq!(get(&server.base, page, &[&line]).status, 200, "{page} {host}");
        }
    }
}

#[test]
fn the_outbox_is_refused_where_others_can_connect() {
    for listen in ["0.0.0.0:0", "[::]:0"] {
        let data = tempfile::tempdir().unwrap();
        let run = command()
            .args(["serve", "--listen", listen, "--base-url", "http://localhost:8080", "--data"])
            .arg(data.path())
            .output()
            .unwrap();
        let said = String::from_utf8(run.stderr).unwrap();
        assert_eq!((run.status.code(), said.lines().count()), (Some(2), 1), "{said}");
        assert!(said.contains("--mail smtp://") && said.contains("--listen 127.0.0.1"), "{said}");
    }
}

#[test]
fn every_answer_has_the_security_headers() {
    let server = Server::start();
    server.ask("en", &[("topic", "catalog"), ("email", "lan@example.com")]);
    let mail = server.mails(1).remove(0).notice;
    let mail = format!("/dev/outbox/{mail}");
    let raw_mail = format!("{mail}.eml");
    for (method, path, status) in [
        ("GET", "/", 200),
        ("GET", "/vi/topics/genealogy", 308),
        ("GET", "/nowhere/", 404),
        ("POST", "/", 405),
        ("DELETE", "/topics/genealogy/", 405),
        ("GET", "/desk/en/nothing", 410),
        ("GET", "/desk/vi/check", 405),
        ("GET", "/desk/healthz", 200),
        ("GET", "/dev/outbox", 200),
        ("GET", &mail, 200),
        ("GET", &raw_mail, 200),
        ("GET", "/dev/outbox/none", 404),
        ("GET", "/dev/overlay.css", 200),
        ("POST", "/dev/outbox", 405),
    ] {
        let answer = request(&server.base, method, path, &[]).answer();
        assert_eq!(answer.status, status, "{method} {path}");
        assert!(
            answer.header("content-security-policy").starts_with("default-src 'none'"),
            "{method} {path}: {}",
            answer.head
        );
        for (name, value) in [
            ("referrer-policy", "same-origin"),
            ("x-content-type-options", "nosniff"),
            ("cross-origin-opener-policy", "same-origin"),
            ("strict-transport-security", "max-age=63072000; includeSubDomains"),
        ] {
            assert_eq!(answer.header(name), value, "{method} {path}");
        }
    }
    for path in [mail, raw_mail] {
        assert_eq!(get(&server.base, &path, &[]).header("cache-control"), "no-store", "{path}");
    }
}
