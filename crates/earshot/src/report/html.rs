//! The report as a document that opens offline: for counsel and for engineers. Nothing in it is loaded from anywhere.

mod guide;
mod page;
mod portfolio;
mod site;
mod timeline;
mod words;

use std::collections::HashMap;

use anyhow::Result;
use earshot_detect::Catalogue;
use earshot_model::RunId;
use earshot_store::Store;
use uuid::Uuid;

use super::Report;

/// JPEGs by their key in the evidence store.
pub type Pictures = HashMap<String, Vec<u8>>;

/// When each vendor was asked on each visit: by visit, the vendor and the times in ms since navigation start.
type Contacts = HashMap<Uuid, Vec<(String, Vec<f64>)>>;

/// A document about one site.
///
/// # Errors
/// If the store cannot be asked, or a picture not be drawn.
pub async fn site(store: &Store, report: &Report, site: &str, pictures: &Pictures) -> Result<String> {
    let run: RunId = report.run.id.parse()?;
    let mut contacts = Contacts::new();
    for row in store.contacts_of(run, site)?.all().await? {
        contacts.entry(row.visit_id).or_default().push((row.vendor, row.at_ms));
    }
    site::render(report, site, &contacts, pictures, &Catalogue::built_in()?)
}

/// A document about a whole run.
///
/// # Errors
/// If it cannot be written.
pub fn portfolio(report: &Report) -> Result<String> {
    portfolio::render(report)
}
