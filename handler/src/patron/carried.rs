//! What a posted form carries on from the page before: its lineage, if it comes from one of our own
//! pages and its token or ticket was issued here. Otherwise the form silently begins anew, keeping
//! everything that was written.

use crate::crypto::lineage::Lineage;
use crate::crypto::ticket;
use crate::crypto::token::{self, Token, TokenProblem};
use crate::http::{PostedFrom, Visit};
use domain::answers::{self, Fields};

/// By the ticket of a form page.
pub(super) fn by_ticket(visit: &Visit, from: PostedFrom, fields: &Fields) -> Option<Lineage> {
    match from {
        PostedFrom::OurPage => ticket::read(&visit.desk.secrets.token_keys, fields.first("ticket")),
        PostedFrom::Elsewhere => None,
    }
}

/// By the token of a check page with these answers, even if expired.
pub(super) fn by_token(visit: &Visit, from: PostedFrom, fields: &Fields) -> Option<Lineage> {
    let text = fields.first("token");
    // The page may have been in another language than this request's.
    let language = token::language_of(text)?;
    let answers = answers::parse(fields, &language, visit.directory(), visit.today()).ok()?;
    match token::verify(&visit.desk.secrets.token_keys, text, &answers, visit.now) {
        Ok(token) | Err(TokenProblem::Expired(token) | TokenProblem::Early(token)) => {
            descendant(from, &token)
        }
        Err(TokenProblem::Altered) => None,
    }
}

/// The lineage of a page made from a check page.
pub(super) fn descendant(from: PostedFrom, token: &Token) -> Option<Lineage> {
    match from {
        PostedFrom::OurPage => token.descendant(),
        PostedFrom::Elsewhere => None,
    }
}
