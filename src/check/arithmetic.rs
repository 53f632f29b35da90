//! `negative-difference` and `numerator-exceeds-denominator`: the fields of a row contradict each other.

use super::{Subject, concern};
use crate::compute::evaluate::{self, RowView, Side};
use crate::dataset::Table;
use crate::diagnostic::{CauseKind, Concern, Diagnostic, Fact, Rule};
use crate::period::PeriodIndex;
use crate::spec::{Dataset, DatasetIndex, Indicator, Specs};

/// Looks at what every row adds to every indicator.
pub fn check(subject: Subject<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for period in (0..subject.specs.programme.periods.len()).map(PeriodIndex) {
        for indicator in &subject.specs.indicators {
            let (numerator, denominator) = (indicator.numerator.dataset, indicator.denominator.dataset);
            let rows = |index: DatasetIndex| Rows {
                specs: subject.specs,
                indicator,
                period,
                dataset: &subject.specs.datasets[index.0],
                table: subject.data.table(period, index),
            };
            rows(numerator).negative_numerators(&mut found);
            rows(denominator).negative_denominators(&mut found);
            if numerator == denominator && indicator.per == 100 {
                rows(denominator).more_than_all(&mut found);
            }
        }
    }
    found
}

/// The rows of one side of an indicator.
struct Rows<'a> {
    specs: &'a Specs,
    indicator: &'a Indicator,
    period: PeriodIndex,
    dataset: &'a Dataset,
    table: &'a Table,
}

impl Rows<'_> {
    fn concern(&self, row: usize) -> Concern {
        let key = self.table.key(self.specs, self.dataset, row).join(", ");
        let about = concern(self.specs, self.dataset, self.table.region(row), self.period);
        Concern { unit: Some(key.into()), ..about }
    }

    fn negative_numerators(&self, found: &mut Vec<Diagnostic>) {
        for row in 0..self.table.len() {
            let view = RowView::new(self.table, row);
            self.negative("numerator", evaluate::side(&self.indicator.numerator, &view), row, found);
            for part in &self.indicator.parts {
                self.negative(&format!("part `{}`", part.id), evaluate::part(self.indicator, part, &view), row, found);
            }
        }
    }

    fn negative_denominators(&self, found: &mut Vec<Diagnostic>) {
        for row in 0..self.table.len() {
            let side = evaluate::side(&self.indicator.denominator, &RowView::new(self.table, row));
            self.negative("denominator", side, row, found);
        }
    }

    fn negative(&self, name: &str, side: Side, row: usize, found: &mut Vec<Diagnostic>) {
        let Side::Adds(amount @ ..0) = side else { return };
        let title = self.table.title(self.specs, self.dataset, row);
        let message = format!("the {name} of `{}` is {amount} for `{title}`", self.indicator.id);
        let diagnostic = Diagnostic::new(Rule::NegativeDifference, self.table.place(row).place(), message);
        let hint = "a part is larger than its whole: compare the fields that are subtracted";
        let facts = vec![
            ("unit", Fact::Text(title)),
            ("indicator", Fact::Text(self.indicator.id.clone())),
            ("found", Fact::Text(amount.to_string())),
        ];
        let diagnostic = diagnostic.hint(hint).because(CauseKind::NegativeDifference, facts);
        found.push(diagnostic.concerning(self.concern(row)));
    }

    fn more_than_all(&self, found: &mut Vec<Diagnostic>) {
        for row in 0..self.table.len() {
            let outcome = evaluate::row(self.indicator, &RowView::new(self.table, row));
            let (Side::Adds(numerator), Side::Adds(denominator @ 0..)) = (outcome.numerator, outcome.denominator) else {
                continue;
            };
            if numerator > denominator {
                let title = self.table.title(self.specs, self.dataset, row);
                let message = format!(
                    "the numerator of `{}` is larger than its denominator for `{title}`: {numerator} of {denominator}",
                    self.indicator.id
                );
                let diagnostic = Diagnostic::new(Rule::NumeratorExceedsDenominator, self.table.place(row).place(), message);
                let hint = "ask the office which of the fields is right";
                let facts = vec![
                    ("unit", Fact::Text(title)),
                    ("indicator", Fact::Text(self.indicator.id.clone())),
                    ("numerator", Fact::Text(numerator.to_string())),
                    ("denominator", Fact::Text(denominator.to_string())),
                ];
                let diagnostic = diagnostic.hint(hint).because(CauseKind::NumeratorExceedsDenominator, facts);
                found.push(diagnostic.concerning(self.concern(row)));
            }
        }
    }
}
