//! `one-sided`: an indicator is computed from two datasets, and a region sent rows of one and none of the other.

use std::collections::BTreeMap;

use super::{Subject, concern};
use crate::dataset::Table;
use crate::diagnostic::{CauseKind, Diagnostic, Fact, Rule, list_some};
use crate::period::PeriodIndex;
use crate::region::RegionIndex;
use crate::spec::{DatasetIndex, Id, IndicatorIndex};

/// The dataset that came and the one that did not.
type Sides = (DatasetIndex, DatasetIndex);

/// Gives one finding for each region and pair of datasets, at the first row of the dataset that came.
pub fn check(subject: Subject<'_>) -> Vec<Diagnostic> {
    subject.specs.periods().flat_map(|period| of_period(subject, period)).collect()
}

fn of_period(subject: Subject<'_>, period: PeriodIndex) -> Vec<Diagnostic> {
    let (specs, hierarchy) = (subject.specs, &subject.specs.hierarchy);
    let mut one_sided: BTreeMap<(RegionIndex, Sides), Vec<&str>> = BTreeMap::new();
    for index in (0..specs.indicators.len()).map(IndicatorIndex) {
        let indicator = specs.indicator(index);
        let lacks = |region: RegionIndex| subject.results.total(index, period, region).lacks();
        // The finding is made for the innermost region: the regions around it lack the same dataset.
        let mut reported = vec![false; hierarchy.len()];
        for region in (0..hierarchy.len()).rev().map(RegionIndex) {
            let Some(lacking) = lacks(region) else { continue };
            if !std::mem::replace(&mut reported[region.0], true) {
                let came = if lacking == indicator.numerator.dataset {
                    indicator.denominator.dataset
                } else {
                    indicator.numerator.dataset
                };
                one_sided.entry((region, (came, lacking))).or_default().push(&indicator.id);
            }
            hierarchy.upwards(region).for_each(|outer| reported[outer.0] = true);
        }
    }
    one_sided
        .into_iter()
        .filter_map(|((region, sides), indicators)| report(subject, period, region, sides, &indicators))
        .collect()
}

fn report(
    subject: Subject<'_>,
    period: PeriodIndex,
    region: RegionIndex,
    (came, lacking): Sides,
    indicators: &[&str],
) -> Option<Diagnostic> {
    let Subject { specs, data, .. } = subject;
    let (table, within) = (data.table(period, came), specs.hierarchy.within(region));
    let first = |table: &Table| (0..table.len()).find(|&row| within.contains(&table.region(row).0));
    let row = first(table)?;
    // Some rows may have come that lie outside of the population, or that have a fault of their own.
    let other = data.table(period, lacking);
    if first(other).is_some() || other.has_lost() || !data.is_whole(period) {
        return None;
    }
    let (dataset, other) = (specs.dataset(came), specs.dataset(lacking));
    let message = format!(
        "`{}` came from `{}` ({}) for `{}`, and nothing of `{}`: one side only of {}",
        dataset.id,
        specs.name_of(specs.hierarchy.region(region)),
        specs.hierarchy.region(region).code,
        specs.period(period).id,
        other.id,
        list_some(indicators)
    );
    let fact = |id: &Id| Fact::Dataset(id.shared());
    let found = Diagnostic::new(Rule::OneSided, table.place(row).place(), message)
        .hint("ask the office for the other table; until then the region has no value, and those above are incomplete")
        .because(CauseKind::OneSided, vec![("dataset", fact(&dataset.id)), ("other", fact(&other.id))]);
    Some(found.concerning(concern(specs, dataset, region, period)))
}
