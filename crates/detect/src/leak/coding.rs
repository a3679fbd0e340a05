//! How something was wrapped before it was sent.

use std::fmt;

/// One wrapping, as far as it can be told from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Coding {
    /// RFC 1952.
    Gzip,
    /// RFC 1950.
    Zlib,
    /// RFC 1951, with nothing around it.
    Deflate,
    /// RFC 7932.
    Brotli,
    /// RFC 8878.
    Zstd,
    /// One of lz-string's forms (<https://pieroxy.net/blog/pages/lz-string/index.html>).
    LzString,
    /// RFC 4648, standard or URL alphabet, padded or not, at any phase.
    Base64,
    /// RFC 4648, either case, padded or not.
    Base32,
    /// Bitcoin's alphabet.
    Base58,
    /// Ascii85 (Adobe, btoa) or Z85 (ZeroMQ RFC 32).
    Base85,
    /// Two hexadecimal digits a byte.
    Hex,
    /// RFC 3986, and `%uXXXX` as JavaScript's `escape` writes it.
    Percent,
    /// A form's `+` for a blank.
    Form,
    /// Character references of HTML.
    HtmlEntities,
    /// Escapes of a JSON or JavaScript string.
    JsonString,
    /// A string whose characters stand for bytes (latin-1).
    Latin1,
    /// RFC 2045, § 6.7.
    QuotedPrintable,
    /// A part of a multipart body (RFC 2046).
    Multipart,
    /// Two bytes a character, the lower one first.
    Utf16Le,
    /// Two bytes a character, the higher one first.
    Utf16Be,
    /// A list of numbers that are characters: `[84,97]`, `{"0":84,"1":97}`.
    CharCodes,
    /// A string of MessagePack.
    MessagePack,
    /// A length-delimited field of Protocol Buffers.
    Protobuf,
    /// Back to front.
    Reversed,
    /// Letters moved on by so many places (1 to 25).
    Rot(u8),
    /// All bytes moved on by so much (1 to 255).
    Shift(u8),
    /// All bytes combined with this one by exclusive or.
    Xor(u8),
    /// One message, or one entry of a list, for each key.
    Keys,
}

impl fmt::Display for Coding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self {
            Self::Gzip => "gzip",
            Self::Zlib => "zlib",
            Self::Deflate => "deflate",
            Self::Brotli => "brotli",
            Self::Zstd => "zstd",
            Self::LzString => "lz-string",
            Self::Base64 => "base64",
            Self::Base32 => "base32",
            Self::Base58 => "base58",
            Self::Base85 => "base85",
            Self::Hex => "hex",
            Self::Percent => "percent",
            Self::Form => "form",
            Self::HtmlEntities => "html entities",
            Self::JsonString => "json string",
            Self::Latin1 => "latin-1",
            Self::QuotedPrintable => "quoted-printable",
            Self::Multipart => "multipart",
            Self::Utf16Le => "utf-16le",
            Self::Utf16Be => "utf-16be",
            Self::CharCodes => "char codes",
            Self::MessagePack => "msgpack",
            Self::Protobuf => "protobuf",
            Self::Reversed => "reversed",
            Self::Rot(by) => return write!(f, "rot{by}"),
            Self::Shift(by) => return write!(f, "shift {by}"),
            Self::Xor(key) => return write!(f, "xor 0x{key:02x}"),
            Self::Keys => "key by key",
        };
        f.write_str(name)
    }
}
