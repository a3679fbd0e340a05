//! Finds what Earshot needs and does not contain: Chromium, `nats-server`, `libchdb.so`, Autoconsent.

mod checkup;

use std::{
    env, fmt,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use thiserror::Error;

pub use self::checkup::{Checkup, Status, inspect, version};

/// Something that is installed beside Earshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// The browser, best as `chromium-headless-shell`.
    Chromium,
    /// The message broker.
    Nats,
    /// The embedded engine's library.
    Clickhouse,
    /// What knows the banners of consent platforms. Its file is `package.json`; `autoconsent.playwright.js` and
    /// `rules.json` lie beside it.
    Autoconsent,
}

/// A part, and why this one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Which part.
    pub part: Part,
    /// Where it lies.
    pub path: PathBuf,
    /// In words: "given", "EARSHOT_PARTS", "PATH".
    pub how_found: String,
}

/// Why a part was not found.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum PartError {
    /// The path that somebody gave holds no such file.
    #[error("{part}: there is no usable file at {} ({} points there). {}", path.display(), part.flag(), part.advice())]
    Given {
        /// Which part.
        part: Part,
        /// What was given.
        path: PathBuf,
    },
    /// It is at none of the known places.
    #[error("{part} was not found. Looked at:{}\n{}", list(looked), part.advice())]
    Missing {
        /// Which part.
        part: Part,
        /// Every place, in order.
        looked: Vec<PathBuf>,
    },
}

impl Part {
    /// All of them, in the order in which a scan needs them.
    pub const ALL: [Self; 4] = [Self::Chromium, Self::Nats, Self::Clickhouse, Self::Autoconsent];

    /// The option that points at it; `EARSHOT_` and its name in capitals does too.
    #[must_use]
    pub fn flag(self) -> &'static str {
        match self {
            Self::Chromium => "--chromium",
            Self::Nats => "--nats",
            Self::Clickhouse => "--clickhouse",
            Self::Autoconsent => "--autoconsent",
        }
    }

    /// What to do if it is missing.
    #[must_use]
    pub fn advice(self) -> String {
        let flag = self.flag();
        let variable = flag.trim_start_matches('-').to_ascii_uppercase();
        let apt = if self == Self::Chromium { " (or install Debian's chromium-headless-shell)" } else { "" };
        format!("Run `make setup` to install it{apt}, or point at it with {flag} PATH or EARSHOT_{variable}.")
    }

    /// Its names below a folder of parts, best first.
    fn in_parts(self) -> &'static [&'static str] {
        match self {
            Self::Chromium => &["bin/chromium-headless-shell", "bin/chrome-headless-shell", "bin/chromium"],
            Self::Nats => &["bin/nats-server"],
            Self::Clickhouse => &["lib/libchdb.so"],
            Self::Autoconsent => &["lib/autoconsent/package.json"],
        }
    }

    /// Where systems keep it, best first. The wrapper `/usr/bin/chromium` comes after what it wraps: it adds flags.
    fn in_system(self) -> &'static [&'static str] {
        match self {
            Self::Chromium => &[
                "/usr/lib/chromium/chromium-headless-shell",
                "/usr/bin/chromium-headless-shell",
                "/usr/lib/chromium/chromium",
                "/usr/lib/chromium-browser/chromium-browser",
                "/opt/google/chrome/chrome",
            ],
            Self::Nats => &["/usr/sbin/nats-server", "/usr/local/bin/nats-server"],
            Self::Clickhouse => &["/usr/lib/libchdb.so", "/usr/local/lib/libchdb.so"],
            Self::Autoconsent => &[],
        }
    }

    /// Names on the PATH, best first.
    fn on_path(self) -> &'static [&'static str] {
        match self {
            Self::Chromium => &[
                "chromium-headless-shell",
                "chrome-headless-shell",
                "chromium",
                "chromium-browser",
                "google-chrome-stable",
                "google-chrome",
            ],
            Self::Nats => &["nats-server"],
            Self::Clickhouse | Self::Autoconsent => &[],
        }
    }

    fn is_usable(self, path: &Path) -> bool {
        let is_program = matches!(self, Self::Chromium | Self::Nats);
        let executable = |mode: u32| !is_program || mode & 0o111 != 0;
        path.metadata().is_ok_and(|file| file.is_file() && executable(file.permissions().mode()))
    }
}

/// Finds `part`: where `explicit` says, else at the first of the known places that has it.
///
/// # Errors
/// [`PartError`], which tells where was looked and what to do.
pub fn find(part: Part, explicit: Option<&Path>) -> Result<Found, PartError> {
    search(part, explicit, &Places::of_this_process())
}

/// The folders that are searched.
#[derive(Debug, Default)]
struct Places {
    /// Folders of parts, with what they are called.
    parts: Vec<(String, PathBuf)>,
    path: Vec<PathBuf>,
    system: bool,
}

impl Places {
    fn of_this_process() -> Self {
        let mut parts = Vec::new();
        if let Some(dir) = env::var_os("EARSHOT_PARTS") {
            parts.push(("EARSHOT_PARTS".to_owned(), PathBuf::from(dir)));
        }
        let starts = [
            ("beside the program", env::current_exe().ok().and_then(|exe| exe.parent().map(Path::to_owned))),
            ("the working directory", env::current_dir().ok()),
        ];
        for (name, start) in starts {
            for dir in start.iter().flat_map(|start| start.ancestors()).map(|dir| dir.join(".parts")) {
                if dir.is_dir() && parts.iter().all(|(_, known)| *known != dir) {
                    parts.push((format!(".parts at or above {name}"), dir));
                }
            }
        }
        if let Some(dir) = data_home() {
            parts.push(("the user's data directory".to_owned(), dir.join("earshot/parts")));
        }
        let path = env::var_os("PATH").map(|path| env::split_paths(&path).collect()).unwrap_or_default();
        Self { parts, path, system: true }
    }

    /// Every candidate for `part`, best first, with how it would be found.
    fn candidates(&self, part: Part) -> impl Iterator<Item = (String, PathBuf)> {
        let parts = self
            .parts
            .iter()
            .flat_map(move |(how, dir)| part.in_parts().iter().map(move |name| (how.clone(), dir.join(name))));
        let system = part.in_system().iter().filter(|_| self.system);
        let system = system.map(|path| ("installed on the system".to_owned(), PathBuf::from(path)));
        let path =
            part.on_path().iter().flat_map(|name| self.path.iter().map(move |dir| ("PATH".to_owned(), dir.join(name))));
        parts.chain(system).chain(path)
    }
}

fn search(part: Part, explicit: Option<&Path>, places: &Places) -> Result<Found, PartError> {
    if let Some(path) = explicit {
        let found = Found { part, path: path.to_owned(), how_found: "given".to_owned() };
        return if part.is_usable(path) { Ok(found) } else { Err(PartError::Given { part, path: path.to_owned() }) };
    }
    let mut looked = Vec::new();
    for (how_found, path) in places.candidates(part) {
        if part.is_usable(&path) {
            return Ok(Found { part, path, how_found });
        }
        looked.push(path);
    }
    Err(PartError::Missing { part, looked })
}

/// `$XDG_DATA_HOME`, by default `~/.local/share` (XDG Base Directory Specification).
fn data_home() -> Option<PathBuf> {
    let set = |name: &str| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    set("XDG_DATA_HOME").or_else(|| set("HOME").map(|home| home.join(".local/share")))
}

fn list(paths: &[PathBuf]) -> String {
    paths.iter().map(|path| format!("\n  {}", path.display())).collect()
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Chromium => "Chromium",
            Self::Nats => "nats-server",
            Self::Clickhouse => "libchdb.so (the embedded ClickHouse engine)",
            Self::Autoconsent => "Autoconsent (package.json of @duckduckgo/autoconsent)",
        })
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn put(path: &Path, mode: u32) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "").unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn the_first_usable_place_wins() {
        let dir = tempfile::tempdir().unwrap();
        let (one, two) = (dir.path().join("one"), dir.path().join("two"));
        put(&one.join("bin/nats-server"), 0o644);
        put(&two.join("bin/nats-server"), 0o755);
        let places = Places { parts: vec![("first".into(), one), ("second".into(), two.clone())], ..Places::default() };
        let found = search(Part::Nats, None, &places).unwrap();
        assert_eq!((found.path, found.how_found.as_str()), (two.join("bin/nats-server"), "second"));
    }

    #[test]
    fn what_was_given_is_not_replaced_by_something_else() {
        let dir = tempfile::tempdir().unwrap();
        put(&dir.path().join("bin/nats-server"), 0o755);
        let places = Places { parts: vec![("parts".into(), dir.path().to_owned())], ..Places::default() };
        let given = dir.path().join("typo");
        let error = search(Part::Nats, Some(&given), &places).unwrap_err();
        assert_eq!(error, PartError::Given { part: Part::Nats, path: given });
    }

    #[test]
    fn a_missing_part_says_where_was_looked_and_what_to_do() {
        let places = Places { parts: vec![("parts".into(), "/nowhere".into())], ..Places::default() };
        let text = search(Part::Clickhouse, None, &places).unwrap_err().to_string();
        assert!(text.contains("/nowhere/lib/libchdb.so"), "{text}");
        assert!(
            text.contains("make setup") && text.contains("--clickhouse") && text.contains("EARSHOT_CLICKHOUSE"),
            "{text}"
        );
    }
}
