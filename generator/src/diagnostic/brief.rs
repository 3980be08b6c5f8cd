//! Messages quote what somebody wrote, however long it is; a reader needs its beginning and its end.

/// A word that is longer, such as a picture pasted as text, is cut in its middle.
const WORD: usize = 120;

/// So is the whole message.
const MESSAGE: usize = 600;

/// A message short enough to be read.
pub(super) fn brief(message: String) -> String {
    if message.len() <= WORD {
        return message;
    }
    let mut words = String::new();
    for word in message.split_inclusive(char::is_whitespace) {
        words.push_str(&cut(word, WORD));
    }
    cut(&words, MESSAGE)
}

/// A text of at most so many characters: more of its beginning than of its end.
fn cut(text: &str, most: usize) -> String {
    if text.len() <= most || text.chars().nth(most).is_none() {
        return text.to_owned();
    }
    let (first, last) = (most * 2 / 3, most / 3 - 1);
    let beginning: String = text.chars().take(first).collect();
    let end = text.char_indices().rev().take(last).last().map_or(text.len(), |(at, _)| at);
    format!("{beginning}…{}", &text[end..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_short_stays_as_it_is() {
        for text in ["", "there is no file x.md", &"ấ ".repeat(300)] {
            assert_eq!(brief(text.to_owned()), text);
        }
    }

    #[test]
    fn a_long_word_loses_its_middle_and_the_words_around_it_stay() {
        let said = brief(format!("there is no image data:{}xyz, and so on", "ấ".repeat(99_999)));
        assert!(said.starts_with("there is no image data:ấ"), "{said}");
        assert!(said.ends_with("ấxyz, and so on") && said.contains('…'), "{said}");
        assert!(said.chars().count() < 160, "{said}");
    }

    #[test]
    fn a_long_message_loses_its_middle() {
        let said = brief(format!("the link {}says nothing", "to and fro ".repeat(9_999)));
        assert!(said.starts_with("the link to and fro") && said.ends_with("fro says nothing"));
        assert_eq!(said.chars().count(), MESSAGE);
    }
}
