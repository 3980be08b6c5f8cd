//! The command line of `export` and `import`.

use super::KeptArgs;
use clap::Args;
use std::path::PathBuf;

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  book-a-librarian export --out desk.age
  book-a-librarian export --out desk.age --data /var/lib/desk --passphrase-file /root/passphrase

The file holds cases with their keys and the mail that waits, what is left of erased ones, counts,
and the desk's secrets. Left out is what lives for a short time only: marks against double requests,
mailboxes that mail came back from, the keys of days. Mail that was sent is not in it either.

It may run beside `serve`: each case is written as it was at some moment while it ran.

Whoever has the file and its passphrase can read every request, also those erased later: delete it
within the days that the service promises to its patrons.")]
pub(crate) struct ExportArgs {
    /// The file to write; it must not be there yet
    #[arg(long, value_name = "FILE", env = "BOOK_A_LIBRARIAN_OUT")]
    pub(crate) out: PathBuf,
    #[command(flatten)]
    pub(crate) kept: KeptArgs,
    #[command(flatten)]
    pub(crate) passphrase: PassphraseArgs,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  book-a-librarian import --in desk.age --data /var/lib/desk
  book-a-librarian import --in desk.age --passphrase-file /root/passphrase

Nothing is taken in unless the whole file can be read. Cases that are there already are left alone,
so an import that was stopped can be repeated. It doesn't run beside `serve` on the same folder. The
mail that waits in the file is sent by whoever serves next: stop the old desk for good before that.")]
pub(crate) struct ImportArgs {
    /// The file that `export` wrote
    #[arg(long = "in", value_name = "FILE", env = "BOOK_A_LIBRARIAN_IN")]
    pub(crate) archive: PathBuf,
    #[command(flatten)]
    pub(crate) kept: KeptArgs,
    #[command(flatten)]
    pub(crate) passphrase: PassphraseArgs,
}

/// Where a passphrase comes from. There is no flag for itself: other users see flags.
#[derive(Debug, Args)]
pub(crate) struct PassphraseArgs {
    /// The file whose first line is the passphrase; else BOOK_A_LIBRARIAN_PASSPHRASE holds it, or
    /// it is asked for
    #[arg(long, value_name = "PATH", env = "BOOK_A_LIBRARIAN_PASSPHRASE_FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,
}
