//! The rows of all submissions that later rows may replace, and the key and name of each.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use jiff::civil::Date;

use crate::dataset::spelt;
use crate::diagnostic::{Concern, FileName, Place};
use crate::intake::submission::{Row, Submission};
use crate::period::PeriodIndex;
use crate::region::{Hierarchy, RegionIndex};
use crate::spec::{DatasetIndex, Specs};

/// A submission's file, its period, and the day on which it came; a submission without a known day counts as the first.
pub struct Arrival<'a> {
    pub period: PeriodIndex,
    pub file: &'a FileName,
    pub day: Option<Date>,
}

/// A row: the position of its submission, and its position in that submission.
pub type RowIndex = (usize, usize);

/// Rows that count no more, and the rows that replace them.
pub struct Replacement {
    pub before: Vec<RowIndex>,
    pub after: Vec<RowIndex>,
    /// Whether an office sent its list anew, which replaces all earlier rows of the office.
    pub is_whole: bool,
}

/// The rows of all submissions.
pub struct Register<'a> {
    pub specs: &'a Specs,
    pub arrivals: &'a [Arrival<'a>],
    pub submissions: &'a [Submission],
    /// The datasets whose rows may be corrected.
    pub datasets: BTreeSet<DatasetIndex>,
    /// The office of each key, taken from the last row with the key.
    pub offices: HashMap<(PeriodIndex, DatasetIndex, Vec<String>), RegionIndex>,
    /// The key under which a unit came again, for rows without a key or with a wrong one.
    pub identities: HashMap<RowIndex, Vec<String>>,
}

impl Register<'_> {
    pub fn dataset(&self, (submission, row): RowIndex) -> DatasetIndex {
        self.submissions[submission].rows[row].0
    }

    pub fn row(&self, (submission, row): RowIndex) -> &Row {
        &self.submissions[submission].rows[row].1
    }

    pub fn office_of(&self, row: RowIndex) -> Option<RegionIndex> {
        self.row(row).region.map(|region| office(&self.specs.hierarchy, region))
    }

    pub fn place(&self, row: RowIndex) -> Place {
        self.row(row).place.place()
    }

    pub fn offices(&self) -> HashMap<(PeriodIndex, DatasetIndex, Vec<String>), RegionIndex> {
        let positions = self.submissions.iter().enumerate();
        let rows = positions.flat_map(|(position, submission)| (0..submission.rows.len()).map(move |number| (position, number)));
        let office = |row: RowIndex| {
            let region = office(&self.specs.hierarchy, self.row(row).region?);
            Some(((self.arrivals[row.0].period, self.dataset(row), self.key(row)?), region))
        };
        rows.filter_map(office).collect()
    }

    /// The key of a row; `None` where some of it is blank.
    pub fn key(&self, row: RowIndex) -> Option<Vec<String>> {
        let index = self.dataset(row);
        let dataset = self.specs.dataset(index);
        let cells = &self.row(row).cells;
        let key: Vec<String> = dataset.key.iter().map(|&field| spelt(self.specs, dataset, field, &cells[field.0])).collect();
        key.iter().all(|answer| !answer.is_empty()).then_some(key)
    }

    /// The key under which the unit of a row came again, or else the row's own key.
    pub fn identity(&self, row: RowIndex) -> Option<Vec<String>> {
        self.identities.get(&row).cloned().or_else(|| self.key(row))
    }

    /// The codes of the regions of rows, each once.
    pub fn regions(&self, rows: &[RowIndex]) -> Arc<[Arc<str>]> {
        let regions: BTreeSet<RegionIndex> = rows.iter().filter_map(|&row| self.row(row).region).collect();
        regions.into_iter().map(|region| self.specs.hierarchy.region(region).code.as_str().into()).collect()
    }

    /// What a finding about a row concerns, without regions and unit.
    pub fn concern(&self, row: RowIndex) -> Concern {
        Concern {
            period: Some(self.specs.period(self.arrivals[row.0].period).id.as_str().into()),
            dataset: Some(self.specs.dataset(self.dataset(row)).id.shared()),
            ..Concern::default()
        }
    }

    /// The name of a row's unit: its title, else its key, else where the row stands.
    pub fn title(&self, row: RowIndex) -> String {
        let dataset = self.specs.dataset(self.dataset(row));
        let title = dataset.title.map(|title| spelt(self.specs, dataset, title, &self.row(row).cells[title.0]));
        let key = || self.identity(row).map(|key| key.join(", "));
        title.filter(|title| !title.is_empty()).or_else(key).unwrap_or_else(|| self.row(row).place.shown())
    }
}

/// The office of a region: the region right below the top that it lies in or is. The top is its own office.
pub fn office(hierarchy: &Hierarchy, region: RegionIndex) -> RegionIndex {
    hierarchy.upwards(region).take_while(|&outer| outer != hierarchy.top()).last().unwrap_or(hierarchy.top())
}
