//! `failed-example`: an indicator does not give what its worked example says.

use crate::compute::{self, combine, roll};
use crate::dataset::{Data, RowPlace};
use crate::diagnostic::{Diagnostic, Place, Rule, Span};
use crate::intake;
use crate::spec::{Example, Expected, FieldIndex, Indicator, Specs};
use crate::value::{Missing, Ratio, Value};

/// Computes every example in the same way as the data, and reports those with another result.
pub fn check(specs: &Specs) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    if specs.programme.periods.is_empty() {
        return found;
    }
    for indicator in &specs.indicators {
        for example in &indicator.examples {
            run(specs, indicator, example, &mut found);
        }
    }
    found
}

fn run(specs: &Specs, indicator: &Indicator, example: &Example, found: &mut Vec<Diagnostic>) {
    let report = |span: Span, message: String| {
        let place = Place::Text { file: indicator.file.clone(), span };
        Diagnostic::new(Rule::FailedExample, place, message)
    };
    // Any period in which the indicator is computed will do.
    let period = specs.periods().find(|&period| indicator.life.holds(period));
    let (Some(period), top) = (period, specs.hierarchy.top()) else { return };
    let mut data = Data::new(specs);
    if let Some(combination) = indicator.combination() {
        let actual = combine::value(combination, &example.values);
        let expected = example.expect.map(|expected| value(expected).expect("an expected value is a fraction"));
        if actual != expected {
            let spell = |value: Value| value.map_or_else(|missing| missing.name().to_owned(), fraction);
            let message = format!("the example expects {}, the indicator gives {}", spell(expected), spell(actual));
            found.push(
                report(example.span, message)
                    .hint(format!("one of the two is wrong: the example, or the definition of `{}`", indicator.id)),
            );
        }
        return;
    }
    let before = found.len();
    for (dataset, rows) in &example.given {
        for row in rows {
            let mut texts: Vec<(FieldIndex, String)> = row.iter().map(|(field, text, _)| (*field, text.clone())).collect();
            // A row of a group says so; any other one is a total.
            let declared = specs.dataset(*dataset);
            let totals = declared.total_values().filter(|(field, _)| row.iter().all(|(given, ..)| given != field));
            texts.extend(totals.map(|(field, value)| (field, value.id.clone())));
            match intake::example(specs, *dataset, &texts) {
                Ok(cells) => {
                    // The rows of an example lie in no workbook.
                    let columns = vec![None; cells.len()].into();
                    let place = RowPlace { file: indicator.file.clone(), sheet: "".into(), row: 0, columns };
                    data.table_mut(period, *dataset).push(place, top, cells);
                }
                Err((field, message)) => {
                    let cell = row.iter().find(|(given, _, _)| *given == field);
                    found.push(report(cell.map_or(example.span, |(_, _, span)| *span), message));
                }
            }
        }
    }
    if found.len() > before {
        return;
    }
    let results = compute::indicator(specs, &data, &roll::all(specs, &data, period), indicator, period);
    let cell = &results[top.0][0];
    let actual = cell.value().map(|ratio| match indicator.quantile() {
        Some(_) => Expected::Value(ratio),
        None => Expected::Sums(cell.numerator(), cell.denominator()),
    });
    // What units have is compared as a fraction, sums as they are.
    let is_same = match (actual, example.expect) {
        (Ok(Expected::Sums(above, below)), Ok(Expected::Sums(own, other))) => (above, below) == (own, other),
        (Ok(actual), Ok(expected)) => value(actual) == value(expected),
        (actual, expected) => actual.err() == expected.err(),
    };
    if !is_same {
        let spell = |result: Result<Expected, Missing>| match result {
            Ok(Expected::Sums(numerator, _)) if indicator.is_total() => numerator.to_string(),
            Ok(Expected::Sums(numerator, denominator)) => format!("{numerator}/{denominator}"),
            Ok(Expected::Value(ratio)) => ratio.to_string(),
            Err(missing) => missing.name().to_owned(),
        };
        let message = format!("the example expects {}, the indicator gives {}", spell(example.expect), spell(actual));
        found.push(
            report(example.span, message)
                .hint(format!("one of the two is wrong: the example, or the definition of `{}`", indicator.id)),
        );
    }
    for &(part, expected) in &example.parts {
        if cell.part_sum(part) != expected {
            let name = &indicator.parts[part].id;
            found.push(report(
                example.span,
                format!("the example expects {expected} in the part `{name}`, the indicator gives {}", cell.part_sum(part)),
            ));
        }
    }
}

/// An expected result as a value. One with a denominator of zero is none, and equals no value.
fn value(expected: Expected) -> Option<Ratio> {
    match expected {
        Expected::Sums(numerator, denominator) => numerator.over(denominator),
        Expected::Value(ratio) => Some(ratio),
    }
}

/// A value as examples have it.
fn fraction(ratio: Ratio) -> String {
    match (ratio.numerator(), ratio.denominator()) {
        (whole, 1) => whole.to_string(),
        (numerator, denominator) => format!("{numerator}/{denominator}"),
    }
}
