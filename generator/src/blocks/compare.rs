//! A translation beside its source: which blocks are as they were when it was marked.

use crate::file::block::{Block, BlockHash, BlockOrigin};
use similar::{Algorithm, DiffOp, capture_diff_slices};
use std::ops::Range;

/// What has become of a block since the translation was marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Nothing.
    Same,
    /// The source says something else now.
    Changed,
    /// The source has something that the translation hasn't.
    Added,
    /// The translation has something that the source no longer has.
    Removed,
}

/// A block of the source and the one that translates it, by their places in their files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pair {
    /// What has become of it.
    pub change: Change,
    /// The block of the source, if it is still there.
    pub source: Option<usize>,
    /// The block of the translation, if it is known.
    pub translation: Option<usize>,
}

/// Compares a translation's record, a hash for each block of the source as it was, with the
/// source as it is. Block and record go together where the translation has as many blocks as its
/// record; where it hasn't, only the keys of the front matter find each other.
pub fn compare(source: &[Block], record: &[BlockHash], translation: &[Block]) -> Vec<Pair> {
    let now: Vec<_> = source.iter().map(|block| block.hash.clone()).collect();
    let one_to_one = record.len() == translation.len();
    let mut pairs = Vec::with_capacity(source.len());
    let (mut old, mut new) = (0..0, 0..0);
    for op in capture_diff_slices(Algorithm::Myers, record, &now) {
        let DiffOp::Equal { old_index, new_index, len } = op else {
            (old.end, new.end) = (op.old_range().end, op.new_range().end);
            continue;
        };
        (old.end, new.end) = (old_index, new_index);
        replaced(source, translation, one_to_one, old, new, &mut pairs);
        pairs.extend((0..len).map(|step| Pair {
            change: Change::Same,
            source: Some(new_index + step),
            translation: Some(old_index + step),
        }));
        (old, new) = (old_index + len..old_index + len, new_index + len..new_index + len);
    }
    (old.end, new.end) = (record.len(), now.len());
    replaced(source, translation, one_to_one, old, new, &mut pairs);
    if !one_to_one {
        by_key_alone(source, translation, &mut pairs);
    }
    pairs
}

/// What stands between blocks that stayed the same: blocks of one kind in one order are the same
/// blocks with other words.
fn replaced(
    source: &[Block],
    translation: &[Block],
    one_to_one: bool,
    old: Range<usize>,
    new: Range<usize>,
    pairs: &mut Vec<Pair>,
) {
    let origin = |block: Option<&Block>| block.map(|block| block.origin);
    let before: Vec<_> =
        old.clone().map(|at| origin(translation.get(at).filter(|_| one_to_one))).collect();
    let after: Vec<_> = new.clone().map(|at| origin(source.get(at))).collect();
    let pair = |change, source, translation| Pair { change, source, translation };
    if !one_to_one {
        // Nothing says what the old blocks were: one new for one old.
        let common = before.len().min(after.len());
        pairs.extend((0..common).map(|step| pair(Change::Changed, Some(new.start + step), None)));
        pairs.extend((common..after.len()).map(|s| pair(Change::Added, Some(new.start + s), None)));
        pairs.extend((common..before.len()).map(|_| pair(Change::Removed, None, None)));
        return;
    }
    for op in capture_diff_slices(Algorithm::Myers, &before, &after) {
        let (was, is) = (op.old_range(), op.new_range());
        if let DiffOp::Equal { old_index, new_index, len } = op {
            pairs.extend((0..len).map(|step| {
                let source = Some(new.start + new_index + step);
                pair(Change::Changed, source, Some(old.start + old_index + step))
            }));
            continue;
        }
        pairs.extend(was.map(|at| pair(Change::Removed, None, Some(old.start + at))));
        pairs.extend(is.map(|at| pair(Change::Added, Some(new.start + at), None)));
    }
}

/// Pairs keys by their names, whatever other blocks the translation has.
fn by_key_alone(source: &[Block], translation: &[Block], pairs: &mut [Pair]) {
    for pair in pairs {
        let origin = pair.source.and_then(|at| source.get(at)).map(|block| block.origin);
        let same = |block: &Block| {
            matches!(block.origin, BlockOrigin::Key(_)) && Some(block.origin) == origin
        };
        pair.translation = translation.iter().position(same);
        if pair.change == Change::Added && pair.translation.is_some() {
            pair.change = Change::Changed;
        }
    }
}

/// Whether two files have the same blocks in the same order, so that one can be shown beside the
/// other without a record.
pub fn parallel(source: &[Block], translation: &[Block]) -> bool {
    let kinds = |blocks: &[Block]| blocks.iter().map(|block| block.origin).collect::<Vec<_>>();
    kinds(source) == kinds(translation)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::block::body_blocks;

    fn changes(source: &str, was: &str, translation: &str) -> Vec<(Change, String, String)> {
        let [source, was, translation] =
            [source, was, translation].map(|text| body_blocks(text, 1));
        let record: Vec<_> = was.iter().map(|block| block.hash.clone()).collect();
        let text = |blocks: &[Block], at: Option<usize>| {
            at.map(|at| blocks[at].text.clone()).unwrap_or_default()
        };
        compare(&source, &record, &translation)
            .iter()
            .map(|pair| {
                (pair.change, text(&source, pair.source), text(&translation, pair.translation))
            })
            .collect()
    }

    fn check(source: &str, was: &str, translation: &str, expected: &[(Change, &str, &str)]) {
        let expected: Vec<_> =
            expected.iter().map(|(c, a, b)| (*c, (*a).to_owned(), (*b).to_owned())).collect();
        assert_eq!(changes(source, was, translation), expected);
    }

    #[test]
    fn a_paragraph_with_other_words_is_the_same_paragraph() {
        let (now, was) = ("## A\n\nNew.\n\n- x", "## A\n\nOld.\n\n- x");
        let expected =
            [(Change::Same, "A", "Á"), (Change::Changed, "New.", "Cũ."), (Change::Same, "x", "y")];
        check(now, was, "## Á\n\nCũ.\n\n- y", &expected);
    }

    #[test]
    fn a_new_item_between_others_is_new_and_they_stay_theirs() {
        let expected =
            [(Change::Same, "a", "á"), (Change::Added, "b", ""), (Change::Same, "c", "ć")];
        check("- a\n- b\n- c", "- a\n- c", "- á\n- ć", &expected);
    }

    #[test]
    fn what_the_source_no_longer_has_is_removed() {
        let expected = [(Change::Removed, "", "á"), (Change::Same, "c", "ć")];
        check("- c", "- a\n- c", "- á\n- ć", &expected);
    }

    #[test]
    fn a_heading_put_before_a_changed_paragraph_does_not_take_its_place() {
        let expected = [(Change::Added, "H", ""), (Change::Changed, "New", "Cũ")];
        check("## H\n\nNew", "Old", "Cũ", &expected);
    }

    #[test]
    fn where_blocks_were_joined_none_is_taken_for_another() {
        let expected = [(Change::Changed, "New", ""), (Change::Same, "Two", "")];
        check("New\n\nTwo", "One\n\nTwo", "Một hai", &expected);
    }
}
