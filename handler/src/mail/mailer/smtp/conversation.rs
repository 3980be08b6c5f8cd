//! A conversation with a mail server. Each step has its own limit, and each failure names its
//! step.

use super::Limits;
use super::stream::Bounded;
use super::url::{Encryption, Server};
use crate::mail::mailer::verdict::{Answer, Step};
use lettre::address::Envelope;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::DEFAULT_MECHANISMS;
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Quit, Rcpt, Rset};
use lettre::transport::smtp::extension::{Extension, MailBodyParameter, MailParameter};
use lettre::transport::smtp::response::{Response, Severity};
use std::error::Error as _;
use std::time::Duration;
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;

/// What failed, and at which step.
#[derive(Debug, Clone, Copy)]
pub(super) struct Failed {
    pub(super) step: Step,
    pub(super) answer: Answer,
}

impl Failed {
    /// Whether the conversation can go on: the server said no, but didn't hang up.
    pub(super) fn leaves_it_open(self) -> bool {
        matches!(self.answer, Answer::Refusal { code, .. } if code != 421)
    }

    /// Whether the server hung up.
    pub(super) fn has_ended_it(self) -> bool {
        matches!(self.answer, Answer::Broken | Answer::Refusal { code: 421, .. })
    }
}

/// How a new conversation is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Privacy {
    Encrypted,
    /// The server offers no encryption.
    NotOffered,
    /// It offers some that we can't agree on.
    Failed,
}

/// An open conversation: greeted, encrypted if possible, logged in.
pub(super) struct Conversation {
    connection: AsyncSmtpConnection,
    limits: Limits,
    pub(super) mails: usize,
}

/// Runs a step within its limit.
async fn within<T>(
    limit: Duration,
    step: Step,
    doing: impl Future<Output = Result<T, Error>>,
) -> Result<T, Failed> {
    let answer = match timeout(limit, doing).await {
        Ok(Ok(done)) => return Ok(done),
        Ok(Err(error)) => answer(&error),
        Err(_) => Answer::Silence,
    };
    Err(Failed { step, answer })
}

/// Keeps only the code of a reply: its text may quote an address.
fn answer(error: &Error) -> Answer {
    match error.status() {
        Some(code) => {
            let text = error.source().map(ToString::to_string).unwrap_or_default();
            Answer::refusal(code.into(), &text)
        }
        None if error.is_timeout() => Answer::Silence,
        None => Answer::Broken,
    }
}

/// A success reply of another kind than the step's (a `250` to `DATA`) means that replies and
/// commands are out of step. Going on would take one command's reply for another's.
fn fitting(step: Step, response: &Response, expected: Severity) -> Result<(), Failed> {
    if response.code().severity == expected {
        Ok(())
    } else {
        Err(Failed { step, answer: Answer::Broken })
    }
}

impl Conversation {
    /// Opens a conversation.
    pub(super) async fn begin(server: &Server, limits: Limits) -> Result<(Self, Privacy), Failed> {
        let (connection, privacy) = match &server.encryption {
            Encryption::FromTheStart(tls) => {
                (wrapped(server, tls, limits).await?, Privacy::Encrypted)
            }
            Encryption::Required(tls) => {
                let mut plain = plain(server, limits).await?;
                within(limits.command, Step::StartTls, plain.starttls(tls.clone(), &server.hello))
                    .await?;
                (plain, Privacy::Encrypted)
            }
            Encryption::IfOffered(tls) => encrypted_if_offered(server, tls, limits).await?,
        };
        let mut begun = Self { connection, limits, mails: 0 };
        if let Some(credentials) = &server.credentials {
            let login = begun.connection.auth(DEFAULT_MECHANISMS, credentials);
            within(limits.command, Step::LogIn, login).await?;
        }
        Ok((begun, privacy))
    }

    /// Hands a mail over. `Ok` means that the server now answers for it.
    pub(super) async fn hand_over(
        &mut self,
        envelope: &Envelope,
        message: &[u8],
    ) -> Result<(), Failed> {
        let command = self.limits.command;
        let mail = Mail::new(envelope.from().cloned(), self.parameters(envelope, message)?);
        if self.mails > 0 {
            // Whatever became of the previous mail.
            let reset = within(command, Step::MailFrom, self.connection.command(Rset)).await?;
            fitting(Step::MailFrom, &reset, Severity::PositiveCompletion)?;
        }
        self.mails += 1;
        let from = within(command, Step::MailFrom, self.connection.command(mail)).await?;
        fitting(Step::MailFrom, &from, Severity::PositiveCompletion)?;
        for recipient in envelope.to() {
            let rcpt = Rcpt::new(recipient.clone(), Vec::new());
            let to = within(command, Step::RcptTo, self.connection.command(rcpt)).await?;
            fitting(Step::RcptTo, &to, Severity::PositiveCompletion)?;
        }
        let data = within(command, Step::Data, self.connection.command(Data)).await?;
        fitting(Step::Data, &data, Severity::PositiveIntermediate)?;
        let content = self.connection.message(message);
        let taken = within(self.limits.content, Step::Content, content).await?;
        fitting(Step::Content, &taken, Severity::PositiveCompletion)
    }

    /// The parameters that this mail needs. If the server doesn't offer one, that counts as its
    /// refusal of the command: nothing is sent that it hasn't offered to take.
    fn parameters(
        &self,
        envelope: &Envelope,
        message: &[u8],
    ) -> Result<Vec<MailParameter>, Failed> {
        let mut addresses = envelope.from().into_iter().chain(envelope.to());
        let beyond_ascii = addresses.any(|address| !AsRef::<str>::as_ref(address).is_ascii());
        let wanted = [
            (beyond_ascii, Extension::SmtpUtfEight, MailParameter::SmtpUtfEight),
            (
                !message.is_ascii(),
                Extension::EightBitMime,
                MailParameter::Body(MailBodyParameter::EightBitMime),
            ),
        ];
        let mut parameters = Vec::new();
        for (_, extension, parameter) in wanted.into_iter().filter(|(wanted, ..)| *wanted) {
            if !self.connection.server_info().supports_feature(extension) {
                let answer = Answer::Refusal { code: 555, enhanced: None };
                return Err(Failed { step: Step::RcptTo, answer });
            }
            parameters.push(parameter);
        }
        Ok(parameters)
    }

    /// Says goodbye.
    pub(super) async fn end(mut self) {
        // All mail is handed over, so the reply to QUIT doesn't matter.
        let _ = timeout(self.limits.leave, self.connection.command(Quit)).await;
    }
}

/// Connects to the first address of the server that answers.
async fn reach(server: &Server, limits: Limits) -> Result<TcpStream, Failed> {
    let unreached = |answer| Failed { step: Step::Connect, answer };
    let looked_up = timeout(limits.connect, lookup_host((server.host.as_str(), server.port)));
    let addresses = looked_up.await.map_err(|_| unreached(Answer::Silence))?;
    let mut last = Answer::Broken;
    for address in addresses.map_err(|_| unreached(Answer::Broken))? {
        match timeout(limits.connect, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => {
                // The dot that ends a mail is a small packet of its own. Nagle's algorithm would
                // hold it back until the text before it is acknowledged: 40 ms per mail. Failure
                // only costs that time.
                let _ = stream.set_nodelay(true);
                return Ok(stream);
            }
            Ok(Err(_)) => last = Answer::Broken,
            Err(_) => last = Answer::Silence,
        }
    }
    Err(unreached(last))
}

async fn plain(server: &Server, limits: Limits) -> Result<AsyncSmtpConnection, Failed> {
    let stream = Box::new(Bounded::new(reach(server, limits).await?));
    let greeted = AsyncSmtpConnection::connect_with_transport(stream, &server.hello);
    within(limits.greeting, Step::Greeting, greeted).await
}

async fn wrapped(
    server: &Server,
    tls: &TlsParameters,
    limits: Limits,
) -> Result<AsyncSmtpConnection, Failed> {
    let address = (server.host.as_str(), server.port);
    let (connect, tls) = (Some(limits.connect), Some(tls.clone()));
    let greeted = AsyncSmtpConnection::connect_tokio1(address, connect, &server.hello, tls, None);
    within(limits.connect + limits.greeting, Step::Greeting, greeted).await
}

/// If the offered encryption can't be agreed on, goes on without: mail to a relay with only
/// outdated encryption was sent like this before, and must not stop.
async fn encrypted_if_offered(
    server: &Server,
    tls: &TlsParameters,
    limits: Limits,
) -> Result<(AsyncSmtpConnection, Privacy), Failed> {
    let mut connection = plain(server, limits).await?;
    if !connection.can_starttls() {
        return Ok((connection, Privacy::NotOffered));
    }
    let agreed = connection.starttls(tls.clone(), &server.hello);
    match within(limits.command, Step::StartTls, agreed).await {
        Ok(()) => Ok((connection, Privacy::Encrypted)),
        Err(_) => Ok((plain(server, limits).await?, Privacy::Failed)),
    }
}
