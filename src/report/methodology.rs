//! How each indicator is defined: the annex of methodology.

use super::Scope;
use super::model::MethodologyEntry;
use crate::spec::Indicator;

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
    let population = words.condition(dataset, &indicator.denominator.population);
    let per = u32::try_from(indicator.per).expect("`per` is a small positive number");
    let targets: Vec<String> = indicator
        .targets
        .iter()
        .map(|(period, target)| {
            let value = scope.language.figure(target.over(per), indicator.per, indicator.decimals);
            format!("{}: {value}", specs.period(*period).id)
        })
        .collect();
    MethodologyEntry {
        id: indicator.id.clone(),
        short: indicator.short.get(code).to_owned(),
        name: indicator.name.get(code).to_owned(),
        numerator: indicator.numerator.name.get(code).to_owned(),
        denominator: indicator.denominator.name.get(code).to_owned(),
        population: Some(population).filter(|words| !words.is_empty()),
        per: words.per(indicator),
        unit: specs.noun(indicator.unit).form(code, "one").to_owned(),
        direction: words.direction(indicator.direction).to_owned(),
        dataset: datasets.join(", "),
        note: indicator.note.as_ref().map(|note| note.get(code).to_owned()),
        target: Some(targets.join("; ")).filter(|words| !words.is_empty()),
        life: words.life(indicator.life),
    }
}
