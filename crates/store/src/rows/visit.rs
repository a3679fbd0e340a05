//! `visits` and `gaps`.

use std::collections::HashSet;

use clickhouse::Row;
use earshot_model::{Fact, Gap, Picture, Rule, Visit};
use serde::Serialize;
use uuid::Uuid;

use super::{count, failure};
use crate::Judged;

/// Rules by which a vendor counts as a tracker of the visit: contacts that nobody agreed to.
const COUNTED: [Rule; 3] = [Rule::PreConsentContact, Rule::DespiteReject, Rule::UnderGpc];

#[derive(Debug, Row, Serialize)]
pub(crate) struct VisitRow {
    run_id: String,
    site: String,
    #[serde(with = "clickhouse::serde::uuid")]
    visit_id: Uuid,
    #[serde(with = "clickhouse::serde::uuid")]
    recording: Uuid,
    start: String,
    page: String,
    page_kind: &'static str,
    profile: &'static str,
    repetition: u32,
    started_at: i64,
    took_ms: u32,
    final_url: String,
    class: &'static str,
    outcome: &'static str,
    status: Option<u16>,
    detail: String,
    failure: &'static str,
    browser: String,
    user_agent: String,
    third_party_cookies: bool,
    earshot: String,
    events: u32,
    requests: u32,
    findings: u32,
    trackers: u32,
    gaps: u32,
    screenshot: String,
    banner_ms: Option<f64>,
    choosing_ms: Option<f64>,
    choice: &'static str,
    choice_ms: Option<f64>,
    reload_ms: Option<f64>,
    presses: Option<u32>,
    cmp: String,
    banner_watched: bool,
    course_whole: bool,
    signals: Vec<(String, String)>,
    egress: String,
    address: String,
    tls: String,
    certificate: String,
    pictures: Vec<(String, String, Option<f64>)>,
    evidence: String,
    ruleset: String,
}

#[derive(Debug, Row, Serialize)]
pub(crate) struct GapRow {
    run_id: String,
    site: String,
    #[serde(with = "clickhouse::serde::uuid")]
    visit_id: Uuid,
    seq: u32,
    #[serde(with = "clickhouse::serde::uuid")]
    recording: Uuid,
    page: String,
    kind: &'static str,
    detail: String,
}

impl VisitRow {
    pub(crate) fn new(judged: &Judged, recording: Uuid) -> Self {
        let Judged { visit, findings, gaps_added, course, .. } = judged;
        let contacts = findings.iter().filter(|finding| COUNTED.contains(&finding.rule));
        let trackers = contacts.filter(|finding| finding.exposure.is_tracker());
        let certificate = visit.served.certificate.as_ref();
        let picture = |picture: &Picture| (picture.kind.as_str().to_owned(), picture.key.clone(), picture.at_ms);
        Self {
            run_id: visit.task.run.to_string(),
            site: visit.task.site().to_string(),
            visit_id: visit.id().0,
            recording,
            start: visit.task.start.to_string(),
            page: visit.task.page.to_string(),
            page_kind: visit.task.kind.as_str(),
            profile: visit.task.profile.as_str(),
            repetition: visit.task.repetition,
            started_at: visit.started_at.as_millisecond(),
            took_ms: visit.took_ms,
            final_url: visit.final_url.as_ref().map(ToString::to_string).unwrap_or_default(),
            class: visit.outcome.class().as_str(),
            outcome: visit.outcome.as_str(),
            status: visit.outcome.status(),
            detail: visit.outcome.detail(),
            failure: failure(&visit.outcome),
            browser: visit.identity.browser.clone(),
            user_agent: visit.identity.user_agent.clone(),
            third_party_cookies: visit.identity.third_party_cookies,
            earshot: visit.identity.earshot.clone(),
            events: count(visit.events.len()),
            requests: count(visit.events.iter().filter(|event| matches!(event.fact, Fact::Request(_))).count()),
            findings: count(findings.len()),
            trackers: count(trackers.map(|finding| &finding.vendor).collect::<HashSet<_>>().len()),
            gaps: count(visit.gaps.len() + gaps_added.len()),
            screenshot: visit.pictures.last().map(|picture| picture.key.clone()).unwrap_or_default(),
            banner_ms: course.clock.banner_ms,
            choosing_ms: course.clock.choosing_ms,
            choice: course.clock.choice.map_or("", |(choice, _)| choice.as_str()),
            choice_ms: course.clock.choice.map(|(_, at_ms)| at_ms),
            reload_ms: course.clock.reload_ms,
            presses: course.clock.presses,
            cmp: course.cmp.clone(),
            banner_watched: course.watched,
            course_whole: course.whole,
            signals: course.signals.clone(),
            egress: visit.identity.egress.clone(),
            address: visit.served.address.clone().unwrap_or_default(),
            tls: certificate.map(|certificate| certificate.protocol.clone()).unwrap_or_default(),
            certificate: certificate.map(|certificate| certificate.sha256.clone()).unwrap_or_default(),
            pictures: visit.pictures.iter().map(picture).collect(),
            evidence: judged.evidence.clone().unwrap_or_default(),
            ruleset: judged.ruleset.clone(),
        }
    }
}

impl GapRow {
    pub(crate) fn new(visit: &Visit, seq: usize, gap: &Gap, recording: Uuid) -> Self {
        Self {
            run_id: visit.task.run.to_string(),
            site: visit.task.site().to_string(),
            visit_id: visit.id().0,
            seq: count(seq),
            recording,
            page: visit.task.page.to_string(),
            kind: gap.kind.as_str(),
            detail: gap.detail.clone(),
        }
    }
}
