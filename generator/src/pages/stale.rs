//! Translations that are behind their source, as readers see it: the page says so at its top, and
//! each block whose source has changed has the source beside it.

use super::Maker;
use crate::blocks::{Change, Pair, compare};
use crate::file::block::{Block, BlockOrigin};
use crate::file::content::{Translatable, Words};
use domain::LanguageTag;
use render::html::Html;
use render::markdown::Document;
use std::ops::Range;

/// What a page says of its being stale.
pub(super) struct Stale {
    /// At its top: that it is, and what changed where nothing else shows the place.
    pub(super) top: Html,
    /// At its blocks, by their places in the body.
    pub(super) notes: Vec<(Range<usize>, Html)>,
}

impl Maker<'_> {
    /// `None` if it isn't stale, or was never marked.
    pub(super) fn stale<T>(&self, words: &Words<T>) -> Option<Stale> {
        let record = words.record()?;
        let source = self.site.source_of(&words.file)?;
        let blocks = words.blocks();
        let mut top = String::new();
        let mut notes: Vec<(Range<usize>, Html)> = Vec::new();
        // The block that was shown last: what is new stands behind it.
        let mut shown: Option<Range<usize>> = None;
        let pairs = compare(source.blocks(), record, blocks);
        for Pair { change, source: of, translation: at } in pairs {
            let own = at.and_then(|at| blocks.get(at)).map(|block| block.whole.clone());
            shown = own.filter(|place| !place.is_empty()).or(shown);
            let Some(of) = of.and_then(|of| source.blocks().get(of)) else { continue };
            if change == Change::Same || !on_pages(of) {
                continue;
            }
            let note = self.note(change, of, source.file());
            match &shown {
                Some(place) if matches!(of.origin, BlockOrigin::Body(_)) && known(change, at) => {
                    notes.push((place.clone(), note));
                }
                _ => top.push_str(note.as_str()),
            }
        }
        if top.is_empty() && notes.is_empty() {
            return None;
        }
        let says = self.locale.t("stale", &[]).unwrap_or_default();
        let top = format!("<p class=\"note\">{}</p>\n{top}", says.as_str());
        Some(Stale { top: Html::trusted(top), notes })
    }

    /// The source of one block: folded below a translation of its older text, open where there is
    /// no translation.
    fn note(&self, change: Change, source: &Block, file: &str) -> Html {
        let (key, open) = match change {
            Change::Added => ("stale-added", " open"),
            _ => ("stale-changed", ""),
        };
        let says = self.locale.t(key, &[]).unwrap_or_default();
        let language = LanguageTag::source();
        let written = Document::parse(&source.text).write(&language);
        let text = self.markdown(&written, &language, file, None);
        Html::trusted(format!(
            "<details class=\"stale\"{open}><summary>{}</summary>{}</details>\n",
            says.as_str(),
            text.as_str()
        ))
    }
}

/// Whether a block stands on its page: some texts are for the form and for finding the page.
fn on_pages(block: &Block) -> bool {
    match block.origin {
        BlockOrigin::Key(key) => matches!(key, "title" | "card" | "summary"),
        BlockOrigin::Body(_) => true,
    }
}

/// Whether the place of a change is known: what is new comes behind what was shown before.
fn known(change: Change, translation: Option<usize>) -> bool {
    change == Change::Added || translation.is_some()
}
