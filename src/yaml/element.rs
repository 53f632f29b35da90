//! Nodes in, typed values out. A faulty element is reported and left out, and reading goes on with the next.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::marker::PhantomData;

use serde::de::value::StrDeserializer;
use serde::de::{self, DeserializeOwned, DeserializeSeed, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::syntax::unparted;
use super::tree::{Node, NodeValue};
use super::{Entries, List, Parsed, Spanned};
use crate::diagnostic::{Diagnostic, FileName, Place, Rule, Span, did_you_mean_or_list};

/// Reads a value from the tree of a file.
pub fn read<T: DeserializeOwned>(node: &Node, file: &FileName, diagnostics: &mut Vec<Diagnostic>) -> Option<Parsed<T>> {
    let reader = Reader { file, found: RefCell::default(), lost: Cell::new(false) };
    let outcome = T::deserialize(Element { node, reader: &reader });
    let value = outcome.map_err(|fault| reader.report(fault, node.span)).ok();
    diagnostics.append(&mut reader.found.take());
    let whole = !reader.lost.get();
    value.map(|value| Parsed { value, whole })
}

/// Gathers the findings while a tree is read.
struct Reader<'a> {
    file: &'a FileName,
    found: RefCell<Vec<Diagnostic>>,
    lost: Cell<bool>,
}

impl Reader<'_> {
    /// Reports a value that could not be read, which is left out.
    fn report(&self, fault: Fault, fallback: Span) {
        let place = Place::Text { file: self.file.clone(), span: fault.span.unwrap_or(fallback) };
        self.found.borrow_mut().push(Diagnostic::new(fault.rule, place, fault.message).maybe_hint(fault.hint));
        self.lost.set(true);
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

/// A value; `None` where reading it failed, which has been reported.
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
            NodeValue::Scalar(text) => {
                let hint = unparted(text).map(|(key, value)| format!("write a blank behind the colon: `{key}: {value}`"));
                Err(Fault { hint, ..self.expected("a map (`key: value`)") })
            }
            NodeValue::Null | NodeValue::Sequence(_) => Err(self.expected("a map (`key: value`)")),
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

/// An element that may be faulty: a fault in it is reported, and it gives no item.
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
