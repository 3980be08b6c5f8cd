//! Addresses that belong to the site itself: no page of the content and no alias can have them.

/// The first parts of addresses of the site's own, and what they are of.
pub(crate) const TAKEN: [(&str, &str); 8] = [
    ("topics", "the list of topics"),
    ("services", "the page of the service"),
    ("libraries", "the list of libraries"),
    ("news", "the list of news"),
    ("request", "the form"),
    ("desk", "the desk, which answers the form"),
    ("assets", "the folder of style sheet and icon"),
    ("dev", "the folder of the development pages"),
];

/// The folders in which no other page can be.
pub(crate) const FOLDERS: [&str; 3] = ["desk", "assets", "dev"];

/// The files at the site's root.
pub(crate) const FILES: [&str; 5] =
    ["feed.xml", "sitemap.xml", "robots.txt", "404.html", "sorry.html"];
