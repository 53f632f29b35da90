//! YAML text in, typed values with places out. Unknown keys, wrong values and broken elements are all found in one pass.
//!
//! `serde_yaml` reads the text into a tree. There every node knows its place, and every plain scalar keeps the letters it was written with
//! (`010` and `1.10` stay as they are). A deserializer then reads the tree into types; it reports what it cannot use, and goes on with the
//! next element.

mod element;
mod syntax;
mod tree;

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::de::DeserializeOwned;

use crate::diagnostic::{Diagnostic, FileName, Span};
use crate::sources::TextFile;
pub use tree::{Node, NodeValue};

/// A value and the place where it stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Where it begins.
    pub span: Span,
}

impl<T: JsonSchema> JsonSchema for Spanned<T> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }
    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let schema = T::json_schema(generator);
        // Any plain scalar is text where text is expected: `60`, `yes`, `071110`.
        match schema.get("type") {
            Some(kind) if kind == "string" && schema.get("enum").is_none() => {
                schemars::json_schema!({ "type": ["string", "number", "boolean"] })
            }
            _ => schema,
        }
    }
}

/// A list; an element that cannot be read is reported and left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List<T>(pub Vec<T>);

/// A map in the order of the file, keys with their places; a value that cannot be read is reported and left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entries<T>(pub Vec<(Spanned<String>, T)>);

impl<T> Default for List<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Default for Entries<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: JsonSchema> JsonSchema for List<T> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        Vec::<T>::schema_name()
    }
    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        Vec::<T>::json_schema(generator)
    }
}

impl<T: JsonSchema> JsonSchema for Entries<T> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        BTreeMap::<String, T>::schema_name()
    }
    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        BTreeMap::<String, T>::json_schema(generator)
    }
}

/// What a file says, and whether all of it could be read.
#[derive(Debug)]
pub struct Parsed<T> {
    /// The value without the elements that could not be read.
    pub value: T,
    /// False when elements are missing; then a reference to a missing one is no fault.
    pub whole: bool,
}

/// Reads a YAML file; its findings go to `diagnostics`. `None` when nothing can be read.
pub fn parse<T: DeserializeOwned>(file: &TextFile, diagnostics: &mut Vec<Diagnostic>) -> Option<Parsed<T>> {
    let known = diagnostics.len();
    let node = tree::read(file, diagnostics)?;
    let is_sound = diagnostics.len() == known;
    element::read(&node, &file.name, diagnostics).map(|parsed| Parsed { whole: parsed.whole && is_sound, ..parsed })
}

/// The tree of a YAML file; a fault of syntax goes to `diagnostics`. `None` when nothing can be read.
pub fn tree(file: &TextFile, diagnostics: &mut Vec<Diagnostic>) -> Option<Node> {
    tree::read(file, diagnostics)
}

/// Reads a value from a tree that was made of something else, such as a table; the places of findings are those of its nodes.
pub fn read<T: DeserializeOwned>(node: &Node, file: &FileName, diagnostics: &mut Vec<Diagnostic>) -> Option<Parsed<T>> {
    element::read(node, file, diagnostics)
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;
    use crate::diagnostic::FileName;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Room {
        code: Spanned<String>,
        #[serde(default)]
        seats: u32,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct House {
        rooms: List<Room>,
        #[serde(default)]
        words: Entries<String>,
    }

    fn read(text: &str) -> (Option<Parsed<House>>, Vec<String>) {
        let file = TextFile { name: FileName::new("h.yaml"), text: text.into() };
        let mut diagnostics = Vec::new();
        let house = parse(&file, &mut diagnostics);
        (house, diagnostics.iter().map(|found| format!("{} {}", found.place, found.message)).collect())
    }

    #[test]
    fn codes_keep_their_letters() {
        let (house, found) = read("rooms:\n  - {code: 010}\n  - {code: 1.10}\n  - {code: no}\n  - {code: \"1_000\"}\n");
        assert_eq!(found, [""; 0]);
        let codes: Vec<_> = house.expect("readable").value.rooms.0.into_iter().map(|room| room.code.value).collect();
        assert_eq!(codes, ["010", "1.10", "no", "1_000"]);
    }

    #[test]
    fn all_faults_are_found_in_one_pass_with_their_places() {
        let (house, found) = read("rooms:\n  - {code: a, seat: 3}\n  - {code: b, seats: many}\n  - {seats: 2}\nwalls: 4\n");
        assert_eq!(
            found,
            [
                "h.yaml:5:1 unknown key `walls`",
                "h.yaml:2:15 unknown key `seat`",
                "h.yaml:3:22 expected a whole number, found `many`",
                "h.yaml:4:5 expected the key `code`, found none",
            ]
        );
        let house = house.expect("the rest is read");
        assert!(!house.whole);
        assert_eq!(house.value.rooms.0.iter().map(|room| room.seats).collect::<Vec<_>>(), [0]);
    }

    #[test]
    fn entries_keep_their_order_and_the_places_of_their_keys() {
        let (house, found) = read("rooms: []\nwords:\n  b: one\n  a: two\n");
        assert_eq!(found, [""; 0]);
        let words = house.expect("readable").value.words.0;
        let keys: Vec<_> = words.iter().map(|(key, text)| (key.value.as_str(), key.span.line, text.as_str())).collect();
        assert_eq!(keys, [("b", 3, "one"), ("a", 4, "two")]);
    }

    #[test]
    fn letters_that_are_taken_apart_are_put_together_also_where_they_are_escaped() {
        let (house, _) = read(r#"rooms: [{code: "\u0438\u0306"}]"#);
        assert_eq!(house.expect("readable").value.rooms.0[0].code.value, "й");
    }

    #[test]
    fn what_a_file_has_too_much_of_is_said_in_words() {
        let nested = |depth: usize| format!("rooms: {}1{}\n", "[".repeat(depth), "]".repeat(depth));
        let deep = "expected at most 64 lists and maps within each other, found more";
        for depth in [64, 300, 3000] {
            let (_, found) = read(&nested(depth));
            assert!(found[0].starts_with("h.yaml:1:") && found[0].ends_with(deep), "{found:?}");
        }
        let (_, found) = read(&nested(62));
        assert!(!found[0].ends_with(deep), "{found:?}");
        let bomb: String = (1..9).map(|n| format!("a{n}: &a{n} [{}]\n", vec![format!("*a{}", n - 1); 10].join(","))).collect();
        let (_, found) = read(&format!("a0: &a0 [1,1,1,1,1,1,1,1,1,1]\n{bomb}"));
        assert!(found[0].starts_with("h.yaml:"), "{found:?}");
        assert!(found[0].ends_with("expected at most 1000000 values, lists and maps in a file, found more"), "{found:?}");
        let merges: String = (0..10_001).map(|_| "  - <<: {code: a}\n").collect();
        let (_, found) = read(&format!("rooms:\n{merges}"));
        assert!(found[0].ends_with("expected at most 10000 merges (`<<`) in a file, found more"), "{found:?}");
    }

    #[test]
    fn a_word_may_be_used_again_many_times() {
        let rooms = "  - {code: *one}\n".repeat(1000);
        let (house, found) = read(&format!("rooms:\n  - {{code: &one a}}\n{rooms}"));
        assert_eq!(found, [""; 0]);
        assert_eq!(house.expect("readable").value.rooms.0.len(), 1001);
    }

    #[test]
    fn what_a_tree_says_goes_before_what_stands_below() {
        let tree = |text: &str| {
            let file = TextFile { name: FileName::new("h.yaml"), text: text.into() };
            tree(&file, &mut Vec::new()).expect("readable")
        };
        let below = || tree("a: one\nb: { c: [1, 2], d: two }\ne: { f: three }\n");
        fn told(node: &Node) -> String {
            match &node.value {
                NodeValue::Null => "null".into(),
                NodeValue::Scalar(text) => text.clone(),
                NodeValue::Sequence(items) => format!("[{}]", items.iter().map(told).collect::<Vec<_>>().join(", ")),
                NodeValue::Map(entries) => {
                    let entries: Vec<String> =
                        entries.iter().map(|(key, value)| format!("{}: {}", told(key), told(value))).collect();
                    format!("{{{}}}", entries.join(", "))
                }
            }
        }
        let over = |text: &str| told(&tree(text).over(below(), &["e"]));
        let all = "{a: one, b: {c: [1, 2], d: two}, e: {f: three}}";
        assert_eq!(over("# nothing\n"), all);
        assert_eq!(over("b:\n"), all);
        assert_eq!(
            over("g: new\nb: { d: 2, h: 3, c: [4] }\ne: { i: 5 }\n"),
            "{a: one, b: {c: [4], d: 2, h: 3}, e: {i: 5}, g: new}"
        );
        assert_eq!(over("[1]"), "[1]");
        let merged = tree("b: { d: 2 }").over(below(), &[]);
        let NodeValue::Map(entries) = merged.value else { panic!("a map") };
        assert_eq!(
            entries.iter().map(|(key, _)| key.span.line).collect::<Vec<_>>(),
            [1, 1, 3],
            "each has the place where it stands"
        );
    }

    #[test]
    fn a_syntax_fault_has_its_line() {
        let (house, found) = read("rooms:\n  - {code: a\nwalls: ]\n");
        assert!(house.is_none());
        assert_eq!(found, ["h.yaml:2:5 expected YAML, found a fault: mismatched bracket '{' closed by ']'"]);
    }
}
