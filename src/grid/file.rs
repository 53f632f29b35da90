//! Bytes of one file in, its sheets out, in this process. The kind of the file decides which reader it gets.

use encoding_rs::Encoding;

use super::archive::{self, Contents};
use super::fault::{Fault, too_large};
use super::kind::{self, Kind};
use super::sheet::Sheet;
use super::text::{self, Script};
use super::{ods, xls, xlsb, xlsx};
use crate::sources::LARGEST_FILE;

/// The largest file, in bytes, that `Reader::InProcess` reads.
const LARGEST: usize = LARGEST_FILE as usize;

/// The most letters of a cell: spreadsheet programs keep no more, and looking for names in longer texts takes long.
const LONGEST_CELL: usize = 32_767;

/// Whether the name of a file says that it is a zip of workbooks.
pub fn is_archive(name: &str) -> bool {
    extension(name) == "zip"
}

fn extension(name: &str) -> String {
    name.rsplit_once('.').map_or("", |(_, extension)| extension).to_lowercase()
}

/// Reads the sheets of a file in this process.
pub fn sheets(name: &str, bytes: &[u8], script: &Script) -> Result<Vec<Sheet>, Fault> {
    let encoding = script.encoding;
    guarded(|| {
        if bytes.len() > LARGEST {
            return Err(too_large(bytes.len() as u64, LARGEST_FILE));
        }
        of_usual_cells(match kind::of(bytes, &extension(name))? {
            Kind::Xlsx => xlsx::read(bytes),
            Kind::Xlsb => xlsb::read(bytes),
            Kind::Xls => xls::read(bytes, encoding),
            Kind::Ods => ods::read(bytes),
            Kind::Text => text::table(bytes, script),
            Kind::Archive => {
                // Archives have been unpacked before, so this one lies in another archive, or has a fault.
                let empty = archive::contents(bytes, encoding)?.files.is_empty();
                Err(if empty { Fault::empty_archive() } else { Fault::nested_archive() })
            }
        }?)
    })
}

/// The sheets; a fault where a cell holds more than spreadsheet programs let anybody write into one.
fn of_usual_cells(sheets: Vec<Sheet>) -> Result<Vec<Sheet>, Fault> {
    for sheet in &sheets {
        for (row, cells) in sheet.rows.iter().enumerate() {
            // Letters are counted only where there may be too many: each takes at least one byte.
            let long = cells.iter().enumerate().filter(|(_, cell)| cell.written().len() > LONGEST_CELL);
            let mut long = long.map(|(column, cell)| (column, cell.written().chars().count()));
            if let Some((column, letters)) = long.find(|(_, letters)| *letters > LONGEST_CELL) {
                let place = (sheet.first_row + row as u32, sheet.first_column + column as u32);
                return Err(Fault::long_cell(&sheet.name, place, (LONGEST_CELL, letters)));
            }
        }
    }
    Ok(sheets)
}

/// Reads the files of an archive in this process.
pub fn contents(bytes: &[u8], encoding: &'static Encoding) -> Result<Contents, Fault> {
    guarded(|| match kind::of(bytes, "zip")? {
        Kind::Archive => archive::contents(bytes, encoding),
        // A workbook is a zip too; under the name of an archive it is read as a workbook.
        Kind::Xlsx | Kind::Xlsb | Kind::Xls | Kind::Ods | Kind::Text => Err(Fault::damaged()),
    })
}

/// Turns a panic of the reader into a fault of the file: some broken workbooks make it panic.
fn guarded<T>(read: impl FnOnce() -> Result<T, Fault> + std::panic::UnwindSafe) -> Result<T, Fault> {
    std::panic::catch_unwind(read).unwrap_or_else(|_| Err(Fault::broken()))
}
