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
    let small = text.to_lowercase();
    let mark = |c: char| !c.is_alphanumeric();
    let mut plain = String::with_capacity(small.len());
    for word in small.split_whitespace().map(|word| word.trim_matches(mark)) {
        if !(word.is_empty() || plain.is_empty()) {
            plain.push(' ');
        }
        plain.push_str(word);
    }
    if plain.contains('’') { plain.replace('’', "'") } else { plain }
}
