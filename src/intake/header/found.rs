//! A sheet whose headers were found, and the findings that do not depend on its rows.

use super::columns::Header;
use crate::dataset::RowFate;
use crate::diagnostic::{CauseKind, Diagnostic, Fact, FileName, Place, Rule};
use crate::grid::{Raw, Sheet};
use crate::period::PeriodIndex;
use crate::spec::{FieldIndex, FieldKind, Specs};

/// A row that is none of the dataset's own, or none of the period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Other {
    /// This becomes of it.
    Passed(RowFate),
    /// It may be headers, a caption, a remark or a total: those hold for the rows of every period.
    Shared {
        /// What becomes of it as a unit's row.
        fate: RowFate,
        /// Whether it may be a total of the rows that are read.
        total: bool,
        /// Whether it was told of before, with another period.
        is_again: bool,
    },
    /// It is told of with another period, or holds nothing.
    Elsewhere,
}

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
    /// The rows that are known to be none of the dataset's own, by their position; the sheet's last ones may be left out.
    pub others: &'a [Option<Other>],
    /// Whether its headers were read before, for another period.
    pub is_again: bool,
}

impl Found<'_> {
    /// The finding about a table whose dataset is not sent in the period.
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

    /// The finding about a table in a folder of no period that does not tell the periods of its rows.
    pub fn of_no_period(&self) -> Diagnostic {
        let id = &self.specs.dataset(self.header.dataset).id;
        let message = format!(
            "this table of `{id}` lies in a folder of no period, and does not tell the periods of its rows; it is not read"
        );
        Diagnostic::new(Rule::UnknownPeriod, self.place(self.header.row, None), message)
            .hint("put it into the folder of its period, or name the column that tells the period (`period` of the dataset)")
            .because(CauseKind::TableWithoutPeriod, Vec::new())
    }

    /// The finding about a table whose captions should tell periods and tell none of the programme.
    pub fn without_periods(&self) -> Diagnostic {
        let message = "no caption over the columns of this table is a period of the programme; it is not read";
        Diagnostic::new(Rule::UnknownPeriod, self.place(self.header.row, None), message)
            .hint("where a caption is one of them, name its word under `period: words:` of the dataset")
            .because(CauseKind::CaptionsWithoutPeriod, Vec::new())
    }

    /// The place of a cell, or of a row, from its position in the sheet's cells.
    pub fn place(&self, row: usize, column: Option<usize>) -> Place {
        Place::Cell {
            file: self.file.clone(),
            sheet: self.sheet.name.clone(),
            row: self.sheet.first_row + row as u32,
            column: column.map(|column| self.sheet.first_column + column as u32),
        }
    }

    /// The finding that the headers fit several datasets: rows of one could be taken for rows of another.
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

    /// The finding about a row of a text table with more cells than the header: one of its cells is cut in two, and nobody knows which.
    pub fn shifted(&self, offset: usize) -> Option<Diagnostic> {
        let rows = &self.sheet.rows;
        let width = rows[self.header.first..=self.header.row].iter().map(Vec::len).max().unwrap_or(0);
        let beyond = rows[offset].get(width..).filter(|_| self.sheet.is_text())?;
        let found = width + beyond.iter().rposition(|cell| !cell.is_blank())? + 1;
        let message = format!("expected at most {width} cells, as many as there are headers, found {found}; the row is not read");
        let facts = vec![("headers", Fact::count(width)), ("cells", Fact::count(found))];
        Some(
            Diagnostic::new(Rule::ShiftedRow, self.place(offset, None), message)
                .hint("put the text in which the separator stands into quotes, or save the file as .xlsx")
                .because(CauseKind::ShiftedRow, facts),
        )
    }

    /// For a blank merged cell, the contents of the first cell of the merge, with its row and column.
    pub fn merged(&self, offset: usize, column: usize) -> Option<(&Raw, (usize, usize))> {
        let sheet = self.sheet;
        let is_blank = |column: usize| sheet.rows[offset].get(column).is_none_or(Raw::is_blank);
        if sheet.merged.is_empty() || !is_blank(column) {
            return None;
        }
        let row = sheet.first_row + offset as u32;
        let over = |at: usize| sheet.merged_over(row, sheet.first_column + at as u32);
        // Merged cells hold something only in the first of them.
        let nearest = (0..=column).rev().find(|&at| over(at).is_some() || !is_blank(at))?;
        let merge = over(nearest).filter(|merge| merge.last_column >= sheet.first_column + column as u32)?;
        let first = merge.first_row.checked_sub(sheet.first_row)? as usize;
        let raw = sheet.rows.get(first).filter(|_| first > self.header.row)?.get(nearest)?;
        (!raw.is_blank()).then_some((raw, (first, nearest)))
    }

    /// A cell; for one merged with cells above it, the first of these.
    pub fn cell(&self, offset: usize, column: usize) -> &Raw {
        match self.merged(offset, column) {
            Some((raw, (_, at))) if at == column => raw,
            Some(_) | None => self.sheet.rows[offset].get(column).unwrap_or(&Raw::Empty),
        }
    }

    /// The field with the region of a row, then the field with the outer region, and so on.
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
