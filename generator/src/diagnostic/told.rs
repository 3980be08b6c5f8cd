//! Shortens a long list of diagnostics: a few of each kind in full, the others as a number.

use super::{Diagnostic, Sources};
use std::collections::BTreeMap;

/// How many of a kind on one line are shown in full.
const ON_A_LINE: usize = 3;

/// How many of a kind in one file are: once they are mended, the next ones are shown.
const IN_A_FILE: usize = 30;

/// A diagnostic, or how many more there are like it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told<'d> {
    /// In full.
    One(&'d Diagnostic),
    /// So many more on its line.
    MoreOnTheLine(&'d Diagnostic, usize),
    /// So many more below it in its file.
    MoreInTheFile(&'d Diagnostic, usize),
}

/// Shortens diagnostics, which must be in the order of files and lines.
pub fn told<'d>(diagnostics: impl IntoIterator<Item = &'d Diagnostic>) -> Vec<Told<'d>> {
    let diagnostics: Vec<_> = diagnostics.into_iter().collect();
    let mut told = Vec::new();
    for file in diagnostics.chunk_by(|a, b| a.file == b.file) {
        let mut of_file: BTreeMap<&str, Count<'_>> = BTreeMap::new();
        for line in file.chunk_by(|a, b| a.line == b.line) {
            let mut of_line: BTreeMap<&str, Count<'_>> = BTreeMap::new();
            for diagnostic in line {
                let in_file = of_file.entry(diagnostic.code).or_insert(Count::of(diagnostic));
                if in_file.told == IN_A_FILE {
                    in_file.more += 1;
                    continue;
                }
                let on_line = of_line.entry(diagnostic.code).or_insert(Count::of(diagnostic));
                if on_line.told == ON_A_LINE && !is_about_the_file(diagnostic) {
                    on_line.more += 1;
                    continue;
                }
                for count in [in_file, on_line] {
                    count.told += 1;
                    count.last = diagnostic;
                }
                told.push(Told::One(diagnostic));
            }
            let more = of_line.into_values().filter(|count| count.more > 0);
            told.extend(more.map(|count| Told::MoreOnTheLine(count.last, count.more)));
        }
        let more = of_file.into_values().filter(|count| count.more > 0);
        told.extend(more.map(|count| Told::MoreInTheFile(count.last, count.more)));
    }
    told
}

/// Whether it stands at a file's beginning, because what is missing stands nowhere.
fn is_about_the_file(diagnostic: &Diagnostic) -> bool {
    (diagnostic.line, diagnostic.column) == (1, 1)
}

struct Count<'d> {
    last: &'d Diagnostic,
    told: usize,
    more: usize,
}

impl<'d> Count<'d> {
    fn of(first: &'d Diagnostic) -> Self {
        Self { last: first, told: 0, more: 0 }
    }
}

impl Told<'_> {
    /// For people, as [`Diagnostic::to_human`].
    pub fn to_human(&self, sources: &Sources, color: bool) -> String {
        match self.more() {
            None => self.diagnostic().to_human(sources, color),
            Some(more) => format!("{}: {more}\n\n", self.diagnostic().code),
        }
    }

    /// As a remark of a workflow on GitHub.
    pub fn to_github(&self) -> String {
        match self.more() {
            None => self.diagnostic().to_github(),
            Some(more) => self.diagnostic().annotation(&more),
        }
    }

    fn diagnostic(&self) -> &Diagnostic {
        match self {
            Self::One(diagnostic)
            | Self::MoreOnTheLine(diagnostic, _)
            | Self::MoreInTheFile(diagnostic, _) => diagnostic,
        }
    }

    fn more(&self) -> Option<String> {
        match self {
            Self::One(_) => None,
            Self::MoreOnTheLine(last, more) => Some(format!(
                "and {} more like this on line {} of {}",
                grouped(*more),
                last.line,
                last.file
            )),
            Self::MoreInTheFile(last, more) => {
                Some(format!("and {} more like this in {}", grouped(*more), last.file))
            }
        }
    }
}

/// A number with a comma before each three digits.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Place;

    fn at(file: &str, line: usize, column: usize) -> Diagnostic {
        Diagnostic::error("raw-html", file, Place { line, column }, "no", "do")
    }

    #[test]
    fn each_diagnostic_is_told_once_or_counted_once() {
        let mut all: Vec<_> = (1..=3_000).map(|column| at("content/a.md", 7, column)).collect();
        all.extend((8..=200).map(|line| at("content/a.md", line, 1)));
        all.push(at("content/b.md", 1, 1));
        let told = told(&all);
        let said: Vec<_> = told.iter().filter_map(Told::more).collect();
        let expected = [
            "and 2,997 more like this on line 7 of content/a.md",
            "and 166 more like this in content/a.md",
        ];
        assert_eq!(said, expected);
        assert_eq!(told.len(), 30 + 1 + 2);
    }

    #[test]
    fn what_is_missing_in_a_file_is_told_piece_by_piece() {
        let all = vec![at("content/strings/vi.ftl", 1, 1); 12];
        assert!(told(&all).iter().all(|told| told.more().is_none()));
    }

    #[test]
    fn numbers_have_their_commas() {
        let numbers = [1, 999, 1_000, 1_234_567].map(grouped);
        assert_eq!(numbers, ["1", "999", "1,000", "1,234,567"]);
    }
}
