//! The function `deliver`: sends mail when the table's stream rings, and records bounces.

use handler::cloud::deliver::Deliver;
use handler::cloud::{Calls, FunctionSettings, Started, log};
use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::Value;
use std::process::ExitCode;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    log::start(std::env::var("BOOK_A_LIBRARIAN_LOG").ok().as_deref());
    log::ended(run().await)
}

async fn run() -> Result<(), Error> {
    let settings = FunctionSettings::read(&|name| std::env::var(name).ok(), Calls::Events)?;
    let deliver = &Deliver::new(&Started::start(settings).await?);
    let handle = |event: LambdaEvent<Value>| async move {
        deliver.handle(event.payload).await.map_err(Error::from)
    };
    lambda_runtime::run(service_fn(handle)).await
}
