//! What is not certain where rows are told apart, and the findings about it.

use std::collections::BTreeMap;

use crate::diagnostic::{CauseKind, Diagnostic, Fact, Rule, did_you_mean_or_list, first_some, list_some};
use crate::intake::cell;
use crate::intake::header::Found;
use crate::spec::FieldKind;
use crate::spec::excerpt::{Column, Term};

/// Rows of one kind: the first of them with its column, and how many there are.
#[derive(Default)]
pub struct Rows {
    first: Option<(usize, Option<usize>)>,
    count: usize,
}

impl Rows {
    /// Counts one more row, which stands below the others.
    pub fn add(&mut self, at: (usize, Option<usize>)) {
        self.first.get_or_insert(at);
        self.count += 1;
    }

    /// `1 row says`, `2 rows say`.
    fn that(&self, one: &str, several: &str) -> String {
        if self.count == 1 { format!("1 row {one}") } else { format!("{} rows {several}", self.count) }
    }

    fn counted(&self) -> (&'static str, Fact) {
        ("count", Fact::count(self.count))
    }

    fn finding(&self, found: Found<'_>, rule: Rule, message: String) -> Option<Diagnostic> {
        let (row, column) = self.first?;
        Some(Diagnostic::new(rule, found.place(row, column), message))
    }
}

/// Texts that are not understood, by the rows that hold them.
#[derive(Default)]
pub struct Doubts {
    /// Periods that the programme does not have.
    pub unknown: BTreeMap<String, Rows>,
    /// What is nearly a period, with the word for that period.
    pub nearly: BTreeMap<(String, String), Rows>,
    /// Units' rows without a period.
    pub without: Rows,
    /// For each term, what is nearly one of its texts, with that text.
    pub terms: BTreeMap<(usize, String, String), Rows>,
    /// For each term, units' rows that say nothing there.
    pub blank: BTreeMap<usize, Rows>,
    /// Rows that look like headers and lack a column by which rows are told apart.
    pub headers: Rows,
}

impl Doubts {
    /// What is to be said of them.
    pub fn findings(&self, found: Found<'_>, terms: &[&Term]) -> Vec<Diagnostic> {
        let mut findings: Vec<Diagnostic> = Vec::new();
        findings.extend(lacking_headers(found, &self.headers));
        findings.extend(self.nearly.iter().filter_map(|((told, word), rows)| nearly_period(found, (told, word), rows)));
        findings.extend(self.of_other_periods(found));
        findings.extend(without_period(found, &self.without));
        let nearly = |((position, told, word), rows): (&(usize, String, String), &Rows)| {
            nearly_own(found, terms[*position], (told, word), rows)
        };
        findings.extend(self.terms.iter().filter_map(nearly));
        findings.extend(self.blank.iter().filter_map(|(position, rows)| blank_own(found, terms[*position], rows)));
        findings
    }

    /// The note on rows of periods that the programme does not have.
    fn of_other_periods(&self, found: Found<'_>) -> Option<Diagnostic> {
        let (told, _) = self.unknown.first_key_value()?;
        let first = self.unknown.values().filter_map(|rows| rows.first).min()?;
        let all = Rows { first: Some(first), count: self.unknown.values().map(|rows| rows.count).sum() };
        let names: Vec<&str> = self.unknown.keys().map(String::as_str).collect();
        let known = found.specs.programme.periods.iter().map(|period| period.id.as_str());
        let which = if names.len() == 1 { "a period" } else { "periods" };
        let (are, names_told) = (all.that("is", "are"), list_some(&names));
        let message = format!("{are} of {which} that the programme does not have: {names_told}; not read");
        let facts = vec![("found", Fact::Text(first_some(&names))), all.counted()];
        let meant = did_you_mean_or_list(told, known).map_or_else(String::new, |hint| format!("; {hint}"));
        let hint = format!("where it is one of the programme, name the word under `period: words:` of the dataset{meant}");
        let note = all.finding(found, Rule::PassedOver, message)?;
        Some(note.hint(hint).because(CauseKind::OtherPeriods, facts))
    }
}

/// The finding about a cell that cannot be used to tell a row apart.
pub fn unusable(found: Found<'_>, column: &Column, (offset, at): (usize, usize)) -> Option<Diagnostic> {
    let raw = found.cell(offset, at);
    // A day may be a word for a period.
    let fault = cell::usable(raw, &FieldKind::Text).err()?;
    let message = fault.message.replace("{}", &format!("`{}`", column.name));
    let mut facts = fault.cause.facts;
    facts.push(("field", Fact::Text(column.name.clone())));
    let place = found.place(offset, Some(at));
    Some(Diagnostic::new(fault.rule, place, message).maybe_hint(fault.hint).because(fault.cause.kind, facts))
}

/// The finding that the headers lack a column by which rows are told apart.
pub fn missing(found: Found<'_>, column: &Column) -> Box<Diagnostic> {
    let id = &found.specs.dataset(found.header.dataset).id;
    let message =
        format!("the column `{}`, by which rows of the dataset `{id}` are told apart, is missing; no row is read", column.name);
    let missing = Diagnostic::new(Rule::MissingColumn, found.place(found.header.row, None), message);
    let hint = "add the column with this header, or change `rows` and `period` of the dataset";
    Box::new(missing.hint(hint).because(CauseKind::MissingColumn, vec![("field", Fact::Text(column.name.clone()))]))
}

/// The warning of rows that look like headers and are none, so that the rows below them are read by the columns of the top.
fn lacking_headers(found: Found<'_>, rows: &Rows) -> Option<Diagnostic> {
    let are = rows.that("looks like headers of the dataset", "look like headers of the dataset");
    let message = format!(
        "{are}, and not all columns stand there by which rows are told apart; rows below are read by the columns of the top"
    );
    let warning = rows.finding(found, Rule::UnreadRows, message)?;
    let hint = "if a table of its own begins there, put it on a sheet of its own";
    Some(warning.hint(hint).because(CauseKind::LackingHeaders, vec![rows.counted()]))
}

/// The finding about rows whose period is nearly one of the programme.
fn nearly_period(found: Found<'_>, (told, word): (&str, &str), rows: &Rows) -> Option<Diagnostic> {
    let message = format!("{} `{told}`, which is no period of the programme; not read", rows.that("says", "say"));
    let hint = format!("if `{word}` is meant, write it so, or name the text under `period: words:` of the dataset");
    let facts = vec![("found", Fact::Text(told.to_owned())), ("meant", Fact::Text(word.to_owned())), rows.counted()];
    let nearly = rows.finding(found, Rule::UnreadRows, message)?;
    Some(nearly.hint(hint).because(CauseKind::NearlyPeriod, facts))
}

/// The finding about rows that nearly say what makes a row the dataset's own, or none of its own.
fn nearly_own(found: Found<'_>, term: &Term, (told, word): (&str, &str), rows: &Rows) -> Option<Diagnostic> {
    let (name, fate) = (&term.column.name, if term.is { "not read" } else { "read" });
    let say = rows.that("says", "say");
    let message = format!("{say} `{told}` in `{name}`, which `rows` of the dataset does not name; {fate}");
    let facts = vec![
        ("found", Fact::Text(told.to_owned())),
        ("meant", Fact::Text(word.to_owned())),
        ("column", Fact::Text(name.clone())),
        rows.counted(),
    ];
    let nearly = rows.finding(found, Rule::UnreadRows, message)?;
    let kind = if term.is { CauseKind::NearlyOwn } else { CauseKind::NearlyOthers };
    Some(nearly.hint(format!("if `{word}` is meant, write it so")).because(kind, facts))
}

/// The note on rows of units that say nothing where `rows` of the dataset looks.
fn blank_own(found: Found<'_>, term: &Term, rows: &Rows) -> Option<Diagnostic> {
    let name = &term.column.name;
    let are = rows.that("is", "are");
    let message = format!("{are} blank in `{name}`, by which `rows` of the dataset tells rows apart; not read");
    let facts = vec![("column", Fact::Text(name.clone())), rows.counted()];
    let note = rows.finding(found, Rule::PassedOver, message)?;
    Some(note.hint("if they should count, fill in the cell").because(CauseKind::BlankOwn, facts))
}

/// The finding about rows of units that tell no period.
fn without_period(found: Found<'_>, rows: &Rows) -> Option<Diagnostic> {
    let more = match rows.count {
        0 | 1 => String::new(),
        2 => ", and in 1 more row below it".to_owned(),
        count => format!(", and in {} more rows below it", count - 1),
    };
    let message = format!("expected a period in this cell, found nothing{more}; not read");
    let fault = rows.finding(found, Rule::MissingValue, message)?;
    Some(fault.hint("write the period of the row").because(CauseKind::RowsWithoutPeriod, vec![rows.counted()]))
}
