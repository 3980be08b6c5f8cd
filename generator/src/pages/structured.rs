//! What a page is about, in the words of schema.org, for machines that answer questions such as
//! "when is the library open?". It says what the page shows, and nothing that content doesn't say.

use super::{About, Maker, Result};
use crate::paths::PageKind;
use domain::AreaId;
use domain::branch::Branch;
use domain::hours::{Day, TimeSpan, WeeklyHours};
use render::RenderError;
use render::strings::area_key;
use serde::Serialize;
use serde_json::{Value, json};
use std::borrow::Cow;

impl Maker<'_> {
    /// What the page is about as JSON, if it is about something.
    pub(super) fn structured(
        &self,
        about: &About,
        address: &str,
        published: Option<&str>,
    ) -> Result<Option<String>> {
        let subject = match &self.id.kind {
            PageKind::Home | PageKind::Services | PageKind::Service(_) | PageKind::Topic(_) => {
                Some(self.service_data(about, address)?.to_string())
            }
            PageKind::Library(id) => match self.site.directory.branches.get(id) {
                Some(branch) => Some(self.library_data(branch, address)?.to_string()),
                None => None,
            },
            PageKind::Post(_) => Some(json_of(&self.article_data(about, address, published)?)?),
            _ => None,
        };
        let breadcrumbs = self.breadcrumbs(about, address)?;
        let breadcrumbs = breadcrumbs.map(|breadcrumbs| json_of(&breadcrumbs)).transpose()?;
        let graph: Vec<_> = subject.into_iter().chain(breadcrumbs).collect();
        let graph = (!graph.is_empty()).then(|| graph.join(","));
        Ok(graph.map(|graph| format!(r#"{{"@context":"https://schema.org","@graph":[{graph}]}}"#)))
    }

    /// The library system. While the site is a sample, it says so here too.
    fn system(&self) -> Result<System<'_>> {
        let service = &self.site.directory.service;
        let sample = || self.locale.plain("sample", &[("system", service.system.as_str().into())]);
        Ok(System {
            id: self.system_id(),
            kind: "LibrarySystem",
            disambiguating: service.sample.then(sample).transpose()?,
            name: &service.system,
            url: self.whole("/"),
        })
    }

    fn system_id(&self) -> String {
        self.whole("/#system")
    }

    /// The service, or its part about a topic or a way to meet.
    fn service_data(&self, about: &About, address: &str) -> Result<Value> {
        let service = &self.site.directory.service;
        let (name, request) = match &self.id.kind {
            PageKind::Home => (service.name.clone(), PageKind::Request(None)),
            PageKind::Topic(id) => (about.title.clone(), PageKind::Request(Some(id.clone()))),
            _ => (about.title.clone(), PageKind::Request(None)),
        };
        let languages: Vec<_> =
            service.languages.iter().map(|language| language.tag.html_lang()).collect();
        let areas = service.areas.iter().map(|area| self.area(&area.id));
        let areas = areas.collect::<Result<Vec<_>>>()?;
        Ok(json!({
            "@type": "GovernmentService",
            "name": name,
            "description": about.description,
            "url": address,
            "serviceType": service.name,
            "provider": self.system()?,
            "areaServed": areas,
            "offers": { "@type": "Offer", "price": 0, "priceCurrency": "USD" },
            "availableChannel": {
                "@type": "ServiceChannel",
                "serviceUrl": self.whole(&self.href(&request)),
                "servicePhone": {
                    "@type": "ContactPoint",
                    "telephone": service.phone.dial(),
                    "hoursAvailable": weekly(&service.answering_hours),
                },
                "availableLanguage": languages,
            },
        }))
    }

    fn area(&self, area: &AreaId) -> Result<Value> {
        let name = self.locale.plain(&area_key(area), &[])?;
        Ok(json!({ "@type": "AdministrativeArea", "name": name }))
    }

    /// A library. On its closures nobody answers; content doesn't say whether the building is open
    /// then, so they are listed with its phone number and not with the building's hours.
    fn library_data(&self, branch: &Branch, address: &str) -> Result<Value> {
        let mut answering = weekly(&branch.answering_hours);
        let coming = branch
            .closures
            .iter()
            .filter(|closure| !closure.period().is_over_on(self.options.today));
        answering.extend(coming.map(|closure| {
            json!({
                "@type": "OpeningHoursSpecification",
                "opens": "00:00",
                "closes": "00:00",
                "validFrom": closure.from.to_string(),
                "validThrough": closure.until.to_string(),
            })
        }));
        let speaks = branch.speaks.keys().map(|tag| tag.html_lang());
        let languages: Vec<_> = ["en-US"].into_iter().chain(speaks).collect();
        Ok(json!({
            "@type": "Library",
            "name": branch.name,
            "url": address,
            "telephone": branch.phone.dial(),
            "parentOrganization": self.system()?,
            "containedInPlace": self.area(&branch.area)?,
            "openingHoursSpecification": weekly(&branch.open_hours),
            "contactPoint": {
                "@type": "ContactPoint",
                "telephone": branch.phone.dial(),
                "hoursAvailable": answering,
            },
            "knowsLanguage": languages,
            "amenityFeature": {
                "@type": "LocationFeatureSpecification",
                "name": self.locale.plain("library-step-free", &[])?,
                "value": branch.step_free,
            },
        }))
    }

    fn article_data<'a>(
        &'a self,
        about: &'a About,
        address: &'a str,
        published: Option<&'a str>,
    ) -> Result<Article<'a>> {
        Ok(Article {
            kind: "NewsArticle",
            author: Id { id: self.system_id() },
            published,
            description: &about.description,
            headline: &about.title,
            language: self.id.language.html_lang(),
            free: true,
            publisher: self.system()?,
            url: address,
        })
    }

    /// The pages above, as the link above the headline names them, and the page itself.
    fn breadcrumbs<'a>(
        &self,
        about: &'a About,
        address: &'a str,
    ) -> Result<Option<Breadcrumbs<'a>>> {
        let (above, name) = match &self.id.kind {
            PageKind::Topic(_) => (PageKind::Topics, self.locale.plain("nav-topics", &[])?),
            PageKind::Service(_) => (PageKind::Services, self.locale.plain("nav-services", &[])?),
            PageKind::Library(_) => (PageKind::Libraries, self.locale.plain("nav-libraries", &[])?),
            PageKind::Post(_) => (PageKind::News, self.locale.plain("nav-news", &[])?),
            _ => return Ok(None),
        };
        let above = self.whole(&self.href(&above)).into();
        let item = |position, name, item| Crumb { kind: "ListItem", item, name, position };
        Ok(Some(Breadcrumbs {
            kind: "BreadcrumbList",
            items: [
                item(1, name.into(), above),
                item(2, about.title.as_str().into(), address.into()),
            ],
        }))
    }
}

// Data that is on thousands of pages has types of its own, with fields in the order of the JSON
// keys: building it as a tree of values takes twice as long.

#[derive(Serialize)]
struct System<'a> {
    #[serde(rename = "@id")]
    id: String,
    #[serde(rename = "@type")]
    kind: &'static str,
    #[serde(rename = "disambiguatingDescription", skip_serializing_if = "Option::is_none")]
    disambiguating: Option<String>,
    name: &'a str,
    url: String,
}

#[derive(Serialize)]
struct Id {
    #[serde(rename = "@id")]
    id: String,
}

#[derive(Serialize)]
struct Article<'a> {
    #[serde(rename = "@type")]
    kind: &'static str,
    author: Id,
    #[serde(rename = "datePublished")]
    published: Option<&'a str>,
    description: &'a str,
    headline: &'a str,
    #[serde(rename = "inLanguage")]
    language: &'a str,
    #[serde(rename = "isAccessibleForFree")]
    free: bool,
    publisher: System<'a>,
    url: &'a str,
}

#[derive(Serialize)]
struct Breadcrumbs<'a> {
    #[serde(rename = "@type")]
    kind: &'static str,
    #[serde(rename = "itemListElement")]
    items: [Crumb<'a>; 2],
}

#[derive(Serialize)]
struct Crumb<'a> {
    #[serde(rename = "@type")]
    kind: &'static str,
    item: Cow<'a, str>,
    name: Cow<'a, str>,
    position: u8,
}

fn json_of(data: &impl Serialize) -> Result<String> {
    serde_json::to_string(data).map_err(|error| RenderError::Xml(error.into()))
}

/// Hours of the week. Days with the same hours are told together.
fn weekly(hours: &WeeklyHours) -> Vec<Value> {
    let mut same: Vec<(TimeSpan, Vec<&str>)> = Vec::new();
    for day in Day::ALL {
        for span in hours.on(day) {
            match same.iter_mut().find(|(other, _)| other == span) {
                Some((_, days)) => days.push(english(day)),
                None => same.push((*span, vec![english(day)])),
            }
        }
    }
    let specification = |(span, days): (TimeSpan, Vec<&str>)| {
        json!({
            "@type": "OpeningHoursSpecification",
            "dayOfWeek": days,
            "opens": span.from().strftime("%H:%M").to_string(),
            "closes": span.until().strftime("%H:%M").to_string(),
        })
    };
    same.into_iter().map(specification).collect()
}

/// The names of schema.org's days.
fn english(day: Day) -> &'static str {
    match day {
        Day::Mon => "Monday",
        Day::Tue => "Tuesday",
        Day::Wed => "Wednesday",
        Day::Thu => "Thursday",
        Day::Fri => "Friday",
        Day::Sat => "Saturday",
        Day::Sun => "Sunday",
    }
}
