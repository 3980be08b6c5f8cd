//! Tokens, which stand between spaces, and where a sentence ends in them.

/// What the bytes of a token say about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TokenTraits(u8);

impl TokenTraits {
    const SPACE: u8 = 1;
    const NOT_ASCII: u8 = 1 << 1;
    const CODE: u8 = 1 << 2;
    const MARK: u8 = 1 << 3;

    /// Of each byte, so that each costs one look-up.
    const OF: [u8; 256] = {
        let mut kinds = [0; 256];
        let mut at = 0;
        while at < kinds.len() {
            kinds[at] = match at as u8 {
                b' ' | b'\t' | b'\n' | b'\x0c' | b'\r' => Self::SPACE,
                b'@' | b'/' | b'_' | b'{' | b'0'..=b'9' | b'\\' => Self::CODE,
                b'.' | b'!' | b'?' => Self::MARK,
                // With these begin ؟ । … 。 and ！ ？.
                0xd8 | 0xe0 | 0xe2 | 0xe3 | 0xef => Self::MARK | Self::NOT_ASCII,
                0x80.. => Self::NOT_ASCII,
                _ => 0,
            };
            at += 1;
        }
        kinds
    };

    fn of(byte: u8) -> u8 {
        Self::OF[usize::from(byte)]
    }

    pub(super) fn is_ascii(self) -> bool {
        self.0 & Self::NOT_ASCII == 0
    }

    /// Whether it has what stands in addresses and file names and not in words.
    pub(super) fn is_code(self) -> bool {
        self.0 & Self::CODE != 0
    }

    /// Whether it may end a sentence.
    pub(super) fn has_mark(self) -> bool {
        self.0 & Self::MARK != 0
    }
}

/// The token that a text begins with, and its kind.
pub(super) fn first(text: &str) -> (&str, TokenTraits) {
    let mut kinds = 0;
    for (at, byte) in text.bytes().enumerate() {
        let kind = TokenTraits::of(byte);
        if kind & TokenTraits::SPACE != 0 {
            return (&text[..at], TokenTraits(kinds));
        }
        kinds |= kind;
    }
    (text, TokenTraits(kinds))
}

/// Where the spaces end that a text begins with, from a byte on.
pub(super) fn after_spaces(text: &str, mut at: usize) -> usize {
    while text.as_bytes().get(at).is_some_and(u8::is_ascii_whitespace) {
        at += 1;
    }
    at
}

/// What may stand between a sentence's mark and the space.
const CLOSING: [char; 8] = ['"', ')', '\'', '”', '’', '»', ']', '*'];

/// A token without the full stop at its end, and whether it ends a sentence.
pub(super) fn without_end(token: &str) -> (&str, bool) {
    let core = token.trim_end_matches(CLOSING);
    let inner = core.trim_end_matches('.');
    let ends = inner.len() < core.len() || core.ends_with(['!', '?', '؟', '…', '।']);
    (inner, ends)
}

/// Where a sentence ends whose words needn't be read, from the beginning of one of its tokens on:
/// at the next token that [`without_end`] says ends one, or after a full stop of Chinese, which no
/// space follows. It looks at marks alone.
pub(super) fn sentence_end(text: &str, mut at: usize) -> usize {
    let bytes = text.as_bytes();
    while let Some(next) =
        bytes[at..].iter().position(|byte| TokenTraits::of(*byte) & TokenTraits::MARK != 0)
    {
        let rest = &text[at + next..];
        let Some(mark) = rest.chars().next() else { break };
        at += next + mark.len_utf8();
        match mark {
            '。' | '！' | '？' => return at,
            '.' | '!' | '?' | '؟' | '…' | '।' => {
                let after = text[at..].trim_start_matches(CLOSING);
                if after.is_empty() || after.starts_with(|c: char| c.is_ascii_whitespace()) {
                    return after_spaces(text, text.len() - after.len());
                }
            }
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The same, token by token.
    fn read_to_end(text: &str) -> usize {
        let mut at = 0;
        while at < text.len() {
            let (token, _) = first(&text[at..]);
            if let Some(stop) = token.find(['。', '！', '？']) {
                return at + stop + '。'.len_utf8();
            }
            at = after_spaces(text, at + token.len());
            if without_end(token).1 {
                break;
            }
        }
        at
    }

    fn check(text: &str, expected: &str) {
        assert_eq!(&text[..sentence_end(text, 0)], expected);
        assert_eq!(&text[..read_to_end(text)], expected);
    }

    #[test]
    fn a_sentence_ends_at_its_mark() {
        check("Call us. We help.", "Call us. ");
        check("He said \"Call us!\"  Then", "He said \"Call us!\"  ");
        check("Wait… there", "Wait… ");
        check("您好。請打電話！", "您好。");
        check("see library.example/a?b=c or ask", "see library.example/a?b=c or ask");
        check("¿Qué…? Nada", "¿Qué…? ");
        check("هل؟ نعم", "هل؟ ");
    }

    #[test]
    fn tokens_know_their_kind() {
        let kind = |token| first(token).1;
        assert!(kind("room2").is_code() && !kind("room").is_code());
        assert!(kind("room.").has_mark() && !kind("room").has_mark());
        assert!(kind("room").is_ascii() && !kind("phòng").is_ascii());
        assert!(
            ["هل؟", "क।", "Wait…", "您好。", "您好！", "您好？"]
                .map(kind)
                .iter()
                .all(|k| k.has_mark())
        );
        assert_eq!(first("two words").0, "two");
    }

    proptest! {
        #[test]
        fn sentences_end_where_reading_each_token_finds_it(
            text in "[ \t\n\u{b}\u{a0}a9é.!?؟…।。！？\"')”’»\\]*—「ة가—’]{0,40}",
        ) {
            prop_assert_eq!(sentence_end(&text, 0), read_to_end(&text));
        }

        #[test]
        fn sentences_of_any_text_end_so_too(text in "\\PC{0,60}") {
            prop_assert_eq!(sentence_end(&text, 0), read_to_end(&text));
        }
    }
}
