//! The same bytes, smaller, for browsers that unpack them.

use std::io::{self, Write};

/// In brotli, at a quality from 0 to 11.
pub fn brotli(bytes: &[u8], quality: i32) -> io::Result<Vec<u8>> {
    let mut packed = Vec::new();
    // A window no larger than the text: the encoder would clear megabytes for each small page.
    let window = (usize::BITS - bytes.len().leading_zeros()).clamp(10, 22);
    let settings = brotli::enc::BrotliEncoderParams {
        quality,
        lgwin: i32::try_from(window).unwrap_or(22),
        size_hint: bytes.len(),
        ..Default::default()
    };
    brotli::BrotliCompress(&mut &bytes[..], &mut packed, &settings)?;
    Ok(packed)
}

/// In gzip, at a level from 0 to 9.
pub fn gzip(bytes: &[u8], level: u32) -> io::Result<Vec<u8>> {
    // No time and no name in the header: the same bytes each time.
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(level));
    encoder.write_all(bytes)?;
    encoder.finish()
}
