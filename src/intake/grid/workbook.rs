//! Workbooks of spreadsheet programs: their sheets in order, with what each format tells of formats, formulas and merged cells.

use std::io::Cursor;

use calamine::{Data, DataRef, ExcelDateTime, SheetType, SheetVisible, Xlsb, Xlsx};

use super::format::{Shown, shown};
use super::mend;
use super::parts::{self, Extras};
use super::{Cells, Fault, Merge, Sheet};
use crate::intake::cell::Raw;

type Bytes<'a> = Cursor<&'a [u8]>;

/// Reads `.xlsx` and `.xlsm`.
pub fn xlsx(bytes: &[u8]) -> Result<Vec<Sheet>, Fault> {
    xlsx_as_it_is(bytes).or_else(|fault| mend::mended(bytes).map_or(Err(fault), |bytes| xlsx_as_it_is(&bytes)))
}

fn xlsx_as_it_is(bytes: &[u8]) -> Result<Vec<Sheet>, Fault> {
    let mut extras = parts::of(bytes);
    sheets(bytes, |workbook: &mut Xlsx<_>, sheet, cells| {
        let mut reader = workbook.worksheet_cells_reader(sheet).ok()?;
        let percent: Vec<bool> = reader
            .styles()
            .iter()
            .map(|style| style.number_format.as_ref().is_some_and(|format| shown(&format.format_code) == Shown::Percentage))
            .collect();
        while let Some((cell, style)) = reader.next_cell_with_style_id().ok()? {
            cells.put(
                cell.get_position(),
                match raw(cell.get_value()) {
                    Raw::Number(fraction) if percent.get(style) == Some(&true) => Raw::Percent(fraction),
                    raw => raw,
                },
            );
        }
        let Extras { merged, stale } = extras.remove(sheet).unwrap_or_default();
        for place in stale {
            cells.put(place, Raw::Stale);
        }
        Some(merged)
    })
}

/// Reads `.xlsb`.
pub fn xlsb(bytes: &[u8]) -> Result<Vec<Sheet>, Fault> {
    let mended = mend::mended(bytes);
    sheets(mended.as_deref().unwrap_or(bytes), |workbook: &mut Xlsb<_>, sheet, cells| {
        let mut reader = workbook.worksheet_cells_reader(sheet).ok()?;
        while let Some(cell) = reader.next_cell().ok()? {
            cells.put(cell.get_position(), raw(cell.get_value()));
        }
        Some(Vec::new())
    })
}

/// Reads sheet by sheet; `fill` puts the cells of one sheet into place, and tells its merged cells.
fn sheets<'a, R: calamine::Reader<Bytes<'a>>>(
    bytes: &'a [u8],
    mut fill: impl FnMut(&mut R, &str, &mut Cells) -> Option<Vec<Merge>>,
) -> Result<Vec<Sheet>, Fault> {
    let mut workbook = R::new(Cursor::new(bytes)).map_err(|error| {
        // Each format has an error type of its own; all of them call this variant so.
        if format!("{error:?}").starts_with("Password") { Fault::protected() } else { Fault::damaged() }
    })?;
    let mut sheets = Vec::new();
    for sheet in workbook.sheets_metadata().to_vec().iter().filter(|sheet| sheet.typ == SheetType::WorkSheet) {
        let mut cells = Cells::default();
        let merged = fill(&mut workbook, &sheet.name, &mut cells).ok_or_else(Fault::damaged)?;
        sheets.push(cells.into_sheet(&sheet.name, sheet.visible != SheetVisible::Visible, merged)?);
    }
    Ok(sheets)
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
        Data::String(text) => Raw::Text(text.clone()),
        Data::DateTimeIso(text) => Raw::Date(text.clone()),
        Data::DurationIso(text) => Raw::Date(text.clone()),
        Data::Bool(flag) => Raw::Bool(*flag),
        Data::DateTime(moment) => date(moment),
        Data::Error(error) => Raw::Error(error.to_string()),
    }
}

/// A serial number that is shown as a day or a time.
pub fn date(moment: &ExcelDateTime) -> Raw {
    /// 9999-12-31, the last day that spreadsheet programs know.
    const LAST: f64 = 2_958_466.0;
    let serial = moment.as_f64();
    if !(0.0..LAST).contains(&serial) {
        return Raw::Number(serial);
    }
    if moment.is_duration() {
        let seconds = (serial * 86_400.0).round() as u64;
        return Raw::Date(format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60));
    }
    let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
    let time = format!("{hour:02}:{minute:02}:{second:02}");
    Raw::Date(if serial < 1.0 {
        time
    } else if (hour, minute, second) == (0, 0, 0) {
        format!("{year:04}-{month:02}-{day:02}")
    } else {
        format!("{year:04}-{month:02}-{day:02}T{time}")
    })
}
