//! Where a number comes from: its definition, its sums, and every row behind it with the cells that decided, or the reason why the row is
//! left out. For those who work with the data.

mod text;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::compute::contributions::{Asked, Contribution, Does, Reason};
use crate::dataset::{Interpretation, RowPlace, Typed, spelt};
use crate::diagnostic::{Place, cell_name};
use crate::language::Language;
use crate::numbers::{Numbers, Subject};
use crate::period::PeriodIndex;
use crate::protect::{Published, Rows};
use crate::region::RegionIndex;
use crate::spec::{DatasetIndex, FieldIndex, Indicator, IndicatorIndex, Measure, Quantity, Specs};
use crate::table::is_formula;
use crate::value::{Blank, Missing};
use crate::words::Words;

pub use text::text;

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

/// Everything that a number is made of.
#[derive(Clone, Debug, Serialize)]
pub struct Trace {
    /// The indicator's number.
    pub indicator: String,
    /// Its short label.
    pub name: String,
    /// The period.
    pub period: String,
    /// The region's code.
    pub region: String,
    /// The region's name.
    pub region_name: String,
    /// `field=value` of a group, `part=id` of a part; empty for the whole population.
    pub slice: String,
    /// How the numerator is counted.
    pub numerator_rule: Rule,
    /// How the denominator is counted.
    pub denominator_rule: Rule,
    /// The value in its unit, rounded as printed.
    pub value: Option<String>,
    /// Why there is no value.
    pub missing: Option<&'static str>,
    /// The numerator; `None` where there is no value.
    pub numerator: Option<i64>,
    /// The denominator.
    pub denominator: Option<i64>,
    /// How many units should report; `None` where nothing tells.
    pub expected: Option<u64>,
    /// How many of them did.
    pub reported: u64,
    /// How many of these answered what is needed.
    pub answered: u64,
    /// The rows of the region and of all regions within it, in the order of datasets, files and rows.
    pub rows: Vec<TracedRow>,
    /// The sums of the regions right below.
    pub below: Vec<RegionSums>,
}

/// How a side is counted, in words.
#[derive(Clone, Debug, Serialize)]
pub struct Rule {
    /// Its name.
    pub name: String,
    /// The dataset.
    pub dataset: String,
    /// Which rows belong to it; empty where all do.
    pub population: String,
    /// Which of these count; empty where all do.
    pub filter: String,
    /// What each of them adds; empty where it adds one.
    pub sum: String,
}

/// A row and what it does to the number.
#[derive(Clone, Debug, Serialize)]
pub struct TracedRow {
    /// The file.
    pub file: String,
    /// The sheet; empty in a text table.
    pub sheet: String,
    /// The row, from 1.
    pub row: u32,
    /// The dataset.
    pub dataset: String,
    /// The unit's name, or its key.
    pub unit: String,
    /// The code of the region that it counts in.
    pub region: String,
    /// Why it is left out; `None` where it counts.
    pub left_out: Option<&'static str>,
    /// What it adds to the numerator.
    pub numerator: i64,
    /// What it adds to the denominator.
    pub denominator: i64,
    /// The cells that the number looks at.
    pub cells: Vec<TracedCell>,
}

/// A cell and how it was understood.
#[derive(Clone, Debug, Serialize)]
pub struct TracedCell {
    /// The field.
    pub field: String,
    /// The cell, such as `H17`; `None` where the sheet has no column for the field.
    pub cell: Option<String>,
    /// What stands there, where that is not simply what it was understood as.
    pub stood: Option<String>,
    /// What it was understood as, by codes and ids; the kind of blank in angle brackets.
    pub understood: String,
}

/// The sums of a region right below.
#[derive(Clone, Debug, Serialize)]
pub struct RegionSums {
    /// Its code.
    pub region: String,
    /// Its name.
    pub name: String,
    /// What its rows add to the numerator.
    pub numerator: i64,
    /// What its rows add to the denominator.
    pub denominator: i64,
}

/// Where a number comes from; `None` when it is asked for the public.
pub fn trace(
    published: &Published<'_>,
    interpretations: &[Interpretation],
    language: &Language,
    question: Question<'_>,
) -> Option<Trace> {
    let Question { indicator: index, period, region, subject } = question;
    let specs = published.specs();
    let contributions = published.contributions(asked(published, question))?;
    let indicator = specs.indicator(index);
    let number = Numbers::new(published, period).number(index, period, region, subject);
    let stood = interpretations.iter().map(|found| (&found.place, found.from.as_str())).collect();
    let writer = Writer { specs, published, stood, language, question, indicator };
    let code = &language.code;
    let coverage = number.coverage();
    let named = specs.hierarchy.region(region);
    Some(Trace {
        indicator: indicator.id.clone(),
        name: indicator.short.get(code).to_owned(),
        period: specs.period(period).id.clone(),
        region: named.code.as_str().to_owned(),
        region_name: named.name.get(code).to_owned(),
        slice: subject.id(),
        numerator_rule: writer.rule(&indicator.numerator),
        denominator_rule: writer.rule(&indicator.denominator),
        value: number.value.ok().map(|ratio| ratio.times(indicator.per).decimal(indicator.decimals)),
        missing: number.value.err().map(Missing::name),
        numerator: number.told_numerator,
        denominator: number.told_denominator,
        expected: coverage.expected,
        reported: coverage.reported,
        answered: coverage.answered,
        below: writer.below(&contributions),
        rows: writer.rows(&contributions),
    })
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

struct Writer<'a> {
    specs: &'a Specs,
    published: &'a Published<'a>,
    /// What stands at a place, where that is not simply what it was understood as.
    stood: BTreeMap<&'a Place, &'a str>,
    language: &'a Language,
    question: Question<'a>,
    indicator: &'a Indicator,
}

impl Writer<'_> {
    fn rule(&self, side: &Measure) -> Rule {
        let words = Words { specs: self.specs, language: self.language };
        let dataset = self.specs.dataset(side.dataset);
        Rule {
            name: side.name.get(&self.language.code).to_owned(),
            dataset: dataset.name.get(&self.language.code).to_owned(),
            population: words.condition(dataset, &side.population),
            filter: words.condition(dataset, &side.filter),
            sum: match &side.quantity {
                Quantity::Rows => String::new(),
                Quantity::Sum(sum) => words.sum(dataset, sum),
            },
        }
    }

    fn rows(&self, contributions: &[Contribution]) -> Vec<TracedRow> {
        let of = |contribution: &Contribution| {
            let rows = self.published.rows(self.question.period, contribution.dataset);
            self.row(&rows, contribution)
        };
        contributions.iter().map(of).collect()
    }

    fn row(&self, rows: &Rows<'_>, &Contribution { dataset, row, does }: &Contribution) -> TracedRow {
        let place = rows.place(row);
        let (left_out, numerator, denominator) = match does {
            Does::Adds { numerator, denominator } => (None, numerator, denominator),
            Does::LeftOut(reason) => (Some(Reason::name(reason)), 0, 0),
        };
        let cell = |field: FieldIndex| self.cell(place, (dataset, field), &rows.typed(field, row));
        TracedRow {
            file: place.file.as_str().to_owned(),
            sheet: place.sheet.to_string(),
            row: place.row + 1,
            dataset: self.specs.dataset(dataset).id.to_string(),
            unit: rows.title(row),
            region: self.specs.hierarchy.region(rows.region(row)).code.as_str().to_owned(),
            left_out,
            numerator,
            denominator,
            cells: self.fields(dataset).into_iter().map(cell).collect(),
        }
    }

    /// The fields of a dataset that the number looks at, in their order.
    fn fields(&self, dataset: DatasetIndex) -> Vec<FieldIndex> {
        let Indicator { numerator, denominator, parts, .. } = self.indicator;
        let mut fields: Vec<FieldIndex> =
            [numerator, denominator].into_iter().filter(|side| side.dataset == dataset).flat_map(|side| side.fields()).collect();
        if let (Subject::Part { position, .. }, true) = (self.question.subject, numerator.dataset == dataset) {
            fields.extend(parts[position].fields());
        }
        if let (Subject::Group { breakdown, .. }, true) = (self.question.subject, denominator.dataset == dataset) {
            fields.push(self.indicator.breakdowns[breakdown]);
        }
        fields.sort_unstable();
        fields.dedup();
        fields
    }

    fn cell(&self, place: &RowPlace, (dataset, field): (DatasetIndex, FieldIndex), typed: &Typed) -> TracedCell {
        let declared = self.specs.dataset(dataset);
        let at = place.cell(field);
        let column = match at {
            Place::Cell { column, .. } => column,
            Place::File(_) | Place::Text { .. } => None,
        };
        let found = column.and_then(|_| self.stood.get(&at));
        TracedCell {
            field: declared.field(field).id.to_string(),
            cell: column.map(|column| cell_name(place.row, column)),
            stood: found.map(|&found| found.to_owned()),
            understood: match typed.blank() {
                Some(Blank::NotReported) => "<not reported>".to_owned(),
                Some(Blank::NotApplicable) => "<not applicable>".to_owned(),
                Some(Blank::Refused) => "<refused>".to_owned(),
                None => spelt(self.specs, declared, field, typed),
            },
        }
    }

    /// The sums of the regions right below: those of the rows within each.
    fn below(&self, contributions: &[Contribution]) -> Vec<RegionSums> {
        let hierarchy = &self.specs.hierarchy;
        let Question { period, region, .. } = self.question;
        let below = hierarchy.children(region, self.specs.period(period).date);
        let sums = |&inner: &RegionIndex| {
            let mut sums = RegionSums {
                region: hierarchy.region(inner).code.as_str().to_owned(),
                name: hierarchy.region(inner).name.get(&self.language.code).to_owned(),
                numerator: 0,
                denominator: 0,
            };
            for contribution in contributions {
                let rows = self.published.rows(period, contribution.dataset);
                if let Does::Adds { numerator, denominator } = contribution.does
                    && hierarchy.contains(inner, rows.region(contribution.row))
                {
                    sums.numerator += numerator;
                    sums.denominator += denominator;
                }
            }
            sums
        };
        below.iter().map(sums).collect()
    }
}

/// The trace as JSON.
pub fn json(trace: &Trace) -> String {
    serde_json::to_string_pretty(trace).expect("plain data are written to memory") + "\n"
}

/// A cell of a row, or the row alone where the number looks at none of its cells.
#[derive(Serialize)]
struct Line<'a> {
    file: String,
    sheet: String,
    row: u32,
    cell: &'a str,
    dataset: &'a str,
    unit: String,
    region: &'a str,
    left_out: &'a str,
    numerator: i64,
    denominator: i64,
    field: &'a str,
    stood: String,
    understood: String,
}

/// The rows as CSV with a header line, a line for each of their cells: UTF-8, commas, LF. No text in it can act as a formula.
pub fn csv(trace: &Trace) -> String {
    let inert = |text: &str| if is_formula(text) { format!("'{text}") } else { text.to_owned() };
    let mut writer = csv::Writer::from_writer(Vec::new());
    let none = TracedCell { field: String::new(), cell: None, stood: None, understood: String::new() };
    for row in &trace.rows {
        let cells = if row.cells.is_empty() { std::slice::from_ref(&none) } else { &row.cells[..] };
        for cell in cells {
            let line = Line {
                file: inert(&row.file),
                sheet: inert(&row.sheet),
                row: row.row,
                cell: cell.cell.as_deref().unwrap_or_default(),
                dataset: &row.dataset,
                unit: inert(&row.unit),
                region: &row.region,
                left_out: row.left_out.unwrap_or_default(),
                numerator: row.numerator,
                denominator: row.denominator,
                field: &cell.field,
                stood: inert(cell.stood.as_deref().unwrap_or_default()),
                understood: inert(&cell.understood),
            };
            writer.serialize(line).expect("plain rows are written to memory");
        }
    }
    String::from_utf8(writer.into_inner().expect("memory does not fail")).expect("text went in")
}
