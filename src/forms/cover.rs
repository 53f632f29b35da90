//! Draws the sheet that tells a person what to do, with one column for each language.

use rust_xlsxwriter::{Format, FormatAlign, FormatUnderline, Url, Worksheet, XlsxError};

use super::plan::Page;
use super::{Material, set_aside};
use crate::language::{LanguageCode, punctuation};
use crate::region::RegionIndex;

/// How many letters fit on a line of a column.
const WIDTH: usize = 80;

/// Draws the cover of the workbook for `region`; `pages` are its tables with the names of their sheets.
pub fn draw(
    material: &Material<'_>,
    region: RegionIndex,
    pages: &[(&Page, String)],
    sheet: &mut Worksheet,
) -> Result<(), XlsxError> {
    set_aside(sheet)?;
    let plain = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    let strong = plain.clone().set_bold();
    let title = strong.clone().set_font_size(14);
    let link = plain.clone().set_font_color(0x05_63C1).set_underline(FormatUnderline::Single);
    let columns: Vec<Vec<Line>> = material.written().iter().map(|language| lines(material, region, pages, language)).collect();
    for (position, lines) in columns.iter().enumerate() {
        let column = 2 * position as u16;
        sheet.set_column_width(column, WIDTH as f64)?;
        sheet.set_column_width(column + 1, 3)?;
        for (row, line) in (1..).zip(lines) {
            match line {
                Line::Empty => &mut *sheet,
                Line::Title(text) => sheet.write_string_with_format(row, column, text, &title)?,
                Line::Strong(text) => sheet.write_string_with_format(row, column, text, &strong)?,
                Line::Plain(text) => sheet.write_string_with_format(row, column, text, &plain)?,
                Line::Link(text, name) => {
                    let place = Url::new(format!("internal:'{name}'!A1")).set_text(text);
                    sheet.write_url_with_format(row, column, place, &link)?
                }
            };
        }
    }
    // Spreadsheet programs do not always make rows high enough for their texts.
    for row in 0..columns.iter().map(Vec::len).max().unwrap_or(0) {
        let high = columns.iter().filter_map(|lines| lines.get(row)).map(Line::height).fold(15.0, f64::max);
        sheet.set_row_height(row as u32 + 1, high)?;
    }
    if columns.len() == 1 {
        sheet.set_portrait();
    } else {
        sheet.set_landscape();
    }
    sheet.set_paper_size(9).set_print_fit_to_pages(1, 1).set_screen_gridlines(false);
    sheet.protect();
    Ok(())
}

/// A line of the cover.
enum Line {
    Empty,
    Title(String),
    Strong(String),
    Plain(String),
    /// A link: its text, and the sheet that it leads to.
    Link(String, String),
}

impl Line {
    fn height(&self) -> f64 {
        let (text, width, line) = match self {
            Line::Empty => return 15.0,
            Line::Title(text) => (text, WIDTH * 7 / 10, 20.0),
            Line::Strong(text) | Line::Plain(text) | Line::Link(text, _) => (text, WIDTH * 8 / 10, 15.0),
        };
        text.chars().count().div_ceil(width).max(1) as f64 * line
    }
}

fn lines(material: &Material<'_>, region: RegionIndex, pages: &[(&Page, String)], language: &LanguageCode) -> Vec<Line> {
    let programme = &material.specs.programme;
    let period = &programme.periods[material.period.0];
    let label = |key| material.label(language, key);
    let date = |day| material.languages.get(language).map_or_else(|| format!("{day}"), |language| language.date(day));
    let name = material.specs.hierarchy.region(region).name.get(language);
    let mut lines = vec![
        Line::Title(label("forms_title")),
        Line::Strong(programme.title.get(language).to_owned()),
        Line::Plain(programme.publisher.get(language).to_owned()),
        Line::Strong(format!("{}: {name}", label("region"))),
        Line::Strong(format!("{}: {}", label("forms_period"), period.name.get(language))),
        Line::Plain(punctuation::stops(&label("forms_date").replace("{}", &date(period.date)))),
    ];
    lines.extend(period.due.map(|due| Line::Strong(punctuation::stops(&label("forms_due").replace("{}", &date(due))))));
    lines.extend([Line::Empty, Line::Strong(label("forms_sheets"))]);
    lines.extend(pages.iter().map(|(page, sheet)| {
        let dataset = material.specs.dataset(page.dataset).name.get(language);
        Line::Link(format!("{dataset} ({}: {})", label("forms_rows"), page.rows.len()), sheet.clone())
    }));
    lines.extend([Line::Empty, Line::Strong(label("forms_steps_heading"))]);
    let steps = label("forms_steps");
    lines.extend(steps.lines().map(str::trim).filter(|step| !step.is_empty()).map(|step| Line::Plain(step.to_owned())));
    let depends = |page: &Page| {
        let dataset = material.specs.dataset(page.dataset);
        page.fields.iter().any(|&field| !dataset.field(field).asked.fields().is_empty())
    };
    if pages.iter().any(|(page, _)| depends(page)) {
        lines.push(Line::Plain(label("forms_not_asked")));
    }
    lines
}
