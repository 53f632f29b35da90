//! Spreadsheets in, dataset out. Every value remembers its cell; what cannot be understood is named, never guessed.

mod cell;
mod gazetteer;
mod grid;
mod header;

use std::collections::HashMap;

use rayon::prelude::*;

use crate::dataset::{Data, RowPlace, Typed};
use crate::diagnostic::{Diagnostic, FileName, Place, Rule, did_you_mean_or_list};
use crate::period::PeriodIndex;
use crate::region::RegionIndex;
use crate::sources::{BinaryFile, Sources};
use crate::spec::{DatasetIndex, FieldIndex, FieldKind, Specs};
use crate::value::Blank;

use cell::Raw;
use gazetteer::Gazetteer;

/// A row on its way into a table.
struct Row {
    place: RowPlace,
    /// `None` where it could not be told; why has been reported.
    region: Option<RegionIndex>,
    cells: Vec<Typed>,
}

/// What one file holds.
#[derive(Default)]
struct Submission {
    rows: Vec<(DatasetIndex, Row)>,
    diagnostics: Vec<Diagnostic>,
    /// Whether it holds no table that could be read.
    unread: bool,
}

/// Reads every submission. A cell that cannot be used is reported and counts as not reported.
pub fn read(specs: &Specs, sources: &Sources, diagnostics: &mut Vec<Diagnostic>) -> Data {
    let mut data = Data::new(specs);
    let gazetteer = Gazetteer::new(&specs.hierarchy);
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
    let submissions: Vec<Submission> =
        files.par_iter().map(|(period, file)| read_file(specs, &gazetteer, *period, file)).collect();
    for ((period, _), submission) in files.iter().zip(submissions) {
        diagnostics.extend(submission.diagnostics);
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
    data
}

fn read_file(specs: &Specs, gazetteer: &Gazetteer<'_>, period: PeriodIndex, file: &BinaryFile) -> Submission {
    let mut submission = Submission::default();
    let sheets = match grid::read(file, specs.programme.encoding) {
        Ok(sheets) => sheets,
        Err(fault) => {
            let place = Place::File(file.name.clone());
            submission.unread = true;
            submission.diagnostics.push(Diagnostic::new(Rule::NotASpreadsheet, place, fault.message).hint(fault.hint));
            return submission;
        }
    };
    let mut unrecognised = Vec::new();
    let mut recognised = false;
    for sheet in sheets.iter().filter(|sheet| !sheet.is_empty()) {
        match header::find(specs, period, &file.name, sheet, &mut submission.diagnostics) {
            Some(header) => {
                recognised = true;
                let reader = SheetReader { specs, gazetteer, period, file, sheet, header: &header };
                reader.rows(&mut submission);
            }
            None => unrecognised.push(sheet),
        }
    }
    submission.unread = !recognised;
    for sheet in unrecognised {
        let place = Place::Cell { file: file.name.clone(), sheet: sheet.name.clone(), row: sheet.first_row, column: None };
        submission.diagnostics.push(if recognised {
            Diagnostic::new(Rule::PassedOver, place, "no row of this sheet has the headers of a dataset; it is not read")
        } else {
            let names: Vec<&str> = specs.datasets.iter().map(|dataset| dataset.id.as_str()).collect();
            Diagnostic::new(Rule::UnrecognisedTable, place, "expected a row with the headers of a dataset, found none").hint(
                format!(
                    "the datasets are {}; their headers stand in `indicator-specs/datasets/`",
                    crate::diagnostic::list(&names)
                ),
            )
        });
    }
    if !recognised && submission.diagnostics.is_empty() {
        let place = Place::File(file.name.clone());
        submission.diagnostics.push(
            Diagnostic::new(Rule::UnrecognisedTable, place, "expected a table, found an empty file")
                .hint("ask the office for the filled-in workbook"),
        );
    }
    submission
}

/// Reads the rows below a header.
struct SheetReader<'a> {
    specs: &'a Specs,
    gazetteer: &'a Gazetteer<'a>,
    period: PeriodIndex,
    file: &'a BinaryFile,
    sheet: &'a grid::Sheet,
    header: &'a header::Header,
}

impl SheetReader<'_> {
    fn rows(&self, submission: &mut Submission) {
        let dataset = &self.specs.datasets[self.header.dataset.0];
        for (offset, cells) in self.sheet.rows.iter().enumerate().skip(self.header.row + 1) {
            let filled = |&(_, column): &(FieldIndex, usize)| cells.get(column).is_some_and(|cell| !cell.is_blank());
            if !self.header.columns.iter().any(filled) {
                continue;
            }
            let row = self.sheet.first_row + offset as u32;
            let mut typed: Vec<Option<Typed>> = vec![None; dataset.fields.len()];
            // A region may be looked up within another one, which stands earlier in the list of fields.
            for position in 0..dataset.fields.len() {
                let field = FieldIndex(position);
                typed[position] = Some(self.cell(field, cells, row, &typed, &mut submission.diagnostics));
            }
            let cells: Vec<Typed> = typed.into_iter().map(|cell| cell.expect("every field was read")).collect();
            let region = match cells[dataset.region.0] {
                Typed::Region(answer) => answer.ok(),
                ref other => unreachable!("the region field is a region: {other:?}"),
            };
            if let Some(region) = region {
                self.level(region, row, &mut submission.diagnostics);
            }
            let place = RowPlace { file: self.file.name.clone(), sheet: self.sheet.name.clone(), row };
            submission.rows.push((self.header.dataset, Row { place, region, cells }));
        }
    }

    /// Whether a cell holds anything but a word for nothing.
    fn is_filled(&self, field: FieldIndex, cells: &[Raw]) -> bool {
        let raw = self.header.column(field).and_then(|column| cells.get(column)).unwrap_or(&Raw::Empty);
        self.specs.programme.words.blank(&raw.text()).is_none()
    }

    fn place(&self, row: u32, field: FieldIndex) -> Place {
        let column = self.header.column(field).map(|column| self.sheet.first_column + column as u32);
        Place::Cell { file: self.file.name.clone(), sheet: self.sheet.name.clone(), row, column }
    }

    fn cell(
        &self,
        index: FieldIndex,
        cells: &[Raw],
        row: u32,
        earlier: &[Option<Typed>],
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Typed {
        let dataset = &self.specs.datasets[self.header.dataset.0];
        let field = dataset.field(index);
        let Some(column) = self.header.column(index) else { return cell::blank(&field.kind, Blank::NotReported) };
        let raw = cells.get(column).unwrap_or(&Raw::Empty);
        let outcome = match &field.kind {
            FieldKind::Region { within } => {
                let outer = within.map(|outer| (outer, &earlier[outer.0]));
                let within = match outer {
                    Some((_, Some(Typed::Region(Ok(region))))) => Some(*region),
                    // The outer region's own fault has been reported; nothing can be said of what lies in it.
                    Some((outer, _)) if self.is_filled(outer, cells) => return cell::blank(&field.kind, Blank::NotReported),
                    Some(_) | None => None,
                };
                let level = dataset.level.filter(|_| index == dataset.region);
                let day = self.specs.programme.periods[self.period.0].date;
                cell::region(raw, &self.specs.programme.words, |name| self.gazetteer.find(name, within, level, day))
            }
            _ => cell::typed(raw, &field.kind, &self.specs.programme.words),
        };
        match outcome {
            Ok(typed) => {
                let lacking = match cell::reason(&typed) {
                    Some(Blank::NotReported) => field.required || dataset.is_vital(index),
                    Some(Blank::NotApplicable | Blank::Refused) => dataset.is_vital(index),
                    None => false,
                };
                if lacking {
                    let found = if raw.is_blank() { "none".to_owned() } else { format!("`{}`", raw.text()) };
                    let message = format!("expected a value in `{}`, found {found}", field.id);
                    diagnostics.push(
                        Diagnostic::new(Rule::MissingValue, self.place(row, index), message)
                            .hint("this column must be filled in"),
                    );
                }
                typed
            }
            Err(fault) => {
                let message = fault.message.replace("{}", &format!("`{}`", field.id));
                diagnostics.push(Diagnostic::new(fault.rule, self.place(row, index), message).maybe_hint(fault.hint));
                cell::blank(&field.kind, Blank::NotReported)
            }
        }
    }

    fn level(&self, region: RegionIndex, row: u32, diagnostics: &mut Vec<Diagnostic>) {
        let dataset = &self.specs.datasets[self.header.dataset.0];
        let Some(level) = dataset.level else { return };
        let found = self.specs.hierarchy.region(region);
        if found.level != level {
            let (expected, levels) = (&self.specs.programme.levels[level.0].id, &self.specs.programme.levels);
            let message = format!(
                "expected a region of the level `{expected}`, found `{}` of the level `{}`",
                found.code, levels[found.level.0].id
            );
            diagnostics.push(
                Diagnostic::new(Rule::WrongLevel, self.place(row, dataset.region), message)
                    .hint(format!("rows of `{}` belong to regions of that level", dataset.id)),
            );
        }
    }
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
            let fields: Vec<&str> = dataset.key.iter().map(|&field| dataset.field(field).id.as_str()).collect();
            let message = format!(
                "`{}` stands here a second time in `{}`",
                table.title(specs, dataset, row),
                specs.programme.periods[period.0].id
            );
            diagnostics.push(Diagnostic::new(Rule::DuplicateRow, table.place(row).place(), message).hint(format!(
                "the first row with the same {} is {}; remove one of them",
                crate::diagnostic::list(&fields),
                table.place(first).place()
            )));
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
    for (field, text) in given {
        let kind = &fields[field.0].kind;
        let raw = Raw::Text(text.clone());
        let typed = match kind {
            // An example's rows lie nowhere: only the ratio is looked at.
            FieldKind::Region { .. } => Ok(cell::blank(kind, Blank::NotReported)),
            _ => cell::typed(&raw, kind, &specs.programme.words),
        };
        cells[field.0] = typed.map_err(|fault| (*field, fault.message.replace("{}", &format!("`{}`", fields[field.0].id))))?;
    }
    Ok(cells)
}
