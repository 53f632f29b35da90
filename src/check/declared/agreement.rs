//! `agreement`: two indicators tell one figure, and differ.

use super::{Facts, decimal, named, worded, written};
use crate::check::Subject;
use crate::diagnostic::{Diagnostic, Place};
use crate::spec::checks::{Agreement, Check};
use crate::value::Ratio;

/// Compared exactly, before rounding, wherever both have a value. Where regions within one already differ, that is told of these only.
pub fn check(subject: Subject<'_>, check: &Check, pair: &Agreement, found: &mut Vec<Diagnostic>) {
    let specs = subject.specs;
    let (indicator, other) = (specs.indicator(pair.indicator), specs.indicator(pair.other));
    for period in specs.periods().filter(|&period| check.since.is_none_or(|since| since <= period)) {
        let mut told = vec![false; specs.hierarchy.len()];
        // Inner regions come after the outer ones in the hierarchy, so they are looked at first.
        for (region, declared) in specs.hierarchy.all().rev() {
            let value = |index| subject.results.total(index, period, region).value();
            if let (Ok(value), Ok(expected), false) = (value(pair.indicator), value(pair.other), told[region.0]) {
                let difference = value.minus(expected).times(indicator.per);
                let distance = if difference < Ratio::whole(0) { difference.times(-1) } else { difference };
                if distance > pair.tolerance {
                    told[region.0] = true;
                    let (decimals, others) = (indicator.decimals.of(period), other.decimals.of(period));
                    let facts: Facts = vec![
                        named("indicator", specs, indicator, None),
                        named("other", specs, other, None),
                        decimal(subject, "value", (value.times(indicator.per), decimals)),
                        decimal(subject, "expected", (expected.times(other.per), others)),
                        decimal(subject, "difference", (distance, decimals.max(others))),
                        decimal(subject, "tolerance", written(pair.tolerance)),
                    ];
                    let place = Place::File(check.file.clone());
                    found.push(worded(subject, check, place, (region, period), facts));
                }
            }
            if let Some(parent) = declared.parent.filter(|_| told[region.0]) {
                told[parent.0] = true;
            }
        }
    }
}
