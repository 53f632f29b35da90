//! `published-series`: a region's figure differs from a published one.

use super::{Fact, Facts, plain, worded};
use crate::check::Subject;
use crate::diagnostic::{Diagnostic, Place};
use crate::language::Localized;
use crate::spec::checks::{Check, PublishedSeries};
use crate::value::Ratio;

/// Compared exactly, before rounding; a figure that we do not have is passed over.
pub fn check(subject: Subject<'_>, check: &Check, series: &PublishedSeries, found: &mut Vec<Diagnostic>) {
    let specs = subject.specs;
    for published in series.values.iter().filter(|published| check.since.is_none_or(|since| since <= published.period)) {
        let indicator = specs.indicator(published.indicator);
        let total = subject.results.total(published.indicator, published.period, published.region);
        let Ok(ratio) = total.value() else { continue };
        let value = ratio.times(indicator.per);
        let difference = value.minus(published.value);
        let distance = if difference < Ratio::whole(0) { difference.times(-1) } else { difference };
        if distance <= published.tolerance {
            continue;
        }
        let languages = specs.programme.languages.iter();
        let name = languages.map(|language| (language.clone(), format!("{} {}", indicator.id, indicator.short.get(language))));
        let facts: Facts = vec![
            ("indicator", Fact::Worded(Localized::new(name))),
            plain("value", value.decimal(indicator.decimals)),
            plain("expected", written(published.value)),
            plain("tolerance", written(published.tolerance)),
        ];
        let place = Place::Text { file: published.file.clone(), span: published.span };
        found.push(worded(specs, check, place, (published.region, published.period), facts));
    }
}

/// A decimal number as its author wrote it: its denominator is a power of ten.
fn written(ratio: Ratio) -> String {
    ratio.decimal(ratio.denominator().ilog10())
}
