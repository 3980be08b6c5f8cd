//! Sheets as files: CSV for spreadsheets, HTML for word processors; written and read back.

use super::sheet::Row;
use crate::site::Site;
use domain::LanguageTag;
use render::html::{dir, escape};
use scraper::{ElementRef, Html, Node, Selector};

/// The columns. A row is known by the first, a translation is read from the fourth.
const COLUMNS: [&str; 5] = ["Row", "State", "English", "Translation", "Note"];

/// What a translator wrote into a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// What stands in the first column.
    pub row: String,
    /// What stands in the column of the translation.
    pub translation: String,
}

/// Why a file is no sheet.
#[derive(Debug, thiserror::Error)]
pub enum NoSheet {
    /// It isn't UTF-8.
    #[error("this is not UTF-8: save it as \"CSV UTF-8\", or as a web page in UTF-8")]
    Encoding,
    /// It has no columns of ours.
    #[error("this is no sheet: there are no columns Row and Translation; keep the first line")]
    Columns,
    /// It isn't CSV.
    #[error("this can't be read as CSV: {0}")]
    Csv(#[from] csv::Error),
    /// It can't be written.
    #[error("the sheet can't be written: {0}")]
    Written(String),
}

/// A spreadsheet takes what begins like this for a formula.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// A cell that no spreadsheet takes for a formula: with an apostrophe before it.
fn guarded(text: &str) -> String {
    if text.trim_start_matches('\'').starts_with(FORMULA) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

/// The opposite.
fn unguarded(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if rest.trim_start_matches('\'').starts_with(FORMULA) => rest,
        _ => text,
    }
}

/// The sheet as CSV, with the mark by which spreadsheets know UTF-8.
pub fn to_csv(rows: &[Row]) -> Result<String, NoSheet> {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .quote_style(csv::QuoteStyle::Always)
        .from_writer(Vec::new());
    writer.write_record(COLUMNS)?;
    for row in rows {
        let id = row.id.to_string();
        let cells = [&id, row.state, &row.source, &row.translation, &row.note];
        writer.write_record(cells.map(guarded))?;
    }
    let bytes = writer.into_inner().map_err(|error| NoSheet::Written(error.to_string()))?;
    let text = String::from_utf8(bytes).map_err(|_| NoSheet::Encoding)?;
    Ok(format!("\u{feff}{text}"))
}

/// The sheet as a page that prints, and that a word processor opens.
pub fn to_html(rows: &[Row], site: &Site, language: &LanguageTag) -> String {
    let known = site.directory.language(language);
    let name = known.map_or(language.as_str(), |known| known.english_name.as_str());
    let (lang, direction) = (language.html_lang(), dir(language));
    let mut html = format!(
        "<!DOCTYPE html>\n<html lang=\"en-US\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>To translate: {name}</title>\n<style>\n\
         body {{ font: 1rem/1.5 sans-serif; margin: 1rem }}\n\
         table {{ border-collapse: collapse; width: 100% }}\n\
         th, td {{ border: 1px solid #767676; padding: .4rem; text-align: start; vertical-align: top }}\n\
         td:first-child {{ font-size: .6rem; overflow-wrap: anywhere; width: 7rem }}\n\
         tr {{ break-inside: avoid }} thead {{ display: table-header-group }}\n\
         </style>\n</head>\n<body>\n<h1>To translate: {name}</h1>\n\
         <p>Write into the column Translation and leave the others as they are. What stands in \
         {{ }} is filled in later: keep it. Save as a web page (HTML, UTF-8) and send it back.</p>\n\
         <table>\n<thead><tr>",
        name = escape(name)
    );
    for column in COLUMNS {
        html.push_str(&format!("<th scope=\"col\">{column}</th>"));
    }
    html.push_str("</tr></thead>\n<tbody>\n");
    for row in rows {
        html.push_str(&format!(
            "<tr><td>{}</td><td>{}</td><td>{}</td><td lang=\"{lang}\" dir=\"{direction}\">{}</td><td>{}</td></tr>\n",
            escape(&row.id.to_string()),
            row.state,
            lines(&row.source),
            lines(&row.translation),
            escape(&row.note)
        ));
    }
    html.push_str("</tbody>\n</table>\n</body>\n</html>\n");
    html
}

/// Lines with breaks between, and spaces before them that nobody takes away.
fn lines(text: &str) -> String {
    let line = |line: &str| {
        let inner = line.trim_start_matches(' ');
        format!("{}{}", "\u{a0}".repeat(line.len() - inner.len()), escape(inner))
    };
    text.split('\n').map(line).collect::<Vec<_>>().join("<br>")
}

/// Reads a sheet that came back, in either form.
pub fn read_sheet(bytes: &[u8]) -> Result<Vec<Given>, NoSheet> {
    let text = std::str::from_utf8(bytes).map_err(|_| NoSheet::Encoding)?;
    let text = text.trim_start_matches('\u{feff}');
    let rows = if text.trim_start().starts_with('<') { html_rows(text) } else { csv_rows(text)? };
    let mut rows = rows.into_iter();
    let place = |header: &[String], name: &str| {
        header.iter().position(|cell| cell.trim().eq_ignore_ascii_case(name))
    };
    let columns = rows
        .by_ref()
        .find_map(|header| Some((place(&header, COLUMNS[0])?, place(&header, COLUMNS[3])?)));
    let (row, translation) = columns.ok_or(NoSheet::Columns)?;
    let given = rows.filter_map(|cells| {
        let cell = |at: usize| cells.get(at).cloned().unwrap_or_default();
        let given = Given { row: cell(row).trim().to_owned(), translation: cell(translation) };
        (!given.row.is_empty() || !given.translation.trim().is_empty()).then_some(given)
    });
    Ok(given.collect())
}

/// Where a comma separates decimals, spreadsheets separate cells by semicolons.
fn csv_rows(text: &str) -> Result<Vec<Vec<String>>, NoSheet> {
    let header = text.lines().next().unwrap_or_default();
    let count = |separator: &u8| header.bytes().filter(|byte| byte == separator).count();
    let separator = [b',', b';', b'\t'].into_iter().max_by_key(count).unwrap_or(b',');
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(separator)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut rows = Vec::new();
    for record in reader.records() {
        let cell = |cell: &str| unguarded(cell).replace("\r\n", "\n");
        rows.push(record?.iter().map(cell).collect());
    }
    Ok(rows)
}

fn html_rows(text: &str) -> Vec<Vec<String>> {
    let document = Html::parse_document(text);
    let (Ok(rows), Ok(cells)) = (Selector::parse("tr"), Selector::parse("td, th")) else {
        return Vec::new();
    };
    document.select(&rows).map(|row| row.select(&cells).map(cell_text).collect()).collect()
}

/// A cell's text: word processors wrap lines where they like, and put paragraphs into cells.
fn cell_text(cell: ElementRef<'_>) -> String {
    let mut text = String::new();
    collect(cell, &mut text);
    let line = |line: &str| {
        let line = line.trim_matches(' ').trim_end();
        let inner = line.trim_start_matches('\u{a0}');
        let spaces = (line.len() - inner.len()) / '\u{a0}'.len_utf8();
        format!("{}{inner}", " ".repeat(spaces))
    };
    let text = text.split('\n').map(line).collect::<Vec<_>>().join("\n");
    text.trim_matches(['\n', ' ', '\u{a0}']).to_owned()
}

fn collect(element: ElementRef<'_>, text: &mut String) {
    for child in element.children() {
        match child.value() {
            Node::Text(words) => {
                for c in words.chars() {
                    if !c.is_ascii_whitespace() {
                        text.push(c);
                    } else if !text.ends_with([' ', '\n']) {
                        text.push(' ');
                    }
                }
            }
            Node::Element(tag) => {
                let block = matches!(tag.name(), "p" | "div" | "li");
                if block && !text.trim_end_matches(' ').is_empty() {
                    text.push('\n');
                }
                if tag.name() == "br" {
                    text.push('\n');
                }
                if let Some(child) = ElementRef::wrap(child) {
                    collect(child, text);
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_cell_is_a_formula_and_every_cell_comes_back(text in "['=+@\\-a-c \t]{0,6}") {
            let cell = guarded(&text);
            prop_assert!(!cell.starts_with(FORMULA));
            prop_assert_eq!(unguarded(&cell), text);
        }
    }

    #[test]
    fn a_sheet_is_read_as_a_word_processor_saves_it() {
        let saved = "<html><body><table><tr><td><p>Row</p></td><td><p>Translation</p></td></tr>\n\
             <tr><td><p><font size=1>vi/pages/a/1/k</font></p></td>\n<td><p>Một\n  <i>hai</i></p>\n<p>ba<br>\u{a0}\u{a0}bốn\u{a0}</p></td></tr></table>";
        let expected = Given {
            row: "vi/pages/a/1/k".to_owned(),
            translation: "Một hai\nba\n  bốn".to_owned(),
        };
        assert_eq!(read_sheet(saved.as_bytes()).unwrap(), [expected]);
    }

    #[test]
    fn a_sheet_with_semicolons_is_read_too() {
        let saved = "Row;State;English;Translation;Note\r\na;missing;\"b;c\";'-d;\r\n";
        let given = Given { row: "a".to_owned(), translation: "-d".to_owned() };
        assert_eq!(read_sheet(saved.as_bytes()).unwrap(), [given]);
    }

    #[test]
    fn what_is_no_sheet_is_refused() {
        assert!(matches!(read_sheet(b"\xff\xfeR\0o\0w\0"), Err(NoSheet::Encoding)));
        assert!(matches!(read_sheet(b"name,age\na,b\n"), Err(NoSheet::Columns)));
    }
}
