//! `allowed`: an answer is none of those that the check allows.

use super::{Fact, Scene, plain};
use crate::diagnostic::Diagnostic;
use crate::spec::checks::allowed::Allowed;
use crate::spec::{FieldIndex, FieldKind};

/// A row without an answer is passed over.
pub fn check(scene: &Scene<'_>, &Allowed { field, ref values }: &Allowed, found: &mut Vec<Diagnostic>) {
    for row in scene.rows() {
        let answer = scene.table.spelt(scene.specs(), scene.dataset, field, row);
        if answer.is_empty() || values.contains(&answer) {
            continue;
        }
        let facts =
            vec![scene.field("field", field), named(scene, field, "value", &[answer]), named(scene, field, "expected", values)];
        found.push(scene.about_row(row, &[field], facts));
    }
}

/// Values of a category by their names, others as they are.
fn named(scene: &Scene<'_>, field: FieldIndex, name: &'static str, values: &[String]) -> (&'static str, Fact) {
    match &scene.dataset.field(field).kind {
        FieldKind::Category(categories) => {
            let words = scene.in_every_language(|language| {
                let named = values.iter().map(|value| {
                    let category = categories.iter().find(|category| category.id == *value);
                    category.map_or(value.as_str(), |category| category.name.get(language))
                });
                named.collect::<Vec<_>>().join(", ")
            });
            (name, Fact::Worded(words))
        }
        FieldKind::Code | FieldKind::Text | FieldKind::Region { .. } | FieldKind::Flag | FieldKind::Count { .. } => {
            plain(name, values.join(", "))
        }
    }
}
