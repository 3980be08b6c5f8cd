//! Mail as files in a folder, `<notice id>.eml`: for trying the service out, and for tests. A mail
//! that is sent twice is one file.

use super::{Mail, Mailer, SendError};
use async_trait::async_trait;
use std::fs::DirBuilder;
use std::io::{self, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

/// A folder of mails.
pub struct OutboxFolder {
    folder: PathBuf,
}

impl OutboxFolder {
    /// Makes the folder if it isn't there.
    pub fn open(folder: &Path) -> io::Result<Self> {
        // Readable mail: for this user alone.
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        Ok(Self { folder: folder.to_owned() })
    }
}

#[async_trait]
impl Mailer for OutboxFolder {
    async fn send(&self, mail: &Mail) -> Result<(), SendError> {
        let bytes = mail.to_message()?.formatted();
        let path = self.folder.join(format!("{}.eml", mail.notice.as_str()));
        let folder = self.folder.clone();
        tokio::task::spawn_blocking(move || write(&folder, &path, &bytes))
            .await
            .map_err(|error| SendError::Later(error.to_string()))?
            .map_err(|error| SendError::Later(format!("the outbox folder: {error}")))
    }
}

/// Under a temporary name first: whoever reads the folder sees whole mails only.
fn write(folder: &Path, path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut staged = tempfile::Builder::new().prefix(".").suffix(".part").tempfile_in(folder)?;
    staged.write_all(bytes)?;
    staged.as_file().sync_all()?;
    staged.persist(path)?;
    std::fs::File::open(folder)?.sync_all()
}
