//! The JSON schema of a check, put together from what its kinds declare.

use std::borrow::Cow;
use std::collections::BTreeSet;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Map, Value};

use super::format::{RawCheck, RawHead};
use super::kind::Facts;
use super::{CheckKind, KEYS, general};

impl JsonSchema for RawCheck {
    fn schema_name() -> Cow<'static, str> {
        "check".into()
    }

    /// Tells editors all keys, then which of them each kind needs, and which it does not have.
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = RawHead::json_schema(generator);
        let mut declared = vec![general::Keys::json_schema(generator)];
        declared.extend(CheckKind::ALL.iter().map(|kind| (kind.facts().schema)(generator)));
        let mut all = properties(&schema);
        for (key, meaning) in declared.iter().flat_map(properties) {
            // What the first kind says of a key stands for all.
            all.entry(key).or_insert(meaning);
        }
        schema.insert("properties".to_owned(), all.into());
        schema.insert("allOf".to_owned(), CheckKind::ALL.iter().map(|kind| rule(&kind.facts())).collect());
        schema
    }
}

fn properties(schema: &Schema) -> Map<String, Value> {
    schema.get("properties").and_then(Value::as_object).cloned().unwrap_or_default()
}

/// What a kind needs, and what it does not have.
fn rule(facts: &Facts) -> Value {
    let own = facts.all();
    let all: BTreeSet<&str> = KEYS.iter().copied().flatten().map(|key| key.name).collect();
    let strange = all.into_iter().filter(|key| !own.contains(key));
    let strange: Map<String, Value> = strange.map(|key| (key.to_owned(), Value::Bool(false))).collect();
    serde_json::json!({
        "if": { "properties": { "kind": { "const": facts.name } } },
        "then": { "required": facts.needed, "properties": strange }
    })
}

impl JsonSchema for CheckKind {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "kind".into()
    }

    /// Each kind with what it says of itself.
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        // What the keys refer to is defined where they stand, not here.
        let mut apart = SchemaGenerator::default();
        let kinds = CheckKind::ALL.iter().map(|kind| {
            let facts = kind.facts();
            let keys = (facts.schema)(&mut apart);
            serde_json::json!({ "type": "string", "const": facts.name, "description": keys.get("description") })
        });
        schemars::json_schema!({ "oneOf": kinds.collect::<Value>() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::checks::format::HEAD;

    #[test]
    fn every_check_has_the_keys_of_its_head() {
        let declared = properties(&RawHead::json_schema(&mut SchemaGenerator::default()));
        assert_eq!(declared.keys().collect::<Vec<_>>(), HEAD);
    }
}
