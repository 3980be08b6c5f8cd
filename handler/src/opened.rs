//! A case that was found by its link and opened.

use crate::case::Case;
use crate::desk::Desk;
use crate::link::{self, Role};
use crate::seal::{self, SealError};
use crate::store::StoreError;
use domain::Request;
use thiserror::Error;

/// A case and the request in it.
pub(crate) struct Opened {
    pub(crate) case: Case,
    pub(crate) request: Request,
    pub(crate) role: Role,
}

/// Why a link opened nothing.
#[derive(Debug, Error)]
pub(crate) enum OpenedError {
    /// There is no such case, the link is another's, or the case was erased.
    #[error("nothing is there")]
    Gone,
    /// The store didn't answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The body can't be opened.
    #[error(transparent)]
    Seal(#[from] SealError),
}

/// Opens the case of a link that was made for one of these roles.
pub(crate) async fn by_locator(
    desk: &Desk,
    locator: &str,
    roles: &[Role],
) -> Result<Opened, OpenedError> {
    let (id, tag) = link::split(locator).ok_or(OpenedError::Gone)?;
    let case = desk.store.read(id).await?.ok_or(OpenedError::Gone)?;
    let role = link::role(&desk.secrets.link_keys, id, &tag, case.links)
        .filter(|role| roles.contains(role))
        .ok_or(OpenedError::Gone)?;
    let key = desk.store.existing_key(id).await?.ok_or(SealError::KeyMissing(id))?;
    let request = seal::open(&desk.secrets, &key, &case)?;
    Ok(Opened { case, request, role })
}
