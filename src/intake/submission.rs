//! What one file holds, on its way into the tables: its rows, what was found in it, and the balance of what became of all of it.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::dataset::{Balance, FileFate, Interpretation, RowPlace, Typed};
use crate::diagnostic::{self, Diagnostic, Place};
use crate::period::PeriodIndex;
use crate::region::RegionIndex;
use crate::spec::{DatasetIndex, Specs};

/// So many more may come before they are counted together.
const ROOM: usize = 100_000;

/// A row on its way into a table.
pub struct Row {
    pub place: RowPlace,
    /// `None` where it could not be told; why has been reported.
    pub region: Option<RegionIndex>,
    pub cells: Vec<Typed>,
    /// The cell of its identifier, where that is blank and may be found by the row's name.
    pub nameless: Option<Place>,
    /// The key of the earlier row whose place it takes, where it says so.
    pub replaces: Option<String>,
}

/// What one file holds.
#[derive(Default)]
pub struct Submission {
    pub rows: Vec<(DatasetIndex, Row)>,
    pub diagnostics: Vec<Diagnostic>,
    pub interpretations: Vec<Interpretation>,
    /// What became of its sheets, and of the rows that are not in `rows`.
    pub balance: Balance,
    /// Whether it holds no table that could be read.
    pub unread: bool,
    /// How many columns the widest of its tables has.
    pub width: usize,
    /// How many of its findings are kept one by one.
    pub most: usize,
    /// How many findings there may be before those beyond are counted together again.
    pub room: usize,
}

impl Submission {
    /// Of a file that could not be read.
    pub fn unread() -> Self {
        let mut submission = Self { unread: true, ..Self::default() };
        submission.balance.files.insert(FileFate::Unread, 1);
        submission
    }

    /// Whether it holds more findings than should be kept one by one.
    pub fn is_crowded(&self) -> bool {
        self.diagnostics.len() >= self.room.max(self.most + ROOM)
    }

    /// Counts together the findings beyond those that are kept. What somebody answers for is kept apart, since it is told by its unit.
    pub fn fold(&mut self, specs: &Specs) {
        let is_waived = |found: &Diagnostic| specs.waivers.iter().any(|waiver| waiver.names_unit_of(found));
        diagnostic::fold(&mut self.diagnostics, self.most, is_waived);
        // Many kinds in many regions leave many: then the next time comes later.
        self.room = self.diagnostics.len() * 2;
    }

    /// Errors of which no region is known concern the regions that the file otherwise reports for.
    pub fn blame(&mut self, specs: &Specs, period: PeriodIndex) {
        let regions: BTreeSet<RegionIndex> = self.rows.iter().filter_map(|(_, row)| row.region).collect();
        let codes: Arc<[Arc<str>]> =
            regions.into_iter().map(|region| specs.hierarchy.region(region).code.as_str().into()).collect();
        let period: Arc<str> = specs.period(period).id.as_str().into();
        for found in self.diagnostics.iter_mut().filter(|found| found.stops_everything() && !codes.is_empty()) {
            // Those that the finding itself names may be meant too.
            found.concern_regions(&codes);
            found.concern.period = Some(period.clone());
        }
    }
}
