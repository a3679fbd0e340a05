//! A report with everything in it, for tests of who shows one.

use std::collections::BTreeMap;

use earshot_model::{
    Disguise, DisguiseKind, Exposure, FieldKind, Finding, FindingId, Grade, Heard, Install, InstallRoute, PageUrl,
    Profile, Proof, Rule, RunId, ScriptFrame, Traits, Upload, VisitId,
};

use crate::{
    AccountSites, Assessment, Failures, Fingerprinter, KeyListener, KeystrokeHearer, Load, NOTICE, PageChoice,
    PageReport, Provenance, Report, RunSummary, SCHEMA, SiteCoverage, SiteExposure, SiteReport, Stored, Totals,
    TypedField, Unvisited, VendorState, VisitConsent, report::assess,
};

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

/// A contact with everything filled.
#[must_use]
pub fn finding(vendor: &str) -> Finding {
    let page = PageUrl::parse("https://shop.test/").unwrap();
    let run: RunId = "01JCX000000000000000000000".parse().unwrap();
    let visit = VisitId::derive(run, &page, Profile::Untouched, 0);
    Finding {
        id: FindingId::derive(visit, Rule::PreConsentContact, vendor),
        run,
        visit,
        site: page.site(),
        page,
        rule: Rule::PreConsentContact,
        vendor: vendor.to_owned(),
        vendor_name: "Microsoft Clarity".into(),
        category: "session_replay".into(),
        exposure: Exposure::Content,
        first_contact_ms: 120.4,
        proof: 7,
        proof_url: "https://www.clarity.ms/tag/abc123?x=1".into(),
        requests: 3,
        upload: Upload { count: 2, wire_bytes: 2_100, decoded_bytes: 41_000 },
        stored: texts(&["cookie:_clck"]),
        grade: Some(Grade::K5),
        heard: Vec::new(),
        traits: Traits {
            accounts: texts(&["project:abc123"]),
            install: Some(Install { route: InstallRoute::TagManager, name: "GTM-LAB0042".into() }),
            brought_by: texts(&["https://shop.test/app.js?v=1", "Google Tag Manager GTM-LAB0042"]),
            disguise: Some(Disguise {
                kind: DisguiseKind::Cname,
                host: "metrics.shop.test".into(),
                chain: texts(&["x.sc.omtrdc.net"]),
                sign: "b/ss".into(),
            }),
            frames: texts(&["frame.test"]),
            listens: texts(&["input input#mail", "keydown document"]),
            reads: texts(&["input#mail[type=email]"]),
            fingerprints: texts(&["canvas", "webgl"]),
            details: BTreeMap::from([
                ("consent".into(), texts(&["ad=denied"])),
                ("script_version".into(), texts(&["0.8.70"])),
                ("upload_host".into(), texts(&["k.clarity.ms", "l.clarity.ms"])),
            ]),
        },
    }
}

fn page(url: &str, outcome: &str, class: &str, findings: Vec<Finding>) -> PageReport {
    PageReport {
        site: "shop.test".into(),
        url: url.into(),
        final_url: None,
        kind: "home".into(),
        visit: String::new(),
        profile: "untouched".into(),
        consent: VisitConsent::default(),
        outcome: outcome.into(),
        class: class.into(),
        failure: None,
        detail: "HTTP 200".into(),
        took_ms: 4_000,
        screenshot: None,
        repetition: 0,
        provenance: Provenance::default(),
        findings,
        theories: BTreeMap::new(),
        gaps: Vec::new(),
    }
}

/// What the vendor hears of two fields.
#[must_use]
pub fn keystrokes(vendor: &str) -> Finding {
    let frame = ScriptFrame { url: "https://www.clarity.ms/s.js".into(), function: "send".into(), line: 0, column: 7 };
    let proof = Proof {
        event: 41,
        url: "https://k.clarity.ms/collect?x=1".into(),
        part: "body".into(),
        bytes: (0, 812),
        chain: texts(&["gzip", "json"]),
        inner: (17, 44),
        name: "email".into(),
        stack: vec![frame],
        at_ms: 9_100.0,
        since_first_key_ms: 1_020.4,
        ..Proof::default()
    };
    let heard = Heard {
        field: "input#mail[type=email]".into(),
        kind: FieldKind::Email,
        entry: 30,
        grade: Grade::K5,
        form: "whole".into(),
        times: 2,
        proof: Some(proof),
        ..Heard::default()
    };
    let nothing = Heard {
        field: "input#pass[type=password]".into(),
        form: "nothing".into(),
        proof: None,
        grade: Grade::K0,
        ..heard.clone()
    };
    let contact = finding(vendor);
    let id = FindingId::derive(contact.visit, Rule::Keystrokes, vendor);
    Finding { id, rule: Rule::Keystrokes, heard: vec![heard, nothing], ..contact }
}

/// A target of which no page could be visited.
#[must_use]
pub fn unvisited(class: &str, failure: Option<&str>) -> Unvisited {
    Unvisited {
        start: "https://www.gone.test/".into(),
        outcome: if class == "failed" { "unreachable" } else { class }.into(),
        class: class.into(),
        failure: failure.map(Into::into),
        detail: String::new(),
    }
}

/// One site with a page of every kind.
#[must_use]
pub fn report() -> Report {
    let mut listening = finding("clarity");
    listening.rule = Rule::Listening;
    listening.proof_url = "https://www.clarity.ms/s/0.8.70/clarity.js".into();
    let mut printing = finding("prints.test");
    printing.rule = Rule::Fingerprinting;
    printing.vendor_name = "prints.test".into();
    printing.proof_url = "https://prints.test/fp.js".into();
    printing.traits = Traits { fingerprints: texts(&["canvas"]), ..Traits::default() };
    let mut unreachable = page("https://x.shop.test/", "unreachable", "failed", Vec::new());
    unreachable.failure = Some("dns".into());
    Report {
        schema: SCHEMA,
        earshot: "0.0.0",
        run: RunSummary {
            id: "01JCX000000000000000000000".into(),
            label: "shop.test".into(),
            started_at: "2026-11-21T20:00:00Z".into(),
            state: "complete".into(),
            portfolio: Some("ours".into()),
            night: Some("2026-11-21".into()),
            region: Some("us-east".into()),
            pages_per_site: 3,
            profiles: texts(&["untouched"]),
        },
        totals: Totals {
            targets: 1,
            sites_seen: 1,
            sites_with_tracker: 1,
            pages: 4,
            pages_seen: 2,
            pages_partial: 1,
            ..Totals::default()
        },
        vendors: Vec::new(),
        fingerprinters: vec![Fingerprinter {
            vendor: "prints.test".into(),
            name: "prints.test".into(),
            category: "unknown".into(),
            exposure: "unknown".into(),
            techniques: texts(&["canvas"]),
            sites: 1,
            pre_consent_share: 1.0,
            pages: 1,
        }],
        keystrokes: vec![KeystrokeHearer {
            vendor: "microsoft-clarity".into(),
            name: "Microsoft Clarity".into(),
            category: "session_replay".into(),
            exposure: "content".into(),
            grade: "K5".into(),
            grows: false,
            kinds: texts(&["email"]),
            forms: texts(&["whole"]),
            sites: 1,
            sites_any: 3,
            share: 1.0,
            pages: 1,
        }],
        listeners: vec![KeyListener {
            vendor: "clarity".into(),
            name: "Microsoft Clarity".into(),
            category: "session_replay".into(),
            exposure: "content".into(),
            listens: texts(&["input input#mail", "keydown document", "mutation document"]),
            reads: texts(&["input#mail[type=email]"]),
            sites: 1,
            pre_consent_share: 1.0,
            pages: 1,
        }],
        theories: Vec::new(),
        choices: vec![choice()],
        states: vec![state("clarity", "Microsoft Clarity", "on_paper", [3, 2, 9])],
        sites: vec![SiteCoverage {
            site: "shop.test".into(),
            planned: 4,
            seen: 2,
            partial: 1,
            blocked: 1,
            failed: Failures { dns: 1, ..Failures::default() },
            absent: 0,
            refused: 0,
            gaps: 0,
            exposure: SiteExposure::default(),
        }],
        pages: vec![
            page("https://shop.test/", "loaded", "seen", vec![finding("clarity"), listening, printing]),
            page("https://shop.test/cart", "partial", "seen", Vec::new()),
            page("https://shop.test/wall", "blocked", "blocked", Vec::new()),
            unreachable,
        ],
        unvisited: Vec::new(),
        bad_lines: Vec::new(),
        notice: NOTICE,
    }
}

/// The same, assessed by all theories; the site has so many sessions in a month.
///
/// # Panics
/// If a rule pack is bad: tests of those say so first.
#[must_use]
pub fn assessed(sessions: u64) -> Report {
    let mut report = report();
    let packs = earshot_detect::rules::Packs::built_in().expect("the packs are tested");
    let risk = assess(&mut report.pages, &Assessment { packs, sites: BTreeMap::new(), sessions });
    report.sites[0].exposure = risk.sites["shop.test"].clone();
    report.theories = risk.theories;
    report
}

/// That site alone, with who loaded whom, what is stored and what was typed.
#[must_use]
pub fn site(report: &Report) -> SiteReport {
    let load = |loader: &str, loaded: &str, requests| Load {
        loader: loader.into(),
        loaded: loaded.into(),
        requests,
        pages: 1,
        first_ms: Some(120.0),
    };
    SiteReport {
        schema: "earshot.site/1",
        earshot: report.earshot,
        run: report.run.clone(),
        coverage: report.sites[0].clone(),
        choices: report.choices.clone(),
        states: report.states.clone(),
        theories: report.theories.clone(),
        pages: report.pages.clone(),
        unvisited: report.unvisited.clone(),
        contacts: Vec::new(),
        loads: vec![load("", "google-tag-manager", 1), load("google-tag-manager", "clarity", 3)],
        stored: vec![Stored {
            area: "cookie".into(),
            name: "_clck".into(),
            host: "shop.test".into(),
            vendor: "clarity".into(),
            third_party: false,
            pages: 1,
            first_ms: Some(410.0),
            lifetime_s: Some(31_536_000),
            http_only: false,
            phases: texts(&["pre_choice"]),
        }],
        typed: vec![TypedField {
            page: "https://shop.test/".into(),
            field: "input#mail[type=email]".into(),
            kind: "email".into(),
            characters: 27,
        }],
        visits_without_events: 0,
        notice: NOTICE,
    }
}

/// A banner that makes refusing harder, on a page that was visited under all profiles but `gpc`.
#[must_use]
pub fn choice() -> PageChoice {
    PageChoice {
        site: "shop.test".into(),
        page: "https://shop.test/".into(),
        banner: true,
        banner_ms: Some(830.0),
        cmp: "onetrust".into(),
        no_reject: true,
        presses_reject: Some(3),
        presses_accept: Some(1),
        reject_harder: true,
        whole: texts(&["untouched", "reject", "accept"]),
        ..PageChoice::default()
    }
}

/// What a tracker does on that page: before a choice, after a refusal, after agreeing.
#[must_use]
pub fn state(vendor: &str, name: &str, gating: &str, counts: [u32; 3]) -> VendorState {
    let [before, after_reject, after_accept] = counts.map(Some);
    VendorState {
        site: "shop.test".into(),
        page: "https://shop.test/".into(),
        vendor: vendor.into(),
        name: name.into(),
        category: "session_replay".into(),
        exposure: "content".into(),
        cmp: "onetrust".into(),
        before,
        after_reject,
        after_accept,
        under_gpc: None,
        cookieless_pings: 0,
        gating: gating.into(),
        gpc: "unknown".into(),
    }
}

/// An account on two sites.
#[must_use]
pub fn account() -> AccountSites {
    AccountSites {
        account: "project:abc123".into(),
        sites: texts(&["blog.test", "shop.test"]),
        hosts: texts(&["blog.test", "shop.test", "www.shop.test"]),
        pages: 4,
    }
}
