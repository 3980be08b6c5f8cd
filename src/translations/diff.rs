//! `translations diff`: the current source beside the translation, block by block.

use crate::failure::{Failure, print};
use generator::translations::{self, Beside, Change, Texts};
use std::io::IsTerminal;
use textwrap::core::display_width;

/// The width of a line where none is known.
const WIDTH: usize = 100;

pub(super) fn run(texts: Texts<'_>, named: &str) -> Result<(), Failure> {
    let file = texts.translation(named).map_err(Failure::cannot_run)?;
    let beside = translations::beside(texts, &file).map_err(Failure::cannot_run)?;
    print(&screen(&file, &beside, width()))
}

fn width() -> usize {
    let terminal = std::io::stdout().is_terminal().then(terminal_size::terminal_size).flatten();
    terminal.map_or(WIDTH, |(width, _)| usize::from(width.0)).clamp(40, 200)
}

fn screen(file: &str, beside: &Beside, width: usize) -> String {
    let changed = beside.rows.iter().filter(|row| row.change != Change::Same).count();
    let mut text = match (beside.marked, changed) {
        (false, _) => format!("{file} was never marked: nothing says what has changed since\n"),
        (true, 0) => format!("{file} is fresh\n"),
        (true, 1) => format!("{file}: 1 block is not as in the source\n"),
        (true, _) => format!("{file}: {changed} blocks are not as in the source\n"),
    };
    if beside.marked && changed == 0 {
        return text;
    }
    let column = (width.saturating_sub(3)) / 2;
    for row in &beside.rows {
        let says = match row.change {
            Change::Same if beside.marked => "unchanged",
            Change::Same => "",
            Change::Changed => "CHANGED",
            Change::Added => "NEW",
            Change::Removed => "REMOVED",
        };
        let line = row.line.map(|line| format!(", line {line}")).unwrap_or_default();
        let head = format!("── {}{line} {says} ", row.name);
        let rule = width.saturating_sub(display_width(&head));
        text.push_str(&format!("{}{}\n", head, "─".repeat(rule)));
        // An unchanged block only helps to find one's place: its first line is enough.
        let most = if row.change == Change::Same && beside.marked { 1 } else { usize::MAX };
        let left = wrapped(row.source.as_deref().unwrap_or("(no longer there)"), column, most);
        let right = wrapped(
            row.translation.as_deref().unwrap_or(match row.change {
                Change::Added => "(not translated yet)",
                _ => "(its place is not known)",
            }),
            column,
            most,
        );
        for at in 0..left.len().max(right.len()) {
            let cell = |lines: &[String]| lines.get(at).cloned().unwrap_or_default();
            let (left, right) = (cell(&left), cell(&right));
            let space = column.saturating_sub(display_width(&left));
            text.push_str(format!("{left}{} │ {right}", " ".repeat(space)).trim_end());
            text.push('\n');
        }
    }
    text
}

fn wrapped(text: &str, width: usize, most: usize) -> Vec<String> {
    let lines: Vec<String> = textwrap::wrap(text, width).into_iter().map(Into::into).collect();
    if lines.len() <= most {
        return lines;
    }
    let mut lines: Vec<_> = lines.into_iter().take(most).collect();
    if let Some(last) = lines.last_mut() {
        while display_width(last) > width.saturating_sub(1) {
            last.pop();
        }
        last.push('…');
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_letters_are_counted_as_wide() {
        let lines = wrapped("도서관 사서가 연락드립니다", 12, usize::MAX);
        assert!(lines.iter().all(|line| display_width(line) <= 12), "{lines:?}");
        assert_eq!(wrapped("one two three", 8, 1), ["one two…"]);
    }
}
