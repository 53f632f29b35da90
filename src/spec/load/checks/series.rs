//! `checks/series/*.yaml`: figures as somebody else published them.

use std::collections::HashMap;

use super::Targets;
use crate::diagnostic::{FileName, Rule};
use crate::spec::IndicatorIndex;
use crate::spec::checks::PublishedFigure;
use crate::spec::checks::figures::Figures;
use crate::spec::checks::format::{RawPublished, RawSeries};
use crate::spec::load::Loader;
use crate::value::Ratio;
use crate::yaml::{List, Spanned};

/// A series as it is written, with its file.
pub(super) type SeriesFile<'a> = (&'a FileName, RawSeries);

impl Loader<'_> {
    /// Reports series of the same name.
    pub(super) fn distinct_series(&mut self, series: &[SeriesFile<'_>]) {
        let mut seen: HashMap<&str, &FileName> = HashMap::new();
        for (file, raw) in series {
            if let Some(first) = seen.insert(&raw.id.value, file) {
                let message = format!("the series `{}` is declared a second time", raw.id.value);
                let hint = format!("the first one stands in `{first}`; give one of them another `id`");
                self.at(file).report(Rule::DuplicateName, raw.id.span, message).hint = Some(hint.into());
            }
        }
    }

    /// A figure in the file of its series; `None` when one of its parts is faulty.
    fn published(&mut self, raw: &RawPublished, usual: Ratio, targets: Targets<'_>) -> Option<PublishedFigure> {
        let indicator = targets.indicators.iter().position(|indicator| indicator.id == raw.indicator.value);
        if indicator.is_none() && targets.all_indicators_read {
            self.unknown("indicator", &raw.indicator, targets.indicators.iter().map(|indicator| indicator.id.as_str()));
        }
        let group = match indicator {
            Some(at) => self.group(&raw.group.0, &targets.indicators[at], targets.known).ok(),
            None => None,
        };
        let region = self.region(&raw.region, targets);
        let period = self.period(&raw.period, targets.known.frame);
        let value = self.decimal(&raw.value);
        let tolerance = raw.tolerance.as_ref().map_or(Some(usual), |tolerance| self.decimal(tolerance));
        Some(PublishedFigure {
            indicator: IndicatorIndex(indicator?),
            group: group?,
            region: region?,
            period: period?,
            value: value?,
            tolerance: tolerance?,
            file: self.file.clone(),
            span: raw.value.span,
        })
    }
}

/// The files of series, for the keys of one check.
pub(super) struct Reading<'a, 'b, 'c> {
    pub loader: &'a mut Loader<'b>,
    pub series: &'c [SeriesFile<'c>],
    pub targets: Targets<'c>,
}

impl Figures for Reading<'_, '_, '_> {
    fn series(&mut self, name: &Spanned<String>) -> Option<Vec<PublishedFigure>> {
        let Some((file, raw)) = self.series.iter().find(|(_, series)| series.id.value == name.value) else {
            self.loader.unknown("series", name, self.series.iter().map(|(_, series)| series.id.value.as_str()));
            return None;
        };
        let mut loader = self.loader.at(file);
        let usual = raw.tolerance.as_ref().map(|tolerance| loader.decimal(tolerance));
        let usual = usual.flatten().unwrap_or(Ratio::whole(0));
        Some(raw.values.0.iter().filter_map(|row| loader.published(row, usual, self.targets)).collect())
    }

    fn pair(&mut self, names: &List<Spanned<String>>) -> Option<(IndicatorIndex, IndicatorIndex)> {
        let (targets, loader) = (self.targets, &mut *self.loader);
        let mut found = Vec::new();
        for name in &names.0 {
            match targets.indicators.iter().position(|indicator| indicator.id == name.value) {
                Some(at) => found.push(at),
                None if targets.all_indicators_read => {
                    loader.unknown("indicator", name, targets.indicators.iter().map(|indicator| indicator.id.as_str()));
                }
                None => {}
            }
        }
        let first = names.0.first()?;
        if names.0.len() != 2 || found.len() == 2 && found[0] == found[1] {
            let message = format!("expected two indicators to compare, found {}", names.0.len());
            let message =
                if names.0.len() == 2 { "expected two indicators, found the same one twice".to_owned() } else { message };
            loader.report(Rule::InvalidSpecification, first.span, message);
            return None;
        }
        let [one, other] = found.as_slice() else { return None };
        let per = |at: &usize| targets.indicators[*at].per;
        if per(one) != per(other) {
            let message =
                format!("the two are told in other units: `per` is {} of one and {} of the other", per(one), per(other));
            loader.report(Rule::InvalidSpecification, first.span, message);
            return None;
        }
        Some((IndicatorIndex(*one), IndicatorIndex(*other)))
    }

    fn decimal(&mut self, raw: &Spanned<String>) -> Option<Ratio> {
        self.loader.decimal(raw)
    }
}
