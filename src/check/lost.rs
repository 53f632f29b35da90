//! Rows without a region: where the register knows their units, their faults concern the regions that it gives.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::{Collected, Subject};
use crate::compute::roll;
use crate::diagnostic::{Diagnostic, Severity};

/// Lets the errors of rows without a region also concern the regions in which the register has their units.
pub fn blame(subject: Subject<'_>, diagnostics: &mut [Diagnostic]) {
    let Subject { specs, data, .. } = subject;
    for Collected { period, dataset, table, .. } in subject.tables() {
        let keys = table.lost_keys(specs, dataset);
        let lost: HashSet<String> = keys.iter().map(|key| key.join(", ")).collect();
        let Some((register, declared)) = roll::register(specs, data, dataset, period).filter(|_| !lost.is_empty()) else {
            continue;
        };
        let rows = (0..register.len()).map(|row| (register.key(specs, declared, row).join(", "), register.region(row)));
        let code = |region| -> Arc<str> { specs.hierarchy.region(region).code.as_str().into() };
        let regions: HashMap<String, Arc<str>> =
            rows.filter(|(key, _)| lost.contains(key)).map(|(key, region)| (key, code(region))).collect();
        let id = specs.period(period).id.as_str();
        let is_about = |found: &&mut Diagnostic| {
            let concern = &found.concern;
            let is_here = concern.period.as_deref() == Some(id) && concern.dataset.as_deref() == Some(dataset.id.as_str());
            found.severity == Severity::Error && is_here && !concern.regions.is_empty()
        };
        for found in diagnostics.iter_mut().filter(is_about) {
            let region = found.concern.unit.as_deref().and_then(|unit| regions.get(unit));
            if let Some(region) = region.filter(|region| !found.concern.regions.contains(region)) {
                found.concern.regions = found.concern.regions.iter().chain([region]).cloned().collect();
            }
        }
    }
}
