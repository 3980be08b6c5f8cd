//! The desk: takes requests, keeps them, mails them. An axum router under /desk/, stores and mailers.
