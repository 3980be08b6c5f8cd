//! Data to HTML or mail, in the reader's language. Reach: none; callers read the files and pass in
//! a [`Bundle`]. Used by the generator and the handler, which never see each other.

pub mod answer_rows;
pub mod bundle;
pub mod dates;
pub mod desk;
pub mod find;
pub mod form;
pub mod frame;
pub mod head;
pub mod html;
pub mod locale;
pub mod mail;
pub mod markdown;
pub mod renderer;
pub mod site;
pub mod strings;

pub use bundle::Bundle;
pub use frame::Frame;
pub use locale::Locale;
pub use renderer::{RenderError, Renderer};
