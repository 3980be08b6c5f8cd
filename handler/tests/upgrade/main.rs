//! What the release before this one stored, opened by this one: its links, its mail, its days of
//! erasure, its counts, its queues. On one server and in the cloud.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod desk;
#[cfg(feature = "aws")]
mod dynamodb;
mod kept;
mod links;
mod mail;
mod sqlite;
#[path = "../support/mod.rs"]
mod support;
mod work;

macro_rules! suite {
    ($earlier:ident, $open:path, [$($story:ident :: $test:ident),+ $(,)?]) => {
        mod $earlier {
            $(
                #[tokio::test]
                async fn $test() {
                    crate::$story::$test($open().await).await;
                }
            )+
        }
    };
}

macro_rules! all_stores {
    ($($earlier:ident = $open:path,)+) => {
        $(suite!($earlier, $open, [
            links::receipts_of_the_release_before_open_what_they_did,
            links::links_in_old_mails_open_and_show_no_more_than_they_did,
            mail::mail_that_waited_is_sent_once_and_what_a_killed_process_had_taken_up_too,
            mail::a_mail_that_came_back_is_still_told_on_the_receipt,
            work::an_open_request_takes_other_answers_and_its_library_hears_of_it,
            work::an_open_request_is_claimed_closed_and_erased_on_its_day,
            work::queues_hold_the_open_requests_of_each_library_and_no_others,
            work::requests_of_one_library_stand_in_its_queue_by_their_deadlines,
            kept::a_closed_request_is_erased_on_its_day_with_its_key,
            kept::a_legal_hold_of_the_release_before_stops_the_erasure_until_it_is_released,
            kept::counts_and_the_destruction_log_go_on_from_where_they_were,
            kept::nobody_is_told_that_the_desk_is_not_well,
        ]);)+
    };
}

all_stores! {
    in_sqlite = crate::desk::in_sqlite,
}

#[cfg(feature = "aws")]
all_stores! {
    in_dynoxide = crate::desk::in_dynoxide,
    in_ministack = crate::desk::in_ministack,
}
