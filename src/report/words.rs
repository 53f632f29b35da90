//! Definitions in words: the methodology annex.

use super::Scope;
use super::model::MethodologyEntry;
use crate::spec::expression::{Condition, Operator, Sum};
use crate::spec::{Dataset, Direction, FieldKind, Indicator, Life};

/// How an indicator is computed.
pub fn methodology(scope: &Scope<'_>, indicator: &Indicator) -> MethodologyEntry {
    let (code, specs) = (scope.code(), scope.material.specs);
    let dataset = &specs.datasets[indicator.denominator.dataset.0];
    let numerator_dataset = &specs.datasets[indicator.numerator.dataset.0];
    let mut datasets = vec![dataset.name.get(code)];
    if numerator_dataset.id != dataset.id {
        datasets.insert(0, numerator_dataset.name.get(code));
    }
    let population = condition(scope, dataset, &indicator.denominator.population);
    let per = u32::try_from(indicator.per).expect("`per` is a small positive number");
    let targets: Vec<String> = indicator
        .targets
        .iter()
        .map(|(period, target)| {
            let value = scope.language.figure(target.over(per), indicator.per, indicator.decimals);
            format!("{}: {value}", specs.programme.periods[period.0].id)
        })
        .collect();
    MethodologyEntry {
        id: indicator.id.clone(),
        short: indicator.short.get(code).to_owned(),
        name: indicator.name.get(code).to_owned(),
        numerator: indicator.numerator.name.get(code).to_owned(),
        denominator: indicator.denominator.name.get(code).to_owned(),
        population: Some(population).filter(|words| !words.is_empty()),
        per: match indicator.per {
            100 => scope.label("per_100"),
            1000 => scope.label("per_1000"),
            1 => scope.label("per_1"),
            per => scope.label("per_other").replace("{}", &scope.language.whole(i128::from(per))),
        },
        unit: specs.programme.units[indicator.unit.0].noun.form(code, "one").to_owned(),
        direction: scope.label(match indicator.direction {
            Direction::Up => "direction_up",
            Direction::Down => "direction_down",
            Direction::Neutral => "direction_none",
        }),
        dataset: datasets.join(", "),
        note: indicator.note.as_ref().map(|note| note.get(code).to_owned()),
        target: Some(targets.join("; ")).filter(|words| !words.is_empty()),
        life: life(scope, indicator.life),
    }
}

/// The periods of a life; `None` when these are all.
fn life(scope: &Scope<'_>, life: Life) -> Option<String> {
    let name = |period| scope.period(period).name;
    let one = |label, period| scope.label(label).replace("{}", &name(period));
    match (life.since, life.until) {
        (None, None) => None,
        (Some(first), None) => Some(one("life_since", first)),
        (None, Some(last)) => Some(one("life_until", last)),
        (Some(first), Some(last)) if first == last => Some(name(first)),
        (Some(first), Some(last)) => Some(format!("{} – {}", name(first), name(last))),
    }
}

/// A condition with the fields' own names; empty when it always holds.
fn condition(scope: &Scope<'_>, dataset: &Dataset, test: &Condition) -> String {
    let code = scope.code();
    let name = |field| dataset.field(field).name.get(code);
    match test {
        Condition::All(tests) => joined(scope, dataset, tests, "; ", |inner| matches!(inner, Condition::Any(_))),
        Condition::Any(tests) => {
            let or = format!(" {} ", scope.label("or"));
            joined(scope, dataset, tests, &or, |inner| matches!(inner, Condition::All(_)))
        }
        Condition::Not(inner) => format!("{} ({})", scope.label("not"), condition(scope, dataset, inner)),
        Condition::Flag(field, set) => format!("{}: {}", name(*field), scope.label(if *set { "yes" } else { "no" })),
        Condition::OneOf(field, values) => match &dataset.field(*field).kind {
            FieldKind::Category(known) => {
                let names: Vec<&str> = values.iter().map(|value| known[usize::from(*value)].name.get(code)).collect();
                format!("{}: {}", name(*field), names.join(", "))
            }
            other => unreachable!("only a category has one of some values: {other:?}"),
        },
        Condition::Compare(left, operator, right) => {
            format!("{} {} {}", sum(scope, dataset, left), sign(*operator), sum(scope, dataset, right))
        }
    }
}

/// Conditions one behind the other; those that are `other` than what joins them stand in brackets.
fn joined(
    scope: &Scope<'_>,
    dataset: &Dataset,
    tests: &[Condition],
    separator: &str,
    other: impl Fn(&Condition) -> bool,
) -> String {
    let words = tests.iter().map(|test| {
        let test = alone(test);
        let words = condition(scope, dataset, test);
        if tests.len() > 1 && other(test) { format!("({words})") } else { words }
    });
    words.collect::<Vec<_>>().join(separator)
}

/// A condition without lists of one around it.
fn alone(test: &Condition) -> &Condition {
    match test {
        Condition::All(tests) | Condition::Any(tests) => match tests.as_slice() {
            [only] => alone(only),
            _ => test,
        },
        Condition::Not(_) | Condition::OneOf(..) | Condition::Flag(..) | Condition::Compare(..) => test,
    }
}

fn sum(scope: &Scope<'_>, dataset: &Dataset, sum: &Sum) -> String {
    let mut text = String::new();
    for (sign, field) in &sum.terms {
        if !text.is_empty() || *sign < 0 {
            text.push_str(if *sign < 0 { " − " } else { " + " });
        }
        text.push_str(dataset.field(*field).name.get(scope.code()));
    }
    if sum.constant != 0 || sum.terms.is_empty() {
        if !text.is_empty() {
            text.push_str(" + ");
        }
        text.push_str(&scope.language.whole(i128::from(sum.constant)));
    }
    text.trim().to_owned()
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
