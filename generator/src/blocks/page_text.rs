//! A Markdown file as its writer sees it: its blocks, and keys of its front matter that are set in
//! place, so that everything else stays as it was written.

use crate::diagnostic::Diagnostic;
use crate::file::block::{self, Block, BlockHash, RECORD, record};
use crate::file::front_matter::{self, Parts};
use crate::file::yaml::{self, Entry, Node, Value};
use std::ops::Range;

/// How long a line of a record may be.
const LINE: usize = 96;

/// A file: its text with plain line ends, and how to give them back.
pub(crate) struct PageText {
    file: String,
    text: String,
    body_at: usize,
    body_line: usize,
    keys: Node,
    bom: bool,
    crlf: bool,
}

impl PageText {
    /// Reads a file, if its front matter can be read.
    pub(crate) fn read(file: &str, written: &str) -> Result<Self, Diagnostic> {
        let bom = written.starts_with('\u{feff}');
        let crlf = written.contains("\r\n");
        let text = written.trim_start_matches('\u{feff}').replace("\r\n", "\n");
        let (Parts { keys, body, body_line }, diagnostics) =
            front_matter::split(file, &text.as_str().into());
        if let Some(diagnostic) = diagnostics.into_iter().next() {
            return Err(diagnostic);
        }
        let body_at = text.len() - body.len();
        Ok(Self { file: file.to_owned(), text, body_at, body_line, keys, bom, crlf })
    }

    /// The file as it is to be written.
    pub(crate) fn written(&self) -> String {
        let text = if self.crlf { self.text.replace('\n', "\r\n") } else { self.text.clone() };
        if self.bom { format!("\u{feff}{text}") } else { text }
    }

    pub(crate) fn body(&self) -> &str {
        &self.text[self.body_at..]
    }

    /// Its blocks: keys first.
    pub(crate) fn blocks(&self) -> Vec<Block> {
        let mut blocks = block::key_blocks(&self.keys);
        blocks.extend(block::body_blocks(self.body(), self.body_line));
        blocks
    }

    /// Which blocks of its source it translates, if it was marked.
    pub(crate) fn record(&self) -> Option<Vec<BlockHash>> {
        record(self.entries().iter().find(|entry| entry.key == RECORD).map(|entry| &entry.node)?)
    }

    pub(crate) fn has(&self, key: &str) -> bool {
        self.entries().iter().any(|entry| entry.key == key)
    }

    fn entries(&self) -> &[Entry] {
        match &self.keys.value {
            Value::Map(entries) => entries,
            _ => &[],
        }
    }

    /// Says which blocks of its source it translates.
    pub(crate) fn mark(&mut self, hashes: &[BlockHash]) -> Result<(), Diagnostic> {
        let mut lines = vec![format!("{RECORD}: [")];
        for (index, hash) in hashes.iter().enumerate() {
            let end = if index + 1 == hashes.len() { "]" } else { "," };
            let item = format!("{hash}{end}");
            match lines.last_mut() {
                Some(line) if line.len() + 1 + item.len() <= LINE => {
                    let space = if line.ends_with('[') { "" } else { " " };
                    line.push_str(space);
                    line.push_str(&item);
                }
                _ => lines.push(format!("  {item}")),
            }
        }
        if hashes.is_empty() {
            lines = vec![format!("{RECORD}: []")];
        }
        self.set_lines(RECORD, Some(&lines.join("\n")))
    }

    /// Sets a key to a text.
    pub(crate) fn set(&mut self, key: &str, text: &str) -> Result<(), Diagnostic> {
        let value = if key == block::WORDS_KEY { list(text) } else { scalar(text) };
        self.set_lines(key, Some(&format!("{key}: {value}")))
    }

    /// Sets a key to a value that is YAML already.
    pub(crate) fn set_yaml(&mut self, key: &str, yaml: &str) -> Result<(), Diagnostic> {
        self.set_lines(key, Some(&format!("{key}: {yaml}")))
    }

    /// Takes a key out.
    pub(crate) fn remove(&mut self, key: &str) -> Result<(), Diagnostic> {
        if self.has(key) { self.set_lines(key, None) } else { Ok(()) }
    }

    /// Puts other Markdown below the front matter.
    pub(crate) fn set_body(&mut self, body: &str) {
        self.text.truncate(self.body_at);
        self.text.push_str(body);
    }

    /// Replaces the lines of a key, or adds them at the front matter's end.
    fn set_lines(&mut self, key: &str, lines: Option<&str>) -> Result<(), Diagnostic> {
        let place = self.lines_of(key);
        let mut text = self.text[..place.start].to_owned();
        if let Some(lines) = lines {
            text.push_str(lines);
            text.push_str(comment(&self.text[place.clone()]));
            text.push('\n');
        }
        text.push_str(&self.text[place.end..]);
        let set = Self::read(&self.file, &text)?;
        (self.text, self.body_at, self.body_line) = (set.text, set.body_at, set.body_line);
        self.keys = set.keys;
        Ok(())
    }

    /// Where a key and its value stand: whole lines, without comments of the key below. For a key
    /// that isn't there: the end of the front matter.
    fn lines_of(&self, key: &str) -> Range<usize> {
        let starts: Vec<usize> =
            std::iter::once(0).chain(self.text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        let start_of = |line: usize| starts.get(line - 1).copied().unwrap_or(self.text.len());
        // The line of the closing ---.
        let end = start_of(self.text[..self.body_at].trim_end().matches('\n').count() + 1);
        let entries = self.entries();
        let Some(index) = entries.iter().position(|entry| entry.key == key) else {
            return end..end;
        };
        let start = start_of(entries[index].place.line);
        let next = entries.get(index + 1).map_or(end, |entry| start_of(entry.place.line));
        let mut stop = start;
        let mut at = start;
        for line in self.text[start..next].split_inclusive('\n') {
            at += line.len();
            if !(line.trim().is_empty() || line.starts_with('#')) {
                stop = at;
            }
        }
        start..stop
    }
}

/// The comment behind a value, with the space before it.
fn comment(lines: &str) -> &str {
    let Some((_, value)) = lines.split_once(':') else {
        return "";
    };
    let value = value.trim_start();
    if value.starts_with(['|', '>']) {
        return "";
    }
    let mut quote = None;
    let mut before = ' ';
    for (at, c) in lines.char_indices() {
        match quote {
            Some(open) if c == open && before != '\\' => quote = None,
            Some(_) => {}
            None if c == '#' && before.is_whitespace() => {
                let from = lines[..at].trim_end().len();
                let end = lines[at..].find('\n').map_or(lines.len(), |end| at + end);
                return lines[from..end].trim_end();
            }
            // Elsewhere it is an apostrophe.
            None if matches!(c, '"' | '\'')
                && matches!(last(&lines[..at]), ':' | '[' | ',' | '{') =>
            {
                quote = Some(c);
            }
            None => {}
        }
        before = c;
    }
    ""
}

fn last(text: &str) -> char {
    text.trim_end().chars().next_back().unwrap_or(' ')
}

/// A text as YAML: plain where that is read as the same text, else in quotes.
fn scalar(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if reads_as(&text, &Value::Text(text.clone())) { text } else { quoted(&text) }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

fn reads_as(yaml: &str, value: &Value) -> bool {
    let line = format!("key: {yaml}\n");
    let Ok(Node { value: Value::Map(entries), .. }) = yaml::parse(&line, 1) else {
        return false;
    };
    match (entries.as_slice(), value) {
        ([Entry { node: Node { value: Value::Text(read), .. }, .. }], Value::Text(text)) => {
            read == text
        }
        _ => false,
    }
}

/// Words with commas between, in any script's commas, as a list.
fn list(text: &str) -> String {
    let items = words(text).into_iter().map(|word| {
        let plain = !word.contains(['[', ']', '{', '}', ',', ':', '#', '"', '\'']);
        if plain && reads_as(&word, &Value::Text(word.clone())) { word } else { quoted(&word) }
    });
    format!("[{}]", items.collect::<Vec<_>>().join(", "))
}

/// The words of a list as a translator writes it.
pub(crate) fn words(text: &str) -> Vec<String> {
    text.split([',', ';', '\n', '、', '，', '،', '；', '؛'])
        .map(|word| word.split_whitespace().collect::<Vec<_>>().join(" "))
        .filter(|word| !word.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PAGE: &str = "---\n# A page.\ntitle: Thẻ # short\n\n# What it says.\ncard: >\n  Hai\n  dòng\ncare: true\n---\n\nThân.\n";

    fn after(text: &str, edit: impl FnOnce(&mut PageText)) -> String {
        let mut page = PageText::read("content/pages/a.vi.md", text).unwrap();
        edit(&mut page);
        page.written()
    }

    #[test]
    fn a_mark_is_added_at_the_end_and_replaced_where_it_stands() {
        let hashes = |letters: &[&str]| {
            letters.iter().map(|text| BlockHash::parse(text).unwrap()).collect::<Vec<_>>()
        };
        let marked = after(PAGE, |page| page.mark(&hashes(&["kkkkkkkk", "zzzzzzzz"])).unwrap());
        let line = "translates: [kkkkkkkk, zzzzzzzz]\n";
        assert_eq!(marked, PAGE.replace("care: true\n", &format!("care: true\n{line}")));
        let moved = PAGE.replace("title:", "translates: [kkkkkkkk] # of today\ntitle:");
        let again = after(&moved, |page| page.mark(&hashes(&["zzzzzzzz"])).unwrap());
        assert_eq!(again, moved.replace("[kkkkkkkk]", "[zzzzzzzz]"));
    }

    #[test]
    fn a_long_mark_is_wrapped_and_replaced_as_a_whole() {
        let hashes = vec![BlockHash::parse("kkkkkkkk").unwrap(); 40];
        let long = after(PAGE, |page| page.mark(&hashes).unwrap());
        assert!(long.lines().all(|line| line.len() <= LINE), "{long}");
        let page = PageText::read("a", &long).unwrap();
        assert_eq!(page.record().map(|record| record.len()), Some(40));
        let short = after(&long, |page| page.mark(&hashes[..1]).unwrap());
        assert_eq!(short, after(PAGE, |page| page.mark(&hashes[..1]).unwrap()));
    }

    #[test]
    fn a_key_is_set_in_place_and_what_is_around_it_stays() {
        let set = after(PAGE, |page| page.set("title", "Mới: thẻ").unwrap());
        assert_eq!(set, PAGE.replace("Thẻ # short", "\"Mới: thẻ\" # short"));
        let set = after(PAGE, |page| page.set("card", "Một dòng").unwrap());
        assert_eq!(set, PAGE.replace("card: >\n  Hai\n  dòng\n", "card: Một dòng\n"));
        let set = after(PAGE, |page| page.remove("card").unwrap());
        assert_eq!(set, PAGE.replace("card: >\n  Hai\n  dòng\n", ""));
    }

    #[test]
    fn the_line_ends_and_the_mark_of_an_editor_on_windows_stay() {
        let windows = format!("\u{feff}{}", PAGE.replace('\n', "\r\n"));
        let set = after(&windows, |page| page.set("title", "Mới").unwrap());
        assert_eq!(set, windows.replace("Thẻ", "Mới"));
    }

    proptest! {
        #[test]
        fn any_text_is_read_as_it_was_set(text in "[\\PC]{1,40}") {
            let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
            prop_assume!(!words.is_empty());
            let mut page = PageText::read("a", PAGE).unwrap();
            page.set("title", &text).unwrap();
            let blocks = page.blocks();
            prop_assert_eq!(&blocks[0].text, &words);
            page.set("also_known_as", &text).unwrap();
        }
    }
}
