//! The site whose pages leak what is typed, each in a shape of its own and over every transport: `matrix.test`.
//!
//! The shapes are made in the page by `sites/cdn.ear-matrix.test`, with the encoders that npm has for browsers; here
//! stand the pages, and what must be heard of each.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;

use crate::site::{Resource, Site};
use crate::truth::{Keystrokes, PageTruth, SiteTruth};

/// The site.
const HOST: &str = "matrix.test";
/// Whose script takes what is typed.
const EAR: &str = "ear-matrix.test";
/// The parties that hear it, one for each transport.
const SINKS: &[&str] = &[
    "sink-query.test",
    "sink-path.test",
    "sink-pixel.test",
    "sink-fetch.test",
    "sink-xhr.test",
    "sink-beacon.test",
    "sink-form.test",
    "sink-multipart.test",
    "sink-header.test",
    "sink-socket.test",
    "sink-worker.test",
    "sink-json.test",
    "sink-frame.test",
];
/// The key of the page on which what is typed is authenticated with one.
const KEY: &str = "mk_4f9c1b7e20d85a36Qz";

/// The shape that is made of keys, and for which no field is read.
const KEY_BY_KEY: &str = "typing-keys";

/// The fields of a page.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fields {
    Mail,
    Name,
    Both,
}

use Fields::{Both, Mail, Name};

/// A page a shape: its path, its fields, and what each sink hears, as a truth says it.
const SHAPES: &[(&str, Fields, &str)] = &[
    ("plain", Mail, "K5 whole"),
    ("percent", Mail, "K5 percent"),
    ("percent-twice", Mail, "K5 percent"),
    ("html-entities", Mail, "K5 html"),
    ("json-string", Mail, "K5 whole"),
    ("unicode-escapes", Name, "K5 json"),
    ("nested-json", Name, "K5 whole"),
    ("base64-0", Mail, "K5 base64"),
    ("base64-1", Mail, "K5 base64"),
    ("base64-2", Mail, "K5 base64"),
    ("base64url", Name, "K5 base64"),
    ("base32", Mail, "K5 base32"),
    ("base58", Mail, "K5 base58"),
    ("base85", Mail, "K5 85"),
    ("hex", Mail, "K5 hex"),
    ("gzip", Mail, "K5 gzip"),
    ("zlib", Mail, "K5 zlib"),
    ("deflate", Mail, "K5 deflate"),
    ("brotli", Mail, "K5 brotli"),
    ("zstd", Mail, "K5 zstd"),
    ("lz-utf16", Mail, "K5 lz-string"),
    ("lz-base64", Mail, "K5 lz-string"),
    ("lz-uri", Mail, "K5 lz-string"),
    ("lz-uint8array", Mail, "K5 lz-string"),
    ("utf-16le", Name, "K5 utf-16"),
    ("utf-16be", Name, "K5 utf-16"),
    ("char-codes", Mail, "K5 code"),
    ("msgpack", Mail, "K5 whole"),
    ("protobuf", Mail, "K5 whole"),
    ("quoted-printable", Name, "K5 quoted-printable"),
    ("reversed", Name, "K5 reversed"),
    ("rot13", Name, "K5 rot"),
    ("xor", Mail, "K5 xor"),
    ("gzip-in-json", Mail, "K5 gzip"),
    ("gzip-in-gzip", Mail, "K5 gzip"),
    ("lower", Name, "K5 lower"),
    ("gmail", Mail, "K5 gmail"),
    ("local-part", Mail, "K5 local"),
    ("typing-whole", Mail, "K6"),
    (KEY_BY_KEY, Name, "K6"),
    ("md5", Mail, "K4 md5"),
    ("sha1", Mail, "K4 sha1"),
    ("sha224", Mail, "K4 sha224"),
    ("sha256", Mail, "K4 sha256"),
    ("sha384", Mail, "K4 sha384"),
    ("sha512", Mail, "K4 sha512"),
    ("sha3-256", Mail, "K4 sha3-256"),
    ("ripemd160", Mail, "K4 ripemd"),
    ("blake2b", Mail, "K4 blake2b"),
    ("blake3", Mail, "K4 blake3"),
    ("sha256-lower", Name, "K4 sha256 lower"),
    ("sha256-host", Mail, "K4 sha256 salt"),
    ("sha256-salted", Mail, "K4 sha256 salt"),
    ("sha256-short", Mail, "K4 sha256"),
    ("sha256-base64", Mail, "K4 sha256"),
    ("hmac-sha256", Mail, "K4 hmac"),
    ("murmur3", Both, "K4 murmur3"),
    ("xxh64", Both, "K4 xxh64"),
];

/// The site, with a home page that leads to all of its shapes.
pub(crate) fn site() -> Site {
    let mut site = Site {
        host: HOST.to_owned(),
        aliases: Vec::new(),
        https: true,
        http: false,
        third_party: false,
        address: None,
        cname: BTreeMap::new(),
        truth: SiteTruth {
            domain: HOST.to_owned(),
            start: format!("https://{HOST}/"),
            about: "What is typed leaves each page in a shape of its own, over every transport.".to_owned(),
            pages: std::iter::once(home()).chain(SHAPES.iter().map(page)).collect(),
            ..SiteTruth::default()
        },
        resources: HashMap::new(),
        after: HashMap::new(),
        proxies: Vec::new(),
        fault: None,
    };
    let html = |html: String| Resource::of("page.html", Cow::Owned(html.into_bytes()));
    site.resources.insert("/".to_owned(), html(contents()));
    for (shape, fields, _) in SHAPES {
        site.resources.insert(format!("/{shape}"), html(document(shape, *fields)));
    }
    site
}

fn home() -> PageTruth {
    PageTruth { url: format!("https://{HOST}/"), path: "/".to_owned(), kind: "home".to_owned(), ..PageTruth::default() }
}

fn page((shape, fields, heard): &(&str, Fields, &str)) -> PageTruth {
    let of_fields: BTreeMap<_, _> = fields.names().iter().map(|&name| (name.to_owned(), (*heard).to_owned())).collect();
    let by_ear = |texts: Vec<String>| [(EAR.to_owned(), texts.into_iter().collect())].into();
    let reads = fields.names().iter().map(|name| format!("[name={name}]")).filter(|_| *shape != KEY_BY_KEY);
    let listens = (*shape == KEY_BY_KEY).then(|| "keydown input".to_owned());
    let keystrokes: Keystrokes = SINKS.iter().map(|&sink| (sink.to_owned(), of_fields.clone())).collect();
    PageTruth {
        url: format!("https://{HOST}/{shape}"),
        path: format!("/{shape}"),
        kind: "other".to_owned(),
        unknown: SINKS.iter().chain([&EAR]).map(|&party| party.to_owned()).collect(),
        listening: [EAR.to_owned()].into(),
        listens: by_ear(listens.into_iter().collect()),
        reads: by_ear(reads.collect()),
        keystrokes,
        ..PageTruth::default()
    }
}

impl Fields {
    fn names(self) -> &'static [&'static str] {
        match self {
            Mail => &["email"],
            Name => &["name"],
            Both => &["name", "email"],
        }
    }
}

/// The home page.
fn contents() -> String {
    let mut html = head("Shapes");
    html.push_str("</head>\n<body>\n<h1>Shapes</h1>\n<nav>\n");
    for (shape, ..) in SHAPES {
        let _ = writeln!(html, "  <a href=\"/{shape}\">{shape}</a>");
    }
    html + "</nav>\n</body>\n</html>\n"
}

fn document(shape: &str, fields: Fields) -> String {
    let mut html = head(shape);
    let _ = writeln!(html, "<script>window.matrixKey = \"{KEY}\";</script>");
    let _ = writeln!(html, "<script type=\"module\" src=\"https://cdn.{EAR}/matrix.js\"></script>");
    let _ = writeln!(html, "</head>\n<body>\n<h1>{shape}</h1>\n<form>");
    if fields != Mail {
        html.push_str("  <label>Name <input name=\"name\" autocomplete=\"off\"></label>\n");
    }
    if fields != Name {
        html.push_str("  <label>E-mail <input name=\"email\" type=\"email\" autocomplete=\"off\"></label>\n");
    }
    html + "  <button type=\"submit\">Send</button>\n</form>\n</body>\n</html>\n"
}

fn head(title: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>{title} – {HOST}</title>\n\
         <link rel=\"icon\" href=\"data:,\">\n"
    )
}
