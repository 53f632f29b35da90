//! How far a target is, counted in units; where the gap lies; and the way to the targets ahead.

use super::Results;
use super::compare::{self, Gap, Status};
use crate::period::PeriodIndex;
use crate::region::RegionIndex;
use crate::spec::{Direction, Indicator, IndicatorIndex, Specs};
use crate::value::Ratio;

/// The gap of one indicator in a region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need {
    /// The indicator.
    pub indicator: IndicatorIndex,
    /// The value now.
    pub value: Ratio,
    /// The target, in the printed unit, and the period it is set for.
    pub target: (PeriodIndex, Ratio),
    /// How far the value is from the target.
    pub gap: Gap,
    /// The regions right below with a part of the gap, and how many units each lacks; the largest part comes first.
    pub places: Vec<(RegionIndex, i128)>,
    /// The way to the targets ahead, with a step for each period.
    pub steps: Vec<Step>,
}

/// A step on the way to a target: what must be reached by a period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The period.
    pub period: PeriodIndex,
    /// By how many units the count must have grown since now (shrunk, where less is better).
    pub units: i128,
    /// The value by then; in the period of a target, the target.
    pub value: Ratio,
}

/// What a region needs in a period: its indicators behind their targets whose gap can be counted in units, the largest gap first. `below`
/// are the regions in which the gaps may lie.
pub fn needs(specs: &Specs, results: &Results, period: PeriodIndex, region: RegionIndex, below: &[RegionIndex]) -> Vec<Need> {
    let need = |(index, indicator)| need(specs, results, (index, indicator), period, (region, below));
    let mut needs: Vec<Need> = specs.indicators_of(period).filter_map(need).collect();
    needs.sort_by_key(|need| -need.gap.units);
    needs
}

fn need(
    specs: &Specs,
    results: &Results,
    (index, indicator): (IndicatorIndex, &Indicator),
    period: PeriodIndex,
    (region, below): (RegionIndex, &[RegionIndex]),
) -> Option<Need> {
    if indicator.per != 100 || !indicator.shares_population() {
        return None;
    }
    let (due, target) = indicator.target(period)?;
    let gap = |region: RegionIndex| {
        let value = results.total(index, period, region).value().ok()?;
        Some((value, compare::gap(indicator, value, target, &specs.programme.thresholds)?))
    };
    let (value, own) = gap(region).filter(|(_, gap)| gap.status != Status::Reached)?;
    let place = |&region: &RegionIndex| gap(region).map(|(_, gap)| (region, gap.units)).filter(|(_, units)| *units > 0);
    let mut places: Vec<(RegionIndex, i128)> = below.iter().filter_map(place).collect();
    places.sort_by_key(|&(region, units)| (-units, region));
    let steps = steps(specs, indicator, period, value);
    Some(Need { indicator: index, value, target: (due, target), gap: own, places, steps })
}

/// The way to the targets ahead, spread evenly over the days: for each period, how many units more than now it needs. The number of units
/// is taken as it is now; the way does not foresee how it changes.
fn steps(specs: &Specs, indicator: &Indicator, now: PeriodIndex, value: Ratio) -> Vec<Step> {
    let missing = |target: Ratio| compare::gap(indicator, value, target, &specs.programme.thresholds).map_or(0, |gap| gap.units);
    let mut steps = Vec::new();
    let (mut from, mut done) = (now, 0);
    for &(due, target) in indicator.targets.iter().filter(|(due, _)| *due > now) {
        let (start, day) = (specs.period(from).date, |period| specs.period(period).date);
        let days = |to: PeriodIndex| i128::from(start.until(day(to)).map_or(0, |span| span.get_days())).max(1);
        let (whole, length) = (missing(target), days(due));
        for period in (from.0 + 1..=due.0).map(PeriodIndex) {
            // Steps are rounded up, so that the last year is not left with what could have been done before.
            let units = done + ((whole - done).max(0) * days(period) + length - 1) / length;
            let then = if period == due { target.over(100) } else { with(indicator, value, units) };
            steps.push(Step { period, units, value: then });
        }
        (from, done) = (due, whole.max(done));
    }
    steps
}

/// The value when `units` more count (fewer, where less is better).
fn with(indicator: &Indicator, value: Ratio, units: i128) -> Ratio {
    let change = Ratio::new(units, value.denominator()).unwrap_or(Ratio::whole(0));
    match indicator.direction {
        Direction::Up | Direction::Neutral => value.plus(change),
        Direction::Down => value.minus(change),
    }
}
