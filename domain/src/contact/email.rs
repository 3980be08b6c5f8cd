//! An e-mail address.

use crate::typed;
use idna::AsciiDenyList;
use idna::uts46::{DnsLength, Hyphens, Uts46};
use serde::{Deserialize, Serialize};
use std::fmt;
use thiserror::Error;

/// An e-mail address that can be written to. Debug output hides it: it is personal.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Email(String);

/// A text that is no e-mail address. The error doesn't hold the text, which would be personal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not an e-mail address like name@example.com")]
pub struct EmailError;

/// The longest address that mail servers take.
const LENGTH_MAX: usize = 254;

impl Email {
    /// Reads an address as people type or paste it: a local part, `@`, and a domain whose last part
    /// has a letter in it. `mailto:` and pointed brackets are taken off. No quotes, no address
    /// literals: nobody who fills in a form has one. A domain beyond ASCII is kept as mail servers
    /// need it (`xn--…`).
    pub fn parse(text: &str) -> Result<Self, EmailError> {
        // Inside a domain a joiner may be part of the name; IDNA decides.
        let text = typed::plain_but(text, is_joiner).replace('\u{3002}', ".");
        let (local, domain) = unwrapped(text.trim()).rsplit_once('@').ok_or(EmailError)?;
        // Keyboards with word completion add spaces here.
        let local = local.trim_end().replace(is_joiner, "");
        let address = format!("{local}@{}", ascii_domain(domain.trim_start())?);
        let options = email_address::Options::default()
            .with_required_tld()
            .without_display_text()
            .without_domain_literal();
        email_address::EmailAddress::parse_with_options(&address, options)
            .map_err(|_| EmailError)?;
        // Graphic: no spaces and nothing that could end a header's line.
        let is_plain = address.bytes().all(|byte| byte.is_ascii_graphic());
        if local.starts_with('"') || !is_plain || address.len() > LENGTH_MAX {
            return Err(EmailError);
        }
        Ok(Self(address))
    }

    /// The address as mail is sent to it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address as a person reads it: a domain beyond ASCII in its own letters.
    pub fn readable(&self) -> String {
        match self.0.rsplit_once('@') {
            Some((local, domain)) => format!("{local}@{}", idna::domain_to_unicode(domain).0),
            None => self.0.clone(),
        }
    }

    /// The mailbox in a form that ignores spelling variants. Only for comparing: a server may tell
    /// capital letters apart.
    pub fn folded(&self) -> String {
        self.0.to_lowercase()
    }
}

fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200C}' | '\u{200D}')
}

/// The address alone: without `mailto:` and what may follow it, out of `<…>`, without the full
/// stop or comma of the sentence that it was copied from.
fn unwrapped(text: &str) -> &str {
    let text = match text.split_once(':') {
        Some((scheme, rest)) if scheme.trim().eq_ignore_ascii_case("mailto") => {
            rest.split('?').next().unwrap_or_default()
        }
        _ => text,
    };
    let text = text.trim();
    let text = match text.strip_prefix('<').map(|rest| rest.strip_suffix('>')) {
        Some(Some(inside)) => inside,
        _ => text,
    };
    text.trim().trim_end_matches(['.', ',', ';', ' '])
}

/// A domain in ASCII. Its last part has a letter, so IP addresses are refused.
fn ascii_domain(domain: &str) -> Result<String, EmailError> {
    let without_joiners = domain.replace(is_joiner, "");
    let domain = if without_joiners.is_ascii() { &without_joiners } else { domain };
    let ascii = Uts46::new()
        .to_ascii(
            domain.as_bytes(),
            AsciiDenyList::STD3,
            Hyphens::CheckFirstLast,
            DnsLength::Verify,
        )
        .map_err(|_| EmailError)?;
    let last = ascii.rsplit('.').next().unwrap_or_default();
    if last.bytes().any(|byte| byte.is_ascii_alphabetic()) {
        Ok(ascii.into_owned())
    } else {
        Err(EmailError)
    }
}

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Email(hidden)")
    }
}

impl TryFrom<String> for Email {
    type Error = EmailError;

    /// A stored address. Earlier releases may have accepted more, and a request must open even if
    /// the rules have changed.
    fn try_from(text: String) -> Result<Self, EmailError> {
        let is_plain = text.bytes().all(|byte| byte.is_ascii_graphic());
        if is_plain && text.contains('@') && text.len() <= LENGTH_MAX {
            return Ok(Self(text));
        }
        Self::parse(&text)
    }
}

impl From<Email> for String {
    fn from(email: Email) -> String {
        email.0
    }
}
