//! The rows of a dataset as those see them who sent them: the office in its form, the unit on its sheet. Nothing of it is published.

use super::Published;
use crate::compute::evaluate::{self, Outcome, RowView};
use crate::dataset::{RowPlace, Table, Typed};
use crate::period::PeriodIndex;
use crate::region::RegionIndex;
use crate::spec::{Dataset, DatasetIndex, FieldIndex, Indicator, Specs};

/// The rows of a dataset in a period; they are called by their positions.
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

    /// Their dataset.
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

    /// What tells a row from the others: its answers in the fields of the key.
    pub fn key(&self, row: usize) -> Vec<String> {
        self.table.key(self.specs, self.dataset, row)
    }

    /// The name of the unit, or its key.
    pub fn title(&self, row: usize) -> String {
        self.table.title(self.specs, self.dataset, row)
    }

    /// An answer, or why there is none.
    pub fn typed(&self, field: FieldIndex, row: usize) -> Typed {
        self.table.typed(field, row)
    }

    /// What a row adds to each side of an indicator of this dataset alone.
    pub fn outcome(&self, indicator: &Indicator, row: usize) -> Outcome {
        evaluate::row(indicator, &RowView::new(self.table, row))
    }

    pub(super) fn place(&self, row: usize) -> &'a RowPlace {
        self.table.place(row)
    }
}
