//! Gives cells of a sheet another format; the rest of the sheet stays as it is.

use std::collections::BTreeMap;

use quick_xml::events::{BytesStart, Event};

use super::Unmarkable;
use super::package::relation_attribute;
use super::xml;
use crate::diagnostic::cell_name;

/// A row and a column, from 0.
pub type Cell = (u32, u32);

/// What follows the drawing of comments in a sheet.
const AFTER_DRAWING: [&str; 8] =
    ["legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls", "webPublishItems", "tableParts", "extLst"];

/// The relation of the drawing of comments, when there is one.
pub fn drawing(text: &str) -> Result<Option<String>, Unmarkable> {
    Ok(xml::elements(text, "legacyDrawing")?.first().and_then(|found| xml::first_attribute(found, "id")))
}

/// The sheet with a drawing of comments, which it did not have.
pub fn with_drawing(text: &str, relation: &str) -> Result<String, Unmarkable> {
    let (attribute, declared) = relation_attribute(text)?;
    let (mut out, mut prefix, mut done) = (String::with_capacity(text.len() + 64), String::new(), false);
    xml::tokens(text, |token| {
        let is_after = match &token.event {
            Event::Start(start) if token.depth == 0 => {
                prefix = xml::prefix(start);
                false
            }
            Event::Start(start) | Event::Empty(start) if token.depth == 1 => AFTER_DRAWING.contains(&xml::name(start).as_str()),
            Event::End(_) => token.depth == 0,
            _ => false,
        };
        if is_after && !done {
            done = true;
            out.push_str(&format!("<{prefix}legacyDrawing{declared} {attribute}=\"{relation}\"/>"));
        }
        out.push_str(token.raw);
        Ok(())
    })?;
    Ok(out)
}

/// The sheet with other formats. `restyle` is asked for every cell that is there and for those of `wanted`, which are made
/// where they are missing; it gets the cell and its format, and gives the format it should have.
pub fn restyled(
    text: &str,
    wanted: &[Cell],
    restyle: &mut dyn FnMut(Cell, usize) -> Result<usize, Unmarkable>,
) -> Result<String, Unmarkable> {
    let mut missing: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for &(row, column) in wanted {
        missing.entry(row).or_default().push(column);
    }
    missing.values_mut().for_each(|columns| {
        columns.sort_unstable();
        columns.dedup();
    });
    let mut page =
        Page { out: String::with_capacity(text.len() + 1024), missing, restyle, prefix: String::new(), columns: Vec::new() };
    let (mut inside, mut row, mut column, mut row_format) = (false, None::<u32>, None::<u32>, None);
    xml::tokens(text, |token| {
        match &token.event {
            Event::Start(start) | Event::Empty(start) => {
                let empty = matches!(token.event, Event::Empty(_));
                let name = xml::name(start);
                if token.depth == 0 {
                    page.prefix = xml::prefix(start);
                } else if name == "col" && !inside {
                    page.columns.extend(column_format(start));
                } else if name == "sheetData" && token.depth == 1 {
                    inside = !empty;
                    if empty {
                        page.out.push_str(&xml::tag(start, &[], false));
                        page.rows(None)?;
                        page.out.push_str(&format!("</{}sheetData>", page.prefix));
                        return Ok(());
                    }
                } else if inside && name == "row" && token.depth == 2 {
                    let number = xml::attribute(start, "r").and_then(|number| number.parse::<u32>().ok());
                    let number =
                        number.map_or_else(|| row.map_or(0, |row| row.saturating_add(1)), |number| number.saturating_sub(1));
                    page.rows(Some(number))?;
                    (row, column) = (Some(number), None);
                    row_format = format_of(start).filter(|_| xml::attribute(start, "customFormat").is_some());
                    if empty && page.missing.contains_key(&number) {
                        page.out.push_str(&xml::tag(start, &[], false));
                        page.cells(number, None, row_format)?;
                        page.out.push_str(&format!("</{}row>", page.prefix));
                        return Ok(());
                    }
                } else if inside && name == "c" && token.depth == 3 {
                    let number = xml::attribute(start, "r").and_then(|name| column_of(&name));
                    let number = number.unwrap_or_else(|| column.map_or(0, |column| column.saturating_add(1)));
                    let at = row.unwrap_or(0);
                    page.cells(at, Some(number), row_format)?;
                    column = Some(number);
                    let old = format_of(start).unwrap_or(0);
                    let new = (page.restyle)((at, number), old)?;
                    if new != old {
                        page.out.push_str(&xml::tag(start, &[("s", &new.to_string())], empty));
                        return Ok(());
                    }
                }
            }
            Event::End(end) if inside => {
                let name = end.local_name();
                if name.as_ref() == "row" && token.depth == 2 {
                    page.cells(row.unwrap_or(0), None, row_format)?;
                } else if name.as_ref() == "sheetData" && token.depth == 1 {
                    page.rows(None)?;
                    inside = false;
                }
            }
            _ => {}
        }
        page.out.push_str(token.raw);
        Ok(())
    })?;
    Ok(page.out)
}

struct Page<'a> {
    out: String,
    missing: BTreeMap<u32, Vec<u32>>,
    restyle: &'a mut dyn FnMut(Cell, usize) -> Result<usize, Unmarkable>,
    prefix: String,
    /// First and last column from 0, and the format of columns.
    columns: Vec<(u32, u32, usize)>,
}

impl Page<'_> {
    /// Writes the rows that are missing before `before`.
    fn rows(&mut self, before: Option<u32>) -> Result<(), Unmarkable> {
        while let Some((&row, _)) = self.missing.first_key_value().filter(|(row, _)| before.is_none_or(|before| **row < before)) {
            self.out.push_str(&format!("<{}row r=\"{}\">", self.prefix, row + 1));
            self.cells(row, None, None)?;
            self.out.push_str(&format!("</{}row>", self.prefix));
        }
        Ok(())
    }

    /// Writes the cells of a row that are missing before `before`, which is there itself.
    fn cells(&mut self, row: u32, before: Option<u32>, format: Option<usize>) -> Result<(), Unmarkable> {
        let Some(columns) = self.missing.get_mut(&row) else { return Ok(()) };
        let rest = match before {
            Some(before) => columns.split_off(columns.partition_point(|column| *column < before)),
            None => Vec::new(),
        };
        let now = std::mem::replace(columns, rest.into_iter().filter(|column| Some(*column) != before).collect());
        if columns.is_empty() && before.is_none() {
            self.missing.remove(&row);
        }
        for column in now {
            let of_column = self.columns.iter().find(|(first, last, _)| (*first..=*last).contains(&column));
            let base = format.or(of_column.map(|(_, _, format)| *format)).unwrap_or(0);
            let format = (self.restyle)((row, column), base)?;
            self.out.push_str(&format!("<{}c r=\"{}\" s=\"{format}\"/>", self.prefix, cell_name(row, column)));
        }
        Ok(())
    }
}

fn format_of(start: &BytesStart<'_>) -> Option<usize> {
    xml::attribute(start, "s")?.parse().ok()
}

fn column_format(start: &BytesStart<'_>) -> Option<(u32, u32, usize)> {
    let number = |name| xml::attribute(start, name)?.parse::<u32>().ok();
    Some((number("min")?.checked_sub(1)?, number("max")?.checked_sub(1)?, number("style")? as usize))
}

/// The column of a cell's name, from 0.
pub fn column_of(name: &str) -> Option<u32> {
    let letters = name.bytes().take_while(u8::is_ascii_alphabetic).take(4);
    let number = letters.fold(0_u32, |number, letter| number * 26 + u32::from(letter.to_ascii_uppercase() - b'A') + 1);
    number.checked_sub(1)
}

/// A cell by its name.
pub fn cell_of(name: &str) -> Option<Cell> {
    let row: u32 = name.trim_start_matches(|letter: char| letter.is_ascii_alphabetic()).parse().ok()?;
    Some((row.checked_sub(1)?, column_of(name)?))
}
