//! The function `deliver`: sends mail when the table's stream rings, and notes mail that came back.

use handler::cloud::deliver::Deliver;
use handler::cloud::{FunctionSettings, Started, log};
use lambda_runtime::{LambdaEvent, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let variable = |name: &str| std::env::var(name).ok();
    log::start(variable("BOOK_A_LIBRARIAN_LOG").as_deref());
    let deliver = Deliver::new(&Started::start(FunctionSettings::read(&variable)?).await?);
    let handle = |event: LambdaEvent<serde_json::Value>| deliver.handle(event.payload);
    lambda_runtime::run(service_fn(handle)).await
}
