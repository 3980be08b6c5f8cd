//! What a page is about, in the words of schema.org, for machines that answer questions such as
//! "when is the library open?". It says what the page shows, and nothing that content doesn't say.

use super::{About, Maker, Result};
use crate::site::Kind;
use domain::branch::{Branch, County};
use domain::hours::{Day, TimeSpan, WeeklyHours};
use serde_json::{Value, json};

impl Maker<'_> {
    /// What the page is about, if it is about something.
    pub(super) fn structured(&self, about: &About, address: &str) -> Result<Option<Value>> {
        let subject = match &self.id.kind {
            Kind::Home | Kind::Services | Kind::Service(_) | Kind::Topic(_) => {
                Some(self.service_data(about, address)?)
            }
            Kind::Library(id) => match self.site.directory.branches.get(id) {
                Some(branch) => Some(self.library_data(branch, address)?),
                None => None,
            },
            Kind::Post(_) => Some(self.article_data(about, address)?),
            _ => None,
        };
        let graph: Vec<_> = subject.into_iter().chain(self.breadcrumbs(about, address)?).collect();
        Ok((!graph.is_empty())
            .then(|| json!({ "@context": "https://schema.org", "@graph": graph })))
    }

    /// The library system. While the site is a sample, it says so here too.
    fn system(&self) -> Result<Value> {
        let service = &self.site.directory.service;
        let mut system = json!({
            "@type": "LibrarySystem",
            "@id": self.whole("/#system"),
            "name": service.system,
            "url": self.whole("/"),
        });
        if service.sample {
            let name = service.system.as_str().into();
            system["disambiguatingDescription"] =
                self.locale.plain("sample", &[("system", name)])?.into();
        }
        Ok(system)
    }

    /// The service, or its part about a topic or a way to meet.
    fn service_data(&self, about: &About, address: &str) -> Result<Value> {
        let service = &self.site.directory.service;
        let (name, request) = match &self.id.kind {
            Kind::Home => (service.name.clone(), Kind::Request(None)),
            Kind::Topic(id) => (about.title.clone(), Kind::Request(Some(id.clone()))),
            _ => (about.title.clone(), Kind::Request(None)),
        };
        let languages: Vec<_> =
            service.languages.iter().map(|language| language.tag.html_lang()).collect();
        Ok(json!({
            "@type": "GovernmentService",
            "name": name,
            "description": about.description,
            "url": address,
            "serviceType": service.name,
            "provider": self.system()?,
            "areaServed": [self.county(County::Snohomish)?, self.county(County::Island)?],
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

    fn county(&self, county: County) -> Result<Value> {
        let key = match county {
            County::Snohomish => "county-snohomish",
            County::Island => "county-island",
        };
        Ok(json!({ "@type": "AdministrativeArea", "name": self.locale.plain(key, &[])? }))
    }

    /// A library. Its closures are days on which nobody answers; whether its doors are open then
    /// content doesn't say, so they stand beside its number and not beside its building's hours.
    fn library_data(&self, branch: &Branch, address: &str) -> Result<Value> {
        let mut answering = weekly(&branch.answering_hours);
        let coming = branch.closures.iter().filter(|closure| self.options.today <= closure.until);
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
            "containedInPlace": self.county(branch.county)?,
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

    fn article_data(&self, about: &About, address: &str) -> Result<Value> {
        let system = self.system()?;
        Ok(json!({
            "@type": "NewsArticle",
            "headline": about.title,
            "description": about.description,
            "url": address,
            "datePublished": self.published()?,
            "inLanguage": self.id.language.html_lang(),
            "isAccessibleForFree": true,
            "author": { "@id": system["@id"] },
            "publisher": system,
        }))
    }

    /// The pages above, as the link above the headline names them, and the page itself.
    fn breadcrumbs(&self, about: &About, address: &str) -> Result<Option<Value>> {
        let (above, name) = match &self.id.kind {
            Kind::Topic(_) => (Kind::Topics, self.locale.plain("nav-topics", &[])?),
            Kind::Service(_) => (Kind::Services, self.locale.plain("nav-services", &[])?),
            Kind::Library(_) => (Kind::Libraries, self.locale.plain("nav-libraries", &[])?),
            Kind::Post(_) => (Kind::News, self.locale.plain("nav-news", &[])?),
            _ => return Ok(None),
        };
        let above = self.whole(&self.href(&above));
        Ok(Some(json!({
            "@type": "BreadcrumbList",
            "itemListElement": [
                { "@type": "ListItem", "position": 1, "name": name, "item": above },
                { "@type": "ListItem", "position": 2, "name": about.title, "item": address },
            ],
        })))
    }
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
