//! Mail through Amazon SES. SES reports what became of an accepted mail by events, which are
//! matched by tags on the mail.

use super::{Mail, Mailer, SendError, Shows, Verdict};
use async_trait::async_trait;
use aws_sdk_sesv2::Client;
use aws_sdk_sesv2::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_sesv2::operation::send_email::SendEmailError;
use aws_sdk_sesv2::primitives::Blob;
use aws_sdk_sesv2::types::{Destination, EmailContent, MessageTag, RawMessage};

/// The tag that names the thread of a mail: the case and whom it was for.
pub(crate) const THREAD_TAG: &str = "thread";

/// The tag that names the notice that a mail was made from.
pub(crate) const NOTICE_TAG: &str = "notice";

/// The tag with the kind of mailbox: the template's rule wants arrivals of branches' mail
/// alone.
const AUDIENCE_TAG: &str = "audience";

/// `branch`, or another kind of mailbox.
fn audience(mail: &Mail) -> &str {
    match mail.thread.split_once('-') {
        Some((_, to @ ("patron" | "coordinator" | "canary"))) => to,
        _ => "branch",
    }
}

/// Amazon SES.
pub struct SesMailer {
    client: Client,
    configuration_set: Option<String>,
}

impl SesMailer {
    /// Sends through this client. Without a configuration set no event reports bounces.
    pub fn new(client: Client, configuration_set: Option<String>) -> Self {
        Self { client, configuration_set }
    }
}

#[async_trait]
impl Mailer for SesMailer {
    async fn send(&self, mail: &Mail) -> Result<(), SendError> {
        let unwritable = |error: aws_sdk_sesv2::error::BuildError| SendError::unwritable(error);
        let raw = RawMessage::builder().data(Blob::new(mail.to_message()?.formatted()));
        let content = EmailContent::builder().raw(raw.build().map_err(unwritable)?).build();
        let mut tags = Vec::new();
        for (name, value) in [
            (THREAD_TAG, mail.thread.as_str()),
            (NOTICE_TAG, mail.notice.as_str()),
            (AUDIENCE_TAG, audience(mail)),
        ] {
            let tag = MessageTag::builder().name(name).value(value).build();
            tags.push(tag.map_err(unwritable)?);
        }
        let sent = self
            .client
            .send_email()
            .from_email_address(mail.from.as_str())
            .destination(Destination::builder().to_addresses(mail.to.as_str()).build())
            .content(content)
            .set_email_tags(Some(tags))
            .set_configuration_set_name(self.configuration_set.clone())
            .send()
            .await;
        sent.map(drop).map_err(|error| refused(&error))
    }

    /// SES accepts everything: undeliverable mail is reported by an event.
    fn shows(&self) -> Shows {
        Shows::Nothing
    }
}

/// SES's message may quote an address: only the kind of error is logged. None is final: whether a
/// mailbox exists, only the events tell.
fn refused(error: &SdkError<SendEmailError>) -> SendError {
    let (verdict, kind) = match (error, error.as_service_error()) {
        // SES can't take the address or the message as it is.
        (_, Some(SendEmailError::BadRequestException(_))) => {
            (Verdict::MailWaits, error.code().unwrap_or("a refusal"))
        }
        // This message alone; or the sender isn't verified, and then no mail goes.
        (_, Some(SendEmailError::MessageRejected(_))) => {
            (Verdict::Unclear, error.code().unwrap_or("a refusal"))
        }
        // Quotas, a paused account, a missing configuration set, a fault of SES.
        (_, Some(_)) => (Verdict::Away, error.code().unwrap_or("an error")),
        // It may have accepted the mail anyway.
        (SdkError::TimeoutError(_), None) => (Verdict::Unclear, "no answer in time"),
        (_, None) => (Verdict::Away, "not reached"),
    };
    SendError::new(verdict, format!("SES: {kind}"))
}
