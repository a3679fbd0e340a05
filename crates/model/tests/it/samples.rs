//! Fixed values that use every field and every kind of fact.

use earshot_model::{
    Body, Cookie, Crawl, Direction, Event, Fact, Gap, GapKind, Identity, Initiator, Lane, Outcome, PageKind, PageTask,
    PageUrl, Profile, Request, Response, RunId, ScriptFrame, SeedTask, SocketFrame, StorageArea, StorageWrite, Target,
    Transport, Visit,
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
        },
        events: facts().into_iter().zip(0..).map(|(fact, seq)| event(seq, fact)).collect(),
        gaps: vec![Gap { kind: GapKind::BodyCut, detail: "https://collect.example/b: 300000 bytes".into() }],
        screenshot: Some("01JD/shot.png".into()),
    }
}

fn event(seq: u32, fact: Fact) -> Event {
    let at_ms = (seq != 5).then_some(f64::from(seq) * 10.25);
    Event { seq, at_ms, frame: "https://shop.example/contact-us".into(), fact }
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
        }),
        Fact::Storage(StorageWrite {
            area: StorageArea::Session,
            origin: "https://shop.example".into(),
            key: "amplitude_id".into(),
            value_len: 9,
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
            stack: vec![ScriptFrame {
                url: "https://cdn.example/a.js".into(),
                function: "send".into(),
                line: 0,
                column: 4711,
            }],
        },
        redirect_of,
        on_leave: true,
    }
}
