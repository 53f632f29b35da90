//! What each row below the headers is: a unit's row, a caption (the name of a region over its block), a total, or nothing to be read.

mod sorter;

mod caption;

use super::cell::Vocabulary;
use super::gazetteer::{Lookup, Miss, Scope};
use super::header::{Again, Found, Other, is_wordy};
use super::number::Written;
use crate::dataset::RowFate;
use crate::diagnostic::{CauseKind, Diagnostic, Fact, Rule, Severity};
use crate::grid::Raw;
use crate::spec::FieldKind;

use caption::Single;
use sorter::{Above, Sorter, Spot, has_digit, is_code};

pub use caption::names_beside;
pub use sorter::{Line, Notes};

/// Signatures below a table fill at most so many cells.
const MOST_SIGNED: usize = 4;

/// The rows below the headers.
pub struct Layout {
    /// What each row is, beginning with the first row below the headers.
    pub lines: Vec<Line>,
    /// Whether captions give regions.
    pub captioned: bool,
}

/// Tells what each row is. Rows that are passed over, and rows understood as more than they say, are noted.
pub fn sort(found: Found<'_>, lookup: &Lookup<'_>, notes: &mut Notes<'_>) -> Layout {
    let sorter = sorter(found, lookup);
    let rows = &found.sheet.rows;
    let mut layout = Layout { lines: Vec::with_capacity(rows.len()), captioned: false };
    let mut above = Above::default();
    let mut below_headers = true;
    // Where other headers than those at the top stand, until these come again.
    let mut unread: Option<Unread> = None;
    // Rows with answers that tell neither whose they are nor of when.
    let mut lost: Vec<usize> = Vec::new();
    for (offset, cells) in rows.iter().enumerate().skip(found.header.row + 1) {
        if let Some(unread) = &mut unread {
            if !matches!(found.headers_again(cells), Some(Again::Same { is_first: true })) {
                layout.lines.push(unread.line(offset, cells, found));
                continue;
            }
            notes.diagnostics.push(unread.report(found));
        }
        unread = None;
        let other = found.others.get(offset).copied().flatten();
        let spot = Spot { offset, cells, above: &above };
        let mut line = match other {
            Some(Other::Passed(fate)) => Line::Passed(fate),
            Some(Other::Elsewhere) => Line::Blank,
            Some(Other::Shared { fate, total, is_again }) => match sorter.shared(spot, below_headers, is_again, notes) {
                Line::Row => {
                    sorter.lost(offset, &mut lost);
                    Line::Passed(fate)
                }
                Line::Total if !total => Line::Passed(fate),
                Line::Caption { region, .. } if !total => Line::Caption { region, total: false },
                line @ (Line::Total
                | Line::Caption { .. }
                | Line::UnclearCaption
                | Line::Headers(_)
                | Line::Passed(_)
                | Line::Blank) => line,
            },
            None => sorter.line(spot, below_headers, notes),
        };
        if matches!(other, Some(Other::Passed(_) | Other::Elsewhere)) {
            layout.lines.push(line);
            continue;
        }
        if line == Line::Headers(Again::Other) {
            unread = Some(Unread { headers: offset, rows: 0 });
        }
        if matches!(line, Line::Row | Line::Total)
            && let Some(shifted) = sorter.shifted(offset, cells)
        {
            notes.diagnostics.push(shifted);
            line = Line::Passed(RowFate::Shifted);
        }
        match &line {
            Line::Caption { region, .. } => {
                above.captioned = true;
                above.blocks.insert(*region);
                if sorter.is_outer(*region) {
                    above.outer = Some(*region);
                }
            }
            Line::UnclearCaption => {
                above.captioned = true;
                // The caption may be that of another outer region.
                above.outer = None;
            }
            Line::Row | Line::Total | Line::Headers(_) | Line::Passed(_) | Line::Blank => {}
        }
        below_headers = match &line {
            Line::Headers(_) => true,
            // A header may stand on several rows, with blank ones among them.
            Line::Passed(_) | Line::Blank => below_headers,
            Line::Row | Line::Caption { .. } | Line::UnclearCaption | Line::Total => false,
        };
        layout.lines.push(line);
    }
    notes.diagnostics.extend(unread.map(|unread| unread.report(found)));
    notes.diagnostics.extend(report_lost(found, &lost));
    layout.captioned = above.captioned;
    sorter.prepared(&layout, notes);
    layout
}

/// The warning of rows with answers that tell neither whose they are nor of when.
fn report_lost(found: Found<'_>, rows: &[usize]) -> Option<Diagnostic> {
    let first = *rows.first()?;
    let say = if rows.len() == 1 { "1 row holds".to_owned() } else { format!("{} rows hold", rows.len()) };
    let message = format!("{say} numbers, and not all of a key and of what tells rows apart; not read");
    let lost = Diagnostic::new(Rule::UnreadRows, found.place(first, None), message);
    Some(
        lost.hint("if they should count, fill in what is blank")
            .because(CauseKind::LostRows, vec![("count", Fact::count(rows.len()))]),
    )
}

/// Rows below headers that are not those at the top of their table.
struct Unread {
    /// The row of the headers.
    headers: usize,
    rows: usize,
}

impl Unread {
    fn line(&mut self, offset: usize, cells: &[Raw], found: Found<'_>) -> Line {
        match found.others.get(offset).copied().flatten() {
            Some(Other::Elsewhere) => return Line::Blank,
            Some(Other::Passed(fate)) => return Line::Passed(fate),
            Some(Other::Shared { .. }) | None => {}
        }
        if cells.iter().all(Raw::is_blank) {
            return Line::Blank;
        }
        if let Some(again) = found.headers_again(cells) {
            return Line::Headers(again);
        }
        self.rows += 1;
        Line::Passed(RowFate::BelowOtherHeaders)
    }

    fn report(&self, found: Found<'_>) -> Diagnostic {
        let rows = match self.rows {
            0 => "no row stands below them".to_owned(),
            1 => "the row below them is not read".to_owned(),
            rows => format!("the {rows} rows below them are not read"),
        };
        let message = format!("these headers and captions are not those at the top of the table; {rows}");
        let mut unread = Diagnostic::new(Rule::UnreadRows, found.place(self.headers, None), message)
            .hint("put these rows on a sheet of their own, or below columns with the same captions")
            .because(CauseKind::OtherHeaders, vec![("count", Fact::count(self.rows))]);
        if self.rows > 0 {
            unread.severity = Severity::Error;
        }
        unread
    }
}

/// Gathers what is known of a sheet before its rows are told apart.
fn sorter<'a>(found: Found<'a>, lookup: &'a Lookup<'a>) -> Sorter<'a> {
    let dataset = found.specs.dataset(found.header.dataset);
    let key: Vec<usize> = dataset.key.iter().filter_map(|&field| found.header.column(field)).collect();
    let (rows, below) = (&found.sheet.rows, found.header.row + 1);
    let coded = rows.iter().skip(below).any(|cells| key.iter().any(|&column| cells.get(column).is_some_and(is_code)));
    let mut sorter = Sorter {
        found,
        lookup,
        vocabulary: Vocabulary { words: &found.specs.programme.words, names: &found.specs.programme.names },
        dataset,
        key,
        end: 0,
        coded,
    };
    let is_last = |&offset: &usize| sorter.has_key_and_more(&rows[offset]) || sorter.has_answered_key(&rows[offset]);
    sorter.end = (below..rows.len()).rev().find(is_last).map_or(0, |last| last + 1);
    sorter
}

impl Sorter<'_> {
    /// Whether a row has a key that is not the name of a region, and something else.
    fn has_key_and_more(&self, cells: &[Raw]) -> bool {
        let scope = Scope { within: None, level: self.dataset.level };
        let is_key =
            |text: &str| has_digit(text) || !matches!(self.lookup.find(text, scope), Err(Miss::Unknown { near: false, .. }));
        let at = self.key.iter().any(|&column| cells.get(column).is_some_and(|cell| !cell.is_blank() && is_key(&cell.text())));
        at && cells.iter().filter(|cell| !cell.is_blank()).nth(1).is_some()
    }

    /// The finding about a row whose cells stand in other columns than the headers say, with the regions that it may mean.
    fn shifted(&self, offset: usize, cells: &[Raw]) -> Option<Diagnostic> {
        let mut shifted = self.found.shifted(offset)?;
        let meant = self.lookup.meant_by(cells.iter().map(Raw::text), self.dataset.level);
        shifted.cause.iter_mut().for_each(|cause| cause.facts.push(("meant", Fact::Regions(meant.clone()))));
        Some(shifted)
    }

    /// What a row is that stands among the rows of several periods: it is told of once.
    fn shared(&self, spot: Spot<'_>, below_headers: bool, is_again: bool, notes: &mut Notes<'_>) -> Line {
        if !is_again {
            return self.line(spot, below_headers, notes);
        }
        let (mut diagnostics, mut understood) = (Vec::new(), Vec::new());
        let line = self.line(spot, below_headers, &mut Notes { diagnostics: &mut diagnostics, understood: &mut understood });
        // A fault concerns every period.
        notes.diagnostics.extend(diagnostics.into_iter().filter(|found| found.severity != Severity::Note));
        line
    }

    /// Adds a row of no period or of others to those that are lost, where it holds counts, and is met for the first time.
    fn lost(&self, offset: usize, lost: &mut Vec<usize>) {
        let was_told = matches!(self.found.others.get(offset), Some(Some(Other::Shared { is_again: true, .. })));
        let cells = self.found.sheet.rows[offset].iter().enumerate();
        let is_count = |(column, cell): (usize, &Raw)| {
            let field = self.found.header.field(column).map(|field| &self.dataset.field(field).kind);
            matches!(field, Some(FieldKind::Count { .. })) && self.is_answer(column, cell)
        };
        if !was_told && cells.into_iter().any(is_count) {
            lost.push(offset);
        }
    }

    fn line(&self, spot: Spot<'_>, below_headers: bool, notes: &mut Notes<'_>) -> Line {
        let cells = spot.cells;
        let mut filled = cells.iter().enumerate().filter(|(_, cell)| !cell.is_blank()).map(|(column, _)| column);
        let Some(first) = filled.next() else { return Line::Blank };
        let several = filled.next().is_some();
        if let Some(again) = self.found.headers_again(cells).filter(|again| *again != Again::Lacking) {
            match &again {
                Again::Same { .. } => self.understood(spot, first, "the headers again; not read", notes),
                Again::Moved(_) => self.understood(spot, first, "headers of another order for the rows below", notes),
                // The rows below have a finding.
                Again::Lacking | Again::Other => {}
            }
            return Line::Headers(again);
        }
        if below_headers && several && self.are_numbers(spot) {
            self.understood(spot, first, "a row of column numbers; not read", notes);
            return Line::Passed(RowFate::ColumnNumbers);
        }
        if self.is_prepared(cells) {
            return Line::Passed(RowFate::Prepared);
        }
        let has_key =
            !self.key.is_empty() && self.key.iter().all(|&column| cells.get(column).is_some_and(|cell| !cell.is_blank()));
        let keyed = if has_key && several { self.keyed(spot, notes) } else { None };
        keyed.unwrap_or_else(|| self.keyless(spot, notes))
    }

    /// What a row with a key and more is; `None` when its key may be something else.
    fn keyed(&self, spot: Spot<'_>, notes: &mut Notes<'_>) -> Option<Line> {
        let cells = spot.cells;
        // A value that a category knows is no word for a total there.
        let is_total =
            |&column: &usize| self.vocabulary.words.is_total(&spot.text(column)) && !self.is_category(column, &cells[column]);
        if self.key.iter().any(is_total) {
            return Some(self.total(spot, notes));
        }
        if let Some(caption) = self.caption_beside_more(spot, notes) {
            return Some(caption);
        }
        // A key without a digit may be a caption or a signature, unless the region itself is the key.
        let own = self.found.header.column(self.dataset.region);
        let is_unit = own.is_some_and(|own| self.key.contains(&own))
            || self.key.iter().any(|&column| has_digit(&spot.text(column)))
            || self.has_answered_key(cells) && !self.is_text_with_numbers(cells);
        is_unit.then_some(Line::Row)
    }

    /// What a row is that has no key, or only one filled cell.
    fn keyless(&self, spot: Spot<'_>, notes: &mut Notes<'_>) -> Line {
        let cells = spot.cells;
        let filled: Vec<usize> = (0..cells.len()).filter(|&column| !cells[column].is_blank()).collect();
        let wordy: Vec<usize> = filled.iter().copied().filter(|&column| is_wordy(&cells[column])).collect();
        let categorised = filled.iter().any(|&column| self.is_category(column, &cells[column]));
        // A word for a total in a column of counts is a header or a slip.
        let is_count = |column: usize| {
            let field = self.found.header.field(column).map(|field| &self.dataset.field(field).kind);
            matches!(field, Some(FieldKind::Count { .. }))
        };
        let is_total = |&column: &usize| !is_count(column) && self.vocabulary.words.is_total(&spot.text(column));
        if !categorised && wordy.iter().any(is_total) {
            return self.total(spot, notes);
        }
        let trailing = spot.offset >= self.end;
        if trailing && filled.iter().all(|&column| is_day(&cells[column])) {
            return self.remark(spot, filled[0], notes);
        }
        if let [column] = wordy.as_slice()
            && filled.iter().all(|at| at == column || self.is_count(*at))
        {
            let single = Single { column: *column, numbers: filled.len() > 1, trailing };
            if let Some(line) = self.single(single, spot, notes) {
                return line;
            }
        }
        if !filled.iter().any(|&column| self.found.header.field(column).is_some()) {
            self.understood(spot, filled[0], "a row with nothing in the columns of the table; not read", notes);
            return Line::Passed(RowFate::Remark);
        }
        if trailing && !wordy.is_empty() && self.is_signed(cells, &filled) {
            return self.remark(spot, filled[0], notes);
        }
        Line::Row
    }

    /// Whether a row may hold signatures and days: they stand in several cells, and answer no question of the table.
    fn is_signed(&self, cells: &[Raw], filled: &[usize]) -> bool {
        let answers = |column: &usize| {
            let asked = self.found.header.field(*column).map(|field| &self.dataset.field(field).kind);
            let free = asked.is_none_or(|kind| matches!(kind, FieldKind::Code | FieldKind::Text | FieldKind::Region { .. }));
            !free && !matches!(cells[*column], Raw::Text(_) | Raw::Date(_)) || self.is_answer(*column, &cells[*column])
        };
        let known = |column: &&usize| self.found.header.field(**column).is_some();
        let named = self.key.iter().any(|&column| cells.get(column).is_some_and(|cell| has_digit(&cell.text())));
        // Signatures fill few cells; a row that fills most columns is a unit's row, whatever its faults.
        let is_long = filled.len() > MOST_SIGNED && filled.iter().filter(known).count() * 2 > self.found.header.columns.len();
        !named && !is_long && !filled.iter().any(answers) && !self.means_region(cells)
    }

    /// Whether a row was prepared and not filled in: it has no key, name or region, and its counts are zeros, as formulas leave them.
    fn is_prepared(&self, cells: &[Raw]) -> bool {
        // Where the region is the key, captions may give it.
        let has_key_columns = self.key.len() == self.dataset.key.len();
        let is_zero = |(column, cell): (usize, &Raw)| {
            let field = self.found.header.field(column).map(|field| &self.dataset.field(field).kind);
            let words = self.vocabulary.words;
            matches!(field, Some(&FieldKind::Count { places, .. })
                if matches!(super::number::read(cell, words, Written { places, ..Written::default() }), Ok((0, _))))
        };
        let mut filled = cells.iter().enumerate().filter(|(_, cell)| !cell.is_blank()).peekable();
        has_key_columns && filled.peek().is_some() && filled.all(is_zero)
    }

    /// Reports how many rows were prepared and not filled in.
    fn prepared(&self, layout: &Layout, notes: &mut Notes<'_>) {
        let below = self.found.header.row + 1;
        let was_told = |row: &usize| matches!(self.found.others.get(*row), Some(Some(Other::Shared { is_again: true, .. })));
        let is_prepared = |line: &Line| matches!(line, Line::Passed(RowFate::Prepared));
        let prepared = (below..).zip(&layout.lines).filter(|(_, line)| is_prepared(line)).map(|(row, _)| row);
        let mut prepared = prepared.filter(|row| !was_told(row));
        let Some(first) = prepared.next() else { return };
        let count = 1 + prepared.count();
        let rows =
            if count == 1 { "this row holds".to_owned() } else { format!("this row and {} more below it hold", count - 1) };
        let message = format!("{rows} no identifier, no name and no region, and nothing but zeros; not read");
        notes.diagnostics.push(
            Diagnostic::new(Rule::PassedOver, self.place(first, None), message)
                .hint("if units stand there, fill in who they are")
                .because(CauseKind::PreparedRows, vec![("count", Fact::count(count))]),
        );
    }
}

/// Whether a cell holds only a day.
fn is_day(cell: &Raw) -> bool {
    let text = cell.text();
    let parts: Vec<&str> = text.trim().split(['.', '/', '-']).collect();
    let is_number = |part: &&str| (1..=4).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    matches!(cell, Raw::Date(_)) || parts.len() == 3 && parts.iter().all(is_number)
}
