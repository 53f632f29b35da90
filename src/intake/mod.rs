//! Spreadsheets in, dataset out. Every value remembers its cell; what cannot be understood is named, never guessed.

mod aside;
mod cell;
mod correction;
mod gazetteer;
mod grid;
mod header;
mod name;
mod number;
pub mod receipts;
mod sheet;
mod table;
mod total;
mod unpack;
mod worker;

use std::collections::HashMap;
use std::sync::Arc;

use jiff::civil::Date;
use rayon::prelude::*;

use crate::dataset::{Data, Interpretation, RowPlace, Typed};
use crate::diagnostic::{CauseKind, Concern, Diagnostic, Fact, FileName, Place, Rule, did_you_mean_or_list};
use crate::period::PeriodIndex;
use crate::region::RegionIndex;
use crate::sources::{BinaryFile, Sources};
use crate::spec::{DatasetIndex, FieldIndex, FieldKind, Specs};
use crate::value::Blank;

pub use aside::{ASIDE, FINDINGS, sheets};
pub use cell::Raw;
use correction::Arrival;
use gazetteer::{Gazetteer, Lookup};
pub use grid::{Merge, Reader, Sheet};
use receipts::Receipt;
pub use unpack::unpack;
pub use worker::{Bounds, COMMAND, Workers, serve};

/// A row on its way into a table.
struct Row {
    place: RowPlace,
    /// `None` where it could not be told; why has been reported.
    region: Option<RegionIndex>,
    cells: Vec<Typed>,
    /// The cell of its identifier, where that is blank and may be found by the row's name.
    nameless: Option<Place>,
}

/// What one file holds.
#[derive(Default)]
struct Submission {
    rows: Vec<(DatasetIndex, Row)>,
    diagnostics: Vec<Diagnostic>,
    interpretations: Vec<Interpretation>,
    /// Whether it holds no table that could be read.
    unread: bool,
}

/// Reads every submission; `receipts` tell which of two is the later one. A cell that cannot be used is reported and counts as
/// not reported.
pub fn read(specs: &Specs, sources: &Sources, receipts: &[Receipt], reader: &Reader, diagnostics: &mut Vec<Diagnostic>) -> Data {
    let mut data = Data::new(specs);
    let gazetteer = Gazetteer::new(specs);
    let mut files = Vec::new();
    for (folder, submissions) in &sources.inputs {
        match specs.programme.period(folder) {
            Some(period) => files.extend(submissions.iter().map(|file| (period, file))),
            None => {
                let place = Place::File(FileName::new(format!("inputs/{folder}")));
                let periods = specs.programme.periods.iter().map(|period| period.id.as_str());
                diagnostics.push(
                    Diagnostic::new(
                        Rule::UnknownPeriod,
                        place,
                        format!("the folder `{folder}` is not a period of the programme"),
                    )
                    .maybe_hint(did_you_mean_or_list(folder, periods)),
                );
            }
        }
    }
    if sources.inputs.is_empty() {
        let first = specs.programme.periods.first().map_or("<period>", |period| &period.id);
        diagnostics.push(
            Diagnostic::new(
                Rule::NoInputs,
                Place::File(FileName::new("inputs")),
                "expected workbooks in this folder, found none",
            )
            .hint(format!("put the offices' files into a folder for each period, such as `inputs/{first}/`")),
        );
    }
    let mut submissions: Vec<Submission> =
        files.par_iter().map(|(period, file)| read_file(specs, &gazetteer, *period, file, reader)).collect();
    let periods: Vec<PeriodIndex> = files.iter().map(|(period, _)| *period).collect();
    name::identify(specs, &periods, &mut submissions);
    let days: HashMap<&str, Date> = receipts.iter().map(|receipt| (receipt.file.as_str(), receipt.received)).collect();
    let day = |file: &BinaryFile| days.get(file.name.as_str()).copied();
    let arrivals: Vec<Arrival<'_>> =
        files.iter().map(|&(period, file)| Arrival { period, file: &file.name, day: day(file) }).collect();
    correction::apply(specs, &arrivals, &mut submissions, &mut data);
    for ((period, _), submission) in files.iter().zip(submissions) {
        diagnostics.extend(submission.diagnostics);
        data.interpretations.extend(submission.interpretations);
        if submission.unread {
            data.leave_unread(*period);
        }
        for (dataset, row) in submission.rows {
            let table = data.table_mut(*period, dataset);
            match row.region {
                Some(region) => table.push(row.place, region, row.cells),
                None => table.lose(row.cells),
            }
        }
    }
    for period in 0..specs.programme.periods.len() {
        for dataset in 0..specs.datasets.len() {
            duplicates(specs, &data, PeriodIndex(period), DatasetIndex(dataset), diagnostics);
        }
    }
    data.interpretations.sort();
    data
}

fn read_file(specs: &Specs, gazetteer: &Gazetteer<'_>, period: PeriodIndex, file: &BinaryFile, reader: &Reader) -> Submission {
    let mut submission = Submission::default();
    let sheets = match reader.read(file, specs.programme.encoding) {
        Ok(sheets) => sheets,
        Err(fault) => {
            let place = Place::File(file.name.clone());
            submission.unread = true;
            submission.diagnostics.push(Diagnostic::new(fault.rule, place, fault.message).hint(fault.hint));
            return submission;
        }
    };
    let mut unrecognised = Vec::new();
    let mut recognised = false;
    let lookup = Lookup::new(gazetteer, specs.programme.periods[period.0].date);
    let mut hidden = Vec::new();
    for sheet in sheets.iter().filter(|sheet| !sheet.is_empty() && !aside::is_aside(sheet)) {
        let found = header::find(specs, period, sheet);
        // Nobody sees what stands there: it may be a draft, or last year's.
        if sheet.hidden {
            hidden.extend(found.map(|_| sheet));
            continue;
        }
        match found {
            Some(header) => {
                recognised = true;
                let found = header::Found { specs, period, file: &file.name, sheet, header: &header };
                sheet::read(found, &lookup, &mut submission);
            }
            None => unrecognised.push(sheet),
        }
    }
    for sheet in hidden {
        let place = Place::Cell { file: file.name.clone(), sheet: sheet.name.clone(), row: sheet.first_row, column: None };
        let rule = if recognised { Rule::PassedOver } else { Rule::UnrecognisedTable };
        let message = "this sheet is hidden; it is not read";
        let found = Diagnostic::new(rule, place, message).hint("if its rows should count, unhide it");
        submission.diagnostics.push(found.because(CauseKind::HiddenSheet, Vec::new()));
    }
    submission.unread = !recognised;
    for sheet in unrecognised {
        let place = Place::Cell { file: file.name.clone(), sheet: sheet.name.clone(), row: sheet.first_row, column: None };
        let found = if recognised {
            Diagnostic::new(Rule::PassedOver, place, "no row of this sheet has the headers of a dataset; it is not read")
        } else {
            let names: Vec<&str> = specs.datasets.iter().map(|dataset| dataset.id.as_str()).collect();
            Diagnostic::new(Rule::UnrecognisedTable, place, "expected a row with the headers of a dataset, found none").hint(
                format!(
                    "the datasets are {}; their headers stand in `indicator-specs/datasets/`",
                    crate::diagnostic::list(&names)
                ),
            )
        };
        submission.diagnostics.push(found.because(CauseKind::UnrecognisedTable, Vec::new()));
    }
    if !recognised && submission.diagnostics.is_empty() {
        let place = Place::File(file.name.clone());
        let (message, hint) = if sheets.iter().any(|sheet| sheet.hidden && !sheet.is_empty()) {
            ("expected a table, found that only hidden sheets hold something", "if their rows should count, unhide them")
        } else {
            ("expected a table, found an empty file", "ask the office for the filled-in workbook")
        };
        submission.diagnostics.push(Diagnostic::new(Rule::UnrecognisedTable, place, message).hint(hint));
    }
    submission
}

/// A unit reports once in a period.
fn duplicates(specs: &Specs, data: &Data, period: PeriodIndex, index: DatasetIndex, diagnostics: &mut Vec<Diagnostic>) {
    let dataset = &specs.datasets[index.0];
    let table = data.table(period, index);
    let mut seen: HashMap<Vec<String>, usize> = HashMap::new();
    for row in 0..table.len() {
        let key = table.key(specs, dataset, row);
        // A blank key has its own message.
        if key.iter().any(String::is_empty) {
            continue;
        }
        if let Some(&first) = seen.get(&key) {
            let code = |row: usize| -> Arc<str> { specs.hierarchy.region(table.region(row)).code.as_str().into() };
            let mut regions = vec![code(first), code(row)];
            regions.dedup();
            let concern = Concern {
                regions,
                period: Some(specs.programme.periods[period.0].id.as_str().into()),
                dataset: Some(dataset.id.as_str().into()),
                unit: Some(key.join(", ").into()),
                ..Concern::default()
            };
            let fields: Vec<&str> = dataset.key.iter().map(|&field| dataset.field(field).id.as_str()).collect();
            let message = format!(
                "`{}` stands here a second time in `{}`",
                table.title(specs, dataset, row),
                specs.programme.periods[period.0].id
            );
            let first = table.place(first);
            // Which of two files came later is for somebody to tell; within one file, both came together.
            let way_out = if dataset.corrections.is_some() && first.file != table.place(row).file {
                "remove one of them, or write into `inputs/received.csv` which file came later"
            } else {
                "remove one of them"
            };
            let facts = vec![("unit", Fact::Text(table.title(specs, dataset, row))), ("first", Fact::Text(first.shown()))];
            let hint =
                format!("the first row with the same {} is {}; {way_out}", crate::diagnostic::list(&fields), first.place());
            diagnostics.push(
                Diagnostic::new(Rule::DuplicateRow, table.place(row).place(), message)
                    .hint(hint)
                    .because(CauseKind::DuplicateRow, facts)
                    .concerning(concern),
            );
        } else {
            seen.insert(key, row);
        }
    }
}

/// Reads typed text into the cells of a dataset's row, for worked examples. Fields without text are blank.
///
/// # Errors
/// The field, and what is wrong with its text.
pub fn example(specs: &Specs, dataset: DatasetIndex, given: &[(FieldIndex, String)]) -> Result<Vec<Typed>, (FieldIndex, String)> {
    let fields = &specs.datasets[dataset.0].fields;
    let mut cells: Vec<Typed> = fields.iter().map(|field| cell::blank(&field.kind, Blank::NotReported)).collect();
    let vocabulary = cell::Vocabulary { words: &specs.programme.words, names: &specs.programme.names };
    for (field, text) in given {
        let kind = &fields[field.0].kind;
        let raw = Raw::Text(text.clone());
        let typed = match kind {
            // An example's rows lie nowhere: only the ratio is looked at.
            FieldKind::Region { .. } => Ok(cell::blank(kind, Blank::NotReported)),
            _ => cell::typed(&raw, kind, vocabulary).map(|reading| reading.typed),
        };
        cells[field.0] = typed.map_err(|fault| (*field, fault.message.replace("{}", &format!("`{}`", fields[field.0].id))))?;
    }
    Ok(cells)
}
