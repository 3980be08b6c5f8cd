//! Paths and addresses: which path belongs to which file, page, language and asset, and where a
//! link in content leads. These are names alone; whether something is there, [`crate::site`] knows.

mod asset;
mod file;
mod folder;
mod link;
mod page;
mod reserved;

pub use asset::IMAGES;
pub(crate) use asset::asset;
pub(crate) use file::{
    ContentFile, GLOSSARY_YAML, IDS_YAML, SITE_YAML, in_content, is_picture, source_file, stem,
    strings, translation_file, within_content,
};
pub use folder::Folder;
pub(crate) use link::{Target, leads_outside, resolve};
pub use page::PageId;
pub(crate) use page::PageKind;
pub(crate) use reserved::{FILES, FOLDERS, TAKEN};
