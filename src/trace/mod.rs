//! Where a number comes from and where a cell goes to: from a number to its definition and every row behind it with the cells that decided;
//! from a cell to every number that rests on it. For those who work with the data; the public is told what a number is, and why one is withheld.

pub mod backward;
mod book;
pub mod change;
mod definition;
mod findings;
mod list;
mod rows;
pub mod text;
mod voice;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::compute::contributions::Asked;
use crate::diagnostic::Place;
use crate::language::Language;
use crate::numbers::{Numbers, Subject};
use crate::period::PeriodIndex;
use crate::protect::{Behind, Published};
use crate::region::RegionIndex;
use crate::spec::{DatasetIndex, FieldIndex, Indicator, IndicatorIndex, Specs};
use crate::table;
use crate::value::{Amount, Missing};

pub use book::{Error, Told, book};
pub use definition::{Definition, Field, Rule, TracedTerm, Vocabulary};
pub use findings::{TracedCorrection, TracedFinding};
pub use list::{csv, json, json_line};
pub use rows::{REASONS, TracedCell, TracedRow};
pub use voice::LABELS;
use voice::Voice;

/// A number that somebody asks about.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// The indicator.
    pub indicator: IndicatorIndex,
    /// The period.
    pub period: PeriodIndex,
    /// The region.
    pub region: RegionIndex,
    /// The whole population, a part or a group.
    pub subject: Subject<'a>,
}

/// What a number is, and everything that it is made of.
#[derive(Clone, Debug, Serialize)]
pub struct Trace {
    /// The number, as the tables of a release have it.
    #[serde(flatten)]
    pub number: table::Row,
    /// What it is.
    #[serde(flatten)]
    pub definition: Definition,
    /// Why there is no value, in words.
    pub why: Option<String>,
    /// What stands behind it; `None` for the public.
    #[serde(flatten)]
    pub origin: Option<Origin>,
}

/// What a number is made of.
#[derive(Clone, Debug, Serialize)]
pub struct Origin {
    /// The rows of the region and of all regions within it, in the order of datasets, files and rows; then those that were set aside; then
    /// the units that sent nothing.
    pub rows: Vec<TracedRow>,
    /// The sums of the regions right below.
    pub below: Vec<RegionSums>,
    /// The findings that touch it.
    pub findings: Vec<TracedFinding>,
    /// What later submissions changed of its rows.
    pub corrections: Vec<TracedCorrection>,
    /// The words that its cells may hold.
    pub vocabulary: Vocabulary,
}

/// The sums of a region right below.
#[derive(Clone, Debug, Serialize)]
pub struct RegionSums {
    /// Its code.
    pub region: String,
    /// Its name.
    pub name: String,
    /// What its rows add to the numerator.
    pub numerator: Amount,
    /// What its rows add to the denominator.
    pub denominator: Amount,
}

/// Where a number comes from; for the public only what it is and, where it is not told, why.
pub fn trace(published: &Published<'_>, language: &Language, question: Question<'_>) -> Trace {
    let Question { indicator, period, region, subject } = question;
    let specs = published.specs();
    let row = Numbers::new(published, period).row(indicator, region, subject);
    let is_told = published.tells(indicator, region);
    let number = table::row(published, &language.code, (indicator, period, region), (subject, &row));
    let why = if is_told { row.number.value.err() } else { Some(Missing::Withheld) };
    let voice = Voice { language };
    let is_kept_back = why == Some(Missing::Withheld);
    let why = why.map(|missing| if is_told { voice.missing(missing).to_owned() } else { voice.level(specs, indicator) });
    let desk = published.behind().map(|behind| Desk::new(published, behind, language, question));
    Trace {
        // Where a value is withheld, no sum beside it is told here, though a release may tell one.
        number: if is_kept_back { untold(number) } else { number },
        definition: definition::define(published, language, &question),
        why,
        origin: desk.map(|desk| desk.origin()),
    }
}

/// A number of which nothing is told.
fn untold(number: table::Row) -> table::Row {
    table::Row {
        numerator: None,
        denominator: None,
        value: None,
        missing: Some(Missing::Withheld.name()),
        expected: None,
        reported: None,
        answered: None,
        unregistered: None,
        numerator_expected: None,
        numerator_reported: None,
        numerator_answered: None,
        numerator_unregistered: None,
        status: None,
        rank: None,
        ranked: None,
        ..number
    }
}

/// The question to the sums.
pub fn asked(published: &Published<'_>, question: Question<'_>) -> Asked {
    let Question { indicator, period, region, subject } = question;
    let slices = published.slices(indicator);
    let (slice, part) = match subject {
        Subject::Whole => (slices[0], None),
        Subject::Part { position, .. } => (slices[0], Some(position)),
        Subject::Group { slice, .. } => (slices[slice], None),
    };
    Asked { indicator, period, region, slice, part }
}

/// What answers a question.
struct Desk<'a> {
    specs: &'a Specs,
    published: &'a Published<'a>,
    behind: Behind<'a>,
    /// What stands at a place, where that is not simply what it was understood as.
    stood: BTreeMap<&'a Place, &'a str>,
    language: &'a Language,
    question: Question<'a>,
    asked: Asked,
    indicator: &'a Indicator,
}

impl<'a> Desk<'a> {
    fn new(published: &'a Published<'a>, behind: Behind<'a>, language: &'a Language, question: Question<'a>) -> Self {
        let specs = published.specs();
        Self {
            specs,
            published,
            behind,
            stood: behind.interpretations().iter().map(|found| (&found.place, found.from.as_str())).collect(),
            language,
            question,
            asked: asked(published, question),
            indicator: specs.indicator(question.indicator),
        }
    }

    fn voice(&self) -> Voice<'a> {
        Voice { language: self.language }
    }

    fn origin(&self) -> Origin {
        let rows = self.rows();
        let fields: Vec<(DatasetIndex, FieldIndex)> = self
            .datasets()
            .into_iter()
            .flat_map(|dataset| self.fields(dataset).into_iter().map(move |field| (dataset, field)))
            .collect();
        Origin {
            below: self.below(&rows),
            findings: self.findings(&rows),
            corrections: self.corrections(),
            vocabulary: definition::vocabulary(self.specs, &fields),
            rows,
        }
    }

    /// The sums of the regions right below: those of the rows within each.
    fn below(&self, rows: &[TracedRow]) -> Vec<RegionSums> {
        if !self.indicator.is_from_rows() {
            return Vec::new();
        }
        let hierarchy = &self.specs.hierarchy;
        let Question { period, region, .. } = self.question;
        let children = hierarchy.children(region, self.specs.period(period).date);
        let mut sums: BTreeMap<RegionIndex, (Amount, Amount)> = children
            .iter()
            .map(|&child| (child, (self.indicator.numerator.amount(0), self.indicator.denominator.amount(0))))
            .collect();
        let within: BTreeMap<&str, RegionIndex> = children
            .iter()
            .flat_map(|&child| hierarchy.within(child).map(move |inner| (RegionIndex(inner), child)))
            .map(|(inner, child)| (hierarchy.region(inner).code.as_str(), child))
            .collect();
        for row in rows {
            if let Some(sums) = within.get(row.region.as_str()).and_then(|child| sums.get_mut(child)) {
                *sums = (sums.0 + row.numerator, sums.1 + row.denominator);
            }
        }
        let below = |(child, (numerator, denominator)): (RegionIndex, (Amount, Amount))| {
            let named = hierarchy.region(child);
            let (region, name) = (named.code.as_str().to_owned(), named.name.get(&self.language.code).to_owned());
            RegionSums { region, name, numerator, denominator }
        };
        sums.into_iter().map(below).collect()
    }
}
