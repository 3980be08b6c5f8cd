//! What every store does, held to one suite. Add a store by a line of `all_stores!` at the end.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod cases;
mod clocks;
#[cfg(feature = "aws")]
mod dynamodb;
mod erasure;
mod kept;
mod load;
mod mail;
mod queues;
mod received;
mod sealed;
mod small;
mod sqlite;
#[path = "../support/mod.rs"]
mod support;
mod sweep;
mod together;
mod written;

macro_rules! suite {
    ($store:ident, $open:path, [$($story:ident :: $test:ident),+ $(,)?]) => {
        mod $store {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
                async fn $test() {
                    crate::$story::$test($open().await).await;
                }
            )+
        }
    };
}

macro_rules! all_stores {
    ($($store:ident = $open:path,)+) => {
        $(suite!($store, $open, [
            cases::a_case_is_read_back_with_its_mail,
            cases::twenty_writers_of_one_id_make_one_case_that_opens,
            cases::a_case_that_is_there_is_left_alone,
            cases::a_replacement_adds_its_mail_to_what_waits,
            cases::who_read_an_old_version_changes_nothing,
            cases::a_case_wakes_when_told_and_never_late,
            cases::a_case_as_large_as_it_may_get_is_kept,
            cases::cases_that_fill_more_than_a_page_are_all_found,
            cases::what_one_store_exports_another_takes_in,
            cases::what_another_store_exported_is_taken_in,
            mail::a_notice_that_is_leased_is_nobody_elses,
            mail::the_mail_of_one_case_is_taken_up_alone,
            mail::of_twenty_that_take_up_the_same_mail_one_gets_it,
            mail::a_lease_that_ran_out_is_taken_up_by_another_and_lost,
            mail::a_notice_that_failed_waits_for_its_next_try,
            mail::what_was_tried_least_is_taken_up_first_then_what_was_ready_first,
            mail::a_notice_that_is_given_back_untried_is_ready_again_and_that_is_no_try,
            mail::a_notice_that_came_back_waits_again_once_and_until_it_is_ready,
            mail::what_waits_can_be_looked_at_and_stays_as_it_is,
            mail::a_change_while_mail_is_under_way_keeps_the_lease_and_the_version,
            erasure::an_erased_case_leaves_a_tombstone_and_counts,
            erasure::the_key_of_a_case_that_is_there_is_never_forgotten,
            erasure::of_two_that_erase_a_case_at_once_one_counts,
            small::twenty_that_ask_for_a_key_get_the_same,
            small::a_record_is_written_with_the_case_and_expires,
            small::a_hundred_and_fifty_records_are_read_at_once,
            small::of_twenty_that_claim_a_record_one_gets_it_until_it_expires,
            small::the_load_of_each_branch_is_counted,
            small::a_mailbox_that_mail_came_back_from_is_known_to_routing,
            sealed::what_was_changed_beside_a_sealed_body_is_noticed_and_mailed_to_nobody,
            sealed::a_body_that_is_said_to_be_of_the_first_format_is_compared_all_the_same,
            sealed::a_body_of_a_newer_format_is_refused,
            sealed::each_next_version_opens_with_what_stands_beside_it,
            sealed::a_request_that_somebody_marked_as_a_canary_is_not_erased,
            sealed::what_an_earlier_release_sealed_opens_and_is_sealed_anew_when_it_changes,
            received::of_six_requests_one_is_mailed_today_and_five_in_one_mail_tomorrow,
            clocks::mail_that_failed_while_the_clock_was_ahead_is_sent_when_it_is_right,
            clocks::the_sweep_of_a_clock_that_was_ahead_puts_nothing_off,
            clocks::mail_that_waits_for_tomorrow_is_not_pulled_in,
            clocks::a_case_that_would_sleep_for_a_year_is_woken,
            clocks::nothing_is_erased_while_the_clock_is_ahead,
            clocks::what_was_put_off_is_erased_once_the_clock_has_run,
            clocks::a_desk_that_is_off_for_days_each_week_erases_what_is_due,
            clocks::while_the_clock_is_ahead_a_case_is_erased_on_its_day_all_the_same,
            clocks::the_keys_of_today_outlive_a_clock_that_was_ahead,
            clocks::a_record_of_a_clock_that_was_ahead_ends_when_it_is_right,
            clocks::a_canary_of_a_clock_that_was_ahead_is_gone_and_todays_comes_through,
            clocks::three_minutes_back_nothing_waits_for_longer_than_that,
            queues::open_requests_stand_in_the_queue_of_whoever_has_them_by_their_deadlines,
            queues::a_request_leaves_a_queue_when_it_moves_or_is_closed_and_a_canary_is_in_none,
            queues::a_contact_leads_to_its_requests_until_their_keys_are_gone,
            together::a_notice_that_was_never_tried_is_taken_back_with_the_write,
            together::nothing_is_written_if_one_of_the_notices_has_left,
            together::a_notice_that_was_given_back_untried_can_be_taken_back,
            together::mail_that_can_still_be_taken_back_is_in_nobodys_hands_before_its_time,
            together::an_earlier_time_to_wake_is_not_lost_over_mail_that_waits,
            together::a_record_changes_with_the_case_if_it_is_as_it_was_read,
            together::a_record_that_has_ended_is_none_though_it_still_stands,
            together::of_twenty_requests_that_want_the_same_time_one_gets_it,
            written::what_is_taken_back_in_time_is_mailed_to_nobody,
            written::what_has_left_is_taken_back_neither_whole_nor_in_part,
            written::mail_that_somebody_has_taken_up_is_not_taken_back,
            written::the_same_time_of_the_same_librarian_is_promised_once,
            written::of_many_that_offer_one_time_at_once_one_gets_it,
            written::of_many_that_write_at_once_nobody_overwrites_another,
            written::a_form_that_is_sent_twice_counts_once_and_for_nothing_else,
            written::times_that_are_offered_once_more_under_one_id_are_offered_once,
            written::a_slip_in_the_year_costs_no_other_promise,
            written::mail_of_a_newer_version_waits_for_it,
            written::whoever_says_that_a_request_is_not_theirs_gets_no_more_mail_of_it,
            written::a_new_contact_ends_the_links_in_mails_and_no_others,
            written::a_request_full_of_words_can_still_be_answered_and_closed,
            written::a_queue_tells_who_has_taken_a_request_on_and_what_is_to_be_done,
            sweep::a_closed_case_is_erased_on_its_day_and_the_log_names_both_days,
            sweep::an_open_case_is_looked_at_again_and_never_erased,
            sweep::a_legal_hold_stops_the_erasure_until_it_is_released,
            sweep::several_sweeps_at_once_do_each_thing_once,
            sweep::a_sweep_that_is_stopped_anywhere_is_finished_by_the_next,
            sweep::the_mail_that_a_killed_process_left_is_sent_by_the_sweep,
            sweep::a_library_that_has_heard_of_a_request_counts_as_busier,
            sweep::a_canary_whose_mail_is_taken_by_nobody_does_not_come_through,
            sweep::a_sink_that_refuses_the_canary_for_hours_says_nothing_of_a_librarys_mailbox,
            sweep::a_case_that_cannot_be_opened_steps_aside,
            sweep::the_canary_comes_through_each_day_and_is_counted_nowhere,
        ]);)+
    };
}

all_stores! {
    in_memory = crate::kept::in_memory,
    in_sqlite = crate::kept::in_sqlite,
}

#[cfg(feature = "aws")]
all_stores! {
    in_dynoxide = crate::kept::in_dynoxide,
    in_ministack = crate::kept::in_ministack,
}
