//! Draws the workbook: cover, contents and notes, and then one table a sheet, each starting in the first column.

use jiff::civil::Date;
use rust_xlsxwriter::{
    DocProperties, Format, FormatAlign, FormatBorder, FormatUnderline, IgnoreError, TableColumn, TableStyle, Url, Workbook,
    Worksheet, XlsxError,
};

use super::{Cell, Column, Table};
use crate::language::Language;
use crate::report::model::FrontMatter;
use crate::workbook::{SheetNames, created};

const FONT: &str = "Arial";
/// The height of a row and the width of a column, in pixels, unless set otherwise.
const DEFAULTS: (u32, u32) = (19, 72);
/// How many letters fit on a line of the cover.
const WIDTH: usize = 72;
/// The least width of a column, in letters, for short words or numbers.
const NARROWEST: usize = 9;
/// The most letters that a cell holds.
const LONGEST: usize = 32_767;
/// Heights in points: of a line of text, of a title, and of the highest row allowed.
const LINE: f64 = 15.0;
const TITLE: f64 = 22.0;
const HIGHEST: f64 = 400.0;
/// A dark blue with enough contrast on white; links are underlined as well.
const LINK: u32 = 0x0B_4F8A;
/// The names of the tables of contents and of notes in formulas.
const CONTENTS: &str = "contents";
const NOTES: &str = "notes";

/// The bytes of the workbook; `date` is the day on which it is made.
pub fn draw(language: &Language, front: &FrontMatter, tables: &[Table], date: Date) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    book.set_default_format(&plain(), DEFAULTS.0, DEFAULTS.1)?;
    let pen = Pen { language, front, formats: Formats::new() };
    book.set_properties(&pen.properties(date)?);
    let mut names = SheetNames::default();
    let cover = names.take(pen.label("companion_cover"));
    let contents = names.take(pen.label("contents"));
    let notes = pen.notes();
    let all = || std::iter::once(&notes).chain(tables);
    let named: Vec<(&Table, String)> = all().map(|table| (table, names.take(&table.sheet))).collect();
    let explained = named[0].1.clone();

    pen.cover(book.add_worksheet().set_name(&cover)?, &contents)?;
    pen.contents(book.add_worksheet().set_name(&contents)?, &named)?;
    let to_contents = Line::Link(pen.label("companion_see_contents").replace("{}", &contents), &contents);
    let to_notes = Line::Link(pen.label("companion_see_notes").replace("{}", &explained), &explained);
    let source = Line::Plain(format!("{}: {}", pen.label("source"), front.source));
    for (table, name) in &named {
        let sheet = book.add_worksheet().set_name(name)?;
        if table.id == NOTES {
            pen.table(sheet, table, &[&to_contents])?;
        } else {
            pen.table(sheet, table, &[&to_notes, &to_contents, &source])?;
        }
    }
    book.save_to_buffer()
}

/// A line above a table.
enum Line<'a> {
    Plain(String),
    /// A link: its text, and the sheet that it leads to.
    Link(String, &'a str),
}

/// What all sheets are drawn with.
struct Pen<'a> {
    language: &'a Language,
    front: &'a FrontMatter,
    formats: Formats,
}

struct Formats {
    plain: Format,
    title: Format,
    heading: Format,
    link: Format,
    /// For the cover, where lines may be long.
    wrapped: Format,
    /// For whom the workbook is, on the cover.
    warning: Format,
    /// For headers of words, and for headers of numbers.
    header: Format,
    header_aside: Format,
    words: Format,
    aside: Format,
    whole: Format,
    link_in_table: Format,
}

/// The usual letters: without serifs, in a size that is easy to read.
fn plain() -> Format {
    Format::new().set_font_name(FONT).set_font_size(11)
}

impl Formats {
    fn new() -> Self {
        let top = plain().set_align(FormatAlign::Top);
        let link = plain().set_font_color(LINK).set_underline(FormatUnderline::Single);
        let header = plain().set_bold().set_text_wrap().set_border_bottom(FormatBorder::Thin);
        Self {
            title: plain().set_bold().set_font_size(16).set_text_wrap(),
            heading: plain().set_bold().set_font_size(14),
            wrapped: top.clone().set_text_wrap(),
            warning: top.clone().set_text_wrap().set_bold(),
            header: header.clone().set_align(FormatAlign::Left),
            header_aside: header.set_align(FormatAlign::Right),
            words: top.clone().set_text_wrap().set_align(FormatAlign::Left),
            aside: top.clone().set_align(FormatAlign::Right),
            whole: top.clone().set_num_format("#,##0"),
            link_in_table: link.clone().set_align(FormatAlign::Top),
            link,
            plain: plain(),
        }
    }

    /// The format of a number with so many decimals.
    fn number(&self, decimals: u32, signed: bool) -> Format {
        let places = if decimals == 0 { String::new() } else { format!(".{}", "0".repeat(decimals as usize)) };
        let format = if signed { format!("+#,##0{places};-#,##0{places};0{places}") } else { format!("#,##0{places}") };
        plain().set_align(FormatAlign::Top).set_num_format(format)
    }
}

impl Pen<'_> {
    fn label(&self, key: &str) -> &str {
        &self.language.labels[key]
    }

    fn properties(&self, date: Date) -> Result<DocProperties, XlsxError> {
        let front = self.front;
        let region = front.language.region.as_ref().map(|region| format!("-{region}")).unwrap_or_default();
        Ok(DocProperties::new()
            .set_keywords(front.audience.as_deref().unwrap_or_default())
            .set_title(format!("{}. {}. {}", front.title, front.region.name, front.period.name))
            .set_subject(self.label("companion_title"))
            .set_author(&front.publisher)
            .set_company(&front.publisher)
            .set_creation_datetime(&created(date)?)
            // Spreadsheet programs know these names.
            .set_custom_property("Language", format!("{}{region}", front.language.code))
            .set_custom_property("Document number", front.number.as_str()))
    }

    /// The cover: whose tables these are, for whom, what they are about and of which day, all in the first column.
    fn cover(&self, sheet: &mut Worksheet, contents: &str) -> Result<(), XlsxError> {
        let front = self.front;
        let fact = |label: &str, value: &str| format!("{}: {value}", self.label(label));
        let above: Vec<&str> = front.region.parents.iter().map(|parent| parent.name.as_str()).collect();
        let name = [&[front.region.name.as_str()], above.as_slice()].concat().join(", ");
        let facts = [
            fact("companion_period", &front.period.name),
            fact("region", &name),
            fact("companion_region_code", &front.region.code),
            fact("companion_publisher", &front.publisher),
            fact("date", &front.date),
            fact("document_number", &front.number),
            fact("source", &front.source),
        ];
        sheet.set_column_width(0, WIDTH as f64)?;
        sheet.write_string_with_format(0, 0, cut(&front.title), &self.formats.title)?;
        // Fewer letters of a large title fit on a line.
        sheet.set_row_height(0, rows_of(&front.title, WIDTH * 6 / 10) as f64 * TITLE)?;
        let subtitle = format!("{}: {}", self.label("companion_title"), front.region.name);
        sheet.write_string_with_format(1, 0, cut(&subtitle), &self.formats.heading)?;
        sheet.set_row_height(1, TITLE)?;
        let lines = || front.audience.iter().chain(&facts).chain(&front.notice);
        for (row, text) in (2..).zip(lines()) {
            let is_warning = front.audience.as_ref() == Some(text);
            let format = if is_warning { &self.formats.warning } else { &self.formats.wrapped };
            sheet.write_string_with_format(row, 0, cut(text), format)?;
            sheet.set_row_height(row, rows_of(text, WIDTH) as f64 * LINE + 3.0)?;
        }
        let see = self.label("companion_see_contents").replace("{}", contents);
        sheet.write_url_with_format(2 + lines().count() as u32, 0, link(contents, &see), &self.formats.link)?;
        sheet.set_paper_size(9).set_print_fit_to_pages(1, 0);
        Ok(())
    }

    /// The list of the sheets that follow, with links to them.
    fn contents(&self, sheet: &mut Worksheet, named: &[(&Table, String)]) -> Result<(), XlsxError> {
        let column = |label: &str, widest| Column { header: self.label(label).to_owned(), widest };
        let row = |(table, name): &(&Table, String)| {
            vec![Cell::Text(name.clone()), Cell::Text(table.title.clone()), Cell::Whole(table.rows.len() as i64)]
        };
        let table = Table {
            id: CONTENTS,
            sheet: String::new(),
            title: self.label("contents").to_owned(),
            columns: vec![column("companion_sheet", 34), column("companion_table", 90), column("companion_rows", 14)],
            rows: named.iter().map(row).collect(),
        };
        let first = self.table(sheet, &table, &[])?;
        for (row, (_, name)) in (first..).zip(named) {
            sheet.write_url_with_format(row, 0, link(name, name), &self.formats.link_in_table)?;
        }
        Ok(())
    }

    /// The short forms and words, with what they mean.
    fn notes(&self) -> Table {
        let pairs = [
            ("companion_not_reported", "missing_not_reported_long"),
            ("companion_not_applicable", "missing_not_applicable_long"),
            ("companion_zero_denominator", "missing_zero_denominator_long"),
            ("companion_withheld", "missing_withheld_long"),
            ("companion_unreliable", "missing_unreliable_long"),
            ("companion_none", "companion_none_long"),
            ("companion_small", "mark_small_long"),
            ("companion_incomplete", "mark_incomplete_long"),
            ("companion_less", "companion_less_long"),
            ("companion_more", "companion_more_long"),
            ("companion_value", "companion_value_long"),
            ("numerator", "companion_sums_long"),
            ("denominator", "companion_sums_long"),
            ("change", "companion_change_long"),
            ("rank", "companion_rank_long"),
            ("coverage_short", "companion_response_long"),
            ("unregistered", "companion_unregistered_long"),
            ("status_reached", "status_reached_long"),
            ("status_near", "status_near_long"),
            ("status_behind", "status_behind_long"),
        ];
        let words = |label: &str| Cell::Text(self.label(label).to_owned());
        Table {
            id: NOTES,
            sheet: self.label("companion_notes").to_owned(),
            title: self.label("companion_notes").to_owned(),
            columns: vec![
                Column { header: self.label("companion_mark").to_owned(), widest: 26 },
                Column { header: self.label("companion_meaning").to_owned(), widest: 100 },
            ],
            rows: pairs.into_iter().map(|(mark, meaning)| vec![words(mark), words(meaning)]).collect(),
        }
    }

    /// Draws a sheet with one table below its title and `lines`; returns the row of the table's first data.
    fn table(&self, sheet: &mut Worksheet, table: &Table, lines: &[&Line<'_>]) -> Result<u32, XlsxError> {
        sheet.write_string_with_format(0, 0, cut(&table.title), &self.formats.heading)?;
        sheet.set_row_height(0, TITLE)?;
        sheet.write_string_with_format(1, 0, self.label("companion_one_table"), &self.formats.plain)?;
        for (row, line) in (2..).zip(lines) {
            match line {
                Line::Plain(text) => sheet.write_string_with_format(row, 0, cut(text), &self.formats.plain)?,
                Line::Link(text, name) => sheet.write_url_with_format(row, 0, link(name, text), &self.formats.link)?,
            };
        }
        let head = 2 + lines.len() as u32;
        let headers = unique(table.columns.iter().map(|column| column.header.clone()));
        let widths: Vec<usize> = (0..headers.len()).map(|column| width(table, column, &headers[column])).collect();
        let numeric: Vec<bool> = (0..headers.len()).map(|column| is_numeric(table, column)).collect();
        let columns = headers.iter().enumerate().map(|(column, header)| {
            let left = distant(&self.formats.header, column);
            let format = if numeric[column] { &self.formats.header_aside } else { &left };
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
            .set_alt_text(self.label("companion_one_table"));
        sheet.add_table(head, 0, last_row, last_column, &marked)?;
        for (column, width) in widths.iter().enumerate() {
            sheet.set_column_width(column as u16, *width as f64 + 2.0)?;
        }
        let high = headers.iter().zip(&widths).map(|(header, &width)| rows_of(header, width)).max().unwrap_or(1);
        sheet.set_row_height(head, (high as f64 * LINE + 3.0).min(HIGHEST))?;
        // A short form in a column of numbers is aligned as they are.
        let words = |(column, &numeric): (usize, &bool)| {
            if numeric { self.formats.aside.clone() } else { distant(&self.formats.words, column) }
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
                    sheet.write_number_with_format(row, place, *number as f64, &self.formats.whole)?;
                }
                Cell::Number { decimals, signed, .. } => {
                    sheet.write_number_with_format(row, place, cell.value(), &self.formats.number(*decimals, *signed))?;
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
fn link(sheet: &str, text: &str) -> Url {
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
fn rows_of(text: &str, width: usize) -> usize {
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
fn cut(text: &str) -> String {
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
