//! What each kind of file says, typed.

mod aliases;
mod branch;
mod service;
mod site_yaml;
mod topic;
mod words;

pub(crate) use aliases::Alias;
pub(crate) use branch::branch;
pub(crate) use service::{mail, page, post, way};
pub(crate) use site_yaml::site_yaml;
pub(crate) use topic::topic;
pub(crate) use words::{PageWords, TopicWords, Words};
