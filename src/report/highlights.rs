//! What stands out among the indicators of a region: what improved and worsened most, and of which target the smallest and the largest share is
//! missing, as in the plan. It is true of the numbers that the reader sees: compared is what is printed.

use std::cmp::Ordering;

use super::model::{Highlight, Highlights, IndicatorName};
use super::{Scope, chart};
use crate::compute::compare::Status;
use crate::numbers::{Row, Subject};
use crate::spec::{Direction, Indicator, IndicatorIndex};
use crate::value::{Ratio, Scale};

/// So many indicators that stand out equally are named; of more nothing is said.
const NAMED: usize = 3;
/// Decimals of the share of a target that is missing, as in the plan.
const SHARE_DECIMALS: u32 = 1;

/// What stands out among the percentages that rest on enough units and answers.
pub fn words(scope: &Scope<'_>) -> Highlights {
    let indicators: Vec<(IndicatorIndex, &Indicator)> = scope
        .material
        .specs
        .indicators_of(scope.material.period)
        .filter(|&(index, _)| scope.material.published.tells(index, scope.region))
        .collect();
    let row = |&(index, indicator): &(IndicatorIndex, _)| {
        (indicator, scope.material.numbers().row(index, scope.region, Subject::Whole))
    };
    let (percentages, others): (Vec<_>, Vec<_>) = indicators.iter().map(row).partition(|(indicator, _)| indicator.per == 100);
    let (firm, infirm): (Vec<_>, Vec<_>) = percentages.into_iter().partition(|(_, row)| is_firm(row));
    let found = |of: fn(&Indicator, &Row<'_>) -> Option<Ratio>| -> Vec<Found<'_>> {
        firm.iter().filter_map(|&(indicator, ref row)| Found::new(indicator, row, of(indicator, row)?)).collect()
    };
    let better = found(improvement);
    let gaps: Vec<Found<'_>> = firm.iter().filter_map(|&(indicator, ref row)| Found::missing(indicator, row)).collect();
    let worse = found(|indicator, row| improvement(indicator, row).map(|points| Ratio::whole(0).minus(points)));
    let (nearest, farthest) = (ends(&gaps, Ordering::Less), ends(&gaps, Ordering::Greater));
    let is_one = farthest.first().map(|found| found.printed) == nearest.first().map(|found| found.printed);
    let points = |found: &Found<'_>| scope.gap(found.points, found.decimals).table;
    let share = |found: &Found<'_>| scope.language.value(found.points.over(100), Scale::percent(SHARE_DECIMALS));
    let any = !(better.is_empty() && worse.is_empty() && gaps.is_empty());
    Highlights {
        improved: highlight(scope, &ends(&better, Ordering::Greater), points),
        worsened: highlight(scope, &ends(&worse, Ordering::Greater), points),
        // One alone is not nearer than others.
        nearest: highlight(scope, &nearest, share).filter(|_| gaps.len() > 1),
        farthest: highlight(scope, &farthest, share).filter(|_| !is_one),
        infirm: any
            && infirm.iter().any(|(indicator, row)| improvement(indicator, row).or_else(|| gap(indicator, row)).is_some()),
        others: any
            && others.iter().any(|(indicator, row)| improvement(indicator, row).or_else(|| gap(indicator, row)).is_some()),
    }
}

/// Whether a number, and where there is one that of the period before, rests on enough units and answers.
fn is_firm(row: &Row<'_>) -> bool {
    row.number.is_firm() && row.previous.is_none_or(|previous| previous.value.is_err() || previous.is_firm())
}

/// A change in points, or what is missing in percent of the target.
struct Found<'a> {
    indicator: &'a Indicator,
    points: Ratio,
    /// With how many decimals they are printed.
    decimals: u32,
    /// The points as they are printed.
    printed: Ratio,
}

impl<'a> Found<'a> {
    /// The share of a target that is missing, in percent.
    fn missing(indicator: &'a Indicator, row: &Row<'_>) -> Option<Self> {
        let share = gap(indicator, row)?.divided_by(row.target.as_ref()?.value)?.times(100);
        Some(Self { indicator, points: share, decimals: SHARE_DECIMALS, printed: chart::nearest(share, SHARE_DECIMALS) })
    }

    fn new(indicator: &'a Indicator, row: &Row<'_>, points: Ratio) -> Option<Self> {
        let decimals = row.number.scale.decimals;
        (points > Ratio::whole(0)).then_some(Self { indicator, points, decimals, printed: chart::nearest(points, decimals) })
    }
}

/// Those that print the most points, or the fewest, in the order of the indicators.
fn ends<'a, 'b>(found: &'b [Found<'a>], wanted: Ordering) -> Vec<&'b Found<'a>> {
    let is_best = |own: &&Found<'_>| found.iter().all(|other| other.printed.cmp(&own.printed) != wanted);
    found.iter().filter(is_best).collect()
}

/// The words for indicators that stand out equally; `None` where there are none, or too many to be named.
fn highlight(scope: &Scope<'_>, found: &[&Found<'_>], amount: impl Fn(&Found<'_>) -> String) -> Option<Highlight> {
    let first = found.first().filter(|_| found.len() <= NAMED)?;
    let name = |found: &&Found<'_>| IndicatorName {
        id: found.indicator.id.clone(),
        short: found.indicator.short.get(scope.code()).to_owned(),
    };
    Some(Highlight { indicators: found.iter().map(name).collect(), amount: amount(first) })
}

/// By how many points a value became better since the period before; `None` where it prints the same, or neither more nor less is better.
fn improvement(indicator: &Indicator, row: &Row<'_>) -> Option<Ratio> {
    let points = row.change?.times(indicator.per);
    if points.rounded(row.number.scale.decimals) == 0 {
        return None;
    }
    match indicator.direction {
        Direction::Up => Some(points),
        Direction::Down => Some(Ratio::whole(0).minus(points)),
        Direction::Neutral => None,
    }
}

/// How many points are missing from a target that is not reached; `None` where it is reached.
fn gap(_: &Indicator, row: &Row<'_>) -> Option<Ratio> {
    let gap = row.target.as_ref()?.gap.as_ref()?;
    (gap.status != Status::Reached).then_some(gap.points)
}
