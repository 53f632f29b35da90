//! `missing-total`: groups came in rows of their own, and the row of their total did not.

use std::collections::{BTreeMap, BTreeSet};

use super::{Collected, Subject, concern};
use crate::compute::evaluate::RowView;
use crate::diagnostic::{CauseKind, Diagnostic, Rule};
use crate::region::RegionIndex;

/// Gives one finding for each unit with rows of groups alone. Groups of a region are whole where the totals of regions within it came.
pub fn check(subject: Subject<'_>) -> Vec<Diagnostic> {
    let specs = subject.specs;
    let mut found = Vec::new();
    for Collected { period, dataset, table, .. } in subject.tables() {
        if dataset.group_totals.is_empty() {
            continue;
        }
        let is_group_field = |position: usize| dataset.group_totals.iter().any(|(field, _)| *field == dataset.key[position]);
        let unit = |row: usize| -> Vec<String> {
            let key = table.key(specs, dataset, row).into_iter().enumerate();
            key.filter(|(position, _)| !is_group_field(*position)).map(|(_, part)| part).collect()
        };
        let group_of = |row: usize| {
            let view = RowView::new(table, row);
            dataset.total_values().zip(&dataset.group_totals).find(|(_, (field, total))| view.category(*field) != Ok(*total))
        };
        let (totals, groups): (Vec<usize>, Vec<usize>) = (0..table.len()).partition(|&row| group_of(row).is_none());
        let whole: BTreeSet<Vec<String>> = totals.iter().map(|&row| unit(row)).collect();
        let around: BTreeSet<RegionIndex> =
            totals.iter().flat_map(|&row| specs.hierarchy.upwards(table.region(row)).skip(1)).collect();
        let mut first: BTreeMap<Vec<String>, usize> = BTreeMap::new();
        for row in groups {
            let unit = unit(row);
            if !whole.contains(&unit) && !around.contains(&table.region(row)) {
                first.entry(unit).or_insert(row);
            }
        }
        for (unit, row) in first {
            let Some(((field, value), _)) = group_of(row) else { continue };
            let message = format!(
                "`{}` has groups by `{}` and no row of `{}`: no number of the whole counts it",
                unit.join(", "),
                dataset.field(field).id,
                value.id
            );
            let mut concern = concern(specs, dataset, table.region(row), period);
            concern.unit = Some(unit.join(", ").into());
            concern.fields = dataset.ids(&[field]);
            let facts = vec![("field", dataset.fact(field)), ("total", dataset.answer(field, value.id.clone()))];
            found.push(
                Diagnostic::new(Rule::MissingTotal, table.place(row).cell(field), message)
                    .hint("ask for the row of the total; groups are not added up to it, as some may be missing")
                    .because(CauseKind::MissingTotal, facts)
                    .concerning(concern),
            );
        }
    }
    found
}
