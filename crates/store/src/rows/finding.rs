//! `findings`.

use clickhouse::Row;
use earshot_model::{Exposure, Finding, FindingId, PageUrl, Rule, Site, Traits, Upload, VisitId};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use uuid::Uuid;

use super::cut;
use crate::StoreError;

#[derive(Debug, Row, Serialize, Deserialize)]
pub(crate) struct FindingRow {
    run_id: String,
    vendor: String,
    site: String,
    #[serde(with = "clickhouse::serde::uuid")]
    finding_id: Uuid,
    #[serde(with = "clickhouse::serde::uuid")]
    visit_id: Uuid,
    #[serde(with = "clickhouse::serde::uuid")]
    recording: Uuid,
    page: String,
    rule: String,
    vendor_name: String,
    category: String,
    exposure: String,
    first_contact_ms: f64,
    proof: u32,
    proof_url: String,
    requests: u32,
    uploads: u32,
    wire_bytes: u64,
    decoded_bytes: u64,
    stored: Vec<String>,
}

impl FindingRow {
    pub(crate) fn new(finding: &Finding, recording: Uuid) -> Self {
        Self {
            run_id: finding.run.to_string(),
            vendor: finding.vendor.clone(),
            site: finding.site.to_string(),
            finding_id: finding.id.0,
            visit_id: finding.visit.0,
            recording,
            page: finding.page.to_string(),
            rule: finding.rule.as_str().to_owned(),
            vendor_name: finding.vendor_name.clone(),
            category: finding.category.clone(),
            exposure: finding.exposure.as_str().to_owned(),
            first_contact_ms: finding.first_contact_ms,
            proof: finding.proof,
            proof_url: cut(&finding.proof_url),
            requests: finding.requests,
            uploads: finding.upload.count,
            wire_bytes: finding.upload.wire_bytes,
            decoded_bytes: finding.upload.decoded_bytes,
            stored: finding.stored.clone(),
        }
    }
}

impl TryFrom<FindingRow> for Finding {
    type Error = StoreError;

    fn try_from(row: FindingRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: FindingId(row.finding_id),
            run: row.run_id.parse().map_err(StoreError::row("findings"))?,
            visit: VisitId(row.visit_id),
            site: named::<Site>(row.site)?,
            page: PageUrl::parse(&row.page).map_err(StoreError::row("findings"))?,
            rule: named::<Rule>(row.rule)?,
            vendor: row.vendor,
            vendor_name: row.vendor_name,
            category: row.category,
            exposure: named::<Exposure>(row.exposure)?,
            first_contact_ms: row.first_contact_ms,
            proof: row.proof,
            proof_url: row.proof_url,
            requests: row.requests,
            upload: Upload { count: row.uploads, wire_bytes: row.wire_bytes, decoded_bytes: row.decoded_bytes },
            stored: row.stored,
            traits: Traits::default(),
        })
    }
}

/// Reads a name as serde writes it.
fn named<T: DeserializeOwned>(name: String) -> Result<T, StoreError> {
    serde_json::from_value(name.into()).map_err(StoreError::row("findings"))
}
