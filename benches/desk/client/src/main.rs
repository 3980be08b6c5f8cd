//! What `benches/desk/bench` measures with.
//!
//! ```text
//! desk-client check HOST:PORT FILE COUNT FIRST         checks COUNT forms; FILE gets what each check page would send
//! desk-client send HOST:PORT FILE CLIENTS              sends them all, over a connection for each client
//! desk-client rows FROM KEPT COUNT GROUP               writes rows of FROM into the folder KEPT, GROUP requests a commit
//! ```
//!
//! `send` and `rows` print one JSON object.

mod check;
mod connection;
mod rows;
mod send;

use std::error::Error;
use std::path::Path;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // One thread: the machine is the desk's.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let local = tokio::task::LocalSet::new();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["check", host, file, count, first] => local.block_on(
            &runtime,
            check::check(host, Path::new(file), count.parse()?, first.parse()?),
        ),
        ["send", host, file, clients] => {
            local.block_on(&runtime, send::send(host, Path::new(file), clients.parse()?))
        }
        ["rows", from, kept, count, group] => {
            rows::write(Path::new(from), Path::new(kept), count.parse()?, group.parse()?)
        }
        _ => Err("usage: see the first lines of main.rs".into()),
    }
}
