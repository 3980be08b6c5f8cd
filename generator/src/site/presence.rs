//! When a content file's page is there.

use super::Site;
use crate::file::{FileContent, Parsed};
use domain::Period;
use jiff::civil::Date;

/// When a page is there.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Presence {
    pub(crate) draft: bool,
    pub(crate) period: Period,
}

impl Presence {
    /// When a source file's page is there; `None` if its keys can't be read.
    pub(crate) fn of(parsed: &Parsed) -> Option<Self> {
        let life = parsed.life?;
        let date = match &parsed.content {
            FileContent::Post(_, date, _) => *date,
            _ => None,
        };
        let from = life.period.from.max(date);
        Some(Self { draft: life.draft, period: Period { from, ..life.period } })
    }
}

impl Site {
    /// Whether a content file's page is there on a day: a draft is, where the site has drafts.
    pub(crate) fn is_there(&self, file: &str, today: Date) -> bool {
        let Some(parsed) = self.files.get(file) else { return true };
        let Some(presence) = Presence::of(parsed) else { return true };
        let is_shown = || match &parsed.content {
            FileContent::Topic(id, ..) => self.directory.topics.contains_key(id),
            FileContent::Branch(id, ..) => self.directory.branches.contains_key(id),
            FileContent::Way(id, ..) => self.ways.contains_key(id),
            FileContent::Post(id, ..) => self.news.contains_key(id),
            FileContent::Page(id, ..) => self.pages.contains_key(id),
            _ => true,
        };
        presence.period.covers(today) && (!presence.draft || is_shown())
    }
}
