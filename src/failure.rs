//! Why a command ended early, and with which exit code.

use std::io::Write;
use std::process::ExitCode;

/// Why a command ended early.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The content has errors, or a check failed; what they are has been shown.
    Content,
    /// Something is stuck; what it is has been shown.
    Stuck,
    /// Called wrongly, or can't start: one line that says so and what to do.
    CannotRun(String),
    /// Whoever read the output has stopped reading: no fault of anybody.
    OutputClosed,
}

impl Failure {
    /// For anything that keeps the command from running.
    pub(crate) fn cannot_run(error: impl std::fmt::Display) -> Self {
        Self::CannotRun(error.to_string())
    }

    /// Says it on stderr and gives the exit code: 1 for the content and for what is stuck, 2 for all else.
    pub(crate) fn report(self) -> ExitCode {
        match self {
            Self::Content | Self::Stuck => ExitCode::from(1),
            Self::OutputClosed => ExitCode::SUCCESS,
            Self::CannotRun(line) => {
                // Nothing is left to be told if stderr is closed.
                let _ = writeln!(std::io::stderr(), "error: {line}");
                ExitCode::from(2)
            }
        }
    }
}

/// Prints a result.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(|error| match error.kind() {
        std::io::ErrorKind::BrokenPipe => Failure::OutputClosed,
        _ => Failure::cannot_run(format!("the result can't be written: {error}")),
    })
}

/// Says something to the person at the terminal.
pub(crate) fn say(text: &str) {
    // Progress is worth no failure.
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}
