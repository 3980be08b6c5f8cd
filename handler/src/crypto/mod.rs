//! Keys and what is made with them: references, tokens, tickets, links, sealed bodies. Knows
//! nothing of cases.

pub mod contact_hash;
pub mod lineage;
pub mod link;
pub mod seal;
pub mod secrets;
pub mod ticket;
pub mod token;
