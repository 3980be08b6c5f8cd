//! Finding a topic without knowing its name: what can be found, and how it is shown.

use crate::bundle::{Bundle, PageText};
use crate::frame::address_for;
use crate::html::Html;
use crate::locale::Locale;
use crate::markdown;
use crate::strings::Strings;
use domain::LanguageTag;
use domain::find::{Entry, Field, Hit, Index, What, shortened};
use jiff::civil::Date;
use serde::Serialize;
use std::collections::BTreeMap;

/// The page of all words, by their letters.
pub const ALL_WORDS: &str = "/topics/a-z/";

/// The form for what fits no topic.
pub const SOMETHING_ELSE: &str = "/request/something-else/";

/// The string with the stop words of a search.
const LITTLE_WORDS: &str = "find-little-words";

/// How many hits are shown.
const HITS: usize = 8;

/// The form to search with: `search.html`.
#[derive(Debug, Serialize)]
pub struct Search {
    /// Where it is sent.
    pub action: String,
    /// What was asked for.
    pub asked: String,
}

impl Search {
    /// The form for readers of a language, with what they asked for.
    pub fn new(language: &LanguageTag, asked: &str) -> Self {
        let action = format!("/desk/{}/find", language.in_address());
        Self { action, asked: asked.to_owned() }
    }
}

/// What was found: `desk/find.html`.
#[derive(Debug, Serialize)]
pub struct FindView {
    /// The form.
    pub search: Search,
    /// Whether anything was asked for.
    pub asked: bool,
    /// How many hits there are.
    pub count: usize,
    /// The best first.
    pub hits: Vec<Found>,
    /// The page of all words.
    pub all_words: Link,
    /// The form for what fits no topic.
    pub something_else: Link,
}

/// A hit, as a card.
#[derive(Debug, Serialize)]
pub struct Found {
    /// Where it leads.
    pub link: Link,
    /// What it is called.
    pub title: Html,
    /// A sentence about it.
    pub text: Option<Html>,
    /// The word that patrons use for it, if that was found.
    pub also: Option<Html>,
}

/// An address, and the language of the page there if it isn't the reader's.
#[derive(Debug, Serialize)]
pub struct Link {
    /// The address.
    pub href: String,
    /// The language, for `hreflang`.
    pub lang: Option<String>,
}

impl Link {
    /// To a page, by its address in the source language.
    pub fn to(locale: &Locale<'_>, path: &str) -> Self {
        let own = locale.directory().language(locale.language());
        let href = own.map_or_else(|| path.to_owned(), |own| address_for(own, path));
        let foreign = own.is_some_and(|own| !own.tag.is_source()) && href == path;
        let source = LanguageTag::source();
        Self { href, lang: foreign.then(|| source.html_lang().to_owned()) }
    }
}

impl FindView {
    /// What readers of the locale's language find on a day.
    pub fn new(locale: &Locale<'_>, asked: &str, today: Date) -> Self {
        let asked = shortened(asked);
        let hits = hits(locale, asked, today);
        Self {
            search: Search::new(locale.language(), asked),
            asked: !asked.is_empty(),
            count: hits.len(),
            hits,
            all_words: Link::to(locale, ALL_WORDS),
            something_else: Link::to(locale, SOMETHING_ELSE),
        }
    }
}

fn hits(locale: &Locale<'_>, asked: &str, today: Date) -> Vec<Found> {
    let directory = locale.directory();
    let source = LanguageTag::source();
    // Every file has its words in the source language, and the same days in all.
    let source_texts = locale.renderer().bundle().texts.get(&source);
    let is_there = |pages: &BTreeMap<String, PageText>, id: &str| {
        pages.get(id).is_none_or(|page| page.is_there_on(today))
    };
    let there = |hit: &Hit<'_>| match hit.what {
        What::Topic(id) => directory.topics_on(today).iter().any(|topic| topic.id == *id),
        What::Library(id) => directory.branches_on(today).iter().any(|branch| branch.id == *id),
        What::Service(id) => source_texts.is_none_or(|texts| is_there(&texts.services, id)),
        What::Page(id) => source_texts.is_none_or(|texts| is_there(&texts.pages, id)),
    };
    let languages = [locale.language(), &source];
    let hits = locale.renderer().index().find(asked, &languages, usize::MAX);
    hits.into_iter().filter(there).take(HITS).map(|hit| found(locale, &hit)).collect()
}

fn found(locale: &Locale<'_>, hit: &Hit<'_>) -> Found {
    let bundle = locale.renderer().bundle();
    let own = locale.language();
    let page = |text: fn(&PageText) -> &String, of: &What| {
        let found = bundle.worded(own, |texts| {
            let page = match of {
                What::Service(id) => texts.services.get(id)?,
                What::Page(id) => texts.pages.get(id)?,
                What::Topic(_) | What::Library(_) => return None,
            };
            Some(text(page).as_str())
        });
        found.map(|found| line(locale, found.text, found.language))
    };
    let (path, title, text) = match hit.what {
        What::Topic(id) => {
            let card =
                bundle.worded(own, |texts| texts.topics.get(id).map(|topic| topic.card.as_str()));
            let card = card.map(|card| line(locale, card.text, card.language));
            (format!("/topics/{id}/"), locale.topic(id), card)
        }
        What::Service(id) => {
            let path = if id == INDEX { "/services/".into() } else { format!("/services/{id}/") };
            let title = page(|page| &page.title, hit.what).unwrap_or_default();
            (path, title, page(|page| &page.summary, hit.what))
        }
        What::Page(id) => {
            let title = page(|page| &page.title, hit.what).unwrap_or_default();
            (format!("/{id}/"), title, page(|page| &page.summary, hit.what))
        }
        What::Library(id) => (format!("/libraries/{id}/"), Html::text(locale.branch(id)), None),
    };
    let also = (hit.field == Field::AlsoKnownAs)
        .then(|| Html::worded(hit.text, hit.language, locale.chrome()));
    Found { link: Link::to(locale, &path), title, text, also }
}

/// A short text with its values, marked with its language.
fn line(locale: &Locale<'_>, text: &str, language: &LanguageTag) -> Html {
    let of = locale.renderer().locale(language);
    let filled = markdown::fill(text, |name| of.placeholder(name).ok().flatten());
    Html::worded(&filled.unwrap_or_else(|_| text.to_owned()), language, locale.chrome())
}

/// The name of the file that is a folder's own page.
const INDEX: &str = "index";

/// Everything that can be found.
pub(crate) fn index(bundle: &Bundle, strings: &Strings) -> Index {
    let pages = bundle.texts.iter().flat_map(|(language, texts)| {
        let topics = texts.topics.iter().map(|(id, topic)| Entry {
            what: What::Topic(id.clone()),
            language: language.clone(),
            title: topic.title.clone(),
            also_known_as: topic.also_known_as.clone(),
            summary: topic.card.clone(),
        });
        let page = |what, text: &PageText| Entry {
            what,
            language: language.clone(),
            title: text.title.clone(),
            also_known_as: Vec::new(),
            summary: text.summary.clone(),
        };
        let services =
            texts.services.iter().map(move |(id, text)| (What::Service(id.clone()), text));
        // Someone who searches has seen the home page.
        let pages = texts.pages.iter().filter(|(id, _)| *id != INDEX);
        let pages = pages.map(|(id, text)| (What::Page(id.clone()), text));
        topics.chain(services.chain(pages).map(move |(what, text)| page(what, text)))
    });
    // A library has the same name in every language.
    let libraries = bundle.directory.branches.values().map(|branch| Entry {
        what: What::Library(branch.id.clone()),
        language: LanguageTag::source(),
        title: branch.name.clone(),
        also_known_as: Vec::new(),
        summary: String::new(),
    });
    let little = bundle.strings.keys().filter_map(|language| {
        let found = strings.find(language, LITTLE_WORDS, None).ok()?;
        (found.language == language).then(|| (language.clone(), found.text))
    });
    Index::new(pages.chain(libraries), little)
}
