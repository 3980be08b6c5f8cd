//! Pictures: what an editor puts beside the texts, and what pages get of it.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

use generator::Compress;
use generator::images::{Cache, ImageError, Pictures};
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use render::markdown::Image;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Cursor;
use std::sync::Mutex;

const FILE: &str = "content/images/desk.jpg";

/// A picture with its left upper corner in red, and no two lines of pixels alike.
fn drawn(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        if x < width / 2 && y < height / 2 {
            Rgb([230, 20, 20])
        } else {
            Rgb([20, u8::try_from(x % 199).unwrap(), u8::try_from(y % 211).unwrap()])
        }
    })
}

fn saved(image: &RgbImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn jpeg(width: u32, height: u32) -> Vec<u8> {
    saved(&drawn(width, height), ImageFormat::Jpeg)
}

/// With the block of data that a telephone adds: how it was held, and where.
fn taken_by_telephone(jpeg: &[u8], orientation: u8) -> Vec<u8> {
    let mut exif = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x02".to_vec();
    exif.extend([0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0]);
    exif.extend([0x01, 0x0e, 0, 2, 0, 0, 0, 4, b'G', b'P', b'S', 0]);
    exif.extend([0, 0, 0, 0]);
    exif.extend(b"47.9990N 122.1234W");
    let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
    [&jpeg[..2], &[0xff, 0xe1], &length[..], &exif, &jpeg[2..]].concat()
}

fn load(file: &str, bytes: Vec<u8>) -> (Pictures, Vec<String>) {
    let (pictures, diagnostics) = Pictures::load(BTreeMap::from([(file.to_owned(), bytes)]));
    (pictures, diagnostics.into_iter().map(|d| format!("{} {}", d.code, d.message)).collect())
}

/// The one picture, which is fine.
fn fine(bytes: Vec<u8>) -> Pictures {
    let (pictures, said) = load(FILE, bytes);
    assert_eq!(said, [""; 0]);
    pictures
}

fn html(pictures: &Pictures) -> String {
    let image = Image { target: "../images/desk.jpg", alt: "A \"desk\"", title: None };
    pictures.html("content/services/video.md", &image).unwrap().as_str().to_owned()
}

/// Every file of the pictures.
fn files(pictures: &Pictures, cache: &Cache) -> BTreeMap<String, Vec<u8>> {
    let files = Mutex::new(BTreeMap::new());
    let write = |address: &str, bytes: &[u8]| {
        files.lock().unwrap().insert(address.to_owned(), bytes.to_vec());
        Ok::<_, ImageError>(())
    };
    pictures.make(&pictures.addresses(), cache, &write).unwrap();
    files.into_inner().unwrap()
}

/// Width and height of each file, by what its address ends with.
fn sizes(pictures: &Pictures) -> BTreeMap<String, (u32, u32)> {
    let files = files(pictures, &Cache::in_memory());
    let size = |(address, bytes): (String, Vec<u8>)| {
        let image = image::load_from_memory(&bytes).unwrap();
        let ending = address.rsplit_once('-').unwrap().1.to_owned();
        (ending, (image.width(), image.height()))
    };
    files.into_iter().map(size).collect()
}

fn expected(sizes: &[(&str, (u32, u32))]) -> BTreeMap<String, (u32, u32)> {
    sizes.iter().map(|(ending, size)| ((*ending).to_owned(), *size)).collect()
}

#[test]
fn a_large_picture_is_offered_in_three_widths_and_one_for_old_browsers() {
    let expected = expected(&[
        ("480.webp", (480, 320)),
        ("960.webp", (960, 640)),
        ("1440.webp", (1440, 960)),
        ("960.jpg", (960, 640)),
    ]);
    assert_eq!(sizes(&fine(jpeg(1800, 1200))), expected);
}

#[test]
fn no_picture_is_made_larger_than_it_is() {
    let small = expected(&[("300.webp", (300, 200)), ("300.jpg", (300, 200))]);
    assert_eq!(sizes(&fine(jpeg(300, 200))), small);
    let middle = expected(&[("480.webp", (480, 4)), ("700.webp", (700, 6)), ("700.jpg", (700, 6))]);
    assert_eq!(sizes(&fine(jpeg(700, 6))), middle);
}

#[test]
fn a_page_says_how_large_a_picture_is_before_it_is_there() {
    let html = html(&fine(jpeg(1800, 1200)));
    let hash = html.split("desk.").nth(1).unwrap().split('-').next().unwrap();
    assert_eq!(
        html.replace(hash, "HASH"),
        "<picture><source type=\"image/webp\" srcset=\"/assets/images/desk.HASH-480.webp 480w, \
         /assets/images/desk.HASH-960.webp 960w, /assets/images/desk.HASH-1440.webp 1440w\" \
         sizes=\"(min-width:42em) 38rem,100vw\"><img src=\"/assets/images/desk.HASH-960.jpg\" \
         width=\"960\" height=\"640\" alt=\"A &quot;desk&quot;\" loading=\"lazy\" \
         decoding=\"async\"></picture>"
    );
    assert_eq!(hash.len(), 12);
}

#[test]
fn an_address_changes_with_the_picture() {
    assert_ne!(html(&fine(jpeg(300, 200))), html(&fine(jpeg(300, 201))));
    assert_eq!(html(&fine(jpeg(300, 200))), html(&fine(jpeg(300, 200))));
}

#[test]
fn a_telephone_that_was_held_upright_gives_an_upright_picture() {
    // The red corner stands right above once a picture of orientation 6 has been turned.
    let pictures = fine(taken_by_telephone(&jpeg(400, 200), 6));
    assert!(html(&pictures).contains("width=\"200\" height=\"400\""));
    for bytes in files(&pictures, &Cache::in_memory()).values() {
        let image = image::load_from_memory(bytes).unwrap().into_rgb8();
        assert_eq!(image.dimensions(), (200, 400));
        let (above, below) = (image.get_pixel(150, 50), image.get_pixel(50, 350));
        assert!(above[0] > 180 && below[0] < 90, "{above:?} {below:?}");
    }
}

#[test]
fn where_a_picture_was_taken_goes_into_no_page() {
    let original = taken_by_telephone(&jpeg(400, 200), 1);
    let holds = |bytes: &[u8], mark: &[u8]| bytes.windows(mark.len()).any(|found| found == mark);
    assert!(holds(&original, b"47.9990N"));
    for (address, bytes) in files(&fine(original), &Cache::in_memory()) {
        for mark in [&b"47.9990N"[..], b"GPS", b"Exif", b"EXIF"] {
            assert!(!holds(&bytes, mark), "{address} holds it");
        }
    }
}

#[test]
fn a_drawing_keeps_its_see_through_parts() {
    let mut image = DynamicImage::ImageRgb8(drawn(600, 400)).into_rgba8();
    image.get_pixel_mut(10, 10)[3] = 0;
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, ImageFormat::Png).unwrap();
    let (pictures, said) = load("content/images/Book Spines.png", bytes.into_inner());
    assert_eq!(said, [""; 0]);
    for (address, bytes) in files(&pictures, &Cache::in_memory()) {
        assert!(address.starts_with("/assets/images/book-spines."), "{address}");
        assert!(image::load_from_memory(&bytes).unwrap().color().has_alpha(), "{address}");
    }
}

#[test]
fn what_is_no_picture_for_a_page_is_told_before_it_is_decoded() {
    let said = |file: &str, bytes: Vec<u8>| load(file, bytes).1.join("\n");
    let whole = jpeg(40, 40);
    let half = whole[..whole.len() / 2].to_vec();
    let png = saved(&drawn(40, 40), ImageFormat::Png);
    // A picture of 60,000 × 60,000 pixels that takes a few bytes: only its header says so.
    let mut bomb = png.clone();
    bomb[16..24].copy_from_slice(&[0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60]);
    let crc = png_crc(&bomb[12..29]);
    bomb[29..33].copy_from_slice(&crc);
    for (file, bytes, expected) in [
        ("a.jpg", b"words".to_vec(), "unreadable-image"),
        ("a.jpg", Vec::new(), "unreadable-image"),
        ("a.jpg", half, "unreadable-image this picture can't be read: its end is missing"),
        ("a.png", png[..png.len() - 12].to_vec(), "unreadable-image"),
        ("a.png", bomb, "image-too-large this picture has 60000 × 60000 pixels"),
        ("a.svg", b"<svg/>".to_vec(), "image-kind"),
        ("a.GIF", b"GIF89a".to_vec(), "image-kind"),
        ("a.webp", b"RIFF\x12\0\0\0WEBPVP8X\x0a\0\0\0\x02\0\0\0".to_vec(), "image-kind"),
    ] {
        let said = said(file, bytes);
        assert!(said.starts_with(expected), "{file}: {said:?} instead of {expected:?}");
    }
}

/// The checksum of a part of a PNG.
fn png_crc(bytes: &[u8]) -> [u8; 4] {
    let mut crc = flate2::Crc::new();
    crc.update(bytes);
    crc.sum().to_be_bytes()
}

#[test]
fn a_picture_that_is_not_there_has_no_element() {
    let pictures = fine(jpeg(40, 40));
    for target in ["../images/other.jpg", "https://evil.example/images/desk.jpg", ""] {
        let image = Image { target, alt: "", title: None };
        assert_eq!(pictures.html("content/services/video.md", &image), None);
    }
    assert!(pictures.file("/assets/images/other.jpg", &Cache::in_memory()).is_none());
    assert!(pictures.file("/assets/site.css", &Cache::in_memory()).is_none());
}

#[test]
fn an_unchanged_picture_is_made_once() {
    let folder = tempfile::tempdir().unwrap();
    let build = |bytes: Vec<u8>| {
        let cache = Cache::in_folder(folder.path());
        let files = files(&fine(bytes), &cache);
        (files, cache.made())
    };
    let (first, made) = build(jpeg(700, 300));
    assert_eq!(made, 3);
    assert_eq!(build(jpeg(700, 300)), (first.clone(), 0));
    assert_eq!(build(jpeg(700, 301)).1, 3);
    assert_eq!(build(jpeg(700, 300)), (first, 0));
}

#[test]
fn a_damaged_file_of_the_cache_is_made_again() {
    let folder = tempfile::tempdir().unwrap();
    let pictures = fine(jpeg(700, 300));
    let first = files(&pictures, &Cache::in_folder(folder.path()));
    for (index, entry) in fs::read_dir(folder.path()).unwrap().enumerate() {
        let path = entry.unwrap().path();
        let bytes = fs::read(&path).unwrap();
        let damaged = match index {
            0 => bytes[..bytes.len() - 1].to_vec(),
            1 => [&bytes[..90], &[bytes[90] ^ 1], &bytes[91..]].concat(),
            _ => Vec::new(),
        };
        fs::write(path, damaged).unwrap();
    }
    let cache = Cache::in_folder(folder.path());
    assert_eq!(files(&pictures, &cache), first);
    assert_eq!(cache.made(), 3);
}

#[test]
fn pictures_are_the_same_bytes_whatever_the_number_of_threads() {
    let many: BTreeMap<_, _> =
        (0..6).map(|n| (format!("content/images/{n}.jpg"), jpeg(500 + n, 200))).collect();
    let made = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| files(&Pictures::load(many.clone()).0, &Cache::in_memory()))
    };
    let one = made(1);
    assert_eq!(one.len(), 18);
    assert_eq!(made(4), one);
}

#[test]
fn one_file_is_made_when_it_is_asked_for() {
    let pictures = fine(jpeg(700, 300));
    let cache = Cache::in_memory();
    let addresses: BTreeSet<String> = pictures.addresses();
    let all = files(&pictures, &Cache::in_memory());
    for address in &addresses {
        for _ in 0..2 {
            assert_eq!(&pictures.file(address, &cache).unwrap().unwrap(), &all[address]);
        }
    }
    assert_eq!(cache.made(), addresses.len());
}

#[test]
fn a_build_writes_the_pictures_that_pages_show_and_no_others() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let content = folder.path().join("content");
    for entry in walkdir::WalkDir::new(root.join("content")) {
        let entry = entry.unwrap();
        let to = content.join(entry.path().strip_prefix(root.join("content")).unwrap());
        if entry.file_type().is_dir() {
            fs::create_dir_all(to).unwrap();
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
    fs::write(content.join("images/draft.jpg"), jpeg(300, 200)).unwrap();
    let folders = generator::Folders { content, templates: root.join("templates") };
    let site = generator::load(&folders).unwrap().site.unwrap();
    let options = generator::Options {
        base_url: None,
        today: jiff::civil::date(2026, 12, 3),
        development: None,
    };
    let out = folder.path().join("dist");
    let build = || generator::build(&site, &options, &out, Compress::None, &|| ()).unwrap();
    assert_eq!(build().pictures_made, 4);
    let written: Vec<_> = fs::read_dir(out.join("site/assets/images"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(written.len(), 4, "{written:?}");
    assert!(written.iter().all(|name| name.starts_with("video-call.")), "{written:?}");
    let again = build();
    assert_eq!((again.pictures_made, again.written, again.removed), (0, 0, 0));
}
