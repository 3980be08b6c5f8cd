//! The arguments of `translations`.

use clap::{Args, Subcommand, ValueEnum};
use domain::LanguageTag;
use std::path::PathBuf;

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  book-a-librarian translations                                 a table: which page is fresh, stale, missing
  book-a-librarian translations diff content/topics/genealogy.vi.md
  book-a-librarian translations mark content/topics/genealogy.vi.md
  book-a-librarian translations sheet --lang vi --out vi.csv    what a translator has to do
  book-a-librarian translations fill vi.csv                     what they did

A translation is marked with the blocks of the English that it translates: texts of the front
matter, paragraphs, headings, items of lists. When one of them changes, `check` names it, `diff`
shows it, a sheet holds it, and the page says so to its readers.")]
pub(crate) struct TranslationsArgs {
    #[command(subcommand)]
    pub(crate) command: Option<TranslationsCommand>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum TranslationsCommand {
    /// Say how each page stands in each language (this is also what no subcommand does)
    Status(StatusArgs),
    /// Say that translations agree with the English as it is now
    Mark(MarkArgs),
    /// Show which blocks of the English have changed since a translation was marked
    Diff(DiffArgs),
    /// Write a file for a translator: English, translation, note
    Sheet(SheetArgs),
    /// Take in what a translator wrote into a sheet
    Fill(FillArgs),
}

#[derive(Debug, Default, Args)]
pub(crate) struct StatusArgs {
    /// How to say it
    #[arg(long, default_value = "human", env = "BOOK_A_LIBRARIAN_FORMAT")]
    pub(crate) format: StatusFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum StatusFormat {
    #[default]
    Human,
    Json,
}

#[derive(Debug, Args)]
#[command(after_help = "Example:
  book-a-librarian translations mark content/topics/*.vi.md

Only the key `translates` of each file is added or replaced. Read the translation beside its source
before: nothing will say again that they differ.")]
pub(crate) struct MarkArgs {
    /// Translations, like content/topics/genealogy.vi.md
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct DiffArgs {
    /// A translation, like content/topics/genealogy.vi.md
    #[arg(value_name = "FILE")]
    pub(crate) file: String,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  book-a-librarian translations sheet --lang vi > vi.csv
  book-a-librarian translations sheet --lang ar --format html --out ar.html

A CSV opens in a spreadsheet, an HTML file in a word processor. The translator writes into the
column Translation alone. Give the file back to `translations fill`.")]
pub(crate) struct SheetArgs {
    /// The language to translate to
    #[arg(long, env = "BOOK_A_LIBRARIAN_LANG", value_parser = LanguageTag::parse)]
    pub(crate) lang: LanguageTag,
    /// For a spreadsheet (csv) or a word processor (html); by default as the file ends, else csv
    #[arg(long, env = "BOOK_A_LIBRARIAN_FORMAT")]
    pub(crate) format: Option<SheetFormat>,
    /// The file to write; by default the sheet is printed
    #[arg(long, value_name = "FILE", env = "BOOK_A_LIBRARIAN_OUT")]
    pub(crate) out: Option<PathBuf>,
    /// Also what is translated and unchanged
    #[arg(long, env = "BOOK_A_LIBRARIAN_ALL")]
    pub(crate) all: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SheetFormat {
    Html,
    Csv,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  book-a-librarian translations fill vi.csv
  book-a-librarian translations fill vi.html --reviewed-by 'Lan Nguyen'

Rows that are empty, whose English has changed since, or that lost a placeholder or a link are left
out and told, with exit code 1. A page of which something was filled counts as read by nobody until
--reviewed-by, or `reviewed` in its file, says who read it.")]
pub(crate) struct FillArgs {
    /// The sheet, as CSV or HTML
    #[arg(value_name = "SHEET")]
    pub(crate) sheet: PathBuf,
    /// Who has read each page that is filled, whole
    #[arg(long, value_name = "NAME", env = "BOOK_A_LIBRARIAN_REVIEWED_BY")]
    pub(crate) reviewed_by: Option<String>,
}
