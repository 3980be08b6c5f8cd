//! The desk's keys in the cloud: one parameter, read by every release that may meet it.

#![cfg(feature = "aws")]
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use aws_sdk_ssm::types::ParameterType;
use handler::cloud::parameters;
use handler::crypto::secrets::Secrets;
use support::{emulators, stored};

const NAME: &str = "/desk/secrets";

#[tokio::test]
async fn keys_are_read_from_a_parameter_of_this_version_of_an_earlier_one_and_of_no_newer_one() {
    let emulator = emulators::ministack();
    let client = emulators::clients(&emulator.url).ssm;
    assert!(parameters::secrets(&client, NAME).await.unwrap().is_none());
    let secrets = Secrets::random().unwrap();
    parameters::put_secrets(&client, NAME, &secrets).await.unwrap();
    assert!(parameters::secrets(&client, NAME).await.unwrap() == Some(secrets));

    let put = async |value: String| {
        let put = client.put_parameter().name(NAME).r#type(ParameterType::SecureString);
        put.value(value).overwrite(true).send().await.unwrap();
    };
    let earlier = stored::stored("v1/dynamodb/secrets.json");
    put(std::fs::read_to_string(earlier).unwrap()).await;
    let read = parameters::secrets(&client, NAME).await.unwrap();
    assert!(read == Some(stored::secrets_of("v1/dynamodb")));

    put(r#"{"format":99,"what":"nobody knows"}"#.to_owned()).await;
    let error = parameters::secrets(&client, NAME).await.unwrap_err().to_string();
    let words = [NAME, "format 99", "use the newer version"];
    assert!(words.iter().all(|word| error.contains(word)), "{error}");
}
