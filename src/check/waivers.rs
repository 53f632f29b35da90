//! Waivers: a finding that somebody answers for becomes a note and stops nothing; waivers that are of no use are reported.

use crate::dataset::Data;
use crate::diagnostic::{Diagnostic, Place, Rule, Severity};
use crate::period::PeriodIndex;
use crate::region::RegionCode;
use crate::spec::Specs;
use crate::spec::checks::Waiver;

/// A finding that a waiver let through, as it was without the waiver.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Waived {
    /// The waiver's position in [`Specs::waivers`].
    pub waiver: usize,
    /// The finding with its own severity.
    pub finding: Diagnostic,
}

/// What came of a waiver.
#[derive(Clone, Copy, Default)]
struct Use {
    applied: usize,
    too_late: usize,
}

/// Turns waived findings into notes, and returns them as they were, in stable order. There is no clock: a waiver has expired once there are
/// data of a period after its last one.
pub fn waive(specs: &Specs, data: &Data, diagnostics: &mut Vec<Diagnostic>) -> Vec<Waived> {
    let latest = data.latest().unwrap_or(PeriodIndex(0));
    let mut uses = vec![Use::default(); specs.waivers.len()];
    let mut waived = Vec::new();
    for finding in diagnostics.iter_mut() {
        let period = finding.concern.period.as_deref().and_then(|id| specs.programme.period(id)).unwrap_or(latest);
        let fitting = |(_, waiver): &(usize, &Waiver)| fits(specs, waiver, finding, period);
        let fitting: Vec<(usize, &Waiver)> = specs.waivers.iter().enumerate().filter(fitting).collect();
        match fitting.iter().find(|(_, waiver)| waiver.last.is_some_and(|last| period <= last)) {
            Some((position, waiver)) => {
                uses[*position].applied += 1;
                waived.push(Waived { waiver: *position, finding: finding.clone() });
                let reason = specs.programme.publish.first().map_or("", |language| waiver.reason.get(language));
                finding.severity = Severity::Note;
                finding.waived = Some(format!("until {}, {}: {reason}", waiver.until, waiver.who));
            }
            None => fitting.iter().for_each(|(position, _)| uses[*position].too_late += 1),
        }
    }
    waived.sort();
    // The finding that a waiver is for may stand in a file that was not read.
    let whole = specs.whole && specs.periods().all(|period| data.is_whole(period));
    diagnostics.extend(specs.waivers.iter().zip(uses).filter_map(|(waiver, came)| useless(waiver, came, whole)));
    waived
}

fn fits(specs: &Specs, waiver: &Waiver, finding: &Diagnostic, period: PeriodIndex) -> bool {
    let concern = &finding.concern;
    let within = |code: &std::sync::Arc<str>| {
        let region = specs.hierarchy.find(&RegionCode::new(code.as_ref()));
        waiver.region.zip(region).is_some_and(|(outer, inner)| specs.hierarchy.contains(outer, inner))
    };
    waiver.rule == finding.name()
        && (waiver.region.is_none() || !concern.regions.is_empty() && concern.regions.iter().all(within))
        && waiver.unit.as_ref().is_none_or(|unit| concern.unit.as_deref() == Some(unit.as_str()))
        && waiver.field.as_ref().is_none_or(|field| concern.fields.iter().any(|known| known.as_ref() == field))
        && waiver.period.is_none_or(|meant| concern.period.is_some() && meant == period)
}

fn useless(waiver: &Waiver, came: Use, whole: bool) -> Option<Diagnostic> {
    let place = Place::Text { file: waiver.file.clone(), span: waiver.span };
    match came {
        Use { too_late: 1.., .. } => {
            let message = format!(
                "the waiver of `{}` ended with `{}`, and {} that it would let through {}",
                waiver.rule,
                waiver.until,
                if came.too_late == 1 { "a finding".to_owned() } else { format!("{} findings", came.too_late) },
                if came.too_late == 1 { "stands" } else { "stand" },
            );
            let hint = "have the data corrected, or let somebody answer for it for longer";
            Some(Diagnostic::new(Rule::ExpiredWaiver, place, message).hint(hint))
        }
        Use { applied: 0, too_late: 0 } if whole => {
            let message = format!("the waiver of `{}` lets nothing through: there is no such finding", waiver.rule);
            let hint = "take it out, or correct its place; `esep check --format json` prints the places of findings";
            Some(Diagnostic::new(Rule::UnusedWaiver, place, message).hint(hint))
        }
        Use { .. } => None,
    }
}
