//! Finds the headers of a sheet, on one row or on several, and the dataset that they belong to.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::cell::Raw;
use super::grid::Sheet;
use crate::diagnostic::{CauseKind, Diagnostic, Fact, FileName, Place, Rule, did_you_mean, nearest};
use crate::period::PeriodIndex;
use crate::spec::names::Names;
use crate::spec::{Dataset, DatasetIndex, FieldIndex, Specs, fold_header};

/// Rows above the header: titles, dates, stamps. Deeper down a table does not begin.
const SEARCHED_ROWS: usize = 40;

/// Rows that a header may stand on.
const MOST_ROWS: usize = 3;

/// Signs between a caption and a header below it when a dataset writes both as one.
const SEPARATORS: [&str; 5] = [" / ", " ", ", ", ": ", " – "];

/// Where the columns of a dataset stand in a sheet.
#[derive(Debug)]
pub struct Header {
    /// Whose headers they are.
    pub dataset: DatasetIndex,
    /// Its first row among the sheet's rows.
    pub first: usize,
    /// Its last row among the sheet's rows.
    pub row: usize,
    /// Fields and their columns among the sheet's columns.
    pub columns: Vec<(FieldIndex, usize)>,
    /// Columns of which the header was understood as more than it says: the column, its header, and the field.
    pub understood: Vec<(usize, String, FieldIndex)>,
    /// The column in which corrections name the keys of the rows that they replace.
    pub replaces: Option<usize>,
    /// Other datasets that the headers fit as well.
    pub rivals: Vec<DatasetIndex>,
}

impl Header {
    /// The column of a field.
    pub fn column(&self, field: FieldIndex) -> Option<usize> {
        self.columns.iter().find(|(found, _)| *found == field).map(|(_, column)| *column)
    }

    /// The field of a column.
    pub fn field(&self, column: usize) -> Option<FieldIndex> {
        self.columns.iter().find(|(_, found)| *found == column).map(|(field, _)| *field)
    }
}

/// Every spelling of every header of a dataset, folded.
pub fn spellings(dataset: &Dataset) -> HashMap<String, FieldIndex> {
    let fields = dataset.fields.iter().enumerate();
    fields
        .flat_map(|(position, field)| field.spellings().map(move |spelling| (fold_header(spelling), FieldIndex(position))))
        .collect()
}

/// A field that a header names, and whether captions above the header were left out to find it.
type Named = (FieldIndex, bool);

/// The texts at the top of a sheet, folded as headers; those of merged cells stand in all of them.
struct Top<'a> {
    sheet: &'a Sheet,
    /// A text, and the first column of the merged cells that it stands in.
    texts: Vec<Vec<(String, usize)>>,
}

impl<'a> Top<'a> {
    fn new(sheet: &'a Sheet) -> Self {
        let rows = sheet.rows.len().min(SEARCHED_ROWS + MOST_ROWS - 1);
        let width = sheet.rows[..rows].iter().map(Vec::len).max().unwrap_or(0);
        let mut texts: Vec<Vec<(String, usize)>> = sheet.rows[..rows]
            .iter()
            .map(|cells| cells.iter().enumerate().map(|(column, cell)| (fold_header(&cell.text()), column)).collect())
            .collect();
        for merge in &sheet.merged {
            let inside = |from: u32, to: u32, first: u32, count: usize| {
                let from = from.checked_sub(first).map_or(0, |from| from as usize);
                let to = to.checked_sub(first).map_or(0, |to| (to as usize + 1).min(count));
                from..to
            };
            let (down, across) = (
                inside(merge.first_row, merge.last_row, sheet.first_row, rows),
                inside(merge.first_column, merge.last_column, sheet.first_column, width),
            );
            let Some(text) = texts.get(down.start).and_then(|cells| cells.get(across.start)).map(|(text, _)| text.clone()) else {
                continue;
            };
            if text.is_empty() {
                continue;
            }
            for row in down {
                if texts[row].len() < across.end {
                    let from = texts[row].len();
                    texts[row].extend((from..across.end).map(|column| (String::new(), column)));
                }
                for column in across.clone() {
                    texts[row][column] = (text.clone(), across.start);
                }
            }
        }
        Self { sheet, texts }
    }

    fn text(&self, row: usize, column: usize) -> &str {
        self.texts[row].get(column).map_or("", |(text, _)| text)
    }

    /// The texts of a column from row to row, captions above its header included; empty where it has no header of its own.
    fn stack(&self, first: usize, last: usize, column: usize) -> Vec<&str> {
        let own = |row: usize| self.texts[row].get(column).is_some_and(|(text, at)| !text.is_empty() && *at == column);
        let Some(lowest) = (first..=last).rev().find(|&row| !self.text(row, column).is_empty()) else { return Vec::new() };
        // A caption over several columns is the header of none but the first.
        if !own(lowest) {
            return Vec::new();
        }
        let mut stack: Vec<&str> = Vec::new();
        for row in first..=lowest {
            let mut text = self.text(row, column);
            if text.is_empty() && row < lowest {
                text = self.caption(row, lowest, column);
            }
            if !text.is_empty() && stack.last() != Some(&text) {
                stack.push(text);
            }
        }
        stack
    }

    /// A caption that is not merged over its columns: the next text to the left, when that has headers below it too.
    fn caption(&self, row: usize, lowest: usize, column: usize) -> &str {
        let left = (0..column).rev().find(|&left| !self.text(row, left).is_empty());
        left.filter(|&left| {
            (row + 1..=lowest).any(|below| !self.text(below, left).is_empty() && self.text(below, left) != self.text(row, left))
        })
        .map_or("", |left| self.text(row, left))
    }

    /// Whether a text is merged over several columns that have texts of their own below it.
    fn is_caption(&self, row: usize, column: usize) -> bool {
        let under = |right: &usize| self.texts[row].get(*right).is_some_and(|(_, at)| *at == column);
        let columns = (column..).take_while(under);
        let mut below = columns.filter(|&right| {
            self.texts.get(row + 1).and_then(|cells| cells.get(right)).is_some_and(|(text, at)| !text.is_empty() && *at == right)
        });
        below.next().is_some() && below.next().is_some()
    }

    /// Whether the header of a column is merged with the cell below it.
    fn reaches_below(&self, row: usize, column: usize) -> bool {
        let blank = self.sheet.rows.get(row + 1).is_none_or(|cells| cells.get(column).is_none_or(Raw::is_blank));
        let below = self.texts.get(row + 1).and_then(|cells| cells.get(column)).map_or("", |(text, _)| text);
        blank && !below.is_empty() && below == self.text(row, column)
    }

    /// The header of a column as a person reads it.
    fn shown(&self, first: usize, last: usize, column: usize) -> String {
        if self.stack(first, last, column).is_empty() {
            return String::new();
        }
        let mut shown: Vec<String> = Vec::new();
        for row in first..=last {
            let at = self.texts[row].get(column).map_or(column, |(_, at)| *at);
            let text = self.sheet.rows[row].get(at).map(Raw::text).unwrap_or_default();
            if !text.is_empty() && shown.last() != Some(&text) {
                shown.push(text);
            }
        }
        shown.join(" / ")
    }

    fn width(&self, first: usize, last: usize) -> usize {
        self.texts[first..=last].iter().map(Vec::len).max().unwrap_or(0)
    }

    /// Fields and their columns; of several columns of a field the first one that needs the fewest captions left out.
    fn columns(&self, spellings: &HashMap<String, FieldIndex>, first: usize, last: usize) -> Vec<(FieldIndex, usize, bool)> {
        let mut columns: Vec<(FieldIndex, usize, bool)> = Vec::new();
        for column in 0..self.width(first, last) {
            let named = if first == last {
                let text = self.text(first, column);
                let own = self.texts[first].get(column).is_some_and(|(_, at)| *at == column) && !self.is_caption(first, column);
                spellings.get(text).filter(|_| own).map(|&field| (field, false))
            } else {
                named(spellings, &self.stack(first, last, column))
            };
            let Some((field, shortened)) = named else { continue };
            match columns.iter_mut().find(|(found, _, _)| *found == field) {
                Some(other) if other.2 && !shortened => *other = (field, column, shortened),
                Some(_) => {}
                None => columns.push((field, column, shortened)),
            }
        }
        columns
    }
}

/// The field that captions and header name together, or the header with fewer of the captions.
fn named(spellings: &HashMap<String, FieldIndex>, stack: &[&str]) -> Option<Named> {
    for start in 0..stack.len() {
        let rest = &stack[start..];
        for separator in &SEPARATORS[..if rest.len() == 1 { 1 } else { SEPARATORS.len() }] {
            if let Some(&field) = spellings.get(&rest.join(separator)) {
                return Some((field, start > 0));
            }
        }
    }
    None
}

/// The best rows of headers; `None` when no row has the headers of any dataset.
pub fn find(specs: &Specs, period: PeriodIndex, sheet: &Sheet) -> Option<Header> {
    let top = Top::new(sheet);
    let mut datasets: Vec<_> = specs.datasets.iter().enumerate().filter(|(_, dataset)| dataset.whole).collect();
    // Of equally good ones, one that is sent in the period.
    datasets.sort_by_key(|(_, dataset)| !dataset.life.holds(period));
    let spellings: Vec<HashMap<String, FieldIndex>> = datasets.iter().map(|(_, dataset)| spellings(dataset)).collect();
    let mut best: Option<(usize, usize, Header)> = None;
    for height in 1..=MOST_ROWS {
        for (&(position, dataset), spellings) in datasets.iter().zip(&spellings) {
            for first in 0..SEARCHED_ROWS.min((top.texts.len() + 1).saturating_sub(height)) {
                let last = first + height - 1;
                let columns = top.columns(spellings, first, last);
                let has_column = |key: &FieldIndex| columns.iter().any(|(field, _, _)| field == key);
                let has_key = dataset.key.iter().any(|key| has_column(key) || dataset.field(*key).headless);
                if columns.len() < 2.min(dataset.fields.len()) || !has_key && columns.len() * 2 < dataset.fields.len() {
                    continue;
                }
                // More columns are better; with equally many, fewer rows, then the dataset with fewer fields left over.
                let (found, left_over) = (columns.len(), dataset.fields.len() - columns.len());
                let better = |(most, fewest, known): &(usize, usize, Header)| {
                    found > *most || found == *most && left_over < *fewest && known.row - known.first + 1 == height
                };
                if let Some((most, fewest, known)) = &mut best
                    && (found, left_over, first, last) == (*most, *fewest, known.first, known.row)
                    && specs.datasets[known.dataset.0].id != dataset.id
                    && specs.datasets[known.dataset.0].life.holds(period) == dataset.life.holds(period)
                {
                    known.rivals.push(DatasetIndex(position));
                }
                if best.as_ref().is_none_or(better) {
                    let understood = columns.iter().filter(|(_, _, shortened)| *shortened);
                    let understood =
                        understood.map(|&(field, column, _)| (column, top.shown(first, last, column), field)).collect();
                    let columns = columns.iter().map(|&(field, column, _)| (field, column)).collect();
                    best = Some((
                        found,
                        left_over,
                        Header {
                            dataset: DatasetIndex(position),
                            first,
                            row: last,
                            columns,
                            understood,
                            replaces: None,
                            rivals: Vec::new(),
                        },
                    ));
                }
            }
        }
        // Where nothing is missing, captions above the row cannot add anything.
        if best.as_ref().is_some_and(|(_, _, header)| missing(specs, period, header).is_empty()) {
            break;
        }
    }
    let (_, _, mut header) = best?;
    // Merged cells show how far down the headers reach, even where none of those below is known.
    while header.row + 1 < header.first + MOST_ROWS
        && header.columns.iter().any(|&(_, column)| top.reaches_below(header.row, column))
    {
        header.row += 1;
    }
    let dataset = &specs.datasets[header.dataset.0];
    alike(&specs.programme.names, dataset, &top, &mut header);
    headless(dataset, &top, &mut header);
    // A column that the period does not have is none of the table.
    let lives = |field: FieldIndex| dataset.field(field).life.holds(period);
    header.columns.retain(|(field, _)| lives(*field));
    header.understood.retain(|(_, _, field)| lives(*field));
    header.replaces = (0..top.width(header.first, header.row)).find(|&column| {
        header.field(column).is_none() && dataset.replaces.contains(&fold_header(&top.shown(header.first, header.row, column)))
    });
    Some(header)
}

/// Takes headers whose letters look like those of a field that is still missing.
fn alike(names: &Names, dataset: &Dataset, top: &Top<'_>, header: &mut Header) {
    let open: Vec<usize> = (0..top.width(header.first, header.row)).filter(|&column| header.field(column).is_none()).collect();
    let shown: Vec<(usize, String)> =
        open.into_iter().map(|column| (column, top.shown(header.first, header.row, column))).collect();
    if shown.iter().all(|(_, text)| text.is_empty()) {
        return;
    }
    // A reading that several fields share names none of them.
    let mut readings: HashMap<String, Option<FieldIndex>> = HashMap::new();
    for (position, field) in dataset.fields.iter().enumerate() {
        for reading in field.spellings().flat_map(|spelling| names.plain(spelling)) {
            match readings.entry(reading) {
                Entry::Vacant(entry) => {
                    entry.insert(Some(FieldIndex(position)));
                }
                Entry::Occupied(mut entry) => {
                    if *entry.get() != Some(FieldIndex(position)) {
                        entry.insert(None);
                    }
                }
            }
        }
    }
    for (column, text) in shown.into_iter().filter(|(_, text)| !text.is_empty()) {
        let mut meant: Vec<Option<FieldIndex>> =
            names.plain(&text).iter().filter_map(|reading| readings.get(reading).copied()).collect();
        meant.dedup();
        if let [Some(field)] = meant.as_slice()
            && header.column(*field).is_none()
        {
            header.columns.push((*field, column));
            header.understood.push((column, text, *field));
        }
    }
}

/// Takes the first filled column without a header for the field whose column may lack it.
fn headless(dataset: &Dataset, top: &Top<'_>, header: &mut Header) {
    let field = (0..dataset.fields.len()).map(FieldIndex).find(|&field| dataset.field(field).headless);
    let Some(field) = field.filter(|&field| header.column(field).is_none()) else { return };
    let below = || top.sheet.rows.iter().skip(header.row + 1);
    let width = below().map(Vec::len).max().unwrap_or(0);
    let is_filled = |column: usize| below().any(|cells| cells.get(column).is_some_and(|cell| !cell.is_blank()));
    let first = (0..width).find(|&column| top.stack(header.first, header.row, column).is_empty() && is_filled(column));
    if let Some(column) = first {
        header.columns.push((field, column));
        header.understood.push((column, String::new(), field));
    }
}

/// Fields that the period asks for and the sheet has no column of.
fn missing(specs: &Specs, period: PeriodIndex, header: &Header) -> Vec<FieldIndex> {
    let dataset = &specs.datasets[header.dataset.0];
    (0..dataset.fields.len())
        .map(FieldIndex)
        .filter(|&field| header.column(field).is_none() && dataset.field(field).life.holds(period))
        .collect()
}

/// A sheet whose headers were found.
#[derive(Clone, Copy)]
pub struct Found<'a> {
    /// The specifications.
    pub specs: &'a Specs,
    /// The period it was sent for.
    pub period: PeriodIndex,
    /// The file it stands in.
    pub file: &'a FileName,
    /// Its cells.
    pub sheet: &'a Sheet,
    /// Its headers.
    pub header: &'a Header,
}

impl Found<'_> {
    /// A table of a dataset that is not sent in the period.
    pub fn unexpected(&self) -> Option<Diagnostic> {
        let dataset = &self.specs.datasets[self.header.dataset.0];
        if dataset.life.holds(self.period) {
            return None;
        }
        let id = |index: PeriodIndex| self.specs.programme.periods[index.0].id.as_str();
        let (name, period) = (&dataset.id, id(self.period));
        let life = match (dataset.life.since.filter(|since| self.period < *since), dataset.life.until) {
            (Some(since), _) => format!("begins with `{}`", id(since)),
            (None, until) => format!("ends with `{}`", until.map_or("", id)),
        };
        let message = format!("the dataset `{name}` {life}, and this table was sent for `{period}`; it is not read");
        let mut unexpected = Diagnostic::new(Rule::UnexpectedTable, self.place(self.header.row, None), message)
            .hint("take it out, or put it into the folder of its period")
            .because(CauseKind::UnexpectedTable, vec![("dataset", Fact::Dataset(name.as_str().into()))]);
        unexpected.concern.dataset = Some(name.as_str().into());
        unexpected.concern.period = Some(period.into());
        Some(unexpected)
    }

    /// A cell of the sheet, or a row, by its position among the sheet's rows and columns.
    pub fn place(&self, row: usize, column: Option<usize>) -> Place {
        Place::Cell {
            file: self.file.clone(),
            sheet: self.sheet.name.clone(),
            row: self.sheet.first_row + row as u32,
            column: column.map(|column| self.sheet.first_column + column as u32),
        }
    }

    /// Its headers fit several datasets: rows of one would be taken for those of another.
    pub fn ambiguous(&self) -> Diagnostic {
        let datasets = std::iter::once(&self.header.dataset).chain(&self.header.rivals);
        let names: Vec<&str> = datasets.map(|dataset| self.specs.datasets[dataset.0].id.as_str()).collect();
        let names = crate::diagnostic::list(&names);
        Diagnostic::new(
            Rule::AmbiguousTable,
            self.place(self.header.row, None),
            format!("these headers fit several datasets: {names}; not read"),
        )
        .hint("give the datasets a header that tells them apart")
        .because(CauseKind::AmbiguousTable, Vec::new())
    }

    /// Says of a row of a text table that it has more cells than the header: one of them is cut in two, and nobody knows which.
    pub fn shifted(&self, offset: usize) -> Option<Diagnostic> {
        let rows = &self.sheet.rows;
        let width = rows[self.header.first..=self.header.row].iter().map(Vec::len).max().unwrap_or(0);
        let beyond = rows[offset].get(width..).filter(|_| self.sheet.is_text())?;
        let found = width + beyond.iter().rposition(|cell| !cell.is_blank())? + 1;
        let message = format!("expected at most {width} cells, as many as there are headers, found {found}; the row is not read");
        let facts = vec![("headers", Fact::Text(width.to_string())), ("cells", Fact::Text(found.to_string()))];
        Some(
            Diagnostic::new(Rule::ShiftedRow, self.place(offset, None), message)
                .hint("put the text in which the separator stands into quotes, or save the file as .xlsx")
                .because(CauseKind::ShiftedRow, facts),
        )
    }

    /// Reports columns that are missing, unknown or twice there. `given` are fields that captions answer; `read` tells the rows
    /// of the table from those that are none.
    pub fn report(self, given: &[FieldIndex], read: impl Fn(usize) -> bool, diagnostics: &mut Vec<Diagnostic>) {
        let dataset = &self.specs.datasets[self.header.dataset.0];
        let missing: Vec<FieldIndex> =
            missing(self.specs, self.period, self.header).into_iter().filter(|field| !given.contains(field)).collect();
        let spellings = spellings(dataset);
        let top = Top::new(self.sheet);
        let (first, last) = (self.header.first, self.header.row);
        let mut twice = Vec::new();
        for column in 0..top.width(first, last) {
            let text = top.shown(first, last, column);
            if text.is_empty() || self.header.field(column).is_some() || self.header.replaces == Some(column) {
                continue;
            }
            let place = self.place(last, Some(column));
            let known = named(&spellings, &top.stack(first, last, column)).map(|(field, _)| field);
            match known.filter(|&field| self.header.column(field).is_some()) {
                Some(field) => twice.push((column, text, field)),
                None if known.is_some_and(|field| !dataset.field(field).life.holds(self.period)) => {
                    let period = &self.specs.programme.periods[self.period.0].id;
                    let message = format!("the column `{text}` is none of `{period}`; it is not read");
                    diagnostics.push(
                        Diagnostic::new(Rule::UnknownColumn, place, message)
                            .hint("`since` and `until` of its field say in which periods it is asked for")
                            .because(CauseKind::UnknownColumn, vec![("found", Fact::Text(text))]),
                    );
                }
                None if matches!(self.sheet.rows.get(last).and_then(|cells| cells.get(column)), Some(Raw::Date(_))) => {
                    let message = format!("the header of this column is the date `{text}`; it is not read");
                    diagnostics.push(
                        Diagnostic::new(Rule::UnknownColumn, place, message)
                            .hint("the spreadsheet program took what was typed for a date: format the cell as text, and type it again")
                            .because(CauseKind::DateForHeader, vec![("found", Fact::Text(text))]),
                    );
                }
                None => {
                    let names = || missing.iter().flat_map(|&field| dataset.field(field).spellings());
                    let meant = nearest(&text, names());
                    let meant = missing.iter().find(|&&field| dataset.field(field).spellings().any(|name| Some(name) == meant));
                    let mut facts = vec![("found", Fact::Text(text.clone()))];
                    facts.extend(meant.map(|&field| ("field", dataset.fact(field))));
                    let kind = if meant.is_some() { CauseKind::MisspeltColumn } else { CauseKind::UnknownColumn };
                    diagnostics.push(
                        Diagnostic::new(Rule::UnknownColumn, place, format!("unknown column `{text}`; it is not read"))
                            .maybe_hint(did_you_mean(&text, names()))
                            .because(kind, facts),
                    );
                }
            }
        }
        self.twice(twice, diagnostics);
        self.nameless(&top, read, diagnostics);
        let below = || self.sheet.rows.iter().skip(last + 1);
        let is_headless = |column: usize| {
            let is_filled = |cells: &Vec<Raw>| cells.get(column).is_some_and(|cell| !cell.is_blank());
            top.stack(first, last, column).is_empty() && self.header.field(column).is_none() && below().any(is_filled)
        };
        let width = below().map(Vec::len).max().unwrap_or(0);
        for index in missing {
            let field = dataset.field(index);
            let names: Vec<&str> = field.name.all().collect();
            let or = match dataset.is_vital(index) && (0..width).any(is_headless) {
                true => ", or declare `header: none` for it when its column has none",
                false => "",
            };
            diagnostics.push(
                Diagnostic::new(
                    Rule::MissingColumn,
                    self.place(last, None),
                    format!("the column `{}` of the dataset `{}` is missing", field.id, dataset.id),
                )
                .hint(format!("add a column with the header {}{or}", crate::diagnostic::list(&names)))
                .because(CauseKind::MissingColumn, vec![("field", dataset.fact(index))]),
            );
        }
    }

    /// Reports columns whose field has another one; of a whole second table beside the first, only where it begins.
    fn twice(self, columns: Vec<(usize, String, FieldIndex)>, diagnostics: &mut Vec<Diagnostic>) {
        let dataset = &self.specs.datasets[self.header.dataset.0];
        let has_key = |key: &FieldIndex| columns.iter().any(|(_, _, field)| field == key);
        let is_table = columns.len() > 1 && columns.len() * 2 >= self.header.columns.len() && dataset.key.iter().all(has_key);
        for (column, text, field) in columns.into_iter().take(if is_table { 1 } else { usize::MAX }) {
            let place = self.place(self.header.row, Some(column));
            diagnostics.push(if is_table {
                Diagnostic::new(Rule::DuplicateColumn, place, "a second table begins beside the first; it is not read")
                    .hint("put it below the first one, or on a sheet of its own")
                    .because(CauseKind::TableBeside, Vec::new())
            } else {
                let id = &dataset.field(field).id;
                Diagnostic::new(Rule::DuplicateColumn, place, format!("`{text}` stands here a second time for `{id}`"))
                    .hint("remove one of the two columns, or give it another header")
                    .because(CauseKind::DuplicateColumn, vec![("field", dataset.fact(field))])
            });
        }
    }

    /// Cells below no header are not read: the first of each such column is named.
    fn nameless(&self, top: &Top<'_>, read: impl Fn(usize) -> bool, diagnostics: &mut Vec<Diagnostic>) {
        let (first, last) = (self.header.first, self.header.row);
        let below = || self.sheet.rows.iter().enumerate().skip(last + 1).filter(|(row, _)| read(*row));
        let width = below().map(|(_, cells)| cells.len()).max().unwrap_or(0);
        let is_nameless = |column: &usize| top.stack(first, last, *column).is_empty() && self.header.field(*column).is_none();
        for column in (0..width).filter(is_nameless) {
            let mut filled = below().filter(|(_, cells)| cells.get(column).is_some_and(|cell| !cell.is_blank()));
            let Some((row, _)) = filled.next() else { continue };
            let more = match filled.count() {
                0 => String::new(),
                1 => ", nor is 1 more below it".to_owned(),
                count => format!(", nor are {count} more below it"),
            };
            let message = format!("this cell stands below no header; it is not read{more}");
            diagnostics.push(
                Diagnostic::new(Rule::UnknownColumn, self.place(row, Some(column)), message)
                    .hint("give the column a header, or empty it")
                    .because(CauseKind::ColumnWithoutHeader, Vec::new()),
            );
        }
    }
}
