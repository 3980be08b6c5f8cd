//! `simulate`: who would get a request, and why, on one screen.

mod words;

use crate::cli::{FolderArgs, SimulateArgs, SimulateFormat, StoreKind};
use crate::failure::{Failure, print};
use crate::loading;
use crate::store::{self, Access};
use domain::answers::{Answers, LibraryChoice, SpokenLanguage, Voicemail};
use domain::routing::{self, Snapshot};
use domain::{Directory, Phone, Reach, calendar};
use jiff::Timestamp;
use jiff::civil::DateTime;

pub(crate) fn run(folders: &FolderArgs, args: &SimulateArgs) -> Result<(), Failure> {
    let site = loading::load_clean(folders, generator::Drafts::Hidden, None)?;
    let directory = site.directory();
    let now = at(args, directory)?;
    let answers = answers(args, directory)?;
    let snapshot = snapshot(args, now)?;
    let due = domain::calendar::deadline(now, directory);
    let decision = routing::route(&answers, directory, &snapshot, now, due);
    match args.format {
        SimulateFormat::Json => {
            let json = serde_json::to_string_pretty(&decision).map_err(Failure::cannot_run)?;
            print(&(json + "\n"))
        }
        SimulateFormat::Human => {
            let due = calendar::deadline(now, directory);
            print(&words::screen(&answers, &decision, directory, now, due))
        }
    }
}

fn at(args: &SimulateArgs, directory: &Directory) -> Result<Timestamp, Failure> {
    let Some(text) = &args.at else {
        return Ok(Timestamp::now());
    };
    let zone = directory.service.time_zone.clone();
    let local = || text.parse::<DateTime>().ok()?.to_zoned_datetime(zone).ok();
    text.parse().ok().or_else(|| local().map(|zoned| zoned.timestamp())).ok_or_else(|| {
        Failure::CannotRun(format!("--at: \"{text}\" is no moment like \"2026-11-24 09:12\""))
    })
}

/// The arguments, as the form would have parsed them.
fn answers(args: &SimulateArgs, directory: &Directory) -> Result<Answers, Failure> {
    let unknown = |what: &str, id: &str, folder: &str| {
        Failure::CannotRun(format!("there is no {what} {id}; see the files in {folder}"))
    };
    if !directory.topics.contains_key(&args.topic) {
        return Err(unknown("topic", args.topic.as_str(), "content/topics"));
    }
    let library = match args.library().map_err(Failure::CannotRun)? {
        None => LibraryChoice::Any,
        Some(id) if directory.branches.contains_key(&id) => LibraryChoice::Branch(id),
        Some(id) => return Err(unknown("library", id.as_str(), "content/branches")),
    };
    if directory.language(&args.language).is_none() {
        return Err(unknown("language", args.language.as_str(), "content/site.yaml"));
    }
    let phone = Phone::parse("360-555-0100").map_err(Failure::cannot_run)?;
    Ok(Answers {
        topic: args.topic.clone(),
        details: None,
        name: None,
        reach: Reach::new(None, Some(phone), None).map_err(Failure::cannot_run)?,
        voicemail: Voicemail::No,
        library,
        meet: args.meet.iter().copied().collect(),
        language: SpokenLanguage::Tag(args.language.clone()),
        page_language: args.language.clone(),
        prefer: args.prefer,
        times: args.times.iter().copied().collect(),
        needed_by: None,
        access: args.access.iter().copied().collect(),
        access_details: None,
    })
}

/// The load of all branches, as the store counts it.
fn snapshot(args: &SimulateArgs, now: Timestamp) -> Result<Snapshot, Failure> {
    let Some(data) = &args.data else {
        return Ok(Snapshot::default());
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Failure::cannot_run)?;
    runtime.block_on(async {
        let opened = store::open(StoreKind::Sqlite, data, Access::Reads).await?;
        opened.store.snapshot(now).await.map_err(Failure::cannot_run)
    })
}
