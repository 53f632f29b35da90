//! `within`: a part is larger than the whole it is taken from.

use super::{Scene, fields};
use crate::compute::evaluate;
use crate::diagnostic::Diagnostic;
use crate::spec::checks::within::Within;

/// A row that lacks one of the answers is passed over.
pub fn check(scene: &Scene<'_>, Within { numerator, denominator }: &Within, found: &mut Vec<Diagnostic>) {
    for row in scene.rows() {
        let view = scene.view(row);
        let (Ok(part), Ok(whole)) = (evaluate::sum(numerator, &view), evaluate::sum(denominator, &view)) else { continue };
        if part > whole {
            let mut concerned = fields(numerator);
            concerned.extend(fields(denominator));
            let facts = vec![
                scene.sum("field", numerator),
                scene.sum("whole", denominator),
                scene.amount("value", numerator.amount(part)),
                scene.amount("expected", denominator.amount(whole)),
            ];
            found.push(scene.about_row(row, &concerned, facts));
        }
    }
}
