//! `silent-units`: the built-in rule with a severity and a wording of the project.

use super::{Scene, plain};
use crate::check::register;
use crate::compute::evaluate;
use crate::diagnostic::{Diagnostic, first_some};
use crate::spec::checks::silent_units::SilentUnits;

/// One finding for each region.
pub fn check(scene: &Scene<'_>, _: &SilentUnits, found: &mut Vec<Diagnostic>) {
    let Some(register) = register::Register::new(scene.subject, scene.period, scene.index) else { return };
    for (region, mut rows) in register.silent() {
        rows.retain(|&row| evaluate::condition(scene.filter, &register.view(row)) == Ok(true));
        if rows.is_empty() {
            continue;
        }
        let names: Vec<String> = rows.iter().map(|&row| register.title(row)).collect();
        let facts = vec![scene.count("count", names.len()), plain("units", first_some(&names))];
        let mut diagnostic = scene.about_region(register.place(rows[0]), region, &[], facts);
        diagnostic.concern.unit = register::only(&rows, |row| register.key(row));
        found.push(diagnostic);
    }
}
