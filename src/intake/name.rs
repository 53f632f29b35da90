//! Units without an identifier: they get that of the register's unit with their name and region, when only one is called so.

use std::collections::HashMap;
use std::sync::Arc;

use super::submission::{Row, Submission};
use crate::dataset::{Interpretation, Typed};
use crate::diagnostic::{CauseKind, Concern, Diagnostic, Fact, Place, Rule, list_some};
use crate::period::PeriodIndex;
use crate::region::RegionIndex;
use crate::spec::{Dataset, DatasetIndex, FieldIndex, FieldKind, Specs};

/// The identifiers and names of a register's units, by region and reading of the name.
type Units = HashMap<(RegionIndex, String), Vec<(Arc<str>, Arc<str>)>>;

/// Whether units of a dataset may be found by name: the dataset has a single identifier and a title, and so has its register.
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
    let register = specs.dataset(index);
    (single_key(register).is_some() && register.title.is_some()).then_some((index, register))
}

fn text(cells: &[Typed], field: Option<FieldIndex>) -> Option<&Arc<str>> {
    match &cells[field?.0] {
        Typed::Text(answer) => answer.as_ref().ok(),
        Typed::Region(_) | Typed::Category(_) | Typed::Flag(_) | Typed::Count(_) => None,
    }
}

/// Fills in the identifiers of units that lack one from the register; `periods` has one entry for each submission.
pub fn identify(specs: &Specs, periods: &[PeriodIndex], submissions: &mut [Submission]) {
    let registers = registers(specs, periods, submissions);
    if registers.is_empty() {
        return;
    }
    for (&period, submission) in periods.iter().zip(submissions.iter_mut()) {
        let Submission { rows, diagnostics, interpretations, .. } = submission;
        for (index, row) in rows {
            let Some(place) = row.unidentified.take() else { continue };
            let dataset = specs.dataset(*index);
            let (Some(key), Some((register, known))) = (single_key(dataset), register(specs, dataset)) else { continue };
            match meant(specs, dataset, row, &registers[&(period, register)], known) {
                Ok((id, understood)) => {
                    let title = text(&row.cells, dataset.title).map_or("", |title| title);
                    interpretations.push(Interpretation::new(place, title, understood));
                    row.cells[key.0] = Typed::Text(Ok(id));
                }
                Err(Unknown { hint, kind, mut facts }) => {
                    facts.insert(0, ("field", dataset.fact(key)));
                    diagnostics.push(lacking(specs, (dataset, key), period, (row.region, place)).hint(hint).because(kind, facts));
                }
            }
        }
    }
}

/// The names in every register that some row without an identifier needs.
fn registers(specs: &Specs, periods: &[PeriodIndex], submissions: &[Submission]) -> HashMap<(PeriodIndex, DatasetIndex), Units> {
    let mut registers: HashMap<(PeriodIndex, DatasetIndex), Units> = HashMap::new();
    let rows = || periods.iter().zip(submissions).flat_map(|(period, found)| found.rows.iter().map(move |row| (*period, row)));
    for (period, (index, row)) in rows() {
        if let Some((register, _)) = row.unidentified.as_ref().and_then(|_| register(specs, specs.dataset(*index))) {
            registers.entry((period, register)).or_default();
        }
    }
    for (period, (index, row)) in rows() {
        let Some(units) = registers.get_mut(&(period, *index)) else { continue };
        let dataset = specs.dataset(*index);
        if let (Some(region), Some(key), Some(title)) =
            (row.region, text(&row.cells, single_key(dataset)), text(&row.cells, dataset.title))
        {
            for reading in specs.programme.names.plain(title) {
                units.entry((region, reading)).or_default().push((key.clone(), title.clone()));
            }
        }
    }
    registers
}

/// Why no unit of the register is meant.
struct Unknown {
    hint: String,
    kind: CauseKind,
    facts: Vec<(&'static str, Fact)>,
}

/// The identifier of the only unit of the register with the name and the region of a row, and how the row was understood, in words.
fn meant(specs: &Specs, dataset: &Dataset, row: &Row, units: &Units, known: &Dataset) -> Result<(Arc<str>, String), Unknown> {
    let (Some(region), Some(title)) = (row.region, text(&row.cells, dataset.title)) else {
        let hint = "this column must be filled in".to_owned();
        return Err(Unknown { hint, kind: CauseKind::MissingValue, facts: Vec::new() });
    };
    let readings = specs.programme.names.plain(title);
    let mut found: Vec<&(Arc<str>, Arc<str>)> =
        readings.into_iter().filter_map(|reading| units.get(&(region, reading))).flatten().collect();
    found.sort();
    found.dedup();
    let called = ("found", Fact::Text(title.to_string()));
    match found.as_slice() {
        [(key, name)] => Ok((key.clone(), format!("`{key}`, the only `{name}` of this region in `{}`", known.id))),
        [] => {
            let hint = format!("`{}` has no `{title}` in this region: fill in the column", known.id);
            Err(Unknown { hint, kind: CauseKind::NotInRegister, facts: vec![called] })
        }
        several => {
            let keys: Vec<&str> = several.iter().map(|(key, _)| key.as_ref()).collect();
            let hint = format!("`{}` has several called `{title}` in this region: {}", known.id, list_some(&keys));
            let facts = vec![called, ("keys", Fact::Text(keys.join(", ")))];
            Err(Unknown { hint, kind: CauseKind::SeveralInRegister, facts })
        }
    }
}

/// The finding of a row without an identifier.
fn lacking(
    specs: &Specs,
    (dataset, key): (&Dataset, FieldIndex),
    period: PeriodIndex,
    (region, place): (Option<RegionIndex>, Place),
) -> Diagnostic {
    let id = &dataset.field(key).id;
    let mut lacking = Diagnostic::new(Rule::MissingValue, place, format!("expected a value in `{id}`, found none"));
    lacking.concern = Concern {
        regions: region.map(|region| specs.hierarchy.region(region).code.as_str().into()).into_iter().collect(),
        period: Some(specs.period(period).id.as_str().into()),
        dataset: Some(dataset.id.shared()),
        unit: None,
        fields: vec![id.shared()],
    };
    lacking
}
