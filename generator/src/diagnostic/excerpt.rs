//! A diagnostic with an excerpt of its file. The excerpt is a window on the line, so that it takes
//! the same room and time however long the line is.

use super::{Diagnostic, Severity, Sources};
use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteDiagnostic, MietteError,
    MietteSpanContents, SourceCode, SourceSpan, SpanContents,
};
use std::ops::Range;
use unicode_width::UnicodeWidthChar;

/// How many columns of a line are shown.
const COLUMNS: usize = 100;

/// How many of them stand before the mark, if the line goes on behind it.
const BEFORE: usize = 40;

const TAB: &str = "    ";

/// The line of a diagnostic and those beside it, as they are shown.
struct Excerpt {
    file: String,
    text: String,
    /// The first of its lines, from 0.
    first_line: usize,
    /// The diagnostic's place, from 0.
    line: usize,
    column: usize,
    /// What is marked in `text`.
    mark: Range<usize>,
}

pub(super) fn human(diagnostic: &Diagnostic, sources: &Sources, color: bool) -> String {
    let severity = match diagnostic.severity {
        Severity::Error => miette::Severity::Error,
        Severity::Warning => miette::Severity::Warning,
        Severity::Hint => miette::Severity::Advice,
    };
    let excerpt = Excerpt::new(diagnostic, sources);
    let report = miette::Report::new(
        MietteDiagnostic::new(printable(&diagnostic.message))
            .with_severity(severity)
            .with_code(diagnostic.code)
            .with_help(printable(&diagnostic.help))
            .with_label(LabeledSpan::at(excerpt.mark.clone(), "here")),
    )
    .with_source_code(excerpt);
    let theme = if color { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    let mut human = String::new();
    let handler = GraphicalReportHandler::new_themed(theme).with_links(false);
    match handler.render_report(&mut human, report.as_ref()) {
        Ok(()) => human,
        Err(_) => {
            let Diagnostic { file, line, column, message, .. } = diagnostic;
            format!("{file}:{line}:{column} {}\n", printable(message))
        }
    }
}

impl Excerpt {
    fn new(diagnostic: &Diagnostic, sources: &Sources) -> Self {
        let file = &diagnostic.file;
        // A mistake at the end of a file may be told on a line behind its last.
        let line = diagnostic.line.clamp(1, sources.lines(file).max(1));
        let neighbor = |line| sources.line(file, line).map(|line| window(line, 0).0);
        let before = neighbor(line - 1);
        let marked = sources.line(file, line).unwrap_or_default();
        let at = match marked.char_indices().nth(diagnostic.column.saturating_sub(1)) {
            Some((at, _)) if line == diagnostic.line => at,
            _ => marked.trim_end_matches('\n').len(),
        };
        let (shown, mark) = window(marked, at);
        let first_line = line - 1 - usize::from(before.is_some());
        let mut text = before.unwrap_or_default();
        let mark = mark.start + text.len()..mark.end + text.len();
        text.push_str(&shown);
        text.push_str(&neighbor(line + 1).unwrap_or_default());
        Self {
            file: printable(file),
            text,
            first_line,
            line: diagnostic.line - 1,
            column: diagnostic.column - 1,
            mark,
        }
    }
}

impl SourceCode for Excerpt {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let read = self.text.read_span(span, before, after)?;
        // Without lines around it, it is asked where the mark is in the file.
        let (line, column) = match (before, after) {
            (0, 0) => (self.line, self.column),
            _ => (self.first_line + read.line(), read.column()),
        };
        Ok(Box::new(MietteSpanContents::new_named(
            self.file.clone(),
            read.data(),
            *read.span(),
            line,
            column,
            read.line_count(),
        )))
    }
}

/// A line as it is shown around a byte of it, with an ellipsis where it is cut, and the word that
/// begins at that byte.
fn window(line: &str, at: usize) -> (String, Range<usize>) {
    let (line, end) = line.strip_suffix('\n').map_or((line, ""), |line| (line, "\n"));
    let (before, after) = line.split_at(at.min(line.len()));
    let behind = columns(after.chars(), COLUMNS);
    let (shown_before, in_front) =
        part(before.chars().rev(), BEFORE.max(COLUMNS.saturating_sub(behind)));
    let (shown_after, _) = part(after.chars(), COLUMNS - in_front.min(COLUMNS));
    let mut shown = String::new();
    if shown_before.len() < before.chars().count() {
        shown.push('…');
    }
    shown.extend(shown_before.iter().rev().map(String::as_str));
    let start = shown.len();
    let mut word = start;
    let mut in_word = true;
    for (character, c) in shown_after.iter().zip(after.chars()) {
        in_word &= !c.is_whitespace();
        shown.push_str(character);
        if in_word {
            word = shown.len();
        }
    }
    if shown_after.len() < after.chars().count() {
        shown.push('…');
    }
    shown.push_str(end);
    (shown, start..word)
}

/// The first characters of a line as they are shown, while there is room, and the room they take.
fn part(characters: impl Iterator<Item = char>, room: usize) -> (Vec<String>, usize) {
    let (mut shown, mut taken) = (Vec::new(), 0);
    for c in characters {
        let character = shown_as(c);
        let width = width(&character);
        if taken + width > room {
            break;
        }
        taken += width;
        shown.push(character);
    }
    (shown, taken)
}

/// The room that characters take, up to a limit.
fn columns(characters: impl Iterator<Item = char>, limit: usize) -> usize {
    part(characters, limit).1
}

/// Marks that are put on other characters take none, but there may be very many of them.
fn width(character: &str) -> usize {
    character.chars().map(|c| c.width().unwrap_or(1)).sum::<usize>().max(1)
}

/// A character on a terminal or a page: one that would move what follows, or turn it round, is
/// shown by a sign.
fn shown_as(c: char) -> String {
    match c {
        '\t' => TAB.to_owned(),
        '\0'..='\u{1f}' => char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{fffd}').to_string(),
        '\u{7f}' => '\u{2421}'.to_string(),
        '\u{80}'..='\u{9f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            '\u{fffd}'.to_string()
        }
        c => c.to_string(),
    }
}

/// A message that quotes what somebody wrote.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c == '\n' { " ".to_owned() } else { shown_as(c) }).collect()
}
