//! What to do: how far a target is, counted in units; where the gap lies; and which units are nearest to closing it.

use super::chart::{self, Axis};
use super::model::{Near, NearGroup, Plan, PlanItem, PlanPlace, PlanStep, Tick};
use super::{Background, Scope, actions, forms, indicator};
use crate::compute::conditions::NearUnits;
use crate::compute::plan::{Need, Origin, Step};
use crate::spec::{Direction, Indicator, IndicatorIndex};
use crate::value::{Ratio, Scale};

/// How many regions with a part of an indicator's gap are named.
const PLACES: usize = 3;
/// How many units that lack only one thing are named.
const NAMES: usize = 6;

/// What to do in a region.
pub fn words(scope: &Scope<'_>, background: &Background<'_>) -> Plan {
    let needs = scope.material.published.needs(scope.material.period, scope.region, &scope.below());
    let top = scope.material.specs.hierarchy.top();
    Plan {
        items: needs.iter().map(|need| item(scope, need)).collect(),
        set_for: (scope.region != top).then(|| scope.name(top)),
        axis: axis(scope),
        near: near(scope, background),
    }
}

/// The axis of all shares of a whole.
fn axis(scope: &Scope<'_>) -> Vec<Tick> {
    let axis = Axis::whole();
    let tick = |value: &Ratio| Tick { at: axis.position(*value), text: scope.language.decimal(*value, 0) };
    axis.ticks.iter().map(tick).collect()
}

fn item(scope: &Scope<'_>, need: &Need) -> PlanItem {
    let specs = scope.material.specs;
    let indicator = specs.indicator(need.indicator);
    let scale = indicator.scale(scope.material.period);
    let (due, target) = need.target;
    let words = scope.period(due);
    let place = |&(region, units): &(_, i128)| PlanPlace {
        region: scope.name(region),
        units: scope.amount(scope.units(indicator, units)),
    };
    PlanItem {
        id: indicator.id.clone(),
        short: indicator.short.get(scope.code()).to_owned(),
        direction: indicator.direction.name(),
        value: indicator::figure(scope, &scope.material.numbers().total(need.indicator, scope.region)),
        target: scope.language.figure(target.over(100), indicator.scale(due)),
        period: words.name,
        within: words.within,
        lapsed: need.has_lapsed(scope.material.period),
        target_share: chart::share(target.over(100), indicator.scale(due)).clamp(0.0, 1.0),
        missing_share: need.missing_share().map(|share| missing_share(scope, share)),
        gap: scope.gap(need.gap.points, scale.decimals).table,
        units: scope.amount(scope.units(indicator, need.gap.units)),
        units_phrase: scope.language.counted(scope.units(indicator, need.gap.units), specs.noun(indicator.unit)),
        steps: need.steps.iter().map(|wanted| step(scope, indicator, wanted)).collect(),
        places_more: scope.number(need.places.len().saturating_sub(PLACES) as i64),
        places: need.places.iter().take(PLACES).map(place).collect(),
    }
}

/// The share of a target that is missing, in words. Where something is missing, it is never told as nothing.
fn missing_share(scope: &Scope<'_>, share: Ratio) -> String {
    scope.language.value(share, Scale::percent(1))
}

/// What must be reached by a period, where the count must have grown (or shrunk) by so many units.
fn step(scope: &Scope<'_>, indicator: &Indicator, &Step { period, origin, units, value }: &Step) -> PlanStep {
    let wanted = scope.units(indicator, units);
    let scale = indicator.scale(if origin == Origin::Set { period } else { scope.material.period });
    let change = match indicator.direction {
        Direction::Up | Direction::Neutral => wanted.ratio(),
        Direction::Down => wanted.ratio().times(-1),
    };
    let signed = scope.language.signed(change, wanted.places);
    let unit = scope.language.noun_of(wanted, scope.material.specs.noun(indicator.unit)).to_owned();
    PlanStep {
        period: scope.period(period).name,
        origin: origin.name(),
        target: scope.language.figure(value, scale),
        share: chart::share(value, scale).clamp(0.0, 1.0),
        units: scope.amount(wanted),
        gap: if units > 0 { format!("{signed}\u{a0}{unit}") } else { String::new() },
        reached: units == 0,
        signed,
        unit,
    }
}

/// The units that have everything, and those that lack only one thing.
fn near(scope: &Scope<'_>, background: &Background<'_>) -> Option<Near> {
    let specs = scope.material.specs;
    let conditions = background.conditions.as_ref()?;
    let NearUnits { whole, ready, lacking } = conditions.near(specs, scope.region);
    let one = lacking.iter().map(|(_, names)| names.len()).sum::<usize>();
    let named = if actions::names_units(scope) { NAMES } else { 0 };
    let noun = specs.noun(specs.dataset(conditions.dataset).unit);
    let group = |(index, names): &(IndicatorIndex, Vec<&str>)| NearGroup {
        id: specs.indicator(*index).id.clone(),
        short: specs.indicator(*index).short.get(scope.code()).to_owned(),
        count: scope.number(names.len() as i64),
        count_phrase: scope.language.count(names.len() as i128, noun),
        more: scope.number(names.len().saturating_sub(NAMES) as i64),
        names: names.iter().take(named).map(|name| scope.language.unbroken(name)).collect(),
    };
    Some(Near {
        of: scope.number(whole as i64),
        of_phrase: scope.language.count(whole as i128, noun),
        unit: forms(noun, scope.code()),
        conditions: scope.number(conditions.indicators.len() as i64),
        ready: scope.number(ready as i64),
        one: scope.number(one as i64),
        groups: lacking.iter().map(group).collect(),
    })
}
