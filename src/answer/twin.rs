//! A twin: a new workbook with the cells of a file that cannot carry marks itself.

use jiff::civil::Date;
use rust_xlsxwriter::{DocProperties, Format, Workbook, XlsxError};

use super::Unmarkable;
use crate::grid::{Raw, Sheet};
use crate::workbook::{SheetNames, created};

/// The bytes of the twin; `names` are the names of its sheets.
pub fn write(sheets: &[Sheet], names: &[String], day: Date) -> Result<Vec<u8>, Unmarkable> {
    draw(sheets, names, day).map_err(|error| Unmarkable(error.to_string()))
}

fn draw(sheets: &[Sheet], names: &[String], day: Date) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    book.set_properties(&DocProperties::new().set_creation_datetime(&created(day)?));
    let (text, percent) = (Format::new().set_num_format("@"), Format::new().set_num_format("0.##%"));
    let struck = Format::new().set_num_format("@").set_font_strikethrough();
    let visible = sheets.iter().position(|sheet| !sheet.hidden);
    for (position, (sheet, name)) in sheets.iter().zip(names).enumerate() {
        let page = book.add_worksheet();
        page.set_name(name)?;
        for (offset, cells) in sheet.rows.iter().enumerate() {
            for (aside, cell) in cells.iter().enumerate() {
                let row = sheet.first_row + offset as u32;
                let Ok(column) = u16::try_from(sheet.first_column as usize + aside) else { continue };
                match cell {
                    Raw::Empty | Raw::Stale => {}
                    Raw::Text(words) | Raw::Date(words) | Raw::Error(words) | Raw::Padded(words) => {
                        let words: String = words.chars().take(32_767).collect();
                        page.write_string_with_format(row, column, words, &text)?;
                    }
                    Raw::Struck(words) => {
                        let words: String = words.chars().take(32_767).collect();
                        page.write_string_with_format(row, column, words, &struck)?;
                    }
                    Raw::Number(number) => {
                        page.write_number(row, column, *number)?;
                    }
                    Raw::Percent(fraction) => {
                        page.write_number_with_format(row, column, *fraction, &percent)?;
                    }
                    Raw::Bool(flag) => {
                        page.write_boolean(row, column, *flag)?;
                    }
                }
            }
        }
        // A workbook opens with its first visible sheet, unless told otherwise.
        if visible == Some(position) {
            page.set_active(true).set_first_tab(true);
        }
        page.set_hidden(sheet.hidden && visible.is_some());
    }
    book.save_to_buffer()
}

/// The names of the twin's sheets: those of the file, as far as a workbook allows them.
pub fn names(sheets: &[Sheet]) -> Vec<String> {
    let mut names = SheetNames::default();
    sheets.iter().map(|sheet| names.take(&sheet.name)).collect()
}
