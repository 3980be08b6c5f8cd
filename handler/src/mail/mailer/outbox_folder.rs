//! Mail as files in a folder, `<notice id>.eml`: for trying the service out, and for tests. A mail
//! that is sent twice is one file.

use super::{Mail, Mailer, SendError, Verdict};
use async_trait::async_trait;
use std::fs::{DirBuilder, File};
use std::io::{self, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

/// How many mails are written in parallel: the disk takes many in the time of one.
const AT_ONCE: usize = 16;

/// A folder of mails.
pub struct OutboxFolder {
    folder: PathBuf,
}

impl OutboxFolder {
    /// Creates the folder if missing, and removes files that a killed process left incomplete.
    pub fn open(folder: &Path) -> io::Result<Self> {
        // Mail is readable: for this user alone.
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        remove_parts(folder)?;
        Ok(Self { folder: folder.to_owned() })
    }
}

/// Removes abandoned temporary files. A writer holds a lock on its file, which the system
/// releases when a process is killed.
fn remove_parts(folder: &Path) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if !(name.starts_with('.') && name.ends_with(".part")) {
            continue;
        }
        let removed = File::open(&path).and_then(|part| match part.try_lock() {
            Ok(()) => std::fs::remove_file(&path),
            Err(_) => Ok(()),
        });
        match removed {
            // It has since become a complete mail, or another start removed it.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            removed => removed?,
        }
    }
    Ok(())
}

#[async_trait]
impl Mailer for OutboxFolder {
    async fn send(&self, mail: &Mail) -> Result<(), SendError> {
        let bytes = mail.to_message()?.formatted();
        let path = self.folder.join(format!("{}.eml", mail.notice.as_str()));
        let folder = self.folder.clone();
        // A full disk takes no mail at all; whether it is that, another mail shows.
        let failed = |error: &dyn std::fmt::Display| {
            SendError::new(Verdict::Unclear, format!("the outbox folder: {error}"))
        };
        tokio::task::spawn_blocking(move || write(&folder, &path, &bytes))
            .await
            .map_err(|error| failed(&error))?
            .map_err(|error| failed(&error))
    }

    fn at_once(&self) -> usize {
        AT_ONCE
    }
}

/// Under a temporary name first: readers of the folder see complete mails only.
fn write(folder: &Path, path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut staged = tempfile::Builder::new().prefix(".").suffix(".part").tempfile_in(folder)?;
    // A network folder may not support locks, but must still take mail.
    let _ = staged.as_file().lock();
    staged.write_all(bytes)?;
    staged.as_file().sync_all()?;
    staged.persist(path)?;
    File::open(folder)?.sync_all()
}
