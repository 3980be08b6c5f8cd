//! A mail server that keeps what it is sent, on a free port, and answers as told: with any answer at
//! any step, slowly, without end, or not at all. Just enough SMTP (RFC 5321) for one client.

#![allow(dead_code, clippy::unwrap_used, reason = "each test binary uses a part of it")]

use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader, Lines};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// What the server does instead of saying yes.
#[derive(Debug, Clone)]
pub(crate) enum Does {
    /// Gives this answer.
    Says(String),
    /// Ends the connection.
    HangsUp,
    /// Says nothing, and keeps the connection.
    IsSilent,
    /// Says yes, a byte a minute.
    Drips,
    /// Gives an answer of lines without end.
    GoesOn,
    /// Gives an answer of one line without end.
    Rambles,
}

pub(crate) fn says(answer: &str) -> Option<Does> {
    Some(Does::Says(answer.to_owned()))
}

/// Where a conversation stands: the command, and who the mail is for as far as that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct At {
    /// `GREETING`, `EHLO`, `STARTTLS`, `AUTH`, `RSET`, `MAIL`, `RCPT`, `DATA`, `.`, `QUIT`.
    pub(crate) step: String,
    /// The address in the last `RCPT TO`.
    pub(crate) to: String,
}

type Rule = Box<dyn FnMut(&At) -> Option<Does> + Send>;

#[derive(Default)]
struct Seen {
    /// Mails that came encrypted.
    encrypted: usize,
    mails: Vec<(String, Vec<u8>)>,
    connections: usize,
    steps: Vec<At>,
}

pub(crate) struct SmtpServer {
    port: u16,
    seen: Arc<Mutex<Seen>>,
    rule: Arc<Mutex<Rule>>,
}

impl SmtpServer {
    /// Answers `RCPT TO` with these lines, one after the other, and then with 250.
    pub(crate) async fn start(answers: &[&str]) -> Self {
        let mut answers: Vec<_> = answers.iter().rev().map(|line| (*line).to_owned()).collect();
        Self::ruled(move |at| {
            let answer = if at.step == "RCPT" { answers.pop() } else { None };
            answer.map(Does::Says)
        })
        .await
    }

    /// Does what the rule says at each step; where it says nothing, it takes everything.
    pub(crate) async fn ruled(rule: impl FnMut(&At) -> Option<Does> + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::new(Mutex::new(Seen::default()));
        let rule: Arc<Mutex<Rule>> = Arc::new(Mutex::new(Box::new(rule)));
        let (keeps, ruled) = (Arc::clone(&seen), Arc::clone(&rule));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                keeps.lock().unwrap().connections += 1;
                let (seen, rule) = (Arc::clone(&keeps), Arc::clone(&ruled));
                // A client that hangs up early has ended its own conversation.
                tokio::spawn(async move { Talk::new(stream, seen, rule).run().await });
            }
        });
        Self { port, seen, rule }
    }

    /// From now on another rule holds.
    pub(crate) fn rule(&self, rule: impl FnMut(&At) -> Option<Does> + Send + 'static) {
        *self.rule.lock().unwrap() = Box::new(rule);
    }

    pub(crate) fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    pub(crate) fn mails(&self) -> Vec<Vec<u8>> {
        self.seen.lock().unwrap().mails.iter().map(|(_, mail)| mail.clone()).collect()
    }

    /// Who each mail was for.
    pub(crate) fn recipients(&self) -> Vec<String> {
        self.seen.lock().unwrap().mails.iter().map(|(to, _)| to.clone()).collect()
    }

    /// How many mails came encrypted.
    pub(crate) fn encrypted(&self) -> usize {
        self.seen.lock().unwrap().encrypted
    }

    pub(crate) fn connections(&self) -> usize {
        self.seen.lock().unwrap().connections
    }

    /// How often a step was reached.
    pub(crate) fn times(&self, step: &str) -> usize {
        self.seen.lock().unwrap().steps.iter().filter(|at| at.step == step).count()
    }
}

/// Encrypts with a certificate that its own maker has signed, as a relay's in a library is.
fn acceptor() -> TlsAcceptor {
    let certificate = CertificateDer::from_pem_slice(include_bytes!("certificate.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_slice(include_bytes!("key.pem")).unwrap();
    let config = ServerConfig::builder().with_no_client_auth();
    TlsAcceptor::from(Arc::new(config.with_single_cert(vec![certificate], key).unwrap()))
}

type Reads = Box<dyn AsyncRead + Send + Unpin>;
type Writes = Box<dyn AsyncWrite + Send + Unpin>;

struct Talk {
    lines: Lines<BufReader<Reads>>,
    write: Writes,
    is_encrypted: bool,
    to: String,
    seen: Arc<Mutex<Seen>>,
    rule: Arc<Mutex<Rule>>,
}

impl Talk {
    fn new(stream: TcpStream, seen: Arc<Mutex<Seen>>, rule: Arc<Mutex<Rule>>) -> Self {
        let (read, write) = stream.into_split();
        let lines = BufReader::new(Box::new(read) as Reads).lines();
        let (write, to) = (Box::new(write) as Writes, String::new());
        Self { lines, write, is_encrypted: false, to, seen, rule }
    }

    async fn run(mut self) -> std::io::Result<()> {
        self.answer("GREETING", "220 test").await?;
        while let Some(line) = self.lines.next_line().await? {
            let step = line.split(' ').next().unwrap_or_default().to_uppercase();
            match step.as_str() {
                "RCPT" => {
                    let to = line.split(['<', '>']).nth(1).unwrap_or_default();
                    self.to = to.to_owned();
                    self.answer("RCPT", "250 fine").await?
                }
                "DATA" => self.data().await?,
                "STARTTLS" => {
                    if self.answer("STARTTLS", "220 go on").await? {
                        self = self.encrypted().await?;
                    }
                    true
                }
                "QUIT" => {
                    self.answer("QUIT", "221 bye").await?;
                    return Ok(());
                }
                step => self.answer(step, "250 fine").await?,
            };
        }
        Ok(())
    }

    async fn encrypted(self) -> std::io::Result<Self> {
        let plain = tokio::io::join(self.lines.into_inner().into_inner(), self.write);
        let (read, write) = tokio::io::split(acceptor().accept(plain).await?);
        let lines = BufReader::new(Box::new(read) as Reads).lines();
        let (to, seen, rule) = (self.to, self.seen, self.rule);
        Ok(Self { lines, write: Box::new(write), is_encrypted: true, to, seen, rule })
    }

    async fn data(&mut self) -> std::io::Result<bool> {
        if !self.answer("DATA", "354 go on").await? {
            return Ok(false);
        }
        let mut mail = String::new();
        while let Some(line) = self.lines.next_line().await?.filter(|line| line != ".") {
            mail.push_str(line.strip_prefix('.').unwrap_or(&line));
            mail.push_str("\r\n");
        }
        let taken = self.answer(".", "250 kept").await?;
        if taken {
            let mut seen = self.seen.lock().unwrap();
            seen.encrypted += usize::from(self.is_encrypted);
            seen.mails.push((self.to.clone(), mail.into_bytes()));
        }
        Ok(taken)
    }

    /// Whether it said yes.
    async fn answer(&mut self, step: &str, yes: &str) -> std::io::Result<bool> {
        let at = At { step: step.to_owned(), to: self.to.clone() };
        self.seen.lock().unwrap().steps.push(at.clone());
        let does = (self.rule.lock().unwrap())(&at);
        match does {
            None => self.write.write_all(format!("{yes}\r\n").as_bytes()).await?,
            Some(Does::Says(answer)) => {
                self.write.write_all(format!("{answer}\r\n").as_bytes()).await?;
                return Ok(answer.starts_with(&yes[..1]));
            }
            Some(Does::HangsUp) => return Err(std::io::Error::other("hung up")),
            Some(Does::IsSilent) => std::future::pending().await,
            Some(Does::Drips) => {
                for byte in format!("{yes}\r\n").bytes() {
                    tokio::time::sleep(Duration::from_secs(60)).await;
                    self.write.write_all(&[byte]).await?;
                }
            }
            Some(Does::GoesOn) => loop {
                self.write.write_all(b"250-and another thing\r\n").await?;
            },
            Some(Does::Rambles) => loop {
                self.write.write_all(&[b'x'; 4096]).await?;
            },
        }
        Ok(true)
    }
}
