//! The function `deliver`: rung by the table's stream when mail waits, and told by SES of mail that
//! came back. A record that fails is named to Lambda; whatever Lambda gives up, the sweep sends.

use super::log::{Metric, metrics};
use super::start::{Started, clock};
use crate::live::LiveRenderer;
use crate::mail::bounces::{self, Returned, ReturnedError, Says};
use crate::mail::deliver::{Deliverer, Round};
use crate::mail::mailer::Verdict;
use crate::mail::mailer::verdict::{Answer, Step, judge};
use domain::Reference;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use thiserror::Error;

/// Delivers what events ring for.
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
    /// What SES told could not be noted.
    #[error(transparent)]
    Returned(#[from] ReturnedError),
}

/// What calls the function.
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
    mail: SesMail,
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

impl Bounce {
    /// What it says of the mailbox, by the table for answers of mail servers; `None` if the mail
    /// may have arrived.
    fn says(&self) -> Option<Says> {
        match (self.bounce_type.as_str(), self.bounce_sub_type.as_str()) {
            ("Permanent", _) => {
                let status = self.bounced_recipients.first().and_then(|it| it.status.as_deref());
                let answer = Answer::refusal(550, status.unwrap_or_default());
                Some(match judge(Step::RcptTo, answer).0 {
                    Verdict::Final => Says::NoMailbox,
                    _ => Says::Refused,
                })
            }
            // SES takes holiday notices for these, too.
            ("Transient", "" | "General") => None,
            // SES has tried for hours, and doesn't any more.
            ("Transient", _) => Some(Says::Refused),
            _ => Some(Says::Nothing),
        }
    }
}

impl Detail {
    fn says(&self) -> Option<Says> {
        match self.event_type.as_str() {
            "Bounce" => self.bounce.as_ref().and_then(Bounce::says),
            "Complaint" => Some(Says::Refused),
            "Reject" | "Rendering Failure" => Some(Says::Nothing),
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
                        // The rest waits where it is stored, and the sweep looks each minute.
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

    async fn note(&self, detail: &Detail) -> Result<(), ReturnedError> {
        let Some(says) = detail.says() else {
            return Ok(());
        };
        let thread =
            detail.mail.tags.get(crate::mail::mailer::THREAD_TAG).and_then(|tags| tags.first());
        let mail = &detail.mail.message_id;
        let Some(returned) = thread.and_then(|thread| Returned::of_thread(thread, mail, says))
        else {
            return Ok(());
        };
        tracing::warn!(id = %returned.case, event = detail.event_type, "a mail came back");
        let renderer = self.renderer.current();
        let (store, secrets) = (&*self.deliverer.store, &self.deliverer.secrets);
        let now = (clock())();
        bounces::note(store, secrets, &renderer.directory().service, &returned, now).await?;
        // What it queued has rung the stream's bell.
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
        assert_eq!(detail.says(), says, "{bounce}");
    }

    fn permanent(status: &str) -> Value {
        json!({ "bounceType": "Permanent", "bouncedRecipients": [{ "status": status }] })
    }

    #[test]
    fn a_bounce_is_judged_by_its_code_as_an_answer_is() {
        check(permanent("5.1.1"), Some(Says::NoMailbox));
        check(permanent("5.2.1"), Some(Says::NoMailbox));
        check(permanent("5.7.1"), Some(Says::Refused));
        check(json!({ "bounceType": "Permanent" }), Some(Says::Refused));
    }

    #[test]
    fn what_ses_gave_up_is_told_and_a_holiday_notice_is_not() {
        let transient = |sub: &str| json!({ "bounceType": "Transient", "bounceSubType": sub });
        check(transient("MailboxFull"), Some(Says::Refused));
        check(transient("General"), None);
        check(json!({ "bounceType": "Undetermined" }), Some(Says::Nothing));
    }
}
