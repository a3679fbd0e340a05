//! `[browser]`: how long browsers last, and how much memory they may take.

use std::time::Duration;

use anyhow::{Result, bail};
use bytesize::ByteSize;
use earshot_browser::Sandboxing;
use serde::Deserialize;

/// How long browsers last, and how much memory they may take.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Browser {
    /// Visits after which one is replaced.
    pub recycle_after: u32,
    /// Age above which one is replaced.
    #[serde(with = "humantime_serde")]
    pub max_age: Duration,
    max_memory: ByteSize,
    max_page_memory: ByteSize,
    worker_memory: ByteSize,
    /// Whether Chromium's sandbox is wanted.
    #[serde(with = "SandboxingName")]
    pub sandbox: Sandboxing,
    user: String,
}

/// How [`Sandboxing`] is written.
#[derive(Deserialize)]
#[serde(remote = "Sandboxing", rename_all = "snake_case")]
enum SandboxingName {
    Auto,
    On,
    Off,
}

impl Browser {
    /// Whose browsers are where we are root, if somebody is named.
    #[must_use]
    pub fn user(&self) -> Option<String> {
        (!self.user.is_empty()).then(|| self.user.clone())
    }

    /// Bytes above which one is replaced, all its processes together.
    #[must_use]
    pub fn max_memory(&self) -> Option<u64> {
        limit(self.max_memory)
    }

    /// Bytes above which a single page is ended.
    #[must_use]
    pub fn max_page_memory(&self) -> Option<u64> {
        limit(self.max_page_memory)
    }

    /// Bytes above which a worker, its browsers included, takes no new pages.
    #[must_use]
    pub fn worker_memory(&self) -> Option<u64> {
        limit(self.worker_memory)
    }

    pub(super) fn validate(&self) -> Result<()> {
        // A blank browser holds 200 to 300 MB, a blank page 35: with less, every visit would start another browser.
        const LEAST: ByteSize = ByteSize::mib(512);
        if self.recycle_after == 0 {
            bail!("browser.recycle_after: must be at least 1");
        }
        for (key, size) in [("max_memory", self.max_memory), ("worker_memory", self.worker_memory)] {
            if size < LEAST && size.as_u64() != 0 {
                bail!("browser.{key}: must be at least {LEAST}, or 0 for no limit");
            }
        }
        if self.max_age < Duration::from_secs(60) {
            bail!("browser.max_age: must be at least 1m");
        }
        Ok(())
    }
}

fn limit(size: ByteSize) -> Option<u64> {
    Some(size.as_u64()).filter(|bytes| *bytes > 0)
}
