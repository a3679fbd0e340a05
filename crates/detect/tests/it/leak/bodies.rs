//! Bodies as pages send them, made up: what tests and benches search, and where nothing may be found.

use std::{fmt::Write as _, io::Write as _};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use flate2::{Compression, write::GzEncoder};
use rand::{Rng, RngCore, SeedableRng, rngs::StdRng};

/// Words of pages, events and fields.
const WORDS: [&str; 40] = [
    "page",
    "view",
    "click",
    "scroll",
    "product",
    "checkout",
    "session",
    "visitor",
    "campaign",
    "newsletter",
    "search",
    "category",
    "banana",
    "telecommunication",
    "value",
    "position",
    "undefined",
    "attributes",
    "container",
    "wrapper",
    "primary",
    "button",
    "Gabriele",
    "Mofakane",
    "Robinson",
    "javascript",
    "performance",
    "navigation",
    "summer",
    "collection",
    "velocity",
    "babapapa",
    "cucumber",
    "salesforce",
    "tomato",
    "kimono",
    "camelCaseName",
    "dataLayer",
    "example.com",
    "marketing",
];

/// The kinds of bodies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Batches of events in JSON.
    Analytics,
    /// Replay: snapshots and mutations in JSON, with pieces of HTML and CSS.
    Replay,
    /// A query of Google Analytics.
    Query,
    /// A form, percent-encoded.
    Form,
    /// JSON in base64 in JSON.
    Base64,
    /// JSON, packed.
    Gzip,
    /// Bytes that nobody can read.
    Sealed,
    /// Lines of JSON, and identifiers of all kinds.
    Identifiers,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Analytics,
        Self::Replay,
        Self::Query,
        Self::Form,
        Self::Base64,
        Self::Gzip,
        Self::Sealed,
        Self::Identifiers,
    ];
}

/// Makes bodies: the same ones for the same seed.
pub struct Bodies {
    dice: StdRng,
}

impl Bodies {
    pub fn new(seed: u64) -> Self {
        Self { dice: StdRng::seed_from_u64(seed) }
    }

    /// A body of any kind, of some hundred bytes to some kilobytes.
    pub fn any(&mut self) -> Vec<u8> {
        let kind = Kind::ALL[self.dice.random_range(0..Kind::ALL.len())];
        let size = self.dice.random_range(200..3000);
        self.body(kind, size)
    }

    /// A body of that kind and about that size.
    pub fn body(&mut self, kind: Kind, size: usize) -> Vec<u8> {
        match kind {
            Kind::Analytics => self.list(size, Self::event).into_bytes(),
            Kind::Replay => self.list(size, Self::mutation).into_bytes(),
            Kind::Query => self.query(size).into_bytes(),
            Kind::Form => self.form(size).into_bytes(),
            Kind::Base64 => {
                let inner = STANDARD.encode(self.list(size * 3 / 4, Self::event));
                format!(r#"{{"data":"{inner}","v":2}}"#).into_bytes()
            }
            Kind::Gzip => {
                let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
                packed.write_all(self.list(size * 4, Self::mutation).as_bytes()).unwrap();
                packed.finish().unwrap()
            }
            Kind::Sealed => {
                let mut bytes = vec![0; size];
                self.dice.fill_bytes(&mut bytes);
                bytes
            }
            Kind::Identifiers => self.identifiers(size).into_bytes(),
        }
    }

    fn word(&mut self) -> &'static str {
        WORDS[self.dice.random_range(0..WORDS.len())]
    }

    fn words(&mut self) -> String {
        let count = self.dice.random_range(1..8);
        (0..count).map(|_| self.word()).collect::<Vec<_>>().join(" ")
    }

    fn hex(&mut self, digits: usize) -> String {
        (0..digits).map(|_| char::from(b"0123456789abcdef"[self.dice.random_range(0..16)])).collect()
    }

    fn base64(&mut self, bytes: usize) -> String {
        let mut random = vec![0; bytes];
        self.dice.fill_bytes(&mut random);
        STANDARD.encode(random)
    }

    fn list(&mut self, size: usize, item: fn(&mut Self) -> String) -> String {
        let mut text = String::from(r#"{"batch":["#);
        while text.len() < size {
            text += &item(self);
            text.push(',');
        }
        text + "null]}"
    }

    fn event(&mut self) -> String {
        let (event, name, time) =
            (self.word(), self.words(), self.dice.random_range(1_700_000_000_000u64..1_800_000_000_000));
        let (id, x, path) = (self.hex(32), self.dice.random_range(0..4000), self.word());
        format!(
            r#"{{"event":"{event}","properties":{{"$current_url":"https://www.shop.example/{path}?ref={path}","title":"{name}","$device_id":"{id}","x":{x},"y":{},"distinct":null,"active":true}},"timestamp":{time}}}"#,
            x / 3,
        )
    }

    fn mutation(&mut self) -> String {
        let (id, time) =
            (self.dice.random_range(1..5000), self.dice.random_range(1_700_000_000_000u64..1_800_000_000_000));
        match self.dice.random_range(0..4) {
            0 => {
                let points: Vec<String> = (0..self.dice.random_range(5..30))
                    .map(|_| {
                        let (x, y) = (self.dice.random_range(0..1900), self.dice.random_range(0..1000));
                        format!(r#"{{"x":{x},"y":{y},"id":{id},"timeOffset":-{}}}"#, y / 2)
                    })
                    .collect();
                format!(r#"{{"type":3,"data":{{"source":1,"positions":[{}]}},"timestamp":{time}}}"#, points.join(","))
            }
            1 => {
                let (class, text, style) = (self.word(), self.words(), self.words().replace(' ', "-"));
                format!(
                    r#"{{"type":3,"data":{{"source":0,"texts":[],"attributes":[{{"id":{id},"attributes":{{"class":"{class} {style}","style":{{"transform":"translate3d({id}px, 0px, 0px)"}}}}}}],"adds":[{{"parentId":{id},"node":{{"type":3,"textContent":"{text}","id":{id}}}}}]}},"timestamp":{time}}}"#
                )
            }
            2 => {
                let (class, text) = (self.word(), self.words());
                format!(
                    r#"{{"type":2,"html":"<div class=\"{class}\" data-id=\"{id}\">{text} &amp; {class}<\/div>","t":{time}}}"#
                )
            }
            _ => format!(
                r#"{{"type":3,"data":{{"source":5,"text":"***************","isChecked":false,"id":{id}}},"timestamp":{time}}}"#
            ),
        }
    }

    fn query(&mut self, size: usize) -> String {
        let mut text = format!(
            "v=2&tid=G-{}&_p={}",
            self.hex(10).to_uppercase(),
            self.dice.random_range(1_000_000_000u32..4_000_000_000)
        );
        while text.len() < size {
            let (name, value) = (self.word(), self.words().replace(' ', "%20"));
            let number = self.dice.random_range(1_000_000_000u64..9_999_999_999);
            let _ = write!(
                text,
                "&ep.{name}={value}&cid={number}.{}&dl=https%3A%2F%2Fwww.shop.example%2F{name}",
                number / 7
            );
        }
        text
    }

    fn form(&mut self, size: usize) -> String {
        let mut text = String::from("action=track");
        while text.len() < size {
            let (name, value, digest) = (self.word(), self.words().replace(' ', "+"), self.base64(20));
            let _ = write!(text, "&{name}={value}&sig={}", digest.replace('+', "%2B").replace('=', "%3D"));
        }
        text
    }

    fn identifiers(&mut self, size: usize) -> String {
        let mut text = String::new();
        while text.len() < size {
            let (sha, md5, short, id) = (self.hex(64), self.hex(32), self.hex(8), self.base64(32));
            let (crc, phone) = (self.dice.next_u32(), self.dice.random_range(2_000_000_000u64..9_999_999_999));
            let digits = self.dice.random_range(1_000_000_000_000_000u64..9_999_999_999_999_999);
            let _ = writeln!(
                text,
                r#"{{"em":"{sha}","id":"{md5}","h":"{short}","k":"{id}","crc":{crc},"call":"{phone}","n":{},"order":{digits}}}"#,
                phone % 999_999_999,
            );
        }
        text
    }
}
