//! The pages of the staff: one file per address.

pub(crate) mod request;
