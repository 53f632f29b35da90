//! Sheets that esep puts into workbooks for people: instructions, lists, findings. They hold nothing to be read.

use super::header::script;
use crate::grid::{Raw, Reader, Sheet};
use crate::sources::BinaryFile;
use crate::spec::Specs;

/// Begins the text of the first cell of such a sheet; what follows tells its kind.
pub const ASIDE: &str = "esep:aside";

/// The text of the first cell of a sheet of findings.
pub const FINDINGS: &str = "esep:aside:findings";

/// The cells of a file's sheets as they were typed; `None` when it cannot be read, which is told elsewhere.
pub fn sheets(reader: &Reader, file: &BinaryFile, specs: &Specs) -> Option<Vec<Sheet>> {
    reader.read(file, &script(specs)).ok()
}

/// Whether a sheet is one of them.
pub fn is_aside(sheet: &Sheet) -> bool {
    let corner = sheet.rows.first().and_then(|cells| cells.first()).filter(|_| (sheet.first_row, sheet.first_column) == (0, 0));
    matches!(corner, Some(Raw::Text(text)) if text.starts_with(ASIDE))
}
