//! `negative-difference` and `numerator-exceeds-denominator`: the fields of a row contradict each other.

use super::Subject;
use crate::compute::evaluate::{self, RowView, Side};
use crate::diagnostic::{Diagnostic, Rule};
use crate::period::PeriodIndex;

/// Looks at what every row adds to every indicator.
pub fn check(subject: Subject<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let specs = subject.specs;
    for indicator in &specs.indicators {
        let dataset = &specs.datasets[indicator.denominator.dataset.0];
        for period in 0..specs.programme.periods.len() {
            let table = subject.data.table(PeriodIndex(period), indicator.denominator.dataset);
            for row in 0..table.len() {
                let outcome = evaluate::row_sides(indicator, &RowView::new(table, row));
                let place = || table.place(row).place();
                let title = || table.title(dataset, row);
                for (name, side) in [("numerator", outcome.0), ("denominator", outcome.1)] {
                    if let Side::Adds(amount) = side
                        && amount < 0
                    {
                        let message = format!("the {name} of `{}` is {amount} for `{}`", indicator.id, title());
                        found.push(
                            Diagnostic::new(Rule::NegativeDifference, place(), message)
                                .hint("a part is larger than its whole: compare the fields that are subtracted"),
                        );
                    }
                }
                if let (Side::Adds(numerator), Side::Adds(denominator)) = outcome
                    && indicator.per == 100
                    && numerator > denominator
                    && denominator >= 0
                {
                    let message = format!(
                        "the numerator of `{}` is larger than its denominator for `{}`: {numerator} of {denominator}",
                        indicator.id,
                        title()
                    );
                    found.push(
                        Diagnostic::new(Rule::NumeratorExceedsDenominator, place(), message)
                            .hint("ask the office which of the fields is right"),
                    );
                }
            }
        }
    }
    found
}
