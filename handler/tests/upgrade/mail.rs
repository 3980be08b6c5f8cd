//! Mail that waited in the release before.

use crate::desk::{Earlier, days_later, soon};
use crate::support::noon;
use domain::request::Audience;
use std::collections::BTreeSet;

pub(crate) async fn mail_that_waited_is_sent_once_and_what_a_killed_process_had_taken_up_too(
    earlier: Earlier,
) {
    let waiting = earlier.store.waiting(noon(), 100).await.unwrap();
    let waited: BTreeSet<_> = waiting.iter().map(|it| it.id.as_str().to_owned()).collect();
    assert_eq!(waited.len(), 6, "{waited:?}");
    earlier.sweep(soon()).await;
    let sent = earlier.sent();
    for (state, library) in [("open-changed", "oak-harbor"), ("open-twin", "edmonds")] {
        let told = sent.iter().filter(|mail| mail.is_of(earlier.number(state), library)).count();
        assert!(told > 0, "{state}: {library} hears of it at once");
    }
    // Both are of one address: it hears of one at once, and of the other the next morning.
    let to_patrons = sent.iter().filter(|mail| mail.to.contains("@example"));
    assert_eq!((to_patrons.count(), sent.len()), (1, waited.len() - 1));
    for day in 1..=3 {
        earlier.sweep(days_later(day)).await;
    }
    let sent = earlier.sent();
    let notices: BTreeSet<_> = sent.iter().map(|mail| mail.notice.clone()).collect();
    assert_eq!(notices, waited, "each that waited, and no other");
    assert_eq!(sent.len(), waited.len(), "once");
    for state in ["open-changed", "open-twin"] {
        let told =
            sent.iter().filter(|mail| mail.is_of(earlier.number(state), "")).collect::<Vec<_>>();
        assert!(
            told.iter().any(|mail| mail.to.contains("@example")),
            "{state}: so does the patron"
        );
    }
    assert!(earlier.store.waiting(days_later(4), 100).await.unwrap().is_empty());
}

pub(crate) async fn a_mail_that_came_back_is_still_told_on_the_receipt(earlier: Earlier) {
    let request = earlier.request("open-returned").await;
    assert!(request.mail_returned(&Audience::Patron));
    let page = earlier.set.get(earlier.receipt("open-returned")).await;
    assert!(page.body.contains("e-mail to you came back"), "{}", page.body);
    let page = earlier.set.get(earlier.receipt("open")).await;
    assert!(!page.body.contains("e-mail to you came back"), "{}", page.body);
}
