//! YAML text in, a tree of nodes out: each with its place, scalars with the letters they were written with.

use std::fmt;

use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::diagnostic::{Diagnostic, Place, Rule, Span};
use crate::sources::TextFile;

/// A node of the tree.
#[derive(Debug)]
pub struct Node {
    /// Where it begins.
    pub span: Span,
    /// What it holds.
    pub value: NodeValue,
}

/// What a node holds.
#[derive(Debug)]
pub enum NodeValue {
    /// Nothing.
    Null,
    /// Text, a number, a truth value: its letters.
    Scalar(String),
    /// A list.
    Sequence(Vec<Node>),
    /// Keys and values, in the order of the file.
    Map(Vec<(Node, Node)>),
}

/// The tree of a file; a fault of its syntax goes to `diagnostics`.
pub fn read(file: &TextFile, diagnostics: &mut Vec<Diagnostic>) -> Option<Node> {
    let options = serde_yaml::options! { strict_booleans: true, with_snippet: false };
    match serde_yaml::from_str_with_options::<serde_yaml::Spanned<RawNode>>(&file.text, options) {
        Ok(raw) => Some(Node::new(raw, &file.text)),
        Err(error) => {
            let span = error.location().map_or(Span { line: 1, column: 1 }, span);
            let place = Place::Text { file: file.name.clone(), span };
            diagnostics.push(fault(error.without_snippet(), place));
            None
        }
    }
}

fn fault(error: &serde_yaml::Error, place: Place) -> Diagnostic {
    if let serde_yaml::Error::DuplicateMappingKey { key, .. } = error {
        let key = key.as_ref().map_or_else(|| "this key".to_owned(), |key| format!("the key `{key}`"));
        return Diagnostic::new(Rule::InvalidYaml, place, format!("{key} stands here a second time"))
            .hint("remove one of the two, or put them together");
    }
    if matches!(error, serde_yaml::Error::MultipleDocuments { .. }) {
        return Diagnostic::new(Rule::InvalidYaml, place, "expected one document in this file, found a second one behind `---`")
            .hint("move it to a file of its own");
    }
    let whole = error.to_string();
    let message = whole.split(" at line ").next().unwrap_or(&whole).lines().next().unwrap_or_default();
    Diagnostic::new(Rule::InvalidYaml, place, format!("expected YAML, found a fault: {message}"))
        .hint("look at the indentation, the quotes and the colons of this line and the one above")
}

fn span(location: serde_yaml::Location) -> Span {
    Span {
        line: u32::try_from(location.line()).unwrap_or(u32::MAX),
        column: u32::try_from(location.column()).unwrap_or(u32::MAX),
    }
}

impl Node {
    fn new(raw: serde_yaml::Spanned<RawNode>, text: &str) -> Self {
        let location = raw.defined;
        let value = match raw.value {
            RawNode::Null => NodeValue::Null,
            RawNode::Plain(guess) => NodeValue::Scalar(letters(location, text).unwrap_or(guess)),
            RawNode::Text(text) => NodeValue::Scalar(text),
            RawNode::Sequence(items) => NodeValue::Sequence(items.into_iter().map(|item| Node::new(item, text)).collect()),
            RawNode::Map(entries) => {
                NodeValue::Map(entries.into_iter().map(|(key, value)| (Node::new(key, text), Node::new(value, text))).collect())
            }
        };
        Node { span: span(raw.referenced), value }
    }

    /// The node as a message names it.
    pub fn what(&self) -> String {
        match &self.value {
            NodeValue::Null => "nothing".into(),
            NodeValue::Scalar(text) => format!("`{}`", text.chars().take(60).collect::<String>()),
            NodeValue::Sequence(_) => "a list".into(),
            NodeValue::Map(_) => "a map".into(),
        }
    }
}

/// The letters of a plain scalar as they stand in the file.
fn letters(location: serde_yaml::Location, text: &str) -> Option<String> {
    let span = location.span();
    let start = usize::try_from(span.byte_offset()?).ok()?;
    let length = usize::try_from(span.byte_len()?).ok()?;
    text.get(start..start + length).map(|letters| letters.trim().to_owned())
}

/// What the YAML reader gives for a node of unknown type. It guesses numbers and truth values; the letters undo that.
enum RawNode {
    Null,
    Plain(String),
    Text(String),
    Sequence(Vec<serde_yaml::Spanned<RawNode>>),
    Map(Vec<(serde_yaml::Spanned<RawNode>, serde_yaml::Spanned<RawNode>)>),
}

impl<'de> Deserialize<'de> for RawNode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct RawVisitor;
        impl<'de> Visitor<'de> for RawVisitor {
            type Value = RawNode;
            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("YAML")
            }
            fn visit_unit<E>(self) -> Result<RawNode, E> {
                Ok(RawNode::Null)
            }
            fn visit_none<E>(self) -> Result<RawNode, E> {
                Ok(RawNode::Null)
            }
            fn visit_bool<E>(self, value: bool) -> Result<RawNode, E> {
                Ok(RawNode::Plain(value.to_string()))
            }
            fn visit_i64<E>(self, value: i64) -> Result<RawNode, E> {
                Ok(RawNode::Plain(value.to_string()))
            }
            fn visit_u64<E>(self, value: u64) -> Result<RawNode, E> {
                Ok(RawNode::Plain(value.to_string()))
            }
            fn visit_i128<E>(self, value: i128) -> Result<RawNode, E> {
                Ok(RawNode::Plain(value.to_string()))
            }
            fn visit_u128<E>(self, value: u128) -> Result<RawNode, E> {
                Ok(RawNode::Plain(value.to_string()))
            }
            fn visit_f64<E>(self, value: f64) -> Result<RawNode, E> {
                Ok(RawNode::Plain(value.to_string()))
            }
            fn visit_str<E>(self, value: &str) -> Result<RawNode, E> {
                Ok(RawNode::Text(value.to_owned()))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<RawNode, A::Error> {
                let mut sequence = Vec::new();
                while let Some(item) = items.next_element()? {
                    sequence.push(item);
                }
                Ok(RawNode::Sequence(sequence))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<RawNode, A::Error> {
                let mut map = Vec::new();
                while let Some(entry) = entries.next_entry()? {
                    map.push(entry);
                }
                Ok(RawNode::Map(map))
            }
        }
        deserializer.deserialize_any(RawVisitor)
    }
}
