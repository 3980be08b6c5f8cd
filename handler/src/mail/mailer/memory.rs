//! Mail in memory: for tests.

use super::{Mail, Mailer, SendError};
use async_trait::async_trait;
use std::sync::{Mutex, PoisonError};

/// Keeps messages as they would be sent, oldest first.
#[derive(Default)]
pub struct MemoryMailer {
    sent: Mutex<Vec<Vec<u8>>>,
}

impl MemoryMailer {
    /// An empty mailer.
    pub fn new() -> Self {
        Self::default()
    }

    /// The mails sent so far.
    pub fn sent(&self) -> Vec<Vec<u8>> {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[async_trait]
impl Mailer for MemoryMailer {
    async fn send(&self, mail: &Mail) -> Result<(), SendError> {
        let message = mail.to_message()?.formatted();
        self.sent.lock().unwrap_or_else(PoisonError::into_inner).push(message);
        Ok(())
    }
}
