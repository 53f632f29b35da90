//! What is known of a sheet while its rows are read: where its columns stand, what the captions said, and what rows told.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use crate::dataset::{Interpretation, Typed, spelt};
use crate::diagnostic::{CauseKind, Diagnostic, Fact, Place, Rule};
use crate::grid::Raw;
use crate::intake::cell::{self, Vocabulary};
use crate::intake::gazetteer::Lookup;
use crate::intake::header::Found;
use crate::intake::name;
use crate::intake::submission::{Row, Submission};
use crate::intake::table::Line;
use crate::region::RegionIndex;
use crate::spec::{Dataset, Field, FieldIndex, FieldKind, fold_header};
use crate::value::Blank;

/// Columns counted from the first filled column as columns of the whole sheet.
fn places(columns: &[Option<usize>], first: u32) -> Arc<[Option<u32>]> {
    columns.iter().map(|column| column.map(|column| first + column as u32)).collect()
}

/// The column of each field below the headers at the top.
fn columns(found: Found<'_>, dataset: &Dataset) -> Vec<Option<usize>> {
    let mut columns = vec![None; dataset.fields.len()];
    for &(field, column) in &found.header.columns {
        columns[field.0] = Some(column);
    }
    columns
}

/// What the captions above a row say.
#[derive(Clone, Debug, Default)]
pub struct Caption {
    /// Fields for regions, and the region of each.
    pub given: Vec<(FieldIndex, RegionIndex)>,
    /// The region in which names are looked up.
    pub outer: Option<RegionIndex>,
    /// Whether the caption could not be understood; the reason has been reported.
    pub unclear: bool,
}

/// Reads the rows below a header.
pub struct SheetReader<'a> {
    pub found: Found<'a>,
    pub dataset: &'a Dataset,
    pub lookup: &'a Lookup<'a>,
    pub vocabulary: Vocabulary<'a>,
    pub chain: Vec<FieldIndex>,
    /// The column of each field.
    pub columns: Vec<Option<usize>>,
    /// The column of each field, counted from the first column of the whole sheet.
    pub places: Arc<[Option<u32>]>,
    /// Whether the row above held headers in an order of their own.
    pub has_moved: bool,
    pub captioned: bool,
    pub caption: Caption,
    /// Whether a unit without an identifier may be found by its name.
    pub by_name: bool,
    /// For each field, whether all identifiers are numbers and some have zero decimals.
    pub decimals: Vec<bool>,
    /// The codes of all regions within a region; kept for regions that rows name without naming one within.
    pub within: HashMap<RegionIndex, Arc<[Arc<str>]>>,
    /// What the rows told of their regions; `None` as soon as one row told nothing.
    pub told: Option<BTreeSet<Told>>,
}

/// What a row tells of the region that it lies in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Told {
    /// It lies in this region.
    In(RegionIndex),
    /// It lies in this region or in any region within it.
    Within(RegionIndex),
}

impl<'a> SheetReader<'a> {
    /// For the rows below a header. `captioned` says that captions give the regions of the `chain`.
    pub fn new(found: Found<'a>, lookup: &'a Lookup<'a>, chain: Vec<FieldIndex>, captioned: bool) -> Self {
        let (specs, dataset) = (found.specs, found.specs.dataset(found.header.dataset));
        let columns = columns(found, dataset);
        Self {
            found,
            dataset,
            places: places(&columns, found.sheet.first_column),
            lookup,
            vocabulary: Vocabulary { words: &specs.programme.words, names: &specs.programme.names },
            chain,
            columns,
            has_moved: false,
            captioned,
            caption: Caption::default(),
            by_name: name::is_findable(specs, dataset),
            decimals: vec![false; dataset.fields.len()],
            within: HashMap::new(),
            told: Some(BTreeSet::new()),
        }
    }

    /// For each field, whether all identifiers are numbers and some have zero decimals: a program added these, not the office.
    pub fn decimal_codes(&self, lines: &[Line]) -> Vec<bool> {
        let first = self.found.header.row + 1;
        let rows = || {
            (first..).zip(lines).filter(|(_, line)| matches!(line, Line::Row)).map(|(offset, _)| &self.found.sheet.rows[offset])
        };
        let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()) || cell::without_decimals(text).is_some();
        let of_field = |(field, column): (&Field, &Option<usize>)| {
            let Some(column) = column.filter(|_| matches!(field.kind, FieldKind::Code)) else { return false };
            let texts = || rows().filter_map(|cells| cells.get(column)).map(Raw::text);
            texts().any(|text| cell::without_decimals(&text).is_some()) && texts().all(|text| is_number(&text))
        };
        self.dataset.fields.iter().zip(&self.columns).map(of_field).collect()
    }

    /// Warns of a table without rows, and of a blank form: a table whose rows hold no answer.
    pub fn empty(&self, earlier: usize, submission: &mut Submission) {
        let dataset = self.dataset;
        // Without the column of the key or the region no rows can be expected, and the missing column has its own finding.
        let is_missing = |field: &FieldIndex| self.found.header.column(*field).is_none();
        if dataset.key.iter().any(is_missing) || is_missing(&dataset.region) && !self.captioned {
            return;
        }
        let asks = |field: &FieldIndex| !dataset.is_vital(*field) && dataset.title != Some(*field) && !self.chain.contains(field);
        let asked: Vec<FieldIndex> = (0..dataset.fields.len()).map(FieldIndex).filter(asks).collect();
        let rows = &submission.rows[earlier..];
        let has_answer = |(_, row): &(_, Row)| asked.iter().any(|field| row.cells[field.0].blank() != Some(Blank::NotReported));
        let (kind, message) = if rows.is_empty() {
            (CauseKind::EmptyTable, format!("expected rows of `{}` below the headers, found none", dataset.id))
        } else if !asked.is_empty() && !rows.iter().any(has_answer) {
            let rows = if rows.len() == 1 { "the only row".to_owned() } else { format!("all {} rows", rows.len()) };
            (CauseKind::TableWithoutAnswers, format!("expected answers in this table of `{}`, found none in {rows}", dataset.id))
        } else {
            return;
        };
        submission.diagnostics.push(
            Diagnostic::new(Rule::EmptyTable, self.place(self.found.header.row, None), message)
                .hint("ask the office for the filled-in workbook")
                .because(kind, Vec::new()),
        );
    }

    /// Tells which headers were understood as more than they say.
    pub fn headers(&self, submission: &mut Submission) {
        for (column, text, field) in &self.found.header.understood {
            let id = &self.dataset.field(*field).id;
            let to = if text.is_empty() {
                format!("the column of `{id}`, which has no header")
            } else {
                format!("the header of `{id}`")
            };
            let place = self.place(self.found.header.row, Some(*column));
            submission.interpretations.push(Interpretation::new(place, text, to));
        }
        for (column, text, word) in &self.found.header.captions {
            let place = self.place(self.found.header.row, Some(*column));
            submission.interpretations.push(Interpretation::new(place, text, format!("the caption `{word}`")));
        }
    }

    /// Moves the reader to repeated headers whose columns have another order.
    pub fn move_to(&mut self, offset: usize, columns: &[(FieldIndex, usize)], submission: &mut Submission) {
        let before = std::mem::replace(&mut self.columns, vec![None; self.dataset.fields.len()]);
        for &(field, column) in columns {
            self.columns[field.0] = Some(column);
        }
        self.places = places(&self.columns, self.found.sheet.first_column);
        self.has_moved = true;
        let cells = self.found.sheet.rows[offset].iter().enumerate();
        let excerpt = &self.dataset.excerpt;
        let is_known = |header: &str| excerpt.ignores(header) || excerpt.headers().any(|known| known == header);
        let unknown = cells.filter(|(column, cell)| {
            !cell.is_blank() && !columns.iter().any(|(_, known)| known == column) && !is_known(&fold_header(&cell.text()))
        });
        for (column, cell) in unknown {
            let text = cell.text();
            submission.diagnostics.push(
                Diagnostic::new(
                    Rule::UnknownColumn,
                    self.place(offset, Some(column)),
                    format!("unknown column `{text}`; it is not read"),
                )
                .because(CauseKind::UnknownColumn, vec![("found", Fact::Text(text))]),
            );
        }
        for (position, field) in self.dataset.fields.iter().enumerate() {
            if before[position].is_some() && self.columns[position].is_none() {
                let message = format!("the column `{}` of the dataset `{}` is missing from here on", field.id, self.dataset.id);
                submission.diagnostics.push(
                    Diagnostic::new(Rule::MissingColumn, self.place(offset, None), message)
                        .hint("give this block the same columns as the one above")
                        .because(CauseKind::MissingColumn, vec![("field", self.dataset.fact(FieldIndex(position)))]),
                );
            }
        }
    }

    /// Moves the reader to the headers at the top again.
    pub fn move_back(&mut self) {
        self.has_moved = false;
        self.columns = columns(self.found, self.dataset);
        self.places = places(&self.columns, self.found.sheet.first_column);
    }

    pub fn caption(&mut self, region: RegionIndex) {
        let hierarchy = &self.found.specs.hierarchy;
        let is_outer = self.dataset.level.is_some_and(|level| hierarchy.region(region).level < level);
        let outer = if is_outer { Some(region) } else { self.caption.outer.filter(|&outer| hierarchy.contains(outer, region)) };
        let fields = &self.chain[usize::from(is_outer).min(self.chain.len())..];
        let given = fields.iter().copied().zip(hierarchy.upwards(region)).collect();
        self.caption = Caption { given, outer, unclear: false };
    }

    /// What a row tells of its region: its own region, or the outer one that the row or its caption names; `None` when it tells neither.
    pub fn told(&self, region: Option<RegionIndex>, cells: &[Typed]) -> Option<Told> {
        let hierarchy = &self.found.specs.hierarchy;
        // A unit whose region lies above the level of its dataset may lie in any region within it.
        let of_units = !self.dataset.key.contains(&self.dataset.region);
        let is_above =
            |region: RegionIndex| of_units && self.dataset.level.is_some_and(|level| hierarchy.region(region).level < level);
        if let Some(region) = region.filter(|&region| !is_above(region)) {
            return Some(Told::In(region));
        }
        let named = self.chain.iter().find_map(|field| match cells[field.0] {
            Typed::Region(answer) => answer.ok(),
            Typed::Text(_) | Typed::Category(_) | Typed::Flag(_) | Typed::Count(_) => None,
        });
        region.or(named).or(self.caption.outer).map(Told::Within)
    }

    /// The codes of the regions that a fault concerns: one region, or all regions within one.
    pub fn codes(&mut self, told: Told) -> Arc<[Arc<str>]> {
        let hierarchy = &self.found.specs.hierarchy;
        let code = |region: RegionIndex| hierarchy.region(region).code.as_str().into();
        match told {
            Told::In(region) => [code(region)].into(),
            Told::Within(outer) => {
                let codes = || hierarchy.within(outer).map(|index| code(RegionIndex(index))).collect();
                self.within.entry(outer).or_insert_with(codes).clone()
            }
        }
    }

    /// Lets faults of a sheet's columns concern the regions of its own rows, and not those of other sheets of the file.
    pub fn blame(&mut self, found: &mut [Diagnostic]) {
        let Some(told) = self.told.take().filter(|told| !told.is_empty()) else { return };
        let codes: BTreeSet<Arc<str>> = told.into_iter().flat_map(|told| self.codes(told).to_vec()).collect();
        let codes: Arc<[Arc<str>]> = codes.into_iter().collect();
        let of_columns = |found: &&mut Diagnostic| {
            let is_of_rows = found.cause.as_ref().is_some_and(|cause| cause.kind != CauseKind::TableBeside);
            found.stops_everything() && is_of_rows && matches!(found.rule, Rule::MissingColumn | Rule::DuplicateColumn)
        };
        for found in found.iter_mut().filter(of_columns) {
            found.concern.regions = codes.clone();
        }
    }

    /// Adds to the findings of the sheet what they concern: the dataset, the period, and the fields that they name.
    pub fn concern(&self, found: &mut [Diagnostic]) {
        let period: Arc<str> = self.found.specs.period(self.found.period).id.as_str().into();
        for Diagnostic { concern, cause, .. } in found {
            concern.period = Some(period.clone());
            concern.dataset = Some(self.dataset.id.shared());
            let facts = cause.iter().flat_map(|cause| &cause.facts);
            if concern.fields.is_empty() {
                concern.fields = facts.filter_map(|(_, fact)| fact.field().cloned()).collect();
                concern.fields.shrink_to_fit();
            }
        }
    }

    /// The key of a row; `None` where a part of it is blank.
    pub fn unit(&self, cells: &[Typed]) -> Option<Arc<str>> {
        let spelt = |field: &FieldIndex| spelt(self.found.specs, self.dataset, *field, &cells[field.0]);
        let key: Vec<String> = self.dataset.key.iter().map(spelt).collect();
        (!key.iter().any(String::is_empty)).then(|| key.join(", ").into())
    }

    pub fn place(&self, offset: usize, column: Option<usize>) -> Place {
        self.found.place(offset, column)
    }

    /// Whether a cell holds anything but a word for nothing.
    pub fn is_filled(&self, field: FieldIndex, cells: &[Raw]) -> bool {
        let raw = self.columns[field.0].and_then(|column| cells.get(column)).unwrap_or(&Raw::Empty);
        self.vocabulary.words.blank(&raw.text()).is_none() || matches!(raw, Raw::Stale)
    }

    /// The cell and its row; for a cell merged with cells above it, the first of these and its row.
    pub fn raw<'b>(&'b self, offset: usize, column: usize, cells: &'b [Raw]) -> (&'b Raw, usize) {
        match self.found.merged(offset, column) {
            Some((raw, (from, at))) if at == column => (raw, from),
            Some(_) | None => (cells.get(column).unwrap_or(&Raw::Empty), offset),
        }
    }
}
