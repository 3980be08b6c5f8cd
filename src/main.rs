//! `book-a-librarian`: builds, checks and serves the site, and runs its desk. Reach: everything;
//! with the Lambda binaries it is the only place that reads the environment and the clock.

#[cfg(feature = "archive")]
mod archive;
mod build;
mod check;
mod cli;
mod cloud;
mod failure;
mod loading;
mod new;
mod serve;
mod simulate;
mod status;
mod store;
mod translations;

use clap::Parser;
use cli::{Cli, Command};
use failure::Failure;
use generator::fault::caught;
use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let done = caught(|| run(&cli)).unwrap_or_else(|fault| {
        Err(Failure::CannotRun(format!(
            "{fault}; this is a fault of the program: please report it"
        )))
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

fn run(cli: &Cli) -> Result<(), Failure> {
    match &cli.command {
        Command::Serve(args) => serve::run(&cli.folders, args),
        Command::Build(args) => build::run(&cli.folders, args),
        Command::New(args) => new::run(&cli.folders, args),
        Command::Check(args) => check::run(&cli.folders, args),
        Command::Simulate(args) => simulate::run(&cli.folders, args),
        Command::Translations(args) => translations::run(&cli.folders, args),
        Command::Status(args) => status::run(&cli.folders, args),
        #[cfg(feature = "archive")]
        Command::Export(args) => archive::export::run(args),
        #[cfg(feature = "archive")]
        Command::Import(args) => archive::import::run(args),
    }
}
