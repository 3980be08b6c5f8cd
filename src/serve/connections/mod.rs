//! Connections that nobody can hold open. Each has time limits, and when there are as many as this
//! process may have, the most dispensable one makes room for the next. Other modules need only
//! [`serve`].

mod exchange;
mod limits;
mod registry;
mod stream;
#[cfg(test)]
mod tests;

pub(crate) use limits::Limits;

use axum::Router;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use registry::{Phase, Place, Registry, Told};
use std::convert::Infallible;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};
use stream::Watched;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::{sleep, timeout};

/// The longest request head, in bytes; a longer one is answered 431. Each connection may hold this
/// much memory.
const HEAD_MAX: usize = 32 * 1024;

/// How long a connection may take to end when told to.
const MOMENT: Duration = Duration::from_millis(50);

/// How often trouble with new connections is logged.
const TOLD_EACH: Duration = Duration::from_secs(60);

/// Serves until told to stop, then finishes what is under way, within the limits. Returns how many
/// connections were cut off, and in which phase.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    limits: Limits,
    proxy: Option<IpAddr>,
    mut stop: watch::Receiver<()>,
) -> CutOff {
    let server = Server {
        registry: Registry::new(limits, proxy),
        room: Arc::new(Semaphore::new(limits.connections)),
        router,
    };
    let watching = tokio::spawn(watch_limits(Arc::clone(&server.registry), limits.look));
    tokio::select! {
        () = server.accept(&listener) => {}
        // The sender may be gone, too: then nobody needs the server any more.
        _ = stop.changed() => {}
    }
    // New connections are refused by the system, or wait for the next listener.
    drop(listener);
    let cut_off = server.finish(limits).await;
    watching.abort();
    cut_off
}

/// What was cut off.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct CutOff {
    /// Requests without an answer yet.
    pub(crate) unanswered: usize,
    /// Requests that weren't complete.
    pub(crate) unread: usize,
    /// Answers that weren't taken completely.
    pub(crate) untaken: usize,
}

impl CutOff {
    fn count(phases: &[Phase]) -> Self {
        let mut cut_off = Self::default();
        for phase in phases {
            match phase {
                Phase::Working => cut_off.unanswered += 1,
                Phase::Arrived | Phase::New | Phase::Head | Phase::Body => cut_off.unread += 1,
                Phase::Idle | Phase::Listening | Phase::Lingering => cut_off.untaken += 1,
            }
        }
        cut_off
    }
}

struct Server {
    registry: Arc<Registry>,
    room: Arc<Semaphore>,
    router: Router,
}

impl Server {
    /// Accepts connections. Never returns.
    async fn accept(&self, listener: &TcpListener) {
        let mut told: Option<Instant> = None;
        loop {
            match listener.accept().await {
                Ok((stream, peer)) => {
                    let room = self.make_room().await;
                    let place = self.registry.admit(peer.ip());
                    tokio::spawn(converse(stream, peer, self.router.clone(), place, room));
                }
                Err(error) if is_theirs(&error) => {}
                Err(error) => {
                    // No file descriptor is left. The connection stays in the queue, so retrying at
                    // once would spin; it is accepted as soon as another has ended.
                    if told.is_none_or(|told| told.elapsed() >= TOLD_EACH) {
                        tracing::error!(%error, "connections can't be taken in; is `ulimit -n` too low?");
                        told = Some(Instant::now());
                    }
                    self.registry.make_room();
                    sleep(MOMENT).await;
                }
            }
        }
    }

    /// Waits for room for one more connection, ending another if there is none.
    async fn make_room(&self) -> OwnedSemaphorePermit {
        loop {
            if let Ok(room) = Arc::clone(&self.room).try_acquire_owned() {
                return room;
            }
            // If none can be spared, all are being answered, and some will soon be done.
            self.registry.make_room();
            if let Ok(Ok(room)) = timeout(MOMENT, Arc::clone(&self.room).acquire_owned()).await {
                return room;
            }
        }
    }

    /// Lets all connections finish what is under way, and ends those that take too long.
    async fn finish(&self, limits: Limits) -> CutOff {
        self.registry.finish();
        let all_room = u32::try_from(limits.connections).unwrap_or(u32::MAX);
        if timeout(limits.grace, self.room.acquire_many(all_room)).await.is_ok() {
            return CutOff::default();
        }
        let cut_off = CutOff::count(&self.registry.end());
        // Their tasks end now, or at their next await.
        let _ = timeout(MOMENT, self.room.acquire_many(all_room)).await;
        cut_off
    }
}

/// Whether the connection failed before it was accepted.
fn is_theirs(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted)
}

/// One connection, from its first byte to its last.
async fn converse(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    place: Place,
    _room: OwnedSemaphorePermit,
) {
    // Small answers leave at once. If this can't be set, they leave a little later.
    let _ = stream.set_nodelay(true);
    let connection = &place.connection;
    let answering = service_fn(|request| {
        let answer = exchange::answer(router.clone(), Arc::clone(connection), peer, request);
        async { Ok::<_, Infallible>(answer.await) }
    });
    let io = TokioIo::new(Watched::new(stream, Arc::clone(connection)));
    // `watch_limits` watches the time of all connections.
    let mut conversation = pin!(
        http1::Builder::new()
            .header_read_timeout(None)
            .max_buf_size(HEAD_MAX)
            .serve_connection(io, answering)
    );
    let mut told = pin!(connection.hears());
    loop {
        tokio::select! {
            // Whatever ended it, nobody is left to tell.
            _ = &mut conversation => return,
            what = &mut told => {
                match what {
                    Told::End => return,
                    Told::Finish => conversation.as_mut().graceful_shutdown(),
                    Told::Nothing => {}
                }
                told.set(connection.hears());
            }
        }
    }
}

async fn watch_limits(registry: Arc<Registry>, each: Duration) {
    loop {
        sleep(each).await;
        registry.end_overdue();
    }
}
