//! The desk's pages as their templates see them.

use crate::answer_rows::Row;
use crate::html::Html;
use serde::Serialize;

/// "Check your answers": `desk/check.html`.
#[derive(Debug, Serialize)]
pub struct CheckView {
    /// Where the answers are sent.
    pub action: String,
    /// Where *Change* sends them: the form, at a field.
    pub change: String,
    /// What is sent along.
    pub hidden: Vec<Hidden>,
    /// Why it is shown again.
    pub explanation: Option<Html>,
    /// Whether it may have been stored all the same: then nothing says that it wasn't.
    pub unsure: bool,
    /// What the patron should know before sending.
    pub advice: Vec<Html>,
    /// The answers.
    pub rows: Vec<Row>,
    /// By when we get in touch, if it is sent now.
    pub due: String,
    /// Days until it is erased after it is closed, and then until no copy has it.
    pub keep_days: u16,
    /// See `keep_days`.
    pub backup_days: u16,
}

/// A field that is sent along unseen.
#[derive(Debug, Serialize)]
pub struct Hidden {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// The patron's page of their request: `desk/receipt.html`.
#[derive(Debug, Serialize)]
pub struct ReceiptView {
    /// Its number, in threes.
    pub reference: String,
    /// By when we get in touch.
    pub due: String,
    /// The library that has it; `None`: the coordinator.
    pub library: Option<String>,
    /// That library's number, or the service's.
    pub phone: String,
    /// What was written; nothing for a link from a mailbox that others may read.
    pub rows: Vec<Row>,
    /// Whether the patron is called rather than written to.
    pub by_phone: bool,
    /// Whether a mail was sent as well.
    pub mailed: bool,
    /// Whether our mail came back.
    pub mail_returned: bool,
    /// See [`CheckView`].
    pub keep_days: u16,
    /// See [`CheckView`].
    pub backup_days: u16,
}

/// A page that says why there is no other: `desk/error.html`.
#[derive(Debug, Serialize)]
pub struct ErrorView {
    /// The part of the string keys behind `problem-`: their title, what happened, what to do.
    pub kind: &'static str,
    /// Whether the form is offered anew.
    pub offer_form: bool,
    /// What whoever calls about it may say: the id that stands in the log.
    pub id: Option<String>,
}

/// What a mail to staff says, as a page: `desk/staff-request.html`.
#[derive(Debug, Serialize)]
pub struct StaffRequestView {
    /// The number.
    pub reference: String,
    /// Facts: name and value.
    pub facts: Vec<(String, String)>,
}
