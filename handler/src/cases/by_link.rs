//! Opening the case that a link leads to.

use crate::case::Case;
use crate::case::body::{self, SealError};
use crate::crypto::link::{self, Role};
use crate::crypto::secrets::Secrets;
use crate::store::{Store, StoreError};
use domain::Request;
use thiserror::Error;

/// A case, its request, and what the link that opened it may show.
pub(crate) struct Opened {
    pub(crate) case: Case,
    pub(crate) request: Request,
    pub(crate) role: Role,
}

/// Why a link opened nothing.
#[derive(Debug, Error)]
pub(crate) enum OpenError {
    /// There is no such case, the link doesn't fit it, or it was erased.
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
pub(crate) async fn open_by_link(
    store: &dyn Store,
    secrets: &Secrets,
    locator: &str,
    roles: &[Role],
) -> Result<Opened, OpenError> {
    let (id, tag) = link::split(locator).ok_or(OpenError::Gone)?;
    let case = store.read(id).await?.ok_or(OpenError::Gone)?;
    let role = link::role(&secrets.link_keys, id, &tag, case.links)
        .filter(|role| roles.contains(role))
        .ok_or(OpenError::Gone)?;
    let key = store.existing_key(id).await?.ok_or(SealError::KeyMissing(id))?;
    let request = body::open(secrets, &key, &case)?;
    Ok(Opened { case, request, role })
}
