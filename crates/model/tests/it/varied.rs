//! Values made by dice: any `u64` makes one, the same one each time.

use earshot_model::{
    Alias, ApiCall, BlockReason, Body, Certificate, Consent, ConsentButton, ConsentMeans, ConsentStep, Cookie, Crawl,
    Direction, Entry, Event, Fact, FieldKind, FieldRead, Gap, GapKind, Header, Identity, Initiator, Lane, ListenMeans,
    Listener, Mark, MarkKind, Outcome, PageKind, PageTask, PageUrl, Phase, Picture, PictureKind, Profile,
    RefusalReason, Region, Request, Response, RunId, ScriptFrame, SeedTask, Served, SocketFrame, StorageArea,
    StorageWrite, Target, Transport, Visit, Witness,
};
use rand::{Rng, SeedableRng, rngs::StdRng};

pub struct Dice(StdRng);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(StdRng::seed_from_u64(seed))
    }

    pub fn below(&mut self, end: usize) -> usize {
        self.0.random_range(0..end)
    }

    pub fn bytes(&mut self, max: usize) -> Vec<u8> {
        (0..self.below(max + 1)).map(|_| self.0.random()).collect()
    }

    pub fn seed_task(&mut self) -> SeedTask {
        SeedTask {
            run: self.run(),
            target: Target { start: self.page(), scheme_given: self.coin(), only_this_page: self.coin() },
            pages: self.0.random_range(1..100_000),
            profiles: vec![self.one(&Profile::ALL); 1 + self.below(3)],
            lane: self.one(&[Lane::Interactive, Lane::Bulk]),
            repetitions: self.0.random_range(1..=100),
            region: self.region(),
        }
    }

    pub fn page_task(&mut self) -> PageTask {
        PageTask {
            run: self.run(),
            start: self.page(),
            page: self.page(),
            kind: self.page_kind(),
            profile: self.one(&Profile::ALL),
            repetition: self.0.random(),
            lane: self.one(&[Lane::Interactive, Lane::Bulk]),
            region: self.region(),
        }
    }

    fn region(&mut self) -> Option<Region> {
        let name: Region = self.one(&["eu", "us-east"]).parse().unwrap();
        self.coin().then_some(name)
    }

    pub fn crawl(&mut self) -> Crawl {
        Crawl {
            run: self.run(),
            start: self.page(),
            outcome: self.outcome(),
            pages: (0..self.below(20)).map(|_| (self.page(), self.page_kind())).collect(),
            discovered: self.0.random(),
            took_ms: self.0.random(),
        }
    }

    pub fn visit(&mut self) -> Visit {
        let seconds = self.0.random_range(-377_705_023_201..=253_402_207_200);
        Visit {
            task: self.page_task(),
            started_at: jiff::Timestamp::new(seconds, 0).unwrap(),
            took_ms: self.0.random(),
            final_url: self.maybe(Self::page),
            outcome: self.outcome(),
            identity: Identity {
                browser: self.text(),
                user_agent: self.text(),
                third_party_cookies: self.coin(),
                earshot: self.text(),
                egress: self.text(),
            },
            events: (0..self.below(40) as u32).map(|seq| self.event(seq)).collect(),
            gaps: (0..self.below(5)).map(|_| self.gap()).collect(),
            pictures: (0..self.below(3)).map(|_| self.picture()).collect(),
            served: self.served(),
        }
    }

    fn picture(&mut self) -> Picture {
        let kind = self.one(&[PictureKind::Banner, PictureKind::End]);
        Picture { kind, at_ms: self.maybe(|dice| dice.0.random_range(0.0..1e7)), key: self.word() }
    }

    fn served(&mut self) -> Served {
        let certificate = |dice: &mut Self| Certificate {
            protocol: dice.text(),
            subject: dice.text(),
            issuer: dice.text(),
            valid_from: jiff::Timestamp::UNIX_EPOCH,
            valid_until: jiff::Timestamp::new(dice.0.random_range(0..4_000_000_000), 0).unwrap(),
            sha256: dice.text(),
        };
        Served { address: self.maybe(Self::text), certificate: self.maybe(certificate) }
    }

    fn event(&mut self, seq: u32) -> Event {
        let at_ms = self.maybe(|dice| dice.0.random_range(-1.0..1e7));
        let seen_by = Witness::ALL.into_iter().filter(|_| self.coin()).collect();
        Event { seq, at_ms, phase: self.phase(), frame: self.text(), seen_by, fact: self.fact(seq) }
    }

    /// The first event is a request, so that the others have one to refer to.
    fn fact(&mut self, seq: u32) -> Fact {
        match if seq == 0 { 0 } else { self.below(13) } {
            0 => Fact::Request(self.request(seq)),
            1 => Fact::Response(Response { request: 0, status: self.status(), mime: self.text(), local: self.coin() }),
            2 => Fact::Failed { request: 0, error: self.text() },
            3 => Fact::SocketFrame(SocketFrame {
                request: 0,
                direction: self.one(&[Direction::Sent, Direction::Received]),
                body: self.body(),
            }),
            4 => Fact::Cookie(self.cookie()),
            5 => Fact::Storage(StorageWrite {
                area: self.one(&[StorageArea::Local, StorageArea::Session, StorageArea::IndexedDb, StorageArea::Cache]),
                origin: self.text(),
                key: self.text(),
                value_len: self.0.random(),
                stack: self.stack(),
            }),
            6 => Fact::Listener(Listener {
                event: self.word(),
                target: self.text(),
                means: self.one(&[ListenMeans::Listener, ListenMeans::Handler, ListenMeans::Observer]),
                count: self.0.random(),
                stack: self.stack(),
            }),
            7 => Fact::FieldRead(FieldRead { field: self.text(), count: self.0.random(), stack: self.stack() }),
            8 => Fact::ApiCall(ApiCall {
                api: self.word(),
                detail: self.text(),
                count: self.0.random(),
                stack: self.stack(),
            }),
            9 => Fact::Alias(Alias {
                host: self.word(),
                chain: (0..1 + self.below(Alias::MAX_CHAIN)).map(|_| self.word()).collect(),
            }),
            10 => Fact::Mark(Mark { kind: self.mark_kind(), name: self.text(), value: self.text() }),
            11 => Fact::Entry(Entry {
                field: self.text(),
                kind: self.one(&FieldKind::ALL),
                ordinal: self.0.random(),
                characters: self.0.random(),
                last_key_ms: self.0.random_range(-1.0..1e7),
                blurred_ms: self.maybe(|dice| dice.0.random_range(-1.0..1e7)),
                kept: self.coin(),
            }),
            _ => Fact::Consent(Consent {
                step: self.one(&[
                    ConsentStep::Banner,
                    ConsentStep::Press,
                    ConsentStep::Call,
                    ConsentStep::Reject,
                    ConsentStep::Accept,
                    ConsentStep::Reload,
                    ConsentStep::Signal,
                ]),
                source: self.word(),
                value: self.text(),
                buttons: (0..self.below(3)).map(|_| self.button()).collect(),
            }),
        }
    }

    fn button(&mut self) -> ConsentButton {
        let means = [
            ConsentMeans::Accept,
            ConsentMeans::Reject,
            ConsentMeans::Settings,
            ConsentMeans::Dismiss,
            ConsentMeans::Other,
        ];
        ConsentButton { means: self.one(&means), text: self.text() }
    }

    fn phase(&mut self) -> Phase {
        self.one(&[
            Phase::PreChoice,
            Phase::PreBanner,
            Phase::PostReject,
            Phase::PostAccept,
            Phase::NoBanner,
            Phase::Gpc,
        ])
    }

    fn request(&mut self, seq: u32) -> Request {
        Request {
            url: format!("https://x.example/{}", self.text()),
            method: "GET".into(),
            transport: self.transport(),
            body: self.maybe(Self::body),
            initiator: Initiator {
                kind: self.text(),
                url: self.maybe(Self::text),
                stack: self.stack(),
                request: (seq > 0 && self.coin()).then_some(0),
            },
            redirect_of: (seq > 0 && self.coin()).then_some(0),
            on_leave: self.coin(),
            headers: (0..self.below(5)).map(|_| Header { name: self.word(), value: self.maybe(Self::text) }).collect(),
        }
    }

    fn stack(&mut self) -> Vec<ScriptFrame> {
        (0..self.below(Initiator::MAX_FRAMES + 1)).map(|_| self.script_frame()).collect()
    }

    fn mark_kind(&mut self) -> MarkKind {
        use MarkKind::*;
        self.one(&[Generator, Global, Container, InlineScript, Script, Literal])
    }

    fn script_frame(&mut self) -> ScriptFrame {
        ScriptFrame { url: self.text(), function: self.text(), line: self.0.random(), column: self.0.random() }
    }

    fn body(&mut self) -> Body {
        let excerpt = self.bytes(100);
        Body { size: self.0.random_range(excerpt.len() as u64..=u64::MAX), excerpt }
    }

    fn cookie(&mut self) -> Cookie {
        Cookie {
            name: self.text(),
            domain: self.text(),
            value_len: self.0.random(),
            lifetime_s: self.maybe(|dice| dice.0.random()),
            http_only: self.coin(),
            set_by: self.maybe(|_| 0),
            blocked: self.maybe(Self::text),
            path: self.text(),
            secure: self.coin(),
            same_site: self.maybe(Self::text),
            partitioned: self.coin(),
            stack: self.stack(),
            kept: self.maybe(Self::coin),
        }
    }

    fn gap(&mut self) -> Gap {
        use GapKind::*;
        let kinds = [
            BodyUnread,
            BodyCut,
            EventBudget,
            UnparsedMessage,
            TargetUnwatched,
            CutShort,
            StorageUnread,
            ScreenshotMissing,
            LeaveUnseen,
            UnobservedUpload,
            UploadNotAwaited,
            PrivateAddress,
            AliasUnknown,
            PageWitness,
            FieldUntyped,
            SearchCut,
        ];
        Gap { kind: self.one(&kinds), detail: self.text() }
    }

    fn transport(&mut self) -> Transport {
        use Transport::*;
        self.one(&[
            Document,
            Script,
            Style,
            Font,
            Image,
            Media,
            Fetch,
            Xhr,
            Beacon,
            WebSocket,
            EventSource,
            WebTransport,
            Preflight,
            Other,
        ])
    }

    fn page_kind(&mut self) -> PageKind {
        use PageKind::*;
        self.one(&[Home, Contact, Login, Checkout, Product, Search, Article, Health, Legal, Other])
    }

    fn outcome(&mut self) -> Outcome {
        let status = self.status();
        match self.below(11) {
            0 => Outcome::Loaded { status },
            1 => Outcome::Blocked { status, reason: self.block_reason() },
            2 => Outcome::HttpError { status },
            3 => Outcome::Refused { reason: self.one(&[RefusalReason::PrivateAddress, RefusalReason::Robots]) },
            4 => Outcome::Unreachable { error: self.text() },
            5 => Outcome::TimedOut { after_ms: self.0.random() },
            6 => Outcome::Crashed { detail: self.text() },
            7 => Outcome::Partial { status, detail: self.text() },
            8 => Outcome::Parked { status, sign: self.text() },
            9 => Outcome::OffSite { status, to: self.text() },
            _ => Outcome::NotAPage { detail: self.text() },
        }
    }

    fn block_reason(&mut self) -> BlockReason {
        self.one(&[BlockReason::Status, BlockReason::Challenge, BlockReason::Captcha])
    }

    fn run(&mut self) -> RunId {
        RunId(self.0.random::<u128>().into())
    }

    fn page(&mut self) -> PageUrl {
        let host = self.one(&["a.example", "[::1]:8080", "10.0.0.1", "xn--bcher-kva.example:81", "localhost"]);
        PageUrl::parse(&format!("http://{host}/{}", self.text())).unwrap()
    }

    fn status(&mut self) -> u16 {
        self.0.random_range(0..=999)
    }

    /// Letters of all widths, and none.
    fn text(&mut self) -> String {
        (0..self.below(20)).map(|_| self.0.random::<char>()).collect()
    }

    /// As [`Self::text`], but never empty.
    fn word(&mut self) -> String {
        format!("w{}", self.text())
    }

    fn maybe<T>(&mut self, make: impl FnOnce(&mut Self) -> T) -> Option<T> {
        self.coin().then(|| make(self))
    }

    fn coin(&mut self) -> bool {
        self.0.random()
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }
}
