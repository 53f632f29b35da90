//! What a number is: the indicator in words, how each side is counted in words and as rules for programs, and which words cells may hold.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::{Value, json};

use super::Question;
use crate::compute::combine;
use crate::language::Language;
use crate::numbers::Subject;
use crate::period::PeriodIndex;
use crate::protect::Published;
use crate::spec::expression::{Condition, Operator, Sum};
use crate::spec::{Dataset, DatasetIndex, FieldIndex, FieldKind, Indicator, Measure, Quantity, Specs, Term};
use crate::value::{Blank, Missing, Ratio};
use crate::words::Words;

/// What a number is.
#[derive(Clone, Debug, Serialize)]
pub struct Definition {
    /// The indicator's full wording.
    pub wording: String,
    /// Its short label.
    pub name: String,
    /// The part or the group in words; empty for the whole population.
    pub slice_name: String,
    /// The unit of the value in words.
    pub unit: String,
    /// How the numerator is counted; none where the value is made of other numbers.
    pub numerator_rule: Option<Rule>,
    /// How the denominator is counted; none where there is none.
    pub denominator_rule: Option<Rule>,
    /// The numbers that the value is made of.
    pub terms: Vec<TracedTerm>,
    /// The parts of the numerator: a row counts only where all of them are answered.
    pub part_rules: Vec<Rule>,
    /// The part that takes the place of the numerator, by its position among them.
    pub part: Option<usize>,
    /// The field of the denominator's dataset that tells the group, and its value; `null` stands for the units that did not state it.
    pub group: Option<(String, Option<String>)>,
}

/// A number that a value is made of.
#[derive(Clone, Debug, Serialize)]
pub struct TracedTerm {
    /// `numerator` or `denominator`.
    pub side: &'static str,
    /// What it is multiplied by.
    pub weight: String,
    /// The indicator's number.
    pub indicator: String,
    /// Its short label.
    pub name: String,
    /// The region's code.
    pub region: String,
    /// The region's name.
    pub region_name: String,
    /// The period's name in files.
    pub period: String,
    /// `field=value` of a group; empty for the whole population.
    pub slice: String,
    /// The value as it is printed; none where there is no value.
    pub value: Option<String>,
    /// Why there is none.
    pub missing: Option<&'static str>,
}

/// How a side is counted.
#[derive(Clone, Debug, Serialize)]
pub struct Rule {
    /// The id of a part; empty for a side.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The dataset's id.
    pub dataset: String,
    /// The dataset's name.
    pub dataset_name: String,
    /// Which rows belong to it, in words; empty where all do.
    pub population: String,
    /// Which of these count, in words; empty where all do.
    pub filter: String,
    /// What each of them adds, in words; empty where it adds one.
    pub sum: String,
    /// Which rows belong to it, as a rule.
    pub population_rule: Value,
    /// Which of these count, as a rule.
    pub filter_rule: Value,
    /// What each of them adds, as a sum of fields; `null` where it adds one.
    pub sum_rule: Value,
}

/// The words that the cells of the fields of a number may hold, folded: small letters, single blanks.
#[derive(Clone, Debug, Serialize)]
pub struct Vocabulary {
    /// The words for yes and for no.
    pub flags: BTreeMap<&'static str, Vec<String>>,
    /// The words for a cell without an answer, by the reason.
    pub blanks: BTreeMap<&'static str, Vec<String>>,
    /// The fields, by dataset and id.
    pub fields: BTreeMap<String, BTreeMap<String, Field>>,
}

/// A field.
#[derive(Clone, Debug, Serialize)]
pub struct Field {
    /// What its cells hold: `category`, `flag`, `count`.
    pub kind: &'static str,
    /// The values of a category, each with the words for it.
    pub values: BTreeMap<String, Vec<String>>,
}

/// The numbers that a value is made of.
fn terms(published: &Published<'_>, language: &Language, question: &Question<'_>) -> Vec<TracedTerm> {
    let specs = published.specs();
    let Some(combination) = specs.indicator(question.indicator).combination() else { return Vec::new() };
    let own = match question.subject {
        Subject::Group { slice, .. } => slice,
        Subject::Whole | Subject::Part { .. } => 0,
    };
    let sides = [("numerator", &combination.above), ("denominator", &combination.below)];
    let term = |side: &'static str, term: &Term| {
        let indicator = specs.indicator(term.indicator);
        let slice = combine::places(specs, question.indicator, term)[own];
        let Some(region) = combine::around(specs, term, question.region) else { return Vec::new() };
        let of_period = |(period, is_less): (PeriodIndex, bool)| {
            let value = published.slice(term.indicator, period, region, slice).value();
            let group = published.slices(term.indicator)[slice].group(specs, indicator);
            let weight = if is_less { Ratio::whole(0).minus(term.weight) } else { term.weight };
            TracedTerm {
                side,
                weight: weight.decimal(weight.places(9)),
                indicator: indicator.id.clone(),
                name: indicator.short.get(&language.code).to_owned(),
                region: specs.hierarchy.region(region).code.as_str().to_owned(),
                region_name: specs.hierarchy.region(region).name.get(&language.code).to_owned(),
                period: specs.period(period).id.clone(),
                slice: group.map_or_else(String::new, |(_, field, value)| {
                    format!("{}={}", field.id, value.map_or("", |value| value.id.as_str()))
                }),
                value: value.ok().map(|ratio| language.value(ratio, indicator.scale(period))),
                missing: value.err().map(Missing::name),
            }
        };
        combine::periods(specs, term, question.period, region).into_iter().rev().map(of_period).collect::<Vec<_>>()
    };
    sides.into_iter().flat_map(|(side, terms)| terms.iter().flat_map(move |of| term(side, of))).collect()
}

/// What a number is.
pub fn define(published: &Published<'_>, language: &Language, question: &Question<'_>) -> Definition {
    let specs = published.specs();
    let indicator = specs.indicator(question.indicator);
    let writer = Writer { specs, language };
    let code = &language.code;
    let whole = specs.dataset(indicator.denominator.dataset);
    // Where groups come in rows beside their total, only the total's row counts but for the groups that are asked about.
    let population = |side: &Measure| {
        let own = specs.dataset(side.dataset);
        side.population.and(own.of_totals(grouped(indicator, question.subject, (whole, own))))
    };
    let sides = [&indicator.numerator, &indicator.denominator];
    let [numerator_rule, denominator_rule] =
        sides.map(|side| writer.rule("", side.name.get(code), side.dataset, (&population(side), &side.filter), &side.quantity));
    let part = |part: &crate::spec::Part| {
        let conditions = (&population(&indicator.numerator), &part.filter);
        writer.rule(&part.id, part.name.get(code), indicator.numerator.dataset, conditions, &part.quantity)
    };
    let words = Words { specs, language };
    Definition {
        wording: indicator.name.get(code).to_owned(),
        name: indicator.short.get(code).to_owned(),
        slice_name: words.subject(&question.subject),
        unit: words.per(indicator),
        numerator_rule: Some(numerator_rule).filter(|_| indicator.is_from_rows()),
        denominator_rule: Some(denominator_rule).filter(|_| indicator.has_denominator()),
        terms: terms(published, language, question),
        part_rules: indicator.parts.iter().map(part).collect(),
        part: match question.subject {
            Subject::Part { position, .. } => Some(position),
            Subject::Whole | Subject::Group { .. } => None,
        },
        group: match question.subject {
            Subject::Group { field, value, .. } => Some((field.id.to_string(), value.map(|value| value.id.clone()))),
            Subject::Whole | Subject::Part { .. } => None,
        },
    }
}

/// The fields of a dataset that a number looks at, in their order.
pub fn fields(
    indicator: &Indicator,
    dataset: DatasetIndex,
    (whole, subject): (&Dataset, Subject<'_>),
    own: &Dataset,
) -> Vec<FieldIndex> {
    let Indicator { numerator, denominator, parts, .. } = indicator;
    let mut fields = BTreeSet::new();
    for side in [numerator, denominator].into_iter().filter(|side| side.dataset == dataset) {
        fields.extend(side.fields());
    }
    if numerator.dataset == dataset {
        fields.extend(parts.iter().flat_map(|part| part.fields()));
    }
    fields.extend(grouped(indicator, subject, (whole, own)));
    fields.extend(own.group_totals.iter().map(|(field, _)| *field));
    fields.into_iter().collect()
}

/// The field of a dataset by which the rows of a group are told; `whole` is the denominator's dataset.
fn grouped(indicator: &Indicator, subject: Subject<'_>, (whole, own): (&Dataset, &Dataset)) -> Option<FieldIndex> {
    match subject {
        Subject::Group { breakdown, .. } => own.find(&whole.field(indicator.breakdowns[breakdown]).id),
        Subject::Whole | Subject::Part { .. } => None,
    }
}

/// The words that the cells of these fields may hold.
pub fn vocabulary(specs: &Specs, fields: &[(DatasetIndex, FieldIndex)]) -> Vocabulary {
    let words = &specs.programme.words;
    let mut flags: BTreeMap<&str, Vec<String>> = BTreeMap::from([
        ("true", vec!["true".to_owned(), "yes".to_owned()]),
        ("false", vec!["false".to_owned(), "no".to_owned()]),
    ]);
    for (flag, word) in words.flags() {
        flags.entry(if flag { "true" } else { "false" }).or_default().push(word.to_owned());
    }
    let mut blanks: BTreeMap<&str, Vec<String>> = BTreeMap::from([(Blank::NotReported.name(), vec![String::new()])]);
    for (reason, word) in words.blanks() {
        blanks.entry(reason.name()).or_default().push(word.to_owned());
    }
    let mut known: BTreeMap<String, BTreeMap<String, Field>> = BTreeMap::new();
    for &(dataset, field) in fields {
        let dataset = specs.dataset(dataset);
        let field = dataset.field(field);
        let (kind, values) = match &field.kind {
            FieldKind::Category(values) => ("category", values.as_slice()),
            FieldKind::Flag => ("flag", [].as_slice()),
            FieldKind::Count { places: 0, .. } => ("count", [].as_slice()),
            FieldKind::Count { .. } => ("decimal", [].as_slice()),
            FieldKind::Code | FieldKind::Text | FieldKind::Region { .. } => ("text", [].as_slice()),
        };
        let spellings = |value: &crate::spec::Category| {
            (value.id.clone(), value.words.iter().map(|(folded, _)| folded.clone()).collect::<Vec<String>>())
        };
        let field_words = Field { kind, values: values.iter().map(spellings).collect() };
        known.entry(dataset.id.to_string()).or_default().insert(field.id.to_string(), field_words);
    }
    Vocabulary { flags, blanks, fields: known }
}

struct Writer<'a> {
    specs: &'a Specs,
    language: &'a Language,
}

impl Writer<'_> {
    fn rule(
        &self,
        id: &str,
        name: &str,
        dataset: DatasetIndex,
        (population, filter): (&Condition, &Condition),
        quantity: &Quantity,
    ) -> Rule {
        let words = Words { specs: self.specs, language: self.language };
        let dataset = self.specs.dataset(dataset);
        let (sum, sum_rule) = match quantity {
            Quantity::Rows => (String::new(), Value::Null),
            Quantity::Sum(fields) => (words.sum(dataset, fields), sum(dataset, fields)),
        };
        Rule {
            id: id.to_owned(),
            name: name.to_owned(),
            dataset: dataset.id.to_string(),
            dataset_name: dataset.name.get(&self.language.code).to_owned(),
            population: words.condition(dataset, population),
            filter: words.condition(dataset, filter),
            sum,
            population_rule: condition(dataset, population),
            filter_rule: condition(dataset, filter),
            sum_rule,
        }
    }
}

/// A condition for programs: `{"all": […]}`, `{"any": […]}`, `{"not": …}`, `{"field": …, "one_of": […]}`, `{"field": …, "is": true}` or
/// `{"left": sum, "compare": "<", "right": sum}`.
fn condition(dataset: &Dataset, test: &Condition) -> Value {
    let all = |tests: &[Condition]| tests.iter().map(|inner| condition(dataset, inner)).collect::<Vec<Value>>();
    match test {
        Condition::All(tests) => json!({ "all": all(tests) }),
        Condition::Any(tests) => json!({ "any": all(tests) }),
        Condition::Not(inner) => json!({ "not": condition(dataset, inner) }),
        Condition::Flag(field, set) => json!({ "field": dataset.field(*field).id.as_str(), "is": set }),
        Condition::OneOf(field, values) => {
            let FieldKind::Category(known) = &dataset.field(*field).kind else {
                unreachable!("only a category has one of some values")
            };
            let ids: Vec<&str> = values.iter().map(|value| known[usize::from(*value)].id.as_str()).collect();
            json!({ "field": dataset.field(*field).id.as_str(), "one_of": ids })
        }
        Condition::Compare(left, operator, right) => {
            json!({ "left": sum(dataset, left), "compare": sign(*operator), "right": sum(dataset, right) })
        }
    }
}

/// A sum for programs: the fields, each with its sign, and a number.
fn sum(dataset: &Dataset, sum: &Sum) -> Value {
    let term = |&(factor, field): &(i64, FieldIndex)| (factor.signum(), dataset.field(field).id.as_str());
    let terms: Vec<(i64, &str)> = sum.terms.iter().map(term).collect();
    json!({ "terms": terms, "constant": sum.amount(sum.constant).trimmed() })
}

fn sign(operator: Operator) -> &'static str {
    match operator {
        Operator::Equal => "==",
        Operator::NotEqual => "!=",
        Operator::Less => "<",
        Operator::LessOrEqual => "<=",
        Operator::Greater => ">",
        Operator::GreaterOrEqual => ">=",
    }
}
