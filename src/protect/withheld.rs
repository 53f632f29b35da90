//! The results without what is withheld.

use std::borrow::Cow;

use super::lock::Protected;
use super::system::Place;
use crate::compute::Results;
use crate::compute::sums::Which;
use crate::period::PeriodIndex;
use crate::spec::{DatasetIndex, Specs};

/// The results without small counts and what these would follow from, without everything of an indicator below the level from which on it is
/// published, and without how many persons reported.
pub fn withhold<'a>(specs: &Specs, results: Cow<'a, Results>, protected: &[Protected]) -> Cow<'a, Results> {
    let places = protected.iter().flat_map(|of_period| of_period.places().map(|place| (of_period.period, place)));
    let places: Vec<(PeriodIndex, Place)> = places.chain(below(specs, &results)).collect();
    let persons: Vec<DatasetIndex> =
        (0..specs.datasets.len()).map(DatasetIndex).filter(|&dataset| specs.dataset(dataset).sensitive).collect();
    if places.is_empty() && persons.is_empty() {
        return results;
    }
    let mut results = results.into_owned();
    for (period, Place { indicator, which, region, slice }) in places {
        results.withhold(which, indicator, period, (region, slice));
    }
    persons.into_iter().for_each(|dataset| results.withhold_coverage(specs, dataset));
    Cow::Owned(results)
}

/// Every number of an indicator below the level from which on it is published.
fn below(specs: &Specs, results: &Results) -> Vec<(PeriodIndex, Place)> {
    let mut places = Vec::new();
    for period in specs.periods() {
        for (index, indicator) in specs.indicators_of(period).filter(|(_, indicator)| indicator.publish_from.is_some()) {
            for (region, _) in specs.hierarchy.all().filter(|(region, _)| !specs.is_published_at(index, *region)) {
                for slice in 0..results.slices(index).len() {
                    let place = |which| (period, Place { indicator: index, which, region, slice });
                    places.extend(Which::all(indicator).map(place));
                }
            }
        }
    }
    places
}
