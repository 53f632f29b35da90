//! What each unit has of what the indicators ask about: which units have everything, and which lack one thing only.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::evaluate::{self, RowView, Side};
use crate::dataset::Data;
use crate::period::PeriodIndex;
use crate::region::RegionIndex;
use crate::spec::{DatasetIndex, Direction, Indicator, IndicatorIndex, Specs};

/// What the units have of the dataset with the most indicators that tell whether a unit has something: its conditions.
#[derive(Clone, Debug)]
pub struct Conditions {
    /// The dataset.
    pub dataset: DatasetIndex,
    /// The indicators, in the order of the specifications.
    pub indicators: Vec<IndicatorIndex>,
    units: Vec<Unit>,
}

/// A unit and what it has.
#[derive(Clone, Debug)]
pub struct Unit {
    /// Its region.
    pub region: RegionIndex,
    /// Its name; empty where the programme names no units.
    pub title: String,
    /// What it has, in the order of the indicators.
    pub states: Vec<State>,
}

/// Whether a unit has what an indicator asks about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It has.
    Has,
    /// It has not.
    Lacks,
    /// It did not answer.
    Unanswered,
    /// It is not asked.
    Outside,
}

/// The units of a region that answered everything they were asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NearUnits<'a> {
    /// How many units answered everything that they were asked.
    pub whole: usize,
    /// How many of these have everything.
    pub ready: usize,
    /// The names of the units that lack one thing only, by what they lack; the largest group comes first.
    pub lacking: Vec<(IndicatorIndex, Vec<&'a str>)>,
}

/// The units of a period. An indicator tells what a unit has if it counts units on both sides, from one population, and more is better;
/// `may_tell` leaves out those of which nobody may know. `None` where no dataset has two such indicators.
pub fn run(specs: &Specs, data: &Data, period: PeriodIndex, may_tell: impl Fn(&Indicator) -> bool) -> Option<Conditions> {
    let mut conditions: BTreeMap<DatasetIndex, Vec<IndicatorIndex>> = BTreeMap::new();
    for (index, indicator) in specs.indicators_of(period).filter(|(_, indicator)| may_tell(indicator)) {
        let is_share = !indicator.is_total() && indicator.counts_rows() && indicator.shares_population();
        if is_share && indicator.direction == Direction::Up {
            conditions.entry(indicator.denominator.dataset).or_default().push(index);
        }
    }
    let (dataset, indicators) = conditions.into_iter().max_by_key(|(dataset, found)| (found.len(), Reverse(*dataset)))?;
    if indicators.len() < 2 {
        return None;
    }
    let table = data.table(period, dataset);
    let unit = |row: usize| {
        let view = RowView::new(table, row);
        let states: Vec<State> = indicators.iter().map(|&index| state(specs.indicator(index), &view)).collect();
        // A unit that is asked nothing has no part in it.
        if states.iter().all(|state| *state == State::Outside) {
            return None;
        }
        // Where no unit may be named, nobody behind the door has its name.
        let named = specs.programme.name_units;
        let title = if named { table.title(specs, specs.dataset(dataset), row) } else { String::new() };
        Some(Unit { region: table.region(row), title, states })
    };
    let units = (0..table.len()).filter_map(unit).collect();
    Some(Conditions { dataset, indicators, units })
}

/// Whether the unit in a row has what an indicator asks about.
fn state(indicator: &Indicator, view: &RowView<'_>) -> State {
    let outcome = evaluate::row(indicator, view);
    match (outcome.denominator, outcome.numerator) {
        (Side::Adds(1..), Side::Adds(1..)) => State::Has,
        (Side::Adds(1..), Side::Adds(_) | Side::Outside) => State::Lacks,
        (Side::Adds(1..), Side::Unanswered) | (Side::Unanswered, _) => State::Unanswered,
        (Side::Adds(_) | Side::Outside, Side::Adds(_) | Side::Outside | Side::Unanswered) => State::Outside,
    }
}

impl Conditions {
    /// The units of a region and of all regions within it.
    pub fn units(&self, specs: &Specs, region: RegionIndex) -> impl Iterator<Item = &Unit> {
        self.units.iter().filter(move |unit| specs.hierarchy.contains(region, unit.region))
    }

    /// Those of them that have everything, and those that lack one thing only. A unit that left something unanswered may have that or not,
    /// so it is neither.
    pub fn near(&self, specs: &Specs, region: RegionIndex) -> NearUnits<'_> {
        let (mut whole, mut ready, mut lacking) = (0, 0, BTreeMap::<IndicatorIndex, Vec<&str>>::new());
        for unit in self.units(specs, region).filter(|unit| !unit.states.contains(&State::Unanswered)) {
            whole += 1;
            let mut lacks = unit.states.iter().zip(&self.indicators).filter(|(state, _)| **state == State::Lacks);
            match (lacks.next(), lacks.next()) {
                (None, _) => ready += 1,
                (Some((_, only)), None) => lacking.entry(*only).or_default().push(&unit.title),
                (Some(_), Some(_)) => {}
            }
        }
        let mut lacking: Vec<(IndicatorIndex, Vec<&str>)> = lacking.into_iter().collect();
        lacking.sort_by_key(|(index, names)| (Reverse(names.len()), *index));
        NearUnits { whole, ready, lacking }
    }
}
