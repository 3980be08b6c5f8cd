//! The clock jumps, and is right again: nothing that was written meanwhile waits for the wrong time,
//! and nothing is gone that a wrong time would have ended.

use crate::kept::{Kept, closed, later};
use crate::support::{noon, sent};
use crate::sweep::{Broom, broom, days};
use domain::request::Audience;
use domain::routing::MailboxHealth;
use domain::{BranchId, Reference};
use handler::jobs::status;
use handler::jobs::sweep::Canaries;
use handler::store::{Created, Record, RecordKey, Replacement};

/// Noon, by a clock that is 400 days ahead.
fn ahead() -> jiff::Timestamp {
    days(400)
}

async fn one_case(kept: &Kept, number: u32) -> Reference {
    let (_, case) = sent(&*kept.store, &kept.secrets, number).await;
    kept.store.create(&case, &[]).await.unwrap();
    case.id
}

async fn closed_case(kept: &Kept, number: u32) -> Reference {
    let id = one_case(kept, number).await;
    let case = closed(kept, id, "closed").await.waking(days(30));
    kept.store.replace(&Replacement::of(&case, 1)).await.unwrap();
    id
}

pub(crate) async fn mail_that_failed_while_the_clock_was_ahead_is_sent_when_it_is_right(
    kept: Kept,
) {
    one_case(&kept, 1).await;
    let leased = kept.store.lease(ahead(), days(401), 10).await.unwrap();
    kept.store.mark_failed(&leased[0], days(401)).await.unwrap();
    // The other's lease was never ended.
    let broom = broom(&kept, Canaries::NotSent);
    assert_eq!(broom.at(noon()).await.mail.sent, 2);
    assert_eq!(kept.store.lease(days(500), days(501), 10).await.unwrap(), []);
}

pub(crate) async fn the_sweep_of_a_clock_that_was_ahead_puts_nothing_off(kept: Kept) {
    let broom = broom(&kept, Canaries::NotSent);
    broom.at(noon()).await;
    one_case(&kept, 1).await;
    kept.store.lease(ahead(), ahead(), 10).await.unwrap();
    broom.at(ahead()).await;
    let (_, unsent) = sent(&*kept.store, &kept.secrets, 2).await;
    kept.store.create(&unsent, &[]).await.unwrap();
    let taken = kept.store.lease(ahead(), days(401), 10).await.unwrap();
    assert!(!taken.is_empty());
    // Right again: at the very first sweep, within the same minute.
    assert_eq!(broom.at(later(1)).await.mail.sent, 2);
}

pub(crate) async fn mail_that_waits_for_tomorrow_is_not_pulled_in(kept: Kept) {
    one_case(&kept, 1).await;
    let tomorrow = later(48 * 60);
    for leased in kept.store.lease(noon(), later(10), 10).await.unwrap() {
        kept.store.release(&leased, tomorrow).await.unwrap();
    }
    kept.store.pull_in(noon()).await.unwrap();
    // Nothing puts staff's mail off so far: a clock that was ahead did.
    let leased = kept.store.lease(noon(), days(3), 10).await.unwrap();
    assert_eq!(leased.len(), 1);
    assert_ne!(leased[0].notice.notice.to, Audience::Patron);
    assert_eq!(kept.store.lease(later(47 * 60), days(3), 10).await.unwrap(), []);
    let leased = kept.store.lease(tomorrow, days(3), 10).await.unwrap();
    let tries: Vec<_> = leased.iter().map(|leased| leased.notice.tries).collect();
    assert_eq!(tries, [0], "going back is no try");
}

pub(crate) async fn a_case_that_would_sleep_for_a_year_is_woken(kept: Kept) {
    let id = one_case(&kept, 1).await;
    for leased in kept.store.lease(noon(), later(10), 10).await.unwrap() {
        kept.store.mark_sent(&leased).await.unwrap();
    }
    kept.store.wake_at(id, 1, days(402)).await.unwrap();
    assert_eq!(kept.store.woken(days(40), 10).await.unwrap(), []);
    kept.store.pull_in(days(1)).await.unwrap();
    assert_eq!(kept.store.woken(days(1), 10).await.unwrap(), [id]);
    let broom = broom(&kept, Canaries::NotSent);
    broom.at(days(1)).await;
    assert_eq!(kept.store.woken(days(1), 10).await.unwrap(), [], "it was looked at, and sleeps");
}

pub(crate) async fn nothing_is_erased_while_the_clock_is_ahead(kept: Kept) {
    let id = closed_case(&kept, 1).await;
    let broom = broom(&kept, Canaries::NotSent);
    broom.runs(0..=5).await;
    for minutes in [0, 1, 61, 2 * 24 * 60] {
        let swept = broom.at(ahead() + jiff::SignedDuration::from_mins(minutes)).await;
        assert_eq!(swept.erased, 0);
    }
    assert!(!broom.erased(id).await);
    assert!(kept.store.existing_key(id).await.unwrap().is_some());
    // Right again: it is erased on its day, not a day later.
    broom.runs(6..=29).await;
    assert_eq!(broom.at(days(30)).await.erased, 1);
}

pub(crate) async fn what_was_put_off_is_erased_once_the_clock_has_run(kept: Kept) {
    let id = closed_case(&kept, 1).await;
    let broom = broom(&kept, Canaries::NotSent);
    broom.runs(0..=1).await;
    // The service stood still for six weeks.
    let swept = broom.at(days(43)).await;
    assert_eq!((swept.erased, swept.put_off), (0, 1), "and it says so");
    broom.runs(44..=45).await;
    assert_eq!(broom.at(days(46)).await.erased, 1);
    assert!(broom.erased(id).await);
}

pub(crate) async fn a_desk_that_is_off_for_days_each_week_erases_what_is_due(kept: Kept) {
    let id = closed_case(&kept, 1).await;
    let broom = broom(&kept, Canaries::NotSent);
    let mut erased_on = None;
    // Three days on, four off: never three days without a pause.
    for week in 0..7 {
        for hours in (0..=56).step_by(8) {
            let now = days(7 * week) + jiff::SignedDuration::from_hours(hours);
            if broom.at(now).await.erased == 1 {
                erased_on = erased_on.or(Some(7 * week));
            }
        }
    }
    assert!(broom.erased(id).await);
    assert_eq!(erased_on, Some(35), "in the first week in which its day is sure");
}

pub(crate) async fn while_the_clock_is_ahead_a_case_is_erased_on_its_day_all_the_same(kept: Kept) {
    closed_case(&kept, 1).await;
    let broom = broom(&kept, Canaries::NotSent);
    broom.runs(26..=29).await;
    // A month ahead.
    let swept = broom.at(days(60)).await;
    assert_eq!((swept.erased, swept.put_off), (0, 1));
    let told = status::look(&*kept.store, None, days(60)).await.unwrap().erasure.unwrap();
    assert_eq!((told.sure, told.hours), (Some(days(29)), 72));
    let swept = broom.at(days(61)).await;
    assert_eq!((swept.erased, swept.put_off), (1, 0), "a day has passed, whatever the clock says");
    assert_eq!(status::look(&*kept.store, None, days(61)).await.unwrap().erasure, None);
}

pub(crate) async fn the_keys_of_today_outlive_a_clock_that_was_ahead(kept: Kept) {
    let today = "2026-11-29".parse().unwrap();
    let broom = broom(&kept, Canaries::NotSent);
    broom.runs(0..=5).await;
    let key = kept.store.day_key(today).await.unwrap();
    broom.at(ahead()).await;
    broom.at(days(5)).await;
    assert!(kept.store.day_key(today).await.unwrap() == key);
}

pub(crate) async fn a_record_of_a_clock_that_was_ahead_ends_when_it_is_right(kept: Kept) {
    let claim = |at: jiff::Timestamp| {
        let expires = at + jiff::SignedDuration::from_hours(14 * 24);
        Record {
            key: RecordKey::from_stored("mailbox oak-harbor"),
            value: "unhealthy".into(),
            expires,
        }
    };
    let branch = BranchId::parse("oak-harbor").unwrap();
    let health = async |now| {
        kept.store.refresh_snapshot(std::slice::from_ref(&branch), now).await.unwrap();
        kept.store.snapshot(now).await.unwrap().of(&branch).mailbox
    };
    for jump in [400, 20] {
        kept.store.put_record(&claim(days(jump))).await.unwrap();
        assert_eq!(health(days(jump)).await, MailboxHealth::Unhealthy);
        assert_eq!(health(noon()).await, MailboxHealth::Healthy, "{jump} days");
    }
    kept.store.put_record(&claim(days(400))).await.unwrap();
    assert_eq!(
        kept.store.records(&[RecordKey::from_stored("mailbox oak-harbor")], noon()).await.unwrap(),
        []
    );
    let claimed = kept.store.claim_record(&claim(noon()), noon()).await.unwrap();
    assert_eq!(claimed, Created::Created);
}

pub(crate) async fn a_canary_of_a_clock_that_was_ahead_is_gone_and_todays_comes_through(
    kept: Kept,
) {
    let broom = broom(&kept, Canaries::Sent);
    let sweeps = async |from| {
        let mut seen = Vec::new();
        for minute in 0..6 {
            seen.push(broom.at(from + jiff::SignedDuration::from_mins(minute)).await.canary);
        }
        seen
    };
    // It is made ahead of its time, and not looked after until it is through.
    broom.at(ahead()).await;
    let seen = sweeps(noon()).await;
    assert!(seen.contains(&handler::jobs::sweep::Canary::CameThrough), "{seen:?}");
    for id in kept.store.ids_after(None, 100).await.unwrap() {
        assert!(Broom::erased(&broom, id).await);
    }
}

pub(crate) async fn three_minutes_back_nothing_waits_for_longer_than_that(kept: Kept) {
    one_case(&kept, 1).await;
    let broom = broom(&kept, Canaries::NotSent);
    assert_eq!(broom.at(later(-3)).await.mail.sent, 0);
    assert_eq!(broom.at(noon()).await.mail.sent, 2);
    let id = one_case(&kept, 2).await;
    let leased = kept.store.lease_of(id, noon(), later(10)).await.unwrap();
    kept.store.mark_failed(&leased[0], later(1)).await.unwrap();
    broom.at(later(-3)).await;
    assert_eq!(broom.at(later(1)).await.mail.sent, 1);
    assert_eq!(broom.at(later(10)).await.mail.sent, 1);
}
