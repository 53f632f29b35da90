//! `unchanged`: a row repeats the answers of the period before.

use super::Scene;
use crate::diagnostic::Diagnostic;
use crate::spec::checks::unchanged::Unchanged;

/// Only counts that were answered both times and are not both zero speak: zeros stay zeros in honest rows too.
pub fn check(scene: &Scene<'_>, check: &Unchanged, found: &mut Vec<Diagnostic>) {
    let &Unchanged { ref fields, at_least, differing } = check;
    let Some((table, rows)) = scene.before() else { return };
    for row in scene.rows() {
        let Some(&old) = rows.get(&scene.table.key(scene.specs(), scene.dataset, row)) else { continue };
        let pairs = fields.iter().filter_map(|&field| scene.table.count(field, row).ok().zip(table.count(field, old).ok()));
        let pairs: Vec<(i64, i64)> = pairs.filter(|(now, before)| *now != 0 || *before != 0).collect();
        let equal = pairs.iter().filter(|(now, before)| now == before).count();
        if pairs.len() >= at_least.max(1) && pairs.len() - equal <= differing {
            let facts = vec![scene.period_before(), scene.count("value", equal), scene.count("expected", pairs.len())];
            let mut repeated = scene.about_row(row, &[], facts);
            repeated.concern.fields = scene.dataset.ids(fields);
            found.push(repeated);
        }
    }
}
