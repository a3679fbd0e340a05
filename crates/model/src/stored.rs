//! What a page leaves behind in the browser: cookies, web storage, databases. Values stay there: only lengths are kept.

use serde::{Deserialize, Serialize};

use crate::ScriptFrame;

/// A cookie was set, or was there at the end. The value itself stays in the browser: only its length is kept.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Cookie {
    /// Its name.
    pub name: String,
    /// Its domain, without the leading dot.
    pub domain: String,
    /// The path that it is for; empty where nobody says.
    pub path: String,
    /// Length of the value in bytes.
    pub value_len: u32,
    /// Lifetime in seconds from the moment of observation; `None` for a session cookie.
    pub lifetime_s: Option<i64>,
    /// Not readable by scripts.
    pub http_only: bool,
    /// Over TLS only.
    pub secure: bool,
    /// `Strict`, `Lax` or `None`, as it was set; `None` where nothing was said.
    pub same_site: Option<String>,
    /// Whether it belongs to this site's partition only (CHIPS).
    pub partitioned: bool,
    /// `seq` of the request whose answer set it; `None` for one that a script set.
    pub set_by: Option<u32>,
    /// The script that set it, innermost first; empty if an answer did or nobody saw it.
    pub stack: Vec<ScriptFrame>,
    /// Whether it was there at the end of the visit; `None` where the jar could not be read.
    pub kept: Option<bool>,
    /// Why the browser did not store it, if it did not (CDP's `blockedReasons`).
    pub blocked: Option<String>,
}

/// Where a page keeps things beside cookies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StorageArea {
    /// `localStorage`: a key was written.
    #[default]
    Local,
    /// `sessionStorage`: a key was written.
    Session,
    /// IndexedDB: a database was opened.
    IndexedDb,
    /// Cache storage: a cache was opened.
    Cache,
}

/// Something was written to a storage. The value itself stays in the browser: only its length is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StorageWrite {
    /// Which one.
    pub area: StorageArea,
    /// Origin (or CDP's storage key) it belongs to.
    pub origin: String,
    /// The key; the name of the database or cache.
    pub key: String,
    /// Length of the value in UTF-16 units; 0 for a database or cache.
    pub value_len: u32,
    /// The script that wrote it, innermost first; empty where nobody saw it.
    pub stack: Vec<ScriptFrame>,
}

impl StorageArea {
    /// The name used in reports, in the catalogue and in the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Session => "session",
            Self::IndexedDb => "indexeddb",
            Self::Cache => "cache",
        }
    }
}
