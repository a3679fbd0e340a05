//! Work and facts to send around.

use earshot_model::{
    Body, Crawl, Event, Fact, Identity, Lane, Outcome, PageKind, PageTask, PageUrl, Profile, Request, RunId, SeedTask,
    Served, Target, Transport, Visit,
};

pub fn page(path: &str) -> PageUrl {
    PageUrl::parse(&format!("https://shop.example/{path}")).unwrap()
}

pub fn seed(run: RunId, domain: &str, lane: Lane) -> SeedTask {
    SeedTask {
        run,
        target: Target::parse(domain).unwrap(),
        pages: 3,
        profiles: vec![Profile::Untouched],
        lane,
        repetitions: 1,
        region: None,
    }
}

pub fn task(run: RunId, path: &str, lane: Lane) -> PageTask {
    let profile = Profile::Untouched;
    PageTask {
        run,
        start: page(""),
        page: page(path),
        kind: PageKind::Other,
        profile,
        repetition: 0,
        lane,
        region: None,
    }
}

pub fn crawl(run: RunId, paths: &[&str]) -> Crawl {
    Crawl {
        run,
        start: page(""),
        outcome: Outcome::Loaded { status: 200 },
        pages: paths.iter().map(|path| (page(path), PageKind::Other)).collect(),
        discovered: 9,
        took_ms: 1,
    }
}

/// A visit with one request, whose body is as long as one may be, for each 256 KiB.
pub fn visit(task: PageTask, bodies: u32) -> Visit {
    Visit {
        task,
        started_at: jiff::Timestamp::UNIX_EPOCH,
        took_ms: 9000,
        final_url: None,
        outcome: Outcome::Loaded { status: 200 },
        identity: Identity::default(),
        events: (0..bodies).map(upload).collect(),
        gaps: vec![],
        pictures: Vec::new(),
        served: Served::default(),
    }
}

fn upload(seq: u32) -> Event {
    let excerpt: Vec<u8> = (0..Body::MAX_EXCERPT).map(|at| (at as u32).wrapping_mul(seq + 7) as u8).collect();
    let request = Request {
        url: "https://collect.example/".into(),
        method: "POST".into(),
        transport: Transport::Beacon,
        body: Some(Body { size: excerpt.len() as u64, excerpt }),
        ..Request::default()
    };
    Event::new(seq, None, "", Fact::Request(request))
}
