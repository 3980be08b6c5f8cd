//! Parses the URL of a mail server.

use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::TlsParameters;
use lettre::transport::smtp::extension::ClientId;
use percent_encoding::percent_decode_str;
use std::net::IpAddr;
use thiserror::Error;
use url::Url;

/// A URL that names no SMTP server.
#[derive(Debug, Error)]
#[error(
    "this is no address of a mail server: {0}; \
     give smtp://USER:PASSWORD@HOST:587?tls=required or smtps://USER:PASSWORD@HOST"
)]
pub struct SmtpUrlError(String);

/// Where the server is, and how to talk to it.
pub(super) struct Server {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) encryption: Encryption,
    /// The name that we greet with.
    pub(super) hello: ClientId,
    pub(super) credentials: Option<Credentials>,
}

/// How the conversation is protected.
pub(super) enum Encryption {
    /// By `STARTTLS`, if the server offers it. Its certificate isn't verified: a relay in the
    /// library's own network has no verifiable one, and an attacker in between could suppress the
    /// offer anyway. `?tls=required` is for servers reached through foreign networks.
    IfOffered(TlsParameters),
    /// By `STARTTLS`, or no mail is sent. The certificate is verified.
    Required(TlsParameters),
    /// From the first byte on. The certificate is verified.
    FromTheStart(TlsParameters),
}

impl Server {
    pub(super) fn parse(url: &str) -> Result<Self, SmtpUrlError> {
        let wrong = |error: &dyn std::fmt::Display| SmtpUrlError(error.to_string());
        let url = Url::parse(url).map_err(|error| wrong(&error))?;
        let host = url.host_str().ok_or_else(|| wrong(&"it names no host"))?;
        let tls = url.query_pairs().find(|(key, _)| key == "tls").map(|(_, value)| value);
        let parameters = || TlsParameters::builder(unbracketed(host).to_owned());
        let verified = || parameters().build().map_err(|error| wrong(&error));
        let unverified = || {
            let parameters = parameters().dangerous_accept_invalid_certs(true);
            parameters.build().map_err(|error| wrong(&error))
        };
        let credentials = credentials(&url)?;
        // A password needs a verified server and an encrypted connection.
        let needs_secrecy = credentials.is_some() && !is_this_machine(&url);
        let (encryption, port) = match (url.scheme(), tls.as_deref()) {
            ("smtp", None) if needs_secrecy => (Encryption::Required(verified()?), 25),
            ("smtp", Some("opportunistic")) if needs_secrecy => {
                (Encryption::Required(verified()?), 587)
            }
            ("smtp", None) => (Encryption::IfOffered(unverified()?), 25),
            ("smtp", Some("opportunistic")) => (Encryption::IfOffered(unverified()?), 587),
            ("smtp", Some("required")) => (Encryption::Required(verified()?), 587),
            ("smtps", _) => (Encryption::FromTheStart(verified()?), 465),
            ("smtp", Some(_)) => return Err(wrong(&"tls is neither required nor opportunistic")),
            _ => return Err(wrong(&"it begins with neither smtp:// nor smtps://")),
        };
        // The path is the name to greet with, if the machine's own is unsuitable.
        let name = url.path().trim_matches('/');
        let hello = match name {
            "" => ClientId::default(),
            name => ClientId::Domain(name.to_owned()),
        };
        Ok(Self {
            host: unbracketed(host).to_owned(),
            port: url.port().unwrap_or(port),
            encryption,
            hello,
            credentials,
        })
    }
}

/// The user and the password, if the URL has any.
fn credentials(url: &Url) -> Result<Option<Credentials>, SmtpUrlError> {
    let decoded = |text: &str| {
        let text = percent_decode_str(text).decode_utf8();
        text.map(String::from).map_err(|_| SmtpUrlError("user or password isn't UTF-8".to_owned()))
    };
    let Some(password) = url.password() else { return Ok(None) };
    Ok(Some(Credentials::new(decoded(url.username())?, decoded(password)?)))
}

/// Whether the connection stays on this machine.
fn is_this_machine(url: &Url) -> bool {
    let host = unbracketed(url.host_str().unwrap_or_default());
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// An IPv6 address without its URL brackets.
fn unbracketed(host: &str) -> &str {
    host.trim_start_matches('[').trim_end_matches(']')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(url: &str, host: &str, port: u16) -> Server {
        let server = Server::parse(url).unwrap();
        assert_eq!((server.host.as_str(), server.port), (host, port), "{url}");
        server
    }

    #[test]
    fn each_kind_of_address_has_its_port_and_its_encryption() {
        let plain = check("smtp://mail.library.example", "mail.library.example", 25);
        assert!(matches!(plain.encryption, Encryption::IfOffered(_)));
        let required =
            check("smtp://u:p@mail.library.example?tls=required", "mail.library.example", 587);
        assert!(matches!(required.encryption, Encryption::Required(_)));
        let wrapped = check("smtps://u:p%40@[::1]/desk.library.example", "::1", 465);
        assert!(matches!(wrapped.encryption, Encryption::FromTheStart(_)));
        assert_eq!(wrapped.credentials, Some(Credentials::new("u".into(), "p@".into())));
        assert_eq!(wrapped.hello, ClientId::Domain("desk.library.example".to_owned()));
        check("smtp://127.0.0.1:2525", "127.0.0.1", 2525);
    }

    #[test]
    fn a_password_is_sent_to_nobody_who_isnt_known_to_be_the_server() {
        for url in ["smtp://u:p@mail.example", "smtp://u:p@mail.example?tls=opportunistic"] {
            let server = Server::parse(url).unwrap();
            assert!(matches!(server.encryption, Encryption::Required(_)), "{url}");
        }
        for url in ["smtp://u:p@127.0.0.1:2525", "smtp://u:p@localhost", "smtp://u:p@[::1]"] {
            let server = Server::parse(url).unwrap();
            assert!(matches!(server.encryption, Encryption::IfOffered(_)), "{url}");
        }
    }

    #[test]
    fn what_names_no_server_is_refused_and_the_password_not_repeated() {
        for url in ["mail.library.example", "http://u:secret@h", "smtp://u:secret@h?tls=maybe"] {
            let error = Server::parse(url).err().unwrap().to_string();
            assert!(error.contains("tls=required") && !error.contains("secret"), "{error}");
        }
    }
}
