//! `silent-regions`: regions that each owe a row of a dataset sent none, while others sent theirs.

use std::collections::{BTreeMap, HashSet};

use super::{Collected, Subject};
use crate::compute::roll::{Roll, Silent};
use crate::diagnostic::{CauseKind, Concern, Diagnostic, Fact, FileName, Place, Rule, list_named};
use crate::period::PeriodIndex;
use crate::region::RegionIndex;
use crate::spec::DatasetIndex;

/// Gives one finding for all silent regions with the same parent.
pub fn check(subject: Subject<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for Collected { period, index, .. } in subject.tables() {
        let silent = silent(subject, period, index);
        found.extend(silent.into_values().map(|regions| report(subject, period, index, &regions)));
    }
    found
}

/// The regions that sent nothing, by the region that they lie in.
fn silent(subject: Subject<'_>, period: PeriodIndex, index: DatasetIndex) -> BTreeMap<Option<RegionIndex>, Vec<RegionIndex>> {
    let Subject { specs, data, .. } = subject;
    let (dataset, table) = (specs.dataset(index), data.table(period, index));
    let mut silent: BTreeMap<Option<RegionIndex>, Vec<RegionIndex>> = BTreeMap::new();
    // A dataset without any row has its own finding; where a submission was not read, nobody knows which regions are silent.
    if table.is_empty() || !data.is_whole(period) {
        return silent;
    }
    let Silent::Regions(regions) = Roll::new(specs, data, period, index).silent else { return silent };
    let lost: HashSet<Vec<String>> = table.lost_keys(specs, dataset).into_iter().collect();
    // A row without a region may belong to any of them.
    if lost.iter().any(|key| key.iter().any(String::is_empty)) {
        return silent;
    }
    for region in regions {
        let code = specs.hierarchy.region(region).code.as_str();
        if !lost.contains([code.to_owned()].as_slice()) {
            silent.entry(specs.hierarchy.region(region).parent).or_default().push(region);
        }
    }
    silent
}

fn report(subject: Subject<'_>, period: PeriodIndex, index: DatasetIndex, regions: &[RegionIndex]) -> Diagnostic {
    let specs = subject.specs;
    let (dataset, id) = (&specs.dataset(index).id, &specs.period(period).id);
    let regions = regions.iter().map(|&region| specs.hierarchy.region(region));
    let told = list_named(regions.clone().map(|region| (specs.name_of(region), region.code.as_str())));
    let message = format!("expected a row of `{dataset}` for `{id}` from each region, found none from {told}");
    let codes: Vec<_> = regions.map(|region| region.code.as_str().into()).collect();
    let facts = vec![("dataset", Fact::Dataset(dataset.as_str().into())), ("regions", Fact::Regions(codes.clone()))];
    Diagnostic::new(Rule::SilentRegions, Place::File(FileName::new(format!("inputs/{id}"))), message)
        .hint("ask the offices for it; until then it lowers the coverage")
        .because(CauseKind::SilentRegions, facts)
        .concerning(Concern {
            regions: codes.into(),
            period: Some(id.as_str().into()),
            dataset: Some(dataset.as_str().into()),
            ..Concern::default()
        })
}
