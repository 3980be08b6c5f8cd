//! Over real sockets, with limits that pass quickly.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

use super::*;
use axum::body::Body;
use axum::routing::{get, post};
use std::net::Ipv4Addr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpSocket;
use tokio::sync::Notify;

const HEAD: &str = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";

/// A server with long limits, except those that a test is about.
struct Served {
    address: SocketAddr,
    stop: watch::Sender<()>,
    /// Rung when a slow request is being answered.
    arrived: Arc<Notify>,
    task: tokio::task::JoinHandle<CutOff>,
}

fn patient(connections: usize) -> Limits {
    let long = Duration::from_secs(600);
    Limits {
        head: long,
        idle: long,
        body: long,
        answer: long,
        stall: long,
        progress: 1,
        linger: long,
        look: Duration::from_millis(10),
        grace: Duration::from_millis(200),
        connections,
    }
}

async fn served(limits: Limits, proxy: Option<IpAddr>) -> Served {
    let arrived = Arc::new(Notify::new());
    let (in_never, in_form) = (Arc::clone(&arrived), Arc::clone(&arrived));
    let never = || async move {
        in_never.notify_one();
        std::future::pending::<()>().await;
    };
    let form = |body: Body| async move {
        in_form.notify_one();
        drop(axum::body::to_bytes(body, 99).await);
    };
    let router = Router::new()
        .route("/", get(|| async { "fine" }))
        .route("/large", get(|| async { vec![b'a'; 64 * 1024 * 1024] }))
        .route("/never", get(never))
        .route("/unread", post(|| async { "too long" }))
        .route("/form", post(form));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = watch::channel(());
    let task = tokio::spawn(serve(listener, router, limits, proxy, stopped));
    Served { address, stop, arrived, task }
}

impl Served {
    async fn from(&self, last: u8) -> TcpStream {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(SocketAddr::from((Ipv4Addr::new(127, 0, 0, last), 0))).unwrap();
        socket.connect(self.address).await.unwrap()
    }

    async fn say(&self, text: &str) -> TcpStream {
        let mut stream = self.from(1).await;
        stream.write_all(text.as_bytes()).await.unwrap();
        stream
    }
}

/// Whether a request on this connection is answered.
async fn is_served(stream: &mut TcpStream) -> bool {
    let mut answer = Vec::new();
    if stream.write_all(HEAD.as_bytes()).await.is_err() {
        return false;
    }
    while !answer.ends_with(b"fine") {
        match stream.read_buf(&mut answer).await {
            Ok(read) if read > 0 => {}
            _ => return false,
        }
    }
    answer.starts_with(b"HTTP/1.1 200")
}

async fn until_closed(mut stream: TcpStream) -> String {
    let mut all = Vec::new();
    // A reset ends it, too.
    let _ = stream.read_to_end(&mut all).await;
    String::from_utf8_lossy(&all).into_owned()
}

#[tokio::test]
async fn who_says_nothing_or_says_it_slowly_is_cut_off() {
    let short = Duration::from_millis(50);
    let server = served(Limits { head: short, body: short, ..patient(9) }, None).await;
    for text in
        ["", "GET /", "POST /form HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\na"]
    {
        assert_eq!(until_closed(server.say(text).await).await, "", "{text}");
    }
    let server = served(Limits { idle: short, ..patient(9) }, None).await;
    let answered = until_closed(server.say(HEAD).await).await;
    assert!(answered.ends_with("fine"), "{answered}");
}

#[tokio::test]
async fn who_never_reads_is_cut_off_and_who_reads_slowly_is_not() {
    let limits = Limits { stall: Duration::from_secs(1), ..patient(9) };
    // A long grace period, so that nothing else ends them.
    let server = served(Limits { grace: Duration::from_secs(600), ..limits }, None).await;
    let _never_reads = server.say("GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
    let mut reads = server.say("GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
    let mut piece = vec![0; 1024 * 1024];
    let mut taken = 0;
    while taken < 64 * 1024 * 1024 {
        taken += reads.read(&mut piece).await.unwrap();
    }
    server.stop.send(()).unwrap();
    assert_eq!(server.task.await.unwrap(), CutOff::default());
}

#[tokio::test]
async fn the_one_that_can_be_spared_best_makes_room() {
    let server = served(patient(3), None).await;
    let mut waits = server.say("GET /never HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
    server.arrived.notified().await;
    let first = server.from(1).await;
    let mut second = server.from(1).await;
    assert!(is_served(&mut second).await);
    let mut third = server.from(1).await;
    assert!(is_served(&mut third).await);
    assert_eq!(until_closed(first).await, "", "it has waited the longest");
    assert!(is_served(&mut second).await);
    let read = timeout(Duration::from_millis(20), waits.read(&mut [0])).await;
    assert!(read.is_err(), "what is being answered stays");
}

#[tokio::test]
async fn an_address_that_takes_much_makes_room_before_others() {
    let server = served(patient(8), Some(Ipv4Addr::new(127, 0, 0, 9).into())).await;
    let mut visitor = server.from(2).await;
    assert!(is_served(&mut visitor).await);
    let mut proxied = server.from(9).await;
    assert!(is_served(&mut proxied).await);
    let mut also_proxied = server.from(9).await;
    assert!(is_served(&mut also_proxied).await);
    let mut takes_all = Vec::new();
    for _ in 0..40 {
        let mut stream = server.from(3).await;
        assert!(is_served(&mut stream).await);
        takes_all.push(stream);
    }
    for stream in [&mut visitor, &mut proxied, &mut also_proxied] {
        assert!(is_served(stream).await);
    }
}

#[tokio::test]
async fn an_answer_is_read_although_the_request_goes_on() {
    let server = served(patient(9), None).await;
    let mut stream = server
        .say("POST /unread HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9000000\r\n\r\n")
        .await;
    // The answer is under way by now, or soon; closing at once would lose it.
    for _ in 0..64 {
        stream.write_all(&[b'a'; 64 * 1024]).await.unwrap();
    }
    stream.shutdown().await.unwrap();
    let answered = until_closed(stream).await;
    assert!(answered.ends_with("too long"), "{answered}");
}

#[tokio::test]
async fn stopping_finishes_what_it_can_and_counts_what_it_cuts_off() {
    let server = served(patient(9), None).await;
    let mut idle = server.from(1).await;
    assert!(is_served(&mut idle).await);
    let _unanswered = server.say("GET /never HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
    server.arrived.notified().await;
    let _unread =
        server.say("POST /form HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\na").await;
    server.arrived.notified().await;
    server.stop.send(()).unwrap();
    let cut_off = server.task.await.unwrap();
    assert_eq!(cut_off, CutOff { unanswered: 1, unread: 1, untaken: 0 });
    assert!(!is_served(&mut idle).await);
}
