//! The OpenAPI document: what is the same for every operation is said here.

use serde_json::{Map, Value, json};
use utoipa::openapi::OpenApi;

/// Who needs what, where it is not said otherwise.
const ABOUT: &str = "\
What the pages show, as JSON. Reading is open under the names of the machine on which it runs, and under those in `web.hosts`, unless \
`web.read_token` is set. Whatever changes something needs a token with the scope `write` (`earshot token create`); one page of one site \
may be scanned without, if `web.anonymous_scans` says so. Errors are problems as RFC 9457 has them. Where an answer has `next`, there is \
another page, at that address.";

/// The document, finished.
pub(super) fn finished(routes: OpenApi) -> Value {
    let mut document = serde_json::to_value(routes).expect("an OpenAPI document is JSON");
    document["info"] = json!({
        "title": "Earshot",
        "summary": "Who listens to a site's visitors before they have agreed to anything",
        "description": ABOUT,
        "version": env!("CARGO_PKG_VERSION"),
        "license": { "name": "Apache-2.0 OR MIT" },
    });
    document["servers"] = json!([{ "url": "/" }]);
    document["components"]["securitySchemes"] = json!({
        "token": {
            "type": "http",
            "scheme": "bearer",
            "description": "A token of `earshot token create`. A browser that was signed in at /login sends it in a cookie instead.",
        },
    });
    schemas(&mut document["components"]["schemas"]);
    for item in document["paths"].as_object_mut().into_iter().flat_map(Map::values_mut) {
        for (method, operation) in item.as_object_mut().into_iter().flatten() {
            every(method, operation);
        }
    }
    document
}

/// What holds for every operation.
fn every(method: &str, operation: &mut Value) {
    let problem = json!({
        "description": "What went wrong.",
        "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } },
    });
    operation["responses"]["default"] = problem;
    if operation["security"].is_null() {
        let open = json!([{ "token": [] }, {}]);
        operation["security"] = if method == "get" { open } else { json!([{ "token": [] }]) };
    }
}

/// Puts the shapes there that no handler names by itself, or that other crates describe by `schemars`: a handler names those by
/// `body = ref("#/components/schemas/NAME")`.
fn schemas(all: &mut Value) {
    let own =
        [("Problem", schema_of::<crate::problem::Problem>()), ("Mistake", schema_of::<crate::problem::Mistake>())];
    for (name, schema) in own {
        all[name] = schema;
    }
    for (name, schema) in earshot_report::shapes() {
        // A shape of the same name that is another one would be lost; a test looks at that.
        all[name] = schema;
    }
    // What a visit's events say differs by what they are of.
    let events = |about: &str| json!({ "type": "array", "items": { "type": "object" }, "description": about });
    all["Story"] = json!({
        "type": "object",
        "required": ["finding", "entries", "conduct", "sent", "steps", "guide", "notice"],
        "properties": {
            "finding": { "$ref": "#/components/schemas/Finding" },
            "entries": events("Into which fields was typed, and when."),
            "conduct": events("Who listened to them or read them."),
            "sent": events("What was sent after that, and to whom."),
            "steps": events("Where the visitor stood with consent, step by step."),
            "guide": { "type": ["string", "null"], "description": "Where the vendor's guide is." },
            "notice": { "type": "string", "description": "What this is not." },
        },
    });
}

fn schema_of<T: utoipa::PartialSchema>() -> Value {
    serde_json::to_value(T::schema()).expect("a schema is JSON")
}
