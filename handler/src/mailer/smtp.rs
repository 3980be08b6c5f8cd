//! Mail through an SMTP server.

use super::{Mail, Mailer, SendError};
use async_trait::async_trait;
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use std::time::Duration;
use thiserror::Error;

/// How long a server may take for each step.
const TIMEOUT: Duration = Duration::from_secs(20);

/// An SMTP server.
pub struct SmtpMailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
}

/// An address that names no SMTP server.
#[derive(Debug, Error)]
#[error(
    "this is no address of a mail server: {0}; \
     give smtp://USER:PASSWORD@HOST:587?tls=required or smtps://USER:PASSWORD@HOST"
)]
pub struct SmtpUrlError(String);

impl SmtpMailer {
    /// Reads `smtp://host:port`, `smtp://…?tls=required` or `smtps://…`. Connects only when there
    /// is mail.
    pub fn from_url(url: &str) -> Result<Self, SmtpUrlError> {
        let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
            .map_err(|error| SmtpUrlError(error.to_string()))?;
        Ok(Self { transport: builder.timeout(Some(TIMEOUT)).build() })
    }
}

#[async_trait]
impl Mailer for SmtpMailer {
    async fn send(&self, mail: &Mail) -> Result<(), SendError> {
        let message = mail.to_message()?;
        match self.transport.send(message).await {
            Ok(_) => Ok(()),
            // A server's words may quote an address: only its kind goes into the log.
            // Of the refusals for good only those that are about this recipient are about this
            // mail: with a password that is wrong, or no right to relay, no other mail goes either.
            Err(error) if error.is_permanent() => {
                let code = error.status().map(|code| code.to_string()).unwrap_or_default();
                match code.as_str() {
                    "550" | "551" | "552" | "553" => {
                        Err(SendError::Never(format!("the server refused the mail: {code}")))
                    }
                    _ => Err(SendError::Away(format!("the server refuses us: {code}"))),
                }
            }
            Err(error) if error.is_transient() => {
                Err(SendError::Later("the server asks to try later".to_owned()))
            }
            Err(error) if error.is_timeout() => {
                Err(SendError::Away("the server did not answer in time".to_owned()))
            }
            Err(_) => Err(SendError::Away("the server could not be reached".to_owned())),
        }
    }
}
