//! The texts that diagnostics are about.

use memchr::memchr_iter;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

/// The texts of files by their paths. They are shared, and lines are found without reading a text
/// again for each diagnostic.
#[derive(Debug, Default)]
pub struct Sources(BTreeMap<String, Source>);

#[derive(Debug)]
struct Source {
    text: Arc<str>,
    /// Where lines begin.
    lines: OnceLock<Vec<usize>>,
}

impl FromIterator<(String, Arc<str>)> for Sources {
    fn from_iter<I: IntoIterator<Item = (String, Arc<str>)>>(texts: I) -> Self {
        let source = |text| Source { text, lines: OnceLock::new() };
        Self(texts.into_iter().map(|(file, text)| (file, source(text))).collect())
    }
}

impl Sources {
    /// A line, from 1, with its end; `None` where there is none, or no text.
    pub(super) fn line(&self, file: &str, line: usize) -> Option<&str> {
        let source = self.0.get(file)?;
        let ends = || memchr_iter(b'\n', source.text.as_bytes()).map(|at| at + 1);
        let lines = source.lines.get_or_init(|| std::iter::once(0).chain(ends()).collect());
        let start = *lines.get(line.checked_sub(1)?)?;
        let end = lines.get(line).copied().unwrap_or(source.text.len());
        source.text.get(start..end)
    }

    /// How many lines a file has; none if there is no text.
    pub(super) fn lines(&self, file: &str) -> usize {
        self.line(file, 1);
        self.0.get(file).and_then(|source| source.lines.get()).map_or(0, Vec::len)
    }
}
