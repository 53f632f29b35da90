//! Numbers set beside each other: change, rank, gap to the target. Exact; nothing is rounded here.

use std::cmp::Ordering;

use super::Results;
use crate::period::PeriodIndex;
use crate::region::RegionIndex;
use crate::spec::{Direction, Indicator, IndicatorIndex, Specs, Thresholds};
use crate::value::{Ratio, Value};

/// The difference of two values, where both are numbers.
pub fn difference(value: Value, other: Value) -> Option<Ratio> {
    Some(value.ok()?.minus(other.ok()?))
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
    /// How many regions have a number.
    pub of: usize,
}

/// The place of a region among the regions with the same parent. `None` where the region has no number or no neighbours, or neither more
/// nor less is better.
pub fn rank(specs: &Specs, results: &Results, index: IndicatorIndex, period: PeriodIndex, region: RegionIndex) -> Option<Rank> {
    let (hierarchy, indicator) = (&specs.hierarchy, specs.indicator(index));
    let value = results.total(index, period, region).value().ok()?;
    if indicator.direction == Direction::Neutral {
        return None;
    }
    let siblings = hierarchy.children(hierarchy.region(region).parent?, specs.period(period).date);
    let level = hierarchy.region(region).level;
    let values: Vec<Ratio> = siblings
        .into_iter()
        .filter(|&sibling| hierarchy.region(sibling).level == level)
        .filter_map(|sibling| results.total(index, period, sibling).value().ok())
        .collect();
    let better =
        values.iter().filter(|other| better_first(Ok(**other), Ok(value), indicator.direction) == Ordering::Less).count();
    (values.len() > 1).then_some(Rank { position: better + 1, of: values.len() })
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
    /// How many more units of the denominator the numerator must have (fewer, where less is better); zero when the target is reached.
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
        Ordering::Greater if thresholds.is_near(points, target) => Status::Near,
        Ordering::Greater => Status::Behind,
    };
    Some(Gap { status, points, units: missing.times(denominator).ceiling().max(0) })
}
