//! Bytes of a file in, sheets of raw cells out.

use std::io::Cursor;
use std::sync::Arc;

use calamine::{Data, Reader};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

use super::cell::Raw;
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
        "xlsx" | "xlsm" => workbook::<calamine::Xlsx<_>>(file),
        "xlsb" => workbook::<calamine::Xlsb<_>>(file),
        "xls" => workbook::<calamine::Xls<_>>(file),
        "ods" => workbook::<calamine::Ods<_>>(file),
        "csv" | "tsv" | "txt" => text_table(file, encoding),
        _ => Err(Fault {
            message: format!("expected a spreadsheet, found a file `.{extension}`"),
            hint: "save it as .xlsx, .xlsm, .xlsb, .xls, .ods, .csv, .tsv or .txt, or take it out of `inputs/`".into(),
        }),
    }
}

fn workbook<'a, R>(file: &'a BinaryFile) -> Result<Vec<Sheet>, Fault>
where
    R: Reader<Cursor<&'a [u8]>>,
    R::Error: std::fmt::Display,
{
    let unreadable = |error: String| Fault {
        message: "expected a workbook, found a file that is damaged or of another kind".into(),
        hint: format!("{SAVE_AGAIN} (the reader says: {error})"),
    };
    let mut workbook = R::new(Cursor::new(&file.bytes)).map_err(|error| unreadable(error.to_string()))?;
    let mut sheets = Vec::new();
    for name in workbook.sheet_names() {
        let range = workbook.worksheet_range(&name).map_err(|error| unreadable(format!("sheet `{name}`: {error}")))?;
        let (first_row, first_column) = range.start().unwrap_or_default();
        let rows = range.rows().map(|row| row.iter().map(raw).collect()).collect();
        sheets.push(Sheet { name: name.into(), first_row, first_column, rows });
    }
    Ok(sheets)
}

fn raw(cell: &Data) -> Raw {
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
    let records = |separator: u8, most: usize| {
        let mut reader =
            csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(separator).from_reader(text.as_bytes());
        reader.records().take(most).collect::<Result<Vec<_>, _>>()
    };
    // The separator is the one by which most lines fall into most cells.
    let width = |separator: &u8| {
        let mut widths: Vec<usize> = records(*separator, 50).unwrap_or_default().iter().map(csv::StringRecord::len).collect();
        widths.sort_unstable();
        widths.get(widths.len() / 2).copied().unwrap_or(0)
    };
    let separator = [b',', b'|', b'\t', b';'].into_iter().max_by_key(width).unwrap_or(b',');
    let rows = records(separator, usize::MAX)
        .map_err(|error| Fault { message: format!("expected a text table, found a fault: {error}"), hint: SAVE_AGAIN.into() })?;
    // The reader passes over blank lines, and a cell may hold line breaks: rows are counted as a spreadsheet program shows them.
    let mut cells: Vec<Vec<Raw>> = Vec::new();
    let mut breaks = 0;
    for record in &rows {
        let line = record.position().map_or(0, |position| position.line() as usize);
        let row = line.saturating_sub(1 + breaks).max(cells.len());
        cells.resize_with(row, Vec::new);
        cells.push(record.iter().map(|cell| Raw::Text(cell.to_owned())).collect());
        breaks += record.iter().map(|cell| cell.matches('\n').count()).sum::<usize>();
    }
    Ok(vec![Sheet { name: "".into(), first_row: 0, first_column: 0, rows: cells }])
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
