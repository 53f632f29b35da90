//! What stands above the headers: titles and stamps, another table, or rows that should count.

use crate::dataset::{Interpretation, RowFate};
use crate::diagnostic::{CauseKind, Diagnostic, Fact, Rule};
use crate::grid::{Raw, Sheet};
use crate::intake::gazetteer::{Lookup, Miss, Scope};
use crate::intake::header::{self, Found};
use crate::intake::submission::Submission;

/// Counts the rows above the headers, and warns of those that look like rows of a table.
pub fn report(found: Found<'_>, lookup: &Lookup<'_>, submission: &mut Submission) {
    let Found { header, sheet, .. } = found;
    let is_filled = |cells: &[Raw]| cells.iter().any(|cell| !cell.is_blank());
    let rows = &sheet.rows[..=header.row.min(sheet.rows.len().saturating_sub(1))];
    submission.balance.rows(RowFate::Heading, rows.iter().filter(|cells| is_filled(cells)).count());
    let table = header::find(found.specs, found.period, found.file, &upper(found));
    let below = |offset: &usize| table.as_ref().is_some_and(|table| *offset > table.row);
    let (mut of_table, mut lost) = (Vec::new(), Vec::new());
    for (offset, cells) in rows.iter().enumerate().take(header.first) {
        let Some(first) = cells.iter().position(|cell| !cell.is_blank()) else { continue };
        if below(&offset) && has_words_and_numbers(cells) {
            of_table.push(offset);
        } else if names_region_beside_number(found, lookup, cells) {
            lost.push(offset);
        } else {
            let place = found.place(offset, Some(first));
            submission.interpretations.push(Interpretation::new(place, cells[first].text(), "above the headers; not read"));
        }
    }
    if let (Some(table), false) = (&table, of_table.is_empty()) {
        let dataset = &found.specs.dataset(table.dataset).id;
        let rows = if of_table.len() == 1 { "its only row is".to_owned() } else { format!("its {} rows are", of_table.len()) };
        let message = format!("a table of `{dataset}` stands above the headers of the one that is read; {rows} not read");
        let facts = vec![("dataset", Fact::Dataset(dataset.as_str().into())), ("count", Fact::count(of_table.len()))];
        submission.diagnostics.push(
            Diagnostic::new(Rule::UnreadRows, found.place(table.row, None), message)
                .hint("put each table on a sheet of its own")
                .because(CauseKind::TableAbove, facts),
        );
    }
    if let Some(&first) = lost.first() {
        let rows =
            if lost.len() == 1 { "this row names".to_owned() } else { format!("this row and {} more name", lost.len() - 1) };
        let message = format!("{rows} regions above the headers; not read");
        submission.diagnostics.push(
            Diagnostic::new(Rule::UnreadRows, found.place(first, None), message)
                .hint("put the headers above all rows that should count")
                .because(CauseKind::RowsAboveHeaders, vec![("count", Fact::count(lost.len()))]),
        );
    }
}

/// The sheet down to its headers.
fn upper(Found { header, sheet, .. }: Found<'_>) -> Sheet {
    let end = sheet.first_row + header.first as u32;
    let merged = sheet.merged.iter().filter(|merge| merge.last_row < end).copied().collect();
    let (first_row, first_column) = (sheet.first_row, sheet.first_column);
    Sheet {
        name: sheet.name.clone(),
        first_row,
        first_column,
        rows: sheet.rows[..header.first].to_vec(),
        hidden: sheet.hidden,
        merged,
    }
}

fn has_words_and_numbers(cells: &[Raw]) -> bool {
    cells.iter().any(Raw::is_number) && cells.iter().any(is_wordy)
}

fn is_wordy(cell: &Raw) -> bool {
    !cell.is_number() && cell.text().chars().any(char::is_alphabetic)
}

/// Whether one cell is the name of a region and another one a number. The year of a period is no such number: it is part of a title.
fn names_region_beside_number(found: Found<'_>, lookup: &Lookup<'_>, cells: &[Raw]) -> bool {
    let is_year = |text: &str| {
        found.specs.programme.periods.iter().any(|period| period.id == text || period.date.year().to_string() == text)
    };
    let names = |cell: &Raw| {
        let scope = Scope { within: None, level: None };
        is_wordy(cell) && !matches!(lookup.find(&cell.text(), scope), Err(Miss::Unknown { .. }))
    };
    cells.iter().any(|cell| cell.is_number() && !is_year(&cell.text())) && cells.iter().any(names)
}
