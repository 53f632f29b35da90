//! A trace as a workbook: what is asked about, the rows with links to their cells, what is left out, and what touches it.

use jiff::civil::Date;
use rust_xlsxwriter::{DocProperties, Url, Workbook, XlsxError};

use super::backward::Goes;
use super::change::Difference;
use super::rows::{TracedCell, TracedRow};
use super::voice::Voice;
use super::{Definition, Rule, Trace, TracedTerm};
use crate::language::Language;
use crate::table::Row;
use crate::value::Amount;
use crate::workbook::table::{self, Cell, Column, Formats, Line, Table};
use crate::workbook::{SheetNames, created};

/// The most links that a sheet can hold; all cells beyond are named without one.
const MOST_LINKS: usize = 65_000;

/// A workbook that could not be written.
#[derive(Debug, thiserror::Error)]
#[error("the workbook cannot be made: {0}; ask for a smaller region, or for `--format csv`")]
pub struct Error(#[from] XlsxError);

/// What is told.
#[derive(Clone, Copy, Debug)]
pub enum Told<'a> {
    /// Where a number comes from.
    Trace(&'a Trace),
    /// What a change is made of.
    Change(&'a Difference),
    /// What rests on a cell.
    Goes(&'a Goes),
}

/// The bytes of the workbook. `inputs` is the way from its folder to the project's; `date` is the day in its properties.
///
/// # Errors
/// When a workbook cannot hold it.
pub fn book(language: &Language, told: Told<'_>, inputs: &str, date: Date) -> Result<Vec<u8>, Error> {
    let is_ratio = match told {
        Told::Trace(trace) => trace.definition.denominator_rule.is_some(),
        Told::Change(change) => change.definition.denominator_rule.is_some(),
        Told::Goes(_) => true,
    };
    let writer = Writer { voice: Voice { language }, inputs, is_ratio };
    let sheets = match told {
        Told::Trace(trace) => writer.trace(trace),
        Told::Change(change) => writer.change(change),
        Told::Goes(goes) => writer.goes(goes),
    };
    Ok(writer.draw(sheets, date)?)
}

/// A sheet: its table, and where its links lead: the row and column in the table, the text, and the address.
struct Drawn {
    table: Table,
    links: Vec<(usize, usize, String, String)>,
}

struct Writer<'a> {
    voice: Voice<'a>,
    inputs: &'a str,
    /// Whether the value is a ratio of two sums.
    is_ratio: bool,
}

impl Writer<'_> {
    /// What something adds to the numerator and, where there is one, to the denominator.
    fn sums(&self, numerator: Cell, denominator: Cell) -> impl Iterator<Item = Cell> + use<> {
        std::iter::once(numerator).chain(self.is_ratio.then_some(denominator))
    }

    /// The columns of [`Writer::sums`].
    fn columns_of_sums(&self) -> Vec<Column> {
        let labels: &[&str] = if self.is_ratio { &["numerator", "denominator"] } else { &["numerator"] };
        labels.iter().map(|label| self.figures(label)).collect()
    }

    fn label(&self, key: &str) -> String {
        self.voice.label(key).to_owned()
    }

    fn draw(&self, sheets: Vec<Drawn>, date: Date) -> Result<Vec<u8>, XlsxError> {
        let mut book: Workbook = table::book()?;
        let properties = DocProperties::new()
            .set_title(self.voice.label("trace_title"))
            .set_keywords(self.voice.label("audience_internal"))
            .set_creation_datetime(&created(date)?)
            .set_custom_property("Language", self.voice.language.code.as_str());
        book.set_properties(&properties);
        let formats = Formats::of(self.voice.language.code.direction());
        let mut names = SheetNames::default();
        let warning = Line::Warning(self.label("audience_internal"));
        for Drawn { table, links } in sheets.into_iter().filter(|sheet| !sheet.table.rows.is_empty()) {
            let sheet = book.add_worksheet().set_name(names.take(&table.sheet))?;
            let first = formats.table(sheet, &table, self.voice.label("companion_one_table"), &[&warning])?;
            for (row, column, text, address) in links.into_iter().take(MOST_LINKS) {
                let link = Url::new(address).set_text(text);
                sheet.write_url_with_format(first + row as u32, column as u16, link, &formats.link_in_table)?;
            }
        }
        book.save_to_buffer()
    }

    fn trace(&self, trace: &Trace) -> Vec<Drawn> {
        let mut sheets = vec![self.cover(&trace.number, &trace.definition, trace.why.as_deref())];
        let Some(origin) = &trace.origin else { return sheets };
        let (counted, left): (Vec<&TracedRow>, Vec<&TracedRow>) = origin.rows.iter().partition(|row| row.left_out.is_none());
        sheets.push(self.rows("counted", "trace_counted", &counted));
        sheets.push(self.rows("left_out", "trace_left_out", &left));
        let below = origin.below.iter().map(|sums| {
            let region = [text(&sums.region), text(&sums.name)].into_iter();
            region.chain(self.sums(Cell::amount(sums.numerator), Cell::amount(sums.denominator))).collect()
        });
        let columns = [self.code(), self.words("region", 40)].into_iter().chain(self.columns_of_sums()).collect();
        sheets.push(self.sheet("regions", "trace_below", columns, below.collect()));
        sheets.push(self.findings(origin));
        sheets.push(self.corrections(origin));
        sheets
    }

    fn sheet(&self, id: &'static str, label: &str, columns: Vec<Column>, rows: Vec<Vec<Cell>>) -> Drawn {
        let name = self.label(label);
        Drawn { table: Table { id, sheet: name.clone(), title: name, columns, rows }, links: Vec::new() }
    }

    fn words(&self, label: &str, widest: usize) -> Column {
        Column::words(self.label(label), widest)
    }

    fn figures(&self, label: &str) -> Column {
        Column::figures(self.label(label))
    }

    fn code(&self) -> Column {
        self.words("companion_region_code", 12)
    }

    /// What the number is.
    fn cover(&self, number: &Row, definition: &Definition, why: Option<&str>) -> Drawn {
        let mut rows: Vec<Vec<Cell>> = Vec::new();
        let mut add = |label: String, words: String| {
            if !words.is_empty() {
                rows.push(vec![Cell::Text(label), Cell::Text(words)]);
            }
        };
        add(self.label("indicator"), format!("{} {}", number.indicator, definition.wording));
        add(self.label("region"), format!("{} ({})", number.region_name, number.region));
        add(self.label("trace_period"), number.period.clone());
        let slice = if number.slice.is_empty() { String::new() } else { format!("{} ({})", definition.slice_name, number.slice) };
        add(self.label("trace_slice"), slice);
        let mut rule = |side: &str, rule: &Rule| {
            add(side.to_owned(), format!("{} ({})", rule.name, rule.dataset_name));
            for (label, words) in [("trace_of_those", &rule.population), ("trace_where", &rule.filter), ("trace_adds", &rule.sum)]
            {
                add(format!("{side}. {}", self.label(label)), words.clone());
            }
        };
        if let Some(numerator) = &definition.numerator_rule {
            rule(&self.label("numerator"), numerator);
        }
        if let Some(part) = definition.part.map(|part| &definition.part_rules[part]) {
            rule(&self.label("trace_slice"), part);
        }
        if let Some(denominator) = &definition.denominator_rule {
            rule(&self.label("denominator"), denominator);
        }
        for term in &definition.terms {
            let slice = if term.slice.is_empty() { String::new() } else { format!(" ({})", term.slice) };
            let TracedTerm { weight, indicator, name, region, region_name, period, .. } = term;
            let value = term.value.clone().unwrap_or_else(|| self.label("trace_no_value"));
            add(
                self.label(term.side),
                format!("{weight} × {indicator} {name}{slice}, {region_name} ({region}), {period}: {value}"),
            );
        }
        let told = |sum: Option<Amount>| sum.map(|sum| sum.to_string()).unwrap_or_default();
        let units = |units: Option<u32>| units.map(|units| units.to_string()).unwrap_or_default();
        let value = self.voice.value(number);
        let why = why.map_or_else(String::new, |why| format!(": {why}"));
        add(self.label("trace_value"), format!("{value}{why}"));
        add(self.label("trace_per"), definition.unit.clone());
        if definition.numerator_rule.is_some() {
            add(self.label("numerator"), told(number.numerator));
        }
        if definition.denominator_rule.is_some() {
            add(self.label("denominator"), told(number.denominator));
        }
        add(self.label("expected"), units(number.expected));
        add(self.label("reported"), units(number.reported));
        add(self.label("answered"), units(number.answered));
        let columns = vec![self.words("trace_item", 40), self.words("trace_contents", 100)];
        self.sheet("cover", "trace_title", columns, rows)
    }

    /// Rows with a line for each of their cells.
    fn rows(&self, id: &'static str, label: &str, rows: &[&TracedRow]) -> Drawn {
        let is_left = rows.iter().any(|row| row.left_out.is_some());
        let mut columns = vec![
            self.words("trace_unit", 40),
            self.code(),
            self.words("trace_file", 40),
            self.words("trace_sheet", 20),
            self.words("trace_cell", 9),
            self.words("trace_field", 40),
            self.words("trace_stood_header", 24),
            self.words("trace_understood", 24),
        ];
        if is_left {
            columns.extend([self.words("trace_reason", 30), self.words("trace_instead_header", 40)]);
        } else {
            columns.extend(self.columns_of_sums());
        }
        let mut drawn = self.sheet(id, label, columns, Vec::new());
        for row in rows {
            let none = TracedCell::unread("");
            let cells = if row.cells.is_empty() { std::slice::from_ref(&none) } else { &row.cells[..] };
            for (position, cell) in cells.iter().enumerate() {
                let at = cell.cell.clone().or_else(|| (row.row > 0).then(|| row.row.to_string())).unwrap_or_default();
                if !row.file.is_empty() {
                    let address = self.address(&row.file, &row.sheet, cell.cell.as_deref(), row.row);
                    drawn.links.push((drawn.table.rows.len(), 4, at.clone(), address));
                }
                let mut line: Vec<Cell> = [&row.unit, &row.region, &row.file, &row.sheet, &at, &cell.name]
                    .into_iter()
                    .map(|words| text(words))
                    .collect();
                line.extend([text(cell.stood.as_deref().unwrap_or_default()), text(&cell.words)]);
                if is_left {
                    let reason = row.left_out.map(|reason| self.voice.of("trace_reason", reason)).unwrap_or_default();
                    line.extend([text(reason), text(row.instead.as_deref().unwrap_or_default())]);
                } else {
                    // What the row adds stands once, so that a column can be added up.
                    let of = |sum: Amount| if position == 0 { Cell::amount(sum) } else { text("") };
                    line.extend(self.sums(of(row.numerator), of(row.denominator)));
                }
                drawn.table.rows.push(line);
            }
        }
        drawn
    }

    /// The address of a cell, for a link: relative to the folder of the workbook.
    fn address(&self, file: &str, sheet: &str, cell: Option<&str>, row: u32) -> String {
        // Nothing can be linked to within an archive.
        let is_archive = |name: &str| name.to_ascii_lowercase().ends_with(".zip");
        let names: Vec<&str> = file.split('/').collect();
        let archive = names[..names.len() - 1].iter().position(|name| is_archive(name));
        let (file, sheet) = archive.map_or_else(|| (file.to_owned(), sheet), |at| (names[..=at].join("/"), ""));
        let way = if self.inputs.is_empty() { file } else { format!("{}/{file}", self.inputs) };
        let within = match (sheet.is_empty(), cell) {
            (true, _) => String::new(),
            (false, Some(cell)) => format!("#'{}'!{cell}", sheet.replace('\'', "''")),
            (false, None) => format!("#'{}'!A{row}", sheet.replace('\'', "''")),
        };
        format!("file:///{way}{within}")
    }

    fn findings(&self, origin: &super::Origin) -> Drawn {
        let columns = vec![
            self.words("trace_severity", 14),
            self.words("trace_rule", 30),
            self.words("trace_file", 40),
            self.words("trace_sheet", 20),
            self.words("trace_cell", 9),
            self.words("trace_message", 60),
            self.words("trace_hint", 60),
            self.words("trace_waived", 40),
        ];
        let mut drawn = self.sheet("findings", "trace_findings", columns, Vec::new());
        for found in &origin.findings {
            let at = found.cell.clone().or_else(|| (found.row > 0).then(|| found.row.to_string())).unwrap_or_default();
            if !at.is_empty() && !found.sheet.is_empty() {
                let address = self.address(&found.file, &found.sheet, found.cell.as_deref(), found.row);
                drawn.links.push((drawn.table.rows.len(), 4, at.clone(), address));
            }
            let severity = self.voice.of("severity", found.severity);
            let hint = found.hint.as_deref().unwrap_or_default();
            let waived = found.waived.as_deref().unwrap_or_default();
            let words = [severity, &found.rule, &found.file, &found.sheet, &at, &found.message, hint, waived];
            drawn.table.rows.push(words.into_iter().map(text).collect());
        }
        drawn
    }

    fn corrections(&self, origin: &super::Origin) -> Drawn {
        let columns = vec![
            self.words("trace_unit", 40),
            self.words("trace_file", 40),
            self.words("trace_sheet", 20),
            self.words("trace_cell", 9),
            self.words("trace_answer", 24),
            self.words("trace_field", 30),
            self.words("trace_before", 24),
            self.words("trace_after", 24),
            self.words("trace_place", 50),
        ];
        let mut drawn = self.sheet("corrections", "trace_corrections", columns, Vec::new());
        for found in &origin.corrections {
            let at = found.cell.clone().unwrap_or_else(|| found.row.to_string());
            let address = self.address(&found.file, &found.sheet, found.cell.as_deref(), found.row);
            drawn.links.push((drawn.table.rows.len(), 3, at.clone(), address));
            let kind = self.voice.of("trace_corrections", found.kind);
            let said = |text: &'_ Option<String>| text.clone().unwrap_or_default();
            let (field, before, after, other) = (said(&found.name), said(&found.before), said(&found.after), said(&found.other));
            let words = [&found.unit, &found.file, &found.sheet, &at, kind, &field, &before, &after, &other];
            drawn.table.rows.push(words.into_iter().map(text).collect());
        }
        drawn
    }

    fn change(&self, change: &Difference) -> Vec<Drawn> {
        let before = self.cover(&change.before, &change.definition, None);
        let mut now = self.cover(&change.now, &change.definition, None);
        // The definition is the same; what differs is the period and the numbers.
        let differs = |row: &&Vec<Cell>| !now.table.rows.iter().any(|own| same(own, row));
        let more: Vec<Vec<Cell>> = before.table.rows.iter().filter(differs).map(|row| copied(row)).collect();
        now.table.rows.extend(more);
        let classes = change.classes.iter().map(|class| {
            let class_of = [text(self.voice.of("trace_change", class.class)), Cell::Whole(class.units as i64)].into_iter();
            class_of.chain(self.sums(Cell::amount(class.numerator), Cell::amount(class.denominator))).collect()
        });
        let columns = [self.words("trace_class", 40), self.figures("trace_units")].into_iter();
        let columns = columns.chain(self.columns_of_sums()).collect();
        let classes = self.sheet("classes", "trace_difference", columns, classes.collect());
        vec![now, classes, self.units(change)]
    }

    /// The units of a change, with a line for each field whose answer differs.
    fn units(&self, change: &Difference) -> Drawn {
        let mut columns = vec![self.words("trace_class", 30), self.words("trace_unit", 40)];
        columns.extend(self.columns_of_sums());
        columns.extend([
            self.words("trace_field", 40),
            self.words("trace_before", 40),
            self.words("trace_cell", 9),
            self.words("trace_contents", 24),
            self.words("trace_after", 40),
            self.words("trace_cell", 9),
            self.words("trace_contents", 24),
        ]);
        let mut drawn = self.sheet("units", "trace_units", columns, Vec::new());
        for unit in &change.units {
            let rows = [&unit.before, &unit.now];
            let cells = rows.iter().find_map(|row| row.as_ref()).map_or(&[][..], |row| &row.cells[..]);
            let mut fields: Vec<&TracedCell> = cells.iter().filter(|cell| unit.differs(&cell.field)).collect();
            let none = TracedCell::unread("");
            if fields.is_empty() {
                fields.push(&none);
            }
            for (position, field) in fields.into_iter().enumerate() {
                let of = |sum: Amount| if position == 0 { Cell::amount(sum) } else { text("") };
                let sums = self.sums(of(unit.numerator), of(unit.denominator));
                let mut line = vec![text(self.voice.of("trace_change", unit.class)), text(&unit.unit)];
                line.extend(sums);
                line.push(text(&field.name));
                for row in rows {
                    line.extend(self.side(row.as_ref(), &field.field, line.len() + 1, &mut drawn));
                }
                drawn.table.rows.push(line);
            }
        }
        drawn
    }

    /// Where a row stands, its cell of a field with a link in this column, and what it was understood as.
    fn side(&self, row: Option<&TracedRow>, field: &str, column: usize, drawn: &mut Drawn) -> [Cell; 3] {
        let Some(row) = row else { return ["", "", ""].map(text) };
        let cell = row.cells.iter().find(|cell| cell.field == field);
        let at = cell.and_then(|cell| cell.cell.clone()).unwrap_or_else(|| row.row.to_string());
        let address = self.address(&row.file, &row.sheet, cell.and_then(|cell| cell.cell.as_deref()), row.row);
        drawn.links.push((drawn.table.rows.len(), column, at.clone(), address));
        let sheet = if row.sheet.is_empty() { String::new() } else { format!("!{}", row.sheet) };
        let words = cell.map_or("", |cell| cell.words.as_str());
        let words = row
            .left_out
            .map_or_else(|| words.to_owned(), |reason| format!("{words} ({})", self.voice.of("trace_reason", reason)));
        [text(&format!("{}{sheet}", row.file)), text(&at), text(words.trim())]
    }

    fn goes(&self, goes: &Goes) -> Vec<Drawn> {
        let mut cover: Vec<Vec<Cell>> = vec![vec![Cell::Text(self.label("trace_place")), text(&goes.place)]];
        cover.push(vec![Cell::Text(self.label("trace_answer")), text(self.voice.of("trace_kind", goes.kind.name()))]);
        if let Some(cell) = &goes.cell {
            cover.push(vec![text(&cell.name), text(&cell.words)]);
        }
        for (holds, label) in [(goes.moves, "trace_moves"), (goes.renames, "trace_renames")] {
            if holds {
                cover.push(vec![text(""), Cell::Text(self.label(label))]);
            }
        }
        let columns = vec![self.words("trace_item", 40), self.words("trace_contents", 100)];
        let cover = self.sheet("cover", "trace_title", columns, cover);
        let each = goes.numbers.iter().flat_map(|number| {
            let line = |region| vec![text(&number.period), text(&number.indicator), text(&number.slice), text(region)];
            number.regions.iter().map(move |region| line(region))
        });
        let columns =
            vec![self.words("trace_period", 12), self.words("indicator", 12), self.words("trace_slice", 30), self.code()];
        let numbers = self.sheet("numbers", "trace_numbers", columns, each.collect());
        let documents = goes.documents.iter().map(|document| {
            vec![
                text(&document.period),
                text(&document.path),
                text(&document.region),
                text(&document.language),
                text(&document.indicators.join(", ")),
            ]
        });
        let columns = vec![
            self.words("trace_period", 12),
            self.words("trace_file", 90),
            self.code(),
            self.words("trace_language", 9),
            self.words("indicator", 60),
        ];
        let documents = self.sheet("documents", "trace_documents", columns, documents.collect());
        vec![cover, numbers, documents]
    }
}

fn text(words: &str) -> Cell {
    Cell::Text(words.to_owned())
}

fn same(one: &[Cell], other: &[Cell]) -> bool {
    let words = |cells: &[Cell]| {
        cells.iter().map(|cell| if let Cell::Text(words) = cell { words.clone() } else { String::new() }).collect::<Vec<_>>()
    };
    words(one) == words(other)
}

fn copied(row: &[Cell]) -> Vec<Cell> {
    row.iter().map(|cell| if let Cell::Text(words) = cell { text(words) } else { text("") }).collect()
}
