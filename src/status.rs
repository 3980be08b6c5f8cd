//! `status`: what is stuck, and what to do about it.

use crate::cli::{FolderArgs, StatusArgs, StatusFormat, StoreKind};
use crate::failure::{Failure, print};
use crate::store::{self, Access};
use domain::directory::Service;
use domain::request::Audience;
use generator::Folders;
use handler::jobs::status::{self, CanaryStatus, Cause, Status, Stuck};
use handler::jobs::sweep::ErasureWaits;
use jiff::Timestamp;
use serde_json::{Value, json};

pub(crate) fn run(folders: &FolderArgs, args: &StatusArgs) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Failure::cannot_run)?;
    let now = Timestamp::now();
    let service = service(folders, args);
    let status = runtime.block_on(async {
        let opened = store::open(args.kept.store, &args.kept.data, Access::Reads).await?;
        let looked = status::look(&*opened.store, service.as_ref(), now).await;
        looked.map_err(Failure::cannot_run)
    })?;
    match args.format {
        StatusFormat::Human => print(&human(&status, now))?,
        StatusFormat::Json => print(&format!("{}\n", as_json(&status)))?,
    }
    if status.is_stuck() { Err(Failure::Stuck) } else { Ok(()) }
}

/// The service as content describes it, which says when a canary is due. A desk with an outbox
/// folder sends none; and unreadable content is a matter for `check`.
fn service(folders: &FolderArgs, args: &StatusArgs) -> Option<Service> {
    let outbox = args.kept.data.join("outbox");
    if args.kept.store == StoreKind::Sqlite && outbox.exists() {
        return None;
    }
    let folders =
        Folders { content: folders.content.clone(), templates: folders.templates.clone() };
    let site = generator::load(&folders).ok()?.site?;
    Some(site.directory().service.clone())
}

fn mailbox(to: &Audience) -> &str {
    match to {
        Audience::Branch(branch) => branch.as_str(),
        Audience::Coordinator => "coordinator",
        Audience::Patron | Audience::FormerPatron => "patron",
    }
}

fn human(status: &Status, now: Timestamp) -> String {
    let mut lines = Vec::new();
    for (to, stuck) in &status.backlog.staff {
        let whose = mailbox(to);
        lines.push(format!("Mail to {whose} waits: {}", waits(stuck, now)));
        lines.push(match to {
            Audience::Branch(id) if status.refusing.contains_key(id) => format!(
                "  Its mailbox refuses mail: look at `mailbox` in content/branches/{id}.md, and ask \
                 whoever runs the mail server. It is tried again by itself."
            ),
            _ => "  Look at `serve`'s log for the mail server's answer, at --mail and at the mail \
                  server. It is tried again by itself."
                .to_owned(),
        });
    }
    let patrons = &status.backlog.patrons;
    if patrons.notices > 0 {
        lines.push(format!("Mail to patrons waits: {}", waits(patrons, now)));
        lines.push(
            "  A few have full mailboxes; if it is many, look at the mail server. After five days \
             whoever has the request is told."
                .to_owned(),
        );
    }
    for (id, cause) in &status.unhealthy {
        lines.push(format!("The mailbox of {id} is unhealthy: new requests go to others"));
        let (why, end) = match cause {
            Cause::Refused => (
                "Its mail server says that there is no such mailbox, or has refused mail for hours",
                "The next mail that it takes ends this, or two weeks do.",
            ),
            Cause::CameBack => (
                "Mail that had been sent came back from it",
                "Mail that arrives there ends this, or two weeks do. SES sends nothing to an address \
                 that it has suppressed: infra/aws/README.md says how to take it off its list.",
            ),
        };
        lines.push(format!("  {why}: look at `mailbox` in content/branches/{id}.md. {end}"));
    }
    if status.canary == CanaryStatus::Due {
        lines.push("Today's canary has not come through".to_owned());
        lines.push(
            "  Look at `serve`'s log, and at `roles.canary` in content/site.yaml.".to_owned(),
        );
    }
    if lines.is_empty() {
        lines.push(match status.waiting {
            0 => "Nothing is stuck. No mail waits.".to_owned(),
            1 => "Nothing is stuck. One mail is on its way.".to_owned(),
            number => format!("Nothing is stuck. {number} mails are on their way."),
        });
    }
    lines.extend(status.erasure.iter().flat_map(|waits| erasure(waits, now)));
    lines.join("\n") + "\n"
}

/// Erasure that waits: nothing is stuck, but somebody should look at the clock.
fn erasure(waits: &ErasureWaits, now: Timestamp) -> [String; 2] {
    let hours = waits.hours;
    let erased = match waits.sure {
        Some(sure) => format!("What was due by {sure:.0} is erased; the rest waits"),
        None => "What is due waits".to_owned(),
    };
    [
        "Requests wait to be erased: the desk was off, or its clock has jumped".to_owned(),
        format!(
            "  {erased} until the desk has run for {hours} h more. Is the clock right? It says {now:.0}."
        ),
    ]
}

/// "3 mails, the oldest for 2 h 5 min, tried up to 7 times".
fn waits(stuck: &Stuck, now: Timestamp) -> String {
    let mails = if stuck.notices == 1 { "mail" } else { "mails" };
    let times = if stuck.tries == 1 { "time" } else { "times" };
    let minutes = stuck.since.map_or(0, |since| now.duration_since(since).as_mins());
    let length = match minutes {
        // The clock was ahead when it was written.
        ..0 => "since a moment that has not come yet".to_owned(),
        0..120 => format!("for {minutes} min"),
        120..2880 => format!("for {} h {} min", minutes / 60, minutes % 60),
        _ => format!("for {} days", minutes / (24 * 60)),
    };
    format!("{} {mails}, the oldest {length}, tried up to {} {times}", stuck.notices, stuck.tries)
}

fn as_json(status: &Status) -> Value {
    let staff = status.backlog.staff.iter().map(|(to, stuck)| {
        json!({
            "mailbox": mailbox(to),
            "notices": stuck.notices,
            "since": stuck.since,
            "tries": stuck.tries,
        })
    });
    json!({
        "stuck": status.is_stuck(),
        "waiting": status.waiting,
        "staff": staff.collect::<Vec<_>>(),
        "patrons": status.backlog.patrons,
        "refusing": status.refusing,
        "unhealthy": status.unhealthy.keys().collect::<Vec<_>>(),
        "canary": status.canary,
        "erasure_waits": status.erasure,
    })
}
