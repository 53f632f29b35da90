//! What is withheld, and the results without it.

use std::borrow::Cow;

use super::lock::{Cost, Protected};
use super::system::Place;
use crate::compute::{Results, combine};
use crate::diagnostic::Diagnostic;
use crate::period::PeriodIndex;
use crate::spec::{DatasetIndex, Indicator, IndicatorIndex, Specs};
use crate::value::Missing;

/// What is withheld in all periods, and what is to be known of it. The counts and the proof behind it, which take many times the memory, are not
/// kept while documents are made.
#[derive(Debug)]
pub struct Withholding {
    /// Where numbers are withheld.
    places: Vec<(PeriodIndex, Place)>,
    /// The indicators of which nothing is published in a period.
    shut: Vec<(PeriodIndex, IndicatorIndex)>,
    /// What it costs readers.
    pub(super) cost: Cost,
    /// What is to be known before anything is published.
    pub(super) notices: Vec<Diagnostic>,
}

impl Withholding {
    /// What follows from the proofs of some periods.
    pub fn of(specs: &Specs, protected: &[Protected]) -> Self {
        let places = protected.iter().flat_map(|of_period| of_period.places().map(|place| (of_period.period, place)));
        let shut = protected.iter().flat_map(|of_period| of_period.shut.iter().map(|&index| (of_period.period, index)));
        Self {
            places: places.collect(),
            shut: shut.collect(),
            cost: Cost::of(protected),
            notices: protected.iter().flat_map(|of_period| of_period.notices(specs)).collect(),
        }
    }
}

/// The results without small counts and what these would follow from, without everything of an indicator below the level from which on it is
/// published, and without how many persons reported.
pub fn withhold<'a>(specs: &Specs, results: Cow<'a, Results>, withheld: &Withholding) -> Cow<'a, Results> {
    let hidden = |index, region| !specs.is_published_at(index, region);
    let persons: Vec<DatasetIndex> =
        (0..specs.datasets.len()).map(DatasetIndex).filter(|&dataset| specs.dataset(dataset).sensitive).collect();
    let of_units = quantiles(specs);
    let is_open = |indicator: &Indicator| indicator.is_summed() && indicator.publish_from.is_none();
    let nothing_is_withheld = withheld.places.is_empty() && withheld.shut.is_empty() && persons.is_empty() && of_units.is_empty();
    if nothing_is_withheld && specs.indicators.iter().all(is_open) {
        return results;
    }
    let mut results = results.into_owned();
    for period in specs.periods() {
        for (index, _) in specs.indicators_of(period).filter(|(_, indicator)| indicator.publish_from.is_some()) {
            results.withhold_all(specs, index, period, |region| hidden(index, region));
        }
    }
    withheld.shut.iter().for_each(|&(period, index)| results.withhold_all(specs, index, period, |_| true));
    for &(period, Place { indicator, which, region, slice }) in &withheld.places {
        results.withhold(which, indicator, period, (region, slice));
    }
    persons.into_iter().for_each(|dataset| results.withhold_coverage(specs, dataset));
    of_units.into_iter().for_each(|index| results.keep_back(index, |_| true, Missing::Withheld));
    for index in (0..specs.indicators.len()).map(IndicatorIndex).filter(|&index| specs.indicator(index).quantile().is_some()) {
        results.keep_back(index, |region| hidden(index, region), Missing::Withheld);
    }
    // What is made of withheld numbers is withheld with them.
    let results = combine::combined(specs, results, hidden);
    Cow::Owned(results)
}

/// The quantiles over units that look at answers about persons. No proof covers them: the value is that of a single unit, or of two.
fn quantiles(specs: &Specs) -> Vec<IndicatorIndex> {
    let indexes = (0..specs.indicators.len()).map(IndicatorIndex);
    let is_of_persons = |index: &IndicatorIndex| {
        let indicator = specs.indicator(*index);
        indicator.quantile().is_some() && specs.asks_of_persons(indicator)
    };
    indexes.filter(is_of_persons).collect()
}
