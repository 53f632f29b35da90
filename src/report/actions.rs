//! What to do first, and what each unit has.

use super::model::{Action, IndicatorName, PlanItem, UnitConditions, UnitTable};
use super::{Background, Scope};
use crate::compute::conditions::{State, Unit};
use crate::spec::{Indicator, IndicatorIndex};
use std::cmp::Reverse;

/// How many measures are told.
const ACTIONS: usize = 3;
/// How many units of a measure are named.
const NAMES: usize = 4;
/// How many units the table shows.
const UNITS: usize = 60;

/// The measures for the targets of which the largest shares are missing.
pub fn actions(scope: &Scope<'_>, background: &Background<'_>, plan: &[PlanItem]) -> Vec<Action> {
    let specs = scope.material.specs;
    let action = |item: &PlanItem| {
        let mut indicators = specs.indicators_of(scope.material.period);
        let (index, indicator) = indicators.find(|(_, indicator)| indicator.id == item.id)?;
        let names = lacking(scope, background, index);
        let more = names.len().saturating_sub(NAMES) as i64;
        Some(Action {
            id: item.id.clone(),
            what: indicator.action.as_ref().unwrap_or(&indicator.short).get(scope.code()).to_owned(),
            value: item.value.clone(),
            target: item.target.clone(),
            period: item.period.clone(),
            lapsed: item.lapsed,
            units_phrase: item.units_phrase.clone(),
            next: item.steps.first().filter(|step| !step.reached).cloned(),
            responsible: responsible(scope, indicator),
            names: names.into_iter().take(NAMES).collect(),
            more: scope.number(more),
        })
    };
    plan.iter().take(ACTIONS).filter_map(action).collect()
}

/// Who is responsible: for the indicator, or else for regions of this level.
fn responsible(scope: &Scope<'_>, indicator: &Indicator) -> Option<String> {
    let specs = scope.material.specs;
    let level = specs.level(specs.hierarchy.region(scope.region).level);
    let who = indicator.responsible.as_ref().or(level.responsible.as_ref())?;
    Some(who.get(scope.code()).to_owned())
}

/// The names of the units that lack what an indicator asks about, those that lack most first; none where the programme names no units, nor in a region that holds others.
fn lacking(scope: &Scope<'_>, background: &Background<'_>, index: IndicatorIndex) -> Vec<String> {
    let specs = scope.material.specs;
    let Some(conditions) = background.conditions.as_ref().filter(|_| names_units(scope)) else { return Vec::new() };
    let Some(column) = conditions.indicators.iter().position(|own| *own == index) else { return Vec::new() };
    let mut units: Vec<&Unit> =
        conditions.units(specs, scope.region).filter(|unit| unit.states[column] == State::Lacks).collect();
    neediest_first(&mut units);
    units.into_iter().map(|unit| scope.language.unbroken(&unit.title)).collect()
}

/// Whether a report names units: names help only in a region that holds no others.
pub fn names_units(scope: &Scope<'_>) -> bool {
    scope.material.specs.programme.name_units && scope.below().is_empty()
}

/// What each unit of a region has that holds no others; `None` where the programme names no units.
pub fn units(scope: &Scope<'_>, background: &Background<'_>) -> Option<UnitTable> {
    let specs = scope.material.specs;
    let conditions = background.conditions.as_ref().filter(|_| names_units(scope))?;
    let mut units: Vec<&Unit> = conditions.units(specs, scope.region).collect();
    neediest_first(&mut units);
    let column = |&index: &IndicatorIndex| {
        let indicator = specs.indicator(index);
        IndicatorName { id: indicator.id.clone(), short: indicator.short.get(scope.code()).to_owned() }
    };
    let row = |unit: &&Unit| UnitConditions {
        name: scope.language.unbroken(&unit.title),
        states: unit.states.iter().map(state).collect(),
    };
    (!units.is_empty()).then(|| UnitTable {
        columns: conditions.indicators.iter().map(column).collect(),
        rows: units.iter().take(UNITS).map(row).collect(),
        more: scope.number(units.len().saturating_sub(UNITS) as i64),
    })
}

/// Those that lack most come first; equal ones stay in the order of the data.
fn neediest_first(units: &mut [&Unit]) {
    units.sort_by_key(|unit| Reverse(unit.states.iter().filter(|state| **state == State::Lacks).count()));
}

/// The name of a state in templates.
fn state(state: &State) -> &'static str {
    match state {
        State::Has => "has",
        State::Lacks => "lacks",
        State::Unanswered => "unanswered",
        State::Outside => "outside",
    }
}
