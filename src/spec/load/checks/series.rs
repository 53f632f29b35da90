//! `checks/series/*.yaml`: figures as somebody else published them.

use std::collections::HashMap;

use super::Targets;
use crate::diagnostic::{Diagnostic, FileName, Place, Rule, Span, list};
use crate::sources::TextFile;
use crate::spec::IndicatorIndex;
use crate::spec::checks::PublishedFigure;
use crate::spec::checks::figures::Figures;
use crate::spec::checks::format::{RawPublished, RawSeries};
use crate::spec::load::Loader;
use crate::value::Ratio;
use crate::yaml::{Entries, List, Spanned};

/// The columns that a table of figures has.
const COLUMNS: [&str; 4] = ["indicator", "region", "period", "value"];

/// The column of tolerances, which a table may have; any other column is a field of groups.
const TOLERANCE: &str = "tolerance";

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

    /// Notes tables of figures that no series names.
    pub(super) fn unused_tables(&mut self, series: &[SeriesFile<'_>], tables: &[&TextFile]) {
        let is_named = |table: &&TextFile| series.iter().any(|(file, raw)| named(file, raw).as_ref() == Some(&table.name));
        for table in tables.iter().filter(|table| !is_named(table)) {
            let message = "no series names this table; it is not read";
            let found = Diagnostic::new(Rule::PassedOver, Place::File(table.name.clone()), message);
            self.diagnostics.push(found.hint("name it in a file beside it: `table: …`"));
        }
    }

    /// The figures of a table: a line for each. Lines without a value are passed over.
    fn rows(&mut self, table: &TextFile) -> Vec<RawPublished> {
        let text = table.text.trim_start_matches('\u{feff}');
        let first = text.lines().next().unwrap_or_default();
        let delimiter =
            [b',', b';', b'\t'].into_iter().max_by_key(|sign| (first.bytes().filter(|byte| byte == sign).count(), *sign == b','));
        let mut builder = csv::ReaderBuilder::new();
        let mut reader =
            builder.delimiter(delimiter.unwrap_or(b',')).flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
        let headers = reader.headers().cloned().unwrap_or_default();
        let missing: Vec<&str> = COLUMNS.into_iter().filter(|column| !headers.iter().any(|header| header == *column)).collect();
        if !missing.is_empty() {
            let message = format!("expected a column for each of {}; {} is missing", list(&COLUMNS), list(&missing));
            self.report(Rule::InvalidSpecification, Span { line: 1, column: 1 }, message);
            return Vec::new();
        }
        let mut rows = Vec::new();
        for record in reader.records() {
            let Ok(record) = record else {
                self.report(Rule::InvalidSpecification, Span { line: 1, column: 1 }, "this is no table of text (CSV)");
                return rows;
            };
            let line = record.position().map_or(1, |position| u32::try_from(position.line()).unwrap_or(u32::MAX));
            let cell = |text: &str| Spanned { value: text.to_owned(), span: Span { line, column: 1 } };
            let of = |column: &str| {
                let at = headers.iter().position(|header| header == column)?;
                record.get(at).filter(|text| !text.is_empty()).map(&cell)
            };
            let [indicator, region, period, value] = COLUMNS.map(&of);
            let Some(value) = value else { continue };
            let fields = headers.iter().filter(|header| !COLUMNS.contains(header) && *header != TOLERANCE);
            let group = fields.filter_map(|field| Some((cell(field), of(field)?))).collect();
            let or_blank = |found: Option<Spanned<String>>| found.unwrap_or_else(|| cell(""));
            rows.push(RawPublished {
                indicator: or_blank(indicator),
                group: Entries(group),
                region: or_blank(region),
                period: or_blank(period),
                value,
                tolerance: of(TOLERANCE),
            });
        }
        if rows.is_empty() {
            self.report(Rule::EmptyTable, Span { line: 1, column: 1 }, "expected figures below the headers, found none").hint =
                Some("write a line for each figure, or take the table out".into());
        }
        rows
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

/// The table that a series names.
fn named(file: &FileName, raw: &RawSeries) -> Option<FileName> {
    let folder = file.as_str().rsplit_once('/').map_or("", |(folder, _)| folder);
    raw.table.as_ref().map(|table| FileName::new(format!("{folder}/{}", table.value)))
}

/// The files of series, for the keys of one check.
pub(super) struct Reading<'a, 'b, 'c> {
    pub loader: &'a mut Loader<'b>,
    pub series: &'c [SeriesFile<'c>],
    /// The tables of figures beside them.
    pub tables: &'c [&'c TextFile],
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
        let mut figures: Vec<PublishedFigure> =
            raw.values.0.iter().filter_map(|row| loader.published(row, usual, self.targets)).collect();
        if let (Some(name), Some(wanted)) = (named(file, raw), &raw.table) {
            match self.tables.iter().find(|table| table.name == name) {
                Some(table) => {
                    let mut loader = self.loader.at(&table.name);
                    let rows = loader.rows(table);
                    figures.extend(rows.iter().filter_map(|row| loader.published(row, usual, self.targets)));
                }
                None => {
                    let known = self.tables.iter().filter_map(|table| table.name.as_str().rsplit('/').next());
                    loader.unknown("table", wanted, known);
                }
            }
        }
        Some(figures)
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
