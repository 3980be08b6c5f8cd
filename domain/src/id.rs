//! Ids of topics, their groups, branches, areas and ready sentences: slugs that never change and
//! are never reused.

use serde::{Deserialize, Serialize};
use std::fmt;
use thiserror::Error;

/// Why a text is not a slug.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SlugError {
    /// Nothing was given.
    #[error("an id can't be empty")]
    Empty,
    /// Longer than 64 characters.
    #[error("the id is {0} characters long; at most 64 are allowed")]
    TooLong(usize),
    /// A character other than `a-z`, `0-9` and single hyphens between them.
    #[error(
        "\"{0}\" is not a slug: use lower-case letters, digits and single hyphens, like \"oak-harbor\""
    )]
    NotASlug(String),
    /// A word that is reserved in the place of a library's id.
    #[error(
        "\"{0}\" can't be the id of a library, because the desk has an address or a queue of that \
         name; add a word, like \"{0}-library\""
    )]
    Reserved(String),
}

/// What stands at the place of a library in `/desk/staff/{library}/`, in the names of queues, or in
/// the threads of mails.
const NO_BRANCH: [&str; 9] =
    ["canary", "code", "coordinator", "enrol", "find", "former", "moderator", "patron", "request"];

fn check_slug(text: &str) -> Result<(), SlugError> {
    if text.is_empty() {
        return Err(SlugError::Empty);
    }
    let length = text.chars().count();
    if length > 64 {
        return Err(SlugError::TooLong(length));
    }
    let well_formed = text.split('-').all(|part| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    });
    if well_formed { Ok(()) } else { Err(SlugError::NotASlug(text.to_owned())) }
}

macro_rules! slug_id {
    ($(#[$doc:meta])* $name:ident $(but none of $reserved:ident)?) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Reads an id. Errors say which rule was broken.
            pub fn parse(text: &str) -> Result<Self, SlugError> {
                check_slug(text)?;
                $(if $reserved.contains(&text) {
                    return Err(SlugError::Reserved(text.to_owned()));
                })?
                Ok(Self(text.to_owned()))
            }

            /// The id as it stands in addresses, file names and form fields.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = SlugError;
            /// An id that was stored. It may be one of before its word was taken: what names it
            /// must open all the same.
            fn try_from(text: String) -> Result<Self, SlugError> {
                check_slug(&text)?;
                Ok(Self(text))
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }
    };
}

slug_id! {
    /// The id of a topic of help, such as `genealogy`.
    TopicId
}
slug_id! {
    /// The id of a branch (people read: a library), such as `oak-harbor`.
    BranchId but none of NO_BRANCH
}

slug_id! {
    /// The id of an area of libraries, such as `island`.
    AreaId
}
slug_id! {
    /// The id of a group of topics, such as `technical`.
    GroupId
}
slug_id! {
    /// The id of a sentence, or of steps, that staff can send as they stand and that patrons read in
    /// their own language.
    PhraseId
}

impl TopicId {
    /// The topic that is always on offer, for whatever fits no other.
    pub const SOMETHING_ELSE: &'static str = "something-else";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_is_kept_as_it_is() {
        assert_eq!(
            BranchId::parse("lakewood-smokey-point").map(|id| id.to_string()),
            Ok("lakewood-smokey-point".to_owned())
        );
    }

    #[test]
    fn what_is_no_slug_is_refused() {
        for text in ["", "Langley", "oak harbor", "-a", "a-", "a--b", "a/b", "ấ"] {
            assert!(TopicId::parse(text).is_err(), "{text:?} was taken");
        }
    }
    #[test]
    fn no_library_takes_the_name_of_a_queue_or_of_an_address_of_staff() {
        for text in NO_BRANCH {
            let refused = BranchId::parse(text);
            assert_eq!(refused, Err(SlugError::Reserved(text.to_owned())));
            assert!(TopicId::parse(text).is_ok(), "{text}");
            assert!(BranchId::parse(&format!("{text}-library")).is_ok(), "{text}");
        }
        assert_eq!(
            BranchId::parse("find").map_err(|error| error.to_string()),
            Err("\"find\" can't be the id of a library, because the desk has an address or a queue \
                 of that name; add a word, like \"find-library\""
                .to_owned())
        );
    }
}
