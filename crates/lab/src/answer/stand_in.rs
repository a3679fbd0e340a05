//! What a vendor's host answers when a stand-in plays it.

use axum::response::Response;

use super::{Asked, reply};
use crate::vendor::{Found, Held, Means};
use crate::{Sdk, Vendors};

/// Answers for a host of the table (`host` is the canonical name, behind any CNAME).
pub(super) fn answer(sdk: &Sdk, vendors: &Vendors, host: &str, asked: &Asked) -> Response {
    match vendors.find(host, asked.path_and_query()) {
        Some(Found::Script(vendor)) => match vendor.style_sheet() {
            Some(css) => reply::ok("text/css; charset=utf-8", css),
            None => reply::script(vendor.javascript()),
        },
        Some(Found::Held(held)) => {
            let mut response = match (held.bytes(), held.file.as_deref()) {
                _ if held.sdk.is_some() => of_sdk(sdk, held),
                (Some(bytes), Some(name)) if name.ends_with(".js") => reply::script(bytes),
                (Some(bytes), _) => reply::ok("text/html; charset=utf-8", bytes),
                (None, _) => reply::json(&serde_json::json!({ "ok": true })),
            };
            held.set.iter().for_each(|name| reply::third_party_cookie(&mut response, name));
            response
        }
        Some(Found::Call(call)) => {
            let mut response = match call.via {
                Means::Image => reply::gif(),
                Means::Script => reply::script("/* A further part of the stand-in: nothing. */\n"),
                Means::Style => reply::ok("font/woff2", &b"wOF2"[..]),
                Means::Fetch => reply::json(&serde_json::json!({ "ok": true })),
                Means::Beacon | Means::Socket => reply::empty(),
            };
            call.set.iter().for_each(|name| reply::third_party_cookie(&mut response, name));
            response
        }
        // A CNAME's target below omtrdc.net and the like: collectors answer with a pixel.
        _ if asked.path().starts_with("/b/ss/") => {
            let mut response = reply::gif();
            reply::third_party_cookie(&mut response, "s_vi");
            response
        }
        _ => reply::empty(),
    }
}

/// A vendor's real SDK at an address of its own.
fn of_sdk(sdk: &Sdk, held: &Held) -> Response {
    let name = held.sdk.as_deref().unwrap_or_default();
    super::sdk::script(match &held.global {
        Some(global) => sdk.bundle(name, global),
        None => sdk.file(name),
    })
}
