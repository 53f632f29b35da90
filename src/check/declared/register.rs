//! `silent-units` and `unregistered-units`: the built-in rules of the register with a severity and a wording of the project.

use super::{Scene, plain};
use crate::check::register;
use crate::compute::evaluate;
use crate::diagnostic::{Diagnostic, list_some};

/// One finding for each region.
pub fn silent(scene: &Scene<'_>, found: &mut Vec<Diagnostic>) {
    let Some(register) = register::Register::new(scene.subject, scene.period, scene.index) else { return };
    for (region, mut rows) in register.silent() {
        rows.retain(|&row| evaluate::condition(scene.filter, &register.view(row)) == Ok(true));
        if rows.is_empty() {
            continue;
        }
        let names: Vec<String> = rows.iter().map(|&row| register.title(row)).collect();
        let facts = vec![plain("count", names.len()), plain("units", list_some(&names))];
        let mut diagnostic = scene.about_region(register.place(rows[0]), region, &[], facts);
        diagnostic.concern.unit = register::only(&rows, |row| register.key(row));
        found.push(diagnostic);
    }
}

/// One finding for each unit.
pub fn unregistered(scene: &Scene<'_>, found: &mut Vec<Diagnostic>) {
    let Some(register) = register::Register::new(scene.subject, scene.period, scene.index) else { return };
    for row in register.unregistered().into_iter().filter(|&row| scene.holds(row)) {
        found.push(scene.about_row(row, &scene.dataset.key, Vec::new()));
    }
}
