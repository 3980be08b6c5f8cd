//! The desk's keys in SSM: one encrypted parameter with the same JSON as a single machine's file.

use crate::crypto::secrets::{Secrets, SecretsJsonError};
use aws_sdk_ssm::Client;
use aws_sdk_ssm::error::ProvideErrorMetadata;
use aws_sdk_ssm::types::ParameterType;
use std::collections::BTreeMap;
use thiserror::Error;

/// Why a parameter can't be read or written. Holds nothing of its value.
#[derive(Debug, Error)]
pub enum ParameterError {
    /// SSM didn't answer as needed.
    #[error("SSM: {0}; may this role read, or write, the parameter?")]
    Ssm(String),
    /// The parameter isn't there.
    #[error("there is no SSM parameter {0}; `infra/aws/deploy secrets` makes it")]
    Missing(String),
    /// It holds something else.
    #[error("the SSM parameter {name} does not hold the desk's keys: {place}")]
    Unreadable {
        /// The parameter.
        name: String,
        /// Where its text can't be parsed.
        place: String,
    },
    /// A newer version has written it.
    #[error("the SSM parameter {name} is too new: {error}")]
    TooNew {
        /// The parameter.
        name: String,
        /// Its format, and the newest that is known.
        error: SecretsJsonError,
    },
}

/// Those of the named parameters that exist.
pub(super) async fn read(
    client: &Client,
    names: Vec<String>,
) -> Result<BTreeMap<String, String>, ParameterError> {
    let call = client.get_parameters().set_names(Some(names)).with_decryption(true);
    let answer = call.send().await.map_err(|error| ssm(&error))?;
    let parameters = answer.parameters.unwrap_or_default().into_iter();
    Ok(parameters.filter_map(|parameter| parameter.name.zip(parameter.value)).collect())
}

fn ssm(error: &impl ProvideErrorMetadata) -> ParameterError {
    ParameterError::Ssm(error.code().unwrap_or("no answer").to_owned())
}

/// The keys in this parameter, if it exists.
pub async fn secrets(client: &Client, name: &str) -> Result<Option<Secrets>, ParameterError> {
    let mut found = read(client, vec![name.to_owned()]).await?;
    found.remove(name).map(|value| parse_secrets(name, &value)).transpose()
}

/// Writes the keys into this parameter. Fails if it exists.
pub async fn put_secrets(
    client: &Client,
    name: &str,
    secrets: &Secrets,
) -> Result<(), ParameterError> {
    let value = secrets.to_json().map_err(|error| ParameterError::Unreadable {
        name: name.to_owned(),
        place: error.to_string(),
    })?;
    let put = client.put_parameter().name(name).value(value).r#type(ParameterType::SecureString);
    put.overwrite(false).send().await.map(drop).map_err(|error| ssm(&error))
}

/// Reads the keys from a parameter's value.
pub(super) fn parse_secrets(name: &str, value: &str) -> Result<Secrets, ParameterError> {
    Secrets::from_json(value.as_bytes()).map_err(|error| match error {
        SecretsJsonError::TooNew { .. } => ParameterError::TooNew { name: name.to_owned(), error },
        SecretsJsonError::Unreadable(error) => ParameterError::Unreadable {
            name: name.to_owned(),
            place: format!("line {}, column {}", error.line(), error.column()),
        },
    })
}
