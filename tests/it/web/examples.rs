//! The API's document is true: each of its examples is sent, and answered as the document says.

use reqwest::Method;
use serde_json::{Value, json};

use super::Api;

/// Something that the document says can be sent.
struct Example {
    method: Method,
    path: String,
    /// The kind of the body, and the body.
    body: Option<(String, String)>,
    /// Status and shape of the answers that it names.
    answers: Value,
}

/// What there is, in place of what examples name.
pub(super) struct Real<'a> {
    /// A scan that is complete, and has another before it.
    pub run: &'a str,
    /// A run that goes on: the last example cancels it.
    pub open: &'a str,
    /// A verify of `run` that is complete.
    pub verify: &'a str,
    /// A site of `run`, and a finding there.
    pub site: &'a str,
    pub finding: &'a str,
}

pub(super) fn are_answered_as_the_document_says(api: &Api, write: &str, real: &Real<'_>) {
    let (status, _, document) = api.page(Method::GET, "/api/v1/openapi.json", &[], "");
    let document: Value = serde_json::from_str(&document).unwrap();
    assert_eq!((status, &document["openapi"]), (200, &json!("3.1.0")));
    let mut examples = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            examples.extend(of(path, method, operation, real));
        }
    }
    // What makes something comes before what needs it, and what ends something last.
    let order = |example: &Example| match example.method.as_str() {
        "PUT" => 0,
        "GET" => 1,
        "POST" if !example.path.ends_with("/cancel") => 2,
        "POST" => 3,
        _ => 4,
    };
    examples.sort_by_key(order);
    assert!(examples.len() > 10);
    for example in examples {
        answered(api, write, &document, &example);
    }
}

/// An operation with nothing but what it needs, and once with each of the rest.
fn of(path: &str, method: &str, operation: &Value, real: &Real<'_>) -> Vec<Example> {
    let told = ["/pause", "/resume", "/cancel"].iter().any(|end| path.ends_with(end));
    let value = |parameter: &Value| match parameter["name"].as_str().unwrap() {
        "run" if told => real.open.to_owned(),
        "run" if path.contains("/verifies/") => real.verify.to_owned(),
        "run" | "before" => real.run.to_owned(),
        "site" => real.site.to_owned(),
        "finding" => real.finding.to_owned(),
        _ => match &parameter["example"] {
            Value::String(text) => text.clone(),
            Value::Array(several) => several[0].as_str().unwrap().to_owned(),
            other => other.to_string(),
        },
    };
    let mut address = path.strip_prefix("/api/v1").unwrap().to_owned();
    let mut queries = vec![String::new()];
    for parameter in operation["parameters"].as_array().into_iter().flatten() {
        let name = parameter["name"].as_str().unwrap();
        if parameter["in"] == "path" {
            address = address.replace(&format!("{{{name}}}"), &value(parameter));
        } else {
            let value: String = url::form_urlencoded::byte_serialize(value(parameter).as_bytes()).collect();
            queries.push(format!("?{name}={value}"));
        }
    }
    let body = operation["requestBody"]["content"].as_object().and_then(|content| content.iter().next());
    let body = body.map(|(kind, body)| {
        let example = &body["example"];
        let text = example.as_str().map_or_else(|| example.to_string(), str::to_owned);
        // What is verified is a site of the run.
        (kind.clone(), if path.ends_with("/verify") { text.replace("example.com", "clean.test") } else { text })
    });
    let method: Method = method.to_uppercase().parse().unwrap();
    let example = |query| Example {
        method: method.clone(),
        path: format!("{address}{query}"),
        body: body.clone(),
        answers: operation["responses"].clone(),
    };
    queries.into_iter().map(example).collect()
}

fn answered(api: &Api, write: &str, document: &Value, example: &Example) {
    let Example { method, path, body, answers } = example;
    let bearer = format!("Bearer {write}");
    let mut headers = vec![("authorization", bearer.as_str())];
    let (kind, body) = body.as_ref().map_or(("", ""), |(kind, body)| (kind, body));
    if !kind.is_empty() {
        headers.push(("content-type", kind));
    }
    let (status, headers, text) = api.page(method.clone(), &format!("/api/v1{path}"), &headers, body);
    // The run is a scan of a site on which nothing is found: `pages::sites` has findings and a verify.
    if path.contains("/findings/") || path.starts_with("/verifies/") {
        assert!(status == 404 && headers["content-type"] == "application/problem+json", "{path}: {status} {text}");
        return;
    }
    let named = &answers[status.to_string()];
    assert!((200..300).contains(&status) && named.is_object(), "{method} {path}: {status} {text}");
    let schema = &named["content"]["application/json"]["schema"];
    let json = headers.get("content-type").is_some_and(|kind| kind == "application/json");
    if schema.is_null() || !json {
        return;
    }
    let schema = json!({ "components": document["components"], "allOf": [schema] });
    let validator = jsonschema::validator_for(&schema).unwrap_or_else(|error| panic!("{method} {path}: {error}"));
    let answer: Value = serde_json::from_str(&text).unwrap();
    let wrong: Vec<_> =
        validator.iter_errors(&answer).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(wrong.is_empty(), "{method} {path}: {wrong:?} in {text}");
}
