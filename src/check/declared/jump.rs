//! `jump`: a number changed by much since the period before.

use super::{Scene, fields};
use crate::compute::evaluate::{self, RowView};
use crate::diagnostic::Diagnostic;
use crate::spec::checks::jump::Jump;
use crate::value::Amount;

/// A change that reaches both thresholds; a change from zero reaches every percentage.
pub fn check(scene: &Scene<'_>, &Jump { ref sum, absolute, percent }: &Jump, found: &mut Vec<Diagnostic>) {
    let Some((table, rows)) = scene.before() else { return };
    for row in scene.rows() {
        let Some(&old) = rows.get(&scene.table.key(scene.specs(), scene.dataset, row)) else { continue };
        let now = evaluate::sum(sum, &scene.view(row));
        let before = evaluate::sum(sum, &RowView::new(table, old));
        let (Ok(now), Ok(before)) = (now, before) else { continue };
        let (now, before) = (sum.amount(now), sum.amount(before));
        if jumps(now, before, absolute, percent) {
            let facts = vec![
                scene.period_before(),
                scene.sum("field", sum),
                scene.amount("value", now),
                scene.amount("expected", before),
            ];
            found.push(scene.about_row(row, &fields(sum), facts));
        }
    }
}

fn jumps(now: Amount, before: Amount, absolute: Amount, percent: i64) -> bool {
    let change = (now - before).abs();
    change > Amount::default() && change >= absolute && change.ratio().times(100) >= before.abs().ratio().times(percent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_thresholds_must_be_reached() {
        let jumps = |now, before, absolute, percent| {
            super::jumps(Amount::whole(now), Amount::whole(before), Amount::whole(absolute), percent)
        };
        assert!(jumps(30, 20, 10, 50));
        assert!(!jumps(29, 20, 10, 50));
        assert!(!jumps(300, 290, 10, 50));
        assert!(jumps(10, 0, 10, 50));
        assert!(!jumps(0, 0, 0, 0));
        assert!(jumps(0, 20, 10, 100));
    }
}
