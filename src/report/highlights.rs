//! What stands out among the indicators of a region: the largest rise and fall, the nearest and the farthest target.

use std::cmp::Ordering;

use super::Scope;
use super::model::{Highlight, Highlights};
use crate::compute::compare::{self, Status};
use crate::numbers::Subject;
use crate::spec::{Indicator, IndicatorIndex};
use crate::value::Ratio;

/// What stands out among the percentages that rest on enough units and answers.
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
    /// The change or the gap, in points.
    points: Ratio,
    /// What decides which one stands out more.
    weight: (Status, Ratio),
}

/// The one that comes first; of equal ones, the first in the order of the indicators.
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

/// The change since the period before; `None` unless both numbers are firm.
fn change<'a>(scope: &Scope<'_>, index: IndicatorIndex, indicator: &'a Indicator) -> Option<Found<'a>> {
    let numbers = scope.material.numbers();
    let number = numbers.total(index, scope.region);
    let previous = numbers.previous(index, scope.region, Subject::Whole)?;
    let change = compare::difference(number.value, previous.value).filter(|_| number.is_firm() && previous.is_firm());
    let points = change?.times(indicator.per);
    Some(Found { indicator, points, weight: (Status::Reached, points) })
}

/// The gap to the target; `None` unless the number is firm and the target is not reached. Gaps that are near come before those that are
/// not. Within each group the points decide; or, where the programme measures nearness by it, the gap's share of the target.
fn gap<'a>(scope: &Scope<'_>, index: IndicatorIndex, indicator: &'a Indicator) -> Option<Found<'a>> {
    let thresholds = &scope.material.specs.programme.thresholds;
    let number = scope.material.numbers().total(index, scope.region);
    let target = scope.material.numbers().target(index, number.value)?;
    let gap = target.gap.filter(|gap| gap.status != Status::Reached && number.is_firm())?;
    let share = thresholds.near_share.and_then(|_| gap.points.divided_by(target.value));
    Some(Found { indicator, points: gap.points, weight: (gap.status, share.unwrap_or(gap.points)) })
}

fn size(points: Ratio) -> Ratio {
    if points < Ratio::whole(0) { Ratio::whole(0).minus(points) } else { points }
}
