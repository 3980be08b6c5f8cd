//! Connections that are held open: by whoever says nothing, says it slowly, or never reads. Visitors
//! are served meanwhile, and the server can be stopped.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use std::net::TcpListener;
use std::time::Duration;
use support::Server;
use support::socket::Socket;

/// A visitor reads a page, sends a request, and its mails leave: one to the library, one to them.
fn a_visitor_is_served(server: &Server, number: usize) {
    assert_eq!(server.get("/topics/genealogy/").status, 200);
    let email = format!("patron{number}@example.com");
    let receipt = server.ask("en", &[("topic", "catalog"), ("email", &email)]);
    assert_eq!(server.get(&receipt).status, 200);
    assert_eq!(server.mails(2 * number).len(), 2 * number);
}

/// What is done with a connection that is then left alone.
type Hold = fn(&mut Socket);

#[test]
fn visitors_are_served_with_few_files_while_others_hold_connections_open() {
    let server = Server::start_with_files(64, &[]);
    a_visitor_is_served(&server, 1);
    let ways: [(&str, Hold); 4] = [
        ("idle", |_| {}),
        ("a head that never ends", |socket| {
            socket.send(b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ");
        }),
        ("a body that never ends", |socket| {
            socket.send(b"POST /desk/en/check HTTP/1.1\r\nHost: localhost\r\nContent-Length: 900\r\n\r\ntopic=");
        }),
        ("answers that are never read", Socket::ask_and_never_read),
    ];
    for (round, (way, hold)) in ways.into_iter().enumerate() {
        let mut held = Vec::new();
        for number in 0..90 {
            let mut socket = Socket::connect(&server.base);
            hold(&mut socket);
            held.push(socket);
            if number % 30 == 29 {
                assert_eq!(server.get("/topics/genealogy/").status, 200, "{way}");
            }
        }
        a_visitor_is_served(&server, round + 2);
    }
}

#[test]
fn who_is_too_slow_is_told_so_or_cut_off() {
    let server = Server::start();
    let mut silent = Socket::connect(&server.base);
    let mut slow_head = Socket::connect(&server.base);
    slow_head.send(b"GET / HTTP/1.1\r\nHost: ");
    let mut slow_body = Socket::connect(&server.base);
    slow_body.send(
        b"POST /desk/vi/check HTTP/1.1\r\nHost: localhost\r\nContent-Length: 900\r\n\r\ntopic=",
    );
    // Each of these ends by the server's doing alone.
    assert_eq!(silent.until_closed(), "");
    assert_eq!(slow_head.until_closed(), "");
    let told = slow_body.until_closed();
    assert!(told.starts_with("HTTP/1.1 408 "), "{told}");
    assert!(told.contains("Quay lại") && told.contains("425-555-0100"), "{told}");
    assert_eq!(server.get("/").status, 200);
}

#[test]
fn an_answer_arrives_although_the_request_was_far_too_long() {
    let server = Server::start();
    let mut socket = Socket::connect(&server.base);
    socket.send(
        b"POST /desk/en/check HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99000000\r\n\r\n",
    );
    // More than the desk throws away: it answers before all of it has come.
    let piece = vec![b'a'; 1024 * 1024];
    for _ in 0..12 {
        socket.send(&piece);
    }
    let told = socket.until_closed();
    assert!(told.starts_with("HTTP/1.1 413 "), "{told}");
}

#[test]
fn it_stops_although_a_mail_a_reader_and_a_request_hang() {
    // It takes connections, by the system's queue, and never says a word.
    let mail_server = TcpListener::bind("127.0.0.1:0").unwrap();
    let mail = format!("smtp://{}", mail_server.local_addr().unwrap());
    let mut server = Server::start_with(&["--mail", &mail]);
    server.ask("en", &[("topic", "catalog"), ("email", "lan@example.com")]);
    // The mail is being sent.
    let _hanging = mail_server.accept().unwrap();
    let mut never_reads = Socket::connect(&server.base);
    never_reads.ask_and_never_read();
    let mut never_sends = Socket::connect(&server.base);
    never_sends
        .send(b"POST /desk/en/check HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n");
    let mut listens = support::socket::request(&server.base, "GET", "/dev/reload", &[]);
    // Whatever hangs: the promise to systemd, and to whoever upgrades.
    assert_eq!(server.terminate(Duration::from_secs(10)), Some(0));
    assert_eq!(listens.until_closed(), "");
}

#[test]
fn it_stops_at_once_when_nothing_is_under_way() {
    let mut server = Server::start();
    let mut idle = Socket::connect(&server.base);
    let mut between = support::socket::request(&server.base, "GET", "/", &[]);
    assert_eq!(between.answer().status, 200);
    assert_eq!(server.terminate(Duration::from_secs(10)), Some(0));
    assert_eq!((idle.until_closed(), between.until_closed()), (String::new(), String::new()));
}
