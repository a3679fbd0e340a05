//! The API: JSON below `/api/v1`, one file a resource.
//!
//! What a handler is annotated with (`utoipa::path`) is the document at `/api/v1/openapi.json`, and `routes!` puts it under the
//! address that it names there: nothing can be under an address that the document does not have.

mod body;
mod document;
pub(crate) mod fleet;
mod live;
pub(crate) mod portfolios;
pub(crate) mod runs;
pub(crate) mod scans;
mod sites;
pub(crate) mod statistics;
pub(crate) mod vendors;
mod verifies;

use std::sync::LazyLock;

use axum::{Json, Router, http::header, response::IntoResponse, routing::get};
use serde_json::Value;
use utoipa_axum::router::OpenApiRouter;

use crate::server::Shared;

/// Where every resource stands.
pub(crate) const BASE: &str = "/api/v1";
/// Where the document stands.
pub(crate) const DOCUMENT: &str = "/api/v1/openapi.json";

/// The document: OpenAPI 3.1.
static OPENAPI: LazyLock<Value> = LazyLock::new(|| document::finished(resources().split_for_parts().1));

pub(crate) fn routes() -> Router<Shared> {
    resources().split_for_parts().0.route(DOCUMENT, get(openapi))
}

/// The document of all of it.
pub(crate) fn openapi_document() -> &'static Value {
    &OPENAPI
}

fn resources() -> OpenApiRouter<Shared> {
    let all = OpenApiRouter::new()
        .merge(runs::routes())
        .merge(scans::routes())
        .merge(live::routes())
        .merge(sites::routes())
        .merge(verifies::routes())
        .merge(portfolios::routes())
        .merge(vendors::routes())
        .merge(statistics::routes())
        .merge(fleet::routes());
    OpenApiRouter::new().nest(BASE, all)
}

/// Whoever comes may know what there is: it says nothing of what was seen.
async fn openapi() -> impl IntoResponse {
    ([(header::CACHE_CONTROL, "no-cache")], Json(openapi_document()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every operation, with its method and address.
    fn operations() -> impl Iterator<Item = (String, &'static Value)> {
        let paths = openapi_document()["paths"].as_object().unwrap();
        paths.iter().flat_map(|(path, item)| {
            item.as_object().unwrap().iter().map(move |(method, operation)| (format!("{method} {path}"), operation))
        })
    }

    #[test]
    fn every_operation_is_told_whole() {
        assert_eq!(openapi_document()["openapi"], "3.1.0");
        assert!(operations().count() > 10);
        for (name, operation) in operations() {
            assert!(name.contains(" /api/v1/"), "{name}");
            assert!(operation["summary"].as_str().is_some_and(|text| text.ends_with('.')), "{name} has no summary");
            assert!(operation["tags"].as_array().is_some_and(|tags| tags.len() == 1), "{name} has no tag");
            for parameter in operation["parameters"].as_array().into_iter().flatten() {
                assert!(!parameter["example"].is_null(), "{name}: {parameter} has no example");
                assert!(parameter["description"].is_string(), "{name}: {parameter} is not described");
            }
            for (kind, body) in operation["requestBody"]["content"].as_object().into_iter().flatten() {
                assert!(!body["example"].is_null(), "{name}: the body as {kind} has no example");
            }
            let answers = operation["responses"].as_object().unwrap();
            assert!(answers.keys().any(|status| status.starts_with('2')) && answers.contains_key("default"), "{name}");
        }
    }

    #[test]
    fn every_schema_that_is_named_is_there() {
        let text = openapi_document().to_string();
        for name in text.split("\"#/components/schemas/").skip(1).map(|rest| rest.split('"').next().unwrap()) {
            assert!(openapi_document()["components"]["schemas"][name].is_object(), "{name}");
        }
    }

    #[test]
    fn no_two_shapes_have_one_name() {
        let own = serde_json::to_value(resources().split_for_parts().1).unwrap();
        for name in earshot_report::shapes().keys() {
            assert!(own["components"]["schemas"][name].is_null() && name != "Story", "{name}");
        }
    }

    /// A route that is not made by `routes!` is in no document.
    #[test]
    fn no_resource_has_a_route_that_the_document_does_not_have() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/api");
        for file in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if file.is_file() {
                let text = std::fs::read_to_string(&file).unwrap();
                assert!(!text.contains(".route(") && !text.contains("axum::routing"), "{}", file.display());
            }
        }
    }
}
