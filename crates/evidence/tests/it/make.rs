//! Visits, and archives of them.

use std::{
    io::{Cursor, Read as _, Write as _},
    path::Path,
};

use earshot_evidence::{Archive, Bundle, Case, Chain, Evidence, ManifestKey, Scope, SigningKey};
use earshot_model::{
    Body, Canary, Certificate, Consent, ConsentStep, Direction, Entry, Event, Exposure, Fact, FieldKind, Finding,
    FindingId, Gap, GapKind, Grade, Header, Heard, Identity, Initiator, Lane, Outcome, PageKind, PageTask, PageUrl,
    Phase, Picture, PictureKind, Profile, Proof, Request, Response, Rule, RunId, ScriptFrame, Served, SocketFrame,
    Traits, Transport, Upload, Visit,
};
use tempfile::TempDir;
use zip::{CompressionMethod, ZipArchive, ZipWriter, write::SimpleFileOptions};

pub const ADDRESSES: [&str; 3] = ["https://care.test/", "https://care.test/contact", "https://shop.test/"];

/// A visit on which something was typed, and sent.
pub fn visit(run: RunId, address: &str) -> Visit {
    let page = PageUrl::parse(address).unwrap();
    let mut visit = Visit {
        task: PageTask {
            run,
            start: page.clone(),
            page: page.clone(),
            kind: PageKind::guess(&page),
            profile: Profile::Untouched,
            repetition: 0,
            lane: Lane::Bulk,
            region: None,
        },
        started_at: "2026-11-21T20:00:00.5Z".parse().unwrap(),
        took_ms: 9_000,
        final_url: Some(page),
        outcome: Outcome::of_status(200),
        identity: Identity {
            browser: "HeadlessChrome/156.0.8078.79".into(),
            user_agent: "Mozilla/5.0".into(),
            third_party_cookies: true,
            earshot: "0.1.0".into(),
            egress: "direct".into(),
        },
        events: Vec::new(),
        gaps: vec![Gap { kind: GapKind::BodyUnread, detail: "https://x.test/".into() }],
        pictures: Vec::new(),
        served: Served {
            address: Some("[2001:db8::7]:443".into()),
            certificate: Some(Certificate {
                protocol: "TLS 1.3".into(),
                subject: "care.test".into(),
                issuer: "A CA".into(),
                valid_from: "2026-01-01T00:00:00Z".parse().unwrap(),
                valid_until: "2027-01-01T00:00:00Z".parse().unwrap(),
                sha256: "ab".repeat(32),
            }),
        },
    };
    let canary = Canary::derive(visit.id(), 0, FieldKind::Email);
    visit.events = facts(address, canary.text())
        .into_iter()
        .zip(0..)
        .map(|((at_ms, fact), seq)| Event::new(seq, at_ms, address, fact))
        .collect();
    visit
}

fn facts(address: &str, typed: &str) -> Vec<(Option<f64>, Fact)> {
    let frame = ScriptFrame { url: "https://v.test/v.js".into(), function: "send".into(), line: 3, column: 9 };
    let request = |url: &str, transport, headers: &[(&str, &str)], body: Option<Body>| Request {
        url: url.into(),
        method: if body.is_some() { "POST" } else { "GET" }.into(),
        transport,
        headers: headers.iter().map(|(name, value)| Header::new(name, value)).collect(),
        body,
        initiator: Initiator { kind: "script".into(), stack: vec![frame.clone()], ..Initiator::default() },
        ..Request::default()
    };
    let whole = |bytes: &[u8]| Body { size: bytes.len() as u64, excerpt: bytes.to_vec() };
    let upload = whole(format!("{{\"email\":\"{typed}\"}}").as_bytes());
    let consent = |step| Fact::Consent(Consent { step, source: "plain".into(), ..Consent::default() });
    let entry = Entry {
        field: "input#mail[type=email]".into(),
        kind: FieldKind::Email,
        ordinal: 0,
        characters: typed.len() as u32,
        last_key_ms: 5_000.0,
        blurred_ms: Some(5_100.0),
        kept: true,
    };
    let cookie = [("Cookie", "sid=secret"), ("Content-Type", "application/json")];
    vec![
        (Some(0.0), Fact::Request(request(address, Transport::Document, &[], None))),
        (Some(80.5), Fact::Response(Response { request: 0, status: 200, mime: "text/html".into(), local: false })),
        (Some(700.0), consent(ConsentStep::Banner)),
        (Some(4_000.0), Fact::Entry(entry)),
        (Some(5_200.0), Fact::Request(request("https://v.test/t?a=1&b=%20", Transport::Fetch, &cookie, Some(upload)))),
        (Some(5_300.0), Fact::Failed { request: 4, error: "net::ERR_ABORTED".into() }),
        (None, Fact::Request(request("wss://v.test/s", Transport::WebSocket, &[], None))),
        (
            Some(5_400.0),
            Fact::SocketFrame(SocketFrame { request: 6, direction: Direction::Sent, body: whole(&[0xff, 0, 1]) }),
        ),
        (
            Some(5_500.0),
            Fact::SocketFrame(SocketFrame { request: 6, direction: Direction::Received, body: whole(b"ok") }),
        ),
    ]
}

/// Somebody was sent what was typed.
pub fn finding(visit: &Visit) -> Finding {
    let layer = b"{\"email\":\"".to_vec();
    let proof = Proof {
        event: 4,
        url: "https://v.test/t?a=1&b=%20".into(),
        part: "body".into(),
        bytes: (10, 30),
        inner: (10, 30),
        layer,
        name: "email".into(),
        phase: Phase::PreBanner,
        at_ms: 5_200.0,
        ..Proof::default()
    };
    let heard = Heard {
        field: "input#mail[type=email]".into(),
        kind: FieldKind::Email,
        entry: 3,
        grade: Grade::K5,
        form: "whole".into(),
        times: 1,
        proof: Some(proof),
        ..Heard::default()
    };
    Finding {
        id: FindingId::derive(visit.id(), Rule::Keystrokes, "v"),
        run: visit.task.run,
        visit: visit.id(),
        site: visit.task.site(),
        page: visit.task.page.clone(),
        rule: Rule::Keystrokes,
        vendor: "v".into(),
        vendor_name: "V".into(),
        category: "analytics".into(),
        exposure: Exposure::Content,
        first_contact_ms: 5_200.0,
        proof: 4,
        proof_url: "https://v.test/t?a=1&b=%20".into(),
        requests: 1,
        upload: Upload::default(),
        stored: Vec::new(),
        grade: Some(Grade::K5),
        heard: vec![heard],
        traits: Traits::default(),
    }
}

pub fn bundle(visit: &Visit) -> Bundle {
    let vendors = [None, None, None, None, Some("v".to_owned())];
    let findings = [finding(visit)];
    Bundle::of(&Case { visit, findings: &findings, gaps_added: &[], vendors: &vendors, ruleset: "2026.11" })
}

/// Keeps a visit of each address, with a picture.
pub async fn keep(evidence: &Evidence, run: RunId, key: &SigningKey) -> Vec<ManifestKey> {
    let mut keys = Vec::new();
    for address in ADDRESSES {
        let mut visit = visit(run, address);
        let jpeg = format!("a picture of {address}").into_bytes();
        let picture = evidence.put_picture(run, visit.id(), PictureKind::Banner, jpeg).await.unwrap();
        visit.pictures.push(Picture { kind: PictureKind::Banner, at_ms: Some(812.5), key: picture });
        keys.push(evidence.keep(bundle(&visit), key).await.unwrap());
    }
    keys
}

pub fn chain(run: RunId, keys: &[ManifestKey]) -> Chain {
    let mut chain = Chain::new(run);
    keys.iter().for_each(|key| chain.add(key));
    chain
}

/// A sealed run and its archive.
pub struct Fixture {
    pub dir: TempDir,
    pub run: RunId,
    pub key: SigningKey,
    pub keys: Vec<ManifestKey>,
}

impl Fixture {
    pub fn new() -> Self {
        let (dir, run, key) = (tempfile::tempdir().unwrap(), RunId::new(), SigningKey::generate().unwrap());
        let evidence = Evidence::in_directory(&dir.path().join("evidence")).unwrap();
        let keys = wait(async {
            let keys = keep(&evidence, run, &key).await;
            evidence.seal(&chain(run, &keys), &key).await.unwrap();
            keys
        });
        let fixture = Self { dir, run, key, keys };
        fixture.export(&fixture.keys, Scope::Run);
        fixture
    }

    pub fn evidence(&self) -> Evidence {
        Evidence::in_directory(&self.dir.path().join("evidence")).unwrap()
    }

    pub fn path(&self) -> std::path::PathBuf {
        self.dir.path().join("bundle.zip")
    }

    pub fn export(&self, keys: &[ManifestKey], scope: Scope) -> bool {
        let evidence = self.evidence();
        wait(async {
            let mut archive = Archive::create(&self.path(), self.run, scope).unwrap();
            for key in keys {
                archive.add(&evidence, key).await.unwrap();
            }
            archive.finish(&evidence).await.unwrap()
        })
    }

    pub fn bytes(&self) -> Vec<u8> {
        std::fs::read(self.path()).unwrap()
    }

    pub fn files(&self) -> Vec<(String, Vec<u8>)> {
        unzip(&self.path())
    }
}

pub fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

pub fn unzip(path: &Path) -> Vec<(String, Vec<u8>)> {
    let mut zip = ZipArchive::new(std::fs::File::open(path).unwrap()).unwrap();
    let count = zip.len();
    let read = |index| {
        let mut entry = zip.by_index(index).unwrap();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        (entry.name().unwrap().into_owned(), bytes)
    };
    (0..count).map(read).collect()
}

/// What somebody packs who has a zip program.
pub fn zip(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        zip.start_file(name, options).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}
