//! Which rows each sum of an indicator is over: what tells that two sums are over the same persons.

use super::evaluate::{self, RowView, Side};
use crate::dataset::Data;
use crate::period::PeriodIndex;
use crate::spec::expression::Condition;
use crate::spec::{DatasetIndex, Indicator, Quantity};

/// A sum of an indicator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Which {
    /// The numerator.
    Numerator,
    /// The denominator.
    Denominator,
    /// A part of the numerator, by its position.
    Part(usize),
}

impl Which {
    /// All sums of an indicator; a total has no denominator, and what is put together from other indicators has none at all.
    pub fn all(indicator: &Indicator) -> impl Iterator<Item = Self> + use<> {
        let denominator = indicator.is_ratio().then_some(Which::Denominator);
        indicator
            .is_summed()
            .then_some(Which::Numerator)
            .into_iter()
            .chain(denominator)
            .chain((0..indicator.parts.len()).map(Which::Part))
    }

    /// The dataset that it is taken from.
    pub fn dataset(self, indicator: &Indicator) -> DatasetIndex {
        match self {
            Which::Numerator | Which::Part(_) => indicator.numerator.dataset,
            Which::Denominator => indicator.denominator.dataset,
        }
    }

    /// What each row adds to it.
    pub fn quantity(self, indicator: &Indicator) -> &Quantity {
        match self {
            Which::Numerator => &indicator.numerator.quantity,
            Which::Denominator => &indicator.denominator.quantity,
            Which::Part(part) => &indicator.parts[part].quantity,
        }
    }

    /// What holds for each row that counts: it belongs to the population, and is one of those that are asked for.
    pub fn counts(self, indicator: &Indicator) -> Condition {
        let side = match self {
            Which::Numerator | Which::Part(_) => &indicator.numerator,
            Which::Denominator => &indicator.denominator,
        };
        side.population.and(vec![self.filter(indicator).clone()])
    }

    fn filter(self, indicator: &Indicator) -> &Condition {
        match self {
            Which::Numerator => &indicator.numerator.filter,
            Which::Denominator => &indicator.denominator.filter,
            Which::Part(part) => &indicator.parts[part].filter,
        }
    }
}

/// What a row does to a sum.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Adding {
    /// It has nothing to do with it.
    Outside,
    /// It belongs to the population, and is none of the rows that count.
    Beside,
    /// It counts; it may add zero.
    Adds,
}

/// For each row of the dataset of a sum, what it does to it.
pub fn rows(data: &Data, indicator: &Indicator, which: Which, period: PeriodIndex) -> Vec<Adding> {
    let table = data.table(period, which.dataset(indicator));
    let adding = |row: usize| {
        let view = RowView::new(table, row);
        match belongs(indicator, which, &view) {
            false => Adding::Outside,
            true if evaluate::condition(which.filter(indicator), &view) == Ok(true) => Adding::Adds,
            true => Adding::Beside,
        }
    };
    (0..table.len()).map(adding).collect()
}

/// Whether a row is in the sums that this one belongs to.
fn belongs(indicator: &Indicator, which: Which, view: &RowView<'_>) -> bool {
    let is_in = |side: Side| matches!(side, Side::Adds(_));
    if indicator.numerator.dataset == indicator.denominator.dataset {
        let outcome = evaluate::row(indicator, view);
        let answered = outcome.numerator != Side::Unanswered && outcome.denominator != Side::Unanswered;
        let side = if which == Which::Denominator { outcome.denominator } else { outcome.numerator };
        return answered && is_in(side);
    }
    match which {
        Which::Denominator => is_in(evaluate::side(&indicator.denominator, view)),
        Which::Numerator | Which::Part(_) => is_in(evaluate::numerator(indicator, view).0),
    }
}
