//! Sheets that esep puts into workbooks for people: instructions, lists, findings. They hold nothing to be read.

use super::header::{all_headers, script};
use crate::grid::{Raw, Reader, Script, Sheet};
use crate::sources::BinaryFile;
use crate::spec::Specs;

/// The text of the first cell of a sheet put in by esep begins with this; the rest of the text names the kind of the sheet.
pub const ASIDE: &str = "esep:aside";

/// The text of the first cell of a sheet of findings.
pub const FINDINGS: &str = "esep:aside:findings";

/// The cells of all sheets of a file as they were typed; `None` when the file cannot be read, which is reported elsewhere.
pub fn sheets(reader: &Reader, file: &BinaryFile, specs: &Specs) -> Option<Vec<Sheet>> {
    let script = Script { ignored: Vec::new(), ..script(specs, &all_headers(specs), &file.name) };
    reader.read(file, &script).ok()
}

/// Whether a sheet was put in by esep.
pub fn is_aside(sheet: &Sheet) -> bool {
    let corner = sheet.rows.first().and_then(|cells| cells.first()).filter(|_| (sheet.first_row, sheet.first_column) == (0, 0));
    matches!(corner, Some(Raw::Text(text)) if text.starts_with(ASIDE))
}
