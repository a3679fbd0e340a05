//! Microsoft Clarity, read from clarity-js 0.8.70: an upload is `{"e": envelope, "a": [event …], "p": [event …]}`, an
//! event `[time, kind, token …]` (`src/data/envelope.ts`, `src/data/encode.ts`, `types/data.d.ts`). Back-references of
//! `src/data/token.ts` occur in the layout events of `p` only, of which nothing but the kind is read here.

use earshot_model::{Cookie, Fact, GapKind, Request, Visit};
use serde_json::Value;
use url::Url;

use super::{Message, Notes};

/// Its id in the catalogue.
pub(crate) const VENDOR: &str = "microsoft-clarity";

/// Kinds of events that are read for what they say.
const METRIC: u64 = 0;
const DIMENSION: u64 = 1;
const CUSTOM: u64 = 24;
const VARIABLE: u64 = 34;
const CHANGE: u64 = 42;
const CONSENT: u64 = 47;

/// `Metric.Automation`: `navigator.webdriver`.
const METRIC_AUTOMATION: u64 = 26;
/// `Dimension.GlobalPrivacyControl`.
const DIMENSION_GPC: u64 = 38;

/// The families of events that carry what a visitor sees and does (`Event` in `types/data.d.ts`). Left out are those in
/// which Clarity talks about itself: metrics, dimensions, baseline, ping, limits, summaries.
const FAMILIES: &[(u64, &str)] = &[
    (5, "Discover"),
    (6, "Mutation"),
    (9, "Click"),
    (10, "Scroll"),
    (11, "Resize"),
    (12, "MouseMove"),
    (13, "MouseDown"),
    (14, "MouseUp"),
    (15, "MouseWheel"),
    (16, "DoubleClick"),
    (17, "TouchStart"),
    (18, "TouchEnd"),
    (19, "TouchMove"),
    (21, "Selection"),
    (24, "Custom"),
    (26, "Unload"),
    (27, "Input"),
    (28, "Visibility"),
    (29, "Navigation"),
    (31, "ScriptError"),
    (34, "Variable"),
    (38, "Clipboard"),
    (39, "Submit"),
    (40, "Extract"),
    (41, "Fraud"),
    (42, "Change"),
    (43, "Snapshot"),
    (47, "Consent"),
    (48, "ContextMenu"),
    (50, "Focus"),
    (52, "Chat"),
    (53, "PointerDown"),
];

/// `ConsentSource`: who told Clarity.
const CONSENT_SOURCES: &[(u64, &str)] = &[
    (0, "implicit"),
    (1, "api"),
    (2, "google_consent_mode"),
    (3, "tcf"),
    (4, "api_v1"),
    (5, "api_v2"),
    (6, "cookie"),
    (7, "default"),
    (100, "shopify_pixel"),
    (101, "shopify_app"),
    (102, "uet"),
    (255, "unknown"),
];

/// Variables that `clarity('identify')` sets (`src/data/variable.ts`), and the cookies that Clarity logs by itself
/// (`config.cookies`): no tags of the site's.
const NOT_TAGS: &[&str] = &["userId", "userHint", "userType", "sessionId", "pageId", "_uetmsclkid", "_uetvid"];

/// The cookies by which it knows a visitor again.
const COOKIES: [&str; 2] = ["_clck", "_clsk"];

/// Where a recording is played back: the address that the link to Google Analytics sends along.
const PLAYER: &str = "clarity.microsoft.com/player";

/// Reads the tag, the script, the sync pixel and the uploads.
pub(super) fn read(message: &Message, notes: &mut Notes) {
    let path = message.path();
    if let Some(project) = project_of_tag(path) {
        notes.add("project", project);
        notes.add("tag_route", "tag");
    } else if let Some(version) = version_of_script(path) {
        notes.add("script_version", version);
    } else if path.ends_with("/c.gif") {
        notes.add("ad_sync", message.host());
    }
    for document in message.documents() {
        read_upload(document, message, notes);
    }
}

/// `/tag/<id>`, or `/tag/uet/<id>` for one that Bing's tag brings.
fn project_of_tag(path: &str) -> Option<&str> {
    let id = path.strip_prefix("/tag/")?.rsplit('/').next()?;
    (!id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric())).then_some(id)
}

/// `/0.8.70/clarity.js`, with or without folders before it.
fn version_of_script(path: &str) -> Option<&str> {
    let version = path.strip_suffix("/clarity.js")?.rsplit('/').next()?;
    version.starts_with(|c: char| c.is_ascii_digit()).then_some(version)
}

fn read_upload(document: &Value, message: &Message, notes: &mut Notes) {
    let Some(envelope) = document.get("e").and_then(Value::as_array) else { return };
    let text = |at: usize| envelope.get(at).and_then(Value::as_str);
    let (Some(version), Some(project)) = (text(0), text(4)) else { return };
    notes.add("script_version", version);
    notes.add("project", project);
    notes.count("uploads");
    message.note_upload(notes);
    let events = ["a", "p"].iter().filter_map(|part| document.get(part)?.as_array()).flatten();
    for event in events.filter_map(Value::as_array) {
        if let Some(kind) = event.get(1).and_then(Value::as_u64) {
            read_event(kind, &event[2..], notes);
        }
    }
}

fn read_event(kind: u64, tokens: &[Value], notes: &mut Notes) {
    if let Some(family) = named(FAMILIES, kind) {
        notes.add("events", family);
    }
    match kind {
        METRIC => {
            let automation = pairs(tokens).find(|(key, _)| key.as_u64() == Some(METRIC_AUTOMATION));
            automation.into_iter().for_each(|(_, value)| notes.flag("webdriver", value.as_u64() == Some(1)));
        }
        DIMENSION => {
            let gpc = pairs(tokens).filter(|(key, _)| key.as_u64() == Some(DIMENSION_GPC));
            gpc.flat_map(|(_, values)| values.as_array().into_iter().flatten())
                .for_each(|value| notes.flag("gpc", value == "true"));
        }
        // [key, value] or [name]: of a pair, only the key is a name.
        CUSTOM => tokens.first().and_then(Value::as_str).into_iter().for_each(|name| notes.name("custom_events", name)),
        VARIABLE => variables(tokens, notes),
        // [id, type, masked text, checksum of what was typed]
        CHANGE => {
            notes.flag("field_checksums", tokens.get(3).and_then(Value::as_str).is_some_and(|sum| !sum.is_empty()))
        }
        CONSENT => consent(tokens, notes),
        _ => {}
    }
}

fn variables(tokens: &[Value], notes: &mut Notes) {
    let names: Vec<_> = pairs(tokens).filter_map(|(name, _)| name.as_str()).collect();
    if names.contains(&"userId") && names.contains(&"userType") {
        notes.add("identify", "called");
    }
    names.iter().filter(|name| !NOT_TAGS.contains(name)).for_each(|name| notes.name("tags", name));
}

/// `[source, ad, analytics]`
fn consent(tokens: &[Value], notes: &mut Notes) {
    let state = |at: usize| match tokens.get(at).and_then(Value::as_u64) {
        Some(0) => Some("denied"),
        Some(1) => Some("granted"),
        _ => None,
    };
    if let (Some(ad), Some(analytics)) = (state(1), state(2)) {
        notes.add("consent", format!("ad={ad} analytics={analytics}"));
    }
    if let Some(source) = tokens.first().and_then(Value::as_u64) {
        // 150 and above are consent platforms that have their own number.
        notes.add("consent_source", named(CONSENT_SOURCES, source).unwrap_or("consent_platform"));
    }
}

fn pairs(tokens: &[Value]) -> impl Iterator<Item = (&Value, &Value)> {
    tokens.chunks_exact(2).map(|pair| (&pair[0], &pair[1]))
}

fn named(table: &[(u64, &'static str)], wanted: u64) -> Option<&'static str> {
    table.iter().find(|(number, _)| *number == wanted).map(|(_, name)| *name)
}

/// What only the visit as a whole tells.
pub(super) fn conclude(visit: &Visit, requests: &[u32], notes: &mut Notes) {
    let uploads = notes.has("upload_host");
    if !notes.has("tag_route") && (uploads || notes.has("script_version")) {
        let fetched = visit.events.iter().filter_map(request).any(|request| is_own_script(&request.url));
        notes.add("tag_route", if fetched { "versioned_script" } else { "bundled" });
    }
    // In a frame of another site the browser may drop cookies by itself: that says nothing of the site's consent.
    if uploads
        && !notes.is_only("frames", "third_party_frame")
        && let Some(cookieless) = cookieless(visit)
    {
        notes.flag("cookieless", cookieless);
    }
    if visit.events.iter().filter_map(request).any(links_to_player) {
        notes.flag("google_analytics_link", true);
    }
    for host in visit.events.iter().filter_map(request).filter_map(|asked| sync_partner(visit, asked, requests)) {
        notes.add("ad_sync", host);
    }
}

fn request(event: &earshot_model::Event) -> Option<&Request> {
    match &event.fact {
        Fact::Request(request) => Some(request),
        _ => None,
    }
}

fn is_own_script(url: &str) -> bool {
    Url::parse(url).is_ok_and(|url| {
        url.host_str() == Some("scripts.clarity.ms") || url.host_str() == Some("www.clarity.ms") && url.path() != "/"
    })
}

/// Whether it goes on without cookies; `None` where the jar is not known.
fn cookieless(visit: &Visit) -> Option<bool> {
    let unread = visit.gaps.iter().any(|gap| matches!(gap.kind, GapKind::StorageUnread | GapKind::CutShort));
    let own = |fact: &Fact| match fact {
        Fact::Cookie(cookie) if COOKIES.contains(&cookie.name.as_str()) => Some(was_kept(cookie)),
        _ => None,
    };
    let mut kept = visit.events.iter().filter_map(|event| own(&event.fact)).collect::<Vec<_>>();
    kept.sort_unstable();
    match kept.last() {
        Some(Some(true)) => Some(false),
        _ if unread || kept.contains(&None) => None,
        _ => Some(true),
    }
}

/// A cookie that is set in order to be deleted, or that the browser refused, was not kept.
fn was_kept(cookie: &Cookie) -> Option<bool> {
    if cookie.blocked.is_some() || cookie.lifetime_s.is_some_and(|seconds| seconds <= 0) {
        return Some(false);
    }
    cookie.kept
}

/// A request of Google Analytics (`…/collect`, on whatever host) that carries the address of the recording.
fn links_to_player(request: &Request) -> bool {
    let Ok(url) = Url::parse(&request.url) else { return false };
    let body = request.body.as_ref().map(|body| String::from_utf8_lossy(&body.excerpt)).unwrap_or_default();
    let carries = |text: &str| text.contains(PLAYER) || text.replace("%2F", "/").replace("%2f", "/").contains(PLAYER);
    url.path().trim_end_matches('/').ends_with("/collect")
        && url.query_pairs().any(|(key, _)| matches!(&*key, "tid" | "v" | "en"))
        && (carries(&request.url) || carries(&body))
}

/// Bing's host, if the request there is a hop of Clarity's sync pixel.
fn sync_partner(visit: &Visit, asked: &Request, requests: &[u32]) -> Option<&'static str> {
    let url = Url::parse(&asked.url).ok().filter(|url| url.host_str() == Some("c.bing.com"))?;
    let named = url.query_pairs().any(|(key, value)| key == "RedC" && value.ends_with(".clarity.ms"));
    let follows = asked.redirect_of.is_some_and(|before| requests.contains(&before));
    let from = |before: u32| visit.events.get(before as usize).and_then(request);
    (named || follows && asked.redirect_of.and_then(from).is_some()).then_some("c.bing.com")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_tell_project_and_version() {
        for (path, project) in [
            ("/tag/abc123", Some("abc123")),
            ("/tag/uet/97012345", Some("97012345")),
            ("/tag", None),
            ("/tag/a.b", None),
        ] {
            assert_eq!(project_of_tag(path), project, "{path}");
        }
        assert_eq!(version_of_script("/0.8.70/clarity.js"), Some("0.8.70"));
        assert_eq!(version_of_script("/s/0.8.70/clarity.js"), Some("0.8.70"));
        assert_eq!(version_of_script("/assets/clarity.js"), None);
    }
}
