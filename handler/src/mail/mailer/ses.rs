//! Mail through Amazon SES. What becomes of a mail that SES has taken, it tells by events: they are
//! matched by the tags that go along.

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

/// The tag that says what kind of mailbox a mail is for: of mail that arrived, the template's rule
/// wants to hear a branch's alone.
const AUDIENCE_TAG: &str = "audience";

/// `branch`, or whose mailbox it is.
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
    /// Sends through this client. Without a configuration set no event tells of bounces.
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

    /// It takes everything: what can't be delivered comes back by an event.
    fn shows(&self) -> Shows {
        Shows::Nothing
    }
}

/// SES's own words may quote an address: only the kind of error goes into the log. No kind of it is
/// final: whether there is a mailbox, its events tell.
fn refused(error: &SdkError<SendEmailError>) -> SendError {
    let (verdict, kind) = match (error, error.as_service_error()) {
        // The address or the message is not one that SES can take as it is.
        (_, Some(SendEmailError::BadRequestException(_))) => {
            (Verdict::MailWaits, error.code().unwrap_or("a refusal"))
        }
        // This message; or the sender isn't verified, and then nobody's mail goes.
        (_, Some(SendEmailError::MessageRejected(_))) => {
            (Verdict::Unclear, error.code().unwrap_or("a refusal"))
        }
        // Quotas, a paused account, a configuration set that is missing, a fault of SES.
        (_, Some(_)) => (Verdict::Away, error.code().unwrap_or("an error")),
        // It may have taken the mail all the same.
        (SdkError::TimeoutError(_), None) => (Verdict::Unclear, "no answer in time"),
        (_, None) => (Verdict::Away, "not reached"),
    };
    SendError::new(verdict, format!("SES: {kind}"))
}
