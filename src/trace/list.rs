//! A trace for other programs: JSON, and CSV with a line for each cell.

use serde::Serialize;

use super::{Trace, TracedCell, TracedRow};
use crate::table::is_formula;

/// Something as JSON.
pub fn json(traced: &impl Serialize) -> String {
    serde_json::to_string_pretty(traced).expect("plain data are written to memory") + "\n"
}

/// Something as JSON on one line.
pub fn json_line(traced: &impl Serialize) -> String {
    serde_json::to_string(traced).expect("plain data are written to memory") + "\n"
}

/// A cell of a row, or the row alone where the number looks at none of its cells.
#[derive(Serialize)]
struct Line<'a> {
    period: &'a str,
    indicator: &'a str,
    number_of: &'a str,
    slice: &'a str,
    file: String,
    sheet: String,
    row: u32,
    cell: &'a str,
    dataset: &'a str,
    key: String,
    unit: String,
    region: &'a str,
    standing: &'a str,
    left_out: &'a str,
    instead: String,
    numerator: String,
    denominator: String,
    field: &'a str,
    stood: String,
    understood: String,
    missing: &'a str,
}

/// A text that cannot act as a formula.
pub fn inert(text: &str) -> String {
    if is_formula(text) { format!("'{text}") } else { text.to_owned() }
}

/// The rows of traces as CSV with a header line, a line for each of their cells: UTF-8, commas, LF. No text in it can act as a formula.
/// Of a number that has no rows to be told there is no line.
pub fn csv<'a>(traces: impl IntoIterator<Item = &'a Trace>) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let none = TracedCell {
        field: String::new(),
        name: String::new(),
        cell: None,
        stood: None,
        understood: String::new(),
        missing: None,
        words: String::new(),
    };
    for trace in traces {
        for row in trace.origin.iter().flat_map(|origin| &origin.rows) {
            let cells = if row.cells.is_empty() { std::slice::from_ref(&none) } else { &row.cells[..] };
            for cell in cells {
                writer.serialize(line(trace, row, cell)).expect("plain rows are written to memory");
            }
        }
    }
    String::from_utf8(writer.into_inner().expect("memory does not fail")).expect("text went in")
}

fn line<'a>(trace: &'a Trace, row: &'a TracedRow, cell: &'a TracedCell) -> Line<'a> {
    Line {
        period: &trace.number.period,
        indicator: &trace.number.indicator,
        number_of: &trace.number.region,
        slice: &trace.number.slice,
        file: inert(&row.file),
        sheet: inert(&row.sheet),
        row: row.row,
        cell: cell.cell.as_deref().unwrap_or_default(),
        dataset: &row.dataset,
        key: inert(&row.key),
        unit: inert(&row.unit),
        region: &row.region,
        standing: row.standing.unwrap_or_default(),
        left_out: row.left_out.unwrap_or_default(),
        instead: inert(row.instead.as_deref().unwrap_or_default()),
        numerator: row.numerator.to_string(),
        denominator: row.denominator.to_string(),
        field: &cell.field,
        stood: inert(cell.stood.as_deref().unwrap_or_default()),
        understood: inert(&cell.understood),
        missing: cell.missing.unwrap_or_default(),
    }
}
