//! In a dataset whose rows are regions of any level, the row of a region is a total when rows of regions within it came too. The total is
//! compared with these rows and does not count, in whatever table and file they stand.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::submission::Submission;
use super::total::runs;
use crate::dataset::{Interpretation, RowFate, RowPlace, Typed, spelt};
use crate::diagnostic::{CauseKind, Concern, Diagnostic, Fact, FileName, Place, Rule, Severity, list_some};
use crate::period::PeriodIndex;
use crate::region::RegionIndex;
use crate::spec::{Dataset, DatasetIndex, FieldIndex, FieldKind, Specs};

/// The most missing regions that are named one by one.
const MOST_MISSING: usize = 10;

/// A row: the position of its submission, and its position in that submission.
type RowIndex = (usize, usize);

/// Rows that may be totals of each other: same period, same dataset, and the same key apart from the region.
type Group = (PeriodIndex, DatasetIndex, Vec<String>);

/// The rows of each region, the outer ones first.
type Rows = BTreeMap<RegionIndex, Vec<RowIndex>>;

/// Takes out the rows that are totals of others, and reports the totals that disagree.
pub fn set_aside(specs: &Specs, periods: &[PeriodIndex], submissions: &mut [Submission]) {
    let mut totals: BTreeSet<RowIndex> = BTreeSet::new();
    let mut found: Vec<(RowIndex, Interpretation, Vec<Diagnostic>)> = Vec::new();
    let faulty = faulty(submissions);
    for ((period, index, _), rows) in groups(specs, periods, submissions) {
        let table = Table { specs, period, dataset: specs.dataset(index), submissions, faulty: &faulty, rows };
        for (region, rows) in table.outer() {
            let spans = table.spans(region);
            for row in rows {
                let (told, faults) = table.compare(region, row, &spans);
                totals.insert(row);
                found.push((row, told, faults));
            }
        }
    }
    for ((submission, _), told, faults) in found {
        submissions[submission].interpretations.push(told);
        submissions[submission].diagnostics.extend(faults);
        submissions[submission].balance.rows(RowFate::Total, 1);
    }
    for (position, submission) in submissions.iter_mut().enumerate() {
        let mut number = 0;
        submission.rows.retain(|_| {
            number += 1;
            !totals.contains(&(position, number - 1))
        });
    }
}

/// The cells that have an error of their own.
fn faulty(submissions: &[Submission]) -> BTreeSet<Place> {
    let found = submissions.iter().flat_map(|submission| &submission.diagnostics);
    let errors = found.filter(|found| found.severity == Severity::Error);
    errors.map(|found| found.place.clone()).filter(|place| matches!(place, Place::Cell { column: Some(_), .. })).collect()
}

fn groups(specs: &Specs, periods: &[PeriodIndex], submissions: &[Submission]) -> BTreeMap<Group, Rows> {
    let of_any_level: Vec<bool> = specs.datasets.iter().map(is_of_any_level).collect();
    let mut groups: BTreeMap<Group, Rows> = BTreeMap::new();
    for (position, (period, submission)) in periods.iter().zip(submissions).enumerate() {
        for (number, (index, row)) in submission.rows.iter().enumerate().filter(|(_, (index, _))| of_any_level[index.0]) {
            let dataset = specs.dataset(*index);
            let Some(region) = row.region else { continue };
            let others = dataset.key.iter().filter(|field| **field != dataset.region);
            let others = others.map(|field| spelt(specs, dataset, *field, &row.cells[field.0])).collect();
            groups.entry((*period, *index, others)).or_default().entry(region).or_default().push((position, number));
        }
    }
    groups
}

/// Whether the rows of a dataset are regions of any level, perhaps broken down by categories or groups, with numbers that can be added.
fn is_of_any_level(dataset: &Dataset) -> bool {
    let tells_regions = |field: &FieldIndex| match dataset.field(*field).kind {
        FieldKind::Region { .. } | FieldKind::Category(_) => true,
        // A text may be a group such as an age group, but not the name of a unit, which differs from region to region.
        FieldKind::Text => dataset.title != Some(*field),
        FieldKind::Code | FieldKind::Flag | FieldKind::Count { .. } => false,
    };
    let has_counts = dataset.fields.iter().any(|field| matches!(field.kind, FieldKind::Count { .. }));
    dataset.level.is_none() && has_counts && dataset.key.contains(&dataset.region) && dataset.key.iter().all(tells_regions)
}

/// Rows that a total may be the sum of.
struct Span<'a> {
    /// The sum of each field; `None` where a cell has a fault of its own, so that the sum is unknown.
    sums: Vec<Option<i64>>,
    /// For each file and sheet: how many of the rows stand there, and their numbers as printed.
    sheets: BTreeMap<(&'a FileName, &'a str), (usize, String)>,
}

/// Rows that may be totals of each other.
struct Table<'a> {
    specs: &'a Specs,
    period: PeriodIndex,
    dataset: &'a Dataset,
    submissions: &'a [Submission],
    faulty: &'a BTreeSet<Place>,
    rows: Rows,
}

impl<'a> Table<'a> {
    /// The totals by region: the rows of each region that has rows within it, except rows that hold no numbers and answer as a unit does.
    fn outer(&self) -> Vec<(RegionIndex, Vec<RowIndex>)> {
        let is_total = |row: &RowIndex| self.holds_numbers(*row) || self.answers(*row).next().is_none();
        let outer = self.rows.iter().filter(|(region, _)| self.within(**region).next().is_some());
        outer.map(|(region, rows)| (*region, rows.iter().copied().filter(is_total).collect())).collect()
    }

    /// The regions within `region` that have rows.
    fn within(&self, region: RegionIndex) -> impl Iterator<Item = RegionIndex> {
        let within = self.specs.hierarchy.within(region);
        self.rows.range(RegionIndex(within.start + 1)..RegionIndex(within.end)).map(|(inner, _)| *inner)
    }

    fn cells(&self, (submission, number): RowIndex) -> &'a [Typed] {
        &self.submissions[submission].rows[number].1.cells
    }

    fn place(&self, (submission, number): RowIndex) -> &'a RowPlace {
        &self.submissions[submission].rows[number].1.place
    }

    fn code(&self, region: RegionIndex) -> Arc<str> {
        self.specs.hierarchy.region(region).code.as_str().into()
    }

    fn holds_numbers(&self, row: RowIndex) -> bool {
        self.cells(row).iter().any(|cell| matches!(cell, Typed::Count(Ok(_))))
    }

    /// The fields that a row answers though no total has an answer there: categories and flags outside of the key.
    fn answers(&self, row: RowIndex) -> impl Iterator<Item = FieldIndex> {
        let cells = self.cells(row);
        let is_answer = |field: &FieldIndex| matches!(cells[field.0], Typed::Category(Ok(_)) | Typed::Flag(Ok(_)));
        (0..cells.len()).map(FieldIndex).filter(is_answer).filter(|field| !self.dataset.key.contains(field))
    }

    /// The two sets of rows that a region's totals may be the sum of: the innermost rows, or the rows next below, which may be totals
    /// themselves.
    fn spans(&self, region: RegionIndex) -> [Span<'a>; 2] {
        let innermost = self.within(region).filter(|inner| self.within(*inner).next().is_none());
        let mut end = 0;
        let nearest = self.within(region).filter(|inner| {
            let is_nearest = inner.0 >= end;
            end = end.max(self.specs.hierarchy.within(*inner).end);
            is_nearest
        });
        [self.span(innermost), self.span(nearest)]
    }

    fn span(&self, regions: impl Iterator<Item = RegionIndex>) -> Span<'a> {
        let mut sums = vec![Some(0); self.dataset.fields.len()];
        let mut sheets: BTreeMap<_, Vec<u32>> = BTreeMap::new();
        for &row in regions.flat_map(|region| &self.rows[&region]) {
            let place = self.place(row);
            for (position, (cell, sum)) in self.cells(row).iter().zip(&mut sums).enumerate() {
                match cell {
                    Typed::Count(Ok(count)) => *sum = sum.map(|sum| sum + count),
                    Typed::Count(Err(_)) if self.faulty.contains(&place.cell(FieldIndex(position))) => *sum = None,
                    Typed::Count(Err(_)) | Typed::Text(_) | Typed::Region(_) | Typed::Category(_) | Typed::Flag(_) => {}
                }
            }
            sheets.entry((&place.file, place.sheet.as_ref())).or_default().push(place.row);
        }
        let printed = |mut rows: Vec<u32>| {
            rows.sort_unstable();
            (rows.len(), runs(rows.into_iter()))
        };
        Span { sums, sheets: sheets.into_iter().map(|(sheet, rows)| (sheet, printed(rows))).collect() }
    }

    /// What a total was taken for, and its disagreements with the span that fits best.
    fn compare(&self, region: RegionIndex, row: RowIndex, spans: &[Span<'_>; 2]) -> (Interpretation, Vec<Diagnostic>) {
        let disagreements = spans.each_ref().map(|span| self.disagreements(row, span));
        let best = usize::from(disagreements[1].len() < disagreements[0].len());
        let (words, numbers) = (spans[best].words(self.place(row)), spans[best].numbers(self.place(row)));
        let told = format!("the total of {words}; not counted");
        let told = Interpretation::new(self.place(row).place(), self.code(region).as_ref(), told);
        let missing = if disagreements[best].is_empty() { Vec::new() } else { self.missing(region) };
        let disagreeing = disagreements[best].iter();
        let faults = disagreeing.map(|&disagreement| self.disagrees(row, disagreement, (&words, &numbers), &missing));
        let answers = self.answers(row).map(|field| self.answered(row, field, &words));
        let mut faults: Vec<Diagnostic> = faults.chain(answers).collect();
        for found in &mut faults {
            found.concern = self.concern(region, row, found);
        }
        (told, faults)
    }

    /// The counts in which a total disagrees with a sum: the field, the sum, and the number in the total.
    fn disagreements(&self, total: RowIndex, span: &Span<'_>) -> Vec<(FieldIndex, i64, i64)> {
        let cells = self.cells(total).iter().zip(&span.sums).enumerate();
        let disagreeing = cells.filter_map(|(position, (cell, sum))| match (cell, sum) {
            (Typed::Count(Ok(count)), Some(sum)) if sum != count => Some((FieldIndex(position), *sum, *count)),
            _ => None,
        });
        disagreeing.collect()
    }

    /// The outermost regions within `region` of which neither a row nor a row within came.
    fn missing(&self, region: RegionIndex) -> Vec<RegionIndex> {
        let day = self.specs.period(self.period).date;
        let mut missing = Vec::new();
        let mut open = vec![region];
        while let Some(region) = open.pop() {
            for child in self.specs.hierarchy.children(region, day) {
                match (self.rows.contains_key(&child), self.within(child).next().is_some()) {
                    (_, true) => open.push(child),
                    (false, false) => missing.push(child),
                    (true, false) => {}
                }
            }
        }
        missing.sort_unstable();
        missing
    }

    fn disagrees(
        &self,
        row: RowIndex,
        (field, sum, value): (FieldIndex, i64, i64),
        (words, numbers): (&str, &str),
        missing: &[RegionIndex],
    ) -> Diagnostic {
        let declared = self.dataset.field(field);
        let (id, sum, value) = (&declared.id, declared.amount(sum), declared.amount(value));
        let codes: Vec<Arc<str>> = missing.iter().map(|region| self.code(*region)).collect();
        let (kind, lacking) = match codes.as_slice() {
            [] => (CauseKind::TotalDisagrees, String::new()),
            [code] => (CauseKind::TotalOfMore, format!("; there is no row of `{code}`")),
            codes => (CauseKind::TotalOfMore, format!("; there are no rows of {}", list_some(codes))),
        };
        let message = format!("expected {sum} in this total of `{id}`, the sum of {words}, found `{value}`{lacking}");
        let mut facts = vec![
            ("field", self.dataset.fact(field)),
            ("found", Fact::Number(value)),
            ("rows", Fact::Text(numbers.to_owned())),
            ("sum", Fact::Number(sum)),
        ];
        if !codes.is_empty() {
            facts.push(("regions", Fact::Regions(codes.into_iter().take(MOST_MISSING).collect())));
        }
        let hint = "add the rows that are missing, or correct the number that is wrong";
        Diagnostic::new(Rule::TotalDisagrees, self.place(row).cell(field), message).hint(hint).because(kind, facts)
    }

    /// The finding about a row that is a total by its place, but answers a question as a unit does.
    fn answered(&self, row: RowIndex, field: FieldIndex, words: &str) -> Diagnostic {
        let answer = spelt(self.specs, self.dataset, field, &self.cells(row)[field.0]);
        let id = &self.dataset.field(field).id;
        let message = format!("expected no answer in `{id}` of a total, the one of {words}, found `{answer}`");
        let facts = vec![("field", self.dataset.fact(field)), ("found", self.dataset.answer(field, answer))];
        let hint = "empty this cell if the row is a total; if it is not, leave out its numbers";
        let found = Diagnostic::new(Rule::TotalDisagrees, self.place(row).cell(field), message).hint(hint);
        let mut found = found.because(CauseKind::TotalWithAnswer, facts);
        found.severity = Severity::Error;
        found
    }

    fn concern(&self, region: RegionIndex, row: RowIndex, found: &Diagnostic) -> Concern {
        let key = self.dataset.key.iter().map(|field| spelt(self.specs, self.dataset, *field, &self.cells(row)[field.0]));
        let facts = found.cause.iter().flat_map(|cause| &cause.facts);
        Concern {
            regions: [self.code(region)].into(),
            period: Some(self.specs.period(self.period).id.as_str().into()),
            dataset: Some(self.dataset.id.shared()),
            unit: Some(key.collect::<Vec<_>>().join(", ").into()),
            fields: facts.filter_map(|(_, fact)| fact.field().cloned()).collect(),
        }
    }
}

impl Span<'_> {
    /// The rows in English; those on the sheet of the total by their numbers only.
    fn words(&self, total: &RowPlace) -> String {
        let words = self.sheets.iter().map(|((file, sheet), (count, numbers))| {
            let noun = if *count == 1 { "row" } else { "rows" };
            let at = match (**file == total.file, **sheet == *total.sheet) {
                (true, true) => String::new(),
                (true, false) => format!(" of the sheet `{sheet}`"),
                (false, _) if sheet.is_empty() => format!(" of `{file}`"),
                (false, _) => format!(" of `{file}`, sheet `{sheet}`"),
            };
            format!("{noun} {numbers}{at}")
        });
        words.collect::<Vec<_>>().join(" and ")
    }

    /// The numbers of the rows, written so that every language can use them.
    fn numbers(&self, total: &RowPlace) -> String {
        let words =
            self.sheets.iter().map(|((file, sheet), (_, numbers))| match (**file == total.file, **sheet == *total.sheet) {
                (true, true) => numbers.clone(),
                (true, false) => format!("{sheet}!{numbers}"),
                (false, _) if sheet.is_empty() => format!("{file} › {numbers}"),
                (false, _) => format!("{file} › {sheet}!{numbers}"),
            });
        words.collect::<Vec<_>>().join("; ")
    }
}
