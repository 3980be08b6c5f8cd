//! DynamoDB, as an emulator has it, whose indexes answer what was true some calls before.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;

/// An emulator behind which its indexes are.
pub(crate) struct Behind {
    pub(crate) url: String,
    state: Arc<Mutex<Answers>>,
}

#[derive(Default)]
struct Answers {
    /// Of each index, and each part of it: the answers that are still to be given.
    waiting: BTreeMap<String, VecDeque<Vec<u8>>>,
    stale: usize,
}

#[derive(Clone)]
struct Forward {
    to: String,
    by: usize,
    state: Arc<Mutex<Answers>>,
}

impl Behind {
    /// Each answer of an index is the one that was due so many calls before.
    pub(crate) async fn start(emulator: &str, by: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::new(Mutex::new(Answers::default()));
        let forward = Forward { to: emulator.to_owned(), by, state: Arc::clone(&state) };
        let router = axum::Router::new().fallback(answer).with_state(forward);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, state }
    }

    /// How often an index answered what was no longer so.
    pub(crate) fn stale(&self) -> usize {
        self.state.lock().unwrap().stale
    }
}

/// Which part of an index is asked for, if one is.
fn index(request: &serde_json::Value) -> Option<String> {
    let index = request["IndexName"].as_str()?;
    let hash = request["ExpressionAttributeValues"][":hash"].to_string();
    Some(format!("{index} {hash}"))
}

async fn answer(
    State(forward): State<Forward>,
    headers: HeaderMap,
    body: Bytes,
) -> (StatusCode, Vec<u8>) {
    let index = serde_json::from_slice(&body).ok().as_ref().and_then(index);
    let to = forward.to.clone();
    let asked = tokio::task::spawn_blocking(move || {
        let agent: ureq::Agent =
            ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let mut request = ureq::http::Request::builder().method("POST").uri(to);
        for name in ["authorization", "content-type", "x-amz-date", "x-amz-target"] {
            if let Some(value) = headers.get(name) {
                request = request.header(name, value);
            }
        }
        let mut answer = agent.run(request.body(body.to_vec()).unwrap()).unwrap();
        (answer.status(), answer.body_mut().read_to_vec().unwrap())
    });
    let (status, now) = asked.await.unwrap();
    let Some(index) = index.filter(|_| status.is_success()) else {
        return (status, now);
    };
    let mut state = forward.state.lock().unwrap();
    let waiting = state.waiting.entry(index).or_default();
    waiting.push_back(now.clone());
    let then = if waiting.len() > forward.by { waiting.pop_front() } else { None };
    let then = then.unwrap_or_else(|| br#"{"Items":[],"Count":0,"ScannedCount":0}"#.to_vec());
    state.stale += usize::from(then != now);
    (status, then)
}
