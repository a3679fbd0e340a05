//! A site of the synthetic web: what its hosts answer, and its truth.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

use include_dir::{Dir, include_dir};
use serde::Deserialize;

use crate::truth::{ByVendor, Expected, Keystrokes, PageTruth, SiteTruth, States, Wall};
use crate::{Error, Result};

/// The hand-written web: a folder a site, `truth.toml` beside its files.
static SITES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/sites");

/// A site, or a third party that hand-written sites use.
#[derive(Debug)]
pub struct Site {
    /// The host that answers.
    pub host: String,
    /// Other hosts, which redirect to it.
    pub aliases: Vec<String>,
    /// Whether it answers over TLS; if not, port 443 is refused.
    pub https: bool,
    /// Whether it answers without TLS with pages; if not, with a redirect to https.
    pub http: bool,
    /// Not of the portfolio: a host that sites use. What it has no file for is taken in and logged.
    pub third_party: bool,
    /// The address that DNS gives for it, if not one of the documentation ranges.
    pub address: Option<IpAddr>,
    /// Names that are a CNAME of another.
    pub cname: BTreeMap<String, String>,
    /// What is true of it.
    pub truth: SiteTruth,
    /// What it answers, by path.
    pub(crate) resources: HashMap<String, Resource>,
    /// What it answers once the lab's web has changed, by path.
    pub(crate) after: HashMap<String, After>,
    /// Paths below which another host answers.
    pub(crate) proxies: Vec<Passage>,
    /// What is wrong with the host itself.
    pub(crate) fault: Option<Fault>,
}

/// What is answered at a path.
#[derive(Clone, Debug)]
pub(crate) struct Resource {
    pub(crate) status: u16,
    pub(crate) mime: Cow<'static, str>,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) content: Content,
    pub(crate) pace: Pace,
}

/// What is answered at a path once the web has changed.
#[derive(Debug)]
pub(crate) struct After {
    /// Answered in turn, over and over.
    answers: Vec<Resource>,
    asked: AtomicUsize,
}

/// Where the bytes come from.
#[derive(Clone, Debug)]
pub(crate) enum Content {
    /// From here.
    Bytes(Cow<'static, [u8]>),
    /// From a file below the SDKs' `node_modules`.
    Sdk(String),
    /// A package of `node_modules` in one script, as a site's own bundler would make it.
    Bundle {
        package: String,
        /// What its exports become in the window.
        global: String,
    },
}

/// When the answer comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pace {
    AtOnce,
    After(Duration),
    /// The connection stays open and nothing comes.
    Never,
    /// The bytes come, and after them some more, for ever.
    Drip,
}

/// What is wrong with a host before anything is asked of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Fault {
    /// Its certificate is of an authority that nobody knows.
    Untrusted,
    /// It takes no connection.
    Refuses,
}

/// `truth.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SiteFile {
    about: String,
    #[serde(default = "yes")]
    demo: bool,
    #[serde(default)]
    consent: bool,
    #[serde(default)]
    hostile: bool,
    #[serde(default)]
    third_party: bool,
    #[serde(default = "yes")]
    https: bool,
    #[serde(default)]
    http: bool,
    domain: Option<String>,
    #[serde(default)]
    aliases: Vec<String>,
    address: Option<IpAddr>,
    #[serde(default)]
    cname: BTreeMap<String, String>,
    #[serde(default)]
    simulated: BTreeSet<String>,
    #[serde(default)]
    every_page: PageFile,
    #[serde(default)]
    page: Vec<PageFile>,
    #[serde(default)]
    resource: Vec<ResourceFile>,
    #[serde(default)]
    proxy: Vec<Passage>,
    #[serde(default)]
    after: Vec<AfterFile>,
    #[serde(default)]
    fault: Option<Fault>,
}

/// What a page becomes, in `truth.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct AfterFile {
    path: String,
    /// Answered in turn, one for each time that it is asked for.
    files: Vec<String>,
    status: Option<u16>,
    /// What a verify says of each vendor.
    verdict: BTreeMap<String, String>,
}

/// A page in `truth.toml`; what it leaves out is taken from `[every_page]`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct PageFile {
    #[serde(default)]
    path: String,
    kind: Option<String>,
    file: Option<String>,
    outcome: Option<Expected>,
    status: Option<u16>,
    delay_ms: Option<u64>,
    headers: Option<BTreeMap<String, String>>,
    vendors: Option<BTreeSet<String>>,
    unknown: Option<BTreeSet<String>>,
    uploads: Option<BTreeSet<String>>,
    late_uploads: Option<BTreeMap<String, u32>>,
    disguised: Option<BTreeMap<String, String>>,
    cookies: Option<BTreeSet<String>>,
    storage: Option<BTreeSet<String>>,
    stored: Option<BTreeSet<String>>,
    accounts: Option<ByVendor>,
    install: Option<BTreeMap<String, String>>,
    brought_by: Option<ByVendor>,
    frames: Option<ByVendor>,
    fingerprints: Option<BTreeSet<String>>,
    listening: Option<BTreeSet<String>>,
    listens: Option<ByVendor>,
    reads: Option<ByVendor>,
    details: Option<BTreeMap<String, ByVendor>>,
    keystrokes: Option<Keystrokes>,
    grows: Option<BTreeSet<String>>,
    wall: Option<Wall>,
    detail: Option<String>,
    failure: Option<String>,
    states: Option<States>,
}

/// A path of the site below which another host of the lab answers, in `truth.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Passage {
    /// Where the path begins, and what is taken off it.
    pub(crate) path: String,
    /// The host that answers.
    pub(crate) to: String,
    /// What is put before the rest of the path.
    #[serde(default)]
    pub(crate) below: String,
}

/// Something else that the site has, in `truth.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ResourceFile {
    path: String,
    file: Option<String>,
    sdk: Option<String>,
    /// For a package: it is packed into one script, and its exports become that global.
    global: Option<String>,
    status: Option<u16>,
    delay_ms: Option<u64>,
    #[serde(default)]
    hang: bool,
    #[serde(default)]
    drip: bool,
    #[serde(default)]
    headers: BTreeMap<String, String>,
}

fn yes() -> bool {
    true
}

impl Site {
    /// Reads every hand-written site, in the order of their hosts.
    ///
    /// # Errors
    /// When a `truth.toml` does not parse, or names a file that is not there.
    pub fn hand_written() -> Result<Vec<Self>> {
        let mut sites = SITES.dirs().map(Self::read).collect::<Result<Vec<_>>>()?;
        sites.sort_by(|a, b| a.host.cmp(&b.host));
        Ok(sites)
    }

    /// A site of one page, without truth.
    pub(crate) fn made(host: &str, html: &str) -> Self {
        Self {
            host: host.to_owned(),
            aliases: Vec::new(),
            https: true,
            http: false,
            third_party: false,
            address: None,
            cname: BTreeMap::new(),
            truth: SiteTruth {
                start: format!("https://{host}/"),
                domain: host.to_owned(),
                about: "made by a test".to_owned(),
                ..SiteTruth::default()
            },
            resources: HashMap::from([(
                "/".to_owned(),
                Resource::of("index.html", Cow::Owned(html.as_bytes().to_vec())),
            )]),
            after: HashMap::new(),
            proxies: Vec::new(),
            fault: None,
        }
    }

    /// One more file of it.
    pub(crate) fn add_made_file(&mut self, name: &str, text: &str) {
        let resource = Resource::of(name, Cow::Owned(text.as_bytes().to_vec()));
        self.resources.insert(format!("/{name}"), resource);
    }

    fn read(folder: &'static Dir<'static>) -> Result<Self> {
        let host = folder.path().to_string_lossy().into_owned();
        let fail = |reason: String| Error::Site { site: host.clone(), reason };
        let toml = folder.get_file(folder.path().join("truth.toml")).and_then(|file| file.contents_utf8());
        let toml = toml.ok_or_else(|| fail("no truth.toml".to_owned()))?;
        let file: SiteFile = toml::from_str(toml).map_err(|error| fail(error.to_string()))?;
        let mut site = Self::empty(&host, &file);
        for entry in folder.files() {
            let name = entry.path().file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            site.resources.insert(path_of(&name), Resource::of(&name, Cow::Borrowed(entry.contents())));
        }
        for resource in &file.resource {
            site.add_resource(resource).map_err(&fail)?;
        }
        for page in &file.page {
            site.add_page(page, &file.every_page).map_err(&fail)?;
        }
        for after in file.after {
            site.add_after(after).map_err(&fail)?;
        }
        Ok(site)
    }

    /// What is answered at a path, before or after the web has changed.
    pub(crate) fn at(&self, path: &str, has_changed: bool) -> Option<&Resource> {
        let after = self.after.get(path).filter(|_| has_changed);
        after.map_or_else(|| self.resources.get(path), |after| Some(after.next()))
    }

    fn add_after(&mut self, file: AfterFile) -> Result<(), String> {
        let answer = |name: &String| {
            let mut resource = self.resources.get(&path_of(name)).cloned().ok_or(format!("no file {name}"))?;
            resource.status = file.status.unwrap_or(resource.status);
            Ok::<_, String>(resource)
        };
        let answers = file.files.iter().map(answer).collect::<Result<Vec<_>, _>>()?;
        if answers.is_empty() {
            return Err(format!("after {}: no files", file.path));
        }
        self.truth.verdicts.insert(file.path.clone(), file.verdict);
        self.after.insert(file.path, After { answers, asked: AtomicUsize::new(0) });
        Ok(())
    }

    /// The host behind a path, and the path there.
    pub(crate) fn passage(&self, path_and_query: &str) -> Option<(&str, String)> {
        let fits = |passage: &&Passage| path_and_query.starts_with(&passage.path);
        let passage = self.proxies.iter().filter(fits).max_by_key(|passage| passage.path.len())?;
        Some((&passage.to, format!("{}/{}", passage.below, &path_and_query[passage.path.len()..])))
    }

    fn empty(host: &str, file: &SiteFile) -> Self {
        let domain = file.domain.clone().unwrap_or_else(|| host.to_owned());
        let scheme = if file.https { "https" } else { "http" };
        Self {
            host: host.to_owned(),
            aliases: file.aliases.clone(),
            https: file.https,
            http: file.http || !file.https,
            third_party: file.third_party,
            address: file.address,
            cname: file.cname.clone(),
            truth: SiteTruth {
                start: format!("{scheme}://{domain}/"),
                domain,
                about: file.about.clone(),
                demo: file.demo && !file.hostile && !file.third_party,
                consent: file.consent,
                hostile: file.hostile,
                simulated: file.simulated.clone(),
                pages: Vec::new(),
                verdicts: BTreeMap::new(),
            },
            resources: HashMap::new(),
            after: HashMap::new(),
            proxies: file.proxy.clone(),
            fault: file.fault,
        }
    }

    fn add_resource(&mut self, file: &ResourceFile) -> Result<(), String> {
        let mut resource = match (&file.sdk, &file.file) {
            (Some(sdk), _) if file.global.is_some() => {
                let global = file.global.clone().unwrap_or_default();
                Resource::of(&file.path, Cow::Borrowed(b"")).with(Content::Bundle { package: sdk.clone(), global })
            }
            (Some(sdk), _) => Resource::of(sdk, Cow::Borrowed(b"")).with(Content::Sdk(sdk.clone())),
            (None, Some(name)) => self.resources.get(&path_of(name)).cloned().ok_or(format!("no file {name}"))?,
            (None, None) => Resource::of(&file.path, Cow::Borrowed(b"")),
        };
        resource.status = file.status.unwrap_or(200);
        resource.headers.clone_from(&file.headers);
        resource.pace = match file.delay_ms {
            _ if file.hang => Pace::Never,
            _ if file.drip => Pace::Drip,
            Some(ms) => Pace::After(Duration::from_millis(ms)),
            None => Pace::AtOnce,
        };
        self.resources.insert(file.path.clone(), resource);
        Ok(())
    }

    fn add_page(&mut self, file: &PageFile, every: &PageFile) -> Result<(), String> {
        let source = file.file.clone().map_or_else(|| file.path.clone(), |name| path_of(&name));
        let outcome = file.outcome.or(every.outcome).unwrap_or_default();
        if let Some(resource) = self.resources.get(&source) {
            let mut resource = resource.clone();
            resource.status = file.status.or(every.status).unwrap_or(resource.status);
            if let Some(ms) = file.delay_ms.or(every.delay_ms) {
                resource.pace = Pace::After(Duration::from_millis(ms));
            }
            resource.headers.extend(file.headers.clone().or_else(|| every.headers.clone()).unwrap_or_default());
            self.resources.insert(file.path.clone(), resource);
        } else if outcome == Expected::Loaded {
            return Err(format!("page {} has no file", file.path));
        }
        let scheme = if self.https { "https" } else { "http" };
        let url = format!("{scheme}://{}{}", self.host, file.path);
        self.truth.pages.push(PageTruth { url, outcome, ..file.truth(every) });
        Ok(())
    }
}

impl PageFile {
    /// What the page says itself, and else what every page says.
    fn truth(&self, every: &Self) -> PageTruth {
        PageTruth {
            url: String::new(),
            path: self.path.clone(),
            kind: self.kind.clone().unwrap_or_else(|| "other".to_owned()),
            outcome: self.outcome.or(every.outcome).unwrap_or_default(),
            vendors: pick(&self.vendors, &every.vendors),
            unknown: pick(&self.unknown, &every.unknown),
            uploads: pick(&self.uploads, &every.uploads),
            late_uploads: pick(&self.late_uploads, &every.late_uploads),
            disguised: pick(&self.disguised, &every.disguised),
            cookies: pick(&self.cookies, &every.cookies),
            storage: pick(&self.storage, &every.storage),
            stored: pick(&self.stored, &every.stored),
            accounts: pick(&self.accounts, &every.accounts),
            install: pick(&self.install, &every.install),
            brought_by: pick(&self.brought_by, &every.brought_by),
            frames: pick(&self.frames, &every.frames),
            fingerprints: pick(&self.fingerprints, &every.fingerprints),
            listening: pick(&self.listening, &every.listening),
            listens: pick(&self.listens, &every.listens),
            reads: pick(&self.reads, &every.reads),
            details: pick(&self.details, &every.details),
            keystrokes: pick(&self.keystrokes, &every.keystrokes),
            grows: pick(&self.grows, &every.grows),
            wall: self.wall.or(every.wall),
            detail: self.detail.clone().or_else(|| every.detail.clone()),
            failure: self.failure.clone().or_else(|| every.failure.clone()),
            states: self.states.clone().or_else(|| every.states.clone()),
        }
    }
}

fn pick<T: Clone + Default>(own: &Option<T>, every: &Option<T>) -> T {
    own.clone().or_else(|| every.clone()).unwrap_or_default()
}

/// The path at which a file is answered: `index.html` is `/`, other `.html` lose their ending.
fn path_of(name: &str) -> String {
    match name.strip_suffix(".html") {
        Some("index") => "/".to_owned(),
        Some(stem) => format!("/{stem}"),
        None => format!("/{name}"),
    }
}

impl After {
    fn next(&self) -> &Resource {
        &self.answers[self.asked.fetch_add(1, Relaxed) % self.answers.len()]
    }

    /// Begins with the first answer again.
    pub(crate) fn rewind(&self) {
        self.asked.store(0, Relaxed);
    }
}

impl Resource {
    /// An answer of 200, typed by the name's ending.
    pub(crate) fn of(name: &str, bytes: Cow<'static, [u8]>) -> Self {
        let mime = match name.rsplit_once('.').map(|(_, ending)| ending) {
            Some("js") => "text/javascript; charset=utf-8",
            Some("css") => "text/css; charset=utf-8",
            Some("json") => "application/json",
            Some("xml") => "application/xml",
            Some("txt") => "text/plain; charset=utf-8",
            Some("gif") => "image/gif",
            Some("svg") => "image/svg+xml",
            Some("woff2") => "font/woff2",
            Some("wasm") => "application/wasm",
            _ => "text/html; charset=utf-8",
        };
        Self {
            status: 200,
            mime: Cow::Borrowed(mime),
            headers: BTreeMap::new(),
            content: Content::Bytes(bytes),
            pace: Pace::AtOnce,
        }
    }

    fn with(mut self, content: Content) -> Self {
        self.content = content;
        self
    }
}
