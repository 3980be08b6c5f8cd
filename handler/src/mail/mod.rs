//! Mail: from a notice that waits to a mailbox, and what comes back.

pub mod bounces;
pub mod compose;
pub mod deliver;
pub mod mailbox_health;
pub mod mailer;
pub mod received;
