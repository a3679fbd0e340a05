//! In which form a canary was found.

use std::fmt;

/// What was found of a canary.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Form {
    /// Its text, or the beginning of it.
    Text {
        /// How many of its characters were found.
        characters: usize,
        /// How many it has.
        of: usize,
        /// How it was changed before.
        variant: Variant,
    },
    /// A digest of it.
    Digest {
        /// By which function.
        algorithm: Algorithm,
        /// How it was changed before.
        variant: Variant,
        /// What was mixed in, if anything.
        salt: Option<Salt>,
        /// Whether only the beginning of the digest was found (at least 64 bits of it).
        truncated: bool,
        /// Whether it is no cryptographic digest: many values share it.
        weak: bool,
    },
}

/// How a value was changed before it was sent or hashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Variant {
    /// Not at all (but for blanks around it).
    AsTyped,
    /// Trimmed and in lower case.
    LowerCase,
    /// In upper case.
    UpperCase,
    /// An e-mail address as Gmail takes it: lower case, no dots and no `+tag` in its local part.
    Gmail,
    /// What stands before the `@`.
    LocalPart,
    /// With something between the groups of a number.
    Separated,
    /// A telephone's number with its country code, `+` or not.
    International,
    /// One word of it, counted from 0, in lower case or as typed.
    Word(u8),
    /// Without its last characters: a digest taken while the last keys were still to come.
    Without(u8),
}

/// Something that is mixed into a digest.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Salt {
    /// A salt that is known from others' research, before or behind the value.
    Known(&'static str),
    /// A host or registrable domain of the site.
    Host(String),
    /// A string of the page, as the key of an HMAC (RFC 2104). The key itself is not told: it may be a credential.
    Key,
}

/// A function that makes digests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "their names say what they are")]
pub enum Algorithm {
    Md5,
    Sha1,
    Sha224,
    Sha256,
    Sha384,
    Sha512,
    Sha3_224,
    Sha3_256,
    Sha3_384,
    Sha3_512,
    Keccak256,
    Ripemd160,
    Blake2b512,
    Blake2b256,
    Blake2s256,
    Blake3,
    Whirlpool,
    Murmur3x86,
    Murmur3x64,
    Xxh32,
    Xxh64,
    Xxh3,
    Fnv1a32,
    Crc32,
}

impl Algorithm {
    /// Whether many values share a digest of it: not made to withstand anybody, or of 32 bits.
    #[must_use]
    pub fn is_weak(self) -> bool {
        self >= Self::Murmur3x86
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Md5 => "md5",
            Self::Sha1 => "sha1",
            Self::Sha224 => "sha224",
            Self::Sha256 => "sha256",
            Self::Sha384 => "sha384",
            Self::Sha512 => "sha512",
            Self::Sha3_224 => "sha3-224",
            Self::Sha3_256 => "sha3-256",
            Self::Sha3_384 => "sha3-384",
            Self::Sha3_512 => "sha3-512",
            Self::Keccak256 => "keccak256",
            Self::Ripemd160 => "ripemd160",
            Self::Blake2b512 => "blake2b-512",
            Self::Blake2b256 => "blake2b-256",
            Self::Blake2s256 => "blake2s-256",
            Self::Blake3 => "blake3",
            Self::Whirlpool => "whirlpool",
            Self::Murmur3x86 => "murmur3-32",
            Self::Murmur3x64 => "murmur3-128",
            Self::Xxh32 => "xxh32",
            Self::Xxh64 => "xxh64",
            Self::Xxh3 => "xxh3-64",
            Self::Fnv1a32 => "fnv1a-32",
            Self::Crc32 => "crc32",
        })
    }
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text { characters, of, variant } => text(f, *characters, *of, *variant),
            Self::Digest { algorithm, variant, salt, truncated, weak } => {
                let (hmac, salted) = match salt {
                    None => ("", String::new()),
                    Some(Salt::Known(salt)) => ("", format!(", salted with {salt}")),
                    Some(Salt::Host(host)) => ("", format!(", salted with the host {host}")),
                    Some(Salt::Key) => ("hmac-", ", with a key of the page".to_owned()),
                };
                write!(f, "{hmac}{algorithm} of the {}{salted}", Value(*variant))?;
                f.write_str(if *truncated { ", truncated" } else { "" })?;
                f.write_str(if *weak { " (weak)" } else { "" })
            }
        }
    }
}

fn text(f: &mut fmt::Formatter<'_>, characters: usize, of: usize, variant: Variant) -> fmt::Result {
    if characters < of && variant != Variant::LocalPart {
        write!(f, "first {characters} characters")?;
    }
    let name = match variant {
        Variant::AsTyped if characters < of => return Ok(()),
        Variant::AsTyped => "whole",
        Variant::LowerCase => "lower-case",
        Variant::UpperCase => "upper-case",
        Variant::Gmail => "as Gmail takes it",
        Variant::LocalPart => "local part",
        Variant::Separated => "with separators",
        Variant::International => "with country code",
        Variant::Word(_) => "one word",
        Variant::Without(_) => "without its end",
    };
    f.write_str(if characters < of && variant != Variant::LocalPart { ", " } else { "" })?;
    f.write_str(name)
}

/// A variant of the value that a digest is taken of.
struct Value(Variant);

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Variant::AsTyped => "value",
            Variant::LowerCase => "trimmed lower-case value",
            Variant::UpperCase => "upper-case value",
            Variant::Gmail => "address as Gmail takes it",
            Variant::LocalPart => "local part",
            Variant::Separated => "value with separators",
            Variant::International => "value with country code",
            Variant::Word(at) => return write!(f, "value's word {}", at + 1),
            Variant::Without(count) => return write!(f, "value without its last {count}"),
        })
    }
}
