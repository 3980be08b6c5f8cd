//! What every mailer does, held to one suite. Add a mailer by a line of `suite!` at the end.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

#[cfg(feature = "aws")]
mod ses_recorder;
mod smtp_server;
mod support;

use async_trait::async_trait;
use domain::Email;
use handler::case::NoticeId;
#[cfg(feature = "aws")]
use handler::mail::mailer::SesMailer;
use handler::mail::mailer::{Mail, Mailer, MemoryMailer, OutboxFolder, SmtpMailer, Verdict};
use mail_parser::{Message, MessageParser};
#[cfg(feature = "aws")]
use ses_recorder::SesRecorder;
use smtp_server::{At, Does, SmtpServer, says};
use std::sync::Arc;
#[cfg(feature = "aws")]
use support::emulators;
use support::{event_id, noon, reference};
use tempfile::TempDir;

fn mail(n: usize) -> Mail {
    let email = |text: &str| Email::parse(text).unwrap();
    Mail {
        notice: NoticeId::new(reference(1), &event_id("sent"), n),
        date: noon(),
        from_name: "Thư viện".to_owned(),
        from: email("sender@library.example"),
        to: email("lan@example.com"),
        reply_to: email("oak-harbor@library.example"),
        subject: "Số yêu cầu 000 000 013".to_owned(),
        text: "Chúng tôi đã nhận yêu cầu.\n\nhttps://help.example/desk/vi/request/x\n".to_owned(),
        html: "<p>Chúng tôi đã nhận yêu cầu.</p>".to_owned(),
        language: "vi".to_owned(),
        domain: "library.example".to_owned(),
        thread: "000000013-patron".to_owned(),
    }
}

/// Where a mailer's mail can be read again.
#[async_trait]
trait Received: Send + Sync {
    async fn received(&self) -> Vec<Vec<u8>>;
}

#[async_trait]
impl Received for MemoryMailer {
    async fn received(&self) -> Vec<Vec<u8>> {
        self.sent()
    }
}

#[async_trait]
impl Received for TempDir {
    async fn received(&self) -> Vec<Vec<u8>> {
        let mut paths: Vec<_> =
            std::fs::read_dir(self.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        paths.iter().map(|path| std::fs::read(path).unwrap()).collect()
    }
}

#[async_trait]
impl Received for SmtpServer {
    async fn received(&self) -> Vec<Vec<u8>> {
        self.mails()
    }
}

type Kept = (Arc<dyn Mailer>, Arc<dyn Received>);

async fn memory() -> Kept {
    let mailer = Arc::new(MemoryMailer::new());
    (Arc::clone(&mailer) as _, mailer)
}

async fn outbox_folder() -> Kept {
    let folder = tempfile::tempdir().unwrap();
    (Arc::new(OutboxFolder::open(folder.path()).unwrap()), Arc::new(folder))
}

async fn smtp() -> Kept {
    let server = SmtpServer::start(&[]).await;
    (Arc::new(SmtpMailer::from_url(&server.url()).unwrap()), Arc::new(server))
}

#[cfg(feature = "aws")]
async fn ses() -> Kept {
    let recorder = SesRecorder::start().await;
    let client = emulators::clients(&recorder.url).ses;
    client.create_email_identity().email_identity("library.example").send().await.unwrap();
    client.create_configuration_set().configuration_set_name("desk").send().await.unwrap();
    (Arc::new(SesMailer::new(client, Some("desk".to_owned()))), Arc::new(recorder))
}

#[cfg(feature = "aws")]
#[async_trait]
impl Received for SesRecorder {
    async fn received(&self) -> Vec<Vec<u8>> {
        self.mails()
    }
}

fn parse(bytes: &[u8]) -> Message<'_> {
    MessageParser::default().parse(bytes).unwrap()
}

async fn a_mail_arrives_as_it_was_written((mailer, received): Kept) {
    mailer.send(&mail(0)).await.unwrap();
    let all = received.received().await;
    let message = parse(&all[0]);
    assert_eq!(message.subject(), Some("Số yêu cầu 000 000 013"));
    assert_eq!(message.body_text(0).unwrap().replace("\r\n", "\n"), mail(0).text);
    assert!(message.body_html(0).unwrap().contains("<p>Chúng tôi"));
    let to = message.to().unwrap().first().unwrap().address();
    assert_eq!(to, Some("lan@example.com"));
    let reply = message.reply_to().unwrap().first().unwrap().address();
    assert_eq!(reply, Some("oak-harbor@library.example"));
    assert_eq!(message.header_raw("Content-Language").map(str::trim), Some("vi"));
}

async fn its_ids_are_those_of_its_notice((mailer, received): Kept) {
    mailer.send(&mail(0)).await.unwrap();
    mailer.send(&mail(1)).await.unwrap();
    let all = received.received().await;
    for (n, bytes) in all.iter().enumerate() {
        let message = parse(bytes);
        let id = mail(n).notice.as_str().to_owned();
        assert_eq!(message.header_raw("Notice-Id").map(str::trim), Some(&*id));
        assert_eq!(message.message_id(), Some(&*format!("{id}@library.example")));
        let thread = message.header_raw("References").unwrap().trim();
        assert_eq!(thread, "<000000013-patron@library.example>", "one thread");
    }
}

async fn a_line_end_in_a_subject_begins_no_header((mailer, received): Kept) {
    let subject = "Hello\r\nBcc: everybody@example.com".to_owned();
    mailer.send(&Mail { subject, ..mail(0) }).await.unwrap();
    let all = received.received().await;
    let message = parse(&all[0]);
    assert!(message.bcc().is_none());
    assert_eq!(message.subject(), Some("Hello Bcc: everybody@example.com"));
}

macro_rules! suite {
    ($($mailer:ident: [$($test:ident),+ $(,)?],)+) => {
        $(mod $mailer {
            $(
                #[tokio::test]
                async fn $test() {
                    super::$test(super::$mailer().await).await;
                }
            )+
        })+
    };
}

suite! {
    memory: [
        a_mail_arrives_as_it_was_written,
        its_ids_are_those_of_its_notice,
        a_line_end_in_a_subject_begins_no_header,
    ],
    outbox_folder: [
        a_mail_arrives_as_it_was_written,
        its_ids_are_those_of_its_notice,
        a_line_end_in_a_subject_begins_no_header,
    ],
    smtp: [
        a_mail_arrives_as_it_was_written,
        its_ids_are_those_of_its_notice,
        a_line_end_in_a_subject_begins_no_header,
    ],
}

#[cfg(feature = "aws")]
suite! {
    ses: [
        a_mail_arrives_as_it_was_written,
        its_ids_are_those_of_its_notice,
        a_line_end_in_a_subject_begins_no_header,
    ],
}

#[cfg(feature = "aws")]
#[tokio::test]
async fn a_sender_that_ses_does_not_know_yet_waits_until_it_does() {
    let emulator = emulators::ministack();
    let mailer = SesMailer::new(emulators::clients(&emulator.url).ses, None);
    let error = mailer.send(&mail(0)).await.unwrap_err();
    assert_eq!(error.verdict, Verdict::Unclear, "it may be every mail's fault: {error}");
    assert!(!error.to_string().contains('@'), "no address in the log: {error}");
}

#[cfg(feature = "aws")]
#[tokio::test]
async fn ses_that_is_away_may_come_back() {
    let mailer = SesMailer::new(emulators::clients("http://127.0.0.1:1").ses, None);
    assert_eq!(mailer.send(&mail(0)).await.unwrap_err().verdict, Verdict::Away);
}

#[tokio::test]
async fn a_mail_that_is_sent_twice_is_one_file_of_the_outbox() {
    let (mailer, received) = outbox_folder().await;
    mailer.send(&mail(0)).await.unwrap();
    mailer.send(&mail(0)).await.unwrap();
    assert_eq!(received.received().await.len(), 1);
}

/// A server that offers encryption.
fn offers(at: &At) -> Option<Does> {
    if at.step == "EHLO" { says("250-test\r\n250 STARTTLS") } else { None }
}

#[tokio::test]
async fn encryption_that_is_offered_is_used_whoever_signed_the_certificate() {
    let server = SmtpServer::ruled(offers).await;
    SmtpMailer::from_url(&server.url()).unwrap().send(&mail(0)).await.unwrap();
    assert_eq!((server.mails().len(), server.encrypted()), (1, 1));
}

#[tokio::test]
async fn encryption_that_is_required_is_verified_and_nothing_is_sent_without() {
    for rule in [offers, |_: &At| None] {
        let server = SmtpServer::ruled(rule).await;
        let url = format!("{}?tls=required", server.url());
        let error = SmtpMailer::from_url(&url).unwrap().send(&mail(0)).await.unwrap_err();
        assert_eq!(error.verdict, Verdict::Away, "{error}");
        assert_eq!((server.mails().len(), server.times("MAIL")), (0, 0));
    }
}

#[tokio::test]
async fn encryption_that_is_offered_and_fails_does_not_stop_mail() {
    for does in [says("454 4.7.0 not now"), Some(Does::HangsUp)] {
        let server = SmtpServer::ruled(move |at| match at.step.as_str() {
            "STARTTLS" => does.clone(),
            _ => offers(at),
        })
        .await;
        SmtpMailer::from_url(&server.url()).unwrap().send(&mail(0)).await.unwrap();
        assert_eq!((server.mails().len(), server.encrypted()), (1, 0));
    }
}

#[test]
fn what_a_killed_process_left_half_written_is_removed_and_whole_mails_stay() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    for name in [".killed.part", ".written.part", "whole.eml", "a.part"] {
        std::fs::write(path(name), "half").unwrap();
    }
    let live = std::fs::File::open(path(".written.part")).unwrap();
    live.lock().unwrap();
    OutboxFolder::open(folder.path()).unwrap();
    let left = |name| path(name).exists();
    assert!(!left(".killed.part"), "nobody writes it any more");
    assert!(left(".written.part"), "another process is writing it");
    assert!(left("whole.eml") && left("a.part"), "it is none of ours");
}
