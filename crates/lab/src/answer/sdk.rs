//! What the hosts of vendors with real SDKs answer: the SDK itself, the configuration that makes it run, and the
//! acknowledgements that keep it going. Only the vendors' servers are imitated, never their code.

use axum::response::Response;
use bytes::Bytes;
use http::StatusCode;
use serde_json::json;

use super::{Asked, reply};
use crate::{Result, Sdk};

/// What `www.clarity.ms/tag/<id>` answers.
const CLARITY_TAG: &str = include_str!("clarity_tag.js");
/// What `static.openreplay.com` adds to the tracker.
const OPENREPLAY_QUEUE: &str = include_str!("openreplay_queue.js");
/// How the projects begin that mask all text, as their owners have set it.
const STRICT: &str = "labstrict";
/// How the projects begin that look for no fraud, and so are sent no checksum of what is typed.
const HONEST: &str = "labhonest";
/// How the projects begin whose pixel goes round by Bing, as Clarity's servers decide for some visitors.
const SYNCED: &str = "labsync";
/// The account that every Sentry answer names.
const SENTRY_EVENT: &str = "0123456789abcdef0123456789abcdef";

/// Answers for a host of a real SDK.
pub(super) fn answer(sdk: &Sdk, asked: &Asked) -> Response {
    let host = asked.arrived.host.as_str();
    match host {
        _ if host.ends_with(".clarity.ms") => clarity(sdk, asked),
        // The way back ends the round: the identifier goes with it.
        "c.bing.com" => {
            let mut response = reply::redirect("https://c.clarity.ms/c.gif?CtsSyncId=LAB0001&MUID=LAB0001");
            ["MUID", "SRM_B"].iter().for_each(|name| reply::third_party_cookie(&mut response, name));
            response
        }
        _ if host.ends_with("-assets.i.posthog.com") => posthog_assets(sdk, asked),
        _ if host.ends_with(".i.posthog.com") => posthog(asked),
        "browser.sentry-cdn.com" => script(sdk.bundle("@sentry/browser", "Sentry")),
        _ if host.ends_with(".ingest.sentry.io") => reply::json(&json!({ "id": SENTRY_EVENT })),
        "static.openreplay.com" => script(openreplay_script(sdk)),
        "api.openreplay.com" => openreplay(asked),
        "cdn.mxpnl.com" => mixpanel_cdn(sdk, asked),
        "api-js.mixpanel.com" => mixpanel(asked),
        "bam.eu01.nr-data.net" => new_relic(asked),
        "browser-intake-us5-datadoghq.com" => reply::json(&json!({ "request_id": "lab" })),
        "api-sr.amplitude.com" => reply::json(&json!({ "code": 200 })),
        "sr-client-cfg.amplitude.com" => amplitude_config(),
        _ => reply::empty(),
    }
}

/// An SDK, if it can be read.
pub(super) fn script(file: Result<Bytes>) -> Response {
    match file {
        Ok(bytes) => reply::script(bytes),
        Err(error) => {
            tracing::error!(%error, "an SDK cannot be served");
            reply::plain(StatusCode::INTERNAL_SERVER_ERROR, "an SDK cannot be served")
        }
    }
}

fn clarity(sdk: &Sdk, asked: &Asked) -> Response {
    match (asked.arrived.host.as_str(), asked.path()) {
        ("www.clarity.ms", path) if path.starts_with("/tag/") => {
            let id = path.trim_start_matches("/tag/");
            let id: String = id.chars().filter(char::is_ascii_alphanumeric).collect();
            let sync = if id.starts_with(SYNCED) { "?ctsa=mr" } else { "" };
            let is_not = |start: &str| (!id.starts_with(start)).to_string();
            let tag = CLARITY_TAG.replace("{content}", &is_not(STRICT)).replace("{fraud}", &is_not(HONEST));
            reply::script(tag.replace("{project}", &id).replace("{sync}", sync))
        }
        ("scripts.clarity.ms", _) => script(sdk.file("clarity-js/build/clarity.min.js")),
        ("c.clarity.ms", _) if asked.query("ctsa").is_some() => {
            reply::redirect("https://c.bing.com/c.gif?ctsa=mr&CtsSyncId=LAB0001&RedC=c.clarity.ms&MXFR=LAB0001")
        }
        ("c.clarity.ms", _) => {
            let mut response = reply::gif();
            ["CLID", "SM"].iter().for_each(|name| reply::third_party_cookie(&mut response, name));
            response
        }
        _ => reply::empty(),
    }
}

fn posthog_assets(sdk: &Sdk, asked: &Asked) -> Response {
    let path = asked.path();
    if let Some(rest) = path.strip_prefix("/array/") {
        let token = rest.split('/').next().unwrap_or_default();
        let config = posthog_config(token);
        return match path.ends_with("/config.js") {
            true => reply::script(format!(
                "window._POSTHOG_REMOTE_CONFIG = {{ {token:?}: {} }};",
                json!({ "config": config, "siteApps": [] })
            )),
            false => reply::json(&config),
        };
    }
    let name = path.rsplit('/').next().unwrap_or_default();
    let plain = name.ends_with(".js") && name.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
    match plain {
        true => script(sdk.file(&format!("posthog-js/dist/{name}"))),
        false => reply::plain(StatusCode::NOT_FOUND, "no such file"),
    }
}

/// Recording on, everything else that would ask for more files off.
fn posthog_config(token: &str) -> serde_json::Value {
    json!({
        "token": token, "supportedCompression": ["gzip", "gzip-js"], "hasFeatureFlags": false, "surveys": false,
        "heatmaps": false, "captureDeadClicks": false, "autocapture_opt_out": false, "autocaptureExceptions": false,
        "capturePerformance": false, "analytics": { "endpoint": "/i/v0/e/" }, "elementsChainAsString": true,
        "defaultIdentifiedOnly": true, "siteApps": [],
        "sessionRecording": {
            "endpoint": "/s/", "recorderVersion": "v2", "consoleLogRecordingEnabled": false, "urlTriggers": [],
            "urlBlocklist": [], "eventTriggers": [],
        },
    })
}

fn posthog(asked: &Asked) -> Response {
    match asked.path() {
        path if path.starts_with("/flags") || path.starts_with("/decide") => reply::json(&json!({
            "config": { "enable_collect_everything": true }, "featureFlags": {}, "flags": {},
            "featureFlagPayloads": {}, "errorsWhileComputingFlags": false,
        })),
        path if path.starts_with("/array/") => reply::json(&posthog_config("phc_lab")),
        _ => reply::json(&json!({ "status": 1 })),
    }
}

/// The tracker, and what makes the vendor's snippet work with it.
fn openreplay_script(sdk: &Sdk) -> Result<Bytes> {
    let tracker = sdk.bundle("@openreplay/tracker", "OpenReplayTracker")?;
    Ok([tracker.as_ref(), OPENREPLAY_QUEUE.as_bytes()].concat().into())
}

fn openreplay(asked: &Asked) -> Response {
    match asked.path() {
        path if path.ends_with("/v1/web/start") => reply::json(&json!({
            "token": "lab-token", "userUUID": "00000000-0000-4000-8000-000000000001", "projectID": "1",
            "sessionID": "1000000000000000001", "startTimestamp": crate::Received::now_ms(), "delay": 0,
            "beaconSizeLimit": 1_000_000, "compressionThreshold": 24_000, "userBrowser": "Chrome",
            "userCity": "", "userCountry": "US", "userState": "", "userDevice": "", "userOS": "Linux",
            "canvasEnabled": false, "canvasQuality": "low", "canvasFPS": 1, "features": {},
        })),
        path if path.ends_with("/v1/web/tags") => reply::json(&json!({ "tags": [] })),
        path if path.ends_with("/v1/web/i") => reply::ok("text/plain", ""),
        _ => reply::json(&json!({})),
    }
}

fn mixpanel_cdn(sdk: &Sdk, asked: &Asked) -> Response {
    match asked.path() {
        path if path.contains("recorder") => script(sdk.file("mixpanel-browser/dist/mixpanel-recorder.min.js")),
        path if path.contains("targeting") => script(sdk.file("mixpanel-browser/dist/mixpanel-targeting.min.js")),
        _ => script(sdk.file("mixpanel-browser/dist/mixpanel.min.js")),
    }
}

fn mixpanel(asked: &Asked) -> Response {
    match asked.path() {
        path if path.starts_with("/record") => reply::json(&json!({ "code": 200, "status": "OK" })),
        path if path.starts_with("/settings") => reply::json(&json!({})),
        path if path.starts_with("/flags") => reply::json(&json!({ "flags": {} })),
        _ => reply::ok("application/json", "1"),
    }
}

/// The first answer says what the agent may do: `sr` is session replay, `srs` how much of it is sampled.
fn new_relic(asked: &Asked) -> Response {
    match asked.path() {
        path if path.starts_with("/1/") => reply::json(&json!({
            "app": { "agents": [{ "entityGuid": "bGFi" }], "nrServerTime": crate::Received::now_ms() },
            "loaded": 1, "err": 1, "ins": 1, "spa": 1, "st": 1, "sts": 1, "sr": 1, "srs": 1, "log": 1,
        })),
        _ => reply::empty(),
    }
}

/// What a project's owner has set for its recorder.
fn amplitude_config() -> Response {
    reply::json(&json!({
        "configs": { "sessionReplay": { "sr_sampling_config": { "sample_rate": 1, "capture_enabled": true } } },
    }))
}
