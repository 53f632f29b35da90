//! Headers that stand once more among the rows of their table.

use super::found::Found;
use crate::grid::Raw;
use crate::spec::{FieldIndex, fold_header};

/// What a row of headers among the rows of a table is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Again {
    /// One of the rows at the top once more; whether it is the first of them.
    Same { is_first: bool },
    /// Headers in an order of their own: the columns of the rows below.
    Moved(Vec<(FieldIndex, usize)>),
    /// Headers below captions that are not those at the top: nobody knows what the rows below tell.
    Other,
}

impl Again {
    /// Whether the columns of the top hold again. The lower rows of headers that were moved may be those of the top.
    pub fn moves_back(&self, has_moved: bool) -> bool {
        match self {
            Again::Same { is_first } => *is_first || !has_moved,
            Again::Moved(_) | Again::Other => false,
        }
    }
}

impl Found<'_> {
    /// What a row is that repeats headers; `None` for any other row.
    pub fn headers_again(self, cells: &[Raw]) -> Option<Again> {
        if let Some(is_first) = self.repeated(cells) {
            return Some(Again::Same { is_first });
        }
        if self.specs.dataset(self.header.dataset).excerpt.has_captions() {
            return self.is_of_other_captions(cells).then_some(Again::Other);
        }
        self.moved(cells).map(Again::Moved)
    }

    /// Whether a row repeats one of the header's rows, and the first of them.
    fn repeated(self, cells: &[Raw]) -> Option<bool> {
        let header = self.header;
        // In most rows the first cell differs from the header.
        let first = cells.iter().position(|cell| !cell.is_blank())?;
        let is_same = |row: &usize| {
            let own = &self.sheet.rows[*row];
            let alike = |column: usize| {
                let (mine, other) = (own.get(column).unwrap_or(&Raw::Empty), cells.get(column).unwrap_or(&Raw::Empty));
                mine == other || fold_header(&mine.text()) == fold_header(&other.text())
            };
            alike(first) && (0..cells.len().max(own.len())).all(alike)
        };
        (header.first..=header.row).find(is_same).map(|row| row == header.first)
    }

    /// The columns that a row of the dataset's headers gives, where it repeats them in an order of its own.
    fn moved(self, cells: &[Raw]) -> Option<Vec<(FieldIndex, usize)>> {
        let dataset = self.specs.dataset(self.header.dataset);
        let named = |cell: &Raw| dataset.spellings.get(&fold_header(&cell.text())).copied();
        // Most rows are ruled out by their first texts; the first one alone may be the header of a column that is not read.
        let is_known = |cell: &Raw| {
            let text = fold_header(&cell.text());
            dataset.spellings.contains_key(&text) || dataset.excerpt.headers().any(|header| *header == text)
        };
        if !cells.iter().filter(|cell| is_wordy(cell)).take(2).any(is_known) {
            return None;
        }
        let mut columns: Vec<(FieldIndex, usize)> = Vec::new();
        for (column, cell) in cells.iter().enumerate() {
            if let Some(field) = named(cell).filter(|_| is_wordy(cell))
                && !columns.iter().any(|(known, _)| *known == field)
            {
                columns.push((field, column));
            }
        }
        let all = self.header.columns.len();
        (columns.len() >= 2 && columns.len() * 2 >= all).then_some(columns)
    }

    /// Whether most texts of a row of a wide table are captions or headers.
    fn is_of_other_captions(self, cells: &[Raw]) -> bool {
        let is_known = |cell: &&Raw| self.header.words.contains(&fold_header(&cell.text()));
        let filled = || cells.iter().filter(|cell| !cell.is_blank());
        // Most rows are ruled out by their first text.
        if !filled().next().is_some_and(|first| is_known(&first)) {
            return false;
        }
        let known = filled().filter(is_known).count();
        // Captions may be numbers, and so may be the answers of a unit.
        known >= 2 && known * 2 > filled().count() && filled().any(|cell| is_wordy(cell) && is_known(&cell))
    }
}

/// Whether a cell holds words rather than a number typed as text.
pub fn is_wordy(cell: &Raw) -> bool {
    match cell {
        Raw::Text(text) | Raw::Struck(text) => text.chars().any(char::is_alphabetic),
        Raw::Empty
        | Raw::Number(_)
        | Raw::Percent(_)
        | Raw::Date(_)
        | Raw::Bool(_)
        | Raw::Error(_)
        | Raw::Stale
        | Raw::Padded(_) => false,
    }
}
