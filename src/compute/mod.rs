//! Specifications and data in, exact numbers for every indicator, period, region and breakdown out.
//!
//! A region's value is the ratio of the sums over its units. A unit that did not answer a field leaves both sums of each indicator that
//! needs the field; how many units answered stands beside every number.

pub mod asked;
mod cell;
pub mod combine;
pub mod compare;
pub mod completeness;
pub mod conditions;
pub mod contributions;
pub mod evaluate;
pub mod influence;
pub mod matched;
pub mod plan;
mod pool;
mod quantile;
pub mod reliability;
pub mod roll;
pub mod sums;
pub mod unit;

use std::sync::Arc;

use rayon::prelude::*;

use crate::dataset::{Data, Table};
use crate::period::PeriodIndex;
use crate::region::RegionIndex;
use crate::spec::expression::Condition;
use crate::spec::{
    Category, Dataset, DatasetIndex, Field, FieldIndex, FieldKind, Indicator, IndicatorIndex, Measure, Quantity, Specs,
};
use crate::value::{Amount, Missing, Ratio};
pub use cell::{Cell, Coverage};
use evaluate::{Mapping, Outcome, RowView, Side};
use pool::{Pool, Slices};
use roll::{Roll, Silent, Standing};
use sums::Which;

/// Which units a number is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slice {
    /// The whole population.
    Total,
    /// The units with a value of a category; `None` stands for the units that did not state it.
    Category {
        /// Position in the indicator's breakdowns.
        breakdown: usize,
        /// Position in the category's values.
        value: Option<u16>,
    },
}

impl Slice {
    /// The ids of the field and of the value, by which groups of two indicators are the same.
    fn name<'a>(self, specs: &'a Specs, indicator: &Indicator) -> Option<(&'a str, Option<&'a str>)> {
        self.group(specs, indicator).map(|(_, field, value)| (field.id.as_str(), value.map(|value| value.id.as_str())))
    }

    /// The field of the breakdown and its value: no group for the total, and no value for the units that did not state it.
    pub fn group<'a>(self, specs: &'a Specs, indicator: &Indicator) -> Option<(usize, &'a Field, Option<&'a Category>)> {
        let Slice::Category { breakdown, value } = self else { return None };
        let field = specs.dataset(indicator.denominator.dataset).field(indicator.breakdowns[breakdown]);
        match &field.kind {
            FieldKind::Category(values) => Some((breakdown, field, value.map(|value| &values[usize::from(value)]))),
            other => unreachable!("a breakdown is a category: {other:?}"),
        }
    }
}

/// The numbers of one indicator.
#[derive(Clone, Debug)]
struct OfIndicator {
    slices: Vec<Slice>,
    /// The cells, by period and region.
    cells: Vec<Vec<Slices>>,
}

/// All numbers.
#[derive(Clone, Debug)]
pub struct Results {
    indicators: Vec<OfIndicator>,
    /// The coverage of datasets, by period, dataset and region.
    datasets: Vec<Vec<Vec<Coverage>>>,
}

impl Results {
    /// The same results, with the numbers of the regions and periods that `holds` names kept back.
    pub fn without(&self, holds: impl Fn(RegionIndex, PeriodIndex) -> bool) -> Self {
        let mut results = self.clone();
        for numbers in &mut results.indicators {
            for (period, regions) in numbers.cells.iter_mut().enumerate() {
                let is_held = |region| holds(region, PeriodIndex(period));
                pool::change(regions, is_held, |cell| cell.keep_back(Missing::Blocked));
            }
        }
        results
    }

    /// Withholds one sum of a number.
    pub fn withhold(
        &mut self,
        which: Which,
        indicator: IndicatorIndex,
        period: PeriodIndex,
        (region, slice): (RegionIndex, usize),
    ) {
        let slices = Arc::make_mut(&mut self.indicators[indicator.0].cells[period.0][region.0]);
        Arc::make_mut(&mut slices[slice]).withhold(which);
    }

    /// Withholds all sums of an indicator in a period, in the regions for which this holds.
    pub fn withhold_all(
        &mut self,
        specs: &Specs,
        indicator: IndicatorIndex,
        period: PeriodIndex,
        holds: impl Fn(RegionIndex) -> bool,
    ) {
        let sums: Vec<Which> = Which::all(specs.indicator(indicator)).collect();
        if sums.is_empty() {
            return;
        }
        let regions = &mut self.indicators[indicator.0].cells[period.0];
        pool::change(regions, holds, |cell| sums.iter().for_each(|&which| cell.withhold(which)));
    }

    /// Keeps back an indicator's numbers in the regions for which this holds.
    pub fn keep_back(&mut self, indicator: IndicatorIndex, holds: impl Fn(RegionIndex) -> bool, reason: Missing) {
        for regions in &mut self.indicators[indicator.0].cells {
            pool::change(regions, &holds, |cell| cell.keep_back(reason));
        }
    }

    /// Withholds how many units of a dataset should report, did and answered: they are persons.
    pub fn withhold_coverage(&mut self, specs: &Specs, dataset: DatasetIndex) {
        for (indicator, numbers) in specs.indicators.iter().zip(&mut self.indicators) {
            let [is_below, is_above] = [&indicator.denominator, &indicator.numerator].map(|side| side.dataset == dataset);
            if !is_below && !is_above {
                continue;
            }
            let withhold = |cell: &mut Cell| {
                if is_below {
                    cell.coverage = Coverage::WITHHELD;
                }
                if is_above {
                    cell.apart.iter_mut().for_each(|apart| apart.coverage = Coverage::WITHHELD);
                }
            };
            numbers.cells.iter_mut().for_each(|regions| pool::change(regions, |_| true, withhold));
        }
        for datasets in &mut self.datasets {
            datasets[dataset.0].fill(Coverage::WITHHELD);
        }
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

    /// How many units of a dataset should report and how many did; `answered` equals those that did.
    pub fn coverage(&self, dataset: DatasetIndex, period: PeriodIndex, region: RegionIndex) -> Coverage {
        self.datasets[period.0][dataset.0][region.0]
    }
}

/// Computes every number. The result does not depend on the order of rows nor on the number of threads.
pub fn run(specs: &Specs, data: &Data) -> Results {
    let periods = specs.programme.periods.len();
    let rolls: Vec<Vec<Roll>> = (0..periods).into_par_iter().map(|period| roll::all(specs, data, PeriodIndex(period))).collect();
    let tasks: Vec<(usize, usize)> =
        (0..specs.indicators.len()).flat_map(|indicator| (0..periods).map(move |period| (indicator, period))).collect();
    let mut computed = tasks
        .par_iter()
        .map(|&(indicator, period)| {
            let cells = self::indicator(specs, data, &rolls[period], &specs.indicators[indicator], PeriodIndex(period));
            let mut pool = Pool::default();
            cells.into_iter().map(|cells| pool.keep(cells)).collect::<Vec<Slices>>()
        })
        .collect::<Vec<_>>()
        .into_iter();
    let indicators = specs
        .indicators
        .iter()
        .map(|indicator| OfIndicator { slices: slices(specs, indicator), cells: computed.by_ref().take(periods).collect() })
        .collect();
    let reporting = |(period, rolls): (usize, &Vec<Roll>)| {
        let of = |(index, roll)| self::reporting(specs, data, roll, PeriodIndex(period), DatasetIndex(index));
        rolls.iter().enumerate().map(of).collect()
    };
    let datasets = rolls.iter().enumerate().map(reporting).collect();
    combine::combined(specs, Results { indicators, datasets }, |_, _| false)
}

/// The slices of an indicator: the total; then for each breakdown every value, and last the units that did not state it.
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
    match &specs.dataset(dataset).field(field).kind {
        FieldKind::Category(values) => values.len() as u16,
        other => unreachable!("a breakdown is a category: {other:?}"),
    }
}

/// The positions of the slices that a row belongs to. `row` has the fields of its own dataset; `seen` is the same row with the fields of the
/// denominator's dataset.
///
/// Where groups come in rows beside their total, the whole population and the groups of other fields are in the total's row alone, and a row
/// of one group is of that group alone. A row that is of groups of two such fields at once is of neither.
fn positions(specs: &Specs, indicator: &Indicator, (dataset, row): (&Dataset, &RowView<'_>), seen: &RowView<'_>) -> Vec<usize> {
    let is_of_group = |&&(field, total): &&(FieldIndex, u16)| row.category(field) != Ok(total);
    let groups: Vec<FieldIndex> = dataset.group_totals.iter().filter(is_of_group).map(|(field, _)| *field).collect();
    let whole = specs.dataset(indicator.denominator.dataset);
    let mut positions = if groups.is_empty() { vec![0] } else { Vec::new() };
    let mut start = 1;
    for &field in &indicator.breakdowns {
        let values = category_count(specs, indicator.denominator.dataset, field);
        let own = dataset.group_totals.iter().find(|(own, _)| dataset.field(*own).id == whole.field(field).id);
        if own.map_or(groups.is_empty(), |(own, _)| groups == [*own]) {
            positions.push(start + usize::from(seen.category(field).unwrap_or(values)));
        }
        start += usize::from(values) + 1;
    }
    positions
}

/// The places of the units of a side.
fn places(side: &Measure) -> u8 {
    u8::try_from(side.quantity.places()).expect("no number has more than `Amount::MOST_PLACES`")
}

/// The cells of an indicator in a period, by region and slice; `rolls` has one entry for each dataset. Outside of its life an indicator
/// applies to nobody. Those of a combination come from the cells of its terms: see [`combine`].
pub fn indicator(specs: &Specs, data: &Data, rolls: &[Roll], indicator: &Indicator, period: PeriodIndex) -> Vec<Vec<Cell>> {
    let slices = slices(specs, indicator).len();
    let lives = indicator.life.holds(period);
    let (numerator, denominator) = (indicator.numerator.dataset, indicator.denominator.dataset);
    let empty = Cell {
        parts: vec![0; indicator.parts.len()].into(),
        places: (places(&indicator.numerator), places(&indicator.denominator)),
        apart: (numerator != denominator).then(Box::default),
        is_total: indicator.is_total(),
        numerator_reported: numerator == denominator,
        dataset_reported: !lives || !data.table(period, denominator).is_empty(),
        ..Cell::default()
    };
    let mut cells = vec![vec![empty; slices]; specs.hierarchy.len()];
    if !lives || !indicator.is_from_rows() {
        return cells;
    }
    let task = Task { specs, data, rolls, indicator, period };
    task.expect(&mut cells);
    if numerator == denominator {
        task.together(&mut cells);
    } else {
        task.apart(&mut cells);
    }
    specs.hierarchy.add_up(&mut cells, |above, below| above.iter_mut().zip(below).for_each(|(sum, part)| sum.add(part)));
    if numerator != denominator {
        task.mark_one_sided(&mut cells);
    }
    if let Some(percent) = indicator.quantile() {
        task.quantiles(percent, &mut cells);
    }
    cells
}

/// What is needed to compute one indicator in one period.
struct Task<'a> {
    specs: &'a Specs,
    data: &'a Data,
    rolls: &'a [Roll],
    indicator: &'a Indicator,
    period: PeriodIndex,
}

impl<'a> Task<'a> {
    fn roll(&self, dataset: DatasetIndex) -> &'a Roll {
        &self.rolls[dataset.0]
    }

    fn table(&self, dataset: DatasetIndex) -> &'a Table {
        self.data.table(self.period, dataset)
    }

    /// The positions of the slices that a row belongs to; see [`positions`].
    fn positions(&self, dataset: &Dataset, row: &RowView<'_>, seen: &RowView<'_>) -> Vec<usize> {
        positions(self.specs, self.indicator, (dataset, row), seen)
    }

    /// Adds rows to both sides when these share a dataset: a row that did not answer one side leaves both.
    fn together(&self, cells: &mut [Vec<Cell>]) {
        let index = self.indicator.denominator.dataset;
        let (table, roll) = (self.table(index), self.roll(index));
        let dataset = self.specs.dataset(index);
        for row in 0..table.len() {
            let view = RowView::new(table, row);
            let Outcome { numerator, denominator, parts } = evaluate::row(self.indicator, &view);
            if numerator == Side::Outside && denominator == Side::Outside {
                continue;
            }
            let answered = !matches!(numerator, Side::Unanswered) && !matches!(denominator, Side::Unanswered);
            for slice in self.positions(dataset, &view, &view) {
                let cell = &mut cells[table.region(row).0][slice];
                if denominator != Side::Outside {
                    cell.coverage.count(roll.standing(row), answered);
                    cell.rows += 1;
                    cell.counted += u32::from(answered);
                }
                if answered {
                    cell.add_sums(numerator.amount(), denominator.amount(), &parts);
                }
            }
        }
    }

    /// Puts the quantile of what units have in the place of sums. It is computed at each level from the units themselves.
    fn quantiles(&self, percent: u32, cells: &mut [Vec<Cell>]) {
        let index = self.indicator.denominator.dataset;
        let table = self.table(index);
        let mut values: Vec<Vec<Vec<Ratio>>> = cells.iter().map(|slices| vec![Vec::new(); slices.len()]).collect();
        let dataset = self.specs.dataset(index);
        for row in 0..table.len() {
            let view = RowView::new(table, row);
            let Outcome { numerator, denominator, .. } = evaluate::row(self.indicator, &view);
            let (Side::Adds(numerator), Side::Adds(denominator)) = (numerator, denominator) else { continue };
            let numerator = self.indicator.numerator.amount(numerator);
            let over =
                if self.indicator.has_denominator() { self.indicator.denominator.amount(denominator) } else { Amount::whole(1) };
            let Some(value) = numerator.over(over) else { continue };
            for slice in self.positions(dataset, &view, &view) {
                self.specs.hierarchy.upwards(table.region(row)).for_each(|outer| values[outer.0][slice].push(value));
            }
        }
        let smallest = self.specs.smallest(self.indicator);
        for (cell, values) in cells.iter_mut().flatten().zip(values.into_iter().flatten()) {
            cell.over_units(quantile::of(values, percent), smallest);
        }
    }

    /// Whether rows of another dataset tell which group of a breakdown they belong to.
    fn knows(&self, other: &Dataset, slice: &Slice) -> bool {
        let declared = self.specs.dataset(self.indicator.denominator.dataset);
        match *slice {
            Slice::Total => true,
            Slice::Category { breakdown, .. } => declared.shares_groups(self.indicator.breakdowns[breakdown], other),
        }
    }

    /// Adds rows to each side from its own dataset. The numerator has only those slices whose category its dataset has too.
    fn apart(&self, cells: &mut [Vec<Cell>]) {
        let (specs, indicator) = (self.specs, self.indicator);
        let index = indicator.denominator.dataset;
        let (denominators, roll) = (self.table(index), self.roll(index));
        for row in 0..denominators.len() {
            let view = RowView::new(denominators, row);
            let side = evaluate::side(&indicator.denominator, &view);
            if side == Side::Outside {
                continue;
            }
            for slice in self.positions(specs.dataset(index), &view, &view) {
                let cell = &mut cells[denominators.region(row).0][slice];
                let answered = side != Side::Unanswered;
                cell.coverage.count(roll.standing(row), answered);
                cell.rows += 1;
                cell.counted += u32::from(answered);
                cell.add_sums(0, side.amount(), &[]);
            }
        }
        let (own, roll) = (indicator.numerator.dataset, self.roll(indicator.numerator.dataset));
        let numerators = self.table(own);
        let mapping = Mapping::new(specs.dataset(index), specs.dataset(own));
        let known: Vec<bool> = slices(specs, indicator).iter().map(|slice| self.knows(specs.dataset(own), slice)).collect();
        for row in 0..numerators.len() {
            let view = RowView::new(numerators, row);
            let (side, parts) = evaluate::numerator(indicator, &view);
            if side == Side::Outside {
                continue;
            }
            let mapped = RowView::mapped(numerators, row, &mapping);
            for slice in self.positions(specs.dataset(own), &view, &mapped).into_iter().filter(|&slice| known[slice]) {
                let cell = &mut cells[numerators.region(row).0][slice];
                let answered = side != Side::Unanswered;
                cell.apart.get_or_insert_default().coverage.count(roll.standing(row), answered);
                cell.numerator_reported |= answered;
                cell.add_sums(side.amount(), 0, &parts);
            }
        }
        // Where rows are counted, no rows mean zero. Where fields are summed, no rows mean no answer.
        if indicator.numerator.quantity == Quantity::Rows && !numerators.is_empty() {
            let cells = cells.iter_mut().flat_map(|slices| slices.iter_mut().zip(&known));
            cells.for_each(|(cell, known)| cell.numerator_reported = *known);
        }
        // Where both sides come by regions of the same level, a region that lacks one side is left out of both sums.
        let level = |index: DatasetIndex| specs.dataset(index).level;
        if level(own).is_some() && level(own) == level(index) {
            for cell in cells.iter_mut().flatten().filter(|cell| cell.counted == 0 || !cell.numerator_reported) {
                let apart = cell.apart.get_or_insert_default();
                let came = apart.coverage.answered + apart.coverage.unregistered > 0;
                apart.lacks = match (cell.counted > 0, came) {
                    (true, _) => Some(own),
                    (false, true) => Some(index),
                    (false, false) => None,
                };
                apart.coverage.leave_out();
                cell.numerator = 0;
                cell.denominator = 0;
                cell.parts.fill(0);
                cell.counted = 0;
                cell.coverage.leave_out();
            }
        }
    }

    /// Fills in how many units should report, where that is known.
    fn expect(&self, cells: &mut [Vec<Cell>]) {
        let indicator = self.indicator;
        let belongs = |view: &RowView<'_>| evaluate::denominator(indicator, view) != Side::Outside;
        self.expect_side(&indicator.denominator, belongs, cells, |cell| &mut cell.coverage);
        if indicator.numerator.dataset != indicator.denominator.dataset {
            let belongs = |view: &RowView<'_>| evaluate::numerator(indicator, view).0 != Side::Outside;
            self.expect_side(&indicator.numerator, belongs, cells, |cell| &mut cell.apart.get_or_insert_default().coverage);
        }
    }

    /// Counts the expected units of one side. A unit that reported is expected where its return says, if it belongs to the population. A
    /// silent unit is expected where the register says, unless the register tells that it does not belong.
    fn expect_side(&self, side: &Measure, belongs: impl Fn(&RowView<'_>) -> bool, cells: &mut [Vec<Cell>], coverage: CoverageOf) {
        let (specs, roll, table) = (self.specs, self.roll(side.dataset), self.table(side.dataset));
        let (dataset, whole) = (specs.dataset(side.dataset), specs.dataset(self.indicator.denominator.dataset));
        let own = Mapping::new(whole, dataset);
        let register = roll::register(specs, self.data, dataset, self.period)
            .map(|(register, declared)| (register, declared, Mapping::new(whole, declared), Mapping::new(dataset, declared)));
        // For groups of a breakdown that the register does not have, nothing tells how many units should report.
        let is_known = |slice: &Slice| match &register {
            None => *slice == Slice::Total,
            Some((_, declared, ..)) => self.knows(dataset, slice) && self.knows(declared, slice),
        };
        if roll.silent == Silent::Unknown {
            return;
        }
        let known: Vec<bool> = slices(specs, self.indicator).iter().map(is_known).collect();
        for slices in cells.iter_mut() {
            for (cell, _) in slices.iter_mut().zip(&known).filter(|(_, known)| **known) {
                coverage(cell).expected = Some(0);
            }
        }
        let mut expect_one = |region: RegionIndex, slices: &[usize]| {
            slices.iter().for_each(|&slice| coverage(&mut cells[region.0][slice]).expect_one());
        };
        for row in (0..table.len()).filter(|&row| roll.standing(row) == Standing::Listed) {
            let view = RowView::new(table, row);
            if belongs(&view) {
                expect_one(table.region(row), &self.positions(dataset, &view, &RowView::mapped(table, row, &own)));
            }
        }
        match (&roll.silent, &register) {
            (Silent::Regions(silent), _) => silent.iter().for_each(|&region| expect_one(region, &[0])),
            (Silent::Units(silent), Some((register, declared, seen, mapping))) => {
                for &row in silent {
                    let view = RowView::mapped(register, row, mapping);
                    if evaluate::condition(&side.population, &view) != Ok(false) {
                        let (own, seen) = (RowView::new(register, row), RowView::mapped(register, row, seen));
                        expect_one(register.region(row), &self.positions(declared, &own, &seen));
                    }
                }
            }
            (Silent::Unknown, _) | (Silent::Units(_), None) => {}
        }
    }

    /// Marks the regions above one that has rows of one side and none of the other, though nothing tells that none was due: their sums hold
    /// one side without the other.
    fn mark_one_sided(&self, cells: &mut [Vec<Cell>]) {
        let hierarchy = &self.specs.hierarchy;
        let (numerator, denominator) = (self.indicator.numerator.dataset, self.indicator.denominator.dataset);
        let (numerators, denominators) = (self.reaches(numerator), self.reaches(denominator));
        for (region, _) in hierarchy.all().skip(1) {
            for slice in 0..cells[region.0].len() {
                let cell = &cells[region.0][slice];
                let other = cell.numerator_coverage().copied().unwrap_or_default();
                let no_numerator = cell.counted > 0 && !cell.numerator_reported && other.expected.is_none();
                let no_denominator =
                    other.answered + other.unregistered > 0 && cell.counted == 0 && cell.coverage.expected.is_none();
                let lacks = match (no_numerator && numerators[region.0], no_denominator && denominators[region.0]) {
                    (true, _) => numerator,
                    (false, true) => denominator,
                    (false, false) => continue,
                };
                cells[region.0][slice].apart.get_or_insert_default().lacks = Some(lacks);
                hierarchy.upwards(region).skip(1).for_each(|outer| cells[outer.0][slice].one_sided = true);
            }
        }
    }

    /// For each region, whether rows of a dataset may stand in it or within it. The dataset's level tells; where it has none, no row may
    /// stand in a region above.
    fn reaches(&self, dataset: DatasetIndex) -> Vec<bool> {
        let hierarchy = &self.specs.hierarchy;
        if let Some(level) = self.specs.dataset(dataset).level {
            return hierarchy.all().map(|(_, region)| region.level <= level).collect();
        }
        let table = self.table(dataset);
        let mut holds = vec![false; hierarchy.len()];
        (0..table.len()).for_each(|row| holds[table.region(row).0] = true);
        hierarchy.all().map(|(index, _)| !hierarchy.upwards(index).skip(1).any(|outer| holds[outer.0])).collect()
    }
}

/// Gives the coverage of one side of a cell.
type CoverageOf = fn(&mut Cell) -> &mut Coverage;

/// How many units of a dataset should report and how many did, by region.
fn reporting(specs: &Specs, data: &Data, roll: &Roll, period: PeriodIndex, index: DatasetIndex) -> Vec<Coverage> {
    let dataset = specs.dataset(index);
    let table = data.table(period, index);
    let known = (roll.silent != Silent::Unknown).then_some(0);
    let mut coverages = vec![Coverage { expected: known, ..Coverage::default() }; specs.hierarchy.len()];
    let is_total = Condition::All(dataset.of_totals(None));
    // Rows of groups are no returns beside that of their total.
    for row in (0..table.len()).filter(|&row| evaluate::condition(&is_total, &RowView::new(table, row)) == Ok(true)) {
        let coverage = &mut coverages[table.region(row).0];
        coverage.count(roll.standing(row), true);
        if roll.standing(row) == Standing::Listed {
            coverage.expect_one();
        }
    }
    match (&roll.silent, roll::register(specs, data, dataset, period)) {
        (Silent::Regions(silent), _) => silent.iter().for_each(|region| coverages[region.0].expect_one()),
        (Silent::Units(silent), Some((register, _))) => {
            silent.iter().for_each(|&row| coverages[register.region(row).0].expect_one());
        }
        (Silent::Unknown, _) | (Silent::Units(_), None) => {}
    }
    specs.hierarchy.add_up(&mut coverages, Coverage::add);
    coverages
}
