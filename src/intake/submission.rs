//! What one file holds on its way into the tables: its rows, its findings, and the balance of all that was seen in it.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::dataset::{Aside, Balance, FileFate, Interpretation, ReadSheet, RowPlace, Typed, Why};
use crate::diagnostic::{self, Diagnostic, Place};
use crate::period::PeriodIndex;
use crate::region::RegionIndex;
use crate::spec::{DatasetIndex, Specs};

/// How many findings above the limit may gather before they are folded.
const ROOM: usize = 100_000;

/// A row on its way into a table.
pub struct Row {
    pub place: RowPlace,
    /// `None` where the region could not be told; the reason has been reported.
    pub region: Option<RegionIndex>,
    pub cells: Vec<Typed>,
    /// The cell of a blank identifier that may be found by the row's name.
    pub unidentified: Option<Place>,
    /// The key of the earlier row that this one replaces, where the row names it.
    pub replaces: Option<String>,
}

impl Row {
    /// The row, set aside.
    pub fn aside(self, why: Why) -> Aside {
        let Self { place, region, cells, .. } = self;
        Aside { place, region, cells, why }
    }
}

/// What one file holds.
#[derive(Default)]
pub struct Submission {
    pub rows: Vec<(DatasetIndex, Row)>,
    /// The rows that came and do not count.
    pub asides: Vec<(DatasetIndex, Aside)>,
    /// The sheets whose tables were read.
    pub sheets: Vec<ReadSheet>,
    pub diagnostics: Vec<Diagnostic>,
    pub interpretations: Vec<Interpretation>,
    /// What became of the sheets, and of the rows that are not in `rows`.
    pub balance: Balance,
    /// Whether the file holds no table that could be read.
    pub unread: bool,
    /// How many columns the widest table of the file has.
    pub width: usize,
    /// How many findings are kept one by one.
    pub most: usize,
    /// How many findings may gather before the next folding.
    pub room: usize,
}

impl Submission {
    /// A file that could not be read.
    pub fn unread() -> Self {
        let mut submission = Self { unread: true, ..Self::default() };
        submission.balance.files.insert(FileFate::Unread, 1);
        submission
    }

    /// How many rows it tells of: those that it holds, and those that became something else.
    pub fn rows_told(&self) -> u64 {
        self.rows.len() as u64 + self.balance.rows.values().sum::<u64>()
    }

    /// Whether there are more findings than should be kept one by one.
    pub fn is_crowded(&self) -> bool {
        self.diagnostics.len() >= self.room.max(self.most + ROOM)
    }

    /// Folds the findings beyond those that are kept. Waived findings are not folded, since a waiver is matched by the unit of a finding.
    pub fn fold(&mut self, specs: &Specs) {
        let is_waived = |found: &Diagnostic| specs.waivers.iter().any(|waiver| waiver.names_unit_of(found));
        diagnostic::fold(&mut self.diagnostics, self.most, is_waived);
        // Folding may leave many findings, so the next one waits until there are twice as many.
        self.room = self.diagnostics.len() * 2;
    }

    /// Lets errors whose region is unknown concern all regions that the file reports for.
    pub fn blame(&mut self, specs: &Specs, period: PeriodIndex) {
        let regions: BTreeSet<RegionIndex> = self.rows.iter().filter_map(|(_, row)| row.region).collect();
        let codes: Arc<[Arc<str>]> =
            regions.into_iter().map(|region| specs.hierarchy.region(region).code.as_str().into()).collect();
        let period: Arc<str> = specs.period(period).id.as_str().into();
        for found in self.diagnostics.iter_mut().filter(|found| found.stops_everything() && !codes.is_empty()) {
            // The regions that the finding itself names may be meant as well.
            found.concern_regions(&codes);
            found.concern.period = Some(period.clone());
        }
    }
}
