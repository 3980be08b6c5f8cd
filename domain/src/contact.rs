//! How to reach a patron: an e-mail address, a phone number, or both.

use serde::{Deserialize, Serialize};
use std::fmt;
use thiserror::Error;

/// An e-mail address that can be written to. Debug output hides it: it is personal.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Email(String);

/// A text that is no e-mail address. It doesn't hold the text: that would be personal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not an e-mail address like name@example.com")]
pub struct EmailError;

impl Email {
    /// Reads an address: a local part, `@`, and a domain with a dot. No display names, no quotes,
    /// no address literals: nobody who fills in a form has one.
    pub fn parse(text: &str) -> Result<Self, EmailError> {
        let text = text.trim();
        let options = email_address::Options::default()
            .with_required_tld()
            .without_display_text()
            .without_domain_literal();
        let address = email_address::EmailAddress::parse_with_options(text, options)
            .map_err(|_| EmailError)?;
        let quoted = address.local_part().starts_with('"');
        let plain =
            address.as_str().is_ascii() && !text.contains(|c: char| c.is_control() || c == ' ');
        if quoted || !plain || text.len() > 254 {
            return Err(EmailError);
        }
        let domain = address.domain().to_ascii_lowercase();
        Ok(Self(format!("{}@{domain}", address.local_part())))
    }

    /// The address as mail is sent to it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Email(hidden)")
    }
}

impl TryFrom<String> for Email {
    type Error = EmailError;
    fn try_from(text: String) -> Result<Self, EmailError> {
        Self::parse(&text)
    }
}

impl From<Email> for String {
    fn from(email: Email) -> String {
        email.0
    }
}

/// A phone number: North American, or with `+` and another country's code; perhaps an extension.
/// Debug output hides it: it is personal.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Phone {
    /// E.164 digits without the `+`, country code first.
    digits: String,
    extension: Option<String>,
}

/// Why a text is no phone number. It doesn't hold the text: that would be personal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PhoneError {
    /// Characters that no number has.
    #[error("a phone number has digits, spaces, hyphens, dots and parentheses only")]
    Characters,
    /// Neither ten digits of the North American plan nor `+` and 8 to 15 digits.
    #[error("give the area code and number, ten digits, or + and the country code")]
    Length,
    /// Ten digits, but no such area code or exchange exists in the North American plan.
    #[error("there is no such area code or exchange")]
    NotInPlan,
    /// An extension other than 1 to 6 digits.
    #[error("an extension has one to six digits")]
    Extension,
}

/// Splits `425 555 0100 ext. 12` into the number and what stands behind `ext`, `x` or `#`.
fn split_extension(text: &str) -> (&str, Option<&str>) {
    let lower = text.to_ascii_lowercase();
    let cut = ["ext", "x", "#"]
        .iter()
        .filter_map(|mark| lower.find(mark).map(|at| (at, at + mark.len())))
        .min();
    match cut {
        Some((at, after)) => (&text[..at], Some(&text[after..])),
        None => (text, None),
    }
}

impl Phone {
    /// Reads a number as people write it: `(425) 555-0100`, `+84 24 3825 2345`, `360.555.0131 x12`.
    pub fn parse(text: &str) -> Result<Self, PhoneError> {
        let (number, extension) = split_extension(text.trim());
        let number = number.trim().trim_end_matches(',').trim();
        let (international, number) =
            match number.strip_prefix('+').or_else(|| number.strip_prefix('＋')) {
                Some(rest) => (true, rest),
                None => (false, number),
            };
        let mut digits = String::with_capacity(15);
        for c in number.chars() {
            match crate::reference::digit(c) {
                Some(value) => digits.push(char::from(b'0' + value)),
                None if c.is_whitespace()
                    || matches!(c, '-' | '.' | '(' | ')' | '/' | '\u{2010}'..='\u{2015}') => {}
                None => return Err(PhoneError::Characters),
            }
        }
        let digits = match (international, digits.len()) {
            (false, 10) => format!("1{digits}"),
            (false, 11) if digits.starts_with('1') => digits,
            (true, 8..=15) => digits,
            _ => return Err(PhoneError::Length),
        };
        check_north_american(&digits)?;
        Ok(Self { digits, extension: extension.map(read_extension).transpose()? })
    }

    /// For links: `+14255550100`, with `;ext=12` where there is one (RFC 3966).
    pub fn dial(&self) -> String {
        match &self.extension {
            Some(extension) => format!("+{};ext={extension}", self.digits),
            None => format!("+{}", self.digits),
        }
    }
}

/// In the North American plan area code and exchange begin with 2 to 9.
fn check_north_american(digits: &str) -> Result<(), PhoneError> {
    let Some(national) = digits.strip_prefix('1') else {
        return if digits.starts_with('0') { Err(PhoneError::NotInPlan) } else { Ok(()) };
    };
    if national.len() != 10 {
        return Err(PhoneError::Length);
    }
    let starts_well =
        |at: usize| national.as_bytes().get(at).is_some_and(|b| (b'2'..=b'9').contains(b));
    if starts_well(0) && starts_well(3) { Ok(()) } else { Err(PhoneError::NotInPlan) }
}

fn read_extension(text: &str) -> Result<String, PhoneError> {
    let text = text.trim().trim_start_matches(['.', ':']).trim();
    let digits: Option<Vec<u8>> = text.chars().map(crate::reference::digit).collect();
    match digits {
        Some(digits) if (1..=6).contains(&digits.len()) => {
            Ok(digits.into_iter().map(|value| char::from(b'0' + value)).collect())
        }
        _ => Err(PhoneError::Extension),
    }
}

impl fmt::Display for Phone {
    /// As people here write it: `425-555-0100`, others as `+84…`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.digits.strip_prefix('1') {
            Some(national) => {
                write!(f, "{}-{}-{}", &national[0..3], &national[3..6], &national[6..10])?;
            }
            None => write!(f, "+{}", self.digits)?,
        }
        match &self.extension {
            Some(extension) => write!(f, " ext. {extension}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Phone(hidden)")
    }
}

impl TryFrom<String> for Phone {
    type Error = PhoneError;
    fn try_from(text: String) -> Result<Self, PhoneError> {
        Self::parse(&text)
    }
}

impl From<Phone> for String {
    fn from(phone: Phone) -> String {
        match &phone.extension {
            Some(extension) => format!("+{} ext {extension}", phone.digits),
            None => format!("+{}", phone.digits),
        }
    }
}

/// The way in which a patron wants to be contacted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContactWay {
    /// By e-mail.
    Email,
    /// By a call.
    Phone,
    /// By a text message, where the library offers it.
    Text,
}

impl ContactWay {
    /// All ways in the order in which pages show them.
    pub const ALL: [Self; 3] = [Self::Email, Self::Phone, Self::Text];

    /// The value in forms.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Text => "text",
        }
    }

    /// Reads a value of a form.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|way| way.as_str() == text)
    }
}

/// How to reach a patron. At least one detail is there, and so is the chosen way's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "ReachParts", into = "ReachParts")]
pub struct Reach {
    email: Option<Email>,
    phone: Option<Phone>,
    contact: ContactWay,
}

/// A detail that is needed is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ReachError {
    /// Neither an address nor a number.
    #[error("an e-mail address or a phone number is needed")]
    Nothing,
    /// E-mail was chosen, but there is no address.
    #[error("the chosen way is e-mail, but there is no address")]
    EmailMissing,
    /// A call or text was chosen, but there is no number.
    #[error("the chosen way needs a phone number, but there is none")]
    PhoneMissing,
}

impl Reach {
    /// Joins the details. Without a choice it is the one that was given, e-mail if both were.
    pub fn new(
        email: Option<Email>,
        phone: Option<Phone>,
        contact: Option<ContactWay>,
    ) -> Result<Self, ReachError> {
        let contact = match (contact, &email, &phone) {
            (_, None, None) => return Err(ReachError::Nothing),
            (Some(ContactWay::Email), None, _) => return Err(ReachError::EmailMissing),
            (Some(ContactWay::Phone | ContactWay::Text), _, None) => {
                return Err(ReachError::PhoneMissing);
            }
            (Some(way), _, _) => way,
            (None, Some(_), _) => ContactWay::Email,
            (None, None, Some(_)) => ContactWay::Phone,
        };
        Ok(Self { email, phone, contact })
    }

    /// The address, if one was given.
    pub fn email(&self) -> Option<&Email> {
        self.email.as_ref()
    }

    /// The number, if one was given.
    pub fn phone(&self) -> Option<&Phone> {
        self.phone.as_ref()
    }

    /// The way to use.
    pub fn contact(&self) -> ContactWay {
        self.contact
    }
}

#[derive(Serialize, Deserialize)]
struct ReachParts {
    email: Option<Email>,
    phone: Option<Phone>,
    contact: ContactWay,
}

impl TryFrom<ReachParts> for Reach {
    type Error = ReachError;
    fn try_from(parts: ReachParts) -> Result<Self, ReachError> {
        Self::new(parts.email, parts.phone, Some(parts.contact))
    }
}

impl From<Reach> for ReachParts {
    fn from(reach: Reach) -> Self {
        Self { email: reach.email, phone: reach.phone, contact: reach.contact }
    }
}
