//! The function `desk`: answers the patrons' and the staff's requests.

use handler::cloud::{FunctionSettings, Started, desk, log};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let variable = |name: &str| std::env::var(name).ok();
    log::start(variable("BOOK_A_LIBRARIAN_LOG").as_deref());
    let started = Started::start(FunctionSettings::read(&variable)?).await?;
    lambda_http::run(desk::router(&started)).await
}
