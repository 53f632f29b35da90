//! Bytes of a file in, sheets of raw cells out.

use std::io::Cursor;
use std::sync::Arc;

use calamine::{Data, DataRef, Reader, SheetType};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

use super::cell::Raw;
use crate::diagnostic::cell_name;
use crate::sources::BinaryFile;

/// A sheet's used cells.
#[derive(Debug)]
pub struct Sheet {
    /// Its name; empty for a text table.
    pub name: Arc<str>,
    /// The row of `rows[0]`, from 0.
    pub first_row: u32,
    /// The column of `rows[..][0]`, from 0.
    pub first_column: u32,
    /// The cells.
    pub rows: Vec<Vec<Raw>>,
}

impl Sheet {
    /// Whether nothing can be seen on it.
    pub fn is_empty(&self) -> bool {
        self.rows.iter().flatten().all(Raw::is_blank)
    }
}

/// Why a file is no spreadsheet.
#[derive(Debug)]
pub struct Fault {
    /// What was expected and found.
    pub message: String,
    /// What to do.
    pub hint: String,
}

const SAVE_AGAIN: &str = "open the file in a spreadsheet program and save it as .xlsx";

/// A sheet with more cells in its used range is no table that an office fills in.
const MOST_CELLS: u64 = 5_000_000;

/// Cells of a sheet in any order, on their way to rows.
#[derive(Default)]
struct Cells {
    cells: Vec<(u32, u32, Raw)>,
}

impl Cells {
    fn put(&mut self, (row, column): (u32, u32), raw: Raw) {
        if raw != Raw::Empty {
            self.cells.push((row, column, raw));
        }
    }

    /// A stray cell in the last corner of a sheet spans billions of empty ones: such a range is named, not built.
    fn into_sheet(self, name: &str) -> Result<Sheet, Fault> {
        let first_row = self.cells.iter().map(|(row, _, _)| *row).min().unwrap_or(0);
        let first_column = self.cells.iter().map(|(_, column, _)| *column).min().unwrap_or(0);
        let last_row = self.cells.iter().map(|(row, _, _)| *row).max().unwrap_or(0);
        let last_column = self.cells.iter().map(|(_, column, _)| *column).max().unwrap_or(0);
        let (height, width) = (last_row - first_row + 1, last_column - first_column + 1);
        if u64::from(height) * u64::from(width) > MOST_CELLS {
            let corner = cell_name(last_row, last_column);
            return Err(Fault {
                message: format!("expected a table, found `{corner}` as the last cell of the sheet `{name}`"),
                hint: "delete the empty rows and columns to the last cell, and what stands in it".into(),
            });
        }
        let mut rows = vec![Vec::new(); if self.cells.is_empty() { 0 } else { height as usize }];
        for (row, column, raw) in self.cells {
            let cells: &mut Vec<Raw> = &mut rows[(row - first_row) as usize];
            let column = (column - first_column) as usize;
            if cells.len() <= column {
                cells.resize(column + 1, Raw::Empty);
            }
            cells[column] = raw;
        }
        Ok(Sheet { name: name.into(), first_row, first_column, rows })
    }
}

/// The sheets of a workbook or of a text table; `encoding` is that of text which is not Unicode.
pub fn read(file: &BinaryFile, encoding: &'static Encoding) -> Result<Vec<Sheet>, Fault> {
    // Some broken workbooks make the reader panic: that is a fault of the file, not of the run.
    let outcome = std::panic::catch_unwind(|| read_any(file, encoding));
    outcome.unwrap_or_else(|_| {
        Err(Fault { message: "expected a workbook, found one that cannot be read".into(), hint: SAVE_AGAIN.into() })
    })
}

fn read_any(file: &BinaryFile, encoding: &'static Encoding) -> Result<Vec<Sheet>, Fault> {
    let extension = file.name.as_str().rsplit_once('.').map_or("", |(_, extension)| extension).to_lowercase();
    match extension.as_str() {
        "xlsx" | "xlsm" => workbook(file, |workbook: &mut calamine::Xlsx<_>, sheet, cells| {
            let mut reader = workbook.worksheet_cells_reader(sheet).ok()?;
            while let Some(cell) = reader.next_cell().ok()? {
                cells.put(cell.get_position(), raw(cell.get_value()));
            }
            Some(())
        }),
        "xlsb" => workbook(file, |workbook: &mut calamine::Xlsb<_>, sheet, cells| {
            let mut reader = workbook.worksheet_cells_reader(sheet).ok()?;
            while let Some(cell) = reader.next_cell().ok()? {
                cells.put(cell.get_position(), raw(cell.get_value()));
            }
            Some(())
        }),
        "xls" => workbook(file, whole_range::<calamine::Xls<_>>),
        "ods" => workbook(file, whole_range::<calamine::Ods<_>>),
        "csv" | "tsv" | "txt" => text_table(file, encoding),
        _ => Err(Fault {
            message: match extension.as_str() {
                "" => "expected a spreadsheet, found a file without an ending".into(),
                _ => format!("expected a spreadsheet, found a file `.{extension}`"),
            },
            hint: "save it as .xlsx, .xlsm, .xlsb, .xls, .ods, .csv, .tsv or .txt, or take it out of `inputs/`".into(),
        }),
    }
}

fn damaged() -> Fault {
    Fault { message: "expected a workbook, found a file that is damaged or of another kind".into(), hint: SAVE_AGAIN.into() }
}

/// Reads sheet by sheet; `fill` puts the cells of one sheet into place.
fn workbook<'a, R: Reader<Cursor<&'a [u8]>>>(
    file: &'a BinaryFile,
    fill: impl Fn(&mut R, &str, &mut Cells) -> Option<()>,
) -> Result<Vec<Sheet>, Fault> {
    let mut workbook = R::new(Cursor::new(&file.bytes)).map_err(|_| damaged())?;
    let mut sheets = Vec::new();
    for sheet in workbook.sheets_metadata().to_vec().iter().filter(|sheet| sheet.typ == SheetType::WorkSheet) {
        let mut cells = Cells::default();
        fill(&mut workbook, &sheet.name, &mut cells).ok_or_else(damaged)?;
        sheets.push(cells.into_sheet(&sheet.name)?);
    }
    Ok(sheets)
}

/// From a reader that builds the whole used range.
fn whole_range<'a, R: Reader<Cursor<&'a [u8]>>>(workbook: &mut R, sheet: &str, cells: &mut Cells) -> Option<()> {
    let range = workbook.worksheet_range(sheet).ok()?;
    let (first_row, first_column) = range.start().unwrap_or_default();
    for (row, column, cell) in range.used_cells() {
        cells.put((first_row + row as u32, first_column + column as u32), owned(cell));
    }
    Some(())
}

fn raw(cell: &DataRef<'_>) -> Raw {
    match cell {
        DataRef::SharedString(text) => Raw::Text((*text).to_owned()),
        DataRef::String(text) => Raw::Text(text.clone()),
        other => owned(&Data::from(other.clone())),
    }
}

fn owned(cell: &Data) -> Raw {
    match cell {
        Data::Empty => Raw::Empty,
        Data::Int(number) => Raw::Text(number.to_string()),
        Data::Float(number) => Raw::Number(*number),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => Raw::Text(text.clone()),
        Data::Bool(flag) => Raw::Bool(*flag),
        Data::DateTime(moment) => Raw::Number(moment.as_f64()),
        Data::Error(error) => Raw::Error(error.to_string()),
    }
}

fn text_table(file: &BinaryFile, encoding: &'static Encoding) -> Result<Vec<Sheet>, Fault> {
    let text = decode(&file.bytes, encoding)?;
    let reader = |separator: u8| {
        csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(separator).from_reader(text.as_bytes())
    };
    // The separator is the one by which most lines fall into most cells.
    let width = |separator: &u8| {
        let mut widths: Vec<usize> = reader(*separator).records().take(50).flatten().map(|record| record.len()).collect();
        widths.sort_unstable();
        widths.get(widths.len() / 2).copied().unwrap_or(0)
    };
    let separator = [b',', b'|', b'\t', b';'].into_iter().max_by_key(width).unwrap_or(b',');
    let mut rows: Vec<Vec<Raw>> = Vec::new();
    let mut place = 0;
    for record in reader(separator).records() {
        let record = record.map_err(|_| damaged())?;
        // The reader passes over blank lines, and a cell may hold line breaks: rows are counted as a spreadsheet program shows them.
        let mut start = record.position().map_or(place, |position| position.byte() as usize).max(place);
        // A line ends after `\r` for the reader; the `\n` behind it begins no line of its own.
        if text[..start].ends_with('\r') && text[start..].starts_with('\n') {
            start += 1;
        }
        let blank = text[start..].len() - text[start..].trim_start_matches(['\r', '\n']).len();
        rows.extend(text[start..start + blank].matches('\n').map(|_| Vec::new()));
        place = start + blank;
        rows.push(record.iter().map(|cell| Raw::Text(cell.to_owned())).collect());
    }
    Ok(vec![Sheet { name: "".into(), first_row: 0, first_column: 0, rows }])
}

fn decode(bytes: &[u8], encoding: &'static Encoding) -> Result<String, Fault> {
    let marked = Encoding::for_bom(bytes).map(|(encoding, _)| encoding);
    let guess = marked.unwrap_or_else(|| match std::str::from_utf8(bytes) {
        Ok(_) => UTF_8,
        Err(_) if zeros(bytes, 1) => UTF_16LE,
        Err(_) if zeros(bytes, 0) => UTF_16BE,
        Err(_) => encoding,
    });
    let (text, _, faulty) = guess.decode(bytes);
    if faulty || text.contains('\0') {
        return Err(Fault {
            message: format!("expected text in {}, found other bytes", guess.name()),
            hint: "save the file as UTF-8 text, or as .xlsx".into(),
        });
    }
    Ok(text.into_owned())
}

/// Whether most of every second byte, from `offset`, is zero, as in UTF-16.
fn zeros(bytes: &[u8], offset: usize) -> bool {
    let (all, zero) =
        bytes.iter().skip(offset).step_by(2).fold((0, 0), |(all, zero), &byte| (all + 1, zero + usize::from(byte == 0)));
    all > 0 && zero * 2 > all
}
