//! The texts at the top of a sheet as headers: which texts stand above each other, and which are captions over several columns.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use super::spelling::named;
use crate::grid::{Raw, Sheet};
use crate::spec::{FieldIndex, fold_header};

/// How many rows may hold titles, dates and stamps above the header.
pub const SEARCHED_ROWS: usize = 40;

/// How many rows a header may stand on.
pub const MOST_ROWS: usize = 3;

/// The texts at the top of a sheet, folded as headers; the text of merged cells stands in each of them.
pub struct Top<'a> {
    pub sheet: &'a Sheet,
    /// For each cell its text, and the first column of the merged cells that it belongs to.
    pub texts: Vec<Vec<(String, usize)>>,
    /// For each row, whether it looks like the lower row of headers: it holds words only, and nothing below the first header above.
    is_lower: Vec<bool>,
}

impl<'a> Top<'a> {
    pub fn new(sheet: &'a Sheet) -> Self {
        let rows = sheet.rows.len().min(SEARCHED_ROWS + MOST_ROWS - 1);
        let width = sheet.rows[..rows].iter().map(Vec::len).max().unwrap_or(0);
        let mut texts: Vec<Vec<(String, usize)>> = sheet.rows[..rows]
            .iter()
            .map(|cells| cells.iter().enumerate().map(|(column, cell)| (text(cell), column)).collect())
            .collect();
        for merge in &sheet.merged {
            let inside = |from: u32, to: u32, first: u32, count: usize| {
                let from = from.checked_sub(first).map_or(0, |from| from as usize);
                let to = to.checked_sub(first).map_or(0, |to| (to as usize + 1).min(count));
                from..to
            };
            let (down, across) = (
                inside(merge.first_row, merge.last_row, sheet.first_row, rows),
                inside(merge.first_column, merge.last_column, sheet.first_column, width),
            );
            let Some(text) = texts.get(down.start).and_then(|cells| cells.get(across.start)).map(|(text, _)| text.clone()) else {
                continue;
            };
            if text.is_empty() {
                continue;
            }
            for row in down {
                if texts[row].len() < across.end {
                    let from = texts[row].len();
                    texts[row].extend((from..across.end).map(|column| (String::new(), column)));
                }
                for column in across.clone() {
                    texts[row][column] = (text.clone(), across.start);
                }
            }
        }
        let is_lower = (0..rows).map(|row| row > 0 && is_lower(&texts[row - 1], &sheet.rows[row])).collect();
        Self { sheet, texts, is_lower }
    }

    pub fn text(&self, row: usize, column: usize) -> &str {
        self.texts[row].get(column).map_or("", |(text, _)| text)
    }

    /// The texts over a column from top to bottom, captions above its header included; empty where the column has no header of its own.
    pub fn stack(&self, first: usize, last: usize, column: usize) -> Vec<&str> {
        let own = |row: usize| self.texts[row].get(column).is_some_and(|(text, at)| !text.is_empty() && *at == column);
        let Some(lowest) = (first..=last).rev().find(|&row| !self.text(row, column).is_empty()) else { return Vec::new() };
        // A caption over several columns is the header of none of them; merged over one filled and several blank columns, it is the header
        // of the first.
        if !own(lowest) || self.is_caption(lowest, column) {
            return Vec::new();
        }
        let mut stack: Vec<&str> = Vec::new();
        for row in first..=lowest {
            let text = self.text(row, self.column_of(row, lowest, column));
            if !text.is_empty() && stack.last() != Some(&text) {
                stack.push(text);
            }
        }
        stack
    }

    /// The column whose text in this row holds for a column. A caption that is not merged also holds for the blank cells to its right, when
    /// it has headers below it.
    fn column_of(&self, row: usize, lowest: usize, column: usize) -> usize {
        let holds = |left: &usize| {
            let has_header =
                |below: usize| !self.text(below, *left).is_empty() && self.text(below, *left) != self.text(row, *left);
            (row + 1..=lowest).any(has_header)
        };
        let is_blank = self.text(row, column).is_empty() && row < lowest;
        let left = || (0..column).rev().find(|&left| !self.text(row, left).is_empty()).filter(holds);
        if is_blank { left().unwrap_or(column) } else { column }
    }

    /// Whether a text stands over several columns that have headers or answers of their own: it is merged over them, or has a blank to its
    /// right.
    pub fn is_caption(&self, row: usize, column: usize) -> bool {
        let columns = self.under(row, column);
        let has_own = |column: usize| is_filled(self.sheet, row + 1, column);
        if columns.len() > 1 {
            return (column + 1..columns.end).any(has_own) || self.is_shared(row, columns);
        }
        let is_lower = self.is_lower.get(row + 1).copied().unwrap_or(false);
        let is_alone = columns.len() == 1 && self.text(row, column + 1).is_empty();
        is_lower && is_alone && has_own(column) && has_own(column + 1)
    }

    /// The row of a caption that begins in this column and has no header below it here.
    pub fn bare_caption(&self, first: usize, last: usize, column: usize) -> Option<usize> {
        let lowest = (first..=last).rev().find(|&row| !self.text(row, column).is_empty())?;
        let begins = self.texts[lowest].get(column).is_some_and(|(_, at)| *at == column);
        (begins && self.is_caption(lowest, column)).then_some(lowest)
    }

    /// The columns that a text stands in.
    pub fn under(&self, row: usize, column: usize) -> Range<usize> {
        let is_under = |right: &usize| self.texts[row].get(*right).is_some_and(|(_, at)| *at == column);
        column..column + (column..).take_while(is_under).count()
    }

    /// Whether one of the other columns below a text is at least half as full as the first one.
    fn is_shared(&self, row: usize, columns: Range<usize>) -> bool {
        let filled = |column: usize| (row + 1..=row + SEARCHED_ROWS).filter(|&row| is_filled(self.sheet, row, column)).count();
        let own = filled(columns.start);
        (columns.start + 1..columns.end).map(filled).any(|further| further > 0 && further * 2 >= own)
    }

    /// Whether the headers of a row go on in the row below: a header is merged downwards, or captions have headers below them.
    pub fn goes_on(&self, row: usize, mut headers: impl Iterator<Item = usize>) -> bool {
        let is_lower = self.is_lower.get(row + 1).copied().unwrap_or(false);
        headers.any(|column| self.reaches_below(row, column))
            || is_lower
                && (0..self.texts[row].len()).any(|column| !self.text(row, column).is_empty() && self.is_caption(row, column))
    }

    /// Whether a row holds nothing but such words, and with them a header of a field, or no numbers.
    pub fn holds_only(&self, row: usize, (words, headers): (&HashSet<String>, &HashSet<String>)) -> bool {
        let Some(cells) = self.sheet.rows.get(row).filter(|_| row < self.texts.len()) else { return false };
        let filled = || cells.iter().filter(|cell| !cell.is_blank());
        let is_header = |cell: &Raw| headers.contains(&text(cell));
        let are_words = || filled().count() > 1 && filled().all(|cell| cell.text().chars().any(char::is_alphabetic));
        filled().all(|cell| matches!(cell, Raw::Text(_)) && words.contains(&text(cell)))
            && (filled().any(is_header) || are_words())
    }

    /// Whether the header of a column is merged with the cell above it.
    pub fn reaches_above(&self, row: usize, column: usize) -> bool {
        let Some(above) = row.checked_sub(1) else { return false };
        !is_filled(self.sheet, row, column)
            && !self.text(row, column).is_empty()
            && self.text(above, column) == self.text(row, column)
    }

    /// Whether the header of a column is merged with the cell below it.
    fn reaches_below(&self, row: usize, column: usize) -> bool {
        let below = self.texts.get(row + 1).and_then(|cells| cells.get(column)).map_or("", |(text, _)| text);
        !is_filled(self.sheet, row + 1, column) && !below.is_empty() && below == self.text(row, column)
    }

    /// The header of a column as a person reads it.
    pub fn shown(&self, first: usize, last: usize, column: usize) -> String {
        let lowest = (first..=last).rev().find(|&row| !self.text(row, column).is_empty());
        let Some(lowest) = lowest.filter(|_| !self.stack(first, last, column).is_empty()) else { return String::new() };
        let mut shown: Vec<String> = Vec::new();
        for row in first..=lowest {
            let column = self.column_of(row, lowest, column);
            let at = self.texts[row].get(column).map_or(column, |(_, at)| *at);
            let text = self.sheet.rows[row].get(at).map(Raw::text).unwrap_or_default();
            if !text.is_empty() && shown.last() != Some(&text) {
                shown.push(text);
            }
        }
        shown.join(" / ")
    }

    pub fn width(&self, first: usize, last: usize) -> usize {
        self.texts[first..=last].iter().map(Vec::len).max().unwrap_or(0)
    }

    /// Each field and its column; where several columns name a field, the first one that needs the fewest captions left out.
    pub fn columns(&self, spellings: &HashMap<String, FieldIndex>, first: usize, last: usize) -> Vec<(FieldIndex, usize, bool)> {
        let mut columns: Vec<(FieldIndex, usize, bool)> = Vec::new();
        for column in 0..self.width(first, last) {
            let Some((field, shortened)) = named(spellings, &self.stack(first, last, column)) else { continue };
            match columns.iter_mut().find(|(found, _, _)| *found == field) {
                Some(other) if other.2 && !shortened => *other = (field, column, shortened),
                Some(_) => {}
                None => columns.push((field, column, shortened)),
            }
        }
        columns
    }
}

/// The text of a cell, folded. A formula without a stored result is a text that nobody knows: what stands beside it does not hold for it.
fn text(cell: &Raw) -> String {
    if matches!(cell, Raw::Stale) { "=".to_owned() } else { fold_header(&cell.text()) }
}

fn is_filled(sheet: &Sheet, row: usize, column: usize) -> bool {
    sheet.rows.get(row).and_then(|cells| cells.get(column)).is_some_and(|cell| !cell.is_blank())
}

/// Whether cells below a row of headers hold words only, and nothing below the first of the headers. Rows of units differ: they have
/// numbers, and say first who they are.
fn is_lower(above: &[(String, usize)], cells: &[Raw]) -> bool {
    let Some(first) = above.iter().position(|(text, _)| !text.is_empty()) else { return false };
    let is_word = |cell: &Raw| !cell.is_number() && cell.text().chars().any(char::is_alphabetic);
    let mut filled = cells.iter().filter(|cell| !cell.is_blank()).peekable();
    cells.get(first).is_none_or(Raw::is_blank) && filled.peek().is_some() && filled.all(is_word)
}
