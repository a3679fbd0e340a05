//! Stand-ins for vendors whose code is not published: one table, from which scripts and answers are made.

use std::collections::BTreeSet;

use include_dir::{Dir, include_dir};
use serde::Deserialize;

use crate::{Error, Result};

/// The table, embedded.
const TABLE: &str = include_str!("../vendors.toml");
/// What some hosts have besides: containers, libraries, frames.
static FILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/files");
/// What every stand-in script does with its row of the table.
const STAND_IN: &str = include_str!("vendor/stand_in.js");

/// One vendor's row.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vendor {
    /// Id in the catalogue.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// What a page loads; a request whose address begins with it gets the stand-in.
    pub script: String,
    /// Other vendors contacted on the way.
    #[serde(default)]
    pub also: Vec<String>,
    /// Globals that the script defines.
    #[serde(default)]
    pub globals: Vec<String>,
    /// First-party cookies that the script sets.
    #[serde(default)]
    pub cookies: Vec<String>,
    /// Keys written to local storage.
    #[serde(default)]
    pub local: Vec<String>,
    /// Keys written to session storage.
    #[serde(default)]
    pub session: Vec<String>,
    /// What the script sends.
    #[serde(default)]
    pub call: Vec<Call>,
}

/// By which means a stand-in calls its vendor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Means {
    /// A pixel.
    Image,
    /// `fetch` with a JSON body, with credentials.
    Fetch,
    /// `navigator.sendBeacon` with a JSON body.
    Beacon,
    /// A further script of the vendor.
    Script,
    /// A WebSocket that sends one frame.
    Socket,
    /// Something that a style sheet refers to.
    Style,
}

/// One thing that a stand-in sends.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Call {
    /// By which means.
    pub via: Means,
    /// Where to; `{href}`, `{ts}` and `{id}` are replaced in the browser.
    pub url: String,
    /// Third-party cookies that the answer sets.
    #[serde(default)]
    pub set: Vec<String>,
}

/// Something that a host of somebody else's has: a container, a library, a frame, or an endpoint.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Held {
    /// Address; what is asked for begins with it.
    pub url: String,
    /// Whose it is, by catalogue id; `None` if no vendor of the catalogue.
    pub vendor: Option<String>,
    /// A file of `files/`; without one it takes in what comes.
    pub file: Option<String>,
    /// Instead: a file of an SDK, or a whole one where `global` is given.
    pub sdk: Option<String>,
    /// What the exports of that SDK become in the window.
    pub global: Option<String>,
    /// Third-party cookies that the answer sets.
    #[serde(default)]
    pub set: Vec<String>,
}

/// What a vendor host has at an address.
#[derive(Clone, Copy, Debug)]
pub enum Found<'a> {
    /// A file or an endpoint of its own.
    Held(&'a Held),
    /// The stand-in script, or style sheet.
    Script(&'a Vendor),
    /// An endpoint of a stand-in.
    Call(&'a Call),
    /// The host is a vendor's, the path is nothing special.
    Host,
}

/// All vendors of the table.
#[derive(Clone, Debug)]
pub struct Vendors {
    all: Vec<Vendor>,
    held: Vec<Held>,
    hosts: BTreeSet<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    vendor: Vec<Vendor>,
    held: Vec<Held>,
}

impl Held {
    /// Its file.
    #[must_use]
    pub fn bytes(&self) -> Option<&'static [u8]> {
        FILES.get_file(self.file.as_ref()?).map(include_dir::File::contents)
    }
}

impl Vendor {
    /// What a page holds to load it.
    #[must_use]
    pub fn snippet(&self) -> String {
        match self.id.as_str() {
            "google-fonts" => format!(r#"<link rel="stylesheet" href="{}?family=Inter&display=swap">"#, self.script),
            _ => format!(r#"<script async src="{}"></script>"#, self.src()),
        }
    }

    /// The whole address of the script as a page would write it: the table's prefix, with an account where one belongs.
    #[must_use]
    pub fn src(&self) -> String {
        match self.script.as_str() {
            prefix if prefix.ends_with('/') => format!("{prefix}lab00001/tag.js"),
            prefix if prefix.contains("id=") => format!("{prefix}LAB0000001"),
            prefix if prefix.ends_with('-') => format!("{prefix}1000001.js"),
            whole => whole.to_owned(),
        }
    }

    /// Whether it sends a body by itself.
    #[must_use]
    pub fn uploads(&self) -> bool {
        self.call.iter().any(|call| matches!(call.via, Means::Fetch | Means::Beacon | Means::Socket))
    }

    /// The stand-in's JavaScript.
    #[must_use]
    pub fn javascript(&self) -> String {
        let calls: Vec<_> =
            self.call.iter().map(|call| serde_json::json!({ "via": call.via, "url": call.url })).collect();
        let row = serde_json::json!({
            "vendor": self.id, "globals": self.globals, "cookies": self.cookies, "local": self.local,
            "session": self.session, "calls": calls,
        });
        format!("/* Stand-in for {}, whose code is not published. */\n({STAND_IN})({row});\n", self.name)
    }

    /// The stand-in's style sheet, for vendors that are one.
    #[must_use]
    pub fn style_sheet(&self) -> Option<String> {
        let file = self.call.iter().find(|call| call.via == Means::Style)?;
        let face = "font-family: 'Inter'; font-style: normal; font-weight: 400; font-display: swap";
        Some(format!("@font-face {{ {face}; src: url({}) format('woff2'); }}\n", file.url))
    }
}

impl Vendors {
    /// Reads the embedded table.
    ///
    /// # Errors
    /// When the table does not parse.
    pub fn embedded() -> Result<Self> {
        let table: Table = toml::from_str(TABLE).map_err(|error| Error::Vendors(error.to_string()))?;
        let addresses = |vendor: &Vendor| {
            let calls = vendor.call.iter().map(|call| call.url.clone());
            calls.chain([vendor.script.clone()]).filter_map(|url| host_of(&url).map(str::to_owned)).collect::<Vec<_>>()
        };
        if let Some(lost) = table.held.iter().find(|held| held.file.is_some() && held.bytes().is_none()) {
            return Err(Error::Vendors(format!("{}: no such file", lost.url)));
        }
        let held = table.held.iter().filter_map(|held| host_of(&held.url).map(str::to_owned));
        let hosts = table.vendor.iter().flat_map(addresses).chain(held).collect();
        Ok(Self { all: table.vendor, held: table.held, hosts })
    }

    /// Every vendor, in the table's order.
    pub fn iter(&self) -> impl Iterator<Item = &Vendor> {
        self.all.iter()
    }

    /// Everything that hosts have besides stand-ins.
    pub fn held(&self) -> impl Iterator<Item = &Held> {
        self.held.iter()
    }

    /// The vendor with that id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Vendor> {
        self.all.iter().find(|vendor| vendor.id == id)
    }

    /// Whether a stand-in lives at that host.
    #[must_use]
    pub fn has_host(&self, host: &str) -> bool {
        self.hosts.contains(host)
    }

    /// What is at `host` + `path_and_query`: the longest matching prefix of the table.
    #[must_use]
    pub fn find(&self, host: &str, path_and_query: &str) -> Option<Found<'_>> {
        if !self.has_host(host) {
            return None;
        }
        let fits = |url: &str| -> Option<usize> {
            let (at, rest) = url.split_once("://")?.1.split_once('/')?;
            let path = rest.split(['?', '{']).next().filter(|_| !url.contains("?id=")).unwrap_or(rest);
            (at == host && path_and_query.strip_prefix('/')?.starts_with(path)).then_some(path.len())
        };
        let scripts = self.all.iter().filter_map(|vendor| Some((fits(&vendor.script)?, Found::Script(vendor))));
        let calls = self.all.iter().flat_map(|vendor| &vendor.call);
        let calls = calls.filter_map(|call| Some((fits(&prefix(&call.url))?, Found::Call(call))));
        let held = self.held.iter().filter_map(|held| Some((fits(&held.url)?, Found::Held(held))));
        scripts.chain(calls).chain(held).max_by_key(|(len, _)| *len).map(|(_, found)| found).or(Some(Found::Host))
    }
}

/// An endpoint's address without query and placeholders.
fn prefix(url: &str) -> String {
    url.split(['?', '{']).next().unwrap_or(url).to_owned()
}

/// The host of an absolute address.
fn host_of(url: &str) -> Option<&str> {
    url.split_once("://")?.1.split(['/', '?']).next()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn script_at(host: &str, path: &str) -> Option<String> {
        match Vendors::embedded().unwrap().find(host, path) {
            Some(Found::Script(vendor)) => Some(vendor.id.clone()),
            _ => None,
        }
    }

    #[test]
    fn a_shared_host_is_told_apart_by_path_and_account() {
        let gtm = |path: &str| script_at("www.googletagmanager.com", path);
        assert_eq!(gtm("/gtm.js?id=GTM-ABC").as_deref(), Some("google-tag-manager"));
        assert_eq!(gtm("/gtag/js?id=G-ABC").as_deref(), Some("google-analytics"));
        assert_eq!(gtm("/gtag/js?id=AW-ABC").as_deref(), Some("google-ads"));
        let adobe = |path: &str| script_at("assets.adobedtm.com", path);
        assert_eq!(adobe("/lab00001/tag.js").as_deref(), Some("adobe-launch"));
        assert_eq!(adobe("/extensions/appmeasurement/lab00001/tag.js").as_deref(), Some("adobe-analytics"));
    }

    #[test]
    fn every_snippet_gets_its_own_stand_in() {
        for vendor in Vendors::embedded().unwrap().iter() {
            let src = vendor.src();
            let (host, path) = src.split_once("://").unwrap().1.split_once('/').unwrap();
            assert_eq!(script_at(host, &format!("/{path}")).as_ref(), Some(&vendor.id), "{src}");
        }
    }

    #[test]
    fn every_endpoint_is_found_under_its_address() {
        let vendors = Vendors::embedded().unwrap();
        for call in vendors.iter().flat_map(|vendor| &vendor.call) {
            let (host, path) = call.url.split_once("://").unwrap().1.split_once('/').unwrap();
            let Some(Found::Call(found)) = vendors.find(host, &format!("/{path}")) else { panic!("{}", call.url) };
            assert_eq!((found.via, prefix(&found.url)), (call.via, prefix(&call.url)));
        }
        assert!(vendors.find("nowhere.test", "/").is_none());
    }

    #[test]
    fn what_hosts_have_besides_goes_before_their_stand_ins() {
        let vendors = Vendors::embedded().unwrap();
        for held in vendors.held() {
            let (host, path) = held.url.split_once("://").unwrap().1.split_once('/').unwrap();
            let Some(Found::Held(found)) = vendors.find(host, &format!("/{path}")) else { panic!("{}", held.url) };
            assert_eq!(found.url, held.url);
            assert_eq!(found.bytes().is_some(), held.file.is_some(), "{}", held.url);
        }
        assert_eq!(
            script_at("www.googletagmanager.com", "/gtm.js?id=GTM-OTHER").as_deref(),
            Some("google-tag-manager"),
            "another container is a stand-in's"
        );
    }
}
