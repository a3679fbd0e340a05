//! Tokens: 256 random bits that say who may do what.
//!
//! They are stored as a plain SHA-256. A slow hash such as Argon2 makes guessing a password dear, of which people choose
//! one among few; nobody guesses one of 2²⁵⁶ tokens, however fast the hash is. For the same reason failures need no limit
//! of their own.

use std::fmt;

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use data_encoding::HEXLOWER;
use earshot_store::TokenRecord;
use jiff::Timestamp;
use rand::{TryRngCore as _, rngs::OsRng};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

/// A token, as its holder has it. It is shown once, when it is made, and by no `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

/// What a token is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// Looking.
    Read,
    /// Changing, and looking.
    Write,
}

/// What every token begins with, so that it is recognised where it should not stand.
const PREFIX: &str = "earshot_";
const BYTES: usize = 32;

impl Token {
    /// A new one.
    ///
    /// # Panics
    /// If the system has no random numbers.
    #[must_use]
    pub fn generate() -> Self {
        let mut bytes = [0; BYTES];
        OsRng.try_fill_bytes(&mut bytes).expect("the system gives random numbers");
        Self(format!("{PREFIX}{}", BASE64_URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// What somebody gave as one; `None` if it has not the form of one, so that nobody need be asked.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text.strip_prefix(PREFIX)?).ok()?;
        (bytes.len() == BYTES).then(|| Self(text.to_owned()))
    }

    /// The text, to be shown once.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// SHA-256 in hex: what is stored.
    #[must_use]
    pub fn hash(&self) -> String {
        HEXLOWER.encode(&Sha256::digest(self.0.as_bytes()))
    }

    /// The record of this token, if it counts at `now`. Every record is looked at, and compared in constant time.
    #[must_use]
    pub fn find(&self, records: &[TokenRecord], now: Timestamp) -> Option<TokenRecord> {
        let hash = self.hash();
        let mut found = None;
        for record in records {
            if bool::from(record.hash.as_bytes().ct_eq(hash.as_bytes())) {
                found = Some(record);
            }
        }
        let counts = |record: &&TokenRecord| !record.revoked && record.expires_at.is_none_or(|end| now < end);
        found.filter(counts).cloned()
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

impl Scope {
    /// The name in the store and on the command line.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
        }
    }

    /// A word that this version does not know is good for nothing.
    #[must_use]
    pub fn of(record: &TokenRecord) -> Option<Self> {
        [Self::Read, Self::Write].into_iter().find(|scope| scope.as_str() == record.scope)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(token: &Token, expires_at: Option<Timestamp>, revoked: bool) -> TokenRecord {
        let created_at = Timestamp::UNIX_EPOCH;
        let (name, scope) = ("ci".to_owned(), "read".to_owned());
        TokenRecord { hash: token.hash(), name, scope, created_at, expires_at, revoked, used_at: None }
    }

    #[test]
    fn tokens_differ_and_are_recognised_and_not_shown() {
        let (one, two) = (Token::generate(), Token::generate());
        assert_ne!(one, two);
        assert_eq!(Token::parse(one.reveal()), Some(one.clone()));
        assert_eq!((one.reveal().len(), one.hash().len()), (51, 64));
        assert!(!format!("{one:?}").contains(&one.reveal()[8..]));
        for text in ["", "earshot_", "earshot_abc", &one.reveal()[1..], &format!("{}=", one.reveal())] {
            assert_eq!(Token::parse(text), None, "{text}");
        }
    }

    #[test]
    fn only_what_is_neither_expired_nor_revoked_counts() {
        let (token, other) = (Token::generate(), Token::generate());
        let now: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        let later: Timestamp = "2026-01-02T00:00:00Z".parse().unwrap();
        for (expires_at, revoked, counts) in
            [(None, false, true), (Some(later), false, true), (Some(now), false, false), (Some(later), true, false)]
        {
            let records = [record(&other, None, false), record(&token, expires_at, revoked)];
            assert_eq!(token.find(&records, now).is_some(), counts, "{expires_at:?} {revoked}");
        }
        assert_eq!(Token::generate().find(&[record(&token, None, false)], now), None);
    }
}
