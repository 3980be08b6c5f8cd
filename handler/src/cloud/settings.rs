//! The functions' settings from their environment, read once at the start. All missing ones are
//! reported together.

use super::clients::{Endpoints, Place};
use crate::store::Tables;
use std::path::PathBuf;
use thiserror::Error;

/// The settings of a function, or of a server that keeps its cases in DynamoDB.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The region, credentials and endpoints.
    pub place: Place,
    /// The tables.
    pub tables: Tables,
    /// The SES configuration set, which sends bounce events.
    pub configuration_set: Option<String>,
    /// The name of the SSM parameter with the desk's keys.
    pub secrets_parameter: String,
}

/// The settings that only functions have.
#[derive(Debug, Clone)]
pub struct FunctionSettings {
    /// The settings that a server has, too.
    pub shared: Settings,
    /// Where the site is, without a slash at its end.
    pub base_url: String,
    /// The file of the bundle.
    pub bundle: PathBuf,
    /// The name of the SSM parameter with the secret of CloudFront's requests. `None`: this
    /// function answers no requests.
    pub origin_parameter: Option<String>,
}

/// Who calls a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Calls {
    /// Visitors, through CloudFront alone.
    Visitors,
    /// A table's stream, SES, the clock.
    Events,
}

/// All settings that are missing.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "these environment variables are missing: {}; for functions infra/aws/template.yaml sets them",
    .0.join(", ")
)]
pub struct MissingSettings(pub Vec<String>);

/// Reads variables, and remembers the missing ones.
struct Reader<'a> {
    variable: &'a dyn Fn(&str) -> Option<String>,
    missing: Vec<String>,
}

impl Reader<'_> {
    fn optional(&self, name: &str) -> Option<String> {
        (self.variable)(name).filter(|value| !value.is_empty())
    }

    fn required(&mut self, name: &str) -> String {
        self.optional(name).unwrap_or_else(|| {
            self.missing.push(name.to_owned());
            String::new()
        })
    }

    fn endpoint(&self, service: &str) -> Option<String> {
        let own = self.optional(&format!("AWS_ENDPOINT_URL_{service}"));
        own.or_else(|| self.optional("AWS_ENDPOINT_URL"))
    }

    fn settings(&mut self) -> Settings {
        Settings {
            place: Place {
                region: self.required("AWS_REGION"),
                access_key_id: self.required("AWS_ACCESS_KEY_ID"),
                secret_access_key: self.required("AWS_SECRET_ACCESS_KEY"),
                session_token: self.optional("AWS_SESSION_TOKEN"),
                endpoints: Endpoints {
                    dynamodb: self.endpoint("DYNAMODB"),
                    ses: self.endpoint("SESV2"),
                    ssm: self.endpoint("SSM"),
                },
            },
            tables: Tables {
                cases: self.required("BOOK_A_LIBRARIAN_CASES_TABLE"),
                keys: self.required("BOOK_A_LIBRARIAN_KEYS_TABLE"),
                records: self.required("BOOK_A_LIBRARIAN_RECORDS_TABLE"),
            },
            configuration_set: self.optional("BOOK_A_LIBRARIAN_CONFIGURATION_SET"),
            secrets_parameter: self.required("BOOK_A_LIBRARIAN_SECRETS_PARAMETER"),
        }
    }

    fn finish<T>(self, settings: T) -> Result<T, MissingSettings> {
        if self.missing.is_empty() { Ok(settings) } else { Err(MissingSettings(self.missing)) }
    }
}

impl Settings {
    /// From the variables of an environment.
    pub fn read(variable: &dyn Fn(&str) -> Option<String>) -> Result<Self, MissingSettings> {
        let mut reader = Reader { variable, missing: Vec::new() };
        let settings = reader.settings();
        reader.finish(settings)
    }
}

impl FunctionSettings {
    /// From the variables of a function's environment.
    pub fn read(
        variable: &dyn Fn(&str) -> Option<String>,
        calls: Calls,
    ) -> Result<Self, MissingSettings> {
        let mut reader = Reader { variable, missing: Vec::new() };
        let bundle = reader.optional("BOOK_A_LIBRARIAN_BUNDLE").map(PathBuf::from);
        let settings = Self {
            shared: reader.settings(),
            base_url: reader.required("BOOK_A_LIBRARIAN_BASE_URL"),
            bundle: match bundle {
                Some(bundle) => bundle,
                None => PathBuf::from(reader.required("LAMBDA_TASK_ROOT")).join("bundle.json"),
            },
            origin_parameter: match calls {
                Calls::Visitors => Some(reader.required("BOOK_A_LIBRARIAN_ORIGIN_PARAMETER")),
                Calls::Events => None,
            },
        };
        reader.finish(settings)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_is_missing_is_named_at_once() {
        let missing = FunctionSettings::read(&|_| None, Calls::Visitors).unwrap_err();
        for name in
            ["AWS_REGION", "BOOK_A_LIBRARIAN_KEYS_TABLE", "BOOK_A_LIBRARIAN_ORIGIN_PARAMETER"]
        {
            assert!(missing.0.iter().any(|missing| missing == name), "{name}: {missing}");
        }
    }

    #[test]
    fn a_services_own_end_point_goes_before_the_common_one() {
        let settings = FunctionSettings::read(
            &|name| match name {
                "AWS_ENDPOINT_URL_SSM" => Some("http://ssm".to_owned()),
                "AWS_ENDPOINT_URL" => Some("http://all".to_owned()),
                "AWS_SESSION_TOKEN" | "AWS_ENDPOINT_URL_DYNAMODB" => None,
                other => Some(other.to_lowercase()),
            },
            Calls::Events,
        );
        let endpoints = settings.unwrap().shared.place.endpoints;
        assert_eq!(endpoints.ssm.as_deref(), Some("http://ssm"));
        assert_eq!(endpoints.dynamodb.as_deref(), Some("http://all"));
    }
}
