//! `translations diff`: each block of the source beside the one that translates it.

use crate::blocks::{Change, NoTranslation, Pair, Texts, compare};
use crate::file::block::{Block, BlockOrigin};
use similar::{Algorithm, DiffOp, capture_diff_slices};

/// A translation beside its source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beside {
    /// Whether the translation says which text it translates. If it doesn't, blocks stand beside
    /// each other because they are alike.
    pub marked: bool,
    /// The blocks.
    pub rows: Vec<BesideRow>,
}

/// A block of the source beside the one that translates it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BesideRow {
    /// What has become of it.
    pub change: Change,
    /// What it is.
    pub name: &'static str,
    /// Its line in the translation.
    pub line: Option<usize>,
    /// The source as it is now.
    pub source: Option<String>,
    /// The translation.
    pub translation: Option<String>,
}

/// Puts a translation beside its source.
pub fn beside(texts: Texts<'_>, translation: &str) -> Result<Beside, NoTranslation> {
    let both = texts.both(translation)?;
    let (source, own) = both.blocks();
    let record = both.translation.record();
    let pairs = match &record {
        Some(record) => compare(&source, record, &own),
        None => alike(&source, &own),
    };
    let row = |pair: &Pair| {
        let source = pair.source.and_then(|at| source.get(at));
        let own = pair.translation.and_then(|at| own.get(at));
        BesideRow {
            change: pair.change,
            name: source.or(own).map_or("block", Block::name),
            line: own.map(|block| block.line),
            source: source.map(|block| block.text.clone()),
            translation: own.map(|block| block.text.clone()),
        }
    };
    Ok(Beside { marked: record.is_some(), rows: pairs.iter().map(row).collect() })
}

/// Blocks of one kind in one order.
fn alike(source: &[Block], own: &[Block]) -> Vec<Pair> {
    let kinds =
        |blocks: &[Block]| blocks.iter().map(|block| block.origin).collect::<Vec<BlockOrigin>>();
    let mut pairs = Vec::new();
    let pair = |change, source, translation| Pair { change, source, translation };
    for op in capture_diff_slices(Algorithm::Myers, &kinds(own), &kinds(source)) {
        if let DiffOp::Equal { old_index, new_index, len } = op {
            let same = |at| pair(Change::Same, Some(new_index + at), Some(old_index + at));
            pairs.extend((0..len).map(same));
            continue;
        }
        pairs.extend(op.old_range().map(|at| pair(Change::Removed, None, Some(at))));
        pairs.extend(op.new_range().map(|at| pair(Change::Added, Some(at), None)));
    }
    pairs
}
