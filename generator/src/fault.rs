//! Faults of this program. A panic over one file costs that file alone, whatever is in it: it is
//! caught and reported, and the work goes on.

use crate::diagnostic::{Diagnostic, Place};
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use thiserror::Error;

/// What to do about a fault.
pub const REPORT: &str =
    "this is a fault of the program and not yours: please report it, and undo the last change here";

/// This program panicked.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the program failed: {0}")]
pub struct Fault(String);

/// Does something that may panic. What it was changing then must be whole at each step, or be put
/// aside.
pub fn caught<T>(work: impl FnOnce() -> T) -> Result<T, Fault> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|panic| Fault(message(&*panic)))
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("it gave no reason").to_owned()
}

impl Fault {
    /// As what is wrong with a file.
    pub(crate) fn in_file(&self, file: &str) -> Diagnostic {
        Diagnostic::error("internal", file, Place::START, self.to_string(), REPORT)
    }
}

/// The diagnostics of a check; if it panics, one that says so.
pub(crate) fn checked<I: IntoIterator<Item = Diagnostic>>(
    file: &str,
    check: impl FnOnce() -> I,
) -> Vec<Diagnostic> {
    let said = caught(|| check().into_iter().collect::<Vec<_>>());
    said.unwrap_or_else(|fault| vec![fault.in_file(file)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use rayon::prelude::*;

    #[test]
    fn a_panic_about_one_file_is_told_and_the_others_are_still_checked() {
        let files = ["content/a.md", "content/b.md", "content/c.md"];
        let wrong = |file: &str| Diagnostic::error("yaml", file, Place::START, "no", "do");
        let check = |file: &&str| {
            checked(file, || {
                assert!(!file.ends_with("b.md"), "index 7 is out of bounds");
                [wrong(file)]
            })
        };
        let said: Vec<_> = files.par_iter().flat_map_iter(check).collect();
        let codes: Vec<_> = said.iter().map(|d| (d.file.as_str(), d.code)).collect();
        assert_eq!(codes, [(files[0], "yaml"), (files[1], "internal"), (files[2], "yaml")]);
        assert_eq!(said[1].message, "the program failed: index 7 is out of bounds");
        assert!(said[1].help.contains("report it"));
    }
}
