//! `findings`.

use clickhouse::Row;
use earshot_model::{Disguise, Exposure, Finding, FindingId, Install, PageUrl, Rule, Site, Traits, Upload, VisitId};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use uuid::Uuid;

use super::{
    cut,
    heard::{self, HeardTuple},
};
use crate::StoreError;

#[derive(Debug, Default, Row, Serialize, Deserialize)]
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
    grade: String,
    heard: Vec<HeardTuple>,
    accounts: Vec<String>,
    install_route: String,
    install_name: String,
    brought_by: Vec<String>,
    disguise_kind: String,
    disguise_host: String,
    disguise_chain: Vec<String>,
    disguise_sign: String,
    frames: Vec<String>,
    listens: Vec<String>,
    reads: Vec<String>,
    fingerprints: Vec<String>,
    details: Vec<(String, Vec<String>)>,
    ruleset: String,
}

impl FindingRow {
    pub(crate) fn new(finding: &Finding, ruleset: &str, recording: Uuid) -> Self {
        let mut row = Self {
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
            proof_url: cut(&finding.proof_url).to_owned(),
            requests: finding.requests,
            uploads: finding.upload.count,
            wire_bytes: finding.upload.wire_bytes,
            decoded_bytes: finding.upload.decoded_bytes,
            stored: finding.stored.clone(),
            grade: finding.grade.map_or_else(String::new, |grade| grade.as_str().to_owned()),
            heard: finding.heard.iter().map(heard::to_tuple).collect(),
            ruleset: ruleset.to_owned(),
            ..Self::default()
        };
        row.take_traits(finding.traits.clone());
        row
    }

    fn take_traits(&mut self, traits: Traits) {
        if let Some(install) = traits.install {
            self.install_route = install.route.as_str().to_owned();
            self.install_name = cut(&install.name).to_owned();
        }
        if let Some(disguise) = traits.disguise {
            self.disguise_kind = disguise.kind.as_str().to_owned();
            self.disguise_host = disguise.host;
            self.disguise_chain = disguise.chain;
            self.disguise_sign = disguise.sign;
        }
        self.accounts = traits.accounts;
        self.brought_by = traits.brought_by.iter().map(|script| cut(script).to_owned()).collect();
        self.frames = traits.frames;
        self.listens = traits.listens;
        self.reads = traits.reads;
        self.fingerprints = traits.fingerprints;
        self.details = traits.details.into_iter().collect();
    }

    fn traits(self) -> Result<Traits, StoreError> {
        let install = some(self.install_route)
            .map(|route| Ok::<_, StoreError>(Install { route: named(route)?, name: self.install_name }))
            .transpose()?;
        let (host, chain, sign) = (self.disguise_host, self.disguise_chain, self.disguise_sign);
        let disguise = some(self.disguise_kind)
            .map(|kind| Ok::<_, StoreError>(Disguise { kind: named(kind)?, host, chain, sign }))
            .transpose()?;
        Ok(Traits {
            accounts: self.accounts,
            install,
            brought_by: self.brought_by,
            disguise,
            frames: self.frames,
            listens: self.listens,
            reads: self.reads,
            fingerprints: self.fingerprints,
            details: self.details.into_iter().collect(),
        })
    }
}

impl TryFrom<FindingRow> for Finding {
    type Error = StoreError;

    fn try_from(mut row: FindingRow) -> Result<Self, StoreError> {
        let text = std::mem::take;
        Ok(Self {
            id: FindingId(row.finding_id),
            run: row.run_id.parse().map_err(StoreError::row("findings"))?,
            visit: VisitId(row.visit_id),
            site: named::<Site>(text(&mut row.site))?,
            page: PageUrl::parse(&row.page).map_err(StoreError::row("findings"))?,
            rule: named::<Rule>(text(&mut row.rule))?,
            vendor: text(&mut row.vendor),
            vendor_name: text(&mut row.vendor_name),
            category: text(&mut row.category),
            exposure: named::<Exposure>(text(&mut row.exposure))?,
            first_contact_ms: row.first_contact_ms,
            proof: row.proof,
            proof_url: text(&mut row.proof_url),
            requests: row.requests,
            upload: Upload { count: row.uploads, wire_bytes: row.wire_bytes, decoded_bytes: row.decoded_bytes },
            stored: std::mem::take(&mut row.stored),
            grade: some(text(&mut row.grade)).map(named).transpose()?,
            heard: std::mem::take(&mut row.heard).into_iter().map(heard::from_tuple).collect::<Result<_, _>>()?,
            traits: row.traits()?,
        })
    }
}

/// An empty text stands where there is nothing.
fn some(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

/// Reads a name as serde writes it.
pub(super) fn named<T: DeserializeOwned>(name: String) -> Result<T, StoreError> {
    serde_json::from_value(name.into()).map_err(StoreError::row("findings"))
}
