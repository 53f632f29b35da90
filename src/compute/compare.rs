//! Numbers set beside each other: change, rank, gap to the target. Exact; nothing is rounded here.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use rayon::prelude::*;

use super::Results;
use crate::period::PeriodIndex;
use crate::region::{LevelIndex, RegionIndex};
use crate::spec::{Direction, Indicator, IndicatorIndex, Specs, Thresholds};
use crate::value::{Ratio, Value};

/// The difference of two values, where both are numbers.
pub fn difference(value: Value, other: Value) -> Option<Ratio> {
    Some(value.ok()?.minus(other.ok()?))
}

/// The change from an earlier value, as a share of it; `None` where one is missing or the earlier one is not above zero.
pub fn relative(value: Value, earlier: Value) -> Option<Ratio> {
    let earlier = earlier.ok().filter(|earlier| earlier.sign() == Ordering::Greater)?;
    value.ok()?.minus(earlier).divided_by(earlier)
}

/// Whether a difference is for the better (`Greater`), for the worse or neither, printed with so many decimals. A difference that prints as
/// zero is neither.
pub fn verdict(difference: Ratio, per: i64, decimals: u32, direction: Direction) -> Ordering {
    let sign = difference.times(per).rounded(decimals).cmp(&0);
    match direction {
        Direction::Up => sign,
        Direction::Down => sign.reverse(),
        Direction::Neutral => Ordering::Equal,
    }
}

/// The order of two values, the better one first; values without a number come last.
pub fn better_first(left: Value, right: Value, direction: Direction) -> Ordering {
    match (left, right) {
        (Ok(left), Ok(right)) => match direction {
            Direction::Up | Direction::Neutral => right.cmp(&left),
            Direction::Down => left.cmp(&right),
        },
        (Ok(_), Err(_)) => Ordering::Less,
        (Err(_), Ok(_)) => Ordering::Greater,
        (Err(_), Err(_)) => Ordering::Equal,
    }
}

/// A place among regions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rank {
    /// 1 is the best; equal values share a place.
    pub position: usize,
    /// How many regions have a place.
    pub of: usize,
}

/// The places of all regions, by indicator, period and region.
#[derive(Clone, Debug)]
pub struct Ranks(Vec<Vec<Vec<Option<Rank>>>>);

impl Ranks {
    /// The places that these results give.
    pub fn new(specs: &Specs, results: &Results) -> Self {
        let of = |index| specs.periods().map(|period| ranks(specs, results, index, period)).collect();
        Self((0..specs.indicators.len()).into_par_iter().map(|index| of(IndicatorIndex(index))).collect())
    }

    /// The place of a region among the regions of its level with the same parent. `None` where the region has no firm number or no neighbours
    /// with one, or neither more nor less is better.
    pub fn of(&self, indicator: IndicatorIndex, period: PeriodIndex, region: RegionIndex) -> Option<Rank> {
        self.0[indicator.0][period.0][region.0]
    }
}

/// The places of all regions in one indicator and period. Numbers that rest on few units or on incomplete answers have none.
fn ranks(specs: &Specs, results: &Results, index: IndicatorIndex, period: PeriodIndex) -> Vec<Option<Rank>> {
    let (hierarchy, indicator) = (&specs.hierarchy, specs.indicator(index));
    let direction = indicator.direction;
    let mut ranks = vec![None; hierarchy.len()];
    if direction == Direction::Neutral {
        return ranks;
    }
    let day = specs.period(period).date;
    let mut neighbours: BTreeMap<(RegionIndex, LevelIndex), Vec<(Ratio, RegionIndex)>> = BTreeMap::new();
    for (region, named) in hierarchy.all().filter(|(_, region)| region.exists_on(day)) {
        let cell = results.total(index, period, region);
        if let (Some(parent), Ok(value), true) = (named.parent, cell.value(), cell.is_firm(specs, indicator)) {
            neighbours.entry((parent, named.level)).or_default().push((value, region));
        }
    }
    for mut neighbours in neighbours.into_values().filter(|neighbours| neighbours.len() > 1) {
        neighbours.sort_by(|(left, _), (right, _)| better_first(Ok(*left), Ok(*right), direction));
        let of = neighbours.len();
        let mut position = 1;
        for (at, &(value, region)) in neighbours.iter().enumerate() {
            if at > 0 && value != neighbours[at - 1].0 {
                position = at + 1;
            }
            ranks[region.0] = Some(Rank { position, of });
        }
    }
    ranks
}

/// How a value stands to its target; the best comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// On the right side of the target.
    Reached,
    /// At most as far from the target as the programme's threshold allows.
    Near,
    /// Farther from the target.
    Behind,
}

impl Status {
    /// Its name in files and in the keys of labels.
    pub fn name(self) -> &'static str {
        match self {
            Status::Reached => "reached",
            Status::Near => "near",
            Status::Behind => "behind",
        }
    }
}

/// The way to a target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// How the value stands.
    pub status: Status,
    /// What is missing, in the printed unit; zero or below when the target is reached.
    pub points: Ratio,
    /// How many more units of the denominator the numerator must have (fewer, where less is better); zero when the target is reached. Where
    /// the sides have decimals, it is counted in 10^-places: see [`Indicator::places`].
    pub units: i128,
}

/// The way from a value to a target in the printed unit. `None` for indicators where neither more nor less is better.
pub fn gap(indicator: &Indicator, value: Ratio, target: Ratio, thresholds: &Thresholds) -> Option<Gap> {
    let reached_at = target.over(u32::try_from(indicator.per).expect("`per` is a small positive number"));
    let (points, missing) = match indicator.direction {
        Direction::Up => (target.minus(value.times(indicator.per)), reached_at.minus(value)),
        Direction::Down => (value.times(indicator.per).minus(target), value.minus(reached_at)),
        Direction::Neutral => return None,
    };
    let denominator = i64::try_from(value.denominator()).expect("a sum of counts fits");
    let status = match points.sign() {
        Ordering::Less | Ordering::Equal => Status::Reached,
        Ordering::Greater if thresholds.is_near(points, target, indicator.per) => Status::Near,
        Ordering::Greater => Status::Behind,
    };
    Some(Gap { status, points, units: missing.times(denominator).ceiling().max(0) })
}
