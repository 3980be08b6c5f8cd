//! Checks whether a translation can take a block's place: it keeps placeholders and link targets,
//! and is a single block of the same kind.

use crate::blocks::words;
use crate::file::block::{Block, BlockOrigin, body_blocks, indented};
use render::markdown::blocks::BlockKind;
use render::markdown::{Document, Thing, placeholders};

/// The text as it is to be written, or why it can't be.
pub(crate) fn verify(source: &Block, given: &str) -> Result<String, String> {
    let text = match source.origin {
        BlockOrigin::Key("also_known_as") => words(given).join(", "),
        BlockOrigin::Key(_) => given.split_whitespace().collect::<Vec<_>>().join(" "),
        BlockOrigin::Body(_) => given.lines().map(str::trim_end).collect::<Vec<_>>().join("\n"),
    };
    if text.is_empty() {
        return Err("it is empty".to_owned());
    }
    let names = |text: &str| {
        placeholders(text).into_iter().map(|(name, _)| format!("{{{name}}}")).collect()
    };
    same(names(&source.text), names(&text), "")?;
    let BlockOrigin::Body(kind) = source.origin else { return Ok(text) };
    same(targets(&source.text), targets(&text), "the link to ")?;
    match body_blocks(&with_marks(kind, &text), 1).as_slice() {
        [one] if one.origin == source.origin && one.text == text => Ok(text),
        [] | [_] => Err(format!("it would no longer be a {}", source.name())),
        many => Err(format!("it would be {} blocks, not one {}", many.len(), source.name())),
    }
}

/// Whether two texts hold the same things, however often and in whatever order.
fn same(mut was: Vec<String>, mut is: Vec<String>, what: &str) -> Result<(), String> {
    was.sort();
    is.sort();
    if let Some(lost) = was.iter().find(|name| count(&is, name) < count(&was, name)) {
        return Err(format!("{what}{lost} is missing in it"));
    }
    match is.iter().find(|name| count(&is, name) > count(&was, name)) {
        Some(strange) => Err(format!("{what}{strange} is not in the English")),
        None => Ok(()),
    }
}

fn count(names: &[String], name: &str) -> usize {
    names.iter().filter(|other| *other == name).count()
}

fn targets(text: &str) -> Vec<String> {
    let spots = Document::parse(text).spots().into_iter();
    let targets = spots.filter_map(|spot| match spot.what {
        Thing::Link(target) | Thing::Image { target, .. } => Some(target),
        _ => None,
    });
    targets.collect()
}

/// The text as a block of its own.
fn with_marks(kind: BlockKind, text: &str) -> String {
    match kind {
        BlockKind::Heading(level) => format!("{} {text}\n", "#".repeat(usize::from(level))),
        BlockKind::Item => format!("- {}\n", indented(text, 2)),
        _ => format!("{text}\n"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(source: &str, given: &str, expected: Result<&str, &str>) {
        let block = &body_blocks(source, 1)[0];
        let expected = expected.map(str::to_owned).map_err(str::to_owned);
        assert_eq!(verify(block, given), expected);
    }

    #[test]
    fn a_number_to_call_is_never_lost() {
        check("Call {phone}.", "Xin gọi {phone}.", Ok("Xin gọi {phone}."));
        check("Call {phone}.", "Xin gọi.", Err("{phone} is missing in it"));
        check("Call.", "Xin gọi {phone}.", Err("{phone} is not in the English"));
    }

    #[test]
    fn a_link_leads_where_it_led() {
        check("[a](a.md)", "[á](a.md)", Ok("[á](a.md)"));
        check("[a](a.md)", "[á](b.md)", Err("the link to a.md is missing in it"));
        check(
            "a",
            "[á](https://b.example)",
            Err("the link to https://b.example is not in the English"),
        );
    }

    #[test]
    fn a_block_stays_one_block_of_its_kind() {
        check("## A", "Á", Ok("Á"));
        check("- a", "á\n- b", Ok("á\n- b"));
        check("a", "á\n\nb", Err("it would be 2 blocks, not one paragraph"));
        check("a", "# á", Err("it would no longer be a paragraph"));
        check("## A", "Á\nb", Err("it would be 2 blocks, not one heading"));
    }
}
