//! Starting a function: the bundle is parsed while SSM is asked, and whatever is wrong ends the
//! start with a line that says what to do.

use super::clients::Clients;
use super::settings::{FunctionSettings, MissingSettings};
use crate::deliver::Deliverer;
use crate::desk::{Clock, Desk, LiveRenderer};
use crate::letter::Composer;
use crate::mailer::SesMailer;
use crate::secrets::Secrets;
use crate::store::{DynamoDbStore, Store};
use aws_sdk_ssm::error::ProvideErrorMetadata;
use jiff::{SignedDuration, Timestamp};
use render::{Bundle, RenderError, Renderer};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use thiserror::Error;
use tokio::sync::Notify;

/// How long what was taken up is nobody else's: longer than the functions that send mail may run
/// (`Timeout` in the template), as then it would be sent again; but mail of a function that was
/// killed waits for as long.
const LEASE: SignedDuration = SignedDuration::from_secs(90);

/// Why a function can't start.
#[derive(Debug, Error)]
pub enum StartError {
    /// Its environment lacks something.
    #[error("{0}: they are set by the template")]
    Settings(#[from] MissingSettings),
    /// There is no bundle, or it can't be read.
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
    /// SSM didn't answer as needed.
    #[error("SSM: {0}; does the function's role allow ssm:GetParameters?")]
    Ssm(String),
    /// A parameter isn't there.
    #[error("there is no SSM parameter {0}; `infra/aws/deploy secrets` makes it")]
    NoParameter(String),
    /// The parameter with the keys holds something else.
    #[error("the SSM parameter {name} does not hold the desk's keys: {error}")]
    Secrets {
        /// The parameter.
        name: String,
        /// What is wrong with it.
        error: String,
    },
}

/// All that a function is made of.
pub struct Started {
    /// Templates, strings and the directory.
    pub renderer: LiveRenderer,
    /// Where cases are kept.
    pub store: Arc<dyn Store>,
    /// The keys.
    pub secrets: Arc<Secrets>,
    /// What CloudFront's requests carry; two while it is changed.
    pub origin: Vec<String>,
    clients: Clients,
    settings: FunctionSettings,
}

impl Started {
    /// Reads the bundle and the secrets.
    pub async fn start(settings: FunctionSettings) -> Result<Self, StartError> {
        let bundle = settings.bundle.clone();
        let parsing = tokio::task::spawn_blocking(move || renderer(&bundle));
        let clients = Clients::new(&settings.shared.place);
        let (renderer, parameters) = tokio::join!(parsing, parameters(&clients, &settings));
        let renderer = renderer.map_err(|error| StartError::Bundle {
            path: settings.bundle.clone(),
            error: error.to_string(),
        })??;
        let mut parameters = parameters?;
        let mut take = |name: &String| {
            parameters.remove(name).ok_or_else(|| StartError::NoParameter(name.clone()))
        };
        let secrets = parse_secrets(
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
        Ok(Self { renderer, store, secrets: Arc::new(secrets), origin, clients, settings })
    }

    /// The desk.
    pub fn desk(&self) -> Desk {
        Desk {
            renderer: self.renderer.clone(),
            store: Arc::clone(&self.store),
            secrets: Arc::clone(&self.secrets),
            clock: clock(),
            // Nobody hears it: the table's stream rings for new mail.
            bell: Arc::new(Notify::new()),
        }
    }

    /// What sends mail.
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
        })
    }
}

/// Reads the real clock: the functions are composition roots.
pub fn clock() -> Clock {
    Arc::new(Timestamp::now)
}

fn renderer(path: &Path) -> Result<Arc<Renderer>, StartError> {
    let wrong = |error: String| StartError::Bundle { path: path.to_owned(), error };
    let bytes = std::fs::read(path).map_err(|error| wrong(error.to_string()))?;
    let bundle: Bundle =
        serde_json::from_slice(&bytes).map_err(|error| wrong(error.to_string()))?;
    Ok(Arc::new(Renderer::new(Arc::new(bundle))?))
}

async fn parameters(
    clients: &Clients,
    settings: &FunctionSettings,
) -> Result<BTreeMap<String, String>, StartError> {
    let names = std::iter::once(settings.shared.secrets_parameter.clone())
        .chain(settings.origin_parameter.clone());
    let call = clients.ssm.get_parameters().set_names(Some(names.collect())).with_decryption(true);
    let answer = call
        .send()
        .await
        .map_err(|error| StartError::Ssm(error.code().unwrap_or("no answer").to_owned()))?;
    let parameters = answer.parameters.unwrap_or_default().into_iter();
    Ok(parameters.filter_map(|parameter| parameter.name.zip(parameter.value)).collect())
}

/// Reads the keys from a parameter's value. The error quotes none of it.
pub(super) fn parse_secrets(name: &str, value: &str) -> Result<Secrets, StartError> {
    serde_json::from_str(value).map_err(|error| StartError::Secrets {
        name: name.to_owned(),
        error: format!("line {}, column {}", error.line(), error.column()),
    })
}
