//! Who is connected, what each connection waits for and since when; and which one ends when room is
//! needed or a limit is exceeded.

use super::limits::Limits;
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::Notify;

/// A connection this young may just be about to send its request.
const YOUNG: Duration = Duration::from_secs(1);

/// Nobody needs more than this part of all connections, not even a household behind one address.
const FAIR: usize = 4;

/// What a connection is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// Connected; not yet checked whether its request is there already.
    Arrived,
    /// Connected; no byte has come.
    New,
    /// Receiving the head of a request.
    Head,
    /// Answering a request.
    Working,
    /// Receiving the rest of a request's body.
    Body,
    /// Between two requests.
    Idle,
    /// Waiting for news that may never come: a page that an editor has open.
    Listening,
    /// Answered, while more bytes of the request come in.
    Lingering,
}

/// What a connection has been told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    /// To go on.
    Nothing,
    /// To end after the answer under way.
    Finish,
    /// To end now.
    End,
}

/// A reader that doesn't take what it was sent.
#[derive(Debug, Clone, Copy)]
struct Stall {
    since: Instant,
    written: u64,
}

#[derive(Debug)]
struct Doing {
    phase: Phase,
    since: Instant,
    stall: Option<Stall>,
    told: Told,
}

/// One connection.
#[derive(Debug)]
pub(super) struct Connection {
    peer: Peer,
    doing: Mutex<Doing>,
    written: AtomicU64,
    unread: AtomicBool,
    notify: Notify,
}

/// The peer. An IPv6 network counts as one: it has more addresses than anybody can count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Peer {
    Address(IpAddr),
    Network(u64),
    /// A proxy's connection: each belongs to somebody else.
    Proxied(u64),
}

impl Connection {
    pub(super) fn phase(&self) -> Phase {
        self.doing().phase
    }

    /// Enters another phase.
    pub(super) fn turn_to(&self, phase: Phase) {
        let mut doing = self.doing();
        // A body in pieces counts from when its request began.
        let same = matches!(
            (doing.phase, phase),
            (Phase::Working, Phase::Body) | (Phase::Body, Phase::Working)
        );
        doing.phase = phase;
        if !same {
            doing.since = Instant::now();
        }
    }

    /// Nothing has arrived yet.
    pub(super) fn says_nothing(&self) {
        let mut doing = self.doing();
        if doing.phase == Phase::Arrived {
            doing.phase = Phase::New;
        }
    }

    /// Bytes have arrived. On an idle connection they begin the next request.
    pub(super) fn has_sent(&self) {
        let mut doing = self.doing();
        match doing.phase {
            // The time counts from the connection: initial silence gains none.
            Phase::Arrived | Phase::New => doing.phase = Phase::Head,
            Phase::Idle => (doing.phase, doing.since) = (Phase::Head, Instant::now()),
            _ => {}
        }
    }

    /// The reader has taken this much.
    pub(super) fn has_taken(&self, bytes: usize) {
        self.written.fetch_add(u64::try_from(bytes).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// The reader takes no more for now.
    pub(super) fn stalls(&self) {
        let written = self.written.load(Ordering::Relaxed);
        let mut doing = self.doing();
        doing.stall.get_or_insert_with(|| Stall { since: Instant::now(), written });
    }

    /// The reader has taken everything.
    pub(super) fn took_all(&self) {
        self.doing().stall = None;
    }

    /// A request was answered before all of it arrived.
    pub(super) fn leaves_unread(&self) {
        self.unread.store(true, Ordering::Relaxed);
    }

    /// Whether bytes may arrive that nobody reads.
    pub(super) fn has_unread(&self) -> bool {
        self.unread.load(Ordering::Relaxed)
    }

    /// Waits until it is told something new.
    pub(super) async fn hears(&self) -> Told {
        self.notify.notified().await;
        self.doing().told
    }

    fn tell(&self, told: Told) {
        self.doing().told = told;
        self.notify.notify_one();
    }

    fn doing(&self) -> MutexGuard<'_, Doing> {
        self.doing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Doing {
    /// Since when the peer has kept us waiting, and the connection's turn to end when room is
    /// needed; `None` while it is we who must act.
    fn keeps_waiting(&self, now: Instant) -> Option<(Turn, Instant)> {
        let (turn, since) = match (self.phase, self.stall) {
            (Phase::Arrived, _) | (Phase::Working, None) => return None,
            (Phase::Body, _) => (Turn::Slow, self.since),
            (_, Some(stall)) => (Turn::Slow, stall.since),
            _ => (Turn::Idle, self.since),
        };
        let young = now.saturating_duration_since(since) < YOUNG;
        Some((if young { Turn::Young } else { turn }, since))
    }

    /// Whether a limit is exceeded.
    fn is_overdue(&mut self, limits: &Limits, written: u64, now: Instant) -> bool {
        let most = match self.phase {
            Phase::Arrived | Phase::New | Phase::Head => limits.head,
            Phase::Idle | Phase::Listening => limits.idle,
            Phase::Body => limits.body,
            Phase::Working => limits.answer,
            Phase::Lingering => limits.linger,
        };
        if let Some(stall) = self.stall {
            // If only the reader makes it slow, the stall limit applies instead.
            if now.saturating_duration_since(stall.since) < limits.stall {
                return false;
            }
            self.stall = Some(Stall { since: now, written });
            return written.saturating_sub(stall.written) < limits.progress;
        }
        now.saturating_duration_since(self.since) >= most
    }
}

/// The order in which connections end when room is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Turn {
    /// No request is under way: closing it loses nothing.
    Idle,
    /// A body that comes slowly, or a reader that takes its answer slowly.
    Slow,
    /// Connections that have kept us waiting only briefly.
    Young,
}

/// All connections.
pub(super) struct Registry {
    limits: Limits,
    proxy: Option<IpAddr>,
    all: Mutex<BTreeMap<u64, Arc<Connection>>>,
    next: AtomicU64,
}

/// A connection's place in the registry, freed on drop.
pub(super) struct Place {
    registry: Arc<Registry>,
    number: u64,
    pub(super) connection: Arc<Connection>,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.registry.all().remove(&self.number);
    }
}

impl Registry {
    /// An empty registry. A proxy's connections are many people's.
    pub(super) fn new(limits: Limits, proxy: Option<IpAddr>) -> Arc<Self> {
        let all = Mutex::default();
        Arc::new(Self { limits, proxy, all, next: AtomicU64::new(0) })
    }

    /// Registers a new connection.
    pub(super) fn admit(self: &Arc<Self>, from: IpAddr) -> Place {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let doing = Doing {
            phase: Phase::Arrived,
            since: Instant::now(),
            stall: None,
            told: Told::Nothing,
        };
        let connection = Arc::new(Connection {
            peer: self.peer(from, number),
            doing: Mutex::new(doing),
            written: AtomicU64::new(0),
            unread: AtomicBool::new(false),
            notify: Notify::new(),
        });
        self.all().insert(number, Arc::clone(&connection));
        Place { registry: Arc::clone(self), number, connection }
    }

    fn peer(&self, from: IpAddr, number: u64) -> Peer {
        let from = from.to_canonical();
        if self.proxy.is_some_and(|proxy| proxy.to_canonical() == from) {
            return Peer::Proxied(number);
        }
        match from {
            IpAddr::V4(_) => Peer::Address(from),
            IpAddr::V6(address) => Peer::Network(network(address)),
        }
    }

    /// Ends the most dispensable connection, if any. Of those that keep us waiting: first those of
    /// peers with more than a fair share, then by turn, then of the peer with the most, then the
    /// one that has waited longest.
    pub(super) fn make_room(&self) {
        let now = Instant::now();
        let all = self.all();
        let mut each = HashMap::new();
        for connection in all.values() {
            *each.entry(connection.peer).or_insert(0_usize) += 1;
        }
        let waiting = all.values().filter_map(|connection| {
            let doing = connection.doing();
            let (turn, since) = doing.keeps_waiting(now)?;
            let many = each.get(&connection.peer).copied().unwrap_or_default();
            let fair = many <= (self.limits.connections / FAIR).max(1);
            let order = (fair, turn, Reverse(many), since);
            (doing.told != Told::End).then_some((order, connection))
        });
        if let Some((_, connection)) = waiting.min_by_key(|(order, _)| *order) {
            connection.tell(Told::End);
        }
    }

    /// Ends all connections that exceed a limit.
    pub(super) fn end_overdue(&self) {
        let now = Instant::now();
        for connection in self.all().values() {
            let written = connection.written.load(Ordering::Relaxed);
            let mut doing = connection.doing();
            if doing.told == Told::End || !doing.is_overdue(&self.limits, written, now) {
                continue;
            }
            if doing.phase == Phase::Working && doing.stall.is_none() {
                tracing::error!("a request was given up: it was not answered in a minute");
            }
            drop(doing);
            connection.tell(Told::End);
        }
    }

    /// Tells all to end after what is under way.
    pub(super) fn finish(&self) {
        for connection in self.all().values() {
            let listens = connection.phase() == Phase::Listening;
            connection.tell(if listens { Told::End } else { Told::Finish });
        }
    }

    /// Ends all. Returns the phase of each.
    pub(super) fn end(&self) -> Vec<Phase> {
        let all = self.all();
        all.values().for_each(|connection| connection.tell(Told::End));
        all.values().map(|connection| connection.phase()).collect()
    }

    fn all(&self) -> MutexGuard<'_, BTreeMap<u64, Arc<Connection>>> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The first 64 bits: the network of a household or an office.
fn network(address: Ipv6Addr) -> u64 {
    let [a, b, c, d, e, f, g, h, ..] = address.octets();
    u64::from_be_bytes([a, b, c, d, e, f, g, h])
}
