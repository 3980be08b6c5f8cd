//! A Markdown file with front matter between `---` lines.

use crate::diagnostic::{Diagnostic, Place};
use crate::file::yaml::{self, Node, Value};
use std::ops::Deref;
use std::sync::Arc;

/// A file's two parts.
pub(crate) struct Parts {
    /// The keys.
    pub(crate) keys: Node,
    /// The Markdown below.
    pub(crate) body: Body,
    /// The line on which the Markdown begins.
    pub(crate) body_line: usize,
}

/// The rest of a file behind its front matter. It shares the file's text: bodies are most of what a
/// site holds in memory.
#[derive(Debug, Clone)]
pub(crate) struct Body {
    text: Arc<str>,
    start: usize,
}

impl Deref for Body {
    type Target = str;

    fn deref(&self) -> &str {
        self.text.get(self.start..).unwrap_or_default()
    }
}

impl From<String> for Body {
    fn from(text: String) -> Self {
        Self { text: text.into(), start: 0 }
    }
}

/// Splits a file. Whatever is wrong with it, its body is kept.
pub(crate) fn split(file: &str, text: &Arc<str>) -> (Parts, Vec<Diagnostic>) {
    let nothing = Node { value: Value::Map(Vec::new()), place: Place::START };
    let inside = text.strip_prefix("---\n").and_then(|rest| match rest.strip_prefix("---\n") {
        Some(body) => Some(("", body)),
        None => rest.split_once("\n---\n").or_else(|| rest.strip_suffix("\n---").map(|y| (y, ""))),
    });
    let Some((yaml, body)) = inside else {
        let problem = Diagnostic::error(
            "front-matter-missing",
            file,
            Place::START,
            "this file has no front matter",
            "begin it with a line ---, the keys, and another line ---",
        );
        return (
            Parts { keys: nothing, body: Body { text: Arc::clone(text), start: 0 }, body_line: 1 },
            vec![problem],
        );
    };
    let body_line = if yaml.is_empty() { 3 } else { yaml.matches('\n').count() + 4 };
    let body = Body { text: Arc::clone(text), start: text.len() - body.len() };
    let parts = |keys| Parts { keys, body: body.clone(), body_line };
    match yaml::parse(yaml, 2) {
        Ok(node) => match node.value {
            Value::Map(_) => (parts(node), Vec::new()),
            Value::Null => (parts(nothing), Vec::new()),
            _ => {
                let problem = Diagnostic::error(
                    "yaml",
                    file,
                    node.place,
                    "the front matter is not a list of keys",
                    "write each as a line `key: value`",
                );
                (parts(nothing), vec![problem])
            }
        },
        Err(error) => (parts(nothing), vec![syntax(file, error)]),
    }
}

/// The diagnostic of a text that isn't YAML.
pub(crate) fn syntax(file: &str, error: yaml::YamlError) -> Diagnostic {
    Diagnostic::error(
        "yaml",
        file,
        error.place,
        error.message,
        "check the indentation and the quotes here: a value with a colon in it needs quotes",
    )
}
