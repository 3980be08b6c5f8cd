#![allow(clippy::unwrap_used, reason = "a test may fail")]

use super::*;
use std::fs;

/// Fails on files named `bad`; reports what it did.
struct Fragile(Sender<String>);

impl Fragile {
    fn say(&self, what: String) {
        self.0.send(what).unwrap();
    }
}

fn names(paths: &[PathBuf]) -> String {
    let names = paths.iter().map(|path| path.file_name().unwrap().to_string_lossy().into_owned());
    names.collect::<Vec<_>>().join(" ")
}

impl TakesUp for Fragile {
    fn take_up(&mut self, paths: &[PathBuf]) {
        assert!(!names(paths).contains("bad"), "no such column");
        self.say(format!("took up {}", names(paths)));
    }

    fn tell(&mut self) {}

    fn failed(&mut self, fault: &Fault, paths: &[PathBuf]) {
        self.say(format!("{fault} over {}", names(paths)));
    }

    fn unwatched(&mut self, why: Option<String>) {
        self.say(why.unwrap_or_else(|| "watched".to_owned()));
    }
}

#[test]
fn a_save_that_the_program_fails_over_is_told_and_the_next_one_is_heard() {
    let folder = tempfile::tempdir().unwrap();
    let (hears, heard) = mpsc::channel();
    let (says, said) = mpsc::channel();
    let roots = [folder.path().to_owned(), folder.path().to_owned()];
    let watch = Watch::new(roots, hears.clone(), &native);
    let follow = Follow { watch, heard, saved: Fragile(says), to_tell: false };
    let thread = std::thread::spawn(|| follow.run());
    assert_eq!(said.recv().unwrap(), "watched");
    for (file, expected) in [
        ("bad", "the program failed: no such column over bad"),
        ("good", "took up good"),
        ("bad", "the program failed: no such column over bad"),
        ("better", "took up better"),
    ] {
        hears.send(Heard::Changed(vec![PathBuf::from(file)])).unwrap();
        assert_eq!(said.recv().unwrap(), expected);
    }
    drop(Watching(hears));
    thread.join().unwrap();
}

#[test]
fn where_the_system_watches_no_more_files_it_is_told_and_saves_are_looked_for() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap();
    let (hears, heard) = mpsc::channel();
    let (says, said) = mpsc::channel();
    let at_limit = |_, _| Err(notify::Error::new(notify::ErrorKind::MaxFilesWatch));
    let watch = Watch::new([root.clone(), root.clone()], hears.clone(), &at_limit);
    let follow = Follow { watch, heard, saved: Fragile(says), to_tell: false };
    let thread = std::thread::spawn(|| follow.run());
    let told = said.recv().unwrap();
    assert!(told.starts_with("saves are noticed late: "), "{told}");
    assert!(told.contains("raise fs.inotify.max_user_watches"), "{told}");
    fs::write(root.join("saved"), "").unwrap();
    assert!(said.recv().unwrap().contains("saved"));
    drop(Watching(hears));
    thread.join().unwrap();
}

#[test]
fn a_limit_that_is_met_later_is_told_and_everything_is_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap();
    let (hears, heard) = mpsc::channel();
    let (says, said) = mpsc::channel();
    let watch = Watch::new([root.clone(), root.clone()], hears.clone(), &native);
    let follow = Follow { watch, heard, saved: Fragile(says), to_tell: false };
    let thread = std::thread::spawn(|| follow.run());
    assert_eq!(said.recv().unwrap(), "watched");
    let limit = notify::Error::new(notify::ErrorKind::MaxFilesWatch);
    hears.send(Heard::Trouble(limit)).unwrap();
    assert!(said.recv().unwrap().starts_with("saves are noticed late: "));
    assert_eq!(said.recv().unwrap(), format!("took up {}", names(&[root])));
    drop(Watching(hears));
    thread.join().unwrap();
}
