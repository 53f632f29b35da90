//! The rows of one sheet in, typed rows out. Captions give the region to the rows of their block, totals are compared.

mod above;
mod totals;

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::cell::{self, Reading, Vocabulary};
use super::fault::Fault;
use super::gazetteer::{Lookup, Scope};
use super::header::Found;
use super::name;
use super::submission::{Row, Submission};
use super::table::{self, Line};
use super::total::Sums;
use crate::dataset::{Interpretation, RowFate, RowPlace, Typed, spelt};
use crate::diagnostic::{CauseKind, Diagnostic, Fact, Place, Rule, Severity};
use crate::grid::Raw;
use crate::region::{LevelIndex, RegionIndex};
use crate::spec::{Dataset, Field, FieldIndex, FieldKind, Meant};
use crate::value::Blank;

/// Reads the rows below a header.
pub fn read(found: Found<'_>, lookup: &Lookup<'_>, submission: &mut Submission) {
    let specs = found.specs;
    let dataset = &specs.datasets[found.header.dataset.0];
    let (earlier, faults) = (submission.rows.len(), submission.diagnostics.len());
    above::report(found, lookup, submission);
    let layout = table::sort(found, lookup, &mut submission.diagnostics, &mut submission.interpretations);
    let chain = chain(dataset);
    // Captions give regions to units, but alone they tell no unit from another.
    let of_regions = dataset.key.iter().all(|field| chain.contains(field));
    let is_given = |field: &FieldIndex| layout.captioned && !(of_regions && dataset.key.contains(field));
    let given = chain.iter().copied().filter(is_given).collect::<Vec<_>>();
    let first = found.header.row + 1;
    let is_table = |offset: usize| layout.lines.get(offset - first).is_some_and(|line| matches!(line, Line::Row));
    found.report(&given, lookup, is_table, &mut submission.diagnostics);
    let mut columns = vec![None; dataset.fields.len()];
    for &(field, column) in &found.header.columns {
        columns[field.0] = Some(column);
    }
    let mut reader = SheetReader {
        found,
        dataset,
        places: places(&columns, found.sheet.first_column),
        lookup,
        vocabulary: Vocabulary { words: &specs.programme.words, names: &specs.programme.names },
        chain,
        columns,
        captioned: layout.captioned,
        caption: Caption::default(),
        by_name: name::is_findable(specs, dataset),
        decimals: vec![false; dataset.fields.len()],
        within: HashMap::new(),
        told: Some(BTreeSet::new()),
    };
    reader.decimals = reader.decimal_codes(&layout.lines);
    reader.headers(submission);
    let totals = |line: &Line| matches!(line, Line::Total | Line::Caption { total: true, .. });
    let outer = reader.outer_rows(first, &layout.lines);
    let mut sums = (!outer.is_empty() || layout.lines.iter().any(totals)).then(|| Sums::new(dataset));
    for (offset, line) in (first..).zip(&layout.lines) {
        match line {
            Line::Row => match (outer.get(&offset), &mut sums) {
                (Some(region), Some(sums)) => {
                    submission.balance.rows(RowFate::Total, 1);
                    reader.total(offset, vec![*region], sums);
                }
                (_, sums) => {
                    reader.row(offset, sums.as_mut(), submission);
                    if submission.is_crowded() {
                        reader.concern(&mut submission.diagnostics[faults..]);
                        submission.fold(specs);
                    }
                }
            },
            Line::Blank => {}
            Line::Passed(fate) => submission.balance.rows(*fate, 1),
            Line::Headers(columns) => {
                submission.balance.rows(RowFate::RepeatedHeading, 1);
                reader.move_to(offset, columns, submission);
            }
            Line::UnclearCaption => {
                submission.balance.rows(RowFate::Caption, 1);
                reader.caption = Caption { unclear: true, ..Caption::default() };
                if let Some(sums) = &mut sums {
                    sums.bound();
                }
            }
            Line::Caption { region, total } => {
                submission.balance.rows(RowFate::Caption, 1);
                reader.caption(*region);
                if let Some(sums) = &mut sums {
                    sums.bound();
                    if *total {
                        reader.total(offset, vec![*region], sums);
                    }
                }
            }
            Line::Total => {
                submission.balance.rows(RowFate::Total, 1);
                if let Some(sums) = &mut sums {
                    reader.total(offset, reader.named(offset), sums);
                }
            }
        }
    }
    if let Some(sums) = sums {
        sums.compare(&reader.place(found.header.row, None), dataset, &specs.hierarchy, submission);
    }
    reader.empty(earlier, submission);
    reader.blame(&mut submission.diagnostics[faults..]);
    reader.concern(&mut submission.diagnostics[faults..]);
}

/// The field of the row's region, the field that it lies within, and so on.
pub fn chain(dataset: &Dataset) -> Vec<FieldIndex> {
    let mut chain = vec![dataset.region];
    while let Some(FieldKind::Region { within: Some(outer), .. }) = chain.last().map(|field| &dataset.field(*field).kind) {
        if chain.contains(outer) {
            break;
        }
        chain.push(*outer);
    }
    chain
}

/// Columns of the used range as columns of the whole sheet.
fn places(columns: &[Option<usize>], first: u32) -> Arc<[Option<u32>]> {
    columns.iter().map(|column| column.map(|column| first + column as u32)).collect()
}

/// What the captions above a row say.
#[derive(Clone, Debug, Default)]
struct Caption {
    /// Fields of the chain and their regions.
    given: Vec<(FieldIndex, RegionIndex)>,
    /// The region in which names are looked up.
    outer: Option<RegionIndex>,
    /// Whether the caption could not be understood; why has been reported.
    unclear: bool,
}

/// Reads the rows below a header.
struct SheetReader<'a> {
    found: Found<'a>,
    dataset: &'a Dataset,
    lookup: &'a Lookup<'a>,
    vocabulary: Vocabulary<'a>,
    chain: Vec<FieldIndex>,
    /// The column of each field.
    columns: Vec<Option<usize>>,
    /// The same, counted from the first column of the whole sheet.
    places: Arc<[Option<u32>]>,
    captioned: bool,
    caption: Caption,
    /// Whether a unit without identifier may be found by its name.
    by_name: bool,
    /// Whether all identifiers of a field are numbers, and some have zero decimals.
    decimals: Vec<bool>,
    /// Regions with the codes of all within them, where rows named no more than that.
    within: HashMap<RegionIndex, Arc<[Arc<str>]>>,
    /// What the rows told of their regions; `None` where one of them told nothing.
    told: Option<BTreeSet<Told>>,
}

/// What a row tells of where it lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Told {
    /// In this region.
    In(RegionIndex),
    /// In this region or in any within it.
    Within(RegionIndex),
}

impl SheetReader<'_> {
    /// Of which fields all identifiers are numbers, and some carry zero decimals: these came of a program, not of the office.
    fn decimal_codes(&self, lines: &[Line]) -> Vec<bool> {
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

    /// Warns of a table without rows, and of one without answers: a blank form.
    fn empty(&self, earlier: usize, submission: &mut Submission) {
        let dataset = self.dataset;
        // Without the column of the key or of the region nothing else is to be expected, and that column has its own finding.
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

    /// Tells of headers that were understood as more than they say.
    fn headers(&self, submission: &mut Submission) {
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
    }

    /// The rows below have their columns in another order.
    fn move_to(&mut self, offset: usize, columns: &[(FieldIndex, usize)], submission: &mut Submission) {
        let before = std::mem::replace(&mut self.columns, vec![None; self.dataset.fields.len()]);
        for &(field, column) in columns {
            self.columns[field.0] = Some(column);
        }
        self.places = places(&self.columns, self.found.sheet.first_column);
        let cells = self.found.sheet.rows[offset].iter().enumerate();
        let unknown = cells.filter(|(column, cell)| !cell.is_blank() && !columns.iter().any(|(_, known)| known == column));
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

    fn caption(&mut self, region: RegionIndex) {
        let hierarchy = &self.found.specs.hierarchy;
        let is_outer = self.dataset.level.is_some_and(|level| hierarchy.region(region).level < level);
        let outer = if is_outer { Some(region) } else { self.caption.outer.filter(|&outer| hierarchy.contains(outer, region)) };
        let fields = &self.chain[usize::from(is_outer).min(self.chain.len())..];
        let given = fields.iter().copied().zip(hierarchy.upwards(region)).collect();
        self.caption = Caption { given, outer, unclear: false };
    }

    fn row(&mut self, offset: usize, sums: Option<&mut Sums>, submission: &mut Submission) {
        let raws = &self.found.sheet.rows[offset];
        let filled = |column: &Option<usize>| column.and_then(|column| raws.get(column)).is_some_and(|cell| !cell.is_blank());
        if !self.columns.iter().any(filled) {
            submission.balance.rows(RowFate::Remark, 1);
            let first = raws.iter().position(|cell| !cell.is_blank()).unwrap_or_default();
            let (place, text) = (self.place(offset, Some(first)), raws.get(first).map(Raw::text).unwrap_or_default());
            let to = "a row with nothing in the columns of the table; not read";
            submission.interpretations.push(Interpretation::new(place, text, to));
            return;
        }
        let earlier = submission.diagnostics.len();
        let mut typed: Vec<Option<Typed>> = vec![None; self.dataset.fields.len()];
        let mut sound = vec![true; self.dataset.fields.len()];
        let mut nameless = None;
        // A region may be looked up within another one, which stands earlier in the list of fields.
        for position in 0..self.dataset.fields.len() {
            let field = FieldIndex(position);
            let cell = self.cell(field, raws, offset, &typed, submission);
            sound[position] = cell.sound;
            if cell.nameless {
                nameless = Some(self.place(offset, self.columns[position]));
            }
            typed[position] = Some(cell.typed);
        }
        let cells: Vec<Typed> = typed.into_iter().map(|cell| cell.expect("every field was read")).collect();
        if let Some(sums) = sums {
            sums.row(self.found.sheet.first_row + offset as u32, &cells, &sound);
        }
        let region = match cells[self.dataset.region.0] {
            Typed::Region(answer) => answer.ok(),
            ref other => unreachable!("the region field is a region: {other:?}"),
        };
        if region.is_none() && self.caption.unclear {
            // The caption has its finding; each row below it is listed.
            let first = raws.iter().position(|cell| !cell.is_blank());
            let (place, text) = (self.place(offset, first), first.map(|first| raws[first].text()).unwrap_or_default());
            let to = "a row without a region: the caption above it is not understood";
            submission.interpretations.push(Interpretation::new(place, text, to));
        }
        if let Some(region) = region {
            self.level(region, offset, &mut submission.diagnostics);
        }
        let told = self.told(region, &cells);
        self.told = self.told.take().zip(told).map(|(mut all, told)| {
            all.insert(told);
            all
        });
        // What is wrong with a row is wrong with its region, and with no other; where that is not known, with those that it may be.
        if submission.diagnostics.len() > earlier {
            if told.is_none() {
                // What stands in the columns of regions may be meant, although it could not be used.
                let texts = self.chain.iter().filter_map(|field| raws.get(self.columns[field.0]?)).map(Raw::text);
                let meant = self.lookup.meant_by(texts, self.dataset.level);
                let causes = submission.diagnostics[earlier..].iter_mut().filter_map(|found| found.cause.as_mut());
                causes.for_each(|cause| cause.facts.push(("meant", Fact::Regions(meant.clone()))));
            }
            let (unit, regions) = (self.unit(&cells), told.map(|told| self.codes(told)));
            for found in &mut submission.diagnostics[earlier..] {
                found.concern.unit.clone_from(&unit);
                if let Some(regions) = &regions {
                    found.concern_regions(regions);
                }
            }
        }
        let row = self.found.sheet.first_row + offset as u32;
        let (file, sheet) = (self.found.file.clone(), self.found.sheet.name.clone());
        let place = RowPlace { file, sheet, row, columns: self.places.clone() };
        let replaces = self.found.header.replaces.and_then(|column| self.found.sheet.rows[offset].get(column)).map(Raw::text);
        let replaces = replaces.filter(|key| self.vocabulary.words.blank(key).is_none());
        submission.rows.push((self.found.header.dataset, Row { place, region, cells, nameless, replaces }));
    }

    /// What a row tells of its region: the region, or the outer one that it or the caption above names; `None` when neither does.
    fn told(&self, region: Option<RegionIndex>, cells: &[Typed]) -> Option<Told> {
        let hierarchy = &self.found.specs.hierarchy;
        // A unit's row in a region above those of its dataset may be any of those within.
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

    /// The codes of the regions that a fault concerns: of one, or of all within it.
    fn codes(&mut self, told: Told) -> Arc<[Arc<str>]> {
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

    /// What is wrong with the columns of a sheet concerns the regions of its rows, and not those of other sheets of its file.
    fn blame(&mut self, found: &mut [Diagnostic]) {
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

    /// Tells what the findings of the sheet are about: the dataset, the period, and the fields that they name.
    fn concern(&self, found: &mut [Diagnostic]) {
        let period: Arc<str> = self.found.specs.programme.periods[self.found.period.0].id.as_str().into();
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

    /// The key of a row; `None` where some of it is blank.
    fn unit(&self, cells: &[Typed]) -> Option<Arc<str>> {
        let spelt = |field: &FieldIndex| spelt(self.found.specs, self.dataset, *field, &cells[field.0]);
        let key: Vec<String> = self.dataset.key.iter().map(spelt).collect();
        (!key.iter().any(String::is_empty)).then(|| key.join(", ").into())
    }

    fn place(&self, offset: usize, column: Option<usize>) -> Place {
        self.found.place(offset, column)
    }

    /// Whether a cell holds anything but a word for nothing.
    fn is_filled(&self, field: FieldIndex, cells: &[Raw]) -> bool {
        let raw = self.columns[field.0].and_then(|column| cells.get(column)).unwrap_or(&Raw::Empty);
        self.vocabulary.words.blank(&raw.text()).is_none() || matches!(raw, Raw::Stale)
    }

    /// The cell itself, or, when it is merged with those above it, the first of them.
    fn raw<'b>(&'b self, offset: usize, column: usize, cells: &'b [Raw]) -> (&'b Raw, usize) {
        match self.merged(offset, column, cells) {
            Some((raw, (from, at))) if at == column => (raw, from),
            Some(_) | None => (cells.get(column).unwrap_or(&Raw::Empty), offset),
        }
    }

    /// What stands in the first of the cells that a blank one is merged with, and the row and the column of that.
    fn merged<'b>(&'b self, offset: usize, column: usize, cells: &[Raw]) -> Option<(&'b Raw, (usize, usize))> {
        let (sheet, is_blank) = (self.found.sheet, |column: usize| cells.get(column).is_none_or(Raw::is_blank));
        if sheet.merged.is_empty() || !is_blank(column) {
            return None;
        }
        let row = sheet.first_row + offset as u32;
        let over = |at: usize| sheet.merged_over(row, sheet.first_column + at as u32);
        // Cells that are merged hold nothing but in the first of them.
        let nearest = (0..=column).rev().find(|&at| over(at).is_some() || !is_blank(at))?;
        let merge = over(nearest).filter(|merge| merge.last_column >= sheet.first_column + column as u32)?;
        let first = merge.first_row.checked_sub(sheet.first_row)? as usize;
        let raw = sheet.rows.get(first).filter(|_| first > self.found.header.row)?.get(nearest)?;
        (!raw.is_blank()).then_some((raw, (first, nearest)))
    }

    fn cell(
        &self,
        index: FieldIndex,
        cells: &[Raw],
        offset: usize,
        earlier: &[Option<Typed>],
        submission: &mut Submission,
    ) -> Cell {
        let field = self.dataset.field(index);
        let unread = |sound: bool| Cell { typed: cell::blank(&field.kind, Blank::NotReported), sound, nameless: false };
        let raw;
        let outcome = match (&field.kind, self.columns[index.0]) {
            (FieldKind::Region { within, .. }, column) => {
                let (merged, from) = column.map_or((&Raw::Empty, offset), |column| self.raw(offset, column, cells));
                raw = merged;
                let outer = within.map(|outer| (outer, &earlier[outer.0]));
                let outer = match outer {
                    Some((_, Some(Typed::Region(Ok(region))))) => Some(*region),
                    // The outer region's own fault has been reported; nothing can be said of what lies in it.
                    Some((outer, _)) if self.is_filled(outer, cells) => return unread(true),
                    Some(_) | None => None,
                };
                if column.is_none() && !self.captioned {
                    return unread(true);
                }
                if raw.is_blank() && self.chain.contains(&index) && self.caption.unclear {
                    return unread(true);
                }
                let outcome = self.region(raw, index, outer);
                match outcome {
                    Ok(reading) if from != offset => {
                        let understood =
                            reading.understood.or_else(|| Some("the same for all rows of the merged cells".to_owned()));
                        Ok(Reading { understood, ..reading })
                    }
                    other => other,
                }
            }
            (_, None) => return unread(true),
            (kind, Some(column)) => {
                raw = cells.get(column).unwrap_or(&Raw::Empty);
                // A word for nothing is no answer, over however many cells it stands.
                let is_answer =
                    |first: &Raw| !matches!(kind, FieldKind::Text) && self.vocabulary.words.blank(&first.text()).is_none();
                match self.merged(offset, column, cells).filter(|(first, _)| is_answer(first)) {
                    Some((first, (_, at))) => Err(cell::merged(first, at == column)),
                    None => cell::typed(raw, kind, self.vocabulary).map(|reading| self.without_decimals(index, reading)),
                }
            }
        };
        match outcome {
            Ok(Reading { typed, understood }) => {
                if let Some(to) = understood {
                    let place = self.place(offset, self.columns[index.0]);
                    submission.interpretations.push(Interpretation::new(place, raw.text(), to));
                }
                let lacking = match typed.blank() {
                    Some(Blank::NotReported) => field.required || self.dataset.is_vital(index),
                    Some(Blank::NotApplicable | Blank::Refused) => self.dataset.is_vital(index),
                    None => false,
                };
                let nameless = lacking && self.by_name && self.dataset.key.contains(&index);
                if lacking && !nameless {
                    submission.diagnostics.push(self.lacking(index, raw, offset));
                }
                Cell { typed, sound: true, nameless }
            }
            Err(fault) => {
                let place = self.place(offset, self.columns[index.0]);
                submission.diagnostics.push(fault.at(place, self.dataset, field, &format!("`{}`", field.id)));
                unread(false)
            }
        }
    }

    fn without_decimals(&self, index: FieldIndex, reading: Reading) -> Reading {
        match &reading.typed {
            Typed::Text(Ok(text)) if self.decimals[index.0] => match cell::without_decimals(text) {
                Some(whole) => Reading { typed: Typed::Text(Ok(whole.into())), understood: Some(whole.to_owned()) },
                None => reading,
            },
            Typed::Text(_) | Typed::Region(_) | Typed::Category(_) | Typed::Flag(_) | Typed::Count(_) => reading,
        }
    }

    fn lacking(&self, index: FieldIndex, raw: &Raw, offset: usize) -> Diagnostic {
        let found = if raw.is_blank() { "none".to_owned() } else { format!("`{}`", raw.text()) };
        let message = format!("expected a value in `{}`, found {found}", self.dataset.field(index).id);
        // A row without any of its key is none that can be told from another one, whatever may stay open.
        let cells = &self.found.sheet.rows[offset];
        let has_key = self.dataset.key.iter().any(|&key| key != index && self.is_filled(key, cells));
        let may_stay_open = !self.dataset.field(index).required && (has_key || !self.dataset.key.contains(&index));
        let hint = match self.columns[index.0] {
            Some(_) if !may_stay_open => "this column must be filled in",
            Some(_) if index == self.dataset.region => "until it is filled in, the row is left out of all sums",
            Some(_) => "where it stays open, the row is told from others by the rest of its key",
            None => "add this column, or write the name of the region into a row above the block",
        };
        let facts = vec![("field", self.dataset.fact(index)), ("found", Fact::Text(raw.text()))];
        let kind = match self.columns[index.0] {
            None => CauseKind::NoColumn,
            Some(_) if raw.is_blank() => CauseKind::MissingValue,
            Some(_) => CauseKind::WordInstead,
        };
        let mut found = Diagnostic::new(Rule::MissingValue, self.place(offset, self.columns[index.0]), message)
            .hint(hint)
            .because(kind, facts);
        // A key or a region that may stay open takes its row out of the sums, or out of the comparison with the register.
        if may_stay_open {
            found.severity = Severity::Warning;
        }
        found
    }

    /// The answer of a cell of a region field, or of the captions above it.
    fn region(&self, raw: &Raw, index: FieldIndex, outer: Option<RegionIndex>) -> Result<Reading, Fault> {
        cell::usable(raw, &self.dataset.field(index).kind)?;
        let text = raw.text();
        let given = self.caption.given.iter().find(|(field, _)| *field == index).map(|(_, region)| *region);
        if let Some(region) = given.filter(|_| raw.is_blank()) {
            let hierarchy = &self.found.specs.hierarchy;
            if let Some(outer) = outer.filter(|&outer| !hierarchy.contains(outer, region)) {
                let (inner, outer) = (self.lookup.gazetteer.describe(region), &hierarchy.region(outer).code);
                let message = format!("the region {inner} of the caption above does not lie in `{outer}`");
                let code = |region: RegionIndex| vec![hierarchy.region(region).code.as_str().into()];
                let facts = vec![("found", Fact::Regions(code(region))), ("outer", Fact::Regions(vec![outer.as_str().into()]))];
                return Err(Fault::new(Rule::UnknownRegion, CauseKind::RegionElsewhere, facts, message)
                    .hint("correct the caption or the column"));
            }
            return Ok(Reading::plain(Typed::Region(Ok(region))));
        }
        if let Some(reason) = self.vocabulary.words.blank(&text) {
            return Ok(Reading::plain(Typed::Region(Err(reason))));
        }
        let within = outer.or_else(|| self.caption.outer.filter(|_| self.chain[0] == index));
        let level = self.dataset.level.filter(|_| index == self.dataset.region);
        let meant = self.dataset.meant(index);
        let found = self.lookup.find_meant(&text, Scope { within, level }, meant).map_err(super::gazetteer::Miss::fault)?;
        if let (Meant::Of(level), true) = (meant, index != self.dataset.region) {
            self.of_level(found.region, level)?;
        }
        Ok(Reading { typed: Typed::Region(Ok(found.region)), understood: found.understood })
    }

    fn level(&self, region: RegionIndex, offset: usize, diagnostics: &mut Vec<Diagnostic>) {
        if let Some(Err(fault)) = self.dataset.level.map(|level| self.of_level(region, level)) {
            let index = self.dataset.region;
            let fault = fault.hint(format!("rows of `{}` belong to regions of that level", self.dataset.id));
            let place = self.place(offset, self.columns[index.0]);
            diagnostics.push(fault.at(place, self.dataset, self.dataset.field(index), ""));
        }
    }

    fn of_level(&self, region: RegionIndex, level: LevelIndex) -> Result<(), Fault> {
        let (levels, found) = (&self.found.specs.programme.levels, self.found.specs.hierarchy.region(region));
        if found.level == level {
            return Ok(());
        }
        let (expected, actual) = (&levels[level.0].id, &levels[found.level.0].id);
        let message = format!("expected a region of the level `{expected}`, found `{}` of the level `{actual}`", found.code);
        let facts = vec![("found", Fact::Regions(vec![found.code.as_str().into()]))];
        Err(Fault::new(Rule::WrongLevel, CauseKind::WrongLevel, facts, message).hint("this column means regions of that level"))
    }
}

/// A cell that was read.
struct Cell {
    typed: Typed,
    /// Whether what stands there could be used.
    sound: bool,
    /// Whether it is an identifier that may be found by the row's name.
    nameless: bool,
}
