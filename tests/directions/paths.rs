//! The paths that a source file names, without compiling it: `use` trees are taken apart, and
//! `crate`, `self` and `super` are written out.

/// The paths in a file of this room, from their crates on: `generator::paths::Folder`. Comments and
/// the insides of strings are no code.
pub(crate) fn named_paths(room: &str, text: &str) -> Vec<Vec<String>> {
    let tokens = tokens(text);
    let home: Vec<String> = room.split('/').map(str::to_owned).collect();
    let mut reader = Reader { tokens: &tokens, at: 0, found: Vec::new() };
    let mut modules: Vec<(String, usize)> = Vec::new();
    let mut depth = 0;
    let mut named = Vec::new();
    while let Some(token) = reader.peek() {
        match token {
            "{" => depth += 1,
            "}" => {
                depth -= 1;
                modules.retain(|(_, inside)| *inside <= depth);
            }
            "mod" if reader.peek_at(2) == Some("{") => {
                let name = reader.peek_at(1).unwrap_or_default().to_owned();
                modules.push((name, depth + 1));
            }
            _ => {}
        }
        if token == "use" {
            reader.at += 1;
            reader.tree(&[]);
        } else if is_name(token) {
            reader.path();
        } else {
            reader.at += 1;
        }
        let inner: Vec<_> = modules.iter().map(|(name, _)| name.clone()).collect();
        let here = [home.clone(), inner].concat();
        // One name alone is a path only behind `use`.
        let found = reader.found.drain(..).filter(|path| token == "use" || path.len() > 1);
        named.extend(found.map(|path| written_out(path, &here)));
    }
    named
}

/// Without `crate`, `self` and `super`.
fn written_out(path: Vec<String>, here: &[String]) -> Vec<String> {
    let mut base: Vec<String> = match path.first().map(String::as_str) {
        Some("crate") => here[..1].to_vec(),
        Some("self" | "super") => here.to_vec(),
        _ => return path,
    };
    for part in path {
        match part.as_str() {
            "crate" | "self" => {}
            "super" => drop(base.pop()),
            _ => base.push(part),
        }
    }
    base
}

struct Reader<'t> {
    tokens: &'t [String],
    at: usize,
    found: Vec<Vec<String>>,
}

impl<'t> Reader<'t> {
    fn peek(&self) -> Option<&'t str> {
        self.peek_at(0)
    }

    fn peek_at(&self, further: usize) -> Option<&'t str> {
        self.tokens.get(self.at + further).map(String::as_str)
    }

    fn next_if(&mut self, token: &str) -> bool {
        let is_it = self.peek() == Some(token);
        self.at += usize::from(is_it);
        is_it
    }

    /// A path outside `use`: names with `::` between.
    fn path(&mut self) {
        let mut path = Vec::new();
        while let Some(name) = self.peek().filter(|token| is_name(token)) {
            path.push(name.to_owned());
            self.at += 1;
            if !self.next_if("::") {
                break;
            }
        }
        self.found.push(path);
    }

    /// What stands behind `use`, or at a place of its braces.
    fn tree(&mut self, above: &[String]) {
        let mut path = above.to_vec();
        self.next_if("::");
        loop {
            match self.peek() {
                Some("{") => {
                    self.at += 1;
                    while self.peek().is_some_and(|token| token != "}") {
                        self.tree(&path);
                        self.next_if(",");
                    }
                    self.at += 1;
                    return;
                }
                Some("*") => {
                    self.at += 1;
                    self.found.push(path);
                    return;
                }
                Some(name) if is_name(name) => {
                    if name != "self" || path.is_empty() {
                        path.push(name.to_owned());
                    }
                    self.at += 1;
                    if !self.next_if("::") {
                        if self.next_if("as") {
                            self.at += 1;
                        }
                        self.found.push(path);
                        return;
                    }
                }
                // Not what `use` takes: the compiler says so.
                _ => {
                    self.at += 1;
                    return;
                }
            }
        }
    }
}

fn is_name(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// Names, `::` and single signs; no comments, no insides of strings.
fn tokens(text: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let length = match c {
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => comment(rest),
            '"' => string(rest),
            '\'' => letter(rest),
            'r' | 'b' | 'c' if raw(rest).is_some() => raw(rest).unwrap_or(1),
            c if c.is_alphanumeric() || c == '_' => {
                let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_'));
                let name = &rest[..end.unwrap_or(rest.len())];
                tokens.push(name.to_owned());
                name.len()
            }
            ':' if rest.starts_with("::") => {
                tokens.push("::".to_owned());
                2
            }
            c => {
                if !c.is_whitespace() {
                    tokens.push(c.to_string());
                }
                c.len_utf8()
            }
        };
        rest = &rest[length..];
    }
    tokens
}

/// The length of a comment that may hold others.
fn comment(text: &str) -> usize {
    let mut depth = 0;
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        if rest.starts_with("/*") {
            (depth, at) = (depth + 1, at + 2);
        } else if rest.starts_with("*/") {
            (depth, at) = (depth - 1, at + 2);
            if depth == 0 {
                return at;
            }
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    text.len()
}

/// The length of a string with its quotes.
fn string(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// The length of a letter in quotes; of a lifetime, that of its mark.
fn letter(text: &str) -> usize {
    let mut inside = text[1..].char_indices();
    match (inside.next(), inside.next()) {
        (Some((_, '\\')), Some((_, _))) => {
            inside.find(|(_, c)| *c == '\'').map_or(text.len(), |(at, _)| at + 2)
        }
        (Some(_), Some((at, '\''))) => at + 2,
        _ => 1,
    }
}

/// The length of a raw string, or one of bytes; `None` if this is a name.
fn raw(text: &str) -> Option<usize> {
    let prefix = ["br", "cr", "r", "b", "c"].into_iter().find(|prefix| {
        text.strip_prefix(prefix).is_some_and(|rest| rest.trim_start_matches('#').starts_with('"'))
    })?;
    let rest = &text[prefix.len()..];
    if !prefix.contains('r') {
        return rest.starts_with('"').then(|| prefix.len() + string(rest));
    }
    let marks = rest.len() - rest.trim_start_matches('#').len();
    let end = format!("\"{}", &rest[..marks]);
    let inside = &rest[marks + 1..];
    Some(prefix.len() + marks + 1 + inside.find(&end).map_or(inside.len(), |at| at + end.len()))
}

#[cfg(test)]
mod tests {
    use super::named_paths;

    fn check(text: &str, expected: &[&str]) {
        let mut paths: Vec<_> = named_paths("generator/check/links", text)
            .into_iter()
            .map(|path| path.join("::"))
            .collect();
        paths.sort();
        assert_eq!(paths, expected, "{text}");
    }

    #[test]
    fn a_tree_is_taken_apart() {
        check(
            "use crate::{file::{self, Parsed as P}, site::Site, paths::*};",
            &[
                "generator::file",
                "generator::file::Parsed",
                "generator::paths",
                "generator::site::Site",
            ],
        );
        check("pub(crate) use ::std::{env, fmt};", &["std::env", "std::fmt"]);
    }

    #[test]
    fn super_is_counted_from_where_it_stands() {
        check("use super::places;", &["generator::check::places"]);
        check("use super::super::pages;", &["generator::pages"]);
        check("mod tests { use super::super::places; }", &["generator::check::places"]);
        check("mod a { fn f() {} } use self::b::c;", &["generator::check::links::b::c"]);
    }

    #[test]
    fn paths_in_code_are_found_and_words_elsewhere_are_not() {
        let text = r##"
            /* crate::a /* crate::b */ crate::c */
            //! crate::d
            fn f<'a>(x: &'a crate::e::E) -> char { let _ = "crate::g \" crate::h"; 'x' }
            const RAW: &str = r#"crate::i " crate::j"#;
            const BYTES: &[u8] = b"crate::k";
            const QUOTE: char = '\''; const LETTER: char = '"'; fn g() { crate::l::m() }
        "##;
        check(text, &["generator::e::E", "generator::l::m"]);
    }
}
