//! The function `sweep`: each minute, whatever the time asks for.

use handler::cloud::{FunctionSettings, Started, log, sweep};
use lambda_runtime::{LambdaEvent, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let variable = |name: &str| std::env::var(name).ok();
    log::start(variable("BOOK_A_LIBRARIAN_LOG").as_deref());
    let started = Started::start(FunctionSettings::read(&variable)?).await?;
    let broom = sweep::sweep(&started);
    // Whatever calls it, it does what the time asks for.
    let handle = |_: LambdaEvent<serde_json::Value>| sweep::run(&broom);
    lambda_runtime::run(service_fn(handle)).await
}
