//! What a mail server's reply means: a single table, for SMTP replies and for the bounces that SES
//! reports. Only a reply that the mailbox doesn't exist is final. Servers sometimes refuse
//! everything with 5xx for a while (a wrong rule, a full disk, a spam list), and mail given up then
//! would be lost.

use std::fmt;

/// The step that a conversation with a mail server had reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Connecting.
    Connect,
    /// Waiting for the greeting and capabilities: greeting and `EHLO`.
    Greeting,
    /// Negotiating encryption.
    StartTls,
    /// Logging in.
    LogIn,
    /// Naming the sender.
    MailFrom,
    /// Naming the recipient.
    RcptTo,
    /// Asking to send the content.
    Data,
    /// Waiting for the content to be accepted.
    Content,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Connect => "the connection",
            Self::Greeting => "the greeting",
            Self::StartTls => "STARTTLS",
            Self::LogIn => "AUTH",
            Self::MailFrom => "MAIL FROM",
            Self::RcptTo => "RCPT TO",
            Self::Data => "DATA",
            Self::Content => "the end of the data",
        })
    }
}

/// An enhanced code (RFC 3463): `5.1.1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Enhanced {
    /// 2, 4 or 5.
    pub class: u16,
    /// What it is about: 1 addresses, 2 mailboxes, 3 the mail system, 4 the way there, 5 the
    /// protocol, 6 the content, 7 policy.
    pub subject: u16,
    /// The detail.
    pub detail: u16,
}

impl Enhanced {
    /// Reads a code: `5.1.1`.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('.').map(str::parse);
        let (Some(Ok(class)), Some(Ok(subject)), Some(Ok(detail)), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return None;
        };
        [2, 4, 5].contains(&class).then_some(Self { class, subject, detail })
    }
}

impl fmt::Display for Enhanced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.class, self.subject, self.detail)
    }
}

/// What came instead of success.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// A refusal.
    Refusal {
        /// The basic code: 550.
        code: u16,
        /// The enhanced code, if it gave one that agrees with the basic one (RFC 2034).
        enhanced: Option<Enhanced>,
    },
    /// No reply within the limit.
    Silence,
    /// The connection ended, or the reply didn't match the command.
    Broken,
}

impl Answer {
    /// A refusal, from its basic code and the text after it. The text itself is dropped: it may
    /// quote an address.
    pub fn refusal(code: u16, text: &str) -> Self {
        let enhanced = text.split_whitespace().next().and_then(Enhanced::parse);
        Self::Refusal { code, enhanced: enhanced.filter(|it| it.class == code / 100) }
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refusal { code, enhanced: None } => write!(f, "was answered by {code}"),
            Self::Refusal { code, enhanced: Some(it) } => write!(f, "was answered by {code} {it}"),
            Self::Silence => f.write_str("was not answered in time"),
            Self::Broken => f.write_str("broke off"),
        }
    }
}

/// What becomes of the mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The mailbox doesn't exist: the mail will never be taken.
    Final,
    /// This mailbox takes no mail now. If that lasts, no requests should be routed there.
    MailboxWaits,
    /// This mail isn't taken now, which says nothing of its mailbox.
    MailWaits,
    /// Either this mail isn't taken, or none is: another mail will show.
    Unclear,
    /// No mail is taken now.
    Away,
    /// It couldn't be composed, so no mail server was asked.
    NotMade,
}

/// Which replies a row matches.
enum Which {
    Any,
    /// Silence, or a conversation that broke off.
    None,
    Codes(&'static [u16]),
    /// Permanent and temporary refusals with this subject, and one of these details, or any.
    Subject(u16, &'static [u16]),
    /// The same, for permanent refusals alone.
    Permanent(u16, &'static [u16]),
}

impl Which {
    fn is(&self, answer: Answer) -> bool {
        let enhanced = |class: Option<u16>, subject: u16, details: &[u16]| match answer {
            Answer::Refusal { enhanced: Some(it), .. } => {
                class.is_none_or(|class| class == it.class)
                    && it.subject == subject
                    && (details.is_empty() || details.contains(&it.detail))
            }
            _ => false,
        };
        match self {
            Self::Any => true,
            Self::None => matches!(answer, Answer::Silence | Answer::Broken),
            Self::Codes(codes) => {
                matches!(answer, Answer::Refusal { code, .. } if codes.contains(&code))
            }
            Self::Subject(subject, details) => enhanced(None, *subject, details),
            Self::Permanent(subject, details) => enhanced(Some(5), *subject, details),
        }
    }
}

/// Before any mail.
const BEFORE: &[Step] = &[Step::Connect, Step::Greeting, Step::StartTls, Step::LogIn];
/// With a mail.
const WITH: &[Step] = &[Step::MailFrom, Step::RcptTo, Step::Data, Step::Content];
const FROM: &[Step] = &[Step::MailFrom];
const TO: &[Step] = &[Step::RcptTo];
const BODY: &[Step] = &[Step::Data, Step::Content];

struct Row(&'static [Step], Which, Verdict, &'static str);

/// The first matching row counts; the last matches everything.
const TABLE: &[Row] = &[
    Row(BEFORE, Which::Any, Verdict::Away, "nobody's mail gets further"),
    Row(WITH, Which::Codes(&[421]), Verdict::Unclear, "the server ends the conversation"),
    Row(WITH, Which::None, Verdict::Unclear, "it may be this mail, or the server"),
    Row(WITH, Which::Codes(&[530, 534, 535, 538]), Verdict::Away, "the server wants us to log in"),
    Row(WITH, Which::Codes(&[503]), Verdict::Unclear, "the conversation is out of step"),
    Row(WITH, Which::Subject(3, &[]), Verdict::Unclear, "the mail system itself is in trouble"),
    Row(WITH, Which::Subject(4, &[5]), Verdict::Unclear, "too much mail, or our quota is used up"),
    Row(FROM, Which::Any, Verdict::Unclear, "every mail has this sender"),
    Row(TO, Which::Permanent(1, &[7, 8]), Verdict::Unclear, "it is the sender that is refused"),
    Row(TO, Which::Permanent(1, &[]), Verdict::Final, "there is no such mailbox"),
    Row(TO, Which::Permanent(2, &[1]), Verdict::Final, "the mailbox is closed"),
    Row(TO, Which::Subject(2, &[2]), Verdict::MailboxWaits, "the mailbox is full"),
    Row(TO, Which::Subject(4, &[]), Verdict::MailWaits, "the way to the mailbox's server is shut"),
    Row(TO, Which::Subject(7, &[]), Verdict::MailboxWaits, "a rule forbids it: rules are mended"),
    Row(TO, Which::Subject(6, &[]), Verdict::MailWaits, "this content isn't taken now"),
    Row(TO, Which::Codes(&[571]), Verdict::MailboxWaits, "a rule forbids it: rules are mended"),
    Row(TO, Which::Codes(&[452, 552]), Verdict::MailboxWaits, "the mailbox is full"),
    Row(TO, Which::Codes(&[521, 556]), Verdict::MailboxWaits, "its host takes no mail now"),
    Row(TO, Which::Codes(&[500, 501, 502, 504, 555]), Verdict::MailWaits, "it wasn't understood"),
    Row(TO, Which::Codes(&[450, 451]), Verdict::MailboxWaits, "the mailbox asks us to come again"),
    Row(TO, Which::Codes(&[554]), Verdict::MailboxWaits, "refused, and it doesn't say why"),
    Row(TO, Which::Any, Verdict::MailboxWaits, "it doesn't say that there is no such mailbox"),
    Row(BODY, Which::Any, Verdict::MailWaits, "this content isn't taken now"),
];

/// What a reply means, and why.
pub fn judge(step: Step, answer: Answer) -> (Verdict, &'static str) {
    let row = TABLE.iter().find(|Row(steps, which, ..)| steps.contains(&step) && which.is(answer));
    row.map_or((Verdict::Unclear, "the table has no such row"), |Row(_, _, verdict, reason)| {
        (*verdict, reason)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(step: Step, answers: &[&str], verdict: Verdict) {
        for text in answers {
            let (code, rest) = text.split_once(' ').unwrap_or((text, ""));
            let answer = Answer::refusal(code.parse().unwrap(), rest);
            assert_eq!(judge(step, answer).0, verdict, "{step}: {text}");
        }
    }

    #[test]
    fn only_a_recipient_that_is_not_there_is_final() {
        let unknown = ["550 5.1.1", "550 5.1.2 x", "551 5.1.6", "553 5.1.3", "556 5.1.10"];
        check(Step::RcptTo, &unknown, Verdict::Final);
        check(Step::RcptTo, &["550 5.2.1 disabled", "554 5.1.0"], Verdict::Final);
        for step in [BEFORE, FROM, BODY].concat() {
            for code in ["550 5.1.1", "550 5.2.1", "554 5.1.10", "553 5.1.3"] {
                let answer = Answer::refusal(code[..3].parse().unwrap(), &code[4..]);
                assert_ne!(judge(step, answer).0, Verdict::Final, "{step}: {code}");
            }
        }
    }

    #[test]
    fn a_recipient_that_is_refused_for_another_reason_waits() {
        let mailbox = [
            "550",
            "550 5.7.1",
            "550 5.7.54",
            "571",
            "571 5.7.1",
            "554",
            "554 5.7.1",
            "521",
            "556",
            "552",
            "552 5.2.2",
            "452 4.2.2",
            "450",
            "451 4.7.1",
            "551",
            "553",
            "550 5.2.0",
            "550 5.0.0",
            "550 5.2.3",
        ];
        check(Step::RcptTo, &mailbox, Verdict::MailboxWaits);
        let mail = ["554 5.6.0", "501", "555", "500", "504 5.5.4", "550 5.4.1", "451 4.4.1"];
        check(Step::RcptTo, &mail, Verdict::MailWaits);
    }

    #[test]
    fn a_code_of_another_class_than_the_answer_counts_for_nothing() {
        check(Step::RcptTo, &["450 5.1.1", "450 5.2.1"], Verdict::MailboxWaits);
    }

    #[test]
    fn what_may_concern_every_mail_is_tried_with_another() {
        let ours = ["421", "421 4.7.0", "503", "503 5.5.1", "550 5.4.5", "452 4.3.1", "550 5.1.8"];
        check(Step::RcptTo, &ours, Verdict::Unclear);
        let sender = ["550", "550 5.7.1", "552", "552 5.3.4", "501", "555", "571", "451", "421"];
        check(Step::MailFrom, &sender, Verdict::Unclear);
        for step in WITH {
            for answer in [Answer::Silence, Answer::Broken] {
                assert_eq!(judge(*step, answer).0, Verdict::Unclear, "{step}: {answer:?}");
            }
        }
    }

    #[test]
    fn content_that_is_refused_says_nothing_of_the_mailbox() {
        let content = ["554 5.6.0", "550 5.7.1", "552 5.2.3", "571", "451", "550 5.1.1"];
        check(Step::Content, &content, Verdict::MailWaits);
        check(Step::Data, &["554", "550 5.5.1", "451"], Verdict::MailWaits);
    }

    #[test]
    fn before_there_is_a_mail_and_without_a_log_in_nobodys_mail_goes() {
        for step in BEFORE {
            check(*step, &["421", "521", "535 5.7.8", "554", "454 4.7.0"], Verdict::Away);
            assert_eq!(judge(*step, Answer::Silence).0, Verdict::Away);
        }
        for step in WITH {
            check(*step, &["530 5.7.0", "535", "538"], Verdict::Away);
        }
    }
}
