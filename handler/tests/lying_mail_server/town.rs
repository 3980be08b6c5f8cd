//! Four requests, each of another patron to another library: eight mails, and the desk's own time.

use crate::smtp_server::{At, Does, SmtpServer};
use crate::support::{answers, decision, noon, renderer};
use domain::directory::Service;
use domain::request::{Actor, Audience, Event, EventId, Signals};
use domain::routing::{Decision, Destination};
use domain::{Answers, BranchId, Email, Reach, Reference, Request};
use handler::case::body;
use handler::case::{Case, CaseKind, NonceHash, NoticeId, PendingNotice};
use handler::crypto::secrets::Secrets;
use handler::mail::deliver::{Compose, ComposeError, Deliverer, Limits};
use handler::mail::mailer::{Mail, SmtpLimits, SmtpMailer};
use handler::mail::received::Several;
use handler::store::{Cases, Keys, MemoryStore, Store};
use jiff::{SignedDuration, Timestamp};
use mail_parser::MessageParser;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

const LIBRARIES: [&str; 4] = ["langley", "freeland", "oak-harbor", "clinton"];

/// Whose mail is lied about, where it is one's.
pub(crate) const VICTIM_PATRON: &str = "patron-1@example.com";
pub(crate) const VICTIM_LIBRARY: &str = "freeland@library.example";

/// What became of a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fate {
    /// The server took it, in the minute that is named.
    Sent { minute: i64, times: usize },
    /// It was given up, and whoever can help was told.
    GivenUp,
    /// It is still to be sent.
    Waits,
    /// Nobody knows of it any more.
    Lost,
}

impl Fate {
    /// When the server took it; last, if it never did.
    pub(crate) fn minute(&self) -> i64 {
        match self {
            Self::Sent { minute, .. } => *minute,
            Self::GivenUp | Self::Waits | Self::Lost => i64::MAX,
        }
    }
}

/// Says little: what is tried is the way there.
struct Short;

fn email(text: &str) -> Email {
    Email::parse(text).unwrap()
}

impl Compose for Short {
    fn service(&self) -> Service {
        renderer().current().directory().service.clone()
    }

    fn compose(
        &self,
        case: &Case,
        request: &Request,
        pending: &PendingNotice,
        now: Timestamp,
    ) -> Result<Option<Mail>, ComposeError> {
        let to = match &pending.notice.to {
            Audience::Patron | Audience::FormerPatron => {
                request.answers().unwrap().reach.email().unwrap().clone()
            }
            Audience::Branch(branch) => email(&format!("{branch}@library.example")),
            Audience::Coordinator => email("coordinator@library.example"),
        };
        Ok(Some(Mail {
            notice: pending.id.clone(),
            date: now,
            from_name: "Library".to_owned(),
            from: email("sender@library.example"),
            to,
            reply_to: email("coordinator@library.example"),
            subject: request.id().to_string(),
            text: "Hello".to_owned(),
            html: "<p>Hello</p>".to_owned(),
            language: "en-US".to_owned(),
            domain: "library.example".to_owned(),
            thread: case.id.compact(),
        }))
    }

    fn compose_several(
        &self,
        several: &Several,
        pending: &PendingNotice,
        now: Timestamp,
    ) -> Result<Option<Mail>, ComposeError> {
        let (case, request) = &several.requests[0];
        self.compose(case, request, pending, now)
    }
}

/// The desk, and the server that takes its mail.
pub(crate) struct Town {
    store: Arc<MemoryStore>,
    secrets: Arc<Secrets>,
    deliverer: Deliverer,
    server: SmtpServer,
    /// The first eight notices, and who each is for.
    notices: Vec<(Reference, NoticeId, String)>,
    /// In which minute the server had so many mails.
    grown: Mutex<Vec<(i64, usize)>>,
}

/// Silence is waited out: by a limit that a busy machine doesn't reach.
fn limits(does: &Does) -> SmtpLimits {
    let step = match does {
        Does::IsSilent => Duration::from_secs(1),
        _ => Duration::from_secs(30),
    };
    SmtpLimits {
        connect: step,
        greeting: step,
        command: step,
        content: step,
        mail: step * 8,
        leave: Duration::from_millis(100),
    }
}

impl Town {
    pub(crate) async fn with(
        rule: impl FnMut(&At) -> Option<Does> + Send + 'static,
        does: &Does,
    ) -> Self {
        let server = SmtpServer::ruled(rule).await;
        let (store, secrets) = (Arc::new(MemoryStore::new()), Arc::new(Secrets::random().unwrap()));
        let mut notices = Vec::new();
        for (n, library) in (0..).zip(LIBRARIES) {
            notices.extend(request(&*store, &secrets, n, library).await);
        }
        let mailer = SmtpMailer::from_url(&server.url()).unwrap().with_limits(limits(does));
        let deliverer = Deliverer {
            store: Arc::clone(&store) as _,
            mailer: Arc::new(mailer),
            secrets: Arc::clone(&secrets),
            compose: Arc::new(Short),
            lease: SignedDuration::from_mins(10),
            limits: Limits::default(),
        };
        let grown = Mutex::default();
        Self { store, secrets, deliverer, server, notices, grown }
    }

    /// Looks for mail in these minutes, as the sweep does.
    pub(crate) async fn deliver_at(&self, minutes: impl IntoIterator<Item = i64>) {
        for minute in minutes {
            let now = noon() + SignedDuration::from_mins(minute);
            self.deliverer.deliver_due(now).await.unwrap();
            self.grown.lock().unwrap().push((minute, self.server.mails().len()));
        }
    }

    /// What became of the first eight mails.
    pub(crate) async fn fates(&self) -> Vec<(String, Fate)> {
        let mut taken: BTreeMap<String, Vec<i64>> = BTreeMap::new();
        let grown = self.grown.lock().unwrap().clone();
        for (place, mail) in self.server.mails().iter().enumerate() {
            let mail = MessageParser::default().parse(mail).unwrap();
            let notice = mail.header_raw("Notice-Id").unwrap().trim().to_owned();
            let minute = grown.iter().find(|(_, mails)| place < *mails).unwrap().0;
            taken.entry(notice).or_default().push(minute);
        }
        let mut fates = Vec::new();
        for (id, notice, whom) in &self.notices {
            let case = self.store.read(*id).await.unwrap().unwrap();
            let fate = if let Some(minutes) = taken.get(notice.as_str()) {
                Fate::Sent { minute: minutes[0], times: minutes.len() }
            } else if case.outbox.iter().any(|pending| pending.id == *notice) {
                Fate::Waits
            } else {
                let key = self.store.existing_key(*id).await.unwrap().unwrap();
                let request = body::open(&self.secrets, &key, &case).unwrap();
                let told = request
                    .history()
                    .iter()
                    .any(|entry| matches!(entry.event, Event::MailReturned { .. }));
                if told { Fate::GivenUp } else { Fate::Lost }
            };
            fates.push((whom.clone(), fate));
        }
        fates
    }
}

async fn request(
    store: &dyn Store,
    secrets: &Secrets,
    n: u32,
    library: &str,
) -> Vec<(Reference, NoticeId, String)> {
    let patron = format!("patron-{n}@example.com");
    let reach = Reach::new(Some(email(&patron)), None, None).unwrap();
    let to = Destination::Branch(BranchId::parse(library).unwrap());
    let mut request = Request::new(Reference::from_number(n));
    let id = EventId::parse("sent").unwrap();
    let event = Event::Sent {
        answers: Box::new(Answers { reach, ..answers() }),
        as_of: noon(),
        due: noon(),
        decision: Box::new(Decision { to, ..decision() }),
        signals: Signals::default(),
        held: None,
        after: None,
    };
    let notices = request.apply(id.clone(), event, Actor::Patron, noon()).unwrap();
    let key = store.key(request.id()).await.unwrap();
    let hash = NonceHash([7; 32]);
    let case = Case::new(CaseKind::Request, &request, secrets, &key, hash).unwrap();
    let case = case.with_notices(&id, notices, noon());
    store.create(&case, &[]).await.unwrap();
    let whom = |pending: &PendingNotice| match &pending.notice.to {
        Audience::Patron | Audience::FormerPatron => patron.clone(),
        Audience::Branch(branch) => format!("{branch}@library.example"),
        Audience::Coordinator => "coordinator@library.example".to_owned(),
    };
    case.outbox.iter().map(|pending| (case.id, pending.id.clone(), whom(pending))).collect()
}
