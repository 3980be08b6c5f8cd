//! The form: the same questions on a static page, on the desk's page with mistakes in it, and
//! after *Change*. One view and one template for all of them.

mod questions;

use crate::html::Html;
use crate::locale::Locale;
use crate::renderer::RenderError;
use domain::TopicId;
use domain::answers::{Fields, Problem, ProblemKind};
use fluent_bundle::FluentValue;
use jiff::civil::Date;
use serde::Serialize;

/// The form as its template sees it.
#[derive(Debug, Serialize)]
pub struct FormView {
    /// Where it is sent.
    pub action: String,
    /// The ticket of a form that the desk shows again. A static page has none.
    pub ticket: Option<String>,
    /// All mistakes, with links to their fields.
    pub mistakes: Vec<Mistake>,
    /// The questions that everybody is asked.
    pub questions: Vec<Question>,
    /// The questions that may be left.
    pub more: Vec<Question>,
    /// The ages under which a guardian sends the form.
    pub guardian_under: u8,
    /// By when we get in touch, in words.
    pub promise: String,
    /// How long a session is.
    pub session_minutes: u16,
}

/// A mistake at the top of the page.
#[derive(Debug, Serialize)]
pub struct Mistake {
    /// The field's address on the page.
    pub href: String,
    /// What is wrong and how to mend it.
    pub text: Html,
}

/// A question.
#[derive(Debug, Serialize)]
pub struct Question {
    /// The field's name, and the id of its first control.
    pub name: &'static str,
    /// The question.
    pub label: Html,
    /// Whether it stands as a heading.
    pub big: bool,
    /// Whether it says that it may be left.
    pub optional: bool,
    /// What helps to answer it.
    pub hint: Option<Html>,
    /// What is wrong with the answer.
    pub error: Option<Html>,
    /// The ids of hint and error, for `aria-describedby`.
    pub described_by: String,
    /// What it is answered with.
    pub control: Control,
}

/// What a question is answered with.
#[derive(Debug, Serialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Control {
    /// Choices in groups.
    Groups {
        /// The groups.
        groups: Vec<Group>,
    },
    /// One line.
    Line {
        /// The kind of input.
        input: &'static str,
        /// What the browser may fill in.
        autocomplete: &'static str,
        /// What stands in it.
        value: String,
    },
    /// Several lines.
    Lines {
        /// What stands in it.
        value: String,
        /// How many lines it shows.
        rows: u8,
    },
    /// One or several of these.
    Choices {
        /// `radio` or `checkbox`.
        input: &'static str,
        /// Whether the choices are short.
        tight: bool,
        /// The choices.
        choices: Vec<Choice>,
    },
    /// One of a long list.
    List {
        /// The choices.
        choices: Vec<Choice>,
    },
}

/// Choices under a heading.
#[derive(Debug, Serialize)]
pub struct Group {
    /// The heading.
    pub heading: Html,
    /// The choices.
    pub choices: Vec<Choice>,
}

/// A choice.
#[derive(Debug, Serialize)]
pub struct Choice {
    /// Its id, on the first of a question.
    pub id: Option<&'static str>,
    /// The value that is sent.
    pub value: String,
    /// What it says.
    pub label: Html,
    /// What it means.
    pub hint: Option<Html>,
    /// Whether it is chosen.
    pub checked: bool,
}

impl FormView {
    /// The form of a static page, perhaps with a topic chosen.
    pub fn blank(
        locale: &Locale<'_>,
        today: Date,
        topic: Option<&TopicId>,
    ) -> Result<Self, RenderError> {
        let chosen = topic.map(|id| ("topic".to_owned(), id.as_str().to_owned()));
        Self::filled(locale, today, &Fields::new(chosen.into_iter().collect()), &[], None)
    }

    /// The form with answers in it, and what is wrong with them.
    pub fn filled(
        locale: &Locale<'_>,
        today: Date,
        fields: &Fields,
        problems: &[Problem],
        ticket: Option<String>,
    ) -> Result<Self, RenderError> {
        let mut mistakes = Vec::new();
        for problem in problems {
            let href = format!("#{}", problem.field.as_str());
            mistakes.push(Mistake { href, text: message(locale, problem)? });
        }
        let asking = questions::Asking { locale, today, fields, problems };
        let service = &locale.directory().service;
        Ok(Self {
            action: format!("/desk/{}/check", locale.language().in_address()),
            ticket,
            mistakes,
            questions: asking.questions()?,
            more: asking.more()?,
            guardian_under: service.guardian_under,
            promise: locale.promise()?,
            session_minutes: service.session_minutes,
        })
    }
}

/// What a problem says to the patron.
pub(crate) fn message(locale: &Locale<'_>, problem: &Problem) -> Result<Html, RenderError> {
    let phone = FluentValue::from(locale.directory().service.phone.to_string());
    let key = format!("error-{}", problem.kind.key());
    match &problem.kind {
        ProblemKind::TooLong { has, max } => {
            let number = |n: usize| FluentValue::from(u32::try_from(n).unwrap_or(u32::MAX));
            locale.t(&key, &[("has", number(*has)), ("max", number(*max))])
        }
        ProblemKind::WaySuspended { way, until } => {
            let way = locale.plain(&format!("way-{}", way.as_str()), &[])?;
            let until = until.map_or_else(
                || locale.plain("until-further-notice", &[]),
                |until| locale.plain("until-date", &[("date", locale.date(until).into())]),
            )?;
            locale.t(&key, &[("way", way.into()), ("until", until.into())])
        }
        _ => locale.t(&key, &[("phone", phone)]),
    }
}
