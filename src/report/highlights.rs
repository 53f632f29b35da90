//! What stands out among the indicators of a region: the largest rise and fall, the nearest and the farthest target.

use super::Scope;
use super::model::{Highlight, Highlights};
use crate::compute::compare;
use crate::spec::{Indicator, IndicatorIndex};
use crate::value::Ratio;

/// What stands out.
pub fn words(scope: &Scope<'_>) -> Highlights {
    let specs = scope.material.specs;
    let indicators = || (0..specs.indicators.len()).map(|position| (IndicatorIndex(position), &specs.indicators[position]));
    let changes: Vec<(Ratio, &Indicator)> = indicators()
        .filter(|(_, indicator)| indicator.per == 100)
        .filter_map(|(index, indicator)| Some((change(scope, index)?.times(indicator.per), indicator)))
        .collect();
    let gaps: Vec<(Ratio, &Indicator)> = indicators()
        .filter(|(_, indicator)| indicator.per == 100)
        .filter_map(|(index, indicator)| Some((gap(scope, index, indicator)?, indicator)))
        .collect();
    let shown = |found: Option<&(Ratio, &Indicator)>| {
        found.map(|(points, indicator)| Highlight {
            id: indicator.id.clone(),
            short: indicator.short.get(scope.code()).to_owned(),
            points: scope.language.decimal(size(*points), indicator.decimals),
        })
    };
    // Of equal ones the first in the order of the indicators.
    let most = |found: &[(Ratio, &Indicator)], wanted: fn(&Ratio) -> bool, sign: i64| {
        let wanted = found.iter().filter(|(points, indicator)| points.rounded(indicator.decimals) != 0 && wanted(points));
        shown(wanted.min_by_key(|(points, _)| points.times(-sign)))
    };
    Highlights {
        rise: most(&changes, |points| *points > Ratio::whole(0), 1),
        fall: most(&changes, |points| *points < Ratio::whole(0), -1),
        nearest: most(&gaps, |points| *points > Ratio::whole(0), -1),
        farthest: most(&gaps, |points| *points > Ratio::whole(0), 1),
    }
}

/// The change since the period before, as a ratio.
fn change(scope: &Scope<'_>, index: IndicatorIndex) -> Option<Ratio> {
    let material = scope.material;
    let before = material.results.total(index, material.period.previous()?, scope.region).value();
    compare::difference(material.results.total(index, material.period, scope.region).value(), before)
}

/// The points that are missing to the target.
fn gap(scope: &Scope<'_>, index: IndicatorIndex, indicator: &Indicator) -> Option<Ratio> {
    let (_, target) = indicator.target(scope.material.period)?;
    let value = scope.material.results.total(index, scope.material.period, scope.region).value().ok()?;
    compare::gap(indicator, value, target, &scope.material.specs.programme.thresholds).map(|gap| gap.points)
}

fn size(points: Ratio) -> Ratio {
    if points < Ratio::whole(0) { Ratio::whole(0).minus(points) } else { points }
}
