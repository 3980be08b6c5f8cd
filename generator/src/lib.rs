//! From `content/` and `templates/` to a checked site model, and from the model to pages. Reach:
//! reads those two folders, writes the folder it is told to. Used by the command.
//!
//! The modules stand in the order in which work flows.

mod assets;
mod bundle;
mod check;
mod content;
pub mod diagnostic;
pub mod fault;
mod front_matter;
pub mod images;
mod load;
pub mod new;
pub mod pack;
mod pages;
mod parse;
mod read;
mod site;
mod source;
pub mod translations;
mod write;
mod yaml;

pub use diagnostic::{CODES, Code, Diagnostic, Severity, Sources, Told, narrow, told};
pub use load::{Content, Drafts, Folders, LoadError, Loaded, Look, load, load_on};
pub use site::{Options, Page, PageId, Site};
pub use write::{BuildReport, Compress, WriteError, build};
