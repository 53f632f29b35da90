//! `published-series`: a region's figure differs from a published one.

use super::{Facts, decimal, named, worded, written};
use crate::check::Subject;
use crate::compute::Slice;
use crate::diagnostic::{Diagnostic, Place};
use crate::spec::checks::{Check, PublishedSeries};
use crate::value::Ratio;

/// Compared exactly, before rounding; a figure that we do not have is passed over.
pub fn check(subject: Subject<'_>, check: &Check, series: &PublishedSeries, found: &mut Vec<Diagnostic>) {
    let specs = subject.specs;
    for published in series.values.iter().filter(|published| check.since.is_none_or(|since| since <= published.period)) {
        let indicator = specs.indicator(published.indicator);
        let slice = match published.group {
            None => Slice::Total,
            Some((breakdown, value)) => Slice::Category { breakdown, value: Some(value) },
        };
        let slices = subject.results.slices(published.indicator);
        let position = slices.iter().position(|known| *known == slice).expect("a group of the indicator");
        let number = subject.results.slice(published.indicator, published.period, published.region, position);
        let Ok(ratio) = number.value() else { continue };
        let value = ratio.times(indicator.per);
        let difference = value.minus(published.value);
        let distance = if difference < Ratio::whole(0) { difference.times(-1) } else { difference };
        if distance <= published.tolerance {
            continue;
        }
        let group = slice.group(specs, indicator).and_then(|(_, _, group)| group);
        let facts: Facts = vec![
            named("indicator", specs, indicator, group),
            decimal(subject, "value", (value, indicator.decimals.of(published.period))),
            decimal(subject, "expected", written(published.value)),
            decimal(subject, "tolerance", written(published.tolerance)),
        ];
        let place = Place::Text { file: published.file.clone(), span: published.span };
        found.push(worded(subject, check, place, (published.region, published.period), facts));
    }
}
