//! The log on stderr, for people. No line holds a path, query or referrer of the desk, or a word
//! that a patron typed.

use std::panic::{self, PanicHookInfo};
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// Starts the log.
pub(super) fn start() {
    // A level (`warn`), or one per module (`warn,handler=debug`).
    let levels = std::env::var("BOOK_A_LIBRARIAN_LOG").ok().and_then(|levels| levels.parse().ok());
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(crate::loading::color());
    tracing_subscriber::registry()
        .with(levels.unwrap_or_else(|| Targets::new().with_default(LevelFilter::INFO)))
        .with(lines)
        .init();
    panic::set_hook(Box::new(tell));
}

/// Logs where a panic was. Its message is logged only if it is a literal: a formatted one may quote
/// what somebody typed (as when a text is cut within a letter).
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
