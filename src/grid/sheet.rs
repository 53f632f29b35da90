//! A sheet of raw cells, built from cells in any order.

use std::collections::HashSet;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::fault::{Fault, too_wide, twice};
use super::merges::{self, Merge};
use super::raw::Raw;
use super::wire;

/// The most cells in a used range; a larger one is no table that an office fills in.
pub(super) const MOST_CELLS: u64 = 5_000_000;

/// A sheet's used cells.
#[derive(Debug, Serialize, Deserialize)]
pub struct Sheet {
    /// Its name; empty for a text table.
    #[serde(with = "shared_text")]
    pub name: Arc<str>,
    /// The row of `rows[0]`, from 0.
    pub first_row: u32,
    /// The column of `rows[..][0]`, from 0.
    pub first_column: u32,
    /// The cells.
    #[serde(with = "wire")]
    pub rows: Vec<Vec<Raw>>,
    /// Whether the workbook hides it.
    pub hidden: bool,
    /// The merged cells that can be seen, ordered by their first column and row. The value stands in the first cell of each, and none lies
    /// over another.
    pub merged: Vec<Merge>,
}

impl Sheet {
    /// Whether nothing can be seen on the sheet.
    pub fn is_empty(&self) -> bool {
        self.rows.iter().flatten().all(Raw::is_blank)
    }

    /// The merge that begins in a column of the whole sheet and covers a row of it.
    pub fn merged_over(&self, row: u32, column: u32) -> Option<&Merge> {
        merges::over(&self.merged, row, column)
    }

    /// Whether the sheet is a table of text, whose rows are lines.
    pub fn is_text(&self) -> bool {
        self.name.is_empty()
    }
}

/// Names for the sheets of a workbook, each once: some programs write sheets without a name, or several with one name, and findings must
/// tell them apart.
#[derive(Default)]
pub(super) struct Names {
    known: HashSet<String>,
    count: usize,
}

impl Names {
    /// The name of the next sheet: its own, or one with its number.
    pub(super) fn own(&mut self, name: &str) -> String {
        self.count += 1;
        let mut own = if name.trim().is_empty() { self.count.to_string() } else { name.to_owned() };
        while !self.known.insert(own.clone()) {
            own = format!("{own} ({})", self.count);
        }
        own
    }
}

/// The cells of a sheet in any order, before they become rows.
#[derive(Default)]
pub(super) struct Cells {
    cells: Vec<(u32, u32, Raw)>,
    /// Whether each may come only once; else the later one counts.
    once: bool,
}

impl Cells {
    /// Cells that may each come only once.
    pub(super) fn once() -> Self {
        Self { once: true, ..Self::default() }
    }

    pub(super) fn put(&mut self, (row, column): (u32, u32), raw: Raw) {
        if raw != Raw::Empty {
            self.cells.push((row, column, raw));
        }
    }

    pub(super) fn count(&self) -> u64 {
        self.cells.len() as u64
    }

    /// The sheet of these cells. A stray cell in the last corner spans billions of empty ones: such a range is a fault, and is not built.
    pub(super) fn into_sheet(self, name: &str, hidden: bool, merged: Vec<Merge>) -> Result<Sheet, Fault> {
        let mut used = self.cells.iter().map(|&(row, column, _)| (row, column));
        let Some(first) = used.next() else {
            return Ok(Sheet { name: name.into(), first_row: 0, first_column: 0, rows: Vec::new(), hidden, merged: Vec::new() });
        };
        let ((first_row, first_column), (last_row, last_column)) = used.fold((first, first), |(least, most), (row, column)| {
            ((least.0.min(row), least.1.min(column)), (most.0.max(row), most.1.max(column)))
        });
        let (height, width) = (u64::from(last_row - first_row) + 1, u64::from(last_column - first_column) + 1);
        if height.saturating_mul(width) > MOST_CELLS {
            return Err(too_wide(name, last_row, last_column));
        }
        // Each row gets the room that it needs.
        let mut lengths = vec![0; height as usize];
        for &(row, column, _) in &self.cells {
            let length = &mut lengths[(row - first_row) as usize];
            *length = (*length).max((column - first_column) as usize + 1);
        }
        let mut rows: Vec<Vec<Raw>> = lengths.into_iter().map(Vec::with_capacity).collect();
        for (row, column, raw) in self.cells {
            let cells = &mut rows[(row - first_row) as usize];
            let column = (column - first_column) as usize;
            match cells.get_mut(column) {
                // Nobody knows which of the two counts.
                Some(earlier) if self.once && *earlier != Raw::Empty => {
                    return Err(twice(name, row, first_column + column as u32));
                }
                Some(earlier) => *earlier = raw,
                None => {
                    cells.resize(column, Raw::Empty);
                    cells.push(raw);
                }
            }
        }
        let merged = merges::seen(merged, (first_row, first_column), (last_row, last_column));
        Ok(Sheet { name: name.into(), first_row, first_column, rows, hidden, merged })
    }
}

/// `Arc<str>` as text.
mod shared_text {
    use std::sync::Arc;

    use serde::{Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(text: &Arc<str>, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(text)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Arc<str>, D::Error> {
        <&str>::deserialize(deserializer).map(Arc::from)
    }
}
