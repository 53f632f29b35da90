//! What each row does to a number: what it adds to either side, or why it is left out. The contributions of all rows add up to the number.

use super::evaluate::{self, Mapping, Outcome, RowView, Side};
use super::roll::{self, Roll, Silent};
use super::{Results, Slice, positions};
use crate::dataset::Data;
use crate::period::PeriodIndex;
use crate::region::RegionIndex;
use crate::spec::{DatasetIndex, Indicator, IndicatorIndex, Measure, Specs};
use crate::value::Amount;

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
        numerator: Amount,
        /// To the denominator.
        denominator: Amount,
    },
    /// It does not count.
    LeftOut(Reason),
}

impl Does {
    /// It adds so many units to each side.
    fn adds(indicator: &Indicator, numerator: i64, denominator: i64) -> Self {
        Does::Adds { numerator: indicator.numerator.amount(numerator), denominator: indicator.denominator.amount(denominator) }
    }
}

/// Why a row does not count; the first reason that applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// It belongs to another group of the breakdown, or did not state its group.
    OtherGroup,
    /// It does not belong to the population.
    OutsidePopulation,
    /// It says that the question does not apply to it.
    NotApplicable,
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
            Reason::NotApplicable => "not_applicable",
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
    // What is put together from other numbers has no rows of its own.
    if !indicator.is_from_rows() {
        return Vec::new();
    }
    if own == other {
        return writer.rows(own, |view| {
            let does = one(indicator, asked.part, evaluate::row(indicator, view));
            outside_as(does, || evaluate::is_inapplicable(indicator, view))
        });
    }
    let mut found = writer.rows(own, |view| match evaluate::side(&indicator.denominator, view) {
        Side::Adds(denominator) => Does::adds(indicator, 0, denominator),
        side => outside_as(left_out(side), || evaluate::is_inapplicable_to(&indicator.denominator, view)),
    });
    found.extend(writer.rows(other, |view| match evaluate::numerator(indicator, view) {
        (Side::Adds(numerator), parts) => Does::adds(indicator, asked.part.map_or(numerator, |part| parts[part]), 0),
        (side, _) => outside_as(left_out(side), || evaluate::is_inapplicable_numerator(indicator, view)),
    }));
    found
}

/// A row outside of the population may be there because the question does not apply to it.
fn outside_as(does: Does, is_inapplicable: impl Fn() -> bool) -> Does {
    match does {
        Does::LeftOut(Reason::OutsidePopulation) if is_inapplicable() => Does::LeftOut(Reason::NotApplicable),
        does => does,
    }
}

/// A unit that should have sent a return and sent none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Silence {
    /// The dataset of the return.
    pub dataset: DatasetIndex,
    /// Who should have sent it.
    pub who: Who,
}

/// Who should have sent a return.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// The unit in a row of the register.
    Unit {
        /// The dataset of the register.
        register: DatasetIndex,
        /// The row.
        row: usize,
    },
    /// A region owes a row.
    Region(RegionIndex),
}

/// The units of the population in the region and within it that are expected and did not report: those by which the coverage says that more
/// are expected than reported. The denominator's come first.
pub fn silent(specs: &Specs, data: &Data, asked: Asked) -> Vec<Silence> {
    let indicator = specs.indicator(asked.indicator);
    let sides = [&indicator.denominator, &indicator.numerator];
    if !indicator.is_from_rows() {
        return Vec::new();
    }
    let sides = if indicator.is_of(indicator.denominator.dataset) { &sides[..1] } else { &sides[..] };
    sides.iter().flat_map(|side| silent_of(specs, data, asked, side)).collect()
}

fn silent_of(specs: &Specs, data: &Data, asked: Asked, side: &Measure) -> Vec<Silence> {
    let Asked { indicator, period, region, slice, .. } = asked;
    let indicator = specs.indicator(indicator);
    let (index, dataset) = (side.dataset, specs.dataset(side.dataset));
    let whole = specs.dataset(indicator.denominator.dataset);
    let silence = |who| Silence { dataset: index, who };
    match Roll::new(specs, data, period, index).silent {
        Silent::Unknown => Vec::new(),
        Silent::Regions(regions) => {
            let within = |inner: &RegionIndex| slice == Slice::Total && specs.hierarchy.contains(region, *inner);
            regions.into_iter().filter(within).map(|inner| silence(Who::Region(inner))).collect()
        }
        Silent::Units(rows) => {
            let (Some((register, declared)), Some(position)) = (roll::register(specs, data, dataset, period), dataset.expected)
            else {
                return Vec::new();
            };
            let (seen, mapping) = (Mapping::new(whole, declared), Mapping::new(dataset, declared));
            let is_of_slice = |row: usize| match slice {
                Slice::Total => true,
                Slice::Category { breakdown, value } => {
                    let field = indicator.breakdowns[breakdown];
                    // Where the register does not have the groups, nothing tells how many units of a group should report.
                    let is_known = whole.shares_groups(field, dataset) && whole.shares_groups(field, declared);
                    is_known && RowView::mapped(register, row, &seen).category(field).ok() == value
                }
            };
            let is_meant = |row: &usize| {
                specs.hierarchy.contains(region, register.region(*row))
                    && evaluate::condition(&side.population, &RowView::mapped(register, *row, &mapping)) != Ok(false)
                    && is_of_slice(*row)
            };
            let unit = |row| silence(Who::Unit { register: position, row });
            rows.into_iter().filter(is_meant).map(unit).collect()
        }
    }
}

/// What a row does to an indicator of one dataset: with one side unanswered it is in neither.
fn one(indicator: &Indicator, part: Option<usize>, outcome: Outcome) -> Does {
    let Outcome { numerator, denominator, parts } = outcome;
    debug_assert_eq!(parts.len(), indicator.parts.len());
    match (numerator, denominator) {
        (Side::Unanswered, _) | (_, Side::Unanswered) => Does::LeftOut(Reason::Unanswered),
        (Side::Outside, Side::Outside) => Does::LeftOut(Reason::OutsidePopulation),
        (numerator, denominator) => {
            Does::adds(indicator, part.map_or(numerator.amount(), |part| parts[part]), denominator.amount())
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
        let mapping = Mapping::new(self.specs.dataset(own), self.specs.dataset(dataset));
        let position = self.results.slices(self.asked.indicator).iter().position(|known| *known == self.asked.slice);
        // Of a dataset without the groups of the breakdown, no row tells its group.
        let knows = match self.asked.slice {
            Slice::Total => true,
            Slice::Category { breakdown, .. } => {
                let field = self.indicator.breakdowns[breakdown];
                dataset == own || self.specs.dataset(own).shares_groups(field, self.specs.dataset(dataset))
            }
        };
        let contribution = |row: usize| {
            let view = RowView::new(table, row);
            let seen = if dataset == own { RowView::new(table, row) } else { RowView::mapped(table, row, &mapping) };
            let is_of_slice = || {
                let slices = positions(self.specs, self.indicator, (self.specs.dataset(dataset), &view), &seen);
                position.is_some_and(|position| slices.contains(&position))
            };
            let does = if !knows || !is_of_slice() {
                Does::LeftOut(Reason::OtherGroup)
            } else {
                match does(&view) {
                    Does::Adds { .. } if self.misses_a_side(table.region(row)) => Does::LeftOut(Reason::OtherSideMissing),
                    does => does,
                }
            };
            Contribution { dataset, row, does }
        };
        let within = |row: &usize| self.specs.hierarchy.contains(region, table.region(*row));
        (0..table.len()).filter(within).map(contribution).collect()
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
