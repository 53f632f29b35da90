//! `range`: a number lies outside of its bounds.

use super::{Scene, fields, plain};
use crate::compute::evaluate;
use crate::diagnostic::Diagnostic;
use crate::spec::checks::range::Range;

/// Both bounds are allowed; a row without an answer is passed over.
pub fn check(scene: &Scene<'_>, &Range { ref sum, min, max }: &Range, found: &mut Vec<Diagnostic>) {
    let expected = match (min, max) {
        (Some(min), Some(max)) => format!("{min}–{max}"),
        (Some(min), None) => format!("≥ {min}"),
        (None, Some(max)) => format!("≤ {max}"),
        (None, None) => return,
    };
    for row in scene.rows() {
        let Ok(value) = evaluate::sum(sum, &scene.view(row)) else { continue };
        let value = sum.amount(value);
        if min.is_some_and(|min| value < min) || max.is_some_and(|max| value > max) {
            let facts = vec![scene.sum("field", sum), plain("value", value), plain("expected", &expected)];
            found.push(scene.about_row(row, &fields(sum), facts));
        }
    }
}
