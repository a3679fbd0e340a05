//! What is never shown.

use std::path::Path;

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};

use super::given;

/// A value that no log or error shows.
#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(transparent)]
pub struct Secret(pub String);

impl Secret {
    /// Itself, or what stands in the file that `key` names: its first line, since who writes a password into a file ends it.
    pub(super) fn or_in(&self, key: &str, file: &Path) -> Result<Self> {
        let Some(file) = given(file) else { return Ok(self.clone()) };
        let text = std::fs::read_to_string(file).with_context(|| format!("{key}: cannot read {}", file.display()))?;
        Ok(Self(text.lines().next().unwrap_or_default().to_owned()))
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("\"…\"")
    }
}

/// Passwords as they stand in the environment: one that looks like a number is none.
#[derive(Serialize)]
pub(super) struct PasswordFromEnv {
    #[serde(skip_serializing_if = "Option::is_none")]
    clickhouse_password: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bus: Option<BusPassword>,
}

#[derive(Serialize)]
struct BusPassword {
    password: String,
}

impl PasswordFromEnv {
    pub(super) fn read() -> Self {
        Self {
            clickhouse_password: std::env::var("EARSHOT_CLICKHOUSE_PASSWORD").ok(),
            bus: std::env::var("EARSHOT_BUS__PASSWORD").ok().map(|password| BusPassword { password }),
        }
    }
}
