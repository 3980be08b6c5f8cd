//! Files that editors begin with: in the right folder, with every key explained, and right as they
//! are. Each begins as a draft, so nothing is on the site before its editor says so.

mod record;
mod skeleton;
mod translation;

pub use translation::new_translation;

use crate::blocks::NoTranslation;
use crate::file::FileContent;
use crate::load::{Content, Drafts};
use crate::paths::{Folder, IDS_YAML, TAKEN};
use crate::site::Site;
use crate::source::{Folders, LoadError};
use domain::{BranchId, LanguageTag, TopicId};
use jiff::civil::Date;
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use thiserror::Error;

/// What is wanted.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The folder for it.
    pub folder: Folder,
    /// Its title, or a library's name.
    pub title: String,
    /// Its id; `None`: made from the title.
    pub id: Option<String>,
    /// The day of a post.
    pub today: Date,
}

/// A file that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// Where it is.
    pub path: PathBuf,
    /// The address of its page.
    pub address: String,
    /// Whether its id was written into `ids.yaml`.
    pub recorded: bool,
}

/// Why nothing was made.
#[derive(Debug, Error)]
pub enum NewError {
    /// The folders can't be read.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// Nothing begins a file of this folder.
    #[error("`new` begins no files of {}: copy one that is there", .0.name())]
    NotBegun(Folder),
    /// The title makes no id.
    #[error("\"{title}\" makes no id for addresses: {reason}; give one with --id")]
    NoId {
        /// The title or the id that was given.
        title: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The id is the address of something else.
    #[error("the id {0} is taken by the site itself; give another with --id")]
    Reserved(String),
    /// There was such an id, and it never returns.
    #[error(
        "the id {0} was in use before (content/ids.yaml), and an id never returns; give another \
         with --id, or take the old file back"
    )]
    Recorded(String),
    /// The file is there.
    #[error("{} is there already; open it, or give another --id", .0.display())]
    Exists(PathBuf),
    /// There is nothing to translate.
    #[error(
        "there is no {folder}/{id}.md, and nothing there is called \"{title}\"; give the file's \
         name with --id"
    )]
    NoSource {
        /// The folder that was looked in.
        folder: &'static str,
        /// The id that was looked for.
        id: String,
        /// The title that was looked for.
        title: String,
    },
    /// The site doesn't have the language, or writes in it.
    #[error("this site isn't translated to {0}; its languages stand in site.yaml")]
    NotTranslatedTo(LanguageTag),
    /// The source can't be read as one.
    #[error(transparent)]
    NoTranslation(#[from] NoTranslation),
    /// The ids are written in a way that isn't added to.
    #[error(
        "{} was written, but {id} could not be added to content/ids.yaml: add a line `- {id}` to \
         {list} there", path.display()
    )]
    Unrecorded {
        /// The file that was made.
        path: PathBuf,
        /// Its id.
        id: String,
        /// The list that it belongs to.
        list: &'static str,
    },
    /// A file can't be written.
    #[error("{}: {error}; the folder must be writable for this user", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
}

/// The service's site as it is now, for the day and the hours that a new file begins with.
pub fn site_now(folders: &Folders) -> Result<Option<Arc<Site>>, LoadError> {
    Ok(Content::read(folders)?.site(Drafts::Shown))
}

/// Writes a new file, and its id into the record.
pub fn new(folders: &Folders, wanted: &Wanted) -> Result<Made, NewError> {
    let site = site_now(folders)?;
    let site = site.as_deref();
    let id = match &wanted.id {
        Some(id) => id.clone(),
        None => slug(&wanted.title),
    };
    // All ids are slugs; a topic's rule is every file's.
    TopicId::parse(&id).map_err(|error| NewError::NoId {
        title: wanted.id.as_ref().unwrap_or(&wanted.title).clone(),
        reason: error.to_string(),
    })?;
    if is_reserved(wanted.folder, &id, site) {
        return Err(NewError::Reserved(id));
    }
    let path = folders.content.join(wanted.folder.name()).join(format!("{id}.md"));
    if path.exists() {
        return Err(NewError::Exists(path));
    }
    if site.is_some_and(|site| is_recorded(site, wanted.folder, &id)) {
        return Err(NewError::Recorded(id));
    }
    let begun = skeleton::text(wanted, &id, site).zip(wanted.folder.page(&id));
    let (text, page) = begun.ok_or(NewError::NotBegun(wanted.folder))?;
    write_new(&path, &text)?;
    let recorded = wanted.folder.records_ids();
    if recorded {
        record::add(folders, site, wanted.folder.name(), &id, &path)?;
    }
    Ok(Made { path, address: page.path(), recorded })
}

/// An id from a title: its letters without accents, words joined by hyphens.
fn slug(title: &str) -> String {
    const LONGEST: usize = 64;
    let plain = deunicode::deunicode(title).to_ascii_lowercase();
    let words = plain.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let mut slug = String::new();
    for word in words {
        let longer = if slug.is_empty() { word.to_owned() } else { format!("{slug}-{word}") };
        if longer.len() > LONGEST {
            break;
        }
        slug = longer;
    }
    slug
}

/// Whether the site itself has the address that a file of this id would get.
fn is_reserved(folder: Folder, id: &str, site: Option<&Site>) -> bool {
    match folder {
        Folder::Pages => {
            let languages = site.into_iter().flat_map(|site| &site.directory.service.languages);
            let mut tags = languages.map(|language| language.tag.in_address());
            id == "index"
                || TAKEN.iter().any(|(taken, _)| *taken == id)
                || tags.any(|tag| tag == id)
        }
        Folder::Branches => id == "index" || BranchId::parse(id).is_err(),
        _ => id == "index",
    }
}

fn is_recorded(site: &Site, folder: Folder, id: &str) -> bool {
    let Some(parsed) = site.files.get(IDS_YAML) else { return false };
    let FileContent::Ids(Some(ids)) = &parsed.content else { return false };
    let list = match folder {
        Folder::Topics => &ids.topics,
        Folder::Branches => &ids.branches,
        _ => return false,
    };
    list.iter().any(|(recorded, _)| recorded == id)
}

/// Never over a file that is there, even if it came this moment.
fn write_new(path: &Path, text: &str) -> Result<(), NewError> {
    let failed = |error: io::Error| match error.kind() {
        io::ErrorKind::AlreadyExists => NewError::Exists(path.to_owned()),
        _ => NewError::File { path: path.to_owned(), error },
    };
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    let mut file = OpenOptions::new().write(true).create_new(true).open(path).map_err(failed)?;
    file.write_all(text.as_bytes()).map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::{Folder, is_reserved, slug};

    #[test]
    fn a_title_becomes_an_id_without_accents() {
        for (title, id) in [
            ("Genealogy", "genealogy"),
            ("Đọc sách & báo bằng tiếng Việt!", "doc-sach-bao-bang-tieng-viet"),
            ("  Lakewood/Smokey Point ", "lakewood-smokey-point"),
            ("Español: ¿qué?", "espanol-que"),
            ("…", ""),
        ] {
            assert_eq!(slug(title), id);
        }
    }

    #[test]
    fn a_long_title_is_cut_between_words() {
        let id = slug(&"word ".repeat(40));
        assert!(id.len() <= 64 && id.ends_with("word"), "{id}");
    }

    #[test]
    fn a_library_named_like_an_address_of_the_desk_needs_another_id() {
        for (folder, id, reserved) in [
            (Folder::Branches, "find", true),
            (Folder::Branches, "coordinator", true),
            (Folder::Branches, "find-library", false),
            (Folder::Topics, "find", false),
            (Folder::News, "request", false),
        ] {
            assert_eq!(is_reserved(folder, id, None), reserved, "{folder:?} {id}");
        }
    }
}
