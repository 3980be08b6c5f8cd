//! Mail through an SMTP server. A conversation carries many mails. Each step has a time limit, so a
//! server that hangs, or answers a byte a minute, blocks nothing for long.

mod conversation;
mod stream;
mod url;

pub use url::SmtpUrlError;

use super::verdict::{Step, judge};
use super::{Mail, Mailer, SendError, Verdict};
use async_trait::async_trait;
use conversation::{Conversation, Failed, Privacy};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::timeout;
use url::Server;

/// How many mails a conversation carries: servers end longer ones.
const MAILS_MAX: usize = 100;

/// How long each step may take. RFC 5321 would wait minutes for each; but a mail given up too soon
/// is only retried, while one that hangs keeps others waiting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// To find the server and connect to one of its addresses.
    pub connect: Duration,
    /// For its greeting and capabilities: some servers delay strangers on purpose.
    pub greeting: Duration,
    /// For its reply to a command.
    pub command: Duration,
    /// To send the content and get it accepted: filters may read it first.
    pub content: Duration,
    /// For a whole mail, the connection included.
    pub mail: Duration,
    /// To say goodbye.
    pub leave: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(20),
            greeting: Duration::from_secs(60),
            command: Duration::from_secs(60),
            content: Duration::from_secs(120),
            mail: Duration::from_secs(180),
            leave: Duration::from_secs(5),
        }
    }
}

/// An SMTP server.
pub struct SmtpMailer {
    server: Server,
    limits: Limits,
    /// Conversations for the next mails to reuse. A concurrent sender opens a new one rather than
    /// wait for one that may hang.
    idle: Mutex<Vec<Conversation>>,
    said_that_others_can_read: AtomicBool,
}

impl SmtpMailer {
    /// Parses `smtp://host:port`, `smtp://…?tls=required` or `smtps://…`. Connects only when there
    /// is mail.
    pub fn from_url(url: &str) -> Result<Self, SmtpUrlError> {
        Ok(Self {
            server: Server::parse(url)?,
            limits: Limits::default(),
            idle: Mutex::default(),
            said_that_others_can_read: AtomicBool::new(false),
        })
    }

    /// The same with other limits.
    pub fn with_limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Conversation>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A conversation to reuse.
    async fn take_idle(&self) -> Option<Conversation> {
        let conversation = self.idle().pop()?;
        if conversation.mails < MAILS_MAX {
            return Some(conversation);
        }
        conversation.end().await;
        None
    }

    async fn begin(&self) -> Result<Conversation, Failed> {
        let (conversation, privacy) = Conversation::begin(&self.server, self.limits).await?;
        let why = match privacy {
            Privacy::Encrypted => return Ok(conversation),
            Privacy::NotOffered => "it offers no STARTTLS",
            Privacy::Failed => "no encryption could be agreed on",
        };
        if !self.said_that_others_can_read.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                host = self.server.host,
                why,
                "mail goes to the server without encryption: fine on this machine or in a network \
                 of your own; elsewhere use smtps:// or ?tls=required"
            );
        }
        Ok(conversation)
    }

    async fn hand_over(&self, message: &lettre::Message) -> Result<(), Failed> {
        let (envelope, bytes) = (message.envelope(), message.formatted());
        if let Some(mut conversation) = self.take_idle().await {
            let handed_over = conversation.hand_over(envelope, &bytes).await;
            match handed_over {
                // The server ended the conversation before it heard of this mail.
                Err(failed) if failed.step == Step::MailFrom && failed.has_ended_it() => {}
                _ => return self.keep(conversation, handed_over),
            }
        }
        let mut conversation = self.begin().await?;
        let handed_over = conversation.hand_over(envelope, &bytes).await;
        self.keep(conversation, handed_over)
    }

    /// Keeps a conversation for the next mail, if it can go on.
    fn keep(&self, conversation: Conversation, done: Result<(), Failed>) -> Result<(), Failed> {
        if done.map_or_else(Failed::leaves_it_open, |()| true) {
            self.idle().push(conversation);
        }
        done
    }
}

#[async_trait]
impl Mailer for SmtpMailer {
    async fn send(&self, mail: &Mail) -> Result<(), SendError> {
        let message = mail.to_message()?;
        match timeout(self.limits.mail, self.hand_over(&message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(Failed { step, answer })) => {
                let (verdict, reason) = judge(step, answer);
                Err(SendError::new(verdict, format!("{step} {answer}: {reason}")))
            }
            Err(_) => {
                let reason = "the mail took longer than one may take".to_owned();
                Err(SendError::new(Verdict::Unclear, reason))
            }
        }
    }

    async fn rest(&self) {
        let idle = std::mem::take(&mut *self.idle());
        for conversation in idle {
            conversation.end().await;
        }
    }
}
