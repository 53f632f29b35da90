//! Why a file gives no sheets: what was expected, what was found, and what the office can do.

use crate::diagnostic::{CauseKind, Diagnostic, FileName, Place, Rule, cell_name};

/// Why a file gives no sheets.
#[derive(Debug)]
pub struct Fault {
    /// Which rule is broken.
    pub rule: Rule,
    /// What was expected and found.
    pub message: String,
    /// What to do.
    pub hint: String,
    /// The kind of fault, for the words in the office's language.
    pub cause: CauseKind,
    /// The line of a text in which it stands, from 0; `None` where it is the whole file's.
    pub line: Option<u32>,
}

impl Fault {
    /// The fault of a file that is no spreadsheet; unless more is known, it is called damaged.
    pub(super) fn other(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            rule: Rule::NotASpreadsheet,
            message: message.into(),
            hint: hint.into(),
            cause: CauseKind::DamagedFile,
            line: None,
        }
    }

    pub(super) fn because(self, cause: CauseKind) -> Self {
        Self { cause, ..self }
    }

    /// The finding at a file, or at its line.
    pub fn at(self, file: FileName) -> Diagnostic {
        let place = match self.line {
            Some(row) => Place::Cell { file, sheet: String::new().into(), row, column: None },
            None => Place::File(file),
        };
        Diagnostic::new(self.rule, place, self.message).hint(self.hint).because(self.cause, Vec::new())
    }

    /// The fault of a cell that holds more than spreadsheet programs let anybody write into one.
    pub(super) fn long_cell(sheet: &str, place: (u32, u32), (most, letters): (usize, usize)) -> Self {
        let cell = cell_name(place.0, place.1);
        let on = if sheet.is_empty() { String::new() } else { format!(" of the sheet `{sheet}`") };
        Self {
            hint: "look what stands in that cell; shorten it, or ask the office for the filled-in workbook".into(),
            cause: CauseKind::LongCell,
            ..Self::bound(format!("expected at most {most} letters in a cell, found {letters} in `{cell}`{on}"))
        }
    }

    /// The fault of a file that asks for more than a table needs.
    pub(super) fn bound(message: impl Into<String>) -> Self {
        let hint = "copy the table alone into a new workbook, and save it as .xlsx";
        Self { rule: Rule::BoundExceeded, message: message.into(), hint: hint.into(), cause: CauseKind::TooLarge, line: None }
    }

    pub(super) fn protected() -> Self {
        Self {
            rule: Rule::ProtectedWorkbook,
            message: "expected a workbook, found one that is protected by a password".into(),
            hint: "ask the office to save it without a password, and to send it again".into(),
            cause: CauseKind::ProtectedWorkbook,
            line: None,
        }
    }

    /// The fault of an encrypted compound file. A workbook whose structure is protected is encrypted too, with a password that all programs
    /// know.
    pub(super) fn encrypted() -> Self {
        let hint = "ask the office to save it without a password, and to send it again; protection of the structure encrypts a \
                    workbook too, and is taken off under Review, Protect Workbook";
        Self { hint: hint.into(), cause: CauseKind::EncryptedWorkbook, ..Self::protected() }
    }

    pub(super) fn ancient() -> Self {
        Self::other("expected a workbook, found one of a spreadsheet program from before 1995", SAVE_AGAIN)
    }

    pub(super) fn unknown_letters(page: u16) -> Self {
        Self::other(format!("expected letters of a known kind, found those of the code page {page}"), SAVE_AGAIN)
    }

    /// The fault of a part whose bytes are not those that were packed.
    pub(super) fn changed(part: &str) -> Self {
        let message = format!("expected a workbook, found that its part `{part}` was damaged on the way: its checksum is wrong");
        Self::other(message, "ask the office to send it again").because(CauseKind::TornFile)
    }

    /// The fault of a workbook with two parts of one name: nobody knows which would be read.
    pub(super) fn parts_of_one_name() -> Self {
        let message = "expected a workbook, found one in which two parts have one name";
        Self::other(message, SEND_AGAIN).because(CauseKind::PartsOfOneName)
    }

    pub(super) fn empty_archive() -> Self {
        Self::other("expected workbooks, found an archive that holds none", "ask the office to send it again")
            .because(CauseKind::EmptyArchive)
    }

    pub(super) fn archive_instead() -> Self {
        let hint = "take the workbooks out of it; or name it `.zip`, if it lies in no archive itself";
        Self::other("expected a workbook, found an archive under the name of one", hint).because(CauseKind::ArchiveInstead)
    }

    pub(super) fn nested_archive() -> Self {
        Self::other("expected a workbook, found an archive within an archive", "put the workbooks into one archive")
            .because(CauseKind::NestedArchive)
    }

    pub(super) fn ill_formed(part: &str) -> Self {
        let message = format!("expected a workbook, found that its part `{part}` is no well-formed XML");
        Self::other(message, SEND_AGAIN)
    }

    pub(super) fn missing(part: &str) -> Self {
        Self::other(format!("expected a workbook, found that its part `{part}` is missing"), SEND_AGAIN)
    }

    pub(super) fn no_spreadsheet(part: &str) -> Self {
        Self::other(format!("expected a workbook, found that its part `{part}` holds no tables of one"), SEND_AGAIN)
    }

    pub(super) fn sheet_without_part(sheet: &str) -> Self {
        Self::other(format!("expected a workbook, found that the cells of its sheet `{sheet}` are missing"), SEND_AGAIN)
    }

    /// The fault of a cell at a place that no sheet has.
    pub(super) fn nowhere(part: &str) -> Self {
        let message = format!("expected a workbook, found that its part `{part}` has a cell where no sheet has one");
        Self::other(message, SEND_AGAIN)
    }

    pub(super) fn damaged() -> Self {
        Self::other("expected a workbook, found a file that is damaged or of another kind", SAVE_AGAIN)
    }

    /// The fault of a file on which the reader itself broke down.
    pub(super) fn broken() -> Self {
        Self::other("expected a workbook, found one that cannot be read", SAVE_AGAIN)
    }
}

pub(super) const SEND_AGAIN: &str = "open it in a spreadsheet program and save it as .xlsx, or ask the office to send it again";

pub(super) const SAVE_AGAIN: &str = "open the file in a spreadsheet program and save it as .xlsx";

/// The fault of a file of `size` bytes, where at most `most` are read.
pub(super) fn too_large(size: u64, most: u64) -> Fault {
    let megabytes = |bytes: u64| bytes.div_ceil(1 << 20);
    Fault::bound(format!("expected a file of at most {} MB, found one of {} MB", megabytes(most), megabytes(size)))
}

/// The fault of a sheet in which a cell stands more than once.
pub(super) fn twice(sheet: &str, row: u32, column: u32) -> Fault {
    let cell = cell_name(row, column);
    let message =
        format!("expected each cell once, found `{cell}` of the sheet `{sheet}` twice; nobody knows which of them counts");
    Fault::other(message, SEND_AGAIN)
}

/// The fault of a sheet whose used range has too many cells.
pub(super) fn too_wide(sheet: &str, last_row: u32, last_column: u32) -> Fault {
    let corner = cell_name(last_row, last_column);
    Fault::other(
        format!("expected a table, found `{corner}` as the last cell of the sheet `{sheet}`"),
        "delete the empty rows and columns to the last cell, and what stands in it",
    )
    .because(CauseKind::StrayCell)
}
