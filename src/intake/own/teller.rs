//! Tells rows apart by what stands in them: what `rows` and `period` of the dataset look at.

use std::collections::HashMap;

use jiff::Unit;
use jiff::civil::Date;

use super::Kind;
use super::doubts::{Doubts, missing, unusable};
use crate::dataset::{Interpretation, RowFate};
use crate::diagnostic::Diagnostic;
use crate::grid::Raw;
use crate::intake::cell::{is_seen_as, like, without_decimals};
use crate::intake::header::{Again, Found, column_among, held, nearly};
use crate::intake::submission::Submission;
use crate::period::PeriodIndex;
use crate::spec::excerpt::{Column, PeriodRule, Term};
use crate::spec::{FieldIndex, fold};

/// What a text says.
#[derive(Clone)]
enum Says<T> {
    Known(T),
    /// It is this word in other letters that look alike, or with a zero decimal.
    Alike(T, String),
    /// It may be a slip of this word.
    Nearly(String),
    Other,
}

/// What a row says of one term.
struct Answer {
    holds: bool,
    /// Whether the cell is blank.
    is_blank: bool,
    doubt: Option<Doubt>,
}

/// Why it is not certain what a row says.
enum Doubt {
    /// The cell cannot be used.
    Unusable(Box<Diagnostic>),
    /// The text may be a slip of the word.
    Nearly(String, String),
    Blank,
}

/// Tells rows apart.
pub struct Teller<'a> {
    found: Found<'a>,
    /// The terms, and where their columns stand now; `None` where headers among the rows have none.
    terms: Vec<(&'a Term, Option<usize>)>,
    /// What tells the period, and where.
    period: Option<(&'a PeriodRule, &'a Column, Option<usize>)>,
    /// Where the columns of fields stand now.
    fields: Vec<(FieldIndex, usize)>,
    /// Whether the row above held headers in an order of their own.
    has_moved: bool,
    /// For each term, what each text says of it.
    said: Vec<HashMap<String, Says<()>>>,
    /// For each text, the period that it tells.
    periods: HashMap<String, Says<PeriodIndex>>,
    /// What the row that is looked at says of each term.
    answers: Vec<Answer>,
    doubts: Doubts,
}

impl<'a> Teller<'a> {
    /// Looks up the columns.
    ///
    /// # Errors
    /// The finding that one is missing.
    pub fn new(found: Found<'a>) -> Result<Self, Box<Diagnostic>> {
        let (header, excerpt) = (found.header, &found.specs.dataset(found.header.dataset).excerpt);
        let mut terms = Vec::new();
        for (term, column) in excerpt.rows.iter().zip(&header.terms) {
            column.ok_or_else(|| missing(found, &term.column))?;
            terms.push((term, *column));
        }
        let of_column = excerpt.period.as_ref().and_then(|period| Some((period, period.column.as_ref()?)));
        if let Some((_, column)) = of_column {
            header.period.ok_or_else(|| missing(found, column))?;
        }
        Ok(Self {
            found,
            said: vec![HashMap::new(); terms.len()],
            terms,
            period: of_column.map(|(rule, column)| (rule, column, header.period)),
            fields: header.columns.clone(),
            has_moved: false,
            periods: HashMap::new(),
            answers: Vec::new(),
            doubts: Doubts::default(),
        })
    }

    /// What a row is.
    pub fn kind(&mut self, offset: usize, submission: &mut Submission) -> Kind {
        let found = self.found;
        let cells = &found.sheet.rows[offset];
        if offset <= found.header.row || cells.iter().all(Raw::is_blank) {
            return Kind::Blank;
        }
        match found.headers_again(cells) {
            Some(Again::Lacking) => self.doubts.headers.add((offset, None)),
            Some(again) => {
                self.move_to(&again, offset);
                return Kind::Shared(RowFate::RepeatedHeading);
            }
            None => {}
        }
        self.has_moved = false;
        let mut answers = std::mem::take(&mut self.answers);
        answers.clear();
        answers.extend((0..self.terms.len()).map(|position| self.answer(position, offset, submission)));
        let kind = if answers.iter().all(|answer| answer.holds) {
            self.of_period(offset, submission)
        } else if answers.iter().all(|answer| answer.holds || answer.is_blank) && !self.names_unit(offset) {
            Kind::Shared(RowFate::LeftOut)
        } else {
            Kind::LeftOut
        };
        if !matches!(kind, Kind::Shared(_)) {
            self.doubt(offset, &mut answers, submission);
        }
        self.answers = answers;
        kind
    }

    /// What a row says of a term.
    fn answer(&mut self, position: usize, offset: usize, submission: &mut Submission) -> Answer {
        let (found, (term, column)) = (self.found, self.terms[position]);
        let answer = |holds: bool, doubt: Option<Doubt>| Answer { holds, is_blank: false, doubt };
        let Some(column) = column else { return answer(false, None) };
        if let Some(fault) = unusable(found, &term.column, (offset, column)) {
            return answer(false, Some(Doubt::Unusable(Box::new(fault))));
        }
        let told = found.cell(offset, column).text();
        let says = match self.said[position].get(&told) {
            Some(says) => says,
            None => self.said[position].entry(told.clone()).or_insert_with_key(|told| said_of(found, term, told)),
        };
        let is_blank = told.trim().is_empty();
        let answer = |holds: bool, doubt: Option<Doubt>| Answer { holds, is_blank, doubt };
        match says {
            Says::Known(()) => answer(term.is, None),
            Says::Alike((), word) => {
                let to = format!("`{word}`, as `rows` of the dataset has it");
                submission.interpretations.push(Interpretation::new(found.place(offset, Some(column)), told, to));
                answer(term.is, None)
            }
            Says::Nearly(word) => answer(!term.is, Some(Doubt::Nearly(told, word.clone()))),
            Says::Other => answer(!term.is, (is_blank && term.is).then_some(Doubt::Blank)),
        }
    }

    /// Notes what is not certain of a row, where it decides: all other terms hold.
    fn doubt(&mut self, offset: usize, answers: &mut [Answer], submission: &mut Submission) {
        let failed = answers.iter().filter(|answer| !answer.holds).count();
        for (position, answer) in answers.iter_mut().enumerate() {
            let decides = failed == usize::from(!answer.holds);
            let Some(doubt) = answer.doubt.take().filter(|_| decides) else { continue };
            let at = (offset, self.terms[position].1);
            match doubt {
                Doubt::Unusable(fault) => self.fault(*fault, submission),
                Doubt::Nearly(told, word) => self.doubts.terms.entry((position, told, word)).or_default().add(at),
                Doubt::Blank if self.names_unit(offset) => self.doubts.blank.entry(position).or_default().add(at),
                Doubt::Blank => {}
            }
        }
    }

    fn fault(&self, fault: Diagnostic, submission: &mut Submission) {
        submission.diagnostics.push(fault);
        if submission.is_crowded() {
            submission.fold(self.found.specs);
        }
    }

    /// What a row is that meets all terms.
    fn of_period(&mut self, offset: usize, submission: &mut Submission) -> Kind {
        let found = self.found;
        let Some((rule, name, column)) = self.period else { return Kind::Of(found.period) };
        let Some(column) = column else { return Kind::OfNoPeriod };
        if let Some(fault) = unusable(found, name, (offset, column)) {
            self.fault(fault, submission);
            return Kind::OfNoPeriod;
        }
        let cell = found.cell(offset, column);
        let (told, at) = (cell.text(), (offset, Some(column)));
        if told.trim().is_empty() {
            if !self.names_unit(offset) {
                return Kind::Shared(RowFate::OfNoPeriod);
            }
            self.doubts.without.add(at);
            return Kind::OfNoPeriod;
        }
        let says = match self.periods.get(&told) {
            Some(says) => says,
            None => self.periods.entry(told.clone()).or_insert_with(|| period_of(rule, cell)),
        };
        match says {
            Says::Known(period) => Kind::Of(*period),
            Says::Alike(period, word) => {
                let to = format!("the period `{word}`");
                submission.interpretations.push(Interpretation::new(found.place(offset, Some(column)), told, to));
                Kind::Of(*period)
            }
            Says::Nearly(word) => {
                self.doubts.nearly.entry((told, word.clone())).or_default().add(at);
                Kind::OfNoPeriod
            }
            Says::Other => {
                self.doubts.unknown.entry(told).or_default().add(at);
                Kind::OfNoPeriod
            }
        }
    }

    /// Moves to the columns of headers among the rows.
    fn move_to(&mut self, again: &Again, offset: usize) {
        let (found, cells) = (self.found, &self.found.sheet.rows[offset]);
        let fields = match again {
            Again::Moved(fields) => fields,
            again if again.moves_back(self.has_moved) => &found.header.columns,
            Again::Same { .. } | Again::Lacking | Again::Other => return,
        };
        let is_moved = matches!(again, Again::Moved(_));
        let at = |column: &Column, top: Option<usize>| if is_moved { column_among(column, fields, cells) } else { top };
        for ((term, column), top) in self.terms.iter_mut().zip(&found.header.terms) {
            *column = at(&term.column, *top);
        }
        if let Some((_, name, column)) = &mut self.period {
            *column = at(name, found.header.period);
        }
        self.fields.clone_from(fields);
        self.has_moved = is_moved;
    }

    /// Whether the whole key of a unit stands in a row, as far as captions do not give it, and something beside it. A word for a total names
    /// none.
    fn names_unit(&self, offset: usize) -> bool {
        let (found, dataset) = (self.found, self.found.specs.dataset(self.found.header.dataset));
        let names = |column: usize| {
            let cell = found.cell(offset, column);
            !cell.is_blank() && !found.specs.programme.words.is_total(&cell.text())
        };
        let column = |field: &FieldIndex| self.fields.iter().find(|(known, _)| known == field).map(|(_, column)| *column);
        let mut key = dataset.key.iter().filter(|field| !dataset.excerpt.captions.contains(field));
        let is_alone = || found.sheet.rows[offset].iter().filter(|cell| !cell.is_blank()).count() < 2;
        key.all(|field| column(field).is_some_and(names)) && !is_alone()
    }

    /// Says which texts are not understood.
    pub fn report(self, submission: &mut Submission) {
        let terms: Vec<&Term> = self.terms.iter().map(|(term, _)| *term).collect();
        submission.diagnostics.extend(self.doubts.findings(self.found, &terms));
    }
}

/// What a text says of a term.
fn said_of(found: Found<'_>, term: &Term, told: &str) -> Says<()> {
    let folded = fold(told);
    if term.texts.contains(&folded) {
        return Says::Known(());
    }
    if folded.is_empty() {
        return Says::Other;
    }
    let is_alike = like(&folded, &found.specs.programme.names);
    if let Some(word) = term.texts.iter().find(|text| is_alike(text)) {
        return Says::Alike((), word.clone());
    }
    let near = nearly(&folded, term.texts.iter().map(String::as_str));
    near.map_or(Says::Other, |word| Says::Nearly(word.to_owned()))
}

/// What a cell says of the period.
fn period_of(rule: &PeriodRule, cell: &Raw) -> Says<PeriodIndex> {
    let folded = fold(&cell.text());
    let of = |word: &str| rule.words.get(word).copied();
    if let Some(period) = of(&folded) {
        return Says::Known(period);
    }
    // A program that takes the year for a number adds the decimal.
    if let Some((word, period)) = without_decimals(&folded).and_then(|word| Some((word, of(word)?))) {
        return Says::Alike(period, word.to_owned());
    }
    let mut words: Vec<&str> = rule.words.keys().map(String::as_str).collect();
    words.sort_unstable();
    let mut alike: Vec<(&str, PeriodIndex)> =
        words.iter().filter(|word| is_seen_as(&folded, word)).filter_map(|word| Some((*word, of(word)?))).collect();
    alike.dedup_by_key(|(_, period)| *period);
    if let [(word, period)] = alike.as_slice() {
        return Says::Alike(*period, (*word).to_owned());
    }
    let serial = if let Raw::Date(day) = cell { serial(day).filter(|number| of(number).is_some()) } else { None };
    let near = || nearly(&folded, words.iter().copied()).or_else(|| held(&folded, words.iter().copied()));
    serial.or_else(|| near().map(str::to_owned)).map_or(Says::Other, Says::Nearly)
}

/// The number that a spreadsheet program shows as a day.
fn serial(day: &str) -> Option<String> {
    let day: Date = day.parse().ok()?;
    // Day 60 of the spreadsheet's calendar never was; all later ones count from here.
    let first = Date::constant(1899, 12, 30);
    Some(day.since((Unit::Day, first)).ok()?.get_days().to_string())
}
