//! The cache of pages, style sheets and pictures with all their codings, valid until the content,
//! the templates or the day change. Once it is full, the least recently used entries go first.

use crate::serve::coding::Coding;
use axum::body::Bytes;
use axum::http::HeaderValue;
use data_encoding::BASE64URL_NOPAD;
use generator::Page;
use hashlink::LruCache;
use jiff::civil::Date;
use sha2::{Digest, Sha256};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::OnceCell;

/// The most bytes that are cached, counting all codings.
pub(super) const MOST: usize = 64 * 1024 * 1024;

/// The overhead of a page besides its bytes.
const EACH: usize = 1_024;

/// The source of pages: the site's version, and the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Edition {
    pub(super) version: u64,
    pub(super) today: Date,
}

/// How long the content of an address is valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lasts {
    /// In one edition.
    Edition,
    /// For ever: new content gets a new address.
    ForGood,
}

/// Bytes in one coding, and their entity tag.
#[derive(Debug, Clone)]
pub(super) struct Form {
    pub(super) bytes: Bytes,
    pub(super) tag: HeaderValue,
}

/// A page, an asset or a picture, uncompressed and compressed.
#[derive(Debug)]
pub(super) struct Made {
    pub(super) content_type: &'static str,
    pub(super) plain: Form,
    /// Whether compression can make it smaller at all.
    pub(super) packs: bool,
    pub(super) lasts: Lasts,
    brotli: OnceCell<Option<Form>>,
    gzip: OnceCell<Option<Form>>,
    /// Brotli again, as small as possible: made after the first visitor got a response.
    smallest: OnceCell<Form>,
}

impl Made {
    pub(super) fn new(page: Page, lasts: Lasts) -> Self {
        let digest = BASE64URL_NOPAD.encode(&Sha256::digest(&page.bytes)[..16]);
        Self {
            content_type: page.content_type,
            lasts,
            packs: !page.content_type.starts_with("image/") || page.content_type.ends_with("+xml"),
            plain: Form { bytes: page.bytes.into(), tag: tag(&digest, "") },
            brotli: OnceCell::new(),
            gzip: OnceCell::new(),
            smallest: OnceCell::new(),
        }
    }

    /// The cell of a compressed form, or of the knowledge that compression doesn't help.
    pub(super) fn packed(&self, coding: Coding) -> Option<&OnceCell<Option<Form>>> {
        match coding {
            Coding::Brotli if self.packs => Some(&self.brotli),
            Coding::Gzip if self.packs => Some(&self.gzip),
            _ => None,
        }
    }

    /// The form in a coding, if it has been made.
    pub(super) fn form(&self, coding: Coding) -> Option<&Form> {
        match coding {
            Coding::Identity => Some(&self.plain),
            Coding::Brotli if self.smallest.initialized() => self.smallest.get(),
            _ => self.packed(coding)?.get()?.as_ref(),
        }
    }

    /// The tags of everything ever sent of it in these codings.
    pub(super) fn tags(&self, codings: &[Coding]) -> impl Iterator<Item = &HeaderValue> {
        let first = codings.iter().filter_map(|coding| self.packed(*coding)?.get()?.as_ref());
        let now = codings.iter().filter_map(|coding| self.form(*coding));
        now.chain(first).chain([&self.plain]).map(|form| &form.tag)
    }

    /// Compresses it. Takes a while.
    pub(super) fn pack(&self, coding: Coding) -> Option<Form> {
        let bytes = coding.pack_to_keep(&self.plain.bytes)?;
        Some(self.named(bytes, if coding == Coding::Brotli { "-br" } else { "-gz" }))
    }

    /// Compresses it as small as possible, and returns that size. Takes long.
    pub(super) fn pack_smallest(&self) -> Option<usize> {
        let bytes = Coding::Brotli.pack_smallest(&self.plain.bytes)?;
        let size = bytes.len();
        self.smallest.set(self.named(bytes, "-min.br")).ok().map(|()| size)
    }

    fn named(&self, bytes: Vec<u8>, ending: &str) -> Form {
        let plain = self.plain.tag.to_str().unwrap_or_default().trim_matches('"');
        Form { bytes: bytes.into(), tag: tag(plain, ending) }
    }
}

fn tag(digest: &str, ending: &str) -> HeaderValue {
    let tag = HeaderValue::from_str(&format!("\"{digest}{ending}\""));
    tag.unwrap_or(HeaderValue::from_static("\"\""))
}

/// A cell that is filled once: concurrent requests wait for the first.
pub(super) type Slot = Arc<OnceCell<Arc<Made>>>;

struct Entry {
    slot: Slot,
    lasts: Lasts,
    bytes: usize,
}

/// The cache, by address.
pub(super) struct Kept {
    most: usize,
    inner: Mutex<Inner>,
}

struct Inner {
    edition: Edition,
    entries: LruCache<String, Entry>,
    bytes: usize,
}

impl Kept {
    /// An empty cache.
    pub(super) fn new(most: usize, edition: Edition) -> Self {
        let inner = Inner { edition, entries: LruCache::new_unbounded(), bytes: 0 };
        Self { most, inner: Mutex::new(inner) }
    }

    /// The cached content of an address in this edition, if any.
    pub(super) fn get(&self, address: &str, edition: Edition) -> Option<Arc<Made>> {
        let mut inner = self.inner();
        inner.turn_to(edition);
        inner.entries.get(address)?.slot.get().cloned()
    }

    /// The cell of an address that exists in this edition.
    pub(super) fn slot(&self, address: &str, edition: Edition, lasts: Lasts) -> Slot {
        let mut inner = self.inner();
        inner.turn_to(edition);
        if let Some(entry) = inner.entries.get(address) {
            return Arc::clone(&entry.slot);
        }
        let slot = Slot::default();
        let entry = Entry { slot: Arc::clone(&slot), lasts, bytes: 0 };
        inner.entries.insert(address.to_owned(), entry);
        inner.grow(address, address.len() + EACH, self.most);
        slot
    }

    /// A further form of `made` was made. It counts only while `made` is still cached at its
    /// address; otherwise its bytes are freed once they are sent.
    pub(super) fn grew(&self, address: &str, made: &Arc<Made>, bytes: usize) {
        let mut inner = self.inner();
        let there = inner.entries.peek(address).and_then(|entry| entry.slot.get());
        if there.is_some_and(|there| Arc::ptr_eq(there, made)) {
            inner.grow(address, bytes, self.most);
        }
    }

    /// How many addresses are cached.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.inner().entries.len()
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    /// Drops what has changed. A caller that read the version just before gets the newer edition,
    /// as nobody has been promised an old page.
    fn turn_to(&mut self, edition: Edition) {
        if self.edition == edition || edition.version < self.edition.version {
            return;
        }
        self.edition = edition;
        let bytes = &mut self.bytes;
        self.entries.retain(|_, entry| {
            let stays = entry.lasts == Lasts::ForGood;
            if !stays {
                *bytes -= entry.bytes;
            }
            stays
        });
    }

    fn grow(&mut self, address: &str, bytes: usize, most: usize) {
        if let Some(entry) = self.entries.get_mut(address) {
            entry.bytes += bytes;
            self.bytes += bytes;
        }
        while self.bytes > most {
            let Some((_, entry)) = self.entries.remove_lru() else { return };
            self.bytes -= entry.bytes;
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail")]
mod tests {
    use super::*;

    fn edition(version: u64, day: i8) -> Edition {
        Edition { version, today: jiff::civil::date(2026, 11, day) }
    }

    async fn keep(kept: &Kept, address: &str, edition: Edition, lasts: Lasts, bytes: usize) {
        let slot = kept.slot(address, edition, lasts);
        let page = Page { bytes: vec![b'a'; bytes], content_type: "text/html" };
        let made = slot.get_or_init(|| async { Arc::new(Made::new(page, Lasts::Edition)) }).await;
        kept.grew(address, made, bytes);
    }

    #[tokio::test]
    async fn what_nobody_asked_for_the_longest_goes_first() {
        let kept = Kept::new(4 * 10_000 + 8 * EACH, edition(0, 24));
        for address in ["/a", "/b", "/c", "/d"] {
            keep(&kept, address, edition(0, 24), Lasts::Edition, 10_000).await;
        }
        assert!(kept.get("/a", edition(0, 24)).is_some());
        keep(&kept, "/e", edition(0, 24), Lasts::Edition, 10_000).await;
        let there = |address| kept.get(address, edition(0, 24)).is_some();
        assert_eq!(["/a", "/b", "/c", "/d", "/e"].map(there), [true, false, true, true, true]);
        assert!(kept.inner().bytes <= kept.most);
    }

    #[tokio::test]
    async fn packed_forms_count_and_what_is_too_large_alone_is_not_kept() {
        let kept = Kept::new(50_000, edition(0, 24));
        keep(&kept, "/a", edition(0, 24), Lasts::Edition, 30_000).await;
        let made = kept.get("/a", edition(0, 24)).unwrap();
        kept.grew("/a", &made, 30_000);
        assert!(kept.get("/a", edition(0, 24)).is_none());
        assert_eq!(kept.inner().bytes, 0);
    }

    #[tokio::test]
    async fn a_save_and_a_new_day_make_pages_anew_but_not_pictures() {
        let kept = Kept::new(MOST, edition(0, 24));
        keep(&kept, "/assets/images/a.webp", edition(0, 24), Lasts::ForGood, 10).await;
        for (before, after) in [(edition(0, 24), edition(1, 24)), (edition(1, 24), edition(1, 25))]
        {
            keep(&kept, "/", before, Lasts::Edition, 10).await;
            let begun_before = kept.slot("/late", before, Lasts::Edition);
            assert!(kept.get("/", before).is_some());
            assert!(kept.get("/", after).is_none());
            assert!(kept.get("/assets/images/a.webp", after).is_some());
            // It was begun before the change, and must not count as current after it.
            let page = Page { bytes: vec![b'a'; 10], content_type: "text/html" };
            let late = begun_before
                .get_or_init(|| async { Arc::new(Made::new(page, Lasts::Edition)) })
                .await;
            kept.grew("/late", late, 10);
            assert!(kept.get("/late", after).is_none());
        }
        let inner = kept.inner();
        assert_eq!((inner.entries.len(), inner.bytes), (1, 10 + 21 + EACH));
    }
}
