//! What stands behind a number, for those who work with the data: rows, what became of all others, findings, and what rests on a cell.

use super::{Audience, Published};
use crate::compute::contributions::{self, Asked, Contribution, Silence};
use crate::compute::influence::{self, Influence, Spots};
use crate::compute::roll::Roll;
use crate::dataset::{Aside, Change, Correction, Interpretation, ReadSheet};
use crate::diagnostic::Diagnostic;
use crate::period::PeriodIndex;
use crate::spec::DatasetIndex;

/// What stands behind the numbers.
#[derive(Clone, Copy)]
pub struct Behind<'a> {
    published: &'a Published<'a>,
}

impl<'a> Behind<'a> {
    /// `None` for the public.
    pub(super) fn new(published: &'a Published<'a>) -> Option<Self> {
        (published.audience == Audience::Internal).then_some(Self { published })
    }

    /// What each row does to a number.
    pub fn contributions(&self, asked: Asked) -> Vec<Contribution> {
        contributions::of(self.published.specs, self.published.data, &self.published.results, asked)
    }

    /// The units that are expected and did not report.
    pub fn silent(&self, asked: Asked) -> Vec<Silence> {
        contributions::silent(self.published.specs, self.published.data, asked)
    }

    /// How the rows of a dataset stand to the units that should report.
    pub fn roll(&self, period: PeriodIndex, dataset: DatasetIndex) -> Roll {
        Roll::new(self.published.specs, self.published.data, period, dataset)
    }

    /// The rows of a dataset that came and do not count.
    pub fn asides(&self, period: PeriodIndex, dataset: DatasetIndex) -> &'a [Aside] {
        self.published.data.table(period, dataset).asides()
    }

    /// The sheets whose tables were read.
    pub fn sheets(&self) -> &'a [ReadSheet] {
        &self.published.data.sheets
    }

    /// How cells were understood where that is not simply what they say, in the order of places.
    pub fn interpretations(&self) -> &'a [Interpretation] {
        &self.published.data.interpretations
    }

    /// What later submissions changed.
    pub fn changes(&self) -> &'a [Change] {
        &self.published.data.changes
    }

    /// Which submissions replaced which.
    pub fn corrections(&self) -> &'a [Correction] {
        &self.published.data.corrections
    }

    /// All findings.
    pub fn findings(&self) -> &'a [Diagnostic] {
        self.published.findings
    }

    /// What rests on some cells of a period.
    pub fn influence(&self, period: PeriodIndex, spots: &Spots) -> Influence {
        influence::of(self.published.specs, self.published.data, period, spots)
    }
}
