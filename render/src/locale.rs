//! What a reader of one language sees: strings, dates and the names of things.

use crate::dates::Dates;
use crate::html::Html;
use crate::renderer::{RenderError, Renderer};
use domain::answers::SpokenLanguage;
use domain::hours::{Day, TimeSpan, WeeklyHours};
use domain::{BranchId, Directory, LanguageTag, TopicId, WayToMeet};
use fluent_bundle::{FluentArgs, FluentValue};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

/// What a reader of one language sees.
pub struct Locale<'a> {
    renderer: &'a Renderer,
    language: &'a LanguageTag,
    chrome: LanguageTag,
}

/// A value of a string.
pub type Arg<'a> = (&'a str, FluentValue<'a>);

impl<'a> Locale<'a> {
    pub(crate) fn new(renderer: &'a Renderer, language: &'a LanguageTag) -> Self {
        Self { renderer, language, chrome: renderer.strings().chrome(language) }
    }

    /// The reader's language.
    pub fn language(&self) -> &'a LanguageTag {
        self.language
    }

    /// The language of the page around the content: the reader's, where it has strings.
    pub fn chrome(&self) -> &LanguageTag {
        &self.chrome
    }

    /// The renderer.
    pub fn renderer(&self) -> &'a Renderer {
        self.renderer
    }

    /// The directory.
    pub fn directory(&self) -> &'a Directory {
        self.renderer.directory()
    }

    /// A string as HTML.
    pub fn t(&self, key: &str, values: &[Arg<'_>]) -> Result<Html, RenderError> {
        self.renderer.strings().html(&self.chrome, key, Some(&args(values)))
    }

    /// A string as plain text, for titles and attributes.
    pub fn plain(&self, key: &str, values: &[Arg<'_>]) -> Result<String, RenderError> {
        Ok(self.renderer.strings().find(&self.chrome, key, Some(&args(values)))?.text)
    }

    /// A topic's title.
    pub fn topic(&self, id: &TopicId) -> Html {
        let found = self
            .renderer
            .bundle()
            .worded(self.language, |texts| texts.topics.get(id).map(|topic| topic.title.as_str()));
        self.worded(found, id.as_str())
    }

    /// A way to meet.
    pub fn way(&self, way: WayToMeet) -> Html {
        let found = self
            .renderer
            .bundle()
            .worded(self.language, |texts| texts.ways.get(&way).map(String::as_str));
        self.worded(found, way.as_str())
    }

    /// A text that may be in the source language, or the id where there is none.
    pub fn worded(&self, found: Option<crate::bundle::Worded<'_>>, id: &str) -> Html {
        match found {
            Some(found) => Html::worded(found.text, found.language, &self.chrome),
            None => Html::text(id),
        }
    }

    /// A branch's name: the same in every language.
    pub fn branch<'b>(&'b self, id: &'b BranchId) -> &'b str {
        self.directory().branches.get(id).map_or(id.as_str(), |branch| branch.name.as_str())
    }

    /// The language of a session: the site's languages by their own name.
    pub fn spoken(&self, language: &SpokenLanguage) -> Html {
        match language {
            SpokenLanguage::Other(name) => Html::text(name.as_str()),
            SpokenLanguage::Tag(tag) => {
                let name = self.directory().language(tag).map_or(tag.as_str(), |l| l.name.as_str());
                Html::worded(name, tag, &self.chrome)
            }
        }
    }

    fn dates(&self) -> &'a Dates {
        self.renderer.strings().dates(&self.chrome)
    }

    /// "December 3, 2026".
    pub fn date(&self, date: Date) -> String {
        self.dates().date(date)
    }

    /// "Thursday, December 3, 5 p.m.", where the service is.
    pub fn moment(&self, moment: Timestamp) -> Result<String, RenderError> {
        let zone = self.directory().service.time_zone.clone();
        let local = moment.to_zoned_datetime(zone);
        let (day, time) = (self.dates().day(local.date()), self.dates().time(local.time()));
        self.plain("moment", &[("day", day.into()), ("time", time.into())])
    }

    /// "within two answering days".
    pub fn promise(&self) -> Result<String, RenderError> {
        let days = self.directory().service.promise.answering_days;
        self.plain("promise", &[("days", days.into())])
    }

    /// The weekday by its name.
    pub fn weekday(&self, day: Day) -> String {
        // January 1, 2024 was a Monday.
        let monday = jiff::civil::date(2024, 1, 1);
        let offset = Day::ALL.iter().position(|other| *other == day).unwrap_or(0);
        let date = monday.saturating_add(i64::try_from(offset).unwrap_or(0).days());
        self.dates().weekday(date)
    }

    /// "9 a.m. to 5 p.m.".
    pub fn span(&self, span: TimeSpan) -> Result<String, RenderError> {
        let [from, until] = [span.from(), span.until()].map(|time| self.dates().time(time));
        self.plain("hours-span", &[("from", from.into()), ("until", until.into())])
    }

    /// The hours of one day: "9 a.m. to noon, 1 p.m. to 5 p.m."; `None` if there are none.
    pub fn spans(&self, spans: &[TimeSpan]) -> Result<Option<String>, RenderError> {
        let spans: Vec<_> = spans.iter().map(|span| self.span(*span)).collect::<Result<_, _>>()?;
        Ok((!spans.is_empty()).then(|| spans.join(", ")))
    }

    /// When librarians answer, in words.
    pub fn service_hours(&self) -> Result<String, RenderError> {
        let hours = &self.directory().service.answering_hours;
        self.renderer.hours(&self.chrome, || self.hours_line(hours))
    }

    /// "Monday to Friday 9 a.m. to 5 p.m., Saturday 10 a.m. to 4 p.m.": days that follow each other
    /// with the same hours are told together.
    pub fn hours_line(&self, hours: &WeeklyHours) -> Result<String, RenderError> {
        let mut runs: Vec<(Day, Day, &[TimeSpan])> = Vec::new();
        let mut before = None;
        for day in Day::ALL {
            let spans = hours.on(day);
            match runs.last_mut() {
                Some((_, last, same)) if Some(*last) == before && *same == spans => *last = day,
                _ if spans.is_empty() => {}
                _ => runs.push((day, day, spans)),
            }
            before = Some(day);
        }
        let mut parts = Vec::new();
        for (first, last, spans) in runs {
            let days = if first == last {
                self.weekday(first)
            } else {
                let (first, last) = (self.weekday(first), self.weekday(last));
                self.plain("hours-days", &[("first", first.into()), ("last", last.into())])?
            };
            let spans = self.spans(spans)?.unwrap_or_default();
            let line = [("days", days.into()), ("spans", spans.into())];
            parts.push(self.plain("hours-line", &line)?);
        }
        Ok(parts.join(", "))
    }

    /// The values of placeholders in Markdown. The caller escapes them.
    pub fn placeholder(&self, name: &str) -> Result<Option<String>, RenderError> {
        let service = &self.directory().service;
        Ok(match name {
            "phone" => Some(service.phone.to_string()),
            "hours" => Some(self.service_hours()?),
            "promise" => Some(self.promise()?),
            "session_minutes" => Some(service.session_minutes.to_string()),
            _ => None,
        })
    }
}

fn args<'v>(values: &[Arg<'v>]) -> FluentArgs<'v> {
    let mut args = FluentArgs::new();
    for (name, value) in values {
        args.set(*name, value.clone());
    }
    args
}
