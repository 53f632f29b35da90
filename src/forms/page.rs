//! Draws a table to be filled in, and a table of the same form with the values of last time.

use rust_xlsxwriter::{
    ConditionalFormatFormula, DataValidation, DataValidationErrorStyle, DataValidationRule, Format, FormatAlign, FormatBorder,
    Formula, ProtectionOptions, Worksheet, XlsxError,
};

use super::asked::Formulas;
use super::plan::{Page, Row, Slot, Value};
use super::{Material, print, set_aside};
use crate::diagnostic::cell_name;
use crate::language::LanguageCode;
use crate::period::PeriodIndex;
use crate::region::RegionIndex;
use crate::spec::{Dataset, Field, FieldIndex, FieldKind};
use crate::value::Amount;

const HEADER: u32 = 0xE7_EDF3;
const LOCKED: u32 = 0xF3_F3F3;
const NOT_ASKED: u32 = 0xA6_A6A6;
const SAME: u32 = 0x9C_5700;
const GREY: u32 = 0x80_8080;
/// The most letters that spreadsheet programs allow in the message of a cell and in its title.
const MESSAGE: usize = 254;
const TITLE: usize = 31;

/// Lists to choose from. Spreadsheet programs limit lists in the cell's own rule, so all lists stand on one sheet.
pub struct Choices {
    sheet: String,
    lists: Vec<Vec<String>>,
}

impl Choices {
    /// Lists that will stand on a sheet of this name.
    pub fn new(sheet: &str) -> Self {
        Self { sheet: sheet.to_owned(), lists: Vec::new() }
    }

    /// A reference to a list, which is added if it is new.
    fn refer(&mut self, list: Vec<String>) -> Formula {
        let place = self.lists.iter().position(|known| *known == list).unwrap_or_else(|| {
            self.lists.push(list.clone());
            self.lists.len() - 1
        });
        let corner = |row: u32| absolute(row, place as u32 + 1);
        Formula::new(format!("='{}'!{}:{}", self.sheet, corner(1), corner(list.len().max(1) as u32)))
    }

    /// Draws the sheet of lists.
    pub fn draw(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        set_aside(sheet)?;
        for (column, list) in self.lists.iter().enumerate() {
            for (row, text) in list.iter().enumerate() {
                sheet.write_string(row as u32 + 1, column as u16 + 1, text)?;
            }
        }
        sheet.protect().set_hidden(true);
        Ok(())
    }
}

/// A cell as an absolute reference: `$B$2`.
fn absolute(row: u32, column: u32) -> String {
    let name = cell_name(row, column);
    let letters: String = name.chars().take_while(char::is_ascii_alphabetic).collect();
    format!("${letters}${}", row + 1)
}

/// What a table is drawn with.
pub struct Pen<'a> {
    pub material: &'a Material<'a>,
    pub page: &'a Page,
    pub region: RegionIndex,
}

impl Pen<'_> {
    fn dataset(&self) -> &Dataset {
        self.material.specs.dataset(self.page.dataset)
    }

    fn field(&self, field: FieldIndex) -> &Field {
        self.dataset().field(field)
    }

    /// The row of the header: titles, a line of advice and an empty row come before it.
    fn header_top(&self) -> u32 {
        self.material.written().len() as u32 + 2
    }

    fn first_row(&self) -> u32 {
        self.header_top() + self.material.written().len() as u32
    }

    fn last_row(&self) -> u32 {
        (self.first_row() + (self.page.rows.len() + self.page.spare).max(1) as u32) - 1
    }

    /// Draws the table to be filled in; `last` is the name of the sheet with the values of last time.
    pub fn draw(&self, sheet: &mut Worksheet, last: Option<&str>, choices: &mut Choices) -> Result<(), XlsxError> {
        let bold = Format::new().set_bold().set_font_size(12);
        // On pages side by side only the first columns stand on each, and a longer title would be cut there.
        let named = self.named();
        let width: usize = self.page.fields.iter().take(usize::from(named)).map(|&field| self.width(field)).sum();
        let is_wide = named > 0 && print::is_divided(&self.widths(), usize::from(named));
        for (row, language) in self.material.written().iter().enumerate() {
            let period = self.material.specs.period(self.material.period).name.get(language);
            let region = self.material.specs.hierarchy.region(self.region).name.get(language);
            let title = format!("{}: {region}, {period}", self.dataset().name.get(language));
            let row = row as u32;
            if is_wide {
                let format = bold.clone().set_text_wrap().set_align(FormatAlign::Top);
                let lines = title.chars().count().div_ceil((width * 3 / 4).max(1));
                sheet.set_row_height(row, lines as f64 * 16.0)?;
                if named > 1 {
                    sheet.merge_range(row, 0, row, named - 1, &title, &format)?;
                } else {
                    sheet.write_string_with_format(row, 0, title, &format)?;
                }
            } else {
                sheet.write_string_with_format(row, 0, title, &bold)?;
            }
        }
        self.header(sheet)?;
        let locked = Format::new().set_background_color(LOCKED).set_border(FormatBorder::Hair).set_num_format("@");
        let empty = Slot::default();
        for row in self.first_row()..=self.last_row() {
            let known = self.page.rows.get((row - self.first_row()) as usize);
            for (column, &field) in self.page.fields.iter().enumerate() {
                let slot = known.map_or(&empty, |row: &Row| &row.slots[column]);
                let open = self.open(field);
                write(sheet, row, column as u16, slot.known.as_ref(), if slot.locked { &locked } else { &open })?;
            }
        }
        for (column, &field) in self.page.fields.iter().enumerate() {
            let column = column as u16;
            sheet.add_data_validation(self.first_row(), column, self.last_row(), column, &self.rule(field, choices)?)?;
            if let Some(formula) = self.not_asked(field) {
                let grey = Format::new().set_background_color(NOT_ASKED);
                let mark =
                    ConditionalFormatFormula::new().set_rule(Formula::new(formula)).set_format(grey).set_stop_if_true(true);
                sheet.add_conditional_format(self.first_row(), column, self.last_row(), column, &mark)?;
            }
            // What stands there already was not typed in again.
            let is_typed = |row: &&Row| !row.slots[usize::from(column)].locked && row.slots[usize::from(column)].known.is_none();
            let is_asked = 2 * self.page.rows.iter().filter(is_typed).count() > self.page.rows.len();
            if let (Some(last), true) = (last, is_asked) {
                let cell = cell_name(self.first_row(), u32::from(column));
                // A blank cell counts as zero, and is none. The colour of letters leaves the colours of findings as they are.
                let same = Formula::new(format!("=AND({cell}<>\"\",'{last}'!{cell}<>\"\",{cell}='{last}'!{cell})"));
                let letters = Format::new().set_italic().set_font_color(SAME);
                let mark = ConditionalFormatFormula::new().set_rule(same).set_format(letters);
                sheet.add_conditional_format(self.first_row(), column, self.last_row(), column, &mark)?;
            }
        }
        let width = self.page.fields.len() as u16;
        sheet.autofilter(self.first_row() - 1, 0, self.last_row(), width - 1)?;
        self.furnish(sheet)?;
        sheet.set_selection(self.first_row(), self.first_open(), self.first_row(), self.first_open())?;
        let allowed =
            ProtectionOptions { format_columns: true, format_rows: true, use_autofilter: true, ..ProtectionOptions::new() };
        sheet.protect_with_options(&allowed);
        Ok(())
    }

    /// The formula, for the first row, that shows where a field is not asked; `None` where it always is.
    fn not_asked(&self, field: FieldIndex) -> Option<String> {
        let cell = |field: FieldIndex| {
            let column = self.page.fields.iter().position(|known| *known == field)? as u32;
            // The column stays, the row moves with the cell that is looked at.
            Some(format!("${}", cell_name(self.first_row(), column)))
        };
        let formulas = Formulas { material: self.material, dataset: self.dataset(), cell: &cell };
        formulas.not_asked(field).map(|formula| format!("={formula}"))
    }

    /// Draws the same table with the values of last time, to look at.
    pub fn draw_last(&self, sheet: &mut Worksheet, period: PeriodIndex) -> Result<(), XlsxError> {
        set_aside(sheet)?;
        let title = self.material.joined(" – ", |language| {
            let period = self.material.specs.period(period).name.get(language);
            format!("{} ({}: {period})", self.dataset().name.get(language), self.material.label(language, "forms_last"))
        });
        let note = self.material.joined(" – ", |language| self.material.label(language, "forms_last_note"));
        let (advice, hint) = (Format::new().set_italic().set_font_color(GREY), Format::new().set_italic().set_font_color(GREY));
        sheet.write_string_with_format(1, 0, format!("{title}. {note}."), &advice)?;
        self.header(sheet)?;
        for (offset, row) in self.page.rows.iter().enumerate() {
            for (column, slot) in row.slots.iter().enumerate() {
                let value = if slot.locked { slot.known.as_ref() } else { slot.last.as_ref() };
                write(sheet, self.first_row() + offset as u32, column as u16, value, &hint)?;
            }
        }
        self.furnish(sheet)?;
        sheet.set_tab_color(0xBF_BFBF);
        let allowed = ProtectionOptions { format_columns: true, format_rows: true, ..ProtectionOptions::new() };
        sheet.protect_with_options(&allowed);
        Ok(())
    }

    /// Draws a row of names for each language; the row right above the data is in the lead language.
    fn header(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        let base = Format::new().set_text_wrap().set_border(FormatBorder::Thin).set_background_color(HEADER).set_font_size(9);
        let base = base.set_align(FormatAlign::Center).set_align(FormatAlign::VerticalCenter);
        let lead = self.material.lead();
        let others = self.material.written().iter().rev().filter(|language| *language != lead);
        for (row, language) in (self.header_top()..).zip(others.chain([lead])) {
            let format = if language == lead { base.clone().set_bold() } else { base.clone().set_italic() };
            let mut lines = 1;
            for (column, &field) in self.page.fields.iter().enumerate() {
                let name = self.field(field).name.get(language);
                lines = lines.max(name.chars().count().div_ceil(self.width(field)));
                sheet.write_string_with_format(row, column as u16, name, &format)?;
            }
            sheet.set_row_height(row, (lines as f64 * 13.0 + 6.0).min(200.0))?;
        }
        Ok(())
    }

    fn furnish(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        for (column, &field) in self.page.fields.iter().enumerate() {
            sheet.set_column_width(column as u16, self.width(field) as f64)?;
        }
        let named = self.named();
        sheet.set_freeze_panes(self.first_row(), named)?;
        print::set(sheet, &self.widths(), usize::from(named))?;
        sheet.set_repeat_rows(self.header_top(), self.first_row() - 1)?;
        Ok(())
    }

    /// How many columns say what a row is about and stand on every page.
    fn named(&self) -> u16 {
        self.first_open().min(2)
    }

    fn widths(&self) -> Vec<usize> {
        self.page.fields.iter().map(|&field| self.width(field)).collect()
    }

    /// The width of a column in letters.
    fn width(&self, field: FieldIndex) -> usize {
        match self.field(field).kind {
            FieldKind::Code => 16,
            FieldKind::Text => 42,
            FieldKind::Region { .. } => 24,
            FieldKind::Category(ref values) => {
                let longest = values.iter().map(|value| value.name.get(self.material.lead()).chars().count()).max();
                // The list opens with an arrow beside the text.
                (longest.unwrap_or(0) + 4).clamp(16, 42)
            }
            FieldKind::Flag | FieldKind::Count { .. } => 16,
        }
    }

    /// The first column that may be filled in.
    fn first_open(&self) -> u16 {
        let is_locked = |column: &usize| self.page.rows.first().is_some_and(|row| row.slots[*column].locked);
        (0..self.page.fields.len()).take_while(is_locked).count() as u16
    }

    fn open(&self, field: FieldIndex) -> Format {
        let format = Format::new().set_unlocked().set_border(FormatBorder::Hair);
        match self.field(field).kind {
            FieldKind::Code | FieldKind::Text | FieldKind::Region { .. } => format.set_num_format("@"),
            FieldKind::Category(_) | FieldKind::Flag => format,
            FieldKind::Count { places: 0, .. } => format.set_num_format("0"),
            FieldKind::Count { places, .. } => format.set_num_format(format!("0.{}", "0".repeat(places as usize))),
        }
    }

    /// The rule for a cell: what it may hold, and what a person is told about it.
    fn rule(&self, index: FieldIndex, choices: &mut Choices) -> Result<DataValidation, XlsxError> {
        let field = self.field(index);
        let not_applicable = self.not_applicable(index, self.material.lead());
        let mut choose = |mut list: Vec<String>| {
            list.extend(not_applicable.map(str::to_owned));
            DataValidation::new().allow_list_formula(choices.refer(list))
        };
        let rule = match &field.kind {
            FieldKind::Code | FieldKind::Text => DataValidation::new().allow_any_value(),
            FieldKind::Region { .. } => match self.page.regions.get(&index).filter(|list| !list.is_empty()) {
                Some(list) => choose(list.clone()),
                None => DataValidation::new().allow_any_value(),
            },
            FieldKind::Category(values) => {
                choose(values.iter().map(|value| value.name.get(self.material.lead()).to_owned()).collect())
            }
            FieldKind::Flag => choose(vec![self.material.flag(true), self.material.flag(false)]),
            &FieldKind::Count { places: places @ 1.., min, max, .. } => {
                let cell = self.first_cell(index);
                let [min, max] = [min, max].map(|bound| Amount::new(bound, places).trimmed());
                let number = format!("AND(ROUND(N({cell}),{places})=N({cell}),N({cell})>={min},N({cell})<={max})");
                let otherwise = not_applicable.map_or_else(|| "FALSE".to_owned(), |word| format!("{cell}=\"{}\"", quoted(word)));
                DataValidation::new().allow_custom(Formula::new(format!("=IF(ISNUMBER({cell}),{number},{otherwise})")))
            }
            FieldKind::Count { min, max, .. } => {
                let bound = |bound: i64| i32::try_from(bound).unwrap_or(i32::MAX);
                match not_applicable {
                    None => DataValidation::new().allow_whole_number(DataValidationRule::Between(bound(*min), bound(*max))),
                    Some(word) => {
                        let cell = self.first_cell(index);
                        let number =
                            format!("AND(INT(N({cell}))=N({cell}),N({cell})>={},N({cell})<={})", bound(*min), bound(*max));
                        let word = quoted(word);
                        DataValidation::new()
                            .allow_custom(Formula::new(format!("=IF(ISNUMBER({cell}),{number},{cell}=\"{word}\")")))
                    }
                }
            }
        };
        // Where the answers beside it tell whether a question is put, the cell shows that, and stays blank.
        let is_always_asked = field.asked.fields().is_empty();
        let advice = |language: &LanguageCode| {
            let word = self.not_applicable(index, language).filter(|_| is_always_asked);
            self.advice(index, language, word)
        };
        let message = cut(&self.material.joined("\n", advice), MESSAGE);
        let checks = self.material.joined(" / ", |language| self.material.label(language, "forms_check"));
        let fits = checks.chars().count() <= TITLE;
        let check = if fits { checks } else { cut(&self.material.label(self.material.lead(), "forms_check"), TITLE) };
        rule.set_error_style(DataValidationErrorStyle::Stop)
            .set_error_title(check)?
            .set_error_message(message.as_str())?
            .set_input_message(message)
    }

    /// The name of the first cell below the header of a field.
    fn first_cell(&self, index: FieldIndex) -> String {
        let column = self.page.fields.iter().position(|known| *known == index).unwrap_or_default();
        cell_name(self.first_row(), column as u32)
    }

    /// The word for a question that does not concern the unit; `None` where every unit must answer.
    fn not_applicable(&self, index: FieldIndex, language: &LanguageCode) -> Option<&str> {
        let may_not_apply = !self.dataset().is_vital(index) && !self.field(index).required;
        self.material.not_applicable(language).filter(|_| may_not_apply)
    }

    /// What a person is told about a cell.
    fn advice(&self, index: FieldIndex, language: &LanguageCode, not_applicable: Option<&str>) -> String {
        let field = self.field(index);
        let label = |key| self.material.label(language, key);
        let mut advice = match &field.kind {
            FieldKind::Code | FieldKind::Text => label("forms_free"),
            FieldKind::Region { .. } | FieldKind::Category(_) | FieldKind::Flag => label("forms_choose"),
            FieldKind::Count { places: places @ 1.., min, max, .. } => {
                let number = |units| self.material.number(language, Amount::new(units, *places).trimmed());
                let filled = label("forms_decimal").replace("{min}", &number(*min)).replace("{max}", &number(*max));
                filled.replace("{places}", &places.to_string())
            }
            FieldKind::Count { min, max, .. } => {
                label("forms_whole").replace("{min}", &min.to_string()).replace("{max}", &max.to_string())
            }
        };
        if field.required || self.dataset().is_vital(index) {
            advice = format!("{advice} {}", label("forms_required"));
        } else if let Some(word) = not_applicable {
            advice = format!("{advice} {}", label("forms_not_applicable").replace("{}", word));
        }
        advice
    }
}

fn write(sheet: &mut Worksheet, row: u32, column: u16, value: Option<&Value>, format: &Format) -> Result<(), XlsxError> {
    match value {
        Some(Value::Text(text)) => sheet.write_string_with_format(row, column, text, format)?,
        Some(Value::Number(number)) => sheet.write_number_with_format(row, column, number.nearest(), format)?,
        None => sheet.write_blank(row, column, format)?,
    };
    Ok(())
}

/// A text within the quotes of a formula.
fn quoted(text: &str) -> String {
    text.replace('"', "\"\"")
}

fn cut(text: &str, length: usize) -> String {
    if text.chars().count() <= length { text.to_owned() } else { text.chars().take(length - 1).chain(['…']).collect() }
}
