//! Whatever is sent to the desk, the answer is a clear page in the right language: never a 5xx,
//! and nothing that was typed is lost.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use support::Server;

#[test]
fn everything_that_is_wrong_is_told_at_once_in_the_patrons_language() {
    let server = Server::start();
    let fields = [
        ("email", "lan.example.com"),
        ("phone", "555-0142"),
        ("library", "atlantis"),
        ("needed_by", "soon"),
        ("details", "Tôi cần giúp."),
    ];
    let fields: Vec<_> = fields.iter().map(|(n, v)| ((*n).into(), (*v).into())).collect();
    let page = server.post("/desk/vi/check", &fields);
    assert_eq!((page.status, page.count("html[lang=vi]")), (422, 1));
    assert_eq!(
        page.count(".oops a"),
        5,
        "topic, e-mail, phone, library, day:\n{}",
        page.text(".oops")
    );
    for field in ["topic", "email", "phone", "library", "needed_by"] {
        assert_eq!(page.count(&format!(".oops a[href='#{field}']")), 1, "{field}");
        assert_eq!(page.count(&format!("#{field}-e")), 1, "{field}");
        assert_eq!(page.count(&format!("[id={field}]")), 1, "{field}");
    }
    assert!(page.text("title").starts_with("Lỗi:"));
    assert_eq!(page.text("textarea#details").trim(), "Tôi cần giúp.");
    assert_eq!(page.count("input#email[value='lan.example.com']"), 1);
}

#[test]
fn unknown_fields_are_passed_over() {
    let server = Server::start();
    let form = server.check("en", &[("topic", "catalog"), ("phone", "425-555-0142"), ("x", "y")]);
    assert!(form.iter().all(|(name, _)| name != "x"));
}

#[test]
fn over_long_answers_are_named_and_kept() {
    let server = Server::start();
    let details = "ă".repeat(4_001);
    let fields = [("topic", "catalog"), ("phone", "425-555-0142"), ("details", &details)];
    let fields: Vec<_> = fields.iter().map(|(n, v)| ((*n).into(), (*v).to_owned())).collect();
    let page = server.post("/desk/en/check", &fields);
    assert_eq!(page.status, 422);
    assert!(page.text(".oops").contains("4,001") || page.text(".oops").contains("4001"));
    assert_eq!(page.text("textarea#details").trim().chars().count(), 4_001);
}

#[test]
fn four_thousand_characters_in_any_script_fit() {
    let server = Server::start();
    for letter in ["a", "ă", "ấ", "字", "\r\n."] {
        let details = letter.repeat(4_000 / letter.replace("\r\n", "\n").chars().count());
        let fields = [("topic", "catalog"), ("phone", "425-555-0142"), ("details", &details)];
        assert!(!server.check("en", &fields).is_empty());
    }
}

#[test]
fn a_body_that_is_too_long_is_answered_with_what_to_do() {
    let server = Server::start();
    let page = server.post_bytes("/desk/vi/check", vec![b'a'; 1_000_000]);
    assert_eq!((page.status, page.count("html[lang=vi]")), (413, 1));
    assert!(page.body.contains("Quay lại"));
}

#[test]
fn bytes_that_are_no_form_are_answered_with_400() {
    let server = Server::start();
    for body in [&b"details=%FF%FE"[..], b"topic=\xc3\x28", b"\x00\xff\xfe\xfd"] {
        let page = server.post_bytes("/desk/en/check", body.to_vec());
        assert_eq!(page.status, 400, "{body:?}");
        assert!(page.body.contains("425-555-0100"), "the page gives the number to call");
    }
}

#[test]
fn odd_forms_are_answered_with_a_page() {
    let server = Server::start();
    let bodies: [&[u8]; 8] = [
        b"",
        b"&&&===",
        b"topic",
        b"topic=genealogy&topic=catalog&phone=1",
        b"topic=../../etc/passwd&phone=425-555-0142",
        b"topic=catalog&phone=425-555-0142&meet=teleport&times=never&access=wings",
        b"topic=catalog&email=a@b.c%0d%0aBcc:x@y.zz",
        b"topic=<script>&phone=%00%01",
    ];
    for path in ["check", "form", "send"] {
        for body in bodies {
            let page = server.post_bytes(&format!("/desk/en/{path}"), body.to_vec());
            assert!([200, 422].contains(&page.status), "{path} {body:?}: {}", page.status);
            assert!(!page.body.contains("<script>"), "{path} {body:?}");
        }
    }
}

#[test]
fn addresses_that_are_not_there_are_answered_410() {
    let server = Server::start();
    for path in [
        "/desk/xx/check",
        "/desk/klingon/form",
        "/desk/en/nothing",
        "/desk/en/request/123456789.AAAAAAAAAAAAAAAAAAAAAA",
        "/desk/en/request/nonsense",
        "/desk/staff/request/123456789.AAAAAAAAAAAAAAAAAAAAAA",
    ] {
        let page = server.get(path);
        assert_eq!(page.status, 410, "{path}");
        assert_eq!(page.count("html[lang=en-US]"), 1, "{path}");
    }
    assert_eq!(server.get("/desk/vi/nothing").count("html[lang=vi]"), 1);
}

#[test]
fn a_form_page_opened_by_its_address_leads_back_to_the_form() {
    let server = Server::start();
    for path in ["/desk/vi/check", "/desk/vi/form", "/desk/vi/send"] {
        let page = server.get(path);
        assert_eq!((page.status, page.count("html[lang=vi]")), (405, 1), "{path}");
        assert!(page.count("main a[href='/vi/request/']") > 0, "{path}");
    }
}

#[test]
fn a_changed_tag_opens_nothing() {
    let server = Server::start();
    let path = server.ask("en", &[("topic", "catalog"), ("phone", "425-555-0142")]);
    assert_eq!(server.get(&path).status, 200);
    let (start, end) = path.split_at(path.len() - 4);
    let other = if end.starts_with('A') { "B" } else { "A" };
    assert_eq!(server.get(&format!("{start}{other}{}", &end[1..])).status, 410);
}
