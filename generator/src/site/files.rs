//! The files of the site by their paths: in which languages each is written, and which page it is.

use super::{Site, Translated};
use crate::file::content::Translatable;
use crate::paths::{ContentFile, Folder, PageKind};
use domain::{BranchId, LanguageTag, TopicId};
use std::collections::BTreeMap;

/// A file in the languages in which it is written.
pub(crate) type InLanguages<'a> = BTreeMap<&'a LanguageTag, &'a dyn Translatable>;

impl Site {
    /// Every file in its languages, by the source's path without its ending.
    pub(crate) fn in_languages(&self) -> BTreeMap<String, InLanguages<'_>> {
        fn of<T>(words: &Translated<T>) -> InLanguages<'_> {
            words.iter().map(|(tag, words)| (tag, &**words as &dyn Translatable)).collect()
        }
        let topics = self.topics.iter().map(|(id, words)| (Folder::Topics.stem(id), of(words)));
        let branches =
            self.branches.iter().map(|(id, words)| (Folder::Branches.stem(id), of(words)));
        let ways = self.ways.iter().map(|(id, way)| (Folder::Services.stem(id), of(&way.words)));
        let news = self.news.iter().map(|(id, post)| (Folder::News.stem(id), of(&post.words)));
        let pages = self.pages.iter().map(|(id, page)| (Folder::Pages.stem(id), of(&page.words)));
        topics.chain(branches).chain(ways).chain(news).chain(pages).collect()
    }

    /// The source of a translation, by the translation's file.
    pub(crate) fn source_of(&self, file: &str) -> Option<&dyn Translatable> {
        let ContentFile { folder, id, tag: Some(_) } = ContentFile::parse(file)? else {
            return None;
        };
        let source = LanguageTag::source();
        Some(match folder {
            Folder::Topics => self.topics.get(&TopicId::parse(id).ok()?)?.get(&source)?.as_ref(),
            Folder::Branches => {
                self.branches.get(&BranchId::parse(id).ok()?)?.get(&source)?.as_ref()
            }
            Folder::Services => self.ways.get(id)?.words.get(&source)?.as_ref(),
            Folder::News => self.news.get(id)?.words.get(&source)?.as_ref(),
            Folder::Pages => self.pages.get(id)?.words.get(&source)?.as_ref(),
            Folder::Mails | Folder::Strings => return None,
        })
    }

    /// The page that a content file is. A topic or library that can't be read is none.
    pub(crate) fn page_of(&self, file: &str) -> Option<PageKind> {
        let ContentFile { folder, id, tag: None } = ContentFile::parse(file)? else { return None };
        let page = folder.page(id)?;
        let is_known = match &page {
            PageKind::Topic(id) => self.topics.contains_key(id),
            PageKind::Library(id) => self.branches.contains_key(id),
            _ => true,
        };
        is_known.then_some(page)
    }
}
