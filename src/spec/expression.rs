//! The language of measures: sums of fields, and conditions on rows. Texts are parsed here, and names resolved against a dataset.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::fmt;
use std::marker::PhantomData;

use schemars::JsonSchema;
use serde::de::{self, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::diagnostic::{Diagnostic, FileName, Place, Rule, Span, did_you_mean_or_list};
use crate::spec::{Dataset, FieldIndex, FieldKind, LARGEST_COUNT, Words};
use crate::value::Amount;
use crate::yaml::Spanned;

/// A sum of fields with numbers, and of numbers, in units of 10^-places.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sum {
    /// Fields, each added (`1`) or taken away (`-1`); one with fewer places times the power of ten that makes units of its own.
    pub terms: Vec<(i64, FieldIndex)>,
    /// Numbers, added up.
    pub constant: i64,
    /// Its places after the decimal sign: the most of those of its fields and numbers.
    pub places: u32,
}

impl Sum {
    /// The names of its fields and its number with the signs between them; `number` writes one without its sign.
    pub fn words<'a>(&self, name: impl Fn(FieldIndex) -> &'a str, number: impl Fn(Amount) -> String) -> String {
        let terms = self.terms.iter().map(|&(sign, field)| (sign, name(field).to_owned()));
        let constant = (self.constant != 0 || self.terms.is_empty())
            .then(|| (self.constant, number(self.amount(self.constant).trimmed().abs())));
        let mut text = String::new();
        for (sign, word) in terms.chain(constant) {
            text.push_str(match (text.is_empty(), sign < 0) {
                (true, false) => "",
                (true, true) => "−",
                (false, false) => " + ",
                (false, true) => " − ",
            });
            text.push_str(&word);
        }
        text
    }

    /// The number of so many of its units.
    pub fn amount(&self, units: i64) -> Amount {
        Amount::new(units, self.places)
    }

    /// The same sum in units of 10^-places; it has no more places than these.
    pub fn in_units_of(self, places: u32) -> Self {
        let factor = 10_i64.pow(places.saturating_sub(self.places));
        let terms = self.terms.into_iter().map(|(sign, field)| (sign * factor, field)).collect();
        Self { terms, constant: self.constant * factor, places: self.places.max(places) }
    }

    /// Two sums in the same units, so that they can be compared.
    pub fn aligned(self, other: Sum) -> (Sum, Sum) {
        let places = self.places.max(other.places);
        (self.in_units_of(places), other.in_units_of(places))
    }

    /// The largest number, in its units, that a row can add or take away.
    pub fn largest(&self, dataset: &Dataset) -> i128 {
        let largest = |field: FieldIndex| match dataset.field(field).kind {
            FieldKind::Count { max, .. } => i128::from(max),
            FieldKind::Code | FieldKind::Text | FieldKind::Region { .. } | FieldKind::Category(_) | FieldKind::Flag => 0,
        };
        let terms = self.terms.iter().map(|&(factor, field)| i128::from(factor.abs()) * largest(field));
        terms.sum::<i128>() + i128::from(self.constant.abs())
    }
}

/// A comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

impl Operator {
    /// Signs by length: a sign stands before any sign that it begins with.
    const SIGNS: [(&str, Operator); 9] = [
        ("<=", Operator::LessOrEqual),
        (">=", Operator::GreaterOrEqual),
        ("!=", Operator::NotEqual),
        ("==", Operator::Equal),
        ("≤", Operator::LessOrEqual),
        ("≥", Operator::GreaterOrEqual),
        ("<", Operator::Less),
        (">", Operator::Greater),
        ("=", Operator::Equal),
    ];

    /// Whether the comparison holds for two numbers of this order.
    pub fn holds(self, ordering: Ordering) -> bool {
        match self {
            Operator::Equal => ordering.is_eq(),
            Operator::NotEqual => ordering.is_ne(),
            Operator::Less => ordering.is_lt(),
            Operator::LessOrEqual => ordering.is_le(),
            Operator::Greater => ordering.is_gt(),
            Operator::GreaterOrEqual => ordering.is_ge(),
        }
    }
}

/// A condition on a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// All of them hold. An empty list, which no file can write, always holds.
    All(Vec<Condition>),
    /// At least one of them holds.
    Any(Vec<Condition>),
    /// It does not hold.
    Not(Box<Condition>),
    /// A category field has one of these values (positions in the field's list).
    OneOf(FieldIndex, Vec<u16>),
    /// A flag field is set, or is not.
    Flag(FieldIndex, bool),
    /// The comparison of two sums.
    Compare(Sum, Operator, Sum),
}

impl Condition {
    /// The condition that holds for every row.
    pub fn always() -> Self {
        Condition::All(Vec::new())
    }

    /// The condition, and these ones.
    pub fn and(&self, others: Vec<Condition>) -> Self {
        match self {
            _ if others.is_empty() => self.clone(),
            Condition::All(own) => Condition::All([own.clone(), others].concat()),
            own => Condition::All([vec![own.clone()], others].concat()),
        }
    }

    /// Whether it holds wherever another one holds, as far as their values and flags show.
    pub fn follows_from(&self, other: &Condition) -> bool {
        let known = other.all();
        let has = |test: &dyn Fn(&[u16]) -> bool, field: FieldIndex| {
            known.iter().any(|known| matches!(known, Condition::OneOf(own, values) if *own == field && test(values)))
        };
        known.contains(&self)
            || match self {
                Condition::All(tests) => tests.iter().all(|test| test.follows_from(other)),
                Condition::Any(tests) => tests.iter().any(|test| test.follows_from(other)),
                Condition::OneOf(field, values) => has(&|known| known.iter().all(|value| values.contains(value)), *field),
                Condition::Not(inner) => match &**inner {
                    Condition::OneOf(field, values) => has(&|known| !known.iter().any(|value| values.contains(value)), *field),
                    Condition::Flag(field, flag) => known.contains(&&Condition::Flag(*field, !flag)),
                    Condition::All(_) | Condition::Any(_) | Condition::Not(_) | Condition::Compare(..) => false,
                },
                Condition::Flag(..) | Condition::Compare(..) => false,
            }
    }

    /// Itself, taken apart into what must all hold.
    fn all(&self) -> Vec<&Condition> {
        match self {
            Condition::All(tests) => tests.iter().flat_map(Condition::all).collect(),
            Condition::Any(_) | Condition::Not(_) | Condition::OneOf(..) | Condition::Flag(..) | Condition::Compare(..) => {
                vec![self]
            }
        }
    }

    /// The fields that the condition names.
    pub fn fields(&self) -> BTreeSet<FieldIndex> {
        match self {
            Condition::All(inner) | Condition::Any(inner) => inner.iter().flat_map(Condition::fields).collect(),
            Condition::Not(inner) => inner.fields(),
            Condition::OneOf(field, _) | Condition::Flag(field, _) => BTreeSet::from([*field]),
            Condition::Compare(left, _, right) => left.terms.iter().chain(&right.terms).map(|(_, field)| *field).collect(),
        }
    }
}

/// A condition as it is written: a map whose entries must all hold.
#[derive(Clone, Debug)]
pub struct RawCondition(Spanned<RawTests>);

impl RawCondition {
    /// Its place in the file.
    pub fn span(&self) -> Span {
        self.0.span
    }
}

/// The entries of a condition.
#[derive(Clone, Debug)]
struct RawTests(Vec<(Spanned<String>, RawTest)>);

/// The value behind a key of a condition.
#[derive(Clone, Debug)]
enum RawTest {
    /// Behind `all` and `any`.
    List(Vec<RawCondition>),
    /// Behind `not`.
    Inner(RawCondition),
    /// Behind a field's name or `compare`.
    Values(Vec<Spanned<String>>),
}

impl<'de> Deserialize<'de> for RawCondition {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Spanned::deserialize(deserializer).map(Self)
    }
}

impl<'de> Deserialize<'de> for RawTests {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ConditionVisitor;
        impl<'de> Visitor<'de> for ConditionVisitor {
            type Value = RawTests;
            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("a condition (`field: value`)")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RawTests, A::Error> {
                let mut entries = Vec::new();
                while let Some(key) = map.next_key::<Spanned<String>>()? {
                    let test = match key.value.as_str() {
                        "all" | "any" => RawTest::List(map.next_value()?),
                        "not" => RawTest::Inner(map.next_value()?),
                        _ => RawTest::Values(map.next_value::<OneOrMany<Spanned<String>>>()?.0),
                    };
                    entries.push((key, test));
                }
                Ok(RawTests(entries))
            }
        }
        deserializer.deserialize_map(ConditionVisitor)
    }
}

impl JsonSchema for RawCondition {
    fn schema_name() -> Cow<'static, str> {
        "condition".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let scalar = serde_json::json!({ "type": ["string", "number", "boolean"] });
        let inner = serde_json::json!({ "$ref": "#/$defs/condition" });
        schemars::json_schema!({
            "description": "Field to value, to a list of values, or to a comparison such as \"> 0\"; all entries must hold.",
            "type": "object",
            "minProperties": 1,
            "properties": {
                "all": { "type": "array", "minItems": 1, "items": inner },
                "any": { "type": "array", "minItems": 1, "items": inner },
                "not": inner,
                "compare": { "type": "string", "description": "Two sums of fields compared, such as \"a + b > 0\"." }
            },
            "additionalProperties": { "anyOf": [scalar, { "type": "array", "minItems": 1, "items": scalar }] }
        })
    }
}

/// A value, or a list of them.
struct OneOrMany<T>(Vec<T>);

impl<'de> Deserialize<'de> for OneOrMany<Spanned<String>> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        /// A list has one place; each of its values has its own.
        #[derive(Deserialize)]
        struct Placed(Spanned<Shape>);
        enum Shape {
            One(String),
            Many(Vec<Spanned<String>>),
        }
        impl<'de> Deserialize<'de> for Shape {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct ShapeVisitor(PhantomData<()>);
                impl<'de> Visitor<'de> for ShapeVisitor {
                    type Value = Shape;
                    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                        out.write_str("a value or a list of values")
                    }
                    fn visit_str<E: de::Error>(self, text: &str) -> Result<Shape, E> {
                        Ok(Shape::One(text.to_owned()))
                    }
                    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Shape, A::Error> {
                        let mut values = Vec::new();
                        while let Some(value) = items.next_element()? {
                            values.push(value);
                        }
                        Ok(Shape::Many(values))
                    }
                }
                deserializer.deserialize_any(ShapeVisitor(PhantomData))
            }
        }
        let Placed(shape) = Placed::deserialize(deserializer)?;
        Ok(OneOrMany(match shape.value {
            Shape::One(value) => vec![Spanned { value, span: shape.span }],
            Shape::Many(values) => values,
        }))
    }
}

/// The dataset and words that the names of a measure are resolved against, and where faults go.
pub struct Scope<'a> {
    /// The dataset whose fields are meant.
    pub dataset: &'a Dataset,
    /// Words for yes and no.
    pub words: &'a Words,
    /// The file of the measure.
    pub file: &'a FileName,
    /// The findings so far, with faults to be added.
    pub diagnostics: &'a mut Vec<Diagnostic>,
}

impl Scope<'_> {
    /// Resolves a condition; faulty parts are reported and left out.
    pub fn condition(&mut self, raw: &RawCondition) -> Condition {
        let mut tests = Vec::new();
        if raw.0.value.0.is_empty() {
            self.fault::<()>(raw.0.span, "expected a condition such as `field: value`, found an empty map".to_owned());
        }
        for (key, test) in &raw.0.value.0 {
            tests.extend(match test {
                RawTest::Inner(inner) => Some(Condition::Not(Box::new(self.condition(inner)))),
                RawTest::List(list) if list.is_empty() => {
                    self.fault(key.span, format!("expected conditions behind `{}`, found an empty list", key.value))
                }
                RawTest::List(list) => {
                    let inner = list.iter().map(|inner| self.condition(inner)).collect();
                    Some(if key.value == "any" { Condition::Any(inner) } else { Condition::All(inner) })
                }
                RawTest::Values(values) if values.is_empty() => {
                    self.fault(key.span, format!("expected a value behind `{}`, found an empty list", key.value))
                }
                RawTest::Values(values) if key.value == "compare" => self.comparisons(values),
                RawTest::Values(values) => self.test(key, values),
            });
        }
        if tests.len() == 1 { tests.remove(0) } else { Condition::All(tests) }
    }

    /// Parses a sum of fields such as `teachers - special_teachers`; `None` when it is faulty, which is reported.
    pub fn sum(&mut self, text: &Spanned<String>) -> Option<Sum> {
        let sum = self.terms(&text.value, text.span)?;
        self.sound([sum], text.span).map(|[sum]| sum)
    }

    /// A comparison of two sums, both in the same units; `None` when a number in them is faulty, which is reported.
    fn compared(&mut self, left: Sum, operator: Operator, right: Sum, span: Span) -> Option<Condition> {
        let [left, right] = self.sound([left, right], span)?;
        let (left, right) = left.aligned(right);
        Some(Condition::Compare(left, operator, right))
    }

    /// Sums that belong together, unless they have numbers with decimals and no field with any.
    fn sound<const N: usize>(&mut self, sums: [Sum; N], span: Span) -> Option<[Sum; N]> {
        /// The difference of two numbers of this size can be held.
        const LARGEST: i128 = 1_000_000_000_000_000_000;
        let has_decimals = |(_, field): &(i64, FieldIndex)| self.dataset.field(*field).places() > 0;
        let is_of_decimals = sums.iter().flat_map(|sum| &sum.terms).any(has_decimals);
        if let Some(sum) = sums.iter().find(|sum| sum.places > 0 && !is_of_decimals) {
            let constant = sum.amount(sum.constant).trimmed();
            return self.fault(span, format!("expected whole numbers beside fields of type `count`, found `{constant}`"));
        }
        let places = sums.iter().map(|sum| sum.places).max().unwrap_or_default();
        let largest = |sum: &Sum| sum.largest(self.dataset).saturating_mul(10_i128.pow(places - sum.places));
        if sums.iter().any(|sum| largest(sum) > LARGEST) {
            let message = "the numbers that are added up here may be too large to be added up exactly".to_owned();
            let found = Diagnostic::new(Rule::InvalidSpecification, self.place(span), message);
            self.diagnostics.push(found.hint("declare `max` at the fields that are added up"));
            return None;
        }
        Some(sums)
    }

    fn test(&mut self, key: &Spanned<String>, values: &[Spanned<String>]) -> Option<Condition> {
        let field = self.field(&key.value, key.span)?;
        match &self.dataset.field(field).kind {
            FieldKind::Category(_) => {
                let found: Vec<Option<u16>> = values.iter().map(|value| self.category(field, value)).collect();
                found.into_iter().collect::<Option<Vec<u16>>>().map(|values| Condition::OneOf(field, values))
            }
            FieldKind::Flag => match values {
                [value] => match self.words.flag(&value.value) {
                    Some(flag) => Some(Condition::Flag(field, flag)),
                    None => self
                        .fault(value.span, format!("expected yes or no for the flag `{}`, found `{}`", key.value, value.value)),
                },
                _ => self.fault(key.span, format!("expected one value for the flag `{}`, found {}", key.value, values.len())),
            },
            FieldKind::Count { .. } => match values {
                [value] => {
                    let left = Sum { terms: vec![(1, field)], constant: 0, places: self.dataset.field(field).places() };
                    let text = value.value.trim();
                    let (operator, right) = Operator::SIGNS
                        .iter()
                        .find_map(|(sign, operator)| text.strip_prefix(sign).map(|right| (*operator, right)))
                        .unwrap_or((Operator::Equal, text));
                    let right = self.terms(right, value.span)?;
                    self.compared(left, operator, right, value.span)
                }
                _ => {
                    self.fault(key.span, format!("expected one comparison for the count `{}`, found {}", key.value, values.len()))
                }
            },
            FieldKind::Code | FieldKind::Text | FieldKind::Region { .. } => self.fault(
                key.span,
                format!("expected a category, a flag or a count in a condition, found the field `{}` of another type", key.value),
            ),
        }
    }

    /// The condition that several comparisons all hold; `None` when one is faulty.
    fn comparisons(&mut self, texts: &[Spanned<String>]) -> Option<Condition> {
        let comparisons: Vec<Option<Condition>> = texts.iter().map(|text| self.comparison(text)).collect();
        comparisons.into_iter().collect::<Option<Vec<_>>>().map(Condition::All)
    }

    fn comparison(&mut self, text: &Spanned<String>) -> Option<Condition> {
        let split =
            Operator::SIGNS.iter().filter_map(|(sign, operator)| text.value.find(sign).map(|at| (at, sign.len(), *operator)));
        // The first sign in the text counts; where two begin at the same place, the longer one stands first in the table.
        let Some((at, length, operator)) = split.min_by_key(|(at, _, _)| *at) else {
            return self.fault(text.span, format!("expected a comparison such as `a + b > 0`, found `{}`", text.value));
        };
        let left = self.terms(&text.value[..at], text.span)?;
        let right = self.terms(&text.value[at + length..], text.span)?;
        self.compared(left, operator, right, text.span)
    }

    fn terms(&mut self, text: &str, span: Span) -> Option<Sum> {
        /// With more terms of the largest counts, a sum over all rows could overflow.
        const MOST_TERMS: usize = 100;
        let mut terms: Vec<(i64, FieldIndex)> = Vec::new();
        let mut constant = Amount::default();
        let mut sign = 1;
        let mut expects_term = true;
        for token in tokens(text) {
            match token {
                "+" | "-" | "−" if !expects_term => {
                    sign = if token == "+" { 1 } else { -1 };
                    expects_term = true;
                }
                word if expects_term && word.starts_with(|first: char| first.is_ascii_digit()) => {
                    if !word.bytes().all(|sign| sign.is_ascii_digit() || sign == b'.') {
                        return self.no_number(span, word);
                    }
                    let number = Amount::parse(word).map(Amount::trimmed).filter(|number| number.places <= Amount::MOST_PLACES);
                    let Some(number) = number.filter(|number| *number <= Amount::whole(LARGEST_COUNT)) else {
                        return match word.contains('.') {
                            true => self.no_number(span, word),
                            false => self.fault(span, format!("expected a number up to {LARGEST_COUNT}, found `{word}`")),
                        };
                    };
                    constant = if sign > 0 { constant + number } else { constant - number };
                    expects_term = false;
                }
                word if expects_term && !matches!(word, "+" | "-" | "−") => {
                    let field = self.field(word, span)?;
                    if !matches!(self.dataset.field(field).kind, FieldKind::Count { .. }) {
                        return self
                            .fault(span, format!("expected a field of type `count` or `decimal` in a sum, found `{word}`"));
                    }
                    terms.push((sign, field));
                    expects_term = false;
                }
                word => {
                    return self
                        .fault(span, format!("expected fields joined by `+` and `-`, found `{word}` in `{}`", text.trim()));
                }
            }
        }
        if terms.len() > MOST_TERMS || constant.abs() > Amount::whole(LARGEST_COUNT) {
            let message = format!("expected a sum of up to {MOST_TERMS} fields and numbers up to {LARGEST_COUNT}, found more");
            return self.fault(span, message);
        }
        if expects_term {
            return self.fault(span, format!("expected a sum of fields such as `a + b - c`, found `{}`", text.trim()));
        }
        let places = |field: FieldIndex| self.dataset.field(field).places();
        let most = terms.iter().map(|(_, field)| places(*field)).chain([constant.places]).max().unwrap_or_default();
        let in_units = |(sign, field): (i64, FieldIndex)| (sign * 10_i64.pow(most - places(field)), field);
        let constant = constant.at(most).expect("no more places than the most, and far below what is held").units;
        Some(Sum { terms: terms.into_iter().map(in_units).collect(), constant, places: most })
    }

    /// Reports what is no number of a sum.
    fn no_number<T>(&mut self, span: Span, word: &str) -> Option<T> {
        let message = format!("expected fields and numbers in a sum, found `{word}`");
        let found = Diagnostic::new(Rule::InvalidSpecification, self.place(span), message);
        let hint = match word.split_once(',') {
            Some((whole, decimals)) if decimals.bytes().all(|digit| digit.is_ascii_digit()) && !decimals.is_empty() => {
                Cow::Owned(format!("decimals stand behind a point: `{whole}.{decimals}`"))
            }
            _ => "indicators and fractions cannot be added: write the fields that are to be added".into(),
        };
        self.diagnostics.push(found.hint(hint));
        None
    }

    fn category(&mut self, field: FieldIndex, value: &Spanned<String>) -> Option<u16> {
        let dataset = self.dataset;
        let FieldKind::Category(categories) = &dataset.field(field).kind else { return None };
        let position = categories.iter().position(|category| category.id == value.value);
        if position.is_none() {
            let message = format!("unknown value `{}` of the field `{}`", value.value, dataset.field(field).id);
            let hint = did_you_mean_or_list(&value.value, categories.iter().map(|category| category.id.as_str()));
            self.diagnostics.push(Diagnostic::new(Rule::UnknownName, self.place(value.span), message).maybe_hint(hint));
        }
        position.map(|position| position as u16)
    }

    /// The field with a name. An unknown name is reported, unless parts of the dataset could not be read.
    pub fn field(&mut self, name: &str, span: Span) -> Option<FieldIndex> {
        let found = self.dataset.find(name);
        if found.is_none() && self.dataset.whole {
            let message = format!("unknown field `{name}` of the dataset `{}`", self.dataset.id);
            let hint = did_you_mean_or_list(name, self.dataset.fields.iter().map(|field| field.id.as_str()));
            self.diagnostics.push(Diagnostic::new(Rule::UnknownName, self.place(span), message).maybe_hint(hint));
        }
        found
    }

    fn fault<T>(&mut self, span: Span, message: String) -> Option<T> {
        self.diagnostics.push(Diagnostic::new(Rule::InvalidSpecification, self.place(span), message));
        None
    }

    fn place(&self, span: Span) -> Place {
        Place::Text { file: self.file.clone(), span }
    }
}

/// The words and signs of a text. No field has a sign in its name, so `a-b` is a difference.
fn tokens(text: &str) -> impl Iterator<Item = &str> {
    text.split_whitespace().flat_map(|chunk| {
        let mut parts = Vec::new();
        let mut start = 0;
        for (at, letter) in chunk.char_indices() {
            if matches!(letter, '+' | '-' | '−') {
                parts.push(&chunk[start..at]);
                parts.push(&chunk[at..at + letter.len_utf8()]);
                start = at + letter.len_utf8();
            }
        }
        parts.push(&chunk[start..]);
        parts.into_iter().filter(|part| !part.is_empty())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_in_words_has_a_sign_between_all_parts() {
        let words = |terms: &[(i64, usize)], constant| {
            let terms = terms.iter().map(|&(sign, field)| (sign, FieldIndex(field))).collect();
            Sum { terms, constant, places: 0 }.words(|field| ["a", "b"][field.0], |number| number.to_string())
        };
        assert_eq!(words(&[(1, 0), (-1, 1)], 0), "a − b");
        assert_eq!(words(&[(1, 0), (1, 1)], -5), "a + b − 5");
        assert_eq!(words(&[(1, 0)], 5), "a + 5");
        assert_eq!(words(&[], 0), "0");
        assert_eq!(words(&[], -5), "−5");
    }

    #[test]
    fn a_condition_follows_from_a_narrower_one() {
        let one_of = |values: &[u16]| Condition::OneOf(FieldIndex(0), values.to_vec());
        let flag = |set: bool| Condition::Flag(FieldIndex(1), set);
        let not = |inner: Condition| Condition::Not(Box::new(inner));
        let narrow = one_of(&[0]).and(vec![flag(true)]);
        let any = Condition::Any(vec![one_of(&[1]), flag(true)]);
        for wide in
            [Condition::always(), one_of(&[0, 1]), flag(true), not(one_of(&[1, 2])), not(flag(false)), any, narrow.clone()]
        {
            assert!(wide.follows_from(&narrow), "{wide:?}");
        }
        for other in [one_of(&[1]), flag(false), not(one_of(&[0, 1])), not(flag(true)), narrow.and(vec![one_of(&[1])])] {
            assert!(!other.follows_from(&narrow), "{other:?}");
        }
        assert!(!one_of(&[0]).follows_from(&one_of(&[0, 1])));
        assert!(!narrow.follows_from(&Condition::always()));
    }
}
