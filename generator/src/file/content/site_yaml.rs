//! `content/site.yaml`: what holds for the whole service.

use crate::diagnostic::Diagnostic;
use crate::file::front_matter;
use crate::file::read::{self, Keys, Read};
use crate::file::yaml::{self, Node};
use crate::paths::SITE_YAML;
use domain::ServiceMode;
use domain::directory::{Area, Holiday, Promise, RecordsSeries, Roles, Service, TopicGroup};
use domain::language::{Extent, Language, Review};
use jiff::tz::TimeZone;

/// The whole file.
pub(crate) fn site_yaml(text: &str) -> (Option<Service>, Vec<Diagnostic>) {
    let node = match yaml::parse(text, 1) {
        Ok(node) => node,
        Err(error) => return (None, vec![front_matter::syntax(SITE_YAML, error)]),
    };
    let mut keys = Keys::new(SITE_YAML, &node);
    let name = keys.required("name", read::text);
    let system = keys.required("system", read::text);
    let sample = keys.optional("sample", read::flag).unwrap_or(false);
    let time_zone = keys.required("time_zone", time_zone);
    let phone = keys.required("phone", read::phone);
    let session_minutes = keys.required("session_minutes", read::number);
    let promise = keys.required("promise", promise);
    let escalate = keys.required("escalate", escalate);
    let guardian_under = keys.required("guardian_under", read::number);
    let undo_minutes = keys.optional("undo_minutes", undo_minutes);
    let text_messages = keys.required("text_messages", read::flag);
    let video_hosts = keys.required("video_hosts", |node| read::list(node, read::text));
    let answering_hours = keys.required("answering_hours", read::hours);
    let holidays = keys.required("holidays", |node| read::list(node, holiday));
    let closures = keys.required("closures", |node| read::list(node, read::closure));
    let modes = keys.required("service_modes", |node| read::list(node, mode));
    let languages = keys.required("languages", |node| read::list(node, language));
    let interpreters = keys.required("interpreters", |node| read::set(node, read::language));
    let areas = keys.required("areas", |node| headings(node, area, |area| area.id.as_str()));
    let topic_groups =
        keys.required("topic_groups", |node| headings(node, group, |group| group.id.as_str()));
    let roles = keys.required("roles", roles);
    let pilot = keys.optional("pilot", |node| read::set(node, read::branch_id));
    let records = keys.required("records", records);
    let service = (|| {
        Some(Service {
            name: name?,
            system: system?,
            sample,
            time_zone: time_zone?,
            phone: phone?,
            session_minutes: session_minutes?,
            promise: promise?,
            escalate: escalate?,
            guardian_under: guardian_under?,
            undo_minutes: undo_minutes.unwrap_or(Service::undo_minutes_unless_said()),
            text_messages: text_messages?,
            video_hosts: video_hosts?,
            answering_hours: answering_hours?,
            holidays: holidays?,
            closures: closures?,
            modes: modes?,
            languages: languages?,
            interpreters: interpreters?,
            areas: areas?,
            topic_groups: topic_groups?,
            roles: roles?,
            pilot,
            records: records?,
        })
    })();
    (service, keys.finish(&[]))
}

fn time_zone(node: &Node) -> Read<TimeZone> {
    let name = read::text(node)?;
    TimeZone::get(&name).or_else(|_| {
        read::wrong(
            node,
            format!("there is no time zone {name}"),
            "write it like America/Los_Angeles",
        )
    })
}

fn promise(node: &Node) -> Read<Promise> {
    let days = read::needed(node, "answering_days", &["answering_days"], read::number)?;
    if days == 0 {
        return read::wrong(node, "a promise of no days can't be kept", "write at least 1");
    }
    Ok(Promise { answering_days: days })
}

/// Longer than this, and mail that nobody may send yet would count as stuck.
const UNDO_MINUTES_MAX: u8 = 10;

fn undo_minutes(node: &Node) -> Read<u8> {
    match read::number(node)? {
        minutes if minutes <= UNDO_MINUTES_MAX => Ok(minutes),
        minutes => read::wrong(
            node,
            format!("patrons would hear of everything {minutes} minutes late"),
            "write how many minutes staff have to take something back: 0 to 10",
        ),
    }
}

fn escalate(node: &Node) -> Read<[f64; 3]> {
    let shares = read::list(node, read::share)?;
    match <[f64; 3]>::try_from(shares) {
        Ok([a, b, c]) if a < b && b < c => Ok([a, b, c]),
        _ => read::wrong(
            node,
            "three growing shares are expected",
            "write it like [0.25, 0.5, 0.75]",
        ),
    }
}

fn holiday(node: &Node) -> Read<Holiday> {
    const KEYS: [&str; 2] = ["date", "name"];
    Ok(Holiday {
        date: read::needed(node, "date", &KEYS, read::date)?,
        name: read::needed(node, "name", &KEYS, read::text)?,
    })
}

fn mode(node: &Node) -> Read<ServiceMode> {
    const KEYS: [&str; 3] = ["suspended", "from", "until"];
    let mode = ServiceMode {
        suspended: read::needed(node, "suspended", &KEYS, super::branch::way)?,
        from: read::needed(node, "from", &KEYS, read::date)?,
        until: read::inner(node, "until", &KEYS, read::date)?,
    };
    if mode.period().is_empty() {
        return read::wrong(node, "it ends before it begins", "exchange the two dates");
    }
    Ok(mode)
}

fn language(node: &Node) -> Read<Language> {
    const KEYS: [&str; 5] = ["tag", "name", "english_name", "extent", "reviewed"];
    const REVIEW: [&str; 2] = ["by", "on"];
    Ok(Language {
        tag: read::needed(node, "tag", &KEYS, read::language)?,
        name: read::needed(node, "name", &KEYS, read::text)?,
        english_name: read::needed(node, "english_name", &KEYS, read::text)?,
        extent: read::needed(node, "extent", &KEYS, |node| {
            read::one_of(node, &[("whole", Extent::Whole), ("form", Extent::Form)])
        })?,
        reviewed: read::inner(node, "reviewed", &KEYS, |node| {
            Ok(Review {
                by: read::needed(node, "by", &REVIEW, read::text)?,
                on: read::needed(node, "on", &REVIEW, read::date)?,
            })
        })?,
    })
}

const HEADING: [&str; 2] = ["id", "name"];

fn area(node: &Node) -> Read<Area> {
    Ok(Area {
        id: read::needed(node, "id", &HEADING, read::area_id)?,
        name: read::needed(node, "name", &HEADING, read::text)?,
    })
}

fn group(node: &Node) -> Read<TopicGroup> {
    Ok(TopicGroup {
        id: read::needed(node, "id", &HEADING, read::group_id)?,
        name: read::needed(node, "name", &HEADING, read::text)?,
    })
}

/// A list in which each id stands once.
fn headings<T>(
    node: &Node,
    heading: impl Fn(&Node) -> Read<T>,
    id: impl Fn(&T) -> &str,
) -> Read<Vec<T>> {
    let mut headings: Vec<T> = Vec::new();
    for item in read::list(node, Ok)? {
        let next = heading(item)?;
        if headings.iter().any(|other| id(other) == id(&next)) {
            let message = format!("{} stands here twice", id(&next));
            return read::wrong(item, message, "delete one of the two");
        }
        headings.push(next);
    }
    Ok(headings)
}

fn roles(node: &Node) -> Read<Roles> {
    const KEYS: [&str; 4] = ["sender", "coordinator", "moderator", "canary"];
    Ok(Roles {
        sender: read::needed(node, "sender", &KEYS, read::email)?,
        coordinator: read::needed(node, "coordinator", &KEYS, read::email)?,
        moderator: read::needed(node, "moderator", &KEYS, read::email)?,
        canary: read::inner(node, "canary", &KEYS, read::email)?,
    })
}

fn records(node: &Node) -> Read<RecordsSeries> {
    const KEYS: [&str; 4] = ["series", "keep_days", "minimum_days", "backup_days"];
    let keep_days = read::needed(node, "keep_days", &KEYS, read::number)?;
    // Where no minimum is named, nothing is erased early.
    let minimum_days = read::inner(node, "minimum_days", &KEYS, read::number)?;
    Ok(RecordsSeries {
        series: read::needed(node, "series", &KEYS, read::text)?,
        keep_days,
        minimum_days: minimum_days.unwrap_or(keep_days),
        backup_days: read::needed(node, "backup_days", &KEYS, read::number)?,
    })
}
