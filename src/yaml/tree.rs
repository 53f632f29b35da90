//! YAML text in, a tree of nodes out. Each node has its place, and scalars have the letters they were written with.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_yaml::Budget;
use serde_yaml::budget::BudgetBreach;

use super::syntax::{slip, unparted};
use crate::diagnostic::{Diagnostic, Place, Rule, Span, list};
use crate::letters::composed;
use crate::sources::TextFile;

/// A node of the tree.
#[derive(Debug)]
pub struct Node {
    /// The place where it begins.
    pub span: Span,
    /// What it holds.
    pub value: NodeValue,
}

/// What a node holds.
#[derive(Debug)]
pub enum NodeValue {
    /// Nothing.
    Null,
    /// The letters of a text, a number or a truth value.
    Scalar(String),
    /// A list.
    Sequence(Vec<Node>),
    /// Keys and values, in the order of the file.
    Map(Vec<(Node, Node)>),
}

/// The most values, lists and maps of a file; what an alias stands for counts each time. A registry of 50,000 regions has fewer.
const MOST_NODES: usize = 1_000_000;
/// How deep lists and maps may nest.
const DEEPEST: usize = 64;
/// The most bytes of all values together.
const MOST_TEXT: usize = 64 << 20;
/// How many maps may be merged into others (`<<`).
const MOST_MERGES: usize = 10_000;

/// The bounds of a file. Aliases are bounded by what they stand for, not by their number.
fn budget() -> Option<Budget> {
    serde_yaml::budget! {
        max_nodes: MOST_NODES,
        // Includes the events that open and close something.
        max_events: 4 * MOST_NODES,
        max_depth: DEEPEST,
        // Brackets are checked before their contents are counted.
        flow_nesting_limit: 1 << 12,
        max_total_scalar_bytes: MOST_TEXT,
        max_merge_keys: MOST_MERGES,
        max_aliases: MOST_NODES,
        max_anchors: MOST_NODES,
        enforce_alias_anchor_ratio: false,
    }
}

/// What a file has too much of, with the bound.
fn excess(error: &serde_yaml::Error) -> Option<(String, &'static str)> {
    let most = |bound: usize, what: &str| format!("expected at most {bound} {what} in a file, found more");
    Some(match error {
        serde_yaml::Error::Budget { breach: BudgetBreach::Depth { .. }, .. } => {
            let message = format!("expected at most {DEEPEST} lists and maps within each other, found more");
            (message, "look for brackets that are opened and not closed, or lines that are indented too far")
        }
        serde_yaml::Error::Budget { breach: BudgetBreach::ScalarBytes { .. }, .. } => (
            most(MOST_TEXT >> 20, "MB of text"),
            "look for a text that is none of a specification, or a quote that is not closed",
        ),
        serde_yaml::Error::Budget { breach: BudgetBreach::MergeKeys { .. }, .. } => {
            (most(MOST_MERGES, "merges (`<<`)"), "write out what is merged")
        }
        serde_yaml::Error::Budget { .. }
        | serde_yaml::Error::AliasReplayCounterOverflow { .. }
        | serde_yaml::Error::AliasReplayLimitExceeded { .. }
        | serde_yaml::Error::AliasExpansionLimitExceeded { .. }
        | serde_yaml::Error::AliasReplayStackDepthExceeded { .. } => {
            let hint = "take out what is not needed; what an alias (`*name`) stands for counts each time";
            (most(MOST_NODES, "values, lists and maps"), hint)
        }
        _ => return None,
    })
}

/// The tree of a file; a syntax error goes to `diagnostics`.
pub fn read(file: &TextFile, diagnostics: &mut Vec<Diagnostic>) -> Option<Node> {
    let options = serde_yaml::options! { strict_booleans: true, with_snippet: false, budget: budget() };
    match serde_yaml::from_str_with_options::<serde_yaml::Spanned<RawNode>>(&file.text, options) {
        Ok(raw) => {
            let mut stray = Vec::new();
            let node = Node::new(raw, &file.text, &mut stray);
            diagnostics.extend(stray.into_iter().map(|stray| stray.told(file)));
            Some(node)
        }
        Err(error) => {
            let span = error.location().map_or(Span { line: 1, column: 1 }, span);
            diagnostics.push(fault(error.without_snippet(), file, span));
            None
        }
    }
}

fn fault(mut error: &serde_yaml::Error, file: &TextFile, span: Span) -> Diagnostic {
    let place = |span| Place::Text { file: file.name.clone(), span };
    while let serde_yaml::Error::AliasError { error: inner, .. } = error {
        error = inner;
    }
    if let serde_yaml::Error::DuplicateMappingKey { key, .. } = error {
        let key = key.as_ref().map_or_else(|| "this key".to_owned(), |key| format!("the key `{key}`"));
        return Diagnostic::new(Rule::InvalidYaml, place(span), format!("{key} stands here a second time"))
            .hint("remove one of the two, or put them together");
    }
    if matches!(error, serde_yaml::Error::MultipleDocuments { .. }) {
        return Diagnostic::new(
            Rule::InvalidYaml,
            place(span),
            "expected one document in this file, found a second one behind `---`",
        )
        .hint("move it to a file of its own");
    }
    if let Some((message, hint)) = excess(error) {
        return Diagnostic::new(Rule::BoundExceeded, place(span), message).hint(hint);
    }
    let whole = error.to_string();
    let message = whole.split(" at line ").next().unwrap_or(&whole).lines().next().unwrap_or_default();
    if let Some((_, rest)) = message.split_once("non-finite float `")
        && let Some((number, _)) = rest.split_once('`')
    {
        return Diagnostic::new(Rule::InvalidYaml, place(span), format!("expected a number, found `{number}`"))
            .hint("write it in digits; a text stands in quotes");
    }
    if let Some(slip) = slip(&file.text, span, message.contains("expected ',' or")) {
        return Diagnostic::new(Rule::InvalidYaml, place(slip.span), slip.message).hint(slip.hint);
    }
    Diagnostic::new(Rule::InvalidYaml, place(span), format!("expected YAML, found a fault: {message}"))
        .hint("look at the indentation, the quotes and the colons of this line and the one above")
}

fn span(location: serde_yaml::Location) -> Span {
    Span {
        line: u32::try_from(location.line()).unwrap_or(u32::MAX),
        column: u32::try_from(location.column()).unwrap_or(u32::MAX),
    }
}

/// Texts that stand between the commas of a map without being keys: a comma inside a text has parted them from it.
struct Stray {
    span: Span,
    texts: Vec<String>,
}

impl Stray {
    fn told(self, file: &TextFile) -> Diagnostic {
        let place = Place::Text { file: file.name.clone(), span: self.span };
        Diagnostic::new(
            Rule::InvalidYaml,
            place,
            format!("expected `key: value` between commas, found {} alone", list(&self.texts)),
        )
        .hint(match unparted(&self.texts[0]) {
            Some((key, value)) => format!("write a blank behind the colon: `{key}: {value}`"),
            None => {
                "inside `{ }` a comma ends a text: put a text with commas in quotes; decimals take a point, as in 90.5".into()
            }
        })
    }
}

/// Whether a key stands in the text without a colon.
fn is_alone(key: &serde_yaml::Spanned<RawNode>, text: &str) -> bool {
    let span = key.defined.span();
    let end = || usize::try_from(span.byte_offset()? + span.byte_len()?).ok();
    let rest = end().and_then(|end| text.get(end..));
    rest.is_some_and(|rest| rest.trim_start_matches(['"', '\'']).trim_start().starts_with([',', '}']))
}

impl Node {
    fn new(raw: serde_yaml::Spanned<RawNode>, text: &str, stray: &mut Vec<Stray>) -> Self {
        let location = raw.defined;
        let value = match raw.value {
            RawNode::Null => NodeValue::Null,
            RawNode::Plain(guess) => NodeValue::Scalar(letters(location, text).unwrap_or(guess)),
            RawNode::Text(text) => NodeValue::Scalar(text),
            RawNode::Sequence(items) => NodeValue::Sequence(items.into_iter().map(|item| Node::new(item, text, stray)).collect()),
            RawNode::Map(entries) => {
                let alone = |(key, value): &(_, serde_yaml::Spanned<RawNode>)| {
                    matches!(value.value, RawNode::Null) && is_alone(key, text)
                };
                let (alone, entries): (Vec<_>, Vec<_>) = entries.into_iter().partition(alone);
                let alone: Vec<Node> = alone.into_iter().map(|(key, _)| Node::new(key, text, stray)).collect();
                if let Some(first) = alone.first() {
                    let texts = alone.iter().map(|node| node.what().trim_matches('`').to_owned()).collect();
                    stray.push(Stray { span: first.span, texts });
                }
                let mut node = |raw| Node::new(raw, text, stray);
                NodeValue::Map(entries.into_iter().map(|(key, value)| (node(key), node(value))).collect())
            }
        };
        Node { span: span(raw.referenced), value }
    }

    /// This tree over another one: what it says takes the place of what the other one says. Maps are put together key by key, but the ones at
    /// the keys `whole` of the outermost map, which replace the others like texts and lists.
    pub fn over(self, beneath: Node, whole: &[&str]) -> Node {
        let (own, below) = match (self.value, beneath.value) {
            // A key with nothing behind it has no entries to say.
            (NodeValue::Null, below @ NodeValue::Map(_)) => return Node { span: beneath.span, value: below },
            (NodeValue::Map(own), NodeValue::Map(below)) => (own, below),
            (own, _) => return Node { span: self.span, value: own },
        };
        let mut own: Vec<Option<(Node, Node)>> = own.into_iter().map(Some).collect();
        let of = |entry: &Option<(Node, Node)>| entry.as_ref().and_then(|(key, _)| key.scalar().map(str::to_owned));
        let at: BTreeMap<String, usize> = own.iter().enumerate().filter_map(|(at, entry)| Some((of(entry)?, at))).collect();
        let mut entries = Vec::new();
        for (key, below) in below {
            let replaced = key.scalar().and_then(|name| at.get(name)).and_then(|&at| own[at].take());
            entries.push(match replaced {
                Some((key, value)) if key.scalar().is_some_and(|name| whole.contains(&name)) => (key, value),
                Some((key, value)) => (key, value.over(below, &[])),
                None => (key, below),
            });
        }
        entries.extend(own.into_iter().flatten());
        Node { span: self.span, value: NodeValue::Map(entries) }
    }

    /// The keys of this map; none where it is no map.
    pub fn keys(&self) -> impl Iterator<Item = (&str, Span)> {
        self.entries().iter().filter_map(|(key, _)| Some((key.scalar()?, key.span)))
    }

    /// The keys of the map that stands at a key of this map; none where there is no such map.
    pub fn keys_of(&self, name: &str) -> impl Iterator<Item = (&str, Span)> {
        let entry = self.entries().iter().find(|(key, _)| key.scalar() == Some(name));
        entry.into_iter().flat_map(|(_, value)| value.keys())
    }

    fn entries(&self) -> &[(Node, Node)] {
        match &self.value {
            NodeValue::Map(entries) => entries,
            NodeValue::Null | NodeValue::Scalar(_) | NodeValue::Sequence(_) => &[],
        }
    }

    fn scalar(&self) -> Option<&str> {
        match &self.value {
            NodeValue::Scalar(text) => Some(text),
            NodeValue::Null | NodeValue::Sequence(_) | NodeValue::Map(_) => None,
        }
    }

    /// The node as messages name it.
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

/// What the YAML reader gives for a node of unknown type. It guesses numbers and truth values; the letters in the file undo that.
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
                // The file's letters are composed, but an escape may stand for a separate mark.
                Ok(RawNode::Text(composed(value).into_owned()))
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
