//! The rows of one sheet in, typed rows out. A caption gives its region to the rows of its block; totals are compared with sums.

mod reader;

mod above;
mod row;
mod totals;

use super::gazetteer::Lookup;
use super::header::{Again, Found, Other};
use super::submission::Submission;
use super::table::{self, Line, Notes};
use super::total::Sums;
use crate::dataset::{Aside, ReadSheet, RowFate, RowPlace, Why};
use crate::spec::FieldIndex;
use reader::{Caption, SheetReader};

/// Reads the rows below a header.
pub fn read(found: Found<'_>, lookup: &Lookup<'_>, submission: &mut Submission) {
    let specs = found.specs;
    let dataset = specs.dataset(found.header.dataset);
    let (earlier, faults) = (submission.rows.len(), submission.diagnostics.len());
    if !found.is_again {
        above::report(found, lookup, submission);
    }
    let mut notes = Notes { diagnostics: &mut submission.diagnostics, understood: &mut submission.interpretations };
    let layout = table::sort(found, lookup, &mut notes);
    let chain = found.chain();
    // Captions can give the region of units; where regions are the whole key, captions alone tell no row from another.
    let of_regions = dataset.key.iter().all(|field| chain.contains(field));
    let is_given = |field: &FieldIndex| layout.captioned && !(of_regions && dataset.key.contains(field));
    let given = chain.iter().copied().filter(is_given).collect::<Vec<_>>();
    let first = found.header.row + 1;
    let is_table = |offset: usize| layout.lines.get(offset - first).is_some_and(|line| matches!(line, Line::Row));
    found.report(&given, lookup, is_table, &mut submission.diagnostics);
    let mut reader = SheetReader::new(found, lookup, chain, layout.captioned);
    reader.decimals = reader.decimal_codes(&layout.lines);
    if !found.is_again {
        reader.headers(submission);
    }
    let totals = |line: &Line| matches!(line, Line::Total | Line::Caption { total: true, .. });
    let outer = reader.outer_rows(first, &layout.lines);
    let mut sums = (!outer.is_empty() || layout.lines.iter().any(totals)).then(|| Sums::new(dataset));
    for (offset, line) in (first..).zip(&layout.lines) {
        match (line, outer.get(&offset), &mut sums) {
            (Line::Row, Some(region), Some(sums)) => {
                submission.balance.rows(RowFate::Total, 1);
                reader.total(offset, vec![*region], sums);
            }
            (line, _, sums) => reader.line(offset, line, sums.as_mut(), submission),
        }
        if matches!(line, Line::Row) && submission.is_crowded() {
            reader.concern(&mut submission.diagnostics[faults..]);
            submission.fold(specs);
        }
    }
    if let Some(sums) = sums {
        sums.compare(&reader.place(found.header.row, None), dataset, &specs.hierarchy, submission);
    }
    submission.sheets.push(read_sheet(found, &layout.lines));
    reader.empty(earlier, submission);
    reader.blame(&mut submission.diagnostics[faults..]);
    reader.concern(&mut submission.diagnostics[faults..]);
}

/// What decides how the rows of a sheet are read.
fn read_sheet(found: Found<'_>, lines: &[Line]) -> ReadSheet {
    let Found { period, header, file, sheet, .. } = found;
    let row = |offset: usize| sheet.first_row + offset as u32;
    let guides = |line: &Line| matches!(line, Line::Caption { .. } | Line::UnclearCaption | Line::Headers(_));
    let below = header.row + 1;
    let tall = sheet.merged.iter().filter(|merge| merge.first_row >= row(below) && merge.last_row > merge.first_row);
    ReadSheet {
        period,
        dataset: header.dataset,
        file: file.clone(),
        sheet: sheet.name.clone(),
        headers: (row(header.first), row(header.row)),
        guiding: (below..).zip(lines).filter(|(_, line)| guides(line)).map(|(offset, _)| row(offset)).collect(),
        replaces: header.replaces.map(|column| sheet.first_column + column as u32),
        merged: tall.map(|merge| ((merge.first_row, merge.last_row), (merge.first_column, merge.last_column))).collect(),
    }
}

impl SheetReader<'_> {
    /// Reads a line of the table.
    fn line(&mut self, offset: usize, line: &Line, mut sums: Option<&mut Sums>, submission: &mut Submission) {
        let told_before = matches!(self.found.others.get(offset), Some(Some(Other::Shared { is_again: true, .. })));
        if let Some(fate) = line.fate().filter(|_| !told_before) {
            submission.balance.rows(fate, 1);
            if matches!(fate, RowFate::Shifted | RowFate::BelowOtherHeaders) {
                let aside = Aside { place: self.row_place(offset), region: None, cells: Vec::new(), why: Why::Shifted };
                submission.asides.push((self.found.header.dataset, aside));
            }
        }
        match line {
            Line::Blank | Line::Headers(_) => {}
            Line::Row | Line::Caption { .. } | Line::UnclearCaption | Line::Total | Line::Passed(_) => self.has_moved = false,
        }
        match line {
            Line::Row => self.row(offset, sums, submission),
            Line::Blank | Line::Passed(_) => {}
            Line::Headers(Again::Moved(columns)) => self.move_to(offset, columns, submission),
            Line::Headers(again) if again.moves_back(self.has_moved) => self.move_back(),
            Line::Headers(Again::Same { .. } | Again::Lacking | Again::Other) => {}
            Line::UnclearCaption => {
                self.caption = Caption { unclear: true, ..Caption::default() };
                if let Some(sums) = sums {
                    sums.bound();
                }
            }
            Line::Caption { region, total } => {
                self.caption(*region);
                if let Some(sums) = &mut sums {
                    sums.bound();
                    if *total {
                        self.total(offset, vec![*region], sums);
                    }
                }
            }
            Line::Total => {
                if let Some(sums) = sums {
                    self.total(offset, self.named(offset), sums);
                }
            }
        }
    }

    /// Where a row stands.
    fn row_place(&self, offset: usize) -> RowPlace {
        let (file, sheet) = (self.found.file.clone(), self.found.sheet.name.clone());
        RowPlace { file, sheet, row: self.found.sheet.first_row + offset as u32, columns: self.places.clone() }
    }
}
