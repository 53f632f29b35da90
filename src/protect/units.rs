//! The units of a dataset, each with its findings and its row of the period before: what the sheet of a unit tells.

use std::collections::HashMap;

use super::{Published, Rows};
use crate::dataset::RowPlace;
use crate::diagnostic::{Diagnostic, Place, Rule};
use crate::period::PeriodIndex;
use crate::region::RegionIndex;
use crate::spec::checks::Check;
use crate::spec::{Dataset, DatasetIndex, Specs};

/// The file, sheet and row of a finding.
type Line<'a> = (&'a str, &'a str, u32);

/// The row of each key; `None` where several rows have the key, so that it does not tell whose they are.
type ByKey = HashMap<Vec<String>, Option<usize>>;

/// All units of a dataset in a period; a unit is called by its row.
pub struct Units<'a> {
    /// The period.
    pub period: PeriodIndex,
    /// Their dataset.
    pub index: DatasetIndex,
    /// Their rows.
    pub rows: Rows<'a>,
    by_key: ByKey,
    /// The rows of the period before, and their keys.
    before: Option<(Rows<'a>, ByKey)>,
    findings: HashMap<Line<'a>, Vec<&'a Diagnostic>>,
}

impl<'a> Units<'a> {
    pub(super) fn new(published: &Published<'a>, period: PeriodIndex, index: DatasetIndex) -> Self {
        let rows = published.rows(period, index);
        let before =
            published.specs.compared(period).map(|period| published.rows(period, index)).map(|rows| (rows, by_key(rows)));
        let mut findings: HashMap<Line<'_>, Vec<&Diagnostic>> = HashMap::new();
        let own = |found: &&Diagnostic| found.waived.is_none() && !tells_of_others(published.specs, found);
        for found in published.findings.iter().filter(own) {
            if let Place::Cell { file, sheet, row, .. } = &found.place {
                findings.entry((file.as_str(), sheet, *row)).or_default().push(found);
            }
        }
        Self { period, index, rows, by_key: by_key(rows), before, findings }
    }

    /// Their dataset.
    pub fn dataset(&self) -> &'a Dataset {
        self.rows.dataset()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether none reported.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The region of a unit.
    pub fn region(&self, row: usize) -> RegionIndex {
        self.rows.region(row)
    }

    /// The key of a unit; the answers of several key fields are joined by `, `.
    pub fn key(&self, row: usize) -> String {
        self.rows.key(row).join(", ")
    }

    /// The name of a unit, or else its key.
    pub fn title(&self, row: usize) -> String {
        self.rows.title(row)
    }

    /// The units that can be sent something: every field of the key is filled in, and the row is not that of a group beside its total.
    pub fn addressed(&self) -> impl Iterator<Item = usize> {
        (0..self.len()).filter(|&row| is_whole(&self.rows.key(row)) && !self.rows.is_of_group(row))
    }

    /// The unit's row in the period before. `None` where its key stands in several rows, now or then: these could be different units.
    pub fn before(&self, row: usize) -> Option<(Rows<'a>, usize)> {
        let key = self.rows.key(row);
        let (rows, by_key) = self.before.as_ref()?;
        let own = self.by_key.get(&key) == Some(&Some(row));
        by_key.get(&key).copied().flatten().filter(|_| own).map(|found| (*rows, found))
    }

    /// The findings about one unit.
    pub fn findings(&self, row: usize) -> &[&'a Diagnostic] {
        let RowPlace { file, sheet, row, .. } = self.rows.place(row);
        self.findings.get(&(file.as_str(), sheet.as_ref(), *row)).map_or(&[], Vec::as_slice)
    }
}

fn by_key(rows: Rows<'_>) -> ByKey {
    let mut found = ByKey::new();
    for row in 0..rows.len() {
        let key = rows.key(row);
        if is_whole(&key) {
            found.entry(key).and_modify(|found| *found = None).or_insert(Some(row));
        }
    }
    found
}

fn is_whole(key: &[String]) -> bool {
    key.iter().all(|part| !part.trim().is_empty())
}

/// Whether a finding compares the unit with others, whose data its sheet must not show.
fn tells_of_others(specs: &Specs, found: &Diagnostic) -> bool {
    let compares = |check: &Check| check.kind.compares_units();
    found.rule == Rule::DuplicateRow
        || found.check.as_ref().is_some_and(|id| specs.checks.iter().any(|check| check.id == *id && compares(check)))
}
