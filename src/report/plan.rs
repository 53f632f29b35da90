//! What to do: how far a target is, counted in units, where the gap lies, and who is nearest to closing it.

use std::collections::BTreeMap;

use super::model::{Near, NearGroup, Plan, PlanItem, PlanPlace, PlanStep, Tick};
use super::reliability::Evidence;
use super::{Scope, indicator};
use crate::compute::compare::{self, Status};
use crate::compute::evaluate::{self, RowView, Side};
use crate::period::PeriodIndex;
use crate::region::RegionIndex;
use crate::spec::{DatasetIndex, Direction, Indicator, IndicatorIndex};
use crate::value::Ratio;

/// How many regions are named in which the gap of an indicator lies.
const PLACES: usize = 5;
/// How many units are named that lack one thing only.
const NAMES: usize = 6;

/// What to do in a region.
pub fn words(scope: &Scope<'_>, evidence: &Evidence<'_>) -> Plan {
    let indicators = scope.material.specs.indicators_of(scope.material.period);
    let items = indicators.filter_map(|(index, found)| item(scope, index, found));
    let mut items: Vec<(i128, PlanItem)> = items.collect();
    // The largest gap first; equal ones in the order of the indicators.
    items.sort_by_key(|(units, _)| -units);
    Plan { items: items.into_iter().map(|(_, item)| item).collect(), axis: axis(scope), near: near(scope, evidence) }
}

/// All shares of a whole.
fn axis(scope: &Scope<'_>) -> Vec<Tick> {
    let tick = |fifths: i64| Tick { at: fifths as f64 / 5.0, text: scope.language.whole(i128::from(fifths * 20)) };
    (0..=5).map(tick).collect()
}

/// The gap of an indicator to its target; `None` where it is closed, or cannot be counted in units.
fn item(scope: &Scope<'_>, index: IndicatorIndex, indicator: &Indicator) -> Option<(i128, PlanItem)> {
    let material = scope.material;
    let specs = material.specs;
    if indicator.per != 100 || !indicator.shares_population() {
        return None;
    }
    let (due, target) = indicator.target(material.period)?;
    let cell = material.results.total(index, material.period, scope.region);
    let value = cell.value().ok()?;
    let gap = compare::gap(indicator, value, target, &specs.programme.thresholds)?;
    if gap.status == Status::Reached {
        return None;
    }
    let noun = &specs.programme.units[indicator.unit.0].noun;
    let missing = |region: RegionIndex| {
        let value = material.results.total(index, material.period, region).value().ok()?;
        let gap = compare::gap(indicator, value, target, &specs.programme.thresholds)?;
        (gap.units > 0).then_some(gap.units)
    };
    let mut places: Vec<(i128, RegionIndex)> =
        scope.below().into_iter().filter_map(|region| Some((missing(region)?, region))).collect();
    places.sort_by_key(|&(units, region)| (-units, region));
    let words = scope.period(due);
    let item = PlanItem {
        id: indicator.id.clone(),
        short: indicator.short.get(scope.code()).to_owned(),
        direction: indicator::direction(indicator.direction),
        value: indicator::figure(scope, indicator, Ok(value), cell, cell.numerator),
        target: scope.language.figure(target.over(100), indicator.per, indicator.decimals),
        period: words.name,
        within: words.within,
        gap: scope.gap(gap.points, indicator.decimals).table,
        units: scope.number(i64::try_from(gap.units).unwrap_or(i64::MAX)),
        units_phrase: scope.language.count(gap.units, noun),
        steps: steps(scope, indicator, value),
        places_more: scope.number(places.len().saturating_sub(PLACES) as i64),
        places: places
            .into_iter()
            .take(PLACES)
            .map(|(units, region)| PlanPlace {
                region: scope.name(region),
                units: scope.number(i64::try_from(units).unwrap_or(i64::MAX)),
            })
            .collect(),
    };
    Some((gap.units, item))
}

/// The way to the targets to come, evenly over the days between: how many units more, from now on, each period needs. What is counted
/// now is the measure; it does not foresee how the number of units changes.
fn steps(scope: &Scope<'_>, indicator: &Indicator, value: Ratio) -> Vec<PlanStep> {
    let (specs, now) = (scope.material.specs, scope.material.period);
    let missing = |target: Ratio| compare::gap(indicator, value, target, &specs.programme.thresholds).map_or(0, |gap| gap.units);
    let mut steps = Vec::new();
    let (mut from, mut done) = (now, 0);
    for &(due, target) in indicator.targets.iter().filter(|(due, _)| *due > now) {
        let day = |period: PeriodIndex| specs.programme.periods[period.0].date;
        let days = |to: PeriodIndex| i128::from(day(from).until(day(to)).map_or(0, |span| span.get_days())).max(1);
        let (whole, length) = (missing(target), days(due));
        for position in from.0 + 1..=due.0 {
            let part = days(PeriodIndex(position));
            // Rounded up: nothing is left for the last year that could have been done before.
            let units = done + ((whole - done).max(0) * part + length - 1) / length;
            let set = (PeriodIndex(position) == due).then(|| target.over(100));
            steps.push(step(scope, indicator, value, (PeriodIndex(position), units), set));
        }
        (from, done) = (due, whole.max(done));
    }
    steps
}

/// What is to be reached by a period, when so many units more, or fewer, are to count by then: the target where one is set.
fn step(
    scope: &Scope<'_>,
    indicator: &Indicator,
    value: Ratio,
    (period, units): (PeriodIndex, i128),
    set: Option<Ratio>,
) -> PlanStep {
    let then = set.unwrap_or_else(|| with(indicator, value, units));
    let change = match indicator.direction {
        Direction::Up | Direction::Neutral => units,
        Direction::Down => -units,
    };
    let signed = scope.language.signed(Ratio::whole(i64::try_from(change).unwrap_or(i64::MAX)), 0);
    let noun = &scope.material.specs.programme.units[indicator.unit.0].noun;
    PlanStep {
        period: scope.period(period).name,
        target: scope.language.figure(then, indicator.per, indicator.decimals),
        share: then.approximate().clamp(0.0, 1.0),
        units: scope.number(i64::try_from(units).unwrap_or(i64::MAX)),
        gap: if units > 0 { format!("{signed}\u{a0}{}", scope.language.noun(units, noun)) } else { String::new() },
        reached: units == 0,
        signed,
    }
}

/// The value when so many more (or fewer) units count.
fn with(indicator: &Indicator, value: Ratio, units: i128) -> Ratio {
    let change = Ratio::new(units, value.denominator()).unwrap_or(Ratio::whole(0));
    match indicator.direction {
        Direction::Up | Direction::Neutral => value.plus(change),
        Direction::Down => value.minus(change),
    }
}

/// Indicators that tell of each unit whether it has something: rows are counted on both sides, and more is better.
fn conditions<'a>(scope: &Scope<'a>) -> BTreeMap<usize, Vec<(usize, &'a Indicator)>> {
    let mut conditions: BTreeMap<usize, Vec<(usize, &Indicator)>> = BTreeMap::new();
    for (IndicatorIndex(position), indicator) in scope.material.specs.indicators_of(scope.material.period) {
        if indicator.counts_rows() && indicator.shares_population() && indicator.direction == Direction::Up {
            conditions.entry(indicator.denominator.dataset.0).or_default().push((position, indicator));
        }
    }
    conditions
}

/// Units that have all, and those that lack one thing only, in the dataset with the most such indicators.
fn near(scope: &Scope<'_>, evidence: &Evidence<'_>) -> Option<Near> {
    let specs = scope.material.specs;
    let (dataset, conditions) =
        conditions(scope).into_iter().max_by_key(|(dataset, found)| (found.len(), usize::MAX - dataset))?;
    if conditions.len() < 2 {
        return None;
    }
    let (index, declared) = (DatasetIndex(dataset), &specs.datasets[dataset]);
    let table = evidence.data.table(scope.material.period, index);
    let (mut whole, mut ready, mut lacking) = (0, 0, BTreeMap::<usize, Vec<String>>::new());
    for row in (0..table.len()).filter(|&row| specs.hierarchy.contains(scope.region, table.region(row))) {
        let view = RowView::new(table, row);
        let (mut asked, mut open, mut lacks) = (0, false, Vec::new());
        for (position, indicator) in &conditions {
            let outcome = evaluate::row(indicator, &view);
            match (outcome.denominator, outcome.numerator) {
                (Side::Adds(1..), Side::Adds(1..)) => asked += 1,
                (Side::Adds(1..), Side::Adds(_) | Side::Outside) => {
                    asked += 1;
                    lacks.push(*position);
                }
                // Who did not answer may have it or not.
                (Side::Adds(1..), Side::Unanswered) => open = true,
                (Side::Adds(_) | Side::Outside | Side::Unanswered, Side::Adds(_) | Side::Outside | Side::Unanswered) => {}
            }
        }
        if open {
            continue;
        }
        whole += i64::from(asked > 0);
        match lacks.as_slice() {
            [] if asked > 0 => ready += 1,
            [position] => lacking.entry(*position).or_default().push(table.title(specs, declared, row)),
            [] | [_, _, ..] => {}
        }
    }
    let one = lacking.values().map(Vec::len).sum::<usize>();
    let mut groups: Vec<(usize, Vec<String>)> = lacking.into_iter().collect();
    groups.sort_by_key(|(position, names)| (std::cmp::Reverse(names.len()), *position));
    let group = |(position, names): (usize, Vec<String>)| NearGroup {
        id: specs.indicators[position].id.clone(),
        short: specs.indicators[position].short.get(scope.code()).to_owned(),
        count: scope.number(names.len() as i64),
        more: scope.number(names.len().saturating_sub(NAMES) as i64),
        // A name tells where to go only in a region that holds no others.
        names: if specs.programme.name_units && scope.below().is_empty() {
            names.into_iter().take(NAMES).collect()
        } else {
            Vec::new()
        },
    };
    let noun = &specs.programme.units[declared.unit.0].noun;
    Some(Near {
        of: scope.number(whole),
        of_phrase: scope.language.count(i128::from(whole), noun),
        conditions: scope.number(conditions.len() as i64),
        ready: scope.number(ready),
        one: scope.number(one as i64),
        groups: groups.into_iter().map(group).collect(),
    })
}
