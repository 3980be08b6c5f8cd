//! The headers that every answer carries, pages of the site included.

use axum::http::HeaderName;
use axum::http::header;

/// The content security policy: our own styles, images and forms, nothing else. Without
/// `connect-src 'self'` page checkers can't read `robots.txt` and call it missing.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; \
     connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The security headers besides the policy. The referrer policy is `same-origin`, because with
/// `no-referrer` browsers send `Origin: null` with a form.
pub const SECURITY: [(HeaderName, &str); 5] = [
    (header::STRICT_TRANSPORT_SECURITY, "max-age=63072000; includeSubDomains"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("permissions-policy"), "camera=(), microphone=(), geolocation=()"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

/// For pages with a patron's input: *Back* shows it again, on this device only.
pub const CACHE_FORM: &str = "private, no-cache";

/// For pages that a patron or staff open by their link.
pub const CACHE_NEVER: &str = "no-store";
