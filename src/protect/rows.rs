//! The rows of a dataset, for those who sent them: the office in its form, the unit on its sheet; and for those who ask where a number comes
//! from. Nothing of this is published.

use super::Published;
use crate::compute::evaluate::{self, Outcome, RowView};
use crate::dataset::{RowPlace, Table, Typed};
use crate::period::PeriodIndex;
use crate::region::RegionIndex;
use crate::spec::{Dataset, DatasetIndex, FieldIndex, Indicator, Specs};

/// The rows of a dataset in a period; a row is called by its position.
#[derive(Clone, Copy)]
pub struct Rows<'a> {
    specs: &'a Specs,
    dataset: &'a Dataset,
    table: &'a Table,
}

impl<'a> Rows<'a> {
    pub(super) fn new(published: &Published<'a>, period: PeriodIndex, index: DatasetIndex) -> Self {
        let Published { specs, data, .. } = *published;
        Self { specs, dataset: specs.dataset(index), table: data.table(period, index) }
    }

    /// The dataset of the rows.
    pub fn dataset(&self) -> &'a Dataset {
        self.dataset
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.table.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.table.is_empty()
    }

    /// The region of a row.
    pub fn region(&self, row: usize) -> RegionIndex {
        self.table.region(row)
    }

    /// The key of a row: its answers in the fields that identify it.
    pub fn key(&self, row: usize) -> Vec<String> {
        self.table.key(self.specs, self.dataset, row)
    }

    /// Whether a row is that of a group which comes beside its total.
    pub fn is_of_group(&self, row: usize) -> bool {
        let view = RowView::new(self.table, row);
        self.dataset.of_totals(None).iter().any(|is_total| evaluate::condition(is_total, &view) != Ok(true))
    }

    /// The name of a row's unit, or else its key.
    pub fn title(&self, row: usize) -> String {
        self.table.title(self.specs, self.dataset, row)
    }

    /// An answer, or why there is none.
    pub fn typed(&self, field: FieldIndex, row: usize) -> Typed {
        self.table.typed(field, row)
    }

    /// What a row does to each side of an indicator whose sides both come from this dataset.
    pub fn outcome(&self, indicator: &Indicator, row: usize) -> Outcome {
        evaluate::row(indicator, &RowView::new(self.table, row))
    }

    /// Where a row stands.
    pub fn place(&self, row: usize) -> &'a RowPlace {
        self.table.place(row)
    }
}
