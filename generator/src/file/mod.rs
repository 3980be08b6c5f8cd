//! One file alone: what it says, and what is wrong with it, is a function of its path and its text.
//! [`parse()`] makes a [`Parsed`] of it. So files are read side by side, and a save reads one.

pub(crate) mod block;
pub(crate) mod content;
pub(crate) mod front_matter;
mod language;
mod outline;
mod parse;
mod prose;
pub(crate) mod read;
pub(crate) mod strings;
mod wording;
pub(crate) mod yaml;

pub(crate) use parse::{FileContent, Parsed, Worded, hints, parse};
