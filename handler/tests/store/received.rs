//! One mail a day says to an address that its request was received.

use crate::kept::{Kept, later};
use crate::support::{answers, noon, request_with};
use crate::sweep::broom;
use domain::Reference;
use handler::case::{Case, CaseKind, NonceHash};
use handler::jobs::sweep::Canaries;

pub(crate) async fn of_six_requests_one_is_mailed_today_and_five_in_one_mail_tomorrow(kept: Kept) {
    let broom = broom(&kept, Canaries::NotSent);
    for number in 1..=6 {
        let (request, id, notices) = request_with(number, answers(), noon());
        let key = kept.store.key(request.id()).await.unwrap();
        let hash = NonceHash([7; 32]);
        let case = Case::new(CaseKind::Request, &request, &kept.secrets, &key, hash).unwrap();
        kept.store.create(&case.with_notices(&id, notices, noon()), &[]).await.unwrap();
    }
    assert_eq!(broom.at(noon()).await.mail.sent, 7, "six to staff, one to the patron");
    // Wednesday at nine, when librarians begin to answer.
    assert_eq!(broom.at(later(21 * 60 - 1)).await.mail.sent, 0);
    assert_eq!(broom.at(later(21 * 60)).await.mail.sent, 1);
    let several = String::from_utf8(broom.mails().pop().unwrap()).unwrap();
    let links = several.matches("/desk/en/request/").count();
    assert!(links >= 5, "{several}");
    for number in 1..=6 {
        let case = kept.store.read(Reference::from_number(number)).await.unwrap().unwrap();
        assert_eq!(case.outbox, [], "nothing waits any more");
    }
}
