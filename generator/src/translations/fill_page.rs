//! Filling one page: from the rows of a sheet to the file of a translation.

use super::fill::{FillRow, Filled, Outcome, changed_since};
use super::verify::verify;
use crate::blocks::{Change, PageText, Texts, compare, parallel};
use crate::file::block::{Block, BlockHash, BlockOrigin, body_blocks, indentation, indented};
use crate::paths::{in_content, source_file, translation_file};
use domain::LanguageTag;
use jiff::civil::Date;
use std::collections::BTreeSet;

/// A page to fill.
pub(crate) struct PageFill<'a> {
    pub(crate) texts: Texts<'a>,
    /// Like `topics/genealogy`.
    pub(crate) page: &'a str,
    pub(crate) language: &'a LanguageTag,
    pub(crate) reviewed: Option<(&'a str, Date)>,
}

/// What translates a block of the source.
#[derive(Clone)]
struct Slot {
    text: String,
    /// The text of the source that it translates, if that is known.
    hash: Option<BlockHash>,
}

/// A page's blocks with what translates them.
struct Draft {
    source: PageText,
    blocks: Vec<Block>,
    own: PageText,
    is_new: bool,
    slots: Vec<Option<Slot>>,
    /// Texts that the source no longer has.
    removed: Vec<String>,
    /// Whether it is known which block each part of the file translates.
    matched: bool,
}

pub(crate) fn fill_page(
    page: &PageFill<'_>,
    entries: &[FillRow],
    outcomes: &mut [Outcome],
    filled: &mut Filled,
) {
    let file = translation_file(&in_content(page.page), page.language);
    let mut draft = match draft(page, &file) {
        Ok(draft) => draft,
        Err(problem) => return all(entries, outcomes, &problem),
    };
    let mut taken = Vec::new();
    for entry in entries {
        outcomes[entry.at] = match place(&draft.blocks, entry) {
            None => Outcome::Problem(changed_since()),
            Some(at) => match verify(&draft.blocks[at], &entry.text) {
                Err(problem) => Outcome::Problem(problem),
                Ok(text) if draft.slots[at].as_ref().is_some_and(|slot| slot.text == text) => {
                    Outcome::Unchanged
                }
                Ok(text) => {
                    let hash = Some(draft.blocks[at].hash.clone());
                    draft.slots[at] = Some(Slot { text, hash });
                    taken.push(entry);
                    Outcome::Filled
                }
            },
        };
    }
    if taken.is_empty() {
        return;
    }
    match draft.file(&file, page.reviewed) {
        Ok((text, unread)) => {
            filled.files.insert(file.clone(), text);
            filled.removed.extend(draft.removed.into_iter().map(|text| (file.clone(), text)));
            filled.unread.extend(unread.then_some(file));
        }
        Err(problem) => {
            for entry in taken {
                outcomes[entry.at] = Outcome::Problem(problem.clone());
            }
        }
    }
}

fn all(entries: &[FillRow], outcomes: &mut [Outcome], problem: &str) {
    for entry in entries {
        outcomes[entry.at] = Outcome::Problem(problem.to_owned());
    }
}

/// The block of the source that a row is about: by its place, or, if blocks were put before it,
/// by its text.
fn place(blocks: &[Block], entry: &FillRow) -> Option<usize> {
    let same = |block: &&Block| block.hash == entry.id.hash;
    let first_of_body =
        blocks.iter().position(|block| matches!(block.origin, BlockOrigin::Body(_)));
    let numbered = entry.id.block.parse::<usize>().ok().zip(first_of_body);
    let there = numbered.and_then(|(number, first)| (number + first).checked_sub(1));
    if let Some(at) = there.filter(|at| blocks.get(*at).as_ref().is_some_and(same)) {
        return Some(at);
    }
    let mut places = (0..blocks.len()).filter(|at| same(&&blocks[*at]));
    places.next().filter(|_| places.next().is_none())
}

fn draft(page: &PageFill<'_>, file: &str) -> Result<Draft, String> {
    let source_file = source_file(&in_content(page.page));
    let Some(text) = page.texts.get(&source_file) else {
        return Err(format!("there is no {source_file} any more"));
    };
    let told = |d: crate::Diagnostic| format!("{}:{}: {}; {}", d.file, d.line, d.message, d.help);
    let source = PageText::read(&source_file, text).map_err(told)?;
    let blocks = source.blocks();
    let existing = page.texts.get(file);
    let own = PageText::read(file, existing.unwrap_or("---\n---\n")).map_err(told)?;
    let own_blocks = own.blocks();
    let mut slots = vec![None; blocks.len()];
    let mut removed = Vec::new();
    let mut matched = true;
    match own.record() {
        _ if existing.is_none() => {}
        Some(record) if record.len() == own_blocks.len() => {
            for pair in compare(&blocks, &record, &own_blocks) {
                let Some(at) = pair.translation else { continue };
                let text = own_blocks[at].text.clone();
                match pair.source {
                    Some(of) => slots[of] = Some(Slot { text, hash: Some(record[at].clone()) }),
                    None if pair.change == Change::Removed => removed.push(text),
                    None => {}
                }
            }
        }
        None if parallel(&blocks, &own_blocks) => {
            let known = |block: &Block| Some(Slot { text: block.text.clone(), hash: None });
            slots = own_blocks.iter().map(known).collect();
        }
        _ => matched = false,
    }
    Ok(Draft { source, blocks, own, is_new: existing.is_none(), slots, removed, matched })
}

impl Draft {
    /// The file with what was filled, and whether it has lost its review.
    fn file(
        &mut self,
        file: &str,
        reviewed: Option<(&str, Date)>,
    ) -> Result<(String, bool), String> {
        let missing = |at: &usize| self.slots[*at].is_none();
        if !self.matched && (0..self.blocks.len()).any(|at| missing(&at)) {
            return Err(format!(
                "the blocks of {file} are not those of its source, so nobody knows where it \
                 belongs; mend the file and mark it, or fill all its rows (sheet --all)"
            ));
        }
        let key = |at: &usize| matches!(self.blocks[*at].origin, BlockOrigin::Key(_));
        if let Some(at) = (0..self.blocks.len()).find(|at| key(at) && missing(at)) {
            let name = self.blocks[at].name();
            return Err(format!("{name} isn't translated, and no page is shown without it"));
        }
        let body = self.body();
        let told = |d: crate::Diagnostic| format!("{}:{}: {}", d.file, d.line, d.message);
        let before = self.own.blocks();
        for (block, slot) in self.blocks.iter().zip(&self.slots) {
            let (BlockOrigin::Key(name), Some(slot)) = (block.origin, slot) else { continue };
            let same = before.iter().any(|own| own.origin == block.origin && own.text == slot.text);
            if !same {
                self.own.set(name, &slot.text).map_err(told)?;
            }
        }
        self.own.set_body(&body);
        let own = self.own.blocks();
        let slots: Vec<_> = self.slots.iter().flatten().collect();
        let texts = |a: &Block, b: &&Slot| a.text == b.text;
        if own.len() != slots.len() || !own.iter().zip(&slots).all(|(a, b)| texts(a, b)) {
            return Err(format!("it can't be put between its neighbors; write it into {file}"));
        }
        let record: Option<Vec<_>> = slots.iter().map(|slot| slot.hash.clone()).collect();
        if let Some(record) = record {
            self.own.mark(&record).map_err(told)?;
        }
        let was_read = self.own.has("reviewed");
        match reviewed {
            Some((by, on)) => {
                let by = by.replace('\\', "\\\\").replace('"', "\\\"");
                let yaml = format!("{{ by: \"{by}\", on: {on} }}");
                self.own.set_yaml("reviewed", &yaml).map_err(told)?;
            }
            None => self.own.remove("reviewed").map_err(told)?,
        }
        Ok((self.own.written(), was_read && reviewed.is_none()))
    }

    /// The body: the translation's own, if it keeps its blocks, else laid out like the source's.
    fn body(&self) -> String {
        let own = body_blocks(self.own.body(), 1);
        let in_body = |at: &usize| matches!(self.blocks[*at].origin, BlockOrigin::Body(_));
        let body: Vec<_> = (0..self.blocks.len()).filter(in_body).collect();
        let kept = !self.is_new
            && self.matched
            && self.removed.is_empty()
            && own.len() == body.iter().filter(|at| self.slots[**at].is_some()).count()
            && self.same_kinds(&own, &body);
        if !kept {
            return self.like_source(&body);
        }
        let slots = body.iter().filter_map(|at| self.slots[*at].as_ref());
        let mut text = self.own.body().to_owned();
        let pairs: Vec<_> = own.iter().zip(slots).collect();
        for (block, slot) in pairs.into_iter().rev() {
            if block.text != slot.text {
                let by = indentation(self.own.body(), &block.at);
                text.replace_range(block.at.clone(), &indented(&slot.text, by));
            }
        }
        text
    }

    fn same_kinds(&self, own: &[Block], body: &[usize]) -> bool {
        let there = body.iter().filter(|at| self.slots[**at].is_some());
        let old: BTreeSet<&str> = own.iter().map(|block| block.text.as_str()).collect();
        // One new and one lost block leave the count as it was, so at least one must be unchanged.
        own.iter().zip(there).all(|(own, at)| own.origin == self.blocks[*at].origin)
            && (self.slots.iter().flatten().any(|slot| old.contains(slot.text.as_str()))
                || own.len() == body.len())
    }

    fn like_source(&self, body: &[usize]) -> String {
        let layout = self.source.body();
        // Blocks of keys have no place in the body.
        let mut text = String::new();
        let mut end = 0;
        for at in body {
            let block = &self.blocks[*at];
            if let Some(slot) = &self.slots[*at] {
                let between = &layout[end..block.at.start];
                let between = if text.is_empty() {
                    format!("\n{}", between.trim_start_matches('\n'))
                } else {
                    between.to_owned()
                };
                text.push_str(&between);
                text.push_str(&indented(&slot.text, indentation(layout, &block.at)));
            }
            end = block.at.end;
        }
        text.push_str(&layout[end..]);
        text
    }
}
