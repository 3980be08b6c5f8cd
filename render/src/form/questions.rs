//! The questions, in the order in which they are asked.

use super::{Choice, Control, Group, Question, message};
use crate::html::Html;
use crate::locale::Locale;
use crate::renderer::RenderError;
use crate::strings::group_key;
use domain::answers::{ACCESS_DETAILS_MAX, AccessNeed, Field, Fields, Prefer, Problem, Voicemail};
use domain::{ContactWay, TopicId, WayToMeet, calendar};
use jiff::civil::Date;

/// What the questions depend on.
pub(super) struct Asking<'a> {
    pub(super) locale: &'a Locale<'a>,
    pub(super) today: Date,
    pub(super) fields: &'a Fields,
    pub(super) problems: &'a [Problem],
}

type Result<T> = std::result::Result<T, RenderError>;

impl Asking<'_> {
    /// What everybody is asked: what help, and how to reach them.
    pub(super) fn questions(&self) -> Result<Vec<Question>> {
        let details = self.value(Field::Details);
        let mut questions = vec![
            Question { big: true, optional: false, ..self.question(Field::Topic, self.topics()?)? },
            Question {
                hint: Some(self.tell_us()?),
                ..self.question(Field::Details, Control::Lines { value: details, rows: 5 })?
            },
            self.question(Field::Name, self.line(Field::Name, "text", "name"))?,
            Question {
                optional: false,
                ..self.question(Field::Email, self.line(Field::Email, "email", "email"))?
            },
            Question {
                optional: false,
                ..self.question(Field::Phone, self.line(Field::Phone, "tel", "tel"))?
            },
        ];
        questions.push(self.question(Field::Contact, self.contact()?)?);
        questions.push(Question {
            hint: Some(self.locale.t("care-voicemail", &[])?),
            ..self.question(Field::Voicemail, self.voicemail()?)?
        });
        Ok(questions)
    }

    /// What may be left.
    pub(super) fn more(&self) -> Result<Vec<Question>> {
        let access = self.strings(Field::Access, AccessNeed::ALL, |need| need.as_str())?;
        let prefer = self.strings(Field::Prefer, Prefer::ALL, |prefer| prefer.as_str())?;
        let about_access = self.value(Field::AccessDetails);
        Ok(vec![
            self.question(Field::Library, self.libraries()?)?,
            Question { hint: self.suspended()?, ..self.question(Field::Meet, self.ways()?)? },
            self.question(Field::Language, self.languages()?)?,
            self.question(Field::LanguageOther, self.line(Field::LanguageOther, "text", "off"))?,
            self.question(Field::Prefer, self.radios(prefer))?,
            self.question(Field::Times, self.checks(self.times()?))?,
            self.question(Field::NeededBy, self.line(Field::NeededBy, "date", "off"))?,
            self.question(Field::Access, self.checks(access))?,
            Question {
                hint: Some(self.locale.t(
                    "hint-access_details",
                    &[("max", u32::try_from(ACCESS_DETAILS_MAX).unwrap_or(0).into())],
                )?),
                ..self.question(
                    Field::AccessDetails,
                    Control::Lines { value: about_access, rows: 2 },
                )?
            },
        ])
    }

    fn value(&self, field: Field) -> String {
        self.fields.first(field.as_str()).to_owned()
    }

    /// A question with its label `ask-{name}`, its hint `hint-{name}` if there is one, and what is
    /// wrong with its answer.
    fn question(&self, field: Field, control: Control) -> Result<Question> {
        let name = field.as_str();
        let problem = self.problems.iter().find(|problem| problem.field == field);
        let error = problem.map(|problem| message(self.locale, problem)).transpose()?;
        let hint_key = format!("hint-{name}");
        let hint =
            if HINTED.contains(&field) { Some(self.locale.t(&hint_key, &[])?) } else { None };
        let has_hint = hint.is_some() || ALWAYS_HINTED.contains(&field);
        let ids = [(has_hint, "h"), (error.is_some(), "e")];
        let described_by: Vec<_> =
            ids.iter().filter(|(there, _)| *there).map(|(_, id)| format!("{name}-{id}")).collect();
        Ok(Question {
            name,
            label: self.locale.t(&format!("ask-{name}"), &[])?,
            big: false,
            optional: true,
            hint,
            error,
            described_by: described_by.join(" "),
            control,
        })
    }

    fn topics(&self) -> Result<Control> {
        let chosen = self.fields.first("topic");
        let topics = self.locale.directory().topics_on(self.today);
        let mut first = true;
        let mut groups = Vec::new();
        for group in &self.locale.directory().service.topic_groups {
            let mut choices = Vec::new();
            for topic in topics.iter().filter(|topic| topic.group == group.id) {
                let card =
                    self.locale.renderer().bundle().worded(self.locale.language(), |texts| {
                        texts.topics.get(&topic.id).map(|topic| topic.card.as_str())
                    });
                choices.push(Choice {
                    id: std::mem::take(&mut first).then_some("topic"),
                    value: topic.id.to_string(),
                    label: self.locale.topic(&topic.id),
                    hint: Some(self.locale.worded(card, "")),
                    checked: topic.id.as_str() == chosen,
                });
            }
            let heading = self.locale.t(&group_key(&group.id), &[])?;
            groups.push(Group { heading, choices });
        }
        groups.retain(|group| !group.choices.is_empty());
        Ok(Control::Groups { groups })
    }

    /// The chosen topic's own hint, or what fits every topic; and always what not to write.
    fn tell_us(&self) -> Result<Html> {
        let topic = TopicId::parse(self.fields.first("topic")).ok();
        let own = topic.and_then(|id| {
            let found =
                self.locale.renderer().bundle().worded(self.locale.language(), |texts| {
                    texts.topics.get(&id).map(|topic| topic.tell_us.as_str())
                })?;
            Some(self.locale.worded(Some(found), ""))
        });
        let hint = match own {
            Some(own) => own,
            None => self.locale.t("hint-details", &[])?,
        };
        let never = self.locale.t("care-no-passwords", &[])?;
        Ok(Html::trusted(format!("{} {}", hint.as_str(), never.as_str())))
    }

    fn line(&self, field: Field, input: &'static str, autocomplete: &'static str) -> Control {
        Control::Line { input, autocomplete, value: self.value(field) }
    }

    fn choice(&self, field: Field, value: &str, label: Html, first: bool) -> Choice {
        Choice {
            id: first.then_some(field.as_str()),
            value: value.to_owned(),
            label,
            hint: None,
            checked: self.fields.all(field.as_str()).any(|sent| sent == value),
        }
    }

    /// Choices whose labels are strings: `{field}-{value}`.
    fn strings<T: Copy>(
        &self,
        field: Field,
        all: &[T],
        value: fn(T) -> &'static str,
    ) -> Result<Vec<Choice>> {
        let name = field.as_str();
        all.iter()
            .enumerate()
            .map(|(place, choice)| {
                let value = value(*choice);
                let label = self.locale.t(&format!("{name}-{value}"), &[])?;
                Ok(self.choice(field, value, label, place == 0))
            })
            .collect()
    }

    fn radios(&self, choices: Vec<Choice>) -> Control {
        Control::Choices { input: "radio", tight: true, choices }
    }

    fn checks(&self, choices: Vec<Choice>) -> Control {
        Control::Choices { input: "checkbox", tight: true, choices }
    }

    fn contact(&self) -> Result<Control> {
        let text_messages = self.locale.directory().service.text_messages;
        let ways: Vec<_> = ContactWay::ALL
            .into_iter()
            .filter(|way| *way != ContactWay::Text || text_messages)
            .collect();
        Ok(self.radios(self.strings(Field::Contact, &ways, ContactWay::as_str)?))
    }

    fn voicemail(&self) -> Result<Control> {
        let mut choices = self.strings(Field::Voicemail, Voicemail::ALL, Voicemail::as_str)?;
        if choices.iter().all(|choice| !choice.checked)
            && let Some(no) = choices.last_mut()
        {
            no.checked = true;
        }
        Ok(self.radios(choices))
    }

    fn libraries(&self) -> Result<Control> {
        let any = self.locale.t("library-any", &[])?;
        let mut choices = vec![self.choice(Field::Library, "any", any, true)];
        let pilot = self.locale.directory().service.pilot.as_ref();
        for branch in self.locale.directory().branches_on(self.today) {
            if pilot.is_none_or(|pilot| pilot.contains(&branch.id)) {
                let label = Html::text(&branch.name);
                choices.push(self.choice(Field::Library, branch.id.as_str(), label, false));
            }
        }
        Ok(Control::List { choices })
    }

    fn ways(&self) -> Result<Control> {
        let open = self.locale.directory().ways_open_on(self.today);
        let choices = open
            .into_iter()
            .enumerate()
            .map(|(place, way)| {
                self.choice(Field::Meet, way.as_str(), self.locale.way(way), place == 0)
            })
            .collect();
        Ok(self.checks(choices))
    }

    /// Which ways are not on offer, and until when.
    fn suspended(&self) -> Result<Option<Html>> {
        let mut hint = vec![self.locale.t("hint-meet", &[])?];
        for way in WayToMeet::ALL {
            let Some(mode) = self.locale.directory().suspension(way, self.today) else {
                continue;
            };
            let way = self.locale.plain(&format!("way-{}", way.as_str()), &[])?;
            let until = match mode.until {
                Some(until) => {
                    let date = self.locale.date(until);
                    self.locale.plain("until-date", &[("date", date.into())])?
                }
                None => self.locale.plain("until-further-notice", &[])?,
            };
            let values = [("way", way.into()), ("until", until.into())];
            hint.push(self.locale.t("way-suspended", &values)?);
        }
        let hint: Vec<_> = hint.iter().map(Html::as_str).collect();
        Ok(Some(Html::trusted(hint.join(" "))))
    }

    fn languages(&self) -> Result<Control> {
        let mut choices = Vec::new();
        for (place, language) in self.locale.directory().service.languages.iter().enumerate() {
            let name = Html::worded(&language.name, &language.tag, self.locale.chrome());
            choices.push(self.choice(Field::Language, language.tag.as_str(), name, place == 0));
        }
        let other = self.locale.t("language-other", &[])?;
        choices.push(self.choice(Field::Language, "other", other, false));
        if choices.iter().all(|choice| !choice.checked) {
            let own = self.locale.language().as_str();
            if let Some(choice) = choices.iter_mut().find(|choice| choice.value == own) {
                choice.checked = true;
            }
        }
        Ok(Control::Choices { input: "radio", tight: true, choices })
    }

    fn times(&self) -> Result<Vec<Choice>> {
        let parts: Vec<_> =
            calendar::parts_of_week_answered(self.locale.directory()).into_iter().collect();
        self.strings(Field::Times, &parts, |part| part.as_str())
    }
}

/// Fields whose hint is the string `hint-{name}`.
const HINTED: [Field; 6] =
    [Field::Name, Field::Email, Field::Phone, Field::Library, Field::Times, Field::NeededBy];

/// Fields whose hint is put in by the question itself.
const ALWAYS_HINTED: [Field; 4] =
    [Field::Details, Field::Voicemail, Field::Meet, Field::AccessDetails];
