//! Forms, checked: what a check page would send, read from its hidden fields, so that nothing here
//! needs to know what tokens look like.

use crate::Result;
use crate::connection::Connection;
use hyper::StatusCode;
use scraper::{Html, Selector};
use std::cell::Cell;
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::rc::Rc;

const TOPICS: [&str; 4] = ["genealogy", "catalog", "e-books", "computer-basics"];

/// As many forms at a time.
const AT_ONCE: u64 = 16;

/// Checks forms of the patrons from `first` on and writes what their check pages would send, one a
/// line.
pub(crate) async fn check(host: &str, file: &Path, count: u64, first: u64) -> Result<()> {
    let next = Rc::new(Cell::new(first));
    let workers: Vec<_> = (0..AT_ONCE)
        .map(|_| {
            let (next, host) = (Rc::clone(&next), host.to_owned());
            tokio::task::spawn_local(async move {
                let mut connection = Connection::new(&host);
                let mut lines = String::new();
                while next.get() < first + count {
                    let patron = next.replace(next.get() + 1);
                    let form = checked(&mut connection, patron).await.map_err(|e| e.to_string())?;
                    writeln!(lines, "{form}").map_err(|error| error.to_string())?;
                }
                Ok::<_, String>(lines)
            })
        })
        .collect();
    let mut all = String::new();
    for worker in workers {
        all.push_str(&worker.await??);
    }
    Ok(fs::write(file, all)?)
}

async fn checked(connection: &mut Connection, patron: u64) -> Result<String> {
    let (status, page) = connection.post("/desk/en/check", &answers(patron)).await?;
    let page = String::from_utf8(page.to_vec())?;
    if status != StatusCode::OK {
        return Err(format!("the check page is {status}: {page}").into());
    }
    let hidden = Selector::parse("form#request input[type=hidden]").map_err(|e| e.to_string())?;
    let page = Html::parse_document(&page);
    let fields = page.select(&hidden).filter_map(|input| {
        Some((input.attr("name")?.to_owned(), input.attr("value")?.to_owned()))
    });
    let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    if form.contains("token=") { Ok(form) } else { Err("the check page has no token".into()) }
}

/// What a patron wrote: everybody has a contact of their own.
fn answers(patron: u64) -> String {
    let topic = TOPICS[usize::try_from(patron).unwrap_or_default() % TOPICS.len()];
    let email = format!("patron{patron}@example.com");
    let phone = format!("425-{:03}-{:04}", 200 + patron / 10_000 % 800, patron % 10_000);
    let details = format!(
        "I am looking for the parents of my great-grandmother, who came to Everett in {}. I have a \
         photograph and a letter in Norwegian, and I don't know where to begin. Could somebody \
         help me to find the church books?",
        1880 + patron % 40
    );
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("topic", topic)
        .append_pair("name", "Thorbjorn Quillfeather")
        .append_pair("email", &email)
        .append_pair("details", &details);
    if patron % 2 == 0 {
        form.append_pair("phone", &phone);
    }
    form.finish()
}
