//! Every shape of the laboratory's matrix over every road that it takes (`crates/lab/sites/cdn.ear-matrix.test`), byte
//! for byte as a browser sends it.

use std::{collections::BTreeMap, ops::Range};

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use earshot_detect::leak::{Algorithm, Clues, Search};
use earshot_model::{Canary, FieldKind, VisitId};
use hmac::{Hmac, Mac as _};
use sha2::Sha256;
use uuid::Uuid;

use super::wrap;

/// The site whose fields are filled in.
pub const HOST: &str = "matrix.test";
/// A key that the page holds.
pub const KEY: &str = "mk_4f9c1b7e20d85a36Qz";

/// The kinds of fields that hold one line of text, which every page of the matrix could ask for.
pub const KINDS: [FieldKind; 9] = [
    FieldKind::Email,
    FieldKind::Name,
    FieldKind::Phone,
    FieldKind::Search,
    FieldKind::Message,
    FieldKind::Text,
    FieldKind::Password,
    FieldKind::Url,
    FieldKind::Number,
];

/// What is typed in one visit.
pub fn canaries(visit: u128) -> Vec<Canary> {
    let visit = VisitId(Uuid::from_u128(visit));
    (0..).zip(KINDS).map(|(ordinal, kind)| Canary::derive(visit, ordinal, kind)).collect()
}

/// What a shape makes: as in JavaScript, a text or bytes.
pub enum Out {
    Text(String),
    Bytes(Vec<u8>),
}

use Out::{Bytes, Text};

/// What a shape is made of.
pub struct Field<'a> {
    pub value: &'a str,
    pub name: &'a str,
    /// The page's path.
    pub shape: &'a str,
    /// What another field of the same form holds.
    pub other: &'a str,
}

/// A shape: what the page is called, and what it makes of a field.
pub type Shape = (&'static str, fn(&Field) -> Out);

/// All shapes, but the two that are sent while one is typing.
pub const SHAPES: [Shape; 56] = [
    ("plain", |of| Text(of.value.to_owned())),
    ("percent", |of| Text(each(of.value, |byte| format!("%{byte:02X}")))),
    ("percent-twice", |of| Text(each(of.value, |byte| format!("%25{byte:02X}")))),
    ("html-entities", |of| {
        Text(each(of.value, |byte| if byte % 2 == 1 { format!("&#{byte};") } else { format!("&#x{byte:02x};") }))
    }),
    ("json-string", |of| Text(message(of, of.value))),
    ("unicode-escapes", |of| Text(format!(r#"{{"value":"{}"}}"#, each(of.value, |byte| format!("\\u{byte:04x}"))))),
    ("nested-json", |of| {
        let inner = serde_json::json!({ "b": message(of, &format!("\"{}\"", of.value)) }).to_string();
        Text(serde_json::json!({ "a": inner }).to_string())
    }),
    ("base64-0", |of| Text(STANDARD.encode(of.value))),
    ("base64-1", |of| Text(STANDARD.encode(format!("~{}", of.value)))),
    ("base64-2", |of| Text(STANDARD.encode(format!("~~{}", of.value)))),
    ("base64url", |of| Text(URL_SAFE_NO_PAD.encode(format!("??>{}", of.value)))),
    ("base32", |of| Text(data_encoding::BASE32.encode(of.value.as_bytes()))),
    ("base58", |of| Text(bs58::encode(of.value).into_string())),
    ("base85", |of| Text(wrap::adobe85(of.value.as_bytes()))),
    ("hex", |of| Text(hex(of.value.as_bytes()))),
    ("gzip", |of| packed(of, wrap::gzip)),
    ("zlib", |of| packed(of, wrap::zlib)),
    ("deflate", |of| packed(of, wrap::deflate)),
    ("brotli", |of| packed(of, wrap::brotli_best)),
    ("zstd", |of| packed(of, wrap::zstd)),
    ("lz-utf16", |of| {
        let units = lz_str::compress_to_utf16(&*message(of, of.value));
        Text(units)
    }),
    ("lz-base64", |of| Text(lz_str::compress_to_base64(&*message(of, of.value)))),
    ("lz-uri", |of| Text(lz_str::compress_to_encoded_uri_component(&*message(of, of.value)))),
    ("lz-uint8array", |of| Bytes(lz_str::compress_to_uint8_array(&*message(of, of.value)))),
    ("utf-16le", |of| Bytes(of.value.encode_utf16().flat_map(u16::to_le_bytes).collect())),
    ("utf-16be", |of| Bytes(of.value.encode_utf16().flat_map(u16::to_be_bytes).collect())),
    ("char-codes", |of| Text(format!("{:?}", of.value.as_bytes()).replace(' ', ""))),
    ("msgpack", |of| {
        let head = [&b"\x82\xa2id\x07\xa5value"[..], &string_head(of.value.len())].concat();
        Bytes([&head, of.value.as_bytes()].concat())
    }),
    ("protobuf", |of| Bytes([&[8, 42, 18, of.value.len() as u8], of.value.as_bytes(), &[24, 7]].concat())),
    ("quoted-printable", |of| {
        let (one, two) = of.value.split_at(of.value.len() / 2);
        Text(format!("value=3D{}=\r\n{}\r\n", each(one, quoted), each(two, quoted)))
    }),
    ("reversed", |of| Text(of.value.chars().rev().collect())),
    ("rot13", |of| Text(String::from_utf8(wrap::rot(of.value.as_bytes(), 13)).unwrap())),
    ("xor", |of| Bytes(of.value.bytes().map(|byte| byte ^ 0x2a).collect())),
    ("gzip-in-json", |of| {
        let bytes = wrap::gzip(message(of, of.value).as_bytes()).unwrap();
        let latin1: String = bytes.into_iter().map(char::from).collect();
        Text(serde_json::json!({ "data": latin1 }).to_string())
    }),
    ("gzip-in-gzip", |of| Bytes(wrap::gzip(&wrap::gzip(message(of, of.value).as_bytes()).unwrap()).unwrap())),
    ("lower", |of| Text(of.value.trim().to_lowercase())),
    ("gmail", |of| {
        let (local, host) = of.value.split_once('@').unwrap_or((of.value, "example.com"));
        Text(format!("{}@{host}", local.replace('.', "")))
    }),
    ("local-part", |of| Text(of.value.split('@').next().unwrap_or_default().to_owned())),
    ("md5", |of| hashed(of, Algorithm::Md5)),
    ("sha1", |of| hashed(of, Algorithm::Sha1)),
    ("sha224", |of| hashed(of, Algorithm::Sha224)),
    ("sha256", |of| hashed(of, Algorithm::Sha256)),
    ("sha384", |of| hashed(of, Algorithm::Sha384)),
    ("sha512", |of| hashed(of, Algorithm::Sha512)),
    ("sha3-256", |of| hashed(of, Algorithm::Sha3_256)),
    ("ripemd160", |of| hashed(of, Algorithm::Ripemd160)),
    ("blake2b", |of| hashed(of, Algorithm::Blake2b512)),
    ("blake3", |of| hashed(of, Algorithm::Blake3)),
    ("sha256-lower", |of| Text(sha256(&of.value.trim().to_lowercase()))),
    ("sha256-host", |of| Text(sha256(&format!("{}{HOST}", of.value)))),
    ("sha256-salted", |of| Text(sha256(&format!("{}QX4QkKEU", of.value)))),
    ("sha256-short", |of| Text(sha256(of.value)[..16].to_owned())),
    ("sha256-base64", |of| Text(STANDARD.encode(Algorithm::Sha256.digest(of.value.as_bytes())))),
    ("hmac-sha256", |of| {
        let mut mac = Hmac::<Sha256>::new_from_slice(KEY.as_bytes()).unwrap();
        mac.update(of.value.as_bytes());
        Text(hex(&mac.finalize().into_bytes()))
    }),
    ("murmur3", |of| {
        let digest = |value: &str| hex(&Algorithm::Murmur3x86.digest(value.as_bytes()));
        Text(format!(r#"{{"name":"{}","email":"{}"}}"#, digest(of.value), digest(of.other)))
    }),
    ("xxh64", |of| hashed(of, Algorithm::Xxh64)),
];

/// The roads on which a request's body is what the shape made, and nothing else.
pub const BARE: &str = "fetch, xhr, beacon, worker, socket, frame";

/// The `number`-th message of a page over each road: the road, and the bytes that bring it.
pub fn roads(out: &Out, number: usize) -> Vec<(&'static str, Vec<u8>)> {
    let (text, bytes) = match out {
        Text(text) => (text.clone(), text.as_bytes().to_vec()),
        Bytes(bytes) => (URL_SAFE_NO_PAD.encode(bytes), bytes.clone()),
    };
    let component = component(&text);
    let json = serde_json::json!({ "session": { "id": 7, "events": [{ "type": "change", "data": text }] } });
    let is_ascii = text.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    vec![
        ("query", format!("https://sink-query.test/query?n={number}&value={component}&m=2").into_bytes()),
        ("path", format!("https://sink-path.test/path/{number}/{component}/end").into_bytes()),
        ("pixel", format!("https://sink-pixel.test/pixel.gif?value={component}&n={number}").into_bytes()),
        (BARE, bytes.clone()),
        ("form", format!("kind=change&value={}", form(&text)).into_bytes()),
        ("multipart", multipart(out, number)),
        ("header", if is_ascii { text.clone() } else { component }.into_bytes()),
        ("json", json.to_string().into_bytes()),
    ]
}

/// What is not found of these visits: how often each shape over each road, of which kinds.
pub fn missed(visits: Range<u128>) -> BTreeMap<(&'static str, &'static str), BTreeMap<&'static str, usize>> {
    let mut missed: BTreeMap<_, BTreeMap<_, usize>> = BTreeMap::new();
    for visit in visits {
        let canaries = canaries(visit);
        let search = Search::new(&canaries, &Clues { hosts: &[HOST.to_owned()], keys: &[KEY.to_owned()] });
        for (at, canary) in canaries.iter().enumerate() {
            let other = canaries[(at + 1) % canaries.len()].text();
            for (shape, make) in SHAPES.into_iter().filter(|(shape, _)| !is_beyond(shape, canary.kind)) {
                let out = make(&Field { value: canary.text(), name: "field", shape, other });
                for (road, sent) in roads(&out, visit as usize + 1) {
                    let hits = search.bytes(&sent, &mut { usize::MAX });
                    // A telephone in a path may be any number.
                    let weak = if road == "path" { &hits.weak[..] } else { &[] };
                    if !hits.leaks.iter().chain(weak).any(|leak| leak.ordinal == canary.ordinal) {
                        *missed.entry((shape, road)).or_default().entry(canary.kind.as_str()).or_default() += 1;
                    }
                }
            }
        }
    }
    missed
}

/// Two groups of base85 are eight digits, which are no proof.
fn is_beyond(shape: &str, kind: FieldKind) -> bool {
    shape == "base85" && matches!(kind, FieldKind::Phone | FieldKind::Number)
}

/// The shape that is one key.
pub fn key(char: char) -> Out {
    Text(serde_json::json!({ "key": char.to_string() }).to_string())
}

/// What else each request of a page brings: the address, where that is not what brings the key, and headers.
pub fn noise(road: &str) -> Vec<Vec<u8>> {
    let address = match road {
        "query" | "path" | "pixel" => None,
        _ => Some("https://sink.test/collect?n=7&key=1&v=2"),
    };
    let headers = [
        "\"Chromium\";v=\"8\", \"Not.A/Brand\";v=\"9\"",
        "?0",
        "\"Linux\"",
        "en-US,en;q=0.9",
        "text/html,*/*;q=8;key=1",
        "https://matrix.test/",
        "1",
        "u=4, i",
    ];
    address.into_iter().chain(headers).map(|text| text.as_bytes().to_vec()).collect()
}

/// As `encodeURIComponent` does.
fn component(text: &str) -> String {
    each(text, |byte| match byte {
        byte if byte.is_ascii_alphanumeric() || b"-_.!~*'()".contains(&byte) => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    })
}

/// As `URLSearchParams` writes a value.
fn form(text: &str) -> String {
    each(text, |byte| match byte {
        b' ' => "+".to_owned(),
        byte if byte.is_ascii_alphanumeric() || b"-_.*".contains(&byte) => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    })
}

/// As Chromium writes a `FormData`: ends of lines in texts become CRLF.
fn multipart(out: &Out, number: usize) -> Vec<u8> {
    let boundary = format!("------WebKitFormBoundary{:016}", number * 7_919);
    let head = format!(
        "{boundary}\r\nContent-Disposition: form-data; name=\"kind\"\r\n\r\nchange\r\n{boundary}\r\nContent-Disposition: form-data; name=\"value\""
    );
    let tail = format!("\r\n{boundary}--\r\n");
    match out {
        Text(text) => {
            let text = text.replace("\r\n", "\n").replace('\r', "\n").replace('\n', "\r\n");
            format!("{head}\r\n\r\n{text}{tail}").into_bytes()
        }
        Bytes(bytes) => {
            let of_blob = "; filename=\"blob\"\r\nContent-Type: application/octet-stream\r\n\r\n";
            [head.as_bytes(), of_blob.as_bytes(), bytes, tail.as_bytes()].concat()
        }
    }
}

fn each(text: &str, shape: impl Fn(u8) -> String) -> String {
    text.bytes().map(shape).collect()
}

/// What is packed is more than the value alone.
fn message(of: &Field, value: &str) -> String {
    let page = format!("https://{HOST}/{}", of.shape);
    let value = serde_json::Value::from(value);
    format!(r#"{{"kind":"change","page":"{page}","field":"{}","value":{value},"size":1280}}"#, of.name)
}

fn packed(of: &Field, pack: fn(&[u8]) -> Option<Vec<u8>>) -> Out {
    Bytes(pack(message(of, of.value).as_bytes()).unwrap_or_default())
}

fn hashed(of: &Field, algorithm: Algorithm) -> Out {
    Text(hex(&algorithm.digest(of.value.as_bytes())))
}

fn sha256(text: &str) -> String {
    hex(&Algorithm::Sha256.digest(text.as_bytes()))
}

fn hex(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(bytes)
}

fn quoted(byte: u8) -> String {
    if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("={byte:02X}") }
}

/// The head of a string of MessagePack.
fn string_head(length: usize) -> Vec<u8> {
    if length < 32 { vec![0xa0 | length as u8] } else { vec![0xd9, length as u8] }
}
