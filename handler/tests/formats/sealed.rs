//! What is sealed: a body that this version sealed is kept, with the keys that open it.

use crate::desk::stored::stored;
use crate::events::{all_answers, entries};
use crate::pin::pinned;
use crate::samples::{id, in_phase, sent, start};
use domain::Request;
use domain::request::Actor;
use handler::case::body::{self, FORMAT};
use handler::case::{Case, CaseKind, NonceHash};
use handler::crypto::seal;
use handler::crypto::secrets::{SecretKey, Secrets};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A sealed case, and what opens it.
#[derive(Serialize, Deserialize)]
struct Kept {
    secrets: Secrets,
    key: SecretKey,
    case: Case,
}

/// A request with everything that a form asks for.
fn request() -> Request {
    let mut request = Request::new(in_phase("unsent").id());
    let event = sent(all_answers(), start(), None);
    request.apply(id("sent"), event, Actor::Patron, start()).unwrap();
    request
}

fn seal_now() -> Kept {
    let (secrets, key) = (Secrets::random().unwrap(), SecretKey::random().unwrap());
    let hash = NonceHash([7; 32]);
    let case = Case::new(CaseKind::Request, &request(), &secrets, &key, hash).unwrap();
    Kept { secrets, key, case }
}

/// What stands in a body, without the keys of this test's run.
fn inside(kept: &Kept) -> Value {
    let belongs_to = format!("case {} version {}", kept.case.id.compact(), kept.case.version);
    let sealed = &kept.case.sealed;
    let plain = seal::open(&kept.secrets, &kept.key, sealed, belongs_to.as_bytes()).unwrap();
    serde_json::from_slice(&plain).unwrap()
}

#[test]
fn a_request_with_every_event_is_read_as_it_was_written() {
    let request = serde_json::json!({ "id": in_phase("unsent").id(), "history": entries() });
    let request: Request = serde_json::from_value(request).unwrap();
    let state = request.state();
    assert!(state.closed.is_some() || state.phase.is_open(), "any history can be folded");
    let written = serde_json::to_vec(&request).unwrap();
    assert!(serde_json::from_slice::<Request>(&written).unwrap() == request);
}

#[test]
fn a_body_is_sealed_with_what_it_was_sealed_with() {
    pinned("body.json", &[(format!("format {FORMAT}"), inside(&seal_now()))]);
}

#[test]
fn a_body_that_was_sealed_once_opens_for_as_long_as_its_format_is_read() {
    let path = stored("v2/sealed.json");
    // Sealed anew it is another file each time: only where there is none.
    if std::env::var_os("PRINT_STORED").is_some() && !path.exists() {
        std::fs::write(&path, serde_json::to_string_pretty(&seal_now()).unwrap()).unwrap();
    }
    let kept: Kept = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    let opened = body::open(&kept.secrets, &kept.key, &kept.case).unwrap_or_else(|error| {
        panic!(
            "{}: {error}. Every request that is stored would be unreadable: the cipher, what its key \
             is made of and what it belongs to may change only with a new format number",
            path.display()
        );
    });
    assert!(opened == request());
    let next = kept.case.next(&opened, &kept.secrets, &kept.key).unwrap();
    assert!(body::open(&kept.secrets, &kept.key, &next).unwrap() == opened);
}
