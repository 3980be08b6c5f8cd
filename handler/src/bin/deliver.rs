//! The function `deliver`: sends mail when the table's stream rings, and notes mail that came back.

use handler::cloud::deliver::Deliver;
use handler::cloud::{FunctionSettings, Started, log};
use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::Value;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let variable = |name: &str| std::env::var(name).ok();
    log::start(variable("BOOK_A_LIBRARIAN_LOG").as_deref());
    let deliver = &Deliver::new(&Started::start(FunctionSettings::read(&variable)?).await?);
    let handle = |event: LambdaEvent<Value>| async move {
        deliver.handle(event.payload).await.map_err(Error::from)
    };
    lambda_runtime::run(service_fn(handle)).await
}
