//! Rows of totals are no units: each is compared with the sum of the rows that it stands for. One that names a region stands for the
//! rows of that region, wherever they are.

use std::collections::BTreeMap;
use std::ops::Range;

use super::cell::Raw;
use super::{Submission, number};
use crate::dataset::{Interpretation, Typed};
use crate::diagnostic::{CauseKind, Diagnostic, Fact, Place, Rule};
use crate::region::{Hierarchy, RegionIndex};
use crate::spec::{Dataset, FieldIndex, FieldKind, Words};

/// Blocks above a total that are tried, besides the whole table.
const MOST_BLOCKS: usize = 8;

/// What stands in a cell of a total.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A number.
    Number(i64),
    /// Something that is none, as it is printed.
    Other(String),
}

/// The value of a cell of a total; `None` when it holds nothing.
pub fn value(raw: &Raw, words: &Words, suffixes: &[String]) -> Option<Value> {
    let text = raw.text();
    match raw {
        Raw::Error(_) | Raw::Date(_) | Raw::Percent(_) => Some(Value::Other(format!("`{text}`"))),
        Raw::Struck(_) => Some(Value::Other(format!("`{text}`, struck out in whole or in part"))),
        Raw::Stale => Some(Value::Other("a formula without a stored result".to_owned())),
        Raw::Empty | Raw::Text(_) | Raw::Number(_) | Raw::Padded(_) | Raw::Bool(_) => {
            // Words of a total may stand in the column of a count, and blanks have many signs.
            if words.blank(&text).is_some() || words.is_total(&text) {
                return None;
            }
            Some(
                number::whole(raw, words, suffixes)
                    .map_or_else(|_| Value::Other(format!("`{text}`")), |(number, _)| Value::Number(number)),
            )
        }
    }
}

/// A total on its way to be compared.
struct Total {
    /// How many rows stand above it.
    above: usize,
    label: String,
    /// The region that it names.
    region: Option<RegionIndex>,
    values: Vec<Option<Value>>,
    places: Vec<Place>,
}

/// The rows of a region.
struct Rows {
    /// The sum of each count, and how many of them could not be used.
    sums: Vec<(i64, u32)>,
    first: usize,
    last: usize,
    count: usize,
}

/// The rows that a total may stand for.
enum Span {
    /// Those from one to another.
    Block(Range<usize>),
    /// Those of a region, with other ones between them.
    Region(RegionIndex, Rows),
}

/// The counts of a table's rows, where its blocks end, and its totals.
pub struct Sums {
    /// The fields that are counts.
    counts: Vec<FieldIndex>,
    /// Where each row stands.
    rows: Vec<u32>,
    /// Of each row and the rows above it: the sum of each count, and how many of them could not be used.
    above: Vec<Vec<(i64, u32)>>,
    /// The rows of each region.
    regions: BTreeMap<RegionIndex, Rows>,
    /// Of each row the first one of those above it that lie in its region without another one between.
    runs: Vec<usize>,
    /// The region of each row.
    places: Vec<Option<RegionIndex>>,
    /// The field with the region of a row.
    region: FieldIndex,
    /// How many rows stand above the end of each block.
    bounds: Vec<usize>,
    totals: Vec<Total>,
}

impl Sums {
    /// Without rows.
    pub fn new(dataset: &Dataset) -> Self {
        let is_count = |field: &FieldIndex| matches!(dataset.field(*field).kind, FieldKind::Count { .. });
        let counts: Vec<FieldIndex> = (0..dataset.fields.len()).map(FieldIndex).filter(is_count).collect();
        Self {
            rows: Vec::new(),
            above: vec![vec![(0, 0); counts.len()]],
            regions: BTreeMap::new(),
            runs: Vec::new(),
            places: Vec::new(),
            region: dataset.region,
            bounds: vec![0],
            totals: Vec::new(),
            counts,
        }
    }

    /// Adds a unit's row; a cell that is not sound could not be used.
    pub fn row(&mut self, row: u32, cells: &[Typed], sound: &[bool]) {
        let own = self.counts.iter().map(|field| match cells[field.0] {
            Typed::Count(Ok(count)) => (count, u32::from(!sound[field.0])),
            _ => (0, u32::from(!sound[field.0])),
        });
        let own: Vec<(i64, u32)> = own.collect();
        let position = self.rows.len();
        let region = match cells[self.region.0] {
            Typed::Region(answer) => answer.ok(),
            _ => None,
        };
        if let Some(region) = region {
            let none = || Rows { sums: vec![(0, 0); own.len()], first: position, last: position, count: 0 };
            self.regions.entry(region).or_insert_with(none).add(&own, position);
        }
        let run = self.runs.last().filter(|_| self.places.last() == Some(&region)).copied().unwrap_or(position);
        self.runs.push(run);
        self.places.push(region);
        let mut sums = self.above.last().cloned().unwrap_or_default();
        add(&mut sums, &own);
        self.rows.push(row);
        self.above.push(sums);
    }

    /// A block ends here.
    pub fn bound(&mut self) {
        if self.bounds.last() != Some(&self.rows.len()) {
            self.bounds.push(self.rows.len());
        }
    }

    /// Adds a total, with the region that it names, with what stands in the column of each field, and where.
    pub fn total(&mut self, label: String, region: Option<RegionIndex>, values: Vec<Option<Value>>, places: Vec<Place>) {
        self.totals.push(Total { above: self.rows.len(), label, region, values, places });
        self.bound();
    }

    /// Compares every total with the rows that it stands for; `top` is a place of the table.
    pub fn compare(&self, top: &Place, dataset: &Dataset, hierarchy: &Hierarchy, submission: &mut Submission) {
        for total in &self.totals {
            let place = total.places.first().map_or_else(|| top.clone(), whole_row);
            // The span with the fewest disagreements is meant; of several the nearest one.
            let spans = self.spans(total, hierarchy);
            let Some(span) = spans.iter().min_by_key(|span| self.disagreements(total, span).count()) else {
                submission.diagnostics.push(nothing(place, total));
                continue;
            };
            let words = self.words(span, hierarchy);
            submission.interpretations.push(Interpretation::new(
                place,
                &total.label,
                format!("the total of {words}; not counted"),
            ));
            for (position, sum, value) in self.disagreements(total, span) {
                let field = self.counts[position];
                let found = match value {
                    Value::Number(number) => format!("`{number}`"),
                    Value::Other(text) => text.clone(),
                };
                let id = &dataset.field(field).id;
                let facts = vec![
                    ("field", dataset.fact(field)),
                    ("found", Fact::Text(found.replace('`', ""))),
                    ("sum", Fact::Text(sum.to_string())),
                ];
                let message = format!("expected {sum} in this total of `{id}`, the sum of {words}, found {found}");
                submission.diagnostics.push(
                    Diagnostic::new(Rule::TotalDisagrees, total.places[field.0].clone(), message)
                        .hint("look for a row that is missing, stands there twice or was changed after the total was made")
                        .because(CauseKind::TotalDisagrees, facts),
                );
            }
        }
    }

    /// What a total may stand for. With a region named: its rows, or a block of them; where nobody knows where a row lies, and
    /// without a region: any block.
    fn spans(&self, total: &Total, hierarchy: &Hierarchy) -> Vec<Span> {
        let blocks = self.blocks(total.above);
        let Some(region) = total.region.filter(|_| self.places.iter().all(Option::is_some)) else {
            return blocks.into_iter().map(Span::Block).collect();
        };
        let mut spans: Vec<Span> = self.of(region, hierarchy).into_iter().collect();
        let inside = |block: &Range<usize>| {
            let place = self.places[block.end - 1];
            self.runs[block.end - 1] <= block.start && place.is_some_and(|place| hierarchy.contains(region, place))
        };
        spans.extend(blocks.into_iter().filter(inside).map(Span::Block));
        spans
    }

    /// The rows of a region and of all that lies within it.
    fn of(&self, region: RegionIndex, hierarchy: &Hierarchy) -> Option<Span> {
        let within = hierarchy.within(region);
        let mut all: Option<Rows> = None;
        for (_, rows) in self.regions.range(RegionIndex(within.start)..RegionIndex(within.end)) {
            let all = all.get_or_insert_with(|| Rows { sums: vec![(0, 0); self.counts.len()], count: 0, ..*rows });
            add(&mut all.sums, &rows.sums);
            (all.first, all.last) = (all.first.min(rows.first), all.last.max(rows.last));
            all.count += rows.count;
        }
        all.map(|rows| match rows.last + 1 - rows.first == rows.count {
            true => Span::Block(rows.first..rows.last + 1),
            false => Span::Region(region, rows),
        })
    }

    /// The block above a total, or several of them; the block below it; all rows.
    fn blocks(&self, above: usize) -> Vec<Range<usize>> {
        let mut spans: Vec<Range<usize>> = Vec::new();
        let blocks = self.bounds.iter().rev().filter(|&&bound| bound < above).take(MOST_BLOCKS);
        spans.extend(blocks.map(|&bound| bound..above));
        let next = self.bounds.iter().copied().find(|&bound| bound > above).unwrap_or(self.rows.len());
        spans.extend([0..above, above..next, 0..self.rows.len(), above..self.rows.len()]);
        spans.retain(|span| !span.is_empty());
        spans
    }

    /// Counts of which the total is not the sum: the position, the sum, what stands there.
    fn disagreements<'a>(&'a self, total: &'a Total, span: &'a Span) -> impl Iterator<Item = (usize, i64, &'a Value)> {
        self.counts.iter().enumerate().filter_map(move |(position, field)| {
            let value = total.values[field.0].as_ref()?;
            // A cell with a fault of its own leaves the sum open.
            let (sum, unsound) = match span {
                Span::Block(span) => {
                    let (before, after) = (self.above[span.start][position], self.above[span.end][position]);
                    (after.0 - before.0, after.1 - before.1)
                }
                Span::Region(_, rows) => rows.sums[position],
            };
            (unsound == 0 && *value != Value::Number(sum)).then_some((position, sum, value))
        })
    }

    fn words(&self, span: &Span, hierarchy: &Hierarchy) -> String {
        match span {
            Span::Block(span) => {
                let (first, last) = (self.rows[span.start] + 1, self.rows[span.end - 1] + 1);
                if first == last { format!("row {first}") } else { format!("rows {first} to {last}") }
            }
            Span::Region(region, rows) => format!("the {} rows of `{}`", rows.count, hierarchy.region(*region).code),
        }
    }
}

impl Rows {
    fn add(&mut self, own: &[(i64, u32)], position: usize) {
        add(&mut self.sums, own);
        self.last = position;
        self.count += 1;
    }
}

fn add(sums: &mut [(i64, u32)], more: &[(i64, u32)]) {
    for (sum, own) in sums.iter_mut().zip(more) {
        (sum.0, sum.1) = (sum.0 + own.0, sum.1 + own.1);
    }
}

/// A total without rows is a loss where it holds anything; what holds nothing is passed over.
fn nothing(place: Place, total: &Total) -> Diagnostic {
    let label = total.label.chars().take(60).collect::<String>();
    let is_zero = |value: &Option<Value>| matches!(value, None | Some(Value::Number(0)));
    if total.values.iter().all(is_zero) {
        let message = format!("`{label}` holds a total of no rows, and no number but zero; it is not read");
        return Diagnostic::new(Rule::PassedOver, place, message).because(CauseKind::Remark, Vec::new());
    }
    Diagnostic::new(
        Rule::TotalDisagrees,
        place,
        format!("expected rows that `{label}` is the total of, found none; it is not counted"),
    )
    .hint("add the rows; if this is a row itself, give it its key")
    .because(CauseKind::TotalOfNothing, vec![("found", Fact::Text(label))])
}

fn whole_row(place: &Place) -> Place {
    match place.clone() {
        Place::Cell { file, sheet, row, .. } => Place::Cell { file, sheet, row, column: None },
        other @ (Place::File(_) | Place::Text { .. }) => other,
    }
}
