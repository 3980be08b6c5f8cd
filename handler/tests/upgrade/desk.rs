//! The desk of the release before, with this release on it.

#[cfg(feature = "aws")]
use crate::support::emulators;
use crate::support::faulty::FaultyStore;
use crate::support::set::{Set, set_over};
use crate::support::stored::{self, Receipt};
use crate::support::{self, event_id, noon, renderer};
use domain::request::{Actor, Event};
use domain::{Reference, Request};
use handler::case::Case;
use handler::case::body;
use handler::cases::Happening;
use handler::crypto::secrets::Secrets;
use handler::folder;
use handler::jobs::sweep::{Canaries, Sweep, Swept};
use handler::mail::mailer::MemoryMailer;
use handler::store::{Access, Store};
use jiff::{SignedDuration, Timestamp};
use mail_parser::MessageParser;
use std::any::Any;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// The last thing that the release before did was at noon of this Tuesday.
pub(crate) fn days_later(days: i64) -> Timestamp {
    noon() + SignedDuration::from_hours(24 * days)
}

/// When what a killed process had taken up is free in every store.
pub(crate) fn soon() -> Timestamp {
    noon() + SignedDuration::from_mins(2)
}

/// The desk, and what it lives in: a folder, an emulator.
pub(crate) struct Earlier {
    pub(crate) set: Set,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) secrets: Arc<Secrets>,
    pub(crate) receipts: Vec<Receipt>,
    sweep: Sweep,
    mailer: Arc<MemoryMailer>,
    _lives_in: Box<dyn Any + Send>,
}

/// As a process opens it that knows it is alone.
pub(crate) async fn in_sqlite() -> Earlier {
    let folder = stored::folder_of("v1/sqlite");
    let opened = folder::open(folder.path(), Access::Writes, None).unwrap();
    opened.store.end_leases(noon()).await.unwrap();
    earlier("v1/sqlite", Arc::new(opened.store), opened.secrets, folder)
}

#[cfg(feature = "aws")]
pub(crate) async fn in_dynoxide() -> Earlier {
    in_emulator(emulators::dynoxide()).await
}

#[cfg(feature = "aws")]
pub(crate) async fn in_ministack() -> Earlier {
    in_emulator(emulators::ministack()).await
}

#[cfg(feature = "aws")]
async fn in_emulator(emulator: emulators::Emulator) -> Earlier {
    let store = emulators::store_in(&emulator).await;
    emulators::fill(&emulator, &stored::stored("v1/dynamodb/tables.json")).await;
    let secrets = stored::secrets_of("v1/dynamodb");
    store.must_be_of(&secrets.desk_id(), Access::Writes).await.unwrap();
    earlier("v1/dynamodb", Arc::new(store), secrets, emulator)
}

fn earlier(
    name: &str,
    store: Arc<dyn Store>,
    secrets: Secrets,
    lives_in: impl Any + Send,
) -> Earlier {
    let mut set = set_over(FaultyStore::new(store));
    let secrets = Arc::new(secrets);
    set.desk.secrets = Arc::clone(&secrets);
    let store = Arc::clone(&set.desk.store);
    let mailer = Arc::new(MemoryMailer::new());
    let deliverer = support::deliverer(Arc::clone(&store), Arc::clone(&mailer) as _, &secrets);
    let deliverer = Arc::new(deliverer);
    let sweep = Sweep { deliverer, renderer: renderer(), canaries: Canaries::NotSent };
    let receipts = stored::receipts_of(name);
    Earlier { set, store, secrets, receipts, sweep, mailer, _lives_in: Box::new(lives_in) }
}

/// A mail that was sent: its notice's id, to whom, and its words, the subject's too.
pub(crate) struct Sent {
    pub(crate) notice: String,
    pub(crate) to: String,
    pub(crate) text: String,
}

impl Sent {
    /// Whether it tells somebody whose address begins with this about the request.
    pub(crate) fn is_of(&self, number: Reference, to: &str) -> bool {
        self.to.starts_with(to) && self.text.contains(&number.to_string())
    }
}

impl Earlier {
    /// The receipt of the request of which this was true.
    pub(crate) fn receipt(&self, state: &str) -> &str {
        &self.receipts.iter().find(|receipt| receipt.state == state).unwrap().path
    }

    /// The number of the request of which this was true.
    pub(crate) fn number(&self, state: &str) -> Reference {
        number_in(self.receipt(state))
    }

    pub(crate) async fn case(&self, state: &str) -> Case {
        self.store.read(self.number(state)).await.unwrap().unwrap()
    }

    pub(crate) async fn request(&self, state: &str) -> Request {
        let case = self.case(state).await;
        let key = self.store.existing_key(case.id).await.unwrap().unwrap();
        body::open(&self.secrets, &key, &case).unwrap()
    }

    /// Lets something happen to a request. The one place here that knows how a case is changed.
    pub(crate) async fn happens(
        &self,
        state: &str,
        event: Event,
        actor: Actor,
        now: Timestamp,
    ) -> Request {
        let name = format!("{}-{}", self.number(state).compact(), now.as_millisecond());
        let happening = Happening { id: event_id(&name), event, actor };
        let (id, secrets) = (self.number(state), &self.secrets);
        support::happens(&*self.store, secrets, id, &happening, now).await.unwrap()
    }

    /// Sweeps, with the desk's own clock at the same moment.
    pub(crate) async fn sweep(&self, now: Timestamp) -> Swept {
        let minutes = now.duration_since(noon()).as_mins();
        self.set.minutes.store(minutes, Ordering::SeqCst);
        let swept = self.sweep.sweep(now).await.unwrap();
        assert_eq!(swept.failed, 0, "{now}: every case can be looked at");
        swept
    }

    /// All mail that was sent so far.
    pub(crate) fn sent(&self) -> Vec<Sent> {
        let mails = self.mailer.sent().into_iter();
        let parsed = mails.map(|mail| {
            let mail = MessageParser::default().parse(&mail[..]).unwrap();
            let to = mail.to().unwrap().first().unwrap().address().unwrap().to_owned();
            let words =
                [mail.subject(), mail.body_text(0).as_deref()].map(|it| it.unwrap().to_owned());
            let notice = mail.header_raw("Notice-Id").unwrap().trim().to_owned();
            Sent { notice, to, text: words.join("\n") }
        });
        parsed.collect()
    }
}

pub(crate) fn number_in(path: &str) -> Reference {
    let locator = path.rsplit('/').next().unwrap();
    Reference::parse(locator.split('.').next().unwrap()).unwrap()
}
