//! `serve`: the live site and its desk, in one process.

mod coding;
mod connections;
mod dev;
mod jobs;
mod live;
mod log;
mod outbox;
mod outermost;
mod overlay;
mod packed;
mod site;
mod stop;
mod this_machine;
mod watch;

use crate::cli::{FolderArgs, ServeArgs};
use crate::cloud;
use crate::failure::{Failure, print, say};
use crate::store::{self, Access, data_failure};
use axum::{Router, middleware};
use connections::CutOff;
use handler::jobs::sweep::{Canaries, Sweep};
use handler::mail::compose::Composer;
use handler::mail::deliver::{Deliverer, Limits};
use handler::mail::mailer::{Mailer, OutboxFolder, SmtpMailer};
use handler::{Clock, Desk, Origin};
use jiff::{SignedDuration, Timestamp};
use jobs::Jobs;
use live::Live;
use site::Pages;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::time::Instant;

/// Longer than a few mails take with a hanging mail server; mail without time left is released. A
/// killed process leaves no mail waiting for this: the next one to start knows that it is
/// alone.
const LEASE: SignedDuration = SignedDuration::from_mins(10);

/// Threads for blocking work: files, pictures, compression.
const THREADS_ASIDE: usize = 32;

pub(crate) fn run(folders: &FolderArgs, args: &ServeArgs) -> Result<(), Failure> {
    log::start();
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    let runtime = builder.enable_all().max_blocking_threads(THREADS_ASIDE).build();
    let runtime = runtime.map_err(Failure::cannot_run)?;
    let served = runtime.block_on(serve(folders, args));
    // Work blocked on a disk would keep us here for ever.
    runtime.shutdown_timeout(stop::FOR_THREADS);
    served
}

async fn serve(folders: &FolderArgs, args: &ServeArgs) -> Result<(), Failure> {
    let listener = listen(args.listen).await?;
    let address = listener.local_addr().map_err(Failure::cannot_run)?;
    let base_url = args.base_url.clone().unwrap_or_else(|| format!("http://{address}"));
    let in_development =
        this_machine::is_loopback_url(&base_url) && this_machine::is_loopback(address.ip());
    if args.mail == "outbox" {
        refuse_to_show_mail(&base_url, address)?;
    }
    let saved = Live::load(folders, base_url.clone(), in_development)?;
    let live = saved.live().clone();
    let opened = store::open(args.store, &args.data, Access::Writes).await?;
    let store = Arc::clone(&opened.store);
    let secrets = Arc::new(opened.secrets.clone());
    let mailer = mailer(args)?;
    let clock: Clock = Arc::new(Timestamp::now);
    let bell = Arc::new(Notify::new());
    let deliverer = Arc::new(Deliverer {
        store: Arc::clone(&store),
        mailer,
        secrets: Arc::clone(&secrets),
        compose: Arc::new(Composer {
            renderer: live.renderer.clone(),
            secrets: Arc::clone(&secrets),
            base_url: base_url.clone(),
        }),
        lease: LEASE,
        limits: Limits::default(),
    });
    let sweep = Sweep {
        deliverer: Arc::clone(&deliverer),
        renderer: live.renderer.clone(),
        // A person who looks into the outbox wants only their own requests' mail.
        canaries: if args.mail == "outbox" { Canaries::NotSent } else { Canaries::Sent },
    };
    let stop = stop::listen()?;
    let jobs = Jobs::start(deliverer, sweep, &bell, &stop, &clock);
    let origin = Origin::of(&base_url).map_err(Failure::cannot_run)?;
    let desk = Desk { renderer: live.renderer.clone(), store, secrets, origin, clock, bell };
    let watcher = if in_development { Some(watch::start(folders, saved)?) } else { None };
    let router = router(desk, &live, in_development, args);
    print(&format!("Serving {base_url}/\n"))?;
    if in_development && args.mail == "outbox" {
        say(&format!("The mail it would send: {base_url}/dev/outbox\n"));
    }
    let mut stopped = stop.clone();
    let jobs = tokio::spawn(async move {
        let _ = stopped.changed().await;
        jobs.end_by(Instant::now() + stop::FOR_JOBS).await
    });
    let limits = connections::Limits::of_this_process();
    let cut_off = connections::serve(listener, router, limits, args.trusted_proxy, stop).await;
    drop(watcher);
    tell(&cut_off, &jobs.await.unwrap_or_default());
    Ok(())
}

/// `/dev/outbox` shows mail to everybody who can reach it, so it must stay on this machine.
fn refuse_to_show_mail(base_url: &str, address: SocketAddr) -> Result<(), Failure> {
    if !this_machine::is_loopback_url(base_url) {
        return Err(Failure::CannotRun(format!(
            "--mail outbox shows mail to everybody who can read /dev/outbox, and {base_url} is \
             public: give --mail smtp://…, or a base URL of this machine"
        )));
    }
    if !this_machine::is_loopback(address.ip()) {
        return Err(Failure::CannotRun(format!(
            "--mail outbox shows mail to everybody who can read /dev/outbox, and others can reach \
             {address}: give --mail smtp://…, or --listen 127.0.0.1:{}",
            address.port()
        )));
    }
    Ok(())
}

/// Logs what wasn't finished when the server was told to stop.
fn tell(cut_off: &CutOff, jobs: &[&str]) {
    let CutOff { unanswered, unread, untaken } = *cut_off;
    if *cut_off != CutOff::default() {
        tracing::warn!(unanswered, unread, untaken, "connections were cut off");
    }
    for job in jobs {
        tracing::warn!(job, "a job was cut off; the next start goes on with it");
    }
}

fn router(desk: Desk, live: &Live, in_development: bool, args: &ServeArgs) -> Router {
    let pages = Pages::new(live.clone());
    let mut router = handler::app(desk).layer(middleware::from_fn(packed::packed));
    if in_development {
        let mut dev = watch::router(live.clone()).merge(overlay::router());
        if args.mail == "outbox" {
            dev = dev.merge(outbox::router(pages.clone(), args.data.join("outbox")));
            dev = dev.merge(dev::router(live.clone()));
        }
        let guard = middleware::from_fn_with_state(pages.clone(), this_machine::only);
        router = router.merge(dev.layer(guard));
    }
    outermost::around(router.merge(site::router(pages.clone())), pages)
}

async fn listen(address: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).await.map_err(|error| {
        let mend = match error.kind() {
            std::io::ErrorKind::AddrInUse => {
                "stop what uses it, or give another --listen, like 127.0.0.1:0"
            }
            _ => "give another --listen, like 127.0.0.1:8080",
        };
        Failure::CannotRun(format!("can't listen on {address}: {error}; {mend}"))
    })
}

fn mailer(args: &ServeArgs) -> Result<Arc<dyn Mailer>, Failure> {
    if args.mail == "ses" {
        return cloud::mailer();
    }
    if args.mail == "outbox" {
        let folder = args.data.join("outbox");
        let outbox = OutboxFolder::open(&folder).map_err(|error| data_failure(&folder, &error))?;
        return Ok(Arc::new(outbox));
    }
    Ok(Arc::new(
        SmtpMailer::from_url(&args.mail)
            .map_err(|error| Failure::CannotRun(format!("--mail: {error}")))?,
    ))
}
