//! Headers that stand once more among the rows of their table.

use super::found::Found;
use crate::grid::Raw;
use crate::spec::excerpt::Column;
use crate::spec::{FieldIndex, fold_header};

/// What a row of headers among the rows of a table is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Again {
    /// One of the rows at the top once more; whether it is the first of them.
    Same { is_first: bool },
    /// Headers in an order of their own: the columns of the rows below.
    Moved(Vec<(FieldIndex, usize)>),
    /// Headers that lack a column by which rows are told apart: they may be those of another table.
    Lacking,
    /// Headers below captions that are not those at the top: nobody knows what the rows below tell.
    Other,
}

impl Again {
    /// Whether the columns of the top hold again. The lower rows of headers that were moved may be those of the top.
    pub fn moves_back(&self, has_moved: bool) -> bool {
        match self {
            Again::Same { is_first } => *is_first || !has_moved,
            Again::Moved(_) | Again::Lacking | Again::Other => false,
        }
    }
}

impl Found<'_> {
    /// What a row is that repeats headers; `None` for any other row.
    pub fn headers_again(self, cells: &[Raw]) -> Option<Again> {
        if let Some(is_first) = self.repeated(cells) {
            return Some(Again::Same { is_first });
        }
        let excerpt = &self.specs.dataset(self.header.dataset).excerpt;
        if excerpt.has_captions() {
            return self.is_of_other_captions(cells).then_some(Again::Other);
        }
        let fields = self.moved(cells)?;
        let selectors =
            excerpt.rows.iter().map(|term| &term.column).chain(excerpt.period.iter().filter_map(|rule| rule.column.as_ref()));
        let is_whole = selectors.into_iter().all(|column| column_among(column, &fields, cells).is_some());
        Some(if is_whole { Again::Moved(fields) } else { Again::Lacking })
    }

    /// Whether a row repeats one of the header's rows, and the first of them.
    fn repeated(self, cells: &[Raw]) -> Option<bool> {
        let header = self.header;
        let first = cells.iter().position(|cell| !cell.is_blank())?;
        let text = |column: usize| cells.get(column).map(|cell| fold_header(&cell.text())).unwrap_or_default();
        // In most rows the first cell differs from the header.
        let begins = text(first);
        let is_same = |own: &Vec<String>| {
            let mine = |column: usize| own.get(column).map_or("", String::as_str);
            mine(first) == begins && (0..cells.len().max(own.len())).all(|column| mine(column) == text(column))
        };
        header.texts.iter().position(is_same).map(|row| row == 0)
    }

    /// The columns that a row of the dataset's headers gives, where it repeats them in an order of its own.
    fn moved(self, cells: &[Raw]) -> Option<Vec<(FieldIndex, usize)>> {
        let dataset = self.specs.dataset(self.header.dataset);
        let (excerpt, sorts) = (&dataset.excerpt, dataset.excerpt.sorts_rows());
        let named = |cell: &Raw| dataset.spellings.get(&fold_header(&cell.text())).copied();
        // Most rows are ruled out by their first texts, or because they hold numbers.
        let mut wordy = cells.iter().filter(|cell| is_wordy(cell));
        let begins = named(wordy.next()?).is_some();
        if !begins && wordy.next().and_then(named).is_none() {
            return None;
        }
        // Where rows are told apart by what they say, texts that are headers may also be answers: nearly all cells must be headers.
        let is_known = |cell: &&Raw| {
            let text = fold_header(&cell.text());
            dataset.spellings.contains_key(&text) || excerpt.ignores(&text) || excerpt.headers().any(|header| *header == text)
        };
        let filled = || cells.iter().filter(|cell| !cell.is_blank());
        if (sorts || !begins) && (!filled().all(is_wordy) || filled().filter(|cell| !is_known(cell)).nth(1).is_some()) {
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
        // Captions may be numbers or words for a total, and so may be what stands in a row of the table.
        let is_wordy = |cell: &&Raw| is_wordy(cell) && is_known(cell);
        let is_header = |cell: &Raw| self.header.names.contains(&fold_header(&cell.text()));
        let has_headers = filled().filter(is_wordy).count() >= 2 || filled().any(|cell| is_wordy(&cell) && is_header(cell));
        known >= 2 && known * 2 > filled().count() && has_headers
    }
}

/// Where a column stands in a row of headers, of which some are those of fields.
pub fn column_among(column: &Column, fields: &[(FieldIndex, usize)], cells: &[Raw]) -> Option<usize> {
    let of_field = column.field.and_then(|field| fields.iter().find(|(known, _)| *known == field)).map(|(_, at)| *at);
    of_field.or_else(|| cells.iter().position(|cell| column.spellings.contains_key(&fold_header(&cell.text()))))
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
