//! Making a picture's sizes. The same bytes from the same file, in any order of threads.

use super::{Cache, Format, Picture, QUALITY, Variant};
use crate::fault::caught;
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::imageops::FilterType as Filter;
use image::{DynamicImage, ImageDecoder, ImageEncoder, ImageReader, Limits};
use std::io::Cursor;
use thiserror::Error;

/// Part of each address: to be raised when the same settings make other bytes.
pub(super) const VERSION: u32 = 1;

/// Why a picture could not be made.
#[derive(Debug, Error)]
#[error("{file}: this picture can't be read: {what}; save it again as JPEG, PNG or WebP")]
pub struct ImageError {
    /// Its file.
    pub file: String,
    /// What is wrong with it.
    pub what: String,
}

/// The files of some sizes of a picture, by their addresses. It is decoded at most once.
pub(super) fn make(
    file: &str,
    picture: &Picture,
    wanted: &[Variant],
    cache: &Cache,
) -> Result<Vec<(String, Vec<u8>)>, ImageError> {
    let failed = |what: String| ImageError { file: file.to_owned(), what };
    let mut decoded = None;
    let mut made = Vec::new();
    for variant in wanted {
        let name = variant.address.rsplit('/').next().unwrap_or_default();
        let bytes = match cache.get(name) {
            Some(bytes) => bytes,
            None => {
                let whole = match &decoded {
                    Some(whole) => whole,
                    None => decoded.insert(safely(|| decode(picture)).map_err(failed)?),
                };
                let bytes = safely(|| encode(whole, variant, picture)).map_err(failed)?;
                cache.put(name, &bytes);
                bytes
            }
        };
        made.push((variant.address.clone(), bytes));
    }
    Ok(made)
}

/// A decoder may fail over what it reads, and what follows may fail then.
fn safely<T, E: ToString>(make: impl FnOnce() -> Result<T, E>) -> Result<T, String> {
    match caught(make) {
        Ok(made) => made.map_err(|error| error.to_string()),
        Err(fault) => Err(fault.to_string()),
    }
}

/// Upright, in eight bits, without what else the file holds.
fn decode(picture: &Picture) -> image::ImageResult<DynamicImage> {
    let mut reader =
        ImageReader::with_format(Cursor::new(&picture.bytes[..]), picture.header.format);
    reader.limits(Limits::default());
    let decoder = reader.into_decoder()?;
    let has_alpha = decoder.color_type().has_alpha();
    let mut whole = DynamicImage::from_decoder(decoder)?;
    whole.apply_orientation(picture.header.orientation);
    Ok(if has_alpha { whole.into_rgba8().into() } else { whole.into_rgb8().into() })
}

fn encode(whole: &DynamicImage, variant: &Variant, picture: &Picture) -> Result<Vec<u8>, String> {
    let Variant { width, height, kind, .. } = *variant;
    let sized;
    let image = if (whole.width(), whole.height()) == (width, height) {
        whole
    } else {
        sized = whole.resize_exact(width, height, Filter::Lanczos3);
        &sized
    };
    let mut bytes = Vec::new();
    let color = image.color().into();
    match kind {
        Format::WebP => return webp(image, picture),
        Format::Jpeg => JpegEncoder::new_with_quality(&mut bytes, QUALITY[1]).write_image(
            image.to_rgb8().as_raw(),
            width,
            height,
            image::ExtendedColorType::Rgb8,
        ),
        Format::Png => {
            PngEncoder::new_with_quality(&mut bytes, CompressionType::Best, FilterType::Adaptive)
                .write_image(image.as_bytes(), width, height, color)
        }
    }
    .map_err(|error| error.to_string())?;
    Ok(bytes)
}

/// A photograph loses what nobody sees. A PNG is often a picture of a screen or a drawing, which is
/// smaller, and sharp, without loss: the smaller of the two is taken.
fn webp(image: &DynamicImage, picture: &Picture) -> Result<Vec<u8>, String> {
    let (width, height) = (image.width(), image.height());
    let encoder = match image {
        DynamicImage::ImageRgba8(image) => webp::Encoder::from_rgba(image, width, height),
        DynamicImage::ImageRgb8(image) => webp::Encoder::from_rgb(image, width, height),
        _ => return Err("its colors can't be kept".to_owned()),
    };
    let quality = f32::from(QUALITY[0]);
    let make = |lossless| {
        let made = encoder.encode_simple(lossless, quality);
        made.map(|bytes| bytes.to_vec()).map_err(|error| format!("{error:?}"))
    };
    let lossy = make(false)?;
    if picture.header.format != image::ImageFormat::Png {
        return Ok(lossy);
    }
    let lossless = make(true)?;
    Ok(if lossless.len() <= lossy.len() { lossless } else { lossy })
}
