//! Fixed values that use every field and every kind of fact.

use earshot_model::{
    Alias, ApiCall, Body, Certificate, Choice, Consent, ConsentButton, ConsentMeans, ConsentStep, Cookie, Crawl,
    Direction, Entry, Event, Fact, FieldKind, FieldRead, Gap, GapKind, Header, Identity, Initiator, Lane, ListenMeans,
    Listener, Live, LiveEvent, LiveFact, Mark, MarkKind, Notice, Outcome, PageKind, PageTask, PageUrl, Phase, Picture,
    PictureKind, Profile, Request, Response, RunId, ScriptFrame, SeedTask, Served, SocketFrame, StorageArea,
    StorageWrite, Target, Transport, Visit, Witness,
};

pub fn run() -> RunId {
    "01JD7Z4M9Q8X5V3T2R1P0N6K7H".parse().unwrap()
}

pub fn page(path: &str) -> PageUrl {
    PageUrl::parse(&format!("https://shop.example{path}")).unwrap()
}

pub fn seed_task() -> SeedTask {
    SeedTask {
        run: run(),
        target: Target::parse("https://shop.example/start?x=1").unwrap(),
        pages: 3,
        profiles: vec![Profile::Untouched],
        lane: Lane::Bulk,
        repetitions: 1,
        region: None,
    }
}

pub fn notice() -> Notice {
    let earlier = "01JD7Z4M9Q8X5V3T2R1P0N6K7G".parse().unwrap();
    Notice { earlier, later: run(), channel: "ops".into() }
}

pub fn live() -> Live {
    let facts = [
        LiveFact::Opened,
        LiveFact::Navigated,
        LiveFact::Contact { address: "collect.example/b".into(), transport: Transport::Beacon },
        LiveFact::Banner { source: "onetrust".into() },
        LiveFact::Choice(Choice::Reject),
        LiveFact::Reload,
        LiveFact::Typing { field: "input#mail".into() },
        LiveFact::Typed { fields: 1, met: 2 },
        LiveFact::Picture { kind: PictureKind::End, jpeg: vec![0xff, 0xd8, 0xff] },
        LiveFact::Ended(Outcome::Loaded { status: 200 }),
        LiveFact::BrokenOff,
    ];
    Live {
        task: page_task(),
        opened_at: "2026-03-01T02:03:04.123456789Z".parse().unwrap(),
        clock_ms: Some(12.5),
        first: 3,
        events: facts.into_iter().zip(0_u32..).map(|(fact, at)| LiveEvent { at_ms: f64::from(at), fact }).collect(),
    }
}

pub fn page_task() -> PageTask {
    PageTask {
        run: run(),
        start: page("/"),
        page: page("/contact"),
        kind: PageKind::Contact,
        profile: Profile::Untouched,
        repetition: 1,
        lane: Lane::Interactive,
        region: None,
    }
}

pub fn crawl() -> Crawl {
    Crawl {
        run: run(),
        start: page("/"),
        outcome: Outcome::Loaded { status: 200 },
        pages: vec![(page("/"), PageKind::Home), (page("/login"), PageKind::Login)],
        discovered: 71,
        took_ms: 1234,
    }
}

pub fn visit() -> Visit {
    Visit {
        task: page_task(),
        started_at: "2026-03-01T02:03:04.123456789Z".parse().unwrap(),
        took_ms: 17_250,
        final_url: Some(page("/contact-us")),
        outcome: Outcome::Loaded { status: 200 },
        identity: Identity {
            browser: "HeadlessChrome/156.0.8078.79".into(),
            user_agent: "Mozilla/5.0 (X11; Linux x86_64)".into(),
            third_party_cookies: true,
            earshot: "0.1.0".into(),
            egress: String::new(),
        },
        events: facts().into_iter().zip(0..).map(|(fact, seq)| event(seq, fact)).collect(),
        gaps: vec![Gap { kind: GapKind::BodyCut, detail: "https://collect.example/b: 300000 bytes".into() }],
        pictures: vec![Picture { kind: PictureKind::End, at_ms: None, key: "01JD/shot.png".into() }],
        served: Served::default(),
    }
}

fn event(seq: u32, fact: Fact) -> Event {
    let at_ms = (seq != 5).then_some(f64::from(seq) * 10.25);
    Event::new(seq, at_ms, "https://shop.example/contact-us", fact)
}

/// As [`visit`], with all that the second version added.
pub fn visit_v2() -> Visit {
    let mut visit = visit();
    visit.outcome = Outcome::Partial { status: 200, detail: "never parsed".into() };
    visit.task.kind = PageKind::Health;
    visit.gaps.push(Gap { kind: GapKind::AliasUnknown, detail: "metrics.shop.example".into() });
    visit.gaps.push(Gap { kind: GapKind::PageWitness, detail: "more than 500 messages".into() });
    let seq = visit.events.len() as u32;
    visit.events.extend(new_facts().into_iter().zip(seq..).map(|(fact, seq)| event(seq, fact)));
    visit.events[0].seen_by = Witness::ALL.into_iter().filter(|witness| *witness != Witness::Egress).collect();
    visit.events[1].seen_by = Witness::Page.into();
    visit
}

/// As [`visit_v2`], with all that the third version added.
pub fn visit_v3() -> Visit {
    let mut visit = visit_v2();
    visit.gaps.push(Gap { kind: GapKind::FieldUntyped, detail: "2 fields".into() });
    visit.gaps.push(Gap { kind: GapKind::SearchCut, detail: "1 body".into() });
    let entry = |kind, blurred_ms| {
        Fact::Entry(Entry {
            field: "input#mail[type=email]".into(),
            kind,
            ordinal: 3,
            characters: 27,
            last_key_ms: 9_040.25,
            blurred_ms,
            kept: true,
        })
    };
    let literal = Mark { kind: MarkKind::Literal, name: "inline script".into(), value: "k3y0123456789abcdef".into() };
    let facts = [entry(FieldKind::Email, Some(9_060.5)), entry(FieldKind::Checkbox, None), Fact::Mark(literal)];
    let seq = visit.events.len() as u32;
    visit.events.extend(facts.into_iter().zip(seq..).map(|(fact, seq)| event(seq, fact)));
    visit
}

/// As [`visit_v3`], with all that the fourth version added.
pub fn visit_v4() -> Visit {
    let mut visit = visit_v3();
    visit.task.profile = Profile::Reject;
    visit.gaps.push(Gap { kind: GapKind::ChoiceNotMade, detail: "no way to reject found".into() });
    let consent = |step, source: &str, value: &str, buttons| {
        Fact::Consent(Consent { step, source: source.into(), value: value.into(), buttons })
    };
    let buttons = vec![
        ConsentButton { means: ConsentMeans::Accept, text: "Accept all".into() },
        ConsentButton { means: ConsentMeans::Settings, text: "Settings".into() },
    ];
    let facts = [
        consent(ConsentStep::Banner, "onetrust", "div#onetrust-banner-sdk", buttons),
        consent(ConsentStep::Reject, "onetrust", "", Vec::new()),
        consent(ConsentStep::Signal, "usp", "1YYN", Vec::new()),
    ];
    let seq = visit.events.len() as u32;
    visit.events.extend(facts.into_iter().zip(seq..).map(|(fact, seq)| event(seq, fact)));
    visit.events[0].phase = Phase::PreBanner;
    visit.events[1].phase = Phase::PostReject;
    visit
}

/// As [`visit_v4`], with all that the fifth version added.
pub fn visit_v5() -> Visit {
    let mut visit = visit_v4();
    visit.identity.egress = "proxy exit.example:3128".into();
    visit.pictures = vec![
        Picture { kind: PictureKind::Banner, at_ms: Some(812.5), key: "01JD/shot-banner.jpg".into() },
        Picture { kind: PictureKind::End, at_ms: Some(9_120.0), key: "01JD/shot-end.jpg".into() },
    ];
    visit.served = Served {
        address: Some("203.0.113.7:443".into()),
        certificate: Some(Certificate {
            protocol: "TLS 1.3".into(),
            subject: "shop.example".into(),
            issuer: "Example CA".into(),
            valid_from: "2026-01-01T00:00:00Z".parse().unwrap(),
            valid_until: "2026-04-01T00:00:00Z".parse().unwrap(),
            sha256: "00ff".repeat(16),
        }),
    };
    visit
}

/// As [`visit_v5`], with all that the eighth version added.
pub fn visit_v8() -> Visit {
    let mut visit = visit_v5();
    visit.gaps.push(Gap { kind: GapKind::HostUnreached, detail: "cdn.example: name-server-failed".into() });
    let buttons = vec![ConsentButton { means: ConsentMeans::Unknown, text: "Xyzzy".into() }];
    let banner = Consent { step: ConsentStep::Banner, source: "plain".into(), value: "div".into(), buttons };
    let seq = visit.events.len() as u32;
    visit.events.push(event(seq, Fact::Consent(banner)));
    visit.events[0].seen_by.insert(Witness::Egress);
    visit
}

/// As [`seed_task`], with what the fifth version added.
pub fn seed_task_v5() -> SeedTask {
    SeedTask { repetitions: 3, ..seed_task() }
}

/// As [`seed_task_v5`], with what the seventh version added.
pub fn seed_task_v7() -> SeedTask {
    SeedTask { region: Some("us-east".parse().unwrap()), ..seed_task_v5() }
}

/// As [`page_task`], with what the seventh version added.
pub fn page_task_v7() -> PageTask {
    PageTask { region: Some("us-east".parse().unwrap()), ..page_task() }
}

fn stack() -> Vec<ScriptFrame> {
    vec![ScriptFrame { url: "https://cdn.example/a.js".into(), function: "send".into(), line: 0, column: 4711 }]
}

fn new_facts() -> Vec<Fact> {
    let mut preflight = request(None);
    preflight.initiator.request = Some(1);
    preflight.headers = vec![Header::new("Content-Type", "text/plain"), Header::new("Cookie", "_id=1")];
    let (event, target) = ("keydown".to_owned(), "document".to_owned());
    vec![
        Fact::Request(preflight),
        Fact::Cookie(Cookie {
            name: "_clck".into(),
            path: "/shop".into(),
            secure: true,
            same_site: Some("Lax".into()),
            partitioned: true,
            stack: stack(),
            kept: Some(false),
            ..Cookie::default()
        }),
        Fact::Storage(StorageWrite { area: StorageArea::IndexedDb, stack: stack(), ..StorageWrite::default() }),
        Fact::Storage(StorageWrite { area: StorageArea::Cache, ..StorageWrite::default() }),
        Fact::Listener(Listener { event, target, means: ListenMeans::Handler, count: 2, stack: stack() }),
        Fact::FieldRead(FieldRead { field: "input#mail".into(), count: 64, stack: stack() }),
        Fact::ApiCall(ApiCall { api: "Screen.width".into(), detail: "a=1".into(), count: 1, stack: stack() }),
        Fact::Alias(Alias { host: "m.shop.example".into(), chain: vec!["x.omtrdc.net".into()] }),
        Fact::Mark(Mark { kind: MarkKind::Container, name: "google_tag_manager".into(), value: "GTM-AB12".into() }),
    ]
}

/// One of each kind; the first two are requests, the second of which follows a redirect.
fn facts() -> Vec<Fact> {
    vec![
        Fact::Request(request(None)),
        Fact::Request(request(Some(0))),
        Fact::Response(Response { request: 1, status: 204, mime: "image/gif".into(), local: true }),
        Fact::Failed { request: 0, error: "net::ERR_ABORTED".into() },
        Fact::SocketFrame(SocketFrame {
            request: 1,
            direction: Direction::Sent,
            body: Body { size: 3, excerpt: vec![0, 255, 7] },
        }),
        Fact::Cookie(Cookie {
            name: "_id".into(),
            domain: "collect.example".into(),
            value_len: 21,
            lifetime_s: Some(-1),
            http_only: true,
            set_by: Some(1),
            blocked: Some("ThirdPartyPhaseout".into()),
            ..Cookie::default()
        }),
        Fact::Storage(StorageWrite {
            area: StorageArea::Session,
            origin: "https://shop.example".into(),
            key: "amplitude_id".into(),
            value_len: 9,
            ..StorageWrite::default()
        }),
    ]
}

fn request(redirect_of: Option<u32>) -> Request {
    Request {
        url: "https://collect.example/b?d=1".into(),
        method: "POST".into(),
        transport: Transport::Beacon,
        body: redirect_of.map(|_| Body { size: 300_000, excerpt: b"{\"e\":[]}".to_vec() }),
        initiator: Initiator {
            kind: "script".into(),
            url: Some("https://cdn.example/a.js".into()),
            stack: stack(),
            request: None,
        },
        redirect_of,
        on_leave: true,
        ..Request::default()
    }
}
