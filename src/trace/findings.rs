//! The findings and corrections that touch a number: those at its rows, those about its region, and the errors that block it.

use std::collections::HashSet;

use serde::Serialize;

use super::Desk;
use super::rows::TracedRow;
use crate::dataset::{Change, ChangeKind};
use crate::diagnostic::{Diagnostic, Place, Severity, cell_name};
use crate::period::PeriodIndex;
use crate::region::{RegionCode, RegionIndex};
use crate::wording;

/// A finding.
#[derive(Clone, Debug, Serialize)]
pub struct TracedFinding {
    /// `error`, `warning` or `note`; one that a waiver lets through is a note.
    pub severity: &'static str,
    /// The rule or check.
    pub rule: String,
    /// The file.
    pub file: String,
    /// The sheet; empty where the place is no sheet.
    pub sheet: String,
    /// The row, from 1; 0 where the place is no row.
    pub row: u32,
    /// The cell.
    pub cell: Option<String>,
    /// The place in words.
    #[serde(skip)]
    pub place: String,
    /// What is wrong, in the language.
    pub message: String,
    /// What to do.
    pub hint: Option<String>,
    /// Whether it blocks the number.
    pub blocks: bool,
    /// Until when, by whom and why it is let through; `None` where no waiver does.
    pub waived: Option<String>,
}

/// A change that a later submission made to a row of the number.
#[derive(Clone, Debug, Serialize)]
pub struct TracedCorrection {
    /// `answer`, `added` or `removed`.
    pub kind: &'static str,
    /// The file.
    pub file: String,
    /// The sheet.
    pub sheet: String,
    /// The row, from 1.
    pub row: u32,
    /// The cell.
    pub cell: Option<String>,
    /// The unit.
    pub unit: String,
    /// The field whose answer changed.
    pub field: Option<String>,
    /// Its name.
    #[serde(skip)]
    pub name: Option<String>,
    /// What stood there before, or the reason why nothing did.
    pub before: Option<String>,
    /// What stands there now, or the reason why nothing does.
    pub after: Option<String>,
    /// Where it stood before; the submission without the row, for a row that is gone.
    pub other: Option<String>,
}

/// The parts of a place: file, sheet, row from 1 and cell.
pub fn parts(place: &Place) -> (String, String, u32, Option<String>) {
    let file = place.file().as_str().to_owned();
    match place {
        Place::Cell { sheet, row, column, .. } => {
            (file, sheet.to_string(), row + 1, column.map(|column| cell_name(*row, column)))
        }
        Place::Text { span, .. } => (file, String::new(), span.line, None),
        Place::File(_) => (file, String::new(), 0, None),
    }
}

impl Desk<'_> {
    /// The findings that touch the number, in the order of places.
    pub fn findings(&self, rows: &[TracedRow]) -> Vec<TracedFinding> {
        let places: HashSet<(&str, &str, u32)> =
            rows.iter().map(|row| (row.file.as_str(), row.sheet.as_str(), row.row)).collect();
        let (datasets, fields) = self.looked_at();
        let is_about = |found: &Diagnostic| {
            let concern = &found.concern;
            let is_of_fields = concern.fields.is_empty() || concern.fields.iter().any(|id| fields.contains(id.as_ref()));
            concern.dataset.as_deref().is_none_or(|id| datasets.contains(id)) && is_of_fields
        };
        let touches = |found: &&Diagnostic| {
            let is_at_row = match &found.place {
                Place::Cell { file, sheet, row, .. } => places.contains(&(file.as_str(), sheet, row + 1)),
                Place::File(_) | Place::Text { .. } => false,
            };
            self.blocks(found) || is_about(found) && (is_at_row || self.concerns(found))
        };
        let traced = |found: &Diagnostic| {
            let worded = wording::worded(self.specs, self.language, found);
            let (file, sheet, row, cell) = parts(&found.place);
            TracedFinding {
                severity: found.severity.name(),
                rule: found.name().to_owned(),
                file,
                sheet,
                row,
                cell,
                place: wording::place(self.language, &found.place),
                message: worded.message,
                hint: worded.hint.map(|hint| hint.into_owned()),
                blocks: self.blocks(found),
                waived: found.waived.clone(),
            }
        };
        self.behind.findings().iter().filter(touches).map(traced).collect()
    }

    /// The ids of the datasets, and of the fields, that the number looks at; keys and regions among them.
    fn looked_at(&self) -> (HashSet<&str>, HashSet<&str>) {
        let (mut datasets, mut fields) = (HashSet::new(), HashSet::new());
        for index in self.datasets() {
            let dataset = self.specs.dataset(index);
            datasets.insert(dataset.id.as_str());
            datasets.extend(dataset.expected.map(|register| self.specs.dataset(register).id.as_str()));
            let own = self.fields(index).into_iter().chain(dataset.key.iter().copied()).chain([dataset.region]);
            fields.extend(own.map(|field| dataset.field(field).id.as_str()));
        }
        (datasets, fields)
    }

    fn regions<'b>(&'b self, found: &'b Diagnostic) -> impl Iterator<Item = RegionIndex> + 'b {
        let hierarchy = &self.specs.hierarchy;
        found.concern.regions.iter().filter_map(|code| hierarchy.find(&RegionCode::new(code.as_ref())))
    }

    fn period_of(&self, found: &Diagnostic) -> Option<PeriodIndex> {
        found.concern.period.as_deref().and_then(|id| self.specs.programme.period(id))
    }

    /// Whether a finding without a place in the rows is about the region in the period.
    fn concerns(&self, found: &Diagnostic) -> bool {
        let is_row = matches!(found.place, Place::Cell { .. }) && found.concern.unit.is_some();
        let of_period = self.period_of(found) == Some(self.question.period);
        !is_row && of_period && self.regions(found).any(|region| self.specs.hierarchy.contains(self.question.region, region))
    }

    /// Whether a finding is an error that blocks the number: one of a region within, in this period or an earlier one.
    fn blocks(&self, found: &Diagnostic) -> bool {
        found.severity == Severity::Error
            && self.period_of(found).is_none_or(|period| period <= self.question.period)
            && self.regions(found).any(|region| self.specs.hierarchy.contains(self.question.region, region))
    }

    /// What later submissions changed of the rows and fields of the number, in the order of places.
    pub fn corrections(&self) -> Vec<TracedCorrection> {
        let datasets = self.datasets();
        let touches = |change: &&Change| {
            let is_of_fields = match &change.kind {
                ChangeKind::Answer { field, .. } => self.fields(change.dataset).contains(field),
                ChangeKind::Added | ChangeKind::Removed { .. } => true,
            };
            change.period == self.question.period
                && datasets.contains(&change.dataset)
                && self.specs.hierarchy.contains(self.question.region, change.region)
                && is_of_fields
        };
        self.behind.changes().iter().filter(touches).map(|change| self.correction(change)).collect()
    }

    fn correction(&self, change: &Change) -> TracedCorrection {
        let (file, sheet, row, cell) = parts(&change.place);
        let (kind, field, before, after, other) = match &change.kind {
            ChangeKind::Answer { field, before, after, earlier } => {
                let said = |answer: &Result<String, crate::value::Blank>| match answer {
                    Ok(text) => text.clone(),
                    Err(blank) => blank.name().to_owned(),
                };
                let field = self.specs.dataset(change.dataset).field(*field);
                ("answer", Some(field), Some(said(before)), Some(said(after)), Some(earlier.to_string()))
            }
            ChangeKind::Added => ("added", None, None, None, None),
            ChangeKind::Removed { later } => ("removed", None, None, None, Some(later.as_str().to_owned())),
        };
        let name = field.map(|field| field.name.get(&self.language.code).to_owned());
        let (field, unit) = (field.map(|field| field.id.to_string()), change.title.clone());
        TracedCorrection { kind, file, sheet, row, cell, unit, field, name, before, after, other }
    }
}
