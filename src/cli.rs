//! The command line: every flag with its environment variable, its default and its meaning.

#[cfg(feature = "archive")]
pub(crate) mod archive;
pub(crate) mod translations;

use clap::{Args, Parser, Subcommand, ValueEnum};
use domain::answers::{AccessNeed, PartOfWeek, Prefer};
use domain::{BranchId, LanguageTag, TopicId, WayToMeet};
use jiff::civil::Date;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

/// One-to-one help from a library, online.
#[derive(Debug, Parser)]
#[command(version, about, after_help = EXAMPLES)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) folders: FolderArgs,
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXAMPLES: &str = "Examples:
  book-a-librarian serve                       the site and its desk at http://127.0.0.1:8080/
  book-a-librarian check                       everything that is wrong with the content
  book-a-librarian new topic Genealogy         a file to fill in
  book-a-librarian build --base-url https://help.library.example
  book-a-librarian simulate --topic genealogy --library langley --language vi
  book-a-librarian translations                which pages are fresh, stale or missing in which language
  book-a-librarian status                      what is stuck, and what to do
  book-a-librarian export --out desk.age       all cases, encrypted to a passphrase

Exit codes: 0 fine, 1 the content has errors or something is stuck, 2 called wrongly or can't start.";

/// The folders that every subcommand reads.
#[derive(Debug, Args)]
pub(crate) struct FolderArgs {
    /// What editors write
    #[arg(long, global = true, default_value = "content", env = "BOOK_A_LIBRARIAN_CONTENT")]
    pub(crate) content: PathBuf,
    /// What designers write
    #[arg(long, global = true, default_value = "templates", env = "BOOK_A_LIBRARIAN_TEMPLATES")]
    pub(crate) templates: PathBuf,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve the site and its desk, and show the mail it would send at /dev/outbox
    Serve(ServeArgs),
    /// Write the site and the desk's bundle
    Build(BuildArgs),
    /// Say everything that is wrong with the content, and write nothing
    Check(CheckArgs),
    /// Begin a file, in the right folder and with every key explained
    New(NewArgs),
    /// Say who would get a request, and why
    Simulate(SimulateArgs),
    /// Say which translations are behind their source; write and read a translator's sheet
    Translations(translations::TranslationsArgs),
    /// Say what is stuck: mail, mailboxes, the canary, the store; and what to do
    Status(StatusArgs),
    /// Write all cases into one file, encrypted to a passphrase
    #[cfg(feature = "archive")]
    Export(archive::ExportArgs),
    /// Take in what `export` wrote
    #[cfg(feature = "archive")]
    Import(archive::ImportArgs),
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  book-a-librarian serve
  book-a-librarian serve --listen 127.0.0.1:0 --data /var/lib/book-a-librarian
  book-a-librarian serve --mail smtp://mail.library.example:25 --base-url https://help.library.example")]
pub(crate) struct ServeArgs {
    /// The address to listen on; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:8080", env = "BOOK_A_LIBRARIAN_LISTEN")]
    pub(crate) listen: SocketAddr,
    /// Where everything lies that must last
    #[arg(long, default_value = ".data", env = "BOOK_A_LIBRARIAN_DATA")]
    pub(crate) data: PathBuf,
    /// Where requests are kept
    #[arg(long, default_value = "sqlite", env = "BOOK_A_LIBRARIAN_STORE")]
    pub(crate) store: StoreKind,
    /// Where mail goes: outbox (a folder in --data), smtp://… or smtps://…, or ses
    #[arg(long, default_value = "outbox", env = "BOOK_A_LIBRARIAN_MAIL", hide_env_values = true)]
    pub(crate) mail: String,
    /// Where the site is, for mails and links; by default the address listened on
    #[arg(long, env = "BOOK_A_LIBRARIAN_BASE_URL", value_parser = base_url)]
    pub(crate) base_url: Option<String>,
    /// The proxy whose last X-Forwarded-For counts
    #[arg(long, env = "BOOK_A_LIBRARIAN_TRUSTED_PROXY")]
    pub(crate) trusted_proxy: Option<IpAddr>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum StoreKind {
    Sqlite,
    Dynamodb,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  book-a-librarian build --out dist --base-url https://help.library.example
  book-a-librarian build --out preview --drafts --today 2026-12-03")]
pub(crate) struct BuildArgs {
    /// The folder to write into: site/ and desk/
    #[arg(long, default_value = "dist", env = "BOOK_A_LIBRARIAN_OUT")]
    pub(crate) out: PathBuf,
    /// Where the site will be, for sitemap and search engines
    #[arg(long, env = "BOOK_A_LIBRARIAN_BASE_URL", value_parser = base_url)]
    pub(crate) base_url: Option<String>,
    /// The day for which it is made, like 2026-12-03; by default today
    #[arg(long, env = "BOOK_A_LIBRARIAN_TODAY")]
    pub(crate) today: Option<Date>,
    /// Drafts too, with a mark: for a preview that only editors see
    #[arg(long, env = "BOOK_A_LIBRARIAN_DRAFTS")]
    pub(crate) drafts: bool,
    /// What to write beside each file for browsers that take it
    #[arg(long, default_value = "all", env = "BOOK_A_LIBRARIAN_COMPRESS")]
    pub(crate) compress: CompressKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum CompressKind {
    /// The same in brotli and gzip: .br and .gz
    All,
    /// Nothing
    None,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  book-a-librarian check
  book-a-librarian check --format github --deny warnings
  book-a-librarian check --today 2027-03-01     what will be wrong by then")]
pub(crate) struct CheckArgs {
    /// How to say it
    #[arg(long, default_value = "human", env = "BOOK_A_LIBRARIAN_FORMAT")]
    pub(crate) format: CheckFormat,
    /// What else ends with exit code 1
    #[arg(long, env = "BOOK_A_LIBRARIAN_DENY")]
    pub(crate) deny: Option<Deny>,
    /// The day for which it is checked, like 2026-12-03; by default today
    #[arg(long, env = "BOOK_A_LIBRARIAN_TODAY")]
    pub(crate) today: Option<Date>,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  book-a-librarian new topic Genealogy
  book-a-librarian new news 'Closed on Friday' --id closed-friday
  book-a-librarian new branch 'Lakewood/Smokey Point'
  book-a-librarian new topic Genealogy --lang vi

The file begins as a draft: only editors see it until its line `draft: true` is deleted.

Exit codes: 0 written, 2 nothing written, and why.")]
pub(crate) struct NewArgs {
    /// What it is about
    pub(crate) what: NewWhat,
    /// Its title, or a library's name
    pub(crate) title: String,
    /// The name of its file and its part of the address; by default made from the title
    #[arg(long, env = "BOOK_A_LIBRARIAN_ID")]
    pub(crate) id: Option<String>,
    /// Begin the translation of what is there to this language
    #[arg(long, env = "BOOK_A_LIBRARIAN_LANG", value_parser = LanguageTag::parse)]
    pub(crate) lang: Option<LanguageTag>,
    /// The day of a news post, like 2026-12-03; by default today
    #[arg(long, env = "BOOK_A_LIBRARIAN_TODAY")]
    pub(crate) today: Option<Date>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum NewWhat {
    /// A topic of help
    Topic,
    /// A news post
    News,
    /// A library
    Branch,
    /// A page
    Page,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum CheckFormat {
    /// With excerpts of the files
    Human,
    /// One object a line
    Json,
    /// As remarks of a workflow on GitHub
    Github,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Deny {
    Warnings,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  book-a-librarian simulate --topic genealogy --library langley --language vi
  book-a-librarian simulate --topic e-books --prefer soonest --at '2026-11-28 15:30'")]
pub(crate) struct SimulateArgs {
    /// What help is wanted
    #[arg(long, env = "BOOK_A_LIBRARIAN_TOPIC", value_parser = TopicId::parse)]
    pub(crate) topic: TopicId,
    /// The preferred library, or any
    #[arg(long, default_value = "any", env = "BOOK_A_LIBRARIAN_LIBRARY")]
    pub(crate) library: String,
    /// The language of the session
    #[arg(long, default_value = "en", env = "BOOK_A_LIBRARIAN_LANGUAGE", value_parser = LanguageTag::parse)]
    pub(crate) language: LanguageTag,
    /// How to meet: phone, video, in_person; may be repeated
    #[arg(long, env = "BOOK_A_LIBRARIAN_MEET", value_parser = way)]
    pub(crate) meet: Vec<WayToMeet>,
    /// What is needed: asl, step_free, …; may be repeated
    #[arg(long, env = "BOOK_A_LIBRARIAN_ACCESS", value_parser = access)]
    pub(crate) access: Vec<AccessNeed>,
    /// What matters most: my_library, soonest or my_language
    #[arg(long, env = "BOOK_A_LIBRARIAN_PREFER", value_parser = prefer)]
    pub(crate) prefer: Option<Prefer>,
    /// When: weekday_morning, saturday, …; may be repeated
    #[arg(long, env = "BOOK_A_LIBRARIAN_TIMES", value_parser = part)]
    pub(crate) times: Vec<PartOfWeek>,
    /// The moment: 2026-11-24T17:12:00Z, or "2026-11-24 09:12" where the service is; by default now
    #[arg(long, env = "BOOK_A_LIBRARIAN_AT")]
    pub(crate) at: Option<String>,
    /// The data folder whose load counts; without it nobody is busy
    #[arg(long, env = "BOOK_A_LIBRARIAN_DATA")]
    pub(crate) data: Option<PathBuf>,
    /// How to say it
    #[arg(long, default_value = "human", env = "BOOK_A_LIBRARIAN_FORMAT")]
    pub(crate) format: SimulateFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SimulateFormat {
    Human,
    Json,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  book-a-librarian status --data /var/lib/book-a-librarian
  book-a-librarian status --store dynamodb --format json

It may run beside `serve`, reads alone and makes nothing. No address and nothing of a patron is shown.
Mail is stuck from a quarter of an hour on; mail to staff is tried until it is taken.

Exit codes: 0 nothing is stuck, 1 something is, 2 it can't be told.")]
pub(crate) struct StatusArgs {
    #[command(flatten)]
    pub(crate) kept: KeptArgs,
    /// How to say it
    #[arg(long, default_value = "human", env = "BOOK_A_LIBRARIAN_FORMAT")]
    pub(crate) format: StatusFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum StatusFormat {
    /// What is stuck and what to do, for people
    Human,
    /// One object, for programs
    Json,
}

/// Where cases are kept.
#[derive(Debug, Args)]
pub(crate) struct KeptArgs {
    /// Where everything lies that must last
    #[arg(long, default_value = ".data", env = "BOOK_A_LIBRARIAN_DATA")]
    pub(crate) data: PathBuf,
    /// Where requests are kept
    #[arg(long, default_value = "sqlite", env = "BOOK_A_LIBRARIAN_STORE")]
    pub(crate) store: StoreKind,
}

impl SimulateArgs {
    /// The preferred library; `None` for any.
    pub(crate) fn library(&self) -> Result<Option<BranchId>, String> {
        if self.library == "any" {
            return Ok(None);
        }
        BranchId::parse(&self.library).map(Some).map_err(|error| error.to_string())
    }
}

fn base_url(text: &str) -> Result<String, String> {
    let base = text.trim_end_matches('/');
    let host = base.strip_prefix("https://").or_else(|| base.strip_prefix("http://"));
    match host {
        Some(host) if !host.is_empty() && !host.contains(['/', '?', '#', ' ', '"', '<']) => {
            Ok(base.to_owned())
        }
        _ => Err("write it like https://help.library.example, without a path".to_owned()),
    }
}

fn one_of<T>(text: &str, found: Option<T>, all: &[&str]) -> Result<T, String> {
    found.ok_or_else(|| format!("\"{text}\" is none of {}", all.join(", ")))
}

fn way(text: &str) -> Result<WayToMeet, String> {
    one_of(text, WayToMeet::parse(text), &WayToMeet::ALL.map(WayToMeet::as_str))
}

fn access(text: &str) -> Result<AccessNeed, String> {
    let all: Vec<_> = AccessNeed::ALL.iter().map(|need| need.as_str()).collect();
    one_of(text, AccessNeed::parse(text), &all)
}

fn prefer(text: &str) -> Result<Prefer, String> {
    let all: Vec<_> = Prefer::ALL.iter().map(|prefer| prefer.as_str()).collect();
    one_of(text, Prefer::parse(text), &all)
}

fn part(text: &str) -> Result<PartOfWeek, String> {
    let all: Vec<_> = PartOfWeek::ALL.iter().map(|part| part.as_str()).collect();
    one_of(text, PartOfWeek::parse(text), &all)
}
