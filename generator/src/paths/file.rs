//! The paths of content files, which begin with `content/`.

use super::Folder;
use domain::LanguageTag;

/// What holds for the whole service.
pub(crate) const SITE_YAML: &str = "content/site.yaml";

/// The ids that there ever were.
pub(crate) const IDS_YAML: &str = "content/ids.yaml";

/// The words that translators keep to.
pub(crate) const GLOSSARY_YAML: &str = "content/glossary.yaml";

/// The parts of the path of a Markdown file: `content/topics/genealogy.vi.md`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ContentFile<'p> {
    pub(crate) folder: Folder,
    pub(crate) id: &'p str,
    /// The language of a translation; `None`: the source.
    pub(crate) tag: Option<&'p str>,
}

impl<'p> ContentFile<'p> {
    /// Takes a path apart. What is no Markdown file of one of the folders has no such parts.
    pub(crate) fn parse(path: &'p str) -> Option<Self> {
        let (folder, name) = path.strip_prefix("content/")?.split_once('/')?;
        let name = name.strip_suffix(".md").filter(|name| !name.contains('/'))?;
        let folder = Folder::named(folder).filter(|folder| folder.ending() == "md")?;
        Some(match name.split_once('.') {
            Some((id, tag)) => Self { folder, id, tag: Some(tag) },
            None => Self { folder, id: name, tag: None },
        })
    }

    /// The file that it translates.
    pub(crate) fn source(self) -> String {
        self.folder.file(self.id)
    }

    /// Its language, if it is one. No translation is in the source's.
    pub(crate) fn language(self) -> Option<LanguageTag> {
        LanguageTag::parse(self.tag.unwrap_or(LanguageTag::SOURCE)).ok()
    }
}

/// The file of a language's strings.
pub(crate) fn strings(language: &LanguageTag) -> String {
    Folder::Strings.file(language)
}

/// A file's path without language and ending: what it has in common with its translations.
pub(crate) fn stem(file: &str) -> &str {
    let name = file.rfind('/').map_or(0, |at| at + 1);
    file[name..].find('.').map_or(file, |dot| &file[..name + dot])
}

/// The Markdown file of a stem in the source language.
pub(crate) fn source_file(stem: &str) -> String {
    format!("{stem}.md")
}

/// The Markdown file of a stem in another language.
pub(crate) fn translation_file(stem: &str, language: &LanguageTag) -> String {
    format!("{stem}.{language}.md")
}

/// The path of a file, from its path in the content folder.
pub(crate) fn in_content(relative: &str) -> String {
    format!("content/{relative}")
}

/// A file's path in the content folder.
pub(crate) fn within_content(path: &str) -> &str {
    path.strip_prefix("content/").unwrap_or(path)
}

/// Whether a file is a picture, by its ending.
pub(crate) fn is_picture(file: &str) -> bool {
    let ending = file.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    ending.is_some_and(|e| ["jpg", "jpeg", "png", "webp", "gif", "svg"].contains(&e.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_says_kind_id_and_language() {
        let file = |folder, id, tag| Some(ContentFile { folder, id, tag });
        for (path, parts) in [
            ("content/topics/genealogy.md", file(Folder::Topics, "genealogy", None)),
            ("content/news/moved.zh-Hans.md", file(Folder::News, "moved", Some("zh-Hans"))),
            ("content/strings/vi.ftl", None),
            ("content/strings/vi.md", None),
            ("content/pages/deep/one.md", None),
            ("content/site.yaml", None),
            ("content/recipes/soup.md", None),
        ] {
            assert_eq!(ContentFile::parse(path), parts, "{path}");
        }
    }

    #[test]
    fn a_file_and_its_translations_have_one_stem() {
        for file in ["content/pages/a.md", "content/pages/a.vi.md", "content/pages/a"] {
            assert_eq!(stem(file), "content/pages/a");
        }
    }
}
