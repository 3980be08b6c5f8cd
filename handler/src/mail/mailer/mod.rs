//! Sending mail. [`Mailer`] is the port; each adapter passes the same suite (`tests/mailer.rs`).

mod memory;
mod outbox_folder;
#[cfg(feature = "aws")]
mod ses;
mod smtp;
pub mod verdict;

pub use memory::MemoryMailer;
pub use outbox_folder::OutboxFolder;
#[cfg(feature = "aws")]
pub use ses::SesMailer;
#[cfg(feature = "aws")]
pub(crate) use ses::{NOTICE_TAG, THREAD_TAG};
pub use smtp::{Limits as SmtpLimits, SmtpMailer, SmtpUrlError};
pub use verdict::Verdict;

use crate::case::NoticeId;
pub use crate::mail::mailbox_health::Shows;
use async_trait::async_trait;
use domain::Email;
use jiff::Timestamp;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use lettre::{Address, Message};
use std::time::{Duration, UNIX_EPOCH};
use thiserror::Error;

/// Sends mail. A sent mail MUST carry its `Notice-Id` and `Message-ID` as given, so that duplicates
/// can be recognized.
#[async_trait]
pub trait Mailer: Send + Sync {
    /// Hands a mail over. `Ok` means that somebody else is responsible for it now. Keeps to its own
    /// time limits, whatever hangs.
    async fn send(&self, mail: &Mail) -> Result<(), SendError>;

    /// How many mails it takes in parallel.
    fn at_once(&self) -> usize {
        1
    }

    /// What an accepted mail shows of its mailbox.
    fn shows(&self) -> Shows {
        Shows::TheMailbox
    }

    /// No more mail for now: open connections can be closed.
    async fn rest(&self) {}
}

/// Why a mail was not handed over. For the log: it names no person.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{reason}")]
pub struct SendError {
    /// What becomes of the mail.
    pub verdict: Verdict,
    /// Why, in words.
    pub reason: String,
}

impl SendError {
    /// An error with this verdict.
    pub fn new(verdict: Verdict, reason: impl Into<String>) -> Self {
        Self { verdict, reason: reason.into() }
    }

    /// The mail can't be written, by a mistake in content or code, which may be fixed while it
    /// waits.
    fn unwritable(error: impl std::fmt::Display) -> Self {
        Self::new(Verdict::NotMade, format!("the mail can't be written: {error}"))
    }
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
    /// The part of `Message-ID` after the `@`.
    pub domain: String,
    /// The name of its thread: one per case and audience.
    pub thread: String,
}

impl Mail {
    /// The mail as it is sent (RFC 5322).
    pub fn to_message(&self) -> Result<Message, SendError> {
        let thread = format!("<{}@{}>", self.thread, self.domain);
        // A line break in a subject would begin another header.
        let subject = self.subject.split_whitespace().collect::<Vec<_>>().join(" ");
        let header = |name: &str, value: &str| {
            HeaderName::new_from_ascii(name.to_owned())
                .map(|name| HeaderValue::new(name, value.to_owned()))
                .map_err(SendError::unwritable)
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
            .map_err(SendError::unwritable)
    }
}

fn address(email: &Email) -> Result<Address, SendError> {
    // The parser's error would quote the address.
    email.as_str().parse().map_err(|_| SendError::unwritable("an address was not taken"))
}
