//! The folders of `content/`, and what holds for the files of each.

use super::PageKind;
use domain::{BranchId, TopicId};
use std::fmt;

/// A folder of `content/`: the kind of a content file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Folder {
    /// Topics of help.
    Topics,
    /// The page of the service and those of the ways to meet.
    Services,
    /// Libraries.
    Branches,
    /// News posts.
    News,
    /// All other pages.
    Pages,
    /// The wording of mails.
    Mails,
    /// The words of pages and forms, a file for each language.
    Strings,
}

impl Folder {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Topics,
        Self::Services,
        Self::Branches,
        Self::News,
        Self::Pages,
        Self::Mails,
        Self::Strings,
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Topics => "topics",
            Self::Services => "services",
            Self::Branches => "branches",
            Self::News => "news",
            Self::Pages => "pages",
            Self::Mails => "mails",
            Self::Strings => "strings",
        }
    }

    /// The folder of a name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|folder| folder.name() == name)
    }

    /// How the names of its files end.
    pub(crate) fn ending(self) -> &'static str {
        match self {
            Self::Strings => "ftl",
            _ => "md",
        }
    }

    /// Whether `content/ids.yaml` records the ids of its files: open cases hold them, so they
    /// never change and never return.
    pub fn records_ids(self) -> bool {
        matches!(self, Self::Topics | Self::Branches)
    }

    /// Whether its files are pages.
    pub(crate) fn has_pages(self) -> bool {
        !matches!(self, Self::Mails | Self::Strings)
    }

    /// The key that ends a page's time. What open cases name is retired, and its file stays.
    pub(crate) fn end_key(self) -> &'static str {
        if self.records_ids() { "retired" } else { "expires_on" }
    }

    /// Whether a Markdown file of it is translated. Mails to staff aren't: they read English.
    pub(crate) fn is_translated(self, id: &str) -> bool {
        match self {
            Self::Mails => id.starts_with("patron-"),
            Self::Strings => false,
            _ => true,
        }
    }

    /// The path of a file in the source language.
    pub(crate) fn file(self, id: impl fmt::Display) -> String {
        format!("content/{}/{id}.{}", self.name(), self.ending())
    }

    /// What a file's path has in common with its translations'.
    pub(crate) fn stem(self, id: impl fmt::Display) -> String {
        format!("content/{}/{id}", self.name())
    }

    /// The page that a file is.
    pub(crate) fn page(self, id: &str) -> Option<PageKind> {
        Some(match self {
            Self::Topics => PageKind::Topic(TopicId::parse(id).ok()?),
            Self::Services if id == "index" => PageKind::Services,
            Self::Services => PageKind::Service(id.to_owned()),
            Self::Branches => PageKind::Library(BranchId::parse(id).ok()?),
            Self::News => PageKind::Post(id.to_owned()),
            Self::Pages if id == "index" => PageKind::Home,
            Self::Pages => PageKind::Page(id.to_owned()),
            Self::Mails | Self::Strings => return None,
        })
    }
}
