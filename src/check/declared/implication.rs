//! `implication`: one condition holds, and another one that follows from it does not.

use std::collections::BTreeSet;

use super::Scene;
use crate::compute::evaluate;
use crate::diagnostic::Diagnostic;
use crate::spec::FieldIndex;
use crate::spec::expression::Condition;

/// Where one of the conditions is open, nothing is said.
pub fn check(scene: &Scene<'_>, premise: &Condition, conclusion: &Condition, found: &mut Vec<Diagnostic>) {
    let mut concerned = BTreeSet::new();
    named(premise, &mut concerned);
    named(conclusion, &mut concerned);
    let concerned: Vec<FieldIndex> = concerned.into_iter().collect();
    for row in scene.rows() {
        let view = scene.view(row);
        if evaluate::condition(premise, &view) == Ok(true) && evaluate::condition(conclusion, &view) == Ok(false) {
            found.push(scene.about_row(row, &concerned, Vec::new()));
        }
    }
}

/// The fields that a condition names.
fn named(condition: &Condition, fields: &mut BTreeSet<FieldIndex>) {
    match condition {
        Condition::All(inner) | Condition::Any(inner) => inner.iter().for_each(|inner| named(inner, fields)),
        Condition::Not(inner) => named(inner, fields),
        Condition::OneOf(field, _) | Condition::Flag(field, _) => {
            fields.insert(*field);
        }
        Condition::Compare(left, _, right) => fields.extend(left.terms.iter().chain(&right.terms).map(|(_, field)| *field)),
    }
}
