//! Which units have everything that the indicators ask about, and which lack one thing only.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::evaluate::{self, RowView, Side};
use crate::dataset::Data;
use crate::period::PeriodIndex;
use crate::region::RegionIndex;
use crate::spec::{DatasetIndex, Direction, IndicatorIndex, Specs};

/// How the units stand of the dataset with the most indicators that tell whether a unit has something.
#[derive(Clone, Debug)]
pub struct Near {
    /// The dataset.
    pub dataset: DatasetIndex,
    /// How many of these indicators there are.
    pub conditions: usize,
    units: Vec<Unit>,
}

/// A unit and the indicators that tell what it lacks.
#[derive(Clone, Debug)]
struct Unit {
    region: RegionIndex,
    title: String,
    lacks: Vec<IndicatorIndex>,
}

/// The units of a region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NearUnits<'a> {
    /// How many units answered everything that they were asked.
    pub whole: usize,
    /// How many of these have everything.
    pub ready: usize,
    /// The names of the units that lack one thing only, by what they lack; the largest group comes first.
    pub lacking: Vec<(IndicatorIndex, Vec<&'a str>)>,
}

/// The units of a period. An indicator tells what a unit has if it counts units on both sides, from one population, and more is better.
/// `None` where no dataset has two such indicators.
pub fn run(specs: &Specs, data: &Data, period: PeriodIndex) -> Option<Near> {
    let mut conditions: BTreeMap<DatasetIndex, Vec<IndicatorIndex>> = BTreeMap::new();
    for (index, indicator) in specs.indicators_of(period) {
        if indicator.counts_rows() && indicator.shares_population() && indicator.direction == Direction::Up {
            conditions.entry(indicator.denominator.dataset).or_default().push(index);
        }
    }
    let (dataset, conditions) = conditions.into_iter().max_by_key(|(dataset, found)| (found.len(), Reverse(*dataset)))?;
    if conditions.len() < 2 {
        return None;
    }
    let table = data.table(period, dataset);
    let unit = |row: usize| {
        let lacks = lacks(specs, &conditions, &RowView::new(table, row))?;
        // Where no unit may be named, nobody behind the door has its name.
        let named = specs.programme.name_units;
        let title = if named { table.title(specs, specs.dataset(dataset), row) } else { String::new() };
        Some(Unit { region: table.region(row), title, lacks })
    };
    Some(Near { dataset, conditions: conditions.len(), units: (0..table.len()).filter_map(unit).collect() })
}

/// What a unit lacks; `None` where nothing is asked of it, or where it left something unanswered and may have that or not.
fn lacks(specs: &Specs, conditions: &[IndicatorIndex], view: &RowView<'_>) -> Option<Vec<IndicatorIndex>> {
    let (mut asked, mut lacks) = (false, Vec::new());
    for &index in conditions {
        let outcome = evaluate::row(specs.indicator(index), view);
        match (outcome.denominator, outcome.numerator) {
            (Side::Adds(1..), Side::Adds(1..)) => asked = true,
            (Side::Adds(1..), Side::Adds(_) | Side::Outside) => {
                asked = true;
                lacks.push(index);
            }
            (Side::Adds(1..), Side::Unanswered) => return None,
            (Side::Adds(_) | Side::Outside | Side::Unanswered, Side::Adds(_) | Side::Outside | Side::Unanswered) => {}
        }
    }
    asked.then_some(lacks)
}

impl Near {
    /// The units of a region and of all regions within it.
    pub fn within(&self, specs: &Specs, region: RegionIndex) -> NearUnits<'_> {
        let (mut whole, mut ready, mut lacking) = (0, 0, BTreeMap::<IndicatorIndex, Vec<&str>>::new());
        for unit in self.units.iter().filter(|unit| specs.hierarchy.contains(region, unit.region)) {
            whole += 1;
            match unit.lacks.as_slice() {
                [] => ready += 1,
                [only] => lacking.entry(*only).or_default().push(&unit.title),
                [_, _, ..] => {}
            }
        }
        let mut lacking: Vec<(IndicatorIndex, Vec<&str>)> = lacking.into_iter().collect();
        lacking.sort_by_key(|(index, names)| (Reverse(names.len()), *index));
        NearUnits { whole, ready, lacking }
    }
}
