//! What errors block: the numbers of the regions that they concern, and of all regions above.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::diagnostic::{Diagnostic, Severity};
use crate::period::PeriodIndex;
use crate::region::{RegionCode, RegionIndex};
use crate::spec::Specs;

/// An error that blocks numbers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reason {
    /// The period of the data; `None` when it concerns all of them.
    pub period: Option<PeriodIndex>,
    /// The region whose data are in doubt.
    pub region: RegionIndex,
    /// The name of the rule or check.
    pub rule: String,
}

/// Why numbers are blocked, by region.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Blocked {
    reasons: BTreeMap<RegionIndex, BTreeSet<Reason>>,
}

impl Blocked {
    /// What the errors among some findings block. Errors without a region stop the whole run, and are not looked at here.
    pub fn new(specs: &Specs, diagnostics: &[Diagnostic]) -> Self {
        let mut blocked = Self::default();
        let mut seen = HashSet::new();
        for found in diagnostics.iter().filter(|found| found.severity == Severity::Error) {
            let period = found.concern.period.as_deref().and_then(|id| specs.programme.period(id));
            // The findings of a file that name no region share one list of regions, so each list is looked at once for each rule and
            // period.
            if !seen.insert((found.concern.regions.as_ptr(), period, found.name())) {
                continue;
            }
            for code in found.concern.regions.iter() {
                // Wherever a region lies that the registry does not know, it lies within the top.
                let region = specs.hierarchy.find(&RegionCode::new(code.as_ref())).unwrap_or(specs.hierarchy.top());
                for outer in specs.hierarchy.upwards(region) {
                    let reason = Reason { period, region, rule: found.name().to_owned() };
                    blocked.reasons.entry(outer).or_default().insert(reason);
                }
            }
        }
        blocked
    }

    /// Why a region's numbers of a period are blocked. Reports print earlier periods beside their own, so errors of earlier periods count
    /// too.
    pub fn reasons(&self, region: RegionIndex, period: PeriodIndex) -> Vec<&Reason> {
        let reasons = self.reasons.get(&region).into_iter().flatten();
        reasons.filter(|reason| reason.period.is_none_or(|found| found <= period)).collect()
    }

    /// Whether nothing is blocked.
    pub fn is_empty(&self) -> bool {
        self.reasons.is_empty()
    }

    /// Whether all numbers of a region are blocked for a period.
    pub fn holds(&self, region: RegionIndex, period: PeriodIndex) -> bool {
        !self.reasons(region, period).is_empty()
    }
}
