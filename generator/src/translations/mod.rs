//! What the command does for translators: how each page stands, a sheet to translate, and filling
//! in what comes back. Everything here is a function of texts; the command reads and writes the
//! files.

mod diff;
mod fill;
mod fill_page;
mod sheet;
mod sheet_file;
mod status;
mod strings;
mod verify;

pub use crate::blocks::{
    Change, Marked, NoTranslation, Pair, Texts, compare, mark, parallel, read_texts, skeleton,
    source_of,
};
pub use crate::file::block::{Block, BlockHash, BlockOrigin, KEYS};
pub use diff::{Beside, BesideRow, beside};
pub use fill::{Filled, Outcome, fill};
pub use sheet::{Row, RowId, rows};
pub use sheet_file::{Given, NoSheet, read_sheet, to_csv, to_html};
pub use status::{Standing, State, of_page, of_strings};
