//! The table: which events are legal in which phase, by whom, and why not. `docs/requests.md` is
//! printed from it.

use super::ask::{Ask, ON_IT, OPEN, Who};
use super::event::{Event, Solved};
use super::{Actor, Closing, Phase, Refusal, State, undo};
use jiff::Timestamp;

/// Whether an event can happen now, or why not. The only place that decides: pages ask before they
/// show an act, and every write asks for the very version that it changes.
pub fn allowed(
    state: &State<'_>,
    event: &Event,
    actor: &Actor,
    now: Timestamp,
) -> Result<(), Refusal> {
    use Phase::{Asked, Claimed, Held, Scheduled, Waiting};
    use Who::{AnyBranch, Coordinator, Holder, Patron, Service, There};
    let ask = Ask::about(state, event, actor, now)?;
    match event {
        // Acts of the patron: through a link, or on the phone with staff.
        Event::Sent { .. } => ask.by(&[Patron, AnyBranch, Coordinator, Service])?.ok(),
        Event::AnswersChanged { decision, .. } => {
            ask.by(&[Patron])?.within(OPEN)?.unless_taken_on(decision.is_some())
        }
        Event::ContactChanged { answers } => {
            ask.by(&[Patron, There])?.within(OPEN)?.only_the_contact(answers)
        }
        Event::Message { reopens: None, .. } => {
            ask.by(&[Patron, There])?.within(OPEN)?.takes_a_message()
        }
        Event::Message { reopens: Some(new), .. } => ask
            .by(&[Patron, There])?
            .closed_lately()?
            .can_reopen(*new)
            .and_then(|()| ask.takes_a_message()),
        Event::Picked { offer } => ask.by(&[Patron, There])?.within(&[Asked])?.can_pick(offer),
        Event::NoneFits => ask.by(&[Patron, There])?.within(&[Asked])?.has_offers(),
        Event::Cancelled => ask.by(&[Patron, There])?.within(OPEN)?.ok(),
        Event::NotMine => ask.by(&[Patron])?.in_any_phase()?.once(state.not_mine),
        Event::EraseAsked => {
            ask.by(&[Patron, Coordinator])?.in_any_phase()?.once(state.erase_asked.is_some())
        }
        Event::Solved { answer: Solved::Yes } => {
            ask.by(&[Patron])?.closed_lately()?.once(state.solved == Some(Solved::Yes))
        }
        Event::Solved { answer: Solved::NotYet(new) } => {
            ask.by(&[Patron])?.closed_lately()?.can_reopen(*new)
        }
        Event::LinkRenewed { .. } => ask.by(&[Patron])?.in_any_phase()?.ok(),

        // Acts of staff at the holder.
        Event::Reopened(new) => ask.by(&[There])?.closed_lately()?.can_reopen(*new),
        Event::Claimed => ask.by(&[Holder])?.within(&[Waiting])?.ok(),
        Event::Released => ask.by(&[Holder])?.within(ON_IT)?.ok(),
        Event::TakenOver => ask.by(&[Holder])?.within(ON_IT)?.by_somebody_else(),
        Event::Shown => ask.by(&[There])?.in_any_phase()?.ok(),
        Event::CallTaken => ask.by(&[AnyBranch])?.within(OPEN)?.is_elsewhere(),
        Event::Tried { .. } => {
            ask.by(&[There])?.within(&[Waiting, Claimed, Asked, Scheduled])?.ok()
        }
        Event::Noted { .. } => ask.by(&[There])?.within(OPEN)?.ok(),
        Event::QuestionAsked { .. } => ask.by(&[There])?.within(&[Claimed, Scheduled])?.ok(),
        Event::Told { .. } => ask.by(&[There])?.within_or_closed_lately(ON_IT)?.ok(),
        Event::Offered { offers, lapse } => {
            ask.by(&[There])?.within(ON_IT)?.are_ahead(offers, *lapse)
        }
        Event::SessionSet { session, .. } => {
            ask.by(&[There])?.within(&[Claimed, Asked])?.without_session()?.is_ahead(session)
        }
        Event::SessionMoved { session, .. } => {
            ask.by(&[There])?.within(&[Scheduled, Asked])?.with_session()?.is_ahead(session)
        }
        Event::SessionCancelled { .. } => {
            ask.by(&[There])?.within(&[Scheduled, Asked])?.with_session()?.ok()
        }
        Event::NoShow => {
            ask.by(&[There])?.within(&[Scheduled, Asked])?.with_session()?.after_its_time()
        }
        Event::Closed(closing @ Closing::Duplicate { .. }) => {
            ask.by(&[There])?.within(&[Waiting, Claimed, Asked, Scheduled])?.complete(closing)
        }
        Event::Closed(Closing::NotReached) if *actor == Actor::Service => {
            ask.within(&[Claimed])?.after_three_tries()
        }
        Event::Closed(Closing::NoShow) if *actor == Actor::Service => {
            ask.within(&[Claimed])?.after_two_no_shows()
        }
        Event::Closed(closing) => ask.by(&[There])?.within(ON_IT)?.complete(closing),
        Event::Referred { to } => {
            ask.by(&[There])?.within(&[Waiting, Claimed, Asked, Scheduled])?.leads_elsewhere(to)
        }
        Event::PassedUp { .. } => ask.by(&[There])?.within(OPEN)?.leads_to_coordinator(),
        Event::Partner { initials } => ask.by(&[Holder])?.within(ON_IT)?.another(initials),

        // Acts of the coordinator.
        Event::SentOn { to } => ask.by(&[Coordinator])?.within(OPEN)?.leads_to(to),
        Event::Accepted { .. } | Event::Rejected => ask.by(&[Coordinator])?.within(&[Held])?.ok(),
        Event::LegalHoldSet => ask.by(&[Coordinator])?.in_any_phase()?.not_on_hold(),
        Event::LegalHoldReleased => ask.by(&[Coordinator])?.in_any_phase()?.on_hold(),
        Event::DeadlineMoved { closure, due } => {
            ask.by(&[Coordinator])?.in_any_phase()?.moves_deadline(closure, *due)
        }

        // Timers of the service.
        Event::Nudged => ask.by(&[Service])?.within(&[Waiting])?.once_a_round(|r| r.nudged),
        Event::Moved { decision } => {
            ask.by(&[Service])?.within(&[Waiting])?.leads_to_untried(&decision.to)
        }
        Event::GivenToCoordinator => ask
            .by(&[Service])?
            .within(&[Waiting, Claimed, Asked])?
            .unreached_if_taken_on()?
            .leads_to_coordinator(),
        Event::ContactOverdue => ask
            .by(&[Service])?
            .within(&[Claimed, Asked])?
            .unreached_if_taken_on()?
            .once_a_round(|round| round.overdue_told),
        Event::DelayTold => ask.by(&[Service])?.within(OPEN)?.has_a_late_date(),
        Event::Reminded => {
            ask.by(&[Service])?.within(&[Scheduled, Asked])?.with_session()?.can_remind()
        }
        Event::OffersLapsed => ask.by(&[Service])?.within(&[Asked])?.have_lapsed(),
        Event::PassedUnseen { .. } => ask.by(&[Service])?.within(&[Held])?.ok(),
        Event::Stalled => ask.by(&[Service])?.within(ON_IT)?.can_stall(),
        Event::MailReturned { .. } => ask.by(&[Service])?.in_any_phase()?.ok(),

        Event::Undone { event } => undo::check(state, event, actor, now),
    }
}
