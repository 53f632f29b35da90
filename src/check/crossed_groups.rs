//! `passed-over`: rows of groups of two fields at once, where groups come in rows beside their total. They count in no number.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Collected, Subject, concern};
use crate::compute::evaluate::RowView;
use crate::diagnostic::{CauseKind, Diagnostic, Fact, FileName, Rule, list_some};
use crate::spec::FieldIndex;

/// Gives one note for each file.
pub fn check(subject: Subject<'_>) -> Vec<Diagnostic> {
    let specs = subject.specs;
    let mut found = Vec::new();
    for Collected { period, dataset, table, .. } in subject.tables() {
        if dataset.group_totals.len() < 2 {
            continue;
        }
        let groups_of = |row: usize| -> BTreeSet<FieldIndex> {
            let view = RowView::new(table, row);
            let of_group = dataset.group_totals.iter().filter(|&&(field, total)| view.category(field) != Ok(total));
            of_group.map(|(field, _)| *field).collect()
        };
        let mut files: BTreeMap<&FileName, Vec<(usize, BTreeSet<FieldIndex>)>> = BTreeMap::new();
        for row in 0..table.len() {
            let fields = groups_of(row);
            if fields.len() > 1 {
                files.entry(&table.place(row).file).or_default().push((row, fields));
            }
        }
        for rows in files.into_values() {
            let (first, count) = (rows[0].0, rows.len());
            let fields: BTreeSet<FieldIndex> = rows.iter().flat_map(|(_, fields)| fields).copied().collect();
            let ids: Vec<&str> = fields.iter().map(|&field| dataset.field(field).id.as_str()).collect();
            let these = if count == 1 { "this row is".to_owned() } else { format!("this row and {} more are", count - 1) };
            let message = format!("{these} of groups of {} at once; no number counts them", list_some(&ids));
            let mut concern = concern(specs, dataset, table.region(first), period);
            let code = |(row, _): &(usize, _)| -> Arc<str> { specs.hierarchy.region(table.region(*row)).code.as_str().into() };
            concern.regions = rows.iter().map(code).collect::<BTreeSet<_>>().into_iter().collect();
            concern.fields = dataset.ids(&fields);
            found.push(
                Diagnostic::new(Rule::PassedOver, table.place(first).place(), message)
                    .hint("groups are taken one field at a time, from the rows with the total of the other one")
                    .because(CauseKind::CrossedGroups, vec![("count", Fact::count(count))])
                    .concerning(concern),
            );
        }
    }
    found
}
