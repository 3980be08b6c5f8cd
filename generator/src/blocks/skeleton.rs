//! The beginning of a translation: everything that is to be translated, as comments.

use super::page_text::PageText;
use super::texts::NoTranslation;
use crate::file::block::BlockOrigin;
use render::markdown::blocks::BlockKind;

/// The first lines of a translation that isn't finished.
const DRAFT: &str = "---\n# Readers see English until this line is taken out.\ndraft: true\n";

/// A translation's file in which nothing is translated yet. Each key and each block has its source
/// in a comment `en: …` above its place. It begins as a draft, so that it breaks nothing until it
/// is finished.
pub fn skeleton(source_file: &str, source: &str) -> Result<String, NoTranslation> {
    let source = PageText::read(source_file, source)?;
    let mut text = String::from(DRAFT);
    let mut body = String::new();
    let mut in_list = false;
    for block in source.blocks() {
        // A comment ends at the first arrow.
        let comment = block.text.replace("-->", "--&gt;");
        let kind = match block.origin {
            BlockOrigin::Key(key) => {
                let lines: Vec<_> = block.text.lines().map(str::trim).collect();
                text.push_str(&format!("# en: {}\n{key}:\n", lines.join(" ")));
                continue;
            }
            BlockOrigin::Body(kind) => kind,
        };
        let marks = match kind {
            BlockKind::Heading(level) => format!("{} ", "#".repeat(usize::from(level))),
            BlockKind::Item => "- ".to_owned(),
            _ => String::new(),
        };
        let gap = if in_list && kind == BlockKind::Item { "" } else { "\n" };
        in_list = kind == BlockKind::Item;
        body.push_str(&format!("{gap}<!-- en: {marks}{comment} -->\n\n"));
    }
    text.push_str(&format!("---\n{body}"));
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_source_stands_in_comments_above_empty_places() {
        let source =
            "---\ntitle: Cards\ncare: true\ncard: One.\n---\n\nText.\n\n## Head\n\n- a\n- b\n";
        let expected = "---\n# Readers see English until this line is taken out.\ndraft: true\n# en: Cards\ntitle:\n# en: One.\ncard:\n---\n\n<!-- en: Text. -->\n\n\n<!-- en: ## Head -->\n\n\n<!-- en: - a -->\n\n<!-- en: - b -->\n\n";
        assert_eq!(skeleton("content/pages/cards.md", source).unwrap(), expected);
    }
}
