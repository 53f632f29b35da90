//! `checks/*.yaml`, `checks/series/*.yaml` and `waivers.yaml`.

use std::collections::HashMap;

use super::{Known, Loader};
use crate::diagnostic::{FileName, Rule, Span, did_you_mean_or_list, list};
use crate::period::{self, PeriodIndex};
use crate::region::{Hierarchy, RegionCode, RegionIndex};
use crate::sources::TextFile;
use crate::spec::checks::format::{RawCheck, RawCheckKind, RawSeries, RawWaiver, RawWaivers};
use crate::spec::checks::{Check, CheckSubject, Published, Relation, RowCheck, Waiver};
use crate::spec::expression::Sum;
use crate::spec::format::RawText;
use crate::spec::{Dataset, DatasetIndex, FieldIndex, FieldKind, Indicator, IndicatorIndex};
use crate::value::Ratio;
use crate::yaml::{self, Spanned};

/// What checks and waivers may refer to.
#[derive(Clone, Copy)]
pub struct Targets<'a> {
    pub known: &'a Known<'a>,
    pub indicators: &'a [Indicator],
    /// Whether every indicator could be read: only then is one that is not there a fault.
    pub all_indicators_read: bool,
    /// `None` when the registry of regions is broken.
    pub hierarchy: Option<&'a Hierarchy>,
    /// Whether every region could be read.
    pub all_regions_read: bool,
}

/// A series as it is written, with its file.
type SeriesFile<'a> = (&'a FileName, RawSeries);

impl Loader<'_> {
    /// The checks in the order of their files, and the waivers in the order of theirs.
    pub fn checks(&mut self, files: &[TextFile], targets: Targets<'_>) -> (Vec<Check>, Vec<Waiver>) {
        let mut series: Vec<SeriesFile<'_>> = Vec::new();
        let mut raw: Vec<(&FileName, RawCheck)> = Vec::new();
        let mut whole = true;
        for file in files {
            let Some(inside) = file.name.as_str().strip_prefix("indicator-specs/checks/") else { continue };
            if inside.starts_with("series/") {
                series.extend(yaml::parse(file, self.diagnostics).map(|parsed| (&file.name, parsed.value)));
            } else if let Some(parsed) = yaml::parse(file, self.diagnostics) {
                raw.push((&file.name, parsed.value));
            } else {
                whole = false;
            }
        }
        self.distinct_series(&series);
        self.distinct_checks(&raw);
        let checks = raw.iter().filter_map(|(file, raw)| self.at(file).check(raw, &series, targets)).collect();
        let mut waivers = Vec::new();
        for file in files.iter().filter(|file| file.is_yaml_of("indicator-specs/waivers.yaml")) {
            let Some(parsed) = yaml::parse::<RawWaivers>(file, self.diagnostics) else { continue };
            let names: Vec<&str> = raw.iter().map(|(_, check)| check.id.value.as_str()).collect();
            for waiver in &parsed.value.waivers.0 {
                waivers.extend(self.at(&file.name).waiver(waiver, &names, whole, targets));
            }
        }
        (checks, waivers)
    }

    fn distinct_series(&mut self, series: &[SeriesFile<'_>]) {
        let mut seen: HashMap<&str, &FileName> = HashMap::new();
        for (file, raw) in series {
            if let Some(first) = seen.insert(&raw.id.value, file) {
                let message = format!("the series `{}` is declared a second time", raw.id.value);
                let hint = format!("the first one stands in `{first}`; give one of them another `id`");
                self.at(file).report(Rule::DuplicateName, raw.id.span, message).hint = Some(hint.into());
            }
        }
    }

    fn distinct_checks(&mut self, checks: &[(&FileName, RawCheck)]) {
        let mut seen: HashMap<&str, &FileName> = HashMap::new();
        for (file, raw) in checks {
            let id = raw.id.value.as_str();
            let spelt = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
            if id.is_empty() || !id.chars().all(spelt) {
                let message = format!("expected a name of small letters, digits and `-`, found `{id}`");
                self.at(file).report(Rule::InvalidSpecification, raw.id.span, message).hint =
                    Some("name the check after the fault, such as `more-than-all`".into());
            }
            if Rule::ALL.iter().any(|rule| rule.name() == id) {
                let message = format!("`{id}` is the name of a built-in rule");
                self.at(file).report(Rule::DuplicateName, raw.id.span, message).hint = Some("give the check another `id`".into());
            }
            if let Some(first) = seen.insert(id, file) {
                let message = format!("the check `{id}` is declared a second time");
                let hint = format!("the first one stands in `{first}`; give one of them another `id`");
                self.at(file).report(Rule::DuplicateName, raw.id.span, message).hint = Some(hint.into());
            }
        }
    }

    fn check(&mut self, raw: &RawCheck, series: &[SeriesFile<'_>], targets: Targets<'_>) -> Option<Check> {
        let kind = raw.kind.value;
        let message = self.wording(&raw.message, kind);
        let hint = raw.hint.as_ref().map(|hint| self.wording(hint, kind));
        let since = raw.since.as_ref().map(|since| self.period(since, targets.known.frame));
        let sound = self.keys(raw);
        let dataset = raw.dataset.as_ref().map(|name| self.dataset_named(name, targets.known));
        let subject = match dataset {
            None if kind == RawCheckKind::PublishedSeries => self.series(raw, series, targets).map(CheckSubject::Series),
            None => self.fault(raw.kind.span, format!("the kind `{}` needs the key `dataset`", kind.name()), None),
            Some(_) if kind == RawCheckKind::PublishedSeries => {
                let text = "the kind `published-series` takes no dataset";
                self.fault(raw.kind.span, text.into(), Some("the indicators of the series tell the dataset".into()))
            }
            Some(None) => None,
            Some(Some(dataset)) => {
                // Units that did not report have a row in the register only.
                let register = targets.known.datasets[dataset.0].expected.filter(|_| kind == RawCheckKind::SilentUnits);
                let filter = self.condition(raw.filter.as_ref(), register.unwrap_or(dataset), targets.known);
                self.row_check(raw, dataset, targets).map(|kind| CheckSubject::Rows { dataset, filter, kind })
            }
        };
        let check = Check {
            id: raw.id.value.as_str().into(),
            severity: raw.severity.severity(),
            title: raw.title.as_ref().map(|title| self.text(title)),
            message,
            hint,
            since: since.flatten(),
            kind,
            subject: subject?,
            file: self.file.clone(),
        };
        sound.then_some(check)
    }

    fn fault<T>(&mut self, span: Span, message: String, hint: Option<String>) -> Option<T> {
        self.report(Rule::InvalidSpecification, span, message).hint = hint.map(Into::into);
        None
    }

    /// Reports keys that the kind lacks, and keys that it does not have.
    fn keys(&mut self, raw: &RawCheck) -> bool {
        let kind = raw.kind.value;
        let (needed, optional) = kind.keys();
        let given = raw.given();
        let lacking: Vec<&str> = needed.iter().copied().filter(|key| !given.contains(key)).collect();
        let strange: Vec<&str> = given.iter().copied().filter(|key| !needed.contains(key) && !optional.contains(key)).collect();
        let all: Vec<&str> = needed.iter().chain(optional).copied().collect();
        for key in &strange {
            let hint = did_you_mean_or_list(key, all.iter().copied());
            self.fault::<()>(raw.kind.span, format!("the kind `{}` has no key `{key}`", kind.name()), hint);
        }
        if !lacking.is_empty() {
            let message = format!("the kind `{}` needs the keys {}, and lacks {}", kind.name(), list(needed), list(&lacking));
            self.fault::<()>(raw.kind.span, message, None);
        }
        lacking.is_empty() && strange.is_empty()
    }

    /// A text whose placeholders are known to the kind.
    fn wording(&mut self, raw: &RawText, kind: RawCheckKind) -> crate::language::Localized {
        for (_, text) in &raw.value.0 {
            for piece in text.value.split('{').skip(1) {
                match piece.split_once('}') {
                    Some((name, _)) if kind.placeholders().contains(&name) => {}
                    Some((name, _)) => {
                        let hint = did_you_mean_or_list(name, kind.placeholders().iter().copied());
                        let message = format!("the kind `{}` has no placeholder `{{{name}}}`", kind.name());
                        self.report(Rule::UnknownName, text.span, message).hint = hint.map(Into::into);
                    }
                    None => {
                        let message = "expected a placeholder such as `{unit}`, found a `{` that nothing closes";
                        self.report(Rule::InvalidSpecification, text.span, message);
                    }
                }
            }
        }
        self.text(raw)
    }

    fn sum_of(&mut self, raw: Option<&Spanned<String>>, dataset: DatasetIndex, known: &Known<'_>) -> Option<Sum> {
        raw.and_then(|raw| self.scope(dataset, known).sum(raw))
    }

    fn field_of(&mut self, raw: Option<&Spanned<String>>, dataset: DatasetIndex, known: &Known<'_>) -> Option<FieldIndex> {
        raw.and_then(|raw| self.scope(dataset, known).field(&raw.value, raw.span))
    }

    /// Fields of a type that is told by `fits`; `None` when one of them does not fit.
    fn fields_of(
        &mut self,
        raw: &[Spanned<String>],
        (dataset, known): (DatasetIndex, &Known<'_>),
        (kind, fits): (&str, fn(&FieldKind) -> bool),
    ) -> Option<Vec<FieldIndex>> {
        self.distinct("the field", raw);
        let mut fields = Vec::new();
        for name in raw {
            let field = self.field_of(Some(name), dataset, known);
            let suits = field.is_none_or(|field| fits(&known.datasets[dataset.0].field(field).kind));
            if !suits {
                self.fault::<()>(name.span, format!("expected {kind}, found the field `{}` of another type", name.value), None);
            }
            fields.push(field.filter(|_| suits));
        }
        fields.into_iter().collect()
    }

    /// All counts of the dataset when none are named.
    fn counts(&mut self, raw: &[Spanned<String>], dataset: DatasetIndex, known: &Known<'_>) -> Option<Vec<FieldIndex>> {
        if raw.is_empty() {
            return Some(all_counts(&known.datasets[dataset.0]));
        }
        self.fields_of(raw, (dataset, known), ("a count", is_count))
    }

    fn row_check(&mut self, raw: &RawCheck, dataset: DatasetIndex, targets: Targets<'_>) -> Option<RowCheck> {
        let known = targets.known;
        let at_least = raw.at_least.as_ref().map(|number| number.value as usize);
        match raw.kind.value {
            RawCheckKind::Required => {
                let fields = self.fields_of(&raw.fields.0, (dataset, known), ("a field", |_| true));
                let blank_where = raw.blank_where.as_ref().map(|raw| self.condition(Some(raw), dataset, known));
                Some(RowCheck::Required { fields: fields?, blank_where })
            }
            RawCheckKind::Range => {
                let (min, max) = (raw.min.as_ref().map(|min| min.value), raw.max.as_ref().map(|max| max.value));
                if min.is_none() && max.is_none() {
                    self.fault::<()>(raw.kind.span, "the kind `range` needs `min`, `max` or both".into(), None);
                }
                if min.zip(max).is_some_and(|(min, max)| min > max) {
                    self.fault::<()>(raw.kind.span, "`min` is larger than `max`".into(), None);
                }
                Some(RowCheck::Range { sum: self.sum_of(raw.field.as_ref(), dataset, known)?, min, max })
            }
            RawCheckKind::Allowed => {
                let field = self.field_of(raw.field.as_ref(), dataset, known)?;
                let values: Vec<Option<String>> =
                    raw.values.0.iter().map(|value| self.allowed(value, &known.datasets[dataset.0], field, targets)).collect();
                Some(RowCheck::Allowed { field, values: values.into_iter().collect::<Option<_>>()? })
            }
            RawCheckKind::Sum => {
                let total = self.sum_of(raw.total.as_ref(), dataset, known);
                let parts = self.sum_of(raw.parts.as_ref(), dataset, known);
                let relation = raw.relation.as_ref().map_or(Relation::Equal, |relation| relation.value);
                Some(RowCheck::Sum { total: total?, parts: parts?, relation })
            }
            RawCheckKind::Within => {
                let numerator = self.sum_of(raw.numerator.as_ref(), dataset, known);
                let denominator = self.sum_of(raw.denominator.as_ref(), dataset, known);
                Some(RowCheck::Within { numerator: numerator?, denominator: denominator? })
            }
            RawCheckKind::Implication => Some(RowCheck::Implication {
                premise: self.condition(raw.premise.as_ref(), dataset, known),
                conclusion: self.condition(raw.conclusion.as_ref(), dataset, known),
            }),
            RawCheckKind::CheckDigit => self.check_digit(raw, dataset, known),
            RawCheckKind::SilentUnits | RawCheckKind::UnregisteredUnits => {
                let declared = &known.datasets[dataset.0];
                if declared.expected.is_none() && declared.whole {
                    let message = format!("the dataset `{}` has no register to compare with", declared.id);
                    self.fault::<()>(raw.kind.span, message, Some("name it in the dataset as `expected: …`".into()));
                }
                Some(if raw.kind.value == RawCheckKind::SilentUnits {
                    RowCheck::SilentUnits
                } else {
                    RowCheck::UnregisteredUnits
                })
            }
            RawCheckKind::NearDuplicates => {
                let is_text = |kind: &FieldKind| matches!(kind, FieldKind::Text | FieldKind::Code);
                let name = self.fields_of(raw.name.as_slice(), (dataset, known), ("text", is_text))?.pop();
                let fields = self.fields_of(&raw.fields.0, (dataset, known), ("a count", is_count))?;
                if name.is_none() && fields.is_empty() {
                    let message = "the kind `near-duplicates` needs `name`, `fields` or both";
                    self.fault::<()>(raw.kind.span, message.into(), None);
                }
                let distance = raw.distance.as_ref().map_or(2, |distance| distance.value as usize);
                Some(RowCheck::NearDuplicates { name, distance, fields, at_least: at_least.unwrap_or(5) })
            }
            RawCheckKind::Unchanged => {
                let fields = self.counts(&raw.fields.0, dataset, known)?;
                let differing = raw.differing.as_ref().map_or(0, |differing| differing.value as usize);
                Some(RowCheck::Unchanged { fields, at_least: at_least?, differing })
            }
            RawCheckKind::Jump => {
                let absolute = i64::from(raw.absolute.as_ref()?.value);
                let percent = raw.percent.as_ref().map_or(0, |percent| i64::from(percent.value));
                Some(RowCheck::Jump { sum: self.sum_of(raw.field.as_ref(), dataset, known)?, absolute, percent })
            }
            RawCheckKind::Outlier => {
                let sum = self.sum_of(raw.field.as_ref(), dataset, known);
                let denominator = raw.denominator.as_ref().map(|raw| self.sum_of(Some(raw), dataset, known));
                let is_category = |kind: &FieldKind| matches!(kind, FieldKind::Category(_));
                let peers = self.fields_of(&raw.peers.0, (dataset, known), ("a category", is_category));
                let cutoff = self.cutoff(raw, "3.5");
                let denominator = match denominator {
                    Some(sum) => Some(sum?),
                    None => None,
                };
                Some(RowCheck::Outlier { sum: sum?, denominator, peers: peers?, cutoff: cutoff?, at_least: at_least?.max(3) })
            }
            RawCheckKind::Heaping => {
                let sum = self.sum_of(raw.field.as_ref(), dataset, known);
                let base = raw.base.as_ref().map_or(5, |base| i64::from(base.value));
                if base < 2 {
                    let message = format!("expected a base of 2 or more, found `{base}`");
                    self.fault::<()>(raw.kind.span, message, None)?;
                }
                let above = raw.above.as_ref().map_or(2 * base, |above| i64::from(above.value));
                let level = raw.level.as_ref().and_then(|level| self.level(level, known.frame));
                let cutoff = self.cutoff(raw, "4");
                let at_least = at_least?.max(1);
                Some(RowCheck::Heaping { sum: sum?, base, above, level: level?, cutoff: cutoff?, at_least })
            }
            RawCheckKind::PublishedSeries => None,
        }
    }

    fn cutoff(&mut self, raw: &RawCheck, usual: &str) -> Option<Ratio> {
        let Some(raw) = &raw.cutoff else { return Ratio::parse(usual) };
        let cutoff = self.decimal(raw)?;
        // Beyond a thousand standard deviations nothing is found, and squares would not fit.
        if cutoff <= Ratio::whole(0) || cutoff > Ratio::whole(1000) {
            let message = format!("expected a number above 0 and up to 1000, found `{}`", raw.value);
            return self.fault(raw.span, message, None);
        }
        // Two decimals are enough, and products of them stay small.
        Ratio::new(cutoff.rounded(2), 100)
    }

    /// An allowed value as the dataset spells it.
    fn allowed(&mut self, raw: &Spanned<String>, dataset: &Dataset, field: FieldIndex, targets: Targets<'_>) -> Option<String> {
        match &dataset.field(field).kind {
            FieldKind::Code | FieldKind::Text => Some(raw.value.clone()),
            FieldKind::Region { .. } => self.region(raw, targets).map(|_| raw.value.clone()),
            FieldKind::Category(categories) => {
                if !categories.iter().any(|category| category.id == raw.value) {
                    self.unknown("value", raw, categories.iter().map(|category| category.id.as_str()));
                    return None;
                }
                Some(raw.value.clone())
            }
            FieldKind::Flag => match targets.known.frame.programme.words.flag(&raw.value) {
                Some(flag) => Some(flag.to_string()),
                None => self.fault(raw.span, format!("expected yes or no, found `{}`", raw.value), None),
            },
            FieldKind::Count { .. } => match raw.value.parse::<u32>() {
                Ok(count) => Some(count.to_string()),
                Err(_) => self.fault(raw.span, format!("expected a whole number, found `{}`", raw.value), None),
            },
        }
    }

    fn check_digit(&mut self, raw: &RawCheck, dataset: DatasetIndex, known: &Known<'_>) -> Option<RowCheck> {
        let is_text = |kind: &FieldKind| matches!(kind, FieldKind::Text | FieldKind::Code);
        let field = self.fields_of(raw.field.as_slice(), (dataset, known), ("an identifier", is_text))?.pop();
        let weights: Vec<Vec<u32>> =
            raw.weights.0.iter().map(|list| list.0.iter().map(|weight| weight.value.min(1_000_000)).collect()).collect();
        let length = weights.first().map_or(0, Vec::len);
        if length == 0 || length > 100 || weights.iter().any(|list| list.len() != length) {
            let message = "expected lists of weights of the same length, 1 to 100 numbers in each";
            return self.fault(raw.kind.span, message.into(), None);
        }
        let modulus = raw.modulus.as_ref()?;
        if modulus.value < 2 {
            let message = format!("expected a modulus of 2 or more, found `{}`", modulus.value);
            return self.fault(modulus.span, message, None);
        }
        Some(RowCheck::CheckDigit { field: field?, weights, modulus: modulus.value })
    }

    fn series(&mut self, raw: &RawCheck, series: &[SeriesFile<'_>], targets: Targets<'_>) -> Option<Vec<Published>> {
        let name = raw.series.as_ref()?;
        let Some((file, raw)) = series.iter().find(|(_, series)| series.id.value == name.value) else {
            self.unknown("series", name, series.iter().map(|(_, series)| series.id.value.as_str()));
            return None;
        };
        let mut loader = self.at(file);
        let usual = raw.tolerance.as_ref().map(|tolerance| loader.decimal(tolerance));
        let usual = usual.flatten().unwrap_or(Ratio::whole(0));
        let mut values = Vec::new();
        for row in &raw.values.0 {
            let indicator = targets.indicators.iter().position(|indicator| indicator.id == row.indicator.value);
            if indicator.is_none() && targets.all_indicators_read {
                loader.unknown("indicator", &row.indicator, targets.indicators.iter().map(|indicator| indicator.id.as_str()));
            }
            let region = loader.region(&row.region, targets);
            let period = loader.period(&row.period, targets.known.frame);
            let value = loader.decimal(&row.value);
            let tolerance = row.tolerance.as_ref().map_or(Some(usual), |tolerance| loader.decimal(tolerance));
            let (Some(indicator), Some(region), Some(period), Some(value), Some(tolerance)) =
                (indicator, region, period, value, tolerance)
            else {
                continue;
            };
            let indicator = IndicatorIndex(indicator);
            let (file, span) = ((*file).clone(), row.value.span);
            values.push(Published { indicator, region, period, value, tolerance, file, span });
        }
        Some(values)
    }

    /// The region with a code; an unknown one is reported when the registry is whole.
    fn region(&mut self, raw: &Spanned<String>, targets: Targets<'_>) -> Option<RegionIndex> {
        let hierarchy = targets.hierarchy?;
        let region = hierarchy.find(&RegionCode::new(raw.value.as_str()));
        if region.is_none() && targets.all_regions_read {
            self.unknown("region", raw, hierarchy.all().map(|(_, region)| region.code.as_str()));
        }
        region
    }

    fn waiver(&mut self, raw: &RawWaiver, checks: &[&str], whole: bool, targets: Targets<'_>) -> Option<Waiver> {
        let rules = || Rule::ALL.iter().map(|rule| rule.name()).chain(checks.iter().copied());
        if whole && !rules().any(|rule| rule == raw.rule.value) {
            self.unknown("rule", &raw.rule, rules());
        }
        let (region, unit, field, period) = (&raw.region, &raw.unit, &raw.field, &raw.period);
        if region.is_none() && unit.is_none() && field.is_none() && period.is_none() {
            let hint = "name a `region`, a `unit`, a `field` or a `period`";
            return self.fault(raw.rule.span, "expected the place that is meant, found none".into(), Some(hint.into()));
        }
        let datasets = targets.known.datasets;
        if let Some(field) = field
            && targets.known.all_datasets_read
            && datasets.iter().all(|dataset| dataset.whole && dataset.find(&field.value).is_none())
        {
            let names = datasets.iter().flat_map(|dataset| dataset.fields.iter().map(|field| field.id.as_str()));
            self.unknown("field", field, names);
        }
        let reason = self.text(&raw.reason);
        // What is named and not known is reported; without it the waiver would reach further than was meant.
        let region = match region {
            Some(region) => Some(self.region(region, targets)?),
            None => None,
        };
        let period = match period {
            Some(period) => Some(self.period(period, targets.known.frame)?),
            None => None,
        };
        let last = self.until(&raw.until, targets)?;
        Some(Waiver {
            rule: raw.rule.value.clone(),
            region,
            unit: unit.as_ref().map(|unit| unit.value.clone()),
            field: field.as_ref().map(|field| field.value.clone()),
            period,
            reason,
            who: raw.who.value.clone(),
            until: raw.until.value.clone(),
            last,
            file: self.file.clone(),
            span: raw.rule.span,
        })
    }

    /// The last period up to a period or a day.
    fn until(&mut self, raw: &Spanned<String>, targets: Targets<'_>) -> Option<Option<PeriodIndex>> {
        let programme = targets.known.frame.programme;
        if let Some(period) = programme.period(&raw.value) {
            return Some(Some(period));
        }
        let Ok(day) = period::day(&raw.value) else {
            let message = format!("expected a period or a day as YYYY-MM-DD, found `{}`", raw.value);
            let hint = did_you_mean_or_list(&raw.value, programme.periods.iter().map(|period| period.id.as_str()));
            return self.fault(raw.span, message, hint);
        };
        Some(programme.periods.iter().rposition(|period| period.date <= day).map(PeriodIndex))
    }
}

fn is_count(kind: &FieldKind) -> bool {
    matches!(kind, FieldKind::Count { .. })
}

fn all_counts(dataset: &Dataset) -> Vec<FieldIndex> {
    let counts = dataset.fields.iter().enumerate().filter(|(_, field)| is_count(&field.kind));
    counts.map(|(position, _)| FieldIndex(position)).collect()
}
