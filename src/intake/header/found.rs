//! A sheet whose headers were found, and what is told of it whatever its rows hold.

use super::columns::Header;
use crate::diagnostic::{CauseKind, Diagnostic, Fact, FileName, Place, Rule};
use crate::grid::Sheet;
use crate::period::PeriodIndex;
use crate::spec::{FieldIndex, FieldKind, Specs};

/// A sheet whose headers were found.
#[derive(Clone, Copy)]
pub struct Found<'a> {
    /// The specifications.
    pub specs: &'a Specs,
    /// The period it was sent for.
    pub period: PeriodIndex,
    /// The file it stands in.
    pub file: &'a FileName,
    /// Its cells.
    pub sheet: &'a Sheet,
    /// Its headers.
    pub header: &'a Header,
}

impl Found<'_> {
    /// A table of a dataset that is not sent in the period.
    pub fn unexpected(&self) -> Option<Diagnostic> {
        let dataset = self.specs.dataset(self.header.dataset);
        if dataset.life.holds(self.period) {
            return None;
        }
        let id = |index: PeriodIndex| self.specs.period(index).id.as_str();
        let (name, period) = (&dataset.id, id(self.period));
        let life = match (dataset.life.since.filter(|since| self.period < *since), dataset.life.until) {
            (Some(since), _) => format!("begins with `{}`", id(since)),
            (None, until) => format!("ends with `{}`", until.map_or("", id)),
        };
        let message = format!("the dataset `{name}` {life}, and this table was sent for `{period}`; it is not read");
        let mut unexpected = Diagnostic::new(Rule::UnexpectedTable, self.place(self.header.row, None), message)
            .hint("take it out, or put it into the folder of its period")
            .because(CauseKind::UnexpectedTable, vec![("dataset", Fact::Dataset(name.as_str().into()))]);
        unexpected.concern.dataset = Some(name.as_str().into());
        unexpected.concern.period = Some(period.into());
        Some(unexpected)
    }

    /// A cell of the sheet, or a row, by its position among the sheet's rows and columns.
    pub fn place(&self, row: usize, column: Option<usize>) -> Place {
        Place::Cell {
            file: self.file.clone(),
            sheet: self.sheet.name.clone(),
            row: self.sheet.first_row + row as u32,
            column: column.map(|column| self.sheet.first_column + column as u32),
        }
    }

    /// Its headers fit several datasets: rows of one would be taken for those of another.
    pub fn ambiguous(&self) -> Diagnostic {
        let datasets = std::iter::once(&self.header.dataset).chain(&self.header.rivals);
        let names: Vec<&str> = datasets.map(|dataset| self.specs.dataset(*dataset).id.as_str()).collect();
        let names = crate::diagnostic::list(&names);
        Diagnostic::new(
            Rule::AmbiguousTable,
            self.place(self.header.row, None),
            format!("these headers fit several datasets: {names}; not read"),
        )
        .hint("give the datasets a header that tells them apart")
        .because(CauseKind::AmbiguousTable, Vec::new())
    }

    /// Says of a row of a text table that it has more cells than the header: one of them is cut in two, and nobody knows which.
    pub fn shifted(&self, offset: usize) -> Option<Diagnostic> {
        let rows = &self.sheet.rows;
        let width = rows[self.header.first..=self.header.row].iter().map(Vec::len).max().unwrap_or(0);
        let beyond = rows[offset].get(width..).filter(|_| self.sheet.is_text())?;
        let found = width + beyond.iter().rposition(|cell| !cell.is_blank())? + 1;
        let message = format!("expected at most {width} cells, as many as there are headers, found {found}; the row is not read");
        let facts = vec![("headers", Fact::Text(width.to_string())), ("cells", Fact::Text(found.to_string()))];
        Some(
            Diagnostic::new(Rule::ShiftedRow, self.place(offset, None), message)
                .hint("put the text in which the separator stands into quotes, or save the file as .xlsx")
                .because(CauseKind::ShiftedRow, facts),
        )
    }

    /// The field of the rows' region, the field that it lies within, and so on.
    pub fn chain(&self) -> Vec<FieldIndex> {
        let dataset = self.specs.dataset(self.header.dataset);
        let mut chain = vec![dataset.region];
        while let Some(FieldKind::Region { within: Some(outer), .. }) = chain.last().map(|field| &dataset.field(*field).kind) {
            if chain.contains(outer) {
                break;
            }
            chain.push(*outer);
        }
        chain
    }
}
