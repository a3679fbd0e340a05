//! What pages load: the stylesheet, the scripts and the icon. They are part of the program, and nothing comes from elsewhere.

use std::sync::LazyLock;

use axum::{
    Router,
    extract::Path,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use data_encoding::HEXLOWER;
use sha2::{Digest as _, Sha256};

use crate::{problem::Problem, server::Shared};

/// A file that pages load.
struct Asset {
    name: &'static str,
    kind: &'static str,
    body: &'static [u8],
}

/// All of them.
const ASSETS: [Asset; 3] = [
    Asset { name: "style.css", kind: "text/css; charset=utf-8", body: include_bytes!("../assets/style.css") },
    Asset { name: "live.js", kind: "text/javascript; charset=utf-8", body: include_bytes!("../assets/live.js") },
    Asset { name: "icon.svg", kind: "image/svg+xml", body: include_bytes!("../assets/icon.svg") },
];

/// Under its address it never changes: another version has another one.
const FOREVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

/// The addresses, each with the beginning of its content's SHA-256.
static ADDRESSES: LazyLock<Vec<String>> = LazyLock::new(|| ASSETS.iter().map(address).collect());

/// The address of the asset of that name.
///
/// # Panics
/// If there is none: a mistake of the page.
pub(crate) fn url(name: &str) -> &'static str {
    let index = ASSETS.iter().position(|asset| asset.name == name).expect("an asset of ours");
    &ADDRESSES[index]
}

pub(crate) fn routes() -> Router<Shared> {
    Router::new().route("/assets/{name}", get(asset))
}

async fn asset(Path(name): Path<String>) -> Response {
    let asked = format!("/assets/{name}");
    let Some(index) = ADDRESSES.iter().position(|address| *address == asked) else {
        return Problem::new(StatusCode::NOT_FOUND, "there is no such file").into_response();
    };
    let Asset { kind, body, .. } = &ASSETS[index];
    ([(header::CONTENT_TYPE, HeaderValue::from_static(kind)), (header::CACHE_CONTROL, FOREVER)], *body).into_response()
}

fn address(asset: &Asset) -> String {
    let hash = HEXLOWER.encode(&Sha256::digest(asset.body)[..6]);
    let (stem, ending) = asset.name.rsplit_once('.').unwrap_or((asset.name, ""));
    format!("/assets/{stem}-{hash}.{ending}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_tells_versions_apart() {
        assert!(url("style.css").starts_with("/assets/style-") && url("style.css").ends_with(".css"));
        let other = Asset { body: b"body {}", ..ASSETS[0] };
        assert_ne!(address(&other), url("style.css"));
    }
}
