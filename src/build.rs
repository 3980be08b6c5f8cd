//! `build`: writes the site and the desk's bundle.

use crate::cli::{BuildArgs, CompressKind, FolderArgs};
use crate::failure::{Failure, print};
use crate::loading;
use generator::{Compress, Drafts, Options, narrow};
use indicatif::ProgressBar;
use std::io::IsTerminal;
use std::path::Path;

/// Whether a folder, which needn't exist yet, is another or lies in it.
fn is_within(out: &Path, folder: &Path) -> bool {
    let Ok(folder) = folder.canonicalize() else { return false };
    let Ok(out) = std::path::absolute(out) else { return false };
    let there = out.ancestors().find_map(|ancestor| ancestor.canonicalize().ok());
    there.is_some_and(|there| there.starts_with(&folder))
}

pub(crate) fn run(folders: &FolderArgs, args: &BuildArgs) -> Result<(), Failure> {
    for folder in [&folders.content, &folders.templates] {
        if is_within(&args.out, folder) {
            return Err(Failure::CannotRun(format!(
                "--out {} lies in {}, which the site is made from; give a folder beside it",
                args.out.display(),
                folder.display()
            )));
        }
    }
    let drafts = if args.drafts { Drafts::Shown } else { Drafts::Hidden };
    let site = loading::load_clean(folders, drafts, args.today)?;
    let options = Options {
        base_url: args.base_url.clone(),
        today: args.today.unwrap_or_else(|| loading::today(&site)),
        development: None,
    };
    let pages = site.page_ids(options.today).len();
    let bar = if std::io::stderr().is_terminal() {
        ProgressBar::new(u64::try_from(pages).unwrap_or(0))
    } else {
        ProgressBar::hidden()
    };
    let compress = match args.compress {
        CompressKind::All => Compress::All,
        CompressKind::None => Compress::None,
    };
    let report = generator::build(&site, &options, &args.out, compress, &|| bar.inc(1))
        .map_err(|error| Failure::CannotRun(narrow(&error.to_string())))?;
    bar.finish_and_clear();
    // The process ends now and frees the site at once; dropping it would only cost time.
    std::mem::forget(site);
    print(&format!(
        "{} pages in {}: {} files written, {} removed\n",
        report.pages,
        args.out.join("site").display(),
        report.written,
        report.removed
    ))
}
