//! `translations`: shows which are behind their source, and exchanges sheets with translators.

mod diff;
mod status;

use crate::cli::FolderArgs;
use crate::cli::translations::{
    FillArgs, MarkArgs, SheetArgs, SheetFormat, StatusArgs, TranslationsArgs, TranslationsCommand,
};
use crate::failure::{Failure, print, say};
use crate::loading;
use generator::translations::{self, Outcome, Texts};
use generator::{Drafts, Folders, Loaded, Look, Site};
use std::path::Path;
use std::sync::Arc;

pub(crate) fn run(folders: &FolderArgs, args: &TranslationsArgs) -> Result<(), Failure> {
    let loaded = loading::load(folders, Drafts::Shown, Look::ForErrors, None)?;
    let folder = Folders { content: folders.content.clone(), templates: folders.templates.clone() };
    let sources = translations::read_texts(&folder).map_err(Failure::cannot_run)?;
    let texts = Texts(&sources);
    match &args.command {
        None => status::run(texts, &*site(&loaded)?, &StatusArgs::default()),
        Some(TranslationsCommand::Status(args)) => status::run(texts, &*site(&loaded)?, args),
        Some(TranslationsCommand::Mark(args)) => mark(folders, texts, args),
        Some(TranslationsCommand::Diff(args)) => diff::run(texts, &args.file),
        Some(TranslationsCommand::Sheet(args)) => sheet(texts, &*site(&loaded)?, args),
        Some(TranslationsCommand::Fill(args)) => fill(folders, texts, &*site(&loaded)?, args),
    }
}

/// The site, which knows the languages. Mistakes elsewhere must not keep a translator from working.
fn site(loaded: &Loaded) -> Result<Arc<Site>, Failure> {
    loaded.site.clone().ok_or_else(|| {
        Failure::CannotRun(
            "content/site.yaml can't be read; run `book-a-librarian check` and mend it".to_owned(),
        )
    })
}

/// Writes a file of the content folder.
fn write(folders: &FolderArgs, file: &str, text: &str) -> Result<(), Failure> {
    let path = folders.content.join(file.strip_prefix("content/").unwrap_or(file));
    std::fs::write(&path, text).map_err(|error| {
        let path = path.display();
        Failure::CannotRun(format!("{path} can't be written: {error}; check who may write there"))
    })
}

fn mark(folders: &FolderArgs, texts: Texts<'_>, args: &MarkArgs) -> Result<(), Failure> {
    // Writes none unless all can be written.
    let mut marked = Vec::new();
    for named in &args.files {
        // Paths from the shell begin with the content folder, whatever its name.
        let inside = Path::new(named).strip_prefix(&folders.content).ok();
        let named = inside.and_then(Path::to_str).unwrap_or(named);
        let file = texts.translation(named).map_err(Failure::cannot_run)?;
        let done = translations::mark(texts, &file).map_err(Failure::cannot_run)?;
        if done.waiting > 0 {
            return Err(Failure::CannotRun(format!(
                "{file}: {} texts still wait in comments <!-- en: … --> to be translated; \
                 translate them, or delete the comments if they are part of other blocks",
                done.waiting
            )));
        }
        marked.push((file, done));
    }
    let mut changed = 0;
    for (file, done) in &marked {
        if texts.get(file) != Some(done.text.as_str()) {
            changed += 1;
            write(folders, file, &done.text)?;
        }
        if done.own_blocks != done.source_blocks {
            say(&format!(
                "note: {file} has {} blocks, its source {}: when the source changes, the page \
                 will say so at its top and not at the block\n",
                done.own_blocks, done.source_blocks
            ));
        }
    }
    print(&format!("{} marked, {changed} files written\n", marked.len()))
}

fn sheet(texts: Texts<'_>, site: &Site, args: &SheetArgs) -> Result<(), Failure> {
    let rows =
        translations::rows(texts, site, &args.lang, args.all).map_err(Failure::cannot_run)?;
    if rows.is_empty() {
        say("nothing is missing or stale: the sheet is empty (--all writes everything)\n");
    } else {
        say(&format!("{} rows\n", rows.len()));
    }
    let ends_in_html =
        args.out.as_ref().is_some_and(|out| out.extension() == Some("html".as_ref()));
    let by_name = if ends_in_html { SheetFormat::Html } else { SheetFormat::Csv };
    let text = match args.format.unwrap_or(by_name) {
        SheetFormat::Csv => translations::to_csv(&rows).map_err(Failure::cannot_run)?,
        SheetFormat::Html => translations::to_html(&rows, site, &args.lang),
    };
    match &args.out {
        None => print(&text),
        Some(out) => std::fs::write(out, text).map_err(|error| {
            Failure::CannotRun(format!("{} can't be written: {error}", out.display()))
        }),
    }
}

fn fill(
    folders: &FolderArgs,
    texts: Texts<'_>,
    site: &Site,
    args: &FillArgs,
) -> Result<(), Failure> {
    let name = args.sheet.display();
    let bytes = std::fs::read(&args.sheet)
        .map_err(|error| Failure::CannotRun(format!("{name} can't be read: {error}")))?;
    let rows = translations::read_sheet(&bytes)
        .map_err(|error| Failure::CannotRun(format!("{name}: {error}")))?;
    let reviewed = args.reviewed_by.as_ref().map(|by| (by.as_str(), loading::today(site)));
    let filled = translations::fill(texts, site, &rows, reviewed);
    for (file, text) in &filled.files {
        write(folders, file, text)?;
    }
    let count = |wanted: &dyn Fn(&Outcome) -> bool| {
        filled.outcomes.iter().filter(|(_, outcome)| wanted(outcome)).count()
    };
    for (row, outcome) in &filled.outcomes {
        if let Outcome::Problem(what) = outcome {
            say(&format!("not filled: row {row}: {what}\n"));
        }
    }
    for (file, text) in &filled.removed {
        say(&format!("taken out of {file}, as the English no longer has it: {text}\n"));
    }
    for file in &filled.unread {
        say(&format!("no longer counts as read: {file}; write `reviewed` again when it is\n"));
    }
    let problems = count(&|outcome| matches!(outcome, Outcome::Problem(_)));
    print(&format!(
        "{} filled, {} unchanged, {} left empty, {problems} not filled; {} files written\n",
        count(&|outcome| *outcome == Outcome::Filled),
        count(&|outcome| *outcome == Outcome::Unchanged),
        count(&|outcome| *outcome == Outcome::Empty),
        filled.files.len()
    ))?;
    if problems > 0 { Err(Failure::Content) } else { Ok(()) }
}
