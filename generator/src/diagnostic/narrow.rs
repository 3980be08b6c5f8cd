//! Shortens error messages of the template parser, which quote whole lines with carets below them.

use super::brief::brief;

/// How many columns are shown, and how many of them before the first caret.
const COLUMNS: usize = 120;
const BEFORE: usize = 40;

/// The same message, with long lines cut to a window around the carets.
pub fn narrow(report: &str) -> String {
    let carets = report.lines().find(|line| {
        let marks = line.split_once('|').map_or("", |(_, marks)| marks.trim());
        !marks.is_empty() && marks.bytes().all(|b| b == b'^')
    });
    let column = carets.and_then(|line| line.chars().position(|c| c == '^')).unwrap_or(0);
    let from = column.saturating_sub(BEFORE);
    let lines: Vec<_> = report.lines().map(|line| part(line, from)).collect();
    lines.join("\n")
}

fn part(line: &str, from: usize) -> String {
    // The number of the line stays where it is.
    let Some(text) = line.find("| ").map(|at| at + 2).filter(|at| *at <= 12) else {
        return brief(line.to_owned());
    };
    if line.chars().nth(COLUMNS).is_none() {
        return line.to_owned();
    }
    let (number, text) = line.split_at(text);
    let from = from.saturating_sub(number.len());
    let cut = if from > 0 { "…" } else { "" };
    let shown: String = text.chars().skip(from).take(COLUMNS).collect();
    let goes_on = if text.chars().nth(from + COLUMNS).is_some() { "…" } else { "" };
    format!("{number}{cut}{shown}{goes_on}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_reports_stay_as_they_are() {
        let report = "error: no\n --> a.html:1:4\n  |\n1 | {{ x }}\n  |    ^";
        assert_eq!(narrow(report), report);
    }

    #[test]
    fn the_carets_stay_below_what_is_wrong() {
        let report = format!(
            "error: no\n1 | {}{{{{ x }}}}\n  | {}^",
            "w".repeat(70_000),
            " ".repeat(70_003)
        );
        let narrow = narrow(&report);
        let lines: Vec<_> = narrow.lines().collect();
        assert!(lines.iter().all(|line| line.chars().count() < 130), "{narrow}");
        let wrong = lines[1].chars().position(|c| c == 'x');
        assert_eq!(wrong, lines[2].chars().position(|c| c == '^'), "{narrow}");
    }
}
