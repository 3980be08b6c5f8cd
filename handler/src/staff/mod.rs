//! The pages of the staff: one file an address.

pub(crate) mod request;
