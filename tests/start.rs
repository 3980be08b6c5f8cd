//! Starting and building: what goes wrong is said in one line, with what to do, and exit code 2.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use support::command;

/// Runs the command; its exit code and what it said on stderr.
fn run(args: &[&str]) -> (i32, String) {
    let out = command().args(args).output().unwrap();
    (out.status.code().unwrap(), String::from_utf8(out.stderr).unwrap())
}

#[test]
fn an_occupied_port_is_told_in_one_line() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let data = tempfile::tempdir().unwrap();
    let (code, said) =
        run(&["serve", "--listen", &address, "--data", data.path().to_str().unwrap()]);
    assert_eq!((code, said.lines().count()), (2, 1), "{said}");
    assert!(said.contains(&address) && said.contains("--listen"), "{said}");
}

#[test]
fn a_data_folder_that_cannot_be_made_is_told_in_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let data = file.join("data");
    let (code, said) = run(&["serve", "--listen", "127.0.0.1:0", "--data", data.to_str().unwrap()]);
    assert_eq!((code, said.lines().count()), (2, 1), "{said}");
    assert!(said.contains("file/data") && said.contains("--data"), "{said}");
}

#[test]
fn a_missing_content_folder_is_told_in_one_line() {
    for subcommand in ["serve", "build", "check"] {
        let (code, said) = run(&[subcommand, "--content", "nowhere"]);
        assert_eq!((code, said.lines().count()), (2, 1), "{said}");
        assert!(said.contains("nowhere") && said.contains("--content"), "{said}");
    }
}

#[test]
fn what_lies_in_the_data_folder_is_for_this_user_alone() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("new/data");
    let server = support::Server::start_with(&["--data", data.to_str().unwrap()]);
    assert_eq!(server.get("/desk/healthz").status, 200);
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&data), 0o700);
    let files = std::fs::read_dir(&data).unwrap().map(|entry| entry.unwrap().path());
    let files: Vec<_> = files.filter(|path| path.is_file()).collect();
    assert!(files.len() > 5, "the logs, too: {files:?}");
    for file in files {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
}

#[test]
fn a_data_folder_in_use_is_told_in_one_line() {
    let server = support::Server::start();
    let data = server.data.path().to_str().unwrap();
    let (code, said) = run(&["serve", "--listen", "127.0.0.1:0", "--data", data]);
    assert_eq!((code, said.lines().count()), (2, 1), "{said}");
    assert!(said.contains("another `serve`"), "{said}");
}

/// A stopped server's data folder, with two requests in it.
fn with_requests() -> tempfile::TempDir {
    let server = support::Server::start();
    for topic in ["e-books", "genealogy"] {
        server.ask("en", &[("topic", topic), ("phone", "425-555-0142")]);
    }
    server.stopped()
}

/// The files of a folder but the outbox, the lock, and what SQLite's readers share.
fn databases(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files = tree(folder);
    let other = ["/outbox/", ".lock", "-shm"];
    files.retain(|(path, _)| !other.iter().any(|other| path.contains(other)));
    files
}

#[test]
fn a_file_that_is_missing_beside_requests_is_not_made_anew() {
    for file in ["desk.sqlite", "keys.sqlite", "secrets.json"] {
        let data = with_requests();
        std::fs::remove_file(data.path().join(file)).unwrap();
        let before = databases(data.path());
        let folder = data.path().to_str().unwrap();
        for args in [
            &["serve", "--listen", "127.0.0.1:0"][..],
            &["simulate", "--topic", "e-books"],
            &["export", "--out", &format!("{folder}/never.age")],
        ] {
            let (code, said) = run(&[args, &["--data", folder]].concat());
            assert_eq!((code, said.lines().count()), (2, 1), "{args:?}: {said}");
            assert!(said.contains(file) && said.contains("from its copy"), "{args:?}: {said}");
            assert!(said.contains("2 requests can't be opened"), "{args:?}: {said}");
            assert!(databases(data.path()) == before, "{args:?}: something was made");
        }
    }
}

#[test]
fn a_data_folder_that_others_may_read_is_told_in_one_line() {
    let data = with_requests();
    let keys = data.path().join("keys.sqlite");
    std::fs::set_permissions(&keys, PermissionsExt::from_mode(0o644)).unwrap();
    let folder = data.path().to_str().unwrap();
    let (code, said) = run(&["serve", "--listen", "127.0.0.1:0", "--data", folder]);
    assert_eq!((code, said.lines().count()), (2, 1), "{said}");
    assert!(said.contains(&format!("`chmod 600 {}`", keys.display())), "{said}");
}

#[test]
fn the_outbox_is_refused_for_a_public_address() {
    let data = tempfile::tempdir().unwrap();
    let data = data.path().to_str().unwrap();
    let (code, said) = run(&[
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--data",
        data,
        "--base-url",
        "https://help.example",
    ]);
    assert_eq!((code, said.lines().count()), (2, 1), "{said}");
    assert!(said.contains("--mail smtp://"), "{said}");
}

#[test]
fn the_cloud_is_refused_where_it_is_not_built_in_or_not_named() {
    let data = tempfile::tempdir().unwrap();
    for args in [["--store", "dynamodb"], ["--mail", "ses"]] {
        let data = ["--data", data.path().to_str().unwrap()];
        let serve = ["serve", "--listen", "127.0.0.1:0"];
        let (code, said) = run(&[&serve[..], &data[..], &args[..]].concat());
        assert_eq!((code, said.lines().count()), (2, 1), "{said}");
        let mend = if cfg!(feature = "aws") { "AWS_REGION" } else { "--features aws" };
        assert!(said.contains(mend), "{said}");
    }
}

#[test]
fn the_content_is_free_of_errors() {
    let (code, said) = run(&["check"]);
    assert_eq!(code, 0, "{said}");
}

/// Every file below a folder, with its bytes.
fn tree(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(tree(&path));
        } else {
            files.push((path.to_str().unwrap().to_owned(), std::fs::read(&path).unwrap()));
        }
    }
    files.sort();
    files
}

#[test]
fn a_build_has_the_same_bytes_with_any_number_of_threads() {
    let builds: Vec<_> = ["1", "4"]
        .map(|threads| {
            let out = tempfile::tempdir().unwrap();
            let built = command()
                .env("RAYON_NUM_THREADS", threads)
                .args(["build", "--today", "2026-11-24", "--out"])
                .arg(out.path())
                .output()
                .unwrap();
            assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
            let prefix = out.path().to_str().unwrap().to_owned();
            let files = tree(out.path());
            files.into_iter().map(|(path, bytes)| (path.replace(&prefix, ""), bytes)).collect()
        })
        .into_iter()
        .collect::<Vec<Vec<_>>>();
    assert!(builds[0].len() > 1_000);
    assert!(builds[0] == builds[1]);
}

#[test]
fn a_second_build_writes_nothing_and_removes_what_no_longer_belongs() {
    let out = tempfile::tempdir().unwrap();
    let build = || {
        let done = command().args(["build", "--out"]).arg(out.path()).output().unwrap();
        String::from_utf8(done.stdout).unwrap()
    };
    build();
    let stray = out.path().join("site/old/index.html");
    std::fs::create_dir_all(stray.parent().unwrap()).unwrap();
    std::fs::write(&stray, "old").unwrap();
    assert!(build().contains(": 0 files written, 1 removed"));
    assert!(!stray.exists());
}
