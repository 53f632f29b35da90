//! Gives cells of a sheet other formats; the rest of the sheet stays as it is.

use std::collections::BTreeMap;

use quick_xml::events::{BytesStart, Event};

use super::Unmarkable;
use super::package::relation_attribute;
use super::xml;
use crate::diagnostic::cell_name;

/// A row and a column, from 0.
pub type Cell = (u32, u32);

/// The elements that follow the drawing of comments in a sheet.
const AFTER_DRAWING: [&str; 8] =
    ["legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls", "webPublishItems", "tableParts", "extLst"];

/// The relation of the sheet's drawing of comments; `None` when it has none.
pub fn drawing(text: &str) -> Result<Option<String>, Unmarkable> {
    Ok(xml::elements(text, "legacyDrawing")?.first().and_then(|found| xml::first_attribute(found, "id")))
}

/// The sheet with a drawing of comments added.
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

/// The sheet with other formats. `restyle` gets each existing cell and each cell of `wanted` with its format, and returns the format that
/// the cell should have. Missing cells of `wanted` are made.
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
    let out = String::with_capacity(text.len() + 1024);
    let (prefix, columns) = (String::new(), Vec::new());
    let mut page = Page { out, missing, restyle, prefix, columns, inside: false, row: None, column: None, row_format: None };
    xml::tokens(text, |token| {
        let done = match &token.event {
            Event::Start(start) => page.start(token.depth, start, false)?,
            Event::Empty(start) => page.start(token.depth, start, true)?,
            Event::End(end) if page.inside => {
                page.end(token.depth, end.local_name().as_ref())?;
                false
            }
            _ => false,
        };
        if !done {
            page.out.push_str(token.raw);
        }
        Ok(())
    })?;
    Ok(page.out)
}

struct Page<'a> {
    out: String,
    missing: BTreeMap<u32, Vec<u32>>,
    restyle: &'a mut dyn FnMut(Cell, usize) -> Result<usize, Unmarkable>,
    prefix: String,
    /// For each group of columns: the first and the last, from 0, and their format.
    columns: Vec<(u32, u32, usize)>,
    /// Whether the rows have begun and not ended.
    inside: bool,
    /// The row that was read last, and the cell.
    row: Option<u32>,
    column: Option<u32>,
    /// The format of the row, which missing cells have.
    row_format: Option<usize>,
}

impl Page<'_> {
    /// Takes the start of an element; returns whether it has been written already.
    fn start(&mut self, depth: usize, start: &BytesStart<'_>, empty: bool) -> Result<bool, Unmarkable> {
        let name = xml::name(start);
        match (depth, &*name) {
            (0, _) => self.prefix = xml::prefix(start),
            (_, "col") if !self.inside => self.columns.extend(column_format(start)),
            (1, "sheetData") => {
                self.inside = !empty;
                if empty {
                    self.out.push_str(&xml::tag(start, &[], false));
                    self.rows(None)?;
                    self.out.push_str(&format!("</{}sheetData>", self.prefix));
                    return Ok(true);
                }
            }
            (2, "row") if self.inside => return self.row(start, empty),
            (3, "c") if self.inside => return self.cell(start, empty),
            _ => {}
        }
        Ok(false)
    }

    fn row(&mut self, start: &BytesStart<'_>, empty: bool) -> Result<bool, Unmarkable> {
        let number = xml::attribute(start, "r").and_then(|number| number.parse::<u32>().ok());
        let next = || self.row.map_or(0, |row| row.saturating_add(1));
        let number = number.map_or_else(next, |number| number.saturating_sub(1));
        self.rows(Some(number))?;
        (self.row, self.column) = (Some(number), None);
        self.row_format = format_of(start).filter(|_| xml::attribute(start, "customFormat").is_some());
        let made = empty && self.missing.contains_key(&number);
        if made {
            self.out.push_str(&xml::tag(start, &[], false));
            self.cells(number, None, self.row_format)?;
            self.out.push_str(&format!("</{}row>", self.prefix));
        }
        Ok(made)
    }

    fn cell(&mut self, start: &BytesStart<'_>, empty: bool) -> Result<bool, Unmarkable> {
        let number = xml::attribute(start, "r").and_then(|name| column_of(&name));
        let number = number.unwrap_or_else(|| self.column.map_or(0, |column| column.saturating_add(1)));
        let at = self.row.unwrap_or(0);
        self.cells(at, Some(number), self.row_format)?;
        self.column = Some(number);
        let old = format_of(start).unwrap_or(0);
        let new = (self.restyle)((at, number), old)?;
        if new != old {
            self.out.push_str(&xml::tag(start, &[("s", &new.to_string())], empty));
        }
        Ok(new != old)
    }

    /// Takes the end of an element, and writes what is missing before it.
    fn end(&mut self, depth: usize, name: &str) -> Result<(), Unmarkable> {
        match (depth, name) {
            (2, "row") => self.cells(self.row.unwrap_or(0), None, self.row_format),
            (1, "sheetData") => {
                self.inside = false;
                self.rows(None)
            }
            _ => Ok(()),
        }
    }

    /// Writes the missing rows above the row `before`, or all that are left.
    fn rows(&mut self, before: Option<u32>) -> Result<(), Unmarkable> {
        while let Some((&row, _)) = self.missing.first_key_value().filter(|(row, _)| before.is_none_or(|before| **row < before)) {
            self.out.push_str(&format!("<{}row r=\"{}\">", self.prefix, row + 1));
            self.cells(row, None, None)?;
            self.out.push_str(&format!("</{}row>", self.prefix));
        }
        Ok(())
    }

    /// Writes the missing cells of a row to the left of the existing column `before`, or all that are left.
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

/// The cell with a name such as `AB4`.
pub fn cell_of(name: &str) -> Option<Cell> {
    let row: u32 = name.trim_start_matches(|letter: char| letter.is_ascii_alphabetic()).parse().ok()?;
    Some((row.checked_sub(1)?, column_of(name)?))
}
