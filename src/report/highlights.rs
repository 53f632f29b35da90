//! What stands out among the indicators of a region: the largest rise and fall, the nearest and the farthest target.

use std::cmp::Ordering;

use super::Scope;
use super::model::{Highlight, Highlights};
use crate::compute::compare::{self, Status};
use crate::spec::{Indicator, IndicatorIndex};
use crate::value::Ratio;

/// What stands out among shares in percent that rest on enough units and answers.
pub fn words(scope: &Scope<'_>) -> Highlights {
    let indicators = scope.material.specs.indicators_of(scope.material.period);
    let indicators: Vec<(IndicatorIndex, &Indicator)> = indicators.filter(|(_, indicator)| indicator.per == 100).collect();
    let changes: Vec<Found<'_>> = indicators.iter().filter_map(|&(index, indicator)| change(scope, index, indicator)).collect();
    let gaps: Vec<Found<'_>> = indicators.iter().filter_map(|&(index, indicator)| gap(scope, index, indicator)).collect();
    let rises = changes.iter().filter(|found| found.points > Ratio::whole(0));
    let falls = changes.iter().filter(|found| found.points < Ratio::whole(0));
    Highlights {
        rise: first(scope, rises, |left, right| right.weight.cmp(&left.weight)),
        fall: first(scope, falls, |left, right| left.weight.cmp(&right.weight)),
        nearest: first(scope, gaps.iter(), |left, right| left.weight.cmp(&right.weight)),
        farthest: first(scope, gaps.iter(), |left, right| right.weight.cmp(&left.weight)),
    }
}

/// A change or a gap.
struct Found<'a> {
    indicator: &'a Indicator,
    /// In points.
    points: Ratio,
    /// By what it is compared with the others.
    weight: (Status, Ratio),
}

/// The one that comes first; of equal ones the first in the order of the indicators.
fn first<'a>(
    scope: &Scope<'_>,
    found: impl Iterator<Item = &'a Found<'a>>,
    order: impl Fn(&Found<'a>, &Found<'a>) -> Ordering,
) -> Option<Highlight> {
    let printed = found.filter(|found| found.points.rounded(found.indicator.decimals) != 0);
    let Found { indicator, points, .. } = printed.min_by(|left, right| order(left, right))?;
    Some(Highlight {
        id: indicator.id.clone(),
        short: indicator.short.get(scope.code()).to_owned(),
        points: scope.gap(size(*points), indicator.decimals).table,
    })
}

/// The change since the period before, where both numbers are firm.
fn change<'a>(scope: &Scope<'_>, index: IndicatorIndex, indicator: &'a Indicator) -> Option<Found<'a>> {
    let material = scope.material;
    let now = material.results.total(index, material.period, scope.region);
    let before = material.results.total(index, material.period.previous()?, scope.region);
    if !scope.is_firm(now) || !scope.is_firm(before) {
        return None;
    }
    let points = compare::difference(now.value(), before.value())?.times(indicator.per);
    Some(Found { indicator, points, weight: (Status::Reached, points) })
}

/// What is missing to the target, where the number is firm. What is near comes before what is behind; within these the points decide,
/// or, where the programme measures nearness by it, their share of the target.
fn gap<'a>(scope: &Scope<'_>, index: IndicatorIndex, indicator: &'a Indicator) -> Option<Found<'a>> {
    let thresholds = &scope.material.specs.programme.thresholds;
    let (_, target) = indicator.target(scope.material.period)?;
    let cell = scope.material.results.total(index, scope.material.period, scope.region);
    let gap = compare::gap(indicator, cell.value().ok()?, target, thresholds)?;
    let share = thresholds.near_share.and_then(|_| gap.points.divided_by(target));
    let missing = gap.status != Status::Reached && scope.is_firm(cell);
    missing.then(|| Found { indicator, points: gap.points, weight: (gap.status, share.unwrap_or(gap.points)) })
}

fn size(points: Ratio) -> Ratio {
    if points < Ratio::whole(0) { Ratio::whole(0).minus(points) } else { points }
}
