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
use crate::yaml::Spanned;

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
        let region = self.region(&raw.region, targets);
        let period = self.period(&raw.period, targets.known.frame);
        let value = self.decimal(&raw.value);
        let tolerance = raw.tolerance.as_ref().map_or(Some(usual), |tolerance| self.decimal(tolerance));
        Some(PublishedFigure {
            indicator: IndicatorIndex(indicator?),
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
}
