//! A table as an office would type it, and its bytes as .xlsx, .ods or text. The same table gives the same bytes.

use std::collections::BTreeSet;
use std::io::{Cursor, Write};

use esep::period::Period;
use minijinja::value::Serde;
use minijinja::{Environment, context};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook};
use serde::Serialize;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// A table with its lines above.
#[derive(Serialize)]
pub struct Sheet {
    pub name: String,
    pub titles: Vec<String>,
    pub header: Vec<String>,
    pub rows: Vec<Vec<Typed>>,
    widths: Vec<usize>,
}

/// What is typed into a cell.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum Typed {
    Nothing,
    Number(i64),
    Text(String),
}

impl Sheet {
    /// Columns are as wide as their texts; long headers are broken into lines.
    pub fn new(name: String, titles: Vec<String>, header: Vec<String>, rows: Vec<Vec<Typed>>) -> Self {
        let width = |column: usize| {
            let letters = rows.iter().map(|row: &Vec<Typed>| row[column].to_string().chars().count());
            (letters.max().unwrap_or(0) + 2).clamp(14, 48)
        };
        let widths = (0..header.len()).map(width).collect();
        Self { name, titles, header, rows, widths }
    }
}

/// A workbook of Excel.
pub fn xlsx(sheets: &[Sheet], period: &Period) -> Result<Vec<u8>, String> {
    fill(sheets, period).map_err(|error| error.to_string())
}

fn fill(sheets: &[Sheet], period: &Period) -> Result<Vec<u8>, rust_xlsxwriter::XlsxError> {
    let mut workbook = Workbook::new();
    let created = ExcelDateTime::from_ymd(period.date.year().unsigned_abs(), period.date.month() as u8, period.date.day() as u8)?;
    workbook.set_properties(&DocProperties::new().set_title(&sheets[0].titles[0]).set_creation_datetime(&created));
    let title = Format::new().set_bold().set_font_size(12);
    let header = Format::new().set_bold().set_text_wrap().set_border(FormatBorder::Thin).set_background_color(0xE7EDF3);
    let header = header.set_align(FormatAlign::Center).set_align(FormatAlign::VerticalCenter);
    for sheet in sheets {
        let page = workbook.add_worksheet();
        page.set_name(&sheet.name)?;
        for (row, line) in sheet.titles.iter().enumerate() {
            page.write_with_format(row as u32, 0, line, &title)?;
        }
        // An empty row stands between the titles and the header.
        let top = sheet.titles.len() as u32 + 1;
        for (column, text) in sheet.header.iter().enumerate() {
            page.write_with_format(top, column as u16, text, &header)?;
            page.set_column_width(column as u16, sheet.widths[column] as f64)?;
        }
        page.set_row_height(top, 105)?;
        page.set_freeze_panes(top + 1, 2)?;
        page.set_landscape();
        for (row, cells) in sheet.rows.iter().enumerate() {
            for (column, cell) in cells.iter().enumerate() {
                let (row, column) = (top + 1 + row as u32, column as u16);
                if let Typed::Number(number) = cell {
                    page.write(row, column, *number)?;
                } else if let Typed::Text(text) = cell {
                    page.write(row, column, text)?;
                }
            }
        }
    }
    workbook.save_to_buffer()
}

/// An OpenDocument workbook. Written by templates: the library for it puts styles into another order at every run.
pub fn ods(sheets: &[Sheet], period: &Period) -> Result<Vec<u8>, String> {
    let environment = Environment::new();
    let widths: BTreeSet<usize> = sheets.iter().flat_map(|sheet| sheet.widths.iter().copied()).collect();
    let values = context! { sheets => Serde(sheets), widths => Serde(widths), date => period.date.to_string() };
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, template) in OPEN_DOCUMENT {
        // The type stays unpacked, so that programs know the file by its first bytes.
        let method = if *name == "mimetype" { CompressionMethod::Stored } else { CompressionMethod::Deflated };
        let options = SimpleFileOptions::default().compression_method(method).last_modified_time(DateTime::default());
        // Readers of this format take line breaks between cells for cells.
        let template: String = template.lines().map(str::trim).collect();
        let text = environment.render_named_str(name, &template, &values).map_err(|error| error.to_string())?;
        archive.start_file(*name, options).map_err(|error| error.to_string())?;
        archive.write_all(text.as_bytes()).map_err(|error| error.to_string())?;
    }
    archive.finish().map(Cursor::into_inner).map_err(|error| error.to_string())
}

/// The parts of the archive, in their order.
const OPEN_DOCUMENT: &[(&str, &str)] = &[
    ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
    ("content.xml", include_str!("opendocument/content.xml")),
    ("meta.xml", include_str!("opendocument/meta.xml")),
    ("settings.xml", include_str!("opendocument/settings.xml")),
    ("META-INF/manifest.xml", include_str!("opendocument/manifest.xml")),
];

/// A text table: semicolons, line ends of Windows, the programme's encoding.
pub fn csv(sheet: &Sheet, encoding: &'static encoding_rs::Encoding) -> Result<Vec<u8>, String> {
    let mut writer =
        csv::WriterBuilder::new().delimiter(b';').flexible(true).terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    let titles = sheet.titles.iter().map(|line| vec![line.clone()]);
    let rows = sheet.rows.iter().map(|row| row.iter().map(Typed::to_string).collect());
    for record in titles.chain([sheet.header.clone()]).chain(rows) {
        writer.write_record(&record).map_err(|error| error.to_string())?;
    }
    let bytes = writer.into_inner().map_err(|error| error.to_string())?;
    let text = String::from_utf8(bytes).map_err(|error| error.to_string())?;
    let (encoded, _, unmappable) = encoding.encode(&text);
    if unmappable {
        let odd = text.chars().find(|letter| encoding.encode(&letter.to_string()).2).unwrap_or_default();
        return Err(format!("{} has no letter `{odd}`; send this region's tables as workbooks", encoding.name()));
    }
    Ok(encoded.into_owned())
}

impl std::fmt::Display for Typed {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Typed::Nothing => Ok(()),
            Typed::Number(number) => write!(out, "{number}"),
            Typed::Text(text) => out.write_str(text),
        }
    }
}
