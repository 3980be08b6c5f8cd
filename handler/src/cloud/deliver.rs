//! The function `deliver`: rung by the table's stream when mail waits, and told by SES of bounces
//! and of mail that arrived at a branch. It reports failed records to Lambda; whatever Lambda gives
//! up, the sweep sends.

use super::log::{Metric, metrics};
use super::start::{Started, clock};
use crate::cases::Writer;
use crate::live::LiveRenderer;
use crate::mail::bounces::{self, Returned, ReturnedError, Says};
use crate::mail::deliver::{Deliverer, Round};
use crate::mail::mailer::Verdict;
use crate::mail::mailer::verdict::{Answer, Step, judge};
use crate::mail::mailer::{NOTICE_TAG, THREAD_TAG};
use crate::store::StoreError;
use domain::Reference;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use thiserror::Error;

/// Delivers mail for stream and SES events.
pub struct Deliver {
    deliverer: Arc<Deliverer>,
    renderer: LiveRenderer,
}

/// Why an event could not be handled. Lambda tries it again.
#[derive(Debug, Error)]
pub enum DeliverError {
    /// It is neither from the stream nor from SES.
    #[error("an event of neither the stream nor SES: {0}")]
    Unknown(serde_json::Error),
    /// What SES reported could not be recorded.
    #[error(transparent)]
    Returned(#[from] ReturnedError),
    /// The arrival of a mail could not be recorded.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// An event that calls the function.
#[derive(Deserialize)]
#[serde(untagged)]
enum Event {
    Stream {
        #[serde(rename = "Records")]
        records: Vec<Record>,
    },
    Ses {
        detail: Box<Detail>,
    },
}

#[derive(Deserialize)]
struct Record {
    dynamodb: Change,
}

#[derive(Deserialize)]
struct Change {
    #[serde(rename = "Keys")]
    keys: BTreeMap<String, BTreeMap<String, Value>>,
    #[serde(rename = "SequenceNumber")]
    sequence_number: String,
}

/// <https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html>
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Detail {
    event_type: String,
    bounce: Option<Bounce>,
    delivery: Option<Delivery>,
    mail: SesMail,
}

#[derive(Deserialize)]
struct Delivery {
    timestamp: Timestamp,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Bounce {
    bounce_type: String,
    #[serde(default)]
    bounce_sub_type: String,
    #[serde(default)]
    bounced_recipients: Vec<Bounced>,
}

#[derive(Deserialize)]
struct Bounced {
    status: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SesMail {
    message_id: String,
    #[serde(default)]
    tags: BTreeMap<String, Vec<String>>,
}

impl Change {
    fn id(&self) -> Option<Reference> {
        Reference::parse(self.keys.get("id")?.get("S")?.as_str()?).ok()
    }
}

impl SesMail {
    fn tag(&self, name: &str) -> Option<&str> {
        self.tags.get(name)?.first().map(String::as_str)
    }
}

/// What became of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Became {
    /// It didn't arrive; what that says of its mailbox.
    CameBack(Says),
    /// It was reported as spam: recorded, but says nothing of the mailbox.
    ComplainedOf,
    /// It arrived.
    Arrived(Timestamp),
}

impl Bounce {
    /// What the bounce says of the mailbox, by the table for answers of mail servers; `None` if the
    /// mail may have arrived.
    fn says(&self) -> Option<Says> {
        let status = self.bounced_recipients.first().and_then(|it| it.status.as_deref());
        let code = if status.is_some_and(|status| status.starts_with('4')) { 450 } else { 550 };
        let judged =
            |code| judge(Step::RcptTo, Answer::refusal(code, status.unwrap_or_default())).0;
        match (self.bounce_type.as_str(), self.bounce_sub_type.as_str()) {
            // SES didn't try, as a mail there bounced before; it reports 5.1.1 for any cause.
            ("Permanent", "OnAccountSuppressionList" | "Suppressed") => Some(Says::Refused),
            ("Permanent", _) => Some(match judged(code) {
                Verdict::Final => Says::NoMailbox,
                Verdict::MailboxWaits => Says::Refused,
                _ => Says::Nothing,
            }),
            // SES counts holiday notices as these, too; but those report no failure.
            ("Transient", "" | "General") if status.is_none() => None,
            ("Transient", "MessageTooLarge" | "ContentRejected" | "AttachmentRejected") => {
                Some(Says::Nothing)
            }
            // SES has given up after hours of retries, none of which it takes as final.
            ("Transient", _) => Some(match judged(code) {
                Verdict::Final | Verdict::MailboxWaits => Says::Refused,
                _ => Says::Nothing,
            }),
            _ => Some(Says::Nothing),
        }
    }
}

impl Detail {
    fn became(&self) -> Option<Became> {
        match self.event_type.as_str() {
            "Bounce" => self.bounce.as_ref()?.says().map(Became::CameBack),
            "Complaint" => Some(Became::ComplainedOf),
            "Reject" | "Rendering Failure" => Some(Became::CameBack(Says::Nothing)),
            "Delivery" => Some(Became::Arrived(self.delivery.as_ref()?.timestamp)),
            _ => None,
        }
    }
}

impl Deliver {
    /// A deliverer for these events.
    pub fn new(started: &Started) -> Self {
        Self { deliverer: started.deliverer(), renderer: started.renderer.clone() }
    }

    /// Handles an event, and answers with the records that failed.
    pub async fn handle(&self, event: Value) -> Result<Value, DeliverError> {
        match serde_json::from_value(event).map_err(DeliverError::Unknown)? {
            Event::Stream { records } => Ok(self.deliver(&records).await),
            Event::Ses { detail } => {
                self.note(&detail).await?;
                Ok(Value::Null)
            }
        }
    }

    async fn deliver(&self, records: &[Record]) -> Value {
        let mut failed = Vec::new();
        let mut all = Round::default();
        for record in records {
            let Some(id) = record.dynamodb.id() else {
                continue;
            };
            match self.deliverer.deliver_case(id, (clock())()).await {
                Ok(round) => {
                    all.sent += round.sent;
                    all.postponed += round.postponed;
                    all.refused += round.refused;
                    if round.away {
                        // The remaining records wait in the store, and the sweep looks each minute.
                        break;
                    }
                }
                Err(error) => {
                    tracing::error!(%id, %error, "mail could not be looked for");
                    let number = &record.dynamodb.sequence_number;
                    failed.push(json!({ "itemIdentifier": number }));
                }
            }
        }
        metrics(
            "deliver",
            (clock())(),
            &[
                Metric::count("MailSent", all.sent),
                Metric::count("MailPostponed", all.postponed),
                Metric::count("MailRefused", all.refused),
                Metric::count("Errors", failed.len()),
            ],
        );
        json!({ "batchItemFailures": failed })
    }

    async fn note(&self, detail: &Detail) -> Result<(), DeliverError> {
        let Some(became) = detail.became() else {
            return Ok(());
        };
        let (Some(thread), mail) = (detail.mail.tag(THREAD_TAG), &detail.mail.message_id) else {
            return Ok(());
        };
        let (store, secrets) = (&*self.deliverer.store, &self.deliverer.secrets);
        let now = (clock())();
        let notice = detail.mail.tag(NOTICE_TAG);
        let returned = match (became, notice) {
            (Became::Arrived(at), _) => {
                return Ok(bounces::arrived(store, thread, at, now).await?);
            }
            (Became::ComplainedOf, _) => Returned::of_thread(thread, mail, Says::Nothing),
            (Became::CameBack(says), None) => Returned::of_thread(thread, mail, says),
            (Became::CameBack(says), Some(notice)) => {
                Returned::of_thread(thread, mail, says).map(|returned| returned.lost(notice))
            }
        };
        let Some(returned) = returned else {
            return Ok(());
        };
        tracing::warn!(id = %returned.case, event = detail.event_type, "a mail came back");
        let renderer = self.renderer.current();
        // Mail that this queues rings the stream.
        let writer = Writer { store, secrets, service: &renderer.directory().service, bell: None };
        bounces::note(&writer, &returned, now).await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bounce: Value, says: Option<Says>) {
        let mail = json!({ "messageId": "m" });
        let detail = json!({ "eventType": "Bounce", "bounce": bounce, "mail": mail });
        let detail: Detail = serde_json::from_value(detail).unwrap();
        assert_eq!(detail.became(), says.map(Became::CameBack), "{bounce}");
    }

    fn bounce(kind: &str, sub: &str, status: Option<&str>) -> Value {
        let recipients = json!([{ "status": status }]);
        json!({ "bounceType": kind, "bounceSubType": sub, "bouncedRecipients": recipients })
    }

    #[test]
    fn a_bounce_is_judged_by_its_code_as_an_answer_is() {
        for (status, says) in [
            ("5.1.1", Says::NoMailbox),
            ("5.2.1", Says::NoMailbox),
            ("5.7.1", Says::Refused),
            ("5.2.2", Says::Refused),
            ("5.4.4", Says::Nothing),
            ("5.6.0", Says::Nothing),
        ] {
            check(bounce("Permanent", "General", Some(status)), Some(says));
        }
        check(json!({ "bounceType": "Permanent" }), Some(Says::Refused));
    }

    #[test]
    fn an_address_that_ses_sends_nothing_to_is_not_one_without_a_mailbox() {
        let suppressed = bounce("Permanent", "OnAccountSuppressionList", Some("5.1.1"));
        check(suppressed, Some(Says::Refused));
    }

    #[test]
    fn what_ses_gave_up_is_told_and_a_holiday_notice_is_not() {
        check(bounce("Transient", "MailboxFull", None), Some(Says::Refused));
        check(bounce("Transient", "MailboxFull", Some("5.2.2")), Some(Says::Refused));
        check(bounce("Transient", "ContentRejected", Some("5.7.1")), Some(Says::Nothing));
        check(bounce("Transient", "General", Some("4.4.7")), Some(Says::Nothing));
        check(bounce("Transient", "General", None), None);
        check(json!({ "bounceType": "Undetermined" }), Some(Says::Nothing));
    }

    #[test]
    fn a_complaint_is_of_mail_that_arrived() {
        let mail = json!({ "messageId": "m" });
        let complaint = json!({ "eventType": "Complaint", "complaint": {}, "mail": mail });
        let complaint: Detail = serde_json::from_value(complaint).unwrap();
        assert_eq!(complaint.became(), Some(Became::ComplainedOf));
        let delivery = json!({ "timestamp": "2026-11-24T20:00:00.123Z" });
        let arrived = json!({ "eventType": "Delivery", "delivery": delivery, "mail": mail });
        let arrived: Detail = serde_json::from_value(arrived).unwrap();
        assert!(matches!(arrived.became(), Some(Became::Arrived(_))));
    }
}
