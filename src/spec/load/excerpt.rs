//! `files`, `rows`, `period` and `ignore` of a dataset: which part of what comes is its own.

use std::collections::{HashMap, HashSet};

use super::{Frame, Loader};
use crate::diagnostic::{Rule, Span};
use crate::period::PeriodIndex;
use crate::spec::excerpt::{Column, Excerpt, Pattern, PeriodRule, Term};
use crate::spec::format::{RawDataset, RawPeriodRule, RawTerm};
use crate::spec::{Dataset, Field, FieldIndex, FieldKind, fold, fold_header};
use crate::yaml::Spanned;

impl Loader<'_> {
    /// What a dataset says of the tables that come.
    pub(super) fn excerpt(&mut self, raw: &RawDataset, fields: &[Field], frame: Frame<'_>) -> Excerpt {
        for blank in raw.files.0.iter().chain(&raw.ignore.0).filter(|pattern| fold(&pattern.value).is_empty()) {
            self.report(Rule::InvalidSpecification, blank.span, "expected a text, found none".to_owned());
        }
        for everything in
            raw.ignore.0.iter().filter(|pattern| !pattern.value.is_empty() && pattern.value.trim_matches('*').is_empty())
        {
            let message = format!("`{}` would ignore every column", everything.value);
            self.report(Rule::InvalidSpecification, everything.span, message).hint =
                Some("name the headers that are not needed, such as `Remarks*`".into());
        }
        Excerpt {
            files: raw.files.0.iter().map(|pattern| Pattern::of_file(&pattern.value)).collect(),
            rows: raw.rows.0.iter().map(|term| self.term(term, fields)).collect(),
            period: raw.period.as_ref().and_then(|rule| self.period_rule(rule, fields, frame)),
            captions: raw.captions.0.iter().filter_map(|name| self.caption(name, raw, fields)).collect(),
            ignored: raw.ignore.0.iter().map(|pattern| Pattern::of_header(&pattern.value)).collect(),
        }
    }

    fn term(&mut self, raw: &RawTerm, fields: &[Field]) -> Term {
        let RawTerm { column, is, is_not } = raw;
        if is.0.is_empty() == is_not.0.is_empty() {
            let found = if is.0.is_empty() { "neither" } else { "both" };
            let message = format!("expected either `is` or `is_not` at the column `{}`, found {found}", column.value);
            self.report(Rule::InvalidSpecification, column.span, message).hint =
                Some("write what stands in the rows that count, such as `is: [District]`".into());
        }
        let texts = if is.0.is_empty() { is_not } else { is };
        let mut texts: Vec<String> = texts.0.iter().map(|text| fold(&text.value)).collect();
        let column = self.column(column, fields);
        // A value of a category stands for itself in every spelling.
        if let Some(FieldKind::Category(values)) = column.field.map(|field| &fields[field.0].kind) {
            let meant = values.iter().filter(|value| texts.iter().any(|text| value.is_called(text)));
            let spellings: Vec<String> = meant.flat_map(|value| value.words.iter().map(|(word, _)| word.clone())).collect();
            texts.extend(spellings);
        }
        Term { column, texts, is: !is.0.is_empty() }
    }

    /// A category whose values stand as captions.
    fn caption(&mut self, name: &Spanned<String>, raw: &RawDataset, fields: &[Field]) -> Option<FieldIndex> {
        let Some(position) = fields.iter().position(|field| *field.id == *name.value) else {
            self.unknown("field", name, fields.iter().map(|field| field.id.as_str()));
            return None;
        };
        let in_key = raw.key.0.iter().any(|key| key.value == name.value);
        let fault = match &fields[position].kind {
            FieldKind::Category(_) if in_key => return Some(FieldIndex(position)),
            FieldKind::Category(_) => {
                ("is not in the key", "a row of the table becomes a row for each of its values, so the key must tell these apart")
            }
            _ => ("is no category", "captions are values of a category, or periods (`period: { captions: true }`)"),
        };
        let message = format!("`{}` cannot stand in captions: it {}", name.value, fault.0);
        self.report(Rule::InvalidSpecification, name.span, message).hint = Some(fault.1.into());
        None
    }

    fn period_rule(&mut self, rule: &Spanned<RawPeriodRule>, fields: &[Field], frame: Frame<'_>) -> Option<PeriodRule> {
        let raw = &rule.value;
        if raw.column.is_some() == raw.captions {
            let found = if raw.captions { "both" } else { "neither" };
            let message = format!("expected either `column` or `captions: true` in `period`, found {found}");
            self.report(Rule::InvalidSpecification, rule.span, message);
            return None;
        }
        let mut words: HashMap<String, PeriodIndex> = HashMap::new();
        // As a cell holds it, and as it stands over a column.
        let forms = |text: &str| [fold(text), fold_header(text)];
        for (index, period) in frame.programme.periods.iter().enumerate() {
            let names = period.name.all().chain([period.id.as_str()]);
            words.extend(names.flat_map(forms).map(|form| (form, PeriodIndex(index))));
        }
        for (id, further) in &raw.words.0 {
            let Some(period) = self.period(id, frame) else { continue };
            for word in &further.0 {
                let taken = forms(&word.value).map(|form| words.insert(form, period).filter(|known| *known != period));
                let taken = taken.into_iter().flatten().next();
                if let Some(other) = taken {
                    let other = &frame.programme.periods[other.0].id;
                    let message = format!("the word `{}` stands for both `{other}` and `{}`", word.value, id.value);
                    self.report(Rule::DuplicateName, word.span, message);
                }
            }
        }
        Some(PeriodRule { column: raw.column.as_ref().map(|column| self.column(column, fields)), words })
    }

    /// A column by the id of a field or by its header.
    fn column(&mut self, raw: &Spanned<String>, fields: &[Field]) -> Column {
        let header = fold_header(&raw.value);
        if header.is_empty() {
            self.report(Rule::InvalidSpecification, raw.span, "expected the header of a column, found none".to_owned());
        }
        let is_called =
            |field: &Field| *field.id == *raw.value || field.spellings().any(|spelling| fold_header(spelling) == header);
        Column {
            name: raw.value.clone(),
            field: fields.iter().position(is_called).map(FieldIndex),
            spellings: HashMap::from([(header, FieldIndex(0))]),
        }
    }

    /// Reports datasets of which no table tells to which of them it belongs.
    pub(super) fn distinct_tables(&mut self, datasets: &mut [Dataset]) {
        for position in 0..datasets.len() {
            let later = &datasets[position];
            let headers = |dataset: &Dataset| dataset.spellings.keys().cloned().collect::<HashSet<String>>();
            let meets = |earlier: &&Dataset| {
                let (first, second) = (earlier.life, later.life);
                let apart = |one: Option<PeriodIndex>, other: Option<PeriodIndex>| {
                    one.zip(other).is_some_and(|(until, since)| until < since)
                };
                !apart(first.until, second.since) && !apart(second.until, first.since)
            };
            let is_same = |earlier: &&Dataset| {
                let is_open = |dataset: &Dataset| dataset.whole && dataset.excerpt.files.is_empty();
                is_open(earlier) && is_open(later) && meets(earlier) && headers(earlier) == headers(later)
            };
            if let Some(earlier) = datasets[..position].iter().find(is_same) {
                let message = format!(
                    "the datasets `{}` and `{}` have the same headers, so no table tells which of them it is of",
                    earlier.id, later.id
                );
                let file = later.file.clone();
                let mut loader = self.at(&file);
                loader.report(Rule::InvalidSpecification, Span { line: 1, column: 1 }, message).hint =
                    Some("say with `files` in which files each of them stands, or give one of them a header of its own".into());
                // What comes is not read then, and each of its tables needs no finding of its own.
                datasets[position].whole = false;
            }
        }
    }
}
