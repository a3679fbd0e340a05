//! What proves a visit, as a file: the evidence of a visit or of a site as `earshot evidence export` packs it, and pictures.

use axum::{
    Router,
    body::Body,
    extract::{Path, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use earshot_evidence::{Archive, ManifestKey, Scope};
use earshot_model::{RunId, Site};
use tokio_util::io::ReaderStream;

use crate::{
    found,
    page::{Sorry, Visitor},
    problem::Problem,
    server::{Inner, Shared},
};

/// Visits in one archive that is made while somebody waits: of a site with more, `earshot evidence export` has all.
const MOST_VISITS: usize = 200;
/// A picture never changes under its name.
const FOREVER: HeaderValue = HeaderValue::from_static("private, max-age=31536000, immutable");

pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route("/runs/{run}/visits/{visit}/evidence.zip", get(of_visit))
        .route("/runs/{run}/sites/{site}/evidence.zip", get(of_site))
        .route("/runs/{run}/visits/{visit}/pictures/{name}", get(picture))
}

async fn of_visit(
    _: Visitor,
    State(web): State<Shared>,
    Path((run, visit)): Path<(String, String)>,
) -> Result<Response, Sorry> {
    let (run, visit) = (found::run_id(&run)?, found::visit_id(&visit)?);
    let name = format!("earshot-{run}-{visit}.zip");
    Ok(archive(&web, run, Scope::Visit(visit), &name).await?)
}

async fn of_site(
    _: Visitor,
    State(web): State<Shared>,
    Path((run, site)): Path<(String, String)>,
) -> Result<Response, Sorry> {
    let run = found::run_id(&run)?;
    let no_site = |_| Problem::new(StatusCode::BAD_REQUEST, "this is no registrable domain");
    let site = Site::of_host(&site.to_ascii_lowercase()).map_err(no_site)?;
    let name = format!("earshot-{run}-{site}.zip");
    Ok(archive(&web, run, Scope::Site(site), &name).await?)
}

/// Packs what was chosen into a file that nobody else sees, and sends it.
async fn archive(web: &Inner, run: RunId, scope: Scope, name: &str) -> Result<Response, Problem> {
    let unavailable = |error: &dyn std::fmt::Display| Problem::unavailable("the evidence store", error);
    let (site, visits) = match &scope {
        Scope::Site(site) => (Some(site), Vec::new()),
        Scope::Visit(visit) => (None, vec![*visit]),
        Scope::Run | Scope::Finding(_) => (None, Vec::new()),
    };
    let rows = web.store.evidence(run, site, &visits).map_err(|error| unavailable(&error))?;
    let keys: Vec<ManifestKey> = rows
        .all()
        .await
        .map_err(|error| unavailable(&error))?
        .iter()
        .filter_map(|row| row.evidence.parse().ok())
        .collect();
    if keys.is_empty() {
        let detail = "there is no evidence of that: nothing was recorded, or none was kept";
        return Err(Problem::new(StatusCode::NOT_FOUND, detail));
    }
    if keys.len() > MOST_VISITS {
        let detail = format!(
            "these are {} visits: `earshot evidence export` packs as many; here there are {MOST_VISITS} at most",
            keys.len()
        );
        return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, detail));
    }
    // Few at once: each packs some megabytes.
    let _turn = web.packing.acquire().await.map_err(|error| unavailable(&error))?;
    let folder = tempfile::tempdir().map_err(|error| unavailable(&error))?;
    let path = folder.path().join("evidence.zip");
    let mut archive = Archive::create(&path, run, scope).map_err(|error| unavailable(&error))?;
    for key in &keys {
        archive.add(&web.evidence, key).await.map_err(|error| unavailable(&error))?;
    }
    archive.finish(&web.evidence).await.map_err(|error| unavailable(&error))?;
    // It has no name any more once it is open.
    let file = tokio::fs::File::open(&path).await.map_err(|error| unavailable(&error))?;
    let attached = HeaderValue::try_from(format!("attachment; filename=\"{name}\""));
    let attached = attached.unwrap_or(HeaderValue::from_static("attachment"));
    let headers =
        [(header::CONTENT_TYPE, HeaderValue::from_static("application/zip")), (header::CONTENT_DISPOSITION, attached)];
    Ok((headers, Body::from_stream(ReaderStream::new(file))).into_response())
}

async fn picture(
    _: Visitor,
    State(web): State<Shared>,
    Path((run, visit, name)): Path<(String, String, String)>,
) -> Result<Response, Sorry> {
    let (run, visit) = (found::run_id(&run)?, found::visit_id(&visit)?);
    let nothing = || Problem::new(StatusCode::NOT_FOUND, "there is no such picture");
    if !is_picture(&name) {
        return Err(nothing().into());
    }
    let jpeg = web.evidence.jpeg(&format!("{run}/{visit}/{name}")).await;
    let jpeg = jpeg.map_err(|error| Problem::unavailable("the evidence store", &error))?.ok_or_else(nothing)?;
    let headers = [(header::CONTENT_TYPE, HeaderValue::from_static("image/jpeg")), (header::CACHE_CONTROL, FOREVER)];
    Ok((headers, jpeg).into_response())
}

/// Whether it is how pictures are called: `end-0123456789ab.jpg`.
fn is_picture(name: &str) -> bool {
    name.strip_suffix(".jpg").is_some_and(|stem| stem.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_but_a_picture_is_read() {
        assert!(is_picture("end-0123456789ab.jpg") && is_picture("banner-0123456789ab.jpg"));
        for name in ["manifest.json", "../x.jpg", "a/b.jpg", "x.jpg.gz", ".jpg/..", ""] {
            assert!(!is_picture(name), "{name}");
        }
    }
}
