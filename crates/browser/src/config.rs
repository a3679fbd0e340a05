use std::{path::PathBuf, time::Duration};

use crate::{Advice, Chooser, Lives, Sandboxing};

/// How a [`crate::Browser`] runs.
#[derive(Clone, Debug)]
pub struct BrowserConfig {
    /// The Chromium binary itself (not a wrapper script). Default: Debian's `chromium-headless-shell`.
    pub executable: PathBuf,
    /// Base64 of the SHA-256 of the SubjectPublicKeyInfo of an extra CA or leaf that is trusted, for a proxy that
    /// terminates TLS; several with commas. Default: none.
    pub ca_spki: Option<String>,
    /// How long a page is watched.
    pub dwell: Dwell,
    /// Hard limit of a visit, from the navigation to its end. Default: 45 s.
    pub wall: Duration,
    /// Whether a picture is taken, before anything is typed. Default: yes.
    pub screenshot: bool,
    /// Visits at the same time. Default: 8 a core; waiting costs no CPU, a tab costs about 33 MB.
    pub tabs: usize,
    /// Visits after which the browser is replaced by a fresh one. Default: 500.
    pub recycle_after: u32,
    /// Memory in bytes above which it is replaced, all its processes together; `None`: whatever it holds. Default: 3 GiB.
    pub max_memory: Option<u64>,
    /// Age above which it is replaced: a newer Chromium on this machine is used in the end. Default: 12 h.
    pub max_age: Duration,
    /// Memory in bytes above which the renderer of a single page is ended; `None`: whatever it holds. Default: 2 GiB.
    pub max_page_memory: Option<u64>,
    /// Whether Chromium's sandbox is used. Default: if the host allows it.
    pub sandbox: Sandboxing,
    /// Whose browsers are where we are root. Default: nobody's.
    pub user: Option<String>,
    /// Whether frames of other sites get a process of their own, as in Chrome with a window. What such a
    /// frame sends on leaving is not seen then, which is a gap, and it costs a quarter more CPU. Default: no.
    pub site_isolation: bool,
    /// Whether and how the page's fields are typed into after the dwell. Default: they are not.
    pub typing: Option<Typing>,
    /// What is known of vendors, for the typing.
    pub advice: Advice,
    /// What knows how banners are answered; visits that refuse or agree need it. Default: nothing.
    pub chooser: Option<Chooser>,
    /// Counts the browsers that come and go. Default: nobody looks.
    pub lives: Lives,
}

/// How the fields of a page are typed into, as a visitor would who never sends anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Typing {
    /// Fields at most. Default: 12, of which each kind comes first once: forms with more are told to that extent.
    pub max_fields: usize,
    /// Shortest and longest pause between two keys. Default: 35 to 110 ms, as people do who type well.
    pub key_pause: (Duration, Duration),
    /// How long is typed at most; a field that was begun is ended. Default: 20 s.
    pub budget: Duration,
    /// How long is watched at least after the last field lost the focus. Default: 3 s: recorders wait for a pause of
    /// up to 750 ms, and then for their next upload.
    pub settle: Duration,
}

impl Default for Typing {
    fn default() -> Self {
        Self {
            max_fields: 12,
            key_pause: (Duration::from_millis(35), Duration::from_millis(110)),
            budget: Duration::from_secs(20),
            settle: Duration::from_secs(3),
        }
    }
}

/// How long a page is watched, counted from the moment its document is parsed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dwell {
    /// At least. Default: 7 s: tags that are delayed for 5 s are common, and one of 6 s is still seen.
    pub min: Duration,
    /// At most. Default: 12 s.
    pub max: Duration,
    /// Between the two, until no request began for so long. Default: 2 s.
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
            max_memory: Some(3 << 30),
            max_age: Duration::from_secs(12 * 60 * 60),
            max_page_memory: Some(2 << 30),
            sandbox: Sandboxing::Auto,
            user: None,
            site_isolation: false,
            typing: None,
            advice: Advice::default(),
            chooser: None,
            lives: Lives::default(),
        }
    }
}

impl Default for Dwell {
    fn default() -> Self {
        Self { min: Duration::from_secs(7), max: Duration::from_secs(12), quiet: Duration::from_secs(2) }
    }
}
