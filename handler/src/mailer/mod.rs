//! Sending mail. [`Mailer`] is the port; each adapter passes the same suite (`tests/mailer.rs`).

mod memory;
mod outbox_folder;
#[cfg(feature = "aws")]
mod ses;
mod smtp;

pub use memory::MemoryMailer;
pub use outbox_folder::OutboxFolder;
#[cfg(feature = "aws")]
pub use ses::SesMailer;
#[cfg(feature = "aws")]
pub(crate) use ses::THREAD_TAG;
pub use smtp::{SmtpMailer, SmtpUrlError};

use crate::case::NoticeId;
use async_trait::async_trait;
use domain::Email;
use jiff::Timestamp;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use lettre::{Address, Message};
use std::time::{Duration, UNIX_EPOCH};
use thiserror::Error;

/// Sends mail. A mail that was sent MUST carry its `Notice-Id` and `Message-ID` as given, so that
/// one that is sent twice can be known as one.
#[async_trait]
pub trait Mailer: Send + Sync {
    /// Hands a mail over. `Ok` means that somebody else now answers for it.
    async fn send(&self, mail: &Mail) -> Result<(), SendError>;
}

/// Why a mail was not handed over. For the log: it names no person.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SendError {
    /// Nobody takes mail just now: no other mail would be taken either.
    #[error("nobody takes mail now: {0}")]
    Away(String),
    /// It may work later.
    #[error("not sent now: {0}")]
    Later(String),
    /// It will never work: the mail itself is refused.
    #[error("refused for good: {0}")]
    Never(String),
}

/// A mail, ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// The notice that it is made from.
    pub notice: NoticeId,
    /// When it was made.
    pub date: Timestamp,
    /// The sender's name.
    pub from_name: String,
    /// The sender's address.
    pub from: Email,
    /// To whom.
    pub to: Email,
    /// Where an answer goes.
    pub reply_to: Email,
    /// The subject.
    pub subject: String,
    /// The body as plain text.
    pub text: String,
    /// The body as HTML.
    pub html: String,
    /// The language of both, as a `lang` attribute names it.
    pub language: String,
    /// The part of `Message-ID` behind the `@`.
    pub domain: String,
    /// The name of the thread that it belongs to: one a case and audience.
    pub thread: String,
}

impl Mail {
    /// The mail as it travels (RFC 5322).
    pub fn to_message(&self) -> Result<Message, SendError> {
        let thread = format!("<{}@{}>", self.thread, self.domain);
        // A line end in a subject would begin another header.
        let subject = self.subject.split_whitespace().collect::<Vec<_>>().join(" ");
        let header = |name: &str, value: &str| {
            HeaderName::new_from_ascii(name.to_owned())
                .map(|name| HeaderValue::new(name, value.to_owned()))
                .map_err(|error| SendError::Never(error.to_string()))
        };
        let plain = SinglePart::builder().header(ContentType::TEXT_PLAIN).body(self.text.clone());
        let html = SinglePart::builder().header(ContentType::TEXT_HTML).body(self.html.clone());
        Message::builder()
            .from(Mailbox::new(Some(self.from_name.clone()), address(&self.from)?))
            .to(Mailbox::new(None, address(&self.to)?))
            .reply_to(Mailbox::new(None, address(&self.reply_to)?))
            .subject(subject)
            .date(
                UNIX_EPOCH + Duration::from_secs(u64::try_from(self.date.as_second()).unwrap_or(0)),
            )
            .message_id(Some(format!("<{}@{}>", self.notice.as_str(), self.domain)))
            .references(thread.clone())
            .in_reply_to(thread)
            .raw_header(header("Notice-Id", self.notice.as_str())?)
            .raw_header(header("Content-Language", &self.language)?)
            .raw_header(header("Auto-Submitted", "auto-generated")?)
            .multipart(MultiPart::alternative().singlepart(plain).singlepart(html))
            .map_err(|error| SendError::Never(error.to_string()))
    }
}

fn address(email: &Email) -> Result<Address, SendError> {
    // The parser's message would quote the address.
    email.as_str().parse().map_err(|_| SendError::Never("an address was not taken".to_owned()))
}
