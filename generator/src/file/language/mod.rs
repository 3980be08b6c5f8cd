//! Is a passage in another language than its page? [`foreign`] says which one, and where it begins.
//!
//! Measured on every ordered pair of our ten languages: of typical sentences of eight words or
//! more 1,791 of 1,791 are found and named, Russian beside Ukrainian, simplified beside traditional
//! Chinese and Tagalog beside Spanish among them (`generator/tests/passages`); of the real
//! content's English and Vietnamese sentences, on pages of the nine other languages, 99.2 %: what
//! is missed has few everyday words or is half names. On the real content, our documents and 220
//! lines of names, titles and loanwords there is no false alarm. A block of 40 words takes 0.7 to
//! 1.3 µs in Latin letters, up to 3 µs in others.
//!
//! It never alarms on few words, names, titles, addresses, e-mail addresses, URLs and numbers: a
//! passage must be a sentence (or several short ones), and hold words that stand in nearly every
//! sentence of the other language and hardly any of the page's. What these lists can't tell goes
//! to `whatlang`, which is heard only if it is sure of a dozen words or more.

mod passage;
mod script;
mod token;
mod words;

use domain::LanguageTag;
use passage::Passage;
use script::Script;
use words::Tongue;

/// A language that a passage is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Foreign {
    /// Its tag.
    pub(crate) tag: &'static str,
    /// Its name in English.
    pub(crate) name: &'static str,
    /// The byte at which the passage begins.
    pub(crate) at: usize,
}

/// Looks for a passage in another language than the page's. What is marked as foreign, code and
/// the targets of links must have been taken out of the text.
pub(crate) fn foreign(text: &str, page: &LanguageTag) -> Option<Foreign> {
    if text.len() < passage::SHORTEST {
        return None;
    }
    let page = Page::of(page)?;
    passage::passages(text, |passage| page.is_plain(passage)).find_map(|passage| {
        let (tag, name) = judge(&passage, page, text)?;
        Some(Foreign { tag, name, at: passage.range.start })
    })
}

/// A language's name in English; of one that we have no lists for, its tag.
pub(crate) fn name(tag: &LanguageTag) -> &str {
    match Page::of(tag) {
        Some(Page::Latin(tongue) | Page::Cyrillic(tongue)) => named(tongue).1,
        Some(Page::Simplified) => SIMPLIFIED.1,
        Some(Page::Traditional) => TRADITIONAL.1,
        Some(Page::Korean) => KOREAN.1,
        Some(Page::Arabic) => named(Tongue::Arabic).1,
        None => tag.as_str(),
    }
}

/// A page's language, if we know its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Page {
    Latin(Tongue),
    Cyrillic(Tongue),
    Simplified,
    Traditional,
    Korean,
    Arabic,
}

impl Page {
    fn of(tag: &LanguageTag) -> Option<Self> {
        Some(match tag.as_str() {
            "en" => Self::Latin(Tongue::English),
            "es" => Self::Latin(Tongue::Spanish),
            "vi" => Self::Latin(Tongue::Vietnamese),
            "tl" => Self::Latin(Tongue::Tagalog),
            "ru" => Self::Cyrillic(Tongue::Russian),
            "uk" => Self::Cyrillic(Tongue::Ukrainian),
            "zh-Hans" => Self::Simplified,
            "zh-Hant" => Self::Traditional,
            "ko" => Self::Korean,
            "ar" => Self::Arabic,
            _ => return None,
        })
    }

    /// Whether what has been read of a sentence is plainly in this language. Most sentences are,
    /// and needn't be read to their end.
    fn is_plain(self, passage: &Passage) -> bool {
        match self {
            Self::Latin(own) => passage.hits(own) >= 3 && passage.hits(own) * 4 >= passage.words,
            Self::Cyrillic(own) => {
                let (of_own, of_other, other) = if own == Tongue::Russian {
                    (passage.russian, passage.ukrainian, Tongue::Ukrainian)
                } else {
                    (passage.ukrainian, passage.russian, Tongue::Russian)
                };
                of_own + passage.hits(own) >= 3 && of_other + passage.hits(other) == 0
            }
            Self::Simplified | Self::Traditional if passage.kana > 0 => false,
            Self::Simplified => passage.simplified >= 3 && passage.traditional == 0,
            Self::Traditional => passage.traditional >= 3 && passage.simplified == 0,
            Self::Korean => passage.korean_endings >= 3,
            Self::Arabic => passage.hits(Tongue::Arabic) >= 3,
        }
    }

    fn script(self) -> Script {
        match self {
            Self::Latin(_) => Script::Latin,
            Self::Cyrillic(_) => Script::Cyrillic,
            Self::Simplified | Self::Traditional => Script::Han,
            Self::Korean => Script::Hangul,
            Self::Arabic => Script::Arabic,
        }
    }
}

/// A language's tag and name.
type Named = (&'static str, &'static str);

const SIMPLIFIED: Named = ("zh-Hans", "Simplified Chinese");
const TRADITIONAL: Named = ("zh-Hant", "Traditional Chinese");
const KOREAN: Named = ("ko", "Korean");

const LATIN: [Tongue; 4] = [Tongue::English, Tongue::Spanish, Tongue::Vietnamese, Tongue::Tagalog];

fn judge(passage: &Passage, page: Page, text: &str) -> Option<Named> {
    let (script, share) = passage.main_script()?;
    if script != page.script() {
        // Names of another script in a sentence of the page's.
        if passage.weight(page.script()) * 4 > share {
            return None;
        }
        return match script {
            Script::Latin => latin(passage, None, text),
            Script::Cyrillic => cyrillic(passage, None),
            Script::Han => chinese(passage),
            Script::Kana => Some(("ja", "Japanese")),
            Script::Hangul => (passage.korean_endings >= 2).then_some(KOREAN),
            Script::Arabic => (passage.hits(Tongue::Arabic) >= 2).then_some(("ar", "Arabic")),
            Script::Other => unlisted(passage, text),
        };
    }
    match page {
        Page::Latin(own) => latin(passage, Some(own), text),
        Page::Cyrillic(own) => cyrillic(passage, Some(own)),
        Page::Simplified | Page::Traditional => {
            let found = chinese(passage)?;
            let own = if page == Page::Simplified { "zh-Hans" } else { "zh-Hant" };
            (found.0 != own && passage.is_sure_of_writing()).then_some(found)
        }
        Page::Korean => None,
        Page::Arabic if passage.hits(Tongue::Arabic) == 0 => unlisted(passage, text),
        Page::Arabic => None,
    }
}

/// Which of our languages in Latin letters it is, if it isn't the page's own.
fn latin(passage: &Passage, own: Option<Tongue>, text: &str) -> Option<Named> {
    let own_hits = own.map_or(0, |own| passage.hits(own));
    let others = LATIN.into_iter().filter(|tongue| Some(*tongue) != own);
    let (hits, found) = others.map(|tongue| (passage.hits(tongue), tongue)).max()?;
    if passage.is_title() {
        return None;
    }
    if hits >= 2 && hits * 5 >= passage.words && hits >= own_hits * 3 {
        return Some(named(found));
    }
    // Not one of the page's words in a dozen: a language that isn't among ours?
    let unlisted = (own_hits * 12 < passage.words).then(|| unlisted(passage, text)).flatten()?;
    (own.map(named) != Some(unlisted)).then_some(unlisted)
}

fn cyrillic(passage: &Passage, own: Option<Tongue>) -> Option<Named> {
    let russian = passage.russian + 2 * passage.hits(Tongue::Russian);
    let ukrainian = passage.ukrainian + 2 * passage.hits(Tongue::Ukrainian);
    let (other, score, own_score) = match own {
        Some(Tongue::Russian) => (Tongue::Ukrainian, ukrainian, russian),
        Some(Tongue::Ukrainian) => (Tongue::Russian, russian, ukrainian),
        _ => {
            let shared = passage.hits(Tongue::Slavic);
            let all = shared + passage.hits(Tongue::Russian) + passage.hits(Tongue::Ukrainian);
            let found = if ukrainian > russian { Tongue::Ukrainian } else { Tongue::Russian };
            return (all >= 2 && !passage.is_title()).then_some(named(found));
        }
    };
    let certain = passage.hits(other) > 0 || passage.words >= 12;
    (certain && score >= 3 && score >= own_score * 3 && !passage.is_title()).then_some(named(other))
}

fn chinese(passage: &Passage) -> Option<Named> {
    if passage.kana * 6 > passage.han {
        return Some(("ja", "Japanese"));
    }
    if passage.chinese_function < 2 || passage.chinese_function * 16 < passage.han {
        return None;
    }
    Some(if passage.traditional > passage.simplified { TRADITIONAL } else { SIMPLIFIED })
}

/// A language that we have no lists for.
fn unlisted(passage: &Passage, text: &str) -> Option<Named> {
    if passage.words < 12 || passage.is_title() {
        return None;
    }
    let info = whatlang::detect(text.get(passage.range.clone())?)?;
    let sure = info.is_reliable() && info.confidence() >= 0.9;
    sure.then(|| (short(info.lang()), info.lang().eng_name()))
}

/// The tag by which HTML names a language: two letters where there are two.
fn short(lang: whatlang::Lang) -> &'static str {
    use whatlang::Lang;
    match lang {
        Lang::Eng => "en",
        Lang::Spa => "es",
        Lang::Vie => "vi",
        Lang::Tgl => "tl",
        Lang::Por => "pt",
        Lang::Fra => "fr",
        Lang::Deu => "de",
        Lang::Ita => "it",
        Lang::Nld => "nl",
        Lang::Pol => "pl",
        Lang::Pes => "fa",
        Lang::Urd => "ur",
        Lang::Heb => "he",
        Lang::Hin => "hi",
        Lang::Tha => "th",
        Lang::Ell => "el",
        Lang::Khm => "km",
        Lang::Pan => "pa",
        Lang::Amh => "am",
        Lang::Ind => "id",
        other => other.code(),
    }
}

fn named(tongue: Tongue) -> Named {
    match tongue {
        Tongue::English => ("en", "English"),
        Tongue::Spanish => ("es", "Spanish"),
        Tongue::Vietnamese => ("vi", "Vietnamese"),
        Tongue::Tagalog => ("tl", "Tagalog"),
        Tongue::Russian | Tongue::Slavic => ("ru", "Russian"),
        Tongue::Ukrainian => ("uk", "Ukrainian"),
        Tongue::Arabic => ("ar", "Arabic"),
    }
}

#[cfg(test)]
mod tests;
