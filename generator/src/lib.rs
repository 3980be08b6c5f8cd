//! From `content/` and `templates/` to a checked site model, and from the model to pages. Reach:
//! reads those two folders, writes the output folder it is given. Used by the command.

mod assets;
mod blocks;
mod bundle;
mod check;
pub mod diagnostic;
pub mod fault;
mod file;
pub mod images;
mod load;
pub mod new;
pub mod pack;
mod pages;
mod paths;
mod site;
mod source;
pub mod translations;
mod write;

pub use check::Look;
pub use diagnostic::{CODES, Code, Diagnostic, Severity, Sources, Told, narrow, told};
pub use load::{Content, Drafts, Loaded, load, load_on};
pub use paths::{Folder, PageId};
pub use site::{Options, Page, Site};
pub use source::{Folders, LoadError};
pub use write::{BuildReport, Compress, WriteError, build};
