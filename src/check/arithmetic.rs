//! `negative-difference` and `numerator-exceeds-denominator`: the fields of a row, or the sums of a region, contradict each other.

use std::collections::BTreeSet;
use std::sync::Arc;

use rayon::prelude::*;

use super::{Subject, concern};
use crate::compute::Slice;
use crate::compute::evaluate::{self, RowView, Side};
use crate::dataset::Table;
use crate::diagnostic::{CauseKind, Concern, Diagnostic, Fact, Place, Rule};
use crate::period::PeriodIndex;
use crate::spec::expression::Sum;
use crate::spec::{Dataset, DatasetIndex, FieldIndex, Indicator, IndicatorIndex, Measure, Quantity, Specs};
use crate::value::Ratio;

/// Checks what every row adds to every indicator, and the sums of regions.
pub fn check(subject: Subject<'_>) -> Vec<Diagnostic> {
    let of_period = |period: usize| {
        let (period, mut found) = (PeriodIndex(period), Vec::new());
        for (index, indicator) in subject.specs.indicators_of(period).filter(|(_, indicator)| indicator.is_from_rows()) {
            let (numerator, denominator) = (indicator.numerator.dataset, indicator.denominator.dataset);
            let rows = |index: DatasetIndex| Rows {
                specs: subject.specs,
                indicator,
                period,
                index,
                dataset: subject.specs.dataset(index),
                table: subject.data.table(period, index),
            };
            let mut told = vec![false; subject.specs.hierarchy.len()];
            rows(numerator).negative_numerators(&mut told, &mut found);
            rows(denominator).negative_denominators(&mut told, &mut found);
            if indicator.is_ratio() && indicator.per == 100 && !indicator.may_exceed {
                if numerator == denominator {
                    rows(denominator).more_than_all(&mut told, &mut found);
                }
                regions(subject, (index, period), told, &mut found);
            }
        }
        found
    };
    (0..subject.specs.programme.periods.len()).into_par_iter().flat_map_iter(of_period).collect()
}

/// Finds the regions with a share above the whole, unless one of their rows or a region within them already tells of it. `told` are the
/// regions of such rows.
fn regions(
    subject: Subject<'_>,
    (index, period): (IndicatorIndex, PeriodIndex),
    mut told: Vec<bool>,
    found: &mut Vec<Diagnostic>,
) {
    let specs = subject.specs;
    let indicator = specs.indicator(index);
    // Inner regions come after the outer ones in the hierarchy, so they are looked at first.
    for (region, named) in specs.hierarchy.all().rev() {
        // The total is looked at first; a group may exceed its whole although the total does not.
        let groups = subject.results.slices(index).iter().enumerate().filter_map(|(position, slice)| {
            let cell = subject.results.slice(index, period, region, position);
            let exceeds = cell.value().is_ok_and(|value| value > Ratio::whole(1));
            exceeds.then(|| Some((group(specs, indicator, *slice)?, cell))).flatten()
        });
        if let Some((group, cell)) = groups.into_iter().next().filter(|_| !told[region.0]) {
            told[region.0] = true;
            let message = format!(
                "the numerator of `{}` is larger than its denominator in `{}` ({}){group} for `{}`: {} of {}",
                indicator.id,
                specs.name_of(named),
                named.code,
                specs.period(period).id,
                cell.numerator(),
                cell.denominator()
            );
            let place = Place::Text { file: indicator.file.clone(), span: indicator.numerator.span };
            let mut about = concern(specs, specs.dataset(indicator.numerator.dataset), region, period);
            about.fields = names(indicator, specs, indicator.numerator.dataset);
            found.push(
                Diagnostic::new(Rule::NumeratorExceedsDenominator, place, message)
                    .hint("one of the sides lacks units, or counts some twice; if it may be so, write `may_exceed: true`")
                    .concerning(about),
            );
        }
        if let Some(parent) = named.parent.filter(|_| told[region.0]) {
            told[parent.0] = true;
        }
    }
}

/// A group in words; empty for the total. `None` for the units that did not state their group: the two sides need not be about the same
/// units.
fn group(specs: &Specs, indicator: &Indicator, slice: Slice) -> Option<String> {
    match slice.group(specs, indicator) {
        None => Some(String::new()),
        Some((_, field, value)) => Some(format!(", group `{}={}`,", field.id, value?.id)),
    }
}

/// The fields of a dataset that an indicator looks at, as findings name them.
fn names(indicator: &Indicator, specs: &Specs, index: DatasetIndex) -> Vec<Arc<str>> {
    let sides = [&indicator.numerator, &indicator.denominator];
    let fields: BTreeSet<FieldIndex> =
        sides.into_iter().filter(|side| side.dataset == index).flat_map(|side| side.fields()).collect();
    specs.dataset(index).ids(&fields)
}

/// The rows of one side of an indicator.
struct Rows<'a> {
    specs: &'a Specs,
    indicator: &'a Indicator,
    period: PeriodIndex,
    index: DatasetIndex,
    dataset: &'a Dataset,
    table: &'a Table,
}

impl Rows<'_> {
    fn concern(&self, row: usize) -> Concern {
        let key = self.table.key(self.specs, self.dataset, row).join(", ");
        let about = concern(self.specs, self.dataset, self.table.region(row), self.period);
        Concern { unit: Some(key.into()), fields: names(self.indicator, self.specs, self.index), ..about }
    }

    /// What a side counts, as the office knows it: the field that it adds up, or else the side's own name.
    fn called(&self, side: &Measure, otherwise: fn(Arc<str>) -> Fact) -> Fact {
        match &side.quantity {
            Quantity::Sum(Sum { terms, constant: 0, .. }) if matches!(terms.as_slice(), [(1.., _)]) => {
                self.dataset.fact(terms[0].1)
            }
            Quantity::Sum(_) | Quantity::Rows => otherwise(self.indicator.id.as_str().into()),
        }
    }

    fn negative_numerators(&self, told: &mut [bool], found: &mut Vec<Diagnostic>) {
        for row in 0..self.table.len() {
            let view = RowView::new(self.table, row);
            let numerator = &self.indicator.numerator;
            self.negative("numerator", numerator, evaluate::side(numerator, &view), row, (told, found));
            for part in &self.indicator.parts {
                let name = format!("part `{}`", part.id);
                self.negative(&name, numerator, evaluate::part(self.indicator, part, &view), row, (told, found));
            }
        }
    }

    fn negative_denominators(&self, told: &mut [bool], found: &mut Vec<Diagnostic>) {
        for row in 0..self.table.len() {
            let denominator = &self.indicator.denominator;
            let side = evaluate::side(denominator, &RowView::new(self.table, row));
            self.negative("denominator", denominator, side, row, (told, found));
        }
    }

    fn negative(
        &self,
        name: &str,
        measure: &Measure,
        side: Side,
        row: usize,
        (told, found): (&mut [bool], &mut Vec<Diagnostic>),
    ) {
        let Side::Adds(units @ ..0) = side else { return };
        let amount = measure.amount(units);
        told[self.table.region(row).0] = true;
        let title = self.table.title(self.specs, self.dataset, row);
        let message = format!("the {name} of `{}` is {amount} for `{title}`", self.indicator.id);
        let diagnostic = Diagnostic::new(Rule::NegativeDifference, self.table.place(row).place(), message);
        let hint = "a part is larger than its whole: compare the fields that are subtracted";
        let facts = vec![
            ("unit", self.table.named(self.specs, self.dataset, row)),
            ("indicator", Fact::Text(self.indicator.id.clone())),
            ("found", Fact::Number(amount)),
        ];
        let diagnostic = diagnostic.hint(hint).because(CauseKind::NegativeDifference, facts);
        found.push(diagnostic.concerning(self.concern(row)));
    }

    fn more_than_all(&self, told: &mut [bool], found: &mut Vec<Diagnostic>) {
        for row in 0..self.table.len() {
            let outcome = evaluate::row(self.indicator, &RowView::new(self.table, row));
            let (Side::Adds(numerator), Side::Adds(denominator @ 0..)) = (outcome.numerator, outcome.denominator) else {
                continue;
            };
            let numerator = self.indicator.numerator.amount(numerator);
            let denominator = self.indicator.denominator.amount(denominator);
            if numerator > denominator {
                told[self.table.region(row).0] = true;
                let title = self.table.title(self.specs, self.dataset, row);
                let message = format!(
                    "the numerator of `{}` is larger than its denominator for `{title}`: {numerator} of {denominator}",
                    self.indicator.id
                );
                let diagnostic = Diagnostic::new(Rule::NumeratorExceedsDenominator, self.table.place(row).place(), message);
                let hint = "ask the office which of the fields is right";
                let facts = vec![
                    ("unit", self.table.named(self.specs, self.dataset, row)),
                    ("indicator", Fact::Text(self.indicator.id.clone())),
                    ("part", self.called(&self.indicator.numerator, Fact::Numerator)),
                    ("whole", self.called(&self.indicator.denominator, Fact::Denominator)),
                    ("numerator", Fact::Number(numerator)),
                    ("denominator", Fact::Number(denominator)),
                ];
                let diagnostic = diagnostic.hint(hint).because(CauseKind::NumeratorExceedsDenominator, facts);
                found.push(diagnostic.concerning(self.concern(row)));
            }
        }
    }
}
