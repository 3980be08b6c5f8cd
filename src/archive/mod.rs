//! The archive that `export` writes and `import` reads: a file in the age format
//! (<https://age-encryption.org>), encrypted to a passphrase. It has one JSON object per line: the
//! header, the secrets, the cases and tombstones in order of their references, the counts, and the
//! end, which gives the number of lines. The types to know are [`Writer`] and [`Reader`].

pub(crate) mod export;
pub(crate) mod import;
mod passphrase;

use crate::failure::Failure;
use age::secrecy::SecretString;
use age::stream::{StreamReader, StreamWriter};
use age::{DecryptError, Decryptor, Encryptor, scrypt};
use handler::case::{Case, Tombstone};
use handler::crypto::secrets::{SecretKey, Secrets};
use handler::store::Count;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Error, ErrorKind, Seek, Write};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// The newest format that this version knows, and writes.
const FORMAT: u32 = 2;

/// The cost of a guess at the passphrase, as a power of two: about a second and 256 MB. Fixed, so
/// that a small machine can read what a large one wrote.
const WORK: u8 = 18;

/// The highest cost accepted, for an archive encrypted again by another tool: 1 GB.
const WORK_MAX: u8 = 20;

/// A line. Later formats may add fields, which are ignored; new kinds of lines need a new number.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Line {
    /// The first: its format.
    Archive { version: u32 },
    /// The desk's secrets.
    Secrets(Box<Secrets>),
    /// A case with its waiting mail, and its key.
    Case { case: Box<Case>, key: Option<SecretKey> },
    /// What remains of an erased case.
    Tombstone(Tombstone),
    /// A count.
    Count(Count),
    /// The last: how many lines are between it and the first.
    End { records: u64 },
}

/// Writes an archive, which gets its name only once it is complete.
pub(crate) struct Writer {
    stream: StreamWriter<BufWriter<NamedTempFile>>,
    out: PathBuf,
    records: u64,
}

impl Writer {
    /// Begins an archive for this path.
    pub(crate) fn create(out: &Path, passphrase: SecretString) -> Result<Self, Failure> {
        let failed = |error| cannot_write(out, &error);
        // Readable by this user alone, as temporary files are; in the same folder, to be renamed.
        let staged = tempfile::Builder::new()
            .prefix(".export-")
            .suffix(".part")
            .tempfile_in(folder_of(out))
            .map_err(failed)?;
        let mut recipient = scrypt::Recipient::new(passphrase);
        recipient.set_work_factor(WORK);
        let recipients = std::iter::once(&recipient as &dyn age::Recipient);
        let stream = Encryptor::with_recipients(recipients)
            .map_err(Failure::cannot_run)?
            .wrap_output(BufWriter::new(staged))
            .map_err(failed)?;
        let mut writer = Self { stream, out: out.to_owned(), records: 0 };
        writer.put(&Line::Archive { version: FORMAT })?;
        Ok(writer)
    }

    /// Adds a line.
    pub(crate) fn write(&mut self, line: &Line) -> Result<(), Failure> {
        self.records += 1;
        self.put(line)
    }

    /// Ends the archive and gives it its name.
    pub(crate) fn finish(mut self) -> Result<(), Failure> {
        self.put(&Line::End { records: self.records })?;
        let failed = |error| cannot_write(&self.out, &error);
        let buffered = self.stream.finish().map_err(failed)?;
        let staged = buffered.into_inner().map_err(|error| failed(error.into_error()))?;
        staged.as_file().sync_all().map_err(failed)?;
        staged.persist_noclobber(&self.out).map_err(|lost| match lost.error.kind() {
            ErrorKind::AlreadyExists => is_there(&self.out),
            _ => failed(lost.error),
        })?;
        let folder = folder_of(&self.out);
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed)
    }

    fn put(&mut self, line: &Line) -> Result<(), Failure> {
        let mut json = serde_json::to_vec(line).map_err(Failure::cannot_run)?;
        json.push(b'\n');
        self.stream.write_all(&json).map_err(|error| cannot_write(&self.out, &error))
    }
}

/// Refuses a name in use: an archive never replaces another file.
pub(crate) fn must_be_free(out: &Path) -> Result<(), Failure> {
    match std::fs::symlink_metadata(out) {
        Ok(_) => Err(is_there(out)),
        Err(_) => Ok(()),
    }
}

fn is_there(out: &Path) -> Failure {
    Failure::CannotRun(format!("{} is there already; give another --out", out.display()))
}

fn cannot_write(out: &Path, error: &Error) -> Failure {
    Failure::CannotRun(format!(
        "{} can't be written: {error}; give --out a file in a folder that this user may write",
        out.display()
    ))
}

fn folder_of(out: &Path) -> &Path {
    match out.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// Reads an archive, unverified: only at its end is it known to be complete. So a caller that acts
/// on it reads it to the end first, and then again.
pub(crate) struct Reader {
    lines: BufReader<StreamReader<BufReader<File>>>,
    path: PathBuf,
    records: u64,
}

impl Reader {
    /// Opens this archive with its passphrase.
    pub(crate) fn open(path: &Path, passphrase: SecretString) -> Result<Self, Failure> {
        let file = File::open(path).map_err(|error| cannot_read(path, &error))?;
        let mut identity = scrypt::Identity::new(passphrase);
        identity.set_max_work_factor(WORK_MAX);
        let stream = Decryptor::new_buffered(BufReader::new(file))
            .and_then(|file| file.decrypt(std::iter::once(&identity as &dyn age::Identity)))
            .map_err(|error| cannot_decrypt(path, &error))?;
        let mut reader = Self { lines: BufReader::new(stream), path: path.to_owned(), records: 0 };
        reader.read_header()?;
        Ok(reader)
    }

    /// Goes back to the first record.
    pub(crate) fn rewind(&mut self) -> Result<(), Failure> {
        self.lines.rewind().map_err(|error| cannot_read(&self.path, &error))?;
        self.records = 0;
        self.read_header()
    }

    /// The next record, skipping header and end. `None`: that was all, and nothing is missing.
    pub(crate) fn next(&mut self) -> Result<Option<Line>, Failure> {
        match self.line()? {
            Some(Line::End { records }) if records == self.records && self.line()?.is_none() => {
                Ok(None)
            }
            None | Some(Line::Archive { .. } | Line::End { .. }) => Err(damaged(&self.path)),
            Some(line) => {
                self.records += 1;
                Ok(Some(line))
            }
        }
    }

    fn read_header(&mut self) -> Result<(), Failure> {
        let header = self.bytes()?.and_then(|json| serde_json::from_slice(&json).ok());
        match header {
            Some(Line::Archive { version }) if version > FORMAT => {
                Err(Failure::CannotRun(format!(
                    "{} has format {version}, this version knows up to {FORMAT}; use the newer version",
                    self.path.display()
                )))
            }
            Some(Line::Archive { .. }) => Ok(()),
            _ => Err(no_archive(&self.path)),
        }
    }

    fn line(&mut self) -> Result<Option<Line>, Failure> {
        let Some(json) = self.bytes()? else {
            return Ok(None);
        };
        // The parser's error may quote a key.
        serde_json::from_slice(&json).map(Some).map_err(|_| {
            let line = self.records + 2;
            Failure::CannotRun(format!(
                "line {line} in {} can't be read: it was written by another version",
                self.path.display()
            ))
        })
    }

    fn bytes(&mut self) -> Result<Option<Vec<u8>>, Failure> {
        let mut line = Vec::new();
        match self.lines.read_until(b'\n', &mut line) {
            Ok(0) => Ok(None),
            Ok(_) => Ok(Some(line)),
            Err(error) => Err(match error.kind() {
                ErrorKind::UnexpectedEof | ErrorKind::InvalidData => damaged(&self.path),
                _ => cannot_read(&self.path, &error),
            }),
        }
    }
}

/// Refuses a missing file before anybody is asked for its passphrase.
pub(crate) fn must_be_there(path: &Path) -> Result<(), Failure> {
    File::open(path).map(drop).map_err(|error| cannot_read(path, &error))
}

fn cannot_decrypt(path: &Path, error: &DecryptError) -> Failure {
    match error {
        DecryptError::DecryptionFailed | DecryptError::KeyDecryptionFailed => {
            Failure::CannotRun(format!("the passphrase doesn't open {}", path.display()))
        }
        DecryptError::Io(error) if error.kind() != ErrorKind::UnexpectedEof => {
            cannot_read(path, error)
        }
        DecryptError::InvalidMac => damaged(path),
        DecryptError::ExcessiveWork { required, .. } => Failure::CannotRun(format!(
            "{} was encrypted with a work factor of {required}, and more than {WORK_MAX} is too much \
             for many machines; encrypt it again with a smaller one",
            path.display()
        )),
        _ => no_archive(path),
    }
}

fn cannot_read(path: &Path, error: &Error) -> Failure {
    Failure::CannotRun(format!(
        "{} can't be read: {error}; give --in a file that `export` wrote",
        path.display()
    ))
}

fn no_archive(path: &Path) -> Failure {
    Failure::CannotRun(format!(
        "{} is no archive, or only the beginning of one; give --in a file that `export` wrote",
        path.display()
    ))
}

fn damaged(path: &Path) -> Failure {
    Failure::CannotRun(format!(
        "{} is cut short or was changed: take another copy of it",
        path.display()
    ))
}
