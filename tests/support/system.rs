//! What answers: the command on one machine, or the functions on emulators. Which of them, says
//! `BOOK_A_LIBRARIAN_TEST_SYSTEM`: the same stories are told of both.

use super::{Mail, command, mail_of};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::{Duration, Instant};

/// A process that answers, and how its mail is read.
pub(super) enum System {
    /// `serve`, with its outbox folder.
    OneMachine { child: Child },
    /// The functions, and the address that tests control them by. It ends when its standard input
    /// is closed.
    Cloud { child: Child, control: String, input: Option<ChildStdin> },
}

/// Whether the stories are told of the functions.
pub(super) fn in_the_cloud() -> bool {
    std::env::var("BOOK_A_LIBRARIAN_TEST_SYSTEM").is_ok_and(|system| system == "cloud")
}

fn first_line(child: &mut Child) -> String {
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    line
}

impl System {
    /// `serve`; and its address.
    pub(super) fn one_machine(
        data: &Path,
        environment: &[(&str, String)],
        flags: &[&str],
    ) -> (Self, String) {
        Self::spawn(command(), data, environment, flags)
    }

    /// `serve`, and its address, where a process may have so many files open.
    pub(super) fn with_files(data: &Path, files: u32, flags: &[&str]) -> (Self, String) {
        let serve = command();
        let mut limited = Command::new("sh");
        limited.args(["-c", "ulimit -n \"$0\"; exec \"$@\"", &files.to_string()]);
        limited.arg(serve.get_program());
        if let Some(folder) = serve.get_current_dir() {
            limited.current_dir(folder);
        }
        Self::spawn(limited, data, &[("BOOK_A_LIBRARIAN_LOG", "warn".to_owned())], flags)
    }

    fn spawn(
        mut command: Command,
        data: &Path,
        environment: &[(&str, String)],
        flags: &[&str],
    ) -> (Self, String) {
        let mut child = command
            .env("BOOK_A_LIBRARIAN_DATA", data)
            .envs(environment.iter().cloned())
            .args(["serve", "--listen", "127.0.0.1:0"])
            .args(flags)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let line = first_line(&mut child);
        let base = line.trim().strip_prefix("Serving ").unwrap().trim_end_matches('/').to_owned();
        (Self::OneMachine { child }, base)
    }

    /// The functions, with a site that is built for them; and the edge's address.
    pub(super) fn cloud(dist: &Path) -> (Self, String) {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        // One build can serve many tests: its pages are the same.
        let site = std::env::var_os("BOOK_A_LIBRARIAN_TEST_SITE").map(PathBuf::from);
        let site = site.unwrap_or_else(|| {
            let built = command().args(["build", "--out"]).arg(dist).output().unwrap();
            assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
            dist.to_owned()
        });
        let mut system = Command::new("node");
        system.arg(root.join("tests/cloud/system.mjs")).arg("--site").arg(site);
        for function in ["desk", "deliver", "sweep"] {
            system.arg(format!("--{function}")).arg(binary(function));
        }
        let mut child = system.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let line = first_line(&mut child);
        let addresses: serde_json::Value = serde_json::from_str(&line)
            .unwrap_or_else(|_| panic!("tests/cloud/system.mjs did not start: {line:?}"));
        let address = |name: &str| addresses[name].as_str().unwrap().to_owned();
        let input = child.stdin.take();
        (Self::Cloud { child, control: address("control"), input }, address("base"))
    }

    /// The mails that have left the house, in the order of their notices.
    pub(super) fn mails(&self, data: &Path) -> Vec<Mail> {
        let mut mails: Vec<_> = match self {
            Self::OneMachine { .. } => std::fs::read_dir(data.join("outbox"))
                .unwrap()
                .map(|entry| entry.unwrap().path())
                .filter(|path| path.extension().is_some_and(|ending| ending == "eml"))
                .map(|path| mail_of(&std::fs::read(path).unwrap()))
                .collect(),
            Self::Cloud { .. } => {
                let all = self.asked("/mails");
                let raw = all.as_array().unwrap().iter();
                raw.map(|mail| mail_of(mail["raw"].as_str().unwrap().as_bytes())).collect()
            }
        };
        mails.sort_by(|a, b| a.notice.cmp(&b.notice));
        mails
    }

    /// What the functions' control address answers.
    pub(super) fn asked(&self, path: &str) -> serde_json::Value {
        let Self::Cloud { control, .. } = self else {
            panic!("one machine has no control address");
        };
        let mut answer = ureq::get(format!("{control}{path}")).call().unwrap();
        serde_json::from_str(&answer.body_mut().read_to_string().unwrap()).unwrap()
    }

    /// Asks it to stop, as systemd does. Its exit code, if it has ended in time.
    pub(super) fn terminate(&mut self, time: Duration) -> Option<i32> {
        let Self::OneMachine { child } = self else {
            panic!("the functions are not told to stop");
        };
        let told = Command::new("kill").arg("-TERM").arg(child.id().to_string()).status();
        assert!(told.unwrap().success());
        let asked = Instant::now();
        while asked.elapsed() < time {
            if let Some(status) = child.try_wait().unwrap() {
                return status.code();
            }
            std::thread::yield_now();
        }
        None
    }

    /// As a power cut would.
    pub(super) fn kill(&mut self) {
        match self {
            Self::OneMachine { child } => {
                child.kill().unwrap();
                child.wait().unwrap();
            }
            Self::Cloud { control, .. } => {
                for function in ["desk", "deliver", "sweep"] {
                    let kill = format!("{control}/kill?function={function}");
                    ureq::post(kill).send_empty().unwrap();
                }
            }
        }
    }
}

/// A function's binary, beside the command's.
fn binary(function: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_BIN_EXE_book-a-librarian")).with_file_name(function);
    assert!(path.exists(), "{} is missing: build with --all-features", path.display());
    path
}

impl Drop for System {
    fn drop(&mut self) {
        match self {
            Self::OneMachine { child } => {
                // It may have been killed by the test already.
                let _ = child.kill();
                let _ = child.wait();
            }
            Self::Cloud { child, input, .. } => {
                drop(input.take());
                let _ = child.wait();
            }
        }
    }
}
