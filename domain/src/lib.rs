//! The service in plain types and pure functions. Reach: none. Nothing in here does I/O, reads a
//! clock or writes HTML, so everything in here can be tested with values alone. Used by all crates.
//!
//! The modules stand in the order in which work flows: what the library says of itself
//! ([`Directory`]), what a patron asks ([`Answers`]), who gets the request ([`routing::route`]),
//! and what becomes of it ([`Request`]).

pub mod answers;
pub mod branch;
pub mod calendar;
mod choice;
pub mod contact;
pub mod directory;
pub mod escalation;
pub mod find;
pub mod hours;
pub mod id;
pub mod language;
pub mod mailbox;
pub mod meeting;
mod period;
pub mod reference;
pub mod request;
pub mod retention;
pub mod routing;
pub mod text;
pub mod topic;
mod typed;

pub use answers::Answers;
pub use branch::Branch;
pub use contact::{ContactWay, Email, Phone, Reach};
pub use directory::Directory;
pub use id::{AreaId, BranchId, GroupId, PhraseId, TopicId};
pub use language::LanguageTag;
pub use meeting::{ServiceMode, WayToMeet};
pub use period::Period;
pub use reference::Reference;
pub use request::{Notice, Request};
pub use topic::Topic;
