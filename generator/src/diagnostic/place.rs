//! Places in a file. Finding one takes the same time wherever it is: a page may have a thousand
//! links on one line.

use memchr::memchr_iter;
use std::cell::OnceCell;

/// A place in a file: line and column, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(crate) line: usize,
    pub(crate) column: usize,
}

impl Place {
    /// The beginning of a file.
    pub(crate) const START: Self = Self { line: 1, column: 1 };
}

/// Characters are counted for each piece of so many bytes.
const PIECE: usize = 1024;

/// The places of a text that begins on a line of its file.
pub(crate) struct Places<'t> {
    text: &'t str,
    first_line: usize,
    index: OnceCell<Index>,
}

struct Index {
    /// Where lines begin.
    lines: Vec<usize>,
    /// How many characters begin before each piece.
    characters: Vec<usize>,
}

impl<'t> Places<'t> {
    pub(crate) fn new(text: &'t str, first_line: usize) -> Self {
        Self { text, first_line, index: OnceCell::new() }
    }

    /// The place of a byte; of one past the end, the end.
    pub(crate) fn of_byte(&self, byte: usize) -> Place {
        let index = self.index.get_or_init(|| Index::new(self.text));
        let byte = byte.min(self.text.len());
        let line = index.lines.partition_point(|start| *start <= byte);
        let start = line.checked_sub(1).and_then(|line| index.lines.get(line)).copied();
        let before = |byte| index.before(self.text, byte);
        Place {
            line: self.first_line + line.saturating_sub(1),
            column: before(byte) - before(start.unwrap_or(0)) + 1,
        }
    }
}

impl Index {
    fn new(text: &str) -> Self {
        let bytes = text.as_bytes();
        let lines = std::iter::once(0).chain(memchr_iter(b'\n', bytes).map(|at| at + 1));
        let mut characters = Vec::with_capacity(bytes.len() / PIECE + 1);
        let mut sum = 0;
        for piece in bytes.chunks(PIECE) {
            characters.push(sum);
            sum += begun(piece);
        }
        Self { lines: lines.collect(), characters }
    }

    /// How many characters begin before a byte.
    fn before(&self, text: &str, byte: usize) -> usize {
        let piece = (byte / PIECE).min(self.characters.len().saturating_sub(1));
        let rest = text.as_bytes().get(piece * PIECE..byte).unwrap_or_default();
        self.characters.get(piece).copied().unwrap_or(0) + begun(rest)
    }
}

/// How many characters begin in a part of a text.
fn begun(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| (**byte & 0b1100_0000) != 0b1000_0000).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_character_has_the_place_that_counting_gives(
            text in "([a\nấ字🦀]|[a\n]{900,1100}){0,6}",
        ) {
            let places = Places::new(&text, 3);
            let (mut line, mut column) = (3, 1);
            for (at, c) in text.char_indices() {
                prop_assert_eq!(places.of_byte(at), Place { line, column });
                if c == '\n' {
                    (line, column) = (line + 1, 1);
                } else {
                    column += 1;
                }
            }
            prop_assert_eq!(places.of_byte(text.len()), Place { line, column });
            prop_assert_eq!(places.of_byte(usize::MAX), Place { line, column });
        }
    }
}
