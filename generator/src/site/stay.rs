//! When a content file's page is there.

use super::Site;
use crate::file::{Parsed, What};
use domain::Period;
use jiff::civil::Date;

/// When a page is there.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stay {
    pub(crate) draft: bool,
    pub(crate) period: Period,
}

impl Stay {
    /// That of a source's file whose keys can be read.
    pub(crate) fn of(parsed: &Parsed) -> Option<Self> {
        let life = parsed.life?;
        let date = match &parsed.what {
            What::Post(_, date, _) => *date,
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
        let Some(stay) = Stay::of(parsed) else { return true };
        let is_shown = || match &parsed.what {
            What::Topic(id, ..) => self.directory.topics.contains_key(id),
            What::Branch(id, ..) => self.directory.branches.contains_key(id),
            What::Way(id, ..) => self.ways.contains_key(id),
            What::Post(id, ..) => self.news.contains_key(id),
            What::Page(id, ..) => self.pages.contains_key(id),
            _ => true,
        };
        stay.period.covers(today) && (!stay.draft || is_shown())
    }
}
