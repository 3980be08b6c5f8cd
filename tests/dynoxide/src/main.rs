//! DynamoDB in memory, for tests: listens on a free port of this machine and prints its address.
//! It ends when its standard input does, so that no test leaves one behind.

use dynoxide::{Database, server};
use std::error::Error;
use std::io::Read;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    std::thread::spawn(|| {
        let _ = std::io::stdin().read(&mut [0]);
        std::process::exit(0);
    });
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("http://{}", listener.local_addr()?);
    server::serve_on(listener, Database::memory()?).await;
    Ok(())
}
