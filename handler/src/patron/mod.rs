//! The patron's pages: one file per address, with what it reads, does and shows; and taking in a
//! request.

mod carried;
pub(crate) mod check;
mod duplicates;
pub(crate) mod find;
pub(crate) mod form;
mod intake;
pub(crate) mod receipt;
pub(crate) mod send;
pub mod unfound;
