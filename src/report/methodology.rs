//! How each indicator is defined: the annex of methodology.

use std::collections::BTreeSet;

use super::Scope;
use super::model::MethodologyEntry;
use crate::compute::Slice;
use crate::compute::sums::Which;
use crate::language::Localized;
use crate::period::PeriodIndex;
use crate::spec::{Combination, Indicator, Quantity, Term, TermPeriods};

/// How an indicator is computed.
pub fn entry(scope: &Scope<'_>, indicator: &Indicator) -> MethodologyEntry {
    let (code, specs) = (scope.code(), scope.material.specs);
    let dataset = specs.dataset(indicator.denominator.dataset);
    let numerator_dataset = specs.dataset(indicator.numerator.dataset);
    let mut datasets = vec![dataset.name.get(code)];
    if numerator_dataset.id != dataset.id {
        datasets.insert(0, numerator_dataset.name.get(code));
    }
    let words = scope.words();
    let population = words.condition(dataset, &indicator.denominator.population.and(dataset.of_totals(None)));
    let per = u32::try_from(indicator.per).expect("`per` is a small positive number");
    let targets: Vec<String> = indicator
        .targets
        .iter()
        .map(|(period, target)| {
            let value = scope.language.figure(target.over(per), indicator.scale(*period));
            format!("{}: {value}", specs.period(*period).id)
        })
        .collect();
    let has_denominator = match indicator.combination() {
        Some(combination) => !combination.below.is_empty(),
        None => indicator.has_denominator(),
    };
    MethodologyEntry {
        id: indicator.id.clone(),
        short: indicator.short.get(code).to_owned(),
        name: indicator.name.get(code).to_owned(),
        numerator: indicator.numerator.name.get(code).to_owned(),
        denominator: has_denominator.then(|| indicator.denominator.name.get(code).to_owned()),
        breaks: Some(breaks(scope, indicator)).filter(|words| !words.is_empty()),
        made_of: indicator.combination().map(|made| made_of(scope, made)),
        population: Some(population).filter(|words| !words.is_empty()),
        per: match indicator.quantile() {
            Some(percent) => format!("{}, {}", words.quantile(percent), words.per(indicator)),
            None => words.per(indicator),
        },
        unit: specs.noun(indicator.unit).form(code, "one").to_owned(),
        direction: words.direction(indicator.direction).to_owned(),
        dataset: datasets.join(", "),
        blanks: Some(blanks(scope, indicator)).filter(|names| !names.is_empty()),
        note: indicator.note.as_ref().map(|note| note.get(code).to_owned()),
        target: Some(targets.join("; ")).filter(|words| !words.is_empty()),
        life: words.life(indicator.life),
    }
}

/// The periods with which a series breaks, and what has changed there.
fn breaks(scope: &Scope<'_>, indicator: &Indicator) -> String {
    let words = |(period, note): &(PeriodIndex, Localized)| {
        format!("{}: {}", scope.period(*period).name, note.get(scope.code()).trim_end_matches('.'))
    };
    let until = indicator.breaks.iter().filter(|(period, _)| *period <= scope.material.period);
    until.map(words).collect::<Vec<_>>().join("; ")
}

/// The numbers and names of indicators, with what is taken of each; what is divided by stands behind `÷`.
fn made_of(scope: &Scope<'_>, combination: &Combination) -> String {
    let specs = scope.material.specs;
    let words = |term: &Term| {
        let indicator = specs.indicator(term.indicator);
        let group = term.group.and_then(|(breakdown, value)| {
            let slice = Slice::Category { breakdown, value: Some(value) };
            slice.group(specs, indicator).and_then(|(_, _, group)| group).map(|group| group.name.get(scope.code()).to_owned())
        });
        let level = term.level.map(|level| specs.level(level).name.get(scope.code()).to_owned());
        let periods = match term.periods {
            TermPeriods::This => None,
            TermPeriods::Compared => Some("term_compared"),
            TermPeriods::ToDate => Some("term_to_date"),
            TermPeriods::SinceLast => Some("term_since_last"),
        };
        let beside: Vec<String> = [group, level, periods.map(|label| scope.label(label))].into_iter().flatten().collect();
        let beside = if beside.is_empty() { String::new() } else { format!(" ({})", beside.join(", ")) };
        format!("{}{} {}{beside}", scope.words().weight(term.weight), indicator.id, indicator.short.get(scope.code()))
    };
    let side = |terms: &[Term]| terms.iter().map(words).collect::<Vec<String>>().join("; ");
    match combination.below.as_slice() {
        [] => side(&combination.above),
        below => format!("{} ÷ {}", side(&combination.above), side(below)),
    }
}

/// The names of the fields in its sums of which a blank counts as zero.
fn blanks(scope: &Scope<'_>, indicator: &Indicator) -> String {
    let specs = scope.material.specs;
    let mut names: Vec<&str> = Vec::new();
    for which in Which::all(indicator) {
        let dataset = specs.dataset(which.dataset(indicator));
        let Quantity::Sum(sum) = which.quantity(indicator) else { continue };
        let zero = sum.terms.iter().map(|(_, field)| dataset.field(*field)).filter(|field| field.blank_is_zero);
        names.extend(zero.map(|field| field.name.get(scope.code())));
    }
    let mut seen = BTreeSet::new();
    names.retain(|name| seen.insert(*name));
    names.join("; ")
}
