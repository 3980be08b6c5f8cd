//! Sends forms that were checked before, each client the next as soon as it has its answer.

use crate::Result;
use crate::connection::Connection;
use hyper::StatusCode;
use serde_json::json;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::path::Path;
use std::rc::Rc;
use std::time::{Duration, Instant};

/// What a client saw.
#[derive(Default)]
struct Seen {
    took: Vec<Duration>,
    statuses: BTreeMap<u16, u64>,
    connections: u64,
    /// The beginning of an answer that was no receipt.
    odd: Option<String>,
}

pub(crate) async fn send(host: &str, file: &Path, clients: usize) -> Result<()> {
    let forms: Rc<Vec<String>> =
        Rc::new(std::fs::read_to_string(file)?.lines().map(str::to_owned).collect());
    let next = Rc::new(Cell::new(0));
    let started = Instant::now();
    let clients_running: Vec<_> = (0..clients)
        .map(|_| {
            let (forms, next, host) = (Rc::clone(&forms), Rc::clone(&next), host.to_owned());
            tokio::task::spawn_local(async move {
                client(&host, &forms, &next).await.map_err(|error| error.to_string())
            })
        })
        .collect();
    let mut all = Seen::default();
    for client in clients_running {
        let seen = client.await??;
        all.took.extend(seen.took);
        all.connections += seen.connections;
        all.odd = all.odd.or(seen.odd);
        for (status, number) in seen.statuses {
            *all.statuses.entry(status).or_default() += number;
        }
    }
    let seconds = started.elapsed().as_secs_f64();
    all.took.sort_unstable();
    let at = |part: f64| {
        let place = (all.took.len() as f64 * part) as usize;
        all.took
            .get(place.min(all.took.len().saturating_sub(1)))
            .map(|took| took.as_secs_f64() * 1e3)
    };
    let stored = all.statuses.get(&303).copied().unwrap_or_default();
    println!(
        "{}",
        json!({
            "clients": clients, "sent": all.took.len(), "stored": stored, "seconds": seconds,
            "per_second": stored as f64 / seconds, "p50_ms": at(0.5), "p99_ms": at(0.99), "most_ms": at(1.0),
            "statuses": all.statuses, "connections": all.connections, "odd": all.odd,
        })
    );
    Ok(())
}

async fn client(host: &str, forms: &[String], next: &Cell<usize>) -> Result<Seen> {
    let mut connection = Connection::new(host);
    let mut seen = Seen::default();
    while let Some(form) = forms.get(next.replace(next.get() + 1)) {
        let began = Instant::now();
        let (status, body) = connection.post("/desk/en/send", form).await?;
        seen.took.push(began.elapsed());
        *seen.statuses.entry(status.as_u16()).or_default() += 1;
        if status != StatusCode::SEE_OTHER && seen.odd.is_none() {
            seen.odd = Some(String::from_utf8_lossy(&body).chars().take(400).collect());
        }
    }
    seen.connections = connection.opened;
    Ok(seen)
}
