//! A patron's answers as rows: on the page to check them and on the receipt.

use crate::html::Html;
use crate::locale::Locale;
use crate::renderer::RenderError;
use domain::Answers;
use domain::answers::{Field, LibraryChoice};
use serde::Serialize;

/// An answer.
#[derive(Debug, Serialize)]
pub struct Row {
    /// The field, to go back to.
    pub field: &'static str,
    /// The question in a few words.
    pub label: Html,
    /// The answer; several where several were chosen.
    pub values: Vec<Html>,
}

/// The rows for the answers, in the order of the form. Questions without an answer are left out,
/// unless that itself matters.
pub fn answer_rows(locale: &Locale<'_>, answers: &Answers) -> Result<Vec<Row>, RenderError> {
    let mut rows = Rows { locale, rows: Vec::new() };
    let text = |text: &str| vec![Html::text(text)];
    rows.push(Field::Topic, vec![locale.topic(&answers.topic)])?;
    if let Some(details) = &answers.details {
        rows.push(Field::Details, text(details.as_str()))?;
    }
    if let Some(name) = &answers.name {
        rows.push(Field::Name, text(name.as_str()))?;
    }
    if let Some(email) = answers.reach.email() {
        rows.push(Field::Email, text(&email.readable()))?;
    }
    if let Some(phone) = answers.reach.phone() {
        rows.push(Field::Phone, text(&phone.to_string()))?;
        rows.string(Field::Voicemail, [answers.voicemail.as_str()])?;
    }
    rows.string(Field::Contact, [answers.reach.contact().as_str()])?;
    match &answers.library {
        LibraryChoice::Any => rows.push(Field::Library, vec![locale.t("library-any", &[])?])?,
        LibraryChoice::Branch(id) => rows.push(Field::Library, text(locale.branch(id)))?,
    }
    if answers.meet.is_empty() {
        rows.push(Field::Meet, vec![locale.t("meet-any", &[])?])?;
    } else {
        rows.push(Field::Meet, answers.meet.iter().map(|way| locale.way(*way)).collect())?;
    }
    rows.push(Field::Language, vec![locale.spoken(&answers.language)])?;
    if let Some(prefer) = answers.prefer {
        rows.string(Field::Prefer, [prefer.as_str()])?;
    }
    if !answers.times.is_empty() {
        rows.string(Field::Times, answers.times.iter().map(|part| part.as_str()))?;
    }
    if let Some(date) = answers.needed_by {
        rows.push(Field::NeededBy, text(&locale.date(date)))?;
    }
    if !answers.access.is_empty() {
        rows.string(Field::Access, answers.access.iter().map(|need| need.as_str()))?;
    }
    if let Some(details) = &answers.access_details {
        rows.push(Field::AccessDetails, text(details.as_str()))?;
    }
    Ok(rows.rows)
}

struct Rows<'a> {
    locale: &'a Locale<'a>,
    rows: Vec<Row>,
}

impl Rows<'_> {
    fn push(&mut self, field: Field, values: Vec<Html>) -> Result<(), RenderError> {
        let label = self.locale.t(&format!("row-{}", field.as_str()), &[])?;
        self.rows.push(Row { field: field.as_str(), label, values });
        Ok(())
    }

    fn string<'v>(
        &mut self,
        field: Field,
        values: impl IntoIterator<Item = &'v str>,
    ) -> Result<(), RenderError> {
        let name = field.as_str();
        let values = values
            .into_iter()
            .map(|value| self.locale.t(&format!("{name}-{value}"), &[]))
            .collect::<Result<_, _>>()?;
        self.push(field, values)
    }
}
