//! The texts that new files begin with.

use super::Wanted;
use crate::paths::Folder;
use crate::site::Site;
use domain::TopicId;
use domain::hours::Day;

/// The text of a new file; `None` for folders whose files are not begun by themselves.
pub(super) fn text(wanted: &Wanted, id: &str, site: Option<&Site>) -> Option<String> {
    let title = quoted(wanted.title.trim());
    Some(match wanted.folder {
        Folder::Topics => topic(&title, site),
        Folder::News => news(&title, wanted),
        Folder::Branches => branch(&title, id, site),
        Folder::Pages => page(&title),
        Folder::Services | Folder::Mails | Folder::Strings => return None,
    })
}

/// A text in quotes, as YAML reads it.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', " "))
}

const DRAFT: &str = "\
# While this line is here, only editors see the page. Delete it to publish.
draft: true
";

const DATES: &str = "\
# To publish it by itself on a day, write that day here and delete the # before it:
# publish_on: 2027-01-15
# The day by which somebody should read it again. `check` reminds you:
# review_by: 2027-12-01
";

const EXPIRES: &str = "\
# The first day on which it is gone again:
# expires_on: 2027-03-01
";

fn topic(title: &str, site: Option<&Site>) -> String {
    let topics = site.into_iter().flat_map(|site| site.directory.topics.values());
    let others = topics.filter(|topic| topic.id.as_str() != TopicId::SOMETHING_ELSE);
    let order = others.map(|topic| topic.order).max().unwrap_or(0).saturating_add(1);
    let groups = site.into_iter().flat_map(|site| &site.directory.service.topic_groups);
    let (group, groups) = choices(groups.map(|group| group.id.as_str()));
    format!(
        "---
{DRAFT}# What patrons read on top of the page and in lists.
title: {title}
# Under which heading it is listed: {groups} (topic_groups in site.yaml).
group: {group}
# Who can take it: any (staff at every library), or listed (only libraries that have it in skills).
who: any
# One sentence for the lists: what you can do with our help.
card: Write here in one sentence what you help with.
# Whether one needs a library card for it: needed, helpful or \"no\". Nobody needs one to ask.
library_card: \"no\"
# What the form asks the patron to write about this topic.
tell_us: What you would like to do, and what you have tried.
# Other words that patrons use for it. They find the topic by them.
also_known_as: [{title}]
# Its place in the list: small numbers stand first.
order: {order}
# How long a session is, if not the usual time:
# session_minutes: 60
# Whether an expert at another library comes before the patron's own library:
# experts_first: true
{DATES}# From this day it is off the pages. Never delete the file: open requests need its name.
# retired: 2027-12-31
---

## What we can do

- Write here what you can do with us, one thing a line.

## What we can't do

- Write here what we can't do, and who can.

## What to have ready

- Write here what the patron needs at hand.

## How a session goes

A session is free, one-to-one, and lasts up to {{session_minutes}} minutes.
"
    )
}

fn news(title: &str, wanted: &Wanted) -> String {
    format!(
        "---
{DRAFT}# The headline.
title: {title}
# The day that stands above the post. It is not on the site before that day.
date: {today}
# One sentence for the lists.
summary: Write here in one sentence what is new.
# The first day on which it is gone again, if it goes:
# expires_on: 2027-03-01
# The day by which somebody should read it again. `check` reminds you:
# review_by: 2027-12-01
---

Write here what is new. Begin with what changes for the reader.
",
        today = wanted.today
    )
}

fn page(title: &str) -> String {
    format!(
        "---
{DRAFT}# What stands on top of the page.
title: {title}
# One sentence below the title, and for search engines.
summary: Write here in one sentence what the page tells.
# Write true if it is about safety, voicemail, erasure or guardians. Then the English text stands
# below a translation until a person has read it:
# care: true
{DATES}{EXPIRES}---

Write here. A heading begins with ##, and a link looks like [privacy](privacy.md).
"
    )
}

fn branch(name: &str, id: &str, site: Option<&Site>) -> String {
    let phone = site.map_or_else(
        || "+1 425-555-0100".to_owned(),
        |site| site.directory.service.phone.to_string(),
    );
    let hours = hours(site);
    let areas = site.into_iter().flat_map(|site| &site.directory.service.areas);
    let (area, areas) = choices(areas.map(|area| area.id.as_str()));
    format!(
        "---
{DRAFT}# Its name, the same in every language.
name: {name}
# The shared mailbox in which its staff read requests. Write the real one before you publish.
mailbox: {id}@library.example
# Its own phone number.
phone: \"{phone}\"
# In which part of the list of libraries it stands: {areas} (areas in site.yaml).
area: {area}
# The libraries that are asked next, the nearest first: names of files here, without .md. Each of
# them names this one too.
neighbors: []
# What its staff know well: a topic, and expert or able. Like
#   genealogy: expert
#   e-books: {{ level: able, days: [tue, thu] }}
skills: {{}}
# The languages they speak besides English. Like [es, {{ tag: vi, days: [mon] }}].
speaks: []
# Whether a session with an interpreter of American Sign Language can be held there.
asl: false
# Whether one gets in, and everywhere, without steps.
step_free: false
# How patrons can meet its staff: phone, video, in_person.
meet: [phone]
# When its staff answer requests, within the hours of site.yaml.
answering_hours:
{hours}# When the building is open.
open_hours:
{hours}# How many new requests a week it can take.
per_week: 5
# Days on which nobody answers:
# closures:
#   - {{ from: 2027-01-04, until: 2027-01-06, reason: new floor }}
{DATES}# From this day it is off the pages. Never delete the file: open requests need its name.
# retired: 2027-12-31
---

Write here where it is and what it is good at, in two or three sentences.
"
    )
}

/// The first of some ids, and all of them.
fn choices<'a>(ids: impl Iterator<Item = &'a str>) -> (&'a str, String) {
    let ids: Vec<_> = ids.collect();
    (ids.first().copied().unwrap_or("other"), ids.join(", "))
}

/// The service's hours, which a library's may not leave.
fn hours(site: Option<&Site>) -> String {
    let mut text = String::new();
    for day in Day::ALL {
        let spans = site.map(|site| site.directory.service.answering_hours.on(day));
        let spans: Vec<_> = spans.into_iter().flatten().map(|span| format!("\"{span}\"")).collect();
        if !spans.is_empty() {
            text.push_str(&format!("  {}: [{}]\n", day.as_str(), spans.join(", ")));
        }
    }
    if text.is_empty() { "  mon: [\"09:00-17:00\"]\n".to_owned() } else { text }
}
