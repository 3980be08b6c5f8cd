//! The passphrase of an archive: from a file, from the environment, or from the person at the
//! terminal. Never from a flag, which every user of the machine could read.

use crate::cli::archive::PassphraseArgs;
use crate::failure::Failure;
use age::secrecy::{ExposeSecret, SecretString};
use std::fs::File;
use std::io::{BufRead, BufReader, IsTerminal};
use std::path::Path;

const VARIABLE: &str = "BOOK_A_LIBRARIAN_PASSPHRASE";

/// Anybody with the file can try passphrases without limit.
const CHARACTERS_MIN: usize = 12;

/// The passphrase for a new archive.
pub(crate) fn new(args: &PassphraseArgs) -> Result<SecretString, Failure> {
    let passphrase = match given(args)? {
        Some(passphrase) => passphrase,
        None => {
            let first = asked("Passphrase for the archive")?;
            let second = asked("Once more")?;
            if first.expose_secret() != second.expose_secret() {
                return Err(Failure::CannotRun("the two passphrases differ".to_owned()));
            }
            first
        }
    };
    if passphrase.expose_secret().chars().count() < CHARACTERS_MIN {
        return Err(Failure::CannotRun(format!(
            "the passphrase is too short: give one of at least {CHARACTERS_MIN} characters"
        )));
    }
    Ok(passphrase)
}

/// The passphrase of an existing archive.
pub(crate) fn existing(args: &PassphraseArgs) -> Result<SecretString, Failure> {
    given(args)?.map_or_else(|| asked("Passphrase of the archive"), Ok)
}

fn given(args: &PassphraseArgs) -> Result<Option<SecretString>, Failure> {
    if let Some(path) = &args.passphrase_file {
        return first_line(path).map(Some);
    }
    match std::env::var(VARIABLE) {
        Ok(passphrase) if !passphrase.is_empty() => Ok(Some(passphrase.into())),
        Ok(_) | Err(std::env::VarError::NotPresent) => Ok(None),
        Err(std::env::VarError::NotUnicode(_)) => {
            Err(Failure::CannotRun(format!("what {VARIABLE} holds is no text in UTF-8")))
        }
    }
}

fn first_line(path: &Path) -> Result<SecretString, Failure> {
    let mut line = String::new();
    File::open(path)
        .and_then(|file| BufReader::new(file).read_line(&mut line))
        .map_err(|error| Failure::CannotRun(format!("{}: {error}", path.display())))?;
    let passphrase = line.trim_end_matches(['\r', '\n']);
    if passphrase.is_empty() {
        let line = format!("the first line of {} should be the passphrase", path.display());
        return Err(Failure::CannotRun(line + ", and is empty"));
    }
    Ok(passphrase.to_owned().into())
}

fn asked(question: &str) -> Result<SecretString, Failure> {
    if !std::io::stdin().is_terminal() {
        return Err(Failure::CannotRun(format!(
            "no passphrase: set {VARIABLE}, or give --passphrase-file PATH"
        )));
    }
    rpassword::prompt_password(format!("{question}: "))
        .map(SecretString::from)
        .map_err(|error| Failure::CannotRun(format!("the passphrase can't be asked for: {error}")))
}
