//! `unregistered-units`: the built-in rule `unregistered-unit` with a severity and a wording of the project.

use super::Scene;
use crate::check::register;
use crate::diagnostic::Diagnostic;
use crate::spec::checks::unregistered_units::UnregisteredUnits;

/// One finding for each unit.
pub fn check(scene: &Scene<'_>, _: &UnregisteredUnits, found: &mut Vec<Diagnostic>) {
    let Some(register) = register::Register::new(scene.subject, scene.period, scene.index) else { return };
    for row in register.unregistered().into_iter().filter(|&row| scene.holds(row)) {
        found.push(scene.about_row(row, &scene.dataset.key, Vec::new()));
    }
}
