//! Small pieces of HTML.

use domain::LanguageTag;
use domain::language::Direction;
use serde::{Deserialize, Serialize};
use std::convert::Infallible;
use std::io;

/// HTML that is complete and safe to print as it is: every text in it has been escaped.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Html(String);

impl Html {
    /// From a text, escaped.
    pub fn text(text: &str) -> Self {
        Self(escape(text))
    }

    /// From a text in a language, marked with it where that isn't the language around it.
    pub fn worded(text: &str, language: &LanguageTag, around: &LanguageTag) -> Self {
        Self::text(text).marked(language, around)
    }

    /// From HTML that was made by a template or from Markdown.
    pub fn trusted(html: String) -> Self {
        Self(html)
    }

    /// The same, marked with its language where that isn't the language around it.
    pub fn marked(self, language: &LanguageTag, around: &LanguageTag) -> Self {
        if language == around {
            return self;
        }
        Self(format!(
            "<span lang=\"{}\" dir=\"{}\">{}</span>",
            language.html_lang(),
            dir(language),
            self.0
        ))
    }

    /// Whole paragraphs, marked with their language where that isn't the language around them.
    pub fn block(self, language: &LanguageTag, around: &LanguageTag) -> Self {
        if language == around {
            return self;
        }
        let (lang, dir) = (language.html_lang(), dir(language));
        Self(format!("<div lang=\"{lang}\" dir=\"{dir}\">{}</div>", self.0))
    }

    /// The HTML itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The value of the `dir` attribute.
pub fn dir(language: &LanguageTag) -> &'static str {
    match language.direction() {
        Direction::Ltr => "ltr",
        Direction::Rtl => "rtl",
    }
}

/// Escapes a text for HTML, in and outside attributes.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + text.len() / 16);
    escape_into(&mut escaped, text);
    escaped
}

/// The same, appended to a string.
pub(crate) fn escape_into(escaped: &mut String, text: &str) {
    let Ok(()) = escape_with(text, |piece| {
        escaped.push_str(piece);
        Ok::<_, Infallible>(())
    });
}

/// The same for templates: their own function would write byte by byte.
pub(crate) fn escape_to(text: &str, out: &mut dyn io::Write) -> io::Result<()> {
    escape_with(text, |piece| out.write_all(piece.as_bytes()))
}

/// Passes an escaped text on in the longest possible pieces.
fn escape_with<E>(text: &str, mut piece: impl FnMut(&str) -> Result<(), E>) -> Result<(), E> {
    let mut done = 0;
    for (at, byte) in text.bytes().enumerate() {
        let entity = match byte {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'"' => "&quot;",
            b'\'' => "&#39;",
            _ => continue,
        };
        // The five are ASCII, so `at` lies between characters.
        piece(&text[done..at])?;
        piece(entity)?;
        done = at + 1;
    }
    piece(&text[done..])
}
