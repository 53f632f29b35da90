//! `range`: a number lies outside of its bounds.

use super::{Scene, fields, numbers};
use crate::compute::evaluate;
use crate::diagnostic::Diagnostic;
use crate::spec::checks::range::Range;
use crate::value::Amount;

/// Both bounds are allowed; a row without an answer is passed over.
pub fn check(scene: &Scene<'_>, &Range { ref sum, min, max }: &Range, found: &mut Vec<Diagnostic>) {
    let expected = numbers(scene.subject, |write| {
        let bound = |bound: Amount| write(bound.ratio(), bound.places);
        match (min, max) {
            (Some(min), Some(max)) => format!("{}–{}", bound(min), bound(max)),
            (Some(min), None) => format!("≥ {}", bound(min)),
            (None, Some(max)) => format!("≤ {}", bound(max)),
            (None, None) => String::new(),
        }
    });
    for row in scene.rows() {
        let Ok(value) = evaluate::sum(sum, &scene.view(row)) else { continue };
        let value = sum.amount(value);
        if min.is_some_and(|min| value < min) || max.is_some_and(|max| value > max) {
            let facts = vec![scene.sum("field", sum), scene.amount("value", value), ("expected", expected.clone())];
            found.push(scene.about_row(row, &fields(sum), facts));
        }
    }
}
