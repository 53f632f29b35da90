//! Which rows of a table are the dataset's own, and of which period each of them is.

use std::collections::{BTreeMap, HashMap};

use super::cell::like;
use super::header::{Found, Other};
use super::submission::Submission;
use crate::dataset::{Interpretation, RowFate};
use crate::diagnostic::{CauseKind, Diagnostic, Fact, Rule, did_you_mean_or_list, list_some};
use crate::grid::Raw;
use crate::period::PeriodIndex;
use crate::spec::excerpt::{Column, Term};
use crate::spec::fold;

/// What a row below the headers is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Blank,
    /// `rows` of the dataset leaves it out.
    LeftOut,
    /// It tells no period of the programme.
    OfNoPeriod,
    /// It is the dataset's own.
    Of(PeriodIndex),
}

/// The rows of a table, told apart.
pub struct Own {
    /// The rows, from the first row of the sheet's cells; those of the headers are blank here.
    kinds: Vec<Kind>,
    /// The periods that have rows, or else the one that the table was sent for.
    pub periods: Vec<PeriodIndex>,
}

impl Own {
    /// Tells the rows of a table apart, and says which periods are not known.
    ///
    /// # Errors
    /// The finding that a column is missing by which rows are told apart: then no row is known to be the dataset's own.
    pub fn new(found: Found<'_>, submission: &mut Submission) -> Result<Self, Box<Diagnostic>> {
        let excerpt = &found.specs.dataset(found.header.dataset).excerpt;
        let mut terms = Vec::new();
        for (term, column) in excerpt.rows.iter().zip(&found.header.terms) {
            terms.push((term, column.ok_or_else(|| missing(found, &term.column))?));
        }
        let of_column = excerpt.period.as_ref().and_then(|period| Some((period, period.column.as_ref()?)));
        let period = match of_column {
            Some((period, column)) => Some((period, found.header.period.ok_or_else(|| missing(found, column))?)),
            None => None,
        };
        let (mut unknown, mut without): (BTreeMap<String, Vec<usize>>, Vec<usize>) = (BTreeMap::new(), Vec::new());
        let mut meant: HashMap<(usize, String), Option<String>> = HashMap::new();
        let kind = |(offset, cells): (usize, &Vec<Raw>)| {
            if offset <= found.header.row || cells.iter().all(Raw::is_blank) {
                return Kind::Blank;
            }
            let text = |column: usize| cells.get(column).map(Raw::text).unwrap_or_default();
            let mut is_own = true;
            for (position, &(term, column)) in terms.iter().enumerate() {
                let told = text(column);
                let meant = meant.entry((position, told.clone())).or_insert_with(|| meant_by(found, term, &told));
                if let Some(word) = &*meant {
                    let to = format!("`{word}`, as `rows` of the dataset has it");
                    submission.interpretations.push(Interpretation::new(found.place(offset, Some(column)), told.as_str(), to));
                }
                is_own &= term.holds(meant.as_deref().unwrap_or(&told));
            }
            if !is_own {
                return Kind::LeftOut;
            }
            let Some((period, column)) = period else { return Kind::Of(found.period) };
            let told = text(column);
            match period.words.get(&fold(&told)) {
                Some(&period) => Kind::Of(period),
                None => {
                    if !fold(&told).is_empty() {
                        unknown.entry(told).or_default().push(offset);
                    } else if names_unit(found, cells) {
                        without.push(offset);
                    }
                    Kind::OfNoPeriod
                }
            }
        };
        let kinds: Vec<Kind> = found.sheet.rows.iter().enumerate().map(kind).collect();
        if let Some((_, column)) = period {
            submission.diagnostics.extend(of_other_periods(found, column, &unknown));
            submission.diagnostics.extend(without_period(found, column, &without));
        }
        let mut periods: Vec<PeriodIndex> =
            kinds.iter().filter_map(|kind| if let Kind::Of(period) = kind { Some(*period) } else { None }).collect();
        periods.sort();
        periods.dedup();
        if periods.is_empty() {
            periods.push(found.period);
        }
        Ok(Self { kinds, periods })
    }

    /// The rows that are not to be read for a period, by their position. What is no row of any period is told when the table is read for the
    /// first time.
    pub fn others(&self, period: PeriodIndex, is_first: bool) -> Vec<Option<Other>> {
        let other = |kind: &Kind| match kind {
            Kind::Of(own) if *own == period => None,
            Kind::LeftOut if is_first => Some(Other::Passed(RowFate::LeftOut)),
            Kind::OfNoPeriod if is_first => Some(Other::Passed(RowFate::OfNoPeriod)),
            Kind::Of(_) | Kind::LeftOut | Kind::OfNoPeriod | Kind::Blank => Some(Other::Elsewhere),
        };
        self.kinds.iter().map(other).collect()
    }

    /// How many rows a period has.
    pub fn count(&self, period: PeriodIndex) -> usize {
        self.kinds.iter().filter(|kind| **kind == Kind::Of(period)).count()
    }
}

/// The text of a term that is meant by one which only looks like it; `None` where it is that text itself, or none.
fn meant_by(found: Found<'_>, term: &Term, told: &str) -> Option<String> {
    let folded = fold(told);
    if folded.is_empty() || term.texts.contains(&folded) {
        return None;
    }
    let is_alike = like(&folded, &found.specs.programme.names);
    term.texts.iter().find(|text| is_alike(text)).cloned()
}

/// Whether the whole key of a unit stands in a row.
fn names_unit(found: Found<'_>, cells: &[Raw]) -> bool {
    let is_filled = |column: usize| cells.get(column).is_some_and(|cell| !cell.is_blank());
    found.specs.dataset(found.header.dataset).key.iter().all(|&field| found.header.column(field).is_some_and(is_filled))
}

fn missing(found: Found<'_>, column: &Column) -> Box<Diagnostic> {
    let id = &found.specs.dataset(found.header.dataset).id;
    let message =
        format!("the column `{}`, by which rows of the dataset `{id}` are told apart, is missing; no row is read", column.name);
    let missing = Diagnostic::new(Rule::MissingColumn, found.place(found.header.row, None), message);
    let hint = "add the column with this header, or change `rows` and `period` of the dataset";
    Box::new(missing.hint(hint).because(CauseKind::MissingColumn, vec![("field", Fact::Text(column.name.clone()))]))
}

/// The note on rows of periods that the programme does not have.
fn of_other_periods(found: Found<'_>, column: usize, unknown: &BTreeMap<String, Vec<usize>>) -> Option<Diagnostic> {
    let (told, _) = unknown.first_key_value()?;
    let rows = || unknown.values().flatten();
    let (first, count) = (*rows().min()?, rows().count());
    let names: Vec<&str> = unknown.keys().map(String::as_str).collect();
    let known = found.specs.programme.periods.iter().map(|period| period.id.as_str());
    let is = if count == 1 { "1 row is" } else { &format!("{count} rows are") };
    let which = if names.len() == 1 { "a period" } else { "periods" };
    let message = format!("{is} of {which} that the programme does not have: {}; not read", list_some(&names));
    let facts = vec![("found", Fact::Text(names.join(", "))), ("count", Fact::count(count))];
    let meant = did_you_mean_or_list(told, known).map_or_else(String::new, |hint| format!("; {hint}"));
    let hint = format!("where it is one of the programme, name the word under `period: words:` of the dataset{meant}");
    let note = Diagnostic::new(Rule::PassedOver, found.place(first, Some(column)), message);
    Some(note.hint(hint).because(CauseKind::OtherPeriods, facts))
}

/// The finding about rows of units that tell no period.
fn without_period(found: Found<'_>, column: usize, rows: &[usize]) -> Option<Diagnostic> {
    let first = *rows.first()?;
    let more = match rows.len() - 1 {
        0 => String::new(),
        1 => ", and in 1 more row below it".to_owned(),
        more => format!(", and in {more} more rows below it"),
    };
    let message = format!("expected a period in this cell, found nothing{more}; not read");
    let facts = vec![("count", Fact::count(rows.len()))];
    let fault = Diagnostic::new(Rule::MissingValue, found.place(first, Some(column)), message);
    Some(fault.hint("write the period of the row").because(CauseKind::RowsWithoutPeriod, facts))
}
