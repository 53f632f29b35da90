//! Finds the row of headers in a sheet, and the dataset it belongs to.

use std::collections::HashMap;

use super::cell::Raw;
use super::grid::Sheet;
use crate::diagnostic::{Diagnostic, FileName, Place, Rule, did_you_mean};
use crate::period::PeriodIndex;
use crate::spec::{Dataset, DatasetIndex, FieldIndex, Specs, fold_header};

/// Rows above the header: titles, dates, stamps. Deeper down a table does not begin.
const SEARCHED_ROWS: usize = 40;

/// Where the columns of a dataset stand in a sheet.
#[derive(Debug)]
pub struct Header {
    /// Whose headers they are.
    pub dataset: DatasetIndex,
    /// The row among the sheet's rows.
    pub row: usize,
    /// Fields and their columns among the sheet's columns.
    pub columns: Vec<(FieldIndex, usize)>,
}

impl Header {
    /// The column of a field.
    pub fn column(&self, field: FieldIndex) -> Option<usize> {
        self.columns.iter().find(|(found, _)| *found == field).map(|(_, column)| *column)
    }
}

/// Every spelling of every header of a dataset, folded.
fn spellings(dataset: &Dataset) -> HashMap<String, FieldIndex> {
    let fields = dataset.fields.iter().enumerate();
    fields
        .flat_map(|(position, field)| field.spellings().map(move |spelling| (fold_header(spelling), FieldIndex(position))))
        .collect()
}

/// The best row of headers; `None` when no row has the headers of any dataset. Columns that are missing, unknown or twice
/// there are reported.
pub fn find(
    specs: &Specs,
    period: PeriodIndex,
    file: &FileName,
    sheet: &Sheet,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Header> {
    let mut best: Option<(usize, usize, Header)> = None;
    for (position, dataset) in specs.datasets.iter().enumerate().filter(|(_, dataset)| dataset.whole) {
        let spellings = spellings(dataset);
        for (row, cells) in sheet.rows.iter().enumerate().take(SEARCHED_ROWS) {
            let mut columns: Vec<(FieldIndex, usize)> = Vec::new();
            for (column, cell) in cells.iter().enumerate() {
                if let Some(&field) = spellings.get(&fold_header(&cell.text()))
                    && !columns.iter().any(|(found, _)| *found == field)
                {
                    columns.push((field, column));
                }
            }
            let has_key = dataset.key.iter().any(|key| columns.iter().any(|(field, _)| field == key));
            if columns.len() < 2.min(dataset.fields.len()) || !has_key && columns.len() * 2 < dataset.fields.len() {
                continue;
            }
            // More columns are better; with equally many, the dataset with fewer fields left over.
            let (found, left_over) = (columns.len(), dataset.fields.len() - columns.len());
            if best.as_ref().is_none_or(|(most, fewest, _)| found > *most || found == *most && left_over < *fewest) {
                best = Some((found, left_over, Header { dataset: DatasetIndex(position), row, columns }));
            }
        }
    }
    let (_, _, header) = best?;
    report(specs, period, file, sheet, &header, diagnostics);
    Some(header)
}

fn report(
    specs: &Specs,
    period: PeriodIndex,
    file: &FileName,
    sheet: &Sheet,
    header: &Header,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let dataset = &specs.datasets[header.dataset.0];
    let place = |column: Option<usize>| Place::Cell {
        file: file.clone(),
        sheet: sheet.name.clone(),
        row: sheet.first_row + header.row as u32,
        column: column.map(|column| sheet.first_column + column as u32),
    };
    let missing: Vec<FieldIndex> = (0..dataset.fields.len())
        .map(FieldIndex)
        .filter(|&field| header.column(field).is_none() && dataset.field(field).since.is_none_or(|since| since <= period))
        .collect();
    let spellings = spellings(dataset);
    for (column, cell) in sheet.rows[header.row].iter().enumerate() {
        let text = cell.text();
        if text.is_empty() || header.columns.iter().any(|(_, known)| *known == column) {
            continue;
        }
        match spellings.get(&fold_header(&text)) {
            Some(&field) => {
                let id = &dataset.field(field).id;
                diagnostics.push(
                    Diagnostic::new(
                        Rule::DuplicateColumn,
                        place(Some(column)),
                        format!("`{text}` stands here a second time for `{id}`"),
                    )
                    .hint("remove one of the two columns, or give it another header"),
                );
            }
            None => {
                let names = missing.iter().flat_map(|&field| dataset.field(field).name.all());
                diagnostics.push(
                    Diagnostic::new(Rule::UnknownColumn, place(Some(column)), format!("unknown column `{text}`; it is not read"))
                        .maybe_hint(did_you_mean(&text, names)),
                );
            }
        }
    }
    nameless(file, sheet, header, diagnostics);
    for field in missing {
        let field = dataset.field(field);
        let names: Vec<&str> = field.name.all().collect();
        diagnostics.push(
            Diagnostic::new(
                Rule::MissingColumn,
                place(None),
                format!("the column `{}` of the dataset `{}` is missing", field.id, dataset.id),
            )
            .hint(format!("add a column with the header {}", crate::diagnostic::list(&names))),
        );
    }
}

/// Cells below no header are not read: the first of each such column is named.
fn nameless(file: &FileName, sheet: &Sheet, header: &Header, diagnostics: &mut Vec<Diagnostic>) {
    let headers = &sheet.rows[header.row];
    let below = || sheet.rows.iter().enumerate().skip(header.row + 1);
    let width = below().map(|(_, cells)| cells.len()).max().unwrap_or(0);
    for column in (0..width).filter(|&column| headers.get(column).is_none_or(Raw::is_blank)) {
        let mut filled = below().filter(|(_, cells)| cells.get(column).is_some_and(|cell| !cell.is_blank()));
        let Some((row, _)) = filled.next() else { continue };
        let place = Place::Cell {
            file: file.clone(),
            sheet: sheet.name.clone(),
            row: sheet.first_row + row as u32,
            column: Some(sheet.first_column + column as u32),
        };
        let more = match filled.count() {
            0 => String::new(),
            1 => ", nor is 1 more below it".to_owned(),
            count => format!(", nor are {count} more below it"),
        };
        let message = format!("this cell stands below no header; it is not read{more}");
        diagnostics.push(Diagnostic::new(Rule::UnknownColumn, place, message).hint("give the column a header, or empty it"));
    }
}
