//! The words around an editor's: they are the site's strings, in the language of the page.

use pulldown_cmark::BlockQuoteKind;

/// What a notice is, `> [!TIP]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoticeKind {
    /// Something to know.
    Note,
    /// Something that makes it easier.
    Tip,
    /// Something that one has to know.
    Important,
    /// Something that can go wrong.
    Warning,
    /// Something that does harm.
    Caution,
}

/// Words that an editor doesn't write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    /// A notice's title.
    Notice(NoticeKind),
    /// What the part with the footnotes is called.
    Footnotes,
    /// What the link from a footnote back to the text is called.
    BackToText,
    /// What a table that can be scrolled is called.
    Table,
}

impl NoticeKind {
    /// Its class in the style sheet.
    pub fn class(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Tip => "tip",
            Self::Important => "important",
            Self::Warning => "warning",
            Self::Caution => "caution",
        }
    }
}

impl From<BlockQuoteKind> for NoticeKind {
    fn from(kind: BlockQuoteKind) -> Self {
        match kind {
            BlockQuoteKind::Note => Self::Note,
            BlockQuoteKind::Tip => Self::Tip,
            BlockQuoteKind::Important => Self::Important,
            BlockQuoteKind::Warning => Self::Warning,
            BlockQuoteKind::Caution => Self::Caution,
        }
    }
}

impl Word {
    /// The key of its string.
    pub fn key(self) -> &'static str {
        match self {
            Self::Notice(NoticeKind::Note) => "notice-note",
            Self::Notice(NoticeKind::Tip) => "notice-tip",
            Self::Notice(NoticeKind::Important) => "notice-important",
            Self::Notice(NoticeKind::Warning) => "notice-warning",
            Self::Notice(NoticeKind::Caution) => "notice-caution",
            Self::Footnotes => "footnotes",
            Self::BackToText => "footnote-back",
            Self::Table => "table",
        }
    }
}
