//! The function `sweep`: each minute, whatever the time asks for.

use handler::cloud::{FunctionSettings, Started, log, sweep};
use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::Value;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let variable = |name: &str| std::env::var(name).ok();
    log::start(variable("BOOK_A_LIBRARIAN_LOG").as_deref());
    let started = Started::start(FunctionSettings::read(&variable)?).await?;
    let broom = &sweep::sweep(&started);
    // Whatever calls it, it does what the time asks for.
    let handle =
        |_: LambdaEvent<Value>| async move { sweep::run(broom).await.map_err(Error::from) };
    lambda_runtime::run(service_fn(handle)).await
}
