//! What a change between two periods is made of: the units that answered differently, came, went, and entered or left the sums. What they add
//! is the change of the numerator and of the denominator, to the last one.

use std::collections::{BTreeMap, HashMap, VecDeque};

use serde::Serialize;

use super::list::inert;
use super::rows::TracedRow;
use super::{Definition, Desk, Question, definition};
use crate::language::Language;
use crate::numbers::Numbers;
use crate::period::PeriodIndex;
use crate::protect::Published;
use crate::table;
use crate::value::Amount;

/// What became of units, in the order in which it is listed.
pub const CLASSES: [&str; 8] = ["changed", "entered", "left", "came", "went", "moved_in", "moved_out", "same"];

/// What a change is made of.
#[derive(Clone, Debug, Serialize)]
pub struct Difference {
    /// What the number is.
    #[serde(flatten)]
    pub definition: Definition,
    /// The number in the earlier period.
    pub before: table::Row,
    /// The number in the later period.
    pub now: table::Row,
    /// What each class of units adds to the change; those without a unit are left out.
    pub classes: Vec<Class>,
    /// The units that have a part in it, or could have had one.
    pub units: Vec<Unit>,
}

/// What units of a class add to a change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Class {
    /// The class.
    pub class: &'static str,
    /// How many units.
    pub units: usize,
    /// What they add to the change of the numerator.
    pub numerator: Amount,
    /// What they add to the change of the denominator.
    pub denominator: Amount,
}

/// A unit and what became of it.
#[derive(Clone, Debug, Serialize)]
pub struct Unit {
    /// `same`, `changed`: it counts in both periods. `entered`, `left`: it reported in both, and counts in one only. `came`, `went`: it
    /// reported in one only. `moved_in`, `moved_out`: in the other period it reported in another region.
    pub class: &'static str,
    /// The dataset.
    pub dataset: String,
    /// Its key.
    pub key: String,
    /// Its name, or its key.
    pub unit: String,
    /// The code of the region that it came from or went to.
    pub elsewhere: Option<String>,
    /// What it adds to the change of the numerator.
    pub numerator: Amount,
    /// What it adds to the change of the denominator.
    pub denominator: Amount,
    /// Its row in the earlier period.
    pub before: Option<TracedRow>,
    /// Its row in the later period.
    pub now: Option<TracedRow>,
}

impl Unit {
    /// Whether its answer in a field is another one, or it has only one of the rows.
    pub fn differs(&self, field: &str) -> bool {
        let cell =
            |row: &'_ Option<TracedRow>| row.as_ref().and_then(|row| row.cells.iter().find(|cell| cell.field == field)).cloned();
        match (cell(&self.before), cell(&self.now)) {
            (Some(before), Some(now)) => !before.says(&now),
            (Some(_) | None, Some(_) | None) => true,
        }
    }
}

/// What the change of a number since an earlier period is made of; `None` for the public.
pub fn difference(
    published: &Published<'_>,
    language: &Language,
    question: Question<'_>,
    before: PeriodIndex,
) -> Option<Difference> {
    let behind = published.behind()?;
    let earlier = Question { period: before, ..question };
    let desks = [Desk::new(published, behind, language, earlier), Desk::new(published, behind, language, question)];
    let [old, new] = desks.each_ref().map(|desk| {
        // Only rows of the data add anything.
        desk.rows().into_iter().filter(TracedRow::is_of_data).collect::<Vec<TracedRow>>()
    });
    let units = matched(&desks, old, new);
    let number = |asked: Question<'_>| {
        let row = Numbers::new(published, asked.period).row(asked.indicator, asked.region, asked.subject);
        table::row(published, &language.code, (asked.indicator, asked.period, asked.region), (asked.subject, &row))
    };
    Some(Difference {
        definition: definition::define(published, language, &question),
        before: number(earlier),
        now: number(question),
        classes: CLASSES.into_iter().filter_map(|class| sum(class, &units)).collect(),
        units,
    })
}

fn sum(class: &'static str, units: &[Unit]) -> Option<Class> {
    let own = || units.iter().filter(|unit| unit.class == class);
    let found = Class {
        class,
        units: own().count(),
        numerator: own().map(|unit| unit.numerator).sum(),
        denominator: own().map(|unit| unit.denominator).sum(),
    };
    (found.units > 0).then_some(found)
}

/// The units of both periods: rows of one dataset with the same key, in the order in which they stand. Rows without a key have no match.
fn matched([old_desk, new_desk]: &[Desk<'_>; 2], old: Vec<TracedRow>, new: Vec<TracedRow>) -> Vec<Unit> {
    let mut earlier: HashMap<(String, String), VecDeque<usize>> = HashMap::new();
    for (position, row) in old.iter().enumerate().filter(|(_, row)| has_key(row)) {
        earlier.entry((row.dataset.clone(), row.key.clone())).or_default().push_back(position);
    }
    let (then, now) = (Elsewhere::new(old_desk), Elsewhere::new(new_desk));
    let mut old: Vec<Option<TracedRow>> = old.into_iter().map(Some).collect();
    let mut units = Vec::new();
    for row in new {
        let own = (row.dataset.clone(), row.key.clone());
        let before = earlier.get_mut(&own).and_then(VecDeque::pop_front).and_then(|position| old[position].take());
        let elsewhere = if before.is_none() { then.region(&row) } else { None };
        units.extend(unit(before, Some(row), elsewhere));
    }
    for row in old.into_iter().flatten() {
        let elsewhere = now.region(&row);
        units.extend(unit(Some(row), None, elsewhere));
    }
    units
}

fn has_key(row: &TracedRow) -> bool {
    !row.key.split(", ").any(str::is_empty)
}

/// Where the units of a period report, for those that do not report in the region itself.
struct Elsewhere(BTreeMap<(String, String), String>);

impl Elsewhere {
    fn new(desk: &Desk<'_>) -> Self {
        let mut all = BTreeMap::new();
        for index in desk.datasets() {
            let rows = desk.published.rows(desk.question.period, index);
            for row in (0..rows.len()).filter(|&row| !desk.specs.hierarchy.contains(desk.question.region, rows.region(row))) {
                let code = desk.specs.hierarchy.region(rows.region(row)).code.as_str().to_owned();
                all.entry((desk.specs.dataset(index).id.to_string(), rows.key(row).join(", "))).or_insert(code);
            }
        }
        Self(all)
    }

    fn region(&self, row: &TracedRow) -> Option<String> {
        self.0.get(&(row.dataset.clone(), row.key.clone())).filter(|_| has_key(row)).cloned()
    }
}

/// What became of a unit; `None` where it counts in neither period.
fn unit(before: Option<TracedRow>, now: Option<TracedRow>, elsewhere: Option<String>) -> Option<Unit> {
    let adds = |row: &Option<TracedRow>| row.as_ref().is_some_and(|row| row.left_out.is_none());
    let sums = |row: &Option<TracedRow>| {
        row.as_ref().map_or((Amount::default(), Amount::default()), |row| (row.numerator, row.denominator))
    };
    let ((old_numerator, old_denominator), (numerator, denominator)) = (sums(&before), sums(&now));
    let class = match (&before, &now, adds(&before), adds(&now)) {
        (_, _, false, false) => return None,
        (Some(_), Some(_), true, true) if sums(&before) == sums(&now) => "same",
        (Some(_), Some(_), true, true) => "changed",
        (Some(_), Some(_), false, true) => "entered",
        (Some(_), Some(_), true, false) => "left",
        (None, _, _, true) if elsewhere.is_some() => "moved_in",
        (None, _, _, true) => "came",
        (_, _, true, _) if elsewhere.is_some() => "moved_out",
        (_, _, true, _) => "went",
        (Some(_), None, false, true) => unreachable!("a row that is not there adds nothing"),
    };
    let named = now.as_ref().or(before.as_ref())?;
    Some(Unit {
        class,
        dataset: named.dataset.clone(),
        key: named.key.clone(),
        unit: named.unit.clone(),
        elsewhere,
        numerator: numerator - old_numerator,
        denominator: denominator - old_denominator,
        before,
        now,
    })
}

/// A unit of a change.
#[derive(Serialize)]
struct Line<'a> {
    indicator: &'a str,
    number_of: &'a str,
    slice: &'a str,
    before: &'a str,
    now: &'a str,
    class: &'a str,
    dataset: &'a str,
    key: String,
    unit: String,
    elsewhere: &'a str,
    numerator: String,
    denominator: String,
    before_file: String,
    before_sheet: String,
    before_row: Option<u32>,
    now_file: String,
    now_sheet: String,
    now_row: Option<u32>,
}

/// The units of a change as CSV with a header line: UTF-8, commas, LF. No text in it can act as a formula.
pub fn csv(change: &Difference) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for unit in &change.units {
        let place = |row: &Option<TracedRow>| match row {
            Some(row) => (inert(&row.file), inert(&row.sheet), Some(row.row)),
            None => (String::new(), String::new(), None),
        };
        let ((before_file, before_sheet, before_row), (now_file, now_sheet, now_row)) = (place(&unit.before), place(&unit.now));
        let line = Line {
            indicator: &change.now.indicator,
            number_of: &change.now.region,
            slice: &change.now.slice,
            before: &change.before.period,
            now: &change.now.period,
            class: unit.class,
            dataset: &unit.dataset,
            key: inert(&unit.key),
            unit: inert(&unit.unit),
            elsewhere: unit.elsewhere.as_deref().unwrap_or_default(),
            numerator: unit.numerator.to_string(),
            denominator: unit.denominator.to_string(),
            before_file,
            before_sheet,
            before_row,
            now_file,
            now_sheet,
            now_row,
        };
        writer.serialize(line).expect("plain rows are written to memory");
    }
    String::from_utf8(writer.into_inner().expect("memory does not fail")).expect("text went in")
}
