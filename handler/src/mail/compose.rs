//! Turns a notice into a mail: recipient, language and values. The wording is the library's, in
//! `content/mails/`.

use crate::case::{Case, CaseKind, PendingNotice};
use crate::crypto::link::{self, Role};
use crate::crypto::secrets::Secrets;
use crate::live::LiveRenderer;
use crate::mail::deliver::{Compose, ComposeError};
use crate::mail::mailer::Mail;
use crate::mail::received::Several;
use domain::answers::SpokenLanguage;
use domain::directory::Service;
use domain::request::{Audience, Matter, State};
use domain::routing::{Because, Destination, Exclusion, Receipt};
use domain::{Answers, BranchId, Directory, Email, LanguageTag, Request};
use jiff::Timestamp;
use render::mail::{self, MailParts};
use render::{Locale, RenderError};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Makes mails.
pub struct Composer {
    /// Templates, strings, wordings and the directory.
    pub renderer: LiveRenderer,
    /// Makes links.
    pub secrets: Arc<Secrets>,
    /// The site's base URL: `https://help.example`, without a trailing slash.
    pub base_url: String,
}

impl Compose for Composer {
    fn service(&self) -> Service {
        self.renderer.current().directory().service.clone()
    }

    fn compose(
        &self,
        case: &Case,
        request: &Request,
        pending: &PendingNotice,
        now: Timestamp,
    ) -> Result<Option<Mail>, ComposeError> {
        let renderer = self.renderer.current();
        let directory = renderer.directory();
        let Some(answers) = request.answers() else {
            return Ok(None);
        };
        let to = match case.kind {
            CaseKind::Request => recipient(directory, request, pending),
            CaseKind::Canary => directory.service.roles.canary.clone(),
        };
        let Some(to) = to else {
            return Ok(None);
        };
        let source = LanguageTag::source();
        let (language, role) = match pending.notice.to {
            Audience::Patron | Audience::FormerPatron => (&answers.page_language, Role::Mail),
            Audience::Branch(_) | Audience::Coordinator => (&source, Role::Staff),
        };
        let keys = &self.secrets.link_keys;
        let Some(locator) = link::locator(keys, role, case.id, case.links) else {
            return Ok(None);
        };
        let failed = |error: RenderError| ComposeError(error.to_string());
        let kind = kind(request, &pending.notice.to, pending.notice.what)?;
        // Values are in the language of the wording; the link leads to a page in the reader's.
        let worded = mail::language_of(&renderer, kind, language);
        let locale = renderer.locale(&worded);
        let mut values = match role {
            Role::Staff => staff_values(&locale, request).map_err(failed)?,
            Role::Receipt | Role::Mail => patron_values(&locale, request).map_err(failed)?,
        };
        let path = match role {
            Role::Staff => link::staff_path(&locator),
            Role::Receipt | Role::Mail => link::patron_path(language, &locator),
        };
        values.insert("link", format!("{}{path}", self.base_url));
        let parts = mail::compose(&renderer, kind, &worded, &values).map_err(failed)?;
        let reply_to = reply_to(directory, request, &pending.notice.to).clone();
        Ok(Some(addressed(&directory.service, case, pending, parts, Ends { to, reply_to }, now)))
    }

    fn compose_several(
        &self,
        several: &Several,
        pending: &PendingNotice,
        now: Timestamp,
    ) -> Result<Option<Mail>, ComposeError> {
        let renderer = self.renderer.current();
        let directory = renderer.directory();
        let own = several.requests.iter().find(|(case, _)| pending.id.case() == Some(case.id));
        let Some(((case, request), answers)) = own.and_then(|own| Some((own, own.1.answers()?)))
        else {
            return Ok(None);
        };
        let Some(to) = request.state().mail_to().cloned() else {
            return Ok(None);
        };
        let failed = |error: RenderError| ComposeError(error.to_string());
        let language = &answers.page_language;
        let worded = mail::language_of(&renderer, SEVERAL, language);
        let locale = renderer.locale(&worded);
        let mut values = patron_values(&locale, request).map_err(failed)?;
        values.insert("count", several.requests.len().to_string());
        let listed = self.listed(several, language, &locale).map_err(failed)?;
        values.insert("requests", listed);
        let parts = mail::compose(&renderer, SEVERAL, &worded, &values).map_err(failed)?;
        // If several branches hold them, no single one could answer for all.
        let mut replies: Vec<_> = several
            .requests
            .iter()
            .map(|(_, request)| reply_to(directory, request, &pending.notice.to))
            .collect();
        replies.dedup();
        let reply_to = match replies.as_slice() {
            [one] => (*one).clone(),
            _ => directory.service.roles.coordinator.clone(),
        };
        Ok(Some(addressed(&directory.service, case, pending, parts, Ends { to, reply_to }, now)))
    }
}

impl Composer {
    /// Each number, with the link to its page below: for the mail role, which shows nothing of what
    /// was written.
    fn listed(
        &self,
        several: &Several,
        language: &LanguageTag,
        locale: &Locale<'_>,
    ) -> Result<String, RenderError> {
        let mut paragraphs = Vec::new();
        for (case, _) in &several.requests {
            let keys = &self.secrets.link_keys;
            let locator = link::locator(keys, Role::Mail, case.id, case.links);
            let path = locator.map(|locator| link::patron_path(language, &locator));
            let link = path.map(|path| format!("\n{}{path}", self.base_url));
            paragraphs.push(format!("{}{}", case.id, link.unwrap_or_default()));
        }
        if several.full {
            paragraphs.push(locale.plain("mail-more-requests", &[])?);
        }
        Ok(paragraphs.join("\n\n"))
    }
}

/// The wording for several requests.
const SEVERAL: &str = "patron-received-several";

/// A mail's recipient, and its Reply-To.
struct Ends {
    to: Email,
    reply_to: Email,
}

fn addressed(
    service: &Service,
    case: &Case,
    pending: &PendingNotice,
    parts: MailParts,
    Ends { to, reply_to }: Ends,
    now: Timestamp,
) -> Mail {
    Mail {
        notice: pending.id.clone(),
        date: now,
        from_name: service.system.clone(),
        from: service.roles.sender.clone(),
        to,
        reply_to,
        subject: parts.subject,
        text: parts.text,
        html: parts.html,
        language: parts.language.html_lang().to_owned(),
        domain: domain_of(&service.roles.sender).to_owned(),
        thread: thread(case, &pending.notice.to),
    }
}

/// The name of a wording in `content/mails/`. Of what this version has none for, a newer one has queued
/// the mail: it waits, and `status` tells of it.
fn kind(request: &Request, to: &Audience, what: Matter) -> Result<&'static str, ComposeError> {
    Ok(match (to, what) {
        (Audience::Coordinator, Matter::NewRequest) => "coordinator-new-request",
        (_, Matter::NewRequest) => "branch-new-request",
        (_, Matter::AnswersChanged) => "staff-answers-changed",
        (_, Matter::MovedOn) => "staff-moved-on",
        (Audience::Coordinator, Matter::MailReturned) => "coordinator-mail-returned",
        (_, Matter::MailReturned) => "branch-mail-returned",
        (_, Matter::Received) if request.address_wrote_before() => "patron-received-again",
        (_, Matter::Received) => "patron-received",
        (to, what) => {
            return Err(ComposeError(format!(
                "this version has no wording for {what:?} to {to:?}"
            )));
        }
    })
}

fn recipient(directory: &Directory, request: &Request, pending: &PendingNotice) -> Option<Email> {
    match &pending.notice.to {
        // Not if whoever reads it says that the request isn't theirs.
        Audience::Patron => request.state().mail_to().cloned(),
        Audience::FormerPatron => former(request, pending).cloned(),
        Audience::Branch(id) => directory.branches.get(id).map(|branch| branch.mailbox.clone()),
        Audience::Coordinator => Some(directory.service.roles.coordinator.clone()),
    }
}

/// The address that the patron had before the event that this tells of.
fn former<'a>(request: &'a Request, pending: &PendingNotice) -> Option<&'a Email> {
    let (event, _) = pending.id.event()?;
    let place = request.history().iter().position(|entry| entry.id == event)?;
    let before = State::of(request.history().get(..place)?);
    before.given.and_then(|given| given.answers.reach.email())
}

/// A patron's answer goes to whoever has the request; staff's to the coordinator.
fn reply_to<'a>(directory: &'a Directory, request: &Request, to: &Audience) -> &'a Email {
    let holder = match (to, request.holder()) {
        (Audience::Patron, Some(Destination::Branch(id))) => directory.branches.get(&id),
        _ => None,
    };
    holder.map_or(&directory.service.roles.coordinator, |branch| &branch.mailbox)
}

fn domain_of(email: &Email) -> &str {
    email.as_str().rsplit('@').next().unwrap_or_default()
}

/// One thread per case and audience, so that a mailbox groups a request's mails.
fn thread(case: &Case, to: &Audience) -> String {
    let id = case.id.compact();
    match (case.kind, to) {
        // It goes to a sink, and must reveal nothing of its audience.
        (CaseKind::Canary, _) => format!("{id}-canary"),
        (CaseKind::Request, Audience::Patron) => format!("{id}-patron"),
        (CaseKind::Request, Audience::FormerPatron) => format!("{id}-former"),
        (CaseKind::Request, Audience::Branch(branch)) => format!("{id}-{branch}"),
        (CaseKind::Request, Audience::Coordinator) => format!("{id}-coordinator"),
    }
}

type Values = BTreeMap<&'static str, String>;

/// Values for every mail.
fn common(locale: &Locale<'_>, request: &Request) -> Result<Values, RenderError> {
    let service = &locale.directory().service;
    let mut values = Values::new();
    values.insert("reference", request.id().to_string());
    values.insert("phone", service.phone.to_string());
    values.insert("hours", locale.hours_line(&service.answering_hours)?);
    if let Some(due) = request.due() {
        values.insert("due", locale.moment(due)?);
    }
    Ok(values)
}

/// Values for mails to a patron. Others may read that mailbox: no topic, and nothing of what was
/// written.
fn patron_values(locale: &Locale<'_>, request: &Request) -> Result<Values, RenderError> {
    let records = &locale.directory().service.records;
    let days = [("keep", records.keep_days.into()), ("backup", records.backup_days.into())];
    let mut values = common(locale, request)?;
    values.insert("erased", locale.plain("mail-erased", &days)?);
    values.insert("library", holder(locale, request)?);
    Ok(values)
}

/// Values for mails to staff. Nothing personal, and no access needs.
fn staff_values(locale: &Locale<'_>, request: &Request) -> Result<Values, RenderError> {
    let mut values = common(locale, request)?;
    values.insert("library", holder(locale, request)?);
    if let Some(answers) = request.answers() {
        values.insert("topic", topic(locale, answers));
        values.insert("language", language(locale, answers));
        values.insert("meet", meet(locale, answers)?);
    }
    values.insert("why", why(locale, request)?);
    Ok(values)
}

/// The same facts as rows, for the page behind the link.
pub(crate) fn staff_facts(
    locale: &Locale<'_>,
    request: &Request,
) -> Result<Vec<(String, String)>, RenderError> {
    let values = staff_values(locale, request)?;
    [
        ("topic", "staff-topic"),
        ("language", "staff-language"),
        ("meet", "staff-meet"),
        ("due", "staff-due"),
        ("library", "staff-held-by"),
        ("why", "staff-why"),
    ]
    .into_iter()
    .filter_map(|(name, label)| values.get(name).map(|value| (label, value.clone())))
    .map(|(label, value)| Ok((locale.plain(label, &[])?, value)))
    .collect()
}

fn holder(locale: &Locale<'_>, request: &Request) -> Result<String, RenderError> {
    match request.holder() {
        Some(Destination::Branch(id)) => Ok(locale.branch(&id).to_owned()),
        Some(Destination::Coordinator) | None => locale.plain("staff-coordinator", &[]),
    }
}

fn topic(locale: &Locale<'_>, answers: &Answers) -> String {
    let found = locale.renderer().bundle().worded(locale.language(), |texts| {
        texts.topics.get(&answers.topic).map(|topic| topic.title.as_str())
    });
    found.map_or(answers.topic.as_str(), |found| found.text).to_owned()
}

/// The language by its English name. Another language is described in the patron's own words, which
/// may say more: those appear only on the page for enrolled devices.
fn language(locale: &Locale<'_>, answers: &Answers) -> String {
    match &answers.language {
        SpokenLanguage::Other(_) => "another language".to_owned(),
        SpokenLanguage::Tag(tag) => {
            let known = locale.directory().language(tag);
            known.map_or(tag.as_str(), |language| language.english_name.as_str()).to_owned()
        }
    }
}

fn meet(locale: &Locale<'_>, answers: &Answers) -> Result<String, RenderError> {
    if answers.meet.is_empty() {
        return locale.plain("staff-any-way", &[]);
    }
    let ways = answers.meet.iter().map(|way| locale.plain(&format!("way-{}", way.as_str()), &[]));
    Ok(ways.collect::<Result<Vec<_>, _>>()?.join(", "))
}

/// Why the request is here, in a sentence.
fn why(locale: &Locale<'_>, request: &Request) -> Result<String, RenderError> {
    let (Some(decision), Some(answers)) = (request.decision(), request.answers()) else {
        return Ok(String::new());
    };
    let receipt = &decision.receipt;
    let passed_over = |key: &str, preferred: &BranchId| {
        let name = locale.branch(preferred).to_owned();
        let reasons = reasons(locale, receipt, preferred)?;
        locale.plain(key, &[("preferred", name.into()), ("reasons", reasons.into())])
    };
    match (&receipt.because, &receipt.preferred) {
        (Because::Preferred, _) => locale.plain("staff-why-preferred", &[]),
        (Because::NearestNeighbor(preferred), _) => passed_over("staff-why-neighbor", preferred),
        (Because::FirstOfOthers, Some(preferred)) => passed_over("staff-why-others", preferred),
        (Because::FirstOfOthers | Because::Soonest, _) => locale.plain("staff-why-soonest", &[]),
        (Because::SpeaksLanguage, _) => {
            let language = language(locale, answers);
            locale.plain("staff-why-speaks", &[("language", language.into())])
        }
        (Because::ExpertFirst, _) => locale.plain("staff-why-expert", &[]),
        (Because::HelpedBefore, _) => locale.plain("staff-why-helped", &[]),
        (Because::NobodyElseCan, _) => locale.plain("staff-why-nobody", &[]),
    }
}

/// Why a branch was passed over, each reason once. A reason that reveals the patron's needs is
/// phrased as what the branch can't do.
fn reasons(
    locale: &Locale<'_>,
    receipt: &Receipt,
    branch: &BranchId,
) -> Result<String, RenderError> {
    let keys: BTreeSet<_> = receipt.exclusions(branch).iter().map(reason_key).collect();
    let reasons = keys.into_iter().map(|key| locale.plain(key, &[]));
    Ok(reasons.collect::<Result<Vec<_>, _>>()?.join("; "))
}

fn reason_key(exclusion: &Exclusion) -> &'static str {
    match exclusion {
        Exclusion::SkillMissing => "staff-reason-skill",
        Exclusion::SkillNotInTime => "staff-reason-days",
        Exclusion::ClosedUntilDeadline => "staff-reason-closed",
        Exclusion::NoWayToMeet(_) | Exclusion::NoAsl => "staff-reason-way",
        Exclusion::NoLanguage => "staff-reason-language",
        Exclusion::WeekFull { .. } => "staff-reason-full",
        Exclusion::MailboxUnconfirmed | Exclusion::MailboxUnhealthy => "staff-reason-mailbox",
        Exclusion::NotInPilot => "staff-reason-pilot",
        Exclusion::Tried => "staff-reason-tried",
        Exclusion::NotYet(_)
        | Exclusion::Retired(_)
        | Exclusion::Paused
        | Exclusion::StaffAway(_) => "staff-reason-away",
    }
}
