use std::{path::PathBuf, time::Duration};

/// How a [`crate::Browser`] runs.
#[derive(Clone, Debug)]
pub struct BrowserConfig {
    /// The Chromium binary itself (not a wrapper script). Default: Debian's `chromium-headless-shell`.
    pub executable: PathBuf,
    /// Base64 of the SHA-256 of the SubjectPublicKeyInfo of an extra CA or leaf that is trusted, for a proxy that
    /// terminates TLS. Default: none.
    pub ca_spki: Option<String>,
    /// How long a page is watched.
    pub dwell: Dwell,
    /// Hard limit of a visit, from the navigation to its end. Default: 45 s.
    pub wall: Duration,
    /// Whether a picture is taken at the end. Default: yes.
    pub screenshot: bool,
    /// Visits at the same time. Default: 8 a core; waiting costs no CPU, a tab costs about 33 MB.
    pub tabs: usize,
    /// Visits after which the browser is replaced by a fresh one. Default: 500.
    pub recycle_after: u32,
    /// Whether Chromium's sandbox is used. Ignored, with a warning, for root, under whom it cannot run. Default: yes.
    pub sandbox: bool,
}

/// How long a page is watched, counted from the moment its document is parsed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dwell {
    /// At least. Default: 5 s.
    pub min: Duration,
    /// At most. Default: 10 s.
    pub max: Duration,
    /// Between the two, until no request began for so long. Default: 1.5 s.
    pub quiet: Duration,
}

impl Default for BrowserConfig {
    fn default() -> Self {
        Self {
            executable: PathBuf::from("/usr/lib/chromium/chromium-headless-shell"),
            ca_spki: None,
            dwell: Dwell::default(),
            wall: Duration::from_secs(45),
            screenshot: true,
            tabs: 8 * std::thread::available_parallelism().map_or(1, usize::from),
            recycle_after: 500,
            sandbox: true,
        }
    }
}

impl Default for Dwell {
    fn default() -> Self {
        Self { min: Duration::from_secs(5), max: Duration::from_secs(10), quiet: Duration::from_millis(1_500) }
    }
}
