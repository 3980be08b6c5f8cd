//! How well an asked word fits a word of a text.

use super::fold::is_unspaced;

/// From the loosest to the closest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fit {
    /// One letter is wrong, missing, added, or swapped with the next.
    Typo,
    /// The word begins with the asked one.
    Prefix,
    /// Equal except for the ending: "books" and "book".
    Ending,
    /// Equal.
    Exact,
}

/// Where a word stands in the question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Before other words.
    Before,
    /// Last, so that it may be unfinished.
    Last,
}

/// How well the asked word fits; `None` if it doesn't. Typos are checked separately.
pub(super) fn fit(asked: &str, there: &str, place: Place) -> Option<Fit> {
    let (length, other) = (asked.chars().count(), there.chars().count());
    if asked == there {
        Some(Fit::Exact)
    } else if asked.starts_with(is_unspaced) {
        // 족보를 finds 족보.
        let within = there.contains(asked) || (2 <= other && asked.contains(there));
        within.then_some(Fit::Ending)
    } else if there.starts_with(asked) && (4 <= length || (2 <= length && place == Place::Last)) {
        Some(if other - length <= 2 && 4 <= length { Fit::Ending } else { Fit::Prefix })
    } else if 4 <= other && length - other.min(length) <= 2 && asked.starts_with(there) {
        Some(Fit::Ending)
    } else {
        None
    }
}

/// Whether the words differ by one letter other than the first, which is rarely wrong. Short
/// words are refused as too similar to each other.
pub(super) fn is_typo(asked: &str, there: &str) -> bool {
    let spelled = |word: &str| !word.contains(|c| is_unspaced(c) || c.is_numeric());
    5 <= asked.chars().count()
        && spelled(asked)
        && asked.chars().next() == there.chars().next()
        && one_edit(asked, there)
}

/// Whether adding, removing, replacing or swapping one letter makes the words equal.
fn one_edit(a: &str, b: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if 1 < a.len().abs_diff(b.len()) {
        return false;
    }
    let same = |(x, y): &(&char, &char)| x == y;
    let head = a.iter().zip(&b).take_while(same).count();
    let (a, b) = (&a[head..], &b[head..]);
    let tail = a.iter().rev().zip(b.iter().rev()).take_while(same).count();
    match (&a[..a.len() - tail], &b[..b.len() - tail]) {
        ([], _) | (_, []) | ([_], [_]) => true,
        ([x, y], [v, w]) => x == w && y == v,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_letter_wrong_missing_too_many_or_swapped_is_a_typo() {
        for there in ["genealogy", "geneology", "genealgy", "geneallogy", "genaelogy"] {
            assert!(is_typo("genealogy", there), "{there}");
        }
        for there in ["geneolagy", "gen", "genealogical", "enealogy", "xenealogy"] {
            assert!(!is_typo("genealogy", there), "{there}");
        }
        assert!(!is_typo("book", "cook"), "short words are too close to each other");
    }

    #[test]
    fn a_plural_is_its_word_and_a_beginning_is_enough() {
        assert_eq!(fit("books", "book", Place::Before), Some(Fit::Ending));
        assert_eq!(fit("book", "books", Place::Before), Some(Fit::Ending));
        assert_eq!(fit("ge", "genealogy", Place::Last), Some(Fit::Prefix));
        assert_eq!(fit("ge", "genealogy", Place::Before), None);
    }
}
