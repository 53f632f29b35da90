//! One row of a sheet in, typed cells out. A fault of a cell concerns its unit and its region.

use super::reader::{SheetReader, Told};
use crate::dataset::{Interpretation, RowFate, Typed};
use crate::diagnostic::{CauseKind, Diagnostic, Fact, Place, Rule, Severity};
use crate::grid::Raw;
use crate::intake::cell::{self, Reading};
use crate::intake::fault::Fault;
use crate::intake::gazetteer::{Miss, Scope};
use crate::intake::submission::{Row, Submission};
use crate::intake::total::Sums;
use crate::region::{LevelIndex, RegionIndex};
use crate::spec::{FieldIndex, FieldKind, Meant};
use crate::value::Blank;

/// A cell that was read.
struct Cell {
    typed: Typed,
    /// Whether its contents could be used.
    sound: bool,
    /// Whether it is a blank identifier that may be found by the row's name.
    unidentified: bool,
}

/// The cells of a row that were read, by field.
struct Cells {
    typed: Vec<Typed>,
    /// For each cell, whether its contents could be used.
    sound: Vec<bool>,
    /// The place of a blank identifier that may be found by the row's name.
    unidentified: Option<Place>,
}

impl SheetReader<'_> {
    /// Reads a row, and says what is wrong with it.
    pub fn row(&mut self, offset: usize, sums: Option<&mut Sums>, submission: &mut Submission) {
        let raws = &self.found.sheet.rows[offset];
        let filled = |column: &Option<usize>| column.and_then(|column| raws.get(column)).is_some_and(|cell| !cell.is_blank());
        if !self.columns.iter().any(filled) {
            submission.balance.rows(RowFate::Remark, 1);
            submission.interpretations.push(self.understood(offset, "a row with nothing in the columns of the table; not read"));
            return;
        }
        let earlier = submission.diagnostics.len();
        let Cells { typed: cells, sound, unidentified } = self.cells(offset, submission);
        if let Some(sums) = sums {
            sums.row(self.found.sheet.first_row + offset as u32, &cells, &sound);
        }
        let region = match cells[self.dataset.region.0] {
            Typed::Region(answer) => answer.ok(),
            ref other => unreachable!("the region field is a region: {other:?}"),
        };
        if region.is_none() && self.caption.unclear {
            // The caption has its own finding; each row below is noted.
            let to = "a row without a region: the caption above it is not understood";
            submission.interpretations.push(self.understood(offset, to));
        }
        if let Some(region) = region {
            self.level(region, offset, &mut submission.diagnostics);
        }
        let told = self.told(region, &cells);
        self.told = self.told.take().zip(told).map(|(mut all, told)| {
            all.insert(told);
            all
        });
        if submission.diagnostics.len() > earlier {
            self.concern_row(&cells, (told, raws), &mut submission.diagnostics[earlier..]);
        }
        let place = self.row_place(offset);
        let replaces = self.found.header.replaces.and_then(|column| self.found.sheet.rows[offset].get(column)).map(Raw::text);
        let replaces = replaces.filter(|key| self.vocabulary.words.blank(key).is_none());
        submission.rows.push((self.found.header.dataset, Row { place, region, cells, unidentified, replaces }));
    }

    /// The note on how a row was understood, placed at its first filled cell.
    fn understood(&self, offset: usize, to: &str) -> Interpretation {
        let raws = &self.found.sheet.rows[offset];
        let first = raws.iter().position(|cell| !cell.is_blank()).unwrap_or_default();
        Interpretation::new(self.place(offset, Some(first)), raws.get(first).map(Raw::text).unwrap_or_default(), to)
    }

    /// Lets the faults of a row concern its region only; where the region is unknown, all regions that it may be.
    fn concern_row(&mut self, cells: &[Typed], (told, raws): (Option<Told>, &[Raw]), found: &mut [Diagnostic]) {
        if told.is_none() {
            // The texts in the columns of regions may tell which ones are meant, although they could not be used.
            let texts = self.chain.iter().filter_map(|field| raws.get(self.columns[field.0]?)).map(Raw::text);
            let meant = self.lookup.meant_by(texts, self.dataset.level);
            let causes = found.iter_mut().filter_map(|found| found.cause.as_mut());
            causes.for_each(|cause| cause.facts.push(("meant", Fact::Regions(meant.clone()))));
        }
        let (unit, regions) = (self.unit(cells), told.map(|told| self.codes(told)));
        for found in found {
            found.concern.unit.clone_from(&unit);
            if let Some(regions) = &regions {
                found.concern_regions(regions);
            }
        }
    }

    /// Reads the cells of a row, by the order of the fields.
    fn cells(&self, offset: usize, submission: &mut Submission) -> Cells {
        let count = self.dataset.fields.len();
        let mut cells = Cells { typed: Vec::with_capacity(count), sound: Vec::with_capacity(count), unidentified: None };
        // The outer region stands earlier in the list of fields than the region looked up within it.
        for position in 0..count {
            let cell = self.cell(FieldIndex(position), offset, &cells.typed, submission);
            if cell.unidentified {
                cells.unidentified = Some(self.place(offset, self.columns[position]));
            }
            cells.typed.push(cell.typed);
            cells.sound.push(cell.sound);
        }
        cells
    }

    /// Reads a cell; `earlier` are the cells of the fields before it.
    fn cell(&self, index: FieldIndex, offset: usize, earlier: &[Typed], submission: &mut Submission) -> Cell {
        let field = self.dataset.field(index);
        let unread = |sound: bool| Cell { typed: cell::blank(&field.kind, Blank::NotReported), sound, unidentified: false };
        if let Some((_, value)) = self.found.header.given.iter().find(|(given, _)| *given == index) {
            return Cell { typed: Typed::Category(Ok(*value)), sound: true, unidentified: false };
        }
        let outcome = match (&field.kind, self.columns[index.0]) {
            (FieldKind::Region { within, .. }, column) => self.region_cell(index, (offset, column), *within, earlier),
            (_, None) => None,
            (kind, Some(column)) => Some(self.plain_cell(index, kind, (offset, column))),
        };
        let Some((raw, outcome)) = outcome else { return unread(true) };
        match outcome {
            Ok(Reading { typed: Typed::Count(Err(Blank::NotReported)), .. }) if field.blank_is_zero && raw.is_blank() => {
                Cell { typed: Typed::Count(Ok(0)), sound: true, unidentified: false }
            }
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
                let unidentified = lacking && self.by_name && self.dataset.key.contains(&index);
                if lacking && !unidentified {
                    submission.diagnostics.push(self.lacking(index, raw, offset));
                }
                Cell { typed, sound: true, unidentified }
            }
            Err(fault) => {
                let place = self.place(offset, self.columns[index.0]);
                submission.diagnostics.push(fault.at(place, self.dataset, field, &format!("`{}`", field.id)));
                unread(false)
            }
        }
    }

    /// The answer of a region's cell, which may be merged or given by a caption above; `None` where nothing can be said of it.
    fn region_cell(
        &self,
        index: FieldIndex,
        (offset, column): (usize, Option<usize>),
        within: Option<FieldIndex>,
        earlier: &[Typed],
    ) -> Option<(&Raw, Result<Reading, Fault>)> {
        let cells = &self.found.sheet.rows[offset];
        let (raw, from) = column.map_or((&Raw::Empty, offset), |column| self.raw(offset, column, cells));
        let outer = match within.map(|outer| (outer, earlier.get(outer.0))) {
            Some((_, Some(Typed::Region(Ok(region))))) => Some(*region),
            // The outer region has its own fault, so nothing can be said of a region in it.
            Some((outer, _)) if self.is_filled(outer, cells) => return None,
            Some(_) | None => None,
        };
        if column.is_none() && !self.captioned {
            return None;
        }
        if raw.is_blank() && self.chain.contains(&index) && self.caption.unclear {
            return None;
        }
        let outcome = self.region(raw, index, outer).map(|reading| {
            let merged = || "the same for all rows of the merged cells".to_owned();
            let understood = reading.understood.or_else(|| (from != offset).then(merged));
            Reading { understood, ..reading }
        });
        Some((raw, outcome))
    }

    /// The answer of a cell of any other field.
    fn plain_cell(
        &self,
        index: FieldIndex,
        kind: &FieldKind,
        (offset, column): (usize, usize),
    ) -> (&Raw, Result<Reading, Fault>) {
        let cells = &self.found.sheet.rows[offset];
        let raw = cells.get(column).unwrap_or(&Raw::Empty);
        // A word for nothing is no answer, however many merged cells it stands over.
        let is_answer = |first: &Raw| !matches!(kind, FieldKind::Text) && self.vocabulary.words.blank(&first.text()).is_none();
        let outcome = match self.found.merged(offset, column).filter(|(first, _)| is_answer(first)) {
            Some((first, (_, at))) => Err(cell::merged(first, at == column)),
            None => cell::typed(raw, kind, self.vocabulary).map(|reading| self.without_decimals(index, reading)),
        };
        (raw, outcome)
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
        // A row without any part of its key cannot be told from another row, even where the key may stay open.
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
        // A key or a region that may stay open only takes its row out of the sums, or out of the comparison with the register.
        if may_stay_open {
            found.severity = Severity::Warning;
        }
        found
    }

    /// The region that a cell names, or the one that captions give to a blank cell.
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
        let found = self.lookup.find_meant(&text, Scope { within, level }, meant).map_err(Miss::fault)?;
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
