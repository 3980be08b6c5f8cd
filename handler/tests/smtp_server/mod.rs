//! A mail server that keeps what it is sent, on a free port: just enough SMTP (RFC 5321) for one
//! client that behaves.

use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

pub(crate) struct SmtpServer {
    port: u16,
    mails: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl SmtpServer {
    /// Answers `RCPT TO` with these lines, one after the other, and then with 250.
    pub(crate) async fn start(answers: &[&str]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let mails = Arc::new(Mutex::new(Vec::new()));
        let mut answers: Vec<_> = answers.iter().rev().map(|line| (*line).to_owned()).collect();
        let kept = Arc::clone(&mails);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                // A client that hangs up early has ended its own conversation.
                let _ = converse(stream, &mut answers, &kept).await;
            }
        });
        Self { port, mails }
    }

    pub(crate) fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    pub(crate) fn mails(&self) -> Vec<Vec<u8>> {
        self.mails.lock().unwrap().clone()
    }
}

async fn converse(
    stream: TcpStream,
    answers: &mut Vec<String>,
    mails: &Mutex<Vec<Vec<u8>>>,
) -> std::io::Result<()> {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    write.write_all(b"220 test\r\n").await?;
    while let Some(line) = lines.next_line().await? {
        let answer = match line.split(' ').next().unwrap_or_default().to_uppercase().as_str() {
            "RCPT" => answers.pop().unwrap_or_else(|| "250 fine".to_owned()),
            "DATA" => {
                write.write_all(b"354 go on\r\n").await?;
                let mut mail = String::new();
                while let Some(line) = lines.next_line().await?.filter(|line| line != ".") {
                    mail.push_str(line.strip_prefix('.').unwrap_or(&line));
                    mail.push_str("\r\n");
                }
                mails.lock().unwrap().push(mail.into_bytes());
                "250 kept".to_owned()
            }
            "QUIT" => "221 bye".to_owned(),
            _ => "250 fine".to_owned(),
        };
        write.write_all(format!("{answer}\r\n").as_bytes()).await?;
    }
    Ok(())
}
