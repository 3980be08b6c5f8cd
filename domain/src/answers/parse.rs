//! Parses a form's fields into [`Answers`]: the only place where a patron's input is parsed.

use super::{
    AccessNeed, Answers, Field, LibraryChoice, PartOfWeek, Prefer, Problem, ProblemKind,
    SpokenLanguage, Voicemail,
};
use crate::contact::{PhoneError, ReachError};
use crate::text::{Text, TextError};
use crate::typed;
use crate::{
    BranchId, ContactWay, Directory, Email, LanguageTag, Phone, Reach, TopicId, WayToMeet,
};
use jiff::civil::Date;
use std::collections::BTreeSet;

/// A form's fields as they were sent, in order. Names may repeat; unknown ones are ignored.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// Takes the pairs as they came.
    pub fn new(pairs: Vec<(String, String)>) -> Self {
        Self(pairs)
    }

    /// The pairs as they came.
    pub fn pairs(&self) -> &[(String, String)] {
        &self.0
    }

    /// The first value of a field; empty if it wasn't sent.
    pub fn first(&self, name: &str) -> &str {
        self.all(name).next().unwrap_or_default()
    }

    /// All values of a field.
    pub fn all<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// Reads the fields of a form that was filled in on a page in `page_language`, on the day `today`
/// of the service's time zone. Fails with everything that is wrong, in the order of the form.
pub fn parse(
    fields: &Fields,
    page_language: &LanguageTag,
    directory: &Directory,
    today: Date,
) -> Result<Answers, Vec<Problem>> {
    let mut form = Reader { fields, directory, today, problems: Vec::new() };
    let topic = form.topic();
    let details = form.text(Field::Details);
    let name = form.text(Field::Name);
    let reach = form.reach();
    let voicemail = form.one(Field::Voicemail, Voicemail::parse).unwrap_or(Voicemail::No);
    let library = form.library();
    let meet = form.meet();
    let language = form.language(page_language);
    let prefer = form.one(Field::Prefer, Prefer::parse);
    let times = form.many(Field::Times, PartOfWeek::parse);
    let needed_by = form.needed_by();
    let access = form.many(Field::Access, AccessNeed::parse);
    let access_details = form.text(Field::AccessDetails);
    if let (Some(topic), Some(reach)) = (&topic, &reach) {
        form.ask_what_else(topic, reach);
    }
    match (topic, reach, language) {
        (Some(topic), Some(reach), Some(language)) if form.problems.is_empty() => Ok(Answers {
            topic,
            details,
            name,
            reach,
            voicemail,
            library,
            meet,
            language,
            page_language: page_language.clone(),
            prefer,
            times,
            needed_by,
            access,
            access_details,
        }),
        _ => {
            let mut problems = form.problems;
            problems.sort_by_key(|problem| problem.field);
            Err(problems)
        }
    }
}

struct Reader<'a> {
    fields: &'a Fields,
    directory: &'a Directory,
    today: Date,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    fn problem(&mut self, field: Field, kind: ProblemKind) {
        self.problems.push(Problem { field, kind });
    }

    fn value(&self, field: Field) -> &str {
        self.fields.first(field.as_str()).trim()
    }

    fn topic(&mut self) -> Option<TopicId> {
        let value = self.value(Field::Topic);
        if value.is_empty() {
            self.problem(Field::Topic, ProblemKind::TopicMissing);
            return None;
        }
        let known = TopicId::parse(value).ok().and_then(|id| self.directory.topics.get(&id));
        match known {
            Some(topic) if topic.period().is_ahead_on(self.today) => {
                self.problem(Field::Topic, ProblemKind::TopicUnknown);
            }
            None => self.problem(Field::Topic, ProblemKind::TopicUnknown),
            Some(topic) if topic.period().is_over_on(self.today) => {
                self.problem(Field::Topic, ProblemKind::TopicRetired);
            }
            Some(topic) => return Some(topic.id.clone()),
        }
        None
    }

    fn text<const MAX: usize>(&mut self, field: Field) -> Option<Text<MAX>> {
        match Text::parse(self.value(field)) {
            Ok(text) => Some(text),
            Err(TextError::Blank) => None,
            Err(TextError::TooLong { has, max }) => {
                self.problem(field, ProblemKind::TooLong { has, max });
                None
            }
        }
    }

    /// The contact details. An unreadable detail is reported at its field, and not also as
    /// missing.
    fn reach(&mut self) -> Option<Reach> {
        let problems_before = self.problems.len();
        let email = match self.contact(Field::Email) {
            None => None,
            Some(value) => match Email::parse(value) {
                Ok(email) => Some(email),
                Err(_) => {
                    self.problem(Field::Email, ProblemKind::EmailUnreadable);
                    None
                }
            },
        };
        let phone = match self.contact(Field::Phone) {
            None => None,
            Some(value) => match Phone::parse(value) {
                Ok(phone) => Some(phone),
                Err(error) => {
                    let kind = match error {
                        PhoneError::Characters => ProblemKind::PhoneCharacters,
                        PhoneError::Length => ProblemKind::PhoneLength,
                        PhoneError::NotInPlan => ProblemKind::PhoneNotInPlan,
                        PhoneError::Extension => ProblemKind::PhoneExtension,
                    };
                    self.problem(Field::Phone, kind);
                    None
                }
            },
        };
        let contact = self.one(Field::Contact, ContactWay::parse);
        if contact == Some(ContactWay::Text) && !self.directory.service.text_messages {
            self.problem(Field::Contact, ProblemKind::TextNotOffered);
        }
        if self.problems.len() > problems_before {
            return None;
        }
        match Reach::new(email, phone, contact) {
            Ok(reach) => return Some(reach),
            Err(ReachError::Nothing) => self.problem(Field::Email, ProblemKind::ReachMissing),
            Err(ReachError::EmailMissing) => self.problem(Field::Email, ProblemKind::EmailMissing),
            Err(ReachError::PhoneMissing) => self.problem(Field::Phone, ProblemKind::PhoneMissing),
        }
        None
    }

    /// What was typed into a contact field; `None` if it holds only invisible characters.
    fn contact(&self, field: Field) -> Option<&str> {
        let value = self.fields.first(field.as_str());
        (!typed::plain(value).trim().is_empty()).then_some(value)
    }

    fn library(&mut self) -> LibraryChoice {
        let value = self.value(Field::Library);
        if value.is_empty() || value == "any" {
            return LibraryChoice::Any;
        }
        let known = BranchId::parse(value).ok().and_then(|id| self.directory.branches.get(&id));
        match known {
            Some(branch) if branch.period().is_ahead_on(self.today) => {
                self.problem(Field::Library, ProblemKind::LibraryUnknown);
            }
            None => self.problem(Field::Library, ProblemKind::LibraryUnknown),
            Some(branch) if branch.period().is_over_on(self.today) => {
                self.problem(Field::Library, ProblemKind::LibraryRetired);
            }
            Some(branch) => return LibraryChoice::Branch(branch.id.clone()),
        }
        LibraryChoice::Any
    }

    /// The ways to meet. A suspended way is reported even beside an open one: the patron would
    /// otherwise wait for a meeting that can't happen.
    fn meet(&mut self) -> BTreeSet<WayToMeet> {
        let ways: BTreeSet<WayToMeet> = self.many(Field::Meet, WayToMeet::parse);
        for way in &ways {
            if let Some(mode) = self.directory.suspension(*way, self.today) {
                let kind = ProblemKind::WaySuspended { way: *way, until: mode.until };
                self.problem(Field::Meet, kind);
            }
        }
        ways
    }

    fn language(&mut self, page_language: &LanguageTag) -> Option<SpokenLanguage> {
        match self.value(Field::Language) {
            "" => Some(SpokenLanguage::Tag(page_language.clone())),
            "other" => {
                let problems_before = self.problems.len();
                let other = self.text(Field::LanguageOther).map(SpokenLanguage::Other);
                if other.is_none() && self.problems.len() == problems_before {
                    self.problem(Field::LanguageOther, ProblemKind::LanguageOtherMissing);
                }
                other
            }
            value => {
                let known = LanguageTag::parse(value)
                    .ok()
                    .filter(|tag| self.directory.language(tag).is_some());
                if known.is_none() {
                    self.problem(Field::Language, ProblemKind::ChoiceUnknown);
                }
                known.map(SpokenLanguage::Tag)
            }
        }
    }

    fn needed_by(&mut self) -> Option<Date> {
        // Without a date picker in the browser, the date is typed.
        let value = typed::plain(self.value(Field::NeededBy));
        if value.is_empty() {
            return None;
        }
        match value.parse::<Date>() {
            Err(_) => self.problem(Field::NeededBy, ProblemKind::DateUnreadable),
            Ok(date) if date < self.today => self.problem(Field::NeededBy, ProblemKind::DatePast),
            Ok(date) => return Some(date),
        }
        None
    }

    /// By e-mail, "something else" would only be asked what it is, so the form asks. By phone a
    /// librarian can.
    fn ask_what_else(&mut self, topic: &TopicId, reach: &Reach) {
        let unclear = topic.as_str() == TopicId::SOMETHING_ELSE
            && reach.contact() == ContactWay::Email
            && self.value(Field::Details).is_empty();
        if unclear {
            self.problem(Field::Details, ProblemKind::DetailsMissing);
        }
    }

    fn one<T>(&mut self, field: Field, read: fn(&str) -> Option<T>) -> Option<T> {
        let value = self.value(field);
        if value.is_empty() {
            return None;
        }
        let choice = read(value);
        if choice.is_none() {
            self.problem(field, ProblemKind::ChoiceUnknown);
        }
        choice
    }

    fn many<T: Ord>(&mut self, field: Field, read: fn(&str) -> Option<T>) -> BTreeSet<T> {
        let mut chosen = BTreeSet::new();
        let mut unknown = false;
        for value in self.fields.all(field.as_str()).map(str::trim).filter(|v| !v.is_empty()) {
            match read(value) {
                Some(choice) => drop(chosen.insert(choice)),
                None => unknown = true,
            }
        }
        if unknown {
            self.problem(field, ProblemKind::ChoiceUnknown);
        }
        chosen
    }
}
