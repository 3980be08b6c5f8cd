//! Reads a picture's header without decoding it, so that pictures we can't or won't show are cheap
//! to refuse, and are reported when the content is checked.

use super::Format;
use image::metadata::Orientation;
use image::{ImageDecoder, ImageFormat, ImageReader};
use std::io::Cursor;

/// More pixels than any page needs: 40 million are 160 MB in memory.
const PIXELS_MAX: u64 = 40_000_000;

/// WebP takes no side longer than 16,383.
const SIDE_MAX: u32 = 16_000;

/// What is known of a picture.
#[derive(Debug, Clone, Copy)]
pub(super) struct Header {
    pub(super) format: ImageFormat,
    /// How it has to be turned.
    pub(super) orientation: Orientation,
    /// Its size once it has been turned.
    pub(super) width: u32,
    pub(super) height: u32,
    /// The format for browsers without WebP.
    pub(super) fallback: Format,
}

/// A code, what is wrong, how to mend it.
type Refusal = (&'static str, String, String);

pub(super) fn read(file: &str, bytes: &[u8]) -> Result<Header, Refusal> {
    let ending = file.rsplit_once('.').map_or("", |(_, ending)| ending).to_ascii_lowercase();
    match ending.as_str() {
        "svg" => {
            return Err((
                "image-kind",
                "a drawing in SVG can hold programs and isn't shown".to_owned(),
                "save it as PNG".to_owned(),
            ));
        }
        "gif" => return Err(moving("a GIF isn't shown: it moves, or is a PNG in disguise")),
        _ => {}
    }
    let unreadable = |what: &str| {
        let message = format!("this picture can't be read: {what}");
        ("unreadable-image", message, "save it again as JPEG, PNG or WebP".to_owned())
    };
    let format =
        image::guess_format(bytes).map_err(|_| unreadable("it is no JPEG, PNG or WebP"))?;
    if format == ImageFormat::WebP && is_animated(bytes) {
        return Err(moving("this picture moves"));
    }
    if !ends_where_it_should(format, bytes) {
        return Err(unreadable("its end is missing"));
    }
    let mut decoder = ImageReader::with_format(Cursor::new(bytes), format)
        .into_decoder()
        .map_err(|error| unreadable(&error.to_string()))?;
    let (width, height) = decoder.dimensions();
    if width == 0 || height == 0 {
        return Err(unreadable("it is empty"));
    }
    if u64::from(width) * u64::from(height) > PIXELS_MAX || width.max(height) > SIDE_MAX {
        return Err((
            "image-too-large",
            format!("this picture has {width} × {height} pixels"),
            "make it smaller: pages show at most 1440 pixels across, and we read up to 40 million"
                .to_owned(),
        ));
    }
    let fallback = match format {
        ImageFormat::Png => Format::Png,
        ImageFormat::WebP if decoder.color_type().has_alpha() => Format::Png,
        _ => Format::Jpeg,
    };
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let lies = matches!(
        orientation,
        Orientation::Rotate90
            | Orientation::Rotate270
            | Orientation::Rotate90FlipH
            | Orientation::Rotate270FlipH
    );
    let (width, height) = if lies { (height, width) } else { (width, height) };
    Ok(Header { format, orientation, width, height, fallback })
}

fn moving(what: &str) -> Refusal {
    let help = "moving pictures distract and can't be stopped here: save one picture of it as PNG";
    ("image-kind", what.to_owned(), help.to_owned())
}

/// A file that was cut off on its way has no end; all three formats say where theirs is.
fn ends_where_it_should(format: ImageFormat, bytes: &[u8]) -> bool {
    match format {
        ImageFormat::Jpeg => scan(bytes).is_some_and(|scan| holds(scan, &[0xff, 0xd9])),
        ImageFormat::Png => holds(bytes, b"IEND"),
        ImageFormat::WebP => bytes
            .get(4..8)
            .and_then(|size| size.try_into().ok())
            .is_some_and(|size| bytes.len() >= u32::from_le_bytes(size) as usize + 8),
        _ => false,
    }
}

fn holds(bytes: &[u8], mark: &[u8]) -> bool {
    bytes.windows(mark.len()).any(|found| found == mark)
}

/// A JPEG from its first scan on. The segments before it may hold another JPEG, with an end of its
/// own: the preview that a camera makes.
fn scan(mut bytes: &[u8]) -> Option<&[u8]> {
    bytes = bytes.get(2..)?;
    loop {
        match bytes {
            [0xff, 0xff, ..] => bytes = &bytes[1..],
            [0xff, 0xda, ..] => return Some(bytes),
            [0xff, _, high, low, ..] => {
                bytes = bytes.get(2 + usize::from(u16::from_be_bytes([*high, *low]))..)?;
            }
            _ => return None,
        }
    }
}

/// The flag for it in a WebP with an extended header.
fn is_animated(bytes: &[u8]) -> bool {
    bytes.get(12..16) == Some(b"VP8X") && bytes.get(20).is_some_and(|flags| flags & 2 != 0)
}
