//! A region: from where in the world a page is seen.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The name of an exit, as the operator's configuration has it: `eu`, `us-east`. What it stands for, each worker's
/// configuration says.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Region(String);

/// Why a text names no region.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("'{0}' is no region: 1 to 32 small letters, digits, - and _, beginning with a letter or a digit")]
pub struct RegionError(String);

impl Region {
    /// Longest name, in bytes.
    pub const MAX_BYTES: usize = 32;

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Region {
    type Err = RegionError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let begins = text.bytes().next().is_some_and(letter);
        let fits =
            text.len() <= Self::MAX_BYTES && text.bytes().all(|byte| letter(byte) || matches!(byte, b'-' | b'_'));
        if begins && fits {
            Ok(Self(text.to_owned()))
        } else {
            Err(RegionError(text.chars().take(Self::MAX_BYTES).collect()))
        }
    }
}

impl TryFrom<String> for Region {
    type Error = RegionError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Region> for String {
    fn from(region: Region) -> Self {
        region.0
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_short_and_plain() {
        for good in ["eu", "us-east_1", "1", &"x".repeat(32)] {
            assert_eq!(good.parse::<Region>().unwrap().as_str(), good);
        }
        for bad in ["", "EU", "-eu", "e u", "eu\0", "é", &"x".repeat(33)] {
            assert!(bad.parse::<Region>().is_err(), "{bad:?}");
        }
    }
}
