//! Bytes of a file in, sheets of raw cells out; in this process, or in a worker process that keeps to bounds.

mod archive;
mod compound;
mod format;
mod kind;
mod merges;
mod ods;
mod package;
mod records;
mod rich;
mod text;
mod wire;
mod xls;
mod xlsb;
mod xlsx;
mod xml;

use std::collections::HashSet;
use std::sync::Arc;

use encoding_rs::Encoding;
use serde::{Deserialize, Serialize};

use super::cell::Raw;
use super::worker::Workers;
use crate::diagnostic::{CauseKind, Diagnostic, FileName, Place, Rule, cell_name};
use crate::sources::{BinaryFile, LARGEST_FILE};

pub use archive::{Bytes, Contents};
pub use merges::Merge;

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
    /// Its merged cells as far as they can be seen, in the order of their first columns and rows; the value stands in the first cell
    /// of each, and none lies over another one.
    pub merged: Vec<Merge>,
}

impl Sheet {
    /// Whether nothing can be seen on it.
    pub fn is_empty(&self) -> bool {
        self.rows.iter().flatten().all(Raw::is_blank)
    }

    /// The merged cells that begin in a column of the whole sheet and reach over a row of it.
    pub fn merged_over(&self, row: u32, column: u32) -> Option<&Merge> {
        merges::over(&self.merged, row, column)
    }

    /// Whether it is a table of text, whose rows are lines.
    pub fn is_text(&self) -> bool {
        self.name.is_empty()
    }
}

/// How the tables of text of a project are written.
#[derive(Clone, Debug)]
pub struct Script {
    /// The encoding of text that is not Unicode.
    pub encoding: &'static Encoding,
    /// The headers of all datasets, folded.
    pub headers: HashSet<String>,
}

/// Why a file gives no sheets.
#[derive(Debug)]
pub struct Fault {
    /// Which rule is broken.
    pub rule: Rule,
    /// What was expected and found.
    pub message: String,
    /// What to do.
    pub hint: String,
    /// What an office is told in its own language.
    pub cause: CauseKind,
}

impl Fault {
    /// The file is no spreadsheet; where nothing else is known, it is damaged.
    fn other(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { rule: Rule::NotASpreadsheet, message: message.into(), hint: hint.into(), cause: CauseKind::DamagedFile }
    }

    fn because(self, cause: CauseKind) -> Self {
        Self { cause, ..self }
    }

    /// The finding at a file.
    pub fn at(self, file: FileName) -> Diagnostic {
        Diagnostic::new(self.rule, Place::File(file), self.message).hint(self.hint).because(self.cause, Vec::new())
    }

    /// A cell holds more than a spreadsheet program lets anybody write into one.
    fn long_cell(sheet: &str, place: (u32, u32), letters: usize) -> Self {
        let cell = cell_name(place.0, place.1);
        let on = if sheet.is_empty() { String::new() } else { format!(" of the sheet `{sheet}`") };
        Self {
            hint: "look what stands in that cell; shorten it, or ask the office for the filled-in workbook".into(),
            cause: CauseKind::LongCell,
            ..Self::bound(format!("expected at most {LONGEST_CELL} letters in a cell, found {letters} in `{cell}`{on}"))
        }
    }

    /// The file asks for more than a table needs.
    pub(super) fn bound(message: impl Into<String>) -> Self {
        let hint = "copy the table alone into a new workbook, and save it as .xlsx";
        Self { rule: Rule::BoundExceeded, message: message.into(), hint: hint.into(), cause: CauseKind::TooLarge }
    }

    fn protected() -> Self {
        Self {
            rule: Rule::ProtectedWorkbook,
            message: "expected a workbook, found one that is protected by a password".into(),
            hint: "ask the office to save it without a password, and to send it again".into(),
            cause: CauseKind::ProtectedWorkbook,
        }
    }

    /// A compound file that is encrypted: so is also one whose structure alone is protected, with a password that all programs know.
    fn encrypted() -> Self {
        let hint = "ask the office to save it without a password, and to send it again; protection of the structure encrypts a \
                    workbook too, and is taken off under Review, Protect Workbook";
        Self { hint: hint.into(), cause: CauseKind::EncryptedWorkbook, ..Self::protected() }
    }

    fn ancient() -> Self {
        Self::other("expected a workbook, found one of a spreadsheet program from before 1995", SAVE_AGAIN)
    }

    fn unknown_letters(page: u16) -> Self {
        Self::other(format!("expected letters of a known kind, found those of the code page {page}"), SAVE_AGAIN)
    }

    /// The bytes of a part are not those that were packed.
    fn changed(part: &str) -> Self {
        let message = format!("expected a workbook, found that its part `{part}` was damaged on the way: its checksum is wrong");
        Self::other(message, "ask the office to send it again").because(CauseKind::TornFile)
    }

    /// One of two parts would be read, and nobody knows which.
    fn parts_of_one_name() -> Self {
        let message = "expected a workbook, found one in which two parts have one name";
        Self::other(message, SEND_AGAIN).because(CauseKind::PartsOfOneName)
    }

    fn empty_archive() -> Self {
        Self::other("expected workbooks, found an archive that holds none", "ask the office to send it again")
            .because(CauseKind::EmptyArchive)
    }

    fn archive_instead() -> Self {
        let hint = "take the workbooks out of it; or name it `.zip`, if it lies in no archive itself";
        Self::other("expected a workbook, found an archive under the name of one", hint).because(CauseKind::ArchiveInstead)
    }

    fn nested_archive() -> Self {
        Self::other("expected a workbook, found an archive within an archive", "put the workbooks into one archive")
            .because(CauseKind::NestedArchive)
    }

    fn ill_formed(part: &str) -> Self {
        let message = format!("expected a workbook, found that its part `{part}` is no well-formed XML");
        Self::other(message, SEND_AGAIN)
    }

    fn missing(part: &str) -> Self {
        Self::other(format!("expected a workbook, found that its part `{part}` is missing"), SEND_AGAIN)
    }

    fn no_spreadsheet(part: &str) -> Self {
        Self::other(format!("expected a workbook, found that its part `{part}` holds no tables of one"), SEND_AGAIN)
    }

    fn sheet_without_part(sheet: &str) -> Self {
        Self::other(format!("expected a workbook, found that the cells of its sheet `{sheet}` are missing"), SEND_AGAIN)
    }

    /// A cell has a place that no sheet has.
    fn nowhere(part: &str) -> Self {
        let message = format!("expected a workbook, found that its part `{part}` has a cell where no sheet has one");
        Self::other(message, SEND_AGAIN)
    }

    fn damaged() -> Self {
        Self::other("expected a workbook, found a file that is damaged or of another kind", SAVE_AGAIN)
    }

    /// The reader itself broke down.
    pub(super) fn broken() -> Self {
        Self::other("expected a workbook, found one that cannot be read", SAVE_AGAIN)
    }
}

const SEND_AGAIN: &str = "open it in a spreadsheet program and save it as .xlsx, or ask the office to send it again";

const SAVE_AGAIN: &str = "open the file in a spreadsheet program and save it as .xlsx";

/// A sheet with more cells in its used range is no table that an office fills in.
const MOST_CELLS: u64 = 5_000_000;

/// Letters in a cell: spreadsheet programs keep no more, and to look for names in a longer text takes long.
const LONGEST_CELL: usize = 32_767;

/// A file with more bytes is not read by [`Reader::InProcess`] either.
const LARGEST: usize = LARGEST_FILE as usize;

/// What reads the offices' files.
pub enum Reader {
    /// This process itself: for tests, and for programs that trust the files. A file that makes the reader hang or fill the
    /// memory takes the process with it.
    InProcess,
    /// Worker processes, which keep to bounds of time and memory whatever a file does to them.
    Workers(Workers),
}

impl Reader {
    /// The sheets of a workbook or of a table of text.
    pub(super) fn read(&self, file: &BinaryFile, script: &Script) -> Result<Vec<Sheet>, Fault> {
        match self {
            Reader::InProcess => sheets(file.name.as_str(), &file.bytes, script),
            Reader::Workers(workers) => workers.sheets(file, script),
        }
    }

    /// Why the system did not let a file be read that nothing is wrong with: then what was read is not whole, and not to be used.
    pub fn refused(&self) -> Option<&std::io::Error> {
        match self {
            Reader::InProcess => None,
            Reader::Workers(workers) => workers.refused(),
        }
    }

    /// The files in a zip of workbooks.
    pub(super) fn unpack(&self, file: &BinaryFile, encoding: &'static Encoding) -> Result<Contents, Fault> {
        match self {
            Reader::InProcess => contents(&file.bytes, encoding),
            Reader::Workers(workers) => workers.contents(file, encoding),
        }
    }
}

/// Whether a file is a zip of workbooks by its name.
pub fn is_archive(name: &str) -> bool {
    extension(name) == "zip"
}

fn extension(name: &str) -> String {
    name.rsplit_once('.').map_or("", |(_, extension)| extension).to_lowercase()
}

/// Reads the sheets of a file in this process.
pub(super) fn sheets(name: &str, bytes: &[u8], script: &Script) -> Result<Vec<Sheet>, Fault> {
    let encoding = script.encoding;
    guarded(|| {
        if bytes.len() > LARGEST {
            return Err(too_large(bytes.len() as u64, LARGEST_FILE));
        }
        of_usual_cells(match kind::of(bytes, &extension(name))? {
            kind::Kind::Xlsx => xlsx::read(bytes),
            kind::Kind::Xlsb => xlsb::read(bytes),
            kind::Kind::Xls => xls::read(bytes, encoding),
            kind::Kind::Ods => ods::read(bytes),
            kind::Kind::Text => text::table(bytes, script),
            kind::Kind::Archive => {
                // An archive is unpacked before its files are read: this one lies in another one, or has a fault.
                let empty = archive::contents(bytes, encoding)?.files.is_empty();
                Err(if empty { Fault::empty_archive() } else { Fault::nested_archive() })
            }
        }?)
    })
}

/// The sheets, where no cell holds more than a spreadsheet program lets anybody write into one.
fn of_usual_cells(sheets: Vec<Sheet>) -> Result<Vec<Sheet>, Fault> {
    for sheet in &sheets {
        for (row, cells) in sheet.rows.iter().enumerate() {
            // Letters are counted only where there may be too many: each takes a byte at least.
            let long = cells.iter().enumerate().filter(|(_, cell)| cell.written().len() > LONGEST_CELL);
            let mut long = long.map(|(column, cell)| (column, cell.written().chars().count()));
            if let Some((column, letters)) = long.find(|(_, letters)| *letters > LONGEST_CELL) {
                let place = (sheet.first_row + row as u32, sheet.first_column + column as u32);
                return Err(Fault::long_cell(&sheet.name, place, letters));
            }
        }
    }
    Ok(sheets)
}

/// Reads the files of an archive in this process.
pub(super) fn contents(bytes: &[u8], encoding: &'static Encoding) -> Result<Contents, Fault> {
    guarded(|| match kind::of(bytes, "zip")? {
        kind::Kind::Archive => archive::contents(bytes, encoding),
        // A workbook is a zip too: under the name of an archive it is read as the workbook that it is.
        kind::Kind::Xlsx | kind::Kind::Xlsb | kind::Kind::Xls | kind::Kind::Ods | kind::Kind::Text => Err(Fault::damaged()),
    })
}

/// The fault of a file with `size` bytes where `most` are read.
pub(super) fn too_large(size: u64, most: u64) -> Fault {
    let megabytes = |bytes: u64| bytes.div_ceil(1 << 20);
    Fault::bound(format!("expected a file of at most {} MB, found one of {} MB", megabytes(most), megabytes(size)))
}

/// The fault of a sheet whose used range has too many cells.
fn too_wide(sheet: &str, last_row: u32, last_column: u32) -> Fault {
    let corner = cell_name(last_row, last_column);
    Fault::other(
        format!("expected a table, found `{corner}` as the last cell of the sheet `{sheet}`"),
        "delete the empty rows and columns to the last cell, and what stands in it",
    )
    .because(CauseKind::StrayCell)
}

/// Some broken workbooks make the reader panic: that is a fault of the file, not of the run.
fn guarded<T>(read: impl FnOnce() -> Result<T, Fault> + std::panic::UnwindSafe) -> Result<T, Fault> {
    std::panic::catch_unwind(read).unwrap_or_else(|_| Err(Fault::broken()))
}

/// The names of a workbook's sheets. Some programs write sheets without a name or several of one name: findings must tell them apart.
#[derive(Default)]
struct Names {
    known: HashSet<String>,
    count: usize,
}

impl Names {
    /// The name of the next sheet: its own, or one by its place.
    fn own(&mut self, name: &str) -> String {
        self.count += 1;
        let mut own = if name.trim().is_empty() { self.count.to_string() } else { name.to_owned() };
        while !self.known.insert(own.clone()) {
            own = format!("{own} ({})", self.count);
        }
        own
    }
}

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

    fn count(&self) -> u64 {
        self.cells.len() as u64
    }

    /// A stray cell in the last corner of a sheet spans billions of empty ones: such a range is named, not built.
    fn into_sheet(self, name: &str, hidden: bool, merged: Vec<Merge>) -> Result<Sheet, Fault> {
        let first_row = self.cells.iter().map(|(row, _, _)| *row).min().unwrap_or(0);
        let first_column = self.cells.iter().map(|(_, column, _)| *column).min().unwrap_or(0);
        let last_row = self.cells.iter().map(|(row, _, _)| *row).max().unwrap_or(0);
        let last_column = self.cells.iter().map(|(_, column, _)| *column).max().unwrap_or(0);
        let (height, width) = (u64::from(last_row - first_row) + 1, u64::from(last_column - first_column) + 1);
        if height.saturating_mul(width) > MOST_CELLS {
            return Err(too_wide(name, last_row, last_column));
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
        let merged =
            if rows.is_empty() { Vec::new() } else { merges::seen(merged, (first_row, first_column), (last_row, last_column)) };
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
