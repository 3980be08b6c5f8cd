//! A mailer that takes no mail.

use async_trait::async_trait;
use handler::mail::mailer::{Mail, Mailer, SendError};

/// Answers each mail with this.
pub(crate) struct Refusing(pub(crate) SendError);

#[async_trait]
impl Mailer for Refusing {
    async fn send(&self, _: &Mail) -> Result<(), SendError> {
        Err(self.0.clone())
    }
}
