//! What is done without anybody asking: the sweep each minute and all that it looks after.

mod canary;
mod clock;
mod erase;
pub mod status;
pub mod sweep;
mod tidy;
