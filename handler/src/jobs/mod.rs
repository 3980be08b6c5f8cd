//! Background jobs: the sweep each minute and everything it runs.

mod canary;
mod clock;
mod erase;
pub mod status;
pub mod sweep;
mod tidy;
