//! `deciding-blank`: a cell is blank whose answer decides whether other questions were put to the row.

use super::{Collected, Subject, concern};
use crate::compute::asked::deciding_blanks;
use crate::compute::evaluate::RowView;
use crate::diagnostic::{CauseKind, Diagnostic, Fact, Rule};
use crate::spec::FieldIndex;

/// Gives one finding for each such cell. A column that is missing has a finding of its own, and so has a cell whose contents are of no use.
pub fn check(subject: Subject<'_>) -> Vec<Diagnostic> {
    let Subject { specs, useless, .. } = subject;
    let mut found = Vec::new();
    for Collected { period, dataset, table, .. } in subject.tables() {
        for row in 0..table.len() {
            let place = table.place(row);
            let is_told = |field: FieldIndex| place.columns[field.0].is_none() || useless.contains(&place.cell(field));
            for (field, count) in deciding_blanks(dataset, period, &RowView::new(table, row)) {
                if is_told(field) {
                    continue;
                }
                let others = if count == 1 { "another question was".to_owned() } else { format!("{count} other questions were") };
                let message = format!(
                    "`{}` of `{}` is blank: whether {others} asked depends on it",
                    dataset.field(field).id,
                    table.title(specs, dataset, row)
                );
                let mut concern = concern(specs, dataset, table.region(row), period);
                concern.unit = Some(table.key(specs, dataset, row).join(", ").into());
                concern.fields = dataset.ids(&[field]);
                let facts = vec![("field", dataset.fact(field)), ("count", Fact::count(count))];
                found.push(
                    Diagnostic::new(Rule::DecidingBlank, place.cell(field), message)
                        .hint("ask for this answer first; until then what depends on it counts neither as asked nor as answered")
                        .because(CauseKind::DecidingBlank, facts)
                        .concerning(concern),
                );
            }
        }
    }
    found
}
