//! Mail: from a waiting notice to a mailbox, and bounces.

pub mod bounces;
pub mod compose;
pub mod deliver;
pub mod mailbox_health;
pub mod mailer;
pub mod received;
