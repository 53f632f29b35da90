//! How far a target is, counted in units; where the gap lies; and the way to the targets ahead.

use std::cmp::Ordering;

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
    /// The way from now to the targets ahead, with a step for each period.
    pub steps: Vec<Step>,
}

impl Need {
    /// Whether the period of the target is now or has passed, so that the target was missed and no step leads to it.
    pub fn has_lapsed(&self, now: PeriodIndex) -> bool {
        self.target.0 <= now
    }

    /// The share of the target that is missing. `None` for a target of nothing, of which everything above it is too much.
    pub fn missing_share(&self) -> Option<Ratio> {
        self.gap.points.divided_by(self.target.1)
    }
}

/// A step on the way to a target: what must be reached by a period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The period.
    pub period: PeriodIndex,
    /// Who asks for it.
    pub origin: Origin,
    /// By how many units the count must have grown since now (shrunk, where less is better).
    pub units: i128,
    /// The value by then; in the period of a target, the target.
    pub value: Ratio,
}

/// Where what a step asks for comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The specifications set it as a target.
    Set,
    /// It was computed, as a part of the way to the next target that is set.
    Computed,
}

impl Origin {
    /// Its name in templates and in the keys of labels.
    pub fn name(self) -> &'static str {
        match self {
            Origin::Set => "set",
            Origin::Computed => "computed",
        }
    }
}

/// What a region needs in a period: its indicators behind their targets whose gap can be counted in units. Indicators count different
/// units, so the share of the target that is missing orders them, the largest first. `below` are the regions in which the gaps may lie.
pub fn needs(specs: &Specs, results: &Results, period: PeriodIndex, region: RegionIndex, below: &[RegionIndex]) -> Vec<Need> {
    let need = |(index, indicator)| need(specs, results, (index, indicator), period, (region, below));
    let mut needs: Vec<Need> = specs.indicators_of(period).filter_map(need).collect();
    needs.sort_by(|left, right| farther(left.missing_share(), right.missing_share()));
    needs
}

/// The larger missing share first. Before all of them comes what has none, since it is infinitely far from its target.
fn farther(left: Option<Ratio>, right: Option<Ratio>) -> Ordering {
    match (left, right) {
        (Some(left), Some(right)) => right.cmp(&left),
        (None, Some(_)) => Ordering::Less,
        (Some(_), None) => Ordering::Greater,
        (None, None) => Ordering::Equal,
    }
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

/// The way from now to the targets ahead, spread evenly over the days: for each period, how many units more than now it needs. No step asks
/// for more than the next target does. The number of units is taken as it is now; the way does not foresee how it changes.
fn steps(specs: &Specs, indicator: &Indicator, now: PeriodIndex, value: Ratio) -> Vec<Step> {
    let missing = |target: Ratio| compare::gap(indicator, value, target, &specs.programme.thresholds).map_or(0, |gap| gap.units);
    let mut steps = Vec::new();
    let (mut from, mut done) = (now, 0);
    for &(due, target) in indicator.targets.iter().filter(|(due, _)| *due > now) {
        let (start, day) = (specs.period(from).date, |period| specs.period(period).date);
        let days = |to: PeriodIndex| i128::from(start.until(day(to)).map_or(0, |span| span.get_days())).max(1);
        let (whole, length) = (missing(target), days(due));
        // A target that asks for less than the one before it asks nothing more on the way.
        let begun = done.min(whole);
        for period in (from.0 + 1..due.0).map(PeriodIndex) {
            // Steps are rounded up, so that the last year is not left with what could have been done before.
            let units = begun + ((whole - begun) * days(period) + length - 1) / length;
            let then = within(indicator, with(indicator, value, units), target);
            steps.push(Step { period, origin: Origin::Computed, units, value: then });
        }
        steps.push(Step { period: due, origin: Origin::Set, units: whole, value: target.over(100) });
        (from, done) = (due, whole);
    }
    steps
}

/// A value on the way to a target, and no farther: whole units may lead beyond it.
fn within(indicator: &Indicator, value: Ratio, target: Ratio) -> Ratio {
    match indicator.direction {
        Direction::Up | Direction::Neutral => value.min(target.over(100)),
        Direction::Down => value.max(target.over(100)),
    }
}

/// The value when `units` more count (fewer, where less is better).
fn with(indicator: &Indicator, value: Ratio, units: i128) -> Ratio {
    let change = Ratio::new(units, value.denominator()).unwrap_or(Ratio::whole(0));
    match indicator.direction {
        Direction::Up | Direction::Neutral => value.plus(change),
        Direction::Down => value.minus(change),
    }
}
