//! The site that the desk of these tests serves: `tests/site/` over the base site of the generator's
//! fixtures. Templates are the real ones, and so are the strings and mails that they need, but for
//! those that tests look for: these stand in `tests/site/`, too. So no change of `content/` changes
//! what a test sees.

use domain::LanguageTag;
use generator::{Folders, Severity};
use render::Renderer;
use std::fs;
use std::path::Path;
use std::sync::{Arc, LazyLock};

pub(crate) static RENDERER: LazyLock<Arc<Renderer>> = LazyLock::new(|| {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = here.parent().unwrap();
    let own = here.join("tests/site");
    let folder = tempfile::tempdir().unwrap();
    let content = folder.path().join("content");
    copy(&root.join("generator/tests/fixtures/base/content"), &content);
    for of_templates in ["mails", "strings"] {
        copy(&root.join("content").join(of_templates), &content.join(of_templates));
    }
    for kind in ["branches", "mails", "topics"] {
        copy(&own.join(kind), &content.join(kind));
    }
    for file in ["ids.yaml", "site.yaml"] {
        fs::copy(own.join(file), content.join(file)).unwrap();
    }
    let folders = Folders { content, templates: root.join("templates") };
    let loaded = generator::load(&folders).unwrap();
    let mistakes = loaded.diagnostics.iter().filter(|said| said.severity == Severity::Error);
    let mistakes: Vec<_> =
        mistakes.map(|said| format!("{}: {}", said.file, said.message)).collect();
    assert_eq!(mistakes, Vec::<String>::new());
    let mut bundle = loaded.site.unwrap().bundle();
    for (language, strings) in &mut bundle.strings {
        if let Ok(kept) = fs::read_to_string(own.join(strings_of(language))) {
            *strings = with_lines(strings, &kept);
        }
    }
    Arc::new(Renderer::new(Arc::new(bundle)).unwrap())
});

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let to = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &to);
        } else {
            fs::copy(&path, &to).unwrap();
        }
    }
}

fn strings_of(language: &LanguageTag) -> String {
    format!("strings/{language}.ftl")
}

/// Strings of one line each in place of those of their names.
fn with_lines(strings: &str, kept: &str) -> String {
    let mut strings = strings.to_owned();
    for line in kept.lines() {
        let (name, _) = line.split_once(" = ").unwrap();
        let begin = format!("\n{name} =");
        let from = strings.find(&begin).unwrap_or_else(|| panic!("no string {name}")) + 1;
        let next = strings[from..].match_indices('\n').map(|(at, _)| from + at + 1);
        // A string goes on in lines that are indented or close a brace.
        let mut ends = next.filter(|at| !strings[*at..].starts_with([' ', '}']));
        let to = ends.next().unwrap_or(strings.len());
        strings.replace_range(from..to, &format!("{line}\n"));
    }
    strings
}
