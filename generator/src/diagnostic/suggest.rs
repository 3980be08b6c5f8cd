//! Suggests what was meant by a misspelt name.

/// How many names are listed.
const NAMED: usize = 24;

/// The longest word that is compared: anything longer is no misspelling.
const WORD: usize = 200;

/// "did you mean …?", or the names that there are.
pub(crate) fn suggestion(word: &str, known: &[impl AsRef<str>]) -> String {
    match nearest(word, known) {
        Some(near) => format!("did you mean {near}?"),
        None if known.is_empty() => "there are none yet".to_owned(),
        None => {
            let named: Vec<_> = known.iter().take(NAMED).map(AsRef::as_ref).collect();
            let more = if known.len() > NAMED { ", …" } else { "" };
            format!("there are: {}{more}", named.join(", "))
        }
    }
}

/// The word that is most like this one, if one is like it.
pub(crate) fn nearest<'k>(word: &str, known: &'k [impl AsRef<str>]) -> Option<&'k str> {
    if word.len() > WORD {
        return None;
    }
    let (length, most) = (word.chars().count(), 2 + word.len() / 5);
    // Words of very different lengths can't be alike, and comparing them is slow.
    let alike = known.iter().map(AsRef::as_ref);
    let alike = alike.filter(|known| length.abs_diff(known.chars().count()) <= most);
    let near = alike.map(|known| (strsim::damerau_levenshtein(word, known), known)).min();
    near.filter(|(distance, _)| *distance <= most).map(|(_, near)| near)
}
