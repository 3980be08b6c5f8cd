//! SES, as an emulator has it, with the mails kept as they came: the emulator keeps no headers.

use crate::support::emulators::{self, Emulator};
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use data_encoding::BASE64;
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;

/// An emulator, and what it took.
pub(crate) struct SesRecorder {
    _emulator: Emulator,
    pub(crate) url: String,
    taken: Arc<Mutex<Vec<Vec<u8>>>>,
}

#[derive(Clone)]
struct Forward {
    to: String,
    taken: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl SesRecorder {
    pub(crate) async fn start() -> Self {
        let emulator = emulators::ministack();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let taken = Arc::new(Mutex::new(Vec::new()));
        let state = Forward { to: emulator.url.clone(), taken: Arc::clone(&taken) };
        let router = axum::Router::new().fallback(forward).with_state(state);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { _emulator: emulator, url, taken }
    }

    /// The mails that the emulator took, oldest first.
    pub(crate) fn mails(&self) -> Vec<Vec<u8>> {
        self.taken.lock().unwrap().clone()
    }
}

async fn forward(
    State(forward): State<Forward>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> (StatusCode, Vec<u8>) {
    let raw = serde_json::from_slice::<serde_json::Value>(&body).ok().and_then(|request| {
        let data = request.pointer("/Content/Raw/Data")?.as_str()?.to_owned();
        BASE64.decode(data.as_bytes()).ok()
    });
    let to = format!("{}{uri}", forward.to);
    let answered = tokio::task::spawn_blocking(move || {
        let agent: ureq::Agent =
            ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let mut request = ureq::http::Request::builder().method(method).uri(to);
        for name in ["authorization", "content-type", "x-amz-date"] {
            if let Some(value) = headers.get(name) {
                request = request.header(name, value);
            }
        }
        let mut answer = agent.run(request.body(body.to_vec()).unwrap()).unwrap();
        (answer.status(), answer.body_mut().read_to_vec().unwrap())
    });
    let (status, answer) = answered.await.unwrap();
    if let Some(raw) = raw.filter(|_| status.is_success()) {
        forward.taken.lock().unwrap().push(raw);
    }
    (status, answer)
}
