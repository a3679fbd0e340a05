//! What the command line may override.

use std::path::PathBuf;

use serde::Serialize;

use super::Secret;

/// What the command line may override; `None` leaves the lower layers alone.
#[derive(Clone, Debug, Default, Serialize)]
#[allow(missing_docs, reason = "each is the key of the same name in default.toml")]
pub struct Overrides {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data_dir: Option<PathBuf>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chromium: Option<PathBuf>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nats: Option<Secret>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clickhouse: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub autoconsent: Option<PathBuf>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proxy: Option<Secret>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dns: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ca_cert: Option<PathBuf>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow_private: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pages: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profiles: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub concurrency: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sessions: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rules: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub screenshots: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub typing: Option<TypingOverrides>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub serve: Option<ServeOverrides>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub web: Option<WebOverrides>,
}

/// What the command line may override of `[web]`.
#[derive(Clone, Debug, Serialize)]
#[allow(missing_docs, reason = "each is the key of the same name in default.toml")]
pub struct WebOverrides {
    pub listen: String,
}

/// What the command line may override of `[typing]`.
#[derive(Clone, Debug, Default, Serialize)]
#[allow(missing_docs, reason = "each is the key of the same name in default.toml")]
pub struct TypingOverrides {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
}

/// What the command line may override of `[serve]`.
#[derive(Clone, Debug, Default, Serialize)]
#[allow(missing_docs, reason = "each is the key of the same name in default.toml")]
pub struct ServeOverrides {
    pub listen: String,
}
