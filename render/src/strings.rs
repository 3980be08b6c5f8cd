//! The strings of pages, in Fluent. A string that a language doesn't have stands in the source
//! language, and says so.

use crate::bundle::Bundle;
use crate::dates::{self, Dates};
use crate::html::Html;
use crate::renderer::RenderError;
use domain::{AreaId, GroupId, LanguageTag};
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

/// Strings about safety, voicemail, erasure and guardians begin with this: until a person has read
/// a translation of them, the source stands beside it.
const CARE: &str = "care-";

/// The string that names an area of libraries.
pub fn area_key(area: &AreaId) -> String {
    format!("area-{area}")
}

/// The string that names a group of topics.
pub fn group_key(group: &GroupId) -> String {
    format!("group-{group}")
}

/// How deep values may be nested: the parser recurses into each, and its stack is limited.
pub const DEPTH: usize = 50;

/// The byte at which a text of strings nests values deeper than [`DEPTH`].
pub fn too_deep(source: &str) -> Option<usize> {
    let mut depth = 0_usize;
    let mut line_start = 0;
    for line in source.split_inclusive('\n') {
        let mut in_quotes = false;
        let mut escaped = false;
        // Comments hold no values.
        let readable = if line.starts_with('#') { "" } else { line };
        for (at, byte) in readable.bytes().enumerate() {
            match byte {
                _ if escaped => escaped = false,
                b'\\' if in_quotes => escaped = true,
                b'"' if depth > 0 => in_quotes = !in_quotes,
                _ if in_quotes => {}
                b'{' => depth += 1,
                b'(' if depth > 0 => depth += 1,
                b'}' | b')' => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth > DEPTH {
                return Some(line_start + at);
            }
        }
        line_start += line.len();
    }
    None
}

/// The strings of all languages.
pub struct Strings {
    bundles: BTreeMap<LanguageTag, FluentBundle<FluentResource>>,
    unreviewed: BTreeSet<LanguageTag>,
    /// The formats of dates and times: making one is slow.
    dates: BTreeMap<LanguageTag, OnceLock<Dates>>,
    digits: Dates,
}

/// A string and the language it was found in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found<'a> {
    /// The string, with its values.
    pub text: String,
    /// Its language.
    pub language: &'a LanguageTag,
}

impl Strings {
    /// Reads the strings of a bundle. The error names the language and the mistake.
    pub fn new(bundle: &Bundle) -> Result<Self, RenderError> {
        let mut bundles = BTreeMap::new();
        for (language, source) in &bundle.strings {
            let mistake = |what: String| RenderError::Strings { language: language.clone(), what };
            if too_deep(source).is_some() {
                return Err(mistake(format!("values are nested deeper than {DEPTH} times")));
            }
            let resource = FluentResource::try_new(source.clone())
                .map_err(|(_, errors)| mistake(format!("{:?}", errors.first())))?;
            let identifier =
                language.html_lang().parse().map_err(|error| mistake(format!("{error}")))?;
            let mut strings = FluentBundle::new_concurrent(vec![identifier]);
            // The values are dates, numbers and names; the marks that isolate them would be
            // copied along with a phone number.
            strings.set_use_isolating(false);
            strings
                .add_resource(resource)
                .map_err(|errors| mistake(format!("{:?}", errors.first())))?;
            bundles.insert(language.clone(), strings);
        }
        let languages = &bundle.directory.service.languages;
        let unreviewed = languages
            .iter()
            .filter(|language| !language.tag.is_source() && language.reviewed.is_none())
            .map(|language| language.tag.clone())
            .collect();
        let dates = bundles.keys().map(|language| (language.clone(), OnceLock::new())).collect();
        Ok(Self { bundles, unreviewed, dates, digits: Dates::default() })
    }

    /// Whether nobody has read this language's strings.
    pub fn unreviewed(&self, language: &LanguageTag) -> bool {
        self.unreviewed.contains(language)
    }

    /// The language of the frame around a page's content: the reader's, if it has strings.
    pub fn chrome(&self, language: &LanguageTag) -> LanguageTag {
        if self.has(language) { language.clone() } else { LanguageTag::source() }
    }

    /// The formats of dates and times in a language that has strings; of another, digits.
    pub(crate) fn dates(&self, language: &LanguageTag) -> &Dates {
        let known = self.dates.get(language);
        known.map_or(&self.digits, |dates| dates.get_or_init(|| Dates::of(language)))
    }

    /// A string as HTML, marked where it isn't in the language around it.
    pub fn html(
        &self,
        chrome: &LanguageTag,
        key: &str,
        args: Option<&FluentArgs<'_>>,
    ) -> Result<Html, RenderError> {
        let found = self.find(chrome, key, args)?;
        let html = Html::worded(&found.text, found.language, chrome);
        if !key.starts_with(CARE) || !self.unreviewed(found.language) {
            return Ok(html);
        }
        let source = LanguageTag::source();
        let beside = self.find(&source, key, args)?;
        Ok(Html::trusted(format!(
            "{} <span class=\"src\" lang=\"{}\" dir=\"ltr\">{}</span>",
            html.as_str(),
            source.html_lang(),
            Html::text(&beside.text).as_str()
        )))
    }

    /// Whether there are strings in this language at all.
    pub fn has(&self, language: &LanguageTag) -> bool {
        self.bundles.contains_key(language)
    }

    /// The language of this tag, if it has strings.
    pub(crate) fn known(&self, tag: &str) -> Option<&LanguageTag> {
        self.bundles.keys().find(|language| language.as_str() == tag)
    }

    /// A string in this language, else in the source language.
    pub fn find(
        &self,
        language: &LanguageTag,
        key: &str,
        args: Option<&FluentArgs<'_>>,
    ) -> Result<Found<'_>, RenderError> {
        let source = LanguageTag::source();
        [language, &source]
            .into_iter()
            .find_map(|language| {
                let (language, strings) = self.bundles.get_key_value(language)?;
                let pattern = strings.get_message(key)?.value()?;
                let mut errors = Vec::new();
                let text = strings.format_pattern(pattern, args, &mut errors);
                let text = dates::one_full_stop(text);
                Some(match errors.first() {
                    None => Ok(Found { text, language }),
                    Some(error) => Err(RenderError::String {
                        key: key.to_owned(),
                        language: language.clone(),
                        what: error.to_string(),
                    }),
                })
            })
            .unwrap_or_else(|| Err(RenderError::StringMissing(key.to_owned())))
    }
}
