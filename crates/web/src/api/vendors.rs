//! `/api/v1/vendors`: whom the catalogue knows, and what was measured of each.

use std::collections::HashMap;

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use earshot_detect::{Catalogue, Confidence, Hears, Vendor};
use earshot_model::Exposure;
use earshot_store::{InScope, MetRow, Parties, Scope, Statistic};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    access::Reader,
    answer::{self, Row},
    asked::{self, Asked},
    link,
    measured::{self, Measured},
    problem::Problem,
    server::{Inner, Shared},
};

/// Sites of a vendor in one answer.
pub(crate) const SITES: u64 = 50;
/// Vendors that are met at most, known or not: more than there will be.
const EVERYBODY: u64 = 100_000;

/// Whom the catalogue knows.
#[derive(Serialize, ToSchema)]
#[schema(as = Vendors)]
pub(crate) struct Listed {
    /// How much is in scope, and how much of it was seen.
    #[schema(value_type = Object)]
    pub in_scope: InScope,
    /// Most widespread first, then by name.
    pub vendors: Vec<Entry>,
}

/// A vendor, and on how many sites it is met.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = VendorEntry)]
pub(crate) struct Entry {
    pub id: String,
    pub name: String,
    pub company: String,
    pub category: &'static str,
    #[schema(value_type = String)]
    pub exposure: Exposure,
    /// Sites on which it is met in whatever state of consent.
    pub met: u64,
    /// Those of them that contact it before any choice.
    pub before: u64,
    /// Sites of which it was seen what they do before a choice.
    pub of: u64,
    /// Where there is more about it.
    pub address: String,
}

/// A vendor, with its guide, and what was measured of it.
#[derive(Serialize, ToSchema)]
#[schema(as = Vendor)]
pub(crate) struct Detail {
    pub id: String,
    /// What the catalogue knows; null for a party that it does not know.
    pub known: Option<Known>,
    #[schema(value_type = Object)]
    pub measured: Measured,
    /// Sites on which it is met, worst first.
    #[schema(value_type = Vec<Object>)]
    pub sites: Vec<MetRow>,
    /// The address of the next page of sites; none after the last.
    pub next: Option<String>,
}

/// What the catalogue knows of a vendor.
#[derive(Serialize, ToSchema)]
#[schema(as = KnownVendor)]
pub(crate) struct Known {
    pub name: String,
    pub company: String,
    pub category: &'static str,
    #[schema(value_type = String)]
    pub exposure: Exposure,
    #[schema(value_type = Vec<String>)]
    pub hears: Vec<Hears>,
    pub hosts: Vec<String>,
    /// Names behind which a CNAME of the site's own domain means this vendor.
    pub cnames: Vec<String>,
    pub cookies: Vec<String>,
    pub storage: Vec<String>,
    /// Its own switch for consent or masking.
    pub consent: String,
    pub docs: String,
    #[schema(value_type = String)]
    pub confidence: Confidence,
    pub sources: Vec<String>,
    /// The compliance guide, Markdown.
    pub guide: String,
}

impl Known {
    pub fn is_confirmed(&self) -> bool {
        self.confidence == Confidence::Confirmed
    }
}

pub(crate) fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(show))
}

/// Whom the catalogue knows, and on how many sites each is met.
#[utoipa::path(
    get,
    path = "/vendors",
    tag = "vendors",
    params(
        ("q" = Option<String>, Query, description = "Only those in whose name, company or hosts these words stand.", example = "clarity"),
        ("category" = Option<Vec<String>>, Query, description = "Only those of these categories.", example = json!(["session_replay"])),
        ("portfolio" = Option<String>, Query, description = "Measured on sites of this portfolio only.", example = "shops"),
    ),
    responses((status = 200, description = "Most widespread first.", body = Listed))
)]
async fn list(_: Reader, State(web): State<Shared>, asked: Result<Asked, Problem>) -> Result<Json<Listed>, Problem> {
    listed(&web, &asked?).await.map(Json)
}

/// What is known of a vendor, its guide, and what was measured of it.
#[utoipa::path(
    get,
    path = "/vendors/{id}",
    tag = "vendors",
    params(
        ("id" = String, Path, description = "Its id in the catalogue, or the registrable domain of a party that it does not know.", example = "hotjar"),
        ("portfolio" = Option<String>, Query, description = "Measured on sites of this portfolio only.", example = "shops"),
        ("page" = Option<u64>, Query, description = "Which page of its sites, from 1.", example = 1),
    ),
    responses((status = 200, description = "The vendor.", body = Detail))
)]
async fn show(
    _: Reader,
    State(web): State<Shared>,
    Path(id): Path<String>,
    asked: Result<Asked, Problem>,
) -> Result<Json<Detail>, Problem> {
    detail(&web, &id, &asked?).await.map(Json)
}

/// Vendors in whose name, id, company or hosts the words stand, of the categories that are asked for.
pub(crate) async fn listed(web: &Inner, asked: &Asked) -> Result<Listed, Problem> {
    let presence = Statistic::find("presence").ok_or_else(|| Problem::unavailable("statistics", &"presence"))?;
    // Categories are chosen below, as the catalogue has them: a row has the one that was recorded.
    let scope = Scope { parties: Parties::All, by: None, limit: None, categories: Vec::new(), ..asked.scope.clone() };
    let answer = answer::ask(web, presence, &scope, EVERYBODY).await?;
    let met: HashMap<&str, Row<'_>> =
        answer.rows.iter().map(|row| Row::new(presence, row)).map(|row| (row.text("vendor"), row)).collect();
    let of = answer.seen.looked;
    let chosen = |vendor: &&Vendor| {
        let categories = &asked.scope.categories;
        found(vendor, &asked.words)
            && (categories.is_empty() || categories.iter().any(|one| one == vendor.category.as_str()))
    };
    let entry = |vendor: &Vendor| {
        let row = met.get(vendor.id.as_str());
        let count = |column: &str| row.map_or(0, |row| row.count(column));
        Entry {
            id: vendor.id.clone(),
            name: vendor.name.clone(),
            company: vendor.company.clone(),
            category: vendor.category.as_str(),
            exposure: vendor.exposure,
            met: count("numerator"),
            before: count("before"),
            of,
            address: link::path(&["api", "v1", "vendors", &vendor.id]),
        }
    };
    let mut vendors: Vec<_> = web.catalogue.vendors().iter().filter(chosen).map(entry).collect();
    vendors.sort_by(|a, b| b.met.cmp(&a.met).then_with(|| a.name.to_lowercase().cmp(&b.name.to_lowercase())));
    Ok(Listed { in_scope: answer.seen, vendors })
}

/// A vendor by its id; a party that nobody knows by its registrable domain, if it was met.
pub(crate) async fn detail(web: &Inner, id: &str, asked: &Asked) -> Result<Detail, Problem> {
    let nobody = || Problem::new(StatusCode::NOT_FOUND, "nobody is known under that name; /vendors has all");
    let known = known(&web.catalogue, id);
    let scope = Scope { vendors: vec![id.to_owned()], by: None, limit: None, ..asked.scope.clone() };
    // One more tells whether there is another page.
    let sites = async {
        let sites = web.store.met(&scope, SITES + 1, (asked.page - 1) * SITES).await;
        sites.map_err(|error| Problem::unavailable("the store", &error))
    };
    let (measured, mut sites) = tokio::try_join!(measured::of(web, id, &scope), sites)?;
    if known.is_none() && measured.presence.rows.is_empty() && sites.is_empty() {
        return Err(nobody());
    }
    let more = sites.len() as u64 > SITES;
    sites.truncate(usize::try_from(SITES).unwrap_or(usize::MAX));
    let next = more.then(|| next(&["api", "v1", "vendors", id], asked));
    Ok(Detail { id: id.to_owned(), known, measured, sites, next })
}

/// The next page of a list, over the same scope.
pub(crate) fn next(segments: &[&str], asked: &Asked) -> String {
    let (scope, page) = (asked::query(&asked.scope), asked.page + 1);
    let separator = if scope.is_empty() { "" } else { "&" };
    link::with_query(segments, &format!("{scope}{separator}page={page}"))
}

fn found(vendor: &Vendor, words: &str) -> bool {
    let hosts = vendor.hosts.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    let text = format!("{} {} {} {hosts}", vendor.id, vendor.name, vendor.company).to_lowercase();
    words.to_lowercase().split_whitespace().all(|word| text.contains(word))
}

fn known(catalogue: &Catalogue, id: &str) -> Option<Known> {
    let vendor = catalogue.get(id)?;
    Some(Known {
        name: vendor.name.clone(),
        company: vendor.company.clone(),
        category: vendor.category.as_str(),
        exposure: vendor.exposure,
        hears: vendor.hears.clone(),
        hosts: vendor.hosts.iter().map(ToString::to_string).collect(),
        cnames: vendor.cnames.iter().map(ToString::to_string).collect(),
        cookies: vendor.cookies.iter().map(|name| name.as_str().to_owned()).collect(),
        storage: vendor.storage.iter().map(|one| format!("{}:{}", one.area.as_str(), one.key.as_str())).collect(),
        consent: vendor.consent.clone(),
        docs: vendor.docs.clone(),
        confidence: vendor.confidence,
        sources: vendor.sources.clone(),
        guide: vendor.guide.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vendors_are_found_by_what_people_know_of_them() {
        let catalogue = Catalogue::built_in().unwrap();
        let hotjar = catalogue.get("hotjar").unwrap();
        assert!(found(hotjar, "") && found(hotjar, "HotJar") && found(hotjar, "contentsquare hot"));
        assert!(found(hotjar, "hotjar.io") && !found(hotjar, "hotjar clarity"));
    }

    #[test]
    fn the_next_page_is_over_the_same_scope() {
        let asked = Asked::parse("portfolio=health&page=3").unwrap();
        assert_eq!(next(&["vendors", "hotjar"], &asked), "/vendors/hotjar?portfolio=health&page=4");
        assert_eq!(next(&["vendors", "hotjar"], &Asked::parse("").unwrap()), "/vendors/hotjar?page=2");
    }
}
