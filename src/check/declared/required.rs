//! `required`: a field is blank where it may not be.

use super::Scene;
use crate::compute::asked::{Asked, asked};
use crate::compute::evaluate;
use crate::diagnostic::Diagnostic;
use crate::spec::checks::required::Required;
use crate::value::Blank;

/// *Not applicable* is an answer, and what cannot be read has a finding of its own. Where it is open whether a blank is allowed, or whether the
/// question was asked, nothing is said.
pub fn check(scene: &Scene<'_>, Required { fields, blank_where }: &Required, found: &mut Vec<Diagnostic>) {
    for row in scene.rows() {
        let strict = blank_where.as_ref().is_none_or(|condition| evaluate::condition(condition, &scene.view(row)) == Ok(false));
        if !strict {
            continue;
        }
        let asked = asked(scene.dataset, &scene.view(row));
        for &field in fields {
            let asked = scene.dataset.field(field).life.holds(scene.period) && asked[field.0] == Asked::Yes;
            match scene.table.blank(field, row) {
                Some(Blank::NotReported | Blank::Refused) if asked && !scene.is_useless(field, row) => {
                    found.push(scene.about_row(row, &[field], vec![scene.field("field", field)]));
                }
                Some(Blank::NotReported | Blank::Refused | Blank::NotApplicable) | None => {}
            }
        }
    }
}
