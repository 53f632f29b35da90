//! A sheet with one marked-up table that starts in the first column, below its title and a few lines.

use rust_xlsxwriter::{
    Format, FormatAlign, FormatBorder, FormatUnderline, IgnoreError, TableColumn, TableStyle, Url, Workbook, Worksheet, XlsxError,
};

use crate::language::Direction;
use crate::value::{Amount, Ratio, Scale};

const FONT: &str = "Arial";
/// The height of a row and the width of a column, in pixels, unless set otherwise.
const DEFAULTS: (u32, u32) = (19, 72);
/// The least width of a column, in letters, for short words or numbers.
const NARROWEST: usize = 9;
/// The most letters that a cell holds.
const LONGEST: usize = 32_767;
/// The height of a line of text, in points.
pub const LINE: f64 = 15.0;
/// The height of a title, in points.
pub const TITLE: f64 = 22.0;
/// The height of the highest row allowed, in points.
const HIGHEST: f64 = 400.0;
/// A dark blue with enough contrast on white; links are underlined as well.
const LINK: u32 = 0x0B_4F8A;

/// A table of a workbook. Every row has as many cells as there are columns, and none is empty.
pub struct Table {
    /// Its name in formulas.
    pub id: &'static str,
    /// The name of its sheet, before it is cut.
    pub sheet: String,
    /// What it is about.
    pub title: String,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows.
    pub rows: Vec<Vec<Cell>>,
}

/// A column.
pub struct Column {
    /// Its header.
    pub header: String,
    /// The most letters that fit on its line.
    pub widest: usize,
}

impl Column {
    /// A column of words.
    pub fn words(header: String, widest: usize) -> Self {
        Self { header, widest }
    }

    /// A column of numbers.
    pub fn figures(header: String) -> Self {
        Self { header, widest: 14 }
    }
}

/// What stands in a cell.
pub enum Cell {
    /// Words, a code, or a short form in square brackets.
    Text(String),
    /// A whole number.
    Whole(i64),
    /// A number that is rounded; a difference has its sign.
    Number {
        /// The number.
        ratio: Ratio,
        /// To how many decimals it is rounded.
        decimals: u32,
        /// Whether it is a difference.
        signed: bool,
    },
}

/// A line above a table.
pub enum Line<'a> {
    /// Words.
    Plain(String),
    /// For whom the workbook is.
    Warning(String),
    /// A link: its text, and the sheet that it leads to.
    Link(String, &'a str),
}

/// What sheets are drawn with.
pub struct Formats {
    /// The title of a workbook.
    pub title: Format,
    /// The title of a sheet.
    pub heading: Format,
    /// A link in a line.
    pub link: Format,
    /// A link in a table.
    pub link_in_table: Format,
    /// Lines that may be long.
    pub wrapped: Format,
    /// For whom a workbook is.
    pub warning: Format,
    plain: Format,
    bold: Format,
    /// For headers of words, and for headers of numbers.
    header: Format,
    header_aside: Format,
    words: Format,
    aside: Format,
    whole: Format,
    direction: Direction,
}

/// An empty workbook in the usual letters.
///
/// # Errors
/// When the library does not know them.
pub fn book() -> Result<Workbook, XlsxError> {
    let mut book = Workbook::new();
    book.set_default_format(&plain(), DEFAULTS.0, DEFAULTS.1)?;
    Ok(book)
}

/// The usual letters: without serifs, in a size that is easy to read.
fn plain() -> Format {
    Format::new().set_font_name(FONT).set_font_size(11)
}

/// Lets the columns of a sheet run from right to left, where its words do.
pub fn turn(sheet: &mut Worksheet, direction: Direction) {
    if direction == Direction::RightToLeft {
        sheet.set_right_to_left(true);
    }
}

impl Default for Formats {
    fn default() -> Self {
        Self::of(Direction::LeftToRight)
    }
}

impl Formats {
    /// The formats of sheets whose words and columns run this way.
    pub fn of(direction: Direction) -> Self {
        let start = match direction {
            Direction::LeftToRight => FormatAlign::Left,
            Direction::RightToLeft => FormatAlign::Right,
        };
        let top = plain().set_align(FormatAlign::Top);
        let link = plain().set_font_color(LINK).set_underline(FormatUnderline::Single);
        let header = plain().set_bold().set_text_wrap().set_border_bottom(FormatBorder::Thin);
        Self {
            title: plain().set_bold().set_font_size(16).set_text_wrap(),
            heading: plain().set_bold().set_font_size(14),
            wrapped: top.clone().set_text_wrap(),
            warning: top.clone().set_text_wrap().set_bold(),
            header: header.clone().set_align(start),
            header_aside: header.set_align(FormatAlign::Right),
            words: top.clone().set_text_wrap().set_align(start),
            aside: top.clone().set_align(FormatAlign::Right),
            whole: top.clone().set_num_format("#,##0"),
            link_in_table: link.clone().set_align(FormatAlign::Top),
            link,
            bold: plain().set_bold(),
            plain: plain(),
            direction,
        }
    }

    /// Lets the columns of a sheet run as its words do.
    pub fn turn(&self, sheet: &mut Worksheet) {
        turn(sheet, self.direction);
    }

    /// The format of a number with so many decimals.
    fn number(&self, decimals: u32, signed: bool) -> Format {
        let places = if decimals == 0 { String::new() } else { format!(".{}", "0".repeat(decimals as usize)) };
        let format = if signed { format!("+#,##0{places};-#,##0{places};0{places}") } else { format!("#,##0{places}") };
        plain().set_align(FormatAlign::Top).set_num_format(format)
    }

    /// Draws a sheet with one table below its title, the words for that there is one, and `lines`; returns the row of the table's first
    /// data.
    ///
    /// # Errors
    /// When a sheet cannot hold it.
    pub fn table(&self, sheet: &mut Worksheet, table: &Table, one_table: &str, lines: &[&Line<'_>]) -> Result<u32, XlsxError> {
        self.turn(sheet);
        sheet.write_string_with_format(0, 0, cut(&table.title), &self.heading)?;
        sheet.set_row_height(0, TITLE)?;
        sheet.write_string_with_format(1, 0, one_table, &self.plain)?;
        for (row, line) in (2..).zip(lines) {
            match line {
                Line::Plain(text) => sheet.write_string_with_format(row, 0, cut(text), &self.plain)?,
                Line::Warning(text) => sheet.write_string_with_format(row, 0, cut(text), &self.bold)?,
                Line::Link(text, name) => sheet.write_url_with_format(row, 0, link(name, text), &self.link)?,
            };
        }
        let head = 2 + lines.len() as u32;
        let headers = unique(table.columns.iter().map(|column| column.header.clone()));
        let widths: Vec<usize> = (0..headers.len()).map(|column| width(table, column, &headers[column])).collect();
        let numeric: Vec<bool> = (0..headers.len()).map(|column| is_numeric(table, column)).collect();
        let columns = headers.iter().enumerate().map(|(column, header)| {
            let left = distant(&self.header, column);
            let format = if numeric[column] { &self.header_aside } else { &left };
            TableColumn::new().set_header(cut(header)).set_header_format(format)
        });
        let columns: Vec<TableColumn> = columns.collect();
        let (last_row, last_column) = (head + table.rows.len() as u32, headers.len() as u16 - 1);
        let marked = rust_xlsxwriter::Table::new()
            .set_name(table.id)
            .set_columns(&columns)
            .set_style(TableStyle::Light1)
            .set_banded_rows(false)
            .set_first_column(true)
            .set_autofilter(false)
            .set_alt_text_title(&table.title)
            .set_alt_text(one_table);
        sheet.add_table(head, 0, last_row, last_column, &marked)?;
        for (column, width) in widths.iter().enumerate() {
            sheet.set_column_width(column as u16, *width as f64 + 2.0)?;
        }
        let high = headers.iter().zip(&widths).map(|(header, &width)| rows_of(header, width)).max().unwrap_or(1);
        sheet.set_row_height(head, (high as f64 * LINE + 3.0).min(HIGHEST))?;
        // A short form in a column of numbers is aligned as they are.
        let words = |(column, &numeric): (usize, &bool)| {
            if numeric { self.aside.clone() } else { distant(&self.words, column) }
        };
        let words: Vec<Format> = numeric.iter().enumerate().map(words).collect();
        for (row, cells) in (head + 1..).zip(&table.rows) {
            self.row(sheet, row, cells, (&words, &widths))?;
        }
        // Codes and numbers of indicators are kept as text, so that they keep their zeros.
        sheet.ignore_error_range(head + 1, 0, last_row, last_column, IgnoreError::NumberStoredAsText)?;
        sheet.set_freeze_panes(head + 1, 0)?;
        sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0).set_repeat_rows(head, head)?;
        Ok(head + 1)
    }

    fn row(
        &self,
        sheet: &mut Worksheet,
        row: u32,
        cells: &[Cell],
        (words, widths): (&[Format], &[usize]),
    ) -> Result<(), XlsxError> {
        let mut high = 1;
        for (column, cell) in cells.iter().enumerate() {
            let place = column as u16;
            match cell {
                Cell::Text(text) => {
                    high = high.max(rows_of(text, widths[column]));
                    sheet.write_string_with_format(row, place, cut(text), &words[column])?;
                }
                Cell::Whole(number) => {
                    sheet.write_number_with_format(row, place, *number as f64, &self.whole)?;
                }
                Cell::Number { decimals, signed, .. } => {
                    sheet.write_number_with_format(row, place, cell.value(), &self.number(*decimals, *signed))?;
                }
            }
        }
        if high > 1 {
            sheet.set_row_height(row, (high as f64 * LINE).min(HIGHEST))?;
        }
        Ok(())
    }
}

impl Cell {
    /// A number, rounded to so many decimals.
    pub fn rounded(ratio: Ratio, decimals: u32) -> Self {
        Cell::Number { ratio, decimals, signed: false }
    }

    /// A value as it is printed, without the sign of its unit.
    pub fn printed(ratio: Ratio, scale: Scale) -> Self {
        Self::rounded(ratio.times(scale.per), scale.decimals)
    }

    /// A sum with all its places.
    pub fn amount(amount: Amount) -> Self {
        match amount.places {
            0 => Cell::Whole(amount.units),
            places => Cell::rounded(amount.ratio(), places),
        }
    }

    /// The number in digits, with a decimal point; of words, the words.
    fn digits(&self) -> String {
        match self {
            Cell::Text(text) => text.clone(),
            Cell::Whole(number) => number.to_string(),
            Cell::Number { ratio, decimals, .. } => ratio.decimal(*decimals),
        }
    }

    /// The number nearest to the digits.
    fn value(&self) -> f64 {
        self.digits().parse().expect("the digits of a number")
    }
}

/// Whether a column holds a number anywhere.
fn is_numeric(table: &Table, column: usize) -> bool {
    table.rows.iter().any(|row| !matches!(row[column], Cell::Text(_)))
}

/// A format that keeps words away from the column to the left.
fn distant(format: &Format, column: usize) -> Format {
    if column == 0 { format.clone() } else { format.clone().set_indent(1) }
}

/// A link to the first cell of a sheet.
pub fn link(sheet: &str, text: &str) -> Url {
    Url::new(format!("internal:'{sheet}'!A1")).set_text(text)
}

/// Headers that all differ, as a marked-up table needs.
fn unique(headers: impl Iterator<Item = String>) -> Vec<String> {
    let mut taken: Vec<String> = Vec::new();
    for header in headers {
        let differs = |header: &str| taken.iter().all(|known| known.to_lowercase() != header.to_lowercase());
        let numbered = |number: u32| format!("{header} {number}");
        let name =
            if differs(&header) { header.clone() } else { (2..).map(numbered).find(|name| differs(name)).expect("one is free") };
        taken.push(name);
    }
    taken
}

/// The width of a column in letters: enough for its longest word, and no more than its widest allows.
fn width(table: &Table, column: usize, header: &str) -> usize {
    let letters = |cell: &Cell| cell.digits().chars().count();
    let longest = table.rows.iter().map(|row| letters(&row[column])).max().unwrap_or(0);
    let word = header.split_whitespace().map(|word| word.chars().count()).max().unwrap_or(0);
    let header_share = header.chars().count().div_ceil(3);
    longest.min(table.columns[column].widest).max(word + 1).max(header_share).max(NARROWEST)
}

/// How many lines a text takes. Words are not broken, so few lines are full.
pub fn rows_of(text: &str, width: usize) -> usize {
    let (mut lines, mut filled) = (1, 0);
    for word in text.split_whitespace() {
        let letters = word.chars().count();
        if filled > 0 && filled + 1 + letters > width {
            lines += 1;
            filled = 0;
        }
        filled += letters + usize::from(filled > 0);
        lines += filled.saturating_sub(1) / width;
        filled = if filled > width { (filled - 1) % width + 1 } else { filled };
    }
    lines
}

/// A text cut to what a cell can hold.
pub fn cut(text: &str) -> String {
    if text.chars().count() <= LONGEST { text.to_owned() } else { text.chars().take(LONGEST - 1).chain(['…']).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Ratio;

    #[test]
    fn headers_of_a_table_differ() {
        let headers = ["Value", "value", "Rank", "Value"].map(str::to_owned);
        assert_eq!(unique(headers.into_iter()), ["Value", "value 2", "Rank", "Value 3"]);
    }

    #[test]
    fn a_number_is_the_one_nearest_to_its_digits() {
        let number = |numerator, denominator, decimals| Cell::Number {
            ratio: Ratio::new(numerator, denominator).expect("not over zero"),
            decimals,
            signed: false,
        };
        assert_eq!(number(23 * 100, 80, 1).value(), 28.8);
        assert_eq!(number(-1, 20, 2).value(), -0.05);
        assert_eq!(number(25, 2, 0).value(), 13.0);
    }

    #[test]
    fn lines_are_counted_word_by_word() {
        assert_eq!(rows_of("one two three", 7), 2);
        assert_eq!(rows_of("one two three", 6), 3);
        assert_eq!(rows_of("incomprehensibilities", 10), 3);
        assert_eq!(rows_of("", 10), 1);
    }
}
