//! Words that leave a reader without what they need: links that don't say where they lead, texts
//! of images that say nothing, sentences that are too long to follow. Pure functions of a text and
//! its page's language.

mod alt;
mod link;
mod sentence;

pub(crate) use alt::is_meaningless;
pub(crate) use link::says_nothing;
pub(crate) use sentence::long_sentences;

/// A text as it is compared with our lists: small letters, single spaces, no marks around it.
fn plain(text: &str) -> String {
    let small = text.to_lowercase().replace('’', "'");
    let mark = |c: char| !c.is_alphanumeric();
    let words = small.split_whitespace().map(|word| word.trim_matches(mark));
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}
