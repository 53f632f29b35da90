//! The findings that waivers let through, as far as an audience is told of them.

use std::collections::BTreeMap;

use super::findings::may_tell;
use super::{Audience, Published};
use crate::compute::reliability;
use crate::diagnostic::Diagnostic;
use crate::period::PeriodIndex;
use crate::region::RegionIndex;
use crate::spec::checks::Waiver;

/// Findings that somebody answers for.
#[derive(Clone, Copy, Debug)]
pub struct LetThrough<'a> {
    /// The rule or the check that found them.
    pub rule: &'a str,
    /// How many there are.
    pub findings: usize,
    /// Until when they are let through, as it is written.
    pub until: &'a str,
    /// The waiver itself. `None` for the public: it may name a unit and a person, and say anything.
    pub waiver: Option<&'a Waiver>,
}

/// The findings of a period in a region and within it that waivers let through. The public is told them by rule and end, anybody else by
/// waiver.
pub(super) fn let_through<'a>(published: &Published<'a>, period: PeriodIndex, region: RegionIndex) -> Vec<LetThrough<'a>> {
    let (hierarchy, id) = (&published.specs.hierarchy, published.specs.period(period).id.as_str());
    let is_here = |finding: &Diagnostic| {
        finding.concern.period.as_deref().is_none_or(|found| found == id)
            && reliability::regions(published.specs, finding).iter().any(|&inner| hierarchy.contains(region, inner))
    };
    let mut findings: BTreeMap<usize, usize> = BTreeMap::new();
    let may_tell = |finding: &Diagnostic| may_tell(published.specs, published.audience, finding);
    for waived in published.waived.iter().filter(|waived| is_here(&waived.finding) && may_tell(&waived.finding)) {
        *findings.entry(waived.waiver).or_default() += waived.finding.count;
    }
    let whole = findings.into_iter().map(|(position, findings)| {
        let waiver = &published.specs.waivers[position];
        LetThrough { rule: &waiver.rule, findings, until: &waiver.until, waiver: Some(waiver) }
    });
    match published.audience {
        Audience::Internal => whole.collect(),
        Audience::Public => by_rule_and_end(whole),
    }
}

fn by_rule_and_end<'a>(whole: impl Iterator<Item = LetThrough<'a>>) -> Vec<LetThrough<'a>> {
    let mut sums: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for LetThrough { rule, findings, until, .. } in whole {
        *sums.entry((rule, until)).or_default() += findings;
    }
    sums.into_iter().map(|((rule, until), findings)| LetThrough { rule, findings, until, waiver: None }).collect()
}
