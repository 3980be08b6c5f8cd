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
    /// What it means.
    pub meaning: &'static str,
}

const fn code(name: &'static str, severity: Severity, meaning: &'static str) -> Code {
    Code { name, severity, meaning }
}

/// All of them, by name.
pub const CODES: &[Code] = &[
    code("bad-alias", Error, "an entry of aliases is no address of this site"),
    code("bad-file-name", Error, "a file's name is no id, or its language is no tag"),
    code(
        "broken-link",
        Error,
        "a link leads to a file or a heading that isn't there, to a translation, or to an address",
    ),
    code("different-values", Error, "a string uses a value that its English string doesn't have"),
    code("duplicate-address", Error, "two pages, or a page and an alias, have the same address"),
    code("duplicate-term", Error, "a term stands twice in the glossary"),
    code("empty-link-text", Error, "a link's text doesn't say where it leads"),
    code("ended-closure", Hint, "a closure of site.yaml or a library is over"),
    code("ended-mode", Hint, "a dated mode is over"),
    code("fact-in-translation", Error, "a translation holds a key that is a fact"),
    code(
        "foreign-passage",
        Error,
        "a passage is in another language than its page, and isn't marked",
    ),
    code(
        "front-matter-missing",
        Error,
        "a page doesn't begin with its keys between two lines ---, or the second line is missing",
    ),
    code("glossary", Hint, "a translation doesn't use the glossary's word"),
    code("holiday-twice", Warning, "a day stands twice among the holidays"),
    code("image-kind", Error, "a picture is of a kind that pages don't show, such as a GIF"),
    code("image-too-large", Error, "a picture has more points than any screen shows"),
    code("internal", Error, "this program failed over a file"),
    code("link-to-unpublished", Error, "a page that is there links to one that isn't"),
    code("long-sentence", Hint, "a sentence is longer than most readers follow"),
    code("meaningless-alt", Error, "an image's text only says that it is one, or is a file's name"),
    code("misplaced-file", Error, "nothing reads a file in content/"),
    code("missing-alt", Error, "an image has no text"),
    code("missing-file", Error, "a file that every site needs isn't there"),
    code("missing-image", Error, "there is no picture at an image's path"),
    code("missing-key", Error, "a file lacks a key that it needs"),
    code("missing-string", Warning, "a language lacks one of the strings"),
    code(
        "missing-translation",
        Warning,
        "a page isn't there in a language that has the whole site",
    ),
    code("never-answers", Error, "a library, or the service, has no hours in which it answers"),
    code("no-holidays-ahead", Hint, "no holidays of the coming year are listed"),
    code("no-source-language", Error, "English isn't among the languages"),
    code("nobody-can-help", Error, "a topic says who"),
    code(
        "nobody-can-take",
        Warning,
        "some requests for a topic, in a way to meet and a language, find no library",
    ),
    code("not-text", Error, "a file isn't text in UTF-8"),
    code("one-way-neighbor", Warning, "a library lists a neighbor that doesn't list it"),
    code("outside-hours", Error, "a library answers while the service doesn't"),
    code("overlapping-modes", Error, "two modes suspend the same way to meet on the same day"),
    code("own-neighbor", Error, "a library is its own neighbor"),
    code(
        "raw-html",
        Error,
        "raw HTML that isn't on the list, or isn't balanced, stands in Markdown",
    ),
    code("removed-id", Error, "the file of a topic or a library that was published is gone"),
    code("required-page", Error, "a page that every page leads to may not come and go"),
    code("review-due", Warning, "a page should have been read again by a day that has passed"),
    code("second-title", Error, "a heading is as high as the page's title"),
    code("shared-mailbox", Warning, "two libraries read the same mailbox"),
    code("skipped-heading", Error, "a heading skips a level"),
    code("stale-translation", Warning, "a block of the source has changed since it was translated"),
    code("stray-language", Error, "a mark of a language marks nothing, or has no tag"),
    code("stray-reference", Error, "a link or a footnote's mark refers to nothing"),
    code("string-syntax", Error, "a line of strings can't be read"),
    code("translation-of-nothing", Error, "there is no English file that a translation translates"),
    code("unknown-area", Error, "a library lies in an area that site.yaml doesn't have"),
    code("unknown-branch", Error, "a library is named that isn't there"),
    code("unknown-group", Error, "a topic is in a group that site.yaml doesn't have"),
    code("unknown-key", Error, "there is no such key"),
    code(
        "unknown-language",
        Error,
        "a library's staff speak a language that the site doesn't have",
    ),
    code("unknown-placeholder", Error, "there is no such placeholder"),
    code("unknown-string", Error, "en.ftl has no such string"),
    code("unknown-topic", Error, "a topic is named that isn't there"),
    code("unmarked-translation", Hint, "a translation doesn't say which text it translates"),
    code("unreadable-image", Error, "a picture can't be read"),
    code("unrecorded-id", Hint, "a topic or a library isn't in ids.yaml"),
    code("unreviewed-translation", Hint, "nobody has read a translation that a machine made"),
    code("unused-footnote", Error, "nothing refers to a footnote"),
    code("unused-image", Hint, "no page shows a picture"),
    code("wrong-type", Error, "something else stands where keys are expected"),
    code("wrong-value", Error, "a value isn't what its key takes"),
    code("yaml", Error, "the keys can't be read"),
];

/// Whether there is such a code.
pub(crate) fn is_listed(name: &str) -> bool {
    CODES.binary_search_by(|code| code.name.cmp(name)).is_ok()
}
