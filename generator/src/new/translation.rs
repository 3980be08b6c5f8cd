//! The beginning of a translation.

use super::{Made, NewError, site_now, slug, write_new};
use crate::blocks::skeleton;
use crate::file::FileContent;
use crate::paths::Folder;
use crate::site::Site;
use crate::source::Folders;
use domain::LanguageTag;
use render::frame::address;

/// Writes a translation's file in which nothing is translated yet: every text of the source stands
/// in a comment above its place. What it translates is found by its id, or by its title.
pub fn new_translation(
    folders: &Folders,
    folder: Folder,
    title: &str,
    id: Option<&str>,
    language: &LanguageTag,
) -> Result<Made, NewError> {
    let site = site_now(folders)?;
    if let Some(site) = site.as_deref()
        && (language.is_source() || site.directory.language(language).is_none())
    {
        return Err(NewError::NotTranslatedTo(language.clone()));
    }
    let by_name = id.map_or_else(|| slug(title), str::to_owned);
    let there = |id: &String| folders.content.join(folder.name()).join(format!("{id}.md")).exists();
    let called = || site.as_deref().and_then(|site| titled(site, folder, title));
    let id = Some(by_name.clone()).filter(there).or_else(called).ok_or_else(|| {
        NewError::NoSource { folder: folder.name(), id: by_name, title: title.to_owned() }
    })?;
    let source = folders.content.join(folder.name()).join(format!("{id}.md"));
    let text = std::fs::read_to_string(&source)
        .map_err(|error| NewError::File { path: source.clone(), error })?;
    let text = skeleton(&folder.file(&id), &text)?;
    let path = source.with_file_name(format!("{id}.{language}.md"));
    let page = folder.page(&id).ok_or(NewError::NotBegun(folder))?;
    write_new(&path, &text)?;
    let address = address(language, &page.path());
    Ok(Made { path, address, recorded: false })
}

/// The id of the file with this title, or of the library with this name.
fn titled(site: &Site, folder: Folder, title: &str) -> Option<String> {
    let source = LanguageTag::source();
    let mut files = site.files.values();
    files.find_map(|parsed| match (folder, &parsed.content) {
        (Folder::Topics, FileContent::Topic(id, _, (language, Some(words)))) => {
            (*language == source && words.keys.title == title).then(|| id.to_string())
        }
        (Folder::Branches, FileContent::Branch(id, Some(branch), _)) => {
            (branch.name == title).then(|| id.to_string())
        }
        (Folder::News, FileContent::Post(id, _, (language, Some(words))))
        | (Folder::Pages, FileContent::Page(id, _, (language, Some(words)))) => {
            (*language == source && words.keys.title == title).then(|| id.clone())
        }
        _ => None,
    })
}
