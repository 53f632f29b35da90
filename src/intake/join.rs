//! Answers that stand in the rows of another dataset, looked up by its key.

use std::collections::{BTreeMap, HashMap};

use super::submission::Submission;
use crate::dataset::{Typed, spelt};
use crate::diagnostic::{CauseKind, Diagnostic, Fact, Place, Rule};
use crate::period::PeriodIndex;
use crate::spec::{DatasetIndex, FieldIndex, Join, Specs};

/// The answers of each unit of a dataset, by its key; the first row counts where a key stands twice, which is an error of its own.
type Units = HashMap<Vec<String>, Vec<Typed>>;

/// Fills in what is looked up; `periods` has one entry for each submission.
pub fn fill(specs: &Specs, periods: &[PeriodIndex], submissions: &mut [Submission]) {
    let joins: Vec<(DatasetIndex, &Join)> = (0..specs.datasets.len())
        .map(DatasetIndex)
        .flat_map(|index| specs.dataset(index).joins.iter().map(move |join| (index, join)))
        .collect();
    for (index, join) in joins {
        let known = units(specs, join, periods, submissions);
        for (&period, submission) in periods.iter().zip(submissions.iter_mut()) {
            let found = of_submission(specs, (index, join), (period, known.get(&period)), submission);
            submission.diagnostics.extend(found.map(|mut found| {
                found.concern.period = Some(specs.period(period).id.as_str().into());
                found
            }));
        }
    }
}

/// What the rows of the other dataset answer, by period.
fn units(specs: &Specs, join: &Join, periods: &[PeriodIndex], submissions: &[Submission]) -> BTreeMap<PeriodIndex, Units> {
    let other = specs.dataset(join.dataset);
    let mut units: BTreeMap<PeriodIndex, Units> = BTreeMap::new();
    for (&period, submission) in periods.iter().zip(submissions) {
        for (_, row) in submission.rows.iter().filter(|(index, _)| *index == join.dataset) {
            let key = key(specs, join.dataset, &other.key, &row.cells);
            let answers = || join.fields.iter().map(|(_, theirs)| row.cells[theirs.0].clone()).collect();
            units.entry(period).or_default().entry(key).or_insert_with(answers);
        }
    }
    units
}

fn key(specs: &Specs, index: DatasetIndex, fields: &[FieldIndex], cells: &[Typed]) -> Vec<String> {
    let dataset = specs.dataset(index);
    fields.iter().map(|&field| spelt(specs, dataset, field, &cells[field.0])).collect()
}

/// Fills in the rows of a submission, and says how many of them have no row in the other dataset. Where the other dataset is the register, that
/// is told of each unit anyway.
fn of_submission(
    specs: &Specs,
    (index, join): (DatasetIndex, &Join),
    (period, known): (PeriodIndex, Option<&Units>),
    submission: &mut Submission,
) -> Option<Diagnostic> {
    let (dataset, other) = (specs.dataset(index), specs.dataset(join.dataset));
    let mut lost: Vec<Place> = Vec::new();
    for (_, row) in submission.rows.iter_mut().filter(|(own, _)| *own == index) {
        let key = key(specs, index, &join.by, &row.cells);
        // A blank key is told by itself.
        if key.iter().any(String::is_empty) {
            continue;
        }
        match known.and_then(|units| units.get(&key)) {
            Some(answers) => {
                join.fields.iter().zip(answers).for_each(|((own, _), answer)| row.cells[own.0] = answer.clone());
            }
            None => lost.push(row.place.cell(join.by[0])),
        }
    }
    if dataset.expected == Some(join.dataset) && known.is_some() {
        return None;
    }
    let count = lost.len();
    let place = lost.into_iter().next()?;
    let rows = if known.is_none() {
        format!("nothing of `{}` came for `{}`", other.id, specs.period(period).id)
    } else if count == 1 {
        format!("this row has no row of `{}` with the same key", other.id)
    } else {
        format!("this row and {} more below it have no row of `{}` with the same key", count - 1, other.id)
    };
    let ids: Vec<&str> = join.fields.iter().map(|(own, _)| dataset.field(*own).id.as_str()).collect();
    let blank = crate::diagnostic::list(&ids);
    let message = format!("{rows}; not known here: {blank}");
    let facts = vec![("dataset", Fact::Dataset(other.id.shared())), ("count", Fact::count(count))];
    let mut found = Diagnostic::new(Rule::UnmatchedRow, place, message)
        .hint(format!("correct the key, or look whether `{}` came whole", other.id))
        .because(CauseKind::UnmatchedRows, facts);
    found.concern.dataset = Some(dataset.id.shared());
    Some(found)
}
