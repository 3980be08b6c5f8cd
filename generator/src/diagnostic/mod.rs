//! What is wrong with the content, as values: where it stands, what it is, how to mend it.

mod brief;
mod codes;
mod excerpt;
mod narrow;
mod place;
mod sources;
mod suggest;
mod told;

pub use codes::{CODES, Code};
pub use narrow::narrow;
pub(crate) use place::{Place, Places};
pub use sources::Sources;
pub(crate) use suggest::{nearest, suggestion};
pub use told::{Told, told};

use brief::brief;
use serde::Serialize;

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
            message: brief(message.into()),
            help: brief(help.into()),
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
        self.annotation(&format!("{}\n{}", self.message, self.help))
    }

    /// A remark of a workflow at this place.
    fn annotation(&self, text: &str) -> String {
        let kind = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Hint => "notice",
        };
        let escape = |text: &str| text.replace('%', "%25").replace('\n', "%0A").replace('\r', "");
        format!(
            "::{kind} file={},line={},col={},title={}::{}",
            escape(&self.file).replace(':', "%3A").replace(',', "%2C"),
            self.line,
            self.column,
            self.code,
            escape(text)
        )
    }

    /// As an excerpt of its file, for people.
    pub fn to_human(&self, sources: &Sources, color: bool) -> String {
        excerpt::human(self, sources, color)
    }
}
