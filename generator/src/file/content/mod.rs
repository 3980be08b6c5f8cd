//! What each kind of file says, typed.

mod aliases;
mod branch;
pub(crate) mod glossary;
pub(crate) mod ids;
pub(crate) mod life;
mod service;
mod site_yaml;
mod topic;
mod words;

pub(crate) use aliases::Alias;
pub(crate) use branch::branch;
pub(crate) use ids::{Ids, ids_yaml};
pub(crate) use life::Life;
pub(crate) use service::{mail, page, post, way};
pub(crate) use site_yaml::site_yaml;
pub(crate) use topic::topic;
pub(crate) use words::{PageWords, TopicWords, Translatable, Words};
