//! What is wrong with the content, as values: where it stands, what it is, how to mend it.

mod codes;

pub use codes::{CODES, Code};

use memchr::{memchr_iter, memrchr};
use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteDiagnostic, NamedSource};
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Something that an editor should mend.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Diagnostic {
    /// The file, relative to the content folder's parent: `content/topics/genealogy.md`.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1, in characters.
    pub column: usize,
    /// What kind of mistake it is.
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// How to mend it.
    pub help: String,
}

/// How bad a mistake is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The page would be wrong.
    Error,
    /// The page would be less than it should be.
    Warning,
    /// It could be better; nothing is wrong.
    Hint,
}

/// A place in a file: line and column, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(crate) line: usize,
    pub(crate) column: usize,
}

impl Place {
    /// The beginning of a file.
    pub(crate) const START: Self = Self { line: 1, column: 1 };

    /// The place of a byte in a text that begins on a line of its file.
    pub(crate) fn of_byte(text: &str, byte: usize, first_line: usize) -> Self {
        let before = text.get(..byte).unwrap_or(text);
        let line_start = memrchr(b'\n', before.as_bytes()).map_or(0, |at| at + 1);
        Self {
            line: first_line + memchr_iter(b'\n', before.as_bytes()).count(),
            column: before[line_start..].chars().count() + 1,
        }
    }
}

impl Diagnostic {
    pub(crate) fn error(
        code: &'static str,
        file: &str,
        place: Place,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        debug_assert!(
            codes::is_listed(code),
            "add {code} to diagnostic/codes.rs and docs/diagnostics.md"
        );
        Self {
            file: file.to_owned(),
            line: place.line,
            column: place.column,
            code,
            severity: Severity::Error,
            message: message.into(),
            help: help.into(),
        }
    }

    pub(crate) fn warning(self) -> Self {
        Self { severity: Severity::Warning, ..self }
    }

    pub(crate) fn hint(self) -> Self {
        Self { severity: Severity::Hint, ..self }
    }

    /// As a remark of a workflow on GitHub.
    pub fn to_github(&self) -> String {
        let kind = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Hint => "notice",
        };
        let escape = |text: &str| text.replace('%', "%25").replace('\n', "%0A").replace('\r', "");
        format!(
            "::{kind} file={},line={},col={},title={}::{}%0A{}",
            escape(&self.file).replace(':', "%3A").replace(',', "%2C"),
            self.line,
            self.column,
            self.code,
            escape(&self.message),
            escape(&self.help)
        )
    }

    /// As an excerpt of its file, for people.
    pub fn to_human(&self, sources: &BTreeMap<String, Arc<str>>, color: bool) -> String {
        let severity = match self.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
            Severity::Hint => miette::Severity::Advice,
        };
        let text = sources.get(&self.file).map(|text| text.to_string()).unwrap_or_default();
        let offset = byte_of(&text, self.line, self.column);
        let report = miette::Report::new(
            MietteDiagnostic::new(self.message.clone())
                .with_severity(severity)
                .with_code(self.code)
                .with_help(self.help.clone())
                .with_label(LabeledSpan::at(offset..word_end(&text, offset), "here")),
        )
        .with_source_code(NamedSource::new(&self.file, text));
        let theme =
            if color { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
        let mut human = String::new();
        let handler = GraphicalReportHandler::new_themed(theme).with_links(false);
        match handler.render_report(&mut human, report.as_ref()) {
            Ok(()) => human,
            Err(_) => format!("{}:{}:{} {}\n", self.file, self.line, self.column, self.message),
        }
    }
}

fn byte_of(text: &str, line: usize, column: usize) -> usize {
    let start: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let rest = text.get(start..).unwrap_or_default();
    start + rest.chars().take(column.saturating_sub(1)).map(char::len_utf8).sum::<usize>()
}

fn word_end(text: &str, offset: usize) -> usize {
    let rest = text.get(offset..).unwrap_or_default();
    let length = rest.find(|c: char| c.is_whitespace()).unwrap_or(rest.len());
    offset + length
}
