//! The AWS clients. They have few settings and don't look for more in files or the network:
//! functions and servers get their region and credentials from the environment.

use aws_credential_types::Credentials;
use aws_sdk_dynamodb::config::Region;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use std::fmt;
use std::time::Duration;

/// The region, credentials and endpoints.
#[derive(Clone)]
pub struct Place {
    /// The region: `us-west-2`.
    pub region: String,
    /// The access key's id.
    pub access_key_id: String,
    /// The access key.
    pub secret_access_key: String,
    /// The session token of temporary credentials, which a function always has.
    pub session_token: Option<String>,
    /// Endpoints other than AWS's own.
    pub endpoints: Endpoints,
}

/// Debug output hides the key.
impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Place")
            .field("region", &self.region)
            .field("endpoints", &self.endpoints)
            .finish_non_exhaustive()
    }
}

/// Endpoints to use instead of AWS's own: an emulator's, or private ones.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Endpoints {
    /// Instead of DynamoDB's.
    pub dynamodb: Option<String>,
    /// Instead of SES's.
    pub ses: Option<String>,
    /// Instead of SSM's.
    pub ssm: Option<String>,
}

/// One client per service, over a shared connection pool.
pub struct Clients {
    /// Where cases are kept.
    pub dynamodb: aws_sdk_dynamodb::Client,
    /// Where mail goes.
    pub ses: aws_sdk_sesv2::Client,
    /// Where secrets are.
    pub ssm: aws_sdk_ssm::Client,
}

/// How many attempts a call has, and the timeouts of one and of all together.
struct Patience {
    tries: u32,
    one: Duration,
    all: Duration,
}

/// A patron waits for all attempts together.
const SHORT: Patience =
    Patience { tries: 3, one: Duration::from_millis(2_500), all: Duration::from_secs(6) };

/// SES may send a mail even though its answer was lost: the outbox alone retries, minutes later,
/// and not three times at once.
const ONCE: Patience =
    Patience { tries: 1, one: Duration::from_secs(20), all: Duration::from_secs(20) };

macro_rules! client {
    ($sdk:ident, $place:expr, $http:expr, $endpoint:expr, $patience:expr) => {{
        let mut config = $sdk::Config::builder()
            .behavior_version($sdk::config::BehaviorVersion::latest())
            .region(Region::new($place.region.clone()))
            .credentials_provider(credentials($place))
            .http_client($http.clone())
            .retry_config(RetryConfig::standard().with_max_attempts($patience.tries))
            .timeout_config(
                TimeoutConfig::builder()
                    .connect_timeout(Duration::from_secs(1))
                    .operation_attempt_timeout($patience.one)
                    .operation_timeout($patience.all)
                    .build(),
            );
        config.set_endpoint_url($endpoint.clone());
        $sdk::Client::from_conf(config.build())
    }};
}

fn credentials(place: &Place) -> Credentials {
    let key = (place.access_key_id.clone(), place.secret_access_key.clone());
    Credentials::new(key.0, key.1, place.session_token.clone(), None, "environment")
}

impl Clients {
    /// Makes no call.
    pub fn new(place: &Place) -> Self {
        let http = aws_smithy_http_client::Builder::new()
            .tls_provider(Provider::Rustls(CryptoMode::Ring))
            .build_https();
        Self {
            dynamodb: client!(aws_sdk_dynamodb, place, http, place.endpoints.dynamodb, SHORT),
            ses: client!(aws_sdk_sesv2, place, http, place.endpoints.ses, ONCE),
            ssm: client!(aws_sdk_ssm, place, http, place.endpoints.ssm, SHORT),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_that_hangs_is_given_up_before_the_lease_on_its_mail_ends() {
        let place = Place {
            region: "us-west-2".to_owned(),
            access_key_id: "id".to_owned(),
            secret_access_key: "key".to_owned(),
            session_token: None,
            endpoints: Endpoints::default(),
        };
        let clients = Clients::new(&place);
        for timeouts in [
            clients.ses.config().timeout_config(),
            clients.dynamodb.config().timeout_config(),
            clients.ssm.config().timeout_config(),
        ] {
            let timeouts = timeouts.unwrap();
            assert!(timeouts.operation_timeout().unwrap() <= Duration::from_secs(20));
            assert!(timeouts.operation_attempt_timeout().is_some());
        }
    }
}
