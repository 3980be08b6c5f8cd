//! Reads a request's body into the form's fields. Any bytes may be sent: unreadable input is an
//! error, never a panic.

use axum::body::Body;
use domain::answers::Fields;
use http_body_util::BodyExt;
use std::time::Duration;
use thiserror::Error;

/// The longest body that is read, in bytes. All fields at their limits in the widest script,
/// percent-encoded, fit into it.
pub const BODY_MAX: usize = 96 * 1024;

/// How many further bytes are read and discarded, so that the browser finishes sending and can read
/// the answer that the body was too long.
const DRAIN_MAX: usize = 8 * 1024 * 1024;

/// The time limit for a whole body: a phone on a bad line sends [`BODY_MAX`] in that time, and a
/// client that trickles bytes holds resources no longer.
pub const BODY_TIME: Duration = Duration::from_secs(30);

/// Why a body gave no fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum BodyError {
    /// Longer than [`BODY_MAX`].
    #[error("the body is longer than {BODY_MAX} bytes")]
    TooLong,
    /// Not complete after [`BODY_TIME`].
    #[error("the body took longer than {} seconds", BODY_TIME.as_secs())]
    TooSlow,
    /// Truncated, not UTF-8, or not a form.
    #[error("the body is not a form in UTF-8")]
    Unreadable,
}

/// Reads a body as `application/x-www-form-urlencoded`.
pub async fn read(body: Body) -> Result<Fields, BodyError> {
    read_within(body, BODY_TIME).await
}

async fn read_within(body: Body, time: Duration) -> Result<Fields, BodyError> {
    let bytes = tokio::time::timeout(time, whole(body)).await;
    parse(&bytes.unwrap_or(Err(BodyError::TooSlow))?)
}

async fn whole(mut body: Body) -> Result<Vec<u8>, BodyError> {
    let mut bytes = Vec::new();
    let mut seen: usize = 0;
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else {
            return Err(BodyError::Unreadable);
        };
        let Some(data) = frame.data_ref() else {
            continue;
        };
        seen = seen.saturating_add(data.len());
        if seen > DRAIN_MAX {
            break;
        }
        if seen <= BODY_MAX {
            bytes.extend_from_slice(data);
        }
    }
    if seen > BODY_MAX {
        return Err(BodyError::TooLong);
    }
    Ok(bytes)
}

/// Parses a form's pairs strictly: a value that isn't UTF-8 is refused, because it would come back
/// changed. (`form_urlencoded` replaces what it can't decode.)
pub fn parse(bytes: &[u8]) -> Result<Fields, BodyError> {
    let text = std::str::from_utf8(bytes).map_err(|_| BodyError::Unreadable)?;
    let decode = |part: &str| {
        percent_encoding::percent_decode_str(&part.replace('+', " "))
            .decode_utf8()
            .map(|decoded| decoded.into_owned())
            .map_err(|_| BodyError::Unreadable)
    };
    let mut pairs = Vec::new();
    for pair in text.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        pairs.push((decode(name)?, decode(value)?));
    }
    Ok(Fields::new(pairs))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_read_with_its_spaces_and_letters() {
        let fields = parse("details=b%C3%A0+ngo%E1%BA%A1i&meet=phone&meet=video".as_bytes());
        let fields = fields.unwrap();
        assert_eq!(fields.first("details"), "bà ngoại");
        assert_eq!(fields.all("meet").collect::<Vec<_>>(), ["phone", "video"]);
    }

    #[tokio::test]
    async fn a_body_that_drips_in_ends_after_its_time() {
        // Each byte comes in time, but the body never ends.
        let drops = futures_util::stream::unfold((), |()| async {
            tokio::time::sleep(Duration::from_millis(1)).await;
            Some((Ok::<_, std::io::Error>("a"), ()))
        });
        let read = read_within(Body::from_stream(drops), Duration::from_millis(50)).await;
        assert_eq!(read.err(), Some(BodyError::TooSlow));
    }

    #[test]
    fn what_is_not_utf_8_is_refused_rather_than_changed() {
        for body in [&b"name=%FF%FE"[..], b"name=\xff", b"%C3=1"] {
            assert_eq!(parse(body).err(), Some(BodyError::Unreadable));
        }
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_answered(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..512)) {
            let _ = parse(&bytes);
        }
    }
}
