//! What a page's `<head>` tells search engines, feed readers, and programs that show link previews.
//! All of it needs absolute addresses, so without the site's base URL there is none.

use crate::frame::push_address;
use crate::html::{Html, escape_into};
use domain::LanguageTag;
use serde::Serialize;

/// The `<head>` of a page, for machines. That of the desk's pages is empty.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Head {
    /// The canonical address.
    pub canonical: Option<String>,
    /// The links to the page in other languages; see [`alternates`].
    pub alternates: Option<Html>,
    /// The news as a feed.
    pub feed: Option<FeedLink>,
    /// Whether search engines are asked to leave the page out.
    pub noindex: bool,
    /// The preview that is shown where people share the address.
    pub preview: Option<Preview>,
    /// What the page is about, as JSON-LD; see [`data_block`].
    pub structured: Option<Html>,
    /// Where the page has moved.
    pub moved_to: Option<String>,
}

/// A feed.
#[derive(Debug, Clone, Serialize)]
pub struct FeedLink {
    /// Its whole address.
    pub href: String,
    /// What it is called.
    pub title: String,
}

/// The words of a preview (Open Graph), besides those that the page has anyway. There is no
/// picture: the one that the site has is an SVG, which previews don't show.
#[derive(Debug, Clone, Serialize)]
pub struct Preview {
    /// `website` or `article`.
    pub kind: &'static str,
    /// The page's language as Open Graph writes it.
    pub locale: String,
    /// The other languages that the page is in.
    pub other_locales: Vec<String>,
    /// When an article was published.
    pub published: Option<String>,
}

/// The links to the versions of a page, from the value of `hreflang` and the language of each. They
/// aren't made by a template, which would take longer for them than for the rest of the head.
pub fn alternates<'v>(
    base: &str,
    path: &str,
    versions: impl Iterator<Item = (&'v str, &'v LanguageTag)>,
) -> Html {
    let mut links = String::new();
    let mut href = base.to_owned();
    for (lang, language) in versions {
        href.truncate(base.len());
        push_address(&mut href, language, path);
        links.push_str("\n<link rel=\"alternate\" hreflang=\"");
        escape_into(&mut links, lang);
        links.push_str("\" href=\"");
        escape_into(&mut links, &href);
        links.push_str("\">");
    }
    Html::trusted(links)
}

/// A language as Open Graph writes it: with a territory, which our tags don't have. These are the
/// ones that readers of the format know.
pub fn open_graph_locale(language: &LanguageTag) -> String {
    let known = match language.as_str() {
        "en" => "en_US",
        "es" => "es_LA",
        "vi" => "vi_VN",
        "ru" => "ru_RU",
        "uk" => "uk_UA",
        "ko" => "ko_KR",
        "zh-Hans" => "zh_CN",
        "zh-Hant" => "zh_TW",
        "ar" => "ar_AR",
        "tl" => "tl_PH",
        other => return other.replace('-', "_"),
    };
    known.to_owned()
}

/// JSON as the content of a `script` element of data. Nothing in it can end the element or begin
/// a comment: every `<` is escaped, which JSON reads as the same.
pub fn data_block(json: &str) -> Html {
    Html::trusted(json.replace('<', "\\u003c"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_ends_the_data_early() {
        let json = r#"{"name":"</script><!-- \"x\""}"#;
        let block = data_block(json);
        assert!(!block.as_str().contains('<'), "{}", block.as_str());
    }

    #[test]
    fn a_language_without_a_known_territory_stays_alone() {
        let of = |tag| LanguageTag::parse(tag).map(|tag| open_graph_locale(&tag));
        assert_eq!(of("en"), Ok("en_US".to_owned()));
        assert_eq!(of("so"), Ok("so".to_owned()));
    }
}
