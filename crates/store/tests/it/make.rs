//! Visits to put into the store.

use earshot_model::{
    Body, Cookie, Crawl, Event, Exposure, Fact, Finding, FindingId, Gap, GapKind, Identity, Initiator, Lane, Outcome,
    PageKind, PageTask, PageUrl, Profile, Request, Response, Rule, Run, RunId, RunKind, RunState, Served, Traits,
    Transport, Upload, Visit,
};
use earshot_store::{Course, EventNote, Judged};

pub fn page(address: &str) -> PageUrl {
    PageUrl::parse(address).unwrap()
}

pub fn run(seeds: u64) -> Run {
    Run {
        id: RunId::new(),
        started_at: "2026-11-21T20:00:00.123Z".parse().unwrap(),
        label: "it's a list.txt".to_owned(),
        digest: "d1".to_owned(),
        seeds,
        pages_per_site: 2,
        profiles: vec![Profile::Untouched],
        repetitions: 1,
        egress: "direct".to_owned(),
        region: None,
        portfolio: None,
        night: None,
        kind: RunKind::Scan,
        state: RunState::Running,
    }
}

pub fn crawl(run: RunId, start: &str, pages: &[&str]) -> Crawl {
    Crawl {
        run,
        start: page(start),
        outcome: Outcome::of_status(200),
        pages: pages.iter().map(|address| (page(address), PageKind::guess(&page(address)))).collect(),
        discovered: 7,
        took_ms: 30,
    }
}

/// A visit of `address` that asks each of `vendors` (name, exposure, first contact) for a script, uploads to it, and
/// gets a cookie from it.
pub fn visit(run: RunId, address: &str, outcome: Outcome, vendors: &[(&str, Exposure, f64)]) -> Judged {
    let task = PageTask {
        run,
        start: page(&format!("https://{}/", page(address).host())),
        page: page(address),
        kind: PageKind::guess(&page(address)),
        profile: Profile::Untouched,
        repetition: 0,
        lane: Lane::Bulk,
        region: None,
    };
    let mut visit = Visit {
        task,
        started_at: "2026-11-21T20:00:01Z".parse().unwrap(),
        took_ms: 4000,
        final_url: Some(page(address)),
        outcome,
        identity: Identity { browser: "HeadlessChrome/156".into(), ..Identity::default() },
        events: Vec::new(),
        gaps: vec![Gap { kind: GapKind::BodyUnread, detail: "https://x.test/".into() }],
        pictures: Vec::new(),
        served: Served::default(),
    };
    let (mut notes, mut findings) = (Vec::new(), Vec::new());
    for (vendor, exposure, at_ms) in vendors {
        let first = u32::try_from(visit.events.len()).unwrap();
        for (fact, decoded_bytes) in facts(vendor, first) {
            let seq = u32::try_from(visit.events.len()).unwrap();
            visit.events.push(Event::new(seq, Some(*at_ms), address, fact));
            notes.push(EventNote { vendor: Some((*vendor).to_owned()), decoded_bytes, cause: None });
        }
        findings.push(finding(&visit, vendor, *exposure, *at_ms, first));
    }
    Judged {
        visit,
        findings,
        events: notes,
        gaps_added: vec![Gap { kind: GapKind::UploadNotAwaited, detail: String::new() }],
        course: Course::default(),
        evidence: None,
        ruleset: "r1".to_owned(),
    }
}

fn facts(vendor: &str, seq: u32) -> [(Fact, u64); 3] {
    let request = Request {
        url: format!("https://cdn.{vendor}.test/collect?x=1"),
        method: "POST".into(),
        transport: Transport::Beacon,
        body: Some(Body { size: 100, excerpt: vec![0; 100] }),
        initiator: Initiator {
            kind: "script".into(),
            url: Some("https://shop.test/app.js".into()),
            ..Initiator::default()
        },
        on_leave: true,
        ..Request::default()
    };
    let cookie = Cookie {
        name: "_id".into(),
        domain: format!("{vendor}.test"),
        value_len: 12,
        lifetime_s: Some(86_400),
        set_by: Some(seq),
        ..Cookie::default()
    };
    let response = Response { request: seq, status: 204, mime: String::new(), local: false };
    [(Fact::Request(request), 250), (Fact::Response(response), 0), (Fact::Cookie(cookie), 0)]
}

fn finding(visit: &Visit, vendor: &str, exposure: Exposure, first_contact_ms: f64, proof: u32) -> Finding {
    Finding {
        id: FindingId::derive(visit.id(), Rule::PreConsentContact, vendor),
        run: visit.task.run,
        visit: visit.id(),
        site: visit.task.site(),
        page: visit.task.page.clone(),
        rule: Rule::PreConsentContact,
        vendor: vendor.to_owned(),
        vendor_name: vendor.to_uppercase(),
        category: "session_replay".into(),
        exposure,
        first_contact_ms,
        proof,
        proof_url: format!("https://cdn.{vendor}.test/collect?x=1"),
        requests: 1,
        upload: Upload { count: 1, wire_bytes: 100, decoded_bytes: 250 },
        stored: vec![format!("cookie:_{vendor}")],
        grade: None,
        heard: Vec::new(),
        traits: Traits::default(),
    }
}
