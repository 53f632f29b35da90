//! Findings that somebody lets through, resolved.

use crate::diagnostic::{Diagnostic, FileName, Span};
use crate::language::Localized;
use crate::period::PeriodIndex;
use crate::region::RegionIndex;

/// A finding that somebody lets through.
#[derive(Clone, Debug)]
pub struct Waiver {
    /// The name of the rule or check.
    pub rule: String,
    /// Findings in it and below it are meant.
    pub region: Option<RegionIndex>,
    /// The unit's key.
    pub unit: Option<String>,
    /// The id of a field.
    pub field: Option<String>,
    /// The period.
    pub period: Option<PeriodIndex>,
    /// Why it may pass.
    pub reason: Localized,
    /// Who answers for it.
    pub who: String,
    /// As it is written: a period or a day.
    pub until: String,
    /// The last period for whose data it holds; `None` when it ended before all of them.
    pub last: Option<PeriodIndex>,
    /// The file it is declared in.
    pub file: FileName,
    /// Where it stands.
    pub span: Span,
}

impl Waiver {
    /// Whether it is for a unit's findings of this kind.
    pub fn names_unit_of(&self, found: &Diagnostic) -> bool {
        self.unit.as_deref().is_some_and(|unit| found.concern.unit.as_deref() == Some(unit)) && self.rule == found.name()
    }
}
