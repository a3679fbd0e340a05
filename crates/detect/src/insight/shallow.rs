//! JSON to a given depth. A recorder's snapshot nests two levels for each level of the page, and serde_json refuses what
//! is deeper than 128: such a document is read as far down as is needed, not refused.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// How deep a document is read: below serde_json's own bound of 128. What lies deeper is `null`.
const MAX_DEPTH: u8 = 120;

/// A value and how much deeper it is read.
struct Shallow(u8);

/// The whole text as one value; `None` if it is none.
pub(super) fn read(text: &[u8]) -> Option<Value> {
    let mut json = serde_json::Deserializer::from_slice(text);
    let value = Shallow(MAX_DEPTH).deserialize(&mut json).ok()?;
    json.end().ok().map(|()| value)
}

impl<'de> DeserializeSeed<'de> for Shallow {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Value, D::Error> {
        match self.0 {
            // Skipping is not recursive in serde_json, so that no depth is too deep for it.
            0 => json.deserialize_ignored_any(IgnoredAny).map(|_| Value::Null),
            _ => json.deserialize_any(self),
        }
    }
}

impl<'de> Visitor<'de> for Shallow {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = list.next_element_seed(Shallow(self.0 - 1))? {
            values.push(value);
        }
        Ok(values.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some(key) = object.next_key::<String>()? {
            members.insert(key, object.next_value_seed(Shallow(self.0 - 1))?);
        }
        Ok(members.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_deep_is_left_out_and_the_rest_is_read() {
        let deep = format!(r#"{{"deep":{}1{},"after":2}}"#, "[".repeat(5_000), "]".repeat(5_000));
        let value = read(deep.as_bytes()).expect("it is read");
        assert_eq!(value["after"], 2);
        assert!(value["deep"][0][0][0].is_array());
        let same = br#"{"a":[1,-2,3.5,"x",null,true],"b":{"c":[]}}"#;
        assert_eq!(read(same), serde_json::from_slice(same).ok());
        assert!(read(b"{} x").is_none() && read(b"{").is_none());
    }
}
