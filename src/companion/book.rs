//! Draws the workbook: cover, contents and notes, and then one table a sheet, each starting in the first column.

use jiff::civil::Date;
use rust_xlsxwriter::{DocProperties, Worksheet, XlsxError};

use crate::language::Language;
use crate::letters::seen;
use crate::report::model::FrontMatter;
use crate::workbook::table::{self, Cell, Column, Formats, LINE, Line, TITLE, Table, cut, link, rows_of};
use crate::workbook::{SheetNames, created};

/// How many letters fit on a line of the cover.
const WIDTH: usize = 72;
/// The names of the tables of contents and of notes in formulas.
const CONTENTS: &str = "contents";
const NOTES: &str = "notes";

/// The bytes of the workbook; `date` is the day on which it is made.
pub fn draw(language: &Language, front: &FrontMatter, tables: &[Table], date: Date) -> Result<Vec<u8>, XlsxError> {
    let mut book = table::book()?;
    let pen = Pen { language, front, formats: Formats::of(language.code.direction()) };
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
    let one_table = pen.label("companion_one_table");
    for (table, name) in &named {
        let sheet = book.add_worksheet().set_name(name)?;
        if table.id == NOTES {
            pen.formats.table(sheet, table, one_table, &[&to_contents])?;
        } else {
            pen.formats.table(sheet, table, one_table, &[&to_notes, &to_contents, &source])?;
        }
    }
    book.save_to_buffer()
}

/// What all sheets are drawn with.
struct Pen<'a> {
    language: &'a Language,
    front: &'a FrontMatter,
    formats: Formats,
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
            .set_custom_property("Document number", seen(&front.number).as_ref()))
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
        self.formats.turn(sheet);
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
        let first = self.formats.table(sheet, &table, self.label("companion_one_table"), &[])?;
        for (row, (_, name)) in (first..).zip(named) {
            sheet.write_url_with_format(row, 0, link(name, name), &self.formats.link_in_table)?;
        }
        Ok(())
    }

    /// The short forms and words, with what they mean.
    fn notes(&self) -> Table {
        let pairs = [
            ("companion_not_reported", "companion_not_reported_long"),
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
            ("companion_lowest", "companion_range_long"),
            ("companion_highest", "companion_range_long"),
            ("rank", "companion_rank_long"),
            ("share", "companion_reporting_long"),
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
}
