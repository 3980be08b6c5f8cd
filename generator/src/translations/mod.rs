//! Translations by block: a translation records which blocks of its source it translates, so that
//! it can be said which of them have changed since. Everything here is a function of texts; the
//! command reads and writes the files. [`Block`] is the type to know.

mod beside;
mod block;
mod compare;
mod fill;
mod fill_page;
mod mark;
mod page_text;
mod sheet;
mod sheet_file;
mod skeleton;
mod status;
mod strings;
mod texts;
mod verify;

pub use beside::{Beside, BesideRow, beside};
pub use block::{Block, BlockHash, KEYS, Kind};
pub(crate) use block::{body_blocks, key_blocks};
pub use compare::{Change, Pair, compare, parallel};
pub use fill::{Filled, Outcome, fill};
pub use mark::{Marked, mark};
pub(crate) use page_text::{RECORD, record};
pub use sheet::{Row, RowId, rows};
pub use sheet_file::{Given, NoSheet, read_sheet, to_csv, to_html};
pub use skeleton::skeleton;
pub use status::{Standing, State, of_page, of_strings};
pub use texts::{NoTranslation, Texts, read_texts, source_of};
