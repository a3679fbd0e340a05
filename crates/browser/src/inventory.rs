//! What is there when one looks at the end of the dwell: how the page is built, what runs in it, which databases it has.

use std::{collections::HashSet, time::Duration};

use chromiumoxide::cdp::{
    browser_protocol::{
        cache_storage::RequestCacheNamesParams,
        indexed_db::RequestDatabaseNamesParams,
        network::Cookie,
        page::{CreateIsolatedWorldParams, FrameId},
        storage::GetStorageKeyParams,
    },
    js_protocol::runtime::{EvaluateParams, ExecutionContextId},
};
use earshot_model::{Mark, MarkKind, Site, StorageArea};
use serde::{Deserialize, de::DeserializeOwned};
use tokio::time::Instant;

use crate::{
    bounds,
    session::{CallError, Session},
    setup,
};

/// Globals that are told: sites have tens, the worst some hundred.
const GLOBALS: usize = 200;

/// `<script>`s that are looked at, with and without `src`: a large shop has a hundred.
const SCRIPTS: usize = 200;

/// Characters of an inline script in which hosts are looked for: loaders' snippets have one or two thousand, and the data
/// of a whole page that some carry says nothing about their loading.
const INLINE_TEXT: usize = 20_000;

/// Hosts told of one inline script.
const INLINE_HOSTS: usize = 5;

/// Strings told that could be keys: a page has some dozens, ids of builds and of analytics among them.
const LITERALS: usize = 64;

/// Elements whose attributes are looked at for keys, some 10 ms of work.
const ELEMENTS: usize = 20_000;

/// Databases and caches told of one page.
const DATABASES: usize = 50;

/// What an address has that comes from a plug-in or a site builder, which says where the script can be taken out:
/// WordPress' folders, and the hosts of Shopify, Wix and Squarespace.
const BUILDERS: &[&str] =
    &["/wp-content/plugins/", "/wp-includes/", "cdn.shopify.com", "static.parastorage.com", "static1.squarespace.com"];

/// What was there.
#[derive(Clone, Debug, Default)]
pub(crate) struct Inventory {
    /// What a person would see; `None` if the page did not say.
    pub look: Option<Look>,
    pub marks: Vec<Mark>,
    /// Databases and caches of the page's storage key.
    pub stored: Vec<Stored>,
    /// What could not be read.
    pub unread: Vec<&'static str>,
}

/// A database or a cache.
#[derive(Clone, Debug)]
pub(crate) struct Stored {
    pub area: StorageArea,
    pub origin: String,
    pub name: String,
}

/// How much there is for a person to see.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub(crate) struct Look {
    /// Characters of visible text in the main document.
    #[serde(rename = "text")]
    pub text_len: u32,
    /// Visible form fields.
    pub fields: u32,
    /// Visible links.
    pub links: u32,
    /// Visible images.
    pub images: u32,
}

/// What `document.js` says.
#[derive(Debug, Deserialize)]
struct Document {
    #[serde(flatten)]
    look: Look,
    generators: Vec<String>,
    inline: Vec<Inline>,
    scripts: Vec<Script>,
    literals: Vec<Literal>,
}

#[derive(Debug, Deserialize)]
struct Inline {
    name: String,
    hosts: Vec<String>,
}

/// A string that could be a key, and where it stands.
#[derive(Debug, Deserialize)]
struct Literal {
    name: String,
    value: String,
}

#[derive(Debug, Deserialize)]
struct Script {
    id: String,
    src: String,
}

/// What `globals.js` says.
#[derive(Debug, Deserialize)]
struct Globals {
    names: Vec<String>,
    containers: Vec<Container>,
}

#[derive(Debug, Deserialize)]
struct Container {
    name: String,
    id: String,
}

/// The names of `window`'s own properties in a page that is still blank.
///
/// # Errors
/// If the page does not say.
pub(crate) async fn clean_globals(page: &Session) -> Result<HashSet<String>, CallError> {
    let names = EvaluateParams::new("Object.getOwnPropertyNames(window)");
    let said = page.call(EvaluateParams { return_by_value: Some(true), ..names }, bounds::CALL).await?;
    Ok(said.result.value.and_then(|names| serde_json::from_value(names).ok()).unwrap_or_default())
}

/// Looks at everything, all at once, until `until`. `site` is the visited page's.
///
/// # Errors
/// Only if the browser is gone: what a page does not say is not known.
pub(crate) async fn take(
    page: &Session,
    frame: &FrameId,
    site: &Site,
    ours: &setup::Script,
    clean: &HashSet<String>,
    until: Instant,
) -> Result<Inventory, CallError> {
    let (seen, stored) = futures::join!(seen(page, frame, ours, until), stored(page, frame, until));
    let ((document, globals), (stored, unread)) = (seen?, stored?);
    let mut marks = Vec::new();
    let look = document.as_ref().map(|document| document.look);
    marks.extend(document.into_iter().flat_map(|document| document.marks(site)));
    marks.extend(globals.into_iter().flat_map(|globals| globals.marks(clean)));
    Ok(Inventory { look, marks, stored, unread })
}

/// In a world of its own: the page cannot have changed what is called there.
async fn seen(
    page: &Session,
    frame: &FrameId,
    ours: &setup::Script,
    until: Instant,
) -> Result<(Option<Document>, Option<Globals>), CallError> {
    let world = page.call(CreateIsolatedWorldParams::new(frame.clone()), left(until)).await;
    let Some(world) = known(world)?.map(|world| world.execution_context_id) else { return Ok((None, None)) };
    let (document, globals) = futures::join!(document(page, world, until), globals(page, world, ours, until));
    Ok((known(document)?.flatten(), known(globals)?.flatten()))
}

async fn document(page: &Session, world: ExecutionContextId, until: Instant) -> Result<Option<Document>, CallError> {
    let script = include_str!("inventory/document.js")
        .replace("LIMIT_TEXT", &INLINE_TEXT.to_string())
        .replace("LIMIT_SCRIPTS", &SCRIPTS.to_string())
        .replace("LIMIT_LITERALS", &LITERALS.to_string())
        .replace("LIMIT_ELEMENTS", &ELEMENTS.to_string());
    let script = EvaluateParams { context_id: Some(world), ..EvaluateParams::new(script) };
    evaluated(page, script, until).await
}

/// In the same world: what is the page's own is asked of our script there.
async fn globals(
    page: &Session,
    world: ExecutionContextId,
    ours: &setup::Script,
    until: Instant,
) -> Result<Option<Globals>, CallError> {
    let script = include_str!("inventory/globals.js").replace("ASK", &ours.ask);
    let script = EvaluateParams { context_id: Some(world), ..EvaluateParams::new(script) };
    evaluated(page, script, until).await
}

async fn evaluated<T: DeserializeOwned>(
    page: &Session,
    script: EvaluateParams,
    until: Instant,
) -> Result<Option<T>, CallError> {
    let script = EvaluateParams { return_by_value: Some(true), silent: Some(true), ..script };
    let said = page.call(script, left(until)).await?;
    if let Some(exception) = said.exception_details {
        tracing::debug!(exception = exception.text, "the inventory of a page was not taken");
    }
    Ok(said.result.value.and_then(|value| serde_json::from_value(value).ok()))
}

/// The names of databases and caches, and what could not be read of them.
async fn stored(
    page: &Session,
    frame: &FrameId,
    until: Instant,
) -> Result<(Vec<Stored>, Vec<&'static str>), CallError> {
    let key = GetStorageKeyParams { frame_id: Some(frame.clone()) };
    let Some(key) = known(page.call(key, left(until)).await)? else {
        return Ok((Vec::new(), vec!["the names of databases and caches"]));
    };
    let key = key.storage_key.as_ref().to_owned();
    let databases = RequestDatabaseNamesParams { storage_key: Some(key.clone()), ..Default::default() };
    let caches = RequestCacheNamesParams { storage_key: Some(key.clone()), ..Default::default() };
    let (databases, caches) = futures::join!(page.call(databases, left(until)), page.call(caches, left(until)));
    let (databases, caches) = (known(databases)?, known(caches)?);
    let mut unread = Vec::new();
    unread.extend(databases.is_none().then_some("the names of IndexedDB databases"));
    unread.extend(caches.is_none().then_some("the names of caches"));
    let origin = key.trim_end_matches('/');
    let stored = |area, name: &str| Stored {
        area,
        origin: bounds::cut(origin, bounds::ADDRESS).to_owned(),
        name: bounds::cut(name, bounds::NAME).to_owned(),
    };
    let databases = databases.into_iter().flat_map(|named| named.database_names);
    let caches = caches.into_iter().flat_map(|named| named.caches);
    let found = databases.take(DATABASES).map(|name| stored(StorageArea::IndexedDb, &name));
    let found = found.chain(caches.take(DATABASES).map(|cache| stored(StorageArea::Cache, &cache.cache_name)));
    Ok((found.collect(), unread))
}

fn left(until: Instant) -> Duration {
    until.saturating_duration_since(Instant::now())
}

/// A page that gives no answer is one thing; a browser that is gone is our failure.
fn known<T>(answer: Result<T, CallError>) -> Result<Option<T>, CallError> {
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(CallError::Gone) => Err(CallError::Gone),
        Err(_) => Ok(None),
    }
}

impl Inventory {
    /// Takes out what is in a cookie of the jar: a page may write its value into its own source.
    pub(crate) fn forget(&mut self, jar: &[Cookie]) {
        let is_value = |mark: &Mark| jar.iter().any(|cookie| cookie.value.contains(&mark.value));
        self.marks.retain(|mark| mark.kind != MarkKind::Literal || !is_value(mark));
    }
}

impl Document {
    fn marks(self, site: &Site) -> impl Iterator<Item = Mark> {
        let generators = self.generators.into_iter().map(|value| Mark { value, ..Mark::default() });
        let foreign = |host: &String| Site::of_host_or_itself(host).is_some_and(|of| of != *site);
        let inline = self.inline.into_iter().filter_map(move |script| {
            let hosts: Vec<_> = script.hosts.into_iter().filter(foreign).take(INLINE_HOSTS).collect();
            let mark = Mark { kind: MarkKind::InlineScript, name: script.name, value: hosts.join(" ") };
            (!hosts.is_empty()).then_some(mark)
        });
        let telling = |script: &Script| !script.id.is_empty() || BUILDERS.iter().any(|sign| script.src.contains(sign));
        let scripts = self.scripts.into_iter().filter(telling);
        let scripts = scripts.map(|script| Mark { kind: MarkKind::Script, name: script.id, value: script.src });
        let literals = self.literals.into_iter();
        let literals = literals.map(|it| Mark { kind: MarkKind::Literal, name: it.name, value: it.value });
        generators.chain(inline).chain(scripts).chain(literals)
    }
}

impl Globals {
    fn marks(self, clean: &HashSet<String>) -> impl Iterator<Item = Mark> {
        let containers = self.containers.into_iter();
        let containers = containers.map(|it| Mark { kind: MarkKind::Container, name: it.name, value: it.id });
        let names = self.names.into_iter().filter(|name| !clean.contains(name)).take(GLOBALS);
        containers.chain(names.map(|name| Mark { kind: MarkKind::Global, name, value: String::new() }))
    }
}
