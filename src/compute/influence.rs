//! Which numbers rest on a cell: those that would change if something else stood in it.
//!
//! Nothing is followed through formulas here: each other answer that the field allows is put into the cell, and the numbers are computed
//! anew. So a number is named exactly when one of these answers changes its numerator, its denominator or its coverage.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::evaluate::{self, Mapping, RowView};
use super::roll::{self, Roll, Silent};
use super::{Cell, Coverage, positions};
use crate::dataset::{Aside, Data, Table, Typed, Why};
use crate::diagnostic::FileName;
use crate::period::PeriodIndex;
use crate::region::RegionIndex;
use crate::spec::expression::{Condition, Sum};
use crate::spec::{Corrections, Dataset, DatasetIndex, FieldIndex, FieldKind, Indicator, IndicatorIndex, LARGEST_COUNT, Specs};
use crate::value::Blank;

/// What a number is about, of an indicator in a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sums {
    /// The units of a slice, by its position.
    Slice(usize),
    /// A part of the numerator, by its position.
    Part(usize),
}

/// The numbers of a period, each by its indicator, what it is about, and its region.
pub type Touched = BTreeSet<(IndicatorIndex, Sums, RegionIndex)>;

/// What is looked at.
#[derive(Clone, Debug, Default)]
pub struct Spots {
    /// Cells of rows that count: the dataset, the row, and the field; all of a row, and that it came at all, where there is no field.
    pub rows: Vec<(DatasetIndex, usize, Option<FieldIndex>)>,
    /// The same of rows that were set aside, by their position among these.
    pub asides: Vec<(DatasetIndex, usize, Option<FieldIndex>)>,
}

/// What rests on some cells.
#[derive(Clone, Debug, Default)]
pub struct Influence {
    /// The numbers.
    pub numbers: Touched,
    /// Whether a cell tells where its row counts: with another region there, the numbers of that region and of all above it change too.
    pub moves: bool,
    /// Whether a cell tells which unit its row is: with the key of another unit there, the numbers of that unit change too.
    pub renames: bool,
}

/// What rests on some cells of a period.
pub fn of(specs: &Specs, data: &Data, period: PeriodIndex, spots: &Spots) -> Influence {
    let bench = Bench::new(specs, data, period);
    let mut found = Influence::default();
    bench.all_at_once(spots, &mut found);
    for &(dataset, row, field) in &spots.rows {
        match field {
            Some(field) => bench.cell(At { dataset, row }, field, &mut found),
            None => bench.row(At { dataset, row }, &mut found),
        }
    }
    for &(dataset, position, field) in &spots.asides {
        bench.aside(dataset, position, field, &mut found);
    }
    found
}

/// A row that counts.
#[derive(Clone, Copy, Debug)]
struct At {
    dataset: DatasetIndex,
    row: usize,
}

/// The numbers as they are, and what is needed to compute them anew.
struct Bench<'a> {
    specs: &'a Specs,
    data: &'a Data,
    period: PeriodIndex,
    rolls: Vec<Roll>,
    /// The numbers of the indicators of the period.
    before: BTreeMap<IndicatorIndex, Vec<Vec<Cell>>>,
    /// The rows of the registers, by key.
    registered: BTreeMap<DatasetIndex, BTreeMap<Vec<String>, usize>>,
    /// The keys of the rows without a key of their own that were found by name.
    interpreted: BTreeSet<(&'a FileName, &'a str, u32, u32)>,
}

/// The other tables of an experiment.
type Other = Vec<(DatasetIndex, Table)>;

impl<'a> Bench<'a> {
    fn new(specs: &'a Specs, data: &'a Data, period: PeriodIndex) -> Self {
        let rolls = roll::all(specs, data, period);
        let computed = |(index, indicator): (IndicatorIndex, &Indicator)| {
            (index, super::indicator(specs, data, &rolls, indicator, period))
        };
        let before = specs.indicators_of(period).map(computed).collect();
        let registers: BTreeSet<DatasetIndex> = specs.datasets.iter().filter_map(|dataset| dataset.expected).collect();
        let keyed = |index: DatasetIndex| {
            let (table, dataset) = (data.table(period, index), specs.dataset(index));
            let mut keys = BTreeMap::new();
            (0..table.len()).for_each(|row| _ = keys.entry(table.key(specs, dataset, row)).or_insert(row));
            (index, keys)
        };
        let registered = registers.into_iter().map(keyed).collect();
        let place = |place: &'a crate::diagnostic::Place| match place {
            crate::diagnostic::Place::Cell { file, sheet, row, column: Some(column) } => Some((file, sheet.as_ref(), *row, *column)),
            _ => None,
        };
        let interpreted = data.interpretations.iter().filter_map(|found| place(&found.place)).collect();
        Self { specs, data, period, rolls, before, registered, interpreted }
    }
}
