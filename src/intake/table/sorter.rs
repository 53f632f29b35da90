//! What is known of a sheet while its rows are told apart, and what can be said of one row.

use std::collections::BTreeSet;

use crate::dataset::{Interpretation, RowFate};
use crate::diagnostic::{CauseKind, Diagnostic, Place, Rule};
use crate::grid::Raw;
use crate::intake::cell::{self, Vocabulary};
use crate::intake::gazetteer::{Found as Region, Lookup, Miss, Scope};
use crate::intake::header::{Again, Found, is_wordy};
use crate::region::RegionIndex;
use crate::spec::{Dataset, FieldKind};

/// What a row is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// A unit's row.
    Row,
    /// The name of a region, which holds for the rows below.
    Caption {
        /// The region.
        region: RegionIndex,
        /// Whether totals of the region stand beside it.
        total: bool,
    },
    /// A caption whose region was not understood; the reason has been reported.
    UnclearCaption,
    /// A total.
    Total,
    /// Headers once more.
    Headers(Again),
    /// Something that is no part of the table.
    Passed(RowFate),
    /// Nothing.
    Blank,
}

impl Line {
    /// What becomes of the row; `None` for blank rows, and for a unit's row, of which the reading tells.
    pub fn fate(&self) -> Option<RowFate> {
        match self {
            Line::Row | Line::Blank => None,
            Line::Passed(fate) => Some(*fate),
            Line::Headers(_) => Some(RowFate::RepeatedHeading),
            Line::UnclearCaption | Line::Caption { .. } => Some(RowFate::Caption),
            Line::Total => Some(RowFate::Total),
        }
    }
}

/// What captions above a row have said.
#[derive(Default)]
pub struct Above {
    /// The region in which names are looked up.
    pub outer: Option<RegionIndex>,
    /// Whether there were captions.
    pub captioned: bool,
    /// The regions whose captions have been seen.
    pub blocks: BTreeSet<RegionIndex>,
}

/// A row, and what stands above it.
#[derive(Clone, Copy)]
pub struct Spot<'a> {
    /// Where it stands in the sheet.
    pub offset: usize,
    /// Its cells.
    pub cells: &'a [Raw],
    /// What captions above it have said.
    pub above: &'a Above,
}

impl Spot<'_> {
    /// What stands in a column.
    pub fn text(&self, column: usize) -> String {
        self.cells[column].text()
    }
}

/// Where findings and notes go while rows are told apart.
pub struct Notes<'a> {
    /// Findings about rows, passed-over ones included.
    pub diagnostics: &'a mut Vec<Diagnostic>,
    /// Notes on rows that were understood as more than they say.
    pub understood: &'a mut Vec<Interpretation>,
}

/// What is known of a sheet while its rows are told apart.
pub struct Sorter<'a> {
    pub found: Found<'a>,
    pub lookup: &'a Lookup<'a>,
    pub vocabulary: Vocabulary<'a>,
    pub dataset: &'a Dataset,
    /// The columns of the key.
    pub key: Vec<usize>,
    /// The row behind the last one with a key and more.
    pub end: usize,
    /// Whether units have codes: keys with digits.
    pub coded: bool,
}

impl Sorter<'_> {
    /// Notes how a row was understood, at one of its columns.
    pub fn understood(&self, spot: Spot<'_>, column: usize, to: impl Into<String>, notes: &mut Notes<'_>) {
        notes.understood.push(Interpretation::new(self.place(spot.offset, Some(column)), spot.text(column), to));
    }

    /// Passes over a row that is a remark.
    pub fn remark(&self, spot: Spot<'_>, column: usize, notes: &mut Notes<'_>) -> Line {
        let text = spot.text(column);
        let shown: String = if text.chars().count() > 60 { text.chars().take(60).chain(['…']).collect() } else { text };
        let message = format!("a remark and no row of the table: `{shown}`; it is not read");
        notes.diagnostics.push(
            Diagnostic::new(Rule::PassedOver, self.place(spot.offset, Some(column)), message)
                .hint("if it is a row, fill in its other columns")
                .because(CauseKind::Remark, vec![]),
        );
        Line::Passed(RowFate::Remark)
    }

    pub fn is_count(&self, column: usize) -> bool {
        let kind = self.found.header.field(column).map(|field| &self.dataset.field(field).kind);
        kind.is_none_or(|kind| matches!(kind, FieldKind::Count { .. } | FieldKind::Flag))
    }

    /// Whether a row has a key, and an answer that only a unit gives. Units may have names only, but not the name of a region, which stands
    /// before its totals.
    pub fn has_answered_key(&self, cells: &[Raw]) -> bool {
        let is_key =
            |cell: &Raw| !cell.is_blank() && matches!(self.region(&cell.text(), None), Err(Miss::Unknown { near: false, .. }));
        let has_key = !self.key.is_empty() && self.key.iter().all(|&column| cells.get(column).is_some_and(is_key));
        has_key && cells.iter().enumerate().any(|(column, cell)| self.is_answer(column, cell))
    }

    /// Whether a cell answers a question other than a free text.
    pub fn is_answer(&self, column: usize, cell: &Raw) -> bool {
        let kind = self.found.header.field(column).map(|field| &self.dataset.field(field).kind);
        match kind {
            Some(kind @ (FieldKind::Category(_) | FieldKind::Flag | FieldKind::Count { .. })) => {
                cell::typed(cell, kind, self.vocabulary).is_ok_and(|reading| reading.typed.blank().is_none())
            }
            Some(FieldKind::Code | FieldKind::Text | FieldKind::Region { .. }) | None => false,
        }
    }

    pub fn is_category(&self, column: usize, cell: &Raw) -> bool {
        let kind = self.found.header.field(column).map(|field| &self.dataset.field(field).kind);
        match kind {
            Some(kind @ FieldKind::Category(_)) => {
                cell::typed(cell, kind, self.vocabulary).is_ok_and(|reading| reading.typed.blank().is_none())
            }
            Some(FieldKind::Code | FieldKind::Text | FieldKind::Region { .. } | FieldKind::Flag | FieldKind::Count { .. })
            | None => false,
        }
    }

    /// Whether the column of the region holds the name of a region, or a text that seems to be meant as one.
    pub fn means_region(&self, cells: &[Raw]) -> bool {
        let cell = self.found.header.column(self.dataset.region).and_then(|column| cells.get(column));
        cell.is_some_and(|cell| {
            !cell.is_blank() && !matches!(self.region(&cell.text(), None), Err(Miss::Unknown { near: false, .. }))
        })
    }

    /// Whether the column of the region names one.
    pub fn has_region(&self, cells: &[Raw]) -> bool {
        let cell = self.found.header.column(self.dataset.region).and_then(|column| cells.get(column));
        cell.is_some_and(|cell| !cell.is_blank() && self.region(&cell.text(), None).is_ok())
    }

    /// Whether the cells number their columns: 1, 2, 3, perhaps with letters for the first ones, in brackets, or as formulas such as
    /// `3=4+5`.
    pub fn are_numbers(&self, Spot { offset, cells, .. }: Spot<'_>) -> bool {
        /// In a table with at most so many columns, a unit's own numbers may happen to follow each other.
        const FEW: usize = 5;
        // Every column from the first filled one on is numbered; a row with a gap is a unit's row.
        let columns = &self.found.header.columns;
        let first = cells.iter().position(|cell| !cell.is_blank()).unwrap_or_default();
        let has_gap = columns.iter().any(|&(_, column)| column > first && cells.get(column).is_none_or(Raw::is_blank));
        if has_gap {
            return false;
        }
        let texts: Vec<String> = cells.iter().map(number_of_column).filter(|text| !text.is_empty()).collect();
        let letters = texts.iter().take_while(|text| text.chars().count() == 1 && text.chars().all(char::is_alphabetic)).count();
        let number = |text: &String| {
            let digits = text.chars().take_while(char::is_ascii_digit).count();
            let rest = &text[digits..];
            let bare = rest.is_empty() || rest == "." || rest.trim_start().starts_with(['=', '(']);
            text[..digits].parse::<usize>().ok().filter(|_| bare)
        };
        let numbers: Vec<Option<usize>> = texts[letters..].iter().map(number).collect();
        let follow = |start: usize| numbers.iter().enumerate().all(|(at, number)| *number == Some(at + start));
        // Fewer than three numbers may be answers, and so may codes of regions, unless all other rows name their regions in words.
        let is_unit = || (columns.len() <= FEW && self.is_sound(cells)) || self.has_region(cells);
        numbers.len() >= 3 && (follow(1) || follow(letters + 1)) && (self.names_regions_in_words(offset) || !is_unit())
    }

    /// Whether some rows below the headers name their regions, all but one row in words.
    fn names_regions_in_words(&self, but: usize) -> bool {
        let Some(column) = self.found.header.column(self.dataset.region) else { return false };
        let rows = self.found.sheet.rows.iter().enumerate().skip(self.found.header.row + 1).filter(|(row, _)| *row != but);
        let mut cells = rows.filter_map(|(_, cells)| cells.get(column)).filter(|cell| !cell.is_blank()).peekable();
        cells.peek().is_some() && cells.all(is_wordy)
    }

    /// Whether a row could be a unit's row without a fault: its names hold letters, and every other cell is what its field asks for.
    pub fn is_sound(&self, cells: &[Raw]) -> bool {
        self.found.header.columns.iter().all(|&(field, column)| {
            let cell = cells.get(column).unwrap_or(&Raw::Empty);
            match &self.dataset.field(field).kind {
                FieldKind::Code => true,
                FieldKind::Text => is_wordy(cell),
                FieldKind::Region { .. } => self.region(&cell.text(), None).is_ok(),
                kind @ (FieldKind::Category(_) | FieldKind::Flag | FieldKind::Count { .. }) => {
                    cell::typed(cell, kind, self.vocabulary).is_ok()
                }
            }
        })
    }

    pub fn place(&self, offset: usize, column: Option<usize>) -> Place {
        self.found.place(offset, column)
    }

    pub fn region(&self, text: &str, outer: Option<RegionIndex>) -> Result<Region, Miss> {
        let find = |within| self.lookup.find(text, Scope { within, level: self.dataset.level });
        match find(outer) {
            Err(Miss::Unknown { fault, near }) if outer.is_some() => match find(None) {
                // Another outer region may begin here; a region of any other level may not.
                Ok(found) if self.is_outer(found.region) => Ok(found),
                Ok(_) => Err(Miss::Unusable(fault)),
                Err(miss) => Err(if near { Miss::Unknown { fault, near } } else { miss }),
            },
            other => other,
        }
    }

    /// Whether a region lies above the level of the rows.
    pub fn is_outer(&self, region: RegionIndex) -> bool {
        self.dataset.level.is_some_and(|level| self.found.specs.hierarchy.region(region).level < level)
    }
}

/// The number of a column as printed, without brackets. A spreadsheet program takes `(3)` for a negative number.
pub fn number_of_column(cell: &Raw) -> String {
    match cell {
        Raw::Number(number) => Raw::Number(number.abs()).text(),
        other => other.text().trim_matches(['(', ')', '[', ']']).trim().to_owned(),
    }
}

pub fn is_filled(cells: &[Raw], column: usize) -> bool {
    cells.get(column).is_some_and(|cell| !cell.is_blank())
}

/// Whether a key is a code rather than a name.
pub fn is_code(cell: &Raw) -> bool {
    has_digit(&cell.text())
}

pub fn has_digit(text: &str) -> bool {
    text.chars().any(|letter| letter.is_ascii_digit())
}
