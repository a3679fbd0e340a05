//! The vendors' real SDKs, as npm has them: where their files lie, and who serves them.

mod bundle;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;

use crate::{Error, Result};

/// Where `make setup` puts them, from the repository's root.
const DEFAULT: &str = ".parts/sdk/node_modules";
/// Packages without which the lab does not start.
const PACKAGES: &[&str] = &[
    "clarity-js",
    "rrweb",
    "posthog-js",
    "@sentry/browser",
    "@openreplay/tracker",
    "mixpanel-browser",
    "@datadog/browser-rum",
    "@newrelic/browser-agent",
    "@amplitude/session-replay-browser",
    // Encoders of the keystroke matrix.
    "lz-string",
    "@msgpack/msgpack",
    "hash-wasm",
    "brotli-wasm",
    "@hpcc-js/wasm-zstd",
    "@scure/base",
    "imurmurhash",
    // Consent platforms.
    "vanilla-cookieconsent",
    "klaro",
    "tarteaucitronjs",
];
/// Hosts that real SDKs come from or upload to; a leading dot stands for any name below.
const HOSTS: &[&str] = &[
    ".clarity.ms",
    "c.bing.com",
    ".i.posthog.com",
    "browser.sentry-cdn.com",
    ".ingest.sentry.io",
    "static.openreplay.com",
    "api.openreplay.com",
    "cdn.mxpnl.com",
    "api-js.mixpanel.com",
    "browser-intake-us5-datadoghq.com",
    "bam.eu01.nr-data.net",
    "api-sr.amplitude.com",
    "sr-client-cfg.amplitude.com",
];

/// A `node_modules` folder with the SDKs.
#[derive(Debug)]
pub struct Sdk {
    folder: PathBuf,
    served: Mutex<HashMap<String, Bytes>>,
}

impl Sdk {
    /// Opens a folder, or looks for the default one in this directory and those above it.
    ///
    /// # Errors
    /// [`Error::SdkMissing`] when a package is not there.
    pub fn open(folder: Option<&Path>) -> Result<Self> {
        let folder = match folder {
            Some(folder) => folder.to_owned(),
            None => Self::find().ok_or_else(|| Error::SdkMissing(PathBuf::from(DEFAULT)))?,
        };
        match PACKAGES.iter().find(|package| !folder.join(package).join("package.json").is_file()) {
            Some(missing) => Err(Error::SdkMissing(folder.join(missing))),
            None => Ok(Self { folder, served: Mutex::default() }),
        }
    }

    fn find() -> Option<PathBuf> {
        let here = std::env::current_dir().ok()?;
        here.ancestors().map(|dir| dir.join(DEFAULT)).find(|dir| dir.is_dir())
    }

    /// Whether a host belongs to a vendor whose real SDK is served.
    #[must_use]
    pub fn has_host(host: &str) -> bool {
        HOSTS.iter().any(|entry| if entry.starts_with('.') { host.ends_with(entry) } else { host == *entry })
    }

    /// A file, as it lies there.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn file(&self, path: &str) -> Result<Bytes> {
        self.once(path, || {
            std::fs::read(self.folder.join(path)).map(Bytes::from).map_err(|error| self.failed(path, error.to_string()))
        })
    }

    /// A package and all that it requires, as one classic script that hands its exports to `global`.
    ///
    /// # Errors
    /// When a module cannot be found or read.
    pub fn bundle(&self, package: &str, global: &str) -> Result<Bytes> {
        self.once(&format!("bundle of {package}"), || bundle::bundle(&self.folder, package, global).map(Bytes::from))
    }

    /// Every package and its version, as its manifest says.
    #[must_use]
    pub fn versions(&self) -> Vec<(&'static str, String)> {
        let version = |package: &str| {
            let manifest = std::fs::read(self.folder.join(package).join("package.json")).ok()?;
            let manifest: serde_json::Value = serde_json::from_slice(&manifest).ok()?;
            manifest.get("version")?.as_str().map(str::to_owned)
        };
        PACKAGES.iter().map(|&package| (package, version(package).unwrap_or_else(|| "unknown".to_owned()))).collect()
    }

    fn once(&self, key: &str, make: impl FnOnce() -> Result<Bytes>) -> Result<Bytes> {
        if let Some(bytes) = self.served.lock().unwrap_or_else(PoisonError::into_inner).get(key) {
            return Ok(bytes.clone());
        }
        let bytes = make()?;
        self.served.lock().unwrap_or_else(PoisonError::into_inner).insert(key.to_owned(), bytes.clone());
        Ok(bytes)
    }

    fn failed(&self, module: &str, reason: String) -> Error {
        Error::SdkModule { module: module.to_owned(), wanted_by: self.folder.clone(), reason }
    }
}
