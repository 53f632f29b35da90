//! `silent-regions`: regions that each owe a row of a dataset sent none, or none for a group, while others sent theirs.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::{Collected, Subject};
use crate::compute::roll::{Roll, Silent};
use crate::diagnostic::{CauseKind, Concern, Diagnostic, Fact, FileName, Place, Rule, list_named};
use crate::period::PeriodIndex;
use crate::region::{LevelIndex, RegionIndex};
use crate::spec::{DatasetIndex, FieldIndex, FieldKind};

/// Gives one finding for all silent regions with the same parent.
pub fn check(subject: Subject<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for Collected { period, index, .. } in subject.tables() {
        let silent = silent(subject, period, index);
        found.extend(silent.into_values().map(|regions| report(subject, period, index, &regions)));
        let lacking = lacking(subject, period, index);
        found.extend(lacking.into_iter().map(|(group, regions)| report_group(subject, (period, index), &group, &regions)));
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

/// The values of the categories of a key.
type Group = Vec<(FieldIndex, u16)>;

/// In wide tables of regions: the groups that other regions of a level sent columns for, with the regions that did not.
fn lacking(subject: Subject<'_>, period: PeriodIndex, index: DatasetIndex) -> BTreeMap<Group, Vec<RegionIndex>> {
    let Subject { specs, data, .. } = subject;
    let (dataset, table) = (specs.dataset(index), data.table(period, index));
    let categories = &dataset.excerpt.captions;
    let is_of_region = |field: &FieldIndex| matches!(dataset.field(*field).kind, FieldKind::Region { .. });
    let of_groups = dataset.key.iter().all(|field| is_of_region(field) || categories.contains(field));
    // Beside rows of their total, groups are not added up, and may come for some regions only.
    let is_open = !dataset.group_totals.is_empty() || table.has_lost() || !data.is_whole(period);
    if !of_groups || !dataset.key.contains(&dataset.region) || categories.is_empty() || is_open {
        return BTreeMap::new();
    }
    let mut regions: BTreeMap<LevelIndex, BTreeSet<RegionIndex>> = BTreeMap::new();
    let mut sent: BTreeMap<(LevelIndex, Group), BTreeSet<RegionIndex>> = BTreeMap::new();
    for row in 0..table.len() {
        let (region, value) = (table.region(row), |field: &FieldIndex| Some((*field, table.category(*field, row).ok()?)));
        let level = specs.hierarchy.region(region).level;
        regions.entry(level).or_default().insert(region);
        if let Some(group) = categories.iter().map(value).collect::<Option<Group>>() {
            sent.entry((level, group)).or_default().insert(region);
        }
    }
    let mut lacking: BTreeMap<Group, Vec<RegionIndex>> = BTreeMap::new();
    for ((level, group), sent) in sent {
        let all = &regions[&level];
        if sent.len() < all.len() {
            lacking.entry(group).or_default().extend(all.difference(&sent));
        }
    }
    lacking
}

fn report_group(
    subject: Subject<'_>,
    (period, index): (PeriodIndex, DatasetIndex),
    group: &Group,
    regions: &[RegionIndex],
) -> Diagnostic {
    let specs = subject.specs;
    let (dataset, id) = (specs.dataset(index), &specs.period(period).id);
    let value = |&(field, value): &(FieldIndex, u16)| match &dataset.field(field).kind {
        FieldKind::Category(values) => values[usize::from(value)].id.clone(),
        FieldKind::Code | FieldKind::Text | FieldKind::Region { .. } | FieldKind::Flag | FieldKind::Count { .. } => String::new(),
    };
    let values = group.iter().map(value).collect::<Vec<_>>().join(", ");
    let regions = regions.iter().map(|&region| specs.hierarchy.region(region));
    let told = list_named(regions.clone().map(|region| (specs.name_of(region), region.code.as_str())));
    let codes: Vec<_> = regions.map(|region| region.code.as_str().into()).collect();
    let message =
        format!("expected rows of `{values}` in `{}` for `{id}` as from other regions, found none from {told}", dataset.id);
    let answers = group.iter().map(|&(field, _)| field).collect::<Vec<_>>();
    let mut facts = vec![("dataset", Fact::Dataset(dataset.id.shared())), ("regions", Fact::Regions(codes.clone()))];
    let named = match group.as_slice() {
        [only] => dataset.answer(only.0, value(only)),
        _ => Fact::Text(values),
    };
    facts.push(("group", named));
    Diagnostic::new(Rule::SilentRegions, Place::File(FileName::new(format!("inputs/{id}"))), message)
        .hint("look whether a column or rows are missing; until they come, sums over the groups are too small")
        .because(CauseKind::SilentGroup, facts)
        .concerning(Concern {
            regions: codes.into(),
            period: Some(id.as_str().into()),
            dataset: Some(dataset.id.shared()),
            fields: dataset.ids(&answers),
            ..Concern::default()
        })
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
