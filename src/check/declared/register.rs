//! `silent-units` and `unregistered-units`: the built-in rules of the register with a severity and a wording of the project.

use super::{Scene, plain};
use crate::check::register;
use crate::diagnostic::{Diagnostic, list_some};

/// One finding for each region.
pub fn silent(scene: &Scene<'_>, found: &mut Vec<Diagnostic>) {
    let Some(register) = register::Register::new(scene.subject, scene.period, scene.index) else { return };
    for (region, rows) in register.silent() {
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
    for row in register.unregistered() {
        found.push(scene.about_row(row, &scene.dataset.key, Vec::new()));
    }
}
