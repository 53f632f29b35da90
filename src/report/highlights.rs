//! What stands out among the indicators of a region: the largest rise and fall, the nearest and the farthest target.

use super::Scope;
use super::model::{Highlight, Highlights};
use crate::compute::compare;
use crate::spec::{Indicator, IndicatorIndex};
use crate::value::Ratio;

/// What stands out among shares in percent that rest on enough units and answers.
pub fn words(scope: &Scope<'_>) -> Highlights {
    let indicators: Vec<(IndicatorIndex, &Indicator)> = (0..scope.material.specs.indicators.len())
        .map(|position| (IndicatorIndex(position), &scope.material.specs.indicators[position]))
        .filter(|(index, indicator)| indicator.per == 100 && is_firm(scope, *index))
        .collect();
    let changes: Vec<Found<'_>> = indicators.iter().filter_map(|&(index, indicator)| change(scope, index, indicator)).collect();
    let gaps: Vec<Found<'_>> = indicators.iter().filter_map(|&(index, indicator)| gap(scope, index, indicator)).collect();
    Highlights {
        rise: most(scope, changes.iter().filter(|found| found.weight > Ratio::whole(0)), 1),
        fall: most(scope, changes.iter().filter(|found| found.weight < Ratio::whole(0)), -1),
        nearest: most(scope, gaps.iter(), -1),
        farthest: most(scope, gaps.iter(), 1),
    }
}

/// A change or a gap.
struct Found<'a> {
    indicator: &'a Indicator,
    /// In points.
    points: Ratio,
    /// By what it is compared with the others.
    weight: Ratio,
}

/// The one that weighs most, or with -1 least; of equal ones the first in the order of the indicators.
fn most<'a>(scope: &Scope<'_>, found: impl Iterator<Item = &'a Found<'a>>, sign: i64) -> Option<Highlight> {
    let printed = found.filter(|found| found.points.rounded(found.indicator.decimals) != 0);
    let Found { indicator, points, .. } = printed.min_by_key(|found| found.weight.times(-sign))?;
    Some(Highlight {
        id: indicator.id.clone(),
        short: indicator.short.get(scope.code()).to_owned(),
        points: scope.language.decimal(size(*points), indicator.decimals),
    })
}

/// Whether one unit more or less would not change the picture, now and in the period before.
fn is_firm(scope: &Scope<'_>, index: IndicatorIndex) -> bool {
    let material = scope.material;
    let firm = |period| {
        let cell = material.results.total(index, period, scope.region);
        !material.specs.programme.thresholds.is_small(cell.denominator) && !scope.is_low(&cell.coverage)
    };
    firm(material.period) && material.period.previous().is_none_or(firm)
}

/// The change since the period before.
fn change<'a>(scope: &Scope<'_>, index: IndicatorIndex, indicator: &'a Indicator) -> Option<Found<'a>> {
    let material = scope.material;
    let before = material.results.total(index, material.period.previous()?, scope.region).value();
    let change = compare::difference(material.results.total(index, material.period, scope.region).value(), before)?;
    let points = change.times(indicator.per);
    Some(Found { indicator, points, weight: points })
}

/// What is missing to the target, compared with the target itself: four points of five are farther than twenty of eighty.
fn gap<'a>(scope: &Scope<'_>, index: IndicatorIndex, indicator: &'a Indicator) -> Option<Found<'a>> {
    let (_, target) = indicator.target(scope.material.period)?;
    let value = scope.material.results.total(index, scope.material.period, scope.region).value().ok()?;
    let gap = compare::gap(indicator, value, target, &scope.material.specs.programme.thresholds)?;
    let missing = gap.points > Ratio::whole(0);
    missing.then(|| Found { indicator, points: gap.points, weight: gap.points.divided_by(target).unwrap_or(gap.points) })
}

fn size(points: Ratio) -> Ratio {
    if points < Ratio::whole(0) { Ratio::whole(0).minus(points) } else { points }
}
