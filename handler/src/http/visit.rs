//! One visit to the desk: the renderer, the reader's language and the time, the same throughout.

use super::{Desk, problem};
use crate::cases::Writer;
use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use axum::response::Response;
use domain::{Directory, LanguageTag};
use jiff::Timestamp;
use jiff::civil::Date;
use render::Renderer;
use std::sync::Arc;

/// The common state of every page. An address in a language that the site doesn't have is answered
/// 410, in the source language.
pub(crate) struct Visit {
    pub(crate) desk: Desk,
    pub(crate) renderer: Arc<Renderer>,
    pub(crate) language: LanguageTag,
    pub(crate) now: Timestamp,
}

impl Visit {
    /// A visit in this language, if the site has it.
    pub(crate) fn new(desk: &Desk, language: &str) -> Option<Self> {
        let renderer = desk.renderer.current();
        let language = LanguageTag::parse(language).ok()?;
        renderer.directory().language(&language)?;
        let now = (desk.clock)();
        Some(Self { desk: desk.clone(), renderer, language, now })
    }

    /// A visit in the source language: for staff, and where the language is unknown.
    pub(crate) fn in_source_language(desk: &Desk) -> Self {
        Self {
            desk: desk.clone(),
            renderer: desk.renderer.current(),
            language: LanguageTag::source(),
            now: (desk.clock)(),
        }
    }

    pub(crate) fn directory(&self) -> &Directory {
        self.renderer.directory()
    }

    /// A writer of cases.
    pub(crate) fn writer(&self) -> Writer<'_> {
        let Desk { store, secrets, bell, .. } = &self.desk;
        let service = &self.directory().service;
        Writer { store: &**store, secrets, service, bell: Some(bell) }
    }

    /// Today's date in the service's time zone.
    pub(crate) fn today(&self) -> Date {
        self.directory().service.at(self.now).date()
    }
}

impl FromRequestParts<Desk> for Visit {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, desk: &Desk) -> Result<Self, Response> {
        let params = RawPathParams::from_request_parts(parts, desk).await;
        let language = params.as_ref().ok().and_then(|params| {
            params.iter().find(|(name, _)| *name == "lang").map(|(_, value)| value.to_owned())
        });
        language
            .and_then(|language| Self::new(desk, &language))
            .ok_or_else(|| problem::gone(&Visit::in_source_language(desk)))
    }
}
