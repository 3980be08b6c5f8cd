//! What pages say of themselves to search engines and previews.

use super::built::{BASE, Built};
use scraper::{Html, Selector};
use serde_json::Value;

/// What a page is about: the parts of its JSON-LD by type.
fn data(page: &Html) -> Vec<Value> {
    let selector = Selector::parse("script").unwrap();
    let scripts: Vec<_> = page.select(&selector).collect();
    let Some(script) = scripts.first() else { return Vec::new() };
    assert_eq!(scripts.len(), 1, "one block a page");
    assert_eq!(script.value().attr("type"), Some("application/ld+json"));
    let value: Value = serde_json::from_str(&script.text().collect::<String>()).unwrap();
    assert_eq!(value["@context"], "https://schema.org");
    value["@graph"].as_array().unwrap().clone()
}

fn of(built: &Built, address: &str, kind: &str) -> Value {
    let data = data(&built.page_at(address).unwrap());
    let found = data.iter().find(|part| part["@type"] == kind);
    found.unwrap_or_else(|| panic!("{address} has no {kind}: {data:#?}")).clone()
}

fn meta(page: &Html, attribute: &str, name: &str) -> Vec<String> {
    let selector = Selector::parse(&format!("meta[{attribute}='{name}']")).unwrap();
    page.select(&selector).map(|m| m.value().attr("content").unwrap().to_owned()).collect()
}

/// Every whole address in the data.
fn addresses(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) if text.starts_with(BASE) => found.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| addresses(item, found)),
        Value::Object(map) => map.values().for_each(|item| addresses(item, found)),
        _ => {}
    }
}

#[test]
fn the_data_of_every_page_is_json_and_its_addresses_are_pages() {
    let built = Built::from_real_content();
    let mut pages = 0;
    for (file, page) in built.pages() {
        let mut found = Vec::new();
        for part in data(&page) {
            addresses(&part, &mut found);
        }
        pages += usize::from(!found.is_empty());
        for address in found {
            assert!(built.leads_somewhere(&address), "{file}: {address}");
        }
    }
    assert!(pages > 60, "{pages}");
}

#[test]
fn a_topic_is_a_free_service_that_can_be_asked_for() {
    let built = Built::from_real_content();
    let service = of(&built, "/vi/topics/genealogy/", "GovernmentService");
    assert_eq!(service["serviceType"], "Book a Librarian");
    assert_eq!(service["offers"]["price"], 0);
    let channel = &service["availableChannel"];
    assert_eq!(channel["serviceUrl"], format!("{BASE}/vi/request/genealogy/"));
    assert_eq!(channel["servicePhone"]["telephone"], "+14255550100");
    assert!(channel["availableLanguage"].as_array().unwrap().contains(&"vi".into()));
    let crumbs = of(&built, "/vi/topics/genealogy/", "BreadcrumbList");
    assert_eq!(crumbs["itemListElement"][0]["name"], "Chủ đề");
    assert_eq!(crumbs["itemListElement"][0]["item"], format!("{BASE}/vi/topics/"));
}

#[test]
fn a_library_says_when_its_building_is_open_and_when_nobody_answers() {
    let built = Built::from_real_content();
    let library = of(&built, "/libraries/mukilteo/", "Library");
    assert_eq!(library["parentOrganization"]["@type"], "LibrarySystem");
    let hours = library["openingHoursSpecification"].as_array().unwrap();
    assert!(hours.iter().all(|hours| hours["opens"].is_string() && hours["dayOfWeek"].is_array()));
    let answering = library["contactPoint"]["hoursAvailable"].as_array().unwrap();
    let closed = answering.last().unwrap();
    assert_eq!((&closed["opens"], &closed["closes"]), (&"00:00".into(), &"00:00".into()));
    assert_eq!(closed["validFrom"], "2027-01-11");
    assert_eq!(closed["validThrough"], "2027-01-16");
}

#[test]
fn a_post_is_an_article_with_its_day() {
    let built = Built::from_real_content();
    let article = of(&built, "/vi/news/online/", "NewsArticle");
    assert_eq!(article["datePublished"], "2026-11-16T00:00:00-08:00");
    assert_eq!(article["inLanguage"], "vi");
    let page = built.page_at("/vi/news/online/").unwrap();
    let property = |name| meta(&page, "property", name);
    assert_eq!(property("og:type"), ["article"]);
    assert_eq!(property("article:published_time"), ["2026-11-16T00:00:00-08:00"]);
    assert_eq!(property("og:url"), [format!("{BASE}/vi/news/online/")]);
    assert_eq!(property("og:locale"), ["vi_VN"]);
    assert_eq!(property("og:locale:alternate"), ["en_US"]);
    assert_eq!(property("og:title"), ["Dịch vụ hẹn gặp thủ thư nay có trực tuyến"]);
}

#[test]
fn text_that_looks_like_markup_stays_text() {
    let hostile = "Tea </script><script>alert(1)</script> & \\\"talk\\\"";
    let built = Built::after(|content| {
        let path = content.join("topics/genealogy.md");
        let text = std::fs::read_to_string(&path).unwrap();
        let title = text.lines().find(|line| line.starts_with("title:")).unwrap().to_owned();
        std::fs::write(path, text.replacen(&title, &format!("title: \"{hostile}\""), 1)).unwrap();
    });
    let service = of(&built, "/topics/genealogy/", "GovernmentService");
    assert_eq!(service["name"], hostile.replace('\\', ""));
}

#[test]
fn a_sample_asks_to_be_left_out_and_says_in_its_data_what_it_is() {
    let sample = Built::from_real_content();
    for (file, page) in sample.pages() {
        assert_eq!(meta(&page, "name", "robots"), ["noindex"], "{file}");
    }
    let library = of(&sample, "/libraries/langley/", "Library");
    let says = &library["parentOrganization"]["disambiguatingDescription"];
    assert_eq!(*says, "Sample site, not run by Sno-Isle Libraries");
    // Whoever may not read a page doesn't see that it asks to be left out.
    assert!(!sample.text("robots.txt").contains("Disallow: /\n"));

    let real = Built::after(|content| {
        let path = content.join("site.yaml");
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(path, text.replace("sample: true", "sample: false")).unwrap();
    });
    for (file, page) in real.pages() {
        let kept_out = file == "404.html" || file == "sorry.html";
        assert_eq!(!meta(&page, "name", "robots").is_empty(), kept_out, "{file}");
    }
    let library = of(&real, "/libraries/langley/", "Library");
    assert!(library["parentOrganization"]["disambiguatingDescription"].is_null());
}
