//! `/api`: the API, told from its own document.

use askama::Template;
use axum::{Router, routing::get};
use serde_json::Value;

use crate::{
    api::{DOCUMENT, openapi_document},
    page::{Layout, Page, Section, Visitor},
    server::Shared,
};

#[derive(Template)]
#[template(path = "api.html")]
struct Api {
    layout: Layout,
    about: &'static str,
    document: &'static str,
    groups: Vec<Group>,
    /// Shapes by name, as JSON Schema.
    shapes: Vec<(&'static str, String)>,
}

/// Operations on one kind of thing.
struct Group {
    name: &'static str,
    operations: Vec<Operation>,
}

/// What can be asked for.
struct Operation {
    method: String,
    path: &'static str,
    summary: &'static str,
    description: &'static str,
    parameters: Vec<Parameter>,
    /// The body that goes along: its kind and an example.
    bodies: Vec<(&'static str, String)>,
    /// Status, what it means, and the shape of the answer.
    answers: Vec<(&'static str, &'static str, &'static str)>,
    needs_token: bool,
}

struct Parameter {
    name: &'static str,
    place: &'static str,
    description: &'static str,
    example: String,
}

pub(crate) fn routes() -> Router<Shared> {
    Router::new().route("/api", get(show))
}

async fn show(_: Visitor) -> Page<Api> {
    let document = openapi_document();
    let shapes = entries(&document["components"]["schemas"]);
    let pretty = |schema: &Value| serde_json::to_string_pretty(schema).unwrap_or_default();
    Page(Api {
        layout: Layout::new("The API", Section::None),
        about: text(&document["info"]["description"]),
        document: DOCUMENT,
        groups: groups(document),
        shapes: shapes.map(|(name, schema)| (name, pretty(schema))).collect(),
    })
}

/// The operations, by what they are about.
fn groups(document: &'static Value) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for (path, item) in entries(&document["paths"]) {
        for (method, operation) in entries(item) {
            let (name, operation) = (text(&operation["tags"][0]), Operation::of(method, path, operation));
            match groups.iter_mut().find(|group| group.name == name) {
                Some(group) => group.operations.push(operation),
                None => groups.push(Group { name, operations: vec![operation] }),
            }
        }
    }
    groups
}

impl Operation {
    fn of(method: &str, path: &'static str, operation: &'static Value) -> Self {
        let parameters = operation["parameters"].as_array().into_iter().flatten();
        let bodies = entries(&operation["requestBody"]["content"]);
        let answers = entries(&operation["responses"]).filter(|(status, _)| *status != "default");
        Self {
            method: method.to_uppercase(),
            path,
            summary: text(&operation["summary"]),
            description: text(&operation["description"]),
            parameters: parameters.map(Parameter::of).collect(),
            bodies: bodies.map(|(kind, body)| (kind, shown(&body["example"]))).collect(),
            answers: answers.map(|(status, answer)| (status, text(&answer["description"]), shape(answer))).collect(),
            needs_token: operation["security"] == serde_json::json!([{ "token": [] }]),
        }
    }
}

impl Parameter {
    fn of(parameter: &'static Value) -> Self {
        Self {
            name: text(&parameter["name"]),
            place: text(&parameter["in"]),
            description: text(&parameter["description"]),
            example: shown(&parameter["example"]),
        }
    }
}

/// The name of the shape of an answer; empty if it has none.
fn shape(answer: &'static Value) -> &'static str {
    let schema = entries(&answer["content"]).next().map(|(_, content)| text(&content["schema"]["$ref"]));
    schema.and_then(|name| name.rsplit_once('/')).map_or("", |(_, name)| name)
}

fn entries(value: &'static Value) -> impl Iterator<Item = (&'static str, &'static Value)> {
    value.as_object().into_iter().flatten().map(|(name, value)| (name.as_str(), value))
}

fn text(value: &'static Value) -> &'static str {
    value.as_str().unwrap_or_default()
}

/// An example, as it is sent.
fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
