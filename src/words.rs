//! Conditions, sums, groups and directions in the words of a language, made here once for everything that prints them.

use crate::language::{Language, fill};
use crate::numbers::Subject;
use crate::spec::expression::{Condition, Operator, Sum};
use crate::spec::{Dataset, Direction, FieldKind, Indicator, Life, Specs};
use crate::value::Ratio;

/// The labels that every language needs.
pub const LABELS: &[&str] = &[
    "yes",
    "no",
    "or",
    "not_stated",
    "condition_flag",
    "condition_no_flag",
    "condition_one_of",
    "condition_not",
    "direction_up",
    "direction_down",
    "direction_none",
    "per_100",
    "per_1000",
    "per_points",
    "per_total",
    "quantile_median",
    "quantile_other",
    "term_compared",
    "term_since_last",
    "term_to_date",
    "per_1",
    "per_other",
    "life_since",
    "life_until",
];

/// What the specifications declare, in the words of a language.
#[derive(Clone, Copy)]
pub struct Words<'a> {
    /// The specifications.
    pub specs: &'a Specs,
    /// The language.
    pub language: &'a Language,
}

impl Words<'_> {
    fn label(&self, key: &str) -> &str {
        self.language.labels.get(key).map_or("", String::as_str)
    }

    /// A flag.
    pub fn flag(&self, flag: bool) -> &str {
        self.label(if flag { "yes" } else { "no" })
    }

    /// Which way is better.
    pub fn direction(&self, direction: Direction) -> &str {
        self.label(match direction {
            Direction::Up => "direction_up",
            Direction::Down => "direction_down",
            Direction::Neutral => "direction_none",
        })
    }

    /// The unit of a value: per how many of the denominator.
    pub fn per(&self, indicator: &Indicator) -> String {
        match indicator.per {
            100 if indicator.in_points() => self.label("per_points").to_owned(),
            100 => self.label("per_100").to_owned(),
            1000 => self.label("per_1000").to_owned(),
            1 if self.specs.is_extensive(indicator) => self.label("per_total").to_owned(),
            1 => self.label("per_1").to_owned(),
            per => self.label("per_other").replace("{}", &self.language.whole(i128::from(per))),
        }
    }

    /// What a value is multiplied by, before it: `0.6 × `; nothing where it is one.
    pub fn weight(&self, weight: Ratio) -> String {
        match weight {
            one if one == Ratio::whole(1) => String::new(),
            weight => format!("{} × ", self.language.decimal(weight, weight.places(9))),
        }
    }

    /// What a quantile is called.
    pub fn quantile(&self, percent: u32) -> String {
        match percent {
            50 => self.label("quantile_median").to_owned(),
            other => self.label("quantile_other").replace("{}", &self.language.whole(i128::from(other))),
        }
    }

    /// The name of a part or a group; empty for the whole population.
    pub fn subject(&self, subject: &Subject<'_>) -> String {
        match (subject, subject.name()) {
            (_, Some(name)) => name.get(&self.language.code).to_owned(),
            (Subject::Group { .. }, None) => self.label("not_stated").to_owned(),
            (Subject::Whole | Subject::Part { .. }, None) => String::new(),
        }
    }

    /// A span of periods in words; `None` when it holds all periods.
    pub fn life(&self, life: Life) -> Option<String> {
        let name = |period| self.language.unbroken(self.specs.period(period).name.get(&self.language.code));
        let one = |label, period| self.label(label).replace("{}", &name(period));
        match (life.since, life.until) {
            (None, None) => None,
            (Some(first), None) => Some(one("life_since", first)),
            (None, Some(last)) => Some(one("life_until", last)),
            (Some(first), Some(last)) if first == last => Some(name(first)),
            (Some(first), Some(last)) => Some(format!("{} – {}", name(first), name(last))),
        }
    }

    /// A condition as a sentence goes on with it, made of the names of fields and values; empty when it always holds.
    pub fn condition(&self, dataset: &Dataset, test: &Condition) -> String {
        let name = |field| dataset.field(field).name.get(&self.language.code);
        match test {
            Condition::All(tests) => self.joined(dataset, tests, "; ", |inner| matches!(inner, Condition::Any(_))),
            Condition::Any(tests) => self.joined(dataset, tests, &self.or(), |inner| matches!(inner, Condition::All(_))),
            Condition::Not(inner) => {
                let inner = alone(inner);
                let words = self.condition(dataset, inner);
                let inner = if matches!(inner, Condition::All(_) | Condition::Any(_)) { format!("({words})") } else { words };
                fill(self.label("condition_not"), |place| (place == "condition").then(|| inner.clone()))
            }
            Condition::Flag(field, set) => {
                let label = if *set { "condition_flag" } else { "condition_no_flag" };
                self.filled(label, name(*field), &[])
            }
            Condition::OneOf(field, values) => match &dataset.field(*field).kind {
                FieldKind::Category(known) => {
                    let name_of = |value: &u16| known[usize::from(*value)].name.get(&self.language.code);
                    let names: Vec<&str> = values.iter().map(name_of).collect();
                    self.filled("condition_one_of", name(*field), &names)
                }
                other => unreachable!("only a category has one of some values: {other:?}"),
            },
            Condition::Compare(left, operator, right) => {
                format!("{} {} {}", self.sum(dataset, left), sign(*operator), self.sum(dataset, right))
            }
        }
    }

    /// A label about a field and some of its values, each as it is called or, where the label says `_small`, without its capital.
    fn filled(&self, label: &str, field: &str, values: &[&str]) -> String {
        fill(self.label(label), |place| match place {
            "field" => Some(field.to_owned()),
            "field_small" => Some(without_capital(field)),
            "values" => Some(self.listed(values.iter().map(|&value| value.to_owned()).collect())),
            "values_small" => Some(self.listed(values.iter().map(|value| without_capital(value)).collect())),
            _ => None,
        })
    }

    /// Alternatives in a row: `pre-school, school or college`.
    fn listed(&self, mut names: Vec<String>) -> String {
        let last = names.pop().unwrap_or_default();
        if names.is_empty() { last } else { names.join(", ") + &self.or() + &last }
    }

    fn or(&self) -> String {
        format!(" {} ", self.label("or"))
    }

    /// Conditions in a row with a separator between them; those for which `other` holds stand in brackets.
    fn joined(&self, dataset: &Dataset, tests: &[Condition], separator: &str, other: impl Fn(&Condition) -> bool) -> String {
        let words = tests.iter().map(|test| {
            let test = alone(test);
            let words = self.condition(dataset, test);
            if tests.len() > 1 && other(test) { format!("({words})") } else { words }
        });
        words.collect::<Vec<_>>().join(separator)
    }

    /// A sum with the fields' own names.
    pub fn sum(&self, dataset: &Dataset, sum: &Sum) -> String {
        let name = |field| dataset.field(field).name.get(&self.language.code);
        sum.words(name, |number| self.language.amount(number))
    }
}

/// A name inside a sentence; that of an abbreviation (`SEN children`) keeps its capital.
fn without_capital(name: &str) -> String {
    let mut letters = name.chars();
    match (letters.next(), letters.clone().next()) {
        (Some(first), Some(second)) if !second.is_uppercase() => first.to_lowercase().chain(letters).collect(),
        (Some(_), Some(_) | None) | (None, _) => name.to_owned(),
    }
}

/// A condition, taken out of lists that hold nothing else.
fn alone(test: &Condition) -> &Condition {
    match test {
        Condition::All(tests) | Condition::Any(tests) => match tests.as_slice() {
            [only] => alone(only),
            [] | [_, _, ..] => test,
        },
        Condition::Not(_) | Condition::OneOf(..) | Condition::Flag(..) | Condition::Compare(..) => test,
    }
}

fn sign(operator: Operator) -> &'static str {
    match operator {
        Operator::Equal => "=",
        Operator::NotEqual => "≠",
        Operator::Less => "<",
        Operator::LessOrEqual => "≤",
        Operator::Greater => ">",
        Operator::GreaterOrEqual => "≥",
    }
}

/// A size in words: `240 KB`, `1.2 MB`.
pub fn size(language: &Language, bytes: usize) -> String {
    let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
    let (label, unit, decimals) = if bytes < 1_000_000 { ("kilobytes", 1_000, 0) } else { ("megabytes", 1_000_000, 1) };
    let size = Ratio::whole(bytes).over(unit);
    let size = if size < Ratio::whole(1) && decimals == 0 { Ratio::whole(1) } else { size };
    language.labels[label].replace("{}", &language.decimal(size, decimals))
}
