//! Who sees whom. The tables below are the directions of `ARCHITECTURE.md`; the tests read every
//! path that the sources name, in `use` lines and elsewhere, and hold them to the tables.
//!
//! A method can be called without naming where it is written, so an `impl` of another room's type
//! is a way around: write such a method where everybody who calls it may look.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod paths;

use paths::named_paths;
use std::fs;
use std::path::Path;

/// A room, and what it never sees. A room is a crate, or a module of one: `generator/check` is
/// `generator/src/check.rs` with all that is in `generator/src/check/`. The command is `src`. What a
/// module never sees are modules of its own crate, unless they are written with theirs.
const NEVER: &[(&str, &str)] = &[
    // Between crates: src → generator | handler → render → domain.
    ("domain", "render generator handler"),
    ("render", "generator handler"),
    ("generator", "handler"),
    ("handler", "generator"),
    // In the generator: mistakes and paths, then one file, then all of them as a site, then what is
    // done with it.
    ("generator/diagnostic", "paths images file source site blocks check pages load"),
    ("generator/paths", "images file source site blocks check pages load"),
    ("generator/images", "file source site blocks check pages load"),
    ("generator/file", "source site blocks check pages load write new translations"),
    ("generator/site", "source blocks check pages load write new translations"),
    ("generator/blocks", "site check pages load write new translations"),
    ("generator/check", "source pages load write new translations"),
    ("generator/pages", "source check load write new translations"),
    ("generator/translations", "check pages load write new"),
    ("generator/load", "pages write new translations"),
    // In the handler: what is kept and what it is sealed with, then cases, then what is done with
    // them, then who asks for it.
    ("handler/crypto", "case store cases mail jobs http patron staff"),
    ("handler/case", "store cases mail jobs http patron staff"),
    ("handler/store", "cases mail jobs http patron staff"),
    ("handler/cases", "http"),
    ("handler/mail", "http"),
    ("handler/jobs", "http"),
    ("handler/patron", "staff"),
    ("handler/patron/intake", "http"),
    ("handler/staff", "patron"),
];

/// A name, and the rooms in which alone it stands. `aws_*` is every name that begins so.
const ONLY: &[(&str, &[&str])] = &[
    // The environment and the clock are handed in.
    ("std::env", &["src", "handler/bin", "handler/cloud"]),
    ("SystemTime", &["src", "handler/bin", "handler/cloud"]),
    ("Timestamp::now", &["src", "handler/bin", "handler/cloud"]),
    ("Zoned::now", &["src", "handler/bin", "handler/cloud"]),
    // Amazon's libraries.
    (
        "aws_*",
        &["handler/store/dynamodb", "handler/mail/mailer/ses", "handler/cloud", "handler/bin"],
    ),
    ("lambda_*", &["handler/cloud", "handler/bin"]),
    // What a browser asks and is answered: whatever else uses a case could serve a mail or a job.
    (
        "axum",
        &["src", "handler/app", "handler/http", "handler/patron", "handler/staff", "handler/cloud"],
    ),
    // Words for people: what they are told is a template or a string, and is written by an editor.
    ("fluent_*", &["render", "generator"]),
    ("pulldown_cmark*", &["render"]),
    ("tera", &["render"]),
    ("icu_datetime", &["render"]),
    // Files are read and written at the edges.
    ("std::fs", &["src", "generator", "handler"]),
    ("std::net", &["src", "handler"]),
];

/// What a room names and must not.
fn wrong(room: &str, file: &str, text: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    for path in named_paths(room, text) {
        for (place, never) in NEVER.iter().filter(|(place, _)| is_in(room, place)) {
            let seen = rooms(place, never).into_iter().find(|seen| is_in(&path.join("/"), seen));
            wrong.extend(seen.map(|seen| {
                format!("{file}: {place} never sees {seen}, and this names {}", path.join("::"))
            }));
        }
        for (name, places) in ONLY.iter().filter(|(name, _)| holds(&path, name)) {
            if !places.iter().any(|place| is_in(room, place)) {
                wrong.push(format!("{file}: {name} stands in {} alone", places.join(", ")));
            }
        }
    }
    wrong
}

/// The rooms that a row names.
fn rooms(place: &str, named: &str) -> Vec<String> {
    let own = place.split_once('/').map(|(own, _)| own);
    let whole = |room: &str| match own.filter(|_| !room.contains('/')) {
        Some(own) => format!("{own}/{room}"),
        None => room.to_owned(),
    };
    named.split(' ').map(whole).collect()
}

/// Whether a room is this one or lies in it.
fn is_in(room: &str, place: &str) -> bool {
    room.strip_prefix(place).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Whether a path holds a name: its parts one after the other.
fn holds(path: &[String], name: &str) -> bool {
    let parts: Vec<_> = name.split("::").collect();
    let fits = |part: &String, name: &str| match name.strip_suffix('*') {
        Some(beginning) => part.starts_with(beginning),
        None => part == name,
    };
    path.windows(parts.len())
        .any(|window| window.iter().zip(&parts).all(|(part, name)| fits(part, name)))
}

/// Every source file: its room, its path and its text.
fn sources() -> Vec<(String, String, String)> {
    fn read(folder: &Path, room: &str, found: &mut Vec<(String, String, String)>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let room = match name.as_str() {
                "lib" | "main" | "mod" => room.to_owned(),
                name => format!("{room}/{name}"),
            };
            if path.is_dir() {
                read(&path, &room, found);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                found.push((room, path.display().to_string(), text));
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    for room in ["domain", "render", "generator", "handler"] {
        read(&root.join(room).join("src"), room, &mut found);
    }
    read(&root.join("src"), "src", &mut found);
    found
}

#[test]
fn nobody_sees_what_they_never_see() {
    let sources = sources();
    assert!(sources.len() > 200, "{}", sources.len());
    let wrong: Vec<_> =
        sources.iter().flat_map(|(room, file, text)| wrong(room, file, text)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_room_of_the_tables_is_there() {
    let sources = sources();
    let mut named: Vec<_> =
        ONLY.iter().flat_map(|(_, places)| places.iter().map(ToString::to_string)).collect();
    for (place, never) in NEVER {
        named.push((*place).to_owned());
        named.extend(rooms(place, never));
    }
    for place in named {
        let there = sources.iter().any(|(room, ..)| is_in(room, &place));
        assert!(there, "there is no {place}");
    }
}

/// A wrong line for each pair of the first table, planted in every form in which it can be written.
#[test]
fn each_wrong_line_that_is_planted_is_found() {
    for (place, never) in NEVER {
        for seen in rooms(place, never) {
            let (of, path) = (seen.split('/').next().unwrap(), seen.replace('/', "::"));
            let path = match path.strip_prefix(&format!("{of}::")) {
                Some(inner) if place.starts_with(&format!("{of}/")) => format!("crate::{inner}"),
                _ => path,
            };
            let (above, last) = path.rsplit_once("::").unwrap_or(("", &path));
            let nested = match above {
                "" => format!("use {{std::fmt, {last}::{{self, a}}}};"),
                above => format!("use {above}::{{a::b, {last}::{{c, d as e}}}};"),
            };
            for planted in [
                format!("use {path}::a;"),
                format!("pub(crate) use {path}::*;"),
                format!("fn f() -> {path}::A {{ {path}::a() }}"),
                format!("#[cfg(test)]\nmod tests {{\n    use {path}::a;\n}}"),
                nested,
            ] {
                let wrong = wrong(place, "planted.rs", &planted);
                assert!(!wrong.is_empty(), "{place}: {planted}");
            }
            let told =
                format!("/// See [`{path}::a`].\nconst A: &str = \"{path}::a\"; // {path}::a");
            assert_eq!(wrong(place, "planted.rs", &told), Vec::<String>::new());
        }
    }
    for (name, places) in ONLY {
        let name = name.replace('*', "sdk");
        let (above, last) = name.rsplit_once("::").unwrap_or(("std::time", &name));
        let planted =
            [format!("fn f() {{ {name}::a(); }}"), format!("use {above}::{{fmt, {last} as x}};")];
        for room in ["domain/id", "render/locale", "generator/file", "handler/cases"] {
            let may = places.iter().any(|place| is_in(room, place));
            for planted in &planted {
                let wrong = wrong(room, "planted.rs", planted);
                assert_eq!(wrong.is_empty(), may, "{room}: {planted}");
            }
        }
    }
}
