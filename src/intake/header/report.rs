//! What is wrong with the headers of a sheet: columns that are missing, unknown, or twice there.

use std::collections::BTreeSet;

use super::top::Top;
use super::{Header, missing, named, signs, spellings};
use crate::diagnostic::{CauseKind, Diagnostic, Fact, FileName, Place, Rule, did_you_mean, nearest};
use crate::grid::{Raw, Sheet};
use crate::intake::gazetteer::Lookup;
use crate::period::PeriodIndex;
use crate::spec::{FieldIndex, Specs};

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
    pub fn report(
        self,
        given: &[FieldIndex],
        lookup: &Lookup<'_>,
        read: impl Fn(usize) -> bool,
        diagnostics: &mut Vec<Diagnostic>,
    ) {
        let dataset = &self.specs.datasets[self.header.dataset.0];
        let missing: Vec<FieldIndex> =
            missing(self.specs, self.period, self.header).into_iter().filter(|field| !given.contains(field)).collect();
        let spellings = spellings(dataset);
        let top = Top::new(self.sheet);
        let (first, last) = (self.header.first, self.header.row);
        let mut twice = Vec::new();
        for column in 0..top.width(first, last) {
            if let Some(row) = top.bare_caption(first, last, column) {
                diagnostics.push(self.caption(row, column));
                continue;
            }
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
                    // A share is no misspelt count.
                    let names = || missing.iter().flat_map(|&field| dataset.field(field).spellings());
                    let names = || names().filter(|name| signs(name) == signs(&text));
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
        if !self.twice(twice, lookup, diagnostics) {
            self.rows_beside(diagnostics);
        }
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

    /// A header over several columns that hold something, and no header of its own below it.
    fn caption(self, row: usize, column: usize) -> Diagnostic {
        let text = self.sheet.rows[row].get(column).map(Raw::text).unwrap_or_default();
        let message = format!("the header `{text}` stands over several columns and names none of them");
        Diagnostic::new(Rule::UnknownColumn, self.place(row, Some(column)), message)
            .hint("give each of the columns a header of its own")
            .because(CauseKind::CaptionOverColumns, vec![("found", Fact::Text(text))])
    }

    /// Cells below no header are not read: the first of each such column is named.
    fn nameless(&self, top: &Top<'_>, read: impl Fn(usize) -> bool, diagnostics: &mut Vec<Diagnostic>) {
        let (first, last) = (self.header.first, self.header.row);
        let below = || self.sheet.rows.iter().enumerate().skip(last + 1).filter(|(row, _)| read(*row));
        let width = below().map(|(_, cells)| cells.len()).max().unwrap_or(0);
        let captions = (0..top.width(first, last)).filter_map(|column| Some((top.bare_caption(first, last, column)?, column)));
        let captioned: BTreeSet<usize> = captions.flat_map(|(row, column)| top.under(row, column)).collect();
        let is_nameless = |column: &usize| {
            let has_header = !top.stack(first, last, *column).is_empty() || self.header.field(*column).is_some();
            !has_header && !captioned.contains(column)
        };
        for column in (0..width).filter(is_nameless) {
            let mut filled = below().filter(|(_, cells)| cells.get(column).is_some_and(|cell| !cell.is_blank()));
            let Some((row, _)) = filled.next() else { continue };
            let further = filled.count();
            let more = match further {
                0 => String::new(),
                1 => ", nor is 1 more below it".to_owned(),
                count => format!(", nor are {count} more below it"),
            };
            let message = format!("this cell stands below no header; it is not read{more}");
            let (kind, facts) = match further {
                0 => (CauseKind::ColumnWithoutHeader, Vec::new()),
                _ => (CauseKind::CellsWithoutHeader, vec![("count", Fact::Text((further + 1).to_string()))]),
            };
            diagnostics.push(
                Diagnostic::new(Rule::UnknownColumn, self.place(row, Some(column)), message)
                    .hint("give the column a header, or empty it")
                    .because(kind, facts),
            );
        }
    }
}
