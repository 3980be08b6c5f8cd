//! The function `sweep`: does what is due, each minute.

use handler::cloud::{Calls, FunctionSettings, Started, log, sweep};
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
    let broom = &sweep::sweep(&Started::start(settings).await?);
    // The event is ignored: any call runs a sweep.
    let handle =
        |_: LambdaEvent<Value>| async move { sweep::run(broom).await.map_err(Error::from) };
    lambda_runtime::run(service_fn(handle)).await
}
