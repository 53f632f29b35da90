//! Rows of totals are no units: each total is compared with the sum of its rows. A total that names a region is compared with the rows of
//! this region, wherever they stand. Where a table has rows of regions and rows of regions within these, either the outer or the inner rows
//! are added.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::number::{self, Written};
use super::submission::Submission;
use crate::dataset::{Correction, Interpretation, Typed};
use crate::diagnostic::{CauseKind, Diagnostic, Fact, FileName, Place, Rule};
use crate::grid::Raw;
use crate::region::{Hierarchy, LevelIndex, RegionIndex};
use crate::spec::{Corrections, Dataset, FieldIndex, FieldKind, Specs, Words};

/// How many blocks above a total are tried, besides the whole table.
const MOST_BLOCKS: usize = 8;

/// What a cell of a total holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A number, in the units of its field.
    Number(i64),
    /// Something else than a number.
    Other {
        /// What stands in the cell.
        text: String,
        /// The same as messages tell it.
        told: String,
    },
}

/// The value in a cell of a total; `None` when the cell holds nothing.
pub fn value(raw: &Raw, words: &Words, written: Written<'_>) -> Option<Value> {
    let text = raw.text();
    let other = |text: String| Value::Other { told: format!("`{text}`"), text };
    match raw {
        Raw::Error(_) | Raw::Date(_) | Raw::Percent(_) => Some(other(text)),
        Raw::Struck(_) => Some(Value::Other { told: format!("`{text}`, struck out in whole or in part"), text }),
        Raw::Stale => Some(Value::Other { told: "a formula without a stored result".to_owned(), text: "—".to_owned() }),
        Raw::Empty | Raw::Text(_) | Raw::Number(_) | Raw::Padded(_) | Raw::Bool(_) => {
            // The words for a total may stand in the column of a count, and there are many signs for a blank.
            if words.blank(&text).is_some() || words.is_total(&text) {
                return None;
            }
            Some(number::read(raw, words, written).map_or_else(|_| other(text), |(number, _)| Value::Number(number)))
        }
    }
}

/// The most runs of rows that are named one by one; dots stand for the rest.
const MOST_RUNS: usize = 6;

/// A total that is still to be compared.
struct Total {
    /// How many rows stand above it.
    above: usize,
    label: String,
    /// The regions that the total may name: several may bear the name.
    regions: Vec<RegionIndex>,
    values: Vec<Option<Value>>,
    places: Vec<Place>,
}

/// A unit's row.
struct Row {
    /// Its position in the sheet, counted from 0.
    number: u32,
    /// The region that it lies in.
    region: Option<RegionIndex>,
    /// Each of its counts, and 1 where the count could not be used, else 0.
    own: Vec<(i64, u32)>,
}

/// The rows of a region.
struct Rows {
    /// The sum of each count, and how many cells could not be used.
    sums: Vec<(i64, u32)>,
    first: usize,
    last: usize,
    count: usize,
}

/// The rows that a total may stand for.
enum Span {
    /// All rows from one position to another.
    Block(Range<usize>),
    /// The rows of a region, with rows of other regions between them.
    Region(RegionIndex, Rows),
}

/// Rows that may be added to each other: none of them lies within another.
struct Layer {
    /// For each position, and for the end: how many of the rows above belong to the layer.
    members: Vec<usize>,
    /// For each position, and for the end: the sum of each count over the rows above that belong to the layer, and how many cells could not
    /// be used.
    above: Vec<Vec<(i64, u32)>>,
    /// The rows of each region.
    regions: BTreeMap<RegionIndex, Rows>,
}

/// The first and the last region of some rows, in the order of the hierarchy; `None` where no region is known.
type Extent = Option<(RegionIndex, RegionIndex)>;

/// The counts of a table's rows, where its blocks end, and its totals.
pub struct Sums {
    /// The fields that are counts.
    counts: Vec<FieldIndex>,
    rows: Vec<Row>,
    /// The field with the region of a row.
    region: FieldIndex,
    /// The level of the rows.
    level: Option<LevelIndex>,
    /// Whether the rows are regions, so that one may lie within another.
    of_regions: bool,
    /// How many rows stand above the end of each block.
    bounds: Vec<usize>,
    totals: Vec<Total>,
}

impl Sums {
    /// A table without rows yet.
    pub fn new(dataset: &Dataset) -> Self {
        let is_count = |field: &FieldIndex| matches!(dataset.field(*field).kind, FieldKind::Count { .. });
        Self {
            counts: (0..dataset.fields.len()).map(FieldIndex).filter(is_count).collect(),
            rows: Vec::new(),
            region: dataset.region,
            level: dataset.level,
            of_regions: dataset.key.contains(&dataset.region),
            bounds: vec![0],
            totals: Vec::new(),
        }
    }

    /// Adds a unit's row; `sound` tells of each cell whether it could be used.
    pub fn row(&mut self, number: u32, cells: &[Typed], sound: &[bool]) {
        let own = self.counts.iter().map(|field| match cells[field.0] {
            Typed::Count(Ok(count)) => (count, u32::from(!sound[field.0])),
            _ => (0, u32::from(!sound[field.0])),
        });
        let region = match cells[self.region.0] {
            Typed::Region(answer) => answer.ok(),
            _ => None,
        };
        self.rows.push(Row { number, region, own: own.collect() });
    }

    /// Ends a block at the row that comes next.
    pub fn bound(&mut self) {
        if self.bounds.last() != Some(&self.rows.len()) {
            self.bounds.push(self.rows.len());
        }
    }

    /// Adds a total: the regions that it may name, and the value and the place in the column of each field.
    pub fn total(&mut self, label: String, regions: Vec<RegionIndex>, values: Vec<Option<Value>>, places: Vec<Place>) {
        self.totals.push(Total { above: self.rows.len(), label, regions, values, places });
        self.bound();
    }

    /// Compares every total with its rows; `top` is a place of the table.
    pub fn compare(&self, top: &Place, dataset: &Dataset, hierarchy: &Hierarchy, submission: &mut Submission) {
        let layers = self.layers(hierarchy);
        let extents = Extents::new(&self.rows, &self.bounds);
        for total in &self.totals {
            let place = total.places.first().map_or_else(|| top.clone(), whole_row);
            let spans = layers.iter().flat_map(|layer| {
                let spans = self.spans(total, layer, &extents, hierarchy);
                spans.into_iter().map(move |span| (layer, span))
            });
            let spans: Vec<(&Layer, Span)> = spans.collect();
            // Of the spans that fit best, the nearest one is meant.
            let fewest = spans.iter().min_by_key(|(layer, span)| self.disagreements(total, layer, span).count());
            let Some((layer, span)) = fewest else {
                submission.diagnostics.push(nothing(place, total));
                continue;
            };
            let words = self.words(layer, span, hierarchy);
            submission.interpretations.push(Interpretation::new(
                place,
                &total.label,
                format!("the total of {words}; not counted"),
            ));
            for (position, sum, value) in self.disagreements(total, layer, span) {
                let field = self.counts[position];
                let declared = dataset.field(field);
                let sum = declared.amount(sum);
                let (fact, found) = match value {
                    Value::Number(number) => {
                        let number = declared.amount(*number);
                        (Fact::Number(number), format!("`{number}`"))
                    }
                    Value::Other { text, told } => (Fact::Text(text.clone()), told.clone()),
                };
                let id = &declared.id;
                let facts = vec![
                    ("field", dataset.fact(field)),
                    ("found", fact),
                    ("rows", Fact::Text(self.numbers(layer, span, hierarchy))),
                    ("sum", Fact::Number(sum)),
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

    /// The layers of rows to be added. There is one with all rows; or, where rows of regions stand beside rows of regions within them, the
    /// inner rows first and the outer rows second.
    fn layers(&self, hierarchy: &Hierarchy) -> Vec<Layer> {
        let regions: BTreeSet<RegionIndex> = self.rows.iter().filter_map(|row| row.region).filter(|_| self.of_regions).collect();
        let holds_others = |region: RegionIndex| {
            let within = hierarchy.within(region);
            regions.range(RegionIndex(within.start + 1)..RegionIndex(within.end)).next().is_some()
        };
        let is_above = |region: RegionIndex| self.level.is_some_and(|level| hierarchy.region(region).level < level);
        let outer: BTreeSet<RegionIndex> =
            regions.iter().copied().filter(|&region| holds_others(region) || is_above(region)).collect();
        if outer.is_empty() {
            return vec![self.layer(|_| true)];
        }
        let in_another = |region: RegionIndex| hierarchy.upwards(region).skip(1).any(|outer| regions.contains(&outer));
        vec![
            self.layer(|region| region.is_none_or(|region| !outer.contains(&region))),
            self.layer(|region| region.is_some_and(|region| !in_another(region))),
        ]
    }

    /// The layer of the rows whose region (`None` where it is unknown) is a member.
    fn layer(&self, is_member: impl Fn(Option<RegionIndex>) -> bool) -> Layer {
        let mut layer = Layer { members: vec![0], above: vec![vec![(0, 0); self.counts.len()]], regions: BTreeMap::new() };
        for (position, row) in self.rows.iter().enumerate() {
            let is_member = is_member(row.region);
            let mut sums = layer.above[position].clone();
            if is_member {
                add(&mut sums, &row.own);
                if let Some(region) = row.region {
                    let none = || Rows { sums: vec![(0, 0); row.own.len()], first: position, last: position, count: 0 };
                    layer.regions.entry(region).or_insert_with(none).add(&row.own, position);
                }
            }
            layer.members.push(layer.members[position] + usize::from(is_member));
            layer.above.push(sums);
        }
        layer
    }

    /// The spans that a total may be the sum of. A total that names a region has the rows of that region, and the blocks of which no row is
    /// known to lie elsewhere; any other total has all blocks.
    fn spans(&self, total: &Total, layer: &Layer, extents: &Extents, hierarchy: &Hierarchy) -> Vec<Span> {
        let mut blocks = self.blocks(total.above);
        blocks.retain(|block| layer.count(block) > 0);
        if total.regions.is_empty() {
            return blocks.into_iter().map(Span::Block).collect();
        }
        let mut spans: Vec<Span> = total.regions.iter().filter_map(|&region| layer.of(region, hierarchy)).collect();
        let is_inside = |block: &Range<usize>| {
            let known = extents.of(block);
            known.is_none_or(|(first, last)| {
                total.regions.iter().any(|&region| hierarchy.contains(region, first) && hierarchy.contains(region, last))
            })
        };
        spans.extend(blocks.into_iter().filter(is_inside).map(Span::Block));
        spans
    }

    /// The block above a total, the last several blocks above it, the block below it, and all rows.
    fn blocks(&self, above: usize) -> Vec<Range<usize>> {
        let mut spans: Vec<Range<usize>> = Vec::new();
        let blocks = self.bounds.iter().rev().filter(|&&bound| bound < above).take(MOST_BLOCKS);
        spans.extend(blocks.map(|&bound| bound..above));
        let next = self.bounds.iter().copied().find(|&bound| bound > above).unwrap_or(self.rows.len());
        spans.extend([0..above, above..next, 0..self.rows.len(), above..self.rows.len()]);
        spans.retain(|span| !span.is_empty());
        spans
    }

    /// The counts in which the total disagrees with a sum: the position of the count, the sum, and the value in the total.
    fn disagreements<'a>(
        &'a self,
        total: &'a Total,
        layer: &'a Layer,
        span: &'a Span,
    ) -> impl Iterator<Item = (usize, i64, &'a Value)> {
        self.counts.iter().enumerate().filter_map(move |(position, field)| {
            let value = total.values[field.0].as_ref()?;
            // A cell with a fault of its own leaves the sum unknown.
            let (sum, unsound) = match span {
                Span::Block(span) => {
                    let (before, after) = (layer.above[span.start][position], layer.above[span.end][position]);
                    (after.0 - before.0, after.1 - before.1)
                }
                Span::Region(_, rows) => rows.sums[position],
            };
            (unsound == 0 && *value != Value::Number(sum)).then_some((position, sum, value))
        })
    }

    /// The rows that are added, in English.
    fn words(&self, layer: &Layer, span: &Span, hierarchy: &Hierarchy) -> String {
        match span {
            Span::Block(block) if layer.count(block) == block.len() => {
                let (first, last) = (self.rows[block.start].number + 1, self.rows[block.end - 1].number + 1);
                if first == last { format!("row {first}") } else { format!("rows {first} to {last}") }
            }
            Span::Block(block) if layer.count(block) == 1 => format!("row {}", self.numbers(layer, span, hierarchy)),
            Span::Block(_) => format!("rows {}", self.numbers(layer, span, hierarchy)),
            Span::Region(..) if layer.count(&(0..self.rows.len())) < self.rows.len() => {
                format!("rows {}", self.numbers(layer, span, hierarchy))
            }
            Span::Region(region, rows) => format!("the {} rows of `{}`", rows.count, hierarchy.region(*region).code),
        }
    }

    /// The numbers of the rows that are added: `2–4, 6`.
    fn numbers(&self, layer: &Layer, span: &Span, hierarchy: &Hierarchy) -> String {
        let (range, region) = match span {
            Span::Block(block) if layer.count(block) == block.len() => {
                return printed(&[(self.rows[block.start].number + 1, self.rows[block.end - 1].number + 1)]);
            }
            Span::Block(block) => (block.clone(), None),
            Span::Region(region, rows) => (rows.first..rows.last + 1, Some(*region)),
        };
        let is_added = |position: &usize| {
            let lies_there = |outer| self.rows[*position].region.is_some_and(|inner| hierarchy.contains(outer, inner));
            layer.count(&(*position..position + 1)) == 1 && region.is_none_or(lies_there)
        };
        runs(range.filter(is_added).map(|position| self.rows[position].number))
    }
}

impl Layer {
    /// How many rows of a block belong to the layer.
    fn count(&self, block: &Range<usize>) -> usize {
        self.members[block.end] - self.members[block.start]
    }

    /// The rows of a region and of all that lies within it.
    fn of(&self, region: RegionIndex, hierarchy: &Hierarchy) -> Option<Span> {
        let within = hierarchy.within(region);
        let mut all: Option<Rows> = None;
        for (_, rows) in self.regions.range(RegionIndex(within.start)..RegionIndex(within.end)) {
            match &mut all {
                Some(all) => all.join(rows),
                None => all = Some(Rows { sums: rows.sums.clone(), ..*rows }),
            }
        }
        all.map(|rows| match rows.last + 1 - rows.first == rows.count {
            true => Span::Block(rows.first..rows.last + 1),
            false => Span::Region(region, rows),
        })
    }
}

impl Rows {
    fn add(&mut self, own: &[(i64, u32)], position: usize) {
        add(&mut self.sums, own);
        self.last = position;
        self.count += 1;
    }

    fn join(&mut self, other: &Rows) {
        add(&mut self.sums, &other.sums);
        (self.first, self.last) = (self.first.min(other.first), self.last.max(other.last));
        self.count += other.count;
    }
}

/// Which regions the rows of blocks lie in, ready to be asked for any block.
struct Extents {
    /// For each position, and for the end: the extent of the rows above.
    above: Vec<Extent>,
    /// For each row, and for the end: the extent of this row and all rows below.
    below: Vec<Extent>,
    /// For each block: the position where it ends, and the extent of its rows.
    blocks: Vec<(usize, Extent)>,
}

impl Extents {
    fn new(rows: &[Row], bounds: &[usize]) -> Self {
        let own = |row: &Row| row.region.map(|region| (region, region));
        let mut above = vec![None];
        for row in rows {
            above.push(joined(above[above.len() - 1], own(row)));
        }
        let mut below = vec![None; rows.len() + 1];
        for (position, row) in rows.iter().enumerate().rev() {
            below[position] = joined(below[position + 1], own(row));
        }
        let ends = bounds.iter().copied().chain([rows.len()]);
        let mut first = 0;
        let block = |end: usize| {
            let extent = rows[first..end].iter().map(own).fold(None, joined);
            first = end;
            (end, extent)
        };
        Self { blocks: ends.map(block).collect(), above, below }
    }

    /// The extent of a block; a block begins at the first row or at a bound, and ends at the last row or at a bound.
    fn of(&self, block: &Range<usize>) -> Extent {
        if block.start == 0 {
            return self.above[block.end];
        }
        if block.end + 1 == self.below.len() {
            return self.below[block.start];
        }
        let first = self.blocks.partition_point(|(end, _)| *end <= block.start);
        let inner = self.blocks[first..].iter().take_while(|(end, _)| *end <= block.end);
        inner.map(|(_, extent)| *extent).fold(None, joined)
    }
}

fn joined(left: Extent, right: Extent) -> Extent {
    match (left, right) {
        (Some(left), Some(right)) => Some((left.0.min(right.0), left.1.max(right.1))),
        (left, right) => left.or(right),
    }
}

/// Numbers of rows, counted from 0, as they are printed: `2–4, 6`.
pub fn runs(rows: impl Iterator<Item = u32>) -> String {
    let mut runs: Vec<(u32, u32)> = Vec::new();
    for row in rows.map(|row| row + 1) {
        if let Some((_, last)) = runs.last_mut()
            && *last + 1 == row
        {
            *last = row;
        } else if runs.len() == MOST_RUNS {
            return format!("{}, …", printed(&runs));
        } else {
            runs.push((row, row));
        }
    }
    printed(&runs)
}

fn printed(runs: &[(u32, u32)]) -> String {
    let run = |(first, last): &(u32, u32)| if first == last { first.to_string() } else { format!("{first}–{last}") };
    runs.iter().map(run).collect::<Vec<_>>().join(", ")
}

fn add(sums: &mut [(i64, u32)], more: &[(i64, u32)]) {
    for (sum, own) in sums.iter_mut().zip(more) {
        (sum.0, sum.1) = (sum.0 + own.0, sum.1 + own.1);
    }
}

/// Takes back disagreements of totals in corrections row by row: such a file may carry a total of more rows than it holds.
pub fn in_corrections(specs: &Specs, corrections: &[Correction], files: &[&FileName], submissions: &mut [Submission]) {
    let by_row = |correction: &&Correction| specs.dataset(correction.dataset).corrections == Some(Corrections::Row);
    let later: BTreeSet<(&FileName, &str)> = corrections
        .iter()
        .filter(by_row)
        .map(|correction| (&correction.later, specs.dataset(correction.dataset).id.as_str()))
        .collect();
    for (file, submission) in files.iter().zip(submissions) {
        let Submission { diagnostics, interpretations, .. } = submission;
        diagnostics.retain(|found| {
            let dataset = found.concern.dataset.as_deref().unwrap_or_default();
            let is_compared = found.rule != Rule::TotalDisagrees || !later.contains(&(*file, dataset));
            if !is_compared {
                let value = found.cause.iter().flat_map(|cause| &cause.facts).find_map(|(name, fact)| match fact {
                    Fact::Text(text) if *name == "found" => Some(text.clone()),
                    Fact::Number(number) if *name == "found" => Some(number.to_string()),
                    _ => None,
                });
                let to = "a total of more rows than this correction holds; not compared";
                interpretations.push(Interpretation::new(found.place.clone(), value.unwrap_or_default(), to));
            }
            is_compared
        });
    }
}

/// The finding about a total without rows: a loss where it holds anything, a note where it holds no number but zero.
fn nothing(place: Place, total: &Total) -> Diagnostic {
    let label = total.label.chars().take(60).collect::<String>();
    let is_zero = |value: &Option<Value>| matches!(value, None | Some(Value::Number(0)));
    if total.values.iter().all(is_zero) {
        let message = format!("`{label}` holds a total of no rows, and no number but zero; it is not read");
        return Diagnostic::new(Rule::PassedOver, place, message)
            .because(CauseKind::TotalOfZero, vec![("found", Fact::Text(label))]);
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
