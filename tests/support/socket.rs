//! HTTP by hand: what no well-behaved client sends, or reads.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// A connection.
pub(crate) struct Socket(TcpStream);

/// What came back, byte by byte.
pub(crate) struct Raw {
    pub(crate) status: u16,
    /// The lines of its head, the names in lower case.
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Raw {
    /// A header's value; empty if it isn't there.
    pub(crate) fn header(&self, name: &str) -> &str {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.filter(|(key, _)| *key == name).map(|(_, value)| value).next().unwrap_or_default()
    }
}

impl Socket {
    /// Connects to a server's base address.
    pub(crate) fn connect(base: &str) -> Self {
        let stream = TcpStream::connect(base.trim_start_matches("http://")).unwrap();
        // A test that waits for what never comes ends.
        stream.set_read_timeout(Some(Duration::from_secs(90))).unwrap();
        Self(stream)
    }

    /// Sends these bytes. A server that has closed the connection needn't take them.
    pub(crate) fn send(&mut self, bytes: &[u8]) -> bool {
        self.0.write_all(bytes).is_ok()
    }

    /// Asks for pages again and again, without reading one, until the other end takes no more.
    pub(crate) fn ask_and_never_read(&mut self) {
        let asked = b"GET /request/ HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(1_000);
        self.0.set_nonblocking(true).unwrap();
        while self.0.write_all(&asked).is_ok() {}
        self.0.set_nonblocking(false).unwrap();
    }

    /// Reads an answer; its body is as long as its head says.
    pub(crate) fn answer(&mut self) -> Raw {
        let head = self.head();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
        self.0.read_exact(&mut body).unwrap();
        raw(head, body)
    }

    /// Reads an answer's head alone.
    pub(crate) fn head_alone(&mut self) -> Raw {
        let head = self.head();
        raw(head, Vec::new())
    }

    fn head(&mut self) -> String {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            self.0.read_exact(&mut byte).unwrap();
            head.push(byte[0]);
        }
        let head = String::from_utf8(head).unwrap();
        let lines = head.split("\r\n").map(|line| match line.split_once(": ") {
            Some((name, value)) => format!("{}: {value}\r\n", name.to_lowercase()),
            None => format!("{line}\r\n"),
        });
        lines.collect()
    }

    /// Everything until the other end closes the connection.
    pub(crate) fn until_closed(&mut self) -> String {
        let mut all = Vec::new();
        let read = self.0.read_to_end(&mut all);
        let reset = read.is_err_and(|error| error.kind() != std::io::ErrorKind::ConnectionReset);
        assert!(!reset, "it was not closed");
        String::from_utf8_lossy(&all).into_owned()
    }
}

fn raw(head: String, body: Vec<u8>) -> Raw {
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Raw { status, head, body }
}

/// Asks for a path, with these lines in the head.
pub(crate) fn get(base: &str, path: &str, lines: &[&str]) -> Raw {
    request(base, "GET", path, lines).answer()
}

/// The same by another method; the answer is still to be read.
pub(crate) fn request(base: &str, method: &str, path: &str, lines: &[&str]) -> Socket {
    let mut socket = Socket::connect(base);
    let host = base.trim_start_matches("http://");
    let names_host = lines.iter().any(|line| line.to_lowercase().starts_with("host:"));
    let mut head = format!("{method} {path} HTTP/1.1\r\n");
    if !names_host {
        head.push_str(&format!("Host: {host}\r\n"));
    }
    for line in lines {
        head.push_str(&format!("{line}\r\n"));
    }
    head.push_str("\r\n");
    socket.send(head.as_bytes());
    socket
}
