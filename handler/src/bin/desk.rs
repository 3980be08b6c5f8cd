//! The function `desk`: answers the patrons' and the staff's requests.

use handler::cloud::{Calls, FunctionSettings, Started, desk, log};
use lambda_runtime::Error;
use std::process::ExitCode;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    log::start(std::env::var("BOOK_A_LIBRARIAN_LOG").ok().as_deref());
    log::ended(run().await)
}

async fn run() -> Result<(), Error> {
    let settings = FunctionSettings::read(&|name| std::env::var(name).ok(), Calls::Visitors)?;
    lambda_http::run(desk::router(&Started::start(settings).await?)).await
}
