//! The least that answers: no SDK, no work. What a start costs before anything of anybody's.

use lambda_http::{Body, Error, Request, Response, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    lambda_http::run(service_fn(async |_: Request| {
        Response::builder().body(Body::from("Hello")).map_err(Error::from)
    }))
    .await
}
