//! `zero-denominator`: units answered, but their denominators add up to zero.

use std::sync::Arc;

use super::Subject;
use crate::diagnostic::{CauseKind, Concern, Diagnostic, Fact, Place, Rule, list_named};
use crate::period::PeriodIndex;
use crate::region::{Region, RegionIndex};
use crate::spec::IndicatorIndex;
use crate::value::Missing;

/// Gives one finding for each indicator and period, with all its regions.
pub fn check(subject: Subject<'_>) -> Vec<Diagnostic> {
    let specs = subject.specs;
    let mut found = Vec::new();
    for (position, indicator) in specs.indicators.iter().enumerate() {
        for (period, named) in specs.programme.periods.iter().enumerate() {
            let is_zero = |&(region, _): &(RegionIndex, &Region)| {
                subject.results.total(IndicatorIndex(position), PeriodIndex(period), region).value()
                    == Err(Missing::ZeroDenominator)
            };
            let regions: Vec<&Region> = specs.hierarchy.all().filter(is_zero).map(|(_, region)| region).collect();
            if regions.is_empty() {
                continue;
            }
            let told = list_named(regions.iter().map(|region| (specs.name_of(region), region.code.as_str())));
            let message = format!("the denominator of `{}` is zero in `{}` for {told}", indicator.id, named.id);
            let place = Place::Text { file: indicator.file.clone(), span: indicator.denominator.span };
            let regions: Vec<Arc<str>> = regions.iter().map(|region| region.code.as_str().into()).collect();
            let facts = vec![
                ("indicator", Fact::Text(indicator.id.to_string())),
                ("period", Fact::Text(named.id.to_string())),
                ("regions", Fact::Regions(regions.clone())),
            ];
            let concern = Concern { regions: regions.into(), period: Some(named.id.as_str().into()), ..Concern::default() };
            found.push(
                Diagnostic::new(Rule::ZeroDenominator, place, message)
                    .hint("the reports print a mark in place of the value; check that zero is what the offices mean")
                    .because(CauseKind::ZeroDenominator, facts)
                    .concerning(concern),
            );
        }
    }
    found
}
