//! A translation and its source, block by block: a translation records which blocks of its source
//! it translates, so that those that have changed since are known. [`compare()`] is the function to
//! know, [`Block`](crate::file::block::Block) the type.

mod compare;
mod mark;
mod page_text;
mod skeleton;
mod texts;

pub use compare::{Change, Pair, compare, parallel};
pub use mark::{Marked, mark};
pub(crate) use page_text::{PageText, words};
pub use skeleton::skeleton;
pub use texts::{NoTranslation, Texts, read_texts, source_of};
