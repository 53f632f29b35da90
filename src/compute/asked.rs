//! Which questions were put to a row: a field may be asked of some rows only, and a blank may leave open of which.

use super::evaluate::{self, RowView};
use crate::period::PeriodIndex;
use crate::spec::{Dataset, FieldIndex};
use crate::value::Blank;

/// Whether a question was put to a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// It was.
    Yes,
    /// It was not: the blank in its cell is none that should be filled in.
    No,
    /// The answer that decides is missing.
    Open,
}

/// For each field of a dataset, whether its question was put to a row. What depends on an answer that does not apply, or on a question
/// that was not put, was not put either.
pub fn asked(dataset: &Dataset, view: &RowView<'_>) -> Vec<Asked> {
    let mut known = vec![None; dataset.fields.len()];
    (0..dataset.fields.len()).map(|field| of_field(dataset, view, FieldIndex(field), &mut known)).collect()
}

/// Whether the question of one field was put; `known` are the fields looked at so far. No field decides about itself.
fn of_field(dataset: &Dataset, view: &RowView<'_>, field: FieldIndex, known: &mut [Option<Asked>]) -> Asked {
    if let Some(asked) = known[field.0] {
        return asked;
    }
    let condition = &dataset.field(field).asked;
    let asked = match evaluate::condition(condition, view) {
        Ok(true) => Asked::Yes,
        Ok(false) | Err(Blank::NotApplicable) => Asked::No,
        Err(Blank::NotReported | Blank::Refused) => {
            let mut is_due = |decider| is_blank(view, decider) && of_field(dataset, view, decider, known) != Asked::No;
            if condition.fields().into_iter().any(&mut is_due) { Asked::Open } else { Asked::No }
        }
    };
    known[field.0] = Some(asked);
    asked
}

/// The blanks of a row that leave open whether other questions were put to it, each with the number of these questions. What hangs on a
/// question that is itself open hangs on the blank behind that.
pub fn deciding_blanks(dataset: &Dataset, period: PeriodIndex, view: &RowView<'_>) -> Vec<(FieldIndex, usize)> {
    let asked = asked(dataset, view);
    let of = |wanted: Asked| dataset.questions(period).filter(|&FieldIndex(field)| asked[field] == wanted).collect();
    let open: Vec<FieldIndex> = of(Asked::Open);
    if open.is_empty() {
        return Vec::new();
    }
    let blanks = of(Asked::Yes).into_iter().filter(|&field| is_blank(view, field));
    blanks.map(|field| (field, hanging(dataset, field, &open))).filter(|(_, count)| *count > 0).collect()
}

/// Whether a cell lacks an answer that could decide. *Not applicable* decides.
fn is_blank(view: &RowView<'_>, field: FieldIndex) -> bool {
    matches!(view.blank(field), Some(Blank::NotReported | Blank::Refused))
}

/// How many of the open questions hang on a field, at once or by way of others.
fn hanging(dataset: &Dataset, field: FieldIndex, open: &[FieldIndex]) -> usize {
    let mut reached = vec![field];
    loop {
        let hangs = |other: &FieldIndex| dataset.field(*other).asked.fields().iter().any(|named| reached.contains(named));
        let next: Vec<FieldIndex> = open.iter().copied().filter(|other| !reached.contains(other) && hangs(other)).collect();
        if next.is_empty() {
            return reached.len() - 1;
        }
        reached.extend(next);
    }
}
