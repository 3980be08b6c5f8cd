//! Starting a function: parses the bundle while SSM is asked; any error ends the start with a line
//! that says what to do.

use super::clients::Clients;
use super::parameters::{self, ParameterError};
use super::settings::FunctionSettings;
use crate::crypto::secrets::Secrets;
use crate::http::{Desk, Origin, OriginError};
use crate::live::{Clock, LiveRenderer};
use crate::mail::compose::Composer;
use crate::mail::deliver::{Deliverer, Limits};
use crate::mail::mailer::SesMailer;
use crate::store::{DynamoDbStore, Store};
use jiff::{SignedDuration, Timestamp};
use render::{Bundle, RenderError, Renderer};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use thiserror::Error;
use tokio::sync::Notify;

/// The lease: longer than the functions that send mail may run (`Timeout` in the template), or mail
/// would be sent twice; but mail of a killed function waits this long.
const LEASE: SignedDuration = SignedDuration::from_secs(90);

/// Longer than the timeouts of the SES and DynamoDB clients; together shorter than the lease.
const LIMITS: Limits = Limits { mail: Duration::from_secs(25), store: Duration::from_secs(15) };

/// Why a function can't start.
#[derive(Debug, Error)]
pub enum StartError {
    /// The bundle is missing or can't be read.
    #[error("{}: {error}; deploy the function with the bundle that `build` writes", path.display())]
    Bundle {
        /// Where it was looked for.
        path: PathBuf,
        /// What is wrong.
        error: String,
    },
    /// A template or a string in it is wrong.
    #[error("the bundle's templates or strings are wrong: {0}; `check` says where")]
    Render(#[from] RenderError),
    /// The base URL isn't valid.
    #[error("BOOK_A_LIBRARIAN_BASE_URL: {0}")]
    BaseUrl(#[from] OriginError),
    /// A parameter can't be read.
    #[error(transparent)]
    Parameter(#[from] ParameterError),
}

/// The parts of a function.
pub struct Started {
    /// Templates, strings and the directory.
    pub renderer: LiveRenderer,
    /// Where cases are kept.
    pub store: Arc<dyn Store>,
    /// The keys.
    pub secrets: Arc<Secrets>,
    /// The secret of CloudFront's requests; two while it is rotated.
    pub origin: Vec<String>,
    /// Where the site is.
    site: Origin,
    clients: Clients,
    settings: FunctionSettings,
}

impl Started {
    /// Reads the bundle and the secrets.
    pub async fn start(settings: FunctionSettings) -> Result<Self, StartError> {
        let site = Origin::of(&settings.base_url)?;
        let bundle = settings.bundle.clone();
        let parsing = tokio::task::spawn_blocking(move || renderer(&bundle));
        let clients = Clients::new(&settings.shared.place);
        let names = std::iter::once(settings.shared.secrets_parameter.clone())
            .chain(settings.origin_parameter.clone())
            .collect();
        let (renderer, parameters) = tokio::join!(parsing, parameters::read(&clients.ssm, names));
        let renderer = renderer.map_err(|error| StartError::Bundle {
            path: settings.bundle.clone(),
            error: error.to_string(),
        })??;
        let mut parameters = parameters?;
        let mut take = |name: &String| {
            parameters.remove(name).ok_or_else(|| ParameterError::Missing(name.clone()))
        };
        let secrets = parameters::parse_secrets(
            &settings.shared.secrets_parameter,
            &take(&settings.shared.secrets_parameter)?,
        )?;
        let origin = match &settings.origin_parameter {
            Some(name) => take(name)?.split(',').map(|part| part.trim().to_owned()).collect(),
            None => Vec::new(),
        };
        let tables = settings.shared.tables.clone();
        let store = Arc::new(DynamoDbStore::new(&clients.dynamodb, tables));
        let renderer = LiveRenderer::new(renderer);
        Ok(Self { renderer, store, secrets: Arc::new(secrets), origin, site, clients, settings })
    }

    /// The desk.
    pub fn desk(&self) -> Desk {
        Desk {
            renderer: self.renderer.clone(),
            store: Arc::clone(&self.store),
            secrets: Arc::clone(&self.secrets),
            origin: self.site.clone(),
            clock: clock(),
            // Nobody listens: the table's stream rings for new mail.
            bell: Arc::new(Notify::new()),
        }
    }

    /// The deliverer.
    pub fn deliverer(&self) -> Arc<Deliverer> {
        let set = self.settings.shared.configuration_set.clone();
        Arc::new(Deliverer {
            store: Arc::clone(&self.store),
            mailer: Arc::new(SesMailer::new(self.clients.ses.clone(), set)),
            secrets: Arc::clone(&self.secrets),
            compose: Arc::new(Composer {
                renderer: self.renderer.clone(),
                secrets: Arc::clone(&self.secrets),
                base_url: self.settings.base_url.clone(),
            }),
            lease: LEASE,
            limits: LIMITS,
        })
    }
}

/// Reads the real clock: the functions are composition roots.
pub(super) fn clock() -> Clock {
    Arc::new(Timestamp::now)
}

fn renderer(path: &Path) -> Result<Arc<Renderer>, StartError> {
    let wrong = |error: String| StartError::Bundle { path: path.to_owned(), error };
    let bytes = std::fs::read(path).map_err(|error| wrong(error.to_string()))?;
    let bundle: Bundle =
        serde_json::from_slice(&bytes).map_err(|error| wrong(error.to_string()))?;
    Ok(Arc::new(Renderer::new(Arc::new(bundle))?))
}
