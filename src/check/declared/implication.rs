//! `implication`: one condition holds, and another one that follows from it does not.

use super::Scene;
use crate::compute::evaluate;
use crate::diagnostic::Diagnostic;
use crate::spec::FieldIndex;
use crate::spec::checks::implication::Implication;

/// Where one of the conditions is open, nothing is said.
pub fn check(scene: &Scene<'_>, Implication { premise, conclusion }: &Implication, found: &mut Vec<Diagnostic>) {
    let concerned: Vec<FieldIndex> = premise.fields().union(&conclusion.fields()).copied().collect();
    for row in scene.rows() {
        let view = scene.view(row);
        if evaluate::condition(premise, &view) == Ok(true) && evaluate::condition(conclusion, &view) == Ok(false) {
            found.push(scene.about_row(row, &concerned, Vec::new()));
        }
    }
}
