//! `asked` of a field: of which rows its question is asked. Conditions are resolved when all fields of their dataset are known.

use std::collections::BTreeSet;

use super::{Frame, Loader};
use crate::diagnostic::{Rule, list};
use crate::period::PeriodIndex;
use crate::spec::expression::{Condition, RawCondition, Scope};
use crate::spec::format::RawField;
use crate::spec::{Dataset, FieldIndex};

impl Loader<'_> {
    /// For each field, of which rows it is asked; where that has a fault, of all.
    pub(super) fn asked(&mut self, raw: &[RawField], dataset: &Dataset, frame: Frame<'_>) -> Vec<Condition> {
        let mut conditions: Vec<Condition> = (0..)
            .map(FieldIndex)
            .zip(raw)
            .map(|(index, raw)| {
                let condition = raw.asked.as_ref().and_then(|asked| self.asked_of(index, (raw, asked), dataset, frame));
                condition.unwrap_or_else(Condition::always)
            })
            .collect();
        for start in (0..conditions.len()).map(FieldIndex) {
            let Some(way) = circle(&conditions, start) else { continue };
            let span = raw[start.0].asked.as_ref().map_or(raw[start.0].id.span, RawCondition::span);
            let names: Vec<String> = way.iter().map(|&field| format!("`{}`", dataset.field(field).id)).collect();
            let message = format!("whether these fields are asked depends on one another, in a circle: {}", names.join(" → "));
            self.report(Rule::InvalidSpecification, span, message).hint =
                Some("take `asked` out of one of them: its answer must be asked for before it can decide".into());
            // A circle is told once, where it begins.
            way.into_iter().for_each(|field| conditions[field.0] = Condition::always());
        }
        conditions
    }

    /// The condition under which a field is asked; `None` where it has a fault, which is reported.
    fn asked_of(
        &mut self,
        index: FieldIndex,
        (raw, asked): (&RawField, &RawCondition),
        dataset: &Dataset,
        frame: Frame<'_>,
    ) -> Option<Condition> {
        let id = &raw.id.value;
        let fault = if dataset.is_vital(index) || dataset.title == Some(index) {
            let message = format!("`asked` has no meaning for `{id}`, which tells what the row is");
            Some((message, "every row has its key, its region and its title; take `asked` out"))
        } else if raw.required {
            let message = format!("expected `required` or `asked` at the field `{id}`, found both");
            Some((
                message,
                "a blank of a required field is always an error; take `required` out, and find blanks with a check of the kind `required`",
            ))
        } else {
            None
        };
        if let Some((message, hint)) = fault {
            self.report(Rule::InvalidSpecification, asked.span(), message).hint = Some(hint.into());
            return None;
        }
        let words = &frame.programme.words;
        let condition = Scope { dataset, words, file: self.file, diagnostics: self.diagnostics }.condition(asked);
        if condition.fields().contains(&index) {
            let message = format!("whether `{id}` is asked depends on its own answer");
            self.report(Rule::InvalidSpecification, asked.span(), message).hint =
                Some("name other fields of the row, whose answers decide whether this one is asked".into());
            return None;
        }
        let lives = |field: FieldIndex, period: PeriodIndex| dataset.field(field).life.and(dataset.life).holds(period);
        let periods = (0..frame.programme.periods.len()).map(PeriodIndex).filter(|&period| lives(index, period));
        let gone: BTreeSet<PeriodIndex> =
            periods.filter(|&period| condition.fields().into_iter().any(|field| !lives(field, period))).collect();
        if !gone.is_empty() {
            let deciding: Vec<FieldIndex> =
                condition.fields().into_iter().filter(|&field| gone.iter().any(|&period| !lives(field, period))).collect();
            let names: Vec<&str> = gone.iter().map(|period| frame.programme.periods[period.0].id.as_str()).collect();
            let message = format!(
                "whether `{id}` is asked depends on {}, which has no column in {}",
                list(&dataset.ids(&deciding)),
                list(&names)
            );
            self.report(Rule::InvalidSpecification, asked.span(), message).hint =
                Some("a field can decide only in periods that have its column; look at `since` and `until` of both".into());
            return None;
        }
        Some(condition)
    }
}

/// The way from a field over those that decide whether it is asked, back to itself; `None` where there is no such way.
fn circle(conditions: &[Condition], start: FieldIndex) -> Option<Vec<FieldIndex>> {
    let (mut ways, mut seen) = (vec![vec![start]], BTreeSet::new());
    while let Some(way) = ways.pop() {
        for next in conditions[way[way.len() - 1].0].fields() {
            let longer = [way.as_slice(), &[next]].concat();
            if next == start {
                return Some(longer);
            }
            if seen.insert(next) {
                ways.push(longer);
            }
        }
    }
    None
}
