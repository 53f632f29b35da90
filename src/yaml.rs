//! YAML text in, typed value with places out. An unknown key, a wrong value and a broken element are all gathered in one pass.
//!
//! `serde_yaml` reads the text into a tree in which every node knows its place and every plain scalar keeps the letters
//! it was written with (`010` and `1.10` stay as they are). The tree is then read into types by a deserializer that
//! reports what it cannot use and goes on with the next element.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use schemars::JsonSchema;
use serde::de::value::StrDeserializer;
use serde::de::{self, DeserializeOwned, DeserializeSeed, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::diagnostic::{Diagnostic, FileName, Place, Rule, Span, did_you_mean_or_list};
use crate::sources::TextFile;

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
        T::json_schema(generator)
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
    /// False when elements are missing, so that a reference to one of them is no fault of its own.
    pub whole: bool,
}

/// Reads a YAML file; what is wrong with it goes to `diagnostics`.
pub fn parse<T: DeserializeOwned>(file: &TextFile, diagnostics: &mut Vec<Diagnostic>) -> Option<Parsed<T>> {
    let node = tree(file, diagnostics)?;
    let reader = Reader { file: &file.name, found: RefCell::default(), lost: RefCell::new(false) };
    let outcome = T::deserialize(Element { node: &node, reader: &reader });
    let value = outcome.map_err(|fault| reader.report(fault, node.span)).ok();
    diagnostics.append(&mut reader.found.take());
    let whole = !reader.lost.take();
    value.map(|value| Parsed { value, whole })
}

fn tree(file: &TextFile, diagnostics: &mut Vec<Diagnostic>) -> Option<Node> {
    let options = serde_yaml::options! { strict_booleans: true, with_snippet: false };
    match serde_yaml::from_str_with_options::<serde_yaml::Spanned<RawNode>>(&file.text, options) {
        Ok(raw) => Some(Node::new(raw, &file.text)),
        Err(error) => {
            let span = error.location().map_or(Span { line: 1, column: 1 }, span);
            let whole = error.without_snippet().to_string();
            let message = whole.split(" at line ").next().unwrap_or(&whole).lines().next().unwrap_or_default();
            let place = Place::Text { file: file.name.clone(), span };
            diagnostics.push(
                Diagnostic::new(Rule::InvalidYaml, place, format!("expected YAML, found a fault: {message}"))
                    .hint("look at the indentation, the quotes and the colons of this line and the one above"),
            );
            None
        }
    }
}

fn span(location: serde_yaml::Location) -> Span {
    Span {
        line: u32::try_from(location.line()).unwrap_or(u32::MAX),
        column: u32::try_from(location.column()).unwrap_or(u32::MAX),
    }
}

/// A node of the tree.
#[derive(Debug)]
struct Node {
    span: Span,
    value: NodeValue,
}

#[derive(Debug)]
enum NodeValue {
    Null,
    Scalar(String),
    Sequence(Vec<Node>),
    Map(Vec<(Node, Node)>),
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

    fn what(&self) -> String {
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

/// Gathers what is wrong while a tree is read.
struct Reader<'a> {
    file: &'a FileName,
    found: RefCell<Vec<Diagnostic>>,
    lost: RefCell<bool>,
}

impl Reader<'_> {
    /// A value that could not be read is left out.
    fn report(&self, fault: Fault, fallback: Span) {
        let place = Place::Text { file: self.file.clone(), span: fault.span.unwrap_or(fallback) };
        self.found.borrow_mut().push(Diagnostic::new(fault.rule, place, fault.message).maybe_hint(fault.hint));
        *self.lost.borrow_mut() = true;
    }
}

/// Why a value could not be read.
#[derive(Debug)]
struct Fault {
    rule: Rule,
    message: String,
    hint: Option<String>,
    span: Option<Span>,
}

impl Fault {
    fn new(message: impl Into<String>) -> Self {
        Self { rule: Rule::InvalidSpecification, message: message.into(), hint: None, span: None }
    }

    fn at(mut self, span: Span) -> Self {
        self.span.get_or_insert(span);
        self
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.message)
    }
}

impl std::error::Error for Fault {}

impl de::Error for Fault {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Fault::new(message.to_string())
    }
    fn missing_field(field: &'static str) -> Self {
        Fault { hint: Some(format!("add `{field}: …`")), ..Fault::new(format!("expected the key `{field}`, found none")) }
    }
    fn unknown_variant(variant: &str, expected: &'static [&'static str]) -> Self {
        let hint = did_you_mean_or_list(variant, expected.iter().copied());
        Fault { rule: Rule::UnknownName, hint, ..Fault::new(format!("unknown word `{variant}`")) }
    }
}

const SPANNED: &str = "esep::Spanned";

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Spanned<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct SpannedVisitor<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for SpannedVisitor<T> {
            type Value = Spanned<T>;
            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("a value with its place")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<Self::Value, A::Error> {
                let lost = || de::Error::custom("a place has a line, a column and a value");
                let line = parts.next_element()?.ok_or_else(lost)?;
                let column = parts.next_element()?.ok_or_else(lost)?;
                let value = parts.next_element()?.ok_or_else(lost)?;
                Ok(Spanned { value, span: Span { line, column } })
            }
        }
        deserializer.deserialize_newtype_struct(SPANNED, SpannedVisitor(PhantomData))
    }
}

const ATTEMPT: &str = "esep::Attempt";

/// A value, or nothing where reading it failed and the fault has been reported.
struct Attempt<T>(Option<T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Attempt<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AttemptVisitor<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for AttemptVisitor<T> {
            type Value = Attempt<T>;
            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("a value")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut trial: A) -> Result<Self::Value, A::Error> {
                trial.next_element().map(Attempt)
            }
        }
        deserializer.deserialize_newtype_struct(ATTEMPT, AttemptVisitor(PhantomData))
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let attempts = Vec::<Attempt<T>>::deserialize(deserializer)?;
        Ok(List(attempts.into_iter().filter_map(|attempt| attempt.0).collect()))
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Entries<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct EntriesVisitor<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for EntriesVisitor<T> {
            type Value = Entries<T>;
            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("a map")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some((key, value)) = map.next_entry::<Spanned<String>, Attempt<T>>()? {
                    entries.extend(value.0.map(|value| (key, value)));
                }
                Ok(Entries(entries))
            }
        }
        deserializer.deserialize_map(EntriesVisitor(PhantomData))
    }
}

/// A node being read.
#[derive(Clone, Copy)]
struct Element<'a> {
    node: &'a Node,
    reader: &'a Reader<'a>,
}

impl Element<'_> {
    fn expected(self, what: &str) -> Fault {
        Fault::new(format!("expected {what}, found {}", self.node.what())).at(self.node.span)
    }

    fn scalar(&self, what: &str) -> Result<&str, Fault> {
        match &self.node.value {
            NodeValue::Scalar(text) => Ok(text),
            NodeValue::Null | NodeValue::Sequence(_) | NodeValue::Map(_) => Err(self.expected(what)),
        }
    }

    fn map(&self) -> Result<&[(Node, Node)], Fault> {
        match &self.node.value {
            NodeValue::Map(entries) => Ok(entries),
            NodeValue::Null | NodeValue::Scalar(_) | NodeValue::Sequence(_) => Err(self.expected("a map (`key: value`)")),
        }
    }
}

macro_rules! whole_numbers {
    ($($method:ident $visit:ident $type:ty),+) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
            let number: $type = self.scalar("a whole number")?.parse().map_err(|_| self.expected("a whole number"))?;
            visitor.$visit(number)
        })+
    };
}

impl<'de> Deserializer<'de> for Element<'_> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match &self.node.value {
            NodeValue::Null => visitor.visit_unit(),
            NodeValue::Scalar(text) => visitor.visit_str(text),
            NodeValue::Sequence(_) => self.deserialize_seq(visitor),
            NodeValue::Map(_) => self.deserialize_map(visitor),
        }
        .map_err(|fault: Fault| fault.at(self.node.span))
    }

    whole_numbers! {
        deserialize_i8 visit_i8 i8, deserialize_i16 visit_i16 i16, deserialize_i32 visit_i32 i32, deserialize_i64 visit_i64 i64,
        deserialize_u8 visit_u8 u8, deserialize_u16 visit_u16 u16, deserialize_u32 visit_u32 u32, deserialize_u64 visit_u64 u64
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.scalar("`true` or `false`")? {
            "true" => visitor.visit_bool(true),
            "false" => visitor.visit_bool(false),
            _ => Err(self.expected("`true` or `false`")),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_str(self.scalar("text")?).map_err(|fault: Fault| fault.at(self.node.span))
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match &self.node.value {
            NodeValue::Null => visitor.visit_none(),
            NodeValue::Scalar(_) | NodeValue::Sequence(_) | NodeValue::Map(_) => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, Fault> {
        match name {
            SPANNED => visitor.visit_seq(Placed { element: self, next: 0 }),
            ATTEMPT => visitor.visit_seq(Trial(Some(self))),
            _ => visitor.visit_newtype_struct(self),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match &self.node.value {
            NodeValue::Sequence(items) => visitor.visit_seq(Items { items: items.iter(), reader: self.reader }),
            NodeValue::Null | NodeValue::Scalar(_) | NodeValue::Map(_) => Err(self.expected("a list")),
        }
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let pairs = Pairs { entries: self.map()?.iter(), value: None, reader: self.reader };
        visitor.visit_map(pairs).map_err(|fault: Fault| fault.at(self.node.span))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        let (known, unknown): (Vec<_>, Vec<_>) = self
            .map()?
            .iter()
            .partition(|(key, _)| matches!(&key.value, NodeValue::Scalar(name) if fields.contains(&name.as_str())));
        for (key, _) in unknown {
            let name = match &key.value {
                NodeValue::Scalar(name) => name.as_str(),
                NodeValue::Null | NodeValue::Sequence(_) | NodeValue::Map(_) => "",
            };
            let place = Place::Text { file: self.reader.file.clone(), span: key.span };
            let hint = did_you_mean_or_list(name, fields.iter().copied());
            let diagnostic = Diagnostic::new(Rule::UnknownKey, place, format!("unknown key {}", key.what())).maybe_hint(hint);
            self.reader.found.borrow_mut().push(diagnostic);
        }
        let pairs = Pairs { entries: known.into_iter(), value: None, reader: self.reader };
        visitor.visit_map(pairs).map_err(|fault: Fault| fault.at(self.node.span))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        let word: StrDeserializer<'_, Fault> = self.scalar("a word")?.into_deserializer();
        visitor.visit_enum(word).map_err(|fault: Fault| fault.at(self.node.span))
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_str(visitor)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_unit()
    }

    serde::forward_to_deserialize_any! { f32 f64 char bytes byte_buf unit unit_struct tuple tuple_struct }
}

/// The three parts of a [`Spanned`].
struct Placed<'a> {
    element: Element<'a>,
    next: u8,
}

impl<'de> SeqAccess<'de> for Placed<'_> {
    type Error = Fault;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Fault> {
        self.next += 1;
        let span = self.element.node.span;
        match self.next {
            1 => seed.deserialize(span.line.into_deserializer()).map(Some),
            2 => seed.deserialize(span.column.into_deserializer()).map(Some),
            3 => seed.deserialize(self.element).map(Some),
            _ => Ok(None),
        }
    }
}

/// One element on trial: a fault in it is reported, and the sequence is empty.
struct Trial<'a>(Option<Element<'a>>);

impl<'de> SeqAccess<'de> for Trial<'_> {
    type Error = Fault;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Fault> {
        let Some(element) = self.0.take() else { return Ok(None) };
        match seed.deserialize(element) {
            Ok(value) => Ok(Some(value)),
            Err(fault) => {
                element.reader.report(fault, element.node.span);
                Ok(None)
            }
        }
    }
}

/// The elements of a list.
struct Items<'a> {
    items: std::slice::Iter<'a, Node>,
    reader: &'a Reader<'a>,
}

impl<'de> SeqAccess<'de> for Items<'_> {
    type Error = Fault;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Fault> {
        let Some(node) = self.items.next() else { return Ok(None) };
        seed.deserialize(Element { node, reader: self.reader }).map(Some).map_err(|fault| fault.at(node.span))
    }
}

/// The entries of a map.
struct Pairs<'a, I: Iterator<Item = &'a (Node, Node)>> {
    entries: I,
    value: Option<&'a Node>,
    reader: &'a Reader<'a>,
}

impl<'a, 'de, I: Iterator<Item = &'a (Node, Node)>> MapAccess<'de> for Pairs<'a, I> {
    type Error = Fault;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Fault> {
        let Some((key, value)) = self.entries.next() else { return Ok(None) };
        self.value = Some(value);
        seed.deserialize(Element { node: key, reader: self.reader }).map(Some).map_err(|fault| fault.at(key.span))
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Fault> {
        let node = self.value.take().expect("a key is read before its value");
        seed.deserialize(Element { node, reader: self.reader }).map_err(|fault| fault.at(node.span))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert_eq!(house.value.rooms.0.len(), 1);
    }

    #[test]
    fn a_syntax_fault_has_its_line() {
        let (house, found) = read("rooms:\n  - {code: a\nwalls: ]\n");
        assert!(house.is_none());
        assert_eq!(found, ["h.yaml:2:5 expected YAML, found a fault: mismatched bracket '{' closed by ']'"]);
    }
}
