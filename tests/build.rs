//! What `build` writes: the same bytes whatever is around it, only what changed, and a folder that
//! the next build mends when one was killed.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use support::command;

type Tree = BTreeMap<PathBuf, Vec<u8>>;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All files below a folder.
fn tree(folder: &Path) -> Tree {
    fn add(folder: &Path, below: &Path, tree: &mut Tree) {
        for entry in fs::read_dir(below).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                add(folder, &path, tree);
            } else {
                let bytes = fs::read(&path).unwrap();
                tree.insert(path.strip_prefix(folder).unwrap().to_owned(), bytes);
            }
        }
    }
    let mut files = Tree::new();
    add(folder, folder, &mut files);
    files
}

/// Writes files in the order given.
fn write<'a>(files: impl Iterator<Item = (&'a PathBuf, &'a Vec<u8>)>, to: &Path) {
    for (path, bytes) in files {
        let target = to.join(path);
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::write(target, bytes).unwrap();
    }
}

fn build_command(content: &Path, out: &Path, compress: &str) -> std::process::Command {
    let mut build = command();
    build.args(["build", "--today", "2026-11-25", "--base-url", "https://help.example"]);
    build.args(["--compress", compress, "--content"]).arg(content).arg("--out").arg(out);
    build
}

fn build(content: &Path, out: &Path, compress: &str) -> String {
    let built = build_command(content, out, compress).output().unwrap();
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    String::from_utf8(built.stdout).unwrap()
}

/// Which files differ, by name: a failure that prints all bytes helps nobody.
fn differing(a: &Tree, b: &Tree) -> Vec<PathBuf> {
    let names = a.keys().chain(b.keys());
    names.filter(|path| a.get(*path) != b.get(*path)).cloned().collect()
}

#[test]
fn the_bytes_are_the_same_whatever_the_threads_the_folder_and_the_order_of_files() {
    let folder = tempfile::tempdir().unwrap();
    let content = tree(&root().join("content"));
    let mut builds = Vec::new();
    for (name, threads, backwards) in [("a", "1", false), ("another/b", "4", true)] {
        let from = folder.path().join(name).join("content");
        if backwards {
            write(content.iter().rev(), &from);
        } else {
            write(content.iter(), &from);
        }
        let out = folder.path().join(name).join("dist");
        let mut command = build_command(&from, &out, "all");
        command.env("RAYON_NUM_THREADS", threads);
        assert!(command.status().unwrap().success());
        builds.push(tree(&out));
    }
    assert_eq!(differing(&builds[0], &builds[1]), Vec::<PathBuf>::new());
    let html = Path::new("site/topics/catalog/index.html");
    for ending in ["html.br", "html.gz"] {
        assert!(builds[0].contains_key(&html.with_extension(ending)), "{ending}");
    }
}

#[test]
fn only_what_changed_is_written_and_what_no_longer_belongs_is_removed() {
    let folder = tempfile::tempdir().unwrap();
    let (from, out) = (folder.path().join("content"), folder.path().join("dist"));
    write(tree(&root().join("content")).iter(), &from);
    build(&from, &out, "none");
    fs::write(out.join("keep.txt"), "not ours").unwrap();
    assert!(build(&from, &out, "none").contains(": 0 files written, 0 removed"));

    let post = "---\ntitle: Open late\ndate: 2026-11-17\nsummary: Until eight.\n---\n\nText.\n";
    fs::write(from.join("news/late.md"), post).unwrap();
    build(&from, &out, "none");
    let manifest = fs::read_to_string(out.join("manifest.json")).unwrap();
    let files: serde_json::Value = serde_json::from_str(&manifest).unwrap();
    let written = fs::read(out.join("site/news/late/index.html")).unwrap();
    let told = &files["files"]["site/news/late/index.html"];
    assert_eq!(told["bytes"], written.len());
    assert_eq!(told["sha256"].as_str().unwrap().len(), 64);

    fs::remove_file(from.join("news/late.md")).unwrap();
    build(&from, &out, "none");
    assert!(!out.join("site/news/late").exists());
    assert!(out.join("keep.txt").exists(), "only what lies in site/ is removed");
    let without: Vec<_> =
        tree(&out).into_keys().filter(|p| p.extension() == Some("br".as_ref())).collect();
    assert_eq!(without, Vec::<PathBuf>::new());
}

#[test]
fn a_folder_that_no_build_wrote_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let precious = folder.path().join("site/precious.txt");
    fs::create_dir_all(precious.parent().unwrap()).unwrap();
    fs::write(&precious, "keep").unwrap();
    let from = folder.path().join("content");
    write(tree(&root().join("content")).iter(), &from);
    for out in [folder.path().to_owned(), from.clone(), from.join("dist")] {
        let refused = build_command(&from, &out, "none").output().unwrap();
        assert_eq!(refused.status.code(), Some(2), "{}", out.display());
        assert!(String::from_utf8_lossy(&refused.stderr).contains("--out"));
    }
    assert!(precious.exists() && !from.join("site").exists() && !from.join("dist").exists());
}

/// Waits until a page has changed from what it was, or the build has ended.
fn wait_for(page: &Path, before: &[u8], build: &mut Child) {
    while build.try_wait().unwrap().is_none() {
        if fs::read(page).is_ok_and(|now| now != before) {
            return;
        }
        std::thread::yield_now();
    }
}

#[test]
fn a_build_that_is_killed_leaves_a_folder_that_the_next_build_mends() {
    let folder = tempfile::tempdir().unwrap();
    let content = tree(&root().join("content"));
    let mut versions = Vec::new();
    for system in ["Sno-Isle Libraries", "Other Libraries"] {
        let from = folder.path().join(system);
        write(content.iter(), &from);
        let site = fs::read_to_string(from.join("site.yaml")).unwrap();
        let site = site.replace("system: Sno-Isle Libraries", &format!("system: {system}"));
        fs::write(from.join("site.yaml"), site).unwrap();
        let out = folder.path().join(format!("{system} built"));
        build(&from, &out, "none");
        versions.push((from, tree(&out)));
    }
    let pages: Vec<_> = versions[0].1.keys().filter(|path| path.ends_with("index.html")).collect();
    let out = folder.path().join("dist");
    build(&versions[0].0, &out, "none");
    let mut cut_off = 0;
    // Deterministic, and spread over all pages: 37 and their number have no common divisor.
    for round in 0..50 {
        let (from, new) = &versions[(round + 1) % 2];
        let old = &versions[round % 2].1;
        let page = pages[round * 37 % pages.len()];
        let mut killed = build_command(from, &out, "none").stdout(Stdio::null()).spawn().unwrap();
        wait_for(&out.join(page), &old[page], &mut killed);
        killed.kill().unwrap();
        killed.wait().unwrap();
        let left = tree(&out);
        for (path, bytes) in left.iter().filter(|(path, _)| new.contains_key(*path)) {
            let whole = *bytes == new[path] || old.get(path) == Some(bytes);
            assert!(whole, "round {round}: {} is neither old nor new", path.display());
        }
        cut_off += usize::from(differing(&left, new) != Vec::<PathBuf>::new());
        build(from, &out, "none");
        assert_eq!(differing(&tree(&out), new), Vec::<PathBuf>::new(), "round {round}");
    }
    assert!(cut_off > 25, "only {cut_off} of 50 builds were killed before their end");
}

#[test]
fn a_first_build_that_is_killed_is_mended_too() {
    let folder = tempfile::tempdir().unwrap();
    let from = root().join("content");
    let whole = folder.path().join("whole");
    build(&from, &whole, "none");
    let expected = tree(&whole);
    for round in 0..5 {
        let out = folder.path().join(round.to_string());
        let page = expected.keys().nth(round * 41 % expected.len()).unwrap();
        let mut killed = build_command(&from, &out, "none").stdout(Stdio::null()).spawn().unwrap();
        wait_for(&out.join(page), b"", &mut killed);
        killed.kill().unwrap();
        killed.wait().unwrap();
        build(&from, &out, "none");
        assert_eq!(differing(&tree(&out), &expected), Vec::<PathBuf>::new(), "round {round}");
    }
}
