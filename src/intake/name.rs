//! Units without an identifier: found in the register by their name and region, when only one there is called so.

use std::collections::HashMap;
use std::sync::Arc;

use super::submission::Submission;
use crate::dataset::{Interpretation, Typed};
use crate::diagnostic::{CauseKind, Concern, Diagnostic, Fact, Rule, list_some};
use crate::period::PeriodIndex;
use crate::region::RegionIndex;
use crate::spec::{Dataset, DatasetIndex, FieldIndex, FieldKind, Specs};

/// Names of a register's units: a reading and the region to the units' identifiers and names.
type Units = HashMap<(RegionIndex, String), Vec<(Arc<str>, Arc<str>)>>;

/// Whether units of a dataset may be found by name: it has one identifier, a title, and a register with the same.
pub fn is_findable(specs: &Specs, dataset: &Dataset) -> bool {
    single_key(dataset).is_some() && dataset.title.is_some() && register(specs, dataset).is_some()
}

fn single_key(dataset: &Dataset) -> Option<FieldIndex> {
    match dataset.key.as_slice() {
        [key] if matches!(dataset.field(*key).kind, FieldKind::Code | FieldKind::Text) => Some(*key),
        _ => None,
    }
}

fn register<'a>(specs: &'a Specs, dataset: &Dataset) -> Option<(DatasetIndex, &'a Dataset)> {
    let index = dataset.expected?;
    let register = &specs.datasets[index.0];
    (single_key(register).is_some() && register.title.is_some()).then_some((index, register))
}

fn text(cells: &[Typed], field: Option<FieldIndex>) -> Option<&Arc<str>> {
    match &cells[field?.0] {
        Typed::Text(answer) => answer.as_ref().ok(),
        Typed::Region(_) | Typed::Category(_) | Typed::Flag(_) | Typed::Count(_) => None,
    }
}

/// Gives units without an identifier that of the register; `periods` are those of the submissions.
pub fn identify(specs: &Specs, periods: &[PeriodIndex], submissions: &mut [Submission]) {
    let mut registers: HashMap<(PeriodIndex, DatasetIndex), Units> = HashMap::new();
    for (period, submission) in periods.iter().zip(submissions.iter()) {
        for (index, row) in &submission.rows {
            if row.nameless.is_some()
                && let Some((register, _)) = register(specs, &specs.datasets[index.0])
            {
                registers.entry((*period, register)).or_default();
            }
        }
    }
    if registers.is_empty() {
        return;
    }
    for (period, submission) in periods.iter().zip(submissions.iter()) {
        for (index, row) in &submission.rows {
            let Some(units) = registers.get_mut(&(*period, *index)) else { continue };
            let dataset = &specs.datasets[index.0];
            if let (Some(region), Some(key), Some(title)) =
                (row.region, text(&row.cells, single_key(dataset)), text(&row.cells, dataset.title))
            {
                for reading in specs.programme.names.plain(title) {
                    units.entry((region, reading)).or_default().push((key.clone(), title.clone()));
                }
            }
        }
    }
    for (period, submission) in periods.iter().zip(submissions.iter_mut()) {
        let Submission { rows, diagnostics, interpretations, .. } = submission;
        for (index, row) in rows {
            let Some(place) = row.nameless.take() else { continue };
            let dataset = &specs.datasets[index.0];
            let (Some(key), Some((register, known))) = (single_key(dataset), register(specs, dataset)) else { continue };
            let id = &dataset.field(key).id;
            let field = dataset.fact(key);
            let mut lacking =
                Diagnostic::new(Rule::MissingValue, place.clone(), format!("expected a value in `{id}`, found none"));
            lacking.concern = Concern {
                regions: row.region.map(|region| specs.hierarchy.region(region).code.as_str().into()).into_iter().collect(),
                period: Some(specs.programme.periods[period.0].id.as_str().into()),
                dataset: Some(dataset.id.shared()),
                unit: None,
                fields: vec![id.shared()],
            };
            let (Some(region), Some(title)) = (row.region, text(&row.cells, dataset.title).cloned()) else {
                diagnostics
                    .push(lacking.hint("this column must be filled in").because(CauseKind::MissingValue, vec![("field", field)]));
                continue;
            };
            let units = &registers[&(*period, register)];
            let readings = specs.programme.names.plain(&title);
            let mut found: Vec<&(Arc<str>, Arc<str>)> =
                readings.into_iter().filter_map(|reading| units.get(&(region, reading))).flatten().collect();
            found.sort();
            found.dedup();
            match found.as_slice() {
                [(key_of_unit, name)] => {
                    let to = format!("`{key_of_unit}`, the only `{name}` of this region in `{}`", known.id);
                    interpretations.push(Interpretation::new(place, title.as_ref(), to));
                    row.cells[key.0] = Typed::Text(Ok(key_of_unit.clone()));
                }
                [] => {
                    let hint = format!("`{}` has no `{title}` in this region: fill in the column", known.id);
                    let facts = vec![("field", field), ("found", Fact::Text(title.to_string()))];
                    diagnostics.push(lacking.hint(hint).because(CauseKind::NotInRegister, facts));
                }
                several => {
                    let keys: Vec<&str> = several.iter().map(|(key, _)| key.as_ref()).collect();
                    let hint = format!("`{}` has several called `{title}` in this region: {}", known.id, list_some(&keys));
                    let (found, keys) = (Fact::Text(title.to_string()), Fact::Text(keys.join(", ")));
                    let facts = vec![("field", field), ("found", found), ("keys", keys)];
                    diagnostics.push(lacking.hint(hint).because(CauseKind::SeveralInRegister, facts));
                }
            }
        }
    }
}
