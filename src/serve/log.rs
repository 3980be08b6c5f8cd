//! What happens, on stderr, for people. No line holds a path, query or referrer of the desk, or a
//! word that a patron typed.

use std::panic::{self, PanicHookInfo};

/// Begins the log.
pub(super) fn start() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("BOOK_A_LIBRARIAN_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(crate::loading::color())
        .init();
    panic::set_hook(Box::new(tell));
}

/// Tells where a panic was. Its words are told only if they stand in the source as they are: one
/// that was put together may quote what somebody typed (a text that is cut within a letter does).
fn tell(panic: &PanicHookInfo<'_>) {
    let place = panic.location().map(ToString::to_string).unwrap_or_default();
    let words = panic.payload().downcast_ref::<&'static str>().copied();
    let thread = std::thread::current();
    tracing::error!(
        place,
        thread = thread.name().unwrap_or("without a name"),
        "a panic: {}",
        words.unwrap_or("its words may be somebody's, so they aren't told")
    );
}
