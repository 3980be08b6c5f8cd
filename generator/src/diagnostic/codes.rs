//! Every code that a diagnostic can have. `docs/diagnostics.md` explains each; tests hold both, and
//! the broken sites of `generator/tests/fixtures`, to this list.

use super::Severity::{self, Error, Hint, Warning};

/// A kind of mistake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code {
    /// Its name.
    pub name: &'static str,
    /// How bad it is at its worst.
    pub severity: Severity,
}

const fn code(name: &'static str, severity: Severity) -> Code {
    Code { name, severity }
}

/// All of them, by name.
pub const CODES: &[Code] = &[
    code("bad-alias", Error),
    code("bad-file-name", Error),
    code("broken-link", Error),
    code("different-values", Error),
    code("duplicate-address", Error),
    code("duplicate-term", Error),
    code("empty-link-text", Error),
    code("ended-closure", Hint),
    code("ended-mode", Hint),
    code("fact-in-translation", Error),
    code("foreign-passage", Error),
    code("front-matter-missing", Error),
    code("glossary", Hint),
    code("holiday-twice", Warning),
    code("image-kind", Error),
    code("image-too-large", Error),
    code("internal", Error),
    code("link-to-unpublished", Error),
    code("long-sentence", Hint),
    code("meaningless-alt", Error),
    code("misplaced-file", Error),
    code("missing-alt", Error),
    code("missing-file", Error),
    code("missing-image", Error),
    code("missing-key", Error),
    code("missing-string", Warning),
    code("missing-translation", Warning),
    code("never-answers", Error),
    code("no-holidays-ahead", Hint),
    code("no-source-language", Error),
    code("nobody-can-help", Error),
    code("nobody-can-take", Warning),
    code("not-text", Error),
    code("one-way-neighbor", Warning),
    code("outside-hours", Error),
    code("overlapping-modes", Error),
    code("own-neighbor", Error),
    code("raw-html", Error),
    code("removed-id", Error),
    code("required-page", Error),
    code("review-due", Warning),
    code("second-title", Error),
    code("shared-mailbox", Warning),
    code("skipped-heading", Error),
    code("stale-translation", Warning),
    code("stray-language", Error),
    code("stray-reference", Error),
    code("string-syntax", Error),
    code("translation-of-nothing", Error),
    code("unknown-area", Error),
    code("unknown-branch", Error),
    code("unknown-group", Error),
    code("unknown-key", Error),
    code("unknown-language", Error),
    code("unknown-placeholder", Error),
    code("unknown-string", Error),
    code("unknown-topic", Error),
    code("unmarked-translation", Hint),
    code("unreadable-image", Error),
    code("unrecorded-id", Hint),
    code("unreviewed-translation", Hint),
    code("unused-footnote", Error),
    code("unused-image", Hint),
    code("wrong-type", Error),
    code("wrong-value", Error),
    code("yaml", Error),
];

/// Whether there is such a code.
pub(crate) fn is_listed(name: &str) -> bool {
    CODES.binary_search_by(|code| code.name.cmp(name)).is_ok()
}
