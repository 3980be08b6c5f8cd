//! A file as blocks: the units that a translator translates one by one, and by which a translation
//! is compared with its source.

use super::yaml::{Node, Value};
use render::markdown::blocks::BlockKind;
use sha2::{Digest, Sha256};
use std::fmt;
use std::ops::Range;

/// The keys of front matter that are translated, in the order in which a record holds them. The
/// body's blocks follow.
pub const KEYS: [&str; 6] = ["title", "subject", "card", "summary", "tell_us", "also_known_as"];

/// The key whose value is a list.
pub(crate) const WORDS_KEY: &str = "also_known_as";

/// The key that holds a translation's record.
pub(crate) const RECORD: &str = "translates";

/// Where a block comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BlockOrigin {
    /// The value of a key of the front matter.
    Key(&'static str),
    /// A block of the Markdown.
    Body(BlockKind),
}

/// A part of a file that is translated on its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// What it is.
    pub origin: BlockOrigin,
    /// The line on which it begins, from 1.
    pub line: usize,
    /// The line on which it ends.
    pub last_line: usize,
    /// Where its text stands in the body, without marks such as `## `; empty for a key.
    pub(crate) at: Range<usize>,
    /// The same with its marks.
    pub(crate) whole: Range<usize>,
    /// Its text: without marks, and without the indentation of a list.
    pub text: String,
    /// Its hash, which a record lists.
    pub hash: BlockHash,
}

/// A block's text as eight letters. Hexadecimal digits would be read as numbers by YAML now and
/// then (`12345678`, `1e234567`), so the digits here are `k` to `z`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlockHash(String);

/// A text that isn't such a hash.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not what `translations mark` writes")]
pub struct BlockHashError(String);

impl BlockHash {
    const LETTERS: &'static [u8; 16] = b"zyxwvutsrqponmlk";

    fn of(origin: BlockOrigin, text: &str) -> Self {
        let mut digest = Sha256::new();
        digest.update(name(origin).as_bytes());
        digest.update([0]);
        // How lines are wrapped doesn't count, except in code.
        if origin == BlockOrigin::Body(BlockKind::Code) {
            digest.update(text.as_bytes());
        } else {
            for word in text.split_whitespace() {
                digest.update(word.as_bytes());
                digest.update([b' ']);
            }
        }
        let letter = |half: u8| char::from(Self::LETTERS[usize::from(half)]);
        let bytes = digest.finalize();
        Self(bytes[..4].iter().flat_map(|byte| [letter(byte >> 4), letter(byte & 15)]).collect())
    }

    /// The hash of a text that isn't a block of a file, such as a string.
    pub(crate) fn of_text(text: &str) -> Self {
        Self::of(BlockOrigin::Body(BlockKind::Paragraph), text)
    }

    /// Reads a hash as a record holds it.
    pub fn parse(text: &str) -> Result<Self, BlockHashError> {
        if text.len() == 8 && text.bytes().all(|byte| Self::LETTERS.contains(&byte)) {
            Ok(Self(text.to_owned()))
        } else {
            Err(BlockHashError(text.to_owned()))
        }
    }

    /// The letters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for BlockHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Its name for translators.
pub(crate) fn name(origin: BlockOrigin) -> &'static str {
    match origin {
        BlockOrigin::Key(key) => key,
        BlockOrigin::Body(BlockKind::Paragraph) => "paragraph",
        BlockOrigin::Body(BlockKind::Heading(1)) => "heading 1",
        BlockOrigin::Body(BlockKind::Heading(2)) => "heading",
        BlockOrigin::Body(BlockKind::Heading(3)) => "heading 3",
        BlockOrigin::Body(BlockKind::Heading(_)) => "heading 4",
        BlockOrigin::Body(BlockKind::Item) => "list item",
        BlockOrigin::Body(BlockKind::Table) => "table",
        BlockOrigin::Body(BlockKind::Quote) => "quotation",
        BlockOrigin::Body(BlockKind::Code) => "code",
        BlockOrigin::Body(BlockKind::Other) => "other",
    }
}

impl Block {
    fn new(origin: BlockOrigin, line: usize, at: Range<usize>, text: String) -> Self {
        let last_line = line + text.matches('\n').count();
        let hash = BlockHash::of(origin, &text);
        Self { origin, line, last_line, whole: at.clone(), at, text, hash }
    }

    /// The beginning of its text, for messages.
    pub fn beginning(&self) -> String {
        const LONGEST: usize = 60;
        let words: Vec<_> = self.text.split_whitespace().collect();
        let text = words.join(" ");
        match text.char_indices().nth(LONGEST) {
            Some((at, _)) => {
                let end = text[..at].rfind(' ').unwrap_or(at);
                format!("{}…", &text[..end])
            }
            None => text,
        }
    }

    /// Its name in lists: the key, or what it is.
    pub fn name(&self) -> &'static str {
        name(self.origin)
    }
}

/// The texts of the front matter, in the order of a record.
pub(crate) fn key_blocks(keys: &Node) -> Vec<Block> {
    let Value::Map(entries) = &keys.value else {
        return Vec::new();
    };
    let found = KEYS.into_iter().filter_map(|key| {
        let entry = entries.iter().find(|entry| entry.key == key)?;
        let text = text_of(&entry.node)?;
        Some(Block::new(BlockOrigin::Key(key), entry.place.line, 0..0, text))
    });
    found.collect()
}

/// A key's value as a text: a list with commas between.
fn text_of(node: &Node) -> Option<String> {
    let text = match &node.value {
        Value::Text(text) => text.trim().to_owned(),
        Value::Int(number) => number.to_string(),
        Value::List(items) => items.iter().filter_map(text_of).collect::<Vec<_>>().join(", "),
        _ => return None,
    };
    (!text.is_empty()).then_some(text)
}

/// A record, as `translates` holds it.
pub(crate) fn record(node: &Node) -> Option<Vec<BlockHash>> {
    let Value::List(items) = &node.value else {
        return None;
    };
    let hash = |item: &Node| match &item.value {
        Value::Text(text) => BlockHash::parse(text).ok(),
        _ => None,
    };
    items.iter().map(hash).collect()
}

/// The blocks of a body that begins on a line of its file.
pub(crate) fn body_blocks(body: &str, first_line: usize) -> Vec<Block> {
    let mut blocks = Vec::new();
    let (mut line, mut counted) = (first_line, 0);
    for block in render::markdown::blocks::blocks(body) {
        let inner = without_marks(block.kind, &body[block.at.clone()]);
        let at = block.at.start + inner.start..block.at.start + inner.end;
        line += body[counted..at.start].matches('\n').count();
        counted = at.start;
        let text = dedented(body, &at);
        // A list item with nothing but a comment isn't translated yet.
        if !text.is_empty() && !is_only_comment(&text) {
            let inner = Block::new(BlockOrigin::Body(block.kind), line, at, text);
            blocks.push(Block { whole: block.at, ..inner });
        }
    }
    blocks
}

fn is_only_comment(text: &str) -> bool {
    text.starts_with("<!--") && text.find("-->").is_none_or(|end| end + 3 == text.len())
}

/// Where in a block its text stands.
fn without_marks(kind: BlockKind, block: &str) -> Range<usize> {
    let end = block.trim_end().len();
    let text = &block[..end];
    match kind {
        BlockKind::Heading(_) if text.trim_start().starts_with('#') => {
            let marks = text.len() - text.trim_start().trim_start_matches('#').trim_start().len();
            // Closing marks count as such only behind a space.
            let open = text.trim_end_matches('#');
            let end = if open.len() < end && open.ends_with([' ', '\t']) { open } else { text };
            marks..end.trim_end().len().max(marks)
        }
        // The line of = or - below.
        BlockKind::Heading(_) => 0..text.rfind('\n').map_or(end, |at| text[..at].trim_end().len()),
        BlockKind::Item => {
            let mark = text.trim_start();
            let digits = mark.trim_start_matches(|c: char| c.is_ascii_digit());
            let rest = digits.strip_prefix(['-', '*', '+', '.', ')', ':']).unwrap_or(digits);
            let start = end - rest.trim_start().len();
            start..end
        }
        _ => 0..end,
    }
}

/// How far the lines of a list item are indented: to its text.
pub(crate) fn indentation(body: &str, at: &Range<usize>) -> usize {
    let line = body[..at.start].rfind('\n').map_or(0, |newline| newline + 1);
    body[line..at.start].chars().count()
}

/// A block's text without the indentation of its second and later lines.
fn dedented(body: &str, at: &Range<usize>) -> String {
    let indented = indentation(body, at);
    let text = &body[at.clone()];
    if indented == 0 || !text.contains('\n') {
        return text.to_owned();
    }
    let strip = |line: &str| {
        let spaces = line.bytes().take_while(|byte| *byte == b' ').count().min(indented);
        line[spaces..].to_owned()
    };
    let mut lines = text.split('\n');
    let first = lines.next().unwrap_or_default().to_owned();
    std::iter::once(first).chain(lines.map(strip)).collect::<Vec<_>>().join("\n")
}

/// The opposite: indents the second and later lines of a text.
pub(crate) fn indented(text: &str, by: usize) -> String {
    let indent = |line: &str| match line {
        "" => String::new(),
        line => format!("{}{line}", " ".repeat(by)),
    };
    let mut lines = text.split('\n');
    let first = lines.next().unwrap_or_default().to_owned();
    std::iter::once(first).chain(lines.map(indent)).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn texts(body: &str) -> Vec<(String, usize)> {
        body_blocks(body, 1).into_iter().map(|block| (block.text, block.line)).collect()
    }

    #[test]
    fn marks_and_indentation_are_no_part_of_a_text() {
        let body = "## Head ##\n\nUnder\nlined\n---\n\n12. one\n    more\n\n    - in it\n* two\n";
        let expected = [("Head", 1), ("Under\nlined", 3), ("one\nmore\n\n- in it", 7), ("two", 11)];
        assert_eq!(texts(body), expected.map(|(text, line)| (text.to_owned(), line)));
    }

    #[test]
    fn how_a_text_is_wrapped_does_not_count() {
        let hash = |text: &str| body_blocks(text, 1)[0].hash.clone();
        assert_eq!(hash("one two\nthree\n"), hash("one\ntwo  three   \n"));
        assert_ne!(hash("one two"), hash("one Two"));
        assert_ne!(hash("## one"), hash("### one"));
        assert_eq!(hash("- one"), hash("* one"));
    }

    /// Words that mean something to Markdown, and some that don't.
    fn markdown() -> impl Strategy<Value = String> {
        let piece = prop::sample::select(vec![
            "- ",
            "* ",
            "1. ",
            "## ",
            "\n",
            "\n\n",
            "    ",
            "  ",
            "> ",
            "| a | b |\n|---|---|\n",
            "word ",
            "từ ",
            "<!-- c -->",
            "---\n",
            "===\n",
            "```\n",
            "[a](b.md) ",
            "{phone} ",
            "#",
            "\\",
            "\t",
        ]);
        prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn blocks_and_what_is_between_them_give_the_text_back(body in markdown()) {
            let mut joined = String::new();
            let mut from = 0;
            for block in body_blocks(&body, 1) {
                prop_assert!(from <= block.at.start && block.at.start <= block.at.end);
                joined.push_str(&body[from..block.at.start]);
                joined.push_str(&body[block.at.clone()]);
                let line = body[..block.at.start].matches('\n').count() + 1;
                prop_assert_eq!(block.line, line);
                from = block.at.end;
            }
            joined.push_str(&body[from..]);
            prop_assert_eq!(joined, body);
        }

        #[test]
        fn a_hash_is_read_as_it_was_written(text in "\\PC*") {
            let hash = BlockHash::of(BlockOrigin::Key("title"), &text);
            prop_assert_eq!(BlockHash::parse(hash.as_str()), Ok(hash));
        }
    }
}
