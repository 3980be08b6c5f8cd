//! `serve`: the site from the live model and its desk, in one process.

mod dev;
mod live;
mod outbox;
mod overlay;
mod site;
mod watch;

use crate::cli::{FolderArgs, ServeArgs};
use crate::cloud;
use crate::failure::{Failure, print, say};
use crate::store::{self, Access, data_failure};
use axum::Router;
use handler::deliver::{Deliverer, Limits};
use handler::letter::Composer;
use handler::mailer::{Mailer, OutboxFolder, SmtpMailer};
use handler::sweep::{Canaries, Sweep};
use handler::{Clock, Desk, Origin};
use jiff::{SignedDuration, Timestamp};
use live::Live;
use std::future::IntoFuture;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;

/// Longer than a few mails take with a mail server that hangs: what there is no time for is given
/// back. A process that is killed leaves nothing waiting for it: the next one that starts knows that
/// it is alone.
const LEASE: SignedDuration = SignedDuration::from_mins(10);

pub(crate) fn run(folders: &FolderArgs, args: &ServeArgs) -> Result<(), Failure> {
    log();
    let runtime = tokio::runtime::Runtime::new().map_err(Failure::cannot_run)?;
    runtime.block_on(serve(folders, args))
}

/// What happens, on stderr, for people. No line holds a path, query or referrer of the desk.
fn log() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("BOOK_A_LIBRARIAN_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(crate::loading::color())
        .init();
}

async fn serve(folders: &FolderArgs, args: &ServeArgs) -> Result<(), Failure> {
    let listener = listen(args.listen).await?;
    let address = listener.local_addr().map_err(Failure::cannot_run)?;
    let base_url = args.base_url.clone().unwrap_or_else(|| format!("http://{address}"));
    let in_development = is_loopback(&base_url);
    if args.mail == "outbox" && !in_development {
        return Err(Failure::CannotRun(format!(
            "--mail outbox shows mail to everybody who can read /dev/outbox, and {base_url} is \
             public: give --mail smtp://…, or a base URL of this machine"
        )));
    }
    let saved = Live::load(folders, base_url.clone(), in_development)?;
    let live = saved.live().clone();
    let opened = store::open(args.store, &args.data, Access::Writes).await?;
    let store = Arc::clone(&opened.store);
    let secrets = Arc::new(opened.secrets.clone());
    let mailer = mailer(args)?;
    let clock: Clock = Arc::new(Timestamp::now);
    let bell = Arc::new(Notify::new());
    let (stop, stopped) = tokio::sync::watch::channel(());
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
        // Whoever looks into the outbox looks for the mail of their own requests.
        canaries: if args.mail == "outbox" { Canaries::NotSent } else { Canaries::Sent },
    };
    let background = background(deliverer, sweep, &bell, stopped, &clock);
    let origin = Origin::of(&base_url).map_err(Failure::cannot_run)?;
    let desk = Desk { renderer: live.renderer.clone(), store, secrets, origin, clock, bell };
    let watcher = if in_development { Some(watch::start(folders, saved)?) } else { None };
    let router = router(desk, &live, in_development, args);
    print(&format!("Serving {base_url}/\n"))?;
    if in_development && args.mail == "outbox" {
        say(&format!("The mail it would send: {base_url}/dev/outbox\n"));
    }
    let served =
        axum::serve(listener, router).with_graceful_shutdown(asked_to_stop()).into_future();
    served.await.map_err(Failure::cannot_run)?;
    drop(watcher);
    drop(stop);
    background.await.map_err(Failure::cannot_run)
}

/// Delivers mail and sweeps, until told to stop. What is under way then is finished.
fn background(
    deliverer: Arc<Deliverer>,
    sweep: Sweep,
    bell: &Arc<Notify>,
    stop: tokio::sync::watch::Receiver<()>,
    clock: &Clock,
) -> JoinHandle<()> {
    let (bell, clock) = (Arc::clone(bell), Arc::clone(clock));
    tokio::spawn(async move {
        let delivering = deliverer.run(bell, stop.clone(), Arc::clone(&clock));
        tokio::join!(delivering, sweep.run(stop, clock));
    })
}

fn router(desk: Desk, live: &Live, in_development: bool, args: &ServeArgs) -> Router {
    let mut router = handler::app(desk);
    if in_development {
        router = router.merge(watch::router(live.clone())).merge(overlay::router());
        if args.mail == "outbox" {
            let outbox = args.data.join("outbox");
            router = router.merge(outbox::router(live.clone(), outbox));
            router = router.merge(dev::router(live.clone()));
        }
    }
    router
        .merge(site::router(live.clone()))
        .layer(CompressionLayer::new().quality(CompressionLevel::Precise(10)))
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

/// Whether only this machine can reach an address.
fn is_loopback(base_url: &str) -> bool {
    let host = base_url.trim_start_matches("http://").trim_start_matches("https://");
    if host.starts_with("[::1]") {
        return true;
    }
    let name = host.split(':').next().unwrap_or_default();
    name == "localhost"
        || name.parse::<std::net::Ipv4Addr>().is_ok_and(|address| address.is_loopback())
}

/// Until `SIGTERM` or Ctrl-C. What is in flight then is finished.
async fn asked_to_stop() {
    let interrupted = tokio::signal::ctrl_c();
    match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(mut terminated) => {
            tokio::select! {
                _ = interrupted => {}
                _ = terminated.recv() => {}
            }
        }
        Err(_) => drop(interrupted.await),
    }
}
