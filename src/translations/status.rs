//! `translations status`: a table of pages and languages.

use crate::cli::translations::{StatusArgs, StatusFormat};
use crate::failure::{Failure, print};
use domain::language::{Extent, Language};
use generator::Site;
use generator::translations::{Standing, State, Texts, of_page, of_strings};
use std::fmt::Write;
use textwrap::core::display_width;

pub(super) fn run(texts: Texts<'_>, site: &Site, args: &StatusArgs) -> Result<(), Failure> {
    let languages = site.directory().service.languages.iter();
    let languages: Vec<_> = languages.filter(|language| !language.tag.is_source()).collect();
    let mut standings = Vec::new();
    for language in &languages {
        if language.extent == Extent::Whole {
            let pages = texts.pages().into_iter();
            standings.extend(pages.map(|page| of_page(texts, page, &language.tag)));
        }
        standings.push(of_strings(texts, &language.tag, language.reviewed.is_some()));
    }
    match args.format {
        StatusFormat::Human => print(&table(&languages, &standings)),
        StatusFormat::Json => {
            let json = serde_json::to_string_pretty(&standings).map_err(Failure::cannot_run)?;
            print(&(json + "\n"))
        }
    }
}

/// Languages with any translation have a column; the others a line below.
fn table(languages: &[&Language], standings: &[Standing]) -> String {
    let of = |language: &Language| {
        standings.iter().filter(|standing| standing.language == language.tag).collect::<Vec<_>>()
    };
    let begun = |language: &&&Language| {
        of(language).iter().any(|standing| standing.state != State::Missing)
    };
    let columns: Vec<_> = languages.iter().filter(begun).collect();
    let mut pages: Vec<&str> = standings.iter().map(|standing| standing.page.as_str()).collect();
    pages.sort_by_key(|page| (*page == "strings", *page));
    pages.dedup();
    let mut rows = vec![vec!["page".to_owned()]];
    rows[0].extend(columns.iter().map(|language| format!("{} {}", language.tag, language.name)));
    for page in pages {
        let mut row = vec![page.to_owned()];
        for language in &columns {
            let standing = of(language).into_iter().find(|standing| standing.page == page);
            row.push(standing.map(cell).unwrap_or_default());
        }
        rows.push(row);
    }
    let mut text = String::new();
    if !columns.is_empty() {
        text.push_str(&aligned(&rows));
    }
    for language in languages.iter().filter(|language| !begun(language)) {
        let own = of(language);
        let strings: usize = own.iter().map(|standing| standing.blocks).sum();
        let pages = own.len().saturating_sub(1);
        let what = match language.extent {
            Extent::Whole => format!("{pages} pages and {strings} strings"),
            Extent::Form => format!("{strings} strings"),
        };
        let name = &language.english_name;
        // Writing into a String can't fail.
        let _ = writeln!(text, "{name} ({}): nothing yet; {what} are missing", language.tag);
    }
    text
}

fn cell(standing: &Standing) -> String {
    match standing.state {
        State::Fresh => "fresh".to_owned(),
        State::Unreviewed => "fresh, unreviewed".to_owned(),
        State::Stale if standing.page == "strings" => format!("{} missing", standing.blocks),
        State::Stale => format!("stale ({})", standing.blocks),
        State::Unmarked => "unmarked".to_owned(),
        State::Missing => "missing".to_owned(),
        State::Unreadable => "can't be read".to_owned(),
    }
}

fn aligned(rows: &[Vec<String>]) -> String {
    let width = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|cell| display_width(cell)).max()
    };
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for (column, cell) in row.iter().enumerate() {
            let space = width(column).unwrap_or(0) + 2 - display_width(cell);
            line.push_str(cell);
            line.push_str(&" ".repeat(space));
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}
