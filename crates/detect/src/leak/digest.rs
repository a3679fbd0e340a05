//! The digests that trackers take of what is typed.
//!
//! Which functions: those of Leaky Forms (Senol et al., USENIX Security 2022, § 3.4 and its detector's `hasher.py`),
//! those of vendors' own documentation (SHA-256 for advanced matching), and what small fingerprinting scripts bring.

use blake2::{Blake2b, Blake2b512, Blake2s256, digest::consts::U32};
use hmac::{Hmac, Mac};
use md5::Md5;
use ripemd::Ripemd160;
use sha1::Sha1;
use sha2::{Digest, Sha224, Sha256, Sha384, Sha512};
use sha3::{Keccak256, Sha3_224, Sha3_256, Sha3_384, Sha3_512};
use whirlpool::Whirlpool;
use xxhash_rust::{xxh3::xxh3_64, xxh32::xxh32, xxh64::xxh64};

use super::form::Algorithm;

impl Algorithm {
    /// All of them.
    pub const ALL: [Self; 24] = [
        Self::Md5,
        Self::Sha1,
        Self::Sha224,
        Self::Sha256,
        Self::Sha384,
        Self::Sha512,
        Self::Sha3_224,
        Self::Sha3_256,
        Self::Sha3_384,
        Self::Sha3_512,
        Self::Keccak256,
        Self::Ripemd160,
        Self::Blake2b512,
        Self::Blake2b256,
        Self::Blake2s256,
        Self::Blake3,
        Self::Whirlpool,
        Self::Murmur3x86,
        Self::Murmur3x64,
        Self::Xxh32,
        Self::Xxh64,
        Self::Xxh3,
        Self::Fnv1a32,
        Self::Crc32,
    ];

    /// The digest, its first byte first as it is written.
    #[must_use]
    pub fn digest(self, value: &[u8]) -> Vec<u8> {
        match self {
            Self::Md5 => Md5::digest(value).to_vec(),
            Self::Sha1 => Sha1::digest(value).to_vec(),
            Self::Sha224 => Sha224::digest(value).to_vec(),
            Self::Sha256 => Sha256::digest(value).to_vec(),
            Self::Sha384 => Sha384::digest(value).to_vec(),
            Self::Sha512 => Sha512::digest(value).to_vec(),
            Self::Sha3_224 => Sha3_224::digest(value).to_vec(),
            Self::Sha3_256 => Sha3_256::digest(value).to_vec(),
            Self::Sha3_384 => Sha3_384::digest(value).to_vec(),
            Self::Sha3_512 => Sha3_512::digest(value).to_vec(),
            Self::Keccak256 => Keccak256::digest(value).to_vec(),
            Self::Ripemd160 => Ripemd160::digest(value).to_vec(),
            Self::Blake2b512 => Blake2b512::digest(value).to_vec(),
            Self::Blake2b256 => Blake2b::<U32>::digest(value).to_vec(),
            Self::Blake2s256 => Blake2s256::digest(value).to_vec(),
            Self::Blake3 => blake3::hash(value).as_bytes().to_vec(),
            Self::Whirlpool => Whirlpool::digest(value).to_vec(),
            Self::Murmur3x86 => murmur3::murmur3_32(&mut &*value, 0).unwrap_or_default().to_be_bytes().to_vec(),
            Self::Murmur3x64 => murmur3_128(value),
            Self::Xxh32 => xxh32(value, 0).to_be_bytes().to_vec(),
            Self::Xxh64 => xxh64(value, 0).to_be_bytes().to_vec(),
            Self::Xxh3 => xxh3_64(value).to_be_bytes().to_vec(),
            Self::Fnv1a32 => fnv1a_32(value).to_be_bytes().to_vec(),
            Self::Crc32 => crc32fast::hash(value).to_be_bytes().to_vec(),
        }
    }

    /// RFC 2104, for the functions that trackers use it with; `None` for the others.
    #[must_use]
    pub fn hmac(self, key: &[u8], value: &[u8]) -> Option<Vec<u8>> {
        match self {
            Self::Md5 => keyed(Hmac::<Md5>::new_from_slice(key).ok()?, value),
            Self::Sha1 => keyed(Hmac::<Sha1>::new_from_slice(key).ok()?, value),
            Self::Sha256 => keyed(Hmac::<Sha256>::new_from_slice(key).ok()?, value),
            _ => None,
        }
    }
}

fn keyed(mut mac: impl Mac, value: &[u8]) -> Option<Vec<u8>> {
    mac.update(value);
    Some(mac.finalize().into_bytes().to_vec())
}

/// Two numbers of 64 bits, the first one first, as the JavaScript ports write them.
fn murmur3_128(value: &[u8]) -> Vec<u8> {
    let both = murmur3::murmur3_x64_128(&mut &*value, 0).unwrap_or_default();
    [(both as u64).to_be_bytes(), ((both >> 64) as u64).to_be_bytes()].concat()
}

/// FNV-1a of 32 bits (draft-eastlake-fnv).
fn fnv1a_32(value: &[u8]) -> u32 {
    value.iter().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(algorithm: Algorithm) -> String {
        algorithm.digest(b"abc").iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The test vectors of the functions' own papers and RFCs, for "abc".
    #[test]
    fn digests_are_the_published_ones() {
        for (algorithm, digest) in [
            (Algorithm::Md5, "900150983cd24fb0d6963f7d28e17f72"),
            (Algorithm::Sha1, "a9993e364706816aba3e25717850c26c9cd0d89d"),
            (Algorithm::Sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (Algorithm::Sha3_256, "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532"),
            (Algorithm::Keccak256, "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45"),
            (Algorithm::Ripemd160, "8eb208f7e05d987a9b044a8e98c6b087f15a0bfc"),
            (Algorithm::Blake2s256, "508c5e8c327c14e2e1a72ba34eeb452f37458b209ed63a294d999b4c86675982"),
            (Algorithm::Blake3, "6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85"),
            (Algorithm::Murmur3x86, "b3dd93fa"),
            (Algorithm::Xxh32, "32d153ff"),
            (Algorithm::Xxh64, "44bc2cf5ad770999"),
            (Algorithm::Fnv1a32, "1a47e90b"),
            (Algorithm::Crc32, "352441c2"),
        ] {
            assert_eq!(hex(algorithm), digest, "{algorithm}");
        }
        assert_eq!(hex(Algorithm::Murmur3x64), "b4963f3f3fad78673ba2744126ca2d52");
        assert_eq!(Algorithm::ALL.map(|algorithm| algorithm as usize), std::array::from_fn(|at| at));
    }
}
