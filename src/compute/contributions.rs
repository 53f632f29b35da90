//! What each row does to a number: what it adds to either side, or why it is left out. The contributions of all rows add up to the number.

use super::evaluate::{self, Mapping, Outcome, RowView, Side};
use super::{Results, Slice};
use crate::dataset::Data;
use crate::period::PeriodIndex;
use crate::region::RegionIndex;
use crate::spec::{DatasetIndex, Indicator, IndicatorIndex, Specs};

/// The number that is asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The indicator.
    pub indicator: IndicatorIndex,
    /// The period.
    pub period: PeriodIndex,
    /// The region.
    pub region: RegionIndex,
    /// The whole population or a group.
    pub slice: Slice,
    /// A part of the numerator, in place of the whole numerator.
    pub part: Option<usize>,
}

/// What a row does to a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contribution {
    /// The dataset of the row.
    pub dataset: DatasetIndex,
    /// Its position in the dataset.
    pub row: usize,
    /// What it does.
    pub does: Does,
}

/// What a row does to the sums.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Does {
    /// It counts. Of two datasets, each row is of one side and adds nothing to the other.
    Adds {
        /// To the numerator.
        numerator: i64,
        /// To the denominator.
        denominator: i64,
    },
    /// It does not count.
    LeftOut(Reason),
}

/// Why a row does not count; the first reason that applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// It belongs to another group of the breakdown, or did not state its group.
    OtherGroup,
    /// It does not belong to the population, or the question does not apply to it.
    OutsidePopulation,
    /// It left blank what is needed.
    Unanswered,
    /// Of its region, the other side is missing.
    OtherSideMissing,
}

impl Reason {
    /// Its name in files.
    pub fn name(self) -> &'static str {
        match self {
            Reason::OtherGroup => "other_group",
            Reason::OutsidePopulation => "outside_population",
            Reason::Unanswered => "unanswered",
            Reason::OtherSideMissing => "other_side_missing",
        }
    }
}

/// What each row of the region and of all regions within it does to a number, in the order of the datasets and their rows.
pub fn of(specs: &Specs, data: &Data, results: &Results, asked: Asked) -> Vec<Contribution> {
    let indicator = specs.indicator(asked.indicator);
    let (own, other) = (indicator.denominator.dataset, indicator.numerator.dataset);
    let writer = Writer { specs, data, results, asked, indicator };
    if own == other {
        return writer.rows(own, |view| one(indicator, asked.part, evaluate::row(indicator, view)));
    }
    let mut found = writer.rows(own, |view| match evaluate::side(&indicator.denominator, view) {
        Side::Adds(denominator) => Does::Adds { numerator: 0, denominator },
        side => left_out(side),
    });
    found.extend(writer.rows(other, |view| match evaluate::numerator(indicator, view) {
        (Side::Adds(numerator), parts) => {
            Does::Adds { numerator: asked.part.map_or(numerator, |part| parts[part]), denominator: 0 }
        }
        (side, _) => left_out(side),
    }));
    found
}

/// What a row does to an indicator of one dataset: with one side unanswered it is in neither.
fn one(indicator: &Indicator, part: Option<usize>, outcome: Outcome) -> Does {
    let Outcome { numerator, denominator, parts } = outcome;
    debug_assert_eq!(parts.len(), indicator.parts.len());
    match (numerator, denominator) {
        (Side::Unanswered, _) | (_, Side::Unanswered) => Does::LeftOut(Reason::Unanswered),
        (Side::Outside, Side::Outside) => Does::LeftOut(Reason::OutsidePopulation),
        (numerator, denominator) => {
            Does::Adds { numerator: part.map_or(numerator.amount(), |part| parts[part]), denominator: denominator.amount() }
        }
    }
}

fn left_out(side: Side) -> Does {
    Does::LeftOut(if side == Side::Unanswered { Reason::Unanswered } else { Reason::OutsidePopulation })
}

struct Writer<'a> {
    specs: &'a Specs,
    data: &'a Data,
    results: &'a Results,
    asked: Asked,
    indicator: &'a Indicator,
}

impl Writer<'_> {
    /// What the rows of a dataset do.
    fn rows(&self, dataset: DatasetIndex, does: impl Fn(&RowView<'_>) -> Does) -> Vec<Contribution> {
        let Asked { period, region, .. } = self.asked;
        let table = self.data.table(period, dataset);
        let own = self.indicator.denominator.dataset;
        let mapping = Mapping::new(self.specs.dataset(dataset), self.specs.dataset(own));
        let contribution = |row: usize| {
            let grouped = if dataset == own { RowView::new(table, row) } else { RowView::mapped(table, row, &mapping) };
            let does = if !self.is_of_group(&grouped) {
                Does::LeftOut(Reason::OtherGroup)
            } else {
                match does(&RowView::new(table, row)) {
                    Does::Adds { .. } if self.misses_a_side(table.region(row)) => Does::LeftOut(Reason::OtherSideMissing),
                    does => does,
                }
            };
            Contribution { dataset, row, does }
        };
        let within = |row: &usize| self.specs.hierarchy.contains(region, table.region(*row));
        (0..table.len()).filter(within).map(contribution).collect()
    }

    /// Whether a row belongs to the slice.
    fn is_of_group(&self, view: &RowView<'_>) -> bool {
        match self.asked.slice {
            Slice::Total => true,
            Slice::Category { breakdown, value } => view.category(self.indicator.breakdowns[breakdown]).ok() == value,
        }
    }

    /// Whether both sides come by regions and this one lacks a side.
    fn misses_a_side(&self, region: RegionIndex) -> bool {
        let Asked { indicator, period, slice, .. } = self.asked;
        let level = |dataset: DatasetIndex| self.specs.dataset(dataset).level;
        let (own, other) = (self.indicator.denominator.dataset, self.indicator.numerator.dataset);
        let by_regions = own != other && level(own).is_some() && level(own) == level(other);
        let position = self.results.slices(indicator).iter().position(|known| *known == slice);
        by_regions && position.is_some_and(|slice| self.results.slice(indicator, period, region, slice).lacks().is_some())
    }
}
