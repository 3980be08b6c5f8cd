//! A store that fails as told, in front of one that works.

use async_trait::async_trait;
use domain::routing::{Destination, Snapshot};
use domain::{BranchId, Reference};
use handler::case::{Case, PendingNotice, Stored, Tombstone};
use handler::crypto::contact_hash::ContactHash;
use handler::crypto::secrets::{DeskId, SecretKey};
use handler::store::{
    Cases, Count, Created, Held, Keys, Leased, Ledger, Outbox, QueuePlace, Queued, Record,
    RecordKey, Records, Replaced, Replacement, Store, StoreError,
};
use jiff::Timestamp;
use jiff::civil::Date;
use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use tokio::sync::Notify;

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Nothing.
    None,
    /// No call is answered.
    Away,
    /// Each call panics.
    Panics,
    /// This call, counted from 0, is not done.
    NotDone(usize),
    /// This call is done, and its answer is lost.
    AnswerLost(usize),
    /// This call never ends, and is not done: the process is killed in it.
    KilledBefore(usize),
    /// This call never ends, but is done.
    KilledAfter(usize),
}

/// Fails as told.
pub(crate) struct FaultyStore {
    inner: Arc<dyn Store>,
    fault: Mutex<Fault>,
    calls: AtomicUsize,
    trace: Mutex<Vec<String>>,
    hung: Notify,
}

impl FaultyStore {
    pub(crate) fn new(inner: Arc<dyn Store>) -> Self {
        Self {
            inner,
            fault: Mutex::new(Fault::None),
            calls: AtomicUsize::new(0),
            trace: Mutex::new(Vec::new()),
            hung: Notify::new(),
        }
    }

    /// From now on this goes wrong; calls are counted from 0 again.
    pub(crate) fn set(&self, fault: Fault) {
        *self.fault.lock().unwrap() = fault;
        self.calls.store(0, Ordering::SeqCst);
        self.trace.lock().unwrap().clear();
    }

    /// The calls since the fault was set, with how many records each reads or writes.
    pub(crate) fn trace(&self) -> Vec<String> {
        self.trace.lock().unwrap().clone()
    }

    /// Calls since the fault was set.
    pub(crate) fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }

    /// Until a call hangs.
    pub(crate) async fn hung(&self) {
        self.hung.notified().await;
    }

    async fn hang<T>(&self) -> T {
        self.hung.notify_one();
        std::future::pending().await
    }

    async fn call<T>(
        &self,
        name: String,
        done: impl Future<Output = Result<T, StoreError>> + Send,
    ) -> Result<T, StoreError> {
        let call = self.calls.fetch_add(1, Ordering::SeqCst);
        self.trace.lock().unwrap().push(name);
        let fault = *self.fault.lock().unwrap();
        let away = || StoreError::Away("switched off".to_owned());
        match fault {
            Fault::Away => Err(away()),
            Fault::Panics => panic!("planted"),
            Fault::NotDone(n) if n == call => Err(away()),
            Fault::KilledBefore(n) if n == call => self.hang().await,
            Fault::AnswerLost(n) if n == call => done.await.and_then(|_| Err(away())),
            Fault::KilledAfter(n) if n == call => {
                let _ = done.await;
                self.hang().await
            }
            _ => done.await,
        }
    }
}

macro_rules! delegated {
    ($port:ident { $(fn $name:ident($($arg:ident: $type:ty),*) -> $answer:ty;)+ } $($own:tt)*) => {
        #[async_trait]
        impl $port for FaultyStore {
            $(async fn $name(&self, $($arg: $type),*) -> Result<$answer, StoreError> {
                self.call(stringify!($name).to_owned(), self.inner.$name($($arg),*)).await
            })+

            $($own)*
        }
    };
}

delegated! {
    Cases {
        fn find(id: Reference) -> Option<Stored>;
        fn replace(replacement: &Replacement) -> Replaced;
        fn queue(of: &Destination, after: Option<&QueuePlace>, limit: usize) -> Queued;
        fn wake_at(id: Reference, read_version: u64, wake: Timestamp) -> Replaced;
        fn woken(now: Timestamp, limit: usize) -> Vec<Reference>;
        fn erase(tombstone: &Tombstone, version: u64, counts: &[Count], now: Timestamp) -> Replaced;
        fn ids_after(after: Option<Reference>, limit: usize) -> Vec<Reference>;
        fn import(stored: &Stored, key: Option<&SecretKey>) -> Created;
    }

    async fn create(&self, case: &Case, records: &[Record]) -> Result<Created, StoreError> {
        let name = format!("create with {} records", records.len());
        self.call(name, self.inner.create(case, records)).await
    }
}

delegated! {
    Outbox {
        fn lease(now: Timestamp, until: Timestamp, limit: usize) -> Vec<Leased>;
        fn lease_of(id: Reference, now: Timestamp, until: Timestamp) -> Vec<Leased>;
        fn mark_sent(leased: &Leased) -> Held;
        fn mark_failed(leased: &Leased, next_try: Timestamp) -> Held;
        fn release(leased: &Leased, ready: Timestamp) -> Held;
        fn put_back(id: Reference, notice: &PendingNotice) -> Held;
        fn waiting(now: Timestamp, limit: usize) -> Vec<PendingNotice>;
        fn next_ready() -> Option<Timestamp>;
    }
}

delegated! {
    Keys {
        fn forget_keys(ids: &[Reference]) -> ();
        fn key(id: Reference) -> SecretKey;
        fn existing_key(id: Reference) -> Option<SecretKey>;
        fn set_contacts(id: Reference, contacts: &[ContactHash]) -> ();
        fn ids_of(contact: &ContactHash) -> Vec<Reference>;
        fn day_key(day: Date) -> SecretKey;
        fn delete_day_keys_outside(needed: RangeInclusive<Date>) -> ();
    }
}

delegated! {
    Records {
        fn put_record(record: &Record) -> ();
        fn claim_record(record: &Record, now: Timestamp) -> Created;
        fn delete_expired(now: Timestamp) -> ();
    }

    async fn records(
        &self,
        keys: &[RecordKey],
        now: Timestamp,
    ) -> Result<Vec<Record>, StoreError> {
        let name = format!("records, {} of them", keys.len());
        self.call(name, self.inner.records(keys, now)).await
    }
}

delegated! {
    Ledger {
        fn counts() -> Vec<Count>;
        fn import_count(count: &Count) -> ();
        fn count_sent(branch: &BranchId, sent: Timestamp) -> ();
        fn snapshot(now: Timestamp) -> Snapshot;
        fn refresh_snapshot(branches: &[BranchId], now: Timestamp) -> ();
    }
}

delegated! {
    Store {
        fn pull_in(now: Timestamp) -> ();
        fn health(desk: &DeskId) -> ();
    }
}
