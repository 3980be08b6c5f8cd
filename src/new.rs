//! `new`: begins a file for an editor.

use crate::cli::{FolderArgs, NewArgs, NewWhat};
use crate::failure::{Failure, print};
use crate::loading;
use generator::new::{Wanted, new, new_translation, site_now};
use generator::{Folder, Folders};
use jiff::Timestamp;
use jiff::tz::TimeZone;

pub(crate) fn run(folders: &FolderArgs, args: &NewArgs) -> Result<(), Failure> {
    let folders =
        Folders { content: folders.content.clone(), templates: folders.templates.clone() };
    let today = match args.today {
        Some(today) => today,
        None => site_now(&folders).map_err(Failure::cannot_run)?.map_or_else(
            || Timestamp::now().to_zoned_datetime(TimeZone::UTC).date(),
            |site| loading::today(&site),
        ),
    };
    let folder = match args.what {
        NewWhat::Topic => Folder::Topics,
        NewWhat::News => Folder::News,
        NewWhat::Branch => Folder::Branches,
        NewWhat::Page => Folder::Pages,
    };
    if let Some(language) = &args.lang {
        let made = new_translation(&folders, folder, &args.title, args.id.as_deref(), language)
            .map_err(Failure::cannot_run)?;
        return print(&format!(
            "{file} is there, as a draft: each English text stands above its place\n\
             When it is finished, take out its line `draft: true`, then run: book-a-librarian \
             translations mark {file}\n\
             Its page: http://127.0.0.1:8080{}\n",
            made.address,
            file = made.path.display()
        ));
    }
    let wanted = Wanted { folder, title: args.title.clone(), id: args.id.clone(), today };
    let made = new(&folders, &wanted).map_err(Failure::cannot_run)?;
    let mut told = format!("{} is there, as a draft\n", made.path.display());
    if made.recorded {
        told.push_str("Its id is in ids.yaml, and stays there\n");
    }
    told.push_str(&format!(
        "Fill it in and see it: book-a-librarian serve, then http://127.0.0.1:8080{}\n\
         Publish it: delete the line `draft: true`\n",
        made.address
    ));
    print(&told)
}
