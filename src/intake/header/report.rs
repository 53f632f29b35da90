//! What is wrong with the headers of a sheet: columns that are missing, unknown, or there twice.

use std::collections::BTreeSet;

use super::below::Below;
use super::captions::Group;
use super::columns::missing;
use super::found::Found;
use super::spelling::{named, signs};
use super::top::Top;
use crate::diagnostic::{CauseKind, Diagnostic, Fact, Place, Rule, did_you_mean, nearest};
use crate::grid::Raw;
use crate::intake::gazetteer::Lookup;
use crate::spec::{FieldIndex, fold_header};

impl<'a> Found<'a> {
    /// Reports columns that are missing, unknown or there twice. `given` are the fields that captions answer; `read` says of a row whether
    /// it is part of the table.
    pub fn report(
        self,
        given: &[FieldIndex],
        lookup: &Lookup<'_>,
        read: impl Fn(usize) -> bool,
        diagnostics: &mut Vec<Diagnostic>,
    ) {
        let dataset = self.specs.dataset(self.header.dataset);
        let missing: Vec<FieldIndex> =
            missing(self.specs, self.period, self.header).into_iter().filter(|field| !given.contains(field)).collect();
        // What is wrong with all columns is told once for each period.
        if !self.is_first_of_period() {
            if !missing.is_empty() {
                self.missing(&Top::new(self.sheet), missing, diagnostics);
            }
            return;
        }
        let top = Top::new(self.sheet);
        let (first, last) = (self.header.first, self.header.row);
        let mut twice = Vec::new();
        let mut below = dataset.excerpt.has_captions().then(|| Below::new(self));
        if !self.is_again {
            self.stale(diagnostics);
        }
        for column in 0..top.width(first, last) {
            if let Some(row) = top.bare_caption(first, last, column) {
                diagnostics.push(self.caption(row, column));
                continue;
            }
            let text = top.shown(first, last, column);
            if text.is_empty() || self.header.is_used(column) || dataset.excerpt.ignores(&fold_header(&text)) {
                continue;
            }
            let place = self.place(last, Some(column));
            if below.as_mut().is_some_and(|below| below.take(&top, column, &text)) {
                continue;
            }
            let known = named(&dataset.spellings, &top.stack(first, last, column)).map(|(field, _)| field);
            match known {
                Some(field) if self.header.column(field).is_some() => twice.push((column, text, field)),
                Some(field) if !dataset.field(field).life.holds(self.period) => {
                    diagnostics.push(self.of_another_period(place, text));
                }
                Some(_) | None => diagnostics.push(self.unknown(column, place, text, &missing)),
            }
        }
        below.into_iter().for_each(|below| below.report(diagnostics));
        for &(field, column) in self.header.groups.iter().flat_map(|group| &group.again) {
            diagnostics.push(self.again(column, &top.shown(first, last, column), field));
        }
        if !self.twice(twice, lookup, diagnostics) {
            self.rows_beside(diagnostics);
        }
        self.without_header(&top, read, diagnostics);
        self.missing(&top, missing, diagnostics);
    }

    /// Reports headers and captions that are formulas without a stored result: nobody knows what stands there.
    fn stale(self, diagnostics: &mut Vec<Diagnostic>) {
        for row in self.header.first..=self.header.row {
            let cells = self.sheet.rows[row].iter().enumerate();
            for (column, _) in cells.filter(|(_, cell)| matches!(cell, Raw::Stale)) {
                let message = "expected a header, found a formula without a stored result";
                diagnostics.push(
                    Diagnostic::new(Rule::InvalidValue, self.place(row, Some(column)), message)
                        .hint("open the workbook in a spreadsheet program and save it, or type the text")
                        .because(CauseKind::StaleFormula, Vec::new()),
                );
            }
        }
    }

    /// The finding about a column that the period does not ask for.
    fn of_another_period(self, place: Place, text: String) -> Diagnostic {
        let period = &self.specs.period(self.period).id;
        let message = format!("the column `{text}` is none of `{period}`; it is not read");
        Diagnostic::new(Rule::UnknownColumn, place, message)
            .hint("`since` and `until` of its field say in which periods it is asked for")
            .because(CauseKind::UnknownColumn, vec![("found", Fact::Text(text))])
    }

    /// The finding about an unknown column, with the missing column that is perhaps meant.
    fn unknown(self, column: usize, place: Place, text: String, missing: &[FieldIndex]) -> Diagnostic {
        if matches!(self.sheet.rows.get(self.header.row).and_then(|cells| cells.get(column)), Some(Raw::Date(_))) {
            let message = format!("the header of this column is the date `{text}`; it is not read");
            return Diagnostic::new(Rule::UnknownColumn, place, message)
                .hint("the spreadsheet program took what was typed for a date: format the cell as text, and type it again")
                .because(CauseKind::DateForHeader, vec![("found", Fact::Text(text))]);
        }
        let dataset = self.specs.dataset(self.header.dataset);
        // A share is never taken for a misspelt count.
        let names = || missing.iter().flat_map(|&field| dataset.field(field).spellings());
        let names = || names().filter(|name| signs(name) == signs(&text));
        let meant = nearest(&text, names());
        let meant = missing.iter().find(|&&field| dataset.field(field).spellings().any(|name| Some(name) == meant));
        let mut facts = vec![("found", Fact::Text(text.clone()))];
        facts.extend(meant.map(|&field| ("field", dataset.fact(field))));
        let kind = if meant.is_some() { CauseKind::MisspeltColumn } else { CauseKind::UnknownColumn };
        Diagnostic::new(Rule::UnknownColumn, place, format!("unknown column `{text}`; it is not read"))
            .maybe_hint(did_you_mean(&text, names()))
            .because(kind, facts)
    }

    /// Whether the columns that are read now are the first ones of their period.
    fn is_first_of_period(self) -> bool {
        let of_period = |group: &&Group| group.period.is_none_or(|period| period == self.period);
        self.header.groups.iter().find(of_period).is_none_or(|group| group.values == self.header.given)
    }

    /// The columns below captions that are read now.
    fn group(self) -> Option<&'a Group> {
        let is_now =
            |group: &&Group| group.period.is_none_or(|period| period == self.period) && group.values == self.header.given;
        self.header.groups.iter().find(is_now)
    }

    /// Reports the columns that are asked for and missing.
    fn missing(self, top: &Top<'_>, missing: Vec<FieldIndex>, diagnostics: &mut Vec<Diagnostic>) {
        let dataset = self.specs.dataset(self.header.dataset);
        let (first, last) = (self.header.first, self.header.row);
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
            let mut facts = vec![("field", dataset.fact(index))];
            // Where other captions have it, it is missing below these.
            let group = self.group().filter(|_| self.header.is_grouped(index)).map(Group::label);
            let below = group.as_ref().map_or_else(String::new, |group| format!(" below `{group}`"));
            let kind = if group.is_some() { CauseKind::MissingBelow } else { CauseKind::MissingColumn };
            facts.extend(group.map(|group| ("group", Fact::Text(group))));
            let message = format!("the column `{}` of the dataset `{}` is missing{below}", field.id, dataset.id);
            diagnostics.push(
                Diagnostic::new(Rule::MissingColumn, self.place(last, None), message)
                    .hint(format!("add a column with the header {}{below}{or}", crate::diagnostic::list(&names)))
                    .because(kind, facts),
            );
        }
    }

    /// The finding about a header that stands over several filled columns, with no header below it.
    fn caption(self, row: usize, column: usize) -> Diagnostic {
        let text = self.sheet.rows[row].get(column).map(Raw::text).unwrap_or_default();
        let message = format!("the header `{text}` stands over several columns and names none of them");
        Diagnostic::new(Rule::UnknownColumn, self.place(row, Some(column)), message)
            .hint("give each of the columns a header of its own")
            .because(CauseKind::CaptionOverColumns, vec![("found", Fact::Text(text))])
    }

    /// Reports cells below no header, which are not read: the first cell of each such column.
    fn without_header(&self, top: &Top<'_>, read: impl Fn(usize) -> bool, diagnostics: &mut Vec<Diagnostic>) {
        let (first, last) = (self.header.first, self.header.row);
        let below = || self.sheet.rows.iter().enumerate().skip(last + 1).filter(|(row, _)| read(*row));
        let width = below().map(|(_, cells)| cells.len()).max().unwrap_or(0);
        let captions = (0..top.width(first, last)).filter_map(|column| Some((top.bare_caption(first, last, column)?, column)));
        let captioned: BTreeSet<usize> = captions.flat_map(|(row, column)| top.under(row, column)).collect();
        let is_without_header = |column: &usize| {
            let has_header = !top.stack(first, last, *column).is_empty() || self.header.field(*column).is_some();
            !has_header && !captioned.contains(column)
        };
        for column in (0..width).filter(is_without_header) {
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
                _ => (CauseKind::CellsWithoutHeader, vec![("count", Fact::count(further + 1))]),
            };
            diagnostics.push(
                Diagnostic::new(Rule::UnknownColumn, self.place(row, Some(column)), message)
                    .hint("give the column a header, or empty it")
                    .because(kind, facts),
            );
        }
    }
}
