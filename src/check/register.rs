//! `silent-units` and `unregistered-unit`: the register and the submissions name different units.

use std::collections::BTreeMap;

use super::Subject;
use crate::diagnostic::{Diagnostic, Place, Rule, list_some};
use crate::period::PeriodIndex;
use crate::spec::DatasetIndex;

/// Matches units by their key.
pub fn check(subject: Subject<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for period in 0..subject.specs.programme.periods.len() {
        for dataset in 0..subject.specs.datasets.len() {
            matched(subject, PeriodIndex(period), DatasetIndex(dataset), &mut found);
        }
    }
    found
}

fn matched(subject: Subject<'_>, period: PeriodIndex, index: DatasetIndex, found: &mut Vec<Diagnostic>) {
    let specs = subject.specs;
    let dataset = &specs.datasets[index.0];
    let Some(register_index) = dataset.expected else { return };
    let register_dataset = &specs.datasets[register_index.0];
    let (table, register) = (subject.data.table(period, index), subject.data.table(period, register_index));
    if register.is_empty() {
        return;
    }
    let reported: BTreeMap<Vec<String>, usize> = (0..table.len()).map(|row| (table.key(specs, dataset, row), row)).collect();
    let registered: BTreeMap<Vec<String>, usize> =
        (0..register.len()).map(|row| (register.key(specs, register_dataset, row), row)).collect();
    let lost = table.lost_keys(specs, dataset);
    // With a submission unread or a row without its key, nobody knows who is silent.
    let knowable = subject.data.is_whole(period) && !reported.keys().chain(&lost).any(|key| key.iter().any(String::is_empty));
    let mut silent: BTreeMap<crate::region::RegionIndex, Vec<usize>> = BTreeMap::new();
    for (key, &row) in &registered {
        if knowable && !reported.contains_key(key) && !lost.contains(key) {
            silent.entry(register.region(row)).or_default().push(row);
        }
    }
    for (region, rows) in silent {
        let names: Vec<String> = rows.iter().map(|&row| register.title(specs, register_dataset, row)).collect();
        let code = &specs.hierarchy.region(region).code;
        let id = &specs.programme.periods[period.0].id;
        let message = format!(
            "{} of the register's units in the region `{code}` did not send `{}` for `{id}`: {}",
            names.len(),
            dataset.id,
            list_some(&names)
        );
        let place = register.place(rows[0]).place();
        found.push(
            Diagnostic::new(Rule::SilentUnits, place, message)
                .hint("ask the office for them; until then they lower the coverage"),
        );
    }
    for (key, &row) in &reported {
        if !registered.contains_key(key) && !key.iter().any(String::is_empty) {
            let place: Place = table.place(row).place();
            let message = format!(
                "`{}` is not in the register of `{}`",
                table.title(specs, dataset, row),
                specs.programme.periods[period.0].id
            );
            found.push(
                Diagnostic::new(Rule::UnregisteredUnit, place, message).hint("correct its key, or enter it in the register"),
            );
        }
    }
}
