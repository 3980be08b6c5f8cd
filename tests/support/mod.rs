//! The real binary, as a patron and an administrator meet it: a server on a free port with a data
//! folder of its own, forms sent over HTTP, mail read from the outbox.

#![allow(dead_code, clippy::unwrap_used, reason = "each test binary uses a part of it")]

#[cfg(feature = "aws")]
pub(crate) mod cloud;
pub(crate) mod socket;
mod system;

use mail_parser::MessageParser;
use scraper::{Html, Selector};
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;
use system::System;
use tempfile::TempDir;

/// The command, run where the content is.
pub(crate) fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_book-a-librarian"));
    command.current_dir(env!("CARGO_MANIFEST_DIR")).env("BOOK_A_LIBRARIAN_LOG", "warn");
    command
}

/// A folder with all that is in it.
pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
}

/// A server that is stopped when the test ends.
pub(crate) struct Server {
    system: System,
    pub(crate) base: String,
    pub(crate) data: TempDir,
}

/// A mail of the outbox.
#[derive(Debug)]
pub(crate) struct Mail {
    pub(crate) to: String,
    pub(crate) subject: String,
    pub(crate) text: String,
    pub(crate) notice: String,
    pub(crate) raw: String,
}

/// An answer of the server.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) location: String,
    pub(crate) body: String,
}

impl Server {
    pub(crate) fn start() -> Self {
        Self::start_in(tempfile::tempdir().unwrap())
    }

    /// With flags besides the usual ones.
    pub(crate) fn start_with(flags: &[&str]) -> Self {
        Self::launch(tempfile::tempdir().unwrap(), flags)
    }

    /// Where a process may have so many files open.
    pub(crate) fn start_with_files(files: u32, flags: &[&str]) -> Self {
        let data = tempfile::tempdir().unwrap();
        let (system, base) = System::with_files(data.path(), files, flags);
        Self { system, base, data }
    }

    /// Asks it to stop, as systemd does. Its exit code, if it has ended in time.
    pub(crate) fn terminate(&mut self, time: Duration) -> Option<i32> {
        self.system.terminate(time)
    }

    pub(crate) fn start_in(data: TempDir) -> Self {
        Self::launch(data, &[])
    }

    /// `serve` with these variables in its environment.
    #[cfg(feature = "aws")]
    pub(crate) fn start_told(environment: &[(&str, String)], flags: &[&str]) -> Self {
        let data = tempfile::tempdir().unwrap();
        let (system, base) = System::one_machine(data.path(), environment, flags);
        Self { system, base, data }
    }

    fn launch(data: TempDir, flags: &[&str]) -> Self {
        let (system, base) = if system::in_the_cloud() {
            System::cloud(data.path())
        } else {
            System::one_machine(data.path(), &[], flags)
        };
        Self { system, base, data }
    }

    /// As a power cut would: `kill -9`, and started again on the same folder.
    pub(crate) fn killed_and_started_again(mut self) -> Self {
        self.system.kill();
        if system::in_the_cloud() {
            return self;
        }
        Self::start_in(std::mem::replace(&mut self.data, tempfile::tempdir().unwrap()))
    }

    /// Stopped; what is left is its data folder.
    pub(crate) fn stopped(mut self) -> TempDir {
        self.system.kill();
        self.data
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        answer(agent().get(format!("{}{path}", self.base)).call().unwrap())
    }

    /// Asks for a page until it is as expected. Each look takes the server's time, not ours.
    pub(crate) fn get_until(&self, path: &str, expected: impl Fn(&Answer) -> bool) {
        let seen = (0..2_000).any(|_| expected(&self.get(path)));
        assert!(seen, "{path} never was as expected");
    }

    pub(crate) fn post(&self, path: &str, fields: &[(String, String)]) -> Answer {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.post_bytes(path, body.into_bytes())
    }

    pub(crate) fn post_bytes(&self, path: &str, body: Vec<u8>) -> Answer {
        let request = agent()
            .post(format!("{}{path}", self.base))
            .header("content-type", "application/x-www-form-urlencoded")
            // As a browser posts a form of the site itself.
            .header("sec-fetch-site", "same-origin");
        answer(request.send(&body[..]).unwrap())
    }

    /// Fills in the form and presses *Continue*; the fields of the check page's form.
    pub(crate) fn check(&self, language: &str, fields: &[(&str, &str)]) -> Vec<(String, String)> {
        let fields: Vec<_> = fields.iter().map(|(n, v)| ((*n).into(), (*v).into())).collect();
        let page = self.post(&format!("/desk/{language}/check"), &fields);
        assert_eq!(page.status, 200, "{}", page.body);
        page.hidden_fields()
    }

    /// Presses *Send*; the answer is a redirect to the receipt.
    pub(crate) fn send(&self, language: &str, fields: &[(String, String)]) -> Answer {
        self.post(&format!("/desk/{language}/send"), fields)
    }

    /// Fills in, checks and sends; the receipt's address.
    pub(crate) fn ask(&self, language: &str, fields: &[(&str, &str)]) -> String {
        let sent = self.send(language, &self.check(language, fields));
        assert_eq!(sent.status, 303, "{}", sent.body);
        sent.location
    }

    /// The mails, once there are as many as expected.
    pub(crate) fn mails(&self, expected: usize) -> Vec<Mail> {
        self.get_until("/desk/healthz", |_| self.outbox().len() >= expected);
        self.outbox()
    }

    /// The mails that are there now.
    pub(crate) fn outbox(&self) -> Vec<Mail> {
        self.system.mails(self.data.path())
    }
}

fn mail_of(bytes: &[u8]) -> Mail {
    let message = MessageParser::default().parse(bytes).unwrap();
    let header =
        |name: &'static str| message.header_raw(name).unwrap_or_default().trim().to_owned();
    Mail {
        to: message.to().unwrap().first().unwrap().address().unwrap().to_owned(),
        subject: message.subject().unwrap().to_owned(),
        text: message.body_text(0).unwrap().into_owned(),
        notice: header("Notice-Id"),
        raw: String::from_utf8_lossy(bytes).into_owned(),
    }
}

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .build()
        .into()
}

fn answer(mut response: ureq::http::Response<ureq::Body>) -> Answer {
    let location = response.headers().get("location");
    Answer {
        status: response.status().as_u16(),
        location: location.map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default(),
        body: response.body_mut().read_to_string().unwrap(),
    }
}

impl Answer {
    fn html(&self) -> Html {
        Html::parse_document(&self.body)
    }

    /// The fields that the page's form sends along unseen.
    pub(crate) fn hidden_fields(&self) -> Vec<(String, String)> {
        let hidden = Selector::parse("form#request input[type=hidden]").unwrap();
        let html = self.html();
        let fields = html.select(&hidden).map(|input| {
            let value = |name| input.value().attr(name).unwrap_or_default().to_owned();
            (value("name"), value("value"))
        });
        fields.collect()
    }

    /// The text of the first element that a selector finds.
    pub(crate) fn text(&self, selector: &str) -> String {
        let html = self.html();
        let found = html.select(&Selector::parse(selector).unwrap()).next();
        found.map(|element| element.text().collect::<String>()).unwrap_or_default()
    }

    /// How many elements a selector finds.
    pub(crate) fn count(&self, selector: &str) -> usize {
        self.html().select(&Selector::parse(selector).unwrap()).count()
    }

    /// The number on a receipt.
    pub(crate) fn reference(&self) -> String {
        self.text(".ref").trim().to_owned()
    }
}
