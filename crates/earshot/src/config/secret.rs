//! What is never shown.

use serde::{Deserialize, Serialize};

/// A value that no log or error shows.
#[derive(Clone, Default, Deserialize)]
#[serde(transparent)]
pub struct Secret(pub String);

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
