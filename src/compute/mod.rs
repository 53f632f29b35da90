//! Specifications and data in, exact numbers for every indicator, period, region and breakdown out.
//!
//! A region's value is the ratio of the sums over its units. A unit that did not answer a field leaves both sums of
//! the indicators that need it; how many answered stands beside every number.

pub mod compare;
pub mod completeness;
pub mod evaluate;
pub mod matched;

use std::collections::HashMap;

use rayon::prelude::*;

use crate::dataset::{Data, Table};
use crate::period::PeriodIndex;
use crate::region::RegionIndex;
use crate::spec::{DatasetIndex, FieldIndex, FieldKind, Indicator, IndicatorIndex, Quantity, Specs};
use crate::value::{Missing, Ratio, Value};
use evaluate::{Mapping, Outcome, RowView, Side};

/// How many units a number rests on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// How many units of the population should report; `None` when nothing tells.
    pub expected: Option<u64>,
    /// How many units of the population did.
    pub reported: u64,
    /// How many of them answered what the indicator needs.
    pub answered: u64,
}

impl Coverage {
    /// Answered out of expected, or out of reported when the expected number is not known.
    pub fn share(&self) -> Option<Ratio> {
        Ratio::new(i128::from(self.answered), i128::from(self.expected.unwrap_or(self.reported)))
    }

    fn add(&mut self, other: &Coverage) {
        self.expected = self.expected.zip(other.expected).map(|(left, right)| left + right);
        self.reported += other.reported;
        self.answered += other.answered;
    }
}

/// The number of one indicator, period, region and slice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    /// Sum of the numerators.
    pub numerator: i64,
    /// Sum of the denominators.
    pub denominator: i64,
    /// Sums of the parts, in the indicator's order.
    pub parts: Vec<i64>,
    /// Of the denominator's population.
    pub coverage: Coverage,
    /// False when the numerator comes from a dataset of its own and nothing was reported in it.
    pub numerator_reported: bool,
    /// Whether anything was reported in the denominator's dataset, anywhere in this period.
    pub dataset_reported: bool,
    /// Why the number is not told although there may be one.
    pub kept_back: Option<Missing>,
}

impl Cell {
    /// The ratio, or why there is none.
    pub fn value(&self) -> Value {
        self.over_denominator(self.numerator)
    }

    /// The ratio of a part.
    pub fn part(&self, part: usize) -> Value {
        self.over_denominator(self.parts[part])
    }

    /// Whether no unit reported and none is expected: such a group is not shown.
    pub fn is_empty(&self) -> bool {
        self.coverage.reported == 0 && self.coverage.expected.unwrap_or(0) == 0
    }

    /// The ratio of another sum than the numerator to the denominator.
    pub fn over_denominator(&self, numerator: i64) -> Value {
        if let Some(reason) = self.kept_back {
            return Err(reason);
        }
        if self.coverage.answered == 0 {
            let any = !self.dataset_reported
                || self.coverage.reported > 0
                || self.coverage.expected.is_some_and(|expected| expected > 0);
            return Err(if any { Missing::NotReported } else { Missing::NotApplicable });
        }
        if !self.numerator_reported {
            return Err(Missing::NotReported);
        }
        Ratio::new(i128::from(numerator), i128::from(self.denominator)).ok_or(Missing::ZeroDenominator)
    }

    /// Keeps the number back: only the reason and the coverage stay.
    fn keep_back(&mut self, reason: Missing) {
        (self.numerator, self.denominator) = (0, 0);
        self.parts.fill(0);
        self.kept_back = Some(reason);
    }

    fn add(&mut self, other: &Cell) {
        self.numerator += other.numerator;
        self.denominator += other.denominator;
        for (sum, part) in self.parts.iter_mut().zip(&other.parts) {
            *sum += part;
        }
        self.coverage.add(&other.coverage);
        self.numerator_reported |= other.numerator_reported;
    }
}

/// Which units a number is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slice {
    /// All of the population.
    Total,
    /// Those with a value of a breakdown's category; `None`: those that did not state it.
    Category {
        /// Position in the indicator's breakdowns.
        breakdown: usize,
        /// Position in the category's values.
        value: Option<u16>,
    },
}

/// The numbers of one indicator.
#[derive(Clone, Debug)]
struct Numbers {
    slices: Vec<Slice>,
    /// By period, region, slice.
    cells: Vec<Vec<Vec<Cell>>>,
}

/// All numbers.
#[derive(Clone, Debug)]
pub struct Results {
    indicators: Vec<Numbers>,
    /// By period, dataset, region.
    datasets: Vec<Vec<Vec<Coverage>>>,
}

impl Results {
    /// With the numbers of these regions and periods kept back as unreliable: for what others are told.
    pub fn without(&self, holds: impl Fn(RegionIndex, PeriodIndex) -> bool) -> Self {
        let mut results = self.clone();
        for numbers in &mut results.indicators {
            for (period, regions) in numbers.cells.iter_mut().enumerate() {
                for (region, slices) in regions.iter_mut().enumerate() {
                    if holds(RegionIndex(region), PeriodIndex(period)) {
                        slices.iter_mut().for_each(|cell| cell.keep_back(Missing::Unreliable));
                    }
                }
            }
        }
        results
    }

    /// The slices of an indicator, the total first.
    pub fn slices(&self, indicator: IndicatorIndex) -> &[Slice] {
        &self.indicators[indicator.0].slices
    }

    /// The number of a slice, by its position in [`Results::slices`].
    pub fn slice(&self, indicator: IndicatorIndex, period: PeriodIndex, region: RegionIndex, slice: usize) -> &Cell {
        &self.indicators[indicator.0].cells[period.0][region.0][slice]
    }

    /// The number of the whole population.
    pub fn total(&self, indicator: IndicatorIndex, period: PeriodIndex, region: RegionIndex) -> &Cell {
        self.slice(indicator, period, region, 0)
    }

    /// How many units of a dataset should report and did; answered are those that reported.
    pub fn coverage(&self, dataset: DatasetIndex, period: PeriodIndex, region: RegionIndex) -> Coverage {
        self.datasets[period.0][dataset.0][region.0]
    }
}

/// Computes every number. The result does not depend on the order of rows nor on the number of threads.
pub fn run(specs: &Specs, data: &Data) -> Results {
    let periods = specs.programme.periods.len();
    let tasks: Vec<(usize, usize)> =
        (0..specs.indicators.len()).flat_map(|indicator| (0..periods).map(move |period| (indicator, period))).collect();
    let mut computed = tasks
        .par_iter()
        .map(|&(indicator, period)| self::indicator(specs, data, &specs.indicators[indicator], PeriodIndex(period)))
        .collect::<Vec<_>>()
        .into_iter();
    let indicators = specs
        .indicators
        .iter()
        .map(|indicator| Numbers { slices: slices(specs, indicator), cells: computed.by_ref().take(periods).collect() })
        .collect();
    let datasets = (0..periods)
        .map(|period| {
            (0..specs.datasets.len()).map(|dataset| reporting(specs, data, PeriodIndex(period), DatasetIndex(dataset))).collect()
        })
        .collect();
    Results { indicators, datasets }
}

/// The slices of an indicator: the total, then every value of every breakdown, then what was not stated.
fn slices(specs: &Specs, indicator: &Indicator) -> Vec<Slice> {
    let mut slices = vec![Slice::Total];
    for (breakdown, &field) in indicator.breakdowns.iter().enumerate() {
        let values = category_count(specs, indicator.denominator.dataset, field);
        slices.extend((0..values).map(|value| Slice::Category { breakdown, value: Some(value) }));
        slices.push(Slice::Category { breakdown, value: None });
    }
    slices
}

fn category_count(specs: &Specs, dataset: DatasetIndex, field: FieldIndex) -> u16 {
    match &specs.datasets[dataset.0].field(field).kind {
        FieldKind::Category(values) => values.len() as u16,
        other => unreachable!("a breakdown is a category: {other:?}"),
    }
}

/// The positions of the slices that a row with these category answers belongs to.
fn positions<'a>(
    specs: &'a Specs,
    indicator: &'a Indicator,
    category: impl Fn(FieldIndex) -> Option<u16> + 'a,
) -> impl Iterator<Item = usize> + 'a {
    let mut start = 1;
    let breakdowns = indicator.breakdowns.iter().map(move |&field| {
        let values = category_count(specs, indicator.denominator.dataset, field);
        let position = start + usize::from(category(field).unwrap_or(values));
        start += usize::from(values) + 1;
        position
    });
    std::iter::once(0).chain(breakdowns)
}

/// The cells of one indicator and period, by region and slice; outside of its life it applies to nobody.
pub fn indicator(specs: &Specs, data: &Data, indicator: &Indicator, period: PeriodIndex) -> Vec<Vec<Cell>> {
    let slices = slices(specs, indicator).len();
    let lives = indicator.life.holds(period);
    let empty = Cell {
        parts: vec![0; indicator.parts.len()],
        coverage: Coverage { expected: None, reported: 0, answered: 0 },
        numerator_reported: indicator.numerator.dataset == indicator.denominator.dataset,
        dataset_reported: !lives || !data.table(period, indicator.denominator.dataset).is_empty(),
        ..Cell::default()
    };
    let mut cells = vec![vec![empty; slices]; specs.hierarchy.len()];
    if !lives {
        return cells;
    }
    expect(specs, data, indicator, period, &mut cells);
    if indicator.numerator.dataset == indicator.denominator.dataset {
        together(specs, data, indicator, period, &mut cells);
    } else {
        apart(specs, data, indicator, period, &mut cells);
    }
    specs.hierarchy.add_up(&mut cells, |above, below| above.iter_mut().zip(below).for_each(|(sum, part)| sum.add(part)));
    cells
}

/// Both sides from the same rows: one that did not answer a side leaves both.
fn together(specs: &Specs, data: &Data, indicator: &Indicator, period: PeriodIndex, cells: &mut [Vec<Cell>]) {
    let table = data.table(period, indicator.denominator.dataset);
    for row in 0..table.len() {
        let view = RowView::new(table, row);
        let Outcome { numerator, denominator, parts } = evaluate::row(indicator, &view);
        if numerator == Side::Outside && denominator == Side::Outside {
            continue;
        }
        let answered = !matches!(numerator, Side::Unanswered) && !matches!(denominator, Side::Unanswered);
        let slices: Vec<usize> = positions(specs, indicator, |field| table.category(field, row).ok()).collect();
        for slice in slices {
            let cell = &mut cells[table.region(row).0][slice];
            if denominator != Side::Outside {
                cell.coverage.reported += 1;
                cell.coverage.answered += u64::from(answered);
            }
            if answered {
                cell.numerator += numerator.amount();
                cell.denominator += denominator.amount();
                for (sum, part) in cell.parts.iter_mut().zip(&parts) {
                    *sum += part;
                }
            }
        }
    }
}

/// Each side from rows of its own. A numerator has the slices of the denominator only where its dataset has those categories.
fn apart(specs: &Specs, data: &Data, indicator: &Indicator, period: PeriodIndex, cells: &mut [Vec<Cell>]) {
    let denominators = data.table(period, indicator.denominator.dataset);
    for row in 0..denominators.len() {
        let side = evaluate::side(&indicator.denominator, &RowView::new(denominators, row));
        if side == Side::Outside {
            continue;
        }
        for slice in positions(specs, indicator, |field| denominators.category(field, row).ok()) {
            let cell = &mut cells[denominators.region(row).0][slice];
            cell.coverage.reported += 1;
            cell.coverage.answered += u64::from(side != Side::Unanswered);
            cell.denominator += side.amount();
        }
    }
    let numerators = data.table(period, indicator.numerator.dataset);
    let mapping = Mapping::new(&specs.datasets[indicator.denominator.dataset.0], &specs.datasets[indicator.numerator.dataset.0]);
    for row in 0..numerators.len() {
        let view = RowView::new(numerators, row);
        let side = evaluate::side(&indicator.numerator, &view);
        let parts = evaluate::parts(indicator, &view);
        let (true, Some(parts)) = (matches!(side, Side::Adds(_)), parts) else { continue };
        let mapped = RowView::mapped(numerators, row, &mapping);
        for slice in positions(specs, indicator, |field| mapped.category(field).ok()) {
            let cell = &mut cells[numerators.region(row).0][slice];
            cell.numerator_reported = true;
            cell.numerator += side.amount();
            for (sum, part) in cell.parts.iter_mut().zip(&parts) {
                *sum += part;
            }
        }
    }
    // Where rows are counted, none of them is an answer too: zero. Where fields are summed, it is none.
    if indicator.numerator.quantity == Quantity::Rows && !numerators.is_empty() {
        cells.iter_mut().flatten().for_each(|cell| cell.numerator_reported = true);
    }
    // Where both sides come by region of the same level, a region that lacks one of them leaves both sums.
    let level = |index: DatasetIndex| specs.datasets[index.0].level;
    if level(indicator.numerator.dataset).is_some() && level(indicator.numerator.dataset) == level(indicator.denominator.dataset)
    {
        for cell in cells.iter_mut().flatten().filter(|cell| cell.coverage.answered == 0 || !cell.numerator_reported) {
            cell.numerator = 0;
            cell.denominator = 0;
            cell.parts.fill(0);
            cell.coverage.answered = 0;
        }
    }
}

/// Fills in how many units should report, where that is known.
fn expect(specs: &Specs, data: &Data, indicator: &Indicator, period: PeriodIndex, cells: &mut [Vec<Cell>]) {
    let index = indicator.denominator.dataset;
    let dataset = &specs.datasets[index.0];
    if let Some(register) = register(data, dataset, period) {
        let register_dataset = &specs.datasets[dataset.expected.expect("has a register").0];
        let mapping = Mapping::new(dataset, register_dataset);
        // Of a breakdown that the register does not know, nothing tells how many should report.
        let known: Vec<bool> = slices(specs, indicator)
            .into_iter()
            .map(|slice| match slice {
                Slice::Total => true,
                Slice::Category { breakdown, .. } => mapping.has(indicator.breakdowns[breakdown]),
            })
            .collect();
        for region in cells.iter_mut() {
            for (cell, _) in region.iter_mut().zip(&known).filter(|(_, known)| **known) {
                cell.coverage.expected = Some(0);
            }
        }
        let table = data.table(period, index);
        let reported: HashMap<Vec<String>, usize> = (0..table.len()).map(|row| (table.key(specs, dataset, row), row)).collect();
        for row in 0..register.len() {
            // A unit that reported tells best whether it belongs to the population. Of one that did not, the register tells;
            // what it leaves open speaks neither for nor against.
            let (view, region, belongs) = match reported.get(&register.key(specs, register_dataset, row)) {
                Some(&own) => {
                    let view = RowView::new(table, own);
                    let belongs = evaluate::denominator(indicator, &view) != Side::Outside;
                    (view, table.region(own), belongs)
                }
                None => {
                    let view = RowView::mapped(register, row, &mapping);
                    let belongs = evaluate::condition(&indicator.denominator.population, &view) != Ok(false);
                    (view, register.region(row), belongs)
                }
            };
            if belongs {
                let slices: Vec<usize> = positions(specs, indicator, |field| view.category(field).ok()).collect();
                for slice in slices {
                    let coverage = &mut cells[region.0][slice].coverage;
                    coverage.expected = coverage.expected.map(|expected| expected + 1);
                }
            }
        }
    } else if let Some(regions) = reporting_regions(specs, dataset, period) {
        for region in cells.iter_mut() {
            region[0].coverage.expected = Some(0);
        }
        for region in regions {
            cells[region.0][0].coverage.expected = Some(1);
        }
    }
}

/// The register's rows, when the dataset has a register and it was sent in.
fn register<'a>(data: &'a Data, dataset: &crate::spec::Dataset, period: PeriodIndex) -> Option<&'a Table> {
    dataset.expected.map(|register| data.table(period, register)).filter(|register| !register.is_empty())
}

/// The regions that each owe one row.
fn reporting_regions(specs: &Specs, dataset: &crate::spec::Dataset, period: PeriodIndex) -> Option<Vec<RegionIndex>> {
    let level = dataset.level.filter(|_| dataset.key == [dataset.region])?;
    let day = specs.programme.periods[period.0].date;
    let owing = |(_, region): &(RegionIndex, &crate::region::Region)| region.level == level && region.exists_on(day);
    Some(specs.hierarchy.all().filter(owing).map(|(index, _)| index).collect())
}

/// How many units of a dataset should report and did, by region.
fn reporting(specs: &Specs, data: &Data, period: PeriodIndex, index: DatasetIndex) -> Vec<Coverage> {
    let dataset = &specs.datasets[index.0];
    let table = data.table(period, index);
    let mut coverages = vec![Coverage::default(); specs.hierarchy.len()];
    for row in 0..table.len() {
        coverages[table.region(row).0].reported += 1;
        coverages[table.region(row).0].answered += 1;
    }
    let owing: Option<Vec<RegionIndex>> = register(data, dataset, period)
        .map(|register| (0..register.len()).map(|row| register.region(row)).collect())
        .or_else(|| reporting_regions(specs, dataset, period));
    if let Some(owing) = owing {
        coverages.iter_mut().for_each(|coverage| coverage.expected = Some(0));
        for region in owing {
            coverages[region.0].expected = coverages[region.0].expected.map(|expected| expected + 1);
        }
    }
    specs.hierarchy.add_up(&mut coverages, Coverage::add);
    coverages
}
