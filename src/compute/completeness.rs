//! How many of the questions put to the rows were answered.

use super::asked::{Asked, asked};
use super::evaluate::RowView;
use crate::dataset::Data;
use crate::period::PeriodIndex;
use crate::spec::{DatasetIndex, FieldIndex, Specs};
use crate::value::Blank;

/// How many cells were asked for and answered, in the rows of a region and of all regions within it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cells {
    /// How many were asked for. The key, the region and the title are not counted, nor are cells that do not apply and those of questions
    /// that were not put to the row, or may not have been: whatever they hold.
    pub asked: u64,
    /// How many of these cells hold an answer.
    pub answered: u64,
}

impl Cells {
    pub(super) fn add(&mut self, other: &Cells) {
        self.asked += other.asked;
        self.answered += other.answered;
    }
}

/// The cells of a dataset in a period, with one entry for each region.
pub fn run(specs: &Specs, data: &Data, period: PeriodIndex, index: DatasetIndex) -> Vec<Cells> {
    let dataset = specs.dataset(index);
    let table = data.table(period, index);
    let fields: Vec<FieldIndex> = dataset.questions(period).collect();
    let mut cells = vec![Cells::default(); specs.hierarchy.len()];
    for row in 0..table.len() {
        let own = &mut cells[table.region(row).0];
        let asked = asked(dataset, &RowView::new(table, row));
        for &field in fields.iter().filter(|FieldIndex(field)| asked[*field] == Asked::Yes) {
            match table.blank(field, row) {
                None => {
                    own.asked += 1;
                    own.answered += 1;
                }
                Some(Blank::NotReported | Blank::Refused) => own.asked += 1,
                Some(Blank::NotApplicable) => {}
            }
        }
    }
    specs.hierarchy.add_up(&mut cells, Cells::add);
    cells
}
