//! Wraps as trackers do: the other side of what the search unwraps, by other code than its own.

use std::io::Write;

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD},
};
use flate2::{
    Compression,
    write::{DeflateEncoder, GzEncoder, ZlibEncoder},
};

/// A way to wrap bytes: its name in a chain, and what it makes of them. `None` where it cannot (text only).
pub struct Wrap {
    pub name: &'static str,
    pub wrap: fn(&[u8]) -> Option<Vec<u8>>,
    /// Whether what is wrapped can be wrapped itself: only so if it can be decoded as a whole.
    pub outer: bool,
}

/// All of them.
pub const ALL: &[Wrap] = &[
    Wrap { name: "gzip", wrap: gzip, outer: true },
    Wrap { name: "zlib", wrap: zlib, outer: true },
    Wrap { name: "deflate", wrap: deflate, outer: true },
    Wrap { name: "brotli", wrap: brotli, outer: true },
    Wrap { name: "zstd", wrap: zstd, outer: true },
    Wrap { name: "lz-string", wrap: |bytes| Some(lz_str::compress_to_base64(text(bytes)?).into_bytes()), outer: true },
    Wrap {
        name: "lz-string",
        wrap: |bytes| Some(lz_str::compress_to_encoded_uri_component(text(bytes)?).into_bytes()),
        outer: true,
    },
    Wrap { name: "lz-string", wrap: |bytes| Some(lz_str::compress_to_uint8_array(text(bytes)?)), outer: true },
    Wrap {
        name: "lz-string",
        wrap: |bytes| {
            Some(
                String::from_utf16(&lz_str::compress_to_utf16(text(bytes)?).encode_utf16().collect::<Vec<_>>())
                    .ok()?
                    .into_bytes(),
            )
        },
        outer: true,
    },
    Wrap { name: "base64", wrap: |bytes| Some(STANDARD.encode(bytes).into_bytes()), outer: true },
    Wrap { name: "base64", wrap: |bytes| Some(URL_SAFE.encode(bytes).into_bytes()), outer: true },
    Wrap {
        name: "base64",
        wrap: |bytes| Some(STANDARD_NO_PAD.encode([b"\x00\x01", bytes].concat()).into_bytes()),
        outer: false,
    },
    Wrap {
        name: "base64",
        wrap: |bytes| Some(URL_SAFE_NO_PAD.encode([b"xyz/", bytes].concat()).into_bytes()),
        outer: false,
    },
    Wrap { name: "base32", wrap: |bytes| Some(data_encoding::BASE32.encode(bytes).into_bytes()), outer: true },
    Wrap { name: "base58", wrap: |bytes| (bytes.len() < 256).then(|| bs58::encode(bytes).into_vec()), outer: true },
    Wrap { name: "base85", wrap: ascii85, outer: true },
    Wrap { name: "hex", wrap: |bytes| Some(data_encoding::HEXLOWER.encode(bytes).into_bytes()), outer: true },
    Wrap { name: "hex", wrap: |bytes| Some(data_encoding::HEXUPPER.encode(bytes).into_bytes()), outer: true },
    Wrap { name: "percent", wrap: percent, outer: true },
    Wrap { name: "html entities", wrap: entities, outer: true },
    Wrap { name: "json string", wrap: json_escaped, outer: true },
    Wrap { name: "quoted-printable", wrap: quoted_printable, outer: true },
    Wrap {
        name: "utf-16le",
        wrap: |bytes| Some(text(bytes)?.encode_utf16().flat_map(u16::to_le_bytes).collect()),
        outer: true,
    },
    Wrap {
        name: "utf-16be",
        wrap: |bytes| Some(text(bytes)?.encode_utf16().flat_map(u16::to_be_bytes).collect()),
        outer: true,
    },
    Wrap {
        name: "char codes",
        wrap: |bytes| Some(format!("{{\"d\":{bytes:?}}}").replace(' ', "").into_bytes()),
        outer: true,
    },
    Wrap { name: "char codes", wrap: |bytes| Some(format!("d={bytes:?}").into_bytes()), outer: true },
    Wrap {
        name: "msgpack",
        wrap: |bytes| (bytes.len() < 32).then(|| [&[0x81, 0xa1, b'q', 0xa0 | bytes.len() as u8], bytes].concat()),
        outer: true,
    },
    Wrap {
        name: "protobuf",
        wrap: |bytes| (bytes.len() < 128).then(|| [&[8, 150, 1, 0x12, bytes.len() as u8], bytes].concat()),
        outer: true,
    },
    Wrap { name: "reversed", wrap: |bytes| Some(bytes.iter().rev().copied().collect()), outer: false },
    Wrap { name: "rot13", wrap: |bytes| Some(rot(bytes, 13)), outer: false },
    Wrap { name: "rot3", wrap: |bytes| Some(rot(bytes, 3)), outer: false },
    Wrap { name: "shift 1", wrap: |bytes| Some(bytes.iter().map(|byte| byte.wrapping_add(1)).collect()), outer: false },
    Wrap {
        name: "shift 200",
        wrap: |bytes| Some(bytes.iter().map(|byte| byte.wrapping_add(200)).collect()),
        outer: false,
    },
    Wrap { name: "xor 0x5a", wrap: |bytes| Some(bytes.iter().map(|byte| byte ^ 0x5a).collect()), outer: false },
    Wrap { name: "xor 0xff", wrap: |bytes| Some(bytes.iter().map(|byte| byte ^ 0xff).collect()), outer: false },
];

impl Wrap {
    /// Whether this is followed only into what tells itself: a field of some format, or a number of unknown length,
    /// of which nobody can say where it begins.
    pub fn needs_sign(&self) -> bool {
        matches!(self.name, "base58" | "msgpack" | "protobuf" | "utf-16le" | "utf-16be")
    }

    /// Whether what it makes of `content` is text, or begins with a sign.
    pub fn has_sign(&self, content: &[u8]) -> bool {
        let made = (self.wrap)(content).unwrap_or_default();
        made.is_ascii() && !made.contains(&0) || matches!(self.name, "gzip" | "zlib" | "zstd")
    }
}

fn text(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok()
}

pub fn gzip(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    packed.write_all(bytes).unwrap();
    packed.finish().ok()
}

pub fn zlib(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::default());
    packed.write_all(bytes).unwrap();
    packed.finish().ok()
}

pub fn deflate(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut packed = DeflateEncoder::new(Vec::new(), Compression::default());
    packed.write_all(bytes).unwrap();
    packed.finish().ok()
}

pub fn brotli(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut packed = Vec::new();
    let mut stream = brotli::CompressorWriter::new(&mut packed, 4096, 5, 22);
    stream.write_all(bytes).unwrap();
    drop(stream);
    Some(packed)
}

/// As browsers' builds of it do by default.
pub fn brotli_best(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut packed = Vec::new();
    let mut stream = brotli::CompressorWriter::new(&mut packed, 4096, 11, 22);
    stream.write_all(bytes).unwrap();
    drop(stream);
    Some(packed)
}

pub fn zstd(bytes: &[u8]) -> Option<Vec<u8>> {
    Some(ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest))
}

pub fn percent(bytes: &[u8]) -> Option<Vec<u8>> {
    let written = |byte: &u8| match byte {
        byte if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_') => char::from(*byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    Some(bytes.iter().map(written).collect::<String>().into_bytes()).filter(|out| out.contains(&b'%'))
}

fn entities(bytes: &[u8]) -> Option<Vec<u8>> {
    let written = |char: char| match char {
        char if char.is_ascii_alphanumeric() => char.to_string(),
        char => format!("&#{};", u32::from(char)),
    };
    Some(text(bytes)?.chars().map(written).collect::<String>().into_bytes()).filter(|out| out.contains(&b'&'))
}

fn json_escaped(bytes: &[u8]) -> Option<Vec<u8>> {
    let units: String = text(bytes)?.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
    Some(format!("{{\"type\":\"input\",\"v\":\"{units}\"}}").into_bytes())
}

fn quoted_printable(bytes: &[u8]) -> Option<Vec<u8>> {
    let written = |(at, byte): (usize, &u8)| {
        let soft = if at % 20 == 19 { "=\r\n" } else { "" };
        match byte {
            byte if byte.is_ascii_alphanumeric() => format!("{soft}{}", char::from(*byte)),
            byte => format!("{soft}={byte:02X}"),
        }
    };
    Some(bytes.iter().enumerate().map(written).collect::<String>().into_bytes()).filter(|out| out.contains(&b'='))
}

pub fn rot(bytes: &[u8], by: u8) -> Vec<u8> {
    let turned = |byte: &u8| match byte {
        b'a'..=b'z' => (byte - b'a' + by) % 26 + b'a',
        b'A'..=b'Z' => (byte - b'A' + by) % 26 + b'A',
        byte => *byte,
    };
    bytes.iter().map(turned).collect()
}

/// Adobe's, with its brackets.
fn ascii85(bytes: &[u8]) -> Option<Vec<u8>> {
    Some(format!("<~{}~>", adobe85(bytes)).into_bytes())
}

/// Adobe's, without its brackets.
pub fn adobe85(bytes: &[u8]) -> String {
    base85(bytes, |digit| char::from(digit + b'!'))
}

/// ZeroMQ's, and as Adobe has it what is no whole group.
pub fn z85(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 85] = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";
    base85(bytes, |digit| char::from(DIGITS[usize::from(digit)]))
}

fn base85(bytes: &[u8], digit: impl Fn(u8) -> char) -> String {
    let mut out = String::new();
    for group in bytes.chunks(4) {
        let mut whole = [0; 4];
        whole[..group.len()].copy_from_slice(group);
        let mut number = u32::from_be_bytes(whole);
        let mut digits = ['0'; 5];
        for place in digits.iter_mut().rev() {
            *place = digit((number % 85) as u8);
            number /= 85;
        }
        out.extend(&digits[..=group.len()]);
    }
    out
}
