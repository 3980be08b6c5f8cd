//! The renderer: a bundle whose templates and strings have been parsed once.

use crate::bundle::Bundle;
use crate::find;
use crate::frame::{Around, Frame, FrameView};
use crate::html;
use crate::locale::Locale;
use crate::strings::Strings;
use domain::find::Index;
use domain::{Directory, LanguageTag};
use fluent_bundle::{FluentArgs, FluentValue};
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use tera::{Context, Kwargs, State, Tera, TeraResult, Value};
use thiserror::Error;

/// Why something could not be rendered. For editors and the log; a visitor never sees it.
#[derive(Debug, Error)]
pub enum RenderError {
    /// A template is wrong, or lacks a value.
    #[error("{0}")]
    Template(#[from] tera::Error),
    /// The program failed.
    #[error("{0}; please report it")]
    Fault(String),
    /// A file of strings is wrong.
    #[error("strings/{language}.ftl: {what}")]
    Strings {
        /// Whose strings.
        language: LanguageTag,
        /// What is wrong.
        what: String,
    },
    /// A string can't be formatted.
    #[error("strings/{language}.ftl: {key}: {what}")]
    String {
        /// Which string.
        key: String,
        /// In which language.
        language: LanguageTag,
        /// What is wrong.
        what: String,
    },
    /// A feed or sitemap can't be written.
    #[error("XML: {0}")]
    Xml(#[from] std::io::Error),
    /// No language has a string of this key.
    #[error("strings/en.ftl has no {0}")]
    StringMissing(String),
    /// No wording of a mail of this kind.
    #[error("mails/{0}.md is missing")]
    MailMissing(String),
    /// A wording has a placeholder that the mail has no value for.
    #[error("mails/{kind}.md: there is no {{{placeholder}}} in this mail")]
    Placeholder {
        /// Which mail.
        kind: String,
        /// The placeholder's name.
        placeholder: String,
    },
}

/// Room for most pages: a page that grows is copied.
const PAGE: usize = 16 * 1024;

/// Renders pages and mails from a bundle.
pub struct Renderer {
    bundle: Arc<Bundle>,
    strings: Arc<Strings>,
    tera: Arc<Tera>,
    /// The service's hours in words: they are on every page, and formatting them is slow.
    hours: BTreeMap<LanguageTag, OnceLock<String>>,
    /// What is around all pages of a language.
    around: BTreeMap<LanguageTag, OnceLock<Around>>,
    /// The search index, made when somebody first searches.
    index: OnceLock<Index>,
}

impl Renderer {
    /// Parses the templates and strings of a bundle. The error names the file and the mistake.
    pub fn new(bundle: Arc<Bundle>) -> Result<Self, RenderError> {
        let strings = Arc::new(Strings::new(&bundle)?);
        let mut tera = Tera::new();
        let (t, plain) = (Arc::clone(&strings), Arc::clone(&strings));
        let [shown, shown_plain] = [Shown::nothing(&bundle), Shown::nothing(&bundle)];
        tera.register_function("t", move |args: Kwargs, state: &State| {
            let asked = asked_for(&t, &args, state)?;
            shown.or_made(&asked, |(chrome, key, values)| {
                Ok(Value::safe_string(t.html(chrome, key, Some(values))?.as_str()))
            })
        });
        tera.register_function("plain", move |args: Kwargs, state: &State| {
            let asked = asked_for(&plain, &args, state)?;
            shown_plain.or_made(&asked, |(chrome, key, values)| {
                Ok(Value::from(plain.find(chrome, key, Some(values))?.text))
            })
        });
        tera.set_escape_fn(html::escape_to);
        tera.add_raw_templates(&bundle.templates)?;
        Ok(Self {
            hours: not_yet(&bundle),
            around: not_yet(&bundle),
            bundle,
            strings,
            tera: Arc::new(tera),
            index: OnceLock::new(),
        })
    }

    /// A renderer for the next bundle: templates and strings are parsed again only if they changed.
    pub fn renewed(&self, bundle: Arc<Bundle>) -> Result<Self, RenderError> {
        let same = bundle.templates == self.bundle.templates
            && bundle.strings == self.bundle.strings
            && bundle.directory.service.languages == self.bundle.directory.service.languages;
        if !same {
            return Self::new(bundle);
        }
        let (strings, tera) = (Arc::clone(&self.strings), Arc::clone(&self.tera));
        Ok(Self {
            hours: not_yet(&bundle),
            around: not_yet(&bundle),
            bundle,
            strings,
            tera,
            index: OnceLock::new(),
        })
    }

    /// Whether both share the same parsed templates and strings.
    pub fn shares_templates(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.tera, &other.tera)
    }

    /// The bundle.
    pub fn bundle(&self) -> &Bundle {
        &self.bundle
    }

    /// The directory in the bundle.
    pub fn directory(&self) -> &Directory {
        &self.bundle.directory
    }

    /// What is around all pages of a language, made once.
    pub(crate) fn around(&self, language: &LanguageTag) -> Result<Around, RenderError> {
        let Some(known) = self.around.get(language) else { return Around::new(self, language) };
        if let Some(around) = known.get() {
            return Ok(around.clone());
        }
        let around = Around::new(self, language)?;
        Ok(known.get_or_init(|| around).clone())
    }

    /// A part of a page, in the language of what is around the content.
    pub(crate) fn part(
        &self,
        template: &str,
        chrome: &LanguageTag,
        view: &impl Serialize,
    ) -> Result<String, RenderError> {
        let mut context = Context::new();
        context.insert("chrome", chrome.as_str());
        context.insert("view", view);
        Ok(self.tera.render(template, &context)?)
    }

    /// The service's hours in a language, formatted once.
    pub(crate) fn hours(
        &self,
        language: &LanguageTag,
        find: impl FnOnce() -> Result<String, RenderError>,
    ) -> Result<String, RenderError> {
        let Some(known) = self.hours.get(language) else { return find() };
        match known.get() {
            Some(hours) => Ok(hours.clone()),
            None => {
                let hours = find()?;
                Ok(known.get_or_init(|| hours).clone())
            }
        }
    }

    /// The strings of all languages.
    pub fn strings(&self) -> &Strings {
        &self.strings
    }

    /// The search index.
    pub fn index(&self) -> &Index {
        self.index.get_or_init(|| find::index(&self.bundle, &self.strings))
    }

    /// What a reader of this language sees.
    pub fn locale<'a>(&'a self, language: &'a LanguageTag) -> Locale<'a> {
        Locale::new(self, language)
    }

    /// A page: the frame around what the template makes of the view.
    pub fn page(
        &self,
        template: &str,
        frame: &Frame,
        view: &impl Serialize,
    ) -> Result<String, RenderError> {
        Ok(self.tera.render(template, &self.context(frame, view)?)?)
    }

    /// The same as bytes, for writing to a file.
    pub fn page_bytes(
        &self,
        template: &str,
        frame: &Frame,
        view: &impl Serialize,
    ) -> Result<Vec<u8>, RenderError> {
        let mut page = Vec::with_capacity(PAGE);
        self.tera.render_to(template, &self.context(frame, view)?, &mut page)?;
        Ok(page)
    }

    fn context(&self, frame: &Frame, view: &impl Serialize) -> Result<Context, RenderError> {
        let Around { chrome, site } = self.around(&frame.language)?;
        let mut context = Context::new();
        context.insert("chrome", chrome.as_str());
        context.insert_value("site", site);
        context.insert("page", &FrameView::new(self, frame, &chrome)?);
        context.insert("view", view);
        Ok(context)
    }

    /// A template on its own, for mails.
    pub(crate) fn render(
        &self,
        template: &str,
        view: &impl Serialize,
    ) -> Result<String, RenderError> {
        let mut context = Context::new();
        context.insert("view", view);
        Ok(self.tera.render(template, &context)?)
    }
}

/// An empty cell for each language of the site.
fn not_yet<T>(bundle: &Bundle) -> BTreeMap<LanguageTag, OnceLock<T>> {
    let languages = bundle.directory.service.languages.iter();
    languages.map(|language| (language.tag.clone(), OnceLock::new())).collect()
}

/// Strings without values, as templates show them: the same few stand on every page.
struct Shown(BTreeMap<LanguageTag, RwLock<HashMap<String, Value>>>);

impl Shown {
    fn nothing(bundle: &Bundle) -> Self {
        let languages = bundle.strings.keys();
        Self(languages.map(|language| (language.clone(), RwLock::default())).collect())
    }

    fn or_made(
        &self,
        asked: &Asked<'_>,
        make: impl FnOnce(&Asked<'_>) -> Result<Value, RenderError>,
    ) -> TeraResult<Value> {
        let (chrome, key, values) = asked;
        let made = || make(asked).map_err(tera_error);
        let Some(shown) = self.0.get(chrome).filter(|_| values.iter().next().is_none()) else {
            return made();
        };
        let known = shown.read().unwrap_or_else(PoisonError::into_inner).get(*key).cloned();
        if let Some(known) = known {
            return Ok(known);
        }
        let made = made()?;
        let mut shown = shown.write().unwrap_or_else(PoisonError::into_inner);
        shown.insert((*key).to_owned(), made.clone());
        Ok(made)
    }
}

/// What a template asks for by `t(key="…")`: the language around it, the key, and all other
/// arguments as the string's values.
type Asked<'a> = (&'a LanguageTag, &'a str, FluentArgs<'a>);

fn asked_for<'a>(strings: &'a Strings, args: &'a Kwargs, state: &State) -> TeraResult<Asked<'a>> {
    let key = args.must_get::<&str>("key")?;
    let outside = || tera::Error::message("a string is asked for outside a page");
    let chrome = state.get::<Value>("chrome")?;
    let chrome = chrome.as_ref().and_then(Value::as_str).and_then(|tag| strings.known(tag));
    let chrome = chrome.ok_or_else(outside)?;
    let mut values = FluentArgs::new();
    for (name, value) in args.iter() {
        match name.as_str() {
            Some(name) if name != "key" => values.set(name, fluent_value(value)),
            _ => {}
        }
    }
    Ok((chrome, key, values))
}

fn tera_error(error: impl std::fmt::Display) -> tera::Error {
    tera::Error::message(error.to_string())
}

fn fluent_value(value: &Value) -> FluentValue<'_> {
    match (value.as_str(), value.as_i128().and_then(|number| i32::try_from(number).ok())) {
        (Some(text), _) => FluentValue::from(text),
        (None, Some(number)) => FluentValue::from(number),
        (None, None) => FluentValue::from(value.to_string()),
    }
}
