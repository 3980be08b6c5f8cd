//! What is sealed, and what stands beside it: changed in the store, it opens nothing.

use crate::kept::{Kept, changed, closed, later};
use crate::support::{self, noon, reference, renderer, sent, stored};
use domain::{BranchId, Reference};
use handler::case::body;
use handler::case::{Case, CaseKind, NonceHash, Stored, Summary, SummaryState};
use handler::crypto::link::LinkVersion;
use handler::crypto::seal::Sealed;
use handler::jobs::sweep::{Canaries, Sweep};
use handler::mail::deliver::Deliverer;
use handler::mail::mailer::MemoryMailer;
use handler::store::{Cases, Keys, Replacement, SqliteStore};
use std::sync::Arc;

/// One thing that somebody with the database, but without the keys, changes in a stored case.
type Change = fn(Case) -> Case;

const CHANGES: [(&str, Change); 6] = [
    ("kind", |case| Case { kind: CaseKind::Canary, ..case }),
    ("nonce hash", |case| Case { nonce_hash: NonceHash([8; 32]), ..case }),
    ("links", |case| Case { links: LinkVersion { receipt: 1, ..case.links }, ..case }),
    ("branch", |case| {
        let branch = Some(BranchId::parse("langley").unwrap());
        Case { summary: Summary { branch, ..case.summary }, ..case }
    }),
    ("branch", |case| Case { summary: Summary { branch: None, ..case.summary }, ..case }),
    ("state", |case| Case {
        summary: Summary { state: SummaryState::Closed, ..case.summary },
        ..case
    }),
];

async fn opened(kept: &Kept, id: Reference) -> Result<domain::Request, String> {
    let case = kept.store.read(id).await.unwrap().unwrap();
    let key = kept.store.existing_key(id).await.unwrap().unwrap();
    body::open(&kept.secrets, &key, &case).map_err(|error| error.to_string())
}

fn deliverer(kept: &Kept, mailer: &Arc<MemoryMailer>) -> Arc<Deliverer> {
    let secrets = Arc::new(kept.secrets.clone());
    Arc::new(support::deliverer(Arc::clone(&kept.store), Arc::clone(mailer) as _, &secrets))
}

pub(crate) async fn what_was_changed_beside_a_sealed_body_is_noticed_and_mailed_to_nobody(
    kept: Kept,
) {
    for (number, (field, change)) in (1..).zip(CHANGES) {
        let (_, case) = sent(&*kept.store, &kept.secrets, number).await;
        kept.store.create(&change(case), &[]).await.unwrap();
        let error = opened(&kept, reference(number)).await.unwrap_err();
        assert!(error.contains(field) && error.contains("put it back"), "{field}: {error}");
    }
    let mailer = Arc::new(MemoryMailer::new());
    deliverer(&kept, &mailer).deliver_due(later(1)).await.unwrap();
    assert!(mailer.sent().is_empty(), "its mail waits until that is mended");
}

pub(crate) async fn a_body_that_is_said_to_be_of_the_first_format_is_compared_all_the_same(
    kept: Kept,
) {
    let (_, case) = sent(&*kept.store, &kept.secrets, 1).await;
    let case = Case { sealed: Sealed { format: 1, ..case.sealed }, ..case };
    kept.store.create(&CHANGES[3].1(case), &[]).await.unwrap();
    let error = opened(&kept, reference(1)).await.unwrap_err();
    assert!(error.contains("branch"), "{error}");
}

pub(crate) async fn a_body_of_a_newer_format_is_refused(kept: Kept) {
    let (_, case) = sent(&*kept.store, &kept.secrets, 1).await;
    let newer = body::FORMAT + 1;
    let case = Case { sealed: Sealed { format: newer, ..case.sealed }, ..case };
    kept.store.create(&case, &[]).await.unwrap();
    let error = opened(&kept, reference(1)).await.unwrap_err();
    assert!(error.contains(&format!("format {newer}")), "{error}");
    assert!(error.contains("use the newer version"), "{error}");
}

pub(crate) async fn each_next_version_opens_with_what_stands_beside_it(kept: Kept) {
    let (_, case) = sent(&*kept.store, &kept.secrets, 1).await;
    kept.store.create(&case, &[]).await.unwrap();
    let next = changed(&kept, &case, "changed", later(1)).await;
    kept.store.replace(&Replacement::of(&next, 1)).await.unwrap();
    assert_eq!(opened(&kept, case.id).await.unwrap().history().len(), 2);
    let closed = closed(&kept, case.id, "closed").await;
    kept.store.replace(&Replacement::of(&closed, 2)).await.unwrap();
    assert_eq!(opened(&kept, case.id).await.unwrap().history().len(), 4);
    let put_back = Case { version: 3, outbox: Vec::new(), ..next };
    kept.store.replace(&Replacement::of(&put_back, 3)).await.unwrap();
    assert!(opened(&kept, case.id).await.is_err(), "an old body is none of a new version");
}

pub(crate) async fn a_request_that_somebody_marked_as_a_canary_is_not_erased(kept: Kept) {
    let (_, case) = sent(&*kept.store, &kept.secrets, 1).await;
    let case = Case { kind: CaseKind::Canary, outbox: Vec::new(), ..case };
    kept.store.create(&case.waking(noon()), &[]).await.unwrap();
    let mailer = Arc::new(MemoryMailer::new());
    let deliverer = deliverer(&kept, &mailer);
    let sweep = Sweep { deliverer, renderer: renderer(), canaries: Canaries::NotSent };
    let swept = sweep.sweep(later(2 * 24 * 60)).await.unwrap();
    assert_eq!((swept.erased, swept.failed), (0, 1));
    assert!(kept.store.existing_key(reference(1)).await.unwrap().is_some());
}

pub(crate) async fn what_an_earlier_release_sealed_opens_and_is_sealed_anew_when_it_changes(
    mut kept: Kept,
) {
    let folder = stored::folder();
    let old = SqliteStore::open(folder.path()).unwrap();
    kept.secrets = stored::secrets();
    for id in old.ids_after(None, 10).await.unwrap() {
        let case = old.read(id).await.unwrap().unwrap();
        assert_eq!(case.sealed.format, 1);
        let key = old.existing_key(id).await.unwrap();
        let case = Stored::Case(Box::new(case));
        kept.store.import(&case, key.as_ref()).await.unwrap();
        opened(&kept, id).await.unwrap();
    }
    let id = Reference::parse("976706747").unwrap();
    let case = kept.store.read(id).await.unwrap().unwrap();
    let next = changed(&kept, &case, "changed", "2026-11-28T20:00:00Z".parse().unwrap()).await;
    kept.store.replace(&Replacement::of(&next, case.version)).await.unwrap();
    let read = kept.store.read(id).await.unwrap().unwrap();
    assert_eq!((read.sealed.format, read.outbox.len()), (body::FORMAT, 3));
    assert_eq!(opened(&kept, id).await.unwrap().history().len(), 2);
    let swapped = Case { version: 3, outbox: Vec::new(), ..CHANGES[3].1(next) };
    kept.store.replace(&Replacement::of(&swapped, 2)).await.unwrap();
    assert!(opened(&kept, id).await.is_err());
}
