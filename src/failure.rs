//! Why a command ended early, and with which exit code.

use std::io::Write;
use std::process::ExitCode;

/// Why a command ended early.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The content has errors, or a check failed; they have been shown.
    Content,
    /// Something is stuck, and has been shown.
    Stuck,
    /// A usage error, or it can't start: one line that says so and what to do.
    CannotRun(String),
    /// The reader of the output has closed it: nobody's fault.
    OutputClosed,
}

impl Failure {
    /// For anything that keeps the command from running.
    pub(crate) fn cannot_run(error: impl std::fmt::Display) -> Self {
        Self::CannotRun(error.to_string())
    }

    /// Reports it on stderr. Exit code 1 for content errors and for what is stuck, 2 otherwise.
    pub(crate) fn report(self) -> ExitCode {
        match self {
            Self::Content | Self::Stuck => ExitCode::from(1),
            Self::OutputClosed => ExitCode::SUCCESS,
            Self::CannotRun(line) => {
                // If stderr is closed, there is nobody to tell.
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

/// Writes a message to the person at the terminal.
pub(crate) fn say(text: &str) {
    // A progress message must not fail the command.
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}
