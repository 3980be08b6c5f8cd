//! Placeholders such as `{phone}`: a text names a value, the site knows it.

use super::Options;
use crate::dates::one_full_stop;
use crate::html::escape;
use std::ops::Range;

/// Puts values into a plain text. Fails with the name of a placeholder that has none.
pub fn fill(text: &str, value: impl Fn(&str) -> Option<String>) -> Result<String, String> {
    let mut filled = String::new();
    let mut rest = 0;
    for (name, place) in placeholders(text) {
        filled.push_str(&text[rest..place.start]);
        filled.push_str(&value(&name).ok_or(name)?);
        rest = place.end;
    }
    filled.push_str(&text[rest..]);
    Ok(one_full_stop(&filled))
}

/// The placeholders of a text, `{like_this}`, and where they stand.
pub fn placeholders(text: &str) -> Vec<(String, Range<usize>)> {
    let mut found = Vec::new();
    for (open, _) in text.match_indices('{') {
        let rest = &text[open + 1..];
        let of_name = |b: &u8| b.is_ascii_lowercase() || *b == b'_';
        let length = rest.bytes().take_while(of_name).count();
        if length > 0 && rest[length..].starts_with('}') {
            found.push((rest[..length].to_owned(), open..open + length + 2));
        }
    }
    found
}

/// A plain text with the values there are.
pub(super) fn fill_plain(text: &str, options: &Options<'_>) -> String {
    let filled =
        fill(text, |name| Some((options.value)(name).unwrap_or_else(|| format!("{{{name}}}"))));
    filled.unwrap_or_else(|_| text.to_owned())
}

/// Writes a text with its values. What surrounds them goes through `write`; nothing in a value is
/// markup. A line of a value that is an address becomes a link, but not inside another link.
pub(super) fn write_filled(
    out: &mut String,
    text: &str,
    in_link: bool,
    options: &Options<'_>,
    write: impl Fn(&mut String, &str),
) {
    if !text.contains('{') {
        return write(out, text);
    }
    let mut html = String::new();
    let mut rest = 0;
    for (name, place) in placeholders(text) {
        let Some(value) = (options.value)(&name) else {
            continue;
        };
        write(&mut html, &text[rest..place.start]);
        for (number, line) in value.lines().enumerate() {
            if number > 0 {
                html.push_str("<br>\n");
            }
            let escaped = escape(line);
            let address = line.starts_with("https://") || line.starts_with("http://");
            if address && !in_link {
                html.push_str(&format!("<a href=\"{escaped}\">{escaped}</a>"));
            } else {
                html.push_str(&escaped);
            }
        }
        rest = place.end;
    }
    write(&mut html, &text[rest..]);
    out.push_str(&one_full_stop(&html));
}
