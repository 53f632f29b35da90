//! A table of text without headers may be in another encoding than the programme's; the encoding that gives it headers is named.

use encoding_rs::{self as encodings, Encoding};

use super::header;
use crate::diagnostic::{CauseKind, Diagnostic, Fact, FileName, Place, Rule};
use crate::grid::{Raw, Sheet};
use crate::period::PeriodIndex;
use crate::spec::Specs;

/// Rows among which headers are looked for.
const SEARCHED_ROWS: usize = 40;

/// A top of the table with more text than this, in bytes, holds no headers, and reading it in every encoding would take long.
const LONGEST_TOP: usize = 1 << 20;

/// The encodings that are not Unicode (Encoding Standard, sections 9 to 13). Where several fit, the first of this list is named.
const ENCODINGS: [&Encoding; 34] = [
    encodings::WINDOWS_1251,
    encodings::WINDOWS_1252,
    encodings::IBM866,
    encodings::KOI8_R,
    encodings::KOI8_U,
    encodings::X_MAC_CYRILLIC,
    encodings::MACINTOSH,
    encodings::WINDOWS_1250,
    encodings::WINDOWS_1253,
    encodings::WINDOWS_1254,
    encodings::WINDOWS_1255,
    encodings::WINDOWS_1256,
    encodings::WINDOWS_1257,
    encodings::WINDOWS_1258,
    encodings::WINDOWS_874,
    encodings::ISO_8859_2,
    encodings::ISO_8859_3,
    encodings::ISO_8859_4,
    encodings::ISO_8859_5,
    encodings::ISO_8859_6,
    encodings::ISO_8859_7,
    encodings::ISO_8859_8,
    encodings::ISO_8859_10,
    encodings::ISO_8859_13,
    encodings::ISO_8859_14,
    encodings::ISO_8859_15,
    encodings::ISO_8859_16,
    encodings::GB18030,
    encodings::BIG5,
    encodings::EUC_JP,
    encodings::SHIFT_JIS,
    encodings::EUC_KR,
    encodings::GBK,
    encodings::ISO_2022_JP,
];

/// A finding that names the encoding in which a table of text would have headers; `None` when there is no such encoding.
pub fn wrong(specs: &Specs, period: PeriodIndex, (file, sheet): (&FileName, &Sheet), place: &Place) -> Option<Diagnostic> {
    let top = sheet.rows.iter().take(SEARCHED_ROWS).flatten().map(|cell| cell.written().len()).sum::<usize>();
    if !sheet.is_text() || top > LONGEST_TOP {
        return None;
    }
    let declared = specs.programme.encoding;
    let has_headers =
        |encoding: &&'static Encoding| header::find(specs, period, file, &decoded(sheet, declared, encoding)).is_some();
    let meant = ENCODINGS.into_iter().filter(|encoding| *encoding != declared).find(has_headers)?.name();
    let message = format!("expected a row with the headers of a dataset, found none; in the encoding `{meant}` there is one");
    let hint = format!(
        "ask the office to save the file as UTF-8 text or as .xlsx; where all text tables come so, declare `encoding: {}` in \
         `programme.yaml`",
        meant.to_lowercase()
    );
    Some(
        Diagnostic::new(Rule::UnrecognisedTable, place.clone(), message)
            .hint(hint)
            .because(CauseKind::WrongEncoding, vec![("encoding", Fact::Text(meant.to_owned()))]),
    )
}

/// The top of a table as it reads when its bytes are decoded as `other`.
fn decoded(sheet: &Sheet, declared: &'static Encoding, other: &'static Encoding) -> Sheet {
    let cell = |cell: &Raw| match cell {
        Raw::Text(text) => Raw::Text(other.decode_without_bom_handling(&declared.encode(text).0).0.into_owned()),
        other => other.clone(),
    };
    let rows = sheet.rows.iter().take(SEARCHED_ROWS).map(|cells| cells.iter().map(cell).collect()).collect();
    let (first_row, first_column) = (sheet.first_row, sheet.first_column);
    Sheet { name: sheet.name.clone(), first_row, first_column, rows, hidden: sheet.hidden, merged: Vec::new() }
}
