//! Pages come and go by their dates, and what depends on the day is told with its place: the real
//! content is copied, one thing in it is changed, and what is said or built then is compared.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use generator::{Drafts, Folders, Loaded, Look, Severity, load_on};
use jiff::civil::Date;
use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use support::{copy, root};
use tempfile::TempDir;

const TODAY: &str = "2026-11-24";

/// A copy of the real content.
struct Copy(TempDir);

impl Copy {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        copy(&root().join("content"), &folder.path().join("content"));
        Self(folder)
    }

    fn path(&self, file: &str) -> PathBuf {
        self.0.path().join("content").join(file)
    }

    /// Replaces a text of a file, which must be there.
    fn replace(&self, file: &str, from: &str, to: &str) -> &Self {
        let text = fs::read_to_string(self.path(file)).unwrap();
        assert!(text.contains(from), "{file} has no {from:?}");
        fs::write(self.path(file), text.replacen(from, to, 1)).unwrap();
        self
    }

    /// Adds a line to the keys of a file: its second line.
    fn key(&self, file: &str, line: &str) -> &Self {
        self.replace(file, "---\n", &format!("---\n{line}\n"))
    }

    fn load(&self, drafts: Drafts, today: &str) -> Loaded {
        let today: Date = today.parse().unwrap();
        let folders =
            Folders { content: self.0.path().join("content"), templates: root().join("templates") };
        load_on(&folders, drafts, Look::ForAll, &|_| Some(today)).unwrap()
    }

    /// The addresses of a day.
    fn addresses(&self, drafts: Drafts, today: &str) -> BTreeSet<String> {
        let site = self.load(drafts, today).site.unwrap();
        site.page_ids(today.parse().unwrap()).iter().map(|id| id.address()).collect()
    }

    /// A page of today.
    fn page(&self, address: &str) -> String {
        let site = self.load(Drafts::Hidden, TODAY).site.unwrap();
        let today = TODAY.parse().unwrap();
        let renderer = render::Renderer::new(std::sync::Arc::new(site.bundle())).unwrap();
        let options = generator::Options { base_url: None, today, development: None };
        let id = site.page_at(address, today).unwrap();
        String::from_utf8(site.render(&id, &renderer, &options).unwrap().bytes).unwrap()
    }

    /// What is said that the real content doesn't say.
    fn said_on(&self, today: &str) -> Vec<String> {
        let before: BTreeSet<_> =
            Self::new().load(Drafts::Hidden, today).diagnostics.into_iter().collect();
        let after = self.load(Drafts::Hidden, today).diagnostics.into_iter();
        let new = after.filter(|d| !before.contains(d)).map(|d| {
            let severity = match d.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Hint => "hint",
            };
            format!("{}:{} {severity} {}: {} [{}]", d.file, d.line, d.code, d.message, d.help)
        });
        new.collect()
    }

    /// The one thing that is said begins so.
    fn check(&self, expected: &str) {
        self.check_on(TODAY, expected);
    }

    fn check_on(&self, today: &str, expected: &str) {
        let said = self.said_on(today);
        assert_eq!(said.len(), 1, "{said:#?}");
        assert!(said[0].starts_with(expected), "{expected:?} is not how {:?} begins", said[0]);
    }
}

#[test]
fn the_real_content_is_clean_on_the_day_of_its_samples() {
    let said = Copy::new().load(Drafts::Hidden, TODAY).diagnostics;
    // Languages that are shown in English for now, and translations that nobody has read yet.
    let open = ["missing-translation", "unreviewed-translation"];
    let said: Vec<_> = said.iter().filter(|d| !open.contains(&d.code)).collect();
    assert!(said.is_empty(), "{said:#?}");
}

#[test]
fn a_topic_is_on_the_site_and_in_the_form_between_its_days() {
    let copy = Copy::new();
    copy.key("topics/genealogy.md", "retired: 2027-02-01")
        .key("topics/genealogy.md", "publish_on: 2026-12-01");
    for (today, there) in
        [("2026-11-30", false), ("2026-12-01", true), ("2027-01-31", true), ("2027-02-01", false)]
    {
        let addresses = copy.addresses(Drafts::Shown, today);
        for address in ["/topics/genealogy/", "/vi/request/genealogy/"] {
            assert_eq!(addresses.contains(address), there, "{address} on {today}");
        }
        let site = copy.load(Drafts::Hidden, today).site.unwrap();
        let offered = site.directory().topics_on(today.parse().unwrap());
        assert_eq!(offered.iter().any(|topic| topic.id.as_str() == "genealogy"), there, "{today}");
    }
}

#[test]
fn pages_posts_services_and_libraries_come_and_go_too() {
    for (file, end, address) in [
        ("news/online.md", "expires_on", "/vi/news/online/"),
        ("services/video.md", "expires_on", "/services/video/"),
        ("branches/langley.md", "retired", "/libraries/langley/"),
    ] {
        let copy = Copy::new();
        copy.key(file, "publish_on: 2026-12-01").key(file, &format!("{end}: 2027-02-01"));
        for (today, there) in [
            ("2026-11-30", false),
            ("2026-12-01", true),
            ("2027-01-31", true),
            ("2027-02-01", false),
        ] {
            let addresses = copy.addresses(Drafts::Hidden, today);
            assert_eq!(addresses.contains(address), there, "{address} on {today}");
        }
    }
}

#[test]
fn a_draft_and_its_translations_are_there_for_editors_alone() {
    let copy = Copy::new();
    copy.key("news/online.md", "draft: true");
    for address in ["/news/online/", "/vi/news/online/"] {
        assert!(copy.addresses(Drafts::Shown, TODAY).contains(address));
        assert!(!copy.addresses(Drafts::Hidden, TODAY).contains(address));
    }
}

#[test]
fn a_link_to_a_page_that_is_not_there_is_told_and_becomes_words() {
    let to = "](../topics/genealogy.md)";
    let copy = Copy::new();
    copy.key("topics/genealogy.md", "draft: true");
    let said = copy.said_on(TODAY);
    let dead: Vec<_> = said.iter().filter(|line| line.contains("link-to-unpublished")).collect();
    assert!(
        dead.iter().any(|line| {
            line.starts_with("content/branches/langley.md:31 error link-to-unpublished: ")
                && line.contains("content/topics/genealogy.md is a draft")
        }),
        "{said:#?}"
    );
    let source = fs::read_to_string(copy.path("branches/langley.md")).unwrap();
    assert!(source.lines().nth(30).unwrap().contains(to));

    let page = copy.page("/libraries/langley/");
    assert!(page.contains("For family history, we find"), "{page}");
}

#[test]
fn a_link_to_a_file_elsewhere_leads_there() {
    let copy = Copy::new();
    copy.replace("branches/langley.md", "](../topics/genealogy.md)", "](https://example.org/a.md)");
    let page = copy.page("/libraries/langley/");
    assert!(page.contains(" href=\"https://example.org/a.md\""), "{page}");
}

#[test]
fn a_link_to_a_page_of_later_is_a_warning_with_its_day() {
    let copy = Copy::new();
    copy.key("topics/small-business.md", "publish_on: 2026-12-01");
    let said = copy.said_on(TODAY);
    assert!(!said.is_empty());
    for line in said {
        assert!(line.contains(" warning link-to-unpublished: content/topics/small-business.md is published on 2026-12-01"), "{line}");
    }
    assert_eq!(copy.said_on("2026-12-01"), Vec::<String>::new());
}

#[test]
fn a_link_to_a_page_that_has_gone_is_a_warning_so_that_time_alone_stops_no_build() {
    let copy = Copy::new();
    copy.key("topics/small-business.md", "retired: 2026-12-01");
    assert_eq!(copy.said_on(TODAY), Vec::<String>::new());
    let said = copy.said_on("2026-12-01");
    assert!(!said.is_empty());
    for line in said {
        assert!(line.contains(" warning link-to-unpublished: "), "{line}");
    }
}

#[test]
fn a_page_that_every_page_leads_to_stays() {
    for (file, line, key) in [
        ("pages/index.md", "draft: true", "draft"),
        ("services/index.md", "expires_on: 2030-01-01", "expires_on"),
        ("topics/something-else.md", "retired: 2030-01-01", "retired"),
    ] {
        let copy = Copy::new();
        let expected = format!("content/{file}:2 error required-page: {key}: ");
        let said = copy.key(file, line).said_on(TODAY);
        assert!(said.iter().any(|line| line.starts_with(&expected)), "{said:#?}");
    }
}

#[test]
fn dates_that_can_not_be_are_told_on_their_line() {
    let post = "news/online.md";
    let cases: [(&[&str], &str); 4] = [
        (
            &["expires_on: 2026-11-16", "publish_on: 2026-11-16"],
            "3 error wrong-value: expires_on: ",
        ),
        (&["retired: 2027-01-01"], "2 error wrong-value: retired: "),
        (&["publish_on: soon"], "2 error wrong-value: publish_on: "),
        (&["review_by: 2027-02-01", "expires_on: 2027-01-01"], "3 error wrong-value: review_by: "),
    ];
    for (lines, expected) in cases {
        let copy = Copy::new();
        for line in lines {
            copy.key(post, line);
        }
        copy.check(&format!("content/{post}:{expected}"));
    }
    Copy::new()
        .key("topics/catalog.md", "expires_on: 2030-01-01")
        .check("content/topics/catalog.md:2 error wrong-value: expires_on: ");
    Copy::new()
        .key("topics/catalog.vi.md", "retired: 2030-01-01")
        .check("content/topics/catalog.vi.md:2 error fact-in-translation: retired ");
}

#[test]
fn a_page_is_due_for_review_after_its_day() {
    let copy = Copy::new();
    copy.key("pages/privacy.md", "review_by: 2026-11-24");
    assert_eq!(copy.said_on(TODAY), Vec::<String>::new());
    copy.check_on("2026-11-25", "content/pages/privacy.md:2 warning review-due: ");
}

#[test]
fn an_id_that_went_is_told_and_a_renamed_one_is_guessed() {
    let copy = Copy::new();
    copy.replace("ids.yaml", "  - catalog\n", "  - catalog\n  - weaving\n");
    copy.check("content/ids.yaml:8 error removed-id: there is no content/topics/weaving.md");
    let copy = Copy::new();
    copy.replace("ids.yaml", "  - catalog\n", "  - catalogs\n");
    let said = copy.said_on(TODAY);
    assert_eq!(said.len(), 2, "{said:#?}");
    assert!(
        said[0].contains("ids.yaml:7 error removed-id")
            && said[0].contains("rename it to catalog?")
    );
    assert!(said[1].contains("content/topics/catalog.md:1 hint unrecorded-id"));
    let copy = Copy::new();
    copy.replace("ids.yaml", "  - catalog\n", "  - catalog\n  - catalog\n");
    copy.check("content/ids.yaml:8 error wrong-value: catalog stands here twice");
}

#[test]
fn facts_of_libraries_that_do_not_fit_are_told_at_the_entry() {
    Copy::new()
        .replace("branches/sultan.md", "[monroe, snohomish]", "[monroe]")
        .check("content/branches/snohomish.md:6 warning one-way-neighbor: neighbors: sultan ");
    Copy::new()
        .replace("branches/sultan.md", "mailbox: sultan@", "mailbox: Monroe@")
        .check("content/branches/sultan.md:3 warning shared-mailbox: mailbox: monroe ");
    Copy::new()
        .replace(
            "branches/sultan.md",
            "  computer-basics: expert",
            "  computer-basics: expert\n  alchemy: able",
        )
        .check("content/branches/sultan.md:9 error unknown-topic: ");
}

#[test]
fn dated_facts_of_the_service_are_told_at_their_entry() {
    let mode = "  - { suspended: in_person, from: 2026-11-16, until: 2027-03-01 }\n";
    Copy::new()
        .replace("site.yaml", mode, &format!("{mode}  - {{ suspended: in_person, from: 2027-02-01 }}\n"))
        .check("content/site.yaml:55 error overlapping-modes: service_modes: in_person is suspended twice on 2027-02-01");
    Copy::new()
        .replace(
            "site.yaml",
            mode,
            &format!("  - {{ suspended: video, from: 2026-01-01, until: 2026-02-01 }}\n{mode}"),
        )
        .check("content/site.yaml:54 hint ended-mode: ");
    Copy::new()
        .replace(
            "site.yaml",
            "closures: []",
            "closures: [{ from: 2026-01-01, until: 2026-01-02, reason: snow }]",
        )
        .check("content/site.yaml:50 hint ended-closure: ");
    Copy::new()
        .replace("site.yaml", "2027-01-18, name: M", "2027-01-01, name: M")
        .check("content/site.yaml:39 warning holiday-twice: ");
    let said = Copy::new().load(Drafts::Hidden, "2028-06-01").diagnostics;
    assert!(said.iter().any(|d| d.code == "no-holidays-ahead" && d.severity == Severity::Hint));
}

#[test]
fn what_nobody_can_take_is_told_once_a_cause() {
    Copy::new()
        .replace(
            "site.yaml",
            "english_name: Tagalog, extent: form }\n",
            "english_name: Tagalog, extent: form }\n  - { tag: fa, name: فارسی, english_name: Persian, extent: form }\n",
        )
        .check("content/site.yaml:83 warning nobody-can-take: nobody can take anything by phone, video in fa: nobody speaks it");
    let copy = Copy::new();
    copy.replace("topics/catalog.md", "who: any", "who: listed").replace(
        "branches/lakewood-smokey-point.md",
        "meet: [phone, video, in_person]",
        "meet: [phone, in_person]",
    );
    let said = copy.said_on(TODAY);
    assert!(said.iter().any(|line| {
        line.starts_with("content/topics/catalog.md:4 warning nobody-can-take: nobody can take catalog by video in any language")
    }), "{said:#?}");
}
