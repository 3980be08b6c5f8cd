//! Sitemaps, feeds, versions, old addresses, and every link there is.

use super::built::{BASE, Built, add_key, attributes};
use scraper::{Html, Selector};
use std::collections::{BTreeMap, BTreeSet};

/// The address of a file of the site as `<link>` and sitemap write it.
fn whole(file: &str) -> String {
    format!("{BASE}/{}", file.strip_suffix("index.html").unwrap_or(file))
}

/// Each page's versions by language, as its head names them.
fn alternates(page: &Html) -> BTreeMap<String, String> {
    let languages = attributes(page, "link[hreflang]", "hreflang");
    languages.into_iter().zip(attributes(page, "link[hreflang]", "href")).collect()
}

#[test]
fn every_link_on_every_page_leads_to_a_page() {
    let built = Built::from_real_content();
    let mut broken = BTreeSet::new();
    for (file, page) in built.pages() {
        let mut targets = attributes(&page, "[href]", "href");
        targets.extend(attributes(&page, "[src]", "src"));
        for target in targets {
            if !built.leads_somewhere(&target) {
                broken.insert(format!("{file}: {target}"));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn every_anchor_that_is_linked_to_is_there() {
    let built = Built::from_real_content();
    let pages = built.pages().map(|(file, page)| (file.clone(), whole(&file), page));
    let pages: Vec<_> = pages.collect();
    let ids: BTreeMap<_, BTreeSet<_>> = pages
        .iter()
        .map(|(_, address, page)| (address, attributes(page, "[id]", "id").into_iter().collect()))
        .collect();
    for (file, address, page) in &pages {
        for target in attributes(page, "a[href*='#']", "href") {
            let (path, anchor) = target.split_once('#').unwrap();
            let to = if path.is_empty() { address.clone() } else { format!("{BASE}{path}") };
            assert!(ids[&to].contains(anchor), "{file}: {target}");
        }
    }
}

#[test]
fn the_sitemap_lists_each_page_in_its_own_words_once_and_nothing_else() {
    let built = Built::from_real_content();
    let text = built.text("sitemap.xml");
    let document = roxmltree::Document::parse(&text).unwrap();
    let name = |node: &roxmltree::Node<'_, '_>, name| node.tag_name().name() == name;
    let locations: Vec<_> = document
        .descendants()
        .filter(|node| name(node, "loc"))
        .map(|node| node.text().unwrap().to_owned())
        .collect();
    let once: BTreeSet<_> = locations.iter().cloned().collect();
    assert_eq!(once.len(), locations.len(), "an address stands twice");
    let own: BTreeSet<_> = built
        .pages()
        .filter(|(_, page)| attributes(page, "meta[http-equiv=refresh]", "content").is_empty())
        .filter(|(file, page)| attributes(page, "link[rel=canonical]", "href") == [whole(file)])
        .map(|(file, _)| whole(&file))
        .collect();
    assert_eq!(once, own);
    for node in document.descendants().filter(|node| name(node, "link")) {
        let href = node.attribute("href").unwrap();
        assert!(once.contains(href), "{href} is a version and isn't listed");
    }
    let post = document
        .descendants()
        .find(|node| node.text() == Some(&format!("{BASE}/vi/news/online/")))
        .unwrap();
    let changed = post.parent().unwrap().children().find(|node| name(node, "lastmod")).unwrap();
    assert_eq!(changed.text(), Some("2026-11-16"));
}

#[test]
fn versions_of_a_page_name_each_other_and_one_for_everybody_else() {
    let built = Built::from_real_content();
    let all: BTreeMap<_, _> =
        built.pages().map(|(file, page)| (whole(&file), alternates(&page))).collect();
    let with_versions: Vec<_> = all.iter().filter(|(_, versions)| !versions.is_empty()).collect();
    assert!(with_versions.len() > 100, "{}", with_versions.len());
    for (address, versions) in with_versions {
        assert!(versions.values().any(|href| href == address), "{address} lacks itself");
        assert_eq!(versions.get("x-default"), versions.get("en-US"), "{address}");
        for href in versions.values() {
            assert_eq!(&all[href], versions, "{href} doesn't name what {address} names");
        }
    }
}

#[test]
fn a_page_that_is_not_translated_counts_as_the_english_one() {
    let built = Built::after(|content| {
        std::fs::remove_file(content.join("topics/genealogy.vi.md")).unwrap();
    });
    let english = format!("{BASE}/topics/genealogy/");
    for address in ["/topics/genealogy/", "/vi/topics/genealogy/", "/ko/topics/genealogy/"] {
        let page = built.page_at(address).unwrap();
        assert_eq!(attributes(&page, "link[rel=canonical]", "href"), [english.as_str()]);
        assert!(alternates(&page).is_empty(), "{address}");
    }
    assert!(built.text("sitemap.xml").contains(&format!("<loc>{english}</loc>")));
    assert!(!built.text("sitemap.xml").contains("/vi/topics/genealogy/"));
    // The list stays Vietnamese, and says where a title is not.
    let list = built.page_at("/vi/topics/").unwrap();
    assert_eq!(alternates(&list).len(), 3);
}

#[test]
fn a_feed_holds_the_posts_of_its_language_with_whole_addresses() {
    let built = Built::from_real_content();
    for (file, lang, title) in [
        ("feed.xml", "en-US", "Book a Librarian goes online"),
        ("vi/feed.xml", "vi", "Dịch vụ hẹn gặp thủ thư nay có trực tuyến"),
    ] {
        let text = built.text(file);
        let feed = roxmltree::Document::parse(&text).unwrap();
        let root = feed.root_element();
        let child = |node: roxmltree::Node<'_, '_>, name: &str| {
            let found = node.children().find(|child| child.tag_name().name() == name);
            found.unwrap_or_else(|| panic!("{file}: no {name}")).text().unwrap_or("").to_owned()
        };
        assert_eq!(root.tag_name().namespace(), Some("http://www.w3.org/2005/Atom"));
        let xml = "http://www.w3.org/XML/1998/namespace";
        assert_eq!(root.attribute((xml, "lang")), Some(lang));
        assert_eq!(child(root, "id"), format!("{BASE}/{file}"));
        assert_eq!(child(root, "updated"), "2026-11-16T00:00:00-08:00");
        let entry = root.children().find(|node| node.tag_name().name() == "entry").unwrap();
        assert_eq!(child(entry, "title"), title);
        assert_eq!(child(entry, "updated"), "2026-11-16T00:00:00-08:00");
        assert!(built.page_at(child(entry, "id").strip_prefix(BASE).unwrap()).is_some());
        let content = Html::parse_fragment(&child(entry, "content"));
        let links = attributes(&content, "a", "href");
        assert!(links.len() > 10, "{links:?}");
        for link in links {
            let path = link.strip_prefix(BASE).unwrap_or_else(|| panic!("{link} isn't whole"));
            assert!(built.page_at(path).is_some(), "{link}");
        }
        let news = built.page_at(&format!("/{}", file.replace("feed.xml", "news/"))).unwrap();
        let named = attributes(&news, "link[type='application/atom+xml']", "href");
        assert_eq!(named, [format!("{BASE}/{file}")]);
    }
    assert!(!built.has("ko/feed.xml"), "no post is in Korean");
}

#[test]
fn without_the_sites_address_there_is_nothing_that_needs_one() {
    let built = Built::without_base_url();
    for file in ["feed.xml", "vi/feed.xml", "sitemap.xml"] {
        assert!(!built.has(file), "{file}");
    }
    assert!(!built.text("robots.txt").contains("Sitemap"));
    for (file, page) in built.pages() {
        let needs = "link[rel=canonical], link[hreflang], link[type='application/atom+xml'], \
                     meta[property], script";
        let needs = Selector::parse(needs).unwrap();
        assert_eq!(page.select(&needs).count(), 0, "{file}");
    }
}

#[test]
fn old_addresses_lead_on_in_their_language() {
    let built = Built::after(|content| {
        add_key(content, "topics/genealogy.md", "aliases: [/tree, /vi/cay.html]");
        add_key(content, "services/index.md", "aliases: [/ar/help/]");
    });
    for (file, to, words) in [
        ("tree/index.html", "/topics/genealogy/", "This page has moved"),
        ("vi/cay.html", "/vi/topics/genealogy/", "Trang này đã chuyển"),
        // A language that has the form alone has this page in English.
        ("ar/help/index.html", "/services/", "This page has moved"),
    ] {
        let text = built.text(file);
        assert!(text.contains(words), "{file}");
        let page = Html::parse_document(&text);
        let refresh = attributes(&page, "meta[http-equiv=refresh]", "content");
        assert_eq!(refresh, [format!("0; url={to}")]);
        assert_eq!(attributes(&page, "link[rel=canonical]", "href"), [format!("{BASE}{to}")]);
        assert_eq!(attributes(&page, "main a", "href"), [to]);
        assert!(!built.text("sitemap.xml").contains(file.trim_end_matches("index.html")));
    }
}

#[test]
fn an_old_address_leads_on_from_the_day_on_which_its_page_retires() {
    let edit = |day: &'static str| {
        Built::after(move |content| {
            add_key(content, "topics/genealogy.md", &format!("retired: {day}"));
            let alias = "aliases: [/topics/genealogy/]";
            add_key(content, "topics/research-project.md", alias);
        })
    };
    let before = edit("2026-12-24").text("topics/genealogy/index.html");
    assert!(!before.contains("http-equiv"), "the page itself is still there");
    let after = edit("2026-11-24").text("topics/genealogy/index.html");
    assert!(after.contains("0; url=/topics/research-project/"), "{after}");
}

#[test]
fn news_of_many_years_are_on_several_pages() {
    let built = Built::after(|content| {
        for n in 0..119 {
            let day = jiff::civil::date(2020, 1, 1) + jiff::ToSpan::days(n);
            let text = format!("---\ntitle: Post {n}\ndate: {day}\nsummary: S\n---\n\nText.\n");
            std::fs::write(content.join(format!("news/post-{n}.md")), text).unwrap();
        }
    });
    let entries = |address: &str| {
        let page = built.page_at(address).unwrap();
        (attributes(&page, ".cards a", "href"), attributes(&page, ".pager a", "href"))
    };
    let mut all = BTreeSet::new();
    for (address, count, others) in [
        ("/vi/news/", 50, vec!["/vi/news/older/2/"]),
        ("/vi/news/older/2/", 50, vec!["/vi/news/", "/vi/news/older/3/"]),
        ("/vi/news/older/3/", 20, vec!["/vi/news/older/2/"]),
    ] {
        let (posts, pages) = entries(address);
        assert_eq!((posts.len(), pages), (count, others.iter().map(|s| (*s).to_owned()).collect()));
        all.extend(posts);
    }
    assert_eq!(all.len(), 120);
    assert!(!built.has("news/older/4/index.html"));
    let feed = built.text("feed.xml");
    assert_eq!(feed.matches("<entry>").count(), 20);
    assert!(feed.contains("Post 118") && !feed.contains("Post 99"));
}

#[test]
fn a_sitemap_that_is_too_long_for_a_file_is_in_parts() {
    let built = Built::after(|content| {
        for n in 0..5_000 {
            let text = "---\ntitle: T\ndate: 2020-01-01\nsummary: S\n---\n";
            std::fs::write(content.join(format!("news/post-{n}.md")), text).unwrap();
        }
    });
    let locations = |file: &str| {
        let text = built.text(file);
        let document = roxmltree::Document::parse(&text).unwrap();
        let nodes = document.descendants().filter(|node| node.tag_name().name() == "loc");
        nodes.map(|node| node.text().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let parts = locations("sitemap.xml");
    assert_eq!(parts[0], format!("{BASE}/sitemap-1.xml"));
    let lists: Vec<_> = parts
        .iter()
        .map(|part| locations(part.strip_prefix(BASE).unwrap().trim_matches('/')))
        .collect();
    let mut all = BTreeSet::new();
    for list in lists {
        assert!((1..=50_000).contains(&list.len()), "{}", list.len());
        for address in list {
            assert!(all.insert(address.clone()), "{address} stands twice");
        }
    }
    let posts = all.iter().filter(|address| address.contains("/news/post-")).count();
    assert_eq!(posts, 5_000);
    assert!(all.contains(&format!("{BASE}/vi/topics/genealogy/")));
}
