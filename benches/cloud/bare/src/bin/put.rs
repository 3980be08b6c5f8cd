//! A form's least: parameters from SSM at the start, the form parsed, one conditional put, a small
//! JSON answer. The clients are made as ours are.

use aws_credential_types::Credentials;
use aws_sdk_dynamodb::config::Region;
use aws_sdk_dynamodb::types::AttributeValue;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use lambda_http::{Body, Error, Request, Response, service_fn};
use std::collections::HashMap;

fn variable(name: &str) -> Result<String, Error> {
    std::env::var(name).map_err(|_| Error::from(format!("{name} is missing")))
}

macro_rules! client {
    ($sdk:ident, $http:expr, $endpoint:expr) => {{
        let config = $sdk::Config::builder()
            .behavior_version($sdk::config::BehaviorVersion::latest())
            .region(Region::new(variable("AWS_REGION")?))
            .credentials_provider(Credentials::new(
                variable("AWS_ACCESS_KEY_ID")?,
                variable("AWS_SECRET_ACCESS_KEY")?,
                std::env::var("AWS_SESSION_TOKEN").ok(),
                None,
                "environment",
            ))
            .endpoint_url(variable($endpoint)?)
            .http_client($http.clone());
        $sdk::Client::from_conf(config.build())
    }};
}

/// Ten digits of North America, with or without the country's code.
fn phone(text: &str) -> Option<String> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let digits = digits.strip_prefix('1').unwrap_or(&digits);
    let first =
        |at: usize| digits.as_bytes().get(at).is_some_and(|digit| (b'2'..=b'9').contains(digit));
    (digits.len() == 10 && first(0) && first(3)).then(|| format!("+1{digits}"))
}

/// A new id, of 16 random bytes.
fn id() -> Result<String, Error> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

async fn handle(
    request: Request,
    dynamodb: &aws_sdk_dynamodb::Client,
    table: &str,
) -> Result<Response<Body>, Error> {
    let fields: HashMap<_, _> = form_urlencoded::parse(request.body()).into_owned().collect();
    let field = |name: &str| fields.get(name).cloned().unwrap_or_default();
    let Some(phone) = phone(&field("phone")) else {
        return Ok(Response::builder().status(422).body(Body::Empty)?);
    };
    let id = id()?;
    dynamodb
        .put_item()
        .table_name(table)
        .item("id", AttributeValue::S(id.clone()))
        .item("topic", AttributeValue::S(field("topic")))
        .item("details", AttributeValue::S(field("details")))
        .item("name", AttributeValue::S(field("name")))
        .item("phone", AttributeValue::S(phone))
        .item("email", AttributeValue::S(field("email")))
        .condition_expression("attribute_not_exists(id)")
        .send()
        .await?;
    let answer = serde_json::json!({ "id": id }).to_string();
    Ok(Response::builder().header("content-type", "application/json").body(Body::from(answer))?)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let http = aws_smithy_http_client::Builder::new()
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .build_https();
    let ssm = client!(aws_sdk_ssm, http, "AWS_ENDPOINT_URL_SSM");
    let dynamodb = client!(aws_sdk_dynamodb, http, "AWS_ENDPOINT_URL_DYNAMODB");
    let names = [variable("BENCH_SECRETS_PARAMETER")?, variable("BENCH_ORIGIN_PARAMETER")?];
    let found =
        ssm.get_parameters().set_names(Some(names.to_vec())).with_decryption(true).send().await?;
    if found.parameters().len() != names.len() {
        return Err("parameters are missing".into());
    }
    let table = variable("BENCH_TABLE")?;
    lambda_http::run(service_fn(|request| handle(request, &dynamodb, &table))).await
}
