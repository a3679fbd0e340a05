//! What is told as JSON, for a document that has shapes of its own.

use schemars::generate::SchemaSettings;
use serde_json::{Map, Value};

use crate::{History, SiteReport, verify::Verification};

/// The JSON Schema of each shape by its name, those that it is made of among them. They name each other as
/// `#/components/schemas/NAME`, which is how an OpenAPI document has it.
#[must_use]
pub fn shapes() -> Map<String, Value> {
    let settings = SchemaSettings::draft2020_12().with(|all| all.definitions_path = "/components/schemas".into());
    let mut generator = settings.into_generator();
    generator.subschema_for::<SiteReport>();
    generator.subschema_for::<History>();
    generator.subschema_for::<Verification>();
    generator.take_definitions(true)
}
