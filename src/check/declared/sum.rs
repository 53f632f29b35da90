//! `sum`: parts do not add up to their whole, or to more than it.

use super::{Scene, fields};
use crate::compute::evaluate;
use crate::diagnostic::Diagnostic;
use crate::spec::checks::sum::{Relation, Sum};
use crate::spec::{FieldIndex, expression};

/// A row that lacks one of the answers is passed over, except that parts which are there may already exceed the whole.
pub fn check(scene: &Scene<'_>, Sum { total, parts, relation }: &Sum, found: &mut Vec<Diagnostic>) {
    let all_added = parts.terms.iter().all(|(sign, _)| *sign > 0);
    for row in scene.rows() {
        let view = scene.view(row);
        let Ok(whole) = evaluate::sum(total, &view) else { continue };
        let (added, is_all) = match evaluate::sum(parts, &view) {
            Ok(added) => (added, true),
            Err(_) if all_added => (answered(scene, parts, row), false),
            Err(_) => continue,
        };
        let agrees = match relation {
            Relation::Equal if is_all => added == whole,
            Relation::Equal | Relation::AtMost => added <= whole,
        };
        if !agrees {
            let mut concerned = fields(total);
            concerned.extend(fields(parts));
            let facts = vec![
                scene.sum("field", total),
                scene.sum("parts", parts),
                scene.amount("value", total.amount(whole)),
                scene.amount("expected", parts.amount(added)),
            ];
            found.push(scene.about_row(row, &concerned, facts));
        }
    }
}

/// The sum of the parts that are answered.
fn answered(scene: &Scene<'_>, parts: &expression::Sum, row: usize) -> i64 {
    let added = |&(factor, field): &(i64, FieldIndex)| scene.table.count(field, row).ok().map(|count| factor * count);
    parts.constant + parts.terms.iter().filter_map(added).sum::<i64>()
}
