//! Mail through Amazon SES. What becomes of a mail that SES has taken, it tells by events: they are
//! matched by the tags that go along.

use super::{Mail, Mailer, SendError};
use async_trait::async_trait;
use aws_sdk_sesv2::Client;
use aws_sdk_sesv2::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_sesv2::operation::send_email::SendEmailError;
use aws_sdk_sesv2::primitives::Blob;
use aws_sdk_sesv2::types::{Destination, EmailContent, MessageTag, RawMessage};

/// The tag that names the thread of a mail: the case and whom it was for.
pub(crate) const THREAD_TAG: &str = "thread";

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
        let never = |error: aws_sdk_sesv2::error::BuildError| SendError::Never(error.to_string());
        let raw = RawMessage::builder().data(Blob::new(mail.to_message()?.formatted()));
        let content = EmailContent::builder().raw(raw.build().map_err(never)?).build();
        let tag = MessageTag::builder().name(THREAD_TAG).value(&mail.thread);
        let sent = self
            .client
            .send_email()
            .from_email_address(mail.from.as_str())
            .destination(Destination::builder().to_addresses(mail.to.as_str()).build())
            .content(content)
            .email_tags(tag.build().map_err(never)?)
            .set_configuration_set_name(self.configuration_set.clone())
            .send()
            .await;
        sent.map(drop).map_err(|error| refused(&error))
    }
}

/// SES's own words may quote an address: only the kind of error goes into the log.
fn refused(error: &SdkError<SendEmailError>) -> SendError {
    let Some(service) = error.as_service_error() else {
        let kind = match error {
            SdkError::TimeoutError(_) => "SES did not answer in time",
            _ => "SES could not be reached",
        };
        return SendError::Away(kind.to_owned());
    };
    match service {
        // The address or the message is not one that SES can take.
        SendEmailError::BadRequestException(_) => {
            SendError::Never("SES can't take the mail: BadRequestException".to_owned())
        }
        // A sender that is not verified yet, SES calls rejected, too; in its sandbox a recipient. A
        // person mends it, and the mail goes out then.
        SendEmailError::MessageRejected(_) => {
            SendError::Later("SES can't take the mail yet: MessageRejected".to_owned())
        }
        // Quotas, a paused account, a fault of SES.
        other => SendError::Away(format!("SES: {}", other.code().unwrap_or("an error"))),
    }
}
